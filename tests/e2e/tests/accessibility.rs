//! What axe says to every page and state, every dialog, in both themes, on a desktop and on a phone: nothing.

use anyhow::{Result, ensure};
use perennial_e2e::{Ability, Browser, Concern, Preferences, Role, Setup, scenario};
use serde_json::json;

use crate::tour;

#[test]
fn coming_in_is_free_of_what_axe_finds() {
    tour::go(tour::guarded(), tour::entrance);
}

#[test]
fn the_overview_is_free_of_what_axe_finds_in_every_state_of_the_session() {
    tour::go(tour::usual().concerning(Concern::Look), tour::overview);
}

#[test]
fn devices_and_the_question_about_them_are_free_of_what_axe_finds() {
    tour::go(tour::usual(), tour::devices);
}

#[test]
fn the_queue_and_datasets_are_free_of_what_axe_finds() {
    tour::go(tour::usual(), tour::work);
}

#[test]
fn what_happened_is_free_of_what_axe_finds() {
    tour::go(tour::usual(), tour::activity);
}

#[test]
fn the_other_pages_are_free_of_what_axe_finds() {
    tour::go(tour::usual(), tour::pages);
}

#[test]
fn the_question_whether_somebody_is_there_is_free_of_what_axe_finds() {
    tour::go(tour::warned().concerning(Concern::Look), tour::inactivity);
}

#[test]
fn the_notice_before_the_absolute_limit_is_free_of_what_axe_finds() {
    tour::go(tour::brief().concerning(Concern::Look), tour::absolute_limit);
}

#[test]
fn an_installation_that_cannot_start_is_free_of_what_axe_finds() {
    tour::go(tour::misspelt(), tour::broken_configuration);
}

#[test]
fn each_component_in_each_state_is_free_of_what_axe_finds() {
    tour::go(tour::development(), tour::style);
}

#[test]
fn the_main_pages_in_german_are_free_of_what_axe_finds() {
    tour::go(tour::usual().needing(&[Ability::Language]), tour::german);
}

#[test]
fn the_page_of_a_fault_is_free_of_what_axe_finds() {
    tour::go(tour::faulty().concerning(Concern::Look), tour::fault);
}

#[test]
fn the_notice_of_a_new_version_is_free_of_what_axe_finds() {
    tour::go(tour::replaceable(), tour::new_version);
}

#[test]
fn axe_finds_what_was_planted() {
    scenario(Setup::default(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert_eq!(browser.violations().await?, Vec::<String>::new());
        browser.run("document.querySelector('main').append(document.createElement('input'))").await?;
        let found = browser.violations().await?;
        assert!(found.iter().any(|found| found.starts_with("label:")), "{found:?}");
        Ok(())
    });
}

#[test]
fn colours_that_a_person_chose_leave_everything_to_be_seen() {
    scenario(tour::usual().needing(&[Ability::Media]), async |world| {
        let browser = world.signed_in().await?;
        browser.prefer(Preferences { forced_colors: true, ..Preferences::theme("dark") }).await?;
        browser.reload().await?;
        browser.sees("because the page was loaded").await?;
        assert_eq!(browser.violations().await?, Vec::<String>::new());
        browser.find(Role::Button, "Refresh now").await?;
        // What is drawn rather than written is drawn in colours of the person's, each to be told from what is behind it.
        for drawn in [".ring-left", ".ring-track"] {
            differs(&browser, drawn, "stroke").await?;
        }
        differs(&browser, ".chip-dot", "background-color").await?;
        differs(&browser, ".nav-link[aria-current]", "border-bottom-color").await?;
        differs(&browser, ".button-primary", "border-top-color").await?;
        browser.tab_to("Perennial").await?;
        differs(&browser, ":focus", "outline-color").await
    });
}

#[test]
fn nothing_moves_where_a_person_asked_for_less_motion() {
    scenario(tour::usual().needing(&[Ability::Media]), async |world| {
        let browser = world.browser().await?;
        browser.prefer(Preferences { reduced_motion: true, ..Preferences::theme("light") }).await?;
        browser.sign_in(&world.demo()?).await?;
        for page in LIVELY {
            browser.open_page(page).await?;
            let motion = browser.run(MOTION).await?;
            assert_eq!(motion, json!({ "styled": [], "moving": [] }), "something moves on {page}");
        }
        Ok(())
    });
}

/// So that the scenario above looks at something that moves.
#[test]
fn things_move_where_nobody_asked_for_less_motion() {
    scenario(tour::usual().needing(&[Ability::Media]), async |world| {
        let browser = world.browser().await?;
        browser.prefer(Preferences::theme("light")).await?;
        browser.sign_in(&world.demo()?).await?;
        for page in LIVELY {
            browser.open_page(page).await?;
            let motion = browser.run(MOTION).await?;
            for kind in ["styled", "moving"] {
                let any = motion[kind].as_array().is_some_and(|found| !found.is_empty());
                assert!(any, "nothing is {kind} on {page}: {motion}");
            }
        }
        Ok(())
    });
}

/// Fails where a thing has the colour of what is behind it.
async fn differs(browser: &Browser, selector: &str, property: &str) -> Result<()> {
    let script = format!(
        "const of = (e, name) => getComputedStyle(e).getPropertyValue(name);
        return [of(document.querySelector('{selector}'), '{property}'), of(document.documentElement, 'background-color')]"
    );
    let colours = browser.run(&script).await?;
    ensure!(colours[0] != colours[1], "{selector}: its {property} is {}", colours[0]);
    Ok(())
}

/// Pages with everything that moves.
const LIVELY: [&str; 4] = ["Queue", "Devices", "Activity", "Overview"];

/// What the styles let move, and what moves when every element gets other colours and sizes. A millisecond is nothing
/// that anybody sees.
const MOTION: &str = "
    const longest = (times) => Math.max(...times.split(',').map((time) =>
        (parseFloat(time) || 0) * (time.trim().endsWith('ms') ? 1 : 1000)));
    const named = (element, part) => [element.localName, ...element.classList].join('.') + (part ?? '');
    const elements = [...document.querySelectorAll('body, body *')];
    const styled = new Set();
    for (const element of elements) for (const part of [null, '::before', '::after']) {
        const style = getComputedStyle(element, part);
        for (const kind of ['transition', 'animation']) {
            if (longest(style[`${kind}Duration`]) > 1) styled.add(`${kind} of ${named(element, part)}`);
        }
    }
    const before = elements.map((element) => element.style.cssText);
    const other = { color: '#123', backgroundColor: '#345', borderColor: '#567', strokeDashoffset: '7', inlineSize: '7px' };
    elements.forEach((element) => Object.assign(element.style, other));
    const lasts = (a) => { const t = a.effect.getComputedTiming(); return t.endTime - t.delay > 1 };
    const moving = document.getAnimations().filter(lasts)
        .map((a) => `${a.animationName ?? a.transitionProperty} of ${named(a.effect.target, a.effect.pseudoElement)}`);
    elements.forEach((element, at) => { element.style.cssText = before[at]; });
    return { styled: [...styled].sort(), moving: [...new Set(moving)].sort() };";
