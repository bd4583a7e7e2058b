//! Clocks as devices have them. What many tabs and lying clocks do to a session is shown by the simulator; here is
//! what no reading may ever do.

use perennial_session::{Happened, Input, Reading, Reason, Remembered, Settings, Wake};

use crate::world::{LIFETIME, World, form, hours, millis, mins, secs};

/// A clock that is wrong from the start is as good as any: nothing is compared with the server's.
#[test]
fn a_device_with_a_wrong_clock_behaves_like_any_other() {
    let day = 24 * 3_600_000;
    let run = |wall_ms| {
        let mut world = World::at(Settings::default(), 1, Reading { monotonic_ms: 77, wall_ms });
        world.input(Input::Start(Remembered::Nothing));
        world.input(Input::SignIn(form(false)));
        world.serve(LIFETIME);
        for _ in 0..4 {
            world.advance_served(mins(30), LIFETIME);
            world.input(Input::Activity);
        }
        (world.refreshes(), world.validations(), world.is_signed_in())
    };
    let right = run(1_800_000_000_000);
    for wrong in [0, 1_800_000_000_000 - day, 1_800_000_000_000 + day, u64::MAX / 2] {
        assert_eq!(run(wrong), right);
    }
}

/// A wall clock that is set back changes nothing but what people are told the time is.
#[test]
fn a_wall_clock_that_is_set_back_changes_no_decision() {
    let run = |steps: bool| {
        let mut world = World::signed_in();
        for _ in 0..24 {
            world.advance_served(mins(5), LIFETIME);
            world.input(Input::Activity);
            if steps {
                world.set_back(hours(1));
            }
        }
        (world.refreshes(), world.validations(), world.is_signed_in())
    };
    assert_eq!(run(true), run(false));
}

/// The moments that are shown and stored follow the clock that the person sees.
#[test]
fn moments_are_said_by_the_clock_the_person_sees() {
    let mut world = World::signed_in();
    world.set_back(hours(1));
    world.input(Input::Activity);
    let until = world.snapshot().token_until.map(|it| it.0);
    assert_eq!(until, Some(world.wall().0 + 900_000));
    world.advance_served(secs(60), LIFETIME);
    assert_eq!(world.record().map(|it| it.last_activity.0), Some(world.wall().0 - 60_000));
}

/// Clocks part by milliseconds all day: a moment that was said is not said differently a minute later.
#[test]
fn a_clock_that_is_disciplined_does_not_make_the_display_tremble() {
    let mut world = World::signed_in_for(hours(1));
    let said = world.snapshot();
    for step in 0..50 {
        world.advance_served(secs(60), hours(1));
        let reading = world.reading();
        let wall_ms = if step % 2 == 0 { reading.wall_ms + 40 } else { reading.wall_ms - 40 };
        world.set_clocks(Reading { wall_ms, ..reading });
    }
    assert_eq!(world.snapshot().token_until, said.token_until);
}

/// Between two readings the clocks may part by a second. Taken for sleep, that would fill the record of what happened
/// with naps that nobody took; not noticing more would make an hour's limit longer than an hour.
#[test]
fn clocks_that_part_by_a_second_are_no_sleep_and_by_more_are() {
    for (parted, slept) in [(1_000, false), (1_001, true)] {
        let mut world = World::signed_in();
        world.sleep(millis(parted));
        world.input(Input::Timeout);
        let naps = world.happened().into_iter().filter(|it| matches!(it, Happened::Slept(_))).count();
        assert_eq!(naps, usize::from(slept), "{parted} ms");
    }
}

/// What was said once is not said a second differently because the clock was set by one; by more it is, or people would
/// be told a time that their clock does not show.
#[test]
fn what_is_said_follows_a_clock_that_was_set_by_more_than_a_second() {
    for (set_back, moved) in [(1_000, false), (1_001, true)] {
        let mut world = World::signed_in();
        let said = world.snapshot().token_until;
        world.set_back(millis(set_back));
        world.input(Input::Timeout);
        assert_eq!(world.snapshot().token_until != said, moved, "{set_back} ms");
    }
}

