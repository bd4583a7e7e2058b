//! A second version of the application, made from the first in less time than a build takes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What a deployment has changed.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// What the first build is called.
    pub before: String,
    /// What the second is called.
    pub now: String,
    /// A file of the first that is gone.
    pub gone: String,
}

/// Copies a build.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<PathBuf> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(to.to_path_buf())
}

/// Copies a build into a directory of the site, as `--public-url` would have made it for there.
pub(crate) fn copy_below(from: &Path, site: &Path, path: &str) -> Result<PathBuf> {
    let dir = copy(from, &site.join(path))?;
    let page = fs::read_to_string(dir.join("index.html"))?;
    let page = ["href", "src"].into_iter().fold(page, |page, attribute| {
        page.replace(&format!("{attribute}=/"), &format!("{attribute}=/{path}/"))
    });
    let lost = fs::read_to_string(dir.join("404.html"))?.replace("href=\"/\"", &format!("href=\"/{path}/\""));
    fs::write(dir.join("404.html"), &lost)?;
    fs::write(site.join("404.html"), lost)?;
    // The server answers every path that is no file with the page of the site.
    fs::write(site.join("index.html"), page)?;
    Ok(site.to_path_buf())
}

/// Gives the build another name, and one of its files too.
pub(crate) fn replace(dir: &Path) -> Result<Deployed> {
    let worker = fs::read_to_string(dir.join("sw.js"))?;
    let (_, rest) = worker.split_once("const VERSION = \"").context("the worker names no version")?;
    let before = rest.split('"').next().unwrap_or_default().to_owned();
    let now: String = before.chars().rev().collect();
    let gone = file_of(dir, "style-")?;
    let named = gone.replacen("style-", "style-0", 1);
    fs::rename(dir.join(&gone), dir.join(&named))?;
    fs::remove_file(dir.join(format!("{gone}.br")))?;
    fs::remove_file(dir.join("sw.js.br"))?;
    for name in ["index.html", "404.html", "sw.js"] {
        let text = fs::read_to_string(dir.join(name))?;
        fs::write(dir.join(name), text.replace(&before, &now).replace(&gone, &named))?;
    }
    Ok(Deployed { before, now, gone })
}

fn file_of(dir: &Path, prefix: &str) -> Result<String> {
    let names = fs::read_dir(dir)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found = names.filter(|name| name.starts_with(prefix) && !name.ends_with(".br"));
    found.next().with_context(|| format!("the build has no file {prefix}…"))
}
