//! Refreshes that are tried a few times, and then at the next check.

use perennial_session::{Doubt, Input, RefreshAnswer, Wake};

use crate::world::{World, cookie_pair, mins, secs};

/// Three attempts, as the service of the cookie pair made them; then nothing until the next check.
#[test]
fn three_attempts_are_made_per_round_and_the_next_round_at_the_next_check() {
    let mut world = in_trouble();
    world.advance_with(mins(4), fail);
    assert_eq!(world.refreshes(), 3);
    world.advance_with(mins(2), fail);
    assert_eq!(world.refreshes(), 6);
    assert!(world.is_signed_in());
    world.advance_with(mins(30), fail);
    assert!((19..=24).contains(&world.refreshes()), "{} attempts", world.refreshes());
}

/// The waits within a round begin anew with each.
#[test]
fn each_round_begins_with_short_waits() {
    let mut world = in_trouble();
    for round in 1..4 {
        world.advance_with(secs(4), fail);
        assert_eq!(world.refreshes(), 3 * round);
        world.advance(mins(5));
    }
}

/// Whoever comes back, or has the network back, does not wait for the next check.
#[test]
fn a_wake_starts_a_round_at_once() {
    for wake in [Wake::Seen, Wake::Online, Wake::Restored] {
        let mut world = in_trouble();
        world.advance_with(mins(1), fail);
        assert_eq!(world.refreshes(), 3);
        world.input(Input::Woke(wake));
        assert!(world.is_refreshing());
        world.advance_with(mins(1), fail);
        assert_eq!(world.refreshes(), 6);
    }
}

/// Field 34. The last attempt of a round is answered with a wish for no wait: the pause after a round is our own, and is not
/// taken for a server's wish, which would hold although the person comes back.
#[test]
fn a_wish_for_no_wait_at_the_end_of_a_round_does_not_last_until_the_next_check() {
    let mut world = in_trouble();
    fail(&mut world);
    world.advance(secs(2));
    fail(&mut world);
    world.advance(secs(3));
    world.answer_refresh(RefreshAnswer::Later(secs(0)));
    world.advance(secs(61));
    assert_eq!(world.refreshes(), 4);
}

/// One that succeeds ends the trouble, and the next round has three attempts again.
#[test]
fn a_round_that_succeeds_is_forgotten() {
    let mut world = in_trouble();
    fail(&mut world);
    world.advance(secs(2));
    world.grant(mins(30));
    world.input(Input::RefreshNow);
    world.advance_with(mins(4), fail);
    assert_eq!(world.refreshes(), 2 + 3);
}

/// A wait that the server asked for is no part of it: it is kept to the end, whoever wakes.
#[test]
fn a_wait_that_the_server_asked_for_is_no_round() {
    let mut world = in_trouble();
    world.answer_refresh(RefreshAnswer::Later(mins(2)));
    world.input(Input::Woke(Wake::Online));
    assert!(!world.is_refreshing());
    world.advance(mins(2) - secs(1));
    assert_eq!(world.refreshes(), 1);
    world.advance(secs(14));
    assert_eq!(world.refreshes(), 2);
}

/// A refresh is on its way that will fail.
fn in_trouble() -> World {
    let mut world = World::signed_in_by(cookie_pair());
    world.input(Input::RefreshNow);
    world
}

fn fail(world: &mut World) {
    if world.is_refreshing() {
        world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    }
}
