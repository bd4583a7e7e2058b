use perennial::platform::{console::Detail, names, preferences};
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
}

#[wasm_bindgen_test]
fn a_record_is_kept_for_whoever_chose_that_and_for_nobody_else() {
    preferences::set_keeps_record("a", true);
    assert!(preferences::keeps_record("a") && !preferences::keeps_record("b"));
    preferences::set_keeps_record("b", false);
    assert!(preferences::keeps_record("a"), "what b does not want is no business of a");
    preferences::set_keeps_record("a", false);
    assert!(!preferences::keeps_record("a"));
    preferences::set_keeps_record("", true);
    assert!(!preferences::keeps_record(""), "whoever has no identifier cannot be told from others");
}

#[wasm_bindgen_test]
fn what_is_stored_and_means_nothing_is_as_if_nothing_were_stored() {
    raw().set_item(&names::of_device("console"), "EVERYTHING").unwrap();
    raw().set_item(&names::of_session("keep-record"), "yes").unwrap();
    assert_eq!(preferences::console(), Detail::Events);
    assert!(!preferences::keeps_record("a"));
    raw().remove_item(&names::of_device("console")).unwrap();
    raw().remove_item(&names::of_session("keep-record")).unwrap();
}
