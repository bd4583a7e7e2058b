//! What there is to be said of the keys: the tables of `docs/configuration.md`, and the JSON Schema beside it.
//!
//! Nothing that reads a configuration comes by here, so that none of it is part of the application.

mod forms;

use serde_json::{Map, Value, json};

use super::{
    Draft,
    forms::METHODS,
    keys::{ROWS, Row},
    kind::{Kind, MAX_PAIRS, MAX_PATHS, PAGES},
    refused,
};
use crate::{
    dialect::{Endpoint, Paths, Text},
    presets::{PRESETS, Preset},
};

/// Everything a preset says, as a configuration would: its keys with dots in their names, and what they hold. Keys that
/// mean nothing there are left out; an endpoint that is discovered has no address.
#[must_use]
pub fn spelled_out(preset: &Preset) -> Vec<(&'static str, Value)> {
    let mut draft = Draft::of(preset);
    let named = |row: &Row| Some((row.key.name, read(row, &mut draft)?));
    ROWS.iter().filter_map(named).collect()
}

/// The JSON Schema of a configuration (draft 2020-12).
#[must_use]
pub fn schema() -> Value {
    let defaults = spelled_out(&PRESETS[0]);
    let default = |name: &str| defaults.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of Perennial",
        "description": "The JSON data block `perennial-config` of index.html. An empty object means all defaults. The \
            defaults given here are those of the preset `perennial`.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties("", &default),
    })
}

/// The schema as the file has it.
#[must_use]
pub fn schema_file() -> String {
    format!("{:#}\n", schema())
}

/// A page of Markdown with the tables of keys in their place; `None` where it has none.
#[must_use]
pub fn page(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", tables()))
}

/// The tables, in Markdown: the keys that stand alone, then those of each object.
fn tables() -> String {
    let presets = PRESETS.each_ref().map(|preset| (preset.dialect.name, spelled_out(preset)));
    let mut out = String::new();
    table(&mut out, "", &presets);
    for row in ROWS.iter().filter(|row| matches!(row.key.kind, Kind::Object | Kind::Optional(_))) {
        out.push_str(&format!("\n### `{}`\n\n{}\n", row.key.name, row.about));
        table(&mut out, &format!("{}.", row.key.name), &presets);
    }
    out
}

type Spelled = (&'static str, Vec<(&'static str, Value)>);

fn table(out: &mut String, prefix: &str, presets: &[Spelled]) {
    out.push_str("\n| key | default | may hold | meaning |\n|---|---|---|---|\n");
    for row in beside(prefix).filter(|row| !matches!(row.key.kind, Kind::Object)) {
        let about = match row.key.needs {
            "" => row.about.to_owned(),
            needs => format!("{} Only for {needs}.", row.about),
        };
        let cells = [&defaults_of(row, presets), &row.key.kind.allowed(), &about];
        let line = format!("| `{}` | {} | {} | {} |\n", row.key.name, cells[0], cells[1], cells[2]);
        out.push_str(&line);
    }
}

/// What a key holds without being written: in most presets, and in those that differ.
fn defaults_of(row: &Row, presets: &[Spelled]) -> String {
    if matches!(row.key.kind, Kind::Preset) {
        return format!("`\"{}\"`", PRESETS[0].dialect.name);
    }
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    // What the first preset has is read as that of all others, so that those without are named.
    let is_common =
        presets.first().is_some_and(|(_, keys)| keys.iter().any(|(name, _)| *name == row.key.name));
    for (preset, keys) in presets {
        let value = keys.iter().find(|(name, _)| *name == row.key.name).map(|(_, value)| value);
        let cell = match value {
            None if is_common && !row.key.needs.is_empty() => NONE.to_owned(),
            None => continue,
            Some(value) => cell(row, value),
        };
        match groups.iter_mut().find(|(known, _)| *known == cell) {
            Some((_, names)) => names.push(preset),
            None => groups.push((cell, vec![preset])),
        }
    }
    let mut out = String::new();
    for (index, (cell, names)) in groups.iter().enumerate() {
        let joint = if index > 0 { "; " } else { "" };
        let named =
            if names.contains(&PRESETS[0].dialect.name) { "" } else { &format!("{}: ", names.join(", ")) };
        out.push_str(&format!("{joint}{named}{cell}"));
    }
    if out.is_empty() { NONE.to_owned() } else { out }
}

fn cell(row: &Row, value: &Value) -> String {
    match (&row.key.kind, value) {
        (Kind::Optional(_), Value::Object(_)) => "see below".to_owned(),
        (Kind::Endpoint(..) | Kind::OptionalEndpoint(_), Value::String(text)) if text.ends_with(' ') => {
            "discovered".to_owned()
        }
        (Kind::Endpoint(..), Value::Null) => MISSING.to_owned(),
        (Kind::Text(..), Value::String(text)) if text.is_empty() && row.key.name != "backend" => {
            MISSING.to_owned()
        }
        (_, value) => format!("`{value}`"),
    }
}

fn beside(prefix: &str) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.key.name.strip_prefix(prefix).is_some_and(|rest| !rest.contains('.')))
}

fn properties(prefix: &str, default: &impl Fn(&str) -> Option<Value>) -> Value {
    let property = |row: &'static Row| {
        let name = row.key.name;
        let own = name.rsplit('.').next().unwrap_or(name);
        let mut schema = of_kind(row.key.kind);
        if matches!(row.key.kind, Kind::Object | Kind::Optional(_)) {
            schema["properties"] = properties(&format!("{name}."), default);
        }
        schema["description"] = row.about.into();
        if let Some(value) =
            default(name).filter(|value| !value.is_object() || matches!(row.key.kind, Kind::Pairs(_)))
        {
            schema["default"] = value;
        }
        (own.to_owned(), schema)
    };
    Value::Object(beside(prefix).map(property).collect())
}

