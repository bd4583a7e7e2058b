//! The limit for people who have gone counts what they do in any tab, and nothing that a page does by itself.

use perennial_session::{CallKind, Input, MessageBody, Settings, SignOutReason, Tabs, Wake};

use crate::browser::{Browser, millis, mins, secs};

/// Pages that poll and tokens that are renewed would keep the session of somebody alive who left an hour ago.
///
/// Scenario 22.
#[test]
fn polling_in_all_tabs_keeps_nobody_signed_in() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        let poll = |browser: &mut Browser| {
            browser.each(|browser, tab| {
                browser.ask(tab);
                browser.input(tab, Input::Woke(Wake::Seen));
            });
        };
        browser.run_with(mins(60) - secs(3), secs(15), poll);
        assert!(browser.all(|tab| tab.is_in()));
        browser.run(secs(2));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{tabs} tabs");
        assert_eq!(browser.server.open_sessions(), 0);
        let told = browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. }));
        assert_eq!(told, 1, "one of {tabs} tabs tells the server");
        let asked = browser.server.asked.len();
        browser.run_with(mins(10), secs(15), poll);
        assert_eq!(browser.server.asked.len(), asked, "nothing leaves afterwards");
    }
}

/// A person who works in one tab is at work, whatever the others have seen of them, and whether they were told by
/// messages or only by the record.
///
/// Scenario 22.
#[test]
fn activity_in_one_tab_defers_the_limit_in_all() {
    for tabs in [2, 5, 30] {
        for is_heard in [true, false] {
            let mut browser = Browser::signed_in(tabs);
            if !is_heard {
                browser.channel.deaf = (0..tabs).collect();
            }
            browser.run_with(mins(180), mins(4), |browser| browser.touch(0));
            assert!(browser.all(|tab| tab.is_in() && tab.snapshot().inactivity_ends.is_none()), "{is_heard}");
            browser.run(mins(56) + secs(1));
            assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{is_heard}");
        }
    }
}

/// The question is asked in every tab, and an answer in one of them is an answer.
#[test]
fn the_question_is_asked_in_all_tabs_and_answered_in_one() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(mins(56));
        assert!(browser.all(|tab| tab.snapshot().inactivity_ends.is_some()));
        browser.touch(1);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.snapshot().inactivity_ends.is_some()), "a pushed mouse is no answer");
        browser.input(1, Input::Extend);
        browser.run(millis(5));
        assert!(browser.all(|tab| tab.snapshot().inactivity_ends.is_none()));
        browser.run(mins(54));
        assert!(browser.all(|tab| tab.is_in()));
    }
}

/// A tab that was frozen all the while wakes first after a nap: what it does not know of the person's work must not
/// count as their absence.
#[test]
fn a_tab_that_slept_through_the_work_does_not_end_it() {
    for nap in [mins(2), mins(10), mins(35), mins(50)] {
        for knows_date in [true, false] {
            let mut browser = Browser::new(2);
            browser.server.tells_date = knows_date;
            browser.sign_in(0, "ada", false);
            browser.run(secs(2));
            browser.freeze(0);
            browser.run_with(mins(58), mins(1), |browser| browser.touch(1));
            browser.run(secs(20));
            browser.sleep(nap);
            browser.input(0, Input::Woke(Wake::Seen));
            browser.run(secs(1));
            browser.thaw_telling_first(0);
            browser.run(secs(1));
            assert!(browser.all(|tab| tab.is_in()), "a nap of {nap:?}, {knows_date}");
        }
    }
}

/// Where the limit is short the tabs learn of activity the sooner: a hundredth of it is all by which they may differ, or a
/// tab would ask, or end, while the person works in another.
#[test]
fn tabs_differ_by_no_more_than_a_hundredth_of_a_short_limit() {
    let tabs = Tabs { has_lock: true, has_channel: true };
    let (inactivity_limit, inactivity_warning) = (mins(2), secs(30));
    let mut browser =
        Browser::closed(Settings { tabs, inactivity_limit, inactivity_warning, ..Settings::default() });
    browser.open_many(2);
    browser.sign_in(0, "ada", false);
    browser.run(secs(2));
    let is_activity = |body: &MessageBody| matches!(body, MessageBody::Activity { .. });
    let before = browser.sent(is_activity);
    browser.run_with(secs(12), millis(100), |browser| browser.touch(0));
    let told = browser.sent(is_activity) - before;
    assert!((9..=11).contains(&told), "{told} messages in ten hundredths of the limit");
}

/// Where no store can tell, a tab knows only from another whether the person asked to stay signed in. They did not: their
/// absence ends the session, also in the tab that is left.
#[test]
fn a_session_that_another_tab_told_of_has_its_limit() {
    let mut browser = Browser::new(2);
    (browser.store.is_unreadable, browser.store.is_full) = (true, true);
    browser.sign_in(0, "ada", false);
    browser.run(secs(2));
    assert!(browser.tab(1).is_in());
    browser.crash(0);
    browser.run(mins(60));
    assert_eq!(browser.tab(1).reason(), Some(SignOutReason::Inactivity));
}
