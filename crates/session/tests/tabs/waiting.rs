//! What the server asks of one tab, all do.

use std::time::Duration;

use perennial_session::{Doubt, Health, Input, MessageBody, Wake, Wall};

use crate::browser::{Browser, Mood, RequestFate, millis, mins, secs};

/// A server that asks for two minutes is asked again by another tab at once, or by a page that was opened since; it
/// takes no notice of who asks.
///
/// Scenario 6.
#[test]
fn no_tab_asks_before_the_server_allows_it() {
    for tabs in [1, 2, 5, 30] {
        for is_expired in [false, true] {
            let mut browser = Browser::kept(tabs);
            browser.server.mood = Mood::RefreshLater(secs(120));
            if is_expired {
                browser.sleep(mins(20));
            }
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(1));
            assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs, {is_expired}");
            browser.run_with(secs(118), secs(2), |browser| {
                browser.each(|browser, tab| {
                    browser.input(tab, Input::RefreshNow);
                    browser.input(tab, Input::Woke(Wake::Online));
                    browser.input(tab, Input::Woke(Wake::Seen));
                    browser.ask(tab);
                });
            });
            assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs, {is_expired}");
            browser.server.mood = Mood::Well;
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(14));
            assert_eq!(browser.server.refreshes(), 2, "{tabs} tabs, {is_expired}");
            assert!(browser.all_hold_one_token());
        }
    }
}

/// A page that is opened or loaded again during the wait knows of it from the record.
#[test]
fn a_page_that_was_opened_meanwhile_does_not_ask_either() {
    for others in [0, 1, 5] {
        for is_expired in [false, true] {
            let mut browser = Browser::kept(1 + others);
            browser.server.mood = Mood::RefreshLater(secs(120));
            if is_expired {
                browser.sleep(mins(20));
            }
            browser.input(0, Input::RefreshNow);
            browser.run(secs(10));
            browser.crash(0);
            let opened = browser.open();
            browser.ask(opened);
            browser.run(secs(105));
            browser.input(opened, Input::Woke(Wake::Seen));
            browser.run(secs(4));
            assert_eq!(browser.server.refreshes(), 1, "{others} others, {is_expired}");
            assert_eq!(
                browser.tab(opened).is_in(),
                others > 0 && !is_expired,
                "{others} others, {is_expired}"
            );
            browser.server.mood = Mood::Well;
            browser.run(secs(15));
            browser.input(opened, Input::RefreshNow);
            browser.run(secs(1));
            let asked = browser.server.refreshes_at();
            assert!(asked.len() >= 2 && asked[1] >= asked[0] + 120_000, "{others} others, {is_expired}");
            assert!(browser.all_hold_one_token());
        }
    }
}

/// A page that showed the sign-in page, and missed the sign-in and what the server said since, knows of both from the
/// record.
#[test]
fn a_page_that_follows_a_sign_in_keeps_the_wait_that_came_after_it() {
    let mut browser = Browser::new(2);
    browser.freeze(1);
    browser.channel.deaf = vec![1];
    browser.sign_in(0, "ada", true);
    browser.run(secs(1));
    browser.server.mood = Mood::RefreshLater(secs(120));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    browser.crash(0);
    browser.thaw(1);
    browser.run(secs(110));
    assert_eq!(browser.server.refreshes(), 1);
    browser.server.mood = Mood::Well;
    browser.run(secs(30));
    assert_eq!(browser.tab(1).account(), Some("ada".into()));
}

/// Several tabs were told to wait: the longest wait holds for all, in whatever order they hear of them, and a failure of
/// another tab's makes none of them shorter.
#[test]
fn of_several_waits_the_longest_counts() {
    let mut browser = Browser::kept(1);
    browser.server.mood = Mood::RefreshLater(secs(120));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    let session = browser.store.session.expect("a record").session;
    let own = browser.tab(0).snapshot().health;
    let at = |browser: &Browser, after_s: u64| Wall(browser.wall().0 + after_s * 1_000);
    for why in [None, Some(Doubt::Network)] {
        let (now, until) = (browser.wall(), at(&browser, 60));
        browser.hear(0, MessageBody::Waiting { session, at: now, until, why });
        assert_eq!(browser.tab(0).snapshot().health, own);
    }
    let (now, until) = (browser.wall(), at(&browser, 300));
    browser.hear(0, MessageBody::Waiting { session, at: now, until, why: None });
    assert_eq!(browser.tab(0).snapshot().health, Health::WaitingForServer { until });
}

