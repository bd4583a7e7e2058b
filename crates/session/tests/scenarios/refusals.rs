//! Requests that are answered with 401: one refresh for all, one replay for each.

use perennial_session::{Doubt, Health, Input, RefreshAnswer, Refusal, Settings, ValidateAnswer};

use crate::world::{LIFETIME, World, secs, valid};

/// A burst of refused requests, the refusals coming before, during and after the refresh, costs one refresh, and
/// every request is replayed once.
///
/// Scenario 17.
#[test]
fn every_request_of_a_burst_is_replayed_once_after_one_refresh() {
    let mut world = World::signed_in();
    (0..50).for_each(|id| world.ask(id));
    (0..15).for_each(|id| world.refuse(id));
    world.pass(secs(1));
    (15..30).for_each(|id| world.refuse(id));
    world.ask(50);
    world.pass(secs(1));
    world.grant(LIFETIME);
    (30..40).for_each(|id| world.refuse(id));
    (0..40).for_each(|id| world.settle(id));
    world.pass(secs(10));
    (40..50).for_each(|id| world.refuse(id));
    for id in 0..50 {
        assert_eq!(world.fate(id), ["send 1", "replay 2"], "request {id}");
    }
    assert_eq!(world.fate(50), ["send 2"]);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.validations(), 0);
}

/// A late 401 for the token before last causes nothing but a replay.
///
/// Scenario 17.
#[test]
fn a_refusal_from_two_tokens_ago_causes_a_replay_and_nothing_else() {
    let mut world = World::signed_in();
    world.ask(1);
    for _ in 0..2 {
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
    }
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1", "replay 3"]);
    assert_eq!(world.refreshes(), 2);
}

/// The current token is under suspicion itself when the stale 401 comes: the one replay is not spent on it.
#[test]
fn a_stale_refusal_waits_while_the_current_token_is_under_suspicion() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.ask(2);
    world.refuse(2);
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1"]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "replay 3"]);
    assert_eq!(world.fate(2), ["send 2", "replay 3"]);
}

/// An endpoint that answers 401 to everything: each call is replayed at most once, the caller gets its 401, the
/// refreshes are bounded by the tokens, and the session stays.
///
/// Scenario 18.
#[test]
fn an_endpoint_that_always_refuses_neither_loops_nor_signs_out() {
    let mut world = World::signed_in();
    for id in 0..10 {
        world.ask_endpoint(id, "GET /broken");
        world.refuse(id);
        world.serve(LIFETIME);
        if world.fate(id).iter().any(|it| it.starts_with("replay")) {
            world.refuse(id);
            world.serve(LIFETIME);
        }
        assert_eq!(world.fate(id).last().map(String::as_str), Some("deliver"), "{:?}", world.fate(id));
    }
    assert_eq!((world.refreshes(), world.validations()), (1, 1));
    assert!(world.is_signed_in());
}

/// Ten at once cost no more.
#[test]
fn a_burst_at_an_endpoint_that_always_refuses_costs_one_refresh_and_one_question() {
    let mut world = World::signed_in();
    (0..10).for_each(|id| world.ask_endpoint(id, "GET /broken"));
    (0..10).for_each(|id| world.refuse(id));
    world.grant(LIFETIME);
    (0..10).for_each(|id| world.refuse(id));
    world.answer_validation(valid());
    for id in 0..10 {
        assert_eq!(world.fate(id), ["send 1", "replay 2", "deliver"]);
    }
    assert_eq!((world.refreshes(), world.validations()), (1, 1));
}

/// Called every few seconds for half an hour it costs a refresh per token at most.
#[test]
fn an_endpoint_that_always_refuses_costs_at_most_one_more_refresh_per_token() {
    let mut world = World::signed_in();
    for id in 0..180 {
        world.ask_endpoint(id, "GET /broken");
        for _ in 0..2 {
            world.refuse(id);
            world.serve(LIFETIME);
        }
        world.advance_served(secs(10), LIFETIME);
    }
    let lifetimes = 30 / 15;
    assert!(world.refreshes() <= 2 * (lifetimes + 1) + 1, "{} refreshes", world.refreshes());
    assert!(world.is_signed_in());
}

/// The replay went out with a token that was newer but not new, and that has died since: a refresh finds that out,
/// and nobody is signed out on the word of an old token.
#[test]
fn a_replay_with_a_token_that_has_died_since_does_not_end_the_session() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.pass(secs(10));
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
    world.refuse(1);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_signed_in());
    world.grant(LIFETIME);
    world.answer_validation(valid());
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert_eq!(world.open_calls().len(), 0);
}

