//! When a token is refreshed.

use std::time::Duration;

use perennial_session::{Grant, Input, RefreshAnswer, Settings, Wake, Wall};

use crate::world::{LIFETIME, World, days, hours, millis, mins, secs};

// Timing.

/// The buffer is five minutes or a fifth of the token's life, whichever is less; jitter moves it earlier only, and
/// by a tenth of the buffer at most.
#[test]
fn a_token_is_refreshed_when_a_fifth_of_its_life_or_five_minutes_are_left() {
    for (lifetime, buffer) in [
        (secs(5), secs(1)),
        (secs(30), secs(6)),
        (mins(1), secs(12)),
        (mins(5), mins(1)),
        (mins(60), mins(5)),
        (days(1), mins(5)),
        (days(24), mins(5)),
        (days(25), mins(5)),
        (days(30), mins(5)),
    ] {
        let mut earliest = Duration::MAX;
        let mut latest = Duration::ZERO;
        for seed in 0..40 {
            let world = World::signed_in_with(Settings::default(), seed, |it| it.lifetime = Some(lifetime));
            let after = world.next_refresh_in();
            assert!(after <= lifetime - buffer, "{lifetime:?}: {after:?}");
            assert!(after >= lifetime - buffer - buffer / 10, "{lifetime:?}: {after:?}");
            earliest = earliest.min(after);
            latest = latest.max(after);
        }
        assert!(latest - earliest > buffer / 20, "the jitter of {lifetime:?} spreads nothing");
    }
}

/// The operator may choose a wider buffer: two hours for a token of a day.
#[test]
fn the_buffer_can_be_configured() {
    let settings = Settings { refresh_buffer: hours(2), ..Settings::default() };
    let world = World::signed_in_with(settings, 1, |it| it.lifetime = Some(days(1)));
    let after = world.next_refresh_in();
    assert!(after <= hours(22) && after >= hours(22) - mins(12), "{after:?}");
}

/// Timers of browsers overflow beyond 24.8 days; the engine's do not, and nothing fires early.
///
/// Scenario 26.
#[test]
fn a_far_expiry_does_not_fire_at_once() {
    let mut world = World::kept(days(30));
    world.advance_served(days(29), days(30));
    assert_eq!(world.refreshes(), 0);
    world.advance_served(days(1), days(30));
    assert_eq!(world.refreshes(), 1);
}

/// However short the tokens and however wide the buffer, an hour costs no more refreshes than lifetimes fit into
/// it at four fifths each, less what jitter takes.
///
/// Scenario 11.
#[test]
fn short_tokens_cause_no_refresh_loop() {
    for lifetime in [secs(1), secs(2), secs(5), secs(30), secs(60), secs(120), secs(300), mins(15)] {
        let mut world = World::kept(lifetime);
        world.advance_served(hours(1), lifetime);
        let most = (3600.0 / (0.78 * lifetime.as_secs_f64())).ceil().min(3600.0);
        let refreshes = world.refreshes();
        assert!(refreshes as f64 <= most + 1.0, "{lifetime:?}: {refreshes} refreshes, at most {most}");
        assert!(refreshes as f64 >= (3600.0 / lifetime.as_secs_f64()).floor() - 1.0);
    }
}

/// A token lives less than a second: it cannot be kept fresh, and the server is not asked more than once a second.
///
/// Scenario 11.
#[test]
fn no_server_is_asked_more_often_than_once_a_second() {
    let mut world = World::kept(millis(900));
    let mut lifetime = 900;
    world.advance_with(secs(60), |world| {
        if world.is_refreshing() {
            // Each a little shorter than the last, as at the end of a session.
            lifetime = if lifetime > 10 { lifetime - 10 } else { 900 };
            world.grant(millis(lifetime));
        }
        world.serve(millis(900));
    });
    assert!(world.refreshes() <= 60, "{} refreshes in a minute", world.refreshes());
}

/// The life of a token is counted from the moment it was asked for.
#[test]
fn the_life_of_a_token_counts_from_the_request() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let asked_at = world.wall();
    world.pass(secs(14));
    world.grant(LIFETIME);
    let snapshot = world.snapshot();
    assert_eq!(snapshot.token_from, Some(asked_at));
    assert_eq!(snapshot.token_until, Some(Wall(asked_at.0 + 900_000)));
}

/// The page was put to sleep after the bytes had come: when it reads them the token is long dead, and is not used.
///
/// Scenario 14.
#[test]
fn an_answer_read_after_its_tokens_end_counts_as_expired() {
    let mut world = World::kept(LIFETIME);
    world.input(Input::RefreshNow);
    world.sleep(hours(2));
    world.grant(LIFETIME);
    world.ask(1);
    assert_eq!(world.fate(1), [""; 0]);
    assert_eq!(world.refreshes(), 2);
    world.grant(LIFETIME);
    assert_eq!(world.fate(1), ["send 3"]);
}

