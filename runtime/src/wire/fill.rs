//! JSON into slots: one visitor for every type.
//!
//! [`Fill`] is the only implementation of serde's `DeserializeSeed` and `Visitor` for values. It asks the slot what to do
//! with each token and goes down where the slot says so. Nothing here knows a type; nothing in the types knows serde.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{
    Entries, List, Slot, Then, Tok, Wanted,
    fields::fields,
    trace::{Trace, describe},
};

/// Containers within containers. Fewer than `serde_json` allows in text, and counted for every
/// deserializer.
const MAX_DEPTH: u32 = 120;

/// What became of a value.
pub(super) enum Outcome {
    Filled,
    /// The field was there without a value.
    Null,
    /// The field's type cannot hold it; what was met, in [`Trace::kept`], is to be kept beside the field.
    Keep,
}

impl Outcome {
    /// Where nothing can be kept beside a value.
    pub(super) fn or_fault<E: Error>(self, trace: &mut Trace) -> Result<Outcome, E> {
        match self {
            Outcome::Keep => {
                let (wanted, text) = trace.kept.take().unwrap_or_default();
                Err(trace.fault(wanted, describe(Tok::Str(&text))))
            }
            other => Ok(other),
        }
    }
}

/// Reads one value into a slot.
pub(super) struct Fill<'a> {
    pub(super) slot: &'a mut dyn Slot,
    pub(super) trace: &'a mut Trace,
}

