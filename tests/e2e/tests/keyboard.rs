//! The main path by keyboard alone: Tab, Shift+Tab, Enter, Space, Escape and the arrows.
//!
//! After each step something has the focus, and wherever it comes to rest it is to be seen.

use std::time::Duration;

use anyhow::{Result, ensure};
use perennial_e2e::{Browser, Clocks, Concern, Role, Setup, World, eventually, scenario};
use serde_json::json;
use thirtyfour::Key;

use crate::imports::fixture;
use crate::queue::comes_to;

#[test]
fn the_main_path_is_gone_by_keyboard_alone() {
    scenario(Setup::default().concerning(Concern::Dialogs), async |world| {
        let browser = world.browser().await?;
        sign_in(world, &browser).await?;

        browser.tab_to("Refresh now").await?;
        browser.press(Key::Enter).await?;
        browser.sees("because you asked for it").await?;
        has_focus(&browser, "Refresh now").await?;

        import(&browser).await?;
        read(&browser).await?;

        browser.press_shift_tab().await?;
        browser.must_have_focus().await?;
        settle(&browser).await?;
        go_to(&browser, "Overview").await?;
        browser.tab_to("Sign out").await?;
        browser.press(Key::Space).await?;
        browser.find(Role::Heading, "Sign in").await?;
        has_focus(&browser, "Email").await
    });
}

#[test]
fn another_device_is_signed_out_by_keyboard_alone_and_the_focus_comes_back() {
    scenario(Setup::default().concerning(Concern::Dialogs), async |world| {
        let other = world.signed_in().await?;
        let browser = world.signed_in().await?;
        go_to(&browser, "Devices").await?;
        browser.tab_to("Sign out everywhere else").await?;
        browser.press(Key::Enter).await?;
        browser.find(Role::Dialog, "Sign out everywhere else?").await?;
        browser.must_have_focus().await?;
        browser.press(Key::Escape).await?;
        browser.misses(Role::Dialog, "Sign out everywhere else?").await?;
        has_focus(&browser, "Sign out everywhere else").await?;
        browser.press(Key::Enter).await?;
        browser.find(Role::Dialog, "Sign out everywhere else?").await?;
        browser.tab_to("Sign out 1 device").await?;
        browser.press(Key::Enter).await?;
        browser.sees("1 other device was signed out.").await?;
        browser.must_have_focus().await?;
        drop(other);
        Ok(())
    });
}

#[test]
fn the_question_whether_somebody_is_there_is_answered_by_escape_and_by_enter() {
    let config = json!({ "inactivity_limit_s": 8, "inactivity_warning_s": 6 });
    scenario(
        Setup { config, clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Dialogs),
        async |world| {
            let browser = world.signed_in().await?;
            browser.tab_to("Refresh now").await?;
            for answer in [Key::Escape, Key::Enter] {
                world.pass(Duration::from_secs(2)).await?;
                browser.find(Role::Dialog, "Are you still there?").await?;
                has_focus(&browser, "Stay signed in").await?;
                browser.press(answer).await?;
                browser.misses(Role::Dialog, "Are you still there?").await?;
                has_focus(&browser, "Refresh now").await?;
            }
            browser.is_signed_in().await
        },
    );
}

/// From an empty window to the overview.
async fn sign_in(world: &World, browser: &Browser) -> Result<()> {
    let demo = world.demo()?;
    browser.go("/").await?;
    browser.find(Role::Heading, "Sign in").await?;
    has_focus(browser, "Email").await?;
    browser.type_text(&demo.email).await?;
    browser.tab_to("Password").await?;
    browser.type_text(&demo.password).await?;
    browser.tab_to("Show password").await?;
    browser.press(Key::Space).await?;
    browser.press_shift_tab().await?;
    has_focus(browser, "Password").await?;
    browser.press(Key::Enter).await?;
    browser.find(Role::Heading, "Overview").await?;
    browser.must_have_focus().await?;
    browser.press_shift_tab().await?;
    browser.must_have_focus().await?;
    skip(browser).await
}

/// Over the header into the page.
async fn skip(browser: &Browser) -> Result<()> {
    browser.tab_to("Skip to the content").await?;
    browser.press(Key::Enter).await?;
    has_focus(browser, "Overview").await
}

/// The file itself is handed over as a chooser would: its window belongs to the system.
async fn import(browser: &Browser) -> Result<()> {
    go_to(browser, "Queue").await?;
    browser.sees("No imports yet.").await?;
    browser.tab_to("Choose a file").await?;
    browser.choose_file("CSV file", &fixture("people.csv")?).await?;
    browser.tab_to("Start import").await?;
    browser.press(Key::Enter).await?;
    comes_to(browser, "people.csv", "Done").await?;
    browser.must_have_focus().await?;
    browser.tab_to("Open people.csv").await?;
    browser.press(Key::Enter).await?;
    browser.find(Role::Heading, "people.csv").await.map(drop)
}

/// Sorts the rows and turns a page.
async fn read(browser: &Browser) -> Result<()> {
    browser.sees("Rows 1 to 100 of 500").await?;
    has_focus(browser, "people.csv").await?;
    browser.tab_to("Born").await?;
    browser.press(Key::Space).await?;
    eventually("the rows to be sorted", async || {
        let sorted = browser.run("return document.querySelectorAll('[aria-sort=ascending]').length").await?;
        Ok((sorted == json!(1)).then_some(()))
    })
    .await?;
    has_focus(browser, "Born").await?;
    browser.tab_to("Next").await?;
    browser.press(Key::Enter).await?;
    browser.sees("Rows 101 to 200 of 500").await?;
    has_focus(browser, "Next").await
}

/// Chooses the look and the language, and comes back to the one the rest is said in.
async fn settle(browser: &Browser) -> Result<()> {
    go_to(browser, "Settings").await?;
    browser.tab_to("System").await?;
    browser.press(Key::Right).await?;
    browser.press(Key::Right).await?;
    has_focus(browser, "Dark").await?;
    ensure!(browser.run("return document.documentElement.dataset.theme").await? == json!("dark"), "not dark");
    browser.tab_to("Language").await?;
    browser.press(Key::End).await?;
    browser.find(Role::Heading, "Einstellungen").await?;
    has_focus(browser, "Sprache").await?;
    browser.press(Key::Home).await?;
    browser.find(Role::Heading, "Settings").await?;
    has_focus(browser, "Language").await
}

/// Follows a link of the navigation, after which the heading of that page has the focus.
async fn go_to(browser: &Browser, name: &str) -> Result<()> {
    browser.tab_to(name).await?;
    browser.press(Key::Enter).await?;
    browser.find(Role::Heading, name).await?;
    has_focus(browser, name).await
}

/// Waits until the element of this name has the focus, where a person sees it.
async fn has_focus(browser: &Browser, name: &str) -> Result<()> {
    eventually(&format!("the focus on \"{name}\""), async || {
        let focus = browser.must_have_focus().await?;
        ensure!(focus.name == name, "{focus:?} has it");
        ensure!(focus.is_visible, "nobody sees it there");
        Ok(Some(()))
    })
    .await
}
