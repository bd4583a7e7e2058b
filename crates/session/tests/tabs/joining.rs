//! Tabs that come later, and tabs that missed something.

use perennial_session::{Input, Remembered, SignOutReason, Status};

use crate::browser::{Browser, RequestFate, hours, millis, mins, secs};

/// Every tab that is opened would cost a refresh, and every refresh turns the credential over.
#[test]
fn a_new_tab_is_restored_by_the_others_without_a_request() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(mins(5));
        let asked = browser.server.asked.len();
        let opened = browser.open();
        let request = browser.ask(opened);
        assert!(browser.tab(opened).is_restoring(), "nothing is decided yet");
        browser.run(millis(5));
        assert_eq!(browser.tab(opened).account(), Some("ada".into()));
        assert!(matches!(browser.tab(opened).fate(request), [RequestFate::Sent(_)]));
        assert!(browser.all_hold_one_token());
        browser.run(secs(2));
        assert_eq!(browser.server.asked.len(), asked, "{tabs} tabs");
    }
}

/// What is said before a page has come to its start is not for it: it has not looked yet at what the device remembers, and
/// would show a session that its record may call over.
#[test]
fn a_page_that_has_not_started_takes_up_nothing() {
    let mut browser = Browser::signed_in(1);
    let loaded = browser.load();
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert!(browser.tab(loaded).is_restoring());
    assert_eq!(browser.tab(loaded).open_calls().count(), 0);
    browser.start(loaded);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), 1);
    assert!(browser.tab(loaded).is_in() && browser.all_hold_one_token());
}

/// The store cannot be read, and the server does not answer: a page that only guesses that somebody is there hears from the
/// others that nobody is, and shows the sign-in page at once.
#[test]
fn a_page_that_only_guesses_is_told_by_the_others_that_nobody_is_there() {
    let mut browser = Browser::signed_in(1);
    browser.sign_out(0);
    browser.run(secs(1));
    browser.store.is_unreadable = true;
    let opened = browser.open();
    assert!(browser.tab(opened).is_restoring());
    browser.run(millis(10));
    assert_eq!(browser.tab(opened).reason(), Some(SignOutReason::ByPerson));
    assert_eq!(browser.server.refreshes(), 0);
}

/// Many tabs that are opened at once, as when a browser restores its windows, ask the server once between them.
#[test]
fn tabs_that_start_together_cost_one_refresh() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::kept(1);
        browser.crash(0);
        browser.open_many(tabs);
        browser.run(secs(1));
        assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs");
        assert!(browser.all_hold_one_token());
    }
}

/// A person who signs in where all tabs show the sign-in page has signed in in all of them, at the cost of one sign-in.
#[test]
fn a_sign_in_in_one_tab_brings_the_others_in() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::new(tabs);
        browser.sign_in(tabs - 1, "ada", false);
        browser.run(millis(100));
        assert!(browser.all(|tab| tab.account() == Some("ada".into())));
        assert!(browser.all_hold_one_token());
        assert_eq!(browser.server.refreshes(), 0, "{tabs} tabs");
    }
}

/// Tabs that were on the sign-in page for whatever reason follow the next sign-in.
#[test]
fn a_sign_in_after_a_sign_out_brings_all_tabs_in_again() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        for who in ["bob", "ada", "cleo"] {
            browser.sign_out(0);
            browser.run(millis(50));
            assert!(browser.all(|tab| tab.is_out()));
            browser.sign_in(1, who, false);
            browser.run(millis(100));
            assert!(browser.all(|tab| tab.account() == Some(who.into())), "{tabs} tabs, {who}");
            assert!(browser.all_hold_one_token());
        }
        assert_eq!(browser.server.open_sessions(), 1);
        assert_eq!(browser.server.refreshes(), 0);
    }
}

/// Two people, or one in a hurry, sign in in two tabs at the same moment: whoever it is in the end, it is one.
#[test]
fn two_sign_ins_at_once_end_in_one_session() {
    for tabs in [2, 5] {
        for apart in [0, 5, 30] {
            let mut browser = Browser::new(tabs);
            browser.sign_in(0, "ada", false);
            browser.run(millis(apart));
            browser.sign_in(1, "bob", false);
            browser.run(secs(2));
            let who = browser.tab(0).account();
            assert!(who.is_some() && browser.all(|tab| tab.account() == who), "{apart} ms apart");
            browser.run(mins(14));
            assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token());
        }
    }
}

/// A frozen tab misses the sign-out; on waking it must show nothing of the last person, and send nothing.
#[test]
fn a_frozen_tab_that_missed_a_sign_out_is_out_when_it_wakes() {
    for is_deaf in [true, false] {
        let mut browser = Browser::signed_in(3);
        browser.freeze(0);
        if is_deaf {
            browser.channel.deaf = vec![0];
        }
        browser.run(mins(3));
        browser.sign_out(1);
        browser.run(mins(3));
        let asked = browser.server.asked.len();
        let request = browser.ask_frozen(0);
        browser.thaw_telling_first(0);
        assert_eq!(browser.tab(0).reason(), Some(SignOutReason::ByPerson));
        browser.run(hours(2));
        assert_eq!(browser.server.asked.len(), asked);
        assert!(!browser.tab(0).fate(request).iter().any(|it| matches!(it, RequestFate::Sent(_))));
    }
}

/// It misses a sign-out and somebody else's sign-in.
#[test]
fn a_frozen_tab_that_missed_a_change_of_persons_wakes_as_the_new_one() {
    for is_deaf in [true, false] {
        for tells_first in [true, false] {
            let mut browser = Browser::signed_in(3);
            browser.freeze(0);
            if is_deaf {
                browser.channel.deaf = vec![0];
            }
            browser.sign_out(1);
            browser.run(secs(10));
            browser.sign_in(2, "bob", false);
            browser.run(secs(10));
            browser.channel.deaf = Vec::new();
            if tells_first {
                browser.thaw_telling_first(0)
            } else {
                browser.thaw(0)
            }
            assert_ne!(browser.tab(0).account(), Some("ada".into()));
            browser.run(millis(100));
            assert!(browser.all(|tab| tab.account() == Some("bob".into())));
            assert!(browser.all_hold_one_token());
            assert_eq!(browser.server.refreshes(), 0, "the others had what it needed");
        }
    }
}

/// Nobody was there to tell: the tab was frozen, and the store was full, so that no mark of the sign-out was left.
#[test]
fn a_frozen_tab_without_a_mark_of_the_sign_out_learns_of_it_when_it_asks() {
    let mut browser = Browser::signed_in(2);
    browser.store.is_full = true;
    browser.freeze(0);
    browser.channel.deaf = vec![0];
    browser.sign_out(1);
    browser.run(mins(2));
    browser.channel.deaf = Vec::new();
    browser.thaw(0);
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)));
    assert_eq!(browser.server.refreshes(), 0, "the other tab could say so");
    let opened = browser.open();
    browser.run(secs(1));
    assert!(browser.tab(opened).is_out());
}

/// A browser that forgot its cookies when it was closed starts where nobody is signed in, and says so in every tab.
#[test]
fn tabs_of_a_browser_that_lost_its_cookie_are_out_together() {
    let mut browser = Browser::signed_in(2);
    browser.each(|browser, tab| browser.crash(tab));
    browser.lose_cookie();
    browser.open_many(3);
    browser.run(secs(2));
    assert!(browser.all(|tab| matches!(tab.snapshot().status, Status::SignedOut { .. })));
    assert!(matches!(browser.store.load(), Remembered::Ended(_)));
    assert_eq!(browser.server.refreshes(), 1);
}
