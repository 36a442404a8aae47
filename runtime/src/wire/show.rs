//! `Debug` and `PartialEq` through the tables.

use std::fmt;

use super::{Frag, Slot};

/// `Debug` of every emitted type: the type's name and the fields that are there, by their wire names. Strings under keys
/// that name a secret are not shown.
///
/// # Errors
///
/// Those of `out`.
pub fn debug(value: &dyn Slot, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Shown(value), out)
}

/// A value as [`debug`] shows it.
pub(super) struct Shown<'a>(pub(super) &'a dyn Slot);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.frag() {
            Frag::Absent | Frag::Null => out.write_str("null"),
            Frag::Bool(value) => value.fmt(out),
            Frag::Int(value) => value.fmt(out),
            Frag::Float(value) => value.fmt(out),
            Frag::Str(value) => value.fmt(out),
            Frag::Any(value) | Frag::Json(value) => Json(value).fmt(out),
            Frag::List(list) => out.debug_list().entries((0..list.len()).map(|index| Shown(list.item(index)))).finish(),
            Frag::Map(entries) => {
                let mut map = out.debug_map();
                for (key, value) in (0..entries.len()).map(|index| entries.item(index)) {
                    map.entry(&key, &Guarded(key, value));
                }
                map.finish()
            }
            Frag::Object(object) => {
                let table = object.table();
                let mut shown = out.debug_struct(table.name);
                for (index, field) in table.fields.iter().enumerate() {
                    let value = object.at(index);
                    if !matches!(value.frag(), Frag::Absent) {
                        shown.field(field.name, &Guarded(field.name, value));
                    }
                }
                for (key, value) in object.extra().iter() {
                    shown.field(key, &Guarded(key, value));
                }
                shown.finish()
            }
        }
    }
}

struct Guarded<'a>(&'a str, &'a dyn Slot);

impl fmt::Debug for Guarded<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1.frag() {
            Frag::Str(_) | Frag::Any(serde_json::Value::String(_)) if is_secret(self.0) => out.write_str("(secret)"),
            _ => Shown(self.1).fmt(out),
        }
    }
}

struct Json<'a>(&'a serde_json::Value);

impl fmt::Debug for Json<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            serde_json::Value::Array(items) => out.debug_list().entries(items.iter().map(Json)).finish(),
            serde_json::Value::Object(entries) => {
                out.debug_map().entries(entries.iter().map(|(key, value)| (key, Guarded(key, value)))).finish()
            }
            scalar => fmt::Display::fmt(scalar, out),
        }
    }
}

/// Whether a value under this key must not be shown: tokens, passwords, and what authorises in Bitrix24.
pub(crate) fn is_secret(key: &str) -> bool {
    const ENDS: [&str; 5] = ["token", "secret", "password", "passwd", "webhook"];
    const WHOLE: [&str; 4] = ["auth", "auth_id", "refresh_id", "code_verifier"];
    let key = key.to_ascii_lowercase();
    ENDS.iter().any(|end| key.ends_with(end)) || WHOLE.contains(&key.as_str())
}

/// `PartialEq` of every emitted type: all that would be sent is the same.
#[expect(clippy::float_cmp, reason = "equality of what is held, not of what is meant")]
pub fn equal(one: &dyn Slot, other: &dyn Slot) -> bool {
    match (one.frag(), other.frag()) {
        (Frag::Absent, Frag::Absent) | (Frag::Null, Frag::Null) => true,
        (Frag::Bool(one), Frag::Bool(other)) => one == other,
        (Frag::Int(one), Frag::Int(other)) => one == other,
        (Frag::Float(one), Frag::Float(other)) => one == other,
        (Frag::Str(one), Frag::Str(other)) => one == other,
        (Frag::Any(one), Frag::Any(other)) | (Frag::Json(one), Frag::Json(other)) => one == other,
        (Frag::List(one), Frag::List(other)) => {
            one.len() == other.len() && (0..one.len()).all(|index| equal(one.item(index), other.item(index)))
        }
        (Frag::Map(one), Frag::Map(other)) => {
            one.len() == other.len()
                && (0..one.len()).all(|index| {
                    let ((one_key, one), (other_key, other)) = (one.item(index), other.item(index));
                    one_key == other_key && equal(one, other)
                })
        }
        (Frag::Object(one), Frag::Object(other)) => {
            std::ptr::eq(one.table(), other.table())
                && (0..one.table().fields.len()).all(|index| equal(one.at(index), other.at(index)))
                && one.extra() == other.extra()
        }
        _ => false,
    }
}