/// Two hours have passed or the clock was set, and the server is being asked which. By the device's clock the last
/// activity would seem two hours younger than it may be: nothing is written down before that is known.
#[test]
fn nothing_is_remembered_while_the_clock_is_in_doubt() {
    let mut world = World::new(Settings::default(), 1);
    world.input(Input::Start(Remembered::Nothing));
    world.input(Input::ServerDate(world.wall()));
    world.input(Input::SignIn(form(false)));
    world.serve(LIFETIME);
    let remembered = world.record();
    world.sleep(hours(2));
    world.input(Input::Woke(Wake::Seen));
    world.advance(mins(1));
    assert!(world.is_restoring());
    assert_eq!(world.record(), remembered);
}

/// Two limits fall upon one moment, and a question with them: what the console names is what decides.
#[test]
fn of_what_falls_due_at_once_what_comes_first_is_named() {
    let limit = Settings::default().inactivity_limit;
    let mut world = World::signed_in_with(Settings::default(), 1, |it| it.session_lifetime = Some(limit));
    world.advance_served(limit - millis(1), LIFETIME);
    let deadline = world.deadline().map(|deadline| (deadline.after, deadline.reason));
    assert_eq!(
        deadline,
        Some((secs(60), Reason::InactivityLimit)),
        "as said at the last look, a minute before"
    );
}

/// Readings that no clock gives, in any order: no panic, no spinning, no endless drive, and a session that is still
/// one of the three states.
#[test]
fn impossible_readings_do_no_harm() {
    let extremes = [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX];
    for kept in [false, true] {
        for first in extremes {
            for second in extremes {
                let mut world =
                    World::at(Settings::default(), 1, Reading { monotonic_ms: first, wall_ms: second });
                world.input(Input::Start(Remembered::Unreadable));
                world.serve(LIFETIME);
                world.input(Input::SignOut);
                world.serve(LIFETIME);
                world.input(Input::SignIn(form(kept)));
                world.serve(LIFETIME);
                let mut requests = 0..;
                for monotonic_ms in extremes {
                    for wall_ms in extremes {
                        world.set_clocks(Reading { monotonic_ms, wall_ms });
                        world.input(Input::Activity);
                        requests.by_ref().take(1).for_each(|id| world.ask(id));
                        for _ in 0..6 {
                            world.input(Input::Timeout);
                        }
                        world.input(Input::Woke(Wake::Online));
                        world.serve(LIFETIME);
                    }
                }
            }
        }
    }
}

/// After the worst reading the engine's time still moves: what falls due later does so later.
#[test]
fn time_still_passes_after_an_impossible_reading() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(true)));
    world.serve(LIFETIME);
    world.set_clocks(Reading { monotonic_ms: 0, wall_ms: u64::MAX });
    world.input(Input::Timeout);
    world.set_clocks(Reading { monotonic_ms: 0, wall_ms: 1_800_000_000_000 });
    world.serve(LIFETIME);
    let refreshes = world.refreshes();
    world.advance_served(mins(10), LIFETIME);
    assert!(world.is_signed_in());
    assert!(world.refreshes() <= refreshes + 1, "{} refreshes in ten minutes", world.refreshes() - refreshes);
}

/// Who reads a log can tell what came when: moments are printed as the time since the page was loaded.
#[test]
fn a_moment_is_printed_as_the_time_since_the_start() {
    let mut world = World::signed_out();
    world.pass(secs(5));
    world.input(Input::SignIn(form(false)));
    let deadline = world.deadline().map(|deadline| format!("{:?}", deadline.at));
    assert_eq!(deadline.as_deref(), Some("20000ms"));
}

/// The device fell asleep while an answer was on its way. What it says of the time is as old as the sleep is long, and does
/// not deny it.
#[test]
fn an_answer_that_is_read_after_a_sleep_does_not_deny_it() {
    let mut world = World::signed_in_for(hours(2));
    let said = world.wall();
    world.input(Input::ServerDate(said));
    world.input(Input::RefreshNow);
    world.sleep(mins(40));
    world.input(Input::ServerDate(said));
    world.advance(mins(19));
    assert!(world.is_signed_in());
    world.advance(mins(2));
    assert!(!world.is_signed_in());
}
