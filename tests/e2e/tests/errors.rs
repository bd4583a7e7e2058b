//! When the application itself fails.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use perennial_e2e::wait::within;
use perennial_e2e::{Ability, Browser, Clocks, Concern, Fault, Role, Setup, World, eventually, scenario};
use serde_json::json;

use crate::offline::is_kept;

#[test]
fn a_fault_in_the_application_is_said_with_details_that_hold_no_secret_and_a_reload_goes_on() {
    scenario(
        Setup { clock: Clocks::Moved, shim: Some(PLANT), ..Setup::default() }.concerning(Concern::Look),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            browser.run("window.plant()").await?;
            browser.click(Role::Link, "Queue").await?;
            browser.find(Role::Heading, "Perennial has stopped").await?;
            browser.sees("Your session is safe").await?;
            browser.click(Role::Button, "Details").await?;
            browser.sees("planted").await?;
            let details = browser.text().await?;
            for part in ["Version: ", "Page: /", "Browser: Mozilla"] {
                assert!(details.contains(part), "the details lack \"{part}\": {details}");
            }
            for secret in ["eyJhbGciOiJFUzI1NiJ9", "code=", "ada@example.org"] {
                assert!(!details.contains(secret), "the details hold a secret: {details}");
            }
            browser.click(Role::Button, "Copy details").await?;
            eventually("the details to be copied or marked", async || {
                let marked = browser.run("return String(getSelection())").await?;
                let marked = marked.as_str().unwrap_or_default().contains("planted");
                Ok((marked || browser.shows(Role::Button, "Copied").await?).then_some(()))
            })
            .await?;
            let lines = browser.console().await?;
            assert!(
                lines.iter().any(|line| line.contains("panicked at")),
                "the console is silent: {lines:?}"
            );

            world.proxy.forget();
            browser.run("dispatchEvent(new Event('online')); dispatchEvent(new Event('focus'))").await?;
            world.pass(Duration::from_secs(600)).await?;
            assert!(world.proxy.seen().is_empty(), "something goes on: {:?}", world.proxy.seen());
            browser.click(Role::Button, "Reload").await?;
            browser.find(Role::Heading, "Queue").await?;
            browser.chip_says("Signed in").await
        },
    );
}

#[test]
fn a_page_whose_code_does_not_come_says_so_and_is_there_once_the_code_can_be_had() {
    scenario(Setup::default(), async |world| {
        // Nothing is kept, so that each page is asked for when it is opened.
        world.proxy.disturb("GET /sw.js", 1_000, Fault::LoseRequest);
        let browser = world.signed_in().await?;
        let code = code(&browser, "data").await?;
        let gone = Fault::Answer { status: 404, header: None, body: "<h1>There is no such file</h1>" };
        world.proxy.disturb(&code, 1, gone);
        world.proxy.disturb(&code, 1, Fault::LoseRequest);
        browser.run("window.isSamePage = true").await?;
        browser.open_page("Queue").await?;
        for tries in 1..=2 {
            browser.sees("This page could not be loaded.").await?;
            is_at_heading(&browser, "Queue").await?;
            browser.is_signed_in().await?;
            assert_eq!(world.proxy.calls(&code).len(), tries, "nobody has asked for it again");
            browser.click(Role::Button, "Try again").await?;
            eventually("the code to be asked for", async || {
                Ok((world.proxy.calls(&code).len() > tries).then_some(()))
            })
            .await?;
        }
        browser.sees("CSV file").await?;
        is_at_heading(&browser, "Queue").await?;
        assert_eq!(browser.run("return window.isSamePage").await?, json!(true), "the page was loaded again");
        Ok(())
    });
}

#[test]
fn who_signs_in_for_the_first_time_may_do_so_again_where_the_code_of_the_session_does_not_come() {
    scenario(Setup::default(), async |world| {
        let (code, demo) = (code_of_session(world).await?, world.demo()?);
        // Once behind the page, and once when the person signs in.
        world.proxy.disturb(&code, 2, Fault::LoseRequest);
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.submit(&demo).await?;
        browser.sees("What you typed is still here").await?;
        assert_eq!(world.proxy.count("POST /api/session", 200), 0);
        assert_eq!(browser.value("Password").await?, demo.password);
        browser.click(Role::Button, "Sign in").await?;
        browser.find(Role::Heading, "Overview").await?;
        assert_eq!(world.proxy.count("POST /api/session", 200), 1, "it was sent more than once");
        Ok(())
    });
}

