//! A person changes the own password.

use std::time::Duration;

use anyhow::{Result, ensure};
use perennial_e2e::{Account, Browser, Clocks, Role, Setup, World, scenario};
use serde_json::json;

#[test]
fn a_new_password_counts_and_signs_out_the_other_device() {
    let config = json!({ "check_interval_s": 2 });
    scenario(Setup { clock: Clocks::Moved, config, ..Setup::default() }, async |world| {
        let (here, there, ada) = (world.browser().await?, world.browser().await?, ada(world)?);
        there.sign_in(&ada).await?;
        here.sign_in(&ada).await?;
        here.open_page("Settings").await?;

        change(&here, "wrong", NEW).await?;
        here.sees("The current password is not right.").await?;
        ensure!(here.focused().await? == "Current password", "{}", here.focused().await?);
        change(&here, &ada.password, "12345678").await?;
        here.sees("The new password is one of the first that a stranger would try.").await?;
        ensure!(here.focused().await? == "New password", "{}", here.focused().await?);
        change(&here, &ada.password, NEW).await?;
        here.sees("Your password was changed, and 1 other device was signed out.").await?;
        for field in ["Current password", "New password"] {
            ensure!(here.value(field).await?.is_empty(), "{field} is still there");
        }
        ensure!(here.violations().await?.is_empty(), "{:?}", here.violations().await?);

        world.pass(Duration::from_secs(2)).await?;
        there.find(Role::Heading, "Sign in").await?;
        there.submit(&ada).await?;
        there.sees("The email or the password is not right.").await?;
        there.submit(&Account { password: NEW.to_owned(), ..ada }).await?;
        there.find(Role::Heading, "Overview").await?;
        here.is_signed_in().await
    });
}

#[test]
fn the_other_device_stays_signed_in_where_that_is_wished() {
    scenario(Setup::default(), async |world| {
        let (here, there, ada) = (world.browser().await?, world.browser().await?, ada(world)?);
        there.sign_in(&ada).await?;
        here.sign_in(&ada).await?;
        here.open_page("Settings").await?;
        here.click(Role::Field, "Sign out everywhere else").await?;
        change(&here, &ada.password, NEW).await?;
        here.sees("Your password was changed.").await?;
        there.open_page("Devices").await?;
        there.is_signed_in().await
    });
}

/// Fills the form and sends it.
async fn change(browser: &Browser, current: &str, new: &str) -> Result<()> {
    browser.fill("Current password", current).await?;
    browser.fill("New password", new).await?;
    browser.click(Role::Button, "Change password").await
}

fn ada(world: &World) -> Result<Account> {
    let account = Account::by_email("ada@example.org", "correct horse battery");
    world.server.add_user(&account.email, "Ada", &account.password)?;
    Ok(account)
}

const NEW: &str = "wrong donkey charger";
