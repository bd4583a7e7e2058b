//! What happened, as people read it afterwards: kept over reloads, exported, and gone with the session.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use perennial_e2e::wait::within;
use perennial_e2e::{
    Ability, Browser, Clocks, Concern, Fault, Role, Runs, Setup, World, eventually, scenario,
};
use serde_json::{Value, json};

use crate::offline::is_kept;
use crate::queue::{long_file, send};
use crate::{EVENTS, REFRESH};

#[test]
fn a_refresh_by_the_button_is_in_the_table_also_after_a_reload() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.click(Role::Button, "Refresh now").await?;
        browser.sees("because you asked for it").await?;
        // At once: what is not written yet must not be lost.
        browser.go("/activity").await?;
        browser.find(Role::Heading, "Activity").await?;
        has_row(&browser, "Token refreshed", "Because you asked for it.").await?;
        has_row(&browser, "Signed in", "You signed in on this device.").await?;
        browser.reload().await?;
        has_row(&browser, "Token refreshed", "Because you asked for it.").await?;
        has_row(&browser, "Token refreshed", "Because the page was loaded.").await?;
        // The chart and the table show the chosen kind.
        choose(&browser, "Sign-ins and sign-outs").await?;
        eventually("the sign-in alone", async || {
            let rows = rows(&browser).await?;
            Ok((rows.len() == 1 && rows[0][1] == "Signed in").then_some(()))
        })
        .await?;
        no_token_is_in(world, &stored(&browser).await?.context("nothing is stored")?)
    });
}

/// Browsers end the calls of a page that is left as if the network had failed, while the page can still write that down.
///
/// Field 58.
#[test]
fn a_refresh_that_is_cut_off_by_a_reload_or_a_link_has_not_failed() {
    for is_reload in [true, false] {
        scenario(Setup::default().concerning(Concern::Session), async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            world.proxy.forget();
            world.proxy.disturb(REFRESH, 1, Fault::DelayAnswer(Duration::from_secs(30)));
            browser.click(Role::Button, "Refresh now").await?;
            eventually("the refresh to be under way", async || {
                Ok((!world.proxy.calls(REFRESH).is_empty()).then_some(()))
            })
            .await?;
            if is_reload {
                browser.reload().await?;
            } else {
                browser.go("/activity").await?;
            }
            browser.chip_says("Signed in").await?;
            browser.open_page("Activity").await?;
            has_row(&browser, "Token refreshed", "Because the page was loaded.").await?;
            let rows = rows(&browser).await?;
            ensure!(rows.iter().all(|row| row[1] != "Refresh failed"), "{rows:?}");
            for (name, expected) in [("Refreshes", "1"), ("Success rate", "100 %"), ("Longest outage", "–")]
            {
                let shown = figure(&browser, name).await?;
                ensure!(shown == json!(expected), "{name}: {shown}");
            }
            let stored = stored(&browser).await?.context("nothing is stored")?;
            ensure!(!stored.contains("network"), "{stored}");
            Ok(())
        });
    }
}

#[test]
fn what_happened_is_there_at_a_start_without_a_network() {
    scenario(
        Setup { server_runs: Runs::AsProcess, ..Setup::default() }.needing(&[Ability::OfflineStart]),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            world.server.kill()?;
            browser.set_offline(true).await?;
            browser.go("/activity").await?;
            browser.chip_says("Offline").await?;
            has_row(&browser, "Signed in", "You signed in on this device.").await?;
            // What is drawn before anybody can be asked is the same that is there afterwards.
            world.server.start().await?;
            browser.set_offline(false).await?;
            browser.chip_says("Signed in").await?;
            has_row(&browser, "Signed in", "You signed in on this device.").await?;
            has_row(&browser, "Token refreshed", "Because the page was loaded.").await
        },
    );
}

/// An engine that takes the name of the choices for a legend like any other puts it above them.
///
/// Field 57.
#[test]
fn the_name_of_the_kinds_stands_beside_them() {
    scenario(Setup::default().concerning(Concern::Look), async |world| {
        let browser = world.signed_in().await?;
        browser.open_page("Activity").await?;
        browser.find(Role::Heading, "Activity").await?;
        let apart = browser.run(NAME_APART).await?.as_f64().context("no choices")?;
        ensure!(apart.abs() < 2.0, "the name stands {apart} px above the first choice");
        Ok(())
    });
}

