//! Many tabs of one browser: one refresh, one sign-out, one account.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result};
use perennial_e2e::{
    Ability, Account, Browser, Clocks, Concern, Fault, Role, Seen, Setup, World, eventually, scenario,
};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;

use crate::{DEVICES, REFRESH, SIGN_OUT};

/// Scenarios 1 and 29.
#[test]
fn twenty_tabs_on_ten_second_tokens_refresh_once_per_lifetime_between_them() {
    scenario(short_tokens(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let started = world.now();
        let mut tabs = vec![browser.tab().await?];
        for _ in 1..20 {
            tabs.push(open_overview(&browser).await?);
        }
        world.pass(Duration::from_secs(120).saturating_sub(world.since(started))).await?;
        one_refresh_per_lifetime(world)?;
        world.proxy.forget();
        for tab in &tabs {
            browser.look_at(tab).await?;
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
        }
        let asked = world.proxy.calls(DEVICES);
        assert!(asked.iter().all(|seen| seen.status == Some(200)), "a tab had no good token: {asked:?}");
        let tokens: BTreeSet<_> = asked.iter().filter_map(Seen::token).collect();
        let refreshes = world.proxy.calls(REFRESH).len();
        assert!(tokens.len() <= refreshes + 1, "{} tokens after {refreshes} refreshes", tokens.len());
        Ok(())
    });
}

/// Scenario 31: the backend has given a new credential, and the tab that asked for it is gone.
#[test]
fn a_tab_that_is_closed_while_it_refreshes_costs_the_others_nothing() {
    scenario(short_tokens().concerning(Concern::Tabs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let stays = browser.tab().await?;
        open_overview(&browser).await?;
        world.proxy.forget();
        world.proxy.disturb(REFRESH, 1, Fault::DelayAnswer(Duration::from_secs(30)));
        browser.click(Role::Button, "Refresh now").await?;
        eventually("the refresh to be under way", async || {
            Ok((!world.proxy.calls(REFRESH).is_empty()).then_some(()))
        })
        .await?;
        browser.close_tab(&stays).await?;
        world
            .pass_until(LIFETIME * 2, "the other tab's refresh", async || {
                Ok((world.proxy.count(REFRESH, 200) >= 1).then_some(()))
            })
            .await?;
        let refreshes = world.proxy.calls(REFRESH);
        let keys = [0, 1].map(|at| refreshes[at].idempotency_key());
        assert!(keys[0].is_some() && keys[0] == keys[1], "it is one attempt: {keys:?}");
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        browser.reload().await?;
        browser.sees("This device").await?;
        let refreshes = world.proxy.calls(REFRESH);
        assert!(refreshes.iter().skip(1).all(|seen| seen.status == Some(200)), "{refreshes:?}");
        Ok(())
    });
}

#[test]
fn a_new_tab_is_signed_in_by_its_neighbour_without_asking_the_server() {
    scenario(Setup::default().concerning(Concern::Channel), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.forget();
        open_overview(&browser).await?;
        browser.sees(&demo.email).await?;
        browser.sees("by another tab").await?;
        browser.open_page("Devices").await?;
        for lists in 1..=2 {
            // A list that was kept is shown at once, while the next one is asked for.
            browser.sees("This device").await?;
            eventually("the list of devices", async || {
                Ok((world.proxy.count(DEVICES, 200) >= lists).then_some(()))
            })
            .await?;
            browser.reload().await?;
        }
        browser.sees("This device").await?;
        assert_eq!(world.proxy.calls(REFRESH).len(), 0);
        Ok(())
    });
}

#[test]
fn a_sign_out_in_one_tab_is_seen_in_all_within_a_second() {
    sign_out_in_one_of_five(None);
}

#[test]
fn a_sign_out_is_seen_as_quickly_where_tabs_have_nothing_but_the_storage() {
    sign_out_in_one_of_five(Some(STORAGE_ONLY));
}

fn sign_out_in_one_of_five(shim: Option<&'static str>) {
    scenario(Setup { shim, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let mut others = Vec::new();
        for _ in 0..4 {
            others.push(open_overview(&browser).await?);
            browser.run(WATCH_FOR_SIGN_IN).await?;
        }
        browser.look_at(&first).await?;
        browser.run(WATCH_FOR_CLICK).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let clicked = moment(&browser, "clickedAt").await?;
        for tab in &others {
            browser.look_at(tab).await?;
            browser.find(Role::Heading, "Sign in").await?;
            let took_ms = moment(&browser, "signInAt").await? - clicked;
            assert!(took_ms < 1_000.0, "it took {took_ms} ms");
            assert!(!browser.text().await?.contains(&demo.email), "something personal is left");
            browser.reload().await?;
            browser.find(Role::Heading, "Sign in").await?;
        }
        assert_eq!(world.proxy.count(SIGN_OUT, 204), 1, "one tab tells the server");
        Ok(())
    });
}

