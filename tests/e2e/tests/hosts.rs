//! Hosts that know nothing of the application.

use anyhow::ensure;
use perennial_e2e::{Role, Setup, scenario};

/// Field 50.
#[test]
fn a_host_that_does_not_know_the_type_of_web_assembly_serves_the_whole_application() {
    scenario(Setup::default(), async |world| {
        world.proxy.serve_as_plain_host();
        let browser = world.signed_in().await?;
        for page in ["Queue", "Devices", "Activity", "Settings"] {
            browser.open_page(page).await?;
            browser.find(Role::Heading, page).await?;
        }
        let failed = browser.text().await?.contains("could not be loaded");
        ensure!(!failed, "a file of the application was not loaded");
        browser.is_signed_in().await
    });
}
