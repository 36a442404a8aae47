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

use super::{Entries, List, Object, Path, Slot, Table, Then, Tok, Wanted, path::Step};

/// Containers within containers. Fewer than `serde_json` allows in text, and counted for every
/// deserializer.
const MAX_DEPTH: u32 = 120;

/// A value that cannot be read, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where it stands.
    pub path: Path,
    /// What was wanted, as a noun: `an integer`.
    pub wanted: String,
    /// What was met: `a list`, `the string "abc"`; what is wrong with it, if it is not JSON.
    pub met: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(out, "`{}`: ", self.path)?;
        }
        write!(out, "wanted {}, met {}", self.wanted, self.met)
    }
}

impl std::error::Error for DecodeError {}

/// Reads `json` as a `T`.
///
/// # Errors
///
/// The first value that cannot be read, with its path.
pub fn from_slice<T: Slot>(json: &[u8]) -> Result<T, DecodeError> {
    let mut value = T::blank();
    fill(json, &mut value)?;
    Ok(value)
}

/// Reads `json` into `slot`, which is half filled after an error.
pub(crate) fn fill(json: &[u8], slot: &mut dyn Slot) -> Result<(), DecodeError> {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let mut trace = Trace::default();
    // Checking the whole text at once is quicker than every string by itself. What is no UTF-8 fails below, with its path.
    let result = match std::str::from_utf8(json) {
        Ok(text) => fill_whole(serde_json::Deserializer::from_str(text), slot, &mut trace),
        Err(_) => fill_whole(serde_json::Deserializer::from_slice(json), slot, &mut trace),
    };
    result.map_err(|error| trace.into_error(&error))
}

fn fill_whole<'de, R: serde_json::de::Read<'de>>(
    mut input: serde_json::Deserializer<R>,
    slot: &mut dyn Slot,
    trace: &mut Trace,
) -> serde_json::Result<()> {
    Fill { slot, trace }.deserialize(&mut input)?.or_fault::<serde_json::Error>(trace)?;
    input.end()
}

/// Reads `tree` into `slot`, which is half filled after an error.
pub(crate) fn fill_from_tree(tree: &Value, slot: &mut dyn Slot) -> Result<(), DecodeError> {
    let mut trace = Trace::default();
    let outcome = Fill { slot, trace: &mut trace }.deserialize(tree);
    match outcome.and_then(|outcome| outcome.or_fault(&mut trace)) {
        Ok(_) => Ok(()),
        Err(error) => Err(trace.into_error(&error)),
    }
}

/// `Deserialize` of every emitted type: one instantiation per deserializer.
///
/// # Errors
///
/// As [`from_slice`].
pub fn deserialize<'de, T: Slot, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let mut value = T::blank();
    fill_from(input, &mut value)?;
    Ok(value)
}

fn fill_from<'de, D: Deserializer<'de>>(input: D, slot: &mut dyn Slot) -> Result<(), D::Error> {
    let mut trace = Trace::default();
    let outcome = Fill { slot, trace: &mut trace }.deserialize(input);
    match outcome.and_then(|outcome| outcome.or_fault(&mut trace)) {
        Ok(_) => Ok(()),
        Err(error) => Err(D::Error::custom(trace.into_error(&error))),
    }
}

