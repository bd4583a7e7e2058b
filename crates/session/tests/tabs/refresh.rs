//! Many tabs refresh once between them.

use perennial_session::{Input, Refusal, RequestEvent, SignOutReason, Tabs, Wake};

use crate::browser::{Browser, Mood, RequestFate, days, hours, millis, mins, secs};

/// Tabs that share a credential which can be used once all want to replace it at the same moment; each that asked by
/// itself would be taken for a thief.
///
/// Scenario 1.
#[test]
fn all_tabs_want_a_token_at_once_and_the_server_is_asked_once() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(secs(1));
        assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs");
        assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token(), "{tabs} tabs");
    }
}

/// Timers that are a minute late fire together when every tab is long past the moment it had chosen.
#[test]
fn all_timers_fire_at_once_and_the_credential_is_turned_over_once() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.each(|browser, tab| browser.throttle(tab));
        browser.run(mins(14));
        assert_eq!(browser.server.turned_over, 1, "{tabs} tabs");
        assert!(browser.all_hold_one_token(), "{tabs} tabs");
    }
}

/// However many tabs are open, a day of work costs what it costs in one.
#[test]
fn many_tabs_refresh_as_often_as_one() {
    let run = |tabs| {
        let mut browser = Browser::kept(tabs);
        browser.run(10 * mins(15));
        assert!(browser.all(|tab| tab.is_in()));
        browser.server.refreshes()
    };
    for tabs in [1, 2, 5, 20] {
        assert!((10..=13).contains(&run(tabs)), "{} refreshes by {tabs} tabs in ten lifetimes", run(tabs));
    }
}

/// Two windows side by side, each of them seen and in focus in turn, would both lead if being seen made a leader.
///
/// Scenario 29.
#[test]
fn two_windows_that_are_both_looked_at_refresh_once() {
    let mut browser = Browser::signed_in(2);
    let before = browser.server.refreshes();
    let mut turn = 0;
    browser.run_with(mins(13), millis(700), |browser| {
        turn += 1;
        browser.input(turn % 2, Input::Woke(Wake::Seen));
        browser.touch(turn % 2);
    });
    assert_eq!(browser.server.refreshes(), before + 1);
    assert!(browser.all_hold_one_token());
}

/// A refresh that is due in a month would be due at once where a timer counts milliseconds in 32 bits; a token that
/// came from another tab is no different.
///
/// Scenario 26.
#[test]
fn a_far_expiry_is_as_far_for_the_tabs_that_were_told_of_the_token() {
    let mut browser = Browser::new(3);
    browser.server.lifetime = days(30);
    browser.sign_in(0, "ada", true);
    browser.run(mins(60));
    let fourth = browser.open();
    browser.run(mins(60));
    assert!(browser.tab(fourth).is_in());
    assert_eq!(browser.server.refreshes(), 0);
    assert!(browser.all(|tab| tab.snapshot().next_refresh.is_some_and(|at| at.0 > 1_802_000_000_000)));
}

/// A tab dies between its call and the answer, when the server has turned the credential over and nobody knows the
/// new one; whoever asks next must ask the same question.
///
/// Scenarios 20 and 31.
#[test]
fn the_answer_to_a_tab_that_died_is_given_to_the_next() {
    for tabs in [2, 5, 30] {
        for reaches_server in [true, false] {
            let mut browser = Browser::signed_in(tabs);
            browser.server.delay_ms = 5_000;
            browser.server.reach_ms = 100;
            browser.server.loses_calls_of_the_dead = !reaches_server;
            browser.input(0, Input::RefreshNow);
            browser.run(millis(if reaches_server { 1_000 } else { 100 }));
            assert!(browser.tab(0).is_refreshing());
            browser.crash(0);
            browser.server.delay_ms = 20;
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(1));
            let mut keys = browser.server.keys();
            assert_eq!(keys.len(), if reaches_server { 2 } else { 1 });
            keys.dedup();
            assert_eq!(keys.len(), 1, "another key would make a theft of it");
            assert!(browser.all_hold_one_token());
            browser.input(1, Input::RefreshNow);
            browser.run(secs(1));
            assert_ne!(browser.server.keys().last(), keys.first(), "the next credential is another matter");
            assert!(browser.all(|tab| tab.is_in()));
        }
    }
}

