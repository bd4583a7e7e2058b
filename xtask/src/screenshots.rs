//! `cargo xtask screenshots`: every page and state in both themes and several widths, side by side.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{build, shell};

/// Builds the application with the page that shows each component in each state, which no release has.
pub(crate) fn style_dist() -> Result<PathBuf> {
    let dist = shell::root().join("target/style-dist");
    let mut trunk = shell::program("trunk");
    trunk.args(["build", "--offline", "--dist"]).arg(&dist);
    shell::run(&mut trunk)?;
    Ok(dist)
}

/// Forgets the pictures of before: a state that is gone must not stay.
pub(crate) fn forget() -> Result<()> {
    let dir = dir();
    if dir.is_dir() {
        fs::remove_dir_all(&dir).with_context(|| format!("cannot empty {}", dir.display()))?;
    }
    Ok(())
}

/// Writes a page to leaf through them, and says where it is.
pub(crate) fn index() -> Result<PathBuf> {
    let dir = dir();
    let mut states: BTreeMap<String, Vec<Picture>> = BTreeMap::new();
    for file in build::files(&dir)? {
        if let Some((state, picture)) = Picture::of(&file) {
            states.entry(state).or_default().push(picture);
        }
    }
    ensure!(!states.is_empty(), "no picture was taken");
    let page = dir.join("index.html");
    fs::write(&page, html(&states)).with_context(|| format!("cannot write {}", page.display()))?;
    Ok(page)
}

/// One picture of a state: `overview-offline-dark-360.png`.
#[derive(Debug)]
struct Picture {
    file: String,
    theme: String,
    width: u32,
}

impl Picture {
    fn of(path: &Path) -> Option<(String, Self)> {
        let file = path.file_name()?.to_str()?.to_owned();
        let (rest, width) = file.strip_suffix(".png")?.rsplit_once('-')?;
        let (state, theme) = rest.rsplit_once('-')?;
        let (state, theme, width) = (state.to_owned(), theme.to_owned(), width.parse().ok()?);
        Some((state, Self { file, theme, width }))
    }
}

fn dir() -> PathBuf {
    shell::root().join("target/screenshots")
}

/// A page without a script: which theme and width are shown is what its radio buttons say.
fn html(states: &BTreeMap<String, Vec<Picture>>) -> String {
    let mut body = String::new();
    for (state, pictures) in states {
        body += &format!("<h2 id=\"{state}\"><a href=\"#{state}\">{state}</a></h2>\n<div>");
        for Picture { file, theme, width } in pictures {
            let alt = format!("{state}, {theme}, {width} px");
            body += &format!(
                "<a class=\"{theme} w{width}\" href=\"{file}\"><img src=\"{file}\" alt=\"{alt}\"></a>"
            );
        }
        body.push_str("</div>\n");
    }
    let links: Vec<String> = states.keys().map(|state| format!("<a href=\"#{state}\">{state}</a>")).collect();
    PAGE.replace("{links}", &links.join(" ")).replace("{body}", &body)
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every page and state</title>
<style>
  body { margin: 2rem; font: 0.875rem/1.5 system-ui, sans-serif; color: #222; background: #ddd; }
  form { position: sticky; top: 0; display: flex; gap: 2rem; padding: 0.5rem 0; background: #ddd; }
  nav, div { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: flex-start; }
  img { max-width: min(100%, 80rem); box-shadow: 0 1px 6px rgb(0 0 0 / 0.3); }
  h2 { scroll-margin-top: 4rem; }
  div a { display: none; }
  body:has(#light:checked) .dark, body:has(#dark:checked) .light { display: none !important; }
  body:has(#w320:checked) .w320, body:has(#w360:checked) .w360, body:has(#w768:checked) .w768,
  body:has(#w1280:checked) .w1280, body:has(#w2560:checked) .w2560 { display: block; }
</style>
<h1>Every page and state</h1>
<form>
  <span>
    <label><input type="radio" name="theme" id="both" checked> both themes</label>
    <label><input type="radio" name="theme" id="light"> light</label>
    <label><input type="radio" name="theme" id="dark"> dark</label>
  </span>
  <span>
    <label><input type="checkbox" id="w320"> 320</label>
    <label><input type="checkbox" id="w360" checked> 360</label>
    <label><input type="checkbox" id="w768"> 768</label>
    <label><input type="checkbox" id="w1280" checked> 1280</label>
    <label><input type="checkbox" id="w2560"> 2560</label>
  </span>
</form>
<nav>{links}</nav>
{body}
</html>
"#;
