//! Credentials that the server refuses.

use anyhow::Result;
use perennial_e2e::backend::FORGED;
use perennial_e2e::{Ability, Browser, Concern, Fault, Role, Runs, Setup, World, scenario};

use crate::{DEVICES, EVENTS, REFRESH};

#[test]
fn a_forged_access_token_costs_one_refresh_and_the_page_comes_all_the_same() {
    bad_token_costs_one_refresh(FORGED);
}

#[test]
fn a_corrupted_access_token_costs_one_refresh_and_the_page_comes_all_the_same() {
    bad_token_costs_one_refresh("%%%.not.a-token");
}

fn bad_token_costs_one_refresh(token: &str) {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.forget();
        without_live_connections(world);
        world.proxy.disturb(DEVICES, 1, Fault::ReplaceToken(token.to_owned()));
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        assert_eq!(statuses(world, DEVICES), [Some(401), Some(200)]);
        assert_eq!(statuses(world, REFRESH), [Some(200)]);
        browser.is_signed_in().await
    });
}

#[test]
fn a_forged_access_token_with_a_forged_refresh_cookie_leads_to_the_sign_in_page() {
    scenario(Setup::default().needing(&[Ability::CookieChange]), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        forge_refresh_cookie(&browser).await?;
        world.proxy.forget();
        world.proxy.disturb(DEVICES, 1, Fault::ReplaceToken(FORGED.to_owned()));
        browser.click(Role::Link, "Devices").await?;
        browser.find(Role::Heading, "Sign in").await?;
        // The cookie was never seen to work.
        browser
            .sees("Your session has ended. If this happens after each sign-in, this browser does not keep")
            .await?;
        assert_eq!(statuses(world, REFRESH), [Some(401)]);
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Devices").await.map(drop)
    });
}

#[test]
fn a_forged_refresh_cookie_on_load_leads_to_the_sign_in_page() {
    scenario(
        Setup::default().needing(&[Ability::CookieChange]).concerning(Concern::Session),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            forge_refresh_cookie(&browser).await?;
            browser.reload().await?;
            browser.find(Role::Heading, "Sign in").await?;
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Overview").await.map(drop)
        },
    );
}

#[test]
fn fifty_requests_refused_at_once_cause_one_refresh_and_bring_fifty_answers() {
    scenario(Setup { server_runs: Runs::AsProcess, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.go("/__probe/").await?;
        browser.sees("ready").await?;
        // The session is restored before the keys are lost, so that its token is one of the old key.
        browser.click(Role::Button, "Burst").await?;
        browser.sees("50 of 50 answered, burst 1").await?;
        world.server.kill()?;
        world.server.lose_keys()?;
        world.server.start().await?;
        world.proxy.forget();
        browser.click(Role::Button, "Burst").await?;
        browser.sees("50 of 50 answered, burst 2").await?;
        let answers = statuses(world, DEVICES);
        assert_eq!(answers.iter().filter(|status| **status == Some(401)).count(), 50, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == Some(200)).count(), 50, "{answers:?}");
        assert_eq!(statuses(world, REFRESH), [Some(200)]);
        Ok(())
    });
}

#[test]
fn an_endpoint_that_refuses_even_a_fresh_token_does_not_end_the_session_or_loop() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.forget();
        without_live_connections(world);
        world.proxy.disturb(DEVICES, 100, Fault::ReplaceToken(FORGED.to_owned()));
        browser.open_page("Devices").await?;
        browser.sees("Your devices could not be loaded.").await?;
        browser.is_signed_in().await?;
        assert_eq!(statuses(world, DEVICES), [Some(401), Some(401)]);
        assert_eq!(statuses(world, REFRESH), [Some(200)]);
        Ok(())
    });
}

/// They would bring the list of devices whatever becomes of the request for it.
fn without_live_connections(world: &World) {
    world.proxy.disturb(EVENTS, 1_000, Fault::LoseRequest);
}

fn statuses(world: &World, call: &str) -> Vec<Option<u16>> {
    world.proxy.calls(call).iter().map(|seen| seen.status).collect()
}

async fn forge_refresh_cookie(browser: &Browser) -> Result<()> {
    browser.forge_cookie("perennial_refresh", "forged").await
}
