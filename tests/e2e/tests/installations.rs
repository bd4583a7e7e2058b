//! An installation, its configuration, and who else may have been there before.

use anyhow::ensure;
use perennial_e2e::{Backend, Concern, Fault, Pages, Role, Setup, eventually, scenario};
use serde_json::{Value, json};

/// Field 48: an operator points the installation at another backend.
#[test]
fn a_grant_of_one_backend_is_not_sent_to_another() {
    scenario(Setup { backend: Backend::Hybrid, ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        ensure!(browser.run(GRANTS).await? == json!(1), "no grant is kept");
        // What the page has asked for until now is its own affair.
        browser.driver().goto("about:blank").await?;
        world.proxy.configure(Backend::Exchange.config(&world.proxy.origin())?);
        world.proxy.forget();
        browser.go("/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let seen = world.proxy.seen();
        ensure!(seen.iter().all(|seen| seen.token().is_none()), "a token was sent to another backend");
        // Back at the first, the session goes on where it was.
        world.proxy.configure(Backend::Hybrid.config(&world.proxy.origin())?);
        browser.go("/").await?;
        browser.is_signed_in().await
    });
}

/// Field 48: two installations in front of two backends share an origin, and with it a storage.
#[test]
fn two_installations_below_two_paths_of_one_origin_know_nothing_of_each_other() {
    let setup = Setup { backend: Backend::Hybrid, pages: Pages::BelowPath, ..Setup::default() };
    scenario(setup.concerning(Concern::Storage), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/sub/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        // What the page has asked for until now is its own affair.
        browser.driver().goto("about:blank").await?;

        world.install_below("other")?;
        world.proxy.configure(Backend::Exchange.config(&world.proxy.origin())?);
        world.proxy.forget();
        browser.go("/other/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let seen = world.proxy.seen();
        ensure!(seen.iter().all(|seen| seen.token().is_none()), "a token of the other installation was sent");
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.driver().goto("about:blank").await?;

        world.install_below("sub")?;
        world.proxy.configure(Backend::Hybrid.config(&world.proxy.origin())?);
        browser.go("/sub/").await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.is_signed_in().await
    });
}

/// Field 48: what a version kept whose names told installations not apart.
#[test]
fn a_session_of_an_older_version_goes_on_by_its_cookie_and_leaves_no_old_name_behind() {
    scenario(Setup::default().concerning(Concern::Storage), async |world| {
        let browser = world.signed_in().await?;
        // Where no page of the application runs that writes.
        browser.go("/sw.js").await?;
        browser.run(AS_BEFORE).await?;
        browser.go("/").await?;
        browser.chip_says("Signed in").await?;
        browser.is_signed_in().await?;
        let left = browser.run(OLD_NAMES).await?;
        ensure!(left == Value::Array(Vec::new()), "old names are left: {left}");
        Ok(())
    });
}

/// Field 52: a person whose browser keeps nothing more for this site.
#[test]
fn a_reload_with_a_full_storage_finds_the_session_by_its_cookie() {
    scenario(Setup::default().concerning(Concern::Storage), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        browser.run(FILL).await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        ensure!(!browser.text().await?.contains("ended"), "nothing has ended");
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.is_signed_in().await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        // Nothing on the device can say that it ended: from then on the cookie alone does.
        eventually("the sign-out to arrive", async || {
            Ok((world.proxy.count("DELETE /api/session", 204) > 0).then_some(()))
        })
        .await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await.map(drop)
    });
}

/// Field 41: a browser that drops the cookies of another site, or all.
#[test]
fn a_browser_that_keeps_no_cookies_is_told_so_and_not_that_a_session_has_ended() {
    let backend = Backend::CookiePair;
    scenario(Setup { backend, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        world.proxy.disturb(backend.calls().sign_in, 1, Fault::DropCookies);
        browser.go("/login").await?;
        browser.submit(&demo).await?;
        browser.sees("This browser does not keep the server's cookies.").await?;
        ensure!(!browser.text().await?.contains("ended"), "nothing has ended");
        // Somebody has allowed them.
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.is_signed_in().await
    });
}

const FILL: &str = "
    let number = 0;
    for (const size of [1 << 20, 1 << 10, 1]) {
        try {
            for (;;) localStorage.setItem(`filler-${number++}`, 'x'.repeat(size));
        } catch {}
    }";
const GRANTS: &str = "return Object.keys(localStorage).filter((name) => name.endsWith(':grant')).length";
const OLD_NAMES: &str = "return Object.keys(localStorage).filter((name) => name.startsWith('perennial.'))";
const AS_BEFORE: &str = "
    for (const name of Object.keys(localStorage)) {
        const word = name.split(':').at(-1);
        localStorage.setItem(`perennial.${word}`, localStorage.getItem(name));
        localStorage.removeItem(name);
    }";
