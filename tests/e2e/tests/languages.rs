//! The languages, and the page where one is chosen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use perennial_e2e::wait::within;
use perennial_e2e::{Browser, Clocks, Concern, Engine, Fault, Role, Setup, World, eventually, scenario};
use serde_json::{Value, json};

use crate::REFRESH;
use crate::queue::{LONGEST_IMPORT, cell, queue};
use crate::uploads::{SEND, short_file};

#[test]
fn a_language_whose_name_is_typed_is_spoken_when_the_name_is_whole_and_the_keyboard_stays_there() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Settings").await?;
        // A page that was navigated to takes the keyboard with its next picture.
        browser.next_picture().await?;
        for (name, tag, heading, told) in [
            // The second letter alone would begin the name of the other language.
            ("Deutsch", "de-DE", "Einstellungen", "Perennial spricht jetzt Deutsch."),
            ("English", "en-GB", "Settings", "Perennial speaks English now."),
        ] {
            browser.run("document.getElementById('settings-language').focus()").await?;
            browser.type_text(name).await?;
            browser.find(Role::Heading, heading).await?;
            eventually("the choice to be told", async || {
                let said = browser.run("return document.querySelector('main [role=status]').textContent");
                Ok((said.await? == told).then_some(()))
            })
            .await?;
            assert_eq!(language(&browser).await?, tag);
            assert_eq!(browser.run(FOCUSED).await?, "settings-language");
        }
        Ok(())
    });
}

#[test]
fn a_language_that_is_typed_is_spoken_also_where_its_person_has_gone_on_to_another_page() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Settings").await?;
        browser.run("document.getElementById('settings-language').focus()").await?;
        browser.type_text("D").await?;
        browser.click(Role::Link, "Overview").await?;
        browser.find(Role::Heading, "Übersicht").await.map(drop)
    });
}

#[test]
fn other_tabs_take_a_new_language_and_a_new_theme_at_once_and_leave_the_keyboard_where_it_is() {
    scenario(Setup::default().concerning(Concern::Tabs), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Settings").await?;
        let first = browser.tab().await?;
        let second = browser.open_tab("/devices").await?;
        browser.sees("This device").await?;
        if browser.engine() == Engine::WebKit {
            // Of its windows one alone has the keyboard.
            browser.run(FOCUS_SIGN_OUT).await?;
        } else {
            browser.tab_to("Sign out").await?;
        }
        browser.run("window.isSamePage = true").await?;
        browser.look_at(&first).await?;
        choose(&browser, "de-DE").await?;
        browser.find(Role::Heading, "Einstellungen").await?;
        browser.look_at(&second).await?;
        browser.find(Role::Heading, "Geräte").await?;
        browser.sees("Dieses Gerät").await?;
        assert_eq!(language(&browser).await?, "de-DE");
        eventually("the focus where it was", async || {
            Ok((browser.focused().await? == "Abmelden").then_some(()))
        })
        .await?;
        assert_eq!(browser.run("return window.isSamePage").await?, json!(true), "the page was loaded again");
        browser.look_at(&first).await?;
        browser.run(DARK).await?;
        browser.look_at(&second).await?;
        eventually("the dark theme", async || {
            Ok((browser.run("return document.documentElement.dataset.theme").await? == "dark").then_some(()))
        })
        .await
    });
}

#[test]
fn a_browser_that_prefers_german_is_spoken_to_in_german() {
    scenario(Setup { shim: Some(PREFERS_GERMAN), ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        browser.find(Role::Heading, "Anmelden").await?;
        assert_eq!(language(&browser).await?, "de-DE");
        browser.sees("Nach 60 Minuten ohne Aktivität werden Sie abgemeldet.").await?;
        browser.fill("E-Mail", &demo.email).await?;
        browser.fill("Passwort", &demo.password).await?;
        browser.click(Role::Button, "Anmelden").await?;
        browser.find(Role::Heading, "Übersicht").await?;
        browser.chip_says("Angemeldet").await
    });
}