/// A server slower than its tokens live is asked again at once, but one question at a time.
#[test]
fn tokens_that_arrive_dead_do_not_make_the_engine_spin() {
    let mut world = World::kept(secs(2));
    world.ask(1);
    world.pass(secs(2));
    world.input(Input::Timeout);
    for round in 1..=10 {
        assert_eq!(world.refreshes(), round);
        world.pass(secs(3));
        world.grant(secs(2));
    }
    assert_eq!(world.fate(1), ["send 1"]);
}

/// A token about whose life nothing is known is refreshed when it is refused, and not before.
#[test]
fn an_opaque_token_is_refreshed_only_when_it_is_refused() {
    let mut world = World::signed_in_with(Settings::default(), 1, |it| it.lifetime = None);
    assert_eq!(world.snapshot().next_refresh, None);
    world.advance_with(mins(50), |world| {
        if world.is_validating() {
            world.answer_validation(crate::world::valid());
        }
    });
    assert_eq!(world.refreshes(), 0);
    world.ask(1);
    world.refuse(1);
    let grant = Grant { lifetime: None, ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert_eq!(world.fate(1), ["send 1", "replay 2"]);
}

/// The server has reached the end of the session and gives tokens that end with it: it is not asked again and
/// again, and the end is shown.
///
/// Scenario 12.
#[test]
fn a_token_that_ends_no_later_stops_the_refreshing_before_its_end() {
    let mut world = World::kept(mins(10));
    // All later tokens end when the first one does, in whole seconds.
    let end = 600;
    let mut refreshes = 0;
    world.advance_with(secs(599), |world| {
        if world.is_refreshing() {
            refreshes += 1;
            let passed = (world.reading().monotonic_ms) / 1_000;
            world.grant(secs(end - passed));
        }
        if world.is_validating() {
            world.answer_validation(crate::world::valid());
        }
    });
    assert_eq!(refreshes, 1);
    assert!(world.is_signed_in());
    let snapshot = world.snapshot();
    let late = snapshot.next_refresh.zip(snapshot.token_until).map(|(next, until)| until.0.abs_diff(next.0));
    assert!(late.is_some_and(|late| late <= 1_000), "{snapshot:?}");
}

/// A shorter token than the one held, as after a change of the server's configuration, is used, and refreshed no
/// earlier than it ends.
#[test]
fn a_token_that_ends_earlier_than_the_one_held_is_used() {
    let mut world = World::kept(mins(60));
    world.input(Input::RefreshNow);
    world.grant(mins(5));
    world.ask(1);
    assert_eq!(world.fate(1), ["send 2"]);
    assert_eq!(world.next_refresh_in(), mins(5));
}

/// A refresh within a second of the last is no sign that the server has no more to give.
#[test]
fn a_token_of_the_same_life_is_refreshed_before_its_end() {
    let mut world = World::kept(mins(60));
    world.pass(millis(500));
    world.input(Input::RefreshNow);
    world.grant(mins(60));
    assert!(world.next_refresh_in() <= mins(55));
}

/// The console says so.
#[test]
fn a_scheduled_refresh_says_how_much_is_left() {
    let mut world = World::signed_in_for(mins(60));
    world.advance_served(mins(56), mins(60));
    let said = world.lines();
    let [expiring, refreshed] = said.as_slice() else { panic!("{said:?}") };
    let left: u64 = expiring
        .strip_prefix("Token expiring in ")
        .and_then(|rest| rest.strip_suffix("s, attempting refresh..."))
        .and_then(|left| left.parse().ok())
        .unwrap_or_else(|| panic!("{expiring}"));
    assert!((300..=330).contains(&left), "{left}");
    assert_eq!(refreshed, "Token refreshed successfully");
}

// One at a time.

/// Everything that asks for a refresh at once gets the same one.
#[test]
fn everything_that_wants_a_refresh_shares_one() {
    let mut world = World::signed_in();
    for id in 0..20 {
        world.ask(id);
    }
    world.pass(LIFETIME);
    world.input(Input::RefreshNow);
    world.input(Input::RefreshNow);
    world.input(Input::Woke(Wake::Seen));
    world.input(Input::Woke(Wake::Online));
    world.input(Input::Woke(Wake::Restored));
    for id in 0..20 {
        world.refuse(id);
    }
    world.input(Input::Timeout);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.open_calls().len(), 1);
}
