//! What is done with each backend, and what it may cost.

use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::{Result, ensure};
use perennial_e2e::{
    Ability, Account, Backend, Browser, Clocks, Concern, Fault, Life, Pace, Proxy, Role, Runs, Seen, Setup,
    World, eventually, scenario,
};
use serde_json::{Value, json};

use super::credential;
use crate::DEVICES;
use crate::signing_in::no_secret_in_the_console;

pub(crate) fn sign_in_and_reload(backend: Backend) {
    scenario(Setup { backend, ..Setup::default() }.concerning(Concern::Session), async |world| {
        let (browser, person) = (world.browser().await?, world.demo()?);
        if backend != Backend::OidcProvider {
            browser.go("/login").await?;
            browser.submit(&Account { password: "not the password".to_owned(), ..person.clone() }).await?;
            browser.sees(backend.refusals().password).await?;
        }
        browser.sign_in_to(backend, &person).await?;
        browser.sees(&person.email).await?;
        for (path, heading) in [("/", "Overview"), ("/devices", "Devices")] {
            browser.go(path).await?;
            browser.reload().await?;
            browser.find(Role::Heading, heading).await?;
            browser.chip_says("Signed in").await?;
            assert_eq!(browser.path().await?, path);
        }
        browser.sees("This device").await?;
        no_secret_in_the_console(&browser).await
    });
}

pub(crate) fn work(backend: Backend) {
    scenario(short_tokens(backend), async |world| {
        let browser = world.signed_in().await?;
        world.api().forget();
        let started = world.now();
        while world.since(started) < 3 * LIFETIME {
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
            browser.open_page("Overview").await?;
            world.pass(LIFETIME / 10).await?;
        }
        let refreshes = world.api().calls(backend.calls().refresh);
        for pair in refreshes.windows(2) {
            let gap = pair[1].at.duration_since(pair[0].at);
            ensure!(gap >= LIFETIME * 7 / 10, "two refreshes within {gap:?}");
        }
        let expected = match backend.life() {
            Life::Told => 3..=4,
            // Nobody knows of anything that would have to be replaced.
            Life::Untold => 0..=0,
        };
        ensure!(expected.contains(&refreshes.len()), "{} refreshes in three lifetimes", refreshes.len());
        let failed: Vec<_> =
            world.api().seen().into_iter().filter(|seen| seen.status.is_some_and(|s| s >= 400)).collect();
        ensure!(failed.is_empty(), "requests failed: {failed:?}");
        match backend.life() {
            Life::Told => click_with_an_expired_token(world, &browser).await,
            Life::Untold => click_with_a_refused_credential(world, &browser).await,
        }
    });
}

/// Goes to the devices while the token has expired and its refresh is on its way.
async fn click_with_an_expired_token(world: &World, browser: &Browser) -> Result<()> {
    let (api, refresh) = (world.api(), world.backend.calls().refresh);
    api.forget();
    api.disturb(refresh, 1, Fault::Delay(LIFETIME / 2));
    let is_asked = async || Ok(api.calls(refresh).first().map(|seen| seen.at));
    let asked = world.pass_until(LIFETIME, "the next refresh", is_asked).await?;
    // It begins a fifth of the lifetime and a little more before the end.
    world.pass((LIFETIME * 3 / 10).saturating_sub(world.since(asked))).await?;
    ensure!(api.count(refresh, 200) == 0, "the refresh was over too soon for this scenario");
    browser.click(Role::Link, "Devices").await?;
    world.pass((LIFETIME / 2).saturating_sub(world.since(asked))).await?;
    browser.sees("This device").await?;
    let clicked = api.calls(DEVICES);
    ensure!(clicked.len() == 1 && clicked[0].status == Some(200), "{clicked:?}");
    ensure!(clicked[0].at.duration_since(asked) >= LIFETIME / 2, "it did not wait for the refresh");
    ensure!(api.calls(refresh).len() == 1, "{:?}", api.calls(refresh));
    Ok(())
}