/// As on an unencrypted origin, or in an old browser: less thrifty, but nobody is signed out.
#[test]
fn tabs_that_have_nothing_but_the_storage_stay_signed_in() {
    let setup = Setup { shim: Some(STORAGE_ONLY), ..short_tokens() };
    scenario(setup.concerning(Concern::Storage), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let second = open_overview(&browser).await?;
        world.pass(LIFETIME * 2).await?;
        for tab in [&first, &second] {
            browser.look_at(tab).await?;
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
        }
        let refreshes = world.proxy.calls(REFRESH);
        assert!(refreshes.iter().all(|seen| seen.status == Some(200)), "one was not granted: {refreshes:?}");
        Ok(())
    });
}

/// Scenario 25.
#[test]
fn whoever_signs_in_in_one_tab_is_signed_in_in_the_other_and_nothing_is_left_of_the_one_before() {
    scenario(Setup::default().concerning(Concern::Tabs), async |world| {
        let (browser, demo, grace) = (world.browser().await?, world.demo()?, grace(world)?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let second = open_overview(&browser).await?;
        browser.open_page("Devices").await?;
        browser.look_at(&first).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let before = tokens(world);
        browser.look_at(&second).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.run(&watch_for_text(&demo.email)).await?;
        world.proxy.forget();
        browser.look_at(&first).await?;
        browser.submit(&grace).await?;
        browser.sees(&grace.email).await?;
        browser.look_at(&second).await?;
        browser.sees(&grace.email).await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        assert_eq!(browser.run("return window.textSeen").await?, Value::Bool(false), "data was mixed");
        assert!(tokens(world).is_disjoint(&before), "a token of the one before was used");
        Ok(())
    });
}

/// The answer to a sign-out takes the cookie away, and must not take that of whoever signs in in another tab meanwhile.
#[test]
fn a_sign_in_keeps_its_cookie_although_the_sign_out_of_another_tab_is_answered_late() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Tabs), async |world| {
        let (browser, demo, grace) = (world.browser().await?, world.demo()?, grace(world)?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        open_overview(&browser).await?;
        let late = Duration::from_secs(3);
        world.proxy.disturb(SIGN_OUT, 1, Fault::DelayAnswer(late));
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.look_at(&first).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&grace).await?;
        world.pass(late).await?;
        browser.find(Role::Heading, "Overview").await?;
        assert_eq!(world.proxy.count(SIGN_OUT, 204), 1, "the sign-in waited for it");
        browser.reload().await?;
        browser.sees(&grace.email).await?;
        Ok(())
    });
}

/// The frozen tab hears of nothing: neither of the sign-out nor of who came after.
#[test]
fn a_frozen_tab_finds_out_who_is_signed_in_when_it_thaws() {
    scenario(Setup::default().needing(&[Ability::Freeze]).concerning(Concern::Tabs), async |world| {
        let (browser, demo, grace) = (world.browser().await?, world.demo()?, grace(world)?);
        browser.sign_in(&demo).await?;
        let frozen = browser.tab().await?;
        let awake = open_overview(&browser).await?;
        browser.look_at(&frozen).await?;
        browser.run("document.addEventListener('resume', () => { window.resumed = true; })").await?;
        browser.set_frozen(true).await?;
        browser.look_at(&awake).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&grace).await?;
        browser.sees(&grace.email).await?;
        let before = tokens(world);
        browser.look_at(&frozen).await?;
        browser.set_frozen(false).await?;
        browser.sees(&grace.email).await?;
        assert_eq!(browser.run("return window.resumed").await?, Value::Bool(true), "it was not frozen");
        assert!(!browser.text().await?.contains(&demo.email), "data was mixed");
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        let used = tokens(world);
        assert!(used.len() <= before.len() + 1, "more than one token is in use");
        Ok(())
    });
}

/// Scenario 24. The browser throws a page in its memory away when a message for it comes.
#[test]
fn back_after_a_sign_out_in_another_tab_shows_nothing_personal() {
    back_after_a_sign_out(None);
}

/// Without messages the page comes back as it was left, and has until the first picture to find out.
#[test]
fn back_to_a_page_in_memory_after_a_sign_out_in_another_tab_shows_nothing_personal() {
    back_after_a_sign_out(Some(STORAGE_ONLY));
}

