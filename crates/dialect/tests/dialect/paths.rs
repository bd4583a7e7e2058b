//! Where facts are looked for.

use perennial_dialect::{Dialect, Text};
use perennial_session::RefreshAnswer;
use serde_json::{Value, json};

use crate::support::{PERENNIAL, to_refresh, wire};

/// The account that is read at these places.
fn account(places: &[&'static str], body: &Value) -> Option<String> {
    let mut dialect: Dialect = PERENNIAL.clone();
    dialect.answers.user_id = places.iter().copied().map(Text::Borrowed).collect::<Vec<_>>().into();
    let mut body = body.clone();
    body["access_token"] = json!("opaque");
    let RefreshAnswer::Granted(grant) = to_refresh(&dialect, &wire(200, body.to_string())) else {
        panic!("not granted")
    };
    grant.account.map(|account| account.id.clone())
}

fn found(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_path_leads_through_objects_and_lists() {
    assert_eq!(account(&["id"], &json!({"id": "a"})), found("a"));
    assert_eq!(account(&["data.user.id"], &json!({"data": {"user": {"id": "a"}}})), found("a"));
    assert_eq!(account(&["data.0.id"], &json!({"data": [{"id": "a"}]})), found("a"));
    assert_eq!(account(&["data.1.id"], &json!({"data": [{"id": "a"}]})), None);
    assert_eq!(account(&["data.-1"], &json!({"data": ["a"]})), None);
    assert_eq!(account(&["id.id"], &json!({"id": "a"})), None);
}

#[test]
fn a_name_at_the_end_may_hold_dots() {
    let body = json!({"user": {"https://x.example/id": "a"}, "user.id": "b"});
    assert_eq!(account(&["user.https://x.example/id"], &body), found("a"));
    assert_eq!(account(&["user.id"], &body), found("b"));
}

#[test]
fn the_first_place_that_holds_something_counts() {
    let places = ["user.id", "id"];
    assert_eq!(account(&places, &json!({"user": {"id": "a"}, "id": "b"})), found("a"));
    assert_eq!(account(&places, &json!({"user": {"id": ""}, "id": "b"})), found("b"));
    assert_eq!(account(&places, &json!({"user": {"id": null}, "id": "b"})), found("b"));
    assert_eq!(account(&places, &json!({"id": "b"})), found("b"));
    assert_eq!(account(&[], &json!({"id": "b"})), None);
}

#[test]
fn paths_of_nothing_but_dots_find_nothing() {
    for path in ["", ".", "..", "a.", ".a", "a..b"] {
        assert_eq!(account(&[path], &json!({"a": {"b": "x"}})), None, "{path}");
    }
    assert_eq!(account(&["a..b"], &json!({"a": {"": {"b": "x"}}})), found("x"));
}
