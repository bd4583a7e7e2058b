//! Who decides what an answer means.

use perennial_session::{
    Confirmed, Doubt, Health, Input, Output, RefreshAnswer, RefreshCause, Refusal, SignOutReason,
    ValidateAnswer,
};

use crate::world::{LIFETIME, World, mins, secs, valid};

// Refresh: granted.

/// A usable token is committed, and what waits goes out with it.
#[test]
fn a_granted_refresh_replaces_the_token_and_sends_what_waits() {
    let mut world = World::signed_in();
    world.pass(LIFETIME);
    world.ask(1);
    world.ask(2);
    assert_eq!(world.fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 2"]);
    assert_eq!(world.fate(2), ["send 2"]);
    assert_eq!(world.health(), Health::Fresh);
    assert_eq!(world.lines(), ["Token refreshed successfully"]);
}

/// The last refresh is told with its cause and how long it took.
#[test]
fn a_granted_refresh_says_when_why_and_how_long() {
    let mut world = World::signed_in();
    world.advance(mins(1));
    world.serve(LIFETIME);
    world.input(Input::RefreshNow);
    world.pass(secs(2));
    world.grant(LIFETIME);
    let Some(last) = world.snapshot().last_refresh else { panic!("no refresh is shown") };
    assert_eq!((last.cause, last.took, last.at), (RefreshCause::Manual, secs(2), world.wall()));
}

/// A token that has no life is not usable: nobody knows what that meant.
#[test]
fn a_token_without_life_is_no_token() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.grant(secs(0));
    assert!(world.is_signed_in());
    assert!(matches!(world.health(), Health::Retrying { why: Doubt::Unreadable, .. }));
    world.ask(1);
    assert_eq!(world.fate(1), ["send 1"]);
}

// Refresh: refused.

/// The server refuses the credential in so many words: the session is over at once, and the person is told why.
#[test]
fn a_refused_refresh_ends_the_session_with_the_servers_reason() {
    for refusal in
        [Refusal::Unspecified, Refusal::Missing, Refusal::Revoked, Refusal::Expired, Refusal::Reused]
    {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        world.pass(LIFETIME - secs(5));
        world.ask(1);
        world.pass(secs(6));
        world.ask(2);
        world.answer_refresh(RefreshAnswer::Refused(refusal));
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(refusal)));
        assert_eq!(world.fate(1), ["send 2", "signed out"]);
        assert_eq!(world.fate(2), ["signed out"]);
        assert_eq!(world.record(), None);
        assert_eq!(world.revoked(), [0; 0], "the server knows already");
        assert_eq!(world.lines().last().map(String::as_str), Some("Session unauthorized (401), logging out"));
        assert_eq!(world.deadline(), None);
    }
}

/// The token was replaced by one in a header while the refresh was on its way: its refusal is about a credential
/// that nobody uses any more.
#[test]
fn a_refusal_of_a_credential_that_was_replaced_is_ignored() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.pass(secs(1));
    world.header_token(1, LIFETIME + secs(60));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Reused));
    assert!(world.is_signed_in());
    world.ask(2);
    assert_eq!(world.fate(2), ["send 2"]);
}

// Refresh: later.

/// A server that asks for time gets it, and the session is kept.
#[test]
fn a_refresh_put_off_keeps_the_session() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    assert!(matches!(world.health(), Health::WaitingForServer { .. }));
    world.ask(1);
    assert_eq!(world.fate(1), ["send 1"]);
    assert_eq!(world.lines(), ["Failed to refresh token: the server asks to wait 120s"]);
}

// Refresh: nobody knows.

/// No trouble of the network or of the server signs anybody out while the token is good: requests use it.
///
/// Scenario 5.
#[test]
fn a_refresh_that_decides_nothing_keeps_the_session_and_the_token() {
    for doubt in doubts() {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Unknown(doubt));
        assert!(matches!(world.health(), Health::Retrying { why, .. } if why == doubt));
        world.ask(1);
        assert_eq!(world.fate(1), ["send 1"]);
        assert_eq!(world.lines(), [format!("Failed to refresh token: {doubt}")]);
    }
}

