//! Coming in, and the sign-in page.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::{Account, Clocks, Concern, Role, Runs, Setup, eventually, scenario};
use serde_json::{Value, json};

#[test]
fn a_person_signs_in_with_the_demo_account_and_sees_who_they_are() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.chip_says("Signed in").await?;
        browser.sees(&demo.email).await?;
        assert_eq!(browser.path().await?, "/");
        no_secret_in_the_console(&browser).await
    });
}

#[test]
fn a_reload_restores_the_session_without_a_flash_of_the_sign_in_page() {
    let setup = Setup { shim: Some(WATCH_FOR_SIGN_IN), ..Setup::default() };
    scenario(setup.concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        assert_ne!(browser.run(WAS_SIGN_IN_SHOWN).await?, Value::Bool(false), "the watch does not work");
        for path in ["/", "/devices"] {
            browser.go(path).await?;
            browser.reload().await?;
            browser.find(Role::Heading, if path == "/" { "Overview" } else { "Devices" }).await?;
            browser.chip_says("Signed in").await?;
            assert_eq!(browser.run(WAS_SIGN_IN_SHOWN).await?, Value::Bool(false), "it flashed at {path}");
            assert_eq!(browser.path().await?, path);
        }
        Ok(())
    });
}

#[test]
fn a_wrong_password_is_said_in_one_sentence_and_clears_only_the_password() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        browser.submit(&Account { password: "not the password".to_owned(), ..demo.clone() }).await?;
        browser.sees("The email or the password is not right.").await?;
        assert_eq!(browser.value("Email").await?, demo.email);
        assert_eq!(browser.value("Password").await?, "");
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

/// Field 56.
#[test]
fn an_address_of_any_script_is_sent_composed_and_without_the_spaces_around_it() {
    scenario(Setup::default(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Field, "Password").await?;
        browser.run(SHOW_SENT).await?;
        for (typed, sent) in [
            (" ju\u{308}rgen@example.org ", "jürgen@example.org"),
            ("ada@exa\u{308}mple.org", "ada@exämple.org"),
            ("\u{a0}δοκιμή@παράδειγμα.gr\t", "δοκιμή@παράδειγμα.gr"),
        ] {
            let account = Account::by_email(typed, "");
            browser
                .run(&format!(
                    "{TYPE} type('username', {:?}); type('password', {:?})",
                    account.email, " pa\u{308}ss "
                ))
                .await?;
            browser.click(Role::Button, "Sign in").await?;
            // The answer to the one before still stands there.
            let body = eventually("what is sent", async || {
                Ok(Some(browser.run("return window.sent.pop() ?? null").await?)
                    .filter(|sent| !sent.is_null()))
            })
            .await?;
            browser.sees("The email or the password is not right.").await?;
            let body: Value = serde_json::from_str(body.as_str().unwrap_or_default())?;
            assert_eq!((&body["email"], &body["password"]), (&json!(sent), &json!(" p\u{e4}ss ")));
        }
        Ok(())
    });
}

const SHOW_SENT: &str = "
    window.sent = [];
    const send = window.fetch.bind(window);
    window.fetch = async (request, ...rest) => {
        if (request instanceof Request && request.method === 'POST') window.sent.push(await request.clone().text());
        return send(request, ...rest);
    };";
const TYPE: &str = "
    const type = (id, text) => {
        const field = document.getElementById(id);
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    };";

#[test]
fn after_too_many_wrong_passwords_the_page_says_when_to_try_again_and_then_it_works() {
    let server = vec!["--sign-in-failures-per-account=2", "--sign-in-failure-window-s=15"];
    scenario(Setup { server, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        let wrong = Account { password: "not the password".to_owned(), ..demo.clone() };
        for tries in 1..=2 {
            browser.submit(&wrong).await?;
            eventually("the refusal", async || {
                Ok((world.proxy.count("POST /api/session", 401) == tries).then_some(()))
            })
            .await?;
            browser.sees("The email or the password is not right.").await?;
        }
        browser.submit(&wrong).await?;
        browser.sees("Too many attempts. You can try again at").await?;
        assert_eq!(world.proxy.count("POST /api/session", 429), 1);
        world.pass(Duration::from_secs(15)).await?;
        browser.sees("You can try again now.").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn the_page_that_was_asked_for_is_shown_after_signing_in() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        let asked = "/devices?page=2#last";
        browser.go(asked).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Devices").await?;
        let shown = browser.driver().current_url().await?;
        assert_eq!(shown.as_str(), world.proxy.origin() + asked);
        Ok(())
    });
}

#[test]
fn a_path_back_that_leads_to_another_site_is_not_followed() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        for elsewhere in ["//example.org/", "https://example.org/", "/\\example.org/", "javascript:alert(1)"]
        {
            browser.go(&format!("/login?return={elsewhere}")).await?;
            browser.find(Role::Heading, "Sign in").await?;
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Overview").await?;
            assert!(browser.driver().current_url().await?.as_str().starts_with(&world.proxy.origin()));
            browser.click(Role::Button, "Sign out").await?;
            browser.find(Role::Heading, "Sign in").await?;
        }
        Ok(())
    });
}

#[test]
fn a_server_that_cannot_be_reached_keeps_what_was_typed() {
    scenario(Setup { server_runs: Runs::AsProcess, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        world.server.kill()?;
        browser.submit(&demo).await?;
        browser.sees("What you typed is still here").await?;
        assert_eq!(browser.value("Email").await?, demo.email);
        assert_eq!(browser.value("Password").await?, demo.password);
        world.server.start().await?;
        browser.click(Role::Button, "Sign in").await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn an_address_that_the_server_does_not_know_as_its_own_is_said_to_be_the_reason() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        let elsewhere = world.proxy.origin().replace("127.0.0.1", "localhost");
        browser.driver().goto(format!("{elsewhere}/login")).await?;
        browser.submit(&demo).await?;
        browser.sees("Open the application by its proper address").await?;
        assert_eq!(world.proxy.count("POST /api/session", 403), 1);
        Ok(())
    });
}

#[test]
fn an_unknown_path_says_what_was_asked_and_leads_back() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.go("/no/such/page").await?;
        browser.find(Role::Heading, "Not found").await?;
        browser.sees("/no/such/page").await
    });
}

/// Fails when something that looks like a token was logged.
pub(crate) async fn no_secret_in_the_console(browser: &perennial_e2e::Browser) -> Result<()> {
    for entry in browser.console().await? {
        assert!(!entry.contains("eyJ"), "a token is in the console: {entry}");
    }
    Ok(())
}

/// Remembers whether a password field was ever in the page, for however short a time.
const WATCH_FOR_SIGN_IN: &str = "
    window.signInShown = false;
    new MutationObserver(() => {
        if (document.querySelector('input[type=password]')) window.signInShown = true;
    }).observe(document, { subtree: true, childList: true });";
const WAS_SIGN_IN_SHOWN: &str = "return window.signInShown";
