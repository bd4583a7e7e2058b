//! Browsers that lack the lock, the channel, or both.

use perennial_session::{Doubt, Input, SignOutReason, Tabs, Wake};

use crate::browser::{Browser, Mood, hours, millis, mins, secs};

const MEANS: [Tabs; 3] = [
    Tabs { has_lock: false, has_channel: true },
    Tabs { has_lock: true, has_channel: false },
    Tabs { has_lock: false, has_channel: false },
];

/// Whatever is missing costs refreshes, and never the session: the server panics over a credential that comes back.
#[test]
fn a_day_of_work_goes_well_whatever_is_missing() {
    for means in MEANS {
        for tabs in [1, 2, 5, 30] {
            let mut browser = Browser::signed_in_with(tabs, means, false);
            let mut turn = 0;
            browser.run_with(hours(8), mins(4), |browser| {
                turn += 1;
                browser.touch(turn % tabs);
                browser.ask((turn + 1) % tabs);
            });
            assert!(browser.all(|tab| tab.is_in()), "{means:?}, {tabs} tabs");
            let (bound, refreshes) =
                (41 * if means.has_channel { 1 } else { tabs }, browser.server.turned_over);
            assert!(refreshes <= bound, "{refreshes} refreshes by {tabs} tabs, {means:?}");
        }
    }
}

/// All at once, without a lock that would put them in a row: they ask one question, with one key.
#[test]
fn tabs_without_a_lock_that_refresh_at_once_are_no_thieves() {
    for means in MEANS {
        for tabs in [2, 5, 30] {
            for reach_ms in [0, 300] {
                let mut browser = Browser::signed_in_with(tabs, means, true);
                browser.server.reach_ms = reach_ms;
                let before = browser.server.turned_over;
                browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
                browser.run(secs(30));
                assert!(browser.all(|tab| tab.is_in() && !tab.is_refreshing()));
                let turned_over = browser.server.turned_over - before;
                let bound = if means.has_lock { tabs } else { 1 };
                assert!(turned_over <= bound, "{turned_over} by {tabs} tabs, {means:?}, {reach_ms} ms");
            }
        }
    }
}

/// The store tells of a sign-in, of work, and of the ways out where messages do not.
#[test]
fn the_record_tells_what_messages_would() {
    for means in MEANS {
        for tabs in [2, 5, 30] {
            let mut browser = Browser::signed_in_with(tabs, means, false);
            browser.run_with(hours(2), mins(4), |browser| browser.touch(0));
            assert!(browser.all(|tab| tab.is_in()));
            browser.sign_out(1);
            browser.run(millis(2));
            assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)), "{means:?}");
            browser.sign_in(0, "bob", false);
            browser.run(secs(5));
            assert!(browser.all(|tab| tab.account() == Some("bob".into())), "{means:?}");
            let opened = browser.open();
            browser.run(secs(5));
            assert_eq!(browser.tab(opened).account(), Some("bob".into()));
            browser.run(mins(61));
            assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::Inactivity)), "{means:?}");
            assert_eq!(browser.server.open_sessions(), 0);
        }
    }
}

/// The wait that the server asked one tab for is kept by all, by way of the record.
#[test]
fn the_wait_of_the_server_is_kept_whatever_is_missing() {
    for means in MEANS {
        for tabs in [2, 5] {
            let mut browser = Browser::signed_in_with(tabs, means, true);
            let before = browser.server.refreshes();
            browser.server.mood = Mood::RefreshLater(secs(120));
            browser.input(0, Input::RefreshNow);
            browser.run(secs(1));
            browser.run_with(secs(115), secs(1), |browser| {
                browser.each(|browser, tab| {
                    browser.input(tab, Input::RefreshNow);
                    browser.input(tab, Input::Woke(Wake::Online));
                });
            });
            assert_eq!(browser.server.refreshes(), before + 1, "{means:?}, {tabs} tabs");
        }
    }
}

/// An outage ends nothing either.
#[test]
fn an_outage_is_survived_whatever_is_missing() {
    for means in MEANS {
        for tabs in [1, 5] {
            let mut browser = Browser::signed_in_with(tabs, means, true);
            browser.server.mood = Mood::RefreshDoubt(Doubt::Status(502));
            browser.run(hours(2));
            assert!(browser.all(|tab| tab.is_in()));
            browser.server.mood = Mood::Well;
            browser.run(mins(2));
            let expired = browser.each_token();
            assert!(expired.iter().all(Option::is_some), "{means:?}, {tabs} tabs");
        }
    }
}

/// The lock alone is of use: nobody else asks while one does, so that the server never sees two who turn a credential
/// over at once.
#[test]
fn tabs_with_a_lock_alone_ask_one_after_the_other() {
    let mut browser = Browser::signed_in_with(3, Tabs { has_lock: true, has_channel: false }, true);
    browser.server.delay_ms = 1_000;
    browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
    let mut most = 0;
    browser.run_with(secs(5), millis(100), |browser| {
        most = most.max(browser.tabs().filter(|tab| tab.is_refreshing()).count());
    });
    assert_eq!(most, 1);
    assert!(browser.all(|tab| !tab.is_refreshing()));
}

/// So are messages alone: a tab that missed the news hears it when it asks, and the server is not asked.
#[test]
fn a_tab_with_messages_alone_asks_the_others_before_the_server() {
    let mut browser = Browser::signed_in_with(2, Tabs { has_lock: false, has_channel: true }, true);
    browser.channel.deaf = vec![0];
    browser.input(1, Input::RefreshNow);
    browser.run(secs(1));
    browser.channel.deaf = Vec::new();
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), 1);
    assert!(browser.all_hold_one_token());
}

/// What the server asked of the tab that had the lock, the one that waited for the lock reads in the record before it asks
/// as well.
#[test]
fn a_tab_that_waited_for_the_lock_keeps_the_wait_that_the_record_tells() {
    let mut browser = Browser::signed_in_with(2, Tabs { has_lock: true, has_channel: false }, true);
    let before = browser.server.refreshes();
    browser.server.mood = Mood::RefreshLater(secs(120));
    browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
    browser.run(secs(119));
    assert_eq!(browser.server.refreshes() - before, 1);
    browser.server.mood = Mood::Well;
    browser.run(secs(20));
    assert_eq!(browser.server.refreshes() - before, 3, "and then each gets its own");
}
