//! What happens when the page is loaded.

use perennial_session::{
    Doubt, Input, RefreshAnswer, RefreshCause, Refusal, Remembered, Settings, SignOutReason, Snapshot,
    Status, Wake,
};

use crate::world::{LIFETIME, World, hours, mins, secs};

/// Where nothing is remembered nobody is asked: the sign-in page shows at once.
#[test]
fn a_first_visit_asks_nobody() {
    let world = World::signed_out();
    assert_eq!(world.snapshot().status, Status::SignedOut { reason: None });
    assert_eq!((world.open_calls().len(), world.deadline()), (0, None));
}

/// So that it can be shown before there is an engine.
#[test]
fn what_a_first_visit_shows_is_known_beforehand() {
    assert_eq!(World::signed_out().snapshot(), Snapshot::of_nobody());
}

/// Until the server has answered nothing is decided, so that no sign-in page flashes.
#[test]
fn a_reload_restores_the_session_without_deciding_anything_before() {
    let mut world = World::restoring(false);
    assert!(world.is_restoring());
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
    assert_eq!(world.snapshot().last_refresh.map(|it| it.cause), Some(RefreshCause::Restore));
    assert_eq!(world.refreshes(), 1);
}

/// The storage cannot be read: the server knows whether there is a session.
#[test]
fn a_storage_that_cannot_be_read_does_not_sign_out() {
    let mut world = World::new(Settings::default(), 1);
    world.input(Input::Start(Remembered::Unreadable));
    assert!(world.is_restoring());
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
}

/// A first visit with the storage switched off: nobody was signed in, so nobody is told that a session has ended.
#[test]
fn a_storage_that_cannot_be_read_and_no_session_on_the_server_is_no_ended_session() {
    let mut world = World::new(Settings::default(), 1);
    world.input(Input::Start(Remembered::Unreadable));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.snapshot().status, Status::SignedOut { reason: None });
    assert_eq!(world.lines(), Vec::<String>::new());
}

/// Nor is anything written down of it: other tabs would take it for a session.
#[test]
fn a_session_that_is_only_guessed_at_is_not_remembered() {
    let mut world = World::new(Settings::default(), 1);
    world.input(Input::Start(Remembered::Unreadable));
    world.advance(secs(10));
    assert_eq!(world.record(), None);
    world.grant(LIFETIME);
    assert!(world.record().is_some());
}

/// With it switched off there was a session all the same, where the server knows it by the cookie: a person whose session
/// somebody has revoked is told so.
#[test]
fn a_storage_that_cannot_be_read_and_a_session_that_was_revoked_is_an_ended_session() {
    for refusal in [Refusal::Unspecified, Refusal::Revoked, Refusal::Expired, Refusal::Reused] {
        let mut world = World::new(Settings::default(), 1);
        world.input(Input::Start(Remembered::Unreadable));
        world.answer_refresh(RefreshAnswer::Refused(refusal));
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(refusal)));
        assert_eq!(world.lines(), ["Session unauthorized (401), logging out"]);
    }
}

/// And a session that was taken up so is one like any other when its cookie goes missing.
#[test]
fn a_session_without_a_storage_that_loses_its_cookie_is_an_ended_session() {
    let mut world = World::new(Settings::default(), 1);
    world.input(Input::Start(Remembered::Unreadable));
    world.grant(LIFETIME);
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
}

#[test]
fn a_refused_restore_ends_in_the_sign_in_page_with_the_reason() {
    let mut world = World::restoring(true);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
    assert_eq!(world.record(), None);
}

/// A reload while the device is offline, or while the server is down: nobody is signed out, it is tried for as long
/// as it takes, and the network's return ends the wait.
///
/// Scenario 7.
#[test]
fn a_reload_without_a_server_goes_on_restoring() {
    let mut world = World::restoring(true);
    world.input(Input::WentOffline);
    world.advance_with(hours(8), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
    });
    assert!(world.is_restoring());
    world.input(Input::Woke(Wake::Online));
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
}

/// A server that asks for time while restoring gets it.
#[test]
fn a_restore_put_off_waits() {
    let mut world = World::restoring(false);
    world.answer_refresh(RefreshAnswer::Later(mins(2)));
    world.input(Input::Woke(Wake::Online));
    world.input(Input::RefreshNow);
    assert_eq!(world.refreshes(), 1);
    world.advance(mins(2) + secs(13));
    assert_eq!(world.refreshes(), 2);
    assert!(world.is_restoring());
}

/// The application starts once.
#[test]
fn a_second_start_changes_nothing() {
    let mut world = World::signed_in();
    let before = world.snapshot();
    world.input(Input::Start(Remembered::Nothing));
    world.input(Input::Start(Remembered::Unreadable));
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.open_calls().len(), 0);
}

/// Before the start nothing is decided, and nothing is wanted.
#[test]
fn nothing_happens_before_the_start() {
    let mut world = World::new(Settings::default(), 1);
    for input in [
        Input::SignOut,
        Input::RefreshNow,
        Input::Extend,
        Input::Activity,
        Input::Woke(Wake::Online),
        Input::WentOffline,
        Input::Timeout,
    ] {
        world.input(input);
    }
    assert!(world.is_restoring());
    assert_eq!((world.open_calls().len(), world.deadline()), (0, None));
}
