//! The service worker of a build: sw.js with the list of files that it keeps.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::{LOST, PAGE};
use crate::build::files;

/// What a build consists of, besides its page.
pub(super) struct List {
    /// Other contents, another version.
    pub(super) version: String,
    /// Each file by its path below the page, with its digest as browsers take it.
    files: Vec<(String, String)>,
}

impl List {
    /// Lists what lies in the directory by now.
    pub(super) fn of(dir: &Path) -> Result<Self> {
        let mut version = Sha256::new();
        let mut listed = Vec::new();
        for path in files(dir)? {
            let name = name(dir, &path)?;
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let digest = Sha256::digest(&content);
            if is_kept(&name) {
                listed.push((name.clone(), format!("sha256-{}", BASE64_STANDARD.encode(digest))));
            }
            if is_kept(&name) || name == PAGE {
                version.update(name.as_bytes());
                version.update(digest);
            }
        }
        ensure!(!listed.is_empty(), "there is nothing in {}", dir.display());
        let version =
            version.finalize().iter().take(VERSION_BYTES).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { version, files: listed })
    }
}

/// Writes the worker with the list in it. Its comments stay in the sources: it is loaded as it lies.
pub(super) fn write(dir: &Path, sources: &Path, list: &List) -> Result<()> {
    let source = sources.join(WORKER);
    let script = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let files: serde_json::Map<_, _> =
        list.files.iter().map(|(name, digest)| (name.clone(), digest.as_str().into())).collect();
    let files = serde_json::Value::Object(files).to_string();
    let script = filled(&filled(&script, NO_VERSION, &format!("{:?}", list.version))?, NO_FILES, &files)?;
    let script: Vec<&str> = script.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    Ok(fs::write(dir.join(WORKER), script.join("\n") + "\n")?)
}

/// Puts a value in the place of the one that the source has.
fn filled(script: &str, place: &str, value: &str) -> Result<String> {
    let (name, _) = place.rsplit_once(' ').context("a place is a name and a value")?;
    ensure!(script.matches(place).count() == 1, "{WORKER} has no single `{place}`");
    Ok(script.replace(place, &format!("{name} {value};")))
}

/// The page is kept apart, since an operator changes it; what is compressed is chosen by the host.
fn is_kept(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    !matches!(name, PAGE | LOST | WORKER) && !name.ends_with(".br") && !file.starts_with('.')
}

/// A path below the directory, as it stands in a URL.
fn name(dir: &Path, path: &Path) -> Result<String> {
    let below = path.strip_prefix(dir)?;
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    Ok(parts.with_context(|| format!("{} has no name for a URL", below.display()))?.join("/"))
}

const WORKER: &str = "sw.js";

/// What stands in the source where the build writes.
const NO_VERSION: &str = "const VERSION = \"\";";
const NO_FILES: &str = "const FILES = {};";

/// Of the digest: enough that no two builds of a site have the same.
const VERSION_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{List, WORKER, write};

    /// What the worker takes for a page of the application is what the application has one for.
    #[test]
    fn the_worker_knows_each_page_of_the_application() {
        let source = |name: &str| {
            fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name))
                .unwrap()
        };
        let (app, worker) = (source("src/app.rs"), source("sw.js"));
        let pages = worker.lines().find(|line| line.starts_with("const PAGES")).unwrap();
        let routes: Vec<_> =
            app.split("path!(\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(routes.len() > 5, "{routes:?}");
        for route in routes.iter().filter_map(|route| route.split('/').next()).filter(|it| *it != "style") {
            assert!(
                pages.contains(&format!("{route}|"))
                    || pages.contains(&format!("{route}\\/"))
                    || pages.contains(&format!("{route})")),
                "{route} is missing in {pages}"
            );
        }
    }

    #[test]
    fn the_worker_lists_what_was_built_and_not_what_it_must_ask_for() {
        let dir = tempfile::tempdir().unwrap();
        let write_file = |name: &str, content: &str| fs::write(dir.path().join(name), content).unwrap();
        fs::create_dir(dir.path().join("icons")).unwrap();
        for name in ["app.js", "app.js.br", "index.html", "404.html", "sw.js", ".lock", "icons/a.png"] {
            write_file(name, name);
        }
        let list = List::of(dir.path()).unwrap();
        let names: Vec<_> = list.files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["app.js", "icons/a.png"]);

        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        write(dir.path(), sources.as_ref(), &list).unwrap();
        let script = fs::read_to_string(dir.path().join(WORKER)).unwrap();
        assert!(script.contains(&format!("const VERSION = \"{}\";", list.version)));
        assert!(script.contains("\"icons/a.png\":\"sha256-"));
    }

    #[test]
    fn other_contents_make_another_version() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.js"), "1").unwrap();
        let first = List::of(dir.path()).unwrap().version;
        assert_eq!(List::of(dir.path()).unwrap().version, first);
        fs::write(dir.path().join("a.js"), "2").unwrap();
        assert_ne!(List::of(dir.path()).unwrap().version, first);
    }
}
