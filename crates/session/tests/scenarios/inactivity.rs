//! The limit for people who have gone, and only for them.

use perennial_session::{Health, Input, Reason, Settings, SignOutReason, Wake, Wall};

use crate::world::{LIFETIME, World, form, hours, millis, mins, record, secs};

/// Five minutes before the limit the person is asked, and told until when.
#[test]
fn the_person_is_asked_five_minutes_before_the_limit() {
    let mut world = World::signed_in();
    let start = world.wall();
    world.advance_served(mins(55) - millis(1), LIFETIME);
    assert_eq!(world.snapshot().inactivity_ends, None);
    world.advance_served(millis(1), LIFETIME);
    assert_eq!(world.snapshot().inactivity_ends, Some(Wall(start.0 + 3_600_000)));
}

/// The question is not answered: the session ends to the second, here and on the server.
#[test]
fn a_person_who_does_nothing_is_signed_out_at_the_limit() {
    let mut world = World::signed_in();
    world.advance_served(mins(60) - millis(1), LIFETIME);
    assert!(world.is_signed_in());
    let current = world.refreshes() as u64 + 1;
    world.advance(millis(1));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!(world.revoked(), [current]);
    assert_eq!(world.record(), None);
}

/// One key or click in the dialog starts the hour again.
#[test]
fn answering_the_question_starts_the_time_again() {
    let mut world = World::signed_in();
    world.advance_served(mins(58), LIFETIME);
    world.input(Input::Extend);
    assert_eq!(world.snapshot().inactivity_ends, None);
    world.advance_served(mins(59), LIFETIME);
    assert!(world.is_signed_in());
    world.advance_served(mins(1), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// While the dialog is open, a mouse that is pushed in passing does not answer it.
#[test]
fn activity_does_not_answer_the_question() {
    let mut world = World::signed_in();
    world.advance_served(mins(56), LIFETIME);
    for _ in 0..4 {
        world.input(Input::Activity);
        world.advance_served(secs(59), LIFETIME);
    }
    assert!(world.snapshot().inactivity_ends.is_some());
    world.advance_served(secs(4), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// A person who works is never asked.
#[test]
fn activity_defers_the_limit_without_a_question() {
    let mut world = World::signed_in();
    for _ in 0..20 {
        world.advance_served(mins(54), LIFETIME);
        assert_eq!(world.snapshot().inactivity_ends, None);
        world.input(Input::Activity);
    }
    assert!(world.is_signed_in());
}

/// Refreshing, validating, requests of the page, and looking at it are not activity.
#[test]
fn nothing_that_a_page_does_by_itself_is_activity() {
    let mut world = World::signed_in();
    for id in 0..3_599 {
        world.ask(id);
        world.settle(id);
        world.input(Input::Woke(Wake::Seen));
        world.input(Input::Woke(Wake::Online));
        world.input(Input::RefreshNow);
        world.serve(LIFETIME);
        world.advance_served(secs(1), LIFETIME);
    }
    assert!(world.is_signed_in());
    world.advance_served(secs(1), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// After a sleep the limit is judged before the waking mouse counts and before anything is sent: two hours away are
/// two hours away.
///
/// Scenario 23.
#[test]
fn a_sleep_beyond_the_limit_ends_the_session_before_the_mouse_counts() {
    let waking: [fn(&mut World); 5] = [
        |world| world.input(Input::Activity),
        |world| world.input(Input::Extend),
        |world| world.ask(1),
        |world| world.input(Input::Woke(Wake::Seen)),
        |world| world.input(Input::RefreshNow),
    ];
    for wake in waking {
        let mut world = World::signed_in();
        world.advance_served(mins(5), LIFETIME);
        world.input(Input::Activity);
        world.sleep(hours(2));
        let (refreshes, validations) = (world.refreshes(), world.validations());
        wake(&mut world);
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
        assert_eq!((world.refreshes(), world.validations()), (refreshes, validations));
        assert!(world.fate(1).iter().all(|it| it == "signed out"));
    }
}

/// A refresh that was answered in the meantime does not help: the session was over before the answer was read.
#[test]
fn an_answer_read_after_a_sleep_beyond_the_limit_revives_nothing() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let (call, _) = world.open_refresh();
    world.sleep(hours(2));
    let grant = world.new_grant(LIFETIME);
    world.answer(call, perennial_session::Answer::Refresh(perennial_session::RefreshAnswer::Granted(grant)));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// A sleep within the limit: the person is asked on waking, not signed out.
#[test]
fn a_sleep_into_the_warning_asks() {
    let mut world = World::signed_in();
    world.sleep(mins(57));
    world.input(Input::Activity);
    assert!(world.is_signed_in());
    assert!(world.snapshot().inactivity_ends.is_some());
    world.serve(LIFETIME);
    world.input(Input::Extend);
    assert_eq!(world.snapshot().inactivity_ends, None);
}

/// A person who wanted to stay signed in is, however long they are away.
#[test]
fn staying_signed_in_lifts_the_limit() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(true)));
    world.serve(LIFETIME);
    world.advance_served(hours(5), LIFETIME);
    world.sleep(hours(30));
    world.input(Input::Woke(Wake::Seen));
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
    assert_eq!(world.snapshot().inactivity_ends, None);
    assert_eq!(world.health(), Health::Fresh);
}

/// The last activity is written down: soon, but not with every move of the mouse.
#[test]
fn activity_is_remembered_within_seconds_and_rarely_written() {
    let mut world = World::signed_in();
    let written = |world: &World| {
        world.outputs().iter().filter(|it| matches!(it, perennial_session::Output::Store(_))).count()
    };
    let before = written(&world);
    for _ in 0..6_000 {
        world.advance_served(millis(10), LIFETIME);
        world.input(Input::Activity);
    }
    assert!((4..=5).contains(&(written(&world) - before)), "{}", written(&world) - before);
    let last = world.wall();
    world.advance_served(secs(15), LIFETIME);
    assert_eq!(world.record().map(|it| it.last_activity), Some(last));
    let before = written(&world);
    world.advance_served(mins(5), LIFETIME);
    assert_eq!(written(&world), before, "nothing changed, nothing is written");
}

/// Where the limit is short it is written the sooner: a restart may forget a hundredth of the limit and no more.
#[test]
fn a_restart_forgets_no_more_than_a_hundredth_of_a_short_limit() {
    let settings =
        Settings { inactivity_limit: mins(2), inactivity_warning: secs(30), ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    for _ in 0..300 {
        world.advance_served(millis(100), LIFETIME);
        world.input(Input::Activity);
        let written = world.record().map_or(0, |record| record.last_activity.0);
        assert!(world.wall().0 - written <= 1_200, "{} ms behind", world.wall().0 - written);
    }
}

/// The application was closed and comes back within the limit: the time away counts.
#[test]
fn the_limit_counts_across_a_restart() {
    let mut world = World::signed_in();
    world.pass(mins(50));
    let mut world = world.restart();
    world.grant(LIFETIME);
    world.advance_served(mins(5) - millis(1), LIFETIME);
    assert_eq!(world.snapshot().inactivity_ends, None);
    world.advance_served(millis(1), LIFETIME);
    assert!(world.snapshot().inactivity_ends.is_some());
    world.advance_served(mins(5), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// It comes back after the limit: nothing is asked, the session is ended on the server, and the reason is told.
#[test]
fn the_limit_is_judged_first_after_a_restart() {
    let mut world = World::signed_in();
    world.pass(mins(60));
    let world = world.restart();
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!(world.refreshes(), 0);
    assert_eq!(world.revoked(), [0]);
}

/// A device whose clock was set back meanwhile does not take the last activity for one in the future.
#[test]
fn an_activity_in_the_future_counts_as_now() {
    let mut world = World::signed_in();
    world.set_back(hours(3));
    let mut world = world.restart();
    world.grant(LIFETIME);
    world.advance_served(mins(60) - millis(1), LIFETIME);
    assert!(world.is_signed_in());
    world.advance_served(millis(1), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

/// The limit holds while the session is being restored, too.
#[test]
fn the_limit_holds_while_restoring() {
    let mut world = World::restoring(false);
    world.ask(1);
    world.advance_with(mins(60), |world| {
        if world.is_refreshing() {
            world
                .answer_refresh(perennial_session::RefreshAnswer::Unknown(perennial_session::Doubt::Network));
        }
    });
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!(world.deadline().map(|it| it.reason), Some(Reason::CallTimeout));
}

/// While restoring there is no dialog that could be answered: there a person who does something is there.
#[test]
fn activity_counts_while_restoring_even_shortly_before_the_limit() {
    let mut world = World::new(perennial_session::Settings::default(), 1);
    let last_activity = Wall(world.wall().0 - 57 * 60_000);
    let record = record(last_activity);
    world.input(Input::Start(perennial_session::Remembered::Session(record)));
    world.advance(mins(1));
    world.input(Input::Activity);
    world.advance(mins(10));
    assert!(world.is_restoring());
}

/// Activity while nobody is signed in starts nothing.
#[test]
fn activity_while_nobody_is_signed_in_is_nothing() {
    let mut world = World::signed_out();
    world.input(Input::Activity);
    world.input(Input::Extend);
    assert_eq!(world.record(), None);
    assert_eq!(world.deadline(), None);
}

/// What the device remembers may be from before the operator forbade it, or from somebody who wrote it there.
#[test]
fn staying_signed_in_counts_only_where_the_operator_allows_it() {
    let mut world = World::new(perennial_session::Settings::default(), 1);
    let record = perennial_session::Record { kept: true, ..record(world.wall()) };
    world.input(Input::Start(perennial_session::Remembered::Session(record)));
    world.serve(LIFETIME);
    world.advance_served(mins(61), LIFETIME);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}
