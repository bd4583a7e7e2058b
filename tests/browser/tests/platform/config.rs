use perennial::config;
use wasm_bindgen_test::wasm_bindgen_test;

/// One test, because the tests share one document and the block is found by its name.
#[wasm_bindgen_test]
async fn the_data_block_of_the_page_is_what_counts() {
    assert_eq!(
        config::read().await.unwrap().timing.check_interval_s,
        60,
        "a page without a block has the defaults"
    );

    let document = web_sys::window().unwrap().document().unwrap();
    let block = document.create_element("script").unwrap();
    block.set_attribute("type", "application/json").unwrap();
    block.set_id("perennial-config");
    document.document_element().unwrap().append_child(&block).unwrap();

    block.set_text_content(Some(r#"{ "check_interval_s": 7 }"#));
    assert_eq!(config::read().await.unwrap().timing.check_interval_s, 7);

    block.set_text_content(Some(r#"{ "check_intervall_s": 7 }"#));
    let errors = config::read().await.unwrap_err();
    assert!(errors[0].to_string().contains("check_intervall_s"), "{errors:?}");
    block.remove();
}