/// A page that was frozen hears of a wait when the clock has been set back: by the new clock the wait would last a day.
#[test]
fn a_wait_by_a_clock_that_was_set_back_since_is_not_taken_for_a_longer_one() {
    let mut browser = Browser::kept(2);
    browser.freeze(0);
    browser.server.mood = Mood::RefreshLater(secs(30));
    browser.input(1, Input::RefreshNow);
    browser.run(secs(1));
    browser.crash(1);
    let before = browser.server.refreshes();
    browser.step_clock(-24 * 3_600);
    browser.server.mood = Mood::Well;
    browser.thaw(0);
    browser.run(mins(2));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), before + 1);
}

/// The device sleeps through a part of the wait, and a page learns of the wait only when it wakes: the rest is left, no more
/// and no less.
#[test]
fn a_wait_that_a_page_learns_of_after_a_sleep_ends_when_it_ends() {
    let mut browser = Browser::kept(2);
    browser.freeze(1);
    browser.channel.deaf = vec![1];
    browser.server.mood = Mood::RefreshLater(mins(10));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    browser.crash(0);
    browser.sleep(mins(4));
    browser.server.mood = Mood::Well;
    browser.thaw(1);
    browser.input(1, Input::RefreshNow);
    browser.run(mins(6) - secs(2));
    assert_eq!(browser.server.refreshes(), 1);
    browser.run(secs(65));
    assert_eq!(browser.server.refreshes(), 2);
}

/// All who were told the same moment come back later than that, spread; the tabs that were told by another as well.
///
/// Scenario 6.
#[test]
fn devices_with_many_tabs_do_not_come_back_in_step() {
    let mut waits: Vec<Duration> = (0..40)
        .map(|device| {
            let mut browser = Browser::closed_with_seed(device);
            browser.open();
            browser.open();
            browser.sign_in(0, "ada", true);
            browser.run(secs(2));
            browser.server.mood = Mood::RefreshLater(secs(120));
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(20));
            browser.server.mood = Mood::Well;
            browser.run(secs(130));
            let asked: Vec<u64> = browser.server.refreshes_at();
            assert_eq!(asked.len(), 2);
            millis(asked[1] - asked[0])
        })
        .collect();
    waits.sort();
    let (least, most) = (waits[0], waits[waits.len() - 1]);
    assert!(least >= secs(120) && most <= secs(133), "{least:?} to {most:?}");
    assert!(most - least > secs(6), "{least:?} to {most:?}");
}

/// A page of a firewall, a wait that cannot be read and an error of the server say nothing about the session. Taken for
/// the end of it they would sign everybody out, and asked about without patience the server would never recover.
///
/// Scenarios 5 and 6.
#[test]
fn an_answer_that_decides_nothing_keeps_all_tabs_signed_in_and_causes_no_storm() {
    for status in [400, 403, 429, 500, 502] {
        for is_expired in [false, true] {
            let attempts = |tabs| {
                let mut browser = Browser::kept(tabs);
                browser.run(mins(11));
                browser.server.mood = Mood::RefreshDoubt(Doubt::Status(status));
                if is_expired {
                    browser.sleep(mins(20));
                }
                browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
                browser.run(secs(100));
                let requests: Vec<_> = (0..tabs).map(|tab| browser.ask(tab)).collect();
                for (tab, request) in requests.into_iter().enumerate() {
                    let is_sent = matches!(browser.tab(tab).fate(request), [RequestFate::Sent(_)]);
                    assert_eq!(is_sent, !is_expired);
                }
                browser.run(secs(100));
                assert!(browser.all(|tab| tab.is_in()), "{status}");
                let attempts = browser.server.refreshes();
                browser.server.mood = Mood::Well;
                browser.run(secs(70));
                assert!(browser.all_hold_one_token());
                attempts
            };
            let one = attempts(1);
            for tabs in [2, 5, 30] {
                let many = attempts(tabs);
                assert!((4..=2 * one + 4).contains(&many), "{many} attempts by {tabs} tabs, {one} by one");
            }
        }
    }
}
