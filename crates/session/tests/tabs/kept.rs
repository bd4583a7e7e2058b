//! Tabs whose credentials script holds, and the store in which they are kept.

use perennial_session::{
    CallKind, Confirmed, Doubt, GrantStore, Input, MessageBody, Output, RefreshBy, Refusal, Secret, Settings,
    SignOutReason, Tabs, ValidateAnswer, WORDS, Wake,
};

use crate::browser::{Browser, Mood, account, hours, millis, mins, secs};

/// Five tabs, one refresh token that is good for once: nobody sends one that has been replaced.
#[test]
fn tabs_that_share_a_refresh_token_turn_it_over_one_after_the_other() {
    for means in [Tabs { has_lock: true, has_channel: true }, Tabs { has_lock: true, has_channel: false }] {
        for store in [GrantStore::Browser, GrantStore::None] {
            if store == GrantStore::None && !means.has_channel {
                continue;
            }
            let mut browser = Browser::holding(5, by_refresh_token(store, means));
            browser.server.forgets_answers = true;
            browser.run_with(hours(2), mins(1), |browser| browser.touch(0));
            assert!(browser.all(|tab| tab.account() == Some("ada".into())), "{means:?} {store:?}");
            assert_eq!(browser.server.open_sessions(), 1);
        }
    }
}

/// Where tabs hear nothing of each other, the store alone tells them what another was granted.
#[test]
fn a_refresh_token_that_another_tab_has_replaced_is_not_sent() {
    let means = Tabs { has_lock: false, has_channel: false };
    let mut browser = Browser::holding(3, by_refresh_token(GrantStore::Browser, means));
    browser.server.forgets_answers = true;
    browser.run(secs(5));
    for tab in 0..3 {
        browser.input(tab, Input::RefreshNow);
        browser.run(secs(1));
    }
    assert!(browser.all(|tab| tab.is_in()));
    assert_eq!((browser.server.turned_over, browser.server.open_sessions()), (3, 1));
}

/// A tab that is opened is shown when the server or another tab has vouched for what was kept.
#[test]
fn a_new_tab_takes_what_is_kept_and_another_tab_vouches_for_it() {
    for store in [GrantStore::Browser, GrantStore::Tab, GrantStore::None] {
        let mut browser = Browser::holding(1, by_refresh_token(store, ALL));
        browser.server.mood = Mood::Silent;
        let opened = browser.open();
        assert!(browser.tab(opened).is_restoring());
        browser.run(millis(10));
        assert_eq!(browser.tab(opened).account(), Some("ada".into()), "{store:?}");
        assert!(browser.all_hold_one_token());
    }
}

/// Where the server cannot be asked without a refresh, none is made for a tab for which another one vouches.
#[test]
fn a_tab_that_another_vouches_for_needs_no_refresh() {
    let settings = Settings { can_validate: false, ..by_refresh_token(GrantStore::Browser, ALL) };
    let mut browser = Browser::holding(1, settings);
    browser.open_many(4);
    browser.run(secs(2));
    assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token());
    assert_eq!(browser.server.refreshes(), 0);
}

/// Nothing of the session is left anywhere in the browser when a person has signed out in one tab.
#[test]
fn a_sign_out_discards_what_is_kept_in_every_tab() {
    for (store, means) in [
        (GrantStore::Browser, ALL),
        (GrantStore::Tab, ALL),
        (GrantStore::Browser, Tabs { has_lock: true, has_channel: false }),
        (GrantStore::Browser, Tabs { has_lock: false, has_channel: false }),
    ] {
        let mut browser = Browser::holding(3, by_refresh_token(store, means));
        browser.sign_out(1);
        browser.run(secs(1));
        assert!(browser.all(|tab| tab.is_out() && tab.grant.is_none()), "{store:?} {means:?}");
        assert!(browser.store.grant.is_none());
        assert_eq!(browser.server.open_sessions(), 0);
        let opened = browser.open();
        browser.run(secs(30));
        assert!(browser.tab(opened).is_out());
        assert_eq!(browser.server.refreshes(), 0);
    }
}

