//! What `cargo xtask check-config --probe` finds here, where all is as its configuration says.

use std::time::Duration;

use perennial_backend_probe::{Page, Report, http::Client, run};
use perennial_dialect::config::Config;
use tempfile::TempDir;

use crate::program::{Server, program};

const PRESETS: [&str; 4] = ["perennial", "exchange", "cookie-pair", "hybrid"];

fn probe(preset: &str, backend: &str, page: &str) -> Report {
    let config = Config::parse(&format!(r#"{{ "preset": "{preset}", "backend": "{backend}" }}"#)).unwrap();
    run(&config, &Page::parse(page).unwrap(), &Client::new(Duration::from_secs(20)))
}

#[test]
fn the_probe_finds_no_problem_for_a_page_of_the_same_origin() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&mut program(dir.path()));
    for preset in PRESETS {
        let report = probe(preset, "", &format!("http://{}/", server.address));
        assert_eq!(report.problems(), 0, "{preset}: {report}");
    }
}

#[test]
fn the_probe_finds_no_problem_for_a_page_of_another_origin_that_is_allowed() {
    let (dir, page) = (TempDir::new().unwrap(), "http://127.0.0.1:9");
    let server = Server::start(program(dir.path()).args(["--public-origin", page]));
    for preset in PRESETS {
        let report = probe(preset, &format!("http://{}", server.address), page);
        assert_eq!(report.problems(), 0, "{preset}: {report}");
    }
}

#[test]
fn the_probe_says_that_a_page_of_another_origin_is_not_allowed() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&mut program(dir.path()));
    for preset in PRESETS {
        let text = probe(preset, &format!("http://{}", server.address), "http://127.0.0.1:9").to_string();
        let sentence = "answer `OPTIONS` for pages from http://127.0.0.1:9";
        assert!(text.contains(sentence), "{preset}: {text}");
    }
}
