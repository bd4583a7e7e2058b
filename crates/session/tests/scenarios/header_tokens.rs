//! Tokens that come in the headers of ordinary answers.

use perennial_session::{Doubt, Health, Input, RefreshAnswer, RefreshCause};

use crate::world::{LIFETIME, World, hours, mins, secs};

/// A token in the header of an answer is as good as a refresh, where it lasts longer.
#[test]
fn a_token_from_a_header_replaces_the_current_one() {
    let mut world = World::signed_in();
    world.pass(secs(100));
    world.ask(1);
    world.header_token(1, LIFETIME);
    world.settle(1);
    world.ask(2);
    assert_eq!(world.fate(2), ["send 2"]);
    assert_eq!(world.lines(), ["Token auto-refreshed by backend"]);
    assert_eq!(world.snapshot().last_refresh.map(|it| it.cause), Some(RefreshCause::Header));
    assert!(world.next_refresh_in() > mins(11));
}

/// One that ends no later, comes for another account or session, belongs to a request sent with an older token, or
/// comes with an answer nobody waits for, changes nothing.
#[test]
fn a_token_from_a_header_that_does_not_belong_is_ignored() {
    use perennial_session::{HeaderGrant, RequestId};
    let mut world = World::signed_in();
    world.ask(1);
    world.ask(2);
    let grant = |account: &str, session: Option<&str>| HeaderGrant {
        access: perennial_session::Secret::new("secret-token-99"),
        lifetime: hours(5),
        account_id: account.into(),
        session_id: session.map(Into::into),
    };
    let header = |request, grant| Input::HeaderToken { request: RequestId(request), grant };
    let before = world.snapshot();
    world.header_token(1, LIFETIME);
    world.header_token(1, secs(0));
    world.input(header(1, grant("bob", Some("session"))));
    world.input(header(1, grant("ada", Some("another"))));
    world.input(header(77, grant("ada", None)));
    assert_eq!(world.snapshot(), before);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    let before = world.snapshot();
    world.input(header(1, grant("ada", None)));
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.generation_of(1), world.generation_of(2));
}

/// It is a new token to an endpoint that refused the last one.
#[test]
fn an_endpoint_that_refused_the_last_token_is_given_a_chance_with_one_from_a_header() {
    let mut world = World::signed_in();
    world.ask_endpoint(1, "GET /forbidden");
    world.refuse(1);
    world.grant(LIFETIME);
    world.refuse(1);
    world.answer_validation(crate::world::valid());
    world.pass(secs(1));
    world.ask(2);
    world.header_token(2, LIFETIME);
    world.ask_endpoint(3, "GET /forbidden");
    world.refuse(3);
    assert!(world.is_refreshing());
}

/// Two answers carry a token each: the first is taken, and the second belongs to a token that is gone.
#[test]
fn of_two_tokens_from_headers_the_first_is_taken() {
    let mut world = World::signed_in();
    world.pass(secs(100));
    world.ask(1);
    world.ask(2);
    world.header_token(1, LIFETIME);
    world.header_token(2, LIFETIME + secs(50));
    world.ask(3);
    assert_eq!(world.fate(3), ["send 2"]);
}

/// A refresh that was on its way when a token came in a header is not committed over it, nor repeated, though the person
/// asks for one meanwhile.
#[test]
fn a_refresh_overtaken_by_a_header_changes_nothing() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.pass(secs(10));
    world.header_token(1, LIFETIME + secs(60));
    let before = world.snapshot();
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    assert_eq!(world.snapshot().token_until, before.token_until);
    assert_eq!(world.health(), Health::Fresh);
    world.ask(2);
    assert_eq!(world.fate(2), ["send 2"]);
    assert_eq!(world.open_calls().len(), 0);
}

/// It stands as well when a token comes by another way meanwhile.
#[test]
fn what_the_server_asked_for_outlives_a_token_from_a_header() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    world.pass(secs(1));
    world.header_token(1, LIFETIME + mins(1));
    world.settle(1);
    world.input(Input::RefreshNow);
    assert_eq!(world.refreshes(), 1);
    world.ask(2);
    world.refuse(2);
    assert_eq!(world.refreshes(), 1);
    world.advance_with(secs(135), |world| {
        if world.is_validating() {
            world.answer_validation(crate::world::valid());
        }
    });
    assert_eq!(world.refreshes(), 2, "what was wanted meanwhile is done then");
}

/// A token from a header replaces the access token, not the credential of the refresh: an attempt whose answer may
/// have been lost is still repeated under its key.
#[test]
fn a_token_from_a_header_does_not_make_a_lost_answer_a_theft() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    let (_, key) = world.open_refresh();
    world.pass(secs(1));
    world.header_token(1, LIFETIME + mins(1));
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    world.input(Input::RefreshNow);
    assert_eq!(world.open_refresh().1, key);

    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    let (_, key) = world.open_refresh();
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    world.pass(secs(1));
    world.header_token(1, LIFETIME + mins(1));
    world.input(Input::RefreshNow);
    assert_eq!(world.open_refresh().1, key);
}

/// The refresh that it overtook is answered with a wait: that is about the server, and stands whichever token is held.
#[test]
fn what_the_server_asked_an_overtaken_refresh_for_is_kept() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.pass(secs(1));
    world.header_token(1, LIFETIME + mins(1));
    world.settle(1);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    assert_eq!(world.health(), Health::Fresh);
    world.input(Input::RefreshNow);
    world.advance(secs(119));
    assert_eq!(world.refreshes(), 1);
    world.advance(secs(15));
    assert_eq!(world.refreshes(), 2);
}

/// The refresh that it overtook is still on its way when a request is refused: what comes of that is about the old token,
/// and the new one is replaced after it.
#[test]
fn a_token_from_a_header_that_is_refused_is_replaced_after_the_refresh_it_overtook() {
    for is_granted in [false, true] {
        let mut world = World::signed_in();
        world.ask(1);
        world.input(Input::RefreshNow);
        world.pass(secs(1));
        world.header_token(1, LIFETIME + mins(1));
        world.settle(1);
        world.ask(2);
        world.refuse(2);
        assert_eq!(world.refreshes(), 1);
        if is_granted {
            world.grant(LIFETIME);
        } else {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
        assert_eq!(world.refreshes(), 2);
        world.grant(LIFETIME);
        assert_eq!(world.fate(2), ["send 2", if is_granted { "replay 4" } else { "replay 3" }]);
    }
}
