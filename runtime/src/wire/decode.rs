//! Entry points of decoding: whatever the source, one monomorphic path per deserializer leads to [`Fill`].

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error},
};
use serde_json::Value;

use super::{Path, Slot, fill::Fill, trace::Trace};

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

/// `Deserialize` of every emitted type: one instantiation per deserializer.
///
/// # Errors
///
/// As [`from_slice`].
pub fn deserialize<'de, T: Slot, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let mut value = T::blank();
    fill_from(&mut Trace::default(), input, &mut value).map_err(D::Error::custom)?;
    Ok(value)
}

/// Reads `json` into `slot`, which is half filled after an error.
pub(crate) fn fill(json: &[u8], slot: &mut dyn Slot) -> Result<(), DecodeError> {
    fill_with(&mut Trace::default(), json, slot)
}

/// As [`fill`], but what is missing although it must be there is no error: its name is given back.
pub(crate) fn fill_incomplete(json: &[u8], slot: &mut dyn Slot) -> Result<Vec<&'static str>, DecodeError> {
    let mut trace = Trace::default();
    trace.missing = Some(Vec::new());
    fill_with(&mut trace, json, slot)?;
    Ok(trace.missing.unwrap_or_default())
}

fn fill_with(trace: &mut Trace, json: &[u8], slot: &mut dyn Slot) -> Result<(), DecodeError> {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    // Checking the whole text at once is quicker than every string by itself. What is no UTF-8 fails below, with its path.
    match std::str::from_utf8(json) {
        Ok(text) => fill_whole(trace, serde_json::Deserializer::from_str(text), slot),
        Err(_) => fill_whole(trace, serde_json::Deserializer::from_slice(json), slot),
    }
}

fn fill_whole<'de, R: serde_json::de::Read<'de>>(
    trace: &mut Trace,
    mut input: serde_json::Deserializer<R>,
    slot: &mut dyn Slot,
) -> Result<(), DecodeError> {
    fill_from(trace, &mut input, slot)?;
    input.end().map_err(|error| Trace::default().into_error(&error))
}

/// Reads `tree` into `slot`, which is half filled after an error.
pub(crate) fn fill_from_tree(tree: &Value, slot: &mut dyn Slot) -> Result<(), DecodeError> {
    fill_from(&mut Trace::default(), tree, slot)
}

fn fill_from<'de, D: Deserializer<'de>>(trace: &mut Trace, input: D, slot: &mut dyn Slot) -> Result<(), DecodeError> {
    let outcome = Fill { slot: &mut *slot, trace: &mut *trace }.deserialize(input);
    match outcome.and_then(|outcome| outcome.settle(slot, trace)) {
        Ok(()) => Ok(()),
        Err(error) => Err(std::mem::take(trace).into_error(&error)),
    }
}
