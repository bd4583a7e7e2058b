//! Readers that take too little: what they miss, and what they do not.

use std::time::Duration;

use tokio::net::TcpSocket;

use super::client::{Listening, NEVER, Socket, act, expect_no_gap};
use crate::harness::{Backend, Browser};

/// What the kernel keeps for a reader on either side, as little as it lets itself be told: some tens of events.
const BUFFER: u32 = 2_048;

async fn narrow(listening: &Listening, browser: &Browser) -> Socket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(BUFFER).unwrap();
    let stream = socket.connect(listening.address).await.unwrap();
    let (mut socket, _) = Socket::over(stream, listening.address, &[]).await.unwrap();
    socket.authenticate(browser).await;
    socket.hear_authenticated().await;
    socket
}

#[tokio::test]
async fn a_slow_reader_misses_progress_and_no_change_of_state() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.slow = Duration::from_millis(50);
        settings.live_times.look = NEVER;
    })
    .await;
    let listening = Listening::start_with_buffer(&backend, Some(BUFFER));
    let browser = backend.sign_in().await;
    backend.app.start_jobs().await.unwrap();
    let job = backend.send_file(&browser, "", long_file()).await;
    let mut socket = narrow(&listening, &browser).await;
    socket.watch(&job, 0).await;

    // It does not read while all this happens.
    let half = wait_for_event(&backend, &browser, &job, 60).await;
    act(&backend, &browser, &job, "cancel").await;
    act(&backend, &browser, &job, "retry").await;
    let ended = backend.ended(&browser, &job).await;
    let last = ended["last_event"].as_u64().unwrap();
    assert!(half < last - 90, "{ended}");

    let mut events = socket.hear_to_the_end().await;
    assert_eq!(events[events.len() - 1].state, "cancelled");
    events.extend(socket.hear_to_the_end().await);
    let heard: Vec<u64> = events.iter().map(|event| event.number).collect();
    assert_eq!((heard[0], heard[heard.len() - 1]), (1, last));
    assert!(heard.len() < 90, "progress was left out: {heard:?}");
    let mut before = 0;
    for event in &events {
        assert_eq!(event.after, before, "each says what came before it: {heard:?}");
        before = event.number;
    }
    let mut states: Vec<&str> = events.iter().map(|event| &*event.state).collect();
    states.dedup();
    assert_eq!(states, ["queued", "running", "cancelled", "queued", "running", "done"]);

    // Now that it reads, it misses nothing again.
    socket.watch(&job, 0).await;
    expect_no_gap(&socket.hear_to_the_end().await, 0);
}

#[tokio::test]
async fn a_reader_that_takes_nothing_has_to_go() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.stuck = Duration::from_millis(200);
        settings.limits.connections_per_account = 1;
    })
    .await;
    let listening = Listening::start_with_buffer(&backend, Some(BUFFER));
    let browser = backend.sign_in().await;
    backend.app.start_jobs().await.unwrap();
    let job = backend.send_file(&browser, "", long_file()).await;
    let mut stuck = narrow(&listening, &browser).await;
    stuck.watch(&job, 0).await;
    for attempt in 0.. {
        let mut next = listening.connect().await;
        next.authenticate(&browser).await;
        if next.hear_or_end().await.is_some() {
            break;
        }
        assert!(attempt < 1000, "it keeps its place");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn long_file() -> String {
    format!("number\n{}", (0..100_000).map(|number| format!("{number}\n")).collect::<String>())
}

/// Waits until this many events of a job are there; the number of the last.
async fn wait_for_event(backend: &Backend, browser: &Browser, job: &str, number: u64) -> u64 {
    loop {
        let found = backend.read(browser, &format!("/api/jobs/{job}")).await;
        let last = found["last_event"].as_u64().unwrap();
        if last >= number {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
