//! The pages of a signed-in person whose session does what sessions do.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::{Fault, Role, World};

use super::{Tour, past};
use crate::imports::fixture;
use crate::{DEVICES, EVENTS, REFRESH};

/// The overview in each state of the session, and the frame while the session is restored.
pub(crate) async fn overview(world: &mut World, tour: &mut Tour) -> Result<()> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.sign_in(&demo).await?;
    past::remember(&browser).await?;
    browser.sees("because the page was loaded").await?;
    browser.sees("No import is running.").await?;
    tour.look(&browser, "overview").await?;

    world.proxy.disturb(REFRESH, 1, Fault::Delay(LONG));
    browser.click(Role::Button, "Refresh now").await?;
    browser.chip_says("refreshing").await?;
    tour.look(&browser, "overview-refreshing").await?;
    world.proxy.undisturb();

    world.proxy.disturb(REFRESH, 100, Fault::Delay(LONG));
    browser.reload().await?;
    browser.find(Role::Heading, "Overview").await?;
    tour.look(&browser, "overview-restoring").await?;
    world.proxy.undisturb();

    browser.reload().await?;
    browser.chip_says("Signed in").await?;
    world.proxy.disturb(REFRESH, 100, Fault::LoseRequest);
    browser.click(Role::Button, "Refresh now").await?;
    browser.chip_says("Retrying").await?;
    tour.look(&browser, "overview-retrying").await?;
    world.proxy.undisturb();

    browser.reload().await?;
    browser.chip_says("Signed in").await?;
    browser.set_offline(true).await?;
    browser.chip_says("Offline").await?;
    tour.look(&browser, "overview-offline").await?;
    browser.set_offline(false).await?;

    // The last of them: what the server asked for is kept, also over a reload.
    browser.chip_says("Signed in").await?;
    let busy = Fault::Answer { status: 503, header: Some(("retry-after", "600")), body: "" };
    world.proxy.disturb(REFRESH, 100, busy);
    browser.click(Role::Button, "Refresh now").await?;
    browser.chip_says("Waiting for the server").await?;
    tour.look(&browser, "overview-waiting").await?;
    Ok(())
}

/// The devices: several, the question behind the button, and a list that does not come.
pub(crate) async fn devices(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    for _ in 0..2 {
        let other = world.browser().await?;
        let demo = world.demo()?;
        other.sign_in(&demo).await?;
    }
    browser.open_page("Devices").await?;
    browser.find(Role::Button, "Sign out everywhere else").await?;
    tour.look(&browser, "devices").await?;
    browser.click(Role::Button, "Sign out everywhere else").await?;
    browser.find(Role::Dialog, "Sign out everywhere else?").await?;
    tour.look(&browser, "devices-confirm").await?;

    // Without the live connection as well, over which the list would come by itself.
    world.proxy.disturb(EVENTS, 100, Fault::LoseRequest);
    world.proxy.disturb(DEVICES, 1, Fault::Delay(LONG));
    browser.reload().await?;
    browser.find(Role::Heading, "Devices").await?;
    tour.look(&browser, "devices-loading").await?;
    world.proxy.undisturb();
    world.proxy.disturb(EVENTS, 100, Fault::LoseRequest);
    world.proxy.disturb(DEVICES, 100, Fault::LoseRequest);
    browser.reload().await?;
    browser.sees("Your devices could not be loaded.").await?;
    tour.look(&browser, "devices-failed").await?;
    world.proxy.undisturb();
    Ok(())
}

/// Every page that has one state.
pub(crate) async fn pages(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    browser.open_page("Settings").await?;
    tour.look(&browser, "settings").await?;
    browser.go("/no/such/page").await?;
    browser.find(Role::Heading, "Not found").await?;
    tour.look(&browser, "not-found").await
}

/// The main pages in the language with the longer words.
pub(crate) async fn german(world: &mut World, tour: &mut Tour) -> Result<()> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.speak("de-DE").await?;
    browser.go("/login").await?;
    browser.find(Role::Heading, "Anmelden").await?;
    tour.look(&browser, "german-sign-in").await?;
    browser.fill("E-Mail", &demo.email).await?;
    browser.fill("Passwort", &demo.password).await?;
    browser.click(Role::Button, "Anmelden").await?;
    browser.find(Role::Heading, "Übersicht").await?;
    tour.look(&browser, "german-overview").await?;
    let pages = [
        ("Aktivität", "activity"),
        ("Geräte", "devices"),
        ("Einstellungen", "settings"),
        ("Importe", "queue"),
    ];
    for (name, picture) in pages {
        browser.open_page(name).await?;
        if name == "Importe" {
            browser.choose_file("CSV-Datei", &fixture("people.csv")?).await?;
            browser.click(Role::Button, "Import starten").await?;
            browser.find(Role::Link, "people.csv öffnen").await?;
        }
        tour.look(&browser, &format!("german-{picture}")).await?;
    }
    browser.click(Role::Link, "people.csv öffnen").await?;
    browser.find(Role::Heading, "people.csv").await?;
    tour.look(&browser, "german-dataset").await
}

/// Each component in each state. Wants a development build.
pub(crate) async fn style(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.browser().await?;
    browser.go("/style").await?;
    browser.find(Role::Heading, "Every component in every state").await?;
    tour.look(&browser, "style").await
}

/// Longer than anybody looks.
const LONG: Duration = Duration::from_secs(60);
