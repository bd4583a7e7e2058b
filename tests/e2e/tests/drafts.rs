//! Forms half filled when a session ends (WCAG 2.2.5).

use anyhow::{Context, Result};
use perennial_e2e::{Account, Browser, Concern, Role, Setup, World, eventually, scenario};
use serde_json::{Value, json};

use crate::queue::{comes_to, queue, send};
use crate::tabs::grace;

#[test]
fn a_chosen_file_and_how_it_is_read_come_back_after_an_ended_session() {
    scenario(watchful().concerning(Concern::Storage), async |world| {
        let (browser, demo) = half_filled(world).await?;
        ended_elsewhere(world, &browser).await?;
        assert_eq!(browser.value("Email").await?, "", "nothing of anybody who was signed in is shown");
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Queue").await?;
        eventually("the file", async || Ok((file(&browser).await? == "people.csv").then_some(()))).await?;
        assert_eq!(browser.value("Separated by").await?, "semicolon");
        browser.click(Role::Button, "Start import").await?;
        comes_to(&browser, "people.csv", "Done").await?;
        assert_eq!(file(&browser).await?, Value::Null, "what was sent is not kept");
        Ok(())
    });
}

#[test]
fn nobody_else_gets_the_file_and_it_is_gone_when_its_person_comes_after_them() {
    scenario(watchful(), async |world| {
        let (browser, demo) = half_filled(world).await?;
        let grace = grace(world)?;
        ended_elsewhere(world, &browser).await?;
        browser.submit(&grace).await?;
        browser.find(Role::Heading, "Queue").await?;
        assert_eq!(file(&browser).await?, Value::Null, "somebody else has got it");
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Choose a file first.").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.open_page("Queue").await?;
        assert_eq!(file(&browser).await?, Value::Null, "it outlived somebody else's session");
        Ok(())
    });
}

#[test]
fn whoever_signs_out_leaves_no_file_behind() {
    scenario(watchful().concerning(Concern::Storage), async |world| {
        let (browser, demo) = half_filled(world).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.open_page("Queue").await?;
        assert_eq!(file(&browser).await?, Value::Null);
        Ok(())
    });
}

#[test]
fn the_rows_that_were_looked_at_are_looked_at_again_after_an_ended_session_a_reload_and_back() {
    scenario(watchful(), async |world| {
        let (browser, demo) = (queue(world).await?, world.demo()?);
        let path = world.file("numbers.csv")?;
        let rows: String = (1..=250).map(|row| format!("{row},{}\n", 1_000 - row)).collect();
        std::fs::write(&path, format!("up,down\n{rows}"))?;
        send(&browser, &path).await?;
        comes_to(&browser, "numbers.csv", "Done").await?;
        browser.click(Role::Link, "Open numbers.csv").await?;
        browser.sees("Rows 1 to 100 of 250").await?;
        browser.click(Role::Button, "down").await?;
        first_line_is(&browser, "251").await?;
        browser.click(Role::Button, "Next").await?;
        first_line_is(&browser, "151").await?;
        browser.reload().await?;
        first_line_is(&browser, "151").await?;
        ended_elsewhere(world, &browser).await?;
        browser.submit(&demo).await?;
        first_line_is(&browser, "151").await?;
        browser.sees("Rows 101 to 200 of 250").await?;
        browser.click(Role::Button, "Previous").await?;
        first_line_is(&browser, "251").await?;
        browser.driver().back().await?;
        first_line_is(&browser, "151").await
    });
}

/// A page that soon notices that its session has ended elsewhere.
fn watchful() -> Setup {
    Setup { config: json!({ "check_interval_s": 2 }), ..Setup::default() }
}

/// Opens the queue, chooses a file and says how it is read.
async fn half_filled(world: &mut World) -> Result<(Browser, Account)> {
    let browser = queue(world).await?;
    let path = world.file("people.csv")?;
    std::fs::write(&path, "name;age\nAda;36\n")?;
    browser.choose_file("CSV file", &path).await?;
    browser.click(Role::Button, "If a file is read wrongly").await?;
    browser.find(Role::Field, "Separated by").await?.send_keys("Semicolons").await?;
    Ok((browser, world.demo()?))
}

async fn ended_elsewhere(world: &World, browser: &Browser) -> Result<()> {
    world.sign_out_everywhere().await?;
    browser.find(Role::Heading, "Sign in").await?;
    browser.sees("You were signed out on another device.").await
}

/// The name of the file that the form holds.
async fn file(browser: &Browser) -> Result<Value> {
    browser.run("return document.querySelector('input[type=file]')?.files[0]?.name ?? null").await
}

async fn first_line_is(browser: &Browser, line: &str) -> Result<()> {
    let script = "return document.querySelector('.grid-data tbody th')?.innerText ?? null";
    eventually(&format!("line {line} to be first"), async || {
        let shown = browser.run(script).await?;
        let shown = shown.as_str().context("no row is shown")?;
        Ok((shown == line).then_some(()))
    })
    .await
}
