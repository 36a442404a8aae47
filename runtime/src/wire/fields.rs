//! The entries of a JSON object into the fields of a structure.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
};

use super::{
    Object, Table, Tok,
    fill::{Entry, Fill, Outcome, note_null},
    trace::Trace,
};

/// Reads the entries of a JSON object into the fields of a structure.
pub(super) fn fields<'de, A: MapAccess<'de>>(
    object: &mut dyn Object,
    input: &mut A,
    trace: &mut Trace,
) -> Result<(), A::Error> {
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