/// Each tab has a store of its own: what one is granted every other keeps as well, for its own next start.
#[test]
fn every_tab_keeps_what_one_is_granted_where_each_has_a_store() {
    let mut browser = Browser::holding(3, by_refresh_token(GrantStore::Tab, ALL));
    browser.input(1, Input::RefreshNow);
    browser.run(secs(1));
    let kept: Vec<_> = browser.tabs().map(|tab| tab.grant.clone().and_then(|it| it.refresh)).collect();
    assert_eq!(kept, vec![Some(Secret::new("refresh-1-2")); 3]);
}

/// A tab that finds nothing by which to go on shows the sign-in page; the session of the others goes on.
#[test]
fn a_tab_that_finds_nothing_does_not_end_the_session_of_others() {
    let settings = by_refresh_token(GrantStore::Tab, Tabs { has_lock: true, has_channel: false });
    let mut browser = Browser::closed(settings);
    browser.open();
    browser.sign_in(0, "ada", false);
    browser.run(secs(2));
    let opened = browser.open();
    browser.run(secs(1));
    assert_eq!(browser.tab(opened).reason(), Some(SignOutReason::Refused(Refusal::Missing)));
    browser.run_with(mins(40), mins(1), |browser| browser.touch(0));
    assert_eq!(browser.tab(0).account(), Some("ada".into()));
    assert!(browser.tab(opened).is_out() && browser.store.session.is_some());
    browser.sign_in(opened, "bob", false);
    browser.run(secs(2));
    assert_eq!(browser.tab(opened).account(), Some("bob".into()));
    assert!(browser.tab(0).account() != Some("ada".into()), "a browser has one session at a time");
}

/// It takes part again as soon as another tab tells of a token.
#[test]
fn a_tab_that_found_nothing_takes_what_another_is_granted_later() {
    let mut browser = Browser::holding(1, by_refresh_token(GrantStore::None, ALL));
    browser.freeze(0);
    let opened = browser.open();
    browser.run(secs(1));
    assert!(browser.tab(opened).is_out());
    browser.thaw_empty(0);
    browser.input(0, Input::RefreshNow);
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.is_in()) && browser.all_hold_one_token());
}

/// Somebody signs in as another person in a tab that found nothing: what was kept of the person before is written over.
#[test]
fn a_sign_in_as_another_person_replaces_what_is_kept() {
    let mut browser = Browser::holding(2, by_refresh_token(GrantStore::Browser, ALL));
    browser.sign_out(0);
    browser.run(secs(1));
    browser.sign_in(1, "bob", false);
    browser.run(secs(1));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
    assert_eq!(browser.store.grant.as_ref().map(|it| it.account.id.as_str()), Some("bob"));
    let opened = browser.open();
    browser.run(secs(1));
    assert_eq!(browser.tab(opened).account(), Some("bob".into()));
}

/// A token that somebody writes into the store reaches every tab, and ends the session in every tab when it is refused.
#[test]
fn an_altered_token_ends_the_session_in_every_tab_when_it_is_refused() {
    let settings = Settings {
        refresh_by: RefreshBy::AccessToken,
        grant_store: GrantStore::Browser,
        tabs: ALL,
        ..Settings::default()
    };
    let mut browser = Browser::holding(2, settings);
    if let Some(kept) = &mut browser.store.grant {
        kept.access = Secret::new("corrupted").into();
    }
    browser.each(|browser, tab| browser.input(tab, Input::RecordChanged));
    browser.run(mins(2));
    assert!(browser.all(|tab| tab.is_out()));
    assert!(browser.store.grant.is_none());
    let said = |tab: usize| {
        browser.tab(tab).outputs().filter_map(|it| {
            let Output::Say(line) = it else { return None };
            WORDS.say(*line)
        })
    };
    let lines: Vec<_> = (0..2).flat_map(said).filter(|it| it.starts_with("Session unauth")).collect();
    assert_eq!(lines, ["Session unauthorized (401), logging out"], "the tab says so that asked");
}

