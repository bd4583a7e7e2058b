//! What happens when a refresh brings nothing.

use std::time::Duration;

use perennial_session::{Doubt, Health, Input, Reason, Record, RefreshAnswer, Settings, SignOutReason, Wake};

use crate::world::{LIFETIME, World, days, hours, millis, mins, secs};

/// Exponential backoff with full jitter, from a second up to a minute, for as long as it takes.
#[test]
fn a_failed_refresh_is_tried_again_after_longer_and_longer_waits() {
    let mut longest = [Duration::ZERO; 12];
    let mut shortest = [Duration::MAX; 12];
    for seed in 0..60 {
        let mut world = World::kept_with(seed, days(30));
        world.input(Input::RefreshNow);
        for round in 0..longest.len() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
            let wait = retry_in(&world);
            longest[round] = longest[round].max(wait);
            shortest[round] = shortest[round].min(wait);
            world.pass(wait);
            world.input(Input::Timeout);
        }
        assert_eq!(world.refreshes(), longest.len() + 1);
    }
    for round in 0..longest.len() {
        let ceiling = secs(1 << round).min(secs(60));
        assert!(longest[round] <= ceiling, "round {round}: {:?}", longest[round]);
        assert!(longest[round] > ceiling * 3 / 4, "round {round} never waits long: {:?}", longest[round]);
        assert!(shortest[round] <= (ceiling / 4).max(millis(200)), "round {round}: {:?}", shortest[round]);
        assert!(shortest[round] >= millis(200), "round {round}: {:?}", shortest[round]);
    }
}

/// Where a backend is slow to come back, the first attempt may wait for longer. The cap stays.
#[test]
fn the_first_wait_can_be_configured() {
    for (delay, ceilings) in [(secs(5), [5, 10, 20, 40, 60, 60]), (secs(60), [60; 6]), (secs(600), [60; 6])] {
        let mut longest = [Duration::ZERO; 6];
        for seed in 0..60 {
            let settings = Settings { retry_delay: delay, ..Settings::default() };
            let mut world = World::signed_in_with(settings, seed, |grant| grant.lifetime = Some(days(30)));
            world.input(Input::RefreshNow);
            for longest in &mut longest {
                world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
                let wait = retry_in(&world);
                *longest = (*longest).max(wait);
                world.pass(wait);
                world.input(Input::Timeout);
            }
        }
        for (longest, ceiling) in longest.into_iter().zip(ceilings.map(secs)) {
            assert!(longest <= ceiling && longest > ceiling * 3 / 4, "{delay:?}: {longest:?} of {ceiling:?}");
        }
    }
}

/// An outage of a night costs attempts at the capped pace; the first that succeeds resets it.
///
/// Scenarios 7 and 8.
#[test]
fn attempts_go_on_through_a_long_outage() {
    let mut world = World::kept(LIFETIME);
    world.advance_with(hours(8), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
        if world.is_validating() {
            world.answer_validation(perennial_session::ValidateAnswer::Unknown(Doubt::Network));
        }
    });
    let attempts = world.refreshes();
    assert!((470..2_000).contains(&attempts), "{attempts} attempts in eight hours");
    world.advance_served(mins(2), LIFETIME);
    assert_eq!(world.health(), Health::Fresh);
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    assert!(retry_in(&world) <= secs(1));
}

/// Our own patience ends when there is hope: the network is back, the person looks at the page or asks for it.
///
/// Scenario 8.
#[test]
fn a_reason_for_hope_ends_the_backoff_early() {
    for hope in
        [Input::Woke(Wake::Online), Input::Woke(Wake::Seen), Input::Woke(Wake::Restored), Input::RefreshNow]
    {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        assert!(!world.is_refreshing());
        world.input(hope.clone());
        assert!(world.is_refreshing(), "{hope:?}");
    }
}

/// A request does not end it: a page that sends a hundred would ask a server in trouble a hundred times.
#[test]
fn requests_do_not_end_the_backoff() {
    let mut world = World::signed_in();
    world.pass(LIFETIME);
    world.ask(0);
    for _ in 0..6 {
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        world.input(Input::RefreshNow);
    }
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    let asked = world.refreshes();
    for id in 1..100 {
        world.ask(id);
    }
    assert_eq!(world.refreshes(), asked);
}