#[test]
fn what_is_exported_is_whole_and_holds_no_token() {
    scenario(Setup::default().needing(&[Ability::Downloads]), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.disturb(REFRESH, 1, Fault::Answer { status: 503, header: None, body: "" });
        browser.click(Role::Button, "Refresh now").await?;
        browser.sees("because you asked for it").await?;
        browser.open_page("Activity").await?;
        has_row(&browser, "Refresh failed", "The server answered with status 503.").await?;
        let dir = world.file("saved")?;
        std::fs::create_dir_all(&dir)?;
        browser.save_files_in(&dir).await?;
        browser.click(Role::Button, "Export as JSON").await?;
        let text = saved(&dir.join("perennial-activity.json")).await?;
        let record: Value = serde_json::from_str(&text)?;
        assert_eq!(record["version"], json!(1));
        let entries = record["entries"].as_array().context("no entries")?.clone();
        let failed = entries.iter().find(|entry| entry["result"] == "failed").context("no failed refresh")?;
        assert_eq!((&failed["cause"], &failed["reason"]), (&json!("manual"), &json!("503")));
        assert!(failed["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{failed}");
        no_token_is_in(world, &text)?;
        browser.click(Role::Button, "Export as CSV").await?;
        let text = saved(&dir.join("perennial-activity.csv")).await?;
        no_token_is_in(world, &text)?;
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), entries.len() + 1, "{text}");
        assert!(lines[0].starts_with("at,event,cause,result,reason,duration_ms,"), "{}", lines[0]);
        assert!(!text.contains(&demo.email) && !text.contains("Demo"), "somebody is named");
        Ok(())
    });
}

#[test]
fn nothing_of_the_record_outlives_the_session_in_any_tab() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        browser.open_tab("/activity").await?;
        has_row(&browser, "Signed in", "You signed in on this device.").await?;
        browser.look_at(&first).await?;
        eventually("a record", async || stored(&browser).await).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        for _ in 0..6 {
            ensure!(stored(&browser).await?.is_none(), "a record is stored");
            // Time in which a tab could write.
            world.pass(Duration::from_millis(500)).await?;
        }
        ensure!(stored(&browser).await?.is_none(), "a record is stored");
        browser.submit(&demo).await?;
        browser.open_page("Activity").await?;
        let rows = eventually("what happened since", async || {
            Ok(Some(rows(&browser).await?).filter(|rows| !rows.is_empty()))
        })
        .await?;
        assert!(rows.iter().all(|row| row[1] != "Signed out"), "{rows:?}");
        Ok(())
    });
}

#[test]
fn a_record_that_is_to_be_kept_comes_back_to_the_same_person_and_to_nobody_else() {
    scenario(Setup::default().concerning(Concern::Storage), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Activity").await?;
        browser.click(Role::Field, KEEP).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let kept = stored(&browser).await?.context("it was not kept")?;
        assert!(!kept.contains(&demo.email), "an address is stored");
        browser.submit(&demo).await?;
        browser.open_page("Activity").await?;
        has_row(&browser, "Signed out", "You signed out.").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        // As if it were somebody else's.
        let account = kept.lines().nth(1).context("no account")?.to_owned();
        browser
            .run(&format!(
                "localStorage['{KEY}'] = localStorage['{KEY}'].replace({}, 'somebody')",
                json!(account)
            ))
            .await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.open_page("Activity").await?;
        has_row(&browser, "Signed in", "You signed in on this device.").await?;
        let rows = rows(&browser).await?;
        assert!(rows.iter().all(|row| row[1] != "Signed out"), "{rows:?}");
        eventually("the other's to go", async || {
            Ok(stored(&browser).await?.is_none_or(|text| !text.contains("somebody")).then_some(()))
        })
        .await
    });
}

#[test]
fn a_storage_full_of_garbage_costs_nothing_but_the_record() {
    scenario(Setup::default().concerning(Concern::Storage), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.run(&format!("localStorage['{KEY}'] = '{{\"version\": \"<script>\"'")).await?;
        browser.go("/activity").await?;
        has_row(&browser, "Token refreshed", "Because the page was loaded.").await?;
        browser.is_signed_in().await
    });
}

