//! What is said to programs of rows and files that were not taken. Most codes are where the files are (`imports`);
//! these take a server in trouble, or one that was another version before.

use std::path::Path;

use axum::http::{Method, StatusCode};
use perennial_server::clock::Clock;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Backend, Browser};

#[tokio::test]
async fn a_nul_far_down_in_a_file_costs_its_row_and_is_named_by_its_column() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    // Further down than is looked at to find out whether it is text.
    let file = format!("a,\"the \"\"b\"\"\"\n{}1,x\0y\n", "1,2\n".repeat(20_000));
    let dataset = backend.import(&browser, "", file).await;
    let row = &rejected(&backend, &browser, &dataset).await[0];
    assert_eq!(row["line"], 20_002);
    assert_eq!(row["reason"], "Field 2 (\"the \\\"b\\\"\") holds a NUL character, which is no text.");
    assert_eq!(row["cause"], json!({ "code": "holds_nul", "field": 2, "column": "the \"b\"" }));
}

#[tokio::test]
async fn trouble_of_the_server_is_told_from_trouble_with_the_file() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let gone = backend.send_file(&browser, "", "a\n1\n").await;
    std::fs::remove_file(backend.dir.path().join(format!("uploads/{gone}.csv"))).unwrap();
    let unstored = backend.send_file(&browser, "", "a\n2\n").await;
    run(
        &mut database(backend.dir.path()).await,
        "CREATE TRIGGER no_rows BEFORE INSERT ON dataset_rows BEGIN SELECT RAISE(ABORT, 'no rows'); END",
    )
    .await;
    backend.app.start_jobs().await.unwrap();
    for (job, message, code) in [
        (gone, "The server could not read its copy of the file. Send the file again.", "copy_unreadable"),
        (unstored, "The server could not store the rows. Try again later.", "not_stored"),
    ] {
        let ended = backend.ended(&browser, &job).await;
        let said = (&ended["state"], &ended["message"], &ended["cause"]);
        assert_eq!(said, (&json!("failed"), &json!(message), &json!({ "code": code })));
        let events = backend.read(&browser, &format!("/api/jobs/{job}/events")).await;
        let last = events["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["message"], &last["cause"]), (&ended["message"], &ended["cause"]));
    }
}

#[tokio::test]
async fn a_job_that_a_restart_has_queued_again_says_so_until_it_goes_on() {
    let backend = Backend::start().await;
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "a\n1\n").await;
    backend.app.store().claim_job(backend.clock.now()).await.unwrap();
    let backend = backend.restart_with(|_| {}).await;
    backend.app.start_jobs().await.unwrap();
    let ended = backend.ended(&browser, &job).await;
    assert_eq!((&ended["state"], &ended["cause"]), (&json!("done"), &Value::Null));
    let events = backend.read(&browser, &format!("/api/jobs/{job}/events")).await;
    let queued = |event: &&Value| event["state"] == "queued";
    let again = events["events"].as_array().unwrap().iter().filter(queued).nth(1).unwrap();
    assert_eq!(again["message"], "The server was restarted; reading goes on where it stood.");
    assert_eq!(again["cause"], json!({ "code": "restarted" }));
}

#[tokio::test]
async fn a_job_that_is_begun_anew_has_no_cause_any_more() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let job = backend.send_file(&browser, "", "").await;
    assert_eq!(backend.ended(&browser, &job).await["cause"], json!({ "code": "empty" }));
    let backend = backend.restart_with(|_| {}).await;
    let path = format!("/api/jobs/{job}");
    let call = backend.call(Method::POST, &format!("{path}/retry")).bearer(&browser);
    let again = call.send().await.expect(StatusCode::OK).json();
    assert_eq!((&again["state"], &again["message"]), (&json!("queued"), &Value::Null));
    assert_eq!(again["cause"], Value::Null);
}

#[tokio::test]
async fn what_the_version_before_has_written_is_read_as_it_was_said() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let dataset = backend.import(&browser, "", "a,b\n1,2\n3\n").await;
    let job = backend.send_file(&browser, "", "").await;
    backend.ended(&browser, &job).await;
    backend.app.close().await;
    take_back_to_the_version_before(backend.dir.path()).await;
    let backend = backend.restart_with(|_| {}).await;

    let rows = rejected(&backend, &browser, &dataset).await;
    let reason = "The row has 1 field, but the header has 2.";
    assert_eq!(rows, [json!({ "line": 3, "reason": reason, "beginning": "3" })]);
    let job = backend.read(&browser, &format!("/api/jobs/{job}")).await;
    assert_eq!((&job["message"], &job["cause"]), (&json!("The file is empty."), &Value::Null));
}

#[tokio::test]
async fn a_cause_that_nobody_here_knows_leaves_the_sentence() {
    let backend = Backend::start().await;
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let dataset = backend.import(&browser, "", "a,b\n1,2\n3\n4\n5\n").await;
    let mut database = database(backend.dir.path()).await;
    for (number, cause) in [(1, "{\"code\":\"of_tomorrow\"}"), (2, "{\"code\":\"field_count\"}"), (3, "{")] {
        sqlx::query("UPDATE rejected_rows SET cause = ? WHERE number = ?")
            .bind(cause)
            .bind(number)
            .execute(&mut database)
            .await
            .unwrap();
    }
    for row in rejected(&backend, &browser, &dataset).await {
        assert_eq!(row["reason"], "The row has 1 field, but the header has 2.");
        assert_eq!(row["cause"], Value::Null);
    }
}

async fn rejected(backend: &Backend, browser: &Browser, dataset: &str) -> Vec<Value> {
    let page = backend.read(browser, &format!("{dataset}/rejected")).await;
    page["rows"].as_array().unwrap().clone()
}

/// Leaves the tables as they were before there were causes.
async fn take_back_to_the_version_before(dir: &Path) {
    let mut database = database(dir).await;
    run(&mut database, "ALTER TABLE jobs DROP COLUMN cause").await;
    run(&mut database, "ALTER TABLE job_events DROP COLUMN cause").await;
    run(&mut database, "ALTER TABLE rejected_rows DROP COLUMN cause").await;
    run(&mut database, "DELETE FROM _sqlx_migrations WHERE description = 'causes'").await;
}

/// The file as a program beside the backend would open it.
async fn database(dir: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.join("perennial.sqlite3"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn run(database: &mut SqliteConnection, statement: &'static str) {
    sqlx::query(statement).execute(database).await.unwrap();
}
