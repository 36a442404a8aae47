//! The entries of a JSON object into the fields of a structure.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
};

use super::{
    Frag, Object, Slot, Table, Tok,
    came::{Came, is_nothing},
    encode::written,
    fill::{Entry, Fill, Outcome},
    trace::Trace,
};

/// Reads the entries of a JSON object into the fields of a structure.
pub(super) fn fields<'de, A: MapAccess<'de>>(
    object: &mut dyn Object,
    input: &mut A,
    trace: &mut Trace,
) -> Result<(), A::Error> {
    let table = object.table();
    let mut seen = if table.input { vec![false; table.fields.len()] } else { Vec::new() };
    let mut expected = 0;
    while let Some(key) = input.next_key_seed(Key { table, expected })? {
        let (index, spelling) = match key {
            Found::Field(index) => {
                expected = index + 1;
                if let Some(spelling) = object.extra_mut().take_spelling(index) {
                    displace(object, index, spelling);
                }
                (index, None)
            }
            Found::Unknown(key) => match table.find_in_any_case(&key) {
                Some(index) if is_free(object, index, &seen) => (index, Some(key)),
                _ => {
                    // Anything is a value here.
                    input.next_value_seed(Entry { entries: object.extra_mut(), key, trace })?;
                    continue;
                }
            },
        };
        let outcome = match input.next_value_seed(Fill { slot: object.at_mut(index), trace }) {
            Ok(outcome) => outcome,
            Err(error) => {
                trace.at_key(spelling.as_deref().unwrap_or(table.fields[index].name));
                return Err(error);
            }
        };
        match outcome {
            Outcome::Filled => {}
            outcome => note(object, index, outcome, spelling.as_deref(), trace)?,
        }
        // A value that is kept beside its field has the key with it.
        if let Some(spelling) = spelling.filter(|spelling| object.extra().get(spelling).is_none()) {
            object.extra_mut().note(index, Came::Spelt(spelling));
        }
        if let Some(seen) = seen.get_mut(index) {
            *seen = true;
        }
    }
    let missing = table.fields.iter().zip(seen).enumerate().filter(|(_, (field, seen))| field.is_required() && !seen);
    for (index, (field, _)) in missing {
        let Some(missing) = &mut trace.missing else {
            let error = trace.fault("a value", "nothing".to_owned());
            trace.at_key(field.name);
            return Err(error);
        };
        missing.push(field.name);
        object.extra_mut().note(index, Came::Missing);
    }
    Ok(())
}

/// Whether nothing was read into the field at `index` yet.
#[cold]
fn is_free(object: &dyn Object, index: usize, seen: &[bool]) -> bool {
    let unread = match seen.get(index) {
        Some(seen) => !seen,
        None => matches!(object.at(index).frag(), Frag::Absent),
    };
    unread && !object.extra().has_note(index) && object.extra().get(object.table().fields[index].name).is_none()
}

/// Makes room for the field's own spelling: what came under another one goes to the keys without a field.
#[cold]
fn displace(object: &mut dyn Object, index: usize, spelling: String) {
    let value = written(object, index);
    object.extra_mut().forget(index);
    object.extra_mut().set(spelling, value);
}

/// Notes how the field at `index` came, or keeps beside it what it cannot hold.
#[cold]
fn note<E: Error>(
    object: &mut dyn Object,
    index: usize,
    outcome: Outcome,
    spelling: Option<&str>,
    trace: &mut Trace,
) -> Result<(), E> {
    let field = &object.table().fields[index];
    let outcome = match outcome.note_in(object.at_mut(index)) {
        // A scalar that is no `Option` has to say something.
        Outcome::Came(came) if is_scalar(object.at(index)) => match *came {
            Came::Nothing(value) => trace.keep("a value", value),
            other => Outcome::Came(Box::new(other)),
        },
        outcome => outcome,
    };
    match outcome {
        Outcome::Filled => {}
        Outcome::Null => object.extra_mut().set_null(index),
        Outcome::Came(came) => object.extra_mut().note(index, *came),
        Outcome::Keep => {
            let emptied = object.at_mut(index).put(&Tok::Null).is_ok();
            match (object.at(index).frag(), trace.kept.take()) {
                (Frag::Absent, Some((_, value))) if emptied => {
                    object.extra_mut().set(spelling.unwrap_or(field.name), value);
                }
                // A result of PHP that says nothing is no success.
                (Frag::Bool(false), Some((_, value))) if !field.is_required() && is_nothing(&value) => {
                    object.extra_mut().note(index, Came::Nothing(value));
                }
                (_, kept) => {
                    trace.kept = kept;
                    trace.at_key(spelling.unwrap_or(field.name));
                    return Err(trace.fault_kept());
                }
            }
        }
    }
    Ok(())
}

fn is_scalar(slot: &dyn Slot) -> bool {
    matches!(slot.frag(), Frag::Bool(_) | Frag::Int(_) | Frag::Float(_) | Frag::Str(_))
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
