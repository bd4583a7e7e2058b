//! nginx and Caddy with the configuration that is shipped.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::run;

/// Which of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
}

/// A proxy that takes connections, until it is dropped.
pub(crate) struct Proxy {
    child: Child,
    log: PathBuf,
}

/// A file of the recipe with what depends on the machine replaced. Each replacement names how often it is expected, so
/// that a file that was changed is noticed.
pub(crate) fn shipped(name: &str, replacements: &[(&str, &str, usize)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating").join(name);
    let mut text = fs::read_to_string(&path).unwrap();
    for (from, to, times) in replacements {
        assert_eq!(text.matches(from).count(), *times, "{from:?} in {name}");
        text = text.replace(from, to);
    }
    text
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Proxy {
    /// Starts it in front of `server`, for `https://localhost:<https>` and, to be led away from, `http` on the other port.
    pub(crate) fn start(kind: Kind, dir: &Path, server: &str, https: u16, http: u16) -> Self {
        let (https_listen, http_listen) = (format!("127.0.0.1:{https}"), format!("127.0.0.1:{http}"));
        let mut command = match kind {
            Kind::Nginx => nginx(dir, server, &https_listen, &http_listen),
            Kind::Caddy => caddy(dir, server, https, http),
        };
        let log = dir.join("proxy.log");
        let output = || Stdio::from(fs::File::options().create(true).append(true).open(&log).unwrap());
        let child = command.stdin(Stdio::null()).stdout(output()).stderr(output()).spawn().unwrap();
        let mut proxy = Self { child, log };
        for _ in 0..600 {
            if TcpStream::connect(&https_listen).is_ok() && TcpStream::connect(&http_listen).is_ok() {
                return proxy;
            }
            assert!(proxy.child.try_wait().unwrap().is_none(), "{}", proxy.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the proxy does not listen: {}", proxy.log());
    }

    /// What it has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // nginx ends its workers when it is asked to end, not when it is killed.
        run(Command::new("kill").arg(self.child.id().to_string()), "");
        for _ in 0..50 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The site as it is shipped, included from a file that stands for Debian's own nginx.conf.
fn nginx(dir: &Path, server: &str, https: &str, http: &str) -> Command {
    let (certificate, key) = certificate(dir);
    let site = shipped(
        "nginx.conf",
        &[
            ("/etc/letsencrypt/live/app.example.org/fullchain.pem", certificate.to_str().unwrap(), 1),
            ("/etc/letsencrypt/live/app.example.org/privkey.pem", key.to_str().unwrap(), 1),
            ("server_name app.example.org;", "server_name localhost;", 2),
            ("listen [::]:443 ssl http2;", "", 1),
            ("listen [::]:80;", "", 1),
            ("listen 443 ssl http2;", &format!("listen {https} ssl http2;"), 1),
            ("listen 80;", &format!("listen {http};"), 1),
            ("server 127.0.0.1:8081;", &format!("server {server};"), 1),
        ],
    );
    fs::write(dir.join("site.conf"), site).unwrap();
    let temporary = |kind: &str| format!("{kind}_temp_path {};\n", dir.join(kind).display());
    let main = format!(
        "daemon off;\nworker_processes 2;\npid {pid};\nevents {{ worker_connections 768; }}\n\
         http {{\nsendfile on;\ntcp_nopush on;\ndefault_type application/octet-stream;\n\
         ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_prefer_server_ciphers on;\ngzip on;\naccess_log off;\n\
         {temporary}include {site};\n}}\n",
        pid = dir.join("pid").display(),
        temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(temporary).concat(),
        site = dir.join("site.conf").display(),
    );
    fs::write(dir.join("nginx.conf"), main).unwrap();
    let mut command = Command::new(installed("OPERATING_NGINX"));
    command.arg("-p").arg(dir).arg("-c").arg(dir.join("nginx.conf")).args(["-e", "stderr"]);
    let tested = run(Command::new(command.get_program()).args(command.get_args()).arg("-t"), "");
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    command
}

/// The site as it is shipped; for `localhost` Caddy makes a certificate by itself.
fn caddy(dir: &Path, server: &str, https: u16, http: u16) -> Command {
    let site = shipped(
        "Caddyfile",
        &[
            ("app.example.org {", "localhost {", 1),
            ("reverse_proxy 127.0.0.1:8081", &format!("reverse_proxy {server}"), 1),
        ],
    );
    let options = format!(
        "{{\n\tadmin off\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttps_port {https}\n\thttp_port {http}\n}}\n"
    );
    fs::write(dir.join("Caddyfile"), options + &site).unwrap();
    let mut command = Command::new(installed("OPERATING_CADDY"));
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(dir.join("Caddyfile"));
    command.env("HOME", dir).env("XDG_DATA_HOME", dir).env("XDG_CONFIG_HOME", dir);
    command
}

fn certificate(dir: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (dir.join("certificate.pem"), dir.join("key.pem"));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    command
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    let made = run(&mut command, "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

fn installed(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable);
    path.unwrap_or_else(|| panic!("{variable} names no program; run cargo xtask operating")).into()
}
