//! JSON into slots: one visitor for every type.

use std::fmt;

use serde::{Deserializer, de::Error as _};

use super::Slot;

/// A value that cannot be read, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// `result.items[3].ID`; empty for the root.
    pub path: String,
    /// What was wanted, as a noun: `an integer`.
    pub wanted: String,
    /// What was met.
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

/// Reads `json` into `slot`.
pub(crate) fn fill(_json: &[u8], _slot: &mut dyn Slot) -> Result<(), DecodeError> {
    todo!()
}

/// `Deserialize` of every emitted type.
///
/// # Errors
///
/// As [`from_slice`].
pub fn deserialize<'de, T: Slot, D: Deserializer<'de>>(_input: D) -> Result<T, D::Error> {
    Err(D::Error::custom("todo"))
}
