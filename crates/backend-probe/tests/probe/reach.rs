//! Whether there is anybody to ask.

use std::{io::Write as _, net::TcpListener, thread, time::Duration};

use perennial_backend_probe::exchange::NoAnswer;

use crate::support::{
    Backend, CUSTOM, Reply, assert_note, assert_one_problem, custom_at, imagine, probe, probe_same_origin,
    probe_within, refuse,
};

#[test]
fn a_backend_that_refuses_as_it_should_has_no_finding() {
    let report = probe_same_origin(CUSTOM, refuse);
    assert!(report.findings.is_empty(), "{report}");
    let text = report.to_string();
    assert!(
        text.contains("POST http://127.0.0.1:") && text.contains("/login as perennial-probe@example.org"),
        "{text}"
    );
    assert!(text.contains("401, read as a wrong account or password"), "{text}");
    assert!(text.ends_with("Everything that was asked works."), "{text}");
}

#[test]
fn a_port_at_which_nobody_listens_is_told_of_once_and_nothing_else_is_asked() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let report = probe(CUSTOM, &format!("http://127.0.0.1:{port}/"));
    assert_one_problem(&report, &["refresh: ", "nobody takes connections", "start it"]);
    assert_eq!(report.asked.len(), 1);
}

#[test]
fn a_name_that_nobody_has_is_told_as_one() {
    let report = imagine(CUSTOM, "https://app.example.org", |_| Err(NoAnswer::UnknownHost));
    assert_one_problem(&report, &["the name app.example.org is not known (DNS)"]);
}

#[test]
fn a_server_without_tls_where_https_is_expected_is_told_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    let report = probe(CUSTOM, &format!("https://127.0.0.1:{port}/"));
    assert_one_problem(&report, &["no TLS connection", "certificate"]);
}

#[test]
fn a_server_that_never_answers_costs_no_more_than_the_limit() {
    let backend = Backend::serve(|stream, _| {
        // It keeps the connection, and so the answer, open.
        std::mem::forget(stream.try_clone());
    });
    let report = probe_within(Duration::from_secs(1), CUSTOM, &backend.origin());
    assert_one_problem(&report, &["did not answer within", "call_timeout_s"]);
}

#[test]
fn what_speaks_no_http_is_told_as_one() {
    let backend =
        Backend::serve(|stream, _| stream.write_all(b"220 mail.example.org ESMTP\r\n").unwrap_or_default());
    assert_one_problem(&probe(CUSTOM, &backend.origin()), &["no whole HTTP answer"]);
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let backend = Backend::serve(|stream, _| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
        let block = [b' '; 65536];
        let is_written = stream.write_all(head).is_ok();
        while is_written && stream.write_all(&block).is_ok() {}
    });
    assert_one_problem(&probe(CUSTOM, &backend.origin()), &["longer than 8 MiB"]);
}

#[test]
fn headers_without_end_are_not_read_to_their_end() {
    let backend = Backend::serve(|stream, _| {
        let is_written = stream.write_all(b"HTTP/1.1 200 OK\r\n").is_ok();
        while is_written && stream.write_all(b"X-Again: and again and again and again\r\n").is_ok() {}
    });
    assert_one_problem(&probe(CUSTOM, &backend.origin()), &["no whole HTTP answer"]);
}

#[test]
fn a_page_over_https_asks_nobody_over_plain_http() {
    let report = imagine(&custom_at("http://api.example.org"), "https://app.example.org", |_| unreachable!());
    assert_one_problem(&report, &["mixed content", "http://api.example.org", "serve the backend over HTTPS"]);
}

#[test]
fn a_page_over_plain_http_is_worth_a_note_except_on_this_device() {
    let answer = |_: &_| Ok(Reply::json(401, "{}"));
    assert_note(&imagine(CUSTOM, "http://app.example.org", answer), &["the page: ", "plain HTTP"]);
    assert!(imagine(CUSTOM, "http://localhost:8080", answer).findings.is_empty());
}

#[test]
fn a_redirect_is_never_followed_and_told_with_where_it_leads() {
    let backend = Backend::start(|request| match &*request.path {
        "/me" => Reply::json(308, "").with("Location", "/me/?secret=1"),
        _ => refuse(request),
    });
    let report = probe(CUSTOM, &backend.origin());
    assert_one_problem(
        &report,
        &["validation: ", "308", "/me/,", "`endpoints.validate`", "along a redirect"],
    );
    assert!(!report.to_string().contains("secret"), "{report}");
    assert!(backend.asked().iter().all(|request| !request.path.contains("secret")));
}