/// Another tab has the cookie of another person by a refresh: whoever hears of it leaves nothing of the person before.
#[test]
fn another_person_s_grant_for_the_same_session_fails_the_requests_of_the_person_before() {
    let mut browser = Browser::signed_in(2);
    browser.server.answers_requests = false;
    let request = browser.ask(1);
    let told = browser.messages.iter().find_map(|(_, message)| {
        let MessageBody::Granted(grant) = &message.body else { return None };
        Some((**grant).clone())
    });
    let mut grant = told.expect("the sign-in was told");
    grant.account = account("bob");
    grant.from = browser.wall();
    grant.access = browser.server.any_grant().access;
    browser.hear(1, MessageBody::Granted(Box::new(grant)));
    assert_eq!(browser.tab(1).account(), Some("bob".into()));
    let failed = crate::browser::RequestFate::Failed(perennial_session::RequestError::AccountChanged);
    assert_eq!(browser.tab(1).fate(request).last(), Some(&failed));
}

/// A cookie that has become another person's: the tab that finds out tells the others.
#[test]
fn a_cookie_that_changed_hands_is_told_to_all_tabs() {
    use perennial_session::{Access, AccessBy, Answer, Grant, SignInAnswer};
    let settings = Settings { access_by: AccessBy::Cookie, tabs: ALL, ..Settings::default() };
    let mut browser = Browser::closed(settings);
    browser.open_many(2);
    browser.server.mood = Mood::Silent;
    browser.sign_in(0, "ada", false);
    browser.run(millis(10));
    let call = |browser: &Browser, tab: usize| browser.tab(tab).open_calls().next().map(|(call, _)| call);
    let sent = call(&browser, 0).expect("a sign-in");
    let grant = Grant {
        access: Access::Cookie,
        refresh: None,
        lifetime: Some(hours(2)),
        account: Some(account("ada")),
        session_id: None,
        session_lifetime: None,
        landing: None,
        sign_out_ticket: None,
    };
    let answer = Answer::SignIn(SignInAnswer::Granted(grant));
    browser.input(0, Input::Answered { call: sent, answer });
    browser.run(secs(30));
    assert!(browser.all(|tab| tab.account() == Some("ada".into())));
    browser.input(0, Input::Woke(Wake::Online));
    let is_validation = |kind: &CallKind| matches!(kind, CallKind::Validate { .. });
    let asked = browser.tab(0).open_calls().find(|(_, kind)| is_validation(kind)).expect("a look").0;
    let bob = Confirmed { account: Some(account("bob")), ..Confirmed::default() };
    browser.input(0, Input::Answered { call: asked, answer: Answer::Validate(ValidateAnswer::Valid(bob)) });
    browser.run(millis(10));
    assert!(browser.all(|tab| tab.account() == Some("bob".into())));
}

/// The refresh token is told although the access token beside it has expired: the others would send the one before.
#[test]
fn tabs_are_told_of_a_refresh_token_although_the_access_token_has_expired() {
    let mut browser = Browser::holding(2, by_refresh_token(GrantStore::None, ALL));
    browser.server.forgets_answers = true;
    browser.run(mins(1));
    browser.server.lifetime = millis(10);
    browser.input(0, Input::RefreshNow);
    browser.run(millis(500));
    browser.server.lifetime = mins(15);
    browser.crash(0);
    browser.run(secs(10));
    assert_eq!(browser.tab(1).account(), Some("ada".into()));
    assert_eq!(browser.server.open_sessions(), 1);
}

/// The server cannot be reached, and no tab has a token that has not expired: a tab that is opened takes what the others
/// hold all the same.
#[test]
fn a_new_tab_is_given_what_the_others_hold_although_the_access_token_has_expired() {
    let mut browser = Browser::holding(1, by_refresh_token(GrantStore::None, ALL));
    browser.server.mood = Mood::RefreshDoubt(Doubt::Network);
    browser.run(mins(20));
    let opened = browser.open();
    browser.run(secs(5));
    assert_eq!(browser.tab(opened).account(), Some("ada".into()));
    browser.server.mood = Mood::Well;
    browser.run(mins(2));
    assert!(browser.all_hold_one_token());
}

fn by_refresh_token(grant_store: GrantStore, tabs: Tabs) -> Settings {
    Settings { refresh_by: RefreshBy::RefreshToken, grant_store, tabs, ..Settings::default() }
}

const ALL: Tabs = Tabs { has_lock: true, has_channel: true };
