//! What keeps the program from starting: a sentence each, a failing exit code, and nothing lost.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::program::{program, run, stderr};

/// Expects one sentence on standard error that holds all of `parts`.
#[track_caller]
fn expect_refusal(command: &mut Command, parts: &[&str]) {
    let output = run(command, "");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("perennial-server: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is missing: {said}");
    }
}

fn made_data_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let args = ["user", "add", "--email", "ada@example.org", "--name", "Ada"];
    let output = run(program(dir.path()).args(args), "correct horse battery\n");
    assert!(output.status.success(), "{}", stderr(&output));
    dir
}

fn database(dir: &Path) -> std::path::PathBuf {
    dir.join("perennial.sqlite3")
}

#[test]
fn a_port_in_use_is_named_and_the_data_directory_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    expect_refusal(program(&data).args(["--listen", &address]), &[&address, "in use", "--listen"]);
    assert!(!data.exists());
}

#[test]
fn a_data_directory_that_cannot_be_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "precious").unwrap();
    let name = file.to_str().unwrap();
    expect_refusal(program(&file).args(["--listen", "127.0.0.1:0"]), &[name, "--data-dir"]);
    expect_refusal(program(&file.join("below")).args(["--listen", "127.0.0.1:0"]), &[name, "--data-dir"]);
    assert_eq!(fs::read(&file).unwrap(), b"precious");
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = database(dir.path());
    let garbage = "this is a letter and not a database, and it is longer than a header. ".repeat(100);
    fs::write(&path, &garbage).unwrap();
    let parts = [path.to_str().unwrap(), "not a database", "nothing was changed", "backup"];
    expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
    assert_eq!(fs::read_to_string(&path).unwrap(), garbage);
}

#[test]
fn a_damaged_database_is_left_as_it_is() {
    let dir = made_data_dir();
    let path = database(dir.path());
    let sound = fs::read(&path).unwrap();
    let pages = sound.len() / 4096;
    assert!(pages > 3);
    // Any page but the first, whose damage is another test; most are not read on the way to serving.
    for page in 1..pages {
        let mut bytes = sound.clone();
        bytes[page * 4096..][..4096].fill(0xa5);
        fs::write(&path, &bytes).unwrap();
        let parts = [path.to_str().unwrap(), "nothing was changed"];
        expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
        assert_eq!(fs::read(&path).unwrap(), bytes, "page {page}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let dir = made_data_dir();
    let path = database(dir.path());
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', 1, x'00', 0)";
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
    let parts = [path.to_str().unwrap(), "9999", "newer"];
    expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
}

#[test]
fn a_key_file_that_is_none_is_named_without_quoting_it() {
    let dir = made_data_dir();
    let path = dir.path().join("keys.json");
    let write = |content: &str| {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    for content in [
        "",
        "geheim",
        "{\"keys\":[]}",
        "{\"keys\":[{\"kid\":\"a\",\"created_at\":\"\",\"secret\":\"geheim\"}]}",
        "{\"keys\":\"geheim\"}",
    ] {
        write(content);
        let command = &mut program(dir.path());
        expect_refusal(command.args(["--listen", "127.0.0.1:0"]), &[path.to_str().unwrap(), "backup"]);
        assert!(!stderr(&run(command, "")).contains("geheim"));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let dir = made_data_dir();
    let path = dir.path().join("keys.json");
    let output = run(program(dir.path()).args(["key", "rotate"]), "");
    assert!(output.status.success(), "{}", stderr(&output));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let parts = [path.to_str().unwrap(), "0644", "chmod 600"];
    expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
}

#[test]
fn a_static_directory_that_is_missing_or_empty_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let dist = dir.path().join("dist");
    let start = || {
        let mut command = program(&dir.path().join("data"));
        command.args(["--listen", "127.0.0.1:0", "--static-dir"]).arg(&dist);
        command
    };
    expect_refusal(&mut start(), &[dist.to_str().unwrap(), "not a directory", "--static-dir"]);
    fs::create_dir(&dist).unwrap();
    expect_refusal(&mut start(), &[dist.to_str().unwrap(), "index.html", "--static-dir"]);
}

#[test]
fn a_data_directory_that_would_be_served_to_everybody_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("index.html"), "<!doctype html>").unwrap();
    let data = dir.path().join("below/data");
    for _ in 0..2 {
        let command = &mut program(&data);
        let parts = [dir.path().to_str().unwrap(), data.to_str().unwrap(), "served to everybody"];
        expect_refusal(command.args(["--listen", "127.0.0.1:0", "--static-dir"]).arg(dir.path()), &parts);
        // The first time it is not there yet.
        fs::create_dir_all(&data).unwrap();
    }
}

#[test]
fn a_demo_password_file_without_a_password_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo-password");
    fs::write(&path, "\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let start = &mut program(dir.path());
    expect_refusal(start.args(["--listen", "127.0.0.1:0", "--demo"]), &[path.to_str().unwrap(), "delete it"]);
}

#[test]
fn a_variable_that_is_no_setting_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let start = &mut program(dir.path());
    start.env("PERENNIAL_ACESS_TOKEN_LIFETIME_S", "10").args(["--listen", "127.0.0.1:0"]);
    expect_refusal(start, &["PERENNIAL_ACESS_TOKEN_LIFETIME_S", "--help"]);
}

#[test]
fn a_flag_or_value_that_makes_no_sense_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for (args, named) in [
        (["--nonsense", "1"], "--nonsense"),
        (["--access-token-lifetime-s", "0"], "--access-token-lifetime-s"),
        (["--access-token-lifetime-hybrid-s", "0"], "--access-token-lifetime-hybrid-s"),
        (["--session-lifetime-s", "soon"], "--session-lifetime-s"),
        (["--refresh-overlap-s", "-1"], "-1"),
        (["--public-origin", "app.example.org"], "--public-origin"),
        (["--public-origin", "https://app.example.org/path"], "--public-origin"),
        (["--connect-origin", "wss://api.example.org"], "--connect-origin"),
        (["--listen", "here"], "--listen"),
        (["--log-level", "loud"], "--log-level"),
    ] {
        let output = run(program(dir.path()).args(args), "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(named), "{}", stderr(&output));
    }
    let output = run(program(dir.path()).env("PERENNIAL_SESSION_LIFETIME_S", "soon"), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("soon"));
}

#[test]
fn a_database_that_others_may_read_and_a_directory_that_others_may_change_are_refused() {
    let dir = made_data_dir();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let path = database(dir.path());
    mode(&path, 0o666);
    let parts = [path.to_str().unwrap(), "0666", "others on this machine may read it", "chmod 600"];
    expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
    mode(&path, 0o600);
    mode(dir.path(), 0o777);
    let parts = [dir.path().to_str().unwrap(), "0777", "may change what is in it", "chmod 700"];
    expect_refusal(program(dir.path()).args(["--listen", "127.0.0.1:0"]), &parts);
    mode(dir.path(), 0o755);
    assert!(run(program(dir.path()).args(["key", "rotate"]), "").status.success());
}
