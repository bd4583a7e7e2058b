//! What is said before a session ends, in every tab.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use perennial_e2e::{Browser, Clocks, Concern, Role, Setup, scenario};
use serde_json::{Value, json};
use thirtyfour::Key;

#[test]
fn the_question_is_asked_in_every_tab_has_the_focus_and_is_answered_for_all_by_one_key() {
    scenario(asked_soon().concerning(Concern::Dialogs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let second = browser.open_tab("/devices").await?;
        browser.find(Role::Heading, "Devices").await?;
        world.pass(UNASKED).await?;
        for tab in [&first, &second] {
            browser.look_at(tab).await?;
            let dialog = browser.find(Role::Dialog, QUESTION).await?;
            ensure!(dialog.attr("role").await?.as_deref() == Some("alertdialog"), "it is no alertdialog");
            ensure!(browser.focused().await? == "Stay signed in", "{} is focused", browser.focused().await?);
            let title = browser.driver().title().await?;
            ensure!(title.ends_with("left · Are you still there? · Perennial"), "{title}");
        }
        let before = count(&browser).await?;
        browser.nudge_pointer().await?;
        world.pass(Duration::from_secs(1)).await?;
        ensure!(count(&browser).await? != before, "the count stands still");
        ensure!(browser.shows(Role::Dialog, QUESTION).await?, "a move of the pointer has answered");
        browser.press(Key::Escape).await?;
        for tab in [&second, &first] {
            browser.look_at(tab).await?;
            browser.misses(Role::Dialog, QUESTION).await?;
            let title = browser.driver().title().await?;
            ensure!(!title.contains("left"), "{title}");
            browser.is_signed_in().await?;
        }
        Ok(())
    });
}

/// Field 57. WebKit fits a dialog to its rows after it has stretched them over the window, unless it is told not to.
#[test]
fn a_dialog_is_no_higher_than_what_it_says() {
    scenario(asked_soon().concerning(Concern::Dialogs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.find(Role::Dialog, QUESTION).await?;
        let gap = browser.run(WIDEST_GAP).await?.as_f64().context("no dialog")?;
        ensure!(gap < 40.0, "{gap} px lie empty between two parts of the dialog, or below them");
        Ok(())
    });
}

#[test]
fn what_is_spoken_changes_at_opening_and_at_30_and_10_seconds_and_the_count_is_for_the_eye() {
    let config = json!({ "inactivity_limit_s": 38, "inactivity_warning_s": 34 });
    scenario(
        Setup { config, shim: Some(NOTE_SPOKEN), clock: Clocks::Moved, ..Setup::default() }
            .concerning(Concern::Dialogs),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            world.pass(Duration::from_secs(4)).await?;
            browser.find(Role::Dialog, QUESTION).await?;
            let hidden = browser
                .run("return document.querySelector('.modal-clock').closest('[aria-hidden=true]') !== null");
            ensure!(hidden.await? == Value::Bool(true), "the count is read out");
            world.pass(Duration::from_secs(34)).await?;
            browser.find(Role::Heading, "Sign in").await?;
            let spoken = browser.run("return window.spoken").await?;
            let said = |length: &str| json!(format!("For your security you will be signed out in {length}."));
            let expected = ["34 seconds", "30 seconds", "10 seconds"].map(said);
            ensure!(spoken == json!(expected), "{spoken}");
            Ok(())
        },
    );
}

#[test]
fn activity_in_another_tab_closes_the_question() {
    scenario(asked_soon().concerning(Concern::Dialogs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.run(OVERHEAR).await?;
        // Tabs tell each other now and then, and not of each key.
        for _ in 0..6 {
            browser.press(Key::Shift).await?;
            world.pass(Duration::from_millis(1_200)).await?;
        }
        world.pass(UNASKED).await?;
        browser.find(Role::Dialog, QUESTION).await?;
        ensure!(browser.run(REPEAT).await? == Value::Bool(true), "this tab has told of no activity");
        browser.misses(Role::Dialog, QUESTION).await?;
        browser.is_signed_in().await
    });
}

