//! Starting without a network, or without a server behind it.

use anyhow::{Result, ensure};
use perennial_e2e::{Ability, Browser, Concern, Fault, Pace, Pages, Role, Runs, Setup, eventually, scenario};
use serde_json::json;

#[test]
fn whoever_starts_without_a_network_finds_the_frame_and_goes_on_when_it_is_back() {
    scenario(
        Setup { server_runs: Runs::AsProcess, ..Setup::default() }
            .needing(&[Ability::OfflineStart])
            .concerning(Concern::Offline),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            world.server.kill()?;
            browser.set_offline(true).await?;
            browser.go("/").await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.sees("You are offline. You stay signed in. An import waits until you are back").await?;
            browser.sees("Demo").await?;
            browser.find(Role::Button, "Sign out").await?;
            browser.open_page("Devices").await?;
            browser.sees("This will be loaded when you are back online.").await?;
            browser.run("window.isSamePage = true").await?;
            world.server.start().await?;
            browser.set_offline(false).await?;
            browser.sees("This device").await?;
            assert_eq!(
                browser.run("return window.isSamePage").await?,
                json!(true),
                "the page was loaded again"
            );
            browser.is_signed_in().await
        },
    );
}

#[test]
fn the_application_starts_while_no_connection_can_be_made_although_the_device_believes_it_is_online() {
    scenario(
        Setup { server_runs: Runs::AsProcess, ..Setup::default() }.concerning(Concern::Offline),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            world.server.kill()?;
            world.proxy.disturb("GET /devices", 100, Fault::LoseRequest);
            browser.go("/devices").await?;
            browser.find(Role::Heading, "Devices").await?;
            browser.chip_says("Retrying").await?;
            browser.sees("This will be loaded when the server answers again.").await?;
            browser.is_signed_in().await?;
            world.proxy.undisturb();
            world.server.start().await?;
            browser.sees("This device").await
        },
    );
}

#[test]
fn an_offline_start_after_the_limit_ends_with_the_reason_and_forgets_the_name() {
    let config = json!({ "inactivity_limit_s": 15, "inactivity_warning_s": 5 });
    scenario(
        Setup { config, server_runs: Runs::AsProcess, pace: Pace::Waits, ..Setup::default() }
            .needing(&[Ability::OfflineStart])
            .concerning(Concern::Offline),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            assert!(browser.run(PERSON).await?.is_string(), "nobody is remembered");
            world.server.kill()?;
            browser.set_offline(true).await?;
            browser.driver().goto("about:blank").await?;
            // In real time: a page that comes from the device itself has the device's clock.
            tokio::time::sleep(std::time::Duration::from_secs(16)).await;
            browser.go("/").await?;
            browser.find(Role::Heading, "Sign in").await?;
            browser.sees("You were signed out after 15 seconds without activity.").await?;
            assert!(browser.run(PERSON).await?.is_null(), "the name is still remembered");
            assert!(!browser.text().await?.contains("Demo"), "something personal is left on the page");
            Ok(())
        },
    );
}

#[test]
fn signing_out_in_one_tab_forgets_the_name_and_what_is_kept_holds_no_answer() {
    scenario(Setup::default().concerning(Concern::Offline), async |world| {
        let (browser, demo) = (world.signed_in().await?, world.demo()?);
        is_kept(&browser).await?;
        for page in ["Queue", "Devices", "Overview"] {
            browser.open_page(page).await?;
        }
        browser.reload().await?;
        browser.find(Role::Heading, "Overview").await?;
        let kept = browser.run(KEPT).await?;
        let entries = kept.as_array().cloned().unwrap_or_default();
        assert!(entries.len() > 5, "hardly anything is kept: {kept}");
        let token = world.proxy.seen().iter().find_map(|seen| seen.token().map(str::to_owned));
        for entry in entries {
            let (url, text) = (entry[0].to_string(), entry[1].to_string());
            assert!(!url.contains("/api"), "{url} is kept");
            for secret in token.iter().chain([&demo.email]) {
                assert!(!text.contains(secret.as_str()), "{url} holds something personal");
            }
        }
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert!(browser.run(PERSON).await?.is_null(), "the name is still remembered");
        Ok(())
    });
}

/// Field 48: the worker of an installation at the root is asked for whatever lies below it.
#[test]
fn what_is_no_page_of_the_application_is_left_to_the_network() {
    let setup = Setup { server_runs: Runs::AsProcess, ..Setup::default() };
    scenario(setup.needing(&[Ability::OfflineStart]), async |world| {
        let browser = world.signed_in().await?;
        is_kept(&browser).await?;
        world.server.kill()?;
        browser.set_offline(true).await?;
        // There is nobody to answer, and the browser says so, which the drivers call an error.
        let gone = browser.go("/other/report").await.map_err(|error| format!("{error:#}"));
        ensure!(gone.as_ref().is_err_and(|said| says_offline(said)), "{gone:?}");
        let is_ours = browser.run(IS_OURS).await?;
        ensure!(is_ours == json!(false), "the application answers for another one");
        browser.set_offline(false).await?;
        world.server.start().await?;
        browser.go("/").await?;
        browser.is_signed_in().await
    });
}