/// Nor does it when the token has expired, for however long.
///
/// Scenario 7.
#[test]
fn a_refresh_that_decides_nothing_keeps_the_session_beyond_the_tokens_end() {
    for doubt in doubts() {
        let mut world = World::signed_in();
        world.advance_with(mins(50), |world| {
            if world.is_refreshing() {
                world.answer_refresh(RefreshAnswer::Unknown(doubt));
            }
            if world.is_validating() {
                world.answer_validation(ValidateAnswer::Unknown(doubt));
            }
        });
        assert!(world.is_signed_in(), "{doubt:?}");
        world.ask(1);
        assert_eq!(world.fate(1), [""; 0], "an expired token is not sent");
        world.advance_served(mins(1), LIFETIME);
        assert_eq!(world.fate(1).len(), 1);
    }
}

// Validation: 401.

/// A refused validation is a suspicion; a refresh that brings a token which is good settles it.
#[test]
fn a_refused_validation_causes_a_refresh_and_one_more_look() {
    let mut world = suspected_by_validation();
    assert_eq!(world.refreshes(), 1);
    world.grant(LIFETIME);
    assert!(world.is_validating(), "the new token is shown to the server");
    world.answer_validation(valid());
    assert_eq!((world.refreshes(), world.validations()), (1, 2));
    assert_eq!(world.health(), Health::Fresh);
    assert_eq!(world.open_calls().len(), 0);
}

#[test]
fn a_validation_refused_again_after_a_refresh_ends_the_session() {
    let mut world = suspected_by_validation();
    world.grant(LIFETIME);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

#[test]
fn a_validation_that_decides_nothing_after_a_refresh_keeps_the_session() {
    let mut world = suspected_by_validation();
    world.grant(LIFETIME);
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Status(503)));
    assert_eq!(world.health(), Health::Unconfirmed { why: Doubt::Status(503) });
}

#[test]
fn a_refused_validation_and_a_refused_refresh_end_the_session() {
    let mut world = suspected_by_validation();
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Expired));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Expired)));
}

/// The last word was spoken about a token that ended while it was on its way: it may mean no more than that.
#[test]
fn a_validation_refused_after_its_token_has_expired_is_a_suspicion_only() {
    let mut world = suspected_by_validation();
    world.grant(secs(5));
    world.pass(secs(6));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_signed_in());
    world.grant(LIFETIME);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

/// The second look comes after the refresh has succeeded, however many attempts that takes.
#[test]
fn a_refused_validation_waits_for_a_refresh_that_succeeds_before_it_decides() {
    let mut world = suspected_by_validation();
    for _ in 0..5 {
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        assert!(world.is_signed_in());
        assert!(!world.is_validating());
        world.input(Input::Woke(perennial_session::Wake::Seen));
    }
    world.grant(LIFETIME);
    assert!(world.is_validating());
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

// Validation: anything else.

/// A validation that decides nothing is a warning and nothing more.
#[test]
fn a_validation_that_decides_nothing_keeps_the_session() {
    for doubt in doubts() {
        let mut world = World::signed_in();
        world.advance(secs(60));
        world.answer_validation(ValidateAnswer::Unknown(doubt));
        assert_eq!(world.health(), Health::Unconfirmed { why: doubt });
        assert_eq!(world.refreshes(), 0);
        assert_eq!(world.lines(), [format!("Session validation error (non-401), keeping session: {doubt}")]);
        world.advance(secs(60));
        world.answer_validation(valid());
        assert_eq!(world.health(), Health::Fresh);
    }
}

// A request: 401.

/// A 401 for a token that has been replaced meanwhile says nothing about the new one.
#[test]
fn a_request_refused_with_an_older_token_is_replayed_with_the_current_one() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn a_request_refused_with_the_current_token_is_replayed_after_one_refresh() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    assert_eq!((world.fate(1), world.refreshes()), (vec!["send 1".into()], 1));
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
    world.settle(1);
    assert_eq!(world.open_calls().len(), 0);
}

/// The replay was refused with a new token, and the server says that the token is good: it is the endpoint, and
/// its caller gets the 401.
#[test]
fn a_replay_refused_with_a_good_token_goes_to_the_caller() {
    let mut world = refused_twice("GET /forbidden");
    world.answer_validation(valid());
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
    assert!(world.is_signed_in());
}

#[test]
fn a_replay_refused_goes_to_the_caller_when_the_validation_decides_nothing() {
    for doubt in doubts() {
        let mut world = refused_twice("GET /forbidden");
        world.answer_validation(ValidateAnswer::Unknown(doubt));
        assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
        assert!(world.is_signed_in());
    }
}

#[test]
fn a_replay_refused_ends_the_session_when_the_validation_is_refused_too() {
    let mut world = refused_twice("GET /forbidden");
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
    assert_eq!(world.fate(1), ["send 1", "replay 2", "signed out"]);
}

