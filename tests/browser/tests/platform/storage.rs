use std::{cell::Cell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use perennial::platform::{clock, names, storage};
use perennial_session::{
    Ended, IdempotencyKey, Record, Refusal, Remembered, Secret, SessionKey, SignOutReason, Wall,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlIFrameElement, Storage};

fn key() -> String {
    names::of_session("session")
}

const RECORD: Record = Record {
    session: SessionKey { since_ms: 1_790_000_000_000, salt: 0xfedc_ba98_7654_3210 },
    last_activity: Wall(1_790_000_000_123),
    kept: true,
    attempt: Some(IdempotencyKey(0x0123_4567_89ab_cdef_0000_0000_0000_0001)),
    not_before: Some(Wall(1_790_000_060_000)),
    token_from: Some(Wall(1_790_000_000_007)),
};

fn raw() -> Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
fn what_was_stored_is_loaded_until_it_is_forgotten() {
    storage::store(RECORD).unwrap();
    assert_eq!(storage::load(), Remembered::Session(RECORD));

    let bare = Record { attempt: None, not_before: None, token_from: None, ..RECORD };
    storage::store(bare).unwrap();
    assert_eq!(storage::load(), Remembered::Session(bare));

    storage::forget();
    assert_eq!(storage::load(), Remembered::Nothing);
    assert_eq!(raw().get_item(&key()).unwrap(), None);
}

#[wasm_bindgen_test]
fn the_end_of_a_session_takes_the_place_of_its_record() {
    let reasons = [
        SignOutReason::ByPerson,
        SignOutReason::Inactivity,
        SignOutReason::AbsoluteLimit,
        SignOutReason::Refused(Refusal::Unspecified),
        SignOutReason::Refused(Refusal::Untried),
        SignOutReason::Refused(Refusal::Missing),
        SignOutReason::Refused(Refusal::Revoked),
        SignOutReason::Refused(Refusal::Expired),
        SignOutReason::Refused(Refusal::Reused),
    ];
    for reason in reasons {
        for revoke in [true, false] {
            storage::store(RECORD).unwrap();
            let ticket = revoke.then(|| Secret::new("some.sign-out.ticket"));
            let ended = Ended { session: RECORD.session, reason, revoke, ticket };
            storage::store_ended(ended.clone()).unwrap();
            assert_eq!(storage::load(), Remembered::Ended(ended));
        }
    }
    assert!(
        !raw().get_item(&key()).unwrap().unwrap().contains("last_activity"),
        "nothing else is left of it"
    );
    storage::forget();
}

/// Whoever was signed in when the deployment changed stays signed in, with the wishes and the limits of before.
#[wasm_bindgen_test]
fn the_record_of_the_first_deployment_is_that_of_a_session_older_than_all_others() {
    let first = r#"{"version":1,"last_activity_ms":1790000000123,"kept":true,"attempt":"0123456789abcdef0000000000000001"}"#;
    raw().set_item(&key(), first).unwrap();
    let session = SessionKey { since_ms: 0, salt: 0 };
    let record = Record { session, not_before: None, token_from: None, ..RECORD };
    assert_eq!(storage::load(), Remembered::Session(record));
    raw().set_item(&key(), r#"{"version":1,"last_activity_ms":5,"kept":false}"#).unwrap();
    let bare = Record { last_activity: Wall(5), kept: false, attempt: None, ..record };
    assert_eq!(storage::load(), Remembered::Session(bare));
    storage::forget();
}

#[wasm_bindgen_test]
fn what_nobody_here_wrote_is_unreadable() {
    let session = r#""session":{"since_ms":1,"salt":"00"}"#;
    let record = |rest: &str| format!(r#"{{"version":2,{session},{rest}}}"#);
    let mut hostile: Vec<String> = [
        "",
        "not json",
        "null",
        "[]",
        "{}",
        r#"{"version":3,"last_activity_ms":1,"kept":false}"#,
        r#"{"version":1}"#,
        r#"{"version":1,"last_activity_ms":-1,"kept":false}"#,
        r#"{"version":1,"last_activity_ms":1e300,"kept":false}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":"yes"}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":false,"attempt":"no hex"}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":false,"attempt":"+1"}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":false,"attempt":"fffffffffffffffffffffffffffffffff"}"#,
        r#"{"version":2,"last_activity_ms":1,"kept":false}"#,
        r#"{"version":2,"session":{"since_ms":8640000000000001,"salt":"00"},"last_activity_ms":1,"kept":false}"#,
        r#"{"version":2,"session":{"since_ms":1,"salt":"10000000000000000"},"last_activity_ms":1,"kept":false}"#,
        r#"{"version":2,"session":{"since_ms":1,"salt":7},"last_activity_ms":1,"kept":false}"#,
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    hostile.extend(
        [
            r#""kept":false"#,
            r#""last_activity_ms":1"#,
            r#""last_activity_ms":8640000000000001,"kept":false"#,
            r#""last_activity_ms":1,"kept":false,"not_before_ms":8640000000000001"#,
            r#""last_activity_ms":1,"kept":false,"token_from_ms":8640000000000001"#,
            r#""ended":"by_person""#,
            r#""ended":"because","revoke":true"#,
            r#""ended":"by_person","revoke":1"#,
        ]
        .map(record),
    );
    for value in hostile {
        raw().set_item(&key(), &value).unwrap();
        assert_eq!(storage::load(), Remembered::Unreadable, "{value}");
    }
    storage::forget();
}

#[wasm_bindgen_test]
fn a_full_storage_is_reported_and_not_glossed_over() {
    fill();
    let outcome = storage::store(RECORD);
    raw().clear().unwrap();
    assert!(outcome.is_err());
    assert_eq!(storage::load(), Remembered::Nothing);
}

/// Field 52: without a record nobody knows whether a cookie is there, so the server has to be asked.
#[wasm_bindgen_test]
fn a_full_storage_without_a_record_is_no_first_visit() {
    assert!(storage::is_empty());
    assert_eq!(storage::load_first(), Remembered::Nothing);
    fill();
    assert!(!storage::is_empty());
    assert_eq!(storage::load_first(), Remembered::Unreadable);
    // Room for a word is no room for a record.
    raw().remove_item("filler-0").unwrap();
    fill_up_to(100);
    assert!(!storage::is_empty());
    assert_eq!(storage::load_first(), Remembered::Unreadable);
    raw().clear().unwrap();
    assert_eq!(storage::load_first(), Remembered::Nothing);
    assert_eq!(raw().get_item(&names::of_session("probe")).unwrap(), None);
}

#[wasm_bindgen_test]
fn the_end_of_a_session_finds_room_in_the_place_of_its_record() {
    storage::store(RECORD).unwrap();
    fill();
    let ended =
        Ended { session: RECORD.session, reason: SignOutReason::Inactivity, revoke: true, ticket: None };
    let outcome = storage::store_ended(ended.clone());
    let remembered = storage::load();
    raw().clear().unwrap();
    outcome.unwrap();
    assert_eq!(remembered, Remembered::Ended(ended));
}

#[wasm_bindgen_test]
async fn another_page_that_changes_the_record_is_noticed_and_this_one_is_not() {
    let noticed = Rc::new(Cell::new(0));
    let listener = storage::listen({
        let noticed = noticed.clone();
        move || noticed.set(noticed.get() + 1)
    });
    let count = async || {
        TimeoutFuture::new(100).await;
        noticed.replace(0)
    };
    storage::store(RECORD).unwrap();
    assert_eq!(count().await, 0, "what this page writes is no news to it");

    let other = OtherPage::open();
    let theirs = other.storage();
    theirs.set_item(&key(), "something").unwrap();
    theirs.set_item(&names::of_device("theme"), "dark").unwrap();
    assert_eq!(count().await, 1, "only the record matters");
    theirs.remove_item(&key()).unwrap();
    assert_eq!(count().await, 1);
    theirs.clear().unwrap();
    assert_eq!(count().await, 1);
    drop(listener);
    theirs.set_item(&key(), "something").unwrap();
    assert_eq!(count().await, 0, "a dropped listener notices nothing");
    storage::forget();
}

/// The record is read before every input of the engine: with a person at work about once a second, in a storm of
/// requests a hundred times as often.
#[wasm_bindgen_test]
fn reading_the_record_takes_no_time_worth_saving() {
    storage::store(RECORD).unwrap();
    let start = clock::read().monotonic_ms;
    for _ in 0..READS {
        assert_eq!(storage::load(), Remembered::Session(RECORD));
    }
    let took_us = (clock::read().monotonic_ms - start) * 1_000 / READS;
    storage::forget();
    wasm_bindgen_test::console_log!("reading the record takes {took_us} µs");
    assert!(took_us < 500, "{took_us} µs");
}

const READS: u64 = 2_000;

/// Another page of this origin: a frame.
struct OtherPage(HtmlIFrameElement);

impl OtherPage {
    fn open() -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let frame: HtmlIFrameElement = document.create_element("iframe").unwrap().unchecked_into();
        document.document_element().unwrap().append_child(&frame).unwrap();
        Self(frame)
    }

    fn storage(&self) -> Storage {
        self.0.content_window().unwrap().local_storage().unwrap().unwrap()
    }
}

impl Drop for OtherPage {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Writes until not even a character more goes in.
fn fill() {
    fill_up_to(0);
}

/// Writes until there is room for so many characters and no more.
fn fill_up_to(left: usize) {
    let mut number = 0;
    raw().set_item("room", &"x".repeat(left)).unwrap_or(());
    for size in [1 << 20, 1 << 10, 1] {
        while raw().set_item(&format!("filler-{number}"), &"x".repeat(size)).is_ok() {
            number += 1;
            assert!(number < 100_000, "the storage does not fill up");
        }
    }
    raw().remove_item("room").unwrap();
}
