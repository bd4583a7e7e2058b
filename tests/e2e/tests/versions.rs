//! A newer version is deployed while people work.

use anyhow::Result;
use perennial_e2e::{Browser, Concern, Pages, Role, Runs, Setup, eventually, scenario};
use serde_json::json;

use crate::offline::is_kept;

#[test]
fn a_new_version_is_announced_and_loads_no_tab_again_but_that_of_who_asks() {
    scenario(
        Setup { pages: Pages::Copied, ..Setup::default() }.concerning(Concern::Storage),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            let first = browser.tab().await?;
            let second = browser.open_tab("/").await?;
            browser.find(Role::Heading, "Overview").await?;
            let deployed = world.deploy()?;
            browser.run(LOOK_FOR_ONE).await?;
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.run("window.isSamePage = true").await?;
                browser.sees("A new version is ready.").await?;
            }
            browser.click(Role::Button, "Reload").await?;
            runs(&browser, &deployed.now).await?;
            browser.find(Role::Heading, "Overview").await?;
            assert!(!browser.text().await?.contains("A new version"), "the notice stayed");

            browser.look_at(&first).await?;
            assert_eq!(
                browser.run("return window.isSamePage").await?,
                json!(true),
                "the other tab was loaded again"
            );
            runs(&browser, &deployed.before).await?;
            let file =
                browser.run(&format!("return fetch('/{}').then((it) => it.status)", deployed.gone)).await?;
            assert_eq!(file, json!(200), "the files of the version that runs are gone");
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
            // Lists have a button of the same name.
            browser.open_page("Overview").await?;
            browser.click(Role::Button, "Reload").await?;
            runs(&browser, &deployed.now).await?;
            only_kept(&browser, &deployed.now).await
        },
    );
}

#[test]
fn whoever_loads_the_page_after_a_deployment_has_the_new_version_without_a_notice() {
    scenario(
        Setup { pages: Pages::Copied, server_runs: Runs::AsProcess, ..Setup::default() }
            .concerning(Concern::Storage),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            let deployed = world.deploy()?;
            browser.reload().await?;
            runs(&browser, &deployed.now).await?;
            browser.find(Role::Heading, "Overview").await?;
            only_kept(&browser, &deployed.now).await?;
            assert!(!browser.text().await?.contains("A new version"), "there is nothing newer");
            world.server.kill()?;
            browser.reload().await?;
            runs(&browser, &deployed.now).await?;
            browser.find(Role::Heading, "Overview").await.map(drop)
        },
    );
}

async fn runs(browser: &Browser, version: &str) -> Result<()> {
    eventually(&format!("the version {version}"), async || {
        Ok((browser.run(VERSION).await? == json!(version)).then_some(()))
    })
    .await
}

async fn only_kept(browser: &Browser, version: &str) -> Result<()> {
    eventually("the files of the old version to go", async || {
        Ok((browser.run("return caches.keys()").await? == json!([format!("perennial:/:{version}")]))
            .then_some(()))
    })
    .await
}

pub(crate) const LOOK_FOR_ONE: &str =
    "return navigator.serviceWorker.ready.then((it) => it.update()).then(() => 1)";
const VERSION: &str = "return document.querySelector('meta[name=perennial-version]').content";
