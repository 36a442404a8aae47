//! The entries of a JSON object whose values are not read, or of the list that PHP makes of one.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// Entries by key, or by position where they came as a list.
#[derive(Debug, Default)]
pub(crate) struct RawEntries {
    keyed: HashMap<String, Box<RawValue>>,
    listed: Vec<Box<RawValue>>,
}

impl RawEntries {
    /// The value under `key`; at `position` in a list.
    pub(crate) fn get(&self, key: &str, position: usize) -> Option<&RawValue> {
        self.keyed.get(key).or_else(|| self.listed.get(position)).map(|value| &**value)
    }
}

impl<'de> Deserialize<'de> for RawEntries {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = RawEntries;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object or a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEntries, A::Error> {
                let mut entries = RawEntries::default();
                while let Some((key, value)) = map.next_entry()? {
                    entries.keyed.insert(key, value);
                }
                Ok(entries)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawEntries, A::Error> {
                let mut entries = RawEntries::default();
                while let Some(value) = list.next_element()? {
                    entries.listed.push(value);
                }
                Ok(entries)
            }

            // Nothing comes as whatever PHP has for it.
            fn visit_unit<E>(self) -> Result<RawEntries, E> {
                Ok(RawEntries::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<RawEntries, E> {
                Ok(RawEntries::default())
            }
        }

        input.deserialize_any(Entries)
    }
}
