//! That sorting, which reads whole datasets, holds nobody up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::task::JoinSet;

use crate::harness::{Backend, Browser, PASSWORD};

const SORTS: usize = 30;

/// A backend, a browser and the path of a dataset that takes a while to sort.
async fn start() -> (Backend, Browser, String) {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let row = |number: u64| format!("{},{number}\n", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let file = format!("mixed,n\n{}", (0..40_000).map(row).collect::<String>());
    let dataset = backend.import(&browser, "", file).await;
    (backend, browser, dataset)
}

/// Asks for many sorted pages at once and returns when the first has come, so that the others wait.
async fn sort_much(
    backend: &Backend,
    browser: &Browser,
    dataset: &str,
) -> (JoinSet<StatusCode>, Arc<AtomicUsize>) {
    let (mut sorts, ended) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
    for _ in 0..SORTS {
        let call = backend.get(&format!("{dataset}/rows?sort=0&limit=1")).bearer(browser);
        let ended = Arc::clone(&ended);
        sorts.spawn(async move {
            let reply = call.send().await;
            if reply.status != StatusCode::OK {
                let reply = reply.expect_problem(503, "busy");
                assert_eq!(reply.header("retry-after"), Some("1"));
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            ended.fetch_add(1, Ordering::SeqCst);
            StatusCode::OK
        });
    }
    assert_eq!(sorts.join_next().await.unwrap().unwrap(), StatusCode::OK);
    (sorts, ended)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_checked_and_rows_are_read_while_many_pages_are_being_sorted() {
    let (backend, browser, dataset) = start().await;
    let (mut sorts, ended) = sort_much(&backend, &browser, &dataset).await;
    for path in ["/api/session", "/api/datasets", &format!("{dataset}/rows?offset=39000")] {
        backend.read(&browser, path).await;
    }
    let before = ended.load(Ordering::SeqCst);
    assert!(before < SORTS / 2, "it waited for {before} sorted pages");
    while let Some(sorted) = sorts.join_next().await {
        sorted.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_many_sorted_pages_leaves_those_of_others_their_turn() {
    let (backend, browser, dataset) = start().await;
    backend.add_account("bob@example.org").await;
    let bob = backend.sign_in_call("bob@example.org", PASSWORD, false).send().await;
    let bob = Browser::of(bob.expect(StatusCode::OK));
    let others = backend.import(&bob, "", "a\n2\n1\n").await;
    let (mut sorts, ended) = sort_much(&backend, &browser, &dataset).await;
    let page = backend.read(&bob, &format!("{others}/rows?sort=0")).await;
    assert_eq!(page["rows"][0]["number"], 2);
    let before = ended.load(Ordering::SeqCst);
    assert!(before < SORTS / 2, "it waited for {before} sorted pages");
    while let Some(sorted) = sorts.join_next().await {
        sorted.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sorted_page_that_nobody_waits_for_any_more_is_no_hindrance_to_the_next() {
    let (backend, browser, dataset) = start().await;
    for wait_ms in [0, 1, 5, 20, 50] {
        let call = backend.get(&format!("{dataset}/rows?sort=0&limit=1")).bearer(&browser);
        drop(tokio::time::timeout(Duration::from_millis(wait_ms), call.send()).await);
    }
    for _ in 0..3 {
        let page = backend.read(&browser, &format!("{dataset}/rows?sort=1&order=desc&limit=1")).await;
        assert_eq!(page["rows"][0]["number"], 40_000);
    }
}
