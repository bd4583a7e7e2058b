//! The regular look at the session.

use std::sync::Arc;

use perennial_session::{
    CallKind, Confirmed, Doubt, Grant, Health, Input, Output, RefreshAnswer, Refusal, Settings,
    SignOutReason, Status, ValidateAnswer, Wake,
};

use crate::world::{LIFETIME, World, account, hours, millis, mins, secs, valid};

/// A person who does nothing but read is asked about once a minute, and refreshed when it is time.
#[test]
fn the_session_is_looked_at_once_a_minute() {
    let mut world = World::signed_in_for(hours(1));
    world.advance_served(mins(50), hours(1));
    assert_eq!((world.validations(), world.refreshes()), (50, 0));
    assert_eq!(world.health(), Health::Fresh);
}

/// Nothing is asked while the last question is open.
#[test]
fn one_question_is_asked_at_a_time() {
    let settings = Settings { check_interval: secs(5), ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    world.advance(secs(14));
    world.input(Input::Woke(Wake::Online));
    world.input(Input::Woke(Wake::Restored));
    assert_eq!(world.validations(), 1);
}

/// Everything that wakes a page wakes it at once: one decision is made.
#[test]
fn triggers_that_come_together_cause_one_look() {
    let mut world = World::signed_in();
    world.pass(secs(70));
    for wake in [Wake::Seen, Wake::Restored, Wake::Online, Wake::Seen] {
        world.input(Input::Woke(wake));
    }
    world.input(Input::Timeout);
    world.ask(1);
    assert_eq!((world.validations(), world.refreshes()), (1, 0));
    world.answer_validation(valid());
    world.input(Input::Woke(Wake::Seen));
    assert_eq!(world.validations(), 1, "a second focus within the minute asks nobody");
}

/// A page from the back/forward cache, and one whose network is back, are looked at without waiting for the minute.
#[test]
fn a_page_that_was_away_is_looked_at_at_once() {
    for wake in [Wake::Restored, Wake::Online] {
        let mut world = World::signed_in();
        world.pass(secs(5));
        world.input(Input::Woke(wake));
        assert!(world.is_validating());
    }
}

/// When the token is due, the refresh is the look.
#[test]
fn a_session_that_is_being_refreshed_needs_no_second_question() {
    let mut world = World::signed_in();
    world.pass(mins(14));
    world.input(Input::Woke(Wake::Seen));
    assert_eq!((world.validations(), world.refreshes()), (0, 1));
    assert_eq!(world.open_calls().len(), 1);
}

/// A token that is known to be expired is shown to nobody.
#[test]
fn an_expired_token_is_not_validated() {
    let mut world = World::signed_in();
    world.pass(hours(1) - secs(1));
    world.input(Input::Woke(Wake::Restored));
    assert_eq!((world.validations(), world.refreshes()), (0, 1));
}

/// A token that ended before it could be replaced is no suspicion either: its successor is not put to the test.
#[test]
fn an_expired_token_casts_no_doubt_on_the_next() {
    let mut world = World::signed_in_for(millis(500));
    world.pass(millis(600));
    world.input(Input::Woke(Wake::Online));
    assert_eq!(world.open_calls().len(), 0);
    world.pass(millis(400));
    world.input(Input::Timeout);
    world.grant(LIFETIME);
    assert_eq!((world.validations(), world.refreshes()), (0, 1));
}

/// A refresh by hand does not move the minute.
#[test]
fn a_refresh_does_not_put_off_the_next_look() {
    let mut world = World::signed_in();
    world.advance(secs(30));
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.advance(secs(30));
    assert!(world.is_validating());
}

/// Where the backend has no way to ask, nobody asks.
#[test]
fn a_backend_that_cannot_validate_is_not_asked() {
    let settings = Settings { can_validate: false, ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    world.advance_served(mins(10), LIFETIME);
    assert_eq!(world.validations(), 0);
}

/// A question that is never answered decides nothing.
#[test]
fn a_validation_that_is_never_answered_is_given_up() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    let call = world.open_call(|kind| matches!(kind, CallKind::Validate { .. }));
    world.advance(secs(15));
    assert!(world.was_aborted(call));
    assert_eq!(world.health(), Health::Unconfirmed { why: Doubt::TimedOut });
    world.answer(call, perennial_session::Answer::Validate(ValidateAnswer::Unauthorized(Refusal::Revoked)));
    assert!(world.is_signed_in());
}

/// What the server says of the person is shown, if it speaks of the same person.
#[test]
fn a_validation_brings_the_profile_up_to_date() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    let mut renamed = account("ada");
    Arc::make_mut(&mut renamed).name = "Ada, Countess".into();
    let answer = |account| {
        ValidateAnswer::Valid(Confirmed {
            account: Some(account),
            session_lifetime: Some(hours(3)),
            ..Confirmed::default()
        })
    };
    world.answer_validation(answer(renamed.clone()));
    assert_eq!(world.snapshot().status, Status::SignedIn { account: renamed, landing: None });
    let ends = world.snapshot().session_ends;
    assert!(ends.is_some());
    world.advance(secs(60));
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        account: Some(account("bob")),
        session_lifetime: Some(secs(1)),
        ..Confirmed::default()
    }));
    world.advance(secs(2));
    assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "ada"));
    assert_eq!(world.snapshot().session_ends, ends);
}