impl Fill<'_> {
    fn scalar<E: Error>(self, tok: &Tok<'_>) -> Result<Outcome, E> {
        match self.slot.put(tok) {
            Ok(Then::Null) => Ok(Outcome::Null),
            Ok(Then::Keep(wanted)) => match *tok {
                Tok::Str(text) => {
                    self.trace.kept = Some((wanted.0, text.to_owned()));
                    Ok(Outcome::Keep)
                }
                other => Err(self.trace.fault(wanted.0, describe(other))),
            },
            Ok(_) => Ok(Outcome::Filled),
            Err(Wanted(wanted)) => Err(self.trace.fault(wanted, describe(*tok))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Fill<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Outcome, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = Outcome;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Outcome, E> {
        self.scalar(&Tok::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Outcome, E> {
        self.scalar(&Tok::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<Outcome, D::Error> {
        self.deserialize(input)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Outcome, E> {
        self.scalar(&Tok::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Outcome, E> {
        self.scalar(&Tok::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Outcome, E> {
        self.scalar(&i64::try_from(value).map_or(Tok::Big(value), Tok::Int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Outcome, E> {
        self.scalar(&Tok::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Outcome, E> {
        self.scalar(&Tok::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Outcome, A::Error> {
        let Fill { slot, trace } = self;
        if trace.depth == MAX_DEPTH {
            return Err(trace.fault("a value that is not nested so deep", "a list".to_owned()));
        }
        trace.depth += 1;
        let mut index = 0;
        let mut outcome = Outcome::Filled;
        match slot.put(&Tok::List) {
            Ok(Then::List(list)) => {
                while let Some(()) = note_index(input.next_element_seed(Item { list, trace }), index, trace)? {
                    index += 1;
                }
            }
            Ok(Then::Map(entries)) => {
                while let Some(()) =
                    note_index(input.next_element_seed(Entry { entries, key: index.to_string(), trace }), index, trace)?
                {
                    index += 1;
                }
            }
            Ok(Then::Any(value)) => {
                let mut items = Vec::new();
                while let Some(item) = note_index(input.next_element_seed(Anything { trace }), index, trace)? {
                    items.push(item);
                    index += 1;
                }
                *value = Value::Array(items);
            }
            Ok(Then::Empty { wanted, null }) => {
                if input.next_element_seed(Refused { wanted, met: Tok::List, trace })?.is_some() {
                    return Ok(Outcome::Filled);
                }
                if null {
                    outcome = Outcome::Null;
                }
            }
            Ok(_) => return Err(trace.fault("a scalar", "a list".to_owned())),
            Err(Wanted(wanted)) => return Err(trace.fault(wanted, "a list".to_owned())),
        }
        trace.depth -= 1;
        Ok(outcome)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Outcome, A::Error> {
        let Fill { slot, trace } = self;
        if trace.depth == MAX_DEPTH {
            return Err(trace.fault("a value that is not nested so deep", "an object".to_owned()));
        }
        trace.depth += 1;
        let mut outcome = Outcome::Filled;
        match slot.put(&Tok::Map) {
            Ok(Then::Object(object)) => fields(object, &mut input, trace)?,
            Ok(Then::Map(entries)) => {
                while let Some(key) = input.next_key::<String>()? {
                    input.next_value_seed(Entry { entries, key, trace })?;
                }
            }
            Ok(Then::List(list)) => {
                // A PHP array with gaps in its keys comes as a map: objects remember theirs.
                while let Some(key) = input.next_key::<String>()? {
                    let result = input.next_value_seed(Item { list, trace });
                    if let Err(error) = result {
                        trace.at_key(&key);
                        return Err(error);
                    }
                    list.keep_key(key);
                }
            }
            Ok(Then::Any(value)) => {
                let mut entries = serde_json::Map::new();
                while let Some(key) = input.next_key::<String>()? {
                    match input.next_value_seed(Anything { trace }) {
                        Ok(value) => entries.insert(key, value),
                        Err(error) => {
                            trace.at_key(&key);
                            return Err(error);
                        }
                    };
                }
                *value = Value::Object(entries);
            }
            Ok(Then::Empty { wanted: Wanted(wanted), null }) => {
                if input.next_key_seed(Refused { wanted: Wanted(wanted), met: Tok::Map, trace })?.is_some() {
                    return Ok(Outcome::Filled);
                }
                if null {
                    outcome = Outcome::Null;
                }
            }
            Ok(_) => return Err(trace.fault("a scalar", "an object".to_owned())),
            Err(Wanted(wanted)) => return Err(trace.fault(wanted, "an object".to_owned())),
        }
        trace.depth -= 1;
        Ok(outcome)
    }
}

fn note_index<T, E>(result: Result<T, E>, index: usize, trace: &mut Trace) -> Result<T, E> {
    if result.is_err() {
        trace.at_index(index);
    }
    result
}

/// Reads the next item of a list: grown only once it is known that there is one.
struct Item<'a> {
    list: &'a mut dyn List,
    trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        let slot = self.list.grow();
        let outcome = Fill { slot: &mut *slot, trace: &mut *self.trace }.deserialize(input)?;
        if let Outcome::Null = outcome.or_fault(self.trace)? {
            note_null(slot);
        }
        Ok(())
    }
}

/// A structure that came as `null` where no `Option` holds it remembers that.
pub(super) fn note_null(slot: &mut dyn Slot) {
    if let Some(extra) = slot.extra_mut() {
        extra.set_was_null();
    }
}

/// Reads the value of an entry whose key is data.
pub(super) struct Entry<'a> {
    pub(super) entries: &'a mut dyn Entries,
    pub(super) key: String,
    pub(super) trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        let index = self.entries.open(self.key);
        let slot = self.entries.value(index);
        let outcome = Fill { slot: &mut *slot, trace: &mut *self.trace }.deserialize(input);
        match outcome.and_then(|outcome| outcome.or_fault(self.trace)) {
            Ok(Outcome::Null) => note_null(slot),
            Ok(_) => {}
            Err(error) => {
                self.trace.at_key(self.entries.item(index).0);
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Reads whatever comes.
struct Anything<'a> {
    trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Anything<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        let mut value = Value::Null;
        Fill { slot: &mut value, trace: self.trace }.deserialize(input)?;
        Ok(value)
    }
}

/// Fails once it is known that a container is not empty.
struct Refused<'a> {
    wanted: Wanted,
    met: Tok<'static>,
    trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Refused<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(self.trace.fault(self.wanted.0, describe(self.met)))
    }
}
