//! Nothing jumps: by how much pages move on their own while they load, which is to be by nothing at all.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use perennial_e2e::{Ability, Browser, Fault, Pace, Role, Runs, Setup, World, eventually, scenario};
use serde_json::Value;

use crate::imports::fixture;
use crate::offline::is_kept;
use crate::queue::{comes_to, send};
use crate::{DEVICES, REFRESH};

#[test]
fn no_page_moves_while_it_loads_whether_answers_are_quick_or_slow() {
    scenario(watched(), async |world| {
        let browser = world.signed_in().await?;
        world.signed_in().await?;
        browser.open_page("Queue").await?;
        for name in ["people.csv", "measurements.csv"] {
            send(&browser, &fixture(name)?).await?;
            comes_to(&browser, name, "Done").await?;
        }
        browser.click(Role::Link, "Open people.csv").await?;
        browser.find(Role::Heading, "people.csv").await?;
        let dataset = browser.path().await?;
        let slow = Duration::from_millis(900);
        for ((width, height), paces) in
            [(DESKTOP, &[Duration::ZERO, slow][..]), (PHONE, &[Duration::ZERO, slow]), (NARROW, &[slow])]
        {
            browser.resize(width, height).await?;
            for (path, words) in pages(&dataset) {
                for &slowness in paces {
                    let call = [path, ", ", &format!("{width} px, {slowness:?}")].concat();
                    slow_down(world, &dataset, slowness);
                    browser.go(path).await?;
                    browser.sees(words).await?;
                    stays(&browser, &call).await?;
                    world.proxy.undisturb();
                }
            }
        }
        Ok(())
    });
}

