//! A lock is a help and never a trap.

use perennial_session::{CallKind, Input, Line, LockOrder, Output, RequestError, Wake};

use crate::browser::{Browser, Mood, RequestFate, hours, millis, mins, secs};

/// The lock is in the hands of somebody who never lets go: whoever waited for it for ever would never have a token
/// again.
///
/// Scenario 2.
#[test]
fn tabs_go_on_without_a_lock_that_nobody_gives_back() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.orphan_lock();
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(LEAST_WAIT - millis(1));
        assert_eq!(browser.server.refreshes(), 0);
        browser.run(LOCK_BOUND - LEAST_WAIT + secs(1));
        assert!(browser.all(|tab| tab.is_in() && !tab.is_refreshing()), "{tabs} tabs");
        let mut keys = browser.server.keys();
        assert!(!keys.is_empty());
        keys.dedup();
        assert_eq!(keys.len(), 1, "all who go at once ask one question");
        browser.run(mins(60));
        assert!(browser.all(|tab| tab.is_out()), "and the limit holds");
    }
}

/// For as long as the lock stays lost, tokens are replaced in time.
#[test]
fn a_lost_lock_costs_no_request() {
    let mut browser = Browser::kept(5);
    browser.orphan_lock();
    let mut requests = Vec::new();
    browser.run_with(mins(90), secs(7), |browser| {
        browser.each(|browser, tab| requests.push((tab, browser.ask(tab))))
    });
    for (tab, request) in requests {
        assert!(matches!(browser.tab(tab).fate(request), [RequestFate::Sent(_)]));
    }
}

/// The tab that holds the lock waits for an answer that never comes, and the others with it.
///
/// Scenario 2.
#[test]
fn a_call_that_is_never_answered_holds_the_others_up_for_its_time_and_no_longer() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.mood = crate::browser::Mood::Silent;
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(secs(10));
        browser.server.mood = crate::browser::Mood::Well;
        browser.run(secs(8));
        assert_eq!(browser.server.refreshes(), 2, "{tabs} tabs");
        let keys = browser.server.keys();
        assert_eq!(keys[0], keys[1]);
        assert!(browser.all_hold_one_token());
    }
}

/// The server takes twelve seconds. A wait for the lock that is shorter than the time it may be held would make the
/// others fail, or ask themselves.
///
/// Scenario 4.
#[test]
fn tabs_wait_for_a_slow_answer_and_take_it() {
    for tabs in [3, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.delay_ms = 12_000;
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(secs(13));
        assert_eq!(browser.server.refreshes(), 1);
        assert!(browser.all_hold_one_token());
        let failed = |output: &Output| matches!(output, Output::Say(Line::RefreshFailed(_)));
        assert!(browser.all(|tab| !tab.outputs().any(failed)));
    }
}

/// A page is put away with the lock in its hands and its call on the way. The others go on; when it is back, what it
/// brings is older than what they have.
///
/// Scenario 3.
#[test]
fn a_tab_that_was_frozen_with_the_lock_takes_the_token_of_the_others() {
    for tabs in [2, 5, 30] {
        for tells_first in [false, true] {
            for delay_ms in [20, 3_000] {
                let mut browser = Browser::signed_in(tabs);
                browser.server.delay_ms = delay_ms;
                browser.input(0, Input::RefreshNow);
                browser.run(millis(60));
                assert!(browser.tab(0).is_refreshing());
                browser.freeze(0);
                browser.each(|browser, tab| {
                    if tab > 0 {
                        browser.input(tab, Input::RefreshNow);
                    }
                });
                browser.run(LOCK_BOUND + secs(4));
                assert!((1..tabs).all(|tab| browser.tab(tab).is_in() && !browser.tab(tab).is_refreshing()));
                let theirs = browser.token(1);
                if tells_first {
                    browser.thaw_telling_first(0)
                } else {
                    browser.thaw(0)
                }
                browser.run(secs(8));
                assert_eq!(browser.token(0), theirs, "{tabs} tabs, {tells_first}, {delay_ms}");
                assert!(browser.all_hold_one_token());
                let before = browser.server.refreshes();
                browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
                browser.run(secs(8));
                assert_eq!(browser.server.refreshes(), before + 1, "the lock is back as well");
            }
        }
    }
}

