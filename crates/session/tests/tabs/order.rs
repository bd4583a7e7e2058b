//! Messages that come late, twice, or in the wrong order.

use std::time::Duration;

use perennial_session::{
    Doubt, Input, Line, MessageBody, Output, Record, Secret, SessionKey, SharedGrant, SignOutReason, Wall,
};

use crate::browser::{Browser, Mood, account, millis, mins, secs};

/// A token that another tab was granted before the sign-out is told of after it.
#[test]
fn a_token_of_an_ended_session_brings_nobody_back() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        let session = browser.store.session.expect("a record").session;
        browser.sign_out(0);
        browser.run(secs(1));
        let late = granted(session, 0);
        browser.each(|browser, tab| browser.hear(tab, late.clone()));
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)));
        browser.sign_in(0, "bob", false);
        browser.run(secs(1));
        browser.each(|browser, tab| browser.hear(tab, late.clone()));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    }
}

/// The news of the next session overtakes the end of the last.
#[test]
fn the_end_of_the_last_session_does_not_end_the_next() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        let last = browser.store.session.expect("a record").session;
        browser.sign_out(0);
        browser.run(secs(1));
        browser.sign_in(0, "bob", false);
        browser.run(secs(1));
        let over = MessageBody::SignedOut { session: last, reason: SignOutReason::Inactivity };
        browser.each(|browser, tab| browser.hear(tab, over.clone()));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())), "{tabs} tabs");
    }
}

/// The end of a session is heard before its beginning.
#[test]
fn an_end_that_overtakes_the_beginning_is_an_end() {
    let mut browser = Browser::new(1);
    let session = SessionKey { since_ms: browser.wall().0, salt: 1 };
    browser.hear(0, MessageBody::SignedOut { session, reason: SignOutReason::ByPerson });
    let late = granted(session, 0);
    browser.hear(0, late);
    browser.run(mins(1));
    assert!(browser.tab(0).is_out());
    assert_eq!(browser.server.asked.len(), 0);
}

/// Of two tokens the later counts, in whatever order they are heard, and however often.
#[test]
fn the_latest_token_counts_whenever_it_is_heard() {
    let orders: [&[u64]; 4] = [&[30, 20, 10], &[10, 30, 20], &[20, 30, 10, 30], &[10, 20, 30, 20]];
    for order in orders {
        let mut browser = Browser::signed_in(1);
        browser.server.answers_requests = false;
        let session = browser.store.session.expect("a record").session;
        browser.run(secs(60));
        for number in order {
            let told = granted(session, *number);
            browser.hear(0, told);
        }
        let from = browser.tab(0).snapshot().token_from;
        assert_eq!(from, Some(Wall(START_MS + 30_000)), "{order:?}");
    }
}

/// Tabs disagree about their clock by a little; a token from further ahead than that was asked for before the clock was set
/// back, and is older than whatever is held here.
#[test]
fn a_token_from_the_future_is_an_old_one() {
    for (ahead_ms, is_taken) in [(5_000, true), (5_001, false)] {
        let mut browser = Browser::signed_in(1);
        let session = browser.store.session.expect("a record").session;
        let held = browser.tab(0).snapshot().token_from;
        let mut message = granted(session, 0);
        if let MessageBody::Granted(grant) = &mut message {
            grant.from = Wall(browser.wall().0 + ahead_ms);
        }
        browser.hear(0, message);
        assert_eq!(browser.tab(0).snapshot().token_from != held, is_taken, "{ahead_ms} ms ahead");
    }
}

/// A tab that missed a sign-out and a sign-in hears of the new session where no store tells of it: it is taken up at once.
/// What somebody still says of an earlier session than the one held here brings nobody back.
#[test]
fn a_token_of_a_later_session_is_taken_up_and_one_of_an_earlier_is_not() {
    for (later, taken_s) in [(1, 5), (-1, 0)] {
        let mut browser = Browser::signed_in(1);
        browser.store.is_unreadable = true;
        let key = browser.store.session.expect("a record").session;
        let session = SessionKey { since_ms: key.since_ms.checked_add_signed(later).expect("a year"), ..key };
        browser.run(secs(10));
        browser.hear(0, granted(session, 5));
        let from = browser.tab(0).snapshot().token_from;
        assert_eq!(from, Some(Wall(START_MS + taken_s * 1_000)));
    }
}

