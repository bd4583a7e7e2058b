//! Clocks that are wrong, that jump, and that slept.

use perennial_session::{
    Answer, CallId, CallKind, ClockAnswer, Input, MessageBody, Output, SessionKey, SignOutReason, Wake,
};

use crate::browser::{Browser, Mood, RequestFate, days, hours, millis, mins, secs};

/// A clock that is wrong by whatever, from the start: two hours of use go as with a right one.
///
/// Scenario 13.
#[test]
fn tabs_of_a_device_with_a_wrong_clock_behave_like_any_others() {
    for tabs in [1, 3, 10] {
        let run = |skew_s| {
            let mut browser = Browser::new(0);
            browser.step_clock(skew_s);
            browser.open_many(tabs);
            browser.sign_in(0, "ada", false);
            browser.run_with(hours(2), secs(50), |browser| {
                browser.touch(tabs - 1);
                browser.ask(0);
            });
            assert!(browser.all(|tab| tab.is_in()));
            (browser.server.refreshes(), browser.messages.len())
        };
        let right = run(0);
        for skew_s in [300, 3_600, 86_400] {
            assert_eq!((run(skew_s), run(-skew_s)), (right, right), "{tabs} tabs, {skew_s} s");
        }
    }
}

/// Somebody sets the clock in the middle, forward or back, while a person works. Taken for sleep it would sign them out,
/// and what tabs say to each other by that clock would be taken for old.
///
/// Scenario 13.
#[test]
fn a_clock_that_is_set_signs_nobody_out_who_is_active() {
    for tabs in [1, 2, 5, 30] {
        for step_s in [-86_400, -3_600, -300, -2, 2, 300, 3_000, 3_600, 86_400] {
            let mut browser = Browser::signed_in(tabs);
            let mut turn = 0;
            for _ in 0..4 {
                browser.run_with(mins(20), secs(30), |browser| {
                    turn += 1;
                    browser.touch(turn % tabs);
                });
                browser.step_clock(step_s);
            }
            browser.run_with(mins(20), secs(30), |browser| browser.touch(0));
            assert!(browser.all(|tab| tab.is_in()), "{tabs} tabs, {step_s} s");
            let bound = 10 + 4;
            let refreshes = browser.server.refreshes();
            assert!(refreshes <= bound, "{refreshes} refreshes by {tabs} tabs, {step_s} s");
            browser.run(mins(61));
            assert!(browser.all(|tab| tab.is_out()), "{tabs} tabs, {step_s} s");
        }
    }
}

/// The clock is set forward by so little that it alone would end nothing: taken for sleep, it would shorten the limit all
/// the same. The next answer of the server says that no such time has passed.
#[test]
fn a_clock_that_is_set_forward_by_less_than_the_limit_does_not_shorten_it() {
    for tabs in [1, 3] {
        for step in [mins(20), mins(50)] {
            let mut browser = Browser::signed_in(tabs);
            browser.run(mins(1));
            browser.touch(0);
            browser.run(mins(4));
            browser.step_clock(i64::try_from(step.as_secs()).unwrap());
            browser.run(mins(53));
            assert!(browser.all(|tab| tab.is_in()), "{tabs} tabs, {step:?}");
            browser.run(mins(4));
            assert!(browser.all(|tab| tab.is_out()), "{tabs} tabs, {step:?}");
        }
    }
}

/// A sleep of as little is one: the server's clock saw it too, and nothing is taken back.
#[test]
fn a_sleep_that_ends_nothing_counts_as_absence() {
    for tabs in [1, 3] {
        let mut browser = Browser::signed_in(tabs);
        browser.touch(0);
        browser.run(mins(5));
        browser.sleep(mins(40));
        browser.run(mins(14));
        assert!(browser.all(|tab| tab.is_in()), "{tabs} tabs");
        browser.run(mins(2));
        assert!(browser.all(|tab| tab.is_out()), "{tabs} tabs");
    }
}

/// A person who has worked since the clock was set is not taken to have been there longer than they were.
#[test]
fn what_is_taken_back_does_not_stretch_what_came_after() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    browser.server.mood = Mood::Unreachable;
    browser.step_clock(20 * 60);
    browser.run(mins(2));
    browser.touch(0);
    browser.run(mins(10));
    browser.server.mood = Mood::Well;
    browser.run(mins(49));
    assert!(browser.all(|tab| tab.is_in()));
    browser.run(mins(2));
    assert!(browser.all(|tab| tab.is_out()));
}

