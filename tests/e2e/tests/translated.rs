//! Pages that a translator of the browser has gone over.

use anyhow::Result;
use perennial_e2e::{Account, Browser, Fault, Role, Setup, scenario};

use crate::queue::{comes_to, queue};
use crate::uploads::{SEND, short_file};

/// Field 55.
#[test]
fn what_changes_on_a_translated_page_is_seen_and_nothing_lies_that_has_passed() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        browser.submit(&Account { password: "not the password".to_owned(), ..demo.clone() }).await?;
        browser.sees("The email or the password is not right.").await?;
        translate(&browser).await?;
        world.proxy.disturb("POST /api/session", 1, Fault::LoseRequest);
        browser.fill("Password", &demo.password).await?;
        browser.run("document.querySelector('button[type=submit]').click()").await?;
        browser.sees("The server cannot be reached.").await?;
        assert!(!browser.text().await?.contains("is not right"), "the first problem is still shown");
        browser.sign_in(&demo).await?;
        translate(&browser).await?;
        world.proxy.disturb(crate::REFRESH, 1, Fault::LoseRequest);
        browser.run("window.perennial.refresh()").await?;
        browser.chip_says("Retrying").await?;
        translate(&browser).await?;
        browser.chip_says("Signed in").await
    });
}

/// Field 55.
#[test]
fn an_import_on_a_translated_page_comes_to_its_end() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        browser.choose_file("CSV file", &short_file(world, "people.csv")?).await?;
        world.proxy.disturb(SEND, 1, Fault::Delay(std::time::Duration::from_secs(1)));
        browser.click(Role::Button, "Start import").await?;
        translate(&browser).await?;
        browser.sees("people.csv").await?;
        translate(&browser).await?;
        comes_to(&browser, "people.csv", "Done").await
    });
}

async fn translate(browser: &Browser) -> Result<()> {
    browser.run(TRANSLATE).await.map(drop)
}

/// Does what the translator of Chrome does, in the same words: each text node gives way to two elements.
const TRANSLATE: &str = "
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts.filter((text) => text.data.trim() && !text.parentNode.closest('font, script'))) {
        const [outer, inner] = [document.createElement('font'), document.createElement('font')];
        inner.textContent = text.data;
        outer.append(inner);
        text.replaceWith(outer);
    }";
