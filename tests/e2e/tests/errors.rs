//! When the application itself fails.

use std::time::Duration;

use perennial_e2e::{Role, Setup, eventually, scenario};

use crate::offline::is_kept;

#[test]
fn a_fault_in_the_application_is_said_with_details_that_hold_no_secret_and_a_reload_goes_on() {
    scenario(Setup { shim: Some(PLANT), ..Setup::default() }, async |world| {
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
            lines.iter().any(|line| line.message.contains("panicked at")),
            "the console is silent: {lines:?}"
        );

        world.proxy.forget();
        browser.run("dispatchEvent(new Event('online')); dispatchEvent(new Event('focus'))").await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(world.proxy.seen().is_empty(), "something goes on: {:?}", world.proxy.seen());
        browser.click(Role::Button, "Reload").await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.is_signed_in().await
    });
}

/// From then on no page with a form can be made.
const PLANT: &str = "
    window.plant = () => {
        const make = Document.prototype.createElement;
        const fail = (tag) => {
            throw new Error(`planted in ${tag}: eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0 /cb?code=1 ada@example.org`);
        };
        Document.prototype.createElement = function (tag, ...rest) {
            return tag === 'form' ? fail(tag) : make.call(this, tag, ...rest);
        };
    };";
