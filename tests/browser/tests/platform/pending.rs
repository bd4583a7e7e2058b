use perennial::platform::pending;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn what_was_kept_is_taken_once_and_by_its_own_name() {
    pending::keep("one", "of one").unwrap();
    pending::keep("two", "of two").unwrap();
    assert_eq!(pending::take("two").as_deref(), Some("of two"));
    assert_eq!(pending::take("two"), None);
    assert_eq!(pending::take("three"), None);
    assert_eq!(pending::take("one").as_deref(), Some("of one"));
}
