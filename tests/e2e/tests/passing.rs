//! The harness itself: what pages and the proxy find when a scenario lets time pass.

use std::time::Duration;

use anyhow::ensure;
use perennial_e2e::{Clocks, Fault, Role, Setup, eventually, scenario};
use serde_json::json;

#[test]
fn what_is_due_in_a_page_runs_in_the_order_of_its_moments_and_as_often_as_it_is_due() {
    scenario(moved(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let seen = browser.tab().await?;
        browser.run(NOTE).await?;
        let beside = browser.open_tab("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.run(NOTE).await?;
        let began = world.now();
        world.pass(Duration::from_secs(60)).await?;
        ensure!(world.since(began) >= Duration::from_secs(60), "less has passed");
        for tab in [&seen, &beside] {
            browser.look_at(tab).await?;
            let order = browser.run("return window.noted.slice(0, 6).map(([name]) => name)").await?;
            ensure!(order == json!(["often", "soon", "often", "often", "often", "late"]), "{order}");
            let too_soon = browser.run("return window.noted.filter(([, after, due]) => after < due)").await?;
            ensure!(too_soon == json!([]), "{too_soon}");
            let often =
                browser.run("return window.noted.filter(([name]) => name === 'often').length").await?;
            // Every 700 ms in 60 s.
            ensure!(often.as_u64().is_some_and(|often| often >= 85), "{often} times in a minute");
        }
        Ok(())
    });
}

#[test]
fn a_page_that_is_loaded_later_is_as_far_ahead_as_the_others_and_as_its_server() {
    scenario(moved(), async |world| {
        let browser = world.browser().await?;
        world.pass(Duration::from_secs(86_400)).await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        // A script of a driver may have a clock of its own.
        let now = "const { Date, performance } = window;
            return [Date.now(), new Date().getTime(), performance.timeOrigin + performance.now()]";
        let now = browser.run(now).await?;
        let date =
            browser.run("return fetch('/healthz').then((it) => Date.parse(it.headers.get('date')))").await?;
        let wall = world.wall().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64() * 1000.0;
        for told in now.as_array().into_iter().flatten().chain([&date]) {
            let told = told.as_f64().unwrap_or_default();
            ensure!((wall - told).abs() < 60_000.0, "{told} ms at {wall} ms");
        }
        Ok(())
    });
}

#[test]
fn a_request_that_is_answered_takes_no_time_and_one_that_is_held_back_takes_what_it_is_held_for() {
    scenario(moved(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let held = Duration::from_secs(60);
        world.proxy.disturb("GET /healthz", 1, Fault::Delay(held));
        browser.run(ASK_TWICE).await?;
        eventually(
            "both requests",
            async || Ok((world.proxy.calls("GET /healthz").len() == 2).then_some(())),
        )
        .await?;
        let asked = world.now();
        world.pass(held - Duration::from_secs(20)).await?;
        ensure!(browser.run("return window.answered").await? == json!(1), "it was not held back");
        world.pass(held.saturating_sub(world.since(asked))).await?;
        eventually("the answer", async || {
            Ok((browser.run("return window.answered").await? == json!(2)).then_some(()))
        })
        .await
    });
}

#[test]
fn a_backend_that_is_no_process_says_what_to_ask_for_when_it_is_to_be_killed() {
    scenario(Setup::default(), async |world| {
        let refusal = world.server.kill().expect_err("it is a thread");
        ensure!(refusal.to_string().contains("Runs::AsProcess"), "{refusal}");
        Ok(())
    });
}

fn moved() -> Setup {
    Setup { clock: Clocks::Moved, ..Setup::default() }
}

/// Notes what is due when, and when it came.
const NOTE: &str = "
    window.noted = [];
    const began = performance.now();
    let times = 0;
    const note = (name, due) => noted.push([name, performance.now() - began, due]);
    setTimeout(() => note('late', 3000), 3000);
    setTimeout(() => note('soon', 1000), 1000);
    setInterval(() => { times += 1; note('often', times * 700); }, 700);
    clearTimeout(setTimeout(() => note('never', 0), 1500));";

/// For two addresses, since a browser asks for one of them once at a time.
const ASK_TWICE: &str = "
    window.answered = 0;
    for (let times = 0; times < 2; times += 1) fetch(`/healthz?${times}`).then(() => { window.answered += 1; });";
