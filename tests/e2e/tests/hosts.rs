//! Hosts that know nothing of the application.

use anyhow::ensure;
use perennial_e2e::{Backend, Pages, Role, Setup, eventually, scenario};

use crate::offline::is_kept;

/// Field 50.
#[test]
fn a_host_that_does_not_know_the_type_of_web_assembly_serves_the_whole_application() {
    scenario(Setup::default(), async |world| {
        world.proxy.serve_as_plain_host();
        let browser = world.signed_in().await?;
        for page in ["Queue", "Devices", "Activity", "Settings"] {
            browser.open_page(page).await?;
            browser.find(Role::Heading, page).await?;
        }
        let failed = browser.text().await?.contains("could not be loaded");
        ensure!(!failed, "a file of the application was not loaded");
        browser.is_signed_in().await
    });
}

/// Field 51: there is one configuration block, in index.html, and a plain host does not show it at other paths.
#[test]
fn a_deep_link_on_a_plain_host_sends_the_password_to_the_backend_that_is_configured() {
    for pages in [Pages::Release, Pages::BelowPath] {
        scenario(Setup { backend: Backend::Hybrid, pages, ..Setup::default() }, async |world| {
            world.proxy.serve_as_plain_host();
            let (browser, demo) = (world.browser().await?, world.demo()?);
            let base = if pages == Pages::BelowPath { "/sub" } else { "" };
            browser.go(&format!("{base}/activity?kind=all")).await?;
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Activity").await?;
            let address = browser.run("return location.pathname + location.search + location.hash").await?;
            ensure!(address == format!("{base}/activity?kind=all"), "the address is {address}");
            let calls = Backend::Perennial.calls();
            ensure!(world.proxy.calls(calls.sign_in).is_empty(), "the password went to the default backend");
            ensure!(world.proxy.calls(Backend::Hybrid.calls().sign_in).len() == 1, "it was not sent once");
            browser.reload().await?;
            browser.find(Role::Heading, "Activity").await?;
            browser.is_signed_in().await
        });
    }
}

/// Field 51: the provider sends people back to a path that a plain host does not know.
#[test]
fn a_person_comes_back_from_a_provider_to_a_plain_host() {
    scenario(Setup { backend: Backend::OidcProvider, ..Setup::default() }, async |world| {
        world.proxy.serve_as_plain_host();
        let browser = world.signed_in().await?;
        ensure!(browser.run("return location.search + location.hash").await? == "", "the code is left");
        browser.is_signed_in().await
    });
}

#[test]
fn what_lies_beside_the_application_is_not_opened_by_an_address_that_somebody_made_up() {
    scenario(Setup { pages: Pages::BelowPath, ..Setup::default() }, async |world| {
        let browser = world.browser().await?;
        for asked in ["../other", "%2e%2e/other", "//elsewhere.example/", "%E0%A4%A"] {
            browser.go("/sub/settings").await?;
            browser.go(&format!("/sub/#asked={asked}")).await?;
            // What is no page of the application is said to be none.
            eventually("a page", async || {
                let heading = browser.run("return document.querySelector('main h1')?.innerText").await?;
                Ok(["Sign in", "Not found"].into_iter().find(|known| heading == *known))
            })
            .await?;
            let path = browser.run("return location.pathname").await?;
            ensure!(path.as_str().is_some_and(|path| path.starts_with("/sub/")), "{asked} leads to {path}");
        }
        Ok(())
    });
}

/// Field 59: all pages, the worker and the page for a failure, under a policy that allows no markup from texts.
#[test]
fn trusted_types_keep_nothing_of_the_application_from_people() {
    for policy in ["require-trusted-types-for 'script'", TRUSTED] {
        scenario(Setup::default(), async |world| {
            world.proxy.add_policy(policy);
            let browser = world.signed_in().await?;
            for page in ["Queue", "Devices", "Activity", "Settings"] {
                browser.open_page(page).await?;
            }
            is_kept(&browser).await?;
            for line in browser.console().await? {
                ensure!(!line.contains("TrustedHTML") && !line.contains("TrustedScript"), "{line}");
            }
            browser.is_signed_in().await
        });
    }
}

/// Field 59: a policy that does not allow the name of the application's own.
#[test]
fn trusted_types_that_the_application_may_not_have_leave_a_page_that_says_so() {
    scenario(Setup::default(), async |world| {
        world.proxy.add_policy("require-trusted-types-for 'script'; trusted-types none-of-ours");
        let browser = world.browser().await?;
        browser.go("/login").await?;
        eventually("some words", async || {
            let text = browser.text().await?;
            Ok((text.contains("Reload") || text.contains("Password")).then_some(()))
        })
        .await
    });
}

const TRUSTED: &str = "require-trusted-types-for 'script'; trusted-types default";
