use perennial::platform::storage;
use perennial_session::{IdempotencyKey, Record, Remembered, Wall};
use wasm_bindgen_test::wasm_bindgen_test;

const KEY: &str = "perennial.session";

fn raw() -> web_sys::Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
fn what_was_stored_is_loaded_until_it_is_forgotten() {
    let record = Record {
        last_activity: Wall(1_790_000_000_123),
        kept: true,
        attempt: Some(IdempotencyKey(0x0123_4567_89ab_cdef_0000_0000_0000_0001)),
    };
    storage::store(record).unwrap();
    assert_eq!(storage::load(), Remembered::Session(record));

    let without_attempt = Record { attempt: None, ..record };
    storage::store(without_attempt).unwrap();
    assert_eq!(storage::load(), Remembered::Session(without_attempt));

    storage::forget();
    assert_eq!(storage::load(), Remembered::Nothing);
    assert_eq!(raw().get_item(KEY).unwrap(), None);
}

#[wasm_bindgen_test]
fn what_nobody_here_wrote_is_unreadable() {
    let hostile = [
        "",
        "not json",
        "null",
        "[]",
        "{}",
        r#"{"version":2,"last_activity_ms":1,"kept":false}"#,
        r#"{"version":1,"last_activity_ms":-1,"kept":false}"#,
        r#"{"version":1,"last_activity_ms":1e300,"kept":false}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":"yes"}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":false,"attempt":"no hex"}"#,
        r#"{"version":1,"last_activity_ms":1,"kept":false,"attempt":"fffffffffffffffffffffffffffffffff"}"#,
    ];
    for value in hostile {
        raw().set_item(KEY, value).unwrap();
        assert_eq!(storage::load(), Remembered::Unreadable, "{value}");
    }
    storage::forget();
}

#[wasm_bindgen_test]
fn a_full_storage_is_reported_and_not_glossed_over() {
    fill();
    let record = Record { last_activity: Wall(1), kept: false, attempt: None };
    let outcome = storage::store(record);
    raw().clear().unwrap();
    assert!(outcome.is_err());
    assert_eq!(storage::load(), Remembered::Nothing);
}

/// Writes until not even a character more goes in.
fn fill() {
    let mut number = 0;
    for size in [1 << 20, 1 << 10, 1] {
        while raw().set_item(&format!("filler-{number}"), &"x".repeat(size)).is_ok() {
            number += 1;
            assert!(number < 100_000, "the storage does not fill up");
        }
    }
}
