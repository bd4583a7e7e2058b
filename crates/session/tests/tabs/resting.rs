//! Where nobody is there, the next token waits for somebody, in whichever tab.

use perennial_session::{Health, RefreshWhen, Settings, Tabs};

use crate::browser::{Browser, days, hours, mins, secs};

fn signed_in(tabs: usize, means: Tabs) -> Browser {
    let mut browser = Browser::closed(Settings {
        tabs: means,
        may_keep: true,
        refresh_when: RefreshWhen::Active,
        ..Settings::default()
    });
    browser.server.session_lifetime = Some(days(1));
    browser.open_many(tabs);
    browser.sign_in(0, "ada", true);
    browser.run(secs(2));
    browser
}

const ALL: Tabs = Tabs { has_lock: true, has_channel: true };

#[test]
fn somebody_who_works_in_one_tab_is_there_for_all() {
    // Where tabs have nothing but the store, what is written there late is late by a quarter of a minute.
    for means in [ALL, Tabs { has_lock: true, has_channel: false }] {
        let mut browser = signed_in(3, means);
        browser.run_with(hours(3), secs(100), |browser| {
            browser.touch(0);
            assert!(browser.all(|tab| tab.snapshot().health != Health::Resting));
        });
        assert!(browser.all(|tab| tab.is_in()));
        assert!(browser.server.refreshes() >= 12, "{} refreshes in three hours", browser.server.refreshes());
    }
}

#[test]
fn whoever_comes_back_to_one_tab_has_all_of_them_refreshed_once() {
    let mut browser = signed_in(5, ALL);
    browser.run(hours(5));
    assert!(browser.all(|tab| tab.snapshot().health == Health::Resting));
    let before = browser.server.refreshes();
    browser.touch(3);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), before + 1);
    assert!(browser.all_hold_one_token() && browser.all(|tab| tab.snapshot().health == Health::Fresh));
}

/// What one tab asks for by itself is no activity in the others, and they take what it is given.
#[test]
fn a_request_in_one_tab_refreshes_for_all() {
    let mut browser = signed_in(3, ALL);
    browser.run(hours(2));
    let before = browser.server.refreshes();
    browser.ask(2);
    browser.run(secs(1));
    assert_eq!(browser.server.refreshes(), before + 1);
    assert!(browser.all_hold_one_token());
    browser.run(mins(30));
    assert_eq!(browser.server.refreshes(), before + 1);
}

#[test]
fn a_tab_that_is_opened_beside_tabs_at_rest_is_signed_in() {
    let mut browser = signed_in(2, ALL);
    browser.run(hours(2));
    let third = browser.open();
    browser.run(secs(1));
    assert!(browser.tab(third).is_in());
    assert!(browser.all_hold_one_token());
}
