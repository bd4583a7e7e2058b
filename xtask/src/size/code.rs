//! Whose code the module is made of, by the names that the linker left in it.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::finish;

/// Prints how much of the code belongs to which crate, before it is split and made small.
pub(super) fn print() -> Result<()> {
    let path = finish::module()?;
    let module = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut sums: Vec<_> = by_owner(&module)?.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let whole: u64 = sums.iter().map(|(_, bytes)| bytes).sum();
    println!("\n{:<44} {:>9} {:>9}", "code of", "bytes", "share");
    for (owner, bytes) in sums.iter().filter(|(_, bytes)| bytes * SMALLEST_SHARE >= whole) {
        #[expect(clippy::cast_precision_loss, reason = "a share with one digit")]
        let percent = 100.0 * *bytes as f64 / whole as f64;
        println!("{owner:<44} {bytes:>9} {percent:>8.1}%");
    }
    println!("{:<44} {whole:>9}", "everything, before it is made small");
    Ok(())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a module has two dozen kinds of sections, and grows more"
)]
fn by_owner(module: &[u8]) -> Result<BTreeMap<String, u64>> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("the module cannot be read")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                sizes.push(range.end.saturating_sub(range.start));
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    let mut sums = BTreeMap::<String, u64>::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        *sums.entry(owner(&format!("{:#}", rustc_demangle::demangle(name)))).or_default() += size;
    }
    Ok(sums)
}

/// Whose a function is: this project's if one of its types is among those it was made for, else the library's that
/// wrote it, and only then the standard library's.
fn owner(name: &str) -> String {
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let paths = || name.split(|c| !is_of_path(c)).filter_map(|path| path.split_once("::"));
    if let Some((_, path)) = paths().find(|(krate, _)| *krate == "perennial") {
        let mut parts = path.split("::");
        let area = parts.next().unwrap_or_default();
        let page = (area == "pages").then(|| parts.next()).flatten();
        return match page {
            Some(page) => format!("application: {area}::{}", page.trim_start_matches("__component_")),
            None => format!("application: {}", area.trim_start_matches("__component_")),
        };
    }
    let of_project = paths().find(|(krate, _)| krate.starts_with("perennial_"));
    let of_library = paths().find(|(krate, _)| !krate.is_empty() && !STANDARD.contains(krate));
    of_project
        .or(of_library)
        .or_else(|| paths().next())
        .map_or("without a name", |(krate, _)| krate)
        .to_owned()
}

const STANDARD: [&str; 3] = ["core", "alloc", "std"];

/// What is less than one part in so many is not worth a line.
const SMALLEST_SHARE: u64 = 250;

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn code_belongs_to_those_it_was_made_for() {
        let memo = "<reactive_graph::computed::memo::Memo<alloc::string::String>>::new::<perennial::app::frame::__component_frame::{closure#1}>";
        assert_eq!(owner(memo), "application: app");
        assert_eq!(owner("<perennial::pages::queue::row::Row>::view"), "application: pages::queue");
        assert_eq!(owner("<alloc::vec::Vec<tachys::view::any_view::AnyView>>::push"), "tachys");
        assert_eq!(owner("<perennial_session::engine::Engine>::end"), "perennial_session");
        assert_eq!(owner("<core::fmt::Formatter>::pad"), "core");
    }
}