/// The same tab is loaded again in the middle of its refresh.
///
/// Scenarios 20 and 31.
#[test]
fn a_page_that_is_loaded_again_while_it_refreshes_gets_the_same_answer() {
    for others in [0, 1, 4] {
        let mut browser = Browser::signed_in(1 + others);
        browser.server.delay_ms = 5_000;
        browser.input(0, Input::RefreshNow);
        browser.run(secs(1));
        browser.crash(0);
        browser.server.delay_ms = 20;
        let again = browser.open();
        browser.input(again, Input::RefreshNow);
        browser.run(secs(2));
        let mut keys = browser.server.keys();
        keys.dedup();
        assert!(keys.len() <= 2 && browser.all_hold_one_token(), "{keys:?}");
        browser.run(mins(14));
        assert!(browser.all(|tab| tab.is_in()));
    }
}

/// The answer was lost, and the server gives it no more when it is asked again: that is one end with a reason, from which
/// a person signs in again, and no question is repeated.
///
/// Scenario 20.
#[test]
fn an_answer_that_is_lost_for_good_ends_the_session_once() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::kept(tabs);
        browser.server.delay_ms = 5_000;
        browser.input(0, Input::RefreshNow);
        browser.run(secs(1));
        browser.crash(0);
        browser.server.delay_ms = 20;
        browser.server.forgets_answers = true;
        let again = browser.open();
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(secs(1));
        let reused = Some(SignOutReason::Refused(Refusal::Reused));
        assert!(browser.all(|tab| tab.reason() == reused), "{tabs} tabs");
        assert_eq!(browser.server.refreshes(), 2);
        let asked = browser.server.asked.len();
        browser.run_with(hours(1), secs(15), |browser| {
            browser.each(|browser, tab| {
                browser.input(tab, Input::Woke(Wake::Seen));
                browser.input(tab, Input::RefreshNow);
                browser.ask(tab);
            });
        });
        assert_eq!(browser.server.asked.len(), asked, "nothing leaves afterwards");
        browser.sign_in(again, "ada", true);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token(), "{tabs} tabs");
    }
}

/// WebKit passes the lock on at once and was seen to deliver a message after 216 ms: the tab that gets the lock next has not
/// heard of the token yet. It reads in the store that there is one, and does not replace it again.
///
/// Field 57.
#[test]
fn a_token_whose_message_is_slower_than_the_lock_is_waited_for() {
    for tabs in [2, 5, 30] {
        for delay in [millis(60), millis(216), millis(800)] {
            let mut browser = Browser::signed_in(tabs);
            browser.channel.delay = delay;
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(2));
            assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs, {delay:?}");
            assert!(browser.all_hold_one_token(), "{tabs} tabs, {delay:?}");
        }
    }
}

/// The same where the second tab's own timer fires after the lock was given back and before the message comes.
///
/// Field 57.
#[test]
fn a_refresh_that_begins_before_the_message_of_another_comes_waits_for_it() {
    let mut browser = Browser::signed_in(2);
    browser.channel.delay = millis(216);
    browser.input(0, Input::RefreshNow);
    browser.run(millis(150));
    assert!(browser.server.refreshes() == 1 && !browser.tab(0).is_refreshing());
    browser.input(1, Input::RefreshNow);
    browser.run(secs(2));
    assert_eq!(browser.server.refreshes(), 1);
    assert!(browser.all_hold_one_token());
}

/// A page that is loaded while another tab refreshes holds nothing that could have been replaced; it takes the token too.
///
/// Field 57.
#[test]
fn a_page_that_is_loaded_while_another_tab_refreshes_waits_for_its_message() {
    let mut browser = Browser::signed_in(1);
    browser.channel.delay = millis(216);
    browser.server.delay_ms = 400;
    browser.input(0, Input::RefreshNow);
    browser.run(millis(100));
    browser.open();
    browser.run(secs(2));
    assert_eq!(browser.server.refreshes(), 1);
    assert!(browser.all_hold_one_token());
}