/// Nobody is there and the clock is set back: their absence is not forgotten.
#[test]
fn a_clock_that_is_set_back_gives_no_time_to_those_who_have_gone() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(mins(40));
        browser.step_clock(-3_600);
        browser.run(mins(21));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{tabs} tabs");
    }
}

/// A wait that the server asked for is not made a day longer by a clock that is set back.
#[test]
fn a_clock_that_is_set_back_makes_no_wait_longer() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::kept(tabs);
        browser.server.mood = Mood::RefreshLater(secs(120));
        browser.input(0, Input::RefreshNow);
        browser.run(secs(30));
        browser.server.mood = Mood::Well;
        browser.step_clock(-86_400);
        browser.run(mins(3));
        browser.crash(0);
        let last = browser.open();
        browser.run(mins(13));
        assert!(browser.token(last).is_some() && browser.all_hold_one_token(), "{tabs} tabs");
    }
}

/// Two hours of sleep, and a mouse that is pushed on waking. Where the time at the server shows that the hours have
/// passed, the absence is judged before the mouse counts and before any refresh leaves.
///
/// Scenario 23.
#[test]
fn a_sleep_that_the_server_confirms_ends_the_session_before_anything_leaves() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(mins(5));
        browser.sleep(hours(2));
        let asked = browser.server.asked.len();
        wake_all(&mut browser);
        assert!(browser.all(|tab| tab.is_restoring()), "nothing of the session is shown meanwhile");
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{tabs} tabs");
        assert!(only_clock_and_sign_out(&browser, asked));
        assert_eq!(browser.server.open_sessions(), 0);
    }
}

/// Where the time at the server shows that nothing has passed, the clock was set, and everything goes on.
#[test]
fn a_clock_that_was_set_forward_ends_nothing_when_the_server_says_so() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(mins(5));
        browser.step_clock(7_200);
        wake_all(&mut browser);
        assert!(browser.all(|tab| tab.is_restoring()));
        let request = browser.ask(0);
        assert_eq!(browser.tab(0).fate(request), []);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_in()), "{tabs} tabs");
        assert!(matches!(browser.tab(0).fate(request), [RequestFate::Sent(_)]));
        browser.run(mins(54));
        assert!(browser.all(|tab| tab.is_in()));
        browser.run(mins(7));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)));
    }
}

/// The server cannot be reached after the sleep: nothing but that question is asked until it can, nothing is shown, and
/// then the absence is judged.
#[test]
fn a_sleep_without_a_server_waits_for_its_word() {
    for tabs in [1, 2, 5] {
        for slept in [true, false] {
            let mut browser = Browser::signed_in(tabs);
            browser.run(mins(5));
            browser.server.mood = Mood::Unreachable;
            if slept {
                browser.sleep(hours(2))
            } else {
                browser.step_clock(7_200)
            }
            let asked = browser.server.asked.len();
            wake_all(&mut browser);
            browser.run_with(mins(3), secs(20), wake_all);
            assert!(browser.all(|tab| tab.is_restoring()));
            assert!(browser.all(|tab| tab.open_calls().all(|(_, kind)| *kind == CallKind::Clock)));
            browser.server.mood = Mood::Well;
            browser.run(secs(5));
            if slept {
                assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)));
                assert!(only_clock_and_sign_out(&browser, asked));
            } else {
                assert!(browser.all(|tab| tab.is_in()));
            }
        }
    }
}

/// A server that never said what time it is: the device's clock is all there is, and is believed.
#[test]
fn a_sleep_is_believed_where_the_server_tells_no_time() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::new(tabs);
        browser.server.tells_date = false;
        browser.sign_in(0, "ada", false);
        browser.run(mins(5));
        browser.sleep(hours(2));
        let asked = browser.server.asked.len();
        wake_all(&mut browser);
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{tabs} tabs");
        browser.run(secs(1));
        assert!(only_clock_and_sign_out(&browser, asked));
    }
}

/// A nap within the limit is a nap: the person is asked, and one refresh is enough for all.
#[test]
fn a_nap_within_the_limit_costs_one_refresh() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.sleep(mins(57));
        browser.each(|browser, tab| {
            browser.touch(tab);
            browser.input(tab, Input::Woke(Wake::Seen));
        });
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_in() && tab.snapshot().inactivity_ends.is_some()));
        assert_eq!(browser.server.refreshes(), 1);
        assert!(browser.all_hold_one_token());
    }
}

/// A person who stays signed in on this device comes back after days.
#[test]
fn days_of_sleep_end_nothing_for_those_who_stay_signed_in() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::kept(tabs);
        browser.sleep(days(4));
        wake_all(&mut browser);
        browser.run(secs(1));
        assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs");
        assert!(browser.all_hold_one_token());
    }
}

