//! A page that goes takes its calls with it, and that is no outcome.

use std::time::Duration;

use perennial_session::{
    Doubt, Happened, Health, Input, RefreshAnswer, SignInAnswer, SignInProgress, SignOutAnswer,
    ValidateAnswer, Wake,
};

use crate::world::{LIFETIME, World, form, hours, millis, mins, secs};

const CUT_OFF: RefreshAnswer = RefreshAnswer::Unknown(Doubt::Network);

/// Field 58. Firefox and WebKit end the calls of a page while the next one is still asked for; Chromium does when it has come.
#[test]
fn a_refresh_that_ends_with_the_page_has_not_failed() {
    for signs in [&[Input::Leaving][..], &[Input::Left], &[Input::Leaving, Input::Left]] {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        signs.iter().for_each(|sign| world.input(sign.clone()));
        world.pass(millis(20));
        world.answer_refresh(CUT_OFF);
        assert!(!world.happened().iter().any(is_failure), "{:?}", world.happened());
        assert!(!world.lines().iter().any(|line| line.starts_with("Failed")), "{:?}", world.lines());
        assert_eq!(world.health(), Health::Refreshing, "nothing is wrong");
        assert_eq!(world.refreshes(), 1, "a page that goes asks for nothing more");
    }
}

/// Field 58. The next page makes the same attempt again, so that a server which has answered it answers it again.
#[test]
fn the_page_that_comes_next_repeats_the_attempt() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (_, key) = world.open_refresh();
    world.input(Input::Leaving);
    world.answer_refresh(CUT_OFF);
    world.input(Input::Left);
    let mut world = world.restart();
    assert_eq!(world.open_refresh().1, key);
    world.grant(LIFETIME);
    assert!(world.is_signed_in() && !world.happened().iter().any(is_failure));
}

/// A link to a file begins like one to another page. The page stays, and so does what it wants.
#[test]
fn a_page_that_stays_after_all_makes_the_attempt_again() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (_, key) = world.open_refresh();
    world.input(Input::Leaving);
    world.answer_refresh(CUT_OFF);
    world.advance(STAYS - millis(1));
    assert!(!world.is_refreshing());
    world.advance(millis(1));
    assert_eq!(world.open_refresh().1, key);
    world.grant(LIFETIME);
    assert_eq!(world.health(), Health::Fresh);
    assert!(!world.happened().iter().any(is_failure));
}

/// A person who looks at the page or asks for a token does not wait for that.
#[test]
fn a_page_that_is_looked_at_makes_the_attempt_again_at_once() {
    for input in [Input::Woke(Wake::Seen), Input::Woke(Wake::Restored), Input::RefreshNow] {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.input(Input::Leaving);
        world.answer_refresh(CUT_OFF);
        world.input(input);
        assert!(world.is_refreshing());
    }
}

/// In the back/forward cache nothing moves. That the call has ended is told before or after the page hears that it is back.
#[test]
fn a_page_that_comes_back_makes_the_attempt_again_at_once() {
    for is_told_first in [true, false] {
        for away in [secs(1), secs(14)] {
            let mut world = World::signed_in_for(hours(2));
            world.input(Input::RefreshNow);
            let (_, key) = world.open_refresh();
            world.input(Input::Leaving);
            world.input(Input::Left);
            world.pass(away);
            let told = |world: &mut World| world.answer_refresh(CUT_OFF);
            if is_told_first {
                told(&mut world);
            }
            world.input(Input::Woke(Wake::Restored));
            if !is_told_first {
                told(&mut world);
            }
            assert_eq!(world.open_refresh().1, key, "{is_told_first}, {away:?}");
            assert!(!world.happened().iter().any(is_failure), "{is_told_first}, {away:?}");
        }
    }
}

/// A call that was put aside with the page for longer than a call may take is not late: nobody could have answered.
#[test]
fn a_call_that_was_in_the_cache_for_long_has_not_failed() {
    let mut world = World::signed_in_for(hours(2));
    world.input(Input::RefreshNow);
    let (call, key) = world.open_refresh();
    world.input(Input::Left);
    world.pass(mins(9));
    world.input(Input::Woke(Wake::Restored));
    assert!(world.was_aborted(call));
    assert_eq!(world.open_refresh().1, key);
    assert!(!world.happened().iter().any(is_failure));
}

/// A network that is gone is told of, also where somebody has just clicked on a download.
#[test]
fn what_fails_on_a_page_that_stays_has_failed() {
    // What was sent after the click was not under way at it.
    let mut world = World::signed_in();
    world.input(Input::Leaving);
    world.pass(millis(1));
    world.input(Input::RefreshNow);
    world.answer_refresh(CUT_OFF);
    assert!(world.happened().iter().any(is_failure));
    // What ends long after it did not end because of it.
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.input(Input::Leaving);
    world.pass(STAYS);
    world.answer_refresh(CUT_OFF);
    assert!(world.happened().iter().any(is_failure));
    // What the server said, it said.
    for doubt in [Doubt::Status(503), Doubt::Unreadable] {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.input(Input::Leaving);
        world.answer_refresh(RefreshAnswer::Unknown(doubt));
        assert!(world.happened().iter().any(is_failure));
    }
}

#[test]
fn a_look_at_the_session_that_ends_with_the_page_has_not_failed() {
    let mut world = World::signed_in();
    world.input(Input::Woke(Wake::Restored));
    assert!(world.is_validating());
    world.input(Input::Leaving);
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
    assert!(!world.happened().iter().any(is_failure));
    assert_eq!(world.health(), Health::Fresh);
    world.input(Input::Left);
    world.input(Input::Woke(Wake::Restored));
    assert!(world.is_validating(), "it is looked at again");
}

#[test]
fn a_sign_in_that_ends_with_the_page_can_be_made_again() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    world.input(Input::Left);
    world.answer_sign_in(SignInAnswer::Unknown(Doubt::Network));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Idle);
    world.input(Input::Woke(Wake::Restored));
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.sign_ins(), 2);
    assert!(!world.happened().iter().any(is_failure));
}

/// That the page went is no reason why the server could not be told; that it was told is not known either.
#[test]
fn a_sign_out_that_ends_with_the_page_is_told_by_the_next() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.input(Input::Leaving);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    assert!(!world.happened().iter().any(is_failure));
    world.input(Input::Left);
    let mut world = world.restart();
    world.advance(secs(1));
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(world.happened().contains(&Happened::SignOutTold));
}

fn is_failure(happened: &Happened) -> bool {
    matches!(
        happened,
        Happened::RefreshFailed { .. }
            | Happened::ValidationFailed(_)
            | Happened::SignInFailed(_)
            | Happened::SignOutUntold(_)
    )
}

/// After this time the page is taken to stay.
const STAYS: Duration = Duration::from_secs(5);
