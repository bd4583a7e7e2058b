use perennial::platform::{console::Detail, preferences};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Storage;

fn raw() -> Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
fn what_was_chosen_is_remembered() {
    preferences::set_language(Some("de-DE"));
    assert_eq!(preferences::language().as_deref(), Some("de-DE"));
    preferences::set_language(None);
    assert_eq!(preferences::language(), None);
    for detail in [Detail::Warnings, Detail::Everything, Detail::Events] {
        preferences::set_console(detail);
        assert_eq!(preferences::console(), detail);
    }
    preferences::set_keeps_record(true);
    assert!(preferences::keeps_record());
    preferences::set_keeps_record(false);
    assert!(!preferences::keeps_record());
}

#[wasm_bindgen_test]
fn what_is_stored_and_means_nothing_is_as_if_nothing_were_stored() {
    raw().set_item("perennial.console", "EVERYTHING").unwrap();
    raw().set_item("perennial.keep-record", "1").unwrap();
    assert_eq!(preferences::console(), Detail::Events);
    assert!(!preferences::keeps_record());
    raw().remove_item("perennial.console").unwrap();
    raw().remove_item("perennial.keep-record").unwrap();
}
