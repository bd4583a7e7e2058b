//! A browser's share: curl, and live connections over TLS by `openssl s_client`.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::program::stderr;

/// Somebody behind the proxy, with cookies.
pub(crate) struct Client {
    pub(crate) port: u16,
    pub(crate) jar: PathBuf,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters, in the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }
}

impl Client {
    pub(crate) fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What curl gets for these arguments under `path`.
    pub(crate) fn curl(&self, path: &str, arguments: &[&str]) -> Answer {
        self.ask(&format!("{}{path}", self.origin()), arguments)
    }

    pub(crate) fn ask(&self, url: &str, arguments: &[&str]) -> Answer {
        let mut command = Command::new("curl");
        // The certificate is one that this test has made.
        command.args(["--silent", "--show-error", "--insecure", "--include", "--max-time", "300"]);
        command.args(["--resolve", &format!("localhost:{}:127.0.0.1", self.port), "--header", "Expect:"]);
        command.arg("--cookie").arg(&self.jar).arg("--cookie-jar").arg(&self.jar);
        let output = command.args(arguments).arg(url).output().unwrap();
        assert!(output.status.success(), "curl {arguments:?} {url}: {}", stderr(&output));
        parse(&output.stdout)
    }

    /// A request as a page sends it.
    pub(crate) fn page(&self, path: &str, body: &str, arguments: &[&str]) -> Answer {
        self.page_of(&self.origin(), path, body, arguments)
    }

    /// The same of a page from elsewhere.
    pub(crate) fn page_of(&self, origin: &str, path: &str, body: &str, arguments: &[&str]) -> Answer {
        let origin = format!("Origin: {origin}");
        let mut all = vec!["--header", &origin, "--header", "X-Requested-By: perennial"];
        all.extend(["--header", "Content-Type: application/json", "--data-binary", body]);
        all.extend(arguments);
        self.curl(path, &all)
    }

    pub(crate) fn connect(&self) -> (WebSocket<Pipe>, End) {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-servername", "localhost", "-alpn", "http/1.1", "-connect"]);
        command.arg(format!("127.0.0.1:{}", self.port));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let pipe = Pipe { to: child.stdin.take().unwrap(), from: child.stdout.take().unwrap() };
        let end = End(child);
        let mut request = format!("wss://localhost:{}/api/events", self.port).into_client_request().unwrap();
        request.headers_mut().insert("origin", self.origin().parse().unwrap());
        // To the library it is a stream like any other; the TLS is in the other program.
        (client(request, pipe).unwrap().0, end)
    }
}

/// Ends the program that holds a connection.
pub(crate) struct End(Child);

impl Drop for End {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Both directions of a connection that another program holds.
pub(crate) struct Pipe {
    to: ChildStdin,
    from: ChildStdout,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

pub(crate) fn say(socket: &mut WebSocket<Pipe>, message: &Value) {
    socket.send(Message::text(message.to_string())).unwrap();
}

/// The next message in words.
pub(crate) fn hear(socket: &mut WebSocket<Pipe>) -> Value {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) | Message::Binary(_) => socket.flush().unwrap(),
            other @ (Message::Close(_) | Message::Frame(_)) => panic!("{other:?}"),
        }
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_lowercase(), value.trim().to_owned())
    };
    Answer { status, headers: lines.map(header).collect(), body: bytes[end + 4..].to_vec() }
}
