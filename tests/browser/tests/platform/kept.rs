use std::time::Duration;

use perennial::platform::{kept::Kept, names};
use perennial_session::{Access, Account, GrantStore, Secret, SessionKey, SharedGrant, Wall};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Storage;

use super::lost::without;

fn storage(store: GrantStore) -> Storage {
    let window = web_sys::window().unwrap();
    match store {
        GrantStore::Tab => window.session_storage(),
        GrantStore::Browser | GrantStore::None => window.local_storage(),
    }
    .unwrap()
    .unwrap()
}

fn grant() -> SharedGrant {
    SharedGrant {
        session: SessionKey { since_ms: 1_790_000_000_123, salt: u64::MAX },
        access: Secret::new("some.access.token").into(),
        refresh: Some(Secret::new("some-refresh-token")),
        sign_out_ticket: Some(Secret::new("some.sign-out.ticket")),
        from: Wall(1_790_000_000_456),
        lifetime: Some(Duration::from_secs(300)),
        account: Account { id: "u1".into(), name: "Ada".into(), email: String::new(), roles: None }.into(),
        session_id: None,
        session_ends: None,
        kept: false,
        last_activity: Wall(1_790_000_000_000),
        server_date: None,
        landing: None,
    }
}

#[wasm_bindgen_test]
fn what_was_kept_is_found_by_the_next_page_and_only_where_it_was_kept() {
    for (store, other) in [(GrantStore::Tab, GrantStore::Browser), (GrantStore::Browser, GrantStore::Tab)] {
        for grant in [
            grant(),
            SharedGrant { access: Access::Cookie, refresh: None, lifetime: None, ..grant() },
            SharedGrant { lifetime: Some(Duration::ZERO), ..grant() },
        ] {
            Kept::new(store).keep(&grant).unwrap();
            assert_eq!(Kept::new(store).changed(), Some(Some(grant)));
            assert_eq!(Kept::new(other).changed(), Some(None));
            Kept::new(store).discard();
            assert_eq!(Kept::new(store).changed(), Some(None));
            assert_eq!(storage(store).get_item(&key()).unwrap(), None);
        }
    }
}

#[wasm_bindgen_test]
fn only_what_is_new_is_told() {
    let kept = Kept::new(GrantStore::Tab);
    assert_eq!(kept.changed(), Some(None), "the first look tells what is there");
    assert_eq!(kept.changed(), None);
    kept.keep(&grant()).unwrap();
    assert_eq!(kept.changed(), None, "what this page wrote is no news to it");
    Kept::new(GrantStore::Tab).keep(&SharedGrant { refresh: None, ..grant() }).unwrap();
    assert_eq!(kept.changed(), Some(Some(SharedGrant { refresh: None, ..grant() })));
    assert_eq!(kept.changed(), None);
    kept.discard();
    assert_eq!(kept.changed(), None);
}

/// A page that has been left is not told that its grant is gone.
#[wasm_bindgen_test]
fn a_storage_that_is_taken_away_is_no_news() {
    let kept = Kept::new(GrantStore::Browser);
    kept.keep(&grant()).unwrap();
    assert_eq!(kept.changed(), Some(Some(grant())), "the first look");
    assert_eq!(without("localStorage", || kept.changed()), None);
    assert_eq!(kept.changed(), None, "it lies there as before");
    kept.discard();
}

#[wasm_bindgen_test]
fn whatever_else_lies_there_is_as_good_as_nothing() {
    let store = GrantStore::Tab;
    Kept::new(store).keep(&grant()).unwrap();
    let good = storage(store).get_item(&key()).unwrap().unwrap();
    let hostile = [
        String::new(),
        "null".into(),
        "{}".into(),
        good.replace("some.access.token", "a token with spaces"),
        good.replace("some-refresh-token", "\\r\\nX-Other: header"),
        good.replace("\"u1\"", "\"\""),
        good.replace("300000", "-1"),
        "[".repeat(100_000),
        good.replace("Ada", &"A".repeat(100_000)),
    ];
    for text in hostile {
        storage(store).set_item(&key(), &text).unwrap();
        assert_eq!(Kept::new(store).changed(), Some(None), "{:.200}", text);
    }
    Kept::new(store).discard();
}

#[wasm_bindgen_test]
fn where_nothing_is_kept_nothing_is_touched() {
    let kept = Kept::new(GrantStore::None);
    kept.keep(&grant()).unwrap();
    assert_eq!(kept.changed(), None);
    for store in [GrantStore::Tab, GrantStore::Browser] {
        assert_eq!(storage(store).get_item(&key()).unwrap(), None);
    }
}

fn key() -> String {
    names::of_session("grant")
}