/// And is shown at once, although nothing else has changed.
#[test]
fn a_name_that_changed_is_shown_without_another_change() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    let mut renamed = account("ada");
    Arc::make_mut(&mut renamed).name = "Ada, Countess".into();
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        account: Some(renamed.clone()),
        ..Confirmed::default()
    }));
    let shown = world.outputs().iter().rev().find_map(|output| {
        let Output::Publish(snapshot) = output else { return None };
        Some(snapshot.status.clone())
    });
    assert_eq!(shown, Some(Status::SignedIn { account: renamed, landing: None }));
}

/// The absolute limit that the server tells counts from the moment it was asked.
#[test]
fn the_absolute_limit_counts_from_the_question() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    let asked = world.wall();
    world.pass(secs(3));
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        session_lifetime: Some(secs(600)),
        ..Confirmed::default()
    }));
    assert_eq!(world.snapshot().session_ends.map(|it| it.0), Some(asked.0 + 600_000));
}

/// It is told in whole seconds, from a moment that nobody knows exactly. A person who reads when their session ends does not
/// see it tremble with every look; an end that has moved they see.
#[test]
fn an_absolute_limit_that_is_told_again_moves_by_more_than_two_seconds() {
    for (by_ms, is_moved) in [(0, false), (2_000, false), (2_001, true), (60_000, true)] {
        for is_later in [false, true] {
            let mut world =
                World::signed_in_with(Settings::default(), 1, |it| it.session_lifetime = Some(hours(3)));
            let known = world.snapshot().session_ends;
            world.advance(secs(60));
            let left = hours(3) - secs(60);
            let told = if is_later { left + millis(by_ms) } else { left - millis(by_ms) };
            world.answer_validation(ValidateAnswer::Valid(Confirmed {
                session_lifetime: Some(told),
                ..Confirmed::default()
            }));
            assert_eq!(world.snapshot().session_ends != known, is_moved, "{by_ms} ms, {is_later}");
        }
    }
}

/// A refusal that comes while a refresh is on its way waits for it, and the new token is shown to the server.
#[test]
fn a_refused_validation_joins_the_refresh_under_way() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.input(Input::RefreshNow);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert_eq!(world.refreshes(), 1);
    world.grant(LIFETIME);
    assert!(world.is_validating());
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

/// A question about the old token is on its way when the new one comes: the new one is asked about instead when
/// the session is under suspicion.
#[test]
fn a_question_about_an_old_token_gives_way_to_one_about_the_new() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.input(Input::Woke(Wake::Online));
    world.grant(LIFETIME);
    world.pass(secs(30));
    world.input(Input::Woke(Wake::Online));
    let old = world.open_call(|kind| matches!(kind, CallKind::Validate { .. }));
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.refuse(1);
    assert!(world.was_aborted(old));
    world.answer_validation(valid());
    assert_eq!(world.fate(1), ["send 1", "replay 2", "deliver"]);
}

/// The regular look falls upon a token that is a few seconds old: a 401 to that is a suspicion like any other. The server
/// may have answered from somewhere that has not heard of the token yet, and nobody is signed out for it.
#[test]
fn a_heartbeat_that_is_refused_just_after_a_refresh_is_a_suspicion_only() {
    let mut world = World::signed_in();
    world.advance(secs(50));
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.advance(secs(10));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_signed_in() && world.is_refreshing());
}

/// A new token settles a suspicion while it is new. One whose answer took as long as a call may take has been on its way
/// for so long that its own refusal is a suspicion again.
#[test]
fn a_suspicion_is_settled_by_a_token_that_came_in_time() {
    for (took, is_settled) in [(secs(15) - millis(1), true), (secs(15), false)] {
        let mut world = World::signed_in();
        world.advance(secs(60));
        world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
        world.pass(took);
        world.grant(LIFETIME);
        world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
        assert_eq!(world.sign_out_reason().is_some(), is_settled, "{took:?}");
    }
}

/// Nothing is said about the life of the tokens: one that is refused within five seconds has not died of age, and the
/// refusal is the last word; one that is older may have, and nobody is signed out for that.
#[test]
fn a_token_of_unknown_life_is_judged_only_while_it_is_new() {
    for (took, answered_after, is_settled) in [
        (millis(0), millis(4_999), true),
        (millis(4_999), millis(0), true),
        (millis(0), millis(5_000), false),
        (millis(5_000), millis(0), false),
    ] {
        let mut world = World::signed_in_with(Settings::default(), 1, |grant| grant.lifetime = None);
        world.advance(secs(60));
        world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
        world.pass(took);
        let grant = Grant { lifetime: None, ..world.new_grant(LIFETIME) };
        world.answer_refresh(RefreshAnswer::Granted(grant));
        world.pass(answered_after);
        world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
        assert_eq!(world.sign_out_reason().is_some(), is_settled, "{took:?}, {answered_after:?}");
    }
}
