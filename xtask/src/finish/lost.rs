//! The page for paths that a static host does not know: 404.html and its script.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::PAGE;

/// Writes both. The page lies below the same path as the application, and is the only thing in it that a build decides.
pub(super) fn write(dir: &Path, sources: &Path) -> Result<()> {
    let read =
        |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let page = read(&dir.join(PAGE))?;
    let base = base(&page).with_context(|| format!("{PAGE} has no <base>"))?;
    let lost = read(&sources.join(LOST))?;
    let (before, after) = lost.split_once(NO_BASE).with_context(|| format!("{LOST} has no {NO_BASE}"))?;
    let lost = format!("{before}<base href=\"{base}\">{after}");
    fs::write(dir.join(LOST), lost).with_context(|| format!("cannot write {LOST}"))?;
    fs::copy(sources.join(SCRIPT), dir.join(SCRIPT)).with_context(|| format!("cannot write {SCRIPT}"))?;
    Ok(())
}

/// Where the application lies, as its page says, with quotes or without.
fn base(page: &str) -> Option<&str> {
    let (_, tag) = page.split_once("<base href=")?;
    let (value, _) = tag.split_once('>')?;
    Some(value.trim_end().trim_matches('"'))
}

/// What hosts answer an unknown path with.
pub(crate) const LOST: &str = "404.html";
/// Its script: with a name that never changes, since hosts keep such a page for long.
pub(crate) const SCRIPT: &str = "404.js";

/// What stands in the source where the build writes.
const NO_BASE: &str = "<base href=\"/\">";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LOST, SCRIPT, base, write};

    #[test]
    fn the_base_is_found_with_quotes_and_without() {
        assert_eq!(base("<meta a><base href=/sub/><script>"), Some("/sub/"));
        assert_eq!(base("<base href=\"/\">"), Some("/"));
        assert_eq!(base("<head></head>"), None);
    }

    /// Field 51.
    #[test]
    fn the_page_for_unknown_paths_holds_no_configuration_and_nothing_of_a_build() {
        let dir = tempfile::tempdir().unwrap();
        let page =
            "<base href=/sub/><script src=/sub/boot-1.js></script><script id=perennial-config>{}</script>";
        fs::write(dir.path().join("index.html"), page).unwrap();
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        write(dir.path(), sources.as_ref()).unwrap();
        let lost = fs::read_to_string(dir.path().join(LOST)).unwrap();
        assert!(lost.contains("<base href=\"/sub/\">") && lost.contains(SCRIPT), "{lost}");
        assert!(!lost.contains("perennial-config") && !lost.contains("boot"), "{lost}");
        assert!(dir.path().join(SCRIPT).is_file());
    }
}
