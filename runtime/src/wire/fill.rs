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
    Entries, Frag, List, Slot, Then, Tok, Wanted,
    came::{Came, Gap, Shape},
    encode::written_as,
    fields::fields,
    trace::{Trace, describe, describe_value},
};

/// Containers within containers. Fewer than `serde_json` allows in text, and counted for every
/// deserializer.
const MAX_DEPTH: u32 = 120;

/// What became of a value.
pub(super) enum Outcome {
    Filled,
    /// It was there and said nothing.
    Null,
    /// Its type holds it, but not how it came.
    Came(Box<Came>),
    /// Its type cannot hold it; it is in [`Trace::kept`].
    Keep,
}

impl Outcome {
    fn nothing(value: Value) -> Self {
        if value.is_null() { Outcome::Null } else { Outcome::Came(Box::new(Came::Nothing(value))) }
    }

    fn shaped(shape: Shape) -> Self {
        if shape.is_plain() { Outcome::Filled } else { Outcome::Came(Box::new(Came::Shaped(shape))) }
    }

    /// Notes in `slot` itself what it can note: a structure remembers that it was not there. What is lost otherwise is an
    /// error; the form of a list is no loss.
    pub(super) fn settle<E: Error>(self, slot: &mut dyn Slot, trace: &mut Trace) -> Result<(), E> {
        match self.note_in(slot) {
            Outcome::Filled | Outcome::Null => Ok(()),
            Outcome::Keep => Err(trace.fault_kept()),
            Outcome::Came(came) => match *came {
                Came::Shaped(Shape { gaps, .. }) => match gaps.into_iter().next() {
                    None => Ok(()),
                    Some(Gap { at, key, value }) => {
                        if key.is_empty() {
                            trace.at_index(at);
                        } else {
                            trace.at_key(&key);
                        }
                        Err(trace.fault("a value of the list's type", describe_value(&value)))
                    }
                },
                _ => Ok(()),
            },
        }
    }

    /// A structure notes itself that it came as `null`, `false`, `""` or `[]`.
    pub(super) fn note_in(self, slot: &mut dyn Slot) -> Self {
        match self {
            Outcome::Null => match slot.extra_mut() {
                Some(extra) => extra.set_whole(Value::Null),
                None => return Outcome::Null,
            },
            Outcome::Came(came) => match *came {
                Came::Nothing(value) => match slot.extra_mut() {
                    Some(extra) => extra.set_whole(value),
                    None => return Outcome::nothing(value),
                },
                other => return Outcome::Came(Box::new(other)),
            },
            other => return other,
        }
        Outcome::Filled
    }

    /// The value of an item of a list or of entries that is no item of its type. The form of a list within a list is not
    /// noted; what is missing in it is.
    fn into_gap(self, slot: &mut dyn Slot, trace: &mut Trace) -> Option<Value> {
        match self.note_in(slot) {
            Outcome::Filled => None,
            // `Option` says the same.
            Outcome::Null if matches!(slot.frag(), Frag::Absent) => None,
            Outcome::Null => Some(Value::Null),
            Outcome::Keep => Some(trace.kept.take().map_or(Value::Null, |(_, value)| value)),
            Outcome::Came(came) => match &*came {
                Came::Nothing(value) => Some(value.clone()),
                Came::Shaped(shape) if !shape.gaps.is_empty() => Some(written_as(slot, &came)),
                _ => None,
            },
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
            Ok(Then::Null) => Ok(Outcome::nothing(value_of(tok))),
            Ok(Then::Bare) => Ok(Outcome::Came(Box::new(Came::Bare))),
            Ok(Then::Keep(Wanted(wanted))) => Ok(self.trace.keep(wanted, value_of(tok))),
            Ok(_) => Ok(Outcome::Filled),
            Err(Wanted(wanted)) if tok.is_nothing() => Ok(self.trace.keep(wanted, value_of(tok))),
            Err(Wanted(wanted)) => Err(self.trace.fault(wanted, describe(*tok))),
        }
    }
}

