//! The gate that every request passes: what is held, what is sent, what ends with its session.

use perennial_session::{
    Doubt, Grant, Input, RefreshAnswer, Refusal, Remembered, RequestEvent, Settings, SignOutAnswer,
    ValidateAnswer, Wake,
};

use crate::world::{LIFETIME, World, account, form, hours, mins, secs, valid};

// Hold.

/// Before it is known whether anybody is signed in, nothing is sent and nothing refused.
#[test]
fn requests_wait_while_the_session_is_being_restored() {
    let mut world = World::restoring(false);
    world.ask(1);
    world.ask(2);
    assert_eq!(world.fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1"]);
    assert_eq!(world.fate(2), ["send 1"]);
}

#[test]
fn requests_asked_before_the_start_wait_for_it() {
    let mut world = World::new(Settings::default(), 1);
    world.ask(1);
    world.input(Input::Start(Remembered::Unreadable));
    assert_eq!(world.fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1"]);
}

#[test]
fn requests_asked_before_the_start_fail_where_nobody_is_signed_in() {
    let mut world = World::new(Settings::default(), 1);
    world.ask(1);
    world.input(Input::Start(Remembered::Nothing));
    assert_eq!(world.fate(1), ["signed out"]);
}

/// A start that never comes does not hold them for ever either.
#[test]
fn requests_asked_before_a_start_that_never_comes_fail_in_time() {
    let mut world = World::new(Settings::default(), 1);
    world.ask(1);
    world.advance(mins(1));
    assert_eq!(world.fate(1), ["unavailable"]);
    assert_eq!(world.deadline(), None);
}

/// No request leaves with a token that is known to be expired: slept through the night, clicked ten milliseconds
/// after waking, sent once, with the new token.
#[test]
fn a_request_after_sleep_waits_for_one_refresh_and_is_sent_once() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(true)));
    world.serve(LIFETIME);
    world.sleep(hours(8));
    world.pass(crate::world::millis(10));
    world.ask(1);
    world.ask(2);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 2"]);
    assert_eq!(world.fate(2), ["send 2"]);
    assert_eq!(world.refreshes(), 1);
}

/// While the token is good a refresh holds nothing up.
#[test]
fn requests_do_not_wait_for_a_refresh_that_is_only_early() {
    let mut world = World::signed_in();
    world.advance_with(mins(13), |world| {
        if world.is_validating() {
            world.answer_validation(valid());
        }
    });
    assert!(world.is_refreshing() || world.refreshes() > 0);
    world.ask(1);
    assert_eq!(world.fate(1), ["send 1"]);
}

/// A token that the server has just refused is not tried on the next request as well.
#[test]
fn requests_wait_for_a_refresh_that_a_refusal_caused() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.ask(2);
    assert_eq!(world.fate(2), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(2), ["send 2"]);
}

/// Nor is it when a refresh was under way for another reason already; and one that a refusal caused stays one when somebody
/// asks for it as well.
#[test]
fn requests_wait_for_any_refresh_of_a_token_that_was_refused() {
    for is_refused_first in [false, true] {
        let mut world = World::signed_in();
        world.ask(1);
        if is_refused_first {
            world.refuse(1);
            world.input(Input::RefreshNow);
        } else {
            world.input(Input::RefreshNow);
            world.refuse(1);
        }
        world.ask(2);
        assert_eq!(world.fate(2), [""; 0]);
        world.grant(LIFETIME);
        assert_eq!(world.fate(2), ["send 2"]);
        assert_eq!(world.refreshes(), 1);
    }
}

/// A caller is not left waiting: after the hold limit it is told, and the session goes on.
#[test]
fn a_request_that_waited_too_long_fails_and_the_session_goes_on() {
    let mut world = World::signed_in();
    world.pass(LIFETIME);
    world.ask(1);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    world.advance(secs(19));
    assert_eq!(world.fate(1), [""; 0]);
    world.advance(secs(6));
    assert_eq!(world.fate(1), ["unavailable"]);
    assert!(world.is_signed_in());
}

/// A refused request waits no longer than that for its replay.
#[test]
fn a_refused_request_that_waited_too_long_fails() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    world.advance(secs(25));
    assert_eq!(world.fate(1), ["send 1", "unavailable"]);
    assert!(world.is_signed_in());
}

/// One refresh that is never answered and the attempt after it fit into the wait.
#[test]
fn a_request_survives_one_lost_refresh() {
    let mut world = World::signed_in();
    world.pass(LIFETIME);
    world.ask(1);
    world.advance(secs(17));
    assert_eq!(world.refreshes(), 2);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 2"]);
}

/// Something runs wild and asks for more than any page does: it is told so, and the rest works.
#[test]
fn requests_beyond_all_bounds_fail_at_once() {
    let mut world = World::restoring(false);
    for id in 0..10_001 {
        world.ask_endpoint(id, "GET /wild");
    }
    assert_eq!(world.fate(9_999), [""; 0]);
    assert_eq!(world.fate(10_000), ["unavailable"]);
}

// Callers.

