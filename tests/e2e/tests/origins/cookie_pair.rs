//! The system with two cookies (S2).

use std::time::Duration;

use anyhow::ensure;
use perennial_e2e::{
    Ability, Account, Backend, Browser, Clocks, Concern, Fault, Role, Setup, eventually, scenario,
};
use serde_json::json;

use super::says;

const BACKEND: Backend = Backend::CookiePair;

#[test]
fn no_script_ever_sees_a_token() {
    scenario(
        Setup { backend: BACKEND, ..Setup::default() }
            .needing(&[Ability::Cookies])
            .concerning(Concern::Session),
        async |world| {
            let browser = world.signed_in().await?;
            browser.click(Role::Button, "Refresh now").await?;
            browser.sees("because you asked for it").await?;
            for name in ["authToken", "refreshToken"] {
                let cookie = browser.cookie(name).await?;
                ensure!(cookie.http_only, "{name} can be read by script");
                for place in ["document.cookie", STORED] {
                    let seen = browser.run(&format!("return {place}")).await?.to_string();
                    ensure!(!seen.contains(&cookie.value), "{name} is in {place}");
                }
            }
            ensure!(
                world.proxy.seen().iter().all(|seen| seen.token().is_none()),
                "a token was sent by script"
            );
            Ok(())
        },
    );
}

#[test]
fn a_refused_status_causes_one_refresh_and_is_asked_again() {
    scenario(quick_checks(), async |world| {
        let browser = world.signed_in().await?;
        world.proxy.forget();
        world.proxy.disturb(BACKEND.calls().validate, 1, BACKEND.forgery());
        world.pass(INTERVAL).await?;
        says(&browser, &["received 401, attempting token refresh...", "Token refresh successful"]).await?;
        let validate = BACKEND.calls().validate;
        eventually("another status", async || Ok((world.proxy.calls(validate).len() > 1).then_some(())))
            .await?;
        let asked: Vec<_> = world.proxy.seen().into_iter().map(|seen| (seen.call, seen.status)).collect();
        let first = asked.iter().position(|asked| *asked == (validate.to_owned(), Some(401)));
        ensure!(first.is_some_and(|first| asked.len() > first + 2), "{asked:?}");
        let rest: Vec<_> = asked.into_iter().skip(first.unwrap_or_default() + 1).collect();
        ensure!(rest[0] == (BACKEND.calls().refresh.to_owned(), Some(200)), "{rest:?}");
        ensure!(rest[1].0 == validate, "{rest:?}");
        browser.is_signed_in().await
    });
}

#[test]
fn a_refresh_that_fails_is_tried_three_times_with_growing_pauses_and_then_again_at_the_next_check() {
    let config = json!({ "check_interval_s": 15 });
    let setup =
        Setup { backend: BACKEND, config, lifetime_s: Some(300), clock: Clocks::Moved, ..Setup::default() };
    scenario(setup, async |world| {
        let browser = world.signed_in().await?;
        let refresh = BACKEND.calls().refresh;
        world.proxy.forget();
        let body = "<h1>Something else answered</h1>";
        world.proxy.disturb(refresh, 5, Fault::Answer { status: 500, header: None, body });
        browser.click(Role::Button, "Refresh now").await?;
        world
            .pass_until(Duration::from_secs(40), "a fourth attempt", async || {
                Ok((world.proxy.calls(refresh).len() > 3).then_some(()))
            })
            .await?;
        let at: Vec<_> = world.proxy.calls(refresh).iter().map(|seen| seen.at).collect();
        let gaps: Vec<_> = at.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
        // Full jitter: anything up to a second, and then up to two.
        ensure!(gaps[0] < SLACK + Duration::from_secs(1), "{gaps:?}");
        ensure!(gaps[1] < SLACK + Duration::from_secs(2), "{gaps:?}");
        ensure!(gaps[2] > Duration::from_secs(10), "the next round came too soon: {gaps:?}");
        browser.is_signed_in().await?;
        says(&browser, &["Token refresh failed: "]).await?;
        world.proxy.undisturb();
        world
            .pass_until(Duration::from_secs(40), "a refresh that succeeds", async || {
                Ok((world.proxy.count(refresh, 200) > 0).then_some(()))
            })
            .await?;
        browser.chip_says("Signed in").await
    });
}