#[test]
fn no_page_moves_when_another_is_opened_from_it() {
    scenario(watched(), async |world| {
        let browser = world.signed_in().await?;
        for (width, height) in [DESKTOP, PHONE, NARROW] {
            browser.resize(width, height).await?;
            for (name, words) in PAGES {
                browser.open_page(name).await?;
                browser.sees(words).await?;
                stays(&browser, &format!("to {name}, {width} px")).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn no_page_moves_at_a_start_without_a_network_nor_when_it_is_back() {
    let setup = Setup { server_runs: Runs::AsProcess, ..watched() };
    let needs = &[Ability::LayoutShift, Ability::NarrowWindow, Ability::OfflineStart];
    scenario(setup.needing(needs), async |world| {
        let browser = world.signed_in().await?;
        is_kept(&browser).await?;
        for (width, height) in [DESKTOP, NARROW] {
            browser.resize(width, height).await?;
            for (path, words_before, words) in OFFLINE {
                let start = format!("{path}, {width} px");
                world.server.kill()?;
                browser.set_offline(true).await?;
                browser.go(path).await?;
                // What the page is given to watch itself is not kept on the device: it comes late, and looks back.
                browser.run(WATCH).await?;
                browser.sees(words_before).await?;
                stays(&browser, &format!("{start}, without a network")).await?;
                world.server.start().await?;
                browser.set_offline(false).await?;
                browser.chip_says("Signed in").await?;
                browser.sees(words).await?;
                stays(&browser, &format!("{start}, back")).await?;
                browser.set_offline(true).await?;
                browser.chip_says("Offline").await?;
                stays(&browser, &format!("{start}, lost again")).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_sign_in_page_does_not_move_while_it_loads_nor_when_it_refuses() {
    scenario(watched(), async |world| {
        let (browser, mut demo) = (world.browser().await?, world.demo()?);
        for (width, height) in [DESKTOP, PHONE, NARROW] {
            browser.resize(width, height).await?;
            browser.go("/login").await?;
            browser.find(Role::Heading, "Sign in").await?;
            stays(&browser, "sign-in").await?;
            "not the password".clone_into(&mut demo.password);
            world.proxy.disturb("POST /api/session", 1, Fault::Delay(Duration::from_millis(900)));
            browser.submit(&demo).await?;
            browser.sees("The email or the password is not right.").await?;
            stays(&browser, "a refusal").await?;
        }
        Ok(())
    });
}

#[test]
fn a_movement_that_was_planted_is_noticed() {
    scenario(watched().needing(&[Ability::LayoutShift]), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        stays(&browser, "sign-in").await?;
        let plant = "document.querySelector('main').insertAdjacentHTML('afterbegin', '<p>Planted</p>')";
        browser.run(plant).await?;
        assert!(stays(&browser, "planted").await.is_err());
        Ok(())
    });
}

/// Every page by its path, with something that it says when it has all it shows.
fn pages(dataset: &str) -> [(&str, &str); 7] {
    [
        ("/", "because the page was loaded"),
        ("/queue", "800 rows taken."),
        ("/devices", "Sign out everywhere else"),
        ("/activity", "Because the page was loaded."),
        ("/settings", "These choices belong to this device."),
        (dataset, "Rows 1 to 100 of 500"),
        ("/no/such/page", "There is no page at"),
    ]
}

/// The pages of the navigation, with something that each says.
const PAGES: [(&str, &str); 5] = [
    ("Queue", "No imports yet."),
    ("Devices", "You are signed in on this device only."),
    ("Activity", "You signed in on this device."),
    ("Settings", "These choices belong to this device."),
    ("Overview", "Refresh now"),
];

/// A page of each kind, with what it says without a network, and when it is back: with all it shows kept on the device,
/// with some, with none.
const OFFLINE: [(&str, &str, &str); 3] = [
    ("/settings", "These choices belong to this device.", "These choices belong to this device."),
    ("/", "while offline", "because the page was loaded"),
    ("/devices", "This will be loaded when you are back online.", "This device"),
];

const DESKTOP: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (360, 740);
const NARROW: (u32, u32) = (320, 640);

/// Lets every answer that a page waits for come later.
fn slow_down(world: &World, dataset: &str, by: Duration) {
    let id = dataset.rsplit('/').next().unwrap_or_default();
    let [about, rows, rejected] =
        ["", "/rows", "/rejected"].map(|part| format!("GET /api/datasets/{id}{part}"));
    for call in [REFRESH, DEVICES, "GET /api/jobs", &about, &rows, &rejected] {
        world.proxy.disturb(call, 1, Fault::DelayAnswer(by));
    }
}

/// Waits until nothing moves any more, and fails where something has.
async fn stays(browser: &Browser, what: &str) -> Result<()> {
    browser.uses(Ability::LayoutShift)?;
    let asked = browser.run("return performance.now()").await?.as_f64().unwrap_or_default();
    let script = format!("return performance.now() > Math.max({asked}, window.lastShift ?? 0) + 700");
    eventually("the page to come to rest", async || {
        Ok((browser.run(&script).await? == Value::Bool(true)).then_some(()))
    })
    .await?;
    let shifts = browser.run("const seen = window.shifts; window.shifts = []; return seen").await?;
    let shifts = shifts.as_array().with_context(|| format!("{what}: nobody watches the page"))?;
    ensure!(shifts.is_empty(), "{what}: the page moved: {shifts:#?}");
    Ok(())
}

fn watched() -> Setup {
    // Most of the time nothing must move.
    Setup { shim: Some(WATCH), pace: Pace::Waits, ..Setup::default() }
        .needing(&[Ability::LayoutShift, Ability::NarrowWindow])
}

/// Notes each movement that nobody caused, with what moved. Buffered: nothing that came before is missed.
const WATCH: &str = "
    window.shifts = [];
    const place = (box) => [box.x, box.y, box.width, box.height].map(Math.round).join(' ');
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput || entry.value === 0) continue;
            window.lastShift = performance.now();
            const moved = entry.sources.map(({ node, previousRect, currentRect }) => {
                const it = node?.nodeType === 1 ? node : node?.parentElement;
                const name = it ? it.tagName.toLowerCase() + '.' + it.className : '?';
                return `${name}: ${place(previousRect)} → ${place(currentRect)}`;
            });
            window.shifts.push(`${entry.value.toFixed(4)}: ${moved.join(', ')}`);
        }
    }).observe({ type: 'layout-shift', buffered: true });";
