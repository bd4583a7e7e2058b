//! Tabs that were away.

use perennial_session::{Input, Wake};

use crate::browser::{Browser, RequestFate, hours, millis, mins, secs};

/// Eight hours of sleep, timers that come a minute late, and a click ten milliseconds after the lid was opened: sent
/// with the token of yesterday it would be refused.
///
/// Scenario 9.
#[test]
fn requests_after_a_night_wait_for_one_refresh_and_are_sent_once() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::kept(tabs);
        browser.each(|browser, tab| browser.throttle(tab));
        browser.sleep(hours(8));
        browser.run(millis(10));
        browser.unthrottle(0);
        browser.input(0, Input::Woke(Wake::Seen));
        let request = browser.ask(0);
        let others: Vec<_> = (1..tabs).map(|tab| (tab, browser.ask(tab))).collect();
        assert_eq!(browser.tab(0).fate(request), []);
        browser.run(secs(1));
        assert_eq!(browser.server.turned_over, 1, "{tabs} tabs");
        for (tab, request) in others.into_iter().chain([(0, request)]) {
            assert!(matches!(browser.tab(tab).fate(request), [RequestFate::Sent(_)]), "tab {tab} of {tabs}");
        }
    }
}

/// In tabs that nobody sees timers fire once a minute, which is longer than a token may live. The browser refuses to let
/// an expired token leave.
///
/// Scenario 10.
#[test]
fn tabs_that_nobody_sees_send_no_expired_token() {
    for tabs in [1, 3] {
        for lifetime_s in [300, 120, 60] {
            let mut browser = Browser::new(tabs);
            browser.server.lifetime = secs(lifetime_s);
            browser.sign_in(0, "ada", true);
            browser.run(secs(1));
            browser.each(|browser, tab| browser.throttle(tab));
            let mut requests = Vec::new();
            browser.run_with(hours(1), secs(7), |browser| {
                browser.each(|browser, tab| requests.push((tab, browser.ask(tab))));
            });
            browser.run(mins(2));
            assert!(browser.all(|tab| tab.is_in()));
            let sent = |(tab, id): &(usize, _)| matches!(browser.tab(*tab).fate(*id), [RequestFate::Sent(_)]);
            let sent = requests.iter().filter(|it| sent(it)).count();
            assert!(sent * 2 > requests.len(), "{sent} of {} at {lifetime_s} s", requests.len());
        }
    }
}

/// A tab is suspended after the bytes have come and before they were read. A life counted from the reading would make
/// a token two hours old a new one.
///
/// Scenario 14.
#[test]
fn a_token_that_was_read_two_hours_late_is_used_by_no_tab() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::kept(tabs);
        browser.input(0, Input::RefreshNow);
        browser.run(millis(60));
        browser.each(|browser, tab| browser.freeze(tab));
        browser.sleep(hours(2));
        browser.run(secs(1));
        browser.each(|browser, tab| browser.thaw(tab));
        let requests: Vec<_> = (0..tabs).map(|tab| browser.ask(tab)).collect();
        browser.run(secs(2));
        for (tab, request) in requests.into_iter().enumerate() {
            assert!(matches!(browser.tab(tab).fate(request), [RequestFate::Sent(_)]), "tab {tab} of {tabs}");
        }
        assert!(browser.server.refreshes() <= 3, "{} refreshes", browser.server.refreshes());
        assert!(browser.all_hold_one_token());
    }
}