/// The replay was refused because its token ended on the way: that token is not held against the session, nor shown
/// to the server again; the next one is.
#[test]
fn a_replay_whose_token_has_expired_on_the_way_does_not_end_the_session() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(secs(5));
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
    world.pass(secs(6));
    world.refuse(1);
    assert!(world.is_refreshing() && !world.is_validating());
    world.grant(LIFETIME);
    world.answer_validation(valid());
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert!(world.is_signed_in());
}

/// The replay was refused for a token that has been replaced since: that says nothing about the endpoint and the
/// new token, so that its next 401 still causes a refresh.
#[test]
fn an_endpoint_is_judged_only_by_the_token_it_refused() {
    let mut world = World::signed_in();
    world.ask_endpoint(1, "GET /things");
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.refuse(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.refuse(1);
    world.serve(LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    world.ask_endpoint(2, "GET /things");
    world.refuse(2);
    assert!(world.is_refreshing());
    world.grant(LIFETIME);
    assert_eq!(world.fate(2), ["send 3", "replay 4"]);
}

/// The question whether session or endpoint is to blame is never answered: the caller gets its 401 all the same.
#[test]
fn a_request_refused_twice_does_not_wait_for_ever() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    world.refuse(1);
    assert!(world.is_validating());
    world.advance(secs(25));
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert!(world.is_signed_in());
}

/// Nor when the question leads to a refresh which is not answered either.
#[test]
fn a_request_refused_twice_waits_for_no_refresh_beyond_the_limit() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.pass(secs(1));
    world.refuse(1);
    world.refuse(1);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    world.advance_with(secs(25), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
    });
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert!(world.is_signed_in());
}

/// A question about the same token was on its way already: it decides, and no second one is asked.
#[test]
fn a_request_refused_twice_joins_the_question_under_way() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    world.input(Input::Woke(perennial_session::Wake::Online));
    world.refuse(1);
    assert_eq!(world.validations(), 1);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(perennial_session::SignOutReason::Refused(Refusal::Revoked)));
    assert_eq!(world.refreshes(), 1);
}

/// The backend cannot be asked about a session: then nobody is, and the caller gets its 401.
#[test]
fn a_request_refused_twice_is_delivered_where_no_validation_exists() {
    let settings = Settings { can_validate: false, ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert_eq!(world.validations(), 0);
}

/// There the second refusal was of a token that had been asked for before the first: it may have died with it, and a new
/// one shows. Whoever was given a newer one meanwhile needs none.
#[test]
fn a_token_that_is_refused_with_the_one_before_is_replaced_where_no_validation_exists() {
    for has_newer in [false, true] {
        let settings = Settings { can_validate: false, ..Settings::default() };
        let mut world = World::signed_in_with(settings, 1, |_| {});
        world.ask(1);
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        world.pass(secs(1));
        world.refuse(1);
        assert_eq!(world.fate(1), ["send 1", "replay 2"]);
        if has_newer {
            world.input(Input::RefreshNow);
            world.grant(LIFETIME);
        }
        world.refuse(1);
        assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
        assert_eq!(world.is_refreshing(), !has_newer);
    }
}

/// Paths carry numbers, so that a server which refuses everything refuses without end. What is remembered of it is bounded,
/// or a page that stays open would take the memory with it: beyond the bound an endpoint costs a refresh again.
#[test]
fn endpoints_that_refuse_are_remembered_up_to_a_bound() {
    let mut world = World::signed_in();
    (0..257).for_each(|id| world.ask(id));
    (0..257).for_each(|id| world.refuse(id));
    world.grant(LIFETIME);
    (0..257).for_each(|id| world.refuse(id));
    world.answer_validation(valid());
    for (endpoint, refreshes) in [(0, 1), (255, 1), (256, 2)] {
        world.ask_endpoint(1_000 + endpoint, &format!("GET /things/{endpoint}"));
        world.refuse(1_000 + endpoint);
        assert_eq!(world.refreshes(), refreshes, "endpoint {endpoint}");
    }
}

/// Field 40. A gateway in front of the server wants a sign-in of its own: that says nothing about the session, whatever it is
/// asked, and it is asked again.
#[test]
fn a_gateway_that_wants_a_sign_in_ends_no_session() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Gateway));
    assert_eq!(world.health(), Health::Unconfirmed { why: Doubt::Gateway });
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Gateway));
    assert!(matches!(world.health(), Health::Retrying { why: Doubt::Gateway, .. }));
    world.advance(secs(2));
    world.grant(LIFETIME);
    assert_eq!((world.is_signed_in(), world.health()), (true, Health::Fresh));
}
