//! Seen through a magnifier: a window of 1280 × 720 at 200 %, and one of 1280 × 1024 at 400 % (WCAG 1.4.4, 1.4.10).

use anyhow::{Context, Result, ensure};
use perennial_e2e::{Ability, Browser, Concern, Engine, Role, Setup, scenario};
use serde_json::json;
use thirtyfour::Key;

use crate::imports::fixture;
use crate::queue::{comes_to, send};

#[test]
fn no_page_is_wider_than_its_window_nor_cut_off_and_whatever_takes_the_focus_is_seen() {
    scenario(Setup::default().needing(&[Ability::NarrowWindow]), async |world| {
        let browser = world.signed_in().await?;
        browser.open_page("Queue").await?;
        send(&browser, &fixture("people.csv")?).await?;
        comes_to(&browser, "people.csv", "Done").await?;
        browser.click(Role::Link, "Open people.csv").await?;
        browser.find(Role::Heading, "people.csv").await?;
        let dataset = browser.path().await?;
        for size in SIZES {
            browser.resize(size.0, size.1).await?;
            for (path, words) in [
                ("/", "because the page was loaded"),
                ("/queue", "500 rows taken."),
                (&dataset, "Rows 1 to 100 of 500"),
                ("/devices", "This device"),
                ("/activity", "You signed in on this device."),
                ("/settings", "These choices belong to this device."),
                ("/no/such/page", "There is no page at"),
            ] {
                browser.go(path).await?;
                browser.sees(words).await?;
                is_all_there(&browser, &format!("{path} at {size:?}")).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn signing_in_works_and_a_refusal_is_seen_under_a_magnifier() {
    scenario(Setup::default().needing(&[Ability::NarrowWindow]), async |world| {
        let (browser, mut demo) = (world.browser().await?, world.demo()?);
        let password = std::mem::replace(&mut demo.password, "not the password".to_owned());
        for size in SIZES {
            browser.resize(size.0, size.1).await?;
            browser.go("/login").await?;
            browser.submit(&demo).await?;
            browser.sees("The email or the password is not right.").await?;
            is_all_there(&browser, &format!("a refusal at {size:?}")).await?;
        }
        demo.password = password;
        browser.submit(&demo).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn what_was_planted_is_found() {
    scenario(Setup::default().needing(&[Ability::NarrowWindow]), async |world| {
        let browser = world.browser().await?;
        browser.resize(NEAREST.0, NEAREST.1).await?;
        for plant in [
            "main.style.inlineSize = '400px'",
            "main.firstElementChild.style = 'block-size: 40px; overflow: hidden'",
            "const over = document.createElement('p'); main.append(over);
            over.style = 'position: fixed; inset: 50% 0 0 0; background: red'",
        ] {
            browser.go("/login").await?;
            browser.find(Role::Heading, "Sign in").await?;
            is_all_there(&browser, "the page").await?;
            browser.run(&format!("const main = document.querySelector('main'); {plant}")).await?;
            ensure!(is_all_there(&browser, "the page").await.is_err(), "{plant}: nobody has noticed");
        }
        Ok(())
    });
}

#[test]
fn the_question_whether_somebody_is_there_fits_or_can_be_scrolled_and_its_answer_is_seen() {
    let config = json!({ "inactivity_limit_s": 60, "inactivity_warning_s": 52 });
    let setup = Setup { config, ..Setup::default() };
    scenario(setup.concerning(Concern::Look), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.resize_as_near(NEAREST.0, NEAREST.1).await?;
        browser.sign_in(&demo).await?;
        browser.find(Role::Dialog, "Are you still there?").await?;
        for size in [NEAREST, NEAR] {
            browser.resize_as_near(size.0, size.1).await?;
            can_be_read(&browser, "Stay signed in").await?;
        }
        Ok(())
    });
}

#[test]
fn two_banners_leave_half_of_the_window_to_the_page_and_everything_on_it_can_be_reached() {
    let server = vec!["--session-lifetime-s=540"];
    scenario(Setup { server, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.resize_as_near(NEAREST.0, NEAREST.1).await?;
        browser.go("/").await?;
        browser.submit(&demo).await?;
        browser.find(Role::Dialog, "Your session ends soon").await?;
        can_be_read(&browser, "OK").await?;
        browser.press(Key::Escape).await?;
        browser.misses(Role::Dialog, "Your session ends soon").await?;
        browser.set_offline(true).await?;
        browser.sees("You are offline.").await?;
        for size in SIZES {
            browser.resize_as_near(size.0, size.1).await?;
            is_all_there(&browser, &format!("below two banners at {size:?}")).await?;
            let banners = browser.run(BANNERS).await?;
            ensure!(banners["count"] == 2 && banners["hidden"] == json!([]), "at {size:?}: {banners:#}");
            let covered = banners["covered"].as_f64().context("no banners")?;
            ensure!(covered <= 0.5, "at {size:?} banners cover {covered} of the window");
        }
        Ok(())
    });
}

/// Fails where the page scrolls sideways, cuts something off, or has a control that is not seen when it has the focus.
async fn is_all_there(browser: &Browser, what: &str) -> Result<()> {
    browser.settle().await?;
    // The others leave a control as it is of which any part is in the window.
    let scrolls_whole = browser.engine() == Engine::Chromium;
    let faults = browser.run(&format!("const scrollsWhole = {scrolls_whole};{FAULTS}")).await?;
    ensure!(faults == json!([]), "{what}: {faults:#}");
    Ok(())
}

/// Fails where an open dialog leaves the window, or its words or the control with the focus cannot be seen.
async fn can_be_read(browser: &Browser, answer: &str) -> Result<()> {
    browser.settle().await?;
    ensure!(browser.focused().await? == answer, "{} is focused", browser.focused().await?);
    let faults = browser.run(DIALOG_FAULTS).await?;
    ensure!(faults == json!([]), "{faults:#}");
    Ok(())
}

const SIZES: [(u32, u32); 2] = [NEAR, NEAREST];
const NEAR: (u32, u32) = (640, 360);
const NEAREST: (u32, u32) = (320, 256);

const FAULTS: &str = "
    const found = [];
    const name = (e) => `${e.tagName.toLowerCase()}.${e.className} “${(e.innerText || e.name || '').slice(0, 30)}”`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`wider by ${root.scrollWidth - root.clientWidth} px`);
    const cuts = (overflow) => overflow === 'hidden' || overflow === 'clip';
    for (const it of document.body.querySelectorAll('*:not(svg *)')) {
        const style = getComputedStyle(it);
        if (!it.checkVisibility() || style.clipPath !== 'none') continue;
        const isCut = (cuts(style.overflowX) && it.scrollWidth > it.clientWidth + 1)
            || (cuts(style.overflowY) && it.scrollHeight > it.clientHeight + 1);
        if (isCut) found.push(`${name(it)} is cut off`);
    }
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
    const reach = async (it) => {
        it.focus();
        if (document.activeElement !== it) return;
        // Some engines scroll to it with the next picture.
        await frame();
        await frame();
        const box = it.getBoundingClientRect();
        // The columns of a table of data are scrolled to, and may be wider than the window.
        const right = it.closest('table') ? Math.min(box.right, box.left + 24) : box.right;
        const isWhole = box.top >= -1 && box.bottom <= innerHeight + 1 && box.left >= -1 && right <= innerWidth + 1;
        const isPartly = box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && right > 0;
        const isSeen = isWhole || (isPartly && !scrollsWhole);
        const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
        const top = document.elementFromPoint(middle(box.left, right, innerWidth), middle(box.top, box.bottom, innerHeight));
        const isFree = top && (it.contains(top) || top.contains(it) || [...(it.labels ?? [])].some((l) => l.contains(top)));
        if (!isSeen || !isFree) found.push(`${name(it)} has the focus ${isSeen && top ? 'below ' + name(top) : 'outside'}`);
    };
    const stops = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]');
    const all = async () => { for (const stop of stops) await reach(stop); return found; };
    return all();";

const DIALOG_FAULTS: &str = "
    const found = [];
    const dialog = document.querySelector('dialog:modal');
    const [box, focus] = [dialog, document.activeElement].map((it) => it.getBoundingClientRect());
    const holds = (a, b) => a.top <= b.top && a.left <= b.left && a.bottom >= b.bottom && a.right >= b.right;
    if (!holds(new DOMRect(0, 0, innerWidth, innerHeight), box)) found.push('it leaves the window');
    if (!holds(box, focus)) found.push('the control with the focus is not seen');
    if (dialog.scrollWidth > dialog.clientWidth) found.push('it scrolls sideways');
    const scrolls = getComputedStyle(dialog).overflowY === 'auto';
    if (dialog.scrollHeight > dialog.clientHeight + 1 && !scrolls) found.push('it is cut off');
    return found;";

/// How much of the window banners cover, and which of them cannot be scrolled to.
const BANNERS: &str = "
    const place = document.querySelector('.banners');
    const frame = place.getBoundingClientRect();
    const inside = (box) => box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    const banners = [...place.children];
    const tops = banners.map((banner) => Math.max(banner.getBoundingClientRect().top, frame.top));
    const hidden = banners.filter((banner) => {
        banner.scrollIntoView({ block: 'nearest' });
        return !inside(banner.getBoundingClientRect());
    });
    return {
        count: banners.length,
        covered: 1 - Math.min(...tops) / innerHeight,
        hidden: hidden.map((banner) => banner.innerText),
    };";
