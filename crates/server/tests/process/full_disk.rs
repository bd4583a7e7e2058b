//! A disk that takes nothing for a while. A limit on the size of files stands for it, which needs no rights.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::imports::json;
use crate::program::{Server, program};
use crate::serving::{cookie, demo_password, sign_in_body};

#[test]
fn when_a_full_disk_has_room_again_all_goes_on_without_a_restart() {
    const ROWS: usize = 60_000;
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&mut program_at_a_limit(dir.path()));
    let sign_in = sign_in_body(&demo_password(&server));
    let answer = server.request("POST", "/api/session", "", &sign_in);
    let cookie = format!("Cookie: {}\r\n", cookie(&answer));
    let bearer = format!("Authorization: Bearer {}\r\n", json(&answer)["access_token"].as_str().unwrap());
    let row = |number: usize| format!("{number},a row\n");
    let file = format!("number,b\n{}", (0..ROWS).map(row).collect::<String>());
    let answer = server.send_file(&bearer, &file);
    let job = format!("/api/jobs/{}", json(&answer)["id"].as_str().unwrap());
    wait(&server, &job, &bearer, |job| job["rows_accepted"] != 0);
    assert_eq!(status(&server.request("GET", "/healthz", "", "")), "200");

    server.limit_files("0");
    for _ in 0..3 {
        assert_eq!(status(&server.request("POST", "/api/session", "", &sign_in)), "503");
        assert_eq!(status(&server.request("POST", "/api/session/refresh", &cookie, "")), "503");
    }
    let refused = server.send_file(&bearer, "a\n1\n");
    assert_eq!(status(&refused), "507", "{refused}");
    assert_eq!(json(&refused)["reason"], "no_room");
    // It may go by a write that succeeded just before.
    while status(&server.request("GET", "/healthz", "", "")) != "503" {
        std::thread::sleep(Duration::from_millis(100));
    }
    // What is only read is there all the same.
    let stuck = json(&server.request("GET", &job, &bearer, ""));
    assert_eq!(stuck["state"], "running", "{stuck}");
    assert_ne!(stuck["rows_accepted"], ROWS, "the disk was full too late");

    server.limit_files("unlimited");
    assert_eq!(status(&server.request("GET", "/healthz", "", "")), "200");
    assert_eq!(status(&server.request("POST", "/api/session/refresh", &cookie, "")), "200");
    assert_eq!(status(&server.request("POST", "/api/session", "", &sign_in)), "200");
    let ended = wait(&server, &job, &bearer, |job| job["state"] != "running");
    assert_eq!(ended["state"], "done", "{ended}");
    let last = format!("/api/datasets/{}/rows?offset={}", ended["dataset_id"].as_str().unwrap(), ROWS - 1);
    let rows = json(&server.request("GET", &last, &bearer, ""));
    assert_eq!(rows["total"], ROWS);
    assert_eq!(rows["rows"][0]["fields"][0], (ROWS - 1).to_string());
}

/// The program with the signal ignored that would end it at the limit: a full disk sends none.
fn program_at_a_limit(dir: &Path) -> Command {
    let program = program(dir);
    let mut command = Command::new("sh");
    for (name, _) in program.get_envs() {
        command.env_remove(name);
    }
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    command.arg(program.get_program()).args(program.get_args()).arg("--demo");
    command
}

fn wait(
    server: &Server,
    job: &str,
    bearer: &str,
    is_so: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    for _ in 0..6_000 {
        let found = json(&server.request("GET", job, bearer, ""));
        if is_so(&found) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not come to that");
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}