/// What the server asked for stands against everything: time, the person, the network, refused requests.
#[test]
fn nothing_is_asked_before_the_server_allows_it() {
    for seed in 0..20 {
        let mut world = World::kept_with(seed, LIFETIME);
        world.ask(1);
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Later(secs(120)));
        for _ in 0..119 {
            world.advance_with(secs(1), |_| {});
            world.input(Input::RefreshNow);
            world.input(Input::Woke(Wake::Online));
            world.input(Input::Woke(Wake::Seen));
            world.refuse(1);
            assert_eq!(world.refreshes(), 1);
        }
        world.advance_with(secs(14), |_| {});
        assert_eq!(world.refreshes(), 2, "and then once, spread over a tenth of the wait");
        assert!(world.is_signed_in());
    }
}

/// All who were told the same time spread over a tenth of it, later only.
#[test]
fn a_fleet_that_was_told_the_same_time_does_not_come_back_in_step() {
    let waits: Vec<Duration> = (0..60)
        .map(|seed| {
            let mut world = World::kept_with(seed, LIFETIME);
            world.input(Input::RefreshNow);
            world.answer_refresh(RefreshAnswer::Later(secs(120)));
            retry_in(&world)
        })
        .collect();
    let (Some(least), Some(most)) = (waits.iter().min(), waits.iter().max()) else { panic!("no waits") };
    assert!(*least >= secs(120) && *most <= secs(132), "{least:?} to {most:?}");
    assert!(*most - *least > secs(6), "{least:?} to {most:?}");
}

/// A server that asks for no wait at all, again and again, is asked no more often than one that fails.
///
/// Field 34.
#[test]
fn a_wait_of_nothing_does_not_switch_the_backoff_off() {
    for wait in [Duration::ZERO, millis(1)] {
        let mut world = World::kept(LIFETIME);
        world.input(Input::RefreshNow);
        world.advance_with(mins(10), |world| {
            if world.is_refreshing() {
                world.answer_refresh(RefreshAnswer::Later(wait));
            }
        });
        let asked = world.refreshes();
        assert!((10..40).contains(&asked), "{asked} refreshes in ten minutes");
        assert!(world.is_signed_in());
    }
}

/// A failure is one whatever the server said with it: a wait does not begin the backoff anew.
///
/// Field 34.
#[test]
fn failures_and_waits_count_together() {
    let mut world = World::kept(LIFETIME);
    world.input(Input::RefreshNow);
    let mut waited = Duration::ZERO;
    for round in 0..12 {
        let answer = if round % 2 == 0 {
            RefreshAnswer::Later(Duration::ZERO)
        } else {
            RefreshAnswer::Unknown(Doubt::Status(503))
        };
        world.answer_refresh(answer);
        let wait = retry_in(&world);
        waited += wait;
        world.pass(wait);
        world.input(Input::Timeout);
    }
    assert!(waited > mins(2), "twelve attempts within {waited:?}");
}

/// Devices err: with a network that the device does not see, the first answer says that there is one.
///
/// Field 53.
#[test]
fn any_answer_ends_offline_and_no_answer_does_not() {
    for doubt in [Doubt::Status(500), Doubt::Unreadable] {
        let mut world = World::signed_in();
        world.input(Input::WentOffline);
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        assert_eq!(world.health(), Health::Offline);
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Unknown(doubt));
        assert!(matches!(world.health(), Health::Retrying { .. }), "{:?}", world.health());
    }
    let mut world = World::signed_in();
    world.input(Input::WentOffline);
    world.input(Input::ServerDate(world.wall()));
    assert_eq!(world.health(), Health::Fresh);
}

/// Without a network attempts have little hope, and go on at the longest pause only.
///
/// Field 53.
#[test]
fn while_the_device_says_that_it_is_offline_only_the_longest_pause_is_used() {
    let mut world = World::kept(LIFETIME);
    world.input(Input::WentOffline);
    world.input(Input::RefreshNow);
    world.advance_with(mins(60), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
        if world.is_validating() {
            world.answer_validation(perennial_session::ValidateAnswer::Unknown(Doubt::Network));
        }
    });
    assert!((55..70).contains(&world.refreshes()), "{} attempts in an hour", world.refreshes());
    world.input(Input::Woke(Wake::Online));
    assert!(world.is_refreshing(), "the network is back");
}