/// The store tells of a token by the wall clock. Whatever the clock is set to meanwhile, the token is recognised, and nobody
/// waits longer for it.
#[test]
fn a_clock_that_is_set_while_a_token_is_expected_changes_nothing() {
    for by_s in [-86_400, -60, -2, 2, 10] {
        for is_set_late in [false, true] {
            let mut browser = Browser::signed_in(2);
            browser.channel.delay = millis(216);
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(millis(if is_set_late { 150 } else { 60 }));
            browser.step_clock(by_s);
            browser.run(secs(2));
            assert_eq!(browser.server.refreshes(), 1, "{by_s}, {is_set_late}");
            assert!(browser.all(|tab| tab.is_in()));
        }
    }
}

/// A tab stores what it was granted and is gone before anybody has heard of it. What it held nobody can say any more, so the
/// others ask the server: soon, once between them, and in time for a request that waits.
#[test]
fn a_tab_that_dies_when_it_has_stored_its_grant_keeps_the_others_waiting_for_a_second() {
    for tabs in [2, 5, 30] {
        let mut browser = Browser::signed_in(tabs);
        browser.channel.deaf = (0..tabs).collect();
        browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
        browser.run(millis(70));
        assert!(!browser.tab(0).is_refreshing(), "the grant is stored");
        browser.crash(0);
        browser.channel.deaf.clear();
        browser.run(millis(950));
        assert_eq!(browser.server.refreshes(), 1, "{tabs} tabs");
        browser.run(millis(200));
        assert_eq!(browser.server.refreshes(), 2, "{tabs} tabs");
        assert!(browser.all_hold_one_token(), "{tabs} tabs");
        // It is expected once, not at each refresh that follows.
        browser.input(1, Input::RefreshNow);
        browser.run(millis(100));
        assert_eq!(browser.server.refreshes(), 3, "{tabs} tabs");
    }
}

/// A message was lost. The tab that was granted the token is there, and says it again when it is asked.
#[test]
fn a_token_whose_message_was_lost_is_asked_for_again() {
    let mut browser = Browser::signed_in(2);
    browser.channel.deaf = vec![1];
    browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
    browser.run(millis(80));
    assert!(!browser.tab(0).is_refreshing());
    browser.channel.deaf.clear();
    browser.run(secs(2));
    assert_eq!(browser.server.refreshes(), 1);
    assert!(browser.all_hold_one_token());
}

/// A refresh that waits for the lock is one of a refused token as soon as the token is refused, and stays one: no request
/// tries that token again.
#[test]
fn requests_wait_for_a_refused_token_to_be_replaced_while_the_lock_is_waited_for() {
    for is_refused_first in [false, true] {
        let mut browser = Browser::signed_in(1);
        browser.server.answers_requests = false;
        browser.orphan_lock();
        let refused = browser.ask(0);
        let refusal = Input::Request { id: refused, event: RequestEvent::Refused };
        let mut inputs = [Input::RefreshNow, refusal];
        if is_refused_first {
            inputs.reverse();
        }
        for input in inputs {
            browser.input(0, input);
        }
        let request = browser.ask(0);
        assert_eq!(browser.tab(0).fate(request), []);
        browser.run(secs(9));
        browser.return_lock();
        browser.run(secs(1));
        assert!(matches!(browser.tab(0).fate(request), [RequestFate::Sent(_)]));
        assert!(matches!(browser.tab(0).fate(refused), [RequestFate::Sent(_), RequestFate::Sent(_)]));
    }
}

/// A call hangs while the others replace the credential twice. Its answer would bring back the cookie of before, which the
/// server takes for stolen: it is given up, and the tab asks anew. After one replacement it may still be the same question.
#[test]
fn a_refresh_that_the_others_have_overtaken_twice_is_given_up_and_made_anew() {
    let means = Tabs { has_lock: false, has_channel: true };
    let mut browser = Browser::signed_in_with(2, means, false);
    browser.channel.deaf = vec![0];
    browser.server.mood = Mood::Silent;
    browser.input(0, Input::RefreshNow);
    browser.run(millis(100));
    browser.server.mood = Mood::Well;
    let hung = browser.tab(0).open_calls().map(|(call, _)| call).next().expect("a refresh");
    let hangs = |browser: &Browser| browser.tab(0).open_calls().any(|(call, _)| call == hung);
    for is_overtaken_twice in [false, true] {
        browser.input(1, Input::RefreshNow);
        browser.run(secs(1));
        assert_eq!(hangs(&browser), !is_overtaken_twice);
    }
    // It expects the message with the token of the other tab first, which never comes.
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), 4);
    assert!(!browser.tab(0).is_refreshing());
}