/// A scalar as JSON.
#[cold]
fn value_of(tok: &Tok<'_>) -> Value {
    let mut value = Value::Null;
    // `Value` takes every scalar.
    let _ = value.put(tok);
    value
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
        let outcome = match slot.put(&Tok::List) {
            Ok(Then::List(list)) => {
                let mut gaps = Vec::new();
                while let Some(gap) = note_index(input.next_element_seed(Item { list, trace }), index, trace)? {
                    gaps.extend(gap.map(|value| Gap { at: index, key: String::new(), value }));
                    index += 1;
                }
                Outcome::shaped(Shape { gaps, ..Shape::default() })
            }
            Ok(Then::Map(entries)) => {
                let mut gaps = Vec::new();
                loop {
                    let key = index.to_string();
                    let entry = Entry { entries, key: key.clone(), trace };
                    let Some(gap) = note_index(input.next_element_seed(entry), index, trace)? else { break };
                    gaps.extend(gap.map(|value| Gap { at: index, key, value }));
                    index += 1;
                }
                Outcome::shaped(Shape { listed: true, gaps, keys: None })
            }
            Ok(Then::Any(value)) => {
                *value = rest_of_list(&mut input, trace)?;
                Outcome::Filled
            }
            Ok(Then::Empty { wanted, keep: true }) => match rest_of_list(&mut input, trace)? {
                Value::Array(items) if items.is_empty() => Outcome::nothing(Value::Array(items)),
                items => trace.keep(wanted.0, items),
            },
            Ok(Then::Empty { wanted, keep: false }) => {
                if input.next_element_seed(Refused { wanted, met: Tok::List, trace })?.is_some() {
                    return Ok(Outcome::Filled);
                }
                Outcome::nothing(Value::Array(Vec::new()))
            }
            Ok(_) => return Err(trace.fault("a scalar", "a list".to_owned())),
            Err(Wanted(wanted)) => return Err(trace.fault(wanted, "a list".to_owned())),
        };
        trace.depth -= 1;
        Ok(outcome)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Outcome, A::Error> {
        let Fill { slot, trace } = self;
        if trace.depth == MAX_DEPTH {
            return Err(trace.fault("a value that is not nested so deep", "an object".to_owned()));
        }
        trace.depth += 1;
        let outcome = match slot.put(&Tok::Map) {
            Ok(Then::Object(object)) => {
                fields(object, &mut input, trace)?;
                Outcome::Filled
            }
            Ok(Then::Map(entries)) => {
                let (mut gaps, mut at) = (Vec::new(), 0);
                while let Some(key) = input.next_key::<String>()? {
                    let kept = input.next_value_seed(Entry { entries, key: key.clone(), trace })?;
                    gaps.extend(kept.map(|value| Gap { at, key, value }));
                    at += 1;
                }
                Outcome::shaped(Shape { gaps, ..Shape::default() })
            }
            Ok(Then::List(list)) => {
                // A PHP array with gaps in its keys comes as a map: objects remember theirs.
                let (mut gaps, mut keys) = (Vec::new(), Vec::new());
                while let Some(key) = input.next_key::<String>()? {
                    match input.next_value_seed(Item { list, trace }) {
                        Ok(Some(value)) => gaps.push(Gap { at: keys.len(), key: key.clone(), value }),
                        Ok(None) => list.keep_key(&key),
                        Err(error) => {
                            trace.at_key(&key);
                            return Err(error);
                        }
                    }
                    keys.push(key);
                }
                Outcome::shaped(Shape { keys: Some(keys), listed: false, gaps })
            }
            Ok(Then::Any(value)) => {
                *value = rest_of_map(&mut input, trace)?;
                Outcome::Filled
            }
            Ok(Then::Empty { wanted, keep: true }) => match rest_of_map(&mut input, trace)? {
                Value::Object(entries) if entries.is_empty() => Outcome::nothing(Value::Object(entries)),
                entries => trace.keep(wanted.0, entries),
            },
            Ok(Then::Empty { wanted, keep: false }) => {
                if input.next_key_seed(Refused { wanted, met: Tok::Map, trace })?.is_some() {
                    return Ok(Outcome::Filled);
                }
                Outcome::nothing(Value::Object(serde_json::Map::new()))
            }
            Ok(_) => return Err(trace.fault("a scalar", "an object".to_owned())),
            Err(Wanted(wanted)) => return Err(trace.fault(wanted, "an object".to_owned())),
        };
        trace.depth -= 1;
        Ok(outcome)
    }
}

/// The items that are left of a list.
fn rest_of_list<'de, A: SeqAccess<'de>>(input: &mut A, trace: &mut Trace) -> Result<Value, A::Error> {
    let mut items = Vec::new();
    while let Some(item) = note_index(input.next_element_seed(Anything { trace }), items.len(), trace)? {
        items.push(item);
    }
    Ok(Value::Array(items))
}

/// The entries that are left of an object.
fn rest_of_map<'de, A: MapAccess<'de>>(input: &mut A, trace: &mut Trace) -> Result<Value, A::Error> {
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
    Ok(Value::Object(entries))
}

fn note_index<T, E>(result: Result<T, E>, index: usize, trace: &mut Trace) -> Result<T, E> {
    if result.is_err() {
        trace.at_index(index);
    }
    result
}

/// Reads the next item of a list: grown only once it is known that there is one. Gives back what is no item.
struct Item<'a> {
    list: &'a mut dyn List,
    trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Option<Value>, D::Error> {
        let slot = self.list.grow();
        let outcome = Fill { slot: &mut *slot, trace: &mut *self.trace }.deserialize(input)?;
        let gap = outcome.into_gap(slot, self.trace);
        if gap.is_some() {
            self.list.shrink();
        }
        Ok(gap)
    }
}

/// Reads the value of an entry whose key is data. Gives back what is no value of its type.
pub(super) struct Entry<'a> {
    pub(super) entries: &'a mut dyn Entries,
    pub(super) key: String,
    pub(super) trace: &'a mut Trace,
}

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Option<Value>, D::Error> {
        let index = self.entries.open(self.key);
        let slot = self.entries.value(index);
        match (Fill { slot: &mut *slot, trace: &mut *self.trace }).deserialize(input) {
            Ok(outcome) => {
                let gap = outcome.into_gap(slot, self.trace);
                if gap.is_some() {
                    self.entries.close(index);
                }
                Ok(gap)
            }
            Err(error) => {
                self.trace.at_key(self.entries.item(index).0);
                Err(error)
            }
        }
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
