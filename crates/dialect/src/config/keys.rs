//! Every key, once: its name, what it holds, where that is put, and what it means.

mod places;
mod rows;

use super::{
    ConfigError, Draft,
    kind::{Kind, Wrong},
    node::{Entries, Node},
};

pub(super) use rows::ROWS;

/// What the parser knows of a key.
#[derive(Clone, Copy)]
pub(super) struct Key {
    /// Its name, with dots where it stands inside of others.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What it is only for, where it does not always mean something.
    pub(super) needs: &'static str,
}

/// A key with what the reference says of it. The parser never sees that, so that it is no part of the application.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) about: &'static str,
}

/// A key that stands in the text.
pub(super) struct Found<'a> {
    pub(super) key: &'static Key,
    pub(super) node: &'a Node,
    /// How many keys stand before it.
    pub(super) at: usize,
}

/// What is wrong, in the order of the text.
#[derive(Default)]
pub(super) struct Problems(Vec<(usize, ConfigError)>);

impl Problems {
    /// Takes what is wrong at a place, behind what is wrong before it and there.
    pub(super) fn add(&mut self, at: usize, error: ConfigError) {
        let index = self.0.partition_point(|(known, _)| *known <= at);
        self.0.insert(index, (at, error));
    }

    pub(super) fn concern(&self, key: &str) -> bool {
        self.0.iter().any(|(_, error)| error.concerns(key))
    }

    pub(super) fn none(self) -> Result<(), Vec<ConfigError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0.into_iter().map(|(_, error)| error).collect()) }
    }
}

impl Found<'_> {
    /// Puts the value in its place.
    pub(super) fn set(&self, draft: &mut Draft) -> Result<(), (Wrong, ConfigError)> {
        let key = self.key;
        key.kind.set(draft, self.node).map_err(|wrong| {
            let error = match wrong {
                Wrong::Value => ConfigError::invalid(key.name, self.node, &key.kind.allowed()),
                Wrong::Meaningless => ConfigError::meaningless(key.name, key.needs),
            };
            (wrong, error)
        })
    }
}

/// Finds the keys of the text, in its order, and what stands there that is none.
pub(super) fn look_up(entries: &Entries) -> (Vec<Found<'_>>, Problems) {
    let mut search = Search { found: Vec::new(), problems: Problems::default(), seen: 0 };
    search.walk(entries, "");
    (search.found, search.problems)
}

struct Search<'a> {
    found: Vec<Found<'a>>,
    problems: Problems,
    seen: usize,
}

impl<'a> Search<'a> {
    fn walk(&mut self, entries: &'a Entries, prefix: &str) {
        for (index, (own, node)) in entries.iter().enumerate() {
            self.seen += 1;
            let at = self.seen;
            let name = format!("{prefix}{own}");
            if entries.iter().take(index).any(|(earlier, _)| earlier == own) {
                self.problems.add(at, ConfigError::repeated(&name));
            } else if let Some(key) = KEYS.iter().find(|key| key.name == name && !own.contains('.')) {
                self.found.push(Found { key, node, at });
                if matches!(key.kind, Kind::Object | Kind::Optional(_))
                    && let Node::Object(inside) = node
                {
                    self.walk(inside, &format!("{name}."));
                } else {
                    self.find_repeated(node, &name);
                }
            } else {
                self.problems.add(at, unknown(&name, own, prefix));
            }
        }
    }

    /// Looks for repeated names where they are no keys.
    fn find_repeated(&mut self, node: &Node, name: &str) {
        match node {
            Node::Object(entries) => {
                for (index, (own, node)) in entries.iter().enumerate() {
                    let name = format!("{name}.{own}");
                    if entries.iter().take(index).any(|(earlier, _)| earlier == own) {
                        self.problems.add(self.seen, ConfigError::repeated(&name));
                    }
                    self.find_repeated(node, &name);
                }
            }
            Node::List(items) => items.iter().for_each(|item| self.find_repeated(item, name)),
            Node::Plain(_) => {}
        }
    }
}

fn unknown(name: &str, own: &str, prefix: &str) -> ConfigError {
    if own.contains('.') && KEYS.iter().any(|key| key.name == own) {
        return ConfigError::dotted(name);
    }
    let is_beside = |key: &&Key| key.name.strip_prefix(prefix).is_some_and(|rest| !rest.contains('.'));
    let beside: Vec<_> = KEYS.iter().filter(is_beside).map(|key| key.name).collect();
    let elsewhere = KEYS.iter().find(|key| key.name.rsplit('.').next() == Some(own)).map(|key| key.name);
    ConfigError::unknown(name, &beside, elsewhere)
}

/// What the parser reads: the rows without their descriptions.
pub(super) static KEYS: [Key; ROWS.len()] = {
    let mut keys = [ROWS[0].key; ROWS.len()];
    let mut index = 0;
    while index < keys.len() {
        keys[index] = ROWS[index].key;
        index += 1;
    }
    keys
};