/// The clock is set in one of the spells in which a refresh is under way.
#[test]
fn a_clock_that_is_set_during_a_refresh_does_no_harm() {
    for tabs in [1, 2, 5] {
        for step_s in [-86_400, -3_600, 3_600, 86_400] {
            let mut browser = Browser::kept(tabs);
            browser.server.delay_ms = 3_000;
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(1));
            browser.step_clock(step_s);
            browser.run(secs(4));
            browser.server.delay_ms = 20;
            browser.run(mins(40));
            assert!(browser.all(|tab| tab.is_in()));
            assert!(browser.server.refreshes() <= 5 + tabs, "{} refreshes", browser.server.refreshes());
            browser.run(millis(100));
            assert!(browser.all_hold_one_token(), "{tabs} tabs, {step_s} s");
        }
    }
}

/// The clock jumps again while the server is being asked about the first time: what it says to the first question was
/// true before the second jump, and does not settle both.
#[test]
fn an_answer_from_before_a_second_jump_does_not_settle_it() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    browser.server.delay_ms = 3_000;
    browser.sleep(hours(2));
    browser.input(0, Input::Woke(Wake::Seen));
    let first = clock_question(&browser).expect("a question");
    let date = ClockAnswer::Date(browser.wall());
    browser.step_clock(86_400);
    browser.input(0, Input::Woke(Wake::Seen));
    assert_ne!(clock_question(&browser), Some(first));
    browser.input(0, Input::Answered { call: first, answer: Answer::Clock(date) });
    assert!(browser.tab(0).is_restoring() && clock_question(&browser).is_some());
}

/// While it is not known how much time has passed, nothing but the clock is asked about. A refresh or a look that falls
/// due meanwhile must not wake the page again and again for something that it will not do: its battery would pay.
#[test]
fn what_falls_due_while_the_clock_is_in_doubt_waits_quietly() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    browser.server.mood = Mood::Unreachable;
    browser.sleep(hours(2));
    browser.input(0, Input::Woke(Wake::Seen));
    let before = browser.tab(0).outputs().count();
    browser.run(mins(20));
    assert!(browser.tab(0).is_restoring());
    let calls: Vec<_> = browser
        .tab(0)
        .outputs()
        .skip(before)
        .filter_map(|output| {
            let Output::Send(call) = output else { return None };
            Some(call.kind.clone())
        })
        .collect();
    assert!(calls.iter().all(|kind| *kind == CallKind::Clock), "{calls:?}");
    assert!((550..=600).contains(&calls.len()), "{} questions, one every two seconds", calls.len());
}

/// A tab that another has restored has asked the server nothing. It knows from the other what time it is there, or a clock
/// that is set would sign the person out in it.
#[test]
fn a_tab_that_has_asked_nothing_yet_can_tell_sleep_from_a_clock_that_was_set() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    let opened = browser.open();
    browser.run(secs(1));
    browser.crash(0);
    assert!(browser.tab(opened).is_in());
    browser.step_clock(7_200);
    browser.input(opened, Input::Woke(Wake::Seen));
    assert!(browser.tab(opened).is_restoring());
    browser.run(secs(1));
    assert!(browser.tab(opened).is_in());
}

/// The question about the time is lost: it is asked again, or the page would restore for ever.
#[test]
fn a_question_about_the_time_that_is_never_answered_is_asked_again() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    browser.server.mood = Mood::Silent;
    browser.step_clock(7_200);
    browser.input(0, Input::Woke(Wake::Seen));
    let first = clock_question(&browser).expect("a question");
    browser.run(secs(14));
    assert_eq!(clock_question(&browser), Some(first));
    browser.server.mood = Mood::Well;
    browser.run(secs(2));
    assert!(browser.tab(0).is_in());
}

/// The network is back before the next question is due: whoever looks at the page does not wait for it.
#[test]
fn a_reason_for_hope_ends_the_wait_for_the_time() {
    for hope in [Wake::Online, Wake::Seen] {
        let mut browser = Browser::signed_in(1);
        browser.run(mins(5));
        browser.server.mood = Mood::Unreachable;
        browser.step_clock(7_200);
        browser.input(0, Input::Woke(Wake::Seen));
        browser.run(millis(500));
        browser.server.mood = Mood::Well;
        browser.input(0, Input::Woke(hope));
        browser.run(millis(100));
        assert!(browser.tab(0).is_in(), "{hope:?}");
    }
}

