//! The queue: whose turn it is, cancelling, repeating, restarting, and what others may see.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Backend, Browser, PASSWORD, Reply};
use crate::imports::table;

async fn act(backend: &Backend, browser: &Browser, job: &str, what: &str) -> Reply {
    backend.call(Method::POST, &format!("/api/jobs/{job}/{what}")).bearer(browser).send().await
}

async fn eve(backend: &Backend) -> Browser {
    backend.add_account("eve@example.org").await;
    Browser::of(backend.sign_in_call("eve@example.org", PASSWORD, false).send().await)
}

fn long_file(rows: usize) -> String {
    let row = |number| format!("{number},a field that makes a row longer,and another one\n");
    format!("number,b,c\n{}", (0..rows).map(row).collect::<String>())
}

/// Waits until some rows of a job were taken and says how many.
async fn rows_taken(backend: &Backend, browser: &Browser, job: &str) -> u64 {
    for _ in 0..3_000 {
        let found = backend.read(browser, &format!("/api/jobs/{job}")).await;
        let taken = found["rows_accepted"].as_u64().unwrap();
        if taken > 0 {
            return taken;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("no row was taken");
}

#[tokio::test]
async fn what_happened_to_a_job_is_numbered_without_gaps_and_can_be_read_on_from_any_number() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", long_file(20_000)).await;
    let ended = backend.ended(&browser, &job).await;
    let events = |after: u64| {
        let path = format!("/api/jobs/{job}/events?after={after}");
        let (backend, browser) = (&backend, &browser);
        async move { backend.read(browser, &path).await["events"].as_array().unwrap().clone() }
    };
    let all = events(0).await;
    assert_eq!(ended["last_event"], all.len());
    let numbers: Vec<u64> = all.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
    assert_eq!(all[0]["state"], "queued");
    assert_eq!(all[1]["state"], "running");
    let last = all.last().unwrap();
    assert_eq!((&last["state"], &last["rows_accepted"]), (&json!("done"), &json!(20_000)));
    let taken: Vec<u64> = all.iter().map(|event| event["rows_accepted"].as_u64().unwrap()).collect();
    assert!(taken.is_sorted() && taken.iter().any(|taken| (1..20_000).contains(taken)), "{taken:?}");
    assert_eq!(events(3).await, all[3..]);
    assert_eq!(events(all.len() as u64).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_rate_counts_rows_by_the_clock() {
    let backend = Backend::start_with(|settings| settings.limits.running_jobs = 1).await;
    let browser = backend.sign_in().await;
    backend.app.start_jobs().await.unwrap();
    let job = backend.send_file(&browser, "", "a\n1\n2\n").await;
    assert_eq!(backend.ended(&browser, &job).await["rows_per_s"], Value::Null, "no time has passed");
    let job = backend.send_file(&browser, "", long_file(100_000)).await;
    rows_taken(&backend, &browser, &job).await;
    backend.clock.advance_s(100);
    let ended = backend.ended(&browser, &job).await;
    assert_eq!(ended["rows_per_s"], 1_000.0);
}

#[tokio::test]
async fn people_take_turns_whoever_sent_more() {
    let backend = Backend::start_with(|settings| settings.limits.running_jobs = 1).await;
    let (ada, eve) = (backend.sign_in().await, eve(&backend).await);
    let mut jobs = Vec::new();
    for browser in [&ada, &ada, &ada, &eve, &eve] {
        jobs.push(backend.send_file(browser, "", "a\n1\n").await);
    }
    backend.app.start_jobs().await.unwrap();
    // With one worker, jobs start in the order in which their first rows got their key.
    let mut order = Vec::new();
    for (job, browser) in jobs.iter().zip([&ada, &ada, &ada, &eve, &eve]) {
        let ended = backend.ended(browser, job).await;
        order.push(ended["dataset_id"].as_str().unwrap().to_owned());
    }
    let newest_first = |list: Value| -> Vec<String> {
        let datasets = list["datasets"].as_array().unwrap().clone();
        datasets.iter().map(|dataset| dataset["id"].as_str().unwrap().to_owned()).collect()
    };
    let of_ada = newest_first(backend.read(&ada, "/api/datasets").await);
    assert_eq!(of_ada, [&*order[2], &*order[1], &*order[0]]);
    let account = |id: &str| if of_ada.iter().any(|own| own == id) { "ada" } else { "eve" };
    let store = backend.app.store();
    let mut by_key = Vec::new();
    for id in &order {
        for browser in [&ada, &eve] {
            let session = store.session(browser.session_id.parse().unwrap()).await.unwrap().unwrap();
            if let Some(found) = store.dataset(session.1.id, id.parse().unwrap()).await.unwrap() {
                by_key.push((found.key, account(id)));
            }
        }
    }
    by_key.sort_unstable();
    let turns: Vec<_> = by_key.into_iter().map(|(_, who)| who).collect();
    assert_eq!(turns, ["ada", "eve", "ada", "eve", "ada"]);
}

#[tokio::test]
async fn a_long_job_of_one_person_does_not_keep_another_waiting() {
    let backend = Backend::start().await;
    let (ada, eve) = (backend.sign_in().await, eve(&backend).await);
    backend.app.start_jobs().await.unwrap();
    let long = backend.send_file(&ada, "", long_file(150_000)).await;
    let next = backend.send_file(&ada, "", "a\n1\n").await;
    rows_taken(&backend, &ada, &long).await;
    backend.import(&eve, "", "a\n1\n").await;
    let state = |job: Value| job["state"].as_str().unwrap().to_owned();
    assert_eq!(state(backend.read(&ada, &format!("/api/jobs/{long}")).await), "running");
    assert_eq!(state(backend.read(&ada, &format!("/api/jobs/{next}")).await), "queued");
    act(&backend, &ada, &long, "cancel").await.expect(StatusCode::OK);
    assert_eq!(state(backend.ended(&ada, &next).await), "done");
}

#[tokio::test]
async fn a_cancelled_job_stops_at_once_leaves_nothing_and_can_be_repeated() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", long_file(60_000)).await;
    rows_taken(&backend, &browser, &job).await;
    let cancelled = act(&backend, &browser, &job, "cancel").await.expect(StatusCode::OK).json();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(cancelled["can_retry"], true);
    assert!(cancelled["rows_read"].as_u64().unwrap() < 60_000);
    act(&backend, &browser, &job, "cancel").await.expect_problem(409, "job_ended");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let later = backend.read(&browser, &format!("/api/jobs/{job}")).await;
    assert_eq!(later, cancelled, "nothing was written after");
    assert_eq!(backend.read(&browser, "/api/datasets").await, json!({ "datasets": [] }));

    let again = act(&backend, &browser, &job, "retry").await.expect(StatusCode::OK).json();
    assert_eq!((&again["rows_read"], &again["ended_at"]), (&json!(0), &Value::Null));
    let ended = backend.ended(&browser, &job).await;
    assert_eq!((&ended["state"], &ended["rows_accepted"]), (&json!("done"), &json!(60_000)));
    assert_eq!(ended["can_retry"], false);
    act(&backend, &browser, &job, "retry").await.expect_problem(409, "job_not_repeatable");
    act(&backend, &browser, &job, "cancel").await.expect_problem(409, "job_ended");
}

#[tokio::test]
async fn only_the_last_five_files_that_failed_are_kept_for_repeating() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let mut jobs = Vec::new();
    for _ in 0..7 {
        let job = backend.send_file(&browser, "", "").await;
        backend.ended(&browser, &job).await;
        backend.clock.advance_s(1);
        jobs.push(job);
    }
    backend.app.forget_ended_jobs().await.unwrap();
    let listed = backend.read(&browser, "/api/jobs").await;
    let found: Vec<(&str, bool)> = listed["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| (job["id"].as_str().unwrap(), job["can_retry"].as_bool().unwrap()))
        .collect();
    let expected: Vec<_> = jobs.iter().enumerate().rev().map(|(at, job)| (job.as_str(), at >= 2)).collect();
    assert_eq!(found, expected);
    assert_eq!(std::fs::read_dir(backend.dir.path().join("uploads")).unwrap().count(), 5);
    act(&backend, &browser, &jobs[0], "retry").await.expect_problem(409, "job_not_repeatable");
    act(&backend, &browser, &jobs[6], "retry").await.expect(StatusCode::OK);

    backend.ended(&browser, &jobs[6]).await;
    backend.clock.advance_s(8 * 86_400);
    backend.app.forget_ended_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    assert_eq!(backend.read(&browser, "/api/jobs").await, json!({ "jobs": [] }));
    assert_eq!(std::fs::read_dir(backend.dir.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_job_goes_on_where_it_stood_when_the_server_was_stopped() {
    let mut backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", long_file(50_000)).await;
    let mut stops = 0;
    loop {
        backend.app.start_jobs().await.unwrap();
        rows_taken(&backend, &browser, &job).await;
        tokio::time::sleep(Duration::from_millis(40)).await;
        backend = backend.restart_with(|_| {}).await;
        let left = backend.read(&browser, &format!("/api/jobs/{job}")).await;
        if left["state"] != "running" {
            break;
        }
        assert_eq!(backend.read(&browser, "/api/datasets").await, json!({ "datasets": [] }));
        stops += 1;
    }
    assert!(stops > 0, "it was never stopped half-way");
    let ended = backend.ended(&browser, &job).await;
    let dataset = format!("/api/datasets/{}", ended["dataset_id"].as_str().unwrap());
    let found = table(&backend, &browser, &dataset).await;
    assert_eq!(found.len(), 50_001);
    assert!(found[1..].iter().enumerate().all(|(at, row)| row[0] == at.to_string()));
}

#[tokio::test]
async fn jobs_are_for_those_who_are_signed_in_and_of_others_nothing_is_known() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let (ada, eve) = (backend.sign_in().await, eve(&backend).await);
    let job = backend.send_file(&ada, "", "a\n1\n").await;
    let ended = backend.ended(&ada, &job).await;
    let dataset = ended["dataset_id"].as_str().unwrap().to_owned();
    assert_eq!(backend.read(&eve, "/api/jobs").await, json!({ "jobs": [] }));
    assert_eq!(backend.read(&eve, "/api/datasets").await, json!({ "datasets": [] }));
    let paths = |job: &str, dataset: &str| {
        [
            (Method::GET, format!("/api/jobs/{job}")),
            (Method::GET, format!("/api/jobs/{job}/events")),
            (Method::POST, format!("/api/jobs/{job}/cancel")),
            (Method::POST, format!("/api/jobs/{job}/retry")),
            (Method::GET, format!("/api/datasets/{dataset}")),
            (Method::GET, format!("/api/datasets/{dataset}/rows")),
            (Method::GET, format!("/api/datasets/{dataset}/rejected")),
            (Method::GET, format!("/api/datasets/{dataset}/csv")),
            (Method::DELETE, format!("/api/datasets/{dataset}")),
        ]
    };
    let nobody = "00000000-0000-0000-0000-000000000000";
    for (job, dataset) in [(job.as_str(), dataset.as_str()), (nobody, nobody), ("x", "%FF"), ("..", "%2e")] {
        for (method, path) in paths(job, dataset) {
            let reply = backend.call(method, &path).bearer(&eve).send().await;
            reply.expect_problem(404, "not_found");
        }
    }
    let listed = [(Method::GET, "/api/jobs".to_owned()), (Method::GET, "/api/datasets".to_owned())];
    for (method, path) in paths(&job, &dataset).into_iter().chain(listed) {
        let reply = backend.call(method, &path).send().await.expect_problem(401, "token_missing");
        assert!(reply.header("www-authenticate").is_some());
    }
    let call = backend.call(Method::POST, "/api/jobs").with("content-type", "text/csv").body("a\n1\n");
    call.send().await.expect_problem(401, "token_missing");
    assert_eq!(backend.read(&ada, &format!("/api/jobs/{job}")).await, ended);
}
