//! Files that people send: good ones, and every way to be wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use perennial_e2e::{Ability, Fault, Role, Setup, eventually, scenario};

use crate::queue::{cell, comes_to, long_file, makes_progress, queue, rows_taken, send};

#[test]
fn a_file_becomes_a_dataset_that_can_be_read_and_saved_as_it_was() {
    scenario(Setup::default().needing(&[Ability::Downloads]), async |world| {
        let browser = queue(world).await?;
        browser.sees("No imports yet.").await?;
        for (name, rows, texts) in [
            ("people-windows-1252.csv", 300, ["Semicolons", "Windows-1252", "Income (€)"]),
            ("people.csv", 500, ["Commas", "UTF-8", "Иванова-Петрова"]),
        ] {
            send(&browser, &fixture(name)?).await?;
            comes_to(&browser, name, "Done").await?;
            assert_eq!(rows_taken(&browser, name).await?, Some(rows));
            browser.click(Role::Link, &format!("Open {name}")).await?;
            browser.find(Role::Heading, name).await?;
            for text in texts {
                browser.sees(text).await?;
            }
            browser.sees("Every row of the file was taken.").await?;
            if name != "people.csv" {
                browser.open_page("Queue").await?;
            }
        }
        let saved = world.file("people.csv")?;
        browser.save_files_in(saved.parent().context("a file in no directory")?).await?;
        browser.click(Role::Button, "Download CSV").await?;
        let original = std::fs::read(fixture("people.csv")?)?;
        eventually("the file to be saved as it was", async || {
            Ok((std::fs::read(&saved)? == original).then_some(()))
        })
        .await
    });
}

#[test]
fn what_was_begun_can_be_called_back_and_begun_anew() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        world.proxy.disturb("POST /api/jobs", 1, Fault::Delay(Duration::from_secs(60)));
        let path = long_file(world, "long.csv", 100_000)?;
        browser.choose_file("CSV file", &path).await?;
        browser.click(Role::Button, "Start import").await?;
        browser.click(Role::Button, "Cancel").await?;
        browser.sees("Cancelled. Nothing was imported.").await?;

        send(&browser, &path).await?;
        makes_progress(&browser, "long.csv").await?;
        browser.click(Role::Button, "Cancel long.csv").await?;
        comes_to(&browser, "long.csv", "Cancelled").await?;
        browser.click(Role::Button, "Retry long.csv").await?;
        comes_to(&browser, "long.csv", "Done").await?;
        assert_eq!(rows_taken(&browser, "long.csv").await?, Some(100_000));
        Ok(())
    });
}

#[test]
fn a_file_that_is_not_right_is_refused_in_words_that_say_what_to_do() {
    scenario(Setup::default(), async |world| {
        let browser = queue(world).await?;
        for (name, content, state, words) in [
            (
                "quotes.csv",
                b"id,n\n1,\"x\n2,y\n3,z\n".as_slice(),
                "Failed",
                "The quotation mark in line 2 is not closed.",
            ),
            ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "Failed", "NUL bytes"),
            ("empty.csv", b"", "Failed", "The file is empty."),
            ("header.csv", b"a,b\n", "Done", "The file has a header and no rows."),
            ("columns.csv", b"a,b\n1,2\n3\n4,5,6\n7,8\n", "Done", "2 rows taken, 2 rejected."),
        ] {
            let path = world.file(name)?;
            std::fs::write(&path, content)?;
            send(&browser, &path).await?;
            comes_to(&browser, name, state).await?;
            let said = cell(&browser, name, "Details").await?.unwrap_or_default();
            assert!(said.contains(words), "{name}: {said}");
        }
        browser.click(Role::Link, "2 rejected rows of columns.csv").await?;
        browser.find(Role::Heading, "columns.csv").await?;
        browser.sees("The row has 1 field, but the header has 2.").await?;
        browser.sees("The row has 3 fields, but the header has 2.").await
    });
}

#[test]
fn a_file_of_two_gigabytes_is_refused_by_what_it_announces() {
    scenario(Setup::default().needing(&[Ability::EarlyAnswer]), async |world| {
        let browser = queue(world).await?;
        browser.uses(Ability::EarlyAnswer)?;
        let path = world.file("huge.csv")?;
        // Nothing of it is on the disk.
        std::fs::File::create(&path)?.set_len(2_000_000_000)?;
        browser.choose_file("CSV file", &path).await?;
        browser.click(Role::Button, "Start import").await?;
        browser.sees("What was sent is larger than the 268 MB allowed here.").await?;
        assert_eq!(world.proxy.count("POST /api/jobs", 413), 1);
        assert!(browser.find(Role::Button, "Start import").await?.is_enabled().await?);
        Ok(())
    });
}

pub(crate) fn fixture(name: &str) -> Result<PathBuf> {
    // The tests of a package run in its directory.
    Ok(Path::new("../fixtures").join(name).canonicalize()?)
}