#[test]
fn a_language_that_is_chosen_is_spoken_at_once_and_after_a_reload_and_the_session_goes_on() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        assert_eq!(language(&browser).await?, "en-GB");
        browser.open_page("Settings").await?;
        let refreshes = world.proxy.calls(REFRESH).len();
        choose(&browser, "de-DE").await?;
        browser.find(Role::Heading, "Einstellungen").await?;
        browser.chip_says("Angemeldet · Erneuerung in").await?;
        assert_eq!(language(&browser).await?, "de-DE");
        assert_eq!(browser.run("return document.title").await?, "Einstellungen · Perennial");
        eventually("the focus on the choice", async || {
            let focused = browser.run("return document.activeElement.id").await?;
            Ok((focused == "settings-language").then_some(()))
        })
        .await?;
        assert_eq!(world.proxy.calls(REFRESH).len(), refreshes, "the session began anew");
        browser.click(Role::Link, "Geräte").await?;
        browser.sees("Zuletzt aktiv").await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Geräte").await?;
        browser.click(Role::Link, "Einstellungen").await?;
        browser.find(Role::Heading, "Einstellungen").await?;
        choose(&browser, "").await?;
        browser.find(Role::Heading, "Settings").await?;
        assert_eq!(stored(&browser, "perennial:/:language").await?, Value::Null);
        Ok(())
    });
}

#[test]
fn a_file_on_its_way_arrives_once_while_its_person_chooses_another_language() {
    scenario(Setup { clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let browser = queue(world).await?;
        let path = short_file(world, "people.csv")?;
        let slow = Duration::from_secs(8);
        world.proxy.disturb(SEND, 1, Fault::Delay(slow));
        browser.choose_file("CSV file", &path).await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("Sent. Waiting for the server").await?;
        browser.open_page("Settings").await?;
        choose(&browser, "de-DE").await?;
        browser.find(Role::Heading, "Einstellungen").await?;
        browser.click(Role::Link, "Importe").await?;
        browser.find(Role::Heading, "Importe").await?;
        browser.sees("Gesendet. Der Server wird erwartet").await?;
        world.pass(slow).await?;
        eventually("the import", async || {
            let text = browser.text().await?;
            Ok((text.contains("people.csv") && text.contains("Fertig")).then_some(()))
        })
        .await?;
        assert_eq!(world.proxy.calls(SEND).len(), 1, "it was sent again");
        Ok(())
    });
}

#[test]
fn a_german_reads_in_german_why_rows_files_and_requests_were_not_taken() {
    let server = vec!["--upload-limit-bytes=2000"];
    scenario(Setup { server, shim: Some(PREFERS_GERMAN), ..Setup::default() }, async |world| {
        let browser = german_queue(world).await?;
        start_import(&browser, &file(world, "quotes.csv", "id,n\n1,\"x\n2,y\n")?).await?;
        has_details(&browser, "quotes.csv", "Das Anführungszeichen in Zeile 2 wird nicht geschlossen.")
            .await?;

        start_import(&browser, &file(world, "long.csv", &"a,b\n".repeat(1_000))?).await?;
        browser.sees("Was Sie gesendet haben, ist größer als die erlaubten 2,0 KB.").await?;
        let body = r#"{"title":"Full","detail":"Nobody here wrote this sentence."}"#;
        world.proxy.disturb(SEND, 1, Fault::Answer { status: 507, header: None, body });
        start_import(&browser, &file(world, "columns.csv", "a,b\n1,2\n3\n4,5,6\n")?).await?;
        browser.sees("Die Datei wurde nicht importiert. Nobody here wrote this sentence.").await?;

        browser.click(Role::Button, "Import starten").await?;
        has_details(&browser, "columns.csv", "1 Zeile übernommen, 2 abgewiesen.").await?;
        browser.click(Role::Link, "2 abgewiesene Zeilen von columns.csv").await?;
        browser.find(Role::Heading, "columns.csv").await?;
        browser.sees("Die Zeile hat 1 Feld, die Kopfzeile aber 2.").await?;
        browser.sees("Die Zeile hat 3 Felder, die Kopfzeile aber 2.").await?;
        assert!(!browser.text().await?.contains("The row has"), "a reason is said in English");
        Ok(())
    });
}

#[test]
fn a_stored_language_that_nobody_speaks_is_passed_over() {
    scenario(Setup::default(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.run("localStorage.setItem('perennial:/:language', '<b>xx</b>')").await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert_eq!(language(&browser).await?, "en-GB");
        Ok(())
    });
}

#[test]
fn the_settings_say_where_each_time_comes_from() {
    let config = json!({ "inactivity_limit_s": 600, "hold_limit_s": 7 });
    scenario(Setup { config, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Settings").await?;
        browser.sees("You are signed out after 10 minutes without activity.").await?;
        for (name, value, source) in [
            ("Without activity you are signed out after", "10 minutes", "Configuration"),
            ("You are asked before that whether you are there", "2 minutes", "Follows from the limit"),
            ("A request waits for a new token", "7 seconds", "Configuration"),
            ("A request may take in all", "1 minute", "Default"),
        ] {
            let row = browser.run(&row(name)).await?;
            assert_eq!(row, json!([name, value, source]));
        }
        Ok(())
    });
}

