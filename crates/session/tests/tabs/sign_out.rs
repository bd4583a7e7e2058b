//! A session that is over is over in every tab, and nothing that comes late brings it back.

use perennial_session::{
    Answer, CallKind, Input, MessageBody, RefreshAnswer, Refusal, Remembered, RequestError, RequestEvent,
    SignOutReason, Tabs, Wake,
};

use crate::browser::{Browser, Mood, RequestFate, hours, millis, mins, secs};

/// One way out, and all tabs are out: within a moment, with the reason, and with nothing left of it.
#[test]
fn a_sign_out_in_one_tab_is_one_in_all() {
    for tabs in [2, 5, 30] {
        for is_deaf in [false, true] {
            let mut browser = Browser::signed_in(tabs);
            if is_deaf {
                browser.channel.deaf = (0..tabs).collect();
            }
            browser.server.answers_requests = false;
            let requests: Vec<_> = (0..tabs).map(|tab| browser.ask(tab)).collect();
            browser.sign_out(1);
            browser.run(millis(2));
            assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)));
            for (tab, request) in requests.into_iter().enumerate() {
                let fate = browser.tab(tab).fate(request);
                assert!(matches!(fate, [_, RequestFate::Failed(RequestError::SignedOut)]), "{fate:?}");
            }
            browser.run(hours(2));
            assert!(browser.all(|tab| tab.is_out() && tab.open_calls().next().is_none()));
            assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. })), 1);
            assert_eq!(browser.server.open_sessions(), 0);
        }
    }
}

/// A refusal that one tab meets is the end in all, and they need not meet it themselves.
#[test]
fn a_refusal_in_one_tab_is_one_in_all() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.revoke_all();
        browser.input(1, Input::RefreshNow);
        browser.run(secs(1));
        let refused = Some(SignOutReason::Refused(Refusal::Revoked));
        assert!(browser.all(|tab| tab.reason() == refused), "{tabs} tabs");
        assert_eq!(browser.server.refreshes(), 1);
    }
}

/// The new token is on its way when the person signs out, in the same tab or another: taken as it comes, it would make
/// them signed in again.
///
/// Scenario 15.
#[test]
fn a_refresh_in_flight_does_not_outlive_a_sign_out() {
    for tabs in [1, 2, 5] {
        for who in [0, tabs - 1] {
            let mut browser = Browser::signed_in(tabs);
            browser.server.delay_ms = 2_000;
            browser.input(0, Input::RefreshNow);
            browser.run(millis(100));
            assert!(browser.tab(0).is_refreshing());
            browser.sign_out(who);
            browser.run(secs(10));
            assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)), "{tabs} {who}");
            assert_eq!(browser.server.open_sessions(), 0);
            assert!(matches!(browser.store.load(), Remembered::Ended(ended) if !ended.revoke));
            let asked = browser.server.asked.len();
            browser.run_with(hours(1), mins(1), |browser| {
                browser.each(|browser, tab| browser.input(tab, Input::Woke(Wake::Seen)));
            });
            assert_eq!(browser.server.asked.len(), asked);
        }
    }
}

/// The abort came too late and the answer is read after the sign-out in another tab: the token is given back, and shown
/// to no tab.
///
/// Scenario 15.
#[test]
fn a_token_that_is_read_after_the_sign_out_elsewhere_is_given_back() {
    let mut browser = Browser::signed_in(3);
    browser.server.mood = Mood::Silent;
    browser.input(0, Input::RefreshNow);
    browser.run(millis(100));
    let (call, _) = browser.tab(0).open_calls().next().expect("a refresh");
    browser.server.mood = Mood::Well;
    browser.sign_out(1);
    browser.run(secs(1));
    let before = browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. }));
    let grant = browser.server.any_grant();
    let granted = |browser: &Browser| {
        browser.messages.iter().filter(|it| matches!(it.1.body, MessageBody::Granted(_))).count()
    };
    let before_it = granted(&browser);
    browser.input(0, Input::Answered { call, answer: Answer::Refresh(RefreshAnswer::Granted(grant)) });
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.is_out()));
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. })), before + 1);
    assert_eq!(granted(&browser), before_it, "nobody hears of it");
}

/// A slow request of the last person is refused when the next has signed in: it must not cost them their session, nor a
/// refresh.
///
/// Scenario 16.
#[test]
fn a_refusal_of_the_last_persons_request_does_not_touch_the_next() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.answers_requests = false;
        let request = browser.ask(0);
        browser.sign_out(tabs - 1);
        browser.run(secs(1));
        browser.sign_in(tabs - 1, "bob", false);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())));
        let refreshes = browser.server.refreshes();
        browser.input(0, Input::Request { id: request, event: RequestEvent::Refused });
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())));
        assert_eq!(browser.server.refreshes(), refreshes);
        let fate = browser.tab(0).fate(request);
        assert!(
            matches!(fate, [RequestFate::Sent(_), RequestFate::Failed(RequestError::SignedOut)]),
            "{fate:?}"
        );
    }
}

