//! The record of what happened, which explains every change afterwards.

use perennial_session::{
    Doubt, Happened, Input, RefreshAnswer, RefreshCause, Settings, SignOutAnswer, SignOutReason, Wake,
};

use crate::world::{LIFETIME, World, hours, secs};

#[test]
fn every_step_of_a_session_is_in_the_record_with_its_reason() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Status(503)));
    world.input(Input::Woke(Wake::Online));
    world.advance(secs(3));
    world.grant(LIFETIME);
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Done);

    let happened = world.happened();
    let told: Vec<_> = happened.iter().map(|it| kind(*it)).collect();
    let expected =
        ["started", "signed in", "sent", "failed", "online", "sent", "refreshed", "signed out", "told"];
    assert_eq!(told, expected);
    assert_eq!(happened[2], Happened::RefreshSent { cause: RefreshCause::Manual, failures: 0 });
    assert_eq!(happened[5], Happened::RefreshSent { cause: RefreshCause::Manual, failures: 1 });
    assert_eq!(happened[6], Happened::Refreshed { cause: RefreshCause::Manual, took: secs(3) });
    assert_eq!(happened[7], Happened::SignedOut(SignOutReason::ByPerson));
}

/// However long a page is open, the record does not grow.
#[test]
fn the_record_keeps_the_last_few_hundred() {
    let mut world = World::kept(LIFETIME);
    world.advance_served(hours(24 * 10), LIFETIME);
    let happened = world.happened();
    assert_eq!(happened.len(), 256);
    assert_eq!(kind(happened[255]), "refreshed");
}

/// Whoever has less room says so.
#[test]
fn the_record_keeps_no_more_than_is_wanted() {
    for limit in [0, 1, 5] {
        let settings = Settings { history_limit: limit, ..Settings::default() };
        let mut world = World::signed_in_with(settings, 1, |_| {});
        for _ in 0..4 {
            world.input(Input::RefreshNow);
            world.grant(LIFETIME);
        }
        let told: Vec<_> = world.happened().into_iter().map(kind).collect();
        let last = ["refreshed", "sent", "refreshed", "sent", "refreshed"];
        assert_eq!(told, last[5 - limit..]);
    }
}

fn kind(happened: Happened) -> &'static str {
    match happened {
        Happened::Started => "started",
        Happened::SignedIn => "signed in",
        Happened::SignInFailed(_) => "sign-in failed",
        Happened::RefreshSent { .. } => "sent",
        Happened::Refreshed { .. } => "refreshed",
        Happened::RefreshFailed { .. } => "failed",
        Happened::RefreshLater { .. } => "later",
        Happened::SocketsRenewed(_) => "sockets renewed",
        Happened::RefreshCutOff => "cut off",
        Happened::Suspected => "suspected",
        Happened::ValidationFailed(_) => "not validated",
        Happened::SignedOut(_) => "signed out",
        Happened::SignOutTold => "told",
        Happened::SignOutUntold(_) => "not told",
        Happened::AccountChanged => "account changed",
        Happened::WentOffline => "offline",
        Happened::CameOnline => "online",
        Happened::Slept(_) => "slept",
        Happened::ClockDoubted(_) => "clock doubted",
        Happened::ClockWasSet(_) => "clock set",
    }
}
