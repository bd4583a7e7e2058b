//! One browser, two people.

use anyhow::ensure;
use perennial_e2e::{Concern, Role, Setup, scenario};

use crate::tabs::grace;

#[test]
fn a_tab_in_which_another_person_is_signed_in_from_elsewhere_says_so_and_shows_nothing_of_the_one_before() {
    scenario(Setup::default().concerning(Concern::Channel), async |world| {
        let (browser, demo, grace) = (world.browser().await?, world.demo()?, grace(world)?);
        let path = world.file("demo.csv")?;
        std::fs::write(&path, "a,b\n1,2\n")?;
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        browser.open_tab("/queue").await?;
        browser.find(Role::Heading, "Queue").await?;
        browser.choose_file("CSV file", &path).await?;
        let second = browser.tab().await?;
        browser.look_at(&first).await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&grace).await?;
        browser.sees(&grace.email).await?;
        ensure!(!browser.text().await?.contains(SWITCHED), "who signed in knows");
        browser.look_at(&second).await?;
        browser.sees(SWITCHED).await?;
        ensure!(!browser.text().await?.contains(&demo.email), "something of the one before is left");
        browser.open_page("Queue").await?;
        let files = browser.run("return document.querySelector('input[type=file]').files.length").await?;
        ensure!(files == 0, "the file of the one before is left");
        browser.click(Role::Button, "OK").await?;
        ensure!(!browser.text().await?.contains(SWITCHED), "it was read");
        Ok(())
    });
}

const SWITCHED: &str = "You are now signed in as Grace, as in your other tab.";
