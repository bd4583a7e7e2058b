//! `--check`: each kind of finding, its exit code, and that nothing is touched.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::program::{Server, program, run, stderr, stdout};

/// A data directory that a server has used and left.
fn used() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&mut program(dir.path()));
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    dir
}

/// Names, contents and times of all that is in a directory.
fn all(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        if path.is_dir() {
            found.extend(all(&path));
        }
        // What readers share of a write-ahead log is theirs to change.
        let is_shared = path.to_string_lossy().ends_with("-shm");
        let content = fs::read(&path).ok().filter(|_| !is_shared).unwrap_or_default();
        found.insert(path, (content, if is_shared { SystemTime::UNIX_EPOCH } else { changed }));
    }
    found
}

/// What is said, one line for each finding, without what depends on who runs the test.
#[track_caller]
fn findings(command: &mut Command, expected_code: i32) -> Vec<String> {
    let output = run(command.arg("--check"), "");
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(expected_code), "{said}{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    let verdict = lines.pop().unwrap();
    let ends = ["Nothing is wrong.", "the server would start.", "the server would not start."];
    assert!(ends.iter().any(|end| verdict.ends_with(end)), "{verdict}");
    assert_eq!(verdict.ends_with("would not start."), expected_code == 1, "{verdict}");
    assert!(lines.iter().all(|line| line.starts_with("error: ") || line.starts_with("warning: ")), "{said}");
    lines.retain(|line| !line.contains("the user root") && !line.contains("the longest upload is"));
    lines
}

/// Expects one finding that holds all of `parts`.
#[track_caller]
fn expect(command: &mut Command, severity: &str, parts: &[&str]) {
    let lines = findings(command, i32::from(severity == "error"));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for part in [&[severity], parts].concat() {
        assert!(lines[0].contains(part), "{part:?} is missing: {}", lines[0]);
    }
}

#[test]
fn nothing_is_said_of_a_configuration_that_is_right() {
    let dir = used();
    let pages = tempfile::tempdir().unwrap();
    fs::write(pages.path().join("index.html"), "<!doctype html>").unwrap();
    let flags = ["--public-origin", "https://app.example.org", "--trust-forwarded-for"];
    let command = &mut program(dir.path());
    command.args(flags).args(["--metrics-listen", "127.0.0.1:9100", "--static-dir"]).arg(pages.path());
    assert_eq!(findings(command, 0), [""; 0]);
}

#[test]
fn nothing_is_listened_on_made_or_changed_whether_a_server_runs_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("below/data");
    let lines = findings(&mut program(&data), 0);
    assert!(lines.len() == 1 && lines[0].contains("does not exist"), "{lines:#?}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    let server = Server::start(&mut program(&data));
    for state in ["running", "killed", "stopped"] {
        if state == "killed" {
            server.signal("KILL");
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        if state == "stopped" {
            let server = Server::start(&mut program(&data));
            server.signal("TERM");
            assert_eq!(server.wait(), Some(0));
        }
        let before = all(&data);
        // The address is taken while the server runs, and the check is not about that.
        assert_eq!(findings(program(&data).args(["--listen", &server.address]), 0), [""; 0], "{state}");
        assert_eq!(all(&data), before, "{state}");
    }
}

#[test]
fn what_would_keep_the_server_from_starting_is_an_error() {
    let dir = used();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let check = || program(dir.path());

    expect(check().env("PERENNIAL_LISTEM", "x"), "error", &["PERENNIAL_LISTEM", "is not a setting"]);
    let missing = dir.path().join("missing");
    expect(check().arg("--static-dir").arg(&missing), "error", &["static directory", "not a directory"]);
    let same = ["--listen", "127.0.0.1:9100", "--metrics-listen", "127.0.0.1:9100"];
    expect(check().args(same), "error", &["--metrics-listen", "--listen", "another port"]);

    mode(dir.path(), 0o777);
    expect(&mut check(), "error", &["0777", "chmod 700"]);
    mode(dir.path(), 0o700);
    mode(&dir.path().join("uploads"), 0o777);
    expect(&mut check(), "error", &["uploads", "0777", "chmod 700"]);
    mode(&dir.path().join("uploads"), 0o700);

    let keys = dir.path().join("keys.json");
    mode(&keys, 0o644);
    expect(&mut check(), "error", &["keys.json", "0644", "chmod 600"]);
    mode(&keys, 0o600);
    let good = fs::read(&keys).unwrap();
    fs::write(&keys, "{}").unwrap();
    expect(&mut check(), "error", &["keys.json", "not a key file"]);
    fs::write(&keys, good).unwrap();

    let database = dir.path().join("perennial.sqlite3");
    mode(&database, 0o644);
    expect(&mut check(), "error", &["perennial.sqlite3", "0644", "chmod 600"]);
    mode(&database, 0o600);
    let good = fs::read(&database).unwrap();
    fs::write(&database, "no database, and longer than the header of one. ".repeat(100)).unwrap();
    expect(&mut check(), "error", &["perennial.sqlite3", "not a database", "backup"]);
    let mut torn = good.clone();
    torn[4096 * 3..][..4096].fill(0xa5);
    fs::write(&database, torn).unwrap();
    expect(&mut check(), "error", &["perennial.sqlite3", "nothing was changed"]);
    fs::write(&database, good).unwrap();
    assert_eq!(findings(&mut check(), 0), [""; 0]);
}

#[test]
fn a_data_directory_that_cannot_be_made_or_written_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    expect(&mut program(&file), "error", &["file", "--data-dir"]);
    expect(&mut program(&file.join("below")), "error", &["below", "--data-dir"]);

    // Whoever runs this test may do anything perhaps, so another user asks, with a copy that they can reach.
    let copy = dir.path().join("perennial-server");
    fs::copy(env!("CARGO_BIN_EXE_perennial-server"), &copy).unwrap();
    let sealed = dir.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    for (path, mode) in [(dir.path(), 0o755), (&copy, 0o755), (&sealed, 0o555)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    for data in [sealed.clone(), sealed.join("data")] {
        let mut command = Command::new(&copy);
        if run(Command::new("id").arg("-u"), "").stdout == b"0\n" {
            std::os::unix::process::CommandExt::uid(&mut command, 65_534);
        }
        let output = run(command.env_clear().arg("--check").arg("--data-dir").arg(&data), "");
        let said = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("ermission denied") && said.contains("--data-dir"), "{said}");
    }
}

