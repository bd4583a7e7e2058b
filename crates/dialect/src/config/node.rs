//! The data block as it was written.

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::ConfigError;

/// A piece of JSON in the order of the text and with repeated names, which a map would hide.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Object(Entries),
    List(Vec<Self>),
    /// Anything without parts.
    Plain(Value),
}

pub(super) type Entries = Vec<(String, Node)>;

/// Reads the block; an empty one is an empty object.
pub(super) fn parse(text: &str) -> Result<Entries, ConfigError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    // As bytes, like the bodies of answers: one reader is enough for the application.
    match serde_json::from_slice(text.as_bytes()) {
        Ok(Node::Object(entries)) => Ok(entries),
        Ok(Node::List(_) | Node::Plain(_)) => Err(ConfigError::not_an_object()),
        Err(error) => Err(ConfigError::not_json(&error)),
    }
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Plain(Value::Null))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(value) => value.as_str(),
            Self::Object(_) | Self::List(_) => None,
        }
    }

    /// A number without a fraction, however it is written.
    pub(super) fn whole(&self) -> Option<u64> {
        let Self::Plain(Value::Number(number)) = self else { return None };
        let from_float = || {
            let exact = core::time::Duration::try_from_secs_f64(number.as_f64()?).ok()?;
            (exact.subsec_nanos() == 0).then_some(exact.as_secs())
        };
        number.as_u64().or_else(from_float)
    }

    /// The same, also below nothing.
    pub(super) fn integer(&self) -> Option<i64> {
        let Self::Plain(Value::Number(number)) = self else { return None };
        let below = || {
            let exact = core::time::Duration::try_from_secs_f64(-number.as_f64()?).ok()?;
            i64::try_from(exact.as_secs()).ok().filter(|_| exact.subsec_nanos() == 0).map(|it| -it)
        };
        number.as_i64().or_else(|| self.whole().and_then(|it| i64::try_from(it).ok())).or_else(below)
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Plain(value) => value.as_bool(),
            Self::Object(_) | Self::List(_) => None,
        }
    }
}

/// As it is to be quoted in a sentence.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(value) => f.write_str(&serde_json::to_string(value).map_err(|_| fmt::Error)?),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Object(entries) => {
                f.write_str("{")?;
                for (index, (name, node)) in entries.iter().enumerate() {
                    let joint = if index > 0 { ", " } else { "" };
                    write!(f, "{joint}{}: {node}", Self::Plain(Value::from(&**name)))?;
                }
                f.write_str("}")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}
