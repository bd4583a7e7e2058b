//! A sign-out arrives although the access token has expired or is not recognised: a new one is asked for first.

use perennial_session::{
    Doubt, GrantStore, Happened, Input, RefreshAnswer, Refusal, Secret, Settings, SignOutAnswer, SignOutBy,
    SignOutReason, Status, Wake,
};

use crate::world::{LIFETIME, World, cookie_pair, exchange, form, hours, mins, refresh_token, secs};

/// Field 38. The usual case after sleep: the token has expired, and a sign-out with it would be refused while the refresh
/// token goes on working.
#[test]
fn a_sign_out_with_an_expired_token_is_made_with_a_new_one() {
    let mut world = signed_in();
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
    assert_eq!(world.refreshed_with(), ["secret-refresh-1"]);
    assert_eq!(world.sign_outs(), []);
    world.grant(LIFETIME);
    assert_eq!(world.sign_outs(), [("secret-token-2".into(), "secret-refresh-2".into())]);
    assert!(!was_told(&world));
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(was_told(&world));
    assert_eq!((world.sign_out_reason(), world.deadline()), (Some(SignOutReason::ByPerson), None));
    assert_eq!((world.record(), world.kept.is_none()), (None, true));
}

/// Field 38. A click on *Sign out* is the first thing after a sleep that may also be a clock that was set: the token may have
/// expired, and is not sent.
#[test]
fn a_sign_out_right_after_a_doubtful_sleep_is_made_with_a_new_token() {
    let mut world = signed_in();
    world.input(Input::ServerDate(world.wall()));
    world.sleep(hours(2));
    world.input(Input::SignOut);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson));
    assert_eq!((world.sign_outs().len(), world.refreshes()), (0, 1));
    world.grant(LIFETIME);
    assert_eq!(world.revoked(), [2]);
}

/// Field 38. So it is after the inactivity limit of a device that slept.
#[test]
fn an_inactivity_sign_out_after_sleep_is_made_with_a_new_token() {
    let mut world = signed_in();
    world.sleep(hours(8));
    world.input(Input::Woke(Wake::Seen));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    world.grant(LIFETIME);
    assert_eq!(world.sign_outs(), [("secret-token-2".into(), "secret-refresh-2".into())]);
}

/// Field 38. A refresh token that the server refuses belongs to a session that is over there.
#[test]
fn a_refused_refresh_ends_the_errand() {
    for refusal in [Refusal::Unspecified, Refusal::Revoked, Refusal::Expired, Refusal::Reused] {
        let mut world = signed_in();
        world.sleep(mins(20));
        world.input(Input::SignOut);
        world.answer_refresh(RefreshAnswer::Refused(refusal));
        assert!(was_told(&world));
        assert_eq!((world.sign_outs().len(), world.deadline()), (0, None));
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::ByPerson), "the person's own wish stands");
    }
}

/// Field 38. A doubt about the refresh leads to another attempt under the same key, and so does silence.
#[test]
fn an_errand_that_is_in_doubt_is_tried_again() {
    let failures: [fn(&mut World); 3] = [
        |world| world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network)),
        |world| world.answer_refresh(RefreshAnswer::Unknown(Doubt::Status(502))),
        |world| world.advance(secs(15)),
    ];
    for fail in failures {
        let mut world = signed_in();
        world.sleep(mins(20));
        world.input(Input::SignOut);
        let (_, key) = world.open_refresh();
        fail(&mut world);
        world.advance(secs(2));
        assert_eq!((world.refreshes(), world.open_refresh().1), (2, key));
        world.grant(LIFETIME);
        world.answer_sign_out(SignOutAnswer::Done);
        assert_eq!(world.deadline(), None);
    }
}

/// Field 38. What the server asked refreshes to wait for holds for this one too, also when the network comes back.
#[test]
fn an_errand_waits_for_as_long_as_the_server_asks() {
    let mut world = signed_in();
    world.sleep(mins(20));
    world.input(Input::SignOut);
    world.answer_refresh(RefreshAnswer::Later(secs(120)));
    world.advance(secs(119));
    world.input(Input::Woke(Wake::Online));
    assert_eq!(world.refreshes(), 1);
    world.advance(secs(15));
    assert_eq!(world.refreshes(), 2);

    let mut world = signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(mins(30)));
    world.sleep(mins(20));
    world.input(Input::SignOut);
    world.advance(mins(9));
    assert_eq!(world.refreshes(), 1);
    world.advance(mins(10));
    assert!(world.refreshes() > 1);
}

/// Field 38. The token seemed good, and the server does not recognise it: once it is replaced, and not again.
#[test]
fn a_sign_out_that_is_not_recognised_is_made_once_more_with_a_new_token() {
    for settings in [refresh_token(GrantStore::Browser), exchange(), Settings::default()] {
        for status in [401, 404] {
            let mut world = World::signed_in_by(settings.clone());
            world.input(Input::SignOut);
            world.answer_sign_out(SignOutAnswer::NoSession { status });
            assert!(!was_told(&world));
            world.grant(LIFETIME);
            assert_eq!(world.revoked(), [1, 2]);
            world.answer_sign_out(SignOutAnswer::NoSession { status });
            assert!(world.happened().contains(&Happened::SignOutUntold(Doubt::Status(status))));
            assert_eq!((world.open_calls().len(), world.deadline()), (0, None));
        }
    }
}