/// The endpoint that refuses a good token causes no further refresh with it; every other endpoint still does.
#[test]
fn an_endpoint_that_refuses_a_good_token_causes_no_further_refresh_with_it() {
    let mut world = refused_twice("GET /forbidden");
    world.answer_validation(valid());
    world.ask_endpoint(2, "GET /forbidden");
    world.refuse(2);
    assert_eq!(world.fate(2), ["send 2", "deliver"]);
    assert_eq!(world.refreshes(), 1);
    world.ask_endpoint(3, "GET /other");
    world.refuse(3);
    assert_eq!(world.refreshes(), 2);
}

/// With the next token it is tried again.
#[test]
fn an_endpoint_that_refused_a_good_token_may_cause_a_refresh_with_the_next() {
    let mut world = refused_twice("GET /forbidden");
    world.answer_validation(valid());
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.ask_endpoint(2, "GET /forbidden");
    world.refuse(2);
    assert!(world.is_refreshing());
}

// A request: anything else.

/// 403 and trouble of the network end a request without the engine having a say; none of them moves a session.
#[test]
fn a_request_that_ends_in_any_other_way_changes_nothing() {
    let mut world = World::signed_in();
    world.ask(1);
    let before = world.snapshot();
    let told = world.outputs().len();
    world.settle(1);
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.outputs()[told..], [Output::Timeout(None); 0]);
}

// Answers that nobody waits for.

/// An answer to a call of another kind, or to none, is as good as no answer.
#[test]
fn an_answer_of_the_wrong_kind_changes_nothing() {
    use perennial_session::{Answer, CallId, SignInAnswer, SignOutAnswer};
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.input(Input::RefreshNow);
    let (refresh, _) = world.open_refresh();
    let before = world.snapshot();
    let grant = world.new_grant(LIFETIME);
    for call in [refresh, CallId(0), CallId(1), CallId(u64::MAX)] {
        for answer in [
            Answer::Validate(ValidateAnswer::Unauthorized(Refusal::Revoked)),
            Answer::SignIn(SignInAnswer::Granted(grant.clone())),
            Answer::SignIn(SignInAnswer::WrongCredentials),
            Answer::SignOut(SignOutAnswer::Done),
        ] {
            world.answer(call, answer);
        }
        if call != refresh {
            world.answer(call, Answer::Refresh(RefreshAnswer::Refused(Refusal::Revoked)));
            world.answer(call, Answer::Refresh(RefreshAnswer::Granted(grant.clone())));
        }
        assert_eq!(world.snapshot(), before);
    }
}

/// An answer that comes twice counts once.
#[test]
fn an_answer_counts_once() {
    use perennial_session::Answer;
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (call, _) = world.open_refresh();
    world.grant(LIFETIME);
    let before = world.snapshot();
    world.answer(call, Answer::Refresh(RefreshAnswer::Refused(Refusal::Reused)));
    let grant = world.new_grant(LIFETIME);
    world.answer(call, Answer::Refresh(RefreshAnswer::Granted(grant)));
    assert_eq!(world.snapshot(), before);
}

/// An answer to a question about a token that has been replaced says nothing about the new one: not that it is
/// refused, not that it is in doubt, and not when the session ends.
#[test]
fn a_validation_of_a_token_that_was_replaced_changes_nothing() {
    let answers = [
        ValidateAnswer::Unauthorized(Refusal::Revoked),
        ValidateAnswer::Unknown(Doubt::Network),
        ValidateAnswer::Valid(Confirmed { session_lifetime: Some(secs(90)), ..Confirmed::default() }),
    ];
    for answer in answers {
        let mut world = World::signed_in();
        world.advance(secs(60));
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        let before = world.snapshot();
        world.answer_validation(answer);
        assert_eq!(world.snapshot(), before);
    }
}

/// A heartbeat has just been answered with 401.
fn suspected_by_validation() -> World {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world
}

/// A request was refused with the current token, and again with the one that was got for its sake.
fn refused_twice(endpoint: &str) -> World {
    let mut world = World::signed_in();
    world.ask_endpoint(1, endpoint);
    world.refuse(1);
    world.grant(LIFETIME);
    world.refuse(1);
    world
}

/// All answers that decide nothing.
fn doubts() -> Vec<Doubt> {
    let statuses = [400, 403, 404, 409, 418, 429, 500, 502, 503, 504].map(Doubt::Status);
    [Doubt::Network, Doubt::TimedOut, Doubt::Unreadable].into_iter().chain(statuses).collect()
}
