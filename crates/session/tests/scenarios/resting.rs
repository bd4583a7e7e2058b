//! Where nobody is there, the next token waits for somebody.

use std::time::Duration;

use perennial_session::{
    Confirmed, Grant, GrantStore, Health, Input, RefreshAnswer, RefreshCause, RefreshWhen, Refusal, Settings,
    SignOutReason, ValidateAnswer, Wake,
};

use crate::world::{
    LIFETIME, World, account, cookie_pair, days, exchange, form, hours, mins, refresh_token, secs,
};

fn active() -> Settings {
    Settings { refresh_when: RefreshWhen::Active, may_keep: true, ..Settings::default() }
}

/// Somebody who stays signed in, with a session that the server ends after a day.
fn kept(settings: Settings) -> World {
    let mut world = World::new(settings, 1);
    world.input(Input::Start(perennial_session::Remembered::Nothing));
    world.input(Input::SignIn(form(true)));
    let grant = of_a_day(&mut world);
    world.answer_sign_in(perennial_session::SignInAnswer::Granted(grant));
    world
}

fn of_a_day(world: &mut World) -> Grant {
    Grant { session_lifetime: Some(days(1)), ..world.new_grant(LIFETIME) }
}

/// Answers as the reference backend does, for so long.
fn pass(world: &mut World, length: Duration) {
    let ends = world.snapshot().session_ends;
    world.advance_with(length, |world| {
        if world.is_refreshing() {
            let left = ends.map(|end| Duration::from_millis(end.0.saturating_sub(world.wall().0)));
            let grant =
                Grant { session_lifetime: left, ..world.new_grant(LIFETIME.min(left.unwrap_or(LIFETIME))) };
            world.answer_refresh(RefreshAnswer::Granted(grant));
        }
        world.serve(LIFETIME);
    });
}

/// The first refresh comes while the person may still be there: they were less than a token's life ago. So there is one, and
/// then none.
#[test]
fn the_next_refresh_waits_when_nobody_has_been_active_for_longer_than_a_tokens_life() {
    let mut world = kept(active());
    pass(&mut world, mins(23));
    assert_eq!((world.refreshes(), world.health()), (1, Health::Fresh));
    pass(&mut world, mins(1));
    assert_eq!((world.refreshes(), world.health()), (1, Health::Resting), "at once when it was due");
    pass(&mut world, hours(12));
    assert_eq!((world.refreshes(), world.is_signed_in(), world.health()), (1, true, Health::Resting));
}

#[test]
fn whoever_works_finds_every_token_refreshed_in_time() {
    let mut world = kept(active());
    for _ in 0..60 {
        world.input(Input::Activity);
        pass(&mut world, mins(10));
        assert_eq!(world.health(), Health::Fresh);
    }
    assert!((45..=51).contains(&world.refreshes()), "{} refreshes in ten hours", world.refreshes());
}

/// A move of the mouse is enough, and so is what a page asks for by itself.
#[test]
fn what_ends_the_wait_refreshes_at_once() {
    let ways: [fn(&mut World); 4] = [
        |world| world.input(Input::Activity),
        |world| world.input(Input::Extend),
        |world| world.ask(1),
        |world| world.listen(1),
    ];
    for (age, cause) in [(mins(25), RefreshCause::Scheduled), (hours(3), RefreshCause::Expired)] {
        for end in ways {
            let mut world = kept(active());
            pass(&mut world, age);
            assert_eq!(world.health(), Health::Resting);
            end(&mut world);
            assert!(world.is_refreshing());
            let grant = of_a_day(&mut world);
            world.answer_refresh(RefreshAnswer::Granted(grant));
            assert_eq!(world.health(), Health::Fresh);
            assert_eq!(world.snapshot().last_refresh.map(|last| last.cause), Some(cause));
        }
    }
}

/// A page that is seen or gets the focus is not a person yet.
#[test]
fn what_is_no_activity_does_not_end_the_wait() {
    let mut world = kept(active());
    pass(&mut world, hours(2));
    for wake in [Wake::Seen, Wake::Restored, Wake::Online] {
        world.input(Input::Woke(wake));
    }
    world.input(Input::WentOffline);
    world.input(Input::Woke(Wake::Online));
    pass(&mut world, mins(5));
    assert_eq!((world.refreshes(), world.health()), (1, Health::Resting));
}

/// An answer could bring the next token by itself, and a token that has expired is shown to nobody.
#[test]
fn the_server_is_not_asked_about_a_session_at_rest() {
    let mut world = kept(active());
    pass(&mut world, mins(24));
    let asked = world.validations();
    pass(&mut world, hours(2));
    assert_eq!(world.validations(), asked);
    world.input(Input::Activity);
    pass(&mut world, mins(2));
    assert!(world.validations() > asked, "the regular look goes on");
}

