//! What happens to a job, as those who watch it hear of it.

use std::time::Duration;

use super::client::{Event, Listening, NEVER, act, expect_no_gap};
use crate::harness::Backend;

fn file(rows: usize) -> String {
    format!("number\n{}", (0..rows).map(|number| format!("{number}\n")).collect::<String>())
}

#[tokio::test]
async fn every_event_of_a_job_comes_once_and_in_order_while_it_runs() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    backend.app.start_jobs().await.unwrap();
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", file(60_000)).await;
    let (mut one, mut other) =
        (listening.watch(&browser, &job, 0).await, listening.watch(&browser, &job, 0).await);
    let events = one.hear_to_the_end().await;
    expect_no_gap(&events, 0);
    let states: Vec<&str> = events.iter().map(|event| event.state.as_str()).collect();
    assert_eq!((states[0], states[1], states[states.len() - 1]), ("queued", "running", "done"));
    assert!(states.len() > 20, "{states:?}");

    let stored = backend.read(&browser, &format!("/api/jobs/{job}/events")).await;
    let pictures: Vec<_> = events.into_iter().map(|event| event.picture).collect();
    assert_eq!(stored["events"].as_array().unwrap(), &pictures);
    let others: Vec<_> = other.hear_to_the_end().await.into_iter().map(|event| event.picture).collect();
    assert_eq!(others, pictures);
}

#[tokio::test]
async fn a_client_goes_on_after_the_number_it_has_and_can_begin_anew() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", file(5_000)).await;
    let last = backend.ended(&browser, &job).await["last_event"].as_u64().unwrap();

    // The second message does not wait for the answer to the first.
    let mut socket = listening.connect().await;
    socket.authenticate(&browser).await;
    socket.watch(&job, 3).await;
    socket.hear_authenticated().await;
    let events = socket.hear_to_the_end().await;
    expect_no_gap(&events, 3);
    assert_eq!(events.len() as u64, last - 3);

    socket.watch(&job, 0).await;
    expect_no_gap(&socket.hear_to_the_end().await, 0);

    let short = backend.send_file(&browser, "", "a\n1\n").await;
    socket.watch(&short, 0).await;
    expect_no_gap(&socket.hear_to_the_end().await, 0);
}

#[tokio::test]
async fn what_a_person_does_to_a_job_is_heard_at_once_and_who_has_everything_hears_nothing() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    let mut socket = listening.watch(&browser, &job, 0).await;
    let mut late = listening.watch(&browser, &job, 1).await;
    assert_eq!(socket.hear_event().await.state, "queued");
    for (number, what, state) in
        [(2, "cancel", "cancelled"), (3, "retry", "queued"), (4, "cancel", "cancelled")]
    {
        act(&backend, &browser, &job, what).await;
        for socket in [&mut socket, &mut late] {
            let Event { number: heard, after, state: became, .. } = socket.hear_event().await;
            assert_eq!((heard, after, became.as_str()), (number, number - 1, state));
        }
    }
}

#[tokio::test]
async fn progress_is_heard_while_it_is_made() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    backend.app.start_jobs().await.unwrap();
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", file(100_000)).await;
    let mut socket = listening.watch(&browser, &job, 0).await;
    let mut events = Vec::new();
    for _ in 0..10 {
        events.push(socket.hear_event().await);
    }
    // What has ended could not be cancelled.
    act(&backend, &browser, &job, "cancel").await;
    events.extend(socket.hear_to_the_end().await);
    expect_no_gap(&events, 0);
    assert!(events.len() < 80, "{}", events.len());
}

#[tokio::test]
async fn what_another_process_does_is_heard_within_a_look() {
    let backend = Backend::start_with(|settings| settings.live_times.look = Duration::from_millis(50)).await;
    let listening = Listening::start(&backend);
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    let mut socket = listening.watch(&browser, &job, 1).await;
    act(&backend.twin().await, &browser, &job, "cancel").await;
    assert_eq!(socket.hear_event().await.state, "cancelled");
}

#[tokio::test]
async fn a_stop_of_the_server_is_said_and_the_next_one_goes_on_with_the_next_number() {
    let mut backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", file(60_000)).await;
    let (mut events, mut stops) = (Vec::<Event>::new(), 0);
    let has_ended = |events: &[Event]| events.last().is_some_and(|event| event.state == "done");
    while !has_ended(&events) {
        backend.app.start_jobs().await.unwrap();
        let listening = Listening::start(&backend);
        let last = events.last().map_or(0, |event| event.number);
        let mut socket = listening.watch(&browser, &job, last).await;
        // Enough to know that it runs.
        for _ in 0..8 {
            if !has_ended(&events) {
                events.push(socket.hear_event().await);
            }
        }
        let closing = tokio::spawn(async move { socket.closed_after_events().await });
        backend = backend.restart_with(|_| {}).await;
        let ((code, reason), _) = closing.await.unwrap();
        assert_eq!((code, &*reason), (1001, "The server is about to stop. Connect again in a moment."));
        stops += 1;
    }
    assert!(stops > 2, "it was stopped {stops} times only");
    expect_no_gap(&events, 0);
    let restarts = events.iter().skip(1).filter(|event| event.state == "queued").count();
    assert!(restarts > 1, "{restarts}");
}
