//! Slots into JSON: straight into bytes, and for any serde serializer.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{
    Entries, Field, Form, Frag, List, Object, Slot,
    came::{At, Came, Shape, positions},
};
use crate::value::whole as whole_number;

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
    Writer { out: &mut out, forms }.value(value.frag(), Form::Plain, None);
    out
}

/// The field at `index` of `object` as it came.
pub(super) fn written(object: &dyn Object, index: usize) -> Value {
    let mut sending = Sending::of(object, &object.table().fields[index], index);
    for (_, came) in object.extra().notes().iter().filter(|(at, _)| *at == index) {
        sending.apply(came);
    }
    sending.written()
}

/// The value in `slot` as it came.
pub(super) fn written_as(slot: &dyn Slot, came: &Came) -> Value {
    let mut sending = Sending { key: "", ready: None, frag: slot.frag(), form: Form::Plain, shape: None };
    sending.apply(came);
    sending.written()
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
        writer.value(object.at(index).frag(), field.form(), object.extra().shape(index));
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
    Sent(value.frag(), Form::Plain, None).serialize(out)
}

/// A scalar in the form in which it is sent, where that is not its own.
fn formed(scalar: Frag<'_>, form: Form, forms: Forms) -> Option<Value> {
    if form == Form::Plain {
        return None;
    }
    if let (Frag::Str(text), Form::Int) = (scalar, form) {
        // A choice among whole numbers; what is no number stays text.
        let number = text.parse::<i64>().ok()?;
        return (itoa::Buffer::new().format(number) == text).then(|| number.into());
    }
    if forms == Forms::Canonical {
        return None;
    }
    match (scalar, form) {
        (Frag::Bool(value), Form::Yn) => Some(if value { "Y" } else { "N" }.into()),
        (Frag::Bool(value), Form::Int) => Some(i64::from(value).into()),
        (Frag::Bool(value), Form::Text) => Some(if value { "1" } else { "0" }.into()),
        (Frag::Int(value), Form::Text) => Some(value.to_string().into()),
        (Frag::Float(value), Form::Text) => Some(value.to_string().into()),
        _ => None,
    }
}

/// A key of an object, and what is sent under it.
struct Sending<'a> {
    key: &'a str,
    /// `,"key":` where that is all there is to write.
    ready: Option<&'static str>,
    frag: Frag<'a>,
    form: Form,
    shape: Option<&'a Shape>,
}

impl<'a> Sending<'a> {
    /// The field at `index` of `object`, which is `field` in its table.
    #[inline]
    fn of(object: &'a dyn Object, field: &'static Field, index: usize) -> Self {
        Sending {
            key: field.name,
            ready: field.ready(),
            frag: object.at(index).frag(),
            form: field.form(),
            shape: None,
        }
    }

    /// Sends it as it came. Whether it is sent at all.
    #[cold]
    fn apply(&mut self, came: &'a Came) -> bool {
        match (came, self.frag) {
            (Came::Missing, _) => return false,
            (Came::Nothing(value), Frag::Absent | Frag::Bool(false)) => self.frag = Frag::Any(value),
            (Came::Nothing(value), Frag::List(list)) if list.is_empty() => self.frag = Frag::Any(value),
            (Came::Nothing(value), Frag::Map(entries)) if entries.is_empty() => self.frag = Frag::Any(value),
            (Came::Bare, Frag::List(list)) if list.len() == 1 => self.frag = list.item(0).frag(),
            (Came::Shaped(shape), _) => self.shape = Some(shape),
            (Came::Spelt(key), _) => (self.key, self.ready) = (key, None),
            (Came::Nothing(_) | Came::Bare, _) => {}
        }
        true
    }

    fn written(&self) -> Value {
        let mut out = Vec::new();
        Writer { out: &mut out, forms: Forms::Canonical }.value(self.frag, self.form, self.shape);
        // What the writer writes is JSON.
        serde_json::from_slice(&out).unwrap_or_default()
    }
}

