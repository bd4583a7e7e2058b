//! What is changed in index.html.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::PAGE;

/// Moves the digest of the module from `integrity` to `data-integrity`, where `boot.js` finds it.
///
/// Browsers know `integrity` on a preloaded script or style, not on what is preloaded for `fetch`, and warn of it at each
/// load; `boot.js` hands the digest to `fetch`, which does check it.
pub(super) fn move_digest(dir: &Path) -> Result<()> {
    change(dir, |page| {
        let (before, tag, after) = wasm_link(&page).context("index.html preloads no module")?;
        let tag = tag.replacen(" integrity=", " data-integrity=", 1);
        Ok([before, &tag, after].concat())
    })
}

/// Says in the page which build it belongs to, for the worker that keeps it and for people who report a fault.
pub(super) fn stamp(dir: &Path, version: &str) -> Result<()> {
    change(dir, |page| {
        let (before, after) = page.split_once("<meta ").context("index.html has no <meta>")?;
        Ok(format!("{before}<meta name=perennial-version content={version}><meta {after}"))
    })
}

/// Says in the page what it may do, for hosts that send no policy. It is as strict as the headers in
/// `docs/operating/_headers`, but for what a page cannot say of itself (`frame-ancestors`) and for what depends on the
/// configuration that an operator writes into it (`connect-src`, `form-action`, and so `default-src`).
pub(super) fn restrict(dir: &Path) -> Result<()> {
    change(dir, |page| {
        let (before, after) = page.split_once("<meta ").context("index.html has no <meta>")?;
        Ok(format!("{before}<meta http-equiv=Content-Security-Policy content=\"{POLICY}\"><meta {after}"))
    })
}

pub(super) fn change(dir: &Path, how: impl FnOnce(String) -> Result<String>) -> Result<()> {
    let path = dir.join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    fs::write(&path, how(page)?).with_context(|| format!("cannot write {}", path.display()))
}

/// The link that preloads the module, with what stands before and behind it.
fn wasm_link(page: &str) -> Option<(&str, &str, &str)> {
    page.match_indices("<link ").find_map(|(start, _)| {
        let end = start + page[start..].find('>')?;
        let tag = &page[start..end];
        let preloads = tag.contains("as=fetch") || tag.contains("as=\"fetch\"");
        preloads.then(|| (&page[..start], tag, &page[end..]))
    })
}

const POLICY: &str = "script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    manifest-src 'self'; worker-src 'self'; base-uri 'self'; require-trusted-types-for 'script'; object-src 'none'; \
    frame-src 'none'; media-src 'none'";

#[cfg(test)]
mod tests {
    use super::{POLICY, wasm_link};

    /// Where both are there, both hold: what the page says must not take away what the headers give.
    #[test]
    fn the_policy_of_the_page_is_that_of_the_headers() {
        let headers = include_str!("../../../docs/operating/_headers");
        let line =
            headers.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: ")).unwrap();
        let told: Vec<_> = line.split("; ").collect();
        assert!(told.contains(&"default-src 'none'"), "{line}");
        for directive in POLICY.split("; ") {
            // `default-src` says so for these, and the page has none.
            let is_nothing =
                directive.ends_with(" 'none'") && !line.contains(&directive.replace("'none'", ""));
            assert!(is_nothing || told.contains(&directive), "{directive}");
        }
        for name in ["frame-ancestors", "connect-src", "form-action", "default-src", "trusted-types default"]
        {
            assert!(!POLICY.contains(name), "{name}");
        }
    }

    #[test]
    fn the_link_of_the_module_is_told_from_that_of_the_script() {
        let page =
            "<link href=a.js integrity=x rel=modulepreload><link as=fetch integrity=y rel=preload></head>";
        let (before, tag, after) = wasm_link(page).unwrap();
        assert_eq!(before, "<link href=a.js integrity=x rel=modulepreload>");
        assert_eq!(tag, "<link as=fetch integrity=y rel=preload");
        assert_eq!(after, "></head>");
    }
}
