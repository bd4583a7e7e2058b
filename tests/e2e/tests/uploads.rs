//! Files on their way, and what can come between.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use perennial_e2e::wait::within;
use perennial_e2e::{Browser, Clocks, Fault, Role, Setup, World, scenario};
use serde_json::json;

use crate::queue::{LONGEST_IMPORT, cell, comes_to, long_file, makes_progress, queue, send};

#[test]
fn a_file_chosen_while_another_is_on_its_way_waits_for_its_turn() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let browser = queue(world).await?;
        let (first, second) = (short_file(world, "first.csv")?, short_file(world, "second.csv")?);
        let slow = Duration::from_secs(8);
        world.proxy.disturb(SEND, 1, Fault::Delay(slow));
        browser.choose_file("CSV file", &first).await?;
        browser.click(Role::Button, "Start import").await?;
        assert!(!drop_file(&browser).await?, "it is not welcome now");
        browser.sees("One file at a time: this one can be sent when the other has been.").await?;
        browser.choose_file("CSV file", &second).await?;
        assert!(asks_before_leaving(&browser).await?, "a file is on its way");
        world.pass(slow).await?;
        comes_to(&browser, "first.csv", "Done").await?;
        assert!(!asks_before_leaving(&browser).await?, "no file is on its way");
        assert!(!browser.text().await?.contains("One file at a time"));
        browser.click(Role::Button, "Start import").await?;
        comes_to(&browser, "second.csv", "Done").await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Choose a file first.").await?;
        assert!(drop_file(&browser).await?, "there is room for it now");
        browser.click(Role::Button, "Start import").await?;
        comes_to(&browser, "dropped.csv", "Done").await
    });
}

/// Field 63.
#[test]
fn an_import_that_is_started_offline_waits_and_leaves_by_itself() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let browser = queue(world).await?;
        browser.choose_file("CSV file", &short_file(world, "waiting.csv")?).await?;
        browser.set_offline(true).await?;
        browser.chip_says("Offline").await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Waits for the network.").await?;
        let text = browser.text().await?;
        assert!(!text.contains("changed or moved"), "the file is blamed");
        assert!(asks_before_leaving(&browser).await?, "a file waits");
        browser.click(Role::Button, "Cancel").await?;
        assert!(!browser.text().await?.contains("Waits for the network."));
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Waits for the network.").await?;
        // It goes on while another page is looked at.
        browser.open_page("Settings").await?;
        world.proxy.forget();
        browser.set_offline(false).await?;
        browser.open_page("Queue").await?;
        comes_to(&browser, "waiting.csv", "Done").await?;
        assert_eq!(world.proxy.calls(SEND).len(), 1, "it was not sent once");
        Ok(())
    });
}

/// Field 63.
#[test]
fn an_import_that_waits_is_gone_with_the_session() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (queue(world).await?, world.demo()?);
        browser.choose_file("CSV file", &short_file(world, "waiting.csv")?).await?;
        browser.set_offline(true).await?;
        browser.chip_says("Offline").await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Waits for the network.").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.set_offline(false).await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.open_page("Queue").await?;
        assert_eq!(world.proxy.calls(SEND).len(), 0, "it was sent for whoever is here now");
        Ok(())
    });
}

/// Field 59.
#[test]
fn a_file_that_misses_the_place_is_chosen_all_the_same_and_opens_on_no_page() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        assert!(drop_on(&browser, "header").await?, "the page shows that it is welcome");
        browser.sees("dropped.csv").await?;
        browser.open_page("Settings").await?;
        drop_on(&browser, "main").await?;
        browser.find(Role::Heading, "Settings").await?;
        browser.is_signed_in().await
    });
}

#[test]
fn a_file_that_the_end_of_a_session_cuts_is_spoken_of_when_its_person_is_back() {
    let config = json!({ "inactivity_limit_s": 10, "inactivity_warning_s": 3 });
    scenario(Setup { clock: Clocks::Moved, config, ..Setup::default() }, async |world| {
        let (browser, demo) = (queue(world).await?, world.demo()?);
        let path = short_file(world, "people.csv")?;
        world.proxy.disturb(SEND, 1, Fault::Delay(Duration::from_secs(60)));
        browser.choose_file("CSV file", &path).await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("people.csv").await?;
        world.pass(Duration::from_secs(10)).await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert!(!browser.text().await?.contains("people.csv"), "nothing is said of it to whoever is there");
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Queue").await?;
        browser.sees("people.csv was not sent, because you were signed out.").await?;
        world.proxy.undisturb();
        browser.click(Role::Button, "Start import").await?;
        comes_to(&browser, "people.csv", "Done").await
    });
}