/// The person has worked here since they signed in elsewhere, where this tab knew nothing of it: they were at this device,
/// and their time starts from what they did last, wherever.
#[test]
fn whoever_was_active_in_the_session_before_was_active() {
    for is_told_by_the_store in [false, true] {
        let mut browser = Browser::signed_in(1);
        let key = browser.store.session.expect("a record").session;
        let later = SessionKey { since_ms: key.since_ms + 1, ..key };
        let record = browser.store.session.map(|record| Record { session: later, ..record });
        browser.run(mins(30));
        browser.touch(0);
        if is_told_by_the_store {
            browser.store.session = record;
            browser.input(0, Input::RecordChanged);
        } else {
            browser.store.is_unreadable = true;
            let told = good(&mut browser, granted(later, 1_790));
            browser.hear(0, told);
        }
        browser.run(mins(60) - secs(1));
        assert!(browser.tab(0).is_in(), "{is_told_by_the_store}");
        browser.run(secs(1));
        assert_eq!(browser.tab(0).reason(), Some(SignOutReason::Inactivity), "{is_told_by_the_store}");
    }
}

/// A page that only guessed that somebody is there, because the store cannot be read, has seen nobody do anything.
#[test]
fn nobody_was_active_in_a_session_that_was_only_guessed_at() {
    let mut browser = Browser::signed_in(1);
    let session = browser.store.session.expect("a record").session;
    browser.crash(0);
    browser.run(mins(40));
    browser.store.is_unreadable = true;
    browser.server.mood = Mood::Silent;
    let opened = browser.open();
    browser.server.mood = Mood::Well;
    let told = good(&mut browser, granted(session, 2_390));
    browser.hear(opened, told);
    assert!(browser.tab(opened).is_in());
    browser.run(mins(20));
    assert_eq!(browser.tab(opened).reason(), Some(SignOutReason::Inactivity));
}

/// Two tabs end one session in the same moment, each for its own reason: the one that was there first is told, or a person
/// who signed out would read that they had been away.
#[test]
fn the_reason_of_an_end_is_the_first_that_was_told() {
    let mut browser = Browser::signed_in(1);
    let session = browser.store.session.expect("a record").session;
    browser.sign_out(0);
    browser.store.is_unreadable = true;
    browser.hear(0, MessageBody::SignedOut { session, reason: SignOutReason::Inactivity });
    browser.run(secs(1));
    browser.hear(0, MessageBody::Hello { session: Some(session), newer_than: None });
    let told = browser.messages.last().map(|(_, message)| message.body.clone());
    assert_eq!(told, Some(MessageBody::SignedOut { session, reason: SignOutReason::ByPerson }));
}

/// The clock is set back between a sign-out and the next sign-in. By the clock alone the new session would be older than the
/// one that is over, and the other tabs would never let anybody in again.
#[test]
fn whoever_signs_in_after_the_clock_was_set_back_is_signed_in_in_all_tabs() {
    for tabs in [1, 2, 5] {
        for step_s in [-2, -86_400] {
            let mut browser = Browser::signed_in(tabs);
            browser.sign_out(0);
            browser.run(secs(1));
            browser.step_clock(step_s);
            browser.sign_in(tabs - 1, "bob", false);
            browser.run(secs(1));
            assert!(browser.all(|tab| tab.account() == Some("bob".into())), "{tabs} tabs, {step_s} s");
            browser.run(secs(30));
            assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token());
        }
    }
}

/// What the server asked for, it asked of this browser, whoever is signed in there by now.
#[test]
fn a_wait_that_the_server_asked_for_outlives_the_session_it_was_said_in() {
    let mut browser = Browser::kept(1);
    let key = browser.store.session.expect("a record").session;
    browser.server.mood = Mood::RefreshLater(secs(120));
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    browser.server.mood = Mood::Well;
    browser.store.is_unreadable = true;
    let told = granted(SessionKey { since_ms: key.since_ms + 1, ..key }, 1);
    let told = good(&mut browser, told);
    browser.hear(0, told);
    browser.input(0, Input::RefreshNow);
    browser.run(secs(118));
    assert_eq!(browser.server.refreshes(), 1);
    browser.run(secs(15));
    assert_eq!(browser.server.refreshes(), 2);
}

/// While this tab was asking, another was told to wait and a third had got a token: what came of the question here changes
/// nothing about the wait.
#[test]
fn a_wait_that_another_tab_was_told_of_outlives_a_refresh_that_was_overtaken() {
    let mut browser = Browser::kept(1);
    let session = browser.store.session.expect("a record").session;
    browser.server.mood = Mood::RefreshDoubt(Doubt::Status(502));
    browser.server.delay_ms = 1_000;
    browser.input(0, Input::RefreshNow);
    browser.run(millis(100));
    let at = browser.wall();
    let until = Wall(at.0 + 120_000);
    browser.hear(0, MessageBody::Waiting { session, at, until, why: None });
    let told = good(&mut browser, granted(session, 1));
    browser.hear(0, told);
    browser.run(secs(2));
    browser.server.mood = Mood::Well;
    browser.input(0, Input::RefreshNow);
    browser.run(secs(115));
    assert_eq!(browser.server.refreshes(), 1);
    browser.run(secs(10));
    assert_eq!(browser.server.refreshes(), 2);
}