#[test]
fn a_time_without_a_network_is_counted() {
    scenario(
        Setup { clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Offline),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            browser.open_page("Activity").await?;
            browser.set_offline(true).await?;
            has_row(&browser, "Offline", "The device lost its network.").await?;
            world.pass(Duration::from_secs(4)).await?;
            browser.set_offline(false).await?;
            has_row(&browser, "Online again", "The network is back.").await?;
            let offline = figure(&browser, "Offline").await?;
            let seconds: u32 = offline
                .as_str()
                .and_then(|said| said.strip_suffix(" s")?.parse().ok())
                .context("no seconds")?;
            assert!((4..30).contains(&seconds), "{seconds} s");
            Ok(())
        },
    );
}

#[test]
fn a_running_import_is_followed_on_the_overview() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.sees("No import is running.").await?;
        browser.open_page("Queue").await?;
        for name in ["1.csv", "2.csv", "3.csv"] {
            send(&browser, &long_file(world, name, 100_000)?).await?;
        }
        browser.open_page("Overview").await?;
        let value = "const bar = document.querySelector('progress[aria-label=\"Progress of 3.csv\"]'); return bar && bar.value";
        within(Duration::from_secs(120), "progress of the import", async || {
            Ok(browser.run(value).await?.as_f64().filter(|value| *value > 0.0))
        })
        .await?;
        assert!(!world.proxy.sockets().is_empty(), "nothing was heard over {EVENTS}");
        within(Duration::from_secs(120), "the end of the import", async || {
            Ok(browser.text().await?.contains("No import is running.").then_some(()))
        })
        .await
    });
}

/// Chooses what is shown. The button itself is drawn by its label, and so cannot be seen.
async fn choose(browser: &Browser, kind: &str) -> Result<()> {
    let labels = "[...document.querySelectorAll('fieldset label')]";
    let script = format!("{labels}.find((it) => it.textContent.trim() === {}).click()", json!(kind));
    browser.run(&script).await.map(drop)
}

/// Waits for a row of the table that says this happened, and this of why.
async fn has_row(browser: &Browser, what: &str, why: &str) -> Result<()> {
    eventually(&format!("a row \"{what}\": \"{why}\""), async || {
        let rows = rows(browser).await?;
        Ok(rows.iter().any(|row| row[1] == what && row[2].contains(why)).then_some(()))
    })
    .await
}

/// What the table says, row by row.
async fn rows(browser: &Browser) -> Result<Vec<Vec<String>>> {
    Ok(serde_json::from_value(browser.run(ROWS).await?)?)
}

/// What stands under this name among the figures.
async fn figure(browser: &Browser, name: &str) -> Result<Value> {
    let is_named = format!("(it) => it.querySelector('dt').textContent === {}", json!(name));
    browser.run(&format!("return {FIGURES}.find({is_named}).querySelector('dd').textContent")).await
}

async fn stored(browser: &Browser) -> Result<Option<String>> {
    let stored = browser.run(&format!("return localStorage.getItem('{KEY}')")).await?;
    Ok(stored.as_str().map(str::to_owned))
}

async fn saved(path: &Path) -> Result<String> {
    eventually("the file", async || Ok(std::fs::read_to_string(path).ok())).await
}

/// Fails where a token that the application has sent is in a text.
fn no_token_is_in(world: &World, text: &str) -> Result<()> {
    let seen = world.proxy.seen();
    let tokens: BTreeSet<_> = seen.iter().filter_map(|seen| seen.token()).collect();
    ensure!(!tokens.is_empty(), "no token was seen");
    for token in tokens {
        ensure!(!text.contains(token), "a token is written down");
        // Its signature alone would be one as well.
        ensure!(!token.rsplit('.').next().is_some_and(|part| text.contains(part)), "a part of a token is");
    }
    Ok(())
}

const KEY: &str = "perennial:/:perennial:record";
const KEEP: &str = "Keep my activity record on this device after I sign out";
const ROWS: &str = "return [...document.querySelectorAll('table tbody [role=row]')]
    .map((row) => [...row.children].map((cell) => cell.textContent.trim()));";
const NAME_APART: &str = "
    const middle = (selector) => {
        const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return (top + bottom) / 2;
    };
    return middle('.segments-wrap .segment') - middle('.segments-wrap .segments-name');";
const FIGURES: &str = "[...document.querySelectorAll('dl > div')]";