/// Visits the fields and further keys of an object that are sent, in order.
#[inline]
fn each_field<'a, E>(object: &'a dyn Object, mut visit: impl FnMut(Sending<'a>) -> Result<(), E>) -> Result<(), E> {
    let table = object.table();
    let extra = object.extra();
    let notes = extra.notes();
    for (index, field) in table.fields.iter().enumerate() {
        let mut sending = Sending::of(object, field, index);
        // Kept under its name, or set there on purpose.
        if matches!(sending.frag, Frag::Absent) && extra.get(field.name).is_some() {
            continue;
        }
        if !notes.is_empty() && !notes.iter().filter(|(at, _)| *at == index).all(|(_, came)| sending.apply(came)) {
            continue;
        }
        match sending.frag {
            Frag::Absent if extra.is_null(index) => sending.frag = Frag::Null,
            Frag::Absent => continue,
            Frag::List(list) if extra.is_null(index) && list.is_empty() => sending.frag = Frag::Null,
            Frag::Map(entries) if extra.is_null(index) && entries.is_empty() => sending.frag = Frag::Null,
            _ => {}
        }
        visit(sending)?;
    }
    if extra.is_empty() {
        return Ok(());
    }
    for (key, value) in extra.iter() {
        let taken = table.find(key, 0).is_some_and(|index| !matches!(object.at(index).frag(), Frag::Absent));
        if !taken {
            visit(Sending { key, ready: None, frag: Frag::Any(value), form: Form::Plain, shape: None })?;
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

/// What a blank object came as, where it did not come as one.
fn whole(object: &dyn Object) -> Option<&Value> {
    let whole = object.extra().whole()?;
    let fields = object.table().fields.len();
    let blank = object.extra().is_empty()
        && (0..fields).all(|index| match object.at(index).frag() {
            Frag::Absent => true,
            Frag::List(list) => list.is_empty(),
            Frag::Map(entries) => entries.is_empty(),
            _ => false,
        });
    blank.then_some(whole)
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    forms: Forms,
}

impl Writer<'_> {
    fn value(&mut self, frag: Frag<'_>, form: Form, shape: Option<&Shape>) {
        match frag {
            Frag::Absent | Frag::Null => self.out.extend_from_slice(b"null"),
            Frag::List(list) => match (shape, shape.and_then(|shape| shape.keys(list.len()))) {
                (_, Some(keys)) => {
                    let mut begin = b'{';
                    for (key, at) in keys.iter().zip(positions(list.len(), shape)) {
                        self.key(begin, key);
                        self.position(at, form, |index| list.item(index).frag());
                        begin = b',';
                    }
                    self.close(begin);
                }
                (None, None) if is_keyed(list) => {
                    let mut begin = b'{';
                    for item in (0..list.len()).map(|index| list.item(index)) {
                        self.key(begin, key_of(item).unwrap_or_default());
                        self.value(item.frag(), form, None);
                        begin = b',';
                    }
                    self.out.push(b'}');
                }
                (None, None) => {
                    self.out.push(b'[');
                    for index in 0..list.len() {
                        if index > 0 {
                            self.out.push(b',');
                        }
                        self.value(list.item(index).frag(), form, None);
                    }
                    self.out.push(b']');
                }
                (Some(_), None) => self.list(positions(list.len(), shape), form, |index| list.item(index).frag()),
            },
            Frag::Map(entries) if shape.is_some_and(|shape| shape.listed && is_indexed(entries, shape)) => {
                self.list(positions(entries.len(), shape), form, |index| entries.item(index).1.frag());
            }
            Frag::Map(entries) => {
                let mut begin = b'{';
                for at in positions(entries.len(), shape) {
                    match at {
                        At::Item(index) => {
                            let (key, value) = entries.item(index);
                            self.key(begin, key);
                            self.value(value.frag(), form, None);
                        }
                        At::Gap(gap) => {
                            self.key(begin, &gap.key);
                            self.json(&gap.value);
                        }
                    }
                    begin = b',';
                }
                self.close(begin);
            }
            Frag::Object(object) => {
                if let Some(whole) = whole(object) {
                    return self.json(whole);
                }
                let start = self.out.len();
                let Ok(()) = each_field(object, |sending| -> Result<(), std::convert::Infallible> {
                    match sending.ready {
                        Some(ready) => self.out.extend_from_slice(ready.as_bytes()),
                        None => self.key(b',', sending.key),
                    }
                    self.value(sending.frag, sending.form, sending.shape);
                    Ok(())
                });
                // The comma before the first field is the brace.
                match self.out.get_mut(start) {
                    Some(comma) => *comma = b'{',
                    None => self.out.push(b'{'),
                }
                self.out.push(b'}');
            }
            Frag::Any(value) | Frag::Json(value) => self.json(value),
            scalar => match formed(scalar, form, self.forms) {
                Some(value) => self.json(&value),
                None => self.scalar(scalar),
            },
        }
    }

    fn list<'a>(&mut self, all: impl Iterator<Item = At<'a>>, form: Form, item: impl Fn(usize) -> Frag<'a>) {
        let mut begin = b'[';
        for at in all {
            self.out.push(begin);
            self.position(at, form, &item);
            begin = b',';
        }
        if begin == b'[' {
            self.out.push(b'[');
        }
        self.out.push(b']');
    }

    fn position<'a>(&mut self, at: At<'_>, form: Form, item: impl Fn(usize) -> Frag<'a>) {
        match at {
            At::Item(index) => self.value(item(index), form, None),
            At::Gap(gap) => self.json(&gap.value),
        }
    }

    fn scalar(&mut self, scalar: Frag<'_>) {
        match scalar {
            Frag::Str(text) => self.text(text),
            Frag::Int(value) => self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            Frag::Bool(value) => self.out.extend_from_slice(if value { b"true" } else { b"false" }),
            Frag::Float(value) => match whole_number(value) {
                // `1` goes back as `1`.
                Some(value) => self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
                None => self.json(&value),
            },
            _ => self.out.extend_from_slice(b"null"),
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
        if is_plain(text.as_bytes()) {
            self.out.reserve(text.len() + 2);
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        } else {
            self.json(&text);
        }
    }

    fn json(&mut self, value: &impl Serialize) {
        // Writing to a `Vec` does not fail, and neither does a scalar or a `Value`, whose keys are strings.
        let _ = serde_json::to_writer(&mut *self.out, value);
    }
}

/// Whether a string needs no escapes in JSON.
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Eight bytes at a time; the high bit of a byte of the result says that one of the eight is special.
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let special = |word: u64| {
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = has_zero(word ^ (ONES * u64::from(b'"')));
        let backslash = has_zero(word ^ (ONES * u64::from(b'\\')));
        (control | quote | backslash) & HIGH
    };
    let (words, rest) = text.as_chunks::<8>();
    words.iter().all(|word| special(u64::from_ne_bytes(*word)) == 0)
        && rest.iter().all(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
}

/// Whether entries still have the keys of a list.
fn is_indexed(entries: &dyn Entries, shape: &Shape) -> bool {
    let key_at = |(place, at): (usize, At<'_>)| match at {
        At::Item(index) => entries.item(index).0.parse() == Ok(place),
        At::Gap(_) => true,
    };
    positions(entries.len(), Some(shape)).enumerate().all(key_at)
}

/// A value for any serde serializer.
struct Sent<'a>(Frag<'a>, Form, Option<&'a Shape>);

impl<'a> Sent<'a> {
    fn plain(value: &'a Value) -> Self {
        Sent(Frag::Any(value), Form::Plain, None)
    }

    fn at(at: At<'a>, form: Form, item: impl Fn(usize) -> Frag<'a>) -> Self {
        match at {
            At::Item(index) => Sent(item(index), form, None),
            At::Gap(gap) => Sent::plain(&gap.value),
        }
    }
}

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Sent(frag, form, shape) = *self;
        match frag {
            Frag::Absent | Frag::Null => out.serialize_unit(),
            Frag::List(list) => {
                let item = |at| Sent::at(at, form, |index| list.item(index).frag());
                if let Some(keys) = shape.and_then(|shape| shape.keys(list.len())) {
                    return out.collect_map(keys.iter().zip(positions(list.len(), shape).map(item)));
                }
                if shape.is_none() && is_keyed(list) {
                    let items = (0..list.len()).map(|index| list.item(index));
                    return out.collect_map(
                        items.map(|item| (key_of(item).unwrap_or_default(), Sent(item.frag(), form, None))),
                    );
                }
                out.collect_seq(positions(list.len(), shape).map(item))
            }
            Frag::Map(entries) if shape.is_some_and(|shape| shape.listed && is_indexed(entries, shape)) => {
                let item = |at| Sent::at(at, form, |index| entries.item(index).1.frag());
                out.collect_seq(positions(entries.len(), shape).map(item))
            }
            Frag::Map(entries) => out.collect_map(positions(entries.len(), shape).map(|at| match at {
                At::Item(index) => {
                    let (key, value) = entries.item(index);
                    (key, Sent(value.frag(), form, None))
                }
                At::Gap(gap) => (gap.key.as_str(), Sent::plain(&gap.value)),
            })),
            Frag::Object(object) => {
                if let Some(whole) = whole(object) {
                    return whole.serialize(out);
                }
                let mut map = out.serialize_map(None)?;
                each_field(object, |Sending { key, frag, form, shape, .. }| {
                    map.serialize_entry(key, &Sent(frag, form, shape))
                })?;
                map.end()
            }
            Frag::Any(value) | Frag::Json(value) => value.serialize(out),
            scalar => match (formed(scalar, form, Forms::Documented), scalar) {
                (Some(value), _) => value.serialize(out),
                (None, Frag::Str(text)) => out.serialize_str(text),
                (None, Frag::Int(value)) => out.serialize_i64(value),
                (None, Frag::Bool(value)) => out.serialize_bool(value),
                (None, Frag::Float(value)) => match whole_number(value) {
                    Some(value) => out.serialize_i64(value),
                    None => out.serialize_f64(value),
                },
                (None, _) => out.serialize_unit(),
            },
        }
    }
}
