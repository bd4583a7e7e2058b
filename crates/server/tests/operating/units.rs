//! The units of systemd, the settings that they read, and the other files of the recipe.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::program::{Server, program, run, stderr, stdout};
use crate::proxy::shipped;

const PROGRAM: &str = "/usr/local/bin/perennial-server";

#[test]
fn systemd_understands_the_units() {
    let dir = tempfile::tempdir().unwrap();
    let ours = env!("CARGO_BIN_EXE_perennial-server");
    for (name, programs) in
        [("perennial.service", 2), ("perennial-backup.service", 1), ("perennial-backup.timer", 0)]
    {
        fs::write(dir.path().join(name), shipped(name, &[(PROGRAM, ours, programs)])).unwrap();
        let mut command = Command::new("systemd-analyze");
        let output = run(command.args(["verify", "--man=no"]).arg(dir.path().join(name)), "");
        let said = format!("{}{}", stdout(&output), stderr(&output));
        // Units of the machine itself may have faults that it tells as well.
        let about_ours: Vec<_> = said.lines().filter(|line| line.contains("perennial")).collect();
        assert!(output.status.success() && about_ours.is_empty(), "{name}: {said}");
    }
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--threshold=20"]).arg(dir.path().join("perennial.service"));
    let output = run(&mut command, "");
    assert!(output.status.success(), "its exposure is above 2.0: {}", stdout(&output));
}

/// The variables of a file as systemd reads it.
fn variables(text: &str) -> Vec<(&str, &str)> {
    let is_setting = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(is_setting).map(|line| line.split_once('=').unwrap()).collect()
}

#[test]
fn nothing_is_wrong_with_the_settings_that_are_shipped() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Server::start(&mut program(&data));
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    let pages = dir.path().join("dist");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("index.html"), "<!doctype html>").unwrap();
    let text = shipped("perennial.env", &[("/usr/local/share/perennial/dist", pages.to_str().unwrap(), 1)]);
    let output = run(program(&data).arg("--check").envs(variables(&text)), "");
    let said = stdout(&output);
    let lines: Vec<_> =
        said.lines().filter(|line| line.starts_with("error") || line.starts_with("warning")).collect();
    // Who runs this test, and how full their disk is, are not what the file says.
    let lines: Vec<_> = lines
        .into_iter()
        .filter(|line| !line.contains("the user root") && !line.contains("disk of"))
        .collect();
    assert!(output.status.success() && lines.is_empty(), "{said}");
}

#[test]
fn the_backup_of_the_unit_is_made_and_only_the_last_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (data, backups) = (dir.path().join("data"), dir.path().join("backups"));
    fs::create_dir(&backups).unwrap();
    let server = Server::start(&mut program(&data));
    let unit = shipped(
        "perennial-backup.service",
        &[
            (PROGRAM, env!("CARGO_BIN_EXE_perennial-server"), 1),
            ("/var/lib/perennial-backups", backups.to_str().unwrap(), 2),
            ("/var/lib/perennial backup", &format!("{} backup", data.display()), 1),
            ("%%", "%", 7),
        ],
    );
    for day in 10..30 {
        fs::create_dir(backups.join(format!("2020-01-{day}T031700Z"))).unwrap();
    }
    for key in ["ExecStart=", "ExecStartPost="] {
        let line = unit.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        let script = line.strip_prefix("/bin/sh -ec '").unwrap().strip_suffix('\'').unwrap();
        let output = run(Command::new("sh").args(["-ec", script]), "");
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let mut names: Vec<_> = fs::read_dir(&backups)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 14);
    assert_eq!(names[0], "2020-01-17T031700Z", "the oldest go first");
    assert!(backups.join(&names[13]).join("perennial.sqlite3").is_file(), "{names:?}");
    drop(server);
}

#[test]
fn the_dashboard_is_json_whose_panels_all_ask_something() {
    let dashboard: Value = serde_json::from_str(&shipped("dashboard.json", &[])).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty() && targets.iter().all(|target| target["expr"].is_string()), "{panel}");
    }
}

/// The one statement of the recipe that changes the database by hand.
#[test]
fn after_the_statement_of_the_recipe_everybody_signs_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md")).unwrap();
    let line = text.lines().find(|line| line.starts_with("sqlite3 /var/lib/perennial/")).unwrap();
    let line = line.replace("/var/lib/perennial", dir.path().to_str().unwrap());
    let start = || {
        let command = &mut program(dir.path());
        Server::start(command.args(["--demo", "--public-origin", "http://127.0.0.1:8080"]))
    };
    let server = start();
    let password = server.printed[0].split_once(" password: ").unwrap().1.to_owned();
    let body = format!("{{\"email\":\"demo@perennial.example\",\"password\":\"{password}\"}}");
    let signed_in = server.request("POST", "/api/session", "", &body);
    let cookie = signed_in.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let refreshed = server.request("POST", "/api/session/refresh", &cookie, "");
    assert!(refreshed.starts_with("HTTP/1.1 200"), "{refreshed}");
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    let output = run(Command::new("sh").args(["-ec", &line]), "");
    assert!(output.status.success(), "{}", stderr(&output));
    let server = start();
    let refused = server.request("POST", "/api/session/refresh", &cookie, "");
    assert!(refused.contains("refresh_unknown"), "{refused}");
    let again = server.request("POST", "/api/session", "", &body);
    assert!(again.starts_with("HTTP/1.1 200"), "{again}");
}