/// Goes to the devices with a credential that turns out to be good no more, and whose refresh takes its time.
async fn click_with_a_refused_credential(world: &World, browser: &Browser) -> Result<()> {
    let (api, refresh) = (world.api(), world.backend.calls().refresh);
    api.forget();
    api.disturb(DEVICES, 1, world.backend.forgery());
    api.disturb(refresh, 1, Fault::Delay(LIFETIME / 2));
    browser.click(Role::Link, "Devices").await?;
    let is_asked = async || Ok(api.calls(refresh).first().map(|seen| seen.at));
    let asked = world.pass_until(LIFETIME, "a refresh", is_asked).await?;
    world.pass((LIFETIME / 2).saturating_sub(world.since(asked))).await?;
    browser.sees("This device").await?;
    let clicked = api.calls(DEVICES);
    let statuses: Vec<_> = clicked.iter().map(|seen| seen.status).collect();
    ensure!(statuses == [Some(401), Some(200)], "{clicked:?}");
    ensure!(clicked[1].at.duration_since(asked) >= LIFETIME / 2, "it did not wait for the refresh");
    ensure!(api.calls(refresh).len() == 1, "{:?}", api.calls(refresh));
    Ok(())
}

pub(crate) fn written_life(backend: Backend) {
    let config = json!({ "access_lifetime_s": LIFETIME.as_secs() });
    scenario(Setup { config, ..short_tokens(backend) }, async |world| {
        let browser = world.signed_in().await?;
        let (api, refresh) = (world.api(), backend.calls().refresh);
        for _ in 0..2 {
            for _ in 0..2 {
                api.forget();
                let is_granted = async || Ok((api.count(refresh, 200) > 0).then_some(()));
                world.pass_until(LIFETIME, "a refresh before the end", is_granted).await?;
                ensure!(api.calls(refresh).len() == 1, "{:?}", api.calls(refresh));
            }
            browser.reload().await?;
            browser.chip_says("Signed in").await?;
        }
        Ok(())
    });
}

pub(crate) fn burst(backend: Backend) {
    scenario(Setup { backend, ..Setup::default() }.concerning(Concern::Lock), async |world| {
        let browser = world.signed_in().await?;
        browser.go("/__probe/").await?;
        browser.sees("ready").await?;
        // The session is restored first, which may cost a refresh of its own.
        browser.click(Role::Button, "Burst").await?;
        browser.sees("50 of 50 answered, burst 1").await?;
        let api = world.api();
        api.forget();
        api.disturb(DEVICES, 50, backend.forgery());
        browser.click(Role::Button, "Burst").await?;
        browser.sees("50 of 50 answered, burst 2").await?;
        let answered = [401, 200].map(|status| api.count(DEVICES, status));
        ensure!(answered == [50, 50], "{answered:?} requests were refused and granted");
        let refreshes = api.calls(backend.calls().refresh);
        ensure!(refreshes.len() == 1 && refreshes[0].status == Some(200), "{refreshes:?}");
        Ok(())
    });
}

pub(crate) fn revocation(backend: Backend) {
    let config = json!({ "check_interval_s": 2 });
    scenario(Setup { backend, config, clock: backend.clocks(), ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        world.sign_out_everywhere().await?;
        world.pass(Duration::from_secs(2)).await?;
        browser.find(Role::Heading, "Sign in").await?;
        // The others have no word for who ended the session.
        browser.sees(if backend.is_elsewhere() { ENDED } else { ENDED_ELSEWHERE }).await?;
        ensure!(!browser.text().await?.contains("This device"), "something of the session is left");
        browser.submit_to(backend, &world.demo()?).await?;
        browser.find(Role::Heading, "Devices").await?;
        ensure!(browser.path().await? == "/devices", "the way back leads elsewhere");
        browser.sees("This device").await
    });
}

