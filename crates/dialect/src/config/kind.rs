//! The kinds of values that keys hold: what each accepts, and where it is put.

use super::{
    Draft,
    forms::{Form, MAX_CHARS, METHODS, split_endpoint},
    node::{Entries, Node},
    refused,
};
use crate::{
    dialect::{Endpoint, List, Page, Pairs, Paths, Refused, Text},
    presets::PRESETS,
};

/// Where a value is put; `None` where the rest of the configuration leaves no place for it.
pub(super) type Field<T> = fn(&mut Draft) -> Option<&mut T>;

/// What a key holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// The name of a preset, which all else is put on top of.
    Preset,
    /// Further keys.
    Object,
    /// Further keys, or null; what takes it is told which.
    Optional(fn(&mut Draft, bool)),
    /// One of these words; what takes its number says whether there is a place for it.
    Word(&'static [&'static str], fn(&mut Draft, usize) -> bool),
    /// True or false.
    Flag(Field<bool>),
    /// A whole number within these bounds, of what the text says.
    Whole(u64, u64, &'static str, Field<u64>),
    /// The same, or null.
    OptionalWhole(u64, u64, &'static str, Field<Option<u64>>),
    /// A text.
    Text(Form, Field<Text>),
    /// A text, or null.
    OptionalText(Form, Field<Option<Text>>),
    /// One of these methods and an address.
    Endpoint(&'static [&'static str], Field<Option<Endpoint>>),
    /// A method and an address, or null.
    OptionalEndpoint(Field<Option<Endpoint>>),
    /// The places of a fact in a body, or null.
    Paths(Field<Paths>),
    /// An object of texts.
    Pairs(Field<Pairs>),
    /// A list of pages.
    Pages,
    /// A list of answers.
    Refused(Field<List<Refused>>),
}

/// Why a value is not taken.
pub(super) enum Wrong {
    /// It is none of those that may stand there.
    Value,
    /// It may stand there, but not beside what stands elsewhere.
    Meaningless,
}

impl Kind {
    /// The rounds in which keys are put in their places.
    pub(super) const ROUNDS: [u8; 3] = [0, 1, Self::LAST_ROUND];

    /// The round of the keys that decide about no other.
    pub(super) const LAST_ROUND: u8 = 2;

    /// In which round it is put in its place: what decides about the places of others comes first.
    pub(super) fn round(&self) -> u8 {
        match self {
            Self::Preset => 0,
            Self::Object | Self::Optional(_) | Self::Word(..) => 1,
            Self::Flag(_)
            | Self::Whole(..)
            | Self::OptionalWhole(..)
            | Self::Text(..)
            | Self::OptionalText(..)
            | Self::Endpoint(..)
            | Self::OptionalEndpoint(_)
            | Self::Paths(_)
            | Self::Pairs(_)
            | Self::Pages
            | Self::Refused(_) => Self::LAST_ROUND,
        }
    }

    /// Puts a value in its place.
    pub(super) fn set(&self, draft: &mut Draft, node: &Node) -> Result<(), Wrong> {
        match *self {
            Self::Preset => {
                let name = node.text();
                let preset = PRESETS.iter().find(|preset| name == Some(preset.dialect.name));
                *draft = Draft::of(preset.ok_or(Wrong::Value)?);
                Ok(())
            }
            Self::Object => node.entries().map(drop).ok_or(Wrong::Value),
            Self::Optional(set) => {
                let is_there = !node.is_null();
                if is_there {
                    node.entries().ok_or(Wrong::Value)?;
                }
                set(draft, is_there);
                Ok(())
            }
            Self::Word(words, set) => {
                let word = words.iter().position(|word| node.text() == Some(word)).ok_or(Wrong::Value)?;
                if set(draft, word) { Ok(()) } else { Err(Wrong::Meaningless) }
            }
            Self::Flag(field) => put(draft, field, node.flag()),
            Self::Whole(least, most, _, field) => put(draft, field, whole(node, least, most)),
            Self::OptionalWhole(least, most, _, field) => {
                put(draft, field, or_null(node, |node| whole(node, least, most)))
            }
            Self::Text(form, field) => put(draft, field, text(node, form)),
            Self::OptionalText(form, field) => put(draft, field, or_null(node, |node| text(node, form))),
            Self::Endpoint(methods, field) => {
                let is_allowed = |it: &Endpoint| methods.contains(&&*it.method);
                put(draft, field, endpoint(node).filter(is_allowed).map(Some))
            }
            Self::OptionalEndpoint(field) => put(draft, field, or_null(node, endpoint)),
            Self::Paths(field) => put(draft, field, paths(node)),
            Self::Pairs(field) => put(draft, field, pairs(node)),
            Self::Pages => put(draft, |draft| Some(&mut draft.dialect.pages), pages(node).map(Into::into)),
            Self::Refused(field) => put(draft, field, refused::read(node).map(Into::into)),
        }
    }

