//! What the derived structures stand on: the runtime's values, and the tolerance that its tables have, written as functions
//! for `deserialize_with`. Only measurements use this file.

use ::serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

pub use ::bitrix24_runtime::*;

/// Keys without a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extra(::serde_json::Map<String, Any>);

impl Extra {
    /// Nothing.
    pub fn new() -> Self {
        Extra::default()
    }

    /// Puts `value` under `key`.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Any>) {
        self.0.insert(key.into(), value.into());
    }
}

/// Keys that are data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Map<V>(pub ::std::collections::BTreeMap<String, V>);

/// One or a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// One.
    One(T),
}

/// Either of two forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Either<A, B> {
    /// One of them.
    Left(A),
    /// The other.
    Right(B),
}

/// For `deserialize_with`.
pub mod tolerant {
    use std::{fmt, marker::PhantomData};

    use super::*;

    /// Values of the runtime, which are tolerant themselves.
    pub fn slot<'de, D: Deserializer<'de>, T: wire::Slot>(input: D) -> Result<T, D::Error> {
        wire::deserialize(input)
    }

    /// What has no more tolerance than its type.
    pub fn other<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
        Option::deserialize(input)
    }

    /// A structure; `[]`, `""` and `false` stand for none.
    pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
        input.deserialize_any(Object(PhantomData))
    }

    /// A list; a PHP array with numbers for keys is one too.
    pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<Vec<T>>, D::Error> {
        input.deserialize_any(List(PhantomData))
    }

    /// A map; a list is one with numbers for keys.
    pub fn map<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<Map<T>>, D::Error> {
        input.deserialize_any(Keyed(PhantomData))
    }

    struct Object<T>(PhantomData<T>);
    struct List<T>(PhantomData<T>);
    struct Keyed<T>(PhantomData<T>);

    /// The forms in which PHP says that there is nothing.
    macro_rules! nothing {
        () => {
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
            fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                if value.is_empty() { Ok(None) } else { Err(E::invalid_type(::serde::de::Unexpected::Str(value), &self)) }
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                if value { Err(E::invalid_type(::serde::de::Unexpected::Bool(value), &self)) } else { Ok(None) }
            }
        };
    }

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = Option<T>;
        nothing!();

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, input: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(input)).map(Some)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            match input.next_element::<IgnoredAny>()? {
                None => Ok(None),
                Some(_) => Err(A::Error::invalid_type(::serde::de::Unexpected::Seq, &self)),
            }
        }
    }

    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Option<Vec<T>>;
        nothing!();

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = input.next_element()? {
                items.push(item);
            }
            Ok(Some(items))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while let Some((_, item)) = input.next_entry::<IgnoredAny, T>()? {
                items.push(item);
            }
            Ok(Some(items))
        }
    }

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Keyed<T> {
        type Value = Option<Map<T>>;
        nothing!();

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            let mut entries = std::collections::BTreeMap::new();
            while let Some((key, value)) = input.next_entry()? {
                entries.insert(key, value);
            }
            Ok(Some(Map(entries)))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            let mut entries = std::collections::BTreeMap::new();
            while let Some(value) = input.next_element()? {
                entries.insert(entries.len().to_string(), value);
            }
            Ok(Some(Map(entries)))
        }
    }
}
