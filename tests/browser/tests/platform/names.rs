use perennial::platform::{kept::Kept, names, person, storage};
use perennial_session::{
    Access, Account, GrantStore, Record, Remembered, Secret, SessionKey, SharedGrant, Wall,
};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Document, Storage};

fn raw() -> Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Lets the document lie below a path, as an installation there does.
struct Below(web_sys::Element);

impl Below {
    fn path(path: &str) -> Self {
        let base = document().create_element("base").unwrap();
        base.set_attribute("href", path).unwrap();
        document().document_element().unwrap().prepend_with_node_1(&base).unwrap();
        Self(base)
    }
}

impl Drop for Below {
    fn drop(&mut self) {
        self.0.remove();
        names::serve("-");
    }
}

fn grant() -> SharedGrant {
    SharedGrant {
        session: SessionKey { since_ms: 1_790_000_000_123, salt: 7 },
        access: Access::Token(Secret::new("some.access.token")),
        refresh: Some(Secret::new("some-refresh-token")),
        from: Wall(1_790_000_000_456),
        lifetime: None,
        account: Account { id: "u1".into(), name: "Ada".into(), email: String::new(), roles: None }.into(),
        session_id: None,
        session_ends: None,
        kept: false,
        last_activity: Wall(1_790_000_000_000),
        server_date: None,
        landing: None,
        sign_out_ticket: None,
    }
}

fn record() -> Record {
    Record {
        session: grant().session,
        last_activity: Wall(1_790_000_000_000),
        kept: false,
        attempt: None,
        not_before: None,
        token_from: None,
    }
}

#[wasm_bindgen_test]
fn a_name_says_for_which_installation_and_for_whom() {
    let below = Below::path("/b/");
    names::serve("hybrid https://api.example");
    assert_eq!(names::of_device("theme"), "perennial:/b/:theme");
    assert_eq!(names::of_session("grant"), "perennial:/b/:hybrid https://api.example:grant");
    drop(below);
    let deep = Below::path("/one/two/index.html?x#y");
    assert_eq!(names::of_device("theme"), "perennial:/one/two/:theme");
    drop(deep);
    assert_eq!(names::of_device("theme"), "perennial:/:theme");
}

/// Field 48.
#[wasm_bindgen_test]
fn what_is_kept_for_one_installation_or_backend_is_not_found_by_another() {
    let for_whom = [
        ("/a/", "hybrid https://one.example"),
        ("/b/", "hybrid https://one.example"),
        ("/a/", "hybrid https://two.example"),
        ("/a/", "exchange https://one.example"),
    ];
    for (path, audience) in for_whom {
        let below = Below::path(path);
        names::serve(audience);
        Kept::new(GrantStore::Browser).keep(&grant()).unwrap();
        Kept::new(GrantStore::Tab).keep(&grant()).unwrap();
        storage::store(record()).unwrap();
        drop(below);
        for (other_path, other) in for_whom.into_iter().filter(|other| *other != (path, audience)) {
            let below = Below::path(other_path);
            names::serve(other);
            assert_eq!(Kept::new(GrantStore::Browser).changed(), Some(None), "{path} {audience}");
            assert_eq!(Kept::new(GrantStore::Tab).changed(), Some(None), "{path} {audience}");
            assert_eq!(storage::load_first(), Remembered::Nothing);
            assert_eq!(person::load(), None);
            drop(below);
        }
        let below = Below::path(path);
        names::serve(audience);
        Kept::new(GrantStore::Browser).discard();
        Kept::new(GrantStore::Tab).discard();
        storage::forget();
        drop(below);
    }
}

/// Field 48: the session may be restored by a cookie, and its limits are judged; no credential is taken over.
#[wasm_bindgen_test]
fn of_what_an_older_version_kept_the_record_goes_on_and_no_credential_does() {
    let record = r#"{"version":2,"session":{"since_ms":1790000000123,"salt":"07"},"last_activity_ms":1790000000000,"kept":false}"#;
    raw().set_item("perennial.session", record).unwrap();
    raw().set_item("perennial.grant", r#"{"access":"some.access.token"}"#).unwrap();
    raw().set_item("perennial.person", "{}").unwrap();
    assert!(!storage::is_empty(), "it is no first visit");
    assert_eq!(storage::load_first(), Remembered::Session(self::record()));
    assert_eq!(storage::load(), Remembered::Session(self::record()));
    assert_eq!(Kept::new(GrantStore::Browser).changed(), Some(None));
    for word in ["session", "grant", "person"] {
        assert_eq!(raw().get_item(&format!("perennial.{word}")).unwrap(), None, "{word}");
    }
    // An installation of the older version goes on beside this one.
    raw().set_item("perennial.session", record).unwrap();
    raw().set_item("perennial.grant", "theirs").unwrap();
    assert_eq!(storage::load_first(), Remembered::Session(self::record()));
    assert_eq!(raw().get_item("perennial.grant").unwrap().as_deref(), Some("theirs"));
    raw().remove_item("perennial.session").unwrap();
    raw().remove_item("perennial.grant").unwrap();
    storage::forget();
}