/// A caller that gave up gets nothing more: no first sending, and no replay.
#[test]
fn a_request_that_nobody_waits_for_is_neither_sent_nor_replayed() {
    let mut world = World::restoring(false);
    world.ask(1);
    world.settle(1);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), [""; 0]);
    world.ask(2);
    world.refuse(2);
    world.settle(2);
    world.grant(LIFETIME);
    assert_eq!(world.fate(2), ["send 1"]);
}

/// What comes about a request that has ended, or never was, is ignored.
#[test]
fn news_of_a_request_that_has_ended_changes_nothing() {
    let mut world = World::signed_in();
    world.ask(1);
    world.settle(1);
    let before = world.snapshot();
    world.refuse(1);
    world.settle(1);
    world.header_token(1, hours(2));
    world.refuse(99);
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.open_calls().len(), 0);
}

/// A refusal that comes twice, or for a request that was not sent, is no second refusal.
#[test]
fn a_refusal_counts_once() {
    let mut world = World::restoring(false);
    world.ask(1);
    world.refuse(1);
    assert_eq!(world.refreshes(), 1);
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.refuse(1);
    assert_eq!(world.validations(), 0);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
}

// The end of sessions.

/// Requests that wait and requests on their way end with the session; a 401 that still comes for one of them does
/// not touch the next person's session.
#[test]
fn a_late_refusal_does_not_touch_the_session_that_came_after() {
    let mut world = World::signed_in();
    world.ask(1);
    world.ask(2);
    world.refuse(2);
    world.input(Input::SignOut);
    assert_eq!(world.fate(1), ["send 1", "signed out"]);
    assert_eq!(world.fate(2), ["send 1", "signed out"]);
    world.answer_sign_out(SignOutAnswer::Done);
    world.input(Input::SignIn(form(false)));
    let grant = Grant { account: Some(account("bob")), ..world.new_grant(LIFETIME) };
    world.answer_sign_in(perennial_session::SignInAnswer::Granted(grant));
    let before = world.snapshot();
    world.refuse(1);
    world.settle(2);
    world.header_token(1, hours(1));
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.open_calls().len(), 0);
    assert_eq!(world.fate(1), ["send 1", "signed out"]);
}

#[test]
fn a_request_while_nobody_is_signed_in_fails_at_once() {
    let mut world = World::signed_out();
    world.ask(1);
    assert_eq!(world.fate(1), ["signed out"]);
    assert_eq!(world.deadline(), None);
}

/// Somebody else has signed in on this device: no request of the one is answered with the other's token.
#[test]
fn requests_of_one_account_never_carry_the_token_of_another() {
    let mut world = World::signed_in();
    world.ask(1);
    world.ask(2);
    world.refuse(2);
    world.ask(3);
    let grant = Grant { account: Some(account("bob")), ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    for (id, sent) in [(1, true), (2, true), (3, false)] {
        let fate = world.fate(id);
        assert_eq!(fate.last().map(String::as_str), Some("account changed"));
        assert_eq!(fate.len() > 1, sent);
    }
    world.ask(4);
    assert_eq!(world.fate(4), ["send 2"]);
    assert!(world.lines().contains(&"Another account is signed in on this device, switching".into()));
}

/// The question that was on its way is about somebody who is gone.
#[test]
fn a_validation_of_one_account_says_nothing_about_another() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    let call = world.open_call(|kind| matches!(kind, perennial_session::CallKind::Validate { .. }));
    world.input(Input::RefreshNow);
    let grant = Grant { account: Some(account("bob")), ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert!(world.was_aborted(call));
    let before = world.snapshot();
    let late = ValidateAnswer::Unauthorized(Refusal::Revoked);
    world.answer(call, perennial_session::Answer::Validate(late));
    assert_eq!(world.snapshot(), before);
}

/// The network comes back: everything that waited goes.
#[test]
fn held_requests_go_as_soon_as_the_network_is_back() {
    let mut world = World::signed_in();
    world.pass(LIFETIME);
    world.input(Input::WentOffline);
    world.ask(1);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    world.input(Input::Woke(Wake::Online));
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 2"]);
}

/// A server that takes a request and never answers: the caller is told, and the request is called back.
#[test]
fn a_request_that_is_never_answered_fails_in_time() {
    let mut world = World::signed_in();
    world.ask(1);
    world.advance(secs(59));
    assert_eq!(world.fate(1), ["send 1"]);
    world.advance(secs(1));
    assert_eq!(world.fate(1), ["send 1", "timed out"]);
    assert!(world.is_signed_in());
}

/// A long upload over a slow line: it is given up only when it has stood still for that long.
#[test]
fn a_request_whose_bytes_move_is_not_given_up() {
    let mut world = World::signed_in();
    world.ask(1);
    for _ in 0..5 {
        world.advance_served(secs(50), LIFETIME);
        world.request(1, RequestEvent::Progressed);
    }
    world.advance_served(secs(59), LIFETIME);
    assert_eq!(world.fate(1), ["send 1"]);
    world.advance_served(secs(1), LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "timed out"]);
}
