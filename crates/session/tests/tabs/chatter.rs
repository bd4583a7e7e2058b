//! What tabs say to each other grows with their number, and makes nobody ask the server.

use perennial_session::{Health, Input, LockOrder, MessageBody, Output, SessionKey, SignOutReason};

use crate::browser::{Browser, Mood, millis, mins, secs};

/// Where each answers each, thirty tabs send a thousand messages about one token.
///
/// Scenario 28.
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
        browser.run_with(secs(50), millis(20), |browser| browser.touch(0));
        let told = browser.sent(|body| matches!(body, MessageBody::Activity { .. })) - before;
        assert!((9..=11).contains(&told), "{told} messages");
        assert_eq!(browser.server.asked.len(), asked);
    }
}

/// An hour of many tabs in which nothing is wrong: beside the person's activity there are the messages about refreshes, a
/// question and an answer each.
#[test]
fn an_hour_of_thirty_tabs_is_quiet() {
    let mut browser = Browser::kept(30);
    let before = browser.messages.len();
    let refreshes_before = browser.server.refreshes();
    browser.run(mins(60));
    let sent = browser.messages.len() - before;
    let refreshes = browser.server.refreshes() - refreshes_before;
    assert!((4..=5).contains(&refreshes), "{refreshes} refreshes");
    assert!(sent <= 2 * refreshes + MOST_WHO_ASK_TOO, "{sent} messages, {refreshes} refreshes");
}

/// The server has asked for time: a person who asks in another tab waits with the rest. Their tab knows, and neither takes
/// the lock, which somebody may need, nor asks the others for a token that nobody can have.
#[test]
fn a_refresh_that_must_wait_troubles_no_other_tab() {
    let mut browser = Browser::kept(2);
    browser.server.mood = Mood::RefreshLater(secs(120));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    let (messages, locks) = (browser.messages.len(), locks_asked_for(&browser, 1));
    browser.input(1, Input::RefreshNow);
    browser.run(secs(1));
    assert!(matches!(browser.tab(1).snapshot().health, Health::WaitingForServer { .. }));
    assert_eq!((browser.messages.len(), locks_asked_for(&browser, 1)), (messages, locks));
}

/// A wait that is over is none: a tab that is opened then asks the others as ever, and once.
#[test]
fn a_tab_that_is_opened_after_a_wait_asks_the_others_once() {
    for since in [secs(0), secs(20)] {
        let mut browser = Browser::kept(1);
        browser.server.mood = Mood::RefreshLater(secs(5));
        browser.input(0, Input::RefreshNow);
        browser.run(secs(1));
        browser.freeze(0);
        let until = browser.store.session.and_then(|record| record.not_before).expect("a wait");
        browser.run(millis(until.0 - browser.wall().0) + since);
        let is_hello = |body: &MessageBody| matches!(body, MessageBody::Hello { .. });
        let before = browser.sent(is_hello);
        browser.open();
        assert_eq!(browser.sent(is_hello), before + 1, "{since:?} after the wait");
    }
}

/// Whoever hears that a question has been answered does not answer it as well.
#[test]
fn a_tab_that_hears_the_answer_of_another_says_nothing() {
    let mut browser = Browser::signed_in(2);
    let question = MessageBody::Hello { session: None, newer_than: None };
    browser.hear(0, question.clone());
    browser.run(millis(2));
    let before = browser.messages.len();
    browser.hear(1, question.clone());
    assert_eq!(browser.messages.len(), before);
    browser.run(millis(20));
    browser.hear(1, question);
    assert_eq!(browser.messages.len(), before + 1, "but the next question is another");
}

/// The end of a session is told once as well; what was said of another session tells nobody of this one's.
#[test]
fn a_tab_that_hears_that_a_session_is_over_says_so_only_to_whoever_has_not_heard() {
    let mut browser = Browser::signed_in(2);
    let session = browser.store.session.expect("a record").session;
    let earlier = SessionKey { since_ms: session.since_ms - 1, ..session };
    browser.sign_out(0);
    browser.run(secs(1));
    for (heard, answers) in [(session, 0), (earlier, 1)] {
        browser.hear(1, MessageBody::SignedOut { session: heard, reason: SignOutReason::ByPerson });
        let before = browser.messages.len();
        browser.hear(1, MessageBody::Hello { session: Some(session), newer_than: None });
        assert_eq!(browser.messages.len(), before + answers);
        browser.run(secs(1));
    }
}

fn locks_asked_for(browser: &Browser, tab: usize) -> usize {
    browser.tab(tab).outputs().filter(|output| **output == Output::Lock(LockOrder::Request)).count()
}

/// Tabs whose jitter has them ask within the same few milliseconds.
const MOST_WHO_ASK_TOO: usize = 3;