/// Field 48: a host that answers every unknown path with the page of one installation does so below the other as well.
#[test]
fn the_page_of_another_installation_takes_the_place_of_nothing_that_is_kept() {
    let setup = Setup { pages: Pages::BelowPath, server_runs: Runs::AsProcess, ..Setup::default() };
    scenario(setup.needing(&[Ability::OfflineStart]), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/sub/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        is_kept(&browser).await?;
        world.install_below("other")?;
        browser.go("/sub/settings").await?;
        ensure!(browser.run(BASE).await? == json!("/other/"), "the host answers with another page");
        world.server.kill()?;
        browser.set_offline(true).await?;
        browser.go("/sub/").await?;
        ensure!(browser.run(BASE).await? == json!("/sub/"), "the page of another installation is kept");
        Ok(())
    });
}

#[test]
fn the_page_of_a_portal_takes_the_place_of_nothing_that_is_kept() {
    scenario(
        Setup { server_runs: Runs::AsProcess, ..Setup::default() }.concerning(Concern::Offline),
        async |world| {
            let browser = world.signed_in().await?;
            is_kept(&browser).await?;
            let portal = Fault::Answer { status: 200, header: None, body: "<h1>Welcome to the hotel</h1>" };
            world.proxy.disturb("GET /devices", 1, portal);
            browser.go("/devices").await?;
            browser.find(Role::Heading, "Welcome to the hotel").await?;
            world.server.kill()?;
            browser.go("/devices").await?;
            browser.find(Role::Heading, "Devices").await.map(drop)
        },
    );
}

#[test]
fn an_application_below_a_path_keeps_its_own_files_and_starts_there_without_a_network() {
    scenario(
        Setup { pages: Pages::BelowPath, server_runs: Runs::AsProcess, ..Setup::default() }
            .needing(&[Ability::OfflineStart])
            .concerning(Concern::Offline),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.go("/sub/devices").await?;
            browser.submit(&demo).await?;
            browser.sees("This device").await?;
            is_kept(&browser).await?;
            browser.open_page("Queue").await?;
            assert_eq!(browser.path().await?, "/sub/queue");
            let scope = "return navigator.serviceWorker.ready.then((it) => new URL(it.scope).pathname)";
            assert_eq!(browser.run(scope).await?, json!("/sub/"));
            world.server.kill()?;
            browser.set_offline(true).await?;
            browser.go("/sub/settings").await?;
            browser.find(Role::Heading, "Settings").await?;
            browser.open_page("Activity").await?;
            world.server.start().await?;
            browser.set_offline(false).await?;
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
            browser.is_signed_in().await
        },
    );
}

/// Field 53: some virtual adapters have the browser believe that there is no network.
#[test]
fn a_device_that_says_it_is_offline_although_it_is_not_is_believed_until_an_answer_comes() {
    let shim =
        "Object.defineProperty(Navigator.prototype, 'onLine', { configurable: true, get: () => false });";
    scenario(Setup { shim: Some(shim), ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        browser.chip_says("Signed in").await?;
        ensure!(!browser.text().await?.contains("You are offline"), "it is not offline");
        browser.reload().await?;
        browser.chip_says("Signed in").await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        ensure!(!browser.text().await?.contains("offline"), "it is not offline");
        Ok(())
    });
}

/// Whether a driver says that a page did not come for want of a network.
fn says_offline(said: &str) -> bool {
    said.contains("net::ERR_INTERNET_DISCONNECTED") || said.contains("about:neterror?e=netOffline")
}

/// Waits until a service worker is in charge of the page, which it is once it has kept everything.
pub(crate) async fn is_kept(browser: &Browser) -> Result<()> {
    eventually("a service worker", async || {
        Ok((browser.run("return !!navigator.serviceWorker.controller").await? == json!(true)).then_some(()))
    })
    .await
}

const PERSON: &str = "
    const name = Object.keys(localStorage).find((name) => name.endsWith(':perennial:person'));
    return name ? localStorage.getItem(name) : null";
const KEPT: &str = "
    const read = async () => {
        const all = [];
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                all.push([request.url, await (await cache.match(request)).text()]);
            }
        }
        return all;
    };
    return read();";

const IS_OURS: &str = "return document.getElementById('perennial-config') !== null";
const BASE: &str = "return new URL(document.baseURI).pathname";