#[tokio::test]
async fn a_database_of_another_version_is_told_from_one_of_an_older() {
    let dir = used();
    let path = dir.path().join("perennial.sqlite3");
    let change = async |statement: &'static str| {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
    };
    change("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)").await;
    let parts = ["older version", "in 1 steps", "backup first"];
    expect(&mut program(dir.path()), "warning", &parts);
    change(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .await;
    expect(&mut program(dir.path()), "error", &["9999", "newer"]);
}

#[test]
fn what_starts_but_was_hardly_meant_is_a_warning() {
    let dir = used();
    let check = || program(dir.path());
    let https = ["--public-origin", "https://app.example.org"];
    let behind = ["--trust-forwarded-for", "--public-origin", "https://app.example.org"];

    let parts = ["https://app.example.org", "--trust-forwarded-for is missing"];
    expect(check().args(https), "warning", &parts);
    let parts = ["--listen is 0.0.0.0:8081", "without the proxy"];
    expect(check().args(behind).args(["--listen", "0.0.0.0:8081"]), "warning", &parts);
    expect(check().arg("--trust-forwarded-for"), "warning", &["no --public-origin", "not Secure"]);
    expect(check().args(["--listen", "0.0.0.0:8081"]), "warning", &["no --public-origin"]);
    let parts = ["http://app.example.org", "read on the way"];
    expect(check().args(["--public-origin", "http://app.example.org"]), "warning", &parts);
    let parts = ["--metrics-listen is 0.0.0.0:9100", "loopback"];
    expect(check().args(["--metrics-listen", "0.0.0.0:9100"]), "warning", &parts);
    expect(check().args(behind).arg("--demo"), "warning", &["--demo", "user add"]);
    let parts = ["tokens of perennial live for 900 s", "sessions for 600 s"];
    let flags = ["--session-lifetime-s", "600", "--access-token-lifetime-s", "600"];
    expect(check().args(flags).args(["--access-token-lifetime-perennial-s", "900"]), "warning", &parts);
    let parts = ["file handles", "4000000000", "LimitNOFILE"];
    expect(check().args(["--open-connections", "4000000000"]), "warning", &parts);

    let pages = tempfile::tempdir().unwrap();
    for name in ["index.html", "a.wasm", "b.wasm", "b.wasm.br"] {
        fs::write(pages.path().join(name), "").unwrap();
    }
    expect(check().arg("--static-dir").arg(pages.path()), "warning", &["1 WebAssembly", "cargo xtask build"]);

    fs::remove_file(dir.path().join("keys.json")).unwrap();
    expect(&mut check(), "warning", &["keys.json", "missing", "backup"]);
    fs::remove_file(dir.path().join("perennial.sqlite3")).unwrap();
    expect(&mut check(), "warning", &["no database", "user add"]);
}

#[test]
fn a_disk_without_room_for_the_longest_uploads_is_a_warning() {
    let dir = used();
    // As the system's own tool counts it; nobody has four tebibytes free in a directory for tests.
    let free = run(Command::new("df").args(["--output=avail", "-B1"]).arg(dir.path()), "");
    let free: u64 = stdout(&free).lines().nth(1).unwrap().trim().parse().unwrap();
    let output = run(program(dir.path()).args(["--check", "--upload-limit-bytes", "1099511627776"]), "");
    assert_eq!(stdout(&output).contains("4194304 MiB; make room"), free < 4 << 40, "{}", stdout(&output));
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    for flags in [&["--check", "--listen", "here"][..], &["--check", "key", "rotate"]] {
        let output = run(program(dir.path()).args(flags), "");
        assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_server_run_by_root_is_warned_of() {
    let dir = used();
    let is_root = run(Command::new("id").arg("-u"), "").stdout == b"0\n";
    let output = run(program(dir.path()).arg("--check"), "");
    assert_eq!(stdout(&output).contains("the user root"), is_root);
}