#[test]
fn the_absolute_limit_is_told_once_in_every_tab_with_what_to_do_instead_and_stays_as_a_banner() {
    let server = vec!["--session-lifetime-s=240"];
    scenario(Setup { server, ..Setup::default() }.concerning(Concern::Dialogs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/").await?;
        browser.submit(&demo).await?;
        let dialog = browser.find(Role::Dialog, LIMIT).await?;
        ensure!(dialog.attr("role").await?.as_deref() == Some("alertdialog"), "it is no alertdialog");
        ensure!(browser.focused().await? == "OK", "{} is focused", browser.focused().await?);
        browser.sees("This cannot be extended.").await?;
        ensure!(!browser.shows(Role::Button, "Stay signed in").await?, "there is nothing to extend");
        let spoken =
            browser.run("return document.querySelector('dialog[open] [aria-live]').textContent").await?;
        let spoken = spoken.as_str().context("nothing is spoken")?;
        ensure!(spoken.contains("You will be signed out in 4 minutes."), "{spoken}");
        let first = browser.tab().await?;
        let second = browser.open_tab("/").await?;
        browser.find(Role::Dialog, LIMIT).await?;
        let title = browser.driver().title().await?;
        ensure!(title.ends_with("left · Your session ends soon · Perennial"), "{title}");
        browser.press(Key::Escape).await?;
        for tab in [&second, &first] {
            browser.look_at(tab).await?;
            browser.misses(Role::Dialog, LIMIT).await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.sees("This session ends at").await?;
        }
        browser.reload().await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.sees("This session ends at").await?;
        ensure!(!browser.shows(Role::Dialog, LIMIT).await?, "once is enough");
        Ok(())
    });
}

fn asked_soon() -> Setup {
    let config = json!({ "inactivity_limit_s": 60, "inactivity_warning_s": 52 });
    Setup { config, clock: Clocks::Moved, ..Setup::default() }
}

/// How long nobody is asked there.
const UNASKED: Duration = Duration::from_secs(8);

async fn count(browser: &Browser) -> Result<Value> {
    browser.run("return document.querySelector('dialog[open] .modal-clock').innerText").await
}

/// The widest empty space between parts of the open dialog, from top to bottom, and how far a button is higher than its line.
const WIDEST_GAP: &str = "
    const dialog = document.querySelector('dialog[open]');
    const parts = [...dialog.children].filter((it) => !it.classList.contains('visually-hidden'))
        .map((it) => it.getBoundingClientRect());
    const { top, bottom } = dialog.getBoundingClientRect();
    const edges = [top, ...parts.flatMap((it) => [it.top, it.bottom]), bottom];
    const gaps = edges.map((edge, at) => at % 2 ? edge - edges[at - 1] : 0);
    const button = dialog.querySelector('button').getBoundingClientRect().height;
    return Math.max(...gaps, button - 40);";

const QUESTION: &str = "Are you still there?";
const LIMIT: &str = "Your session ends soon";

/// Notes what a live region of an open dialog says, each time that it says something else.
const NOTE_SPOKEN: &str = "
    window.spoken = [];
    new MutationObserver(() => {
        const said = document.querySelector('dialog[open] [aria-live]')?.textContent;
        if (said && window.spoken.at(-1) !== said) window.spoken.push(said);
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });";

/// Hears what this tab tells the others of activity.
const OVERHEAR: &str = "
    window.channel = new BroadcastChannel('perennial:/:perennial:session');
    window.channel.onmessage = ({ data }) => {
        if (JSON.parse(data).body.activity) window.told = JSON.parse(data);
    };";

/// Tells the same as of now, as another tab would that somebody works in.
const REPEAT: &str = "
    if (!window.told) return false;
    window.told.from = '00000000000000aa';
    // By the page's clock: a script of a driver may have one of its own.
    window.told.body.activity.at_ms = window.Date.now();
    window.channel.postMessage(JSON.stringify(window.told));
    return true";
