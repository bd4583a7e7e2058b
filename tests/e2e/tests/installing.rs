//! Putting the application on a device: what its manifest promises is there, and the browser has nothing against it.

use anyhow::{Context, ensure};
use perennial_e2e::{Ability, Role, Setup, scenario};
use serde_json::json;

#[test]
fn the_manifest_names_the_application_and_icons_of_the_sizes_it_states() {
    scenario(Setup::default(), async |world| {
        let browser = world.browser().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        let manifest = browser.run(MANIFEST).await?;
        for (key, value) in
            [("name", "Perennial"), ("short_name", "Perennial"), ("scope", "/"), ("start_url", "/")]
        {
            assert_eq!(manifest[key], value, "{key}");
        }
        assert_eq!(manifest["display"], "standalone");
        let icons = manifest["icons"].as_array().context("no icons")?;
        for icon in icons.iter().filter(|icon| icon["sizes"] != "any") {
            assert_eq!(icon["drawn"], icon["sizes"], "{icon}");
            assert_eq!(icon["sent"], icon["type"], "{icon}");
        }
        let has = |size: &str, purpose: &str| {
            icons.iter().any(|icon| icon["sizes"] == size && icon["purpose"] == purpose)
        };
        assert!(has("192x192", "any") && has("512x512", "any") && has("512x512", "maskable"), "{icons:?}");
        assert_eq!(browser.run(TOUCH_ICON).await?, json!("180x180"));
        Ok(())
    });
}

#[test]
fn the_browser_has_nothing_against_installing_it() {
    scenario(Setup::default().needing(&[Ability::Installability, Ability::Profile]), async |world| {
        // In a place of its own inside a browser nothing can be installed.
        let browser = world.browser_with_profile().await?;
        browser.go("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert_eq!(browser.objections_to_installing().await?, json!([]));
        // One that says why it could not be installed is one that was asked.
        browser.run("document.querySelector('link[rel=manifest]').remove()").await?;
        ensure!(browser.objections_to_installing().await? != json!([]), "nobody has looked at the manifest");
        Ok(())
    });
}

/// The manifest with its addresses as paths, and with what comes for each icon and how large that is.
const MANIFEST: &str = "
    const read = async () => {
        const { href } = document.querySelector('link[rel=manifest]');
        const manifest = await (await fetch(href)).json();
        const path = (address) => new URL(address, href).pathname;
        const icons = manifest.icons.map(async (icon) => {
            const blob = await (await fetch(new URL(icon.src, href))).blob();
            const image = icon.sizes === 'any' ? null : await createImageBitmap(blob);
            return { ...icon, sent: blob.type, drawn: image && `${image.width}x${image.height}` };
        });
        return {
            ...manifest,
            scope: path(manifest.scope),
            start_url: path(manifest.start_url),
            icons: await Promise.all(icons),
        };
    };
    return read();";

/// How large the icon is that is for systems which read no manifest.
const TOUCH_ICON: &str = "
    const read = async () => {
        const { href } = document.querySelector('link[rel=apple-touch-icon]');
        const image = await createImageBitmap(await (await fetch(href)).blob());
        return `${image.width}x${image.height}`;
    };
    return read();";
