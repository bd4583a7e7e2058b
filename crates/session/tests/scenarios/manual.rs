//! Where nothing is refreshed by itself.

use perennial_session::{
    CallKind, GrantStore, Health, Input, Loss, RefreshAnswer, RefreshCause, RefreshWhen, Refusal, Settings,
    SignOutReason, ValidateAnswer, Wake,
};

use crate::world::{LIFETIME, World, cookie_pair, mins, refresh_token, secs, valid};

fn manual() -> Settings {
    Settings { refresh_when: RefreshWhen::Manual, ..Settings::default() }
}

fn signed_in() -> World {
    World::signed_in_with(manual(), 1, |_| {})
}

fn cause(world: &World) -> Option<RefreshCause> {
    world.snapshot().last_refresh.map(|last| last.cause)
}

/// Nobody works, and the token dies of age.
#[test]
fn no_token_is_refreshed_by_itself() {
    let mut world = signed_in();
    assert_eq!(world.snapshot().next_refresh, None);
    world.advance_served(mins(40), LIFETIME);
    for wake in [Wake::Seen, Wake::Restored, Wake::Online] {
        world.input(Input::Woke(wake));
    }
    world.input(Input::Activity);
    world.advance_served(mins(10), LIFETIME);
    assert_eq!((world.refreshes(), world.is_signed_in(), world.health()), (0, true, Health::Resting));
    assert_eq!(world.snapshot().next_refresh, None);
}

/// The regular look goes on while there is a token to look with, and no longer.
#[test]
fn a_token_is_looked_at_to_its_end() {
    let mut world = signed_in();
    world.advance_served(mins(14), LIFETIME);
    assert_eq!((world.validations(), world.health()), (14, Health::Fresh));
    world.advance_served(mins(20), LIFETIME);
    assert_eq!((world.validations(), world.health()), (14, Health::Resting));
}

#[test]
fn a_person_may_ask_for_a_token_at_any_time() {
    for age in [mins(1), mins(30)] {
        let mut world = signed_in();
        world.advance_served(age, LIFETIME);
        world.input(Input::RefreshNow);
        world.serve(LIFETIME);
        assert_eq!((cause(&world), world.health()), (Some(RefreshCause::Manual), Health::Fresh));
    }
}

/// A request is not sent with a token that is known to have expired; and until it has, nothing is asked for.
#[test]
fn a_request_that_needs_a_token_is_given_one() {
    let mut world = signed_in();
    world.advance_served(mins(14) + secs(50), LIFETIME);
    world.ask(1);
    assert_eq!((world.fate(1), world.refreshes()), (vec!["send 1".to_owned()], 0));
    world.advance_served(mins(15), LIFETIME);
    world.ask(2);
    assert_eq!((world.fate(2), world.refreshes()), (Vec::new(), 1));
    world.grant(LIFETIME);
    assert_eq!((world.fate(2), cause(&world)), (vec!["send 2".to_owned()], Some(RefreshCause::Expired)));
}

#[test]
fn a_refused_request_is_refreshed_for() {
    let mut world = signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
    assert_eq!(cause(&world), Some(RefreshCause::RequestRefused));
}

#[test]
fn a_refused_look_is_refreshed_for() {
    let mut world = signed_in();
    world.advance(mins(1));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world.grant(LIFETIME);
    world.answer_validation(valid());
    assert_eq!((cause(&world), world.is_signed_in()), (Some(RefreshCause::ValidationRefused), true));
}

/// What is refused twice is judged by a look at the session, for which there must be a token.
#[test]
fn a_request_that_waits_for_a_judgement_is_given_one() {
    let mut world = signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(secs(10));
    world.advance(secs(10));
    world.refuse(1);
    assert!(world.is_refreshing());
    world.serve(LIFETIME);
    assert_eq!((world.waiting_requests(), world.is_signed_in()), (0, true));
}

/// A connection lives on until the server closes it; the next one is made with another token.
#[test]
fn a_live_connection_that_is_lost_is_given_a_token() {
    let mut world = signed_in();
    world.listen_live(1);
    world.advance_served(mins(20), LIFETIME);
    assert_eq!((world.refreshes(), world.health()), (0, Health::Resting));
    world.lose(1, Loss::Unauthorized);
    world.grant(LIFETIME);
    assert_eq!((world.connections(1).count(), cause(&world)), (2, Some(RefreshCause::Expired)));
}

/// Otherwise nobody could come back.
#[test]
fn a_page_that_starts_without_a_token_asks_for_one() {
    let world = signed_in().restart();
    assert!(world.is_restoring() && world.is_refreshing());
}

/// The cookie expired while the first validation was on its way. The account is not known yet.
#[test]
fn a_page_that_does_not_know_who_is_there_asks_for_a_token() {
    let settings = Settings { refresh_when: RefreshWhen::Manual, ..cookie_pair() };
    let mut world = World::signed_in_with(settings, 1, |_| {}).restart();
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_refreshing());
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
}

/// The limits hold as they always do, and the server is told with a token that is good.
#[test]
fn an_end_is_told_with_a_fresh_token() {
    let settings = Settings { refresh_when: RefreshWhen::Manual, ..refresh_token(GrantStore::Browser) };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    world.advance_served(mins(60), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!((world.refreshes(), world.revoked()), (1, vec![2]));
}

#[test]
fn a_refused_refresh_ends_the_session_as_ever() {
    let mut world = signed_in();
    world.advance_served(mins(20), LIFETIME);
    world.ask(1);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
    assert_eq!(world.open_calls().filter(|(_, kind)| matches!(kind, CallKind::Validate { .. })).count(), 0);
}