/// Field 38. Where a cookie names the session, a token that has expired is left out. Should the server want one, the cookie
/// brings it.
#[test]
fn a_sign_out_by_cookie_goes_without_the_expired_token() {
    let mut world = World::signed_in();
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!((world.revoked(), world.refreshes()), (vec![0], 0));
    world.answer_sign_out(SignOutAnswer::NoSession { status: 401 });
    world.grant(LIFETIME);
    assert_eq!(world.revoked(), [0, 2]);
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(was_told(&world));

    let mut world = World::signed_in_by(cookie_pair());
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!((world.sign_outs().len(), world.refreshes()), (1, 0));
}

/// Field 38. A refresh without a credential says nothing about the session.
#[test]
fn a_cookie_that_is_gone_confirms_nothing() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::NoSession { status: 404 });
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert!(!was_told(&world));
    assert!(world.happened().contains(&Happened::SignOutUntold(Doubt::Status(401))));
    assert_eq!((world.open_calls().len(), world.deadline()), (0, None));
}

/// Field 38. A token that has expired and is exchanged for the next is not signed out with, but exchanged: whether it still
/// can be only the server knows.
#[test]
fn an_expired_token_that_is_exchanged_is_exchanged_first() {
    let mut world = World::signed_in_by(exchange());
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!((world.sign_outs().len(), world.refreshed_with()), (0, vec!["secret-token-1".to_owned()]));
    world.grant(LIFETIME);
    assert_eq!(world.revoked(), [2]);
    world.answer_sign_out(SignOutAnswer::Done);

    let mut world = World::signed_in_by(exchange());
    world.sleep(mins(20));
    world.input(Input::SignOut);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
    assert_eq!((world.sign_outs().len(), world.deadline()), (0, None));
    assert!(was_told(&world));
}

/// Field 38. A token that has expired and that nothing replaces names nobody: nothing is sent.
#[test]
fn an_expired_token_that_nothing_replaces_is_not_sent() {
    let settings = refresh_token(GrantStore::Browser);
    let mut world = World::signed_in_with(settings, 1, |grant| grant.refresh = None);
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!((world.open_calls().len(), world.deadline()), (0, None));
    assert!(world.sign_out_reason().is_some());
}

/// Field 38. Where refresh tokens are revoked by themselves nothing else is needed.
#[test]
fn a_revocation_by_refresh_token_needs_no_new_access_token() {
    let by = SignOutBy::RefreshToken;
    let settings = Settings { sign_out_by: by, ..refresh_token(GrantStore::Browser) };
    let mut world = World::signed_in_by(settings);
    world.sleep(mins(20));
    world.input(Input::SignOut);
    assert_eq!(world.sign_outs(), [(String::new(), "secret-refresh-1".into())]);
    assert_eq!(world.refreshes(), 0);
    world.answer_sign_out(SignOutAnswer::NoSession { status: 404 });
    assert_eq!((world.refreshes(), world.deadline()), (0, None));
}

/// Field 38. The token expires while the network is away: the next attempt replaces it first.
#[test]
fn a_sign_out_that_waits_until_the_token_has_expired_asks_for_a_new_one() {
    let mut world = signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    world.pass(mins(20));
    world.input(Input::Woke(Wake::Online));
    assert_eq!((world.revoked(), world.refreshes()), (vec![1], 1));
    world.grant(LIFETIME);
    assert_eq!(world.revoked(), [1, 2]);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    world.pass(mins(20));
    world.input(Input::Woke(Wake::Online));
    world.grant(LIFETIME);
    assert_eq!(world.revoked(), [1, 2, 3]);
}

/// Field 38. Credentials go with the session: when the page is closed as well, nothing is left to tell the server with. The
/// person is told so while it is tried again.
#[test]
fn a_sign_out_that_no_later_page_could_tell_is_said_to_be_untold_until_it_is() {
    let mut world = signed_in();
    world.input(Input::SignOut);
    assert!(!world.snapshot().is_sign_out_untold, "it is on its way");
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    assert!(world.snapshot().is_sign_out_untold);
    world.input(Input::Woke(Wake::Online));
    assert!(world.snapshot().is_sign_out_untold, "nobody has answered yet");
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(!world.snapshot().is_sign_out_untold);

    // A cookie or a ticket is there for the next page.
    let with_ticket = World::signed_in_with(refresh_token(GrantStore::Browser), 1, |grant| {
        grant.sign_out_ticket = Some(Secret::new("secret-ticket"));
    });
    for mut world in [with_ticket, World::signed_in_by(cookie_pair())] {
        world.input(Input::SignOut);
        world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
        assert!(!world.snapshot().is_sign_out_untold);
    }
}

/// Field 38. The next sign-in waits for the errand, and no longer than its calls may take.
#[test]
fn the_next_sign_in_waits_for_the_errand() {
    let mut world = signed_in();
    world.sleep(mins(20));
    world.input(Input::SignOut);
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.sign_ins(), 1);
    world.grant(LIFETIME);
    assert_eq!(world.sign_ins(), 1);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.sign_ins(), 2);
    world.serve(LIFETIME);
    assert!(matches!(world.snapshot().status, Status::SignedIn { .. }));
}

/// Field 38. A token that is granted for no time at all signs nobody out.
#[test]
fn an_errand_goes_on_after_a_token_without_a_life() {
    let mut world = signed_in();
    world.sleep(mins(20));
    world.input(Input::SignOut);
    world.grant(secs(0));
    assert_eq!(world.sign_outs(), []);
    world.advance(secs(2));
    assert_eq!(world.refreshes(), 2);
}

fn signed_in() -> World {
    World::signed_in_by(refresh_token(GrantStore::Browser))
}

fn was_told(world: &World) -> bool {
    world.happened().contains(&Happened::SignOutTold)
}