/// A grant that comes when the lock is not wanted any more is given back at once, or nobody else would get it.
#[test]
fn a_lock_that_came_too_late_is_given_back() {
    let mut browser = Browser::signed_in(2);
    let released = |browser: &Browser| {
        browser.tab(0).outputs().filter(|it| **it == Output::Lock(LockOrder::Release)).count()
    };
    let before = released(&browser);
    browser.input(0, Input::LockGranted);
    assert_eq!(released(&browser), before + 1);
}

/// After an answer that took so long that its token is near its end again, the same tab refreshes once more; it holds
/// the lock still and must not wait for itself.
#[test]
fn a_tab_does_not_wait_for_a_lock_that_it_holds() {
    let mut browser = Browser::new(2);
    browser.server.lifetime = secs(10);
    browser.sign_in(0, "ada", true);
    browser.run(secs(2));
    browser.server.delay_ms = 9_500;
    browser.input(0, Input::RefreshNow);
    browser.run(millis(100));
    browser.server.delay_ms = 20;
    browser.run(millis(9_450 + 150));
    assert_eq!(browser.server.refreshes(), 2);
    assert!(browser.all_hold_one_token());
}

/// A person who asks for something while the lock is lost and the token has expired is not kept waiting for ever.
#[test]
fn a_request_that_needs_a_token_while_the_lock_is_lost_ends_in_time() {
    let mut browser = Browser::kept(2);
    browser.orphan_lock();
    browser.sleep(mins(30));
    let request = browser.ask(0);
    browser.run(secs(21));
    let fate = browser.tab(0).fate(request);
    assert!(
        matches!(fate, [RequestFate::Sent(_)] | [RequestFate::Failed(RequestError::Unavailable)]),
        "{fate:?}"
    );
    let request = browser.ask(0);
    assert!(matches!(browser.tab(0).fate(request), [RequestFate::Sent(_)]));
}

/// The device slept, and whoever holds the lock slept as well: their call is not late, and nobody passes them by for hours
/// in which nothing could move.
#[test]
fn time_in_which_all_slept_is_no_wait_for_the_lock() {
    for is_way_in in [true, false] {
        let is_wanted = |kind: &CallKind| match kind {
            CallKind::SignIn(_) => is_way_in,
            CallKind::SignOut { .. } => !is_way_in,
            CallKind::Refresh { .. } | CallKind::Validate { .. } | CallKind::Clock => false,
        };
        let mut browser = Browser::signed_in(1);
        browser.server.mood = if is_way_in { Mood::Well } else { Mood::Unreachable };
        browser.sign_out(0);
        browser.run(secs(1));
        browser.crash(0);
        browser.server.mood = Mood::Well;
        browser.orphan_lock();
        let opened = browser.open();
        if is_way_in {
            browser.sign_in(opened, "bob", false);
        }
        let before = browser.server.count(is_wanted);
        browser.run(secs(15));
        browser.sleep(hours(1));
        browser.each(|browser, tab| browser.input(tab, Input::Woke(Wake::Online)));
        browser.run(secs(4));
        assert_eq!(browser.server.count(is_wanted), before);
        browser.run(secs(2));
        assert_eq!(browser.server.count(is_wanted), before + 1);
    }
}

/// A sign-in goes on without the lock, and the sign-out that another tab owes is left to it: when the lock comes at last, the
/// tab that waits for its answer does not wake again and again for what it cannot do meanwhile.
#[test]
fn a_sign_out_of_another_tab_waits_quietly_for_a_sign_in() {
    let mut browser = Browser::signed_in(2);
    browser.server.mood = Mood::Unreachable;
    browser.sign_out(0);
    browser.run(secs(1));
    browser.crash(0);
    browser.orphan_lock();
    browser.server.mood = Mood::Well;
    browser.server.delay_ms = 3_000;
    browser.sign_in(1, "bob", false);
    browser.run(LEAST_WAIT + secs(1));
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignIn(_))), 2);
    browser.return_lock();
    browser.run(secs(4));
    assert_eq!(browser.tab(1).account(), Some("bob".into()));
}

/// The time of a call and a little more.
const LEAST_WAIT: std::time::Duration = secs(20);

/// The same for those who wait longest.
const LOCK_BOUND: std::time::Duration = secs(22);