#[test]
fn what_is_written_to_the_console_and_kept_on_the_device_is_a_choice_that_stays() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Settings").await?;
        browser.click(Role::Field, "Everything").await?;
        browser.click(Role::Field, KEEP_RECORD).await?;
        assert!(stored(&browser, "perennial:/:perennial:keep-record").await?.is_string());
        browser.open_page("Overview").await?;
        browser.click(Role::Button, "Refresh now").await?;
        logged(&browser, "Asking for a token: the person asked for it").await?;
        browser.open_page("Settings").await?;
        browser.click(Role::Field, "Warnings only").await?;
        browser.reload().await?;
        // The heading is there before the code of the page is.
        browser.sees("These choices belong to this device.").await?;
        assert_eq!(browser.run(CHOSEN).await?, json!(["Warnings only", KEEP_RECORD]));
        browser.click(Role::Field, KEEP_RECORD).await?;
        assert_eq!(stored(&browser, "perennial:/:perennial:keep-record").await?, Value::Null);
        Ok(())
    });
}

/// Signs in and goes to the imports, all in German.
async fn german_queue(world: &mut World) -> Result<Browser> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.go("/login").await?;
    browser.fill("E-Mail", &demo.email).await?;
    browser.fill("Passwort", &demo.password).await?;
    browser.click(Role::Button, "Anmelden").await?;
    browser.find(Role::Heading, "Übersicht").await?;
    browser.open_page("Importe").await?;
    Ok(browser)
}

fn file(world: &World, name: &str, content: &str) -> Result<PathBuf> {
    let path = world.file(name)?;
    std::fs::write(&path, content)?;
    Ok(path)
}

async fn start_import(browser: &Browser, path: &Path) -> Result<()> {
    browser.choose_file("CSV-Datei", path).await?;
    browser.click(Role::Button, "Import starten").await
}

/// Waits until the row of a file says this in the end.
async fn has_details(browser: &Browser, file: &str, words: &str) -> Result<()> {
    within(LONGEST_IMPORT, &format!("{file} to say \"{words}\""), async || {
        let said = cell(browser, file, "Einzelheiten").await?;
        Ok((said.as_deref() == Some(words)).then_some(()))
    })
    .await
}

async fn language(browser: &Browser) -> Result<Value> {
    browser.run("return document.documentElement.lang").await
}

async fn stored(browser: &Browser, key: &str) -> Result<Value> {
    browser.run(&format!("return localStorage.getItem('{key}')")).await
}

async fn logged(browser: &Browser, text: &str) -> Result<()> {
    eventually(&format!("\"{text}\" in the console"), async || {
        let lines = browser.console().await?;
        Ok(lines.iter().any(|line| line.contains(text)).then_some(()))
    })
    .await
}

const FOCUS_SIGN_OUT: &str =
    "[...document.querySelectorAll('button')].find((it) => it.innerText === 'Sign out').focus()";

/// Chooses a language as a person does with the keyboard: the select has the focus and says that it has changed.
async fn choose(browser: &Browser, tag: &str) -> Result<()> {
    let script = format!(
        "const choose = () => {{
            const choice = document.getElementById('settings-language');
            if (!choice) return false;
            choice.focus();
            choice.value = '{tag}';
            return choice.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }};
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(choose()))));"
    );
    // The heading of the page is there before its code is, and has the focus with the next picture.
    eventually("the choice of a language", async || {
        Ok((browser.run(&script).await? == json!(true)).then_some(()))
    })
    .await
}

/// The cells of the row with this name.
fn row(name: &str) -> String {
    format!(
        "const row = [...document.querySelectorAll('.times tbody tr')].find(row => row.cells[0].textContent === '{name}');
        return row && [...row.cells].map(cell => cell.textContent)"
    )
}

const KEEP_RECORD: &str = "Keep my activity record on this device after I sign out";

/// What is ticked beside the theme.
const CHOSEN: &str = "return [...document.querySelectorAll('main .choice input:checked:not(form *)')].map(input => input.parentElement.textContent.trim())";

/// Chooses the dark theme as a click on its name does, which lies over what is ticked.
const DARK: &str = "
    const names = [...document.querySelectorAll('main label')];
    names.find((name) => name.textContent.trim() === 'Dunkel').click()";

const FOCUSED: &str = "return document.activeElement.id";

const PREFERS_GERMAN: &str =
    "Object.defineProperty(navigator, 'languages', { get: () => ['de-AT', 'de', 'en'] });";