#[test]
fn who_may_be_signed_in_is_told_where_the_code_of_the_session_does_not_come_and_is_not_signed_out() {
    scenario(Setup::default().needing(&[Ability::ClearCache]), async |world| {
        world.proxy.disturb("GET /sw.js", 1_000, Fault::LoseRequest);
        let browser = world.signed_in().await?;
        let code = code(&browser, "session").await?;
        browser.forget_files().await?;
        world.proxy.disturb(&code, 1, Fault::LoseRequest);
        browser.reload().await?;
        browser.find(Role::Heading, "Perennial").await?;
        browser.sees("This page could not be loaded.").await?;
        browser.click(Role::Button, "Try again").await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.is_signed_in().await
    });
}

#[test]
fn who_signs_in_while_the_code_of_the_session_does_not_end_is_told_and_signs_in_later() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (code, demo) = (code_of_session(world).await?, world.demo()?);
        let late = Duration::from_secs(25);
        world.proxy.disturb(&code, 1, Fault::Delay(late));
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.submit(&demo).await?;
        world.pass(Duration::from_secs(20)).await?;
        browser.sees("The server cannot be reached. What you typed is still here").await?;
        assert_eq!(browser.value("Password").await?, demo.password);
        // What was given up is not sent when the code is there at last.
        world.pass(late).await?;
        has_session_code(&browser).await?;
        assert_eq!(world.proxy.count("POST /api/session", 200), 0);
        browser.click(Role::Button, "Sign in").await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn what_was_typed_is_not_passed_over_in_silence_where_somebody_has_signed_in_meanwhile() {
    scenario(
        Setup { clock: Clocks::Moved, ..Setup::default() }.needing(&[Ability::ClearCache]),
        async |world| {
            let (code, demo) = (code_of_session(world).await?, world.demo()?);
            let browser = world.browser().await?;
            browser.go("/login").await?;
            browser.find(Role::Heading, "Sign in").await?;
            let signed_in = browser.tab().await?;
            browser.forget_files().await?;
            let slow = Duration::from_secs(10);
            world.proxy.disturb(&code, 1, Fault::Delay(slow));
            let late = browser.open_tab("/login").await?;
            browser.fill("Email", "ada@example.org").await?;
            browser.look_at(&signed_in).await?;
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.look_at(&late).await?;
            browser.fill("Password", "not the one of the other").await?;
            browser.click(Role::Button, "Sign in").await?;
            world.pass(slow).await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.sees("already").await
        },
    );
}

/// Fails where the keyboard is not at the heading of the page that has just come: it is there with the next picture.
async fn is_at_heading(browser: &Browser, heading: &str) -> Result<()> {
    browser.next_picture().await?;
    let focused = browser.focused().await?;
    ensure!(focused == heading, "the keyboard is at \"{focused}\"");
    Ok(())
}

/// The request for the code of the session, as a browser makes it that keeps no files of its own.
async fn code_of_session(world: &mut World) -> Result<String> {
    world.proxy.disturb("GET /sw.js", 1_000, Fault::LoseRequest);
    let seen = world.browser().await?;
    seen.go("/login").await?;
    has_session_code(&seen).await?;
    code(&seen, "session").await
}

/// Waits until the code of the session is there and no request for it is on its way any more.
async fn has_session_code(browser: &Browser) -> Result<()> {
    within(Duration::from_secs(30), "the code of the session", async || {
        let is_there = browser.run("return 'perennial' in window").await?;
        Ok((is_there == json!(true)).then_some(()))
    })
    .await
}

/// The request for a file of code that is loaded later; such files are named after the one of the application.
async fn code(browser: &Browser, of: &str) -> Result<String> {
    let glue = browser
        .run("return new URL(document.querySelector('link[rel=modulepreload]').href).pathname")
        .await?;
    let glue = glue.as_str().and_then(|path| path.strip_suffix(".js")).context("the page names no code")?;
    Ok(format!("GET {glue}-{of}.wasm"))
}

/// What was asked to run with the next picture has run when this is over.
/// From then on no page with a form can be made.
pub(crate) const PLANT: &str = "
    window.plant = () => {
        const make = Document.prototype.createElement;
        const fail = (tag) => {
            throw new Error(`planted in ${tag}: eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0 /cb?code=1 ada@example.org`);
        };
        Document.prototype.createElement = function (tag, ...rest) {
            return tag === 'form' ? fail(tag) : make.call(this, tag, ...rest);
        };
    };";
