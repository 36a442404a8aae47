//! Slots into JSON: straight into bytes, and for any serde serializer.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value;

use super::{Form, Frag, List, Object, Slot};
use crate::value::whole;

/// In which form booleans and numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forms {
    /// As the docs say that they are sent: `"Y"`, `"37"`.
    #[default]
    Documented,
    /// As their Rust type has it: `true`, `37`.
    Canonical,
}

/// Writes `value` as JSON.
pub fn to_vec(value: &dyn Slot, forms: Forms) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    Writer { out: &mut out, forms }.value(value.frag(), Form::Plain);
    out
}

/// Writes the fields of `object` as a JSON array in the table's order, without the absent ones at the end: the
/// parameters of a method that takes them by position.
pub fn to_positional(object: &dyn Object) -> Vec<u8> {
    let fields = object.table().fields;
    let given = (0..fields.len()).rev().find(|&index| !matches!(object.at(index).frag(), Frag::Absent));
    let mut out = vec![b'['];
    let mut writer = Writer { out: &mut out, forms: Forms::Documented };
    for (index, field) in fields.iter().enumerate().take(given.map_or(0, |last| last + 1)) {
        if index > 0 {
            writer.out.push(b',');
        }
        writer.value(object.at(index).frag(), field.form);
    }
    out.push(b']');
    out
}

/// `Serialize` of every emitted type: one instantiation per serializer.
///
/// # Errors
///
/// Those of `out`.
pub fn serialize<S: Serializer>(value: &dyn Slot, out: S) -> Result<S::Ok, S::Error> {
    Sent(value.frag(), Form::Plain).serialize(out)
}

/// A boolean, number or choice in the form in which it is sent.
enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'a str),
    Text(String),
}

fn scalar(bool_or_number: Frag<'_>, form: Form, forms: Forms) -> Option<Scalar<'_>> {
    let documented = forms == Forms::Documented;
    Some(match bool_or_number {
        Frag::Str(text) => match form {
            // A choice among whole numbers; what is no number stays text.
            Form::Int => match text.parse::<i64>() {
                Ok(number) if itoa::Buffer::new().format(number) == text => Scalar::Int(number),
                _ => Scalar::Str(text),
            },
            _ => Scalar::Str(text),
        },
        Frag::Bool(value) => match form {
            Form::Yn if documented => Scalar::Str(if value { "Y" } else { "N" }),
            Form::Int if documented => Scalar::Int(value.into()),
            Form::Text if documented => Scalar::Str(if value { "1" } else { "0" }),
            _ => Scalar::Bool(value),
        },
        Frag::Int(value) if documented && form == Form::Text => Scalar::Text(value.to_string()),
        Frag::Int(value) => Scalar::Int(value),
        Frag::Float(value) => {
            // `1` goes back as `1`.
            let number = match whole(value) {
                Some(number) => Scalar::Int(number),
                None => Scalar::Float(value),
            };
            match number {
                Scalar::Int(number) if documented && form == Form::Text => Scalar::Text(number.to_string()),
                Scalar::Float(number) if documented && form == Form::Text => Scalar::Text(number.to_string()),
                number => number,
            }
        }
        _ => return None,
    })
}

/// The fields and further keys of an object that are sent, in order.
fn each_field<'a, E>(
    object: &'a dyn Object,
    mut visit: impl FnMut(&'a str, Frag<'a>, Form) -> Result<(), E>,
) -> Result<(), E> {
    let table = object.table();
    let extra = object.extra();
    for (index, field) in table.fields.iter().enumerate() {
        match object.at(index).frag() {
            Frag::Absent if extra.is_null(index) && extra.get(field.name).is_none() => {
                visit(field.name, Frag::Null, Form::Plain)?;
            }
            Frag::Absent => {}
            frag => visit(field.name, frag, field.form)?,
        }
    }
    if extra.is_empty() {
        return Ok(());
    }
    for (key, value) in extra.iter() {
        let taken = table.find(key, 0).is_some_and(|index| !matches!(object.at(index).frag(), Frag::Absent));
        if !taken {
            visit(key, Frag::Any(value), Form::Plain)?;
        }
    }
    Ok(())
}

/// Whether a list came as a map, so that its items know their keys.
fn is_keyed(list: &dyn List) -> bool {
    !list.is_empty() && key_of(list.item(0)).is_some()
}

fn key_of(item: &dyn Slot) -> Option<&str> {
    item.extra()?.key()
}

fn is_null_object(object: &dyn Object) -> bool {
    object.extra().was_null() && object.extra().is_empty() && {
        let fields = object.table().fields.len();
        (0..fields).all(|index| matches!(object.at(index).frag(), Frag::Absent))
    }
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    forms: Forms,
}

