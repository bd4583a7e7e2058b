//! Tickets that can end a session and do nothing else.

use perennial_session::{
    Call, CallKind, Doubt, Grant, GrantStore, Happened, Input, Output, RefreshAnswer, Refusal, Secret,
    Settings, SignOutAnswer, SignOutReason, Wake,
};

use crate::world::{LIFETIME, World, form, hours, mins, refresh_token, secs};

/// Field 39. Made offline, then the browser is closed, and with it the cookie goes: what is left can end the session.
#[test]
fn a_sign_out_made_offline_arrives_although_the_browser_was_closed() {
    let mut world = signed_in();
    world.input(Input::WentOffline);
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    let mut world = world.restart();
    assert_eq!(shown(&world), ["secret-ticket-1"]);
    assert_eq!(world.revoked(), [0], "nothing else is left");
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(world.happened().contains(&Happened::SignOutTold));
    let ended = left(&world).expect("an end");
    assert_eq!((ended.revoke, ended.ticket), (false, None), "removed once told");
    assert_eq!(world.restart().open_calls().len(), 0);
}

/// Field 39. While somebody is signed in no store holds the ticket, and after an end that the server knows none does either.
#[test]
fn the_ticket_is_written_with_the_end_alone() {
    for settings in [Settings::default(), refresh_token(GrantStore::Browser)] {
        let mut world = World::signed_in_with(settings, 1, with_ticket);
        world.input(Input::RefreshNow);
        let grant =
            Grant { sign_out_ticket: Some(Secret::new("secret-ticket-2")), ..world.new_grant(LIFETIME) };
        world.answer_refresh(RefreshAnswer::Granted(grant));
        assert!(world.kept.as_ref().is_none_or(|kept| kept.sign_out_ticket.is_none()));
        world.input(Input::SignOut);
        assert_eq!(left(&world).and_then(|ended| ended.ticket), Some(Secret::new("secret-ticket-2")));
        world.answer_sign_out(SignOutAnswer::Done);
        assert_eq!(left(&world).and_then(|ended| ended.ticket), None);
    }
    let mut world = signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(left(&world).and_then(|ended| ended.ticket), None);
}

/// Field 39. An answer without a ticket leaves the one that was held in force.
#[test]
fn a_refresh_without_a_ticket_keeps_the_one_before() {
    let mut world = signed_in();
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.input(Input::SignOut);
    assert_eq!(shown(&world), ["secret-ticket-1"]);
}

/// Field 39. An end for want of activity that nobody saw is told with it too.
#[test]
fn an_inactivity_sign_out_shows_the_ticket() {
    let mut world = signed_in();
    world.sleep(hours(3));
    world.input(Input::Woke(Wake::Seen));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!(shown(&world), ["secret-ticket-1"]);
}

/// Field 39. With a ticket no token is needed, and none that has expired goes with it.
#[test]
fn a_ticket_spares_the_errand() {
    let mut world = World::signed_in_with(refresh_token(GrantStore::Browser), 1, with_ticket);
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!(world.sign_outs(), [(String::new(), "secret-refresh-1".into())]);
    assert_eq!((shown(&world), world.refreshes()), (vec!["secret-ticket-1".to_owned()], 0));
}

/// Field 39. Something on the way refuses the request: the ticket is shown again until the server has seen it.
#[test]
fn a_ticket_is_shown_until_the_server_has_seen_it() {
    let mut world = signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Status(403)));
    assert!(left(&world).is_some_and(|ended| ended.revoke && ended.ticket.is_some()));
    world.advance(secs(2));
    assert!(shown(&world).len() > 1);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.deadline(), None);
}

/// Field 39. A ticket that the server does not know is shown once, and nothing is told for it.
#[test]
fn a_ticket_that_is_not_recognised_confirms_nothing() {
    let mut world = signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    let mut world = world.restart();
    world.answer_sign_out(SignOutAnswer::NoSession { status: 404 });
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert!(!world.happened().contains(&Happened::SignOutTold));
    world.advance(mins(5));
    assert_eq!((world.open_calls().len(), shown(&world).len()), (0, 1));
}

/// Field 39. Whoever signs in at the next start waits for it.
#[test]
fn the_next_sign_in_waits_for_the_ticket() {
    let mut world = signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    let mut world = world.restart();
    world.input(Input::SignIn(form(false)));
    assert_eq!((shown(&world).len(), world.sign_ins()), (1, 0));
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.sign_ins(), 1);
}

/// Field 39. What was granted when nobody waited any more is given back with its own ticket.
#[test]
fn a_late_grant_is_given_back_with_its_ticket() {
    let mut world = signed_in();
    world.input(Input::RefreshNow);
    let (refresh, _) = world.open_refresh();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Done);
    let grant = Grant { sign_out_ticket: Some(Secret::new("secret-ticket-2")), ..world.new_grant(LIFETIME) };
    world.advance(secs(1));
    world.answer(refresh, perennial_session::Answer::Refresh(RefreshAnswer::Granted(grant)));
    assert_eq!(shown(&world), ["secret-ticket-1", "secret-ticket-2"]);
}

fn signed_in() -> World {
    World::signed_in_with(Settings::default(), 1, with_ticket)
}

fn with_ticket(grant: &mut Grant) {
    grant.sign_out_ticket = Some(Secret::new("secret-ticket-1"));
}

/// The tickets that sign-outs showed.
fn shown(world: &World) -> Vec<String> {
    let ticket = |output: &Output| {
        let Output::Send(Call { kind: CallKind::SignOut { ticket, .. }, .. }) = output else { return None };
        ticket.as_ref().map(|ticket| ticket.expose().to_owned())
    };
    world.outputs().iter().filter_map(ticket).collect()
}

/// What was last written of an end.
fn left(world: &World) -> Option<perennial_session::Ended> {
    let ended = |output: &Output| if let Output::Forget(ended) = output { Some(ended.clone()) } else { None };
    world.outputs().iter().rev().find_map(ended)
}