fn of_kind(kind: Kind) -> Value {
    let or_null = |mut schema: Value| {
        let kind = schema["type"].take();
        schema["type"] = json!([kind, "null"]);
        schema
    };
    let whole = |least: u64, most: u64| json!({ "type": "integer", "minimum": least, "maximum": most });
    match kind {
        Kind::Object => json!({ "type": "object", "additionalProperties": false }),
        Kind::Optional(_) => or_null(json!({ "type": "object", "additionalProperties": false })),
        Kind::Preset => json!({ "enum": PRESETS.each_ref().map(|preset| preset.dialect.name) }),
        Kind::Word(words, _) => json!({ "enum": words }),
        Kind::Flag(_) => json!({ "type": "boolean" }),
        Kind::Whole(least, most, _, _) => whole(least, most),
        Kind::OptionalWhole(least, most, _, _) => or_null(whole(least, most)),
        Kind::Text(form, _) => forms::schema(form),
        Kind::OptionalText(form, _) => or_null(forms::schema(form)),
        Kind::Endpoint(methods, _) => forms::endpoint(methods),
        Kind::OptionalEndpoint(_) => or_null(forms::endpoint(&METHODS)),
        Kind::Paths(_) => {
            let path = forms::schema(super::forms::Form::Name);
            let list = json!({ "type": "array", "items": path, "minItems": 1, "maxItems": MAX_PATHS });
            json!({ "anyOf": [path, list, { "type": "null" }] })
        }
        Kind::Pairs(_) => json!({
            "type": "object",
            "propertyNames": forms::schema(super::forms::Form::Name),
            "additionalProperties": { "type": "string", "maxLength": super::forms::MAX_CHARS },
            "maxProperties": MAX_PAIRS,
        }),
        Kind::Pages => json!({
            "type": "array", "items": { "enum": PAGES.map(|page| page.0) }, "uniqueItems": true,
        }),
        Kind::Refused(_) => json!({ "type": "array", "items": refused_answer(), "maxItems": refused::MAX }),
    }
}

/// An answer that means "refused": a status that says so, or any with a fact of the body.
fn refused_answer() -> Value {
    let name = forms::schema(super::forms::Form::Name);
    let number =
        json!({ "type": "integer", "minimum": -refused::MAX_NUMBER, "maximum": refused::MAX_NUMBER });
    let status = |range: core::ops::RangeInclusive<u64>| json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() });
    let fact = json!({ "anyOf": [name, number, { "type": ["boolean", "null"] }] });
    let either = json!({ "anyOf": [status(refused::OF_NO), status(refused::OF_YES)] });
    json!({
        "anyOf": [
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["status"],
                "properties": { "status": status(refused::OF_NO) },
            },
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["status", "field", "value"],
                "properties": { "status": either, "field": name, "value": fact },
            },
        ],
    })
}

/// What a key holds in a draft, as a configuration would write it; `None` where it means nothing there.
fn read(row: &Row, draft: &mut Draft) -> Option<Value> {
    let text = |text: &Text| Value::from(&**text);
    Some(match row.key.kind {
        Kind::Object => return None,
        Kind::Preset => draft.dialect.name.into(),
        Kind::Optional(set) => {
            let mut without = draft.clone();
            set(&mut without, false);
            if without == *draft { Value::Null } else { json!({}) }
        }
        // Setting the word that is set already changes nothing.
        Kind::Word(words, set) => {
            let is_set = |(word, _): &(usize, _)| {
                let mut other = draft.clone();
                set(&mut other, *word) && other == *draft
            };
            (*words.iter().enumerate().find(is_set)?.1).into()
        }
        Kind::Flag(field) => (*field(draft)?).into(),
        Kind::Whole(_, _, _, field) => (*field(draft)?).into(),
        Kind::OptionalWhole(_, _, _, field) => (*field(draft)?).into(),
        Kind::Text(_, field) => text(field(draft)?),
        Kind::OptionalText(_, field) => field(draft)?.as_ref().map_or(Value::Null, text),
        Kind::Endpoint(_, field) | Kind::OptionalEndpoint(field) => {
            let written = |it: &Endpoint| Value::from(format!("{} {}", it.method, it.at));
            field(draft)?.as_ref().map_or(Value::Null, written)
        }
        Kind::Paths(field) => paths(field(draft)?),
        Kind::Pairs(field) => {
            let pairs = field(draft)?.iter().map(|(name, value)| (name.clone().into_owned(), text(value)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        Kind::Pages => {
            let word = |page| PAGES.iter().find(|known| known.1 == page).map(|known| known.0);
            draft.dialect.pages.iter().filter_map(|page| word(*page)).collect()
        }
        Kind::Refused(field) => field(draft)?.iter().map(refused::written).collect(),
    })
}

fn paths(paths: &Paths) -> Value {
    match &**paths {
        [] => Value::Null,
        [path] => Value::from(&**path),
        several => several.iter().map(|path| Value::from(&**path)).collect(),
    }
}

/// What stands around the tables in a page.
const BEGIN: &str = "<!-- What follows is written by `cargo xtask reference`. -->";
const END: &str = "<!-- What was written by `cargo xtask reference` ends here. -->";

/// Where a preset has nothing that the key could say.
const NONE: &str = "none";

const MISSING: &str = "must be set";