#[test]
fn a_429_with_retry_after_is_obeyed_and_ends_no_session() {
    scenario(Setup { backend: BACKEND, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        let refresh = BACKEND.calls().refresh;
        world.proxy.forget();
        let body = r#"{"error":"too_many_requests","message":"Try again in a moment."}"#;
        let busy = Fault::Answer { status: 429, header: Some(("retry-after", "5")), body };
        world.proxy.disturb(refresh, 1, busy);
        browser.click(Role::Button, "Refresh now").await?;
        browser.chip_says("Waiting for the server until").await?;
        browser.is_signed_in().await?;
        world
            .pass_until(Duration::from_secs(20), "the refresh after that", async || {
                Ok((world.proxy.count(refresh, 200) > 0).then_some(()))
            })
            .await?;
        let asked = world.proxy.calls(refresh);
        let gap = asked[1].at.duration_since(asked[0].at);
        ensure!(asked.len() == 2 && gap >= Duration::from_secs(5), "after {gap:?}: {asked:?}");
        browser.chip_says("Signed in").await
    });
}

#[test]
fn after_too_many_wrong_passwords_the_page_says_when_to_try_again() {
    let server = vec!["--sign-in-failures-per-account=2", "--sign-in-failure-window-s=8"];
    scenario(Setup { backend: BACKEND, server, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        let sign_in = BACKEND.calls().sign_in;
        browser.go("/login").await?;
        let wrong = Account { password: "not the password".to_owned(), ..demo.clone() };
        for tries in 1..=2 {
            browser.submit(&wrong).await?;
            eventually("the refusal", async || Ok((world.proxy.count(sign_in, 401) == tries).then_some(())))
                .await?;
            browser.sees("The email or the password is not right.").await?;
        }
        browser.submit(&wrong).await?;
        browser.sees("Too many attempts. You can try again at").await?;
        ensure!(world.proxy.count(sign_in, 429) == 1, "{:?}", world.proxy.calls(sign_in));
        world.pass(Duration::from_secs(8)).await?;
        browser.sees("You can try again now.").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn the_session_is_checked_from_signing_in_to_signing_out_and_not_a_moment_longer() {
    scenario(quick_checks(), async |world| {
        let browser = world.browser().await?;
        let (validate, refresh) = (BACKEND.calls().validate, BACKEND.calls().refresh);
        let checks = || world.proxy.calls(validate).len() + world.proxy.calls(refresh).len();
        browser.go("/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let found_nobody = checks();
        world.pass(3 * INTERVAL).await?;
        ensure!(checks() == found_nobody, "nobody is signed in, and yet it was checked");
        browser.submit(&world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await?;
        world.proxy.forget();
        world.pass(3 * INTERVAL).await?;
        ensure!(world.proxy.count(validate, 200) >= 3, "{:?}", world.proxy.calls(validate));
        browser.sign_out_of(BACKEND).await?;
        eventually("the sign-out to arrive", async || {
            Ok((world.proxy.count(BACKEND.calls().sign_out, 200) == 1).then_some(()))
        })
        .await?;
        world.proxy.forget();
        world.pass(3 * INTERVAL).await?;
        ensure!(checks() == 0, "nobody is signed in any more, and yet it was checked");
        Ok(())
    });
}

#[test]
fn a_person_lands_where_their_role_belongs() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        for (role, heading, path) in [("admin", "Devices", "/devices"), ("operator", "Queue", "/queue")] {
            let person = Account::by_email(
                &format!("{role}@perennial.example"),
                &format!("a long password for the {role}"),
            );
            world.server.add_user_with_roles(&person.email, role, &person.password, &[role])?;
            let browser: Browser = world.browser().await?;
            browser.go("/login").await?;
            browser.submit(&person).await?;
            browser.find(Role::Heading, heading).await?;
            ensure!(browser.path().await? == path, "{role} landed at {}", browser.path().await?);
        }
        Ok(())
    });
}

fn quick_checks() -> Setup {
    let config = json!({ "check_interval_s": 2 });
    Setup { backend: BACKEND, config, clock: Clocks::Moved, ..Setup::default() }
}

/// That of [`quick_checks`].
const INTERVAL: Duration = Duration::from_secs(2);

const STORED: &str = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";

/// For a busy machine.
const SLACK: Duration = Duration::from_secs(2);
