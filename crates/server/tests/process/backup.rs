//! `backup`: whole, sound and private, whatever is written meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::scope;
use std::time::Duration;

use crate::imports::json;
use crate::program::{Server, program, run, stderr, stdout};
use crate::serving::{cookie, demo_password, sign_in_body};

/// Each start listens on a port of its own; for a browser it is one site.
fn start(data: &Path) -> Server {
    Server::start(program(data).args(["--demo", "--public-origin", "http://127.0.0.1:8080"]))
}

fn back_up(data: &Path, to: &Path) -> String {
    let output = run(program(data).arg("backup").arg(to), "");
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

fn refresh(server: &Server, cookie: &str) -> String {
    server.request("POST", "/api/session/refresh", &format!("Cookie: {cookie}\r\n"), "")
}

#[test]
fn a_backup_under_writes_is_one_moment_and_goes_on_where_it_was_made() {
    const ROWS: usize = 60_000;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = start(&data);
    let password = demo_password(&server);
    let signed_in = server.request("POST", "/api/session", "", &sign_in_body(&password));
    let bearer = format!("Authorization: Bearer {}\r\n", json(&signed_in)["access_token"].as_str().unwrap());
    let idle = cookie(&signed_in);
    let file = format!("number,b\n{}", (0..ROWS).map(|row| format!("{row},a row\n")).collect::<String>());
    let job = json(&server.send_file(&bearer, &file))["id"].as_str().unwrap().to_owned();

    let (is_over, written) = (AtomicBool::new(false), AtomicU32::new(0));
    let mut backups = Vec::new();
    scope(|scope| {
        let stop = Stop(&is_over);
        for _ in 0..2 {
            scope.spawn(|| {
                let answer = server.request("POST", "/api/session", "", &sign_in_body(&password));
                let mut last = cookie(&answer);
                while !is_over.load(Ordering::Relaxed) {
                    let answer = refresh(&server, &last);
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                    last = cookie(&answer);
                    written.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // How much is written during a backup depends on the machine, so those count during which something was.
        for attempt in 0.. {
            assert!(attempt < 100, "nothing is written while backups are made");
            if backups.len() == 3 {
                break;
            }
            let backup = dir.path().join(format!("backup-{attempt}"));
            let before = written.load(Ordering::Relaxed);
            let said = back_up(&data, &backup);
            assert!(said.contains(backup.to_str().unwrap()), "{said}");
            if written.load(Ordering::Relaxed) > before {
                backups.push(backup);
            }
        }
        drop(stop);
    });
    drop(server);

    for backup in &backups {
        let output = run(program(backup).arg("--check"), "");
        assert!(output.status.success(), "{}", stdout(&output));
        let restored = start(backup);
        assert_ne!(demo_password(&restored), password, "the password of the demo account is not copied");
        let answer = refresh(&restored, &idle);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let bearer = format!("Authorization: Bearer {}\r\n", json(&answer)["access_token"].as_str().unwrap());
        let path = format!("/api/jobs/{job}");
        let mut found = json(&restored.request("GET", &path, &bearer, ""));
        for _ in 0..600 {
            if found["state"] != "queued" && found["state"] != "running" {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
            found = json(&restored.request("GET", &path, &bearer, ""));
        }
        assert_eq!((&found["state"], &found["rows_accepted"]), (&"done".into(), &ROWS.into()), "{found}");
    }
}

/// Ends the writers, whatever happens to the test.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn only_its_owner_may_read_a_backup() {
    let dir = tempfile::tempdir().unwrap();
    let (data, backup) = (dir.path().join("data"), dir.path().join("backup"));
    drop(start(&data));
    fs::write(data.join("uploads/00000000-0000-0000-0000-000000000000.csv"), "a\n").unwrap();
    fs::set_permissions(
        data.join("uploads/00000000-0000-0000-0000-000000000000.csv"),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    fs::write(data.join("uploads/00000000-0000-0000-0000-000000000001.part"), "half").unwrap();
    back_up(&data, &backup);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&backup), mode(&backup.join("uploads"))), (0o700, 0o700));
    let mut names: Vec<_> = fs::read_dir(&backup)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["keys.json", "perennial.sqlite3", "uploads"]);
    for name in ["keys.json", "perennial.sqlite3", "uploads/00000000-0000-0000-0000-000000000000.csv"] {
        assert_eq!(mode(&backup.join(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(backup.join("uploads")).unwrap().count(), 1, "what is half sent stays out");
}

#[test]
fn a_backup_that_cannot_be_made_leaves_nothing_and_takes_the_place_of_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let fail = |said: &str| {
        let output = run(program(&data).arg("backup").arg(&backup), "");
        assert_eq!(output.status.code(), Some(1));
        let found = stderr(&output);
        assert!(found.contains(said) && found.lines().count() == 1, "{found}");
    };
    fail("no database");
    assert!(!data.exists() && !backup.exists());

    drop(start(&data));
    let database = data.join("perennial.sqlite3");
    let good = fs::read(&database).unwrap();
    // What the server was writing when it was killed would mend it again.
    for companion in ["-wal", "-shm"] {
        fs::remove_file(data.join(format!("perennial.sqlite3{companion}"))).ok();
    }
    fs::write(&database, "no database, and longer than the header of one. ".repeat(100)).unwrap();
    fail("not a database");
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["data"]);

    fs::write(&database, good).unwrap();
    fs::create_dir(&backup).unwrap();
    fs::write(backup.join("precious"), "kept").unwrap();
    fail("exists already");
    assert_eq!(fs::read(backup.join("precious")).unwrap(), b"kept");
}