impl Writer<'_> {
    fn value(&mut self, frag: Frag<'_>, form: Form) {
        match frag {
            Frag::Absent | Frag::Null => self.out.extend_from_slice(b"null"),
            Frag::List(list) if is_keyed(list) => {
                let mut begin = b'{';
                for item in (0..list.len()).map(|index| list.item(index)) {
                    self.key(begin, key_of(item).unwrap_or_default());
                    self.value(item.frag(), form);
                    begin = b',';
                }
                self.out.push(b'}');
            }
            Frag::List(list) => {
                self.out.push(b'[');
                for index in 0..list.len() {
                    if index > 0 {
                        self.out.push(b',');
                    }
                    self.value(list.item(index).frag(), form);
                }
                self.out.push(b']');
            }
            Frag::Map(entries) => {
                let mut begin = b'{';
                for (key, value) in (0..entries.len()).map(|index| entries.item(index)) {
                    self.key(begin, key);
                    self.value(value.frag(), form);
                    begin = b',';
                }
                self.close(begin);
            }
            Frag::Object(object) if is_null_object(object) => self.out.extend_from_slice(b"null"),
            Frag::Object(object) => {
                let mut begin = b'{';
                let Ok(()) = each_field(object, |key, frag, form| -> Result<(), std::convert::Infallible> {
                    self.key(begin, key);
                    begin = b',';
                    self.value(frag, form);
                    Ok(())
                });
                self.close(begin);
            }
            Frag::Any(value) | Frag::Json(value) => self.json(value),
            other => match scalar(other, form, self.forms) {
                Some(Scalar::Bool(value)) => {
                    self.out.extend_from_slice(if value { b"true" } else { b"false" });
                }
                Some(Scalar::Int(value)) => {
                    self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
                }
                Some(Scalar::Float(value)) => self.json(&Value::from(value)),
                Some(Scalar::Str(text)) => self.text(text),
                Some(Scalar::Text(text)) => self.text(&text),
                None => {}
            },
        }
    }

    fn key(&mut self, begin: u8, key: &str) {
        self.out.push(begin);
        self.text(key);
        self.out.push(b':');
    }

    fn close(&mut self, begin: u8) {
        if begin == b'{' {
            self.out.push(b'{');
        }
        self.out.push(b'}');
    }

    /// A JSON string. What needs no escape is copied in one piece.
    fn text(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut from = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[from..at]);
            from = at + 1;
            match byte {
                b'"' => self.out.extend_from_slice(b"\\\""),
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0x08 => self.out.extend_from_slice(b"\\b"),
                0x0C => self.out.extend_from_slice(b"\\f"),
                control => {
                    const HEX: &[u8; 16] = b"0123456789abcdef";
                    let (high, low) = (HEX[usize::from(control >> 4)], HEX[usize::from(control & 15)]);
                    self.out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
                }
            }
        }
        self.out.extend_from_slice(&bytes[from..]);
        self.out.push(b'"');
    }

    fn json(&mut self, value: &Value) {
        // Writing to a `Vec` does not fail, and neither does a `Value`, whose keys are strings.
        let _ = serde_json::to_writer(&mut *self.out, value);
    }
}

/// A value for any serde serializer.
struct Sent<'a>(Frag<'a>, Form);

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Sent(frag, form) = *self;
        match frag {
            Frag::Absent | Frag::Null => out.serialize_unit(),
            Frag::List(list) if is_keyed(list) => {
                let items = (0..list.len()).map(|index| list.item(index));
                out.collect_map(items.map(|item| (key_of(item).unwrap_or_default(), Sent(item.frag(), form))))
            }
            Frag::List(list) => {
                let mut seq = out.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    seq.serialize_element(&Sent(list.item(index).frag(), form))?;
                }
                seq.end()
            }
            Frag::Map(entries) => {
                let entries = (0..entries.len()).map(|index| entries.item(index));
                out.collect_map(entries.map(|(key, value)| (key, Sent(value.frag(), form))))
            }
            Frag::Object(object) if is_null_object(object) => out.serialize_unit(),
            Frag::Object(object) => {
                let mut map = out.serialize_map(None)?;
                each_field(object, |key, frag, form| map.serialize_entry(key, &Sent(frag, form)))?;
                map.end()
            }
            Frag::Any(value) | Frag::Json(value) => value.serialize(out),
            other => match scalar(other, form, Forms::Documented) {
                Some(Scalar::Bool(value)) => out.serialize_bool(value),
                Some(Scalar::Int(value)) => out.serialize_i64(value),
                Some(Scalar::Float(value)) => out.serialize_f64(value),
                Some(Scalar::Str(text)) => out.serialize_str(text),
                Some(Scalar::Text(text)) => out.serialize_str(&text),
                None => out.serialize_unit(),
            },
        }
    }
}