/// Somebody wanted a new token while it was not known how much time had passed: a person who pressed the button, or a
/// server that refused the old one. They get it when it is known that the session goes on.
#[test]
fn a_refresh_that_was_wanted_while_the_clock_was_in_doubt_is_made_after_it() {
    let mut browser = Browser::signed_in(1);
    browser.run(mins(5));
    browser.step_clock(7_200);
    browser.input(0, Input::RefreshNow);
    browser.run(millis(10));
    assert_eq!(browser.server.refreshes(), 0);
    browser.run(secs(1));
    assert!(browser.tab(0).is_in());
    assert_eq!(browser.server.refreshes(), 1);
}

/// Two hours have passed indeed, and the person has worked in another tab meanwhile, which says so while this one does not
/// know what time it is: they are not signed out for an absence that was none.
#[test]
fn work_in_another_tab_that_is_told_while_the_clock_is_in_doubt_counts() {
    for stranger_says in [0, 255, 256] {
        let mut browser = Browser::signed_in(1);
        let session = browser.store.session.expect("a record").session;
        browser.run(mins(5));
        browser.sleep(hours(2));
        browser.input(0, Input::Woke(Wake::Seen));
        assert!(browser.tab(0).is_restoring());
        let at = browser.wall();
        browser.hear(0, MessageBody::Activity { session, at });
        // What is kept is bounded, or a tab that was frozen for a day would take the memory with it.
        let strange = SessionKey { since_ms: session.since_ms + 1, ..session };
        for _ in 0..stranger_says {
            browser.hear(0, MessageBody::Activity { session: strange, at });
        }
        browser.run(secs(1));
        assert_eq!(browser.tab(0).is_in(), stranger_says < 256, "{stranger_says} messages later");
    }
}

/// The device slept twice, and in between the person worked in a tab that was awake: the record says so, and the tab that
/// slept through all of it hides nothing from them and asks nobody.
#[test]
fn work_that_the_record_tells_of_makes_a_long_sleep_a_short_absence() {
    let mut browser = Browser::signed_in(2);
    work_between_sleeps(&mut browser);
    browser.sleep(mins(40));
    browser.input(0, Input::Woke(Wake::Seen));
    assert!(browser.tab(0).is_in());
    assert_eq!(browser.server.count(|kind| *kind == CallKind::Clock), 0);
}

/// Too long ago for that by a clock that was set: the server is asked, or the person would be signed out.
#[test]
fn work_that_the_record_tells_of_does_not_settle_what_the_clock_says_since() {
    let mut browser = Browser::signed_in(2);
    work_between_sleeps(&mut browser);
    browser.step_clock(70 * 60);
    browser.input(0, Input::Woke(Wake::Seen));
    assert!(browser.tab(0).is_restoring());
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.is_in()));
}

/// The store takes nothing any more, and after a clock was set back what it holds seems to lie ahead. It is no activity in
/// another tab, and when the clock is put right the server is asked whether time has passed.
#[test]
fn a_record_that_was_read_before_does_not_settle_what_the_clock_says() {
    let mut browser = Browser::signed_in(1);
    browser.store.is_full = true;
    browser.run(mins(5));
    browser.step_clock(-10_800);
    browser.run(mins(2));
    browser.step_clock(7_200);
    browser.input(0, Input::Woke(Wake::Seen));
    assert!(browser.tab(0).is_restoring());
    browser.run(secs(1));
    assert!(browser.tab(0).is_in());
}

/// The first tab sees nothing of it.
fn work_between_sleeps(browser: &mut Browser) {
    browser.channel.deaf = vec![0];
    browser.freeze(0);
    browser.sleep(mins(40));
    browser.touch(1);
    browser.run(secs(1));
    browser.touch(1);
    browser.run(secs(40));
    browser.thaw_empty(0);
}

fn clock_question(browser: &Browser) -> Option<CallId> {
    browser.tab(0).open_calls().find(|(_, kind)| **kind == CallKind::Clock).map(|(call, _)| call)
}

fn wake_all(browser: &mut Browser) {
    browser.each(|browser, tab| {
        browser.touch(tab);
        browser.input(tab, Input::Woke(Wake::Seen));
        browser.input(tab, Input::Extend);
    });
}

fn only_clock_and_sign_out(browser: &Browser, from: usize) -> bool {
    browser.server.asked[from..].iter().all(|asked| match asked.kind {
        CallKind::Clock | CallKind::SignOut { .. } => true,
        CallKind::SignIn(_) | CallKind::Refresh { .. } | CallKind::Validate { .. } => false,
    })
}
