//! The page Devices while people sign in and out elsewhere.

use std::time::Duration;

use anyhow::{Result, ensure};
use perennial_e2e::{Browser, Clocks, Fault, Role, Setup, eventually, scenario};
use serde_json::json;

use crate::{DEVICES, EVENTS};

#[test]
fn a_device_that_signs_in_or_out_comes_and_goes_while_the_page_is_looked_at() {
    scenario(Setup::default(), async |world| {
        let (here, there, demo) = (world.browser().await?, world.browser().await?, world.demo()?);
        here.sign_in(&demo).await?;
        here.open_page("Devices").await?;
        here.sees("You are signed in on this device only.").await?;
        eventually("the live connection", async || Ok((world.proxy.open_sockets() > 0).then_some(())))
            .await?;
        there.sign_in(&demo).await?;
        here.sees(&format!("{} has just signed in.", here.engine().device())).await?;
        ensure!(devices(&here).await? == json!([true, false]), "this device comes first");
        there.click(Role::Button, "Sign out").await?;
        here.sees(&format!("{} is not signed in any more.", here.engine().device())).await?;
        here.sees("You are signed in on this device only.").await?;
        ensure!(world.proxy.calls(DEVICES).len() == 1, "the list was asked for again");
        Ok(())
    });
}

#[test]
fn a_device_that_is_signed_out_here_goes_with_one_sentence_and_the_keyboard_is_there() {
    let config = json!({ "check_interval_s": 2 });
    scenario(Setup { clock: Clocks::Moved, config, ..Setup::default() }, async |world| {
        let (here, there, demo) = (world.browser().await?, world.browser().await?, world.demo()?);
        there.sign_in(&demo).await?;
        here.sign_in(&demo).await?;
        here.open_page("Devices").await?;
        let button = other_button(&here).await?;
        here.click(Role::Button, &button).await?;
        let told = format!("{} was signed out.", here.engine().device());
        here.sees(&told).await?;
        here.sees("You are signed in on this device only.").await?;
        ensure!(here.focused().await? == told, "{}", here.focused().await?);
        ensure!(!here.text().await?.contains("not signed in any more"), "it is said twice");
        world.pass(Duration::from_secs(2)).await?;
        there.find(Role::Heading, "Sign in").await?;
        there.sees("You were signed out on another device.").await
    });
}

#[test]
fn where_no_live_connection_can_be_had_the_list_is_loaded_when_it_is_looked_at_again() {
    scenario(Setup::default(), async |world| {
        world.proxy.disturb(EVENTS, 1_000, Fault::LoseRequest);
        let (here, there, demo) = (world.browser().await?, world.browser().await?, world.demo()?);
        here.sign_in(&demo).await?;
        here.open_page("Devices").await?;
        here.sees("You are signed in on this device only.").await?;
        there.sign_in(&demo).await?;
        here.run("window.dispatchEvent(new Event('focus'))").await?;
        other_button(&here).await.map(drop)
    });
}

#[test]
fn what_was_loaded_stays_with_its_time_when_it_cannot_be_loaded_again() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        for (page, call, shown) in
            [("Devices", DEVICES, "This device"), ("Queue", "GET /api/jobs", "No imports yet")]
        {
            browser.open_page(page).await?;
            browser.sees(shown).await?;
            world.proxy.disturb(call, 1, Fault::LoseRequest);
            browser.click(Role::Button, "Reload").await?;
            browser.sees("Showing what was loaded at").await?;
            browser.sees(shown).await?;
            browser.click(Role::Button, "Try again").await?;
            eventually("the banner to go", async || {
                Ok((!browser.text().await?.contains("Showing what was loaded")).then_some(()))
            })
            .await?;
        }
        Ok(())
    });
}

#[test]
fn a_list_that_was_loaded_is_there_when_its_page_is_come_back_to_without_a_network() {
    scenario(Setup::default(), async |world| {
        let browser = world.signed_in().await?;
        let pages = [("Queue", "No imports yet"), ("Devices", "This device")];
        for (page, shown) in pages {
            browser.open_page(page).await?;
            browser.sees(shown).await?;
        }
        browser.set_offline(true).await?;
        browser.sees("You are offline.").await?;
        for (page, shown) in pages {
            browser.open_page(page).await?;
            browser.sees("Showing what was loaded at").await?;
            browser.sees(shown).await?;
        }
        browser.set_offline(false).await?;
        eventually("the list to be loaded again", async || {
            Ok((!browser.text().await?.contains("Showing what was loaded")).then_some(()))
        })
        .await
    });
}

/// The name of the button that signs the other device out, which says when that one signed in.
async fn other_button(browser: &Browser) -> Result<String> {
    let names = "return [...document.querySelectorAll('main li button')].map((it) => it.ariaLabel)";
    let beginning = format!("Sign out {}, signed in ", browser.engine().device());
    eventually("the button of the other device", async || {
        let names = browser.run(names).await?;
        let mut names = names.as_array().into_iter().flatten().filter_map(|name| name.as_str());
        Ok(names.find(|name| name.starts_with(&beginning)).map(str::to_owned))
    })
    .await
}

/// For each device that is listed, whether it is this one.
async fn devices(browser: &Browser) -> Result<serde_json::Value> {
    browser
        .run("return [...document.querySelectorAll('main li')].map((it) => it.innerText.includes('This device'))")
        .await
}
