//! The ways out of a session.

use perennial_session::{
    Answer, CallKind, Doubt, Grant, Input, Output, RefreshAnswer, Refusal, SignInAnswer, SignInProgress,
    SignOutAnswer, SignOutReason, Status, ValidateAnswer, Wake,
};

use crate::world::{LIFETIME, World, form, hours, millis, mins, secs};

/// Signed out here at once, whatever the server will say; the server is told.
#[test]
fn signing_out_ends_the_session_at_once() {
    let mut world = World::signed_in();
    world.ask(1);
    world.input(Input::SignOut);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
    assert_eq!(world.fate(1), ["send 1", "signed out"]);
    assert_eq!(world.record(), None);
    assert_eq!(world.revoked(), [1]);
    let snapshot = world.snapshot();
    assert_eq!((snapshot.token_until, snapshot.session_ends, snapshot.last_refresh), (None, None, None));
}

/// A server that knows, or that will not hear of it, is told once.
#[test]
fn after_a_sign_out_that_the_server_understood_nothing_is_sent() {
    for answer in [SignOutAnswer::Done, SignOutAnswer::Unknown(Doubt::Status(403))] {
        let mut world = World::signed_in();
        world.input(Input::SignOut);
        world.answer_sign_out(answer);
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
        assert_eq!(world.open_calls().len(), 0);
        assert_eq!(world.deadline(), None);
        for wake in [Wake::Seen, Wake::Restored, Wake::Online] {
            world.input(Input::Woke(wake));
        }
        world.input(Input::RefreshNow);
        world.input(Input::Extend);
        assert_eq!(world.open_calls().len(), 0);
        assert_eq!(world.revoked(), [1]);
    }
}

/// The server was not reached, did not answer or could not: it is told again, until it knows.
#[test]
fn a_sign_out_that_did_not_arrive_is_repeated_until_it_does() {
    let failures: [fn(&mut World); 3] = [
        |world| world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network)),
        |world| world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Status(503))),
        |world| world.advance(secs(15)),
    ];
    for fail in failures {
        let mut world = World::signed_in();
        world.input(Input::SignOut);
        fail(&mut world);
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson), "signed out here all the same");
        world.advance(mins(2));
        assert!(world.revoked().len() > 1);
        world.answer_sign_out(SignOutAnswer::Done);
        let told = world.revoked().len();
        world.advance(hours(1));
        assert_eq!((world.revoked().len(), world.deadline()), (told, None));
    }
}

/// A server that is down for an hour is told again at the pace of refreshes: all who left during the outage would keep it
/// down otherwise.
#[test]
fn a_sign_out_that_does_not_arrive_is_repeated_after_longer_and_longer_waits() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.advance_with(hours(1), |world| {
        if world.open_calls().len() > 0 {
            world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
        }
    });
    let told = world.revoked().len();
    assert!((60..250).contains(&told), "{told} times in an hour");
}

/// The network's return ends the wait, and so does the next start of the browser, which has no token any more.
#[test]
fn a_sign_out_that_did_not_arrive_is_repeated_when_the_network_is_back_and_after_a_restart() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    world.input(Input::Woke(Wake::Online));
    assert_eq!(world.revoked(), [1, 1]);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));

    let mut world = world.restart();
    assert_eq!(world.snapshot().status, Status::SignedOut { reason: None });
    assert_eq!(world.revoked(), [0]);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.restart().revoked(), []);
}

#[test]
fn signing_out_twice_is_signing_out_once() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Done);
    world.input(Input::SignOut);
    assert_eq!(world.revoked(), [1]);
}

/// Before it is known who is there, a sign-out works: the server knows by the cookie.
#[test]
fn signing_out_works_while_restoring() {
    let mut world = World::restoring(true);
    let (refresh, _) = world.open_refresh();
    world.input(Input::SignOut);
    assert!(world.was_aborted(refresh));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
    assert_eq!(world.revoked(), [0]);
}

/// Calls that are on their way are given up.
#[test]
fn signing_out_gives_up_what_is_on_its_way() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.input(Input::RefreshNow);
    let (refresh, _) = world.open_refresh();
    let validation = world.open_call(|kind| matches!(kind, CallKind::Validate { .. }));
    world.input(Input::SignOut);
    assert!(world.was_aborted(refresh) && world.was_aborted(validation));
    world.answer(validation, Answer::Validate(ValidateAnswer::Unauthorized(Refusal::Revoked)));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
}

/// A refresh that is answered after the sign-out revives nothing; the token it brings is given back.
#[test]
fn a_refresh_answered_after_the_sign_out_is_given_back() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (refresh, _) = world.open_refresh();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Done);
    let grant = world.new_grant(LIFETIME);
    world.answer(refresh, Answer::Refresh(RefreshAnswer::Granted(grant)));
    assert_eq!(world.revoked(), [1, 2]);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
    assert_eq!(world.record(), None);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.deadline(), None);
}

