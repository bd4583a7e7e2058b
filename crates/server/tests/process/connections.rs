//! Connections that take room and nothing else: those that say nothing, dawdle or take nothing, and too many of them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread::{self, sleep};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpSocket;

use crate::live;
use crate::program::{Server, head, program, read_all};
use crate::serving::{demo_password, sign_in_body};

/// What a client is told of a body that takes its time: a file that was imported, in pieces.
fn send_slowly(server: &Server, bearer: &str) -> String {
    let head = head("POST", "/api/jobs?name=slow.csv", bearer, 16).replace("application/json", "text/csv");
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).unwrap();
    for piece in ["a,b\n", "1,2\n", "3,4\n", "5,6\n"] {
        sleep(Duration::from_millis(700));
        stream.write_all(piece.as_bytes()).unwrap();
    }
    read_all(&mut stream)
}

/// Takes nothing of a file for longer than the server waits, and then all there is; how much that was.
fn take_late(server: &Server) -> usize {
    let mut stream = server.connect();
    stream.write_all(head("GET", "/large.bin", "", 0).as_bytes()).unwrap();
    sleep(Duration::from_millis(3_500));
    let mut taken = Vec::new();
    // However it ends.
    drop(stream.read_to_end(&mut taken));
    taken.len()
}

/// A live connection whose client says something wrong after a long while; what it is closed with.
fn connect_and_wait(server: &Server) -> u16 {
    let mut socket = live::connect(server, None);
    sleep(Duration::from_millis(2_500));
    live::say(&mut socket, serde_json::json!({ "type": "authenticate", "access_token": "wrong" }));
    live::code(&mut socket)
}

fn expect_end(mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
}

#[test]
fn who_says_nothing_dawdles_or_takes_nothing_is_let_go_and_who_is_slow_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let pages = dir.path().join("pages");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("index.html"), "<!doctype html>").unwrap();
    File::create(pages.join("large.bin")).unwrap().set_len(LARGE).unwrap();
    let start = &mut program(&dir.path().join("data"));
    start.args(["--demo", "--header-timeout-s", "1", "--idle-timeout-s", "1", "--write-timeout-s", "1"]);
    let server = Server::start(start.arg("--static-dir").arg(&pages));
    let answer = server.request("POST", "/api/session", "", &sign_in_body(&demo_password(&server)));
    let grant: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let bearer = format!("Authorization: Bearer {}\r\n", grant["access_token"].as_str().unwrap());
    thread::scope(|scope| {
        let slow = scope.spawn(|| send_slowly(&server, &bearer));
        let late = scope.spawn(|| take_late(&server));
        let live = scope.spawn(|| connect_and_wait(&server));
        expect_end(server.connect());
        let mut dawdling = server.connect();
        // Each byte comes well within the time that the whole head has.
        while dawdling.write_all(b"G").is_ok() {
            sleep(Duration::from_millis(200));
        }
        let mut idle = server.connect();
        idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        expect_end(idle);
        // It says nothing for longer than any other connection may, and is heard all the same.
        assert_eq!(live.join().unwrap(), 4401);
        assert!(slow.join().unwrap().starts_with("HTTP/1.1 201"), "slow, but moving");
        let taken = u64::try_from(late.join().unwrap()).unwrap();
        assert!(taken < LARGE, "{taken} bytes came though nobody took them in time");
    });
}

#[tokio::test]
async fn one_address_leaves_room_for_others_and_is_told_to_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let flags = ["--open-connections", "7", "--open-connections-per-address", "4"];
    let start = |flags: &[&str]| {
        let mut command = program(&dir.path().join("data"));
        Server::start_logging(command.args(flags), File::create(&log).unwrap())
    };
    let server = start(&flags);
    let ask = |server: &Server| server.request("GET", "/healthz", "", "");
    let mut held: Vec<_> = (0..4).map(|_| answered(server.connect())).collect();
    let refused = ask(&server);
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("Retry-After: 5"), "{refused}");
    let elsewhere = from_address("127.0.0.2:0", &server.address).await;
    held.push(answered(elsewhere));
    assert!(said(&log, "connections are turned away").contains("--open-connections-per-address"));
    drop(held);

    // All come from the proxy there.
    let server = start(&[&flags[..], &["--trust-forwarded-for"]].concat());
    let _held: Vec<_> = (0..7).map(|_| answered(server.connect())).collect();
    assert!(ask(&server).starts_with("HTTP/1.1 503"));
    assert!(said(&log, "connections are turned away").contains("\"--open-connections\""));
}

#[cfg(target_os = "linux")]
#[test]
fn when_handles_run_out_the_log_says_so_and_all_goes_on_when_there_are_some_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let server = Server::start_logging(&mut program(&dir.path().join("data")), File::create(&log).unwrap());
    assert!(server.request("GET", "/healthz", "", "").starts_with("HTTP/1.1 200"));
    server.limit_handles(&(server.handles() - 1).to_string());
    let mut waiting = server.connect();
    while !std::fs::read_to_string(&log).unwrap().contains("no connection can be let in") {
        sleep(Duration::from_millis(10));
    }
    server.limit_handles("4096");
    waiting.write_all(head("GET", "/healthz", "", 0).as_bytes()).unwrap();
    assert!(read_all(&mut waiting).starts_with("HTTP/1.1 200"));
}

/// The connection, open, after a request was answered on it.
fn answered(mut stream: TcpStream) -> TcpStream {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}

/// A connection that comes from this address.
async fn from_address(address: &str, server: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(address.parse::<SocketAddr>().unwrap()).unwrap();
    let stream = socket.connect(server.parse().unwrap()).await.unwrap().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream
}

/// The first line of the log that says this.
fn said(log: &Path, words: &str) -> String {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// Longer than what the system holds on the way.
const LARGE: u64 = 64 << 20;
