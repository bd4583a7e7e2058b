//! Jobs whose end the database does not take at once.

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Backend, Browser};

#[tokio::test]
async fn an_end_that_could_not_be_noted_is_noted_as_soon_as_it_can() {
    let backend = Backend::start().await;
    let mut database = database(&backend).await;
    sqlx::query(
        "CREATE TRIGGER no_end BEFORE UPDATE OF state ON jobs WHEN NEW.state = 'done'
         BEGIN SELECT RAISE(ABORT, 'no end for now'); END",
    )
    .execute(&mut database)
    .await
    .unwrap();
    backend.app.start_jobs().await.unwrap();
    let browser = backend.sign_in().await;
    let first = backend.send_file(&browser, "", "a\n1\n2\n").await;
    let second = backend.send_file(&browser, "", "a\n3\n").await;
    while job(&backend, &browser, &first).await["rows_accepted"] != 2 {
        tokio::task::yield_now().await;
    }
    // Long enough for the end to be refused.
    for _ in 0..100 {
        assert_eq!(job(&backend, &browser, &first).await["state"], "running");
    }
    sqlx::query("DROP TRIGGER no_end").execute(&mut database).await.unwrap();
    for id in [first, second] {
        let ended = backend.ended(&browser, &id).await;
        assert_eq!(ended["state"], "done", "{ended}");
    }
}

/// The file as a program beside the backend would open it.
async fn database(backend: &Backend) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(backend.dir.path().join("perennial.sqlite3"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn job(backend: &Backend, browser: &Browser, id: &str) -> Value {
    backend.read(browser, &format!("/api/jobs/{id}")).await
}