/// It comes while the sign-out is still on its way: given back as soon as that has ended, even if it has failed,
/// and before anybody signs in.
#[test]
fn a_refresh_answered_during_the_sign_out_is_given_back_after_it() {
    for end in [SignOutAnswer::Done, SignOutAnswer::Unknown(Doubt::Network)] {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        let (refresh, _) = world.open_refresh();
        world.input(Input::SignOut);
        let grant = world.new_grant(LIFETIME);
        world.answer(refresh, Answer::Refresh(RefreshAnswer::Granted(grant)));
        world.input(Input::SignIn(form(false)));
        assert_eq!(world.revoked(), [1]);
        world.answer_sign_out(end);
        assert_eq!(world.revoked(), [1, 2]);
        assert_eq!(world.sign_ins(), 1);
        world.answer_sign_out(SignOutAnswer::Done);
        assert_eq!(world.sign_ins(), 2);
    }
}

/// It comes when somebody has signed in: it is dropped, and touches nothing of theirs.
#[test]
fn a_refresh_answered_after_the_next_sign_in_changes_nothing() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (refresh, _) = world.open_refresh();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Done);
    world.input(Input::SignIn(form(false)));
    let late = world.new_grant(LIFETIME);
    world.answer(refresh, Answer::Refresh(RefreshAnswer::Granted(late.clone())));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Pending);
    world.serve(LIFETIME);
    let before = world.snapshot();
    world.answer(refresh, Answer::Refresh(RefreshAnswer::Granted(late)));
    world.answer(refresh, Answer::Refresh(RefreshAnswer::Refused(Refusal::Revoked)));
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.revoked(), [1]);
}

/// The answer to the sign-out clears the cookie: the next sign-in waits for it, or it would lose its own.
#[test]
fn the_next_sign_in_waits_for_the_sign_out() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Pending);
    assert_eq!(world.sign_ins(), 1);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.sign_ins(), 2);
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
}

/// But not for ever.
#[test]
fn the_next_sign_in_waits_no_longer_than_a_call_may_take() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.input(Input::SignIn(form(false)));
    world.advance(secs(15) - millis(1));
    assert_eq!(world.sign_ins(), 1);
    world.advance(millis(1));
    assert_eq!(world.sign_ins(), 2);
}

/// A session that the server ended leaves nothing to revoke.
#[test]
fn a_sign_in_after_a_refusal_waits_for_nothing() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    world.input(Input::SignIn(form(false)));
    assert_eq!((world.sign_ins(), world.revoked().len()), (2, 0));
}

// The absolute limit.

/// The server said when the session ends, at sign-in: then it ends, and nothing is asked after it.
#[test]
fn the_absolute_limit_ends_the_session() {
    let settings = perennial_session::Settings::default();
    let mut world = World::signed_in_with(settings, 1, |it| it.session_lifetime = Some(mins(30)));
    let end = world.wall().0 + 30 * 60_000;
    assert_eq!(world.snapshot().session_ends.map(|it| it.0), Some(end));
    world.advance_with(mins(30) - millis(1), |world| {
        world.input(Input::Activity);
        if world.is_validating() {
            world.answer_validation(crate::world::valid());
        }
        if world.is_refreshing() {
            world.grant(LIFETIME);
        }
    });
    assert!(world.is_signed_in());
    world.advance(millis(1));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.deadline(), None);
}

/// The server may move it with every refresh.
#[test]
fn the_absolute_limit_follows_what_the_server_says() {
    let settings = perennial_session::Settings::default();
    let mut world = World::signed_in_with(settings, 1, |it| it.session_lifetime = Some(mins(10)));
    world.input(Input::RefreshNow);
    let grant = Grant { session_lifetime: Some(hours(1)), ..world.new_grant(hours(1)) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    world.advance_with(mins(20), |world| world.input(Input::Activity));
    assert!(world.is_signed_in());
}

/// A reason is told for the first of two limits that were reached in one sleep.
#[test]
fn a_sleep_beyond_every_limit_ends_the_session_once() {
    let settings = perennial_session::Settings::default();
    let mut world = World::signed_in_with(settings, 1, |it| it.session_lifetime = Some(hours(2)));
    world.sleep(days_of_sleep());
    world.input(Input::Woke(Wake::Seen));
    assert!(world.sign_out_reason().is_some());
    let forgotten = world.outputs().iter().filter(|it| matches!(it, Output::Forget(_))).count();
    assert_eq!((forgotten, world.revoked()), (1, vec![0]), "a token that has expired is not sent");
}

/// A sign-in that the server granted for no time at all ends as it began, and is told as what it is.
#[test]
fn a_session_granted_for_no_time_is_over() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    let grant = Grant { session_lifetime: Some(secs(0)), ..world.new_grant(LIFETIME) };
    world.answer_sign_in(SignInAnswer::Granted(grant));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
}

fn days_of_sleep() -> std::time::Duration {
    crate::world::days(3)
}