/// What is known when an error unwinds: the path is noted only then.
#[derive(Default)]
struct Trace {
    depth: u32,
    steps: Vec<Step>,
    fault: Option<(&'static str, String)>,
    /// What was wanted and met where a text is to be kept beside its field.
    kept: Option<(&'static str, String)>,
}

impl Trace {
    /// Notes why a value cannot be read.
    #[cold]
    fn fault<E: Error>(&mut self, wanted: &'static str, met: String) -> E {
        self.fault = Some((wanted, met));
        E::custom("")
    }

    #[cold]
    fn at_key(&mut self, key: &str) {
        self.steps.push(Step::Key(key.to_owned()));
    }

    #[cold]
    fn at_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    fn into_error(self, error: &dyn fmt::Display) -> DecodeError {
        let path = Path::from_inside(self.steps);
        match self.fault {
            Some((wanted, met)) => DecodeError { path, wanted: wanted.to_owned(), met },
            None => DecodeError { path, wanted: "well-formed JSON".to_owned(), met: error.to_string() },
        }
    }
}

/// A token for people. Long texts are cut.
#[cold]
fn describe(tok: Tok<'_>) -> String {
    const LONGEST: usize = 60;
    match tok {
        Tok::Null => "`null`".to_owned(),
        Tok::Bool(value) => format!("`{value}`"),
        Tok::Int(value) => format!("`{value}`"),
        Tok::Big(value) => format!("`{value}`"),
        Tok::Float(value) => format!("`{value}`"),
        Tok::Str(text) => match text.char_indices().nth(LONGEST) {
            Some((cut, _)) => format!("the string {:?}…", &text[..cut]),
            None => format!("the string {text:?}"),
        },
        Tok::List => "a list".to_owned(),
        Tok::Map => "an object".to_owned(),
    }
}

/// What became of a value.
enum Outcome {
    Filled,
    /// The field was there without a value.
    Null,
    /// The field's type cannot hold it; what was met, in [`Trace::kept`], is to be kept beside the field.
    Keep,
}

impl Outcome {
    /// Where nothing can be kept beside a value.
    fn or_fault<E: Error>(self, trace: &mut Trace) -> Result<Outcome, E> {
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
struct Fill<'a> {
    slot: &'a mut dyn Slot,
    trace: &'a mut Trace,
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

/// Reads the entries of a JSON object into the fields of a structure.
fn fields<'de, A: MapAccess<'de>>(object: &mut dyn Object, input: &mut A, trace: &mut Trace) -> Result<(), A::Error> {
    let table = object.table();
    let mut seen = if table.required { vec![false; table.fields.len()] } else { Vec::new() };
    let mut expected = 0;
    while let Some(key) = input.next_key_seed(Key { table, expected })? {
        match key {
            Found::Field(index) => {
                expected = index + 1;
                let name = table.fields[index].name;
                match input.next_value_seed(Fill { slot: object.at_mut(index), trace }) {
                    Ok(Outcome::Filled) => {}
                    Ok(Outcome::Null) => {
                        note_null(object.at_mut(index));
                        object.extra_mut().set_null(index);
                    }
                    Ok(Outcome::Keep) => keep(object, index, trace)?,
                    Err(error) => {
                        trace.at_key(name);
                        return Err(error);
                    }
                }
                if let Some(seen) = seen.get_mut(index) {
                    *seen = true;
                }
            }
            Found::Unknown(key) => {
                input.next_value_seed(Entry { entries: object.extra_mut(), key, trace })?;
            }
        }
    }
    match table.fields.iter().zip(seen).find(|(field, seen)| field.required && !seen) {
        None => Ok(()),
        Some((field, _)) => {
            let error = trace.fault("a value", "nothing".to_owned());
            trace.at_key(field.name);
            Err(error)
        }
    }
}

/// Keeps what the field at `index` cannot hold under its name; the field is empty then. An error where it cannot be.
#[cold]
fn keep<E: Error>(object: &mut dyn Object, index: usize, trace: &mut Trace) -> Result<(), E> {
    let name = object.table().fields[index].name;
    if object.at_mut(index).put(&Tok::Null).is_err() {
        let fault = Outcome::Keep.or_fault(trace);
        trace.at_key(name);
        return fault.map(|_| ());
    }
    if let Some((_, text)) = trace.kept.take() {
        object.extra_mut().set(name, text);
    }
    Ok(())
}

/// A key of a structure.
enum Found {
    Field(usize),
    Unknown(String),
}

/// Looks a key up: first where the server's order, which is mostly the table's, leads to expect it.
struct Key {
    table: &'static Table,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Found, D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Found;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Found, E> {
        Ok(match self.table.find(key, self.expected) {
            Some(index) => Found::Field(index),
            None => Found::Unknown(key.to_owned()),
        })
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
fn note_null(slot: &mut dyn Slot) {
    if let Some(extra) = slot.extra_mut() {
        extra.set_was_null();
    }
}

/// Reads the value of an entry whose key is data.
struct Entry<'a> {
    entries: &'a mut dyn Entries,
    key: String,
    trace: &'a mut Trace,
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
