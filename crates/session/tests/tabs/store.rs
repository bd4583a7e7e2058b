//! A store that fails, is cleared, or belongs to somebody else; and tabs of another deployment.

use perennial_session::{
    Input, Message, MessageBody, Order, Output, RequestError, SignOutReason, TabId, Wake,
};

use crate::browser::{Browser, RequestFate, hours, millis, mins, secs};

/// `setItem` throws in all tabs: they live from memory, and from what they tell each other.
#[test]
fn tabs_work_from_memory_when_nothing_can_be_written() {
    for tabs in [1, 2, 5, 30] {
        let mut browser = Browser::new(tabs);
        browser.store.is_full = true;
        browser.sign_in(0, "ada", false);
        browser.run_with(hours(2), mins(5), |browser| browser.touch(0));
        assert!(browser.all(|tab| tab.is_in()), "{tabs} tabs");
        assert!(browser.all_hold_one_token());
        assert!(browser.server.turned_over <= 11, "{} refreshes", browser.server.turned_over);
        browser.sign_out(tabs - 1);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.reason() == Some(SignOutReason::ByPerson)));
        assert_eq!(browser.server.open_sessions(), 0);
    }
}

/// It begins to throw in the middle, so that what is read is old for ever: the key of a refresh that has long ended, the
/// activity of an hour ago, a session that has ended since.
#[test]
fn a_store_that_fills_up_does_not_haunt_the_tabs() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.server.delay_ms = 1_000;
        browser.input(0, Input::RefreshNow);
        browser.run(millis(500));
        browser.store.is_full = true;
        browser.run(secs(2));
        browser.server.delay_ms = 20;
        for _ in 0..3 {
            browser.run_with(mins(20), mins(1), |browser| browser.touch(0));
            browser.each(|browser, tab| browser.input(tab, Input::RefreshNow));
            browser.run(secs(1));
        }
        assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token(), "{tabs} tabs");
        assert_eq!(
            browser.server.turned_over,
            browser.server.refreshes(),
            "no answer is taken for another's"
        );
        browser.sign_out(0);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_out()));
        browser.sign_in(0, "bob", false);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    }
}

/// It can be neither read nor written: a page that is loaded asks the others, and else the server.
#[test]
fn a_new_tab_finds_its_session_without_a_store() {
    for others in [0, 1, 5] {
        let mut browser = Browser::signed_in(1 + others);
        browser.store.is_unreadable = true;
        browser.store.is_full = true;
        browser.crash(0);
        let opened = browser.open();
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.account() == Some("ada".into())), "{others} others");
        assert_eq!(browser.server.refreshes(), usize::from(others == 0));
        browser.run_with(hours(2), mins(5), |browser| browser.touch(opened));
        assert!(browser.all(|tab| tab.is_in()));
        browser.sign_out(opened);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_out()), "{others} others");
    }
}

/// The store is full when somebody signs in, and goes on telling of the session before, which was begun a moment earlier
/// in another tab: it is not taken up again.
#[test]
fn a_store_that_still_tells_of_the_session_before_changes_nobody() {
    let mut browser = Browser::new(2);
    browser.sign_in(0, "ada", false);
    browser.run(millis(10));
    browser.sign_in(1, "bob", false);
    browser.run(millis(15));
    assert_eq!(browser.tab(0).account(), Some("ada".into()));
    browser.store.is_full = true;
    browser.run(mins(5));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    assert_eq!(browser.server.refreshes(), 0);
}

/// Somebody clears the site's data: nobody asked to be signed out, and the cookie may still be there.
#[test]
fn a_store_that_is_cleared_signs_nobody_out() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.run_with(hours(2), mins(5), |browser| {
            browser.store.session = None;
            browser.each(|browser, tab| browser.input(tab, Input::RecordChanged));
            browser.touch(0);
        });
        assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token(), "{tabs} tabs");
    }
}

/// Somebody else signs in in another tab, while this one has requests of the first person waiting, on their way and
/// refused: none of them may ever carry the token of the other, and what is shown is theirs alone.
#[test]
fn another_account_in_another_tab_takes_this_one_along_and_none_of_its_requests() {
    for is_deaf in [false, true] {
        let mut browser = Browser::signed_in(2);
        browser.server.answers_requests = false;
        let sent = browser.ask(0);
        browser.sleep(mins(20));
        browser.freeze(0);
        if is_deaf {
            browser.channel.deaf = vec![0];
        }
        browser.sign_out(1);
        browser.run(secs(1));
        browser.sign_in(1, "bob", false);
        browser.run(secs(1));
        browser.channel.deaf = Vec::new();
        let waiting = browser.ask_frozen(0);
        browser.thaw(0);
        browser.run(secs(1));
        assert_eq!(browser.tab(0).account(), Some("bob".into()));
        let is_over = |fate: &RequestFate| match fate {
            RequestFate::Failed(RequestError::AccountChanged | RequestError::SignedOut) => true,
            RequestFate::Sent(_) | RequestFate::Delivered | RequestFate::Failed(_) => false,
        };
        assert!(browser.tab(0).fate(sent).last().is_some_and(is_over));
        assert_eq!(browser.tab(0).fate(sent).len(), 2, "nothing of hers is sent again");
        let replayed = |output: &Output| matches!(output, Output::Request(_, Order::Replay(_)));
        assert!(!browser.tab(0).outputs().any(replayed));
        // It was asked when the page had been told of nothing: it fails, or it is of whoever is there.
        assert!(browser.tab(0).fate(waiting).len() <= 1);
    }
}

/// Pages of yesterday's deployment and of today's are open side by side and speak differently.
#[test]
fn messages_of_another_version_change_nothing() {
    for version in [0, Message::VERSION + 1, u16::MAX] {
        let mut browser = Browser::signed_in(2);
        let session = browser.store.session.expect("a record").session;
        let bodies = [
            MessageBody::SignedOut { session, reason: SignOutReason::ByPerson },
            MessageBody::Hello { session: None, newer_than: None },
            MessageBody::Activity { session, at: browser.wall() },
            MessageBody::Waiting {
                session,
                at: browser.wall(),
                until: perennial_session::Wall(u64::MAX),
                why: None,
            },
        ];
        let (before, messages) = (browser.tab(0).snapshot(), browser.messages.len());
        for body in bodies {
            browser.input(0, Input::Heard(Message { version, from: TabId(7), body }));
        }
        assert_eq!(browser.tab(0).snapshot(), before);
        assert_eq!(browser.messages.len(), messages);
        browser.run(mins(14));
        assert!(browser.all_hold_one_token());
    }
}

/// A record that only the other version understands is no sign-out, and neither is one that nobody wrote.
#[test]
fn a_record_of_another_version_signs_nobody_out() {
    for tabs in [1, 2, 5] {
        let mut browser = Browser::signed_in(tabs);
        browser.store.is_unreadable = true;
        browser.run_with(hours(2), mins(5), |browser| {
            browser.each(|browser, tab| {
                browser.input(tab, Input::RecordChanged);
                browser.input(tab, Input::Woke(Wake::Seen));
            });
            browser.touch(0);
        });
        assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token(), "{tabs} tabs");
        assert!(browser.server.turned_over <= 11);
    }
}
