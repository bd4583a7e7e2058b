use perennial::platform::text::composed;
use wasm_bindgen_test::wasm_bindgen_test;

/// Field 56.
#[wasm_bindgen_test]
fn a_text_is_the_same_however_its_letters_were_typed() {
    assert_eq!(composed("ju\u{308}rgen@exa\u{308}mple.org"), "jürgen@exämple.org");
    assert_eq!(composed("jürgen"), "jürgen");
    assert_eq!(composed(" \u{1f600} a "), " \u{1f600} a ", "nothing else is changed");
    assert_eq!(composed("ﬁ"), "ﬁ", "what looks alike is not the same");
    assert_eq!(composed(""), "");
}
