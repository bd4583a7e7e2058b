//! Takes parts out of a JSON text and skips the rest.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

/// The parts of an object or of a list that stand at these paths, each as [`crate::answers::facts::find`] follows it.
/// `None` for anything else.
///
/// Each part is read for itself. One that is no value here, such as a number that is too large, is an empty object: it is
/// there, and says nothing.
pub(super) fn parts(text: &[u8], paths: &[&str]) -> Option<Value> {
    let mut text = serde_json::Deserializer::from_slice(text);
    let parts = Parts(paths).deserialize(&mut text).ok()?;
    text.end().ok().map(|()| parts)
}

struct Parts<'a>(&'a [&'a str]);

impl<'a> Parts<'a> {
    /// What the paths want of a field or an item, which is found by its name: nothing, the parts at the paths behind it,
    /// or all of it.
    fn of(&self, is_its_name: impl Fn(&str) -> bool) -> Wanted<'a> {
        if self.0.iter().any(|path| is_its_name(path)) {
            return Wanted::All;
        }
        let behind = |path: &&'a str| path.split_once('.').filter(|(own, _)| is_its_name(own));
        let behind: Vec<_> = self.0.iter().filter_map(behind).map(|(_, rest)| rest).collect();
        if behind.is_empty() { Wanted::Nothing } else { Wanted::Parts(behind) }
    }
}

/// How much of a value is wanted.
enum Wanted<'a> {
    Nothing,
    Parts(Vec<&'a str>),
    All,
}

impl Wanted<'_> {
    fn read(&self, raw: &RawValue) -> Value {
        let text = raw.get().as_bytes();
        let read = match self {
            Self::Nothing => None,
            Self::Parts(paths) => parts(text, paths),
            Self::All => serde_json::from_slice(text).ok(),
        };
        read.unwrap_or_else(|| Value::Object(Map::new()))
    }
}

impl<'de> DeserializeSeed<'de> for Parts<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Parts<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            match self.of(|own| own == name) {
                Wanted::Nothing => drop(map.next_value::<IgnoredAny>()?),
                wanted @ (Wanted::Parts(_) | Wanted::All) => {
                    let value = wanted.read(map.next_value()?);
                    fields.insert(name, value);
                }
            }
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(raw) = seq.next_element::<&RawValue>()? {
            let number = items.len();
            items.push(self.of(|own| own.parse() == Ok(number)).read(raw));
        }
        Ok(Value::Array(items))
    }
}