#[test]
fn a_live_connection_is_kept_alive_where_nobody_is() {
    let mut world = kept(active());
    world.listen_live(1);
    pass(&mut world, hours(5));
    assert!((23..=27).contains(&world.refreshes()), "{} refreshes in five hours", world.refreshes());
    world.socket(1, perennial_session::SocketEvent::Settled);
    let before = world.refreshes();
    pass(&mut world, hours(1));
    assert_eq!((world.refreshes(), world.health()), (before, Health::Resting));
}

/// While the server says no more than when the session ends, the cookie is used once before that.
#[test]
fn what_refreshes_is_used_before_its_known_end() {
    for settings in [
        active(),
        Settings { refresh_when: RefreshWhen::Active, may_keep: true, ..refresh_token(GrantStore::Browser) },
    ] {
        let mut world = kept(settings);
        pass(&mut world, hours(23) + mins(54));
        assert_eq!((world.refreshes(), world.health()), (1, Health::Resting));
        pass(&mut world, mins(2));
        assert_eq!(world.refreshes(), 2);
        pass(&mut world, secs(239));
        assert_eq!((world.refreshes(), world.is_signed_in()), (2, true));
        pass(&mut world, secs(1));
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
    }
}

/// So it lives on where its end moves with every use.
#[test]
fn a_credential_whose_end_moves_with_its_use_never_dies() {
    let mut world = kept(active());
    world.advance_with(days(9), |world| {
        if world.is_refreshing() {
            let grant = of_a_day(world);
            world.answer_refresh(RefreshAnswer::Granted(grant));
        }
        world.serve(LIFETIME);
    });
    assert!(world.is_signed_in());
    assert!((9..=11).contains(&world.refreshes()), "{} refreshes in nine days", world.refreshes());
}

/// Nothing is known of the end, or it is that of the access token: nothing waits.
#[test]
fn nothing_waits_where_what_refreshes_could_die_of_it() {
    let unsaid: fn(&mut Grant) = |grant| grant.session_lifetime = None;
    let day: fn(&mut Grant) = |grant| grant.session_lifetime = Some(days(1));
    let exchange = Settings { refresh_when: RefreshWhen::Active, ..exchange() };
    for (settings, change) in [(active(), unsaid), (exchange.clone(), unsaid), (exchange, day)] {
        let limit = hours(10);
        let settings = Settings { inactivity_limit: limit, ..settings };
        let mut world = World::signed_in_with(settings, 1, |grant| {
            grant.lifetime = Some(LIFETIME);
            change(grant);
        });
        world.advance_served(hours(9), LIFETIME);
        assert!((44..=48).contains(&world.refreshes()), "{} refreshes in nine hours", world.refreshes());
    }
}

/// The limits count on, and the server is told by what it needs.
#[test]
fn a_session_at_rest_ends_for_want_of_activity_in_time() {
    let settings = Settings { may_keep: false, ..active() };
    let mut world = World::signed_in_with(settings, 1, |grant| grant.session_lifetime = Some(days(1)));
    pass(&mut world, mins(54));
    assert_eq!((world.health(), world.snapshot().inactivity_ends), (Health::Resting, None));
    pass(&mut world, mins(2));
    assert!(world.snapshot().inactivity_ends.is_some());
    world.input(Input::Activity);
    assert_eq!(world.health(), Health::Resting, "while it is asked, a move is no answer");
    pass(&mut world, mins(4));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!(world.revoked(), [0], "without the token that has expired");
}

/// They were there until the device slept, and are not yet back.
#[test]
fn a_device_that_wakes_waits_for_its_person() {
    let mut world = kept(active());
    world.input(Input::Activity);
    world.sleep(hours(7));
    world.input(Input::Woke(Wake::Seen));
    assert_eq!((world.refreshes(), world.health()), (0, Health::Resting));
    world.input(Input::Activity);
    assert!(world.is_refreshing());
}

/// A page that was loaded shows its account, even where nobody has touched it.
#[test]
fn a_page_that_starts_asks_for_a_token_however_long_nobody_was_there() {
    let mut world = kept(active());
    pass(&mut world, hours(5));
    let mut world = world.restart();
    assert!(world.is_refreshing());
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
}

/// How long a cookie lives that was found nobody has seen: it is replaced once, and then all is known.
#[test]
fn a_cookie_that_was_found_is_replaced_in_time() {
    let settings = Settings { refresh_when: RefreshWhen::Active, ..cookie_pair() };
    let mut world = kept(Settings { may_keep: true, ..settings });
    pass(&mut world, hours(5));
    let mut world = world.restart();
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        account: Some(account("ada")),
        lifetime: Some(mins(10)),
        session_lifetime: Some(hours(12)),
        ..Confirmed::default()
    }));
    pass(&mut world, mins(10));
    assert_eq!(world.refreshes(), 1);
}

/// A refusal of the server causes a refresh, even where nobody is active.
#[test]
fn a_refused_look_is_refreshed_for() {
    let mut world = kept(active());
    pass(&mut world, mins(15));
    world.advance(secs(60));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}