#[test]
fn a_file_is_read_as_its_person_says_and_the_next_one_is_not() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        browser.click(Role::Button, "If a file is read wrongly").await?;
        browser.find(Role::Field, "Separated by").await?.send_keys("Semicolons").await?;
        browser.find(Role::Field, "Encoding").await?.send_keys("Windows-1252").await?;
        send(&browser, &short_file(world, "stated.csv")?).await?;
        comes_to(&browser, "stated.csv", "Done").await?;
        send(&browser, &short_file(world, "found.csv")?).await?;
        comes_to(&browser, "found.csv", "Done").await?;
        for (file, read_as) in
            [("stated.csv", ["Semicolons", "Windows-1252"]), ("found.csv", ["Commas", "UTF-8"])]
        {
            browser.click(Role::Link, &format!("Open {file}")).await?;
            browser.find(Role::Heading, file).await?;
            for words in read_as {
                browser.sees(words).await?;
            }
            assert_eq!(browser.driver().title().await?, format!("{file} · Perennial"));
            browser.open_page("Queue").await?;
            browser.find(Role::Heading, "Queue").await?;
        }
        Ok(())
    });
}

#[test]
fn what_came_of_a_job_is_asked_again_where_the_answer_is_lost() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        send(&browser, &long_file(world, "long.csv", 100_000)?).await?;
        makes_progress(&browser, "long.csv").await?;
        let id = browser.run("return document.querySelector('.job-name').id").await?;
        let id = id.as_str().and_then(|id| id.strip_prefix("job-")).context("a row without its job")?;
        let question = format!("GET /api/jobs/{id}");
        world.proxy.disturb(&question, 1, Fault::LoseRequest);
        comes_to(&browser, "long.csv", "Done").await?;
        within(LONGEST_IMPORT, "the way to the dataset", async || {
            Ok(browser.look_for(Role::Link, "Open long.csv").await?.map(drop))
        })
        .await?;
        assert_eq!(world.proxy.calls(&question).len(), 1, "the list has brought the answer");
        assert_ne!(cell(&browser, "long.csv", "Details").await?.as_deref(), Some("Reconnecting…"));
        Ok(())
    });
}

pub(crate) fn short_file(world: &World, name: &str) -> Result<PathBuf> {
    let path = world.file(name)?;
    std::fs::write(&path, "name,age\nAda,36\n")?;
    Ok(path)
}

/// Drops a file where files are chosen, and says whether the place showed that it is welcome.
async fn drop_file(browser: &Browser) -> Result<bool> {
    drop_on(browser, ".drop").await
}

async fn drop_on(browser: &Browser, selector: &str) -> Result<bool> {
    let script = format!(
        "const drop = async () => {{
            const place = document.querySelector('{selector}');
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(['a,b'], 'dropped.csv'));
            const drag = (kind) => new DragEvent(kind, {{ bubbles: true, cancelable: true, dataTransfer }});
            place.dispatchEvent(drag('dragover'));
            await new Promise(requestAnimationFrame);
            const isWelcome = !!document.querySelector('.drop')?.hasAttribute('data-over');
            if (place.dispatchEvent(drag('drop'))) throw new Error('the browser would open it');
            return isWelcome;
        }};
        return drop()"
    );
    let is_welcome = browser.run(&script).await?;
    is_welcome.as_bool().with_context(|| format!("the browser says {is_welcome}"))
}

/// Whether the page would have the browser ask, were it left now.
async fn asks_before_leaving(browser: &Browser) -> Result<bool> {
    let script = "const leaving = new Event('beforeunload', { cancelable: true });
        window.dispatchEvent(leaving);
        return leaving.defaultPrevented";
    let asks = browser.run(script).await?;
    asks.as_bool().with_context(|| format!("the browser says {asks}"))
}

/// Sends a file.
pub(crate) const SEND: &str = "POST /api/jobs";