pub(crate) fn outage(backend: Backend) {
    let config = json!({ "check_interval_s": 5 });
    // In real time where the backend judges by its clock: a process knows no other.
    let clock = if backend.is_elsewhere() { backend.clocks() } else { Clocks::Machine };
    let setup = Setup { config, server_runs: Runs::AsProcess, ..timed(backend, clock) };
    scenario(setup, async |world| {
        let browser = world.signed_in().await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        browser.open_page("Overview").await?;
        let old = credential::shown(backend, &world.api().seen());
        ensure!(!old.is_empty(), "no request carried a credential");
        world.kill_backend()?;
        let killed = world.now();
        let told = match backend.life() {
            // A refresh is due, and fails.
            Life::Told => "Retrying",
            // None is: the check of the session fails.
            Life::Untold => "Not confirmed: the server could not be reached.",
        };
        let is_told = async || {
            // Nothing is refreshed for nobody.
            browser.nudge_pointer().await?;
            Ok(browser.text().await?.contains(told).then_some(()))
        };
        // A token that was given just before the outage is replaced shortly before its end.
        world.pass_until(2 * LIFETIME, "the outage to be told", is_told).await?;
        // The token expires.
        world.pass(LIFETIME.saturating_sub(world.since(killed))).await?;
        browser.is_signed_in().await?;
        assert_eq!(browser.run(REFRESH).await?, json!(false), "nobody is there to refresh with");
        world.api().forget();
        world.start_backend().await?;
        // The longest pause between two attempts is a minute.
        let is_granted = async || Ok((world.api().count(backend.calls().refresh, 200) > 0).then_some(()));
        world.pass_until(Duration::from_secs(70), "a refresh that succeeds", is_granted).await?;
        browser.chip_says("Signed in").await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        let asked = world.api().calls(DEVICES);
        ensure!(!asked.is_empty() && asked.iter().all(|seen| seen.status == Some(200)), "{asked:?}");
        let shown = credential::shown(backend, &asked);
        match backend.life() {
            Life::Told => ensure!(shown.is_disjoint(&old), "a request carried a token that had expired"),
            // It is good for the whole session.
            Life::Untold => ensure!(shown == old, "the credential is another"),
        }
        browser.is_signed_in().await
    });
}

pub(crate) fn by_hand(backend: Backend) {
    // Its refresh credential is to be shown to it once more.
    let needs: &[Ability] = match backend {
        Backend::Perennial | Backend::CookiePair | Backend::BetterAuth => &[Ability::Cookies],
        Backend::Exchange | Backend::Hybrid => &[],
        Backend::Django | Backend::OidcProvider | Backend::Allauth => &[],
    };
    scenario(Setup { backend, needs, ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        let (api, calls) = (world.api(), backend.calls());
        api.forget();
        browser.click(Role::Button, "Refresh now").await?;
        browser.sees("because you asked for it").await?;
        assert_eq!(api.count(calls.refresh, 200), 1, "the button");
        assert_eq!(browser.run(REFRESH).await?, Value::Bool(true), "the console");
        assert_eq!(api.count(calls.refresh, 200), 2, "the console");
        let held = credential::held(backend, &browser).await?;
        browser.sign_out_of(backend).await?;
        let refusals = backend.refusals();
        eventually("the sign-out to arrive", async || {
            Ok(is_revoked(api, calls.sign_out, &refusals.sign_out))
        })
        .await?;
        let said = held.show(world).await?;
        // Refused for what it is, not for how it was asked.
        ensure!(said.status == refusals.refresh && said.body.contains(refusals.word), "{said:?}");
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert_eq!(browser.run(REFRESH).await?, Value::Bool(false), "nobody is signed in");
        no_secret_in_the_console(&browser).await
    });
}

fn is_revoked(api: &Proxy, sign_out: &str, statuses: &RangeInclusive<u16>) -> Option<()> {
    let is_it = |seen: &Seen| seen.status.is_some_and(|status| statuses.contains(&status));
    api.calls(sign_out).iter().any(is_it).then_some(())
}

fn short_tokens(backend: Backend) -> Setup {
    timed(backend, backend.clocks())
}

fn timed(backend: Backend, clock: Clocks) -> Setup {
    let pace = if clock == Clocks::Machine { Pace::Waits } else { Pace::Computes };
    Setup { backend, lifetime_s: Some(10), clock, pace, ..Setup::default() }
}

/// That of [`short_tokens`].
const LIFETIME: Duration = Duration::from_secs(10);

/// What an operator types into the console.
const REFRESH: &str = "return window.perennial.refresh()";

const ENDED: &str = "Your session has ended. Please sign in again.";
const ENDED_ELSEWHERE: &str = "You were signed out on another device.";
