//! The harness itself: what passes on WebSockets is what the scenarios are told.

use std::time::Instant;

use anyhow::{Context, Result};
use perennial_e2e::proxy::Frame;
use perennial_e2e::{Fault, Proxy, Said, Side, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::EVENTS;

#[tokio::test]
async fn what_passes_on_a_websocket_arrives_untouched_and_is_noted() {
    let (backend, proxy) = site().await;
    let (mut page, mut server, asked) = open(&backend, &proxy).await;
    assert!(asked.contains("origin: http://here"), "{asked}");
    assert!(asked.contains("sec-websocket-protocol: perennial.v1, bearer.x"), "{asked}");
    assert!(!asked.contains("deflate"), "{asked}");

    let long = "ä".repeat(40_000);
    let said = [
        // A message in two frames with a ping between them, in pieces that end anywhere.
        frame(0x01, true, "half a ".as_bytes()),
        frame(0x89, true, b"ping"),
        frame(0x80, true, "message".as_bytes()),
        frame(0x81, true, long.as_bytes()),
    ]
    .concat();
    for piece in said.chunks(1_234) {
        page.write_all(piece).await.unwrap();
    }
    let mut arrived = vec![0; said.len()];
    server.read_exact(&mut arrived).await.unwrap();
    assert_eq!(arrived, said);
    let answer = [frame(0x81, false, b"yes"), frame(0x88, false, b"\x11\x31enough")].concat();
    server.write_all(&answer).await.unwrap();
    let mut arrived = vec![0; answer.len()];
    page.read_exact(&mut arrived).await.unwrap();
    assert_eq!(arrived, answer);
    drop(server);
    assert_eq!(page.read(&mut [0]).await.unwrap(), 0, "the end arrives too");
    eventually("the end to be noted", async || Ok((proxy.open_sockets() == 0).then_some(()))).await.unwrap();

    let socket = &proxy.sockets()[0];
    let noted: Vec<_> = socket.frames.iter().map(|Frame { by, said, .. }| (*by, said.clone())).collect();
    let expected = [
        (Side::Page, Said::Text("half a message".into())),
        (Side::Page, Said::Text(long)),
        (Side::Server, Said::Text("yes".into())),
        (Side::Server, Said::Close(Some((4401, "enough".into())))),
    ];
    assert_eq!(noted, expected);
    assert_eq!(socket.closed_by(), Some((Side::Server, Some(4401))));
    assert!(socket.was_open_at(socket.frames[0].at) && !socket.was_open_at(Instant::now()));
    assert_eq!(proxy.count(EVENTS, 101), 1);
}

#[tokio::test]
async fn websockets_are_cut_all_at_once_and_refused_as_long_as_asked() {
    let (backend, proxy) = site().await;
    let mut ends = Vec::new();
    for _ in 0..2 {
        let (page, server, _) = open(&backend, &proxy).await;
        ends.extend([page, server]);
    }
    eventually("both to be noted", async || Ok((proxy.open_sockets() == 2).then_some(()))).await.unwrap();
    proxy.cut_sockets();
    for end in &mut ends {
        assert_eq!(end.read(&mut [0]).await.unwrap_or_default(), 0);
    }
    eventually("both ends to be noted", async || Ok((proxy.open_sockets() == 0).then_some(())))
        .await
        .unwrap();

    proxy.disturb(EVENTS, usize::MAX, Fault::Answer { status: 503, header: None, body: "" });
    for _ in 0..3 {
        let answer = read_head(&mut ask(&proxy).await).await.unwrap();
        assert!(answer.starts_with("http/1.1 503"), "{answer}");
    }
    proxy.undisturb();
    open(&backend, &proxy).await;
    assert_eq!(proxy.count(EVENTS, 503), 3);
}

async fn site() -> (TcpListener, Proxy) {
    let backend = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::start(backend.local_addr().unwrap().port()).await.unwrap();
    (backend, proxy)
}

/// Opens a WebSocket; its two ends and what the backend was asked.
async fn open(backend: &TcpListener, proxy: &Proxy) -> (TcpStream, TcpStream, String) {
    let mut page = ask(proxy).await;
    let (mut server, _) = backend.accept().await.unwrap();
    let asked = read_head(&mut server).await.unwrap();
    let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    server.write_all(answer.as_bytes()).await.unwrap();
    let answered = read_head(&mut page).await.unwrap();
    assert!(answered.starts_with("http/1.1 101"), "{answered}");
    assert!(answered.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{answered}");
    (page, server, asked)
}

async fn ask(proxy: &Proxy) -> TcpStream {
    let address = proxy.origin().replace("http://", "");
    let mut page = TcpStream::connect(&address).await.unwrap();
    let asked = format!(
        "GET /api/events HTTP/1.1\r\nHost: {address}\r\nOrigin: http://here\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: perennial.v1, bearer.x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    );
    page.write_all(asked.as_bytes()).await.unwrap();
    page
}

/// What comes before the empty line, in small letters.
async fn read_head(stream: &mut TcpStream) -> Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.context("the head does not end")?);
    }
    Ok(String::from_utf8(head)?.to_ascii_lowercase())
}

fn frame(first: u8, is_masked: bool, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [1, 2, 3, 4];
    let flag = if is_masked { 0x80 } else { 0 };
    let mut frame = vec![first];
    match u16::try_from(payload.len()) {
        Ok(length @ 0..126) => frame.push(flag | length.to_be_bytes()[1]),
        Ok(length) => {
            frame.push(flag | 126);
            frame.extend(length.to_be_bytes());
        }
        Err(_) => {
            frame.push(flag | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    if is_masked {
        frame.extend(MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    } else {
        frame.extend(payload);
    }
    frame
}
