//! The stylesheets of a build, joined into one file.
//!
//! In the sources each has one subject. Nine files cost a first visit nine requests, and compress worse than one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha384};

use super::page;

/// Puts one stylesheet in the place of all that the page names, in their order.
pub(super) fn join(dir: &Path) -> Result<()> {
    page::change(dir, |page| {
        let links = links(&page);
        let first = links.first().context("index.html has no stylesheet")?;
        let mut styles = String::new();
        for link in &links {
            let path = dir.join(link.file);
            styles +=
                &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        // `@import` and `@charset` count at the beginning of a file alone.
        ensure!(!styles.contains("@import") && !styles.contains("@charset"), "a stylesheet cannot be joined");
        let digest = Sha384::digest(&styles);
        let name: String = digest.iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("style-{name}.css");
        fs::write(dir.join(&name), &styles).with_context(|| format!("cannot write {name}"))?;
        let (base, digest) = (first.base, BASE64_STANDARD.encode(digest));
        let joined = format!("<link href={base}{name} integrity=sha384-{digest} rel=stylesheet>");
        Ok(links.iter().rev().fold(page.clone(), |page, link| {
            let place = if link.start == first.start { joined.as_str() } else { "" };
            [&page[..link.start], place, &page[link.end..]].concat()
        }))
    })
}

/// A `<link rel=stylesheet>` as Trunk writes it.
#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    /// Where its tag begins and ends in the page.
    start: usize,
    end: usize,
    /// The path of the application.
    base: &'a str,
    /// The name of the file in it.
    file: &'a str,
}

fn links(page: &str) -> Vec<Link<'_>> {
    let link = |(start, _): (usize, &str)| {
        let end = start + page[start..].find('>')? + 1;
        let mut attributes = page[start..end - 1].split_whitespace();
        if !attributes.clone().any(|it| matches!(it, "rel=stylesheet" | "rel=\"stylesheet\"")) {
            return None;
        }
        let address = attributes.find_map(|it| it.strip_prefix("href="))?.trim_matches('"');
        let (base, file) = address.split_at(address.rfind('/').map_or(0, |last| last + 1));
        Some(Link { start, end, base, file })
    };
    page.match_indices("<link ").filter_map(link).collect()
}

/// Of the digest: enough that no two builds of a site have the same.
const NAME_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{join, links};
    use crate::build::files;

    #[test]
    fn stylesheets_are_joined_in_the_order_of_the_page_and_in_the_place_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let page = "<base href=/sub/><script src=/sub/boot-1.js></script><link href=/sub/b-2.css integrity=x \
                    rel=stylesheet><link href=\"/sub/a-1.css\" rel=\"stylesheet\"><link href=/sub/i.svg \
                    rel=icon><meta c>";
        for (name, text) in [("index.html", page), ("a-1.css", "a{}"), ("b-2.css", "b{}"), ("c-3.css", "c{}")]
        {
            fs::write(dir.path().join(name), text).unwrap();
        }
        join(dir.path()).unwrap();
        let page = fs::read_to_string(dir.path().join("index.html")).unwrap();
        let links = links(&page);
        assert_eq!(links.len(), 1, "{page}");
        assert!(
            page.starts_with("<base href=/sub/><script src=/sub/boot-1.js></script><link href=/sub/style-")
        );
        assert!(page.ends_with(" rel=stylesheet><link href=/sub/i.svg rel=icon><meta c>"), "{page}");
        assert_eq!(fs::read_to_string(dir.path().join(links[0].file)).unwrap(), "b{}a{}");
        assert_eq!(
            files(dir.path()).unwrap().len(),
            3,
            "the page, the new one, and the one it does not name"
        );
    }

    #[test]
    fn what_cannot_be_joined_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("index.html"), "<link href=/a.css rel=stylesheet>").unwrap();
        assert!(join(dir.path()).is_err(), "it is not there");
        fs::write(dir.path().join("a.css"), "@import 'b.css';").unwrap();
        assert!(join(dir.path()).is_err());
        fs::write(dir.path().join("index.html"), "<meta c>").unwrap();
        assert!(join(dir.path()).is_err(), "nothing to join");
    }
}
