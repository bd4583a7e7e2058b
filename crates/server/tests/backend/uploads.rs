//! Sending files: what is taken, what is refused, and what is left on the disk.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use http_body_util::channel::Channel;

use crate::harness::{Backend, Browser, PASSWORD};

fn files(backend: &Backend) -> usize {
    std::fs::read_dir(backend.dir.path().join("uploads")).unwrap().count()
}

#[tokio::test]
async fn a_file_becomes_a_job_that_waits_and_names_itself() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let reply = backend
        .send_call(&browser, "name=..%2Fpeople%20%E2%82%AC.csv&delimiter=semicolon", "a;b\n1;2\n")
        .send()
        .await
        .expect(StatusCode::CREATED);
    let job = reply.json();
    assert_eq!(job["file_name"], "people €.csv");
    assert_eq!(job["state"], "queued");
    assert_eq!(job["size_bytes"], 8);
    assert_eq!(job["created_at"], "2026-11-20T16:00:00Z");
    let path = reply.header("location").unwrap().to_owned();
    assert_eq!(backend.read(&browser, &path).await, job);
    assert_eq!(files(&backend), 1);
}

#[tokio::test]
async fn a_file_that_announces_to_be_too_long_is_refused_before_it_is_read() {
    let backend = Backend::start_with(|settings| settings.limits.upload_limit_bytes = 1_000).await;
    let browser = backend.sign_in().await;
    // Nobody ever sends anything into this body: only the header can have decided.
    let (_sender, body) = Channel::<Bytes, std::io::Error>::new(1);
    let call = backend.send_call(&browser, "", Body::new(body)).with("content-length", "1001");
    let reply = tokio::time::timeout(Duration::from_secs(5), call.send()).await.unwrap();
    reply.expect_problem(413, "body_too_large");
    assert_eq!(files(&backend), 0);
}

#[tokio::test]
async fn a_file_that_turns_out_too_long_or_breaks_off_leaves_nothing() {
    let backend = Backend::start_with(|settings| settings.limits.upload_limit_bytes = 1_000).await;
    let browser = backend.sign_in().await;
    backend.send_call(&browser, "", vec![b'a'; 1_000]).send().await.expect(StatusCode::CREATED);
    let reply = backend.send_call(&browser, "", vec![b'a'; 1_001]).send().await;
    assert_eq!(reply.expect_problem(413, "body_too_large").json()["limit_bytes"], 1_000);

    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(4);
    for _ in 0..3 {
        sender.send_data(Bytes::from_static(&[b'a'; 400])).await.unwrap();
    }
    backend.send_call(&browser, "", Body::new(body)).send().await.expect_problem(413, "body_too_large");

    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(4);
    sender.send_data(Bytes::from_static(b"a,b\n")).await.unwrap();
    sender.abort(std::io::Error::other("gone"));
    backend.send_call(&browser, "", Body::new(body)).send().await.expect_problem(400, "body_malformed");

    // A browser that goes away takes the whole request with it.
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(4);
    sender.send_data(Bytes::from_static(b"a,b\n")).await.unwrap();
    let sending = backend.send_call(&browser, "", Body::new(body)).send();
    assert!(tokio::time::timeout(Duration::from_millis(300), sending).await.is_err());
    assert_eq!(files(&backend), 1);
}

#[tokio::test]
async fn a_file_whose_session_ends_while_it_is_sent_becomes_no_job() {
    let backend = Backend::start().await;
    let (browser, other) = (backend.sign_in().await, backend.sign_in().await);
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(4);
    sender.send_data(Bytes::from_static(b"a,b\n")).await.unwrap();
    let sending = tokio::spawn(backend.send_call(&browser, "", Body::new(body)).send());
    while files(&backend) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    backend.page(Method::DELETE, "/api/session").bearer(&browser).send().await.expect(StatusCode::NO_CONTENT);
    sender.send_data(Bytes::from_static(b"1,2\n")).await.unwrap();
    drop(sender);
    let reply = sending.await.unwrap().expect_problem(401, "session_revoked");
    assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"perennial\", error=\"invalid_token\""));
    assert_eq!(reply.header("x-new-token"), None);
    assert_eq!(files(&backend), 0);
    assert_eq!(backend.read(&other, "/api/jobs").await, serde_json::json!({ "jobs": [] }));
}

#[tokio::test]
async fn only_csv_is_taken_and_only_what_the_query_knows() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "text/csvx", ""] {
        let call = backend.send_call(&browser, "", "a\n").with("content-type", kind);
        let reply = call.send().await.expect_problem(415, "media_type_unsupported");
        assert_eq!(reply.json()["detail"], "Send the body as text/csv.");
    }
    let call = backend.send_call(&browser, "", "a\n").without("content-type");
    call.send().await.expect_problem(415, "media_type_unsupported");
    for query in [
        "delimiter=pipe",
        "delimiter=%22",
        "delimiter=%C3%B6",
        "encoding=utf-16",
        "x=1",
        "name=a&name=b",
        "delimiter=",
    ] {
        backend.send_call(&browser, query, "a\n").send().await.expect_problem(400, "query_invalid");
    }
    let call =
        backend.send_call(&browser, "name=%FF%00", "a\n").with("content-type", "Text/CSV; charset=utf-8");
    let reply = call.send().await.expect(StatusCode::CREATED);
    assert_eq!(reply.json()["file_name"], "\u{fffd}");
}

#[tokio::test]
async fn a_person_has_so_many_jobs_waiting_and_no_more_and_others_are_not_hindered() {
    let backend = Backend::start_with(|settings| settings.limits.jobs_per_account = 2).await;
    backend.add_account("eve@example.org").await;
    let ada = backend.sign_in().await;
    let eve = Browser::of(backend.sign_in_call("eve@example.org", PASSWORD, false).send().await);
    let first = backend.send_file(&ada, "", "a\n1\n").await;

    // A file on its way counts as well.
    let (_sender, body) = Channel::<Bytes, std::io::Error>::new(4);
    let sending = tokio::spawn(backend.send_call(&ada, "", Body::new(body)).send());
    while files(&backend) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let reply = backend.send_call(&ada, "", "a\n").send().await.expect_problem(409, "too_many_jobs");
    assert!(reply.json()["detail"].as_str().unwrap().contains("2 jobs"));
    assert_eq!(reply.json()["limit"], 2);
    backend.send_file(&eve, "", "a\n1\n").await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());

    backend.send_file(&ada, "", "a\n1\n").await;
    backend.send_call(&ada, "", "a\n").send().await.expect_problem(409, "too_many_jobs");
    backend
        .call(Method::POST, &format!("/api/jobs/{first}/cancel"))
        .bearer(&ada)
        .send()
        .await
        .expect(StatusCode::OK);
    backend.send_file(&ada, "", "a\n1\n").await;
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_were_sent_are_private_and_go_when_they_were_read() {
    use std::os::unix::fs::PermissionsExt;
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "name=../../x.csv", "a\n1\n").await;
    let dir = backend.dir.path().join("uploads");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join(format!("{job}.csv"))), 0o600);
    std::fs::write(dir.join("left.part"), "a").unwrap();
    std::fs::write(dir.join("00000000-0000-0000-0000-000000000000.csv"), "a").unwrap();
    std::fs::write(dir.join("notes.txt"), "not ours").unwrap();

    backend.app.start_jobs().await.unwrap();
    assert_eq!(backend.ended(&browser, &job).await["state"], "done");
    backend.app.close().await;
    let left: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}