/// A wait longer than any session is survived.
#[test]
fn an_endless_wait_ends_nothing() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(Duration::MAX));
    world.advance(mins(30));
    assert!(world.is_signed_in());
    assert_eq!(world.refreshes(), 1);
}

// Lost answers.

/// A call that is not answered is given up, and counts as any other that decided nothing.
#[test]
fn a_refresh_that_is_never_answered_is_given_up_and_tried_again() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (call, _) = world.open_refresh();
    world.advance(secs(15));
    assert!(world.was_aborted(call));
    assert!(matches!(world.health(), Health::Retrying { why: Doubt::TimedOut, .. }));
    world.advance(secs(1));
    assert!(world.is_refreshing());
}

/// The server can tell a repetition from a theft by the key, so that an answer which was lost can be given again.
#[test]
fn all_attempts_to_replace_a_credential_carry_one_key() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (_, first) = world.open_refresh();
    for _ in 0..4 {
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        world.input(Input::RefreshNow);
        assert_eq!(world.open_refresh().1, first);
    }
    world.answer_refresh(RefreshAnswer::Later(secs(1)));
    world.advance(secs(20));
    assert_eq!(world.open_refresh().1, first);
    world.grant(LIFETIME);
    world.input(Input::RefreshNow);
    assert_ne!(world.open_refresh().1, first, "the next credential is another matter");
}

/// The page died before the answer came: after the reload the attempt is repeated under the same key.
///
/// Scenario 20.
#[test]
fn an_attempt_is_repeated_under_its_key_after_a_reload() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (_, key) = world.open_refresh();
    let mut world = world.restart();
    assert_eq!(world.open_refresh().1, key);
    world.grant(LIFETIME);
    assert!(world.record().is_some_and(|record| record.attempt.is_some_and(|next| next != key)));
    let world = world.restart();
    assert_ne!(world.open_refresh().1, key);
}

/// The key is written down before the request that carries it leaves.
#[test]
fn the_key_is_stored_before_it_is_sent() {
    use perennial_session::Output;
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (call, key) = world.open_refresh();
    let place = |wanted: &dyn Fn(&Output) -> bool| world.outputs().iter().position(wanted);
    let stored = place(&|it| matches!(it, Output::Store(Record { attempt: Some(it), .. }) if *it == key));
    let sent = place(&|it| matches!(it, Output::Send(it) if it.id == call));
    assert!(stored.is_some() && stored < sent, "{stored:?} {sent:?}");
}

/// How long until the next attempt.
fn retry_in(world: &World) -> Duration {
    let at = match world.health() {
        Health::Retrying { at, .. } | Health::WaitingForServer { until: at } => at,
        other @ (Health::Fresh
        | Health::Resting
        | Health::Refreshing
        | Health::Offline
        | Health::Unconfirmed { .. }) => {
            panic!("not waiting but {other:?}")
        }
    };
    if let Some(deadline) = world.deadline()
        && deadline.reason == Reason::RefreshRetry
    {
        assert_eq!(deadline.after, Duration::from_millis(at.0 - world.wall().0));
    }
    Duration::from_millis(at.0 - world.wall().0)
}

/// The next attempt being under way is no news: what was wrong is wrong until one succeeds.
#[test]
fn trouble_is_shown_until_a_refresh_succeeds() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    world.input(Input::Woke(Wake::Online));
    assert!(world.is_refreshing());
    assert!(matches!(world.health(), Health::Retrying { why: Doubt::Network, .. }));
    world.grant(LIFETIME);
    assert_eq!(world.health(), Health::Fresh);
}

/// A token that is good to the end of the session is the last one: no other could be better.
#[test]
fn a_token_that_lasts_to_the_end_of_the_session_is_not_refreshed() {
    let mut world =
        World::signed_in_with(Settings::default(), 1, |grant| grant.session_lifetime = Some(LIFETIME));
    world.advance_with(LIFETIME, |world| {
        if world.is_validating() {
            world.answer_validation(crate::world::valid());
        }
    });
    assert_eq!(world.refreshes(), 0);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
}
