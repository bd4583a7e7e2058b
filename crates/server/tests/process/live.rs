//! Live connections of the program: what its end says to them, and what they leave in the log.

use std::fs::File;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::program::{Server, program};
use crate::serving::{demo_password, sign_in_body};

pub(crate) type Socket = WebSocket<TcpStream>;

pub(crate) fn connect(server: &Server, protocols: Option<&str>) -> Socket {
    let mut request = format!("ws://{}/api/events", server.address).into_client_request().unwrap();
    if let Some(protocols) = protocols {
        request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    }
    let stream = server.connect();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    client(request, stream).unwrap().0
}

pub(crate) fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).unwrap();
}

fn hear(socket: &mut Socket) -> Value {
    serde_json::from_str(socket.read().unwrap().to_text().unwrap()).unwrap()
}

pub(crate) fn code(socket: &mut Socket) -> u16 {
    loop {
        if let Message::Close(Some(frame)) = socket.read().unwrap() {
            return frame.code.into();
        }
    }
}

/// Signs in; the token and the identifier of the session.
fn sign_in(server: &Server) -> (String, String) {
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(server)));
    let grant: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&grant["access_token"]), text(&grant["session"]["id"]))
}

#[test]
fn the_end_of_the_program_is_said_and_open_connections_do_not_delay_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(program(dir.path()).args(["--demo", "--drain-limit-s", "600"]));
    let (token, _) = sign_in(&server);
    let mut stranger = connect(&server, None);
    let mut known = connect(&server, None);
    say(&mut known, json!({ "type": "authenticate", "access_token": token }));
    assert_eq!(hear(&mut known)["type"], "authenticated");
    // This one neither reads nor answers.
    let _silent = connect(&server, Some(&format!("perennial.v1, bearer.{token}")));
    server.signal("TERM");
    assert_eq!((code(&mut stranger), code(&mut known)), (1001, 1001));
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_connection_leaves_two_lines_in_the_log_and_no_token_at_any_level() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let start = &mut program(&dir.path().join("data"));
    start.args(["--demo", "--log-level", "trace"]);
    let server = Server::start_logging(start, File::create(&log).unwrap());
    let (token, session) = sign_in(&server);
    let mut offered = connect(&server, Some(&format!("perennial.v1, bearer.{token}")));
    assert_eq!(hear(&mut offered)["type"], "authenticated");
    let mut said = connect(&server, None);
    say(&mut said, json!({ "type": "authenticate", "access_token": token }));
    assert_eq!(hear(&mut said)["type"], "authenticated");
    say(&mut said, json!({ "type": "secret word", "access_token": token }));
    assert_eq!(code(&mut said), 4400);
    said.flush().ok();
    let mut wrong = connect(&server, Some("perennial.v1, bearer.wrong-token"));
    assert_eq!(code(&mut wrong), 4401);
    server.request("GET", &format!("/api/events?access_token={token}"), "", "");
    drop((said, wrong));
    server.signal("TERM");
    assert_eq!(code(&mut offered), 1001);
    assert_eq!(server.wait(), Some(0));

    let text = std::fs::read_to_string(&log).unwrap();
    for secret in [&*token, "secret word", "wrong-token", "bearer."] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let asked = lines.iter().filter(|line| line["message"] == "request" && line["path"] == "/api/events");
    let asked: Vec<_> = asked.map(|line| (&line["status"], line["outcome"].as_str().unwrap())).collect();
    let connected = (&json!(101), "connected");
    assert_eq!(asked, [connected, connected, connected, (&json!(400), "query_invalid")]);
    let ended = lines.iter().filter(|line| line["message"] == "connection ended");
    let mut ended: Vec<_> =
        ended.map(|line| (line["code"].as_u64().unwrap(), line["session"].as_str())).collect();
    ended.sort_unstable();
    assert_eq!(ended, [(1001, Some(&*session)), (4400, Some(&*session)), (4401, None)]);
}

#[test]
fn a_client_misses_nothing_of_a_job_whose_server_is_killed_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let start = || Server::start(program(dir.path()).arg("--demo"));
    let mut server = start();
    let (mut token, _) = sign_in(&server);
    let rows: String = (0..60_000).map(|number| format!("{number}\n")).collect();
    let answer = server.send_file(&format!("Authorization: Bearer {token}\r\n"), &format!("number\n{rows}"));
    let job: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let topic = format!("jobs/{}", job["id"].as_str().unwrap());
    let (mut last, mut kills) = (0, 0);
    loop {
        let mut socket = connect(&server, Some(&format!("perennial.v1, bearer.{token}")));
        say(&mut socket, json!({ "type": "watch", "topic": topic, "after": last }));
        assert_eq!(hear(&mut socket)["type"], "authenticated");
        for _ in 0..6 {
            let event = hear(&mut socket);
            assert_eq!((&event["after"], &event["number"]), (&json!(last), &json!(last + 1)));
            last += 1;
            if event["event"]["state"] == "done" {
                assert!(kills > 2, "it was killed {kills} times only");
                return;
            }
        }
        server.signal("KILL");
        assert_eq!(server.wait(), None);
        kills += 1;
        server = start();
        (token, _) = sign_in(&server);
    }
}
