//! What tabs say to each other grows with their number, and makes nobody ask the server.

use perennial_session::{Input, MessageBody};

use crate::browser::{Browser, mins, secs};

/// Where each answers each, thirty tabs send a thousand messages about one token.
#[test]
fn messages_about_one_refresh_grow_with_the_tabs_and_no_faster() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        let before = browser.messages.len();
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(secs(1));
        let sent = browser.messages.len() - before;
        assert!(sent <= 2 * tabs + 2, "{sent} messages by {tabs} tabs");
        assert_eq!(browser.server.refreshes(), 1);
    }
}

#[test]
fn messages_about_a_sign_in_grow_with_the_tabs_and_no_faster() {
    for tabs in [2, 5, 30] {
        let browser = Browser::signed_in(tabs);
        let sent = browser.messages.len();
        assert!(sent <= 2 * tabs + 2, "{sent} messages by {tabs} tabs");
    }
}

#[test]
fn messages_about_a_new_tab_grow_with_the_tabs_and_no_faster() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.run(secs(10));
        let before = browser.messages.len();
        browser.open();
        browser.run(secs(1));
        let sent = browser.messages.len() - before;
        assert!(sent <= tabs + 1, "{sent} messages by {tabs} tabs");
    }
}

#[test]
fn messages_about_a_sign_out_grow_with_the_tabs_and_no_faster() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        let before = browser.messages.len();
        browser.each(|browser, tab| browser.sign_out(tab));
        browser.run(secs(1));
        let sent = browser.messages.len() - before;
        assert!(sent <= tabs, "{sent} messages by {tabs} tabs");
    }
}

/// A mouse that moves all day is told of every few seconds, and the server hears nothing of it.
#[test]
fn activity_is_told_rarely_and_asks_nothing() {
    for tabs in [2, 30] {
        let mut browser = Browser::signed_in(tabs);
        let before = browser.sent(|body| matches!(body, MessageBody::Activity { .. }));
        let asked = browser.server.asked.len();
        browser.run_with(secs(50), crate::browser::millis(20), |browser| browser.touch(0));
        let told = browser.sent(|body| matches!(body, MessageBody::Activity { .. })) - before;
        assert!((9..=11).contains(&told), "{told} messages");
        assert_eq!(browser.server.asked.len(), asked);
    }
}

/// An hour of many tabs in which nothing is wrong: beside the person's activity there are the messages about refreshes.
#[test]
fn an_hour_of_thirty_tabs_is_quiet() {
    let mut browser = Browser::kept(30);
    let before = browser.messages.len();
    browser.run(mins(60));
    let sent = browser.messages.len() - before;
    assert!(sent <= 2 * 5, "{sent} messages, {} refreshes", browser.server.refreshes());
}
