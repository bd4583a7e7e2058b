//! A store that fails, is cleared, or belongs to somebody else; and tabs of another deployment.

use perennial_session::{
    CallKind, Input, Message, MessageBody, Order, Output, Remembered, RequestError, SignOutReason, TabId,
    Wake,
};

use crate::browser::{Browser, Mood, RequestFate, account, hours, millis, mins, secs};

/// `setItem` throws in all tabs: they live from memory, and from what they tell each other.
///
/// Scenario 25.
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
///
/// Scenario 25.
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
///
/// Scenario 32.
#[test]
fn messages_of_another_version_change_nothing() {
    for version in [0, Message::VERSION + 1, u16::MAX] {
        let mut browser = Browser::signed_in(2);
        let session = browser.store.session.expect("a record").session;
        let bodies = [
            later_session(&browser),
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

/// What tells that Bob has signed in after Ada: understood, it would take every tab along.
fn later_session(browser: &Browser) -> MessageBody {
    let grant = browser.messages.iter().find_map(|(_, message)| match &message.body {
        MessageBody::Granted(grant) => Some(grant.clone()),
        MessageBody::Hello { .. }
        | MessageBody::SignedOut { .. }
        | MessageBody::Activity { .. }
        | MessageBody::Waiting { .. } => None,
    });
    let mut grant = grant.expect("the sign-in was told");
    grant.session.since_ms += 1;
    grant.from = browser.wall();
    grant.account = account("bob");
    MessageBody::Granted(grant)
}

/// A record that only the other version understands is no sign-out, and neither is one that nobody wrote.
///
/// Scenario 32.
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

/// Nothing more can be written while the person works, and what is read is of an hour ago. A clock that is set back makes
/// that seem to lie ahead; taken for activity each time it is read, it would keep somebody signed in who has gone.
#[test]
fn a_record_that_was_read_before_makes_nobody_present() {
    let mut browser = Browser::signed_in(1);
    browser.store.is_full = true;
    browser.run(secs(30));
    browser.touch(0);
    browser.run(mins(40));
    browser.step_clock(-3_600);
    browser.run(mins(20) - secs(1));
    assert!(browser.tab(0).is_in());
    browser.run(secs(1));
    assert_eq!(browser.tab(0).reason(), Some(SignOutReason::Inactivity));
}

/// The store is emptied, or the end of an earlier session is written over the record by a tab that had not learned of the
/// sign-in: the session goes on, and its record is written again, or the next reload would find nobody signed in.
#[test]
fn a_record_that_the_store_lost_is_written_again() {
    for has_end in [false, true] {
        let mut browser = Browser::signed_in(1);
        browser.sign_out(0);
        browser.run(secs(1));
        browser.sign_in(0, "bob", false);
        browser.run(secs(1));
        let record = browser.store.session.take().expect("a record");
        if !has_end {
            browser.store.ended = None;
        }
        browser.run_with(secs(15), secs(1), |browser| browser.touch(0));
        assert_eq!(browser.tab(0).account(), Some("bob".into()));
        assert_eq!(browser.store.session.map(|it| it.session), Some(record.session));
    }
}

/// Where nothing stays it is tried now and then, and not with every move of the mouse.
#[test]
fn a_store_that_takes_nothing_is_tried_now_and_then() {
    let mut browser = Browser::signed_in(1);
    browser.run(secs(20));
    browser.store.session = None;
    browser.store.is_full = true;
    let tries = |browser: &Browser| {
        browser.tab(0).outputs().filter(|output| matches!(output, Output::Store(_))).count()
    };
    let before = tries(&browser);
    browser.run_with(secs(61), millis(500), |browser| browser.input(0, Input::RecordChanged));
    let tried = tries(&browser) - before;
    assert!((4..=5).contains(&tried), "{tried} times in a minute");
}

/// A tab that had not learned of the end writes its record once more, over what is left of the session. Whoever knows
/// better writes the end again: the next page that is opened would ask the server as the person who has left.
#[test]
fn an_end_that_was_written_over_is_written_again() {
    let mut browser = Browser::signed_in(2);
    for who in ["bob", "cleo"] {
        browser.sign_out(0);
        browser.run(secs(1));
        browser.sign_in(0, who, false);
        browser.run(secs(1));
    }
    let record = browser.store.session.expect("a record");
    browser.sign_out(0);
    browser.run(secs(1));
    browser.crash(0);
    browser.store.session = Some(record);
    browser.input(1, Input::RecordChanged);
    assert!(browser.tab(1).is_out());
    assert!(matches!(browser.store.load(), Remembered::Ended(ended) if ended.session == record.session));
}

/// The server has been told, and that could not be written: it is written as soon as it can be, or a page that is opened
/// later would sign out whoever is signed in by then.
#[test]
fn that_the_server_knows_of_a_sign_out_is_written_when_it_can_be() {
    let mut browser = Browser::signed_in(1);
    browser.server.mood = Mood::Unreachable;
    browser.sign_out(0);
    browser.run(secs(1));
    browser.server.mood = Mood::Well;
    browser.store.is_full = true;
    browser.input(0, Input::Woke(Wake::Online));
    browser.run(secs(1));
    assert_eq!(browser.server.open_sessions(), 0);
    assert!(matches!(browser.store.load(), Remembered::Ended(ended) if ended.revoke));
    browser.store.is_full = false;
    browser.input(0, Input::Woke(Wake::Seen));
    assert!(matches!(browser.store.load(), Remembered::Ended(ended) if !ended.revoke));
    browser.run(mins(1));
    assert_eq!(browser.server.count(|kind| matches!(kind, CallKind::SignOut { .. })), 1);
}

/// The store could not be read when the page was loaded, so that it only guesses that somebody is signed in. When it can be
/// read and says that nobody is, the page need not wait for a server that does not answer.
#[test]
fn a_page_that_only_guesses_believes_what_the_store_says_later() {
    let mut browser = Browser::signed_in(1);
    browser.sign_out(0);
    browser.run(secs(1));
    browser.crash(0);
    browser.store.is_unreadable = true;
    browser.server.mood = Mood::Silent;
    let opened = browser.open();
    browser.run(secs(1));
    assert!(browser.tab(opened).is_restoring());
    browser.store.is_unreadable = false;
    browser.input(opened, Input::RecordChanged);
    assert_eq!(browser.tab(opened).reason(), Some(SignOutReason::ByPerson));
}

/// A page that restores a session is not talked out of it by what is left of an earlier one.
#[test]
fn the_end_of_an_earlier_session_does_not_end_one_that_is_being_restored() {
    let mut browser = Browser::signed_in(1);
    browser.sign_out(0);
    browser.run(secs(1));
    browser.sign_in(0, "bob", false);
    browser.run(secs(1));
    browser.crash(0);
    browser.server.delay_ms = 2_000;
    let opened = browser.open();
    browser.store.session = None;
    browser.input(opened, Input::RecordChanged);
    assert!(browser.tab(opened).is_restoring());
    browser.run(secs(3));
    assert_eq!(browser.tab(opened).account(), Some("bob".into()));
}