fn back_after_a_sign_out(shim: Option<&'static str>) {
    let needs: &[Ability] = if shim.is_some() { &[Ability::PageInMemory] } else { &[] };
    scenario(Setup { shim, needs, ..Setup::default() }.concerning(Concern::Tabs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let second = open_overview(&browser).await?;
        browser.look_at(&first).await?;
        browser.run(&watch_for_text_when_shown(&demo.email)).await?;
        browser.go("/healthz").await?;
        browser.look_at(&second).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.look_at(&first).await?;
        browser.driver().back().await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert!(!browser.text().await?.contains(&demo.email), "something personal is left");
        let seen = browser.run("return window.textSeen").await?;
        if shim.is_some() {
            browser.uses(Ability::PageInMemory)?;
            assert_eq!(seen, Value::Bool(false), "it was seen for a moment, or the page was not in memory");
        } else {
            assert_ne!(seen, Value::Bool(true), "it was seen for a moment");
        }
        Ok(())
    });
}

fn short_tokens() -> Setup {
    // Nobody touches most of the tabs.
    let config = json!({ "refresh_when": "always" });
    Setup { server: vec!["--access-token-lifetime-s=10"], config, clock: Clocks::Moved, ..Setup::default() }
}

/// That of [`short_tokens`].
const LIFETIME: Duration = Duration::from_secs(10);

async fn open_overview(browser: &Browser) -> Result<WindowHandle> {
    let tab = browser.open_tab("/").await?;
    browser.find(Role::Heading, "Overview").await?;
    Ok(tab)
}

/// Fails unless each token, the one of the sign-in included, was replaced by exactly one refresh: not before most of
/// its life was over, and not much after its end.
///
/// The bounds are shares of a lifetime, wide enough for a busy machine.
fn one_refresh_per_lifetime(world: &World) -> Result<()> {
    let sign_in = world.proxy.calls("POST /api/session").pop().context("nobody signed in")?;
    let refreshes = world.proxy.calls(REFRESH);
    assert!(refreshes.iter().all(|seen| seen.status == Some(200)), "one was not granted: {refreshes:?}");
    let mut before = sign_in.at;
    for seen in &refreshes {
        let gap = seen.at.duration_since(before);
        assert!(gap >= LIFETIME * 6 / 10, "two refreshes within {gap:?} of each other");
        assert!(gap <= LIFETIME * 15 / 10, "no refresh for {gap:?}");
        before = seen.at;
    }
    let since = world.since(before);
    assert!(since <= LIFETIME * 15 / 10, "no refresh for {since:?}");
    let keys: BTreeSet<_> = refreshes.iter().map(Seen::idempotency_key).collect();
    assert_eq!(keys.len(), refreshes.len(), "an attempt was repeated");
    Ok(())
}

pub(crate) fn grace(world: &World) -> Result<Account> {
    let account = Account::by_email("grace@example.org", "correct horse battery");
    world.server.add_user(&account.email, "Grace", &account.password)?;
    Ok(account)
}

fn tokens(world: &World) -> BTreeSet<String> {
    world.proxy.seen().iter().filter_map(|seen| seen.token().map(str::to_owned)).collect()
}

async fn moment(browser: &Browser, name: &str) -> Result<f64> {
    browser.run(&format!("return window.{name}")).await?.as_f64().context("it was not seen")
}

/// Notes whether a text is ever in the page, for however short a time.
fn watch_for_text(text: &str) -> String {
    format!(
        "window.textSeen = document.body.innerText.includes('{text}');
        new MutationObserver(() => {{
            if (document.body.innerText.includes('{text}')) window.textSeen = true;
        }}).observe(document, {{ subtree: true, childList: true, characterData: true }});"
    )
}

/// Notes whether a text is in the page at the first picture after it was left and came back as it was.
fn watch_for_text_when_shown(text: &str) -> String {
    format!(
        "window.addEventListener('pageshow', () => requestAnimationFrame(() => {{
            window.textSeen = document.body.innerText.includes('{text}');
        }}));"
    )
}

const WATCH_FOR_SIGN_IN: &str = "
    new MutationObserver(() => {
        if (document.querySelector('input[type=password]')) window.signInAt ??= Date.now();
    }).observe(document, { subtree: true, childList: true });";

const WATCH_FOR_CLICK: &str =
    "addEventListener('click', () => { window.clickedAt = Date.now(); }, { capture: true });";

const STORAGE_ONLY: &str = "
    delete window.BroadcastChannel;
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });";