    /// What may stand there, as the end of a sentence.
    pub(super) fn allowed(&self) -> String {
        let or_null = |text: &str| format!("{text}, or null");
        let numbers =
            |least: u64, most: u64, unit: &str| format!("a whole number of {unit} from {least} to {most}");
        match *self {
            Self::Preset => alternatives(PRESETS.iter().map(|preset| preset.dialect.name)),
            Self::Object => "an object with further keys".to_owned(),
            Self::Optional(_) => or_null("an object with further keys"),
            Self::Word(words, _) => alternatives(words.iter().copied()),
            Self::Flag(_) => "true or false".to_owned(),
            Self::Whole(least, most, unit, _) => numbers(least, most, unit),
            Self::OptionalWhole(least, most, unit, _) => or_null(&numbers(least, most, unit)),
            Self::Text(form, _) => form.allowed().to_owned(),
            Self::OptionalText(form, _) => or_null(form.allowed()),
            Self::Endpoint(methods, _) if methods.len() < METHODS.len() => {
                format!("{ENDPOINT}, with a method that takes a body: {}", methods.join(", "))
            }
            Self::Endpoint(..) => ENDPOINT.to_owned(),
            Self::OptionalEndpoint(_) => or_null(ENDPOINT),
            Self::Paths(_) => or_null("a path such as \"user.id\", a list of up to 8 of them"),
            Self::Pairs(_) => "an object of up to 20 texts, such as {\"client\": \"web\"}".to_owned(),
            Self::Pages => format!("a list of {}, each once", alternatives(PAGES.iter().map(|page| page.0))),
            Self::Refused(_) => refused::ALLOWED.to_owned(),
        }
    }
}

fn put<T>(draft: &mut Draft, field: Field<T>, value: Option<T>) -> Result<(), Wrong> {
    let value = value.ok_or(Wrong::Value)?;
    *field(draft).ok_or(Wrong::Meaningless)? = value;
    Ok(())
}

#[expect(clippy::option_option, reason = "null is a value here, and anything else that does not fit is none")]
fn or_null<T>(node: &Node, read: impl Fn(&Node) -> Option<T>) -> Option<Option<T>> {
    if node.is_null() { Some(None) } else { read(node).map(Some) }
}

pub(super) fn whole(node: &Node, least: u64, most: u64) -> Option<u64> {
    node.whole().filter(|number| (least..=most).contains(number))
}

pub(super) fn text(node: &Node, form: Form) -> Option<Text> {
    let text = node.text().filter(|text| form.accepts(text))?;
    Some(Text::Owned(text.to_owned()))
}

fn endpoint(node: &Node) -> Option<Endpoint> {
    let (method, at) = split_endpoint(node.text()?)?;
    Some(Endpoint { method: Text::Owned(method.to_owned()), at: Text::Owned(at.to_owned()) })
}

fn paths(node: &Node) -> Option<Paths> {
    let path = |node| text(node, Form::Name);
    let all = match node {
        node if node.is_null() => Vec::new(),
        Node::List(items) if (1..=MAX_PATHS).contains(&items.len()) => {
            items.iter().map(path).collect::<Option<_>>()?
        }
        Node::Object(_) | Node::List(_) | Node::Plain(_) => vec![path(node)?],
    };
    Some(all.into())
}

fn pairs(node: &Node) -> Option<Pairs> {
    let entries = node.entries().filter(|entries| entries.len() <= MAX_PAIRS)?;
    let pair = |(name, value): &(String, Node)| {
        let value = value.text().filter(|value| value.chars().nth(MAX_CHARS).is_none())?;
        let name = Some(name).filter(|name| Form::Name.accepts(name))?;
        Some((Text::Owned(name.clone()), Text::Owned(value.to_owned())))
    };
    entries.iter().map(pair).collect::<Option<Vec<_>>>().map(Into::into)
}

fn pages(node: &Node) -> Option<Vec<Page>> {
    let Node::List(items) = node else { return None };
    let mut pages = Vec::new();
    for item in items {
        let (_, page) = PAGES.iter().find(|(word, _)| item.text() == Some(word))?;
        if pages.contains(page) {
            return None;
        }
        pages.push(*page);
    }
    Some(pages)
}

fn alternatives(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<_> = words.map(|word| format!("\"{word}\"")).collect();
    words.join(" or ")
}

impl Node {
    pub(super) fn entries(&self) -> Option<&Entries> {
        match self {
            Self::Object(entries) => Some(entries),
            Self::List(_) | Self::Plain(_) => None,
        }
    }
}

/// The words for pages.
pub(super) const PAGES: [(&str, Page); 3] =
    [("queue", Page::Queue), ("devices", Page::Devices), ("password", Page::Password)];

/// More places than this for one fact no backend has.
pub(super) const MAX_PATHS: usize = 8;

/// More constants than this no request needs.
pub(super) const MAX_PAIRS: usize = 20;

const ENDPOINT: &str = "a method and a path such as \"POST /api/login\", or an absolute address in its place";
