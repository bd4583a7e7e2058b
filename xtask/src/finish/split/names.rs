//! Shorter names between the module and its script.
//!
//! wasm-bindgen names each function of the browser with its digest, in both files: noise that no compression takes away.

use std::collections::BTreeMap;
use std::convert::Infallible;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{self, Error, Reencode};
use wasm_encoder::{ExportSection, ImportSection};
use wasmparser::{Export, Imports, Parser};

/// Gives the functions of the browser short names in both files, and lets go of what the module offers and nobody calls.
pub(super) fn shorten(module: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names::default();
    let mut shortened = wasm_encoder::Module::new();
    names
        .parse_core_module(&mut shortened, Parser::new(0), module)
        .map_err(|error| anyhow!("cannot read the module: {error}"))?;
    let mut rest = glue;
    let mut script = String::with_capacity(glue.len());
    while let Some(at) = rest.find(PREFIX) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        script.push_str(before);
        script.push_str(names.short.get(name).map_or(name, String::as_str));
        rest = after;
    }
    script.push_str(rest);
    Ok((shortened.finish(), script))
}

/// The names of the imports, and what they are called from now on.
#[derive(Default)]
struct Names {
    short: BTreeMap<String, String>,
}

impl Reencode for Names {
    type Error = Infallible;

    fn parse_imports(
        &mut self,
        section: &mut ImportSection,
        imports: Imports<'_>,
    ) -> Result<(), Error<Infallible>> {
        match imports {
            Imports::Single(_, import) if import.name.starts_with(PREFIX) => {
                let next = self.short.len();
                let short = self.short.entry(import.name.to_owned()).or_insert_with(|| format!("i{next}"));
                let short = short.clone();
                section.import(import.module, &short, self.entity_type(import.ty)?);
                Ok(())
            }
            imports => reencode::utils::parse_imports(self, section, imports),
        }
    }

    fn parse_export(
        &mut self,
        section: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), Error<Infallible>> {
        if UNCALLED.iter().any(|prefix| export.name.starts_with(prefix)) {
            return Ok(());
        }
        reencode::utils::parse_export(self, section, export)
    }
}

/// What wasm-bindgen's names of the browser's functions begin with.
const PREFIX: &str = "__wbg_";

/// Streams of Rust as streams of the browser: a part of Leptos that is for servers brings them, and nothing here makes one.
const UNCALLED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_speak_of_the_same_short_name_and_what_nobody_calls_is_gone() {
        let mut module = wasm_encoder::Module::new();
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut imports = ImportSection::new();
        imports.import("./main_bg.js", "__wbg_body_5f971cbc6950ca4f", wasm_encoder::EntityType::Function(0));
        module.section(&imports);
        let mut exports = ExportSection::new();
        exports.export("kept", wasm_encoder::ExportKind::Func, 0);
        exports.export("intounderlyingsink_write", wasm_encoder::ExportKind::Func, 0);
        module.section(&exports);

        let glue = "{ __wbg_body_5f971cbc6950ca4f: f, __wbg_init: g }";
        let (module, glue) = shorten(&module.finish(), glue).unwrap();
        assert_eq!(glue, "{ i0: f, __wbg_init: g }");
        let text = String::from_utf8_lossy(&module);
        assert!(text.contains("i0") && !text.contains("__wbg_body"));
        assert!(text.contains("kept") && !text.contains("intounderlying"));
    }
}