/// The device has no network when the person signs out: they are out at once, and the server is told as soon as there is
/// one.
///
/// Scenario 30.
#[test]
fn a_sign_out_without_a_network_arrives_when_there_is_one() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.mood = Mood::Unreachable;
        browser.sign_out(0);
        browser.run(mins(30));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)));
        assert_eq!(browser.server.open_sessions(), 1);
        browser.server.mood = Mood::Well;
        browser.each(|browser, tab| browser.input(tab, Input::Woke(Wake::Online)));
        browser.run(secs(1));
        assert_eq!(browser.server.open_sessions(), 0);
        assert!(matches!(browser.store.load(), Remembered::Ended(ended) if !ended.revoke));
    }
}

/// The browser was closed in between.
///
/// Scenario 30.
#[test]
fn a_sign_out_without_a_network_arrives_after_a_restart() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.mood = Mood::Unreachable;
        browser.sign_out(0);
        browser.run(mins(5));
        browser.each(|browser, tab| browser.crash(tab));
        browser.sleep(hours(10));
        browser.server.mood = Mood::Well;
        for _ in 0..tabs {
            let opened = browser.open();
            assert!(browser.tab(opened).is_out());
        }
        browser.run(secs(1));
        assert_eq!(browser.server.open_sessions(), 0);
        assert_eq!(browser.server.refreshes(), 0);
        let asked = browser.server.asked.len();
        browser.open();
        browser.run(hours(1));
        assert_eq!(browser.server.asked.len(), asked, "what the server knows it is not told again");
    }
}

/// All tabs of a restarted browser know of the sign-out that has not arrived; when one of them has told the server, the
/// others do not tell it again, with what may be the next person's cookie by then.
#[test]
fn a_sign_out_that_one_tab_could_deliver_is_not_delivered_by_the_others() {
    let mut browser = Browser::signed_in(2);
    browser.server.mood = Mood::Unreachable;
    browser.sign_out(0);
    browser.run(secs(30));
    browser.each(|browser, tab| browser.crash(tab));
    let tabs = browser.open_many(3);
    browser.run(mins(3));
    browser.server.mood = Mood::Well;
    browser.input(tabs[1], Input::Woke(Wake::Online));
    browser.run(secs(1));
    assert_eq!(browser.server.open_sessions(), 0);
    browser.each(|browser, tab| browser.input(tab, Input::Woke(Wake::Online)));
    browser.run(mins(5));
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. })), 1);
}

/// What another tab has told the server is its own sign-out and no other: one that this tab still owes is told all the same.
#[test]
fn a_sign_out_that_is_owed_is_delivered_although_the_next_one_has_been() {
    // Without a lock no other tab sees to it.
    let mut browser = owing_a_sign_out(Tabs { has_lock: false, has_channel: true });
    browser.sign_out(1);
    browser.run(secs(1));
    assert_eq!(browser.server.open_sessions(), 1);
    browser.thaw(0);
    browser.run(secs(1));
    assert_eq!(browser.server.open_sessions(), 0);
}

/// The tab that signed out is gone or does not move: whoever signs in next pays its debt first, while the cookie still
/// says whose it is.
#[test]
fn whoever_signs_in_delivers_the_sign_out_of_before() {
    let mut browser = owing_a_sign_out(Tabs { has_lock: true, has_channel: true });
    assert_eq!(browser.tab(1).account(), Some("bob".into()));
    assert_eq!(browser.server.open_sessions(), 1, "bob's, and ada's no more");
    browser.thaw(0);
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    assert_eq!(browser.server.open_sessions(), 1);
}

/// Nobody comes back to the tab that signed out, and nobody signs in: another tab that stays open sees to it.
#[test]
fn a_sign_out_that_died_with_its_tab_is_delivered_by_another() {
    let mut browser = Browser::signed_in(3);
    browser.server.mood = Mood::Unreachable;
    browser.sign_out(0);
    browser.run(secs(1));
    browser.crash(0);
    browser.server.mood = Mood::Well;
    browser.run(mins(1));
    assert_eq!(browser.server.open_sessions(), 0);
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { access: None, .. })), 1);
}

/// The answer to a sign-out takes the cookie away: a sign-in in another tab waits until it has come.
#[test]
fn a_sign_in_waits_for_the_sign_out_of_another_tab() {
    let mut browser = Browser::signed_in(2);
    browser.server.delay_ms = 400;
    browser.sign_out(0);
    browser.run(millis(100));
    browser.sign_in(1, "bob", false);
    browser.run(millis(200));
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignIn { .. })), 1, "only ada's");
    browser.run(secs(2));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
}