/// A person is told when somebody else is signed in all at once, and not when they themselves have signed in again.
#[test]
fn only_a_change_of_persons_is_told_as_one() {
    for (who, is_told) in [("ada", false), ("bob", true)] {
        let mut browser = Browser::signed_in(1);
        browser.store.is_unreadable = true;
        let key = browser.store.session.expect("a record").session;
        let mut message = granted(SessionKey { since_ms: key.since_ms + 1, ..key }, 1);
        if let MessageBody::Granted(grant) = &mut message {
            grant.account = account(who);
        }
        browser.run(secs(2));
        browser.hear(0, message);
        assert_eq!(browser.tab(0).account(), Some(who.into()));
        let said = |output: &Output| *output == Output::Say(Line::AccountChanged);
        assert_eq!(browser.tab(0).outputs().any(said), is_told);
    }
}

/// Old activity makes nobody younger, and activity of another session is nobody's.
#[test]
fn old_and_strange_activity_counts_for_nothing() {
    let mut browser = Browser::signed_in(1);
    let session = browser.store.session.expect("a record").session;
    let before = Wall(browser.wall().0 - 60_000);
    browser.run(mins(59));
    browser.hear(0, MessageBody::Activity { session, at: before });
    let strange = SessionKey { since_ms: session.since_ms + 1, ..session };
    let at = browser.wall();
    browser.hear(0, MessageBody::Activity { session: strange, at });
    browser.run(secs(59));
    assert_eq!(browser.tab(0).reason(), Some(SignOutReason::Inactivity));
}

/// A wait that is over, or that of another session, keeps nobody waiting.
#[test]
fn old_and_strange_waits_count_for_nothing() {
    let mut browser = Browser::kept(1);
    let session = browser.store.session.expect("a record").session;
    let strange = SessionKey { since_ms: session.since_ms + 1, ..session };
    let (past, future) = (browser.wall(), Wall(u64::MAX));
    browser.run(secs(1));
    for why in [None, Some(Doubt::Network)] {
        let at = browser.wall();
        browser.hear(0, MessageBody::Waiting { session, at, until: past, why });
        browser.hear(0, MessageBody::Waiting { session: strange, at, until: future, why });
    }
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), 1);
}

/// Messages take half a second, which is longer than anybody waits for them: more is asked, and nothing is lost.
#[test]
fn slow_messages_cost_requests_and_nothing_else() {
    for tabs in [2, 5, 10] {
        let mut browser = Browser::new(tabs);
        browser.channel.delay = millis(500);
        browser.sign_in(0, "ada", true);
        browser.run(mins(90));
        assert!(browser.all(|tab| tab.is_in()));
        let opened = browser.open();
        browser.run(secs(5));
        assert!(browser.tab(opened).is_in());
        browser.sign_out(opened);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_out()));
        assert!(browser.server.turned_over <= 9 * 2 * tabs, "{}", browser.server.turned_over);
    }
}

/// Every message to one tab is lost: it serves itself by the record and the server, and is neither signed out nor stays
/// in when it should not.
#[test]
fn a_deaf_tab_is_a_good_neighbour() {
    for tabs in [2, 5] {
        let mut browser = Browser::kept(tabs);
        browser.channel.deaf = vec![0];
        browser.run(mins(60));
        assert!(browser.all(|tab| tab.is_in()));
        assert!(browser.server.refreshes() <= 12, "{} refreshes", browser.server.refreshes());
        browser.server.mood = Mood::RefreshLater(secs(120));
        browser.input(1, Input::RefreshNow);
        browser.run(secs(1));
        let asked = browser.server.refreshes();
        browser.input(0, Input::RefreshNow);
        browser.run(secs(60));
        assert_eq!(browser.server.refreshes(), asked, "it knows of the wait from the record");
        browser.sign_out(1);
        browser.run(millis(1));
        assert!(browser.all(|tab| tab.is_out()));
    }
}

/// What another tab would say of a token that was asked for so many seconds after the first.
fn granted(session: SessionKey, after_s: u64) -> MessageBody {
    MessageBody::Granted(Box::new(SharedGrant {
        session,
        access: Secret::new(format!("told-{after_s}")).into(),
        refresh: None,
        sign_out_ticket: None,
        from: Wall(START_MS + after_s * 1_000),
        lifetime: Some(Duration::from_secs(900)),
        account: account("ada"),
        session_id: Some("session-1".into()),
        session_ends: None,
        kept: false,
        last_activity: Wall(1_800_000_000_000),
        server_date: None,
        landing: None,
    }))
}

/// The same, of a token that the server takes.
fn good(browser: &mut Browser, told: MessageBody) -> MessageBody {
    let MessageBody::Granted(grant) = told else { return told };
    let access = browser.server.any_grant().access;
    MessageBody::Granted(Box::new(SharedGrant { access, ..*grant }))
}

const START_MS: u64 = 1_800_000_000_000;