/// The cookie alone says which session is meant, or nobody waits at a page that is closing: then the sign-out waits for the
/// lock, or its answer would take the cookie of whoever signs in in another tab.
#[test]
fn only_a_person_with_a_token_in_hand_leaves_without_waiting_for_the_lock() {
    let sign_outs = |browser: &Browser| browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. }));
    let ends: [(Act, usize); 3] = [
        (|browser| browser.sign_out(0), 1),
        (|browser| browser.run(mins(60) - secs(2)), 0),
        (
            |browser| {
                browser.crash(0);
                let opened = browser.open();
                browser.sign_out(opened);
            },
            0,
        ),
    ];
    for (end, at_once) in ends {
        let mut browser = Browser::signed_in(1);
        browser.orphan_lock();
        end(&mut browser);
        browser.run(secs(19));
        assert!(browser.all(|tab| tab.is_out()));
        assert_eq!(sign_outs(&browser), at_once);
        browser.run(secs(2));
        assert_eq!(sign_outs(&browser), 1, "and is sent although nobody gives the lock back");
        assert_eq!(browser.server.open_sessions(), 0);
    }
}

/// The device could not write down that the sign-out has arrived, and somebody has signed in since. A page that is opened
/// then believes that the sign-out is still owed, and would end the new session by its cookie.
#[test]
fn a_page_that_believes_a_sign_out_is_owed_asks_first_whether_somebody_is_there() {
    for means in [Tabs { has_lock: true, has_channel: true }, Tabs { has_lock: false, has_channel: true }] {
        let mut browser = Browser::signed_in_with(1, means, false);
        browser.server.mood = Mood::Unreachable;
        browser.sign_out(0);
        browser.run(secs(1));
        browser.server.mood = Mood::Well;
        browser.store.is_full = true;
        browser.sign_in(0, "bob", false);
        browser.run(secs(1));
        let sign_outs = browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. }));
        browser.open();
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())), "{means:?}");
        assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. })), sign_outs);
        assert_eq!(browser.server.open_sessions(), 1);
    }
}

/// Its answer would take the cookie of whoever has signed in.
#[test]
fn a_sign_out_on_its_way_is_given_up_for_whoever_has_signed_in_elsewhere() {
    // Without a lock nobody waits for it.
    let mut browser = Browser::signed_in_with(2, Tabs { has_lock: false, has_channel: true }, false);
    browser.server.mood = Mood::Silent;
    browser.sign_out(0);
    browser.run(millis(10));
    assert_eq!(browser.tab(0).open_calls().count(), 1);
    browser.server.mood = Mood::Well;
    browser.sign_in(1, "bob", false);
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    assert_eq!(browser.tab(0).open_calls().count(), 0);
}

/// A sign-out that has not arrived is of the last person: it must not end the session of the next, who signs in in
/// another tab meanwhile.
#[test]
fn a_sign_out_that_arrives_late_does_not_end_the_next_session() {
    for restart in [false, true] {
        let mut browser = Browser::signed_in(3);
        browser.server.mood = Mood::Unreachable;
        browser.sign_out(0);
        browser.run(secs(30));
        if restart {
            browser.each(|browser, tab| browser.crash(tab));
            browser.open_many(3);
            browser.run(secs(10));
        }
        let tab = if restart { 4 } else { 1 };
        browser.server.mood = Mood::Well;
        browser.sign_in(tab, "bob", false);
        browser.run(mins(3));
        browser.each(|browser, tab| browser.input(tab, Input::Woke(Wake::Online)));
        browser.run(mins(3));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())), "{restart}");
        assert!(browser.server.open_sessions() >= 1);
        browser.input(tab, Input::RefreshNow);
        browser.run(secs(1));
        assert!(browser.all_hold_one_token());
    }
}

/// A tab that missed the sign-out asks for a token of the session that is over, and one that was opened since knows it
/// from the record only: it is the one that can say so, or the first would show the last person until it asks the server.
#[test]
fn a_tab_that_asks_about_a_session_that_is_over_is_told_so_by_one_that_was_opened_since() {
    let mut browser = Browser::signed_in(1);
    let session = browser.store.session.expect("a record").session;
    browser.sign_out(0);
    browser.run(secs(1));
    browser.crash(0);
    let opened = browser.open();
    browser.hear(opened, MessageBody::Hello { session: Some(session), newer_than: None });
    let told = browser.messages.last().map(|(_, message)| message.body.clone());
    assert_eq!(told, Some(MessageBody::SignedOut { session, reason: SignOutReason::ByPerson }));
}

/// It is told the reason with it, or the person would read that they had signed out themselves.
#[test]
fn a_tab_that_asks_about_a_session_that_is_over_is_told_why() {
    let mut browser = Browser::signed_in(1);
    let session = browser.store.session.expect("a record").session;
    browser.run(mins(60));
    browser.hear(0, MessageBody::Hello { session: Some(session), newer_than: None });
    let told = browser.messages.last().map(|(_, message)| message.body.clone());
    assert_eq!(told, Some(MessageBody::SignedOut { session, reason: SignOutReason::Inactivity }));
}

/// Two tabs. In one Ada has signed out, which the server has not heard of; it does not move. Bob has signed in in the other.
fn owing_a_sign_out(means: Tabs) -> Browser {
    let mut browser = Browser::signed_in_with(2, means, false);
    browser.server.mood = Mood::Unreachable;
    browser.sign_out(0);
    browser.run(secs(5));
    browser.freeze(0);
    browser.server.mood = Mood::Well;
    browser.sign_in(1, "bob", false);
    browser.run(secs(1));
    browser
}

type Act = fn(&mut Browser);
