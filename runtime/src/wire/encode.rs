//! Slots into JSON.

use serde::Serializer;

use super::Slot;

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
pub fn to_vec(_value: &dyn Slot, _forms: Forms) -> Vec<u8> {
    todo!()
}

/// `Serialize` of every emitted type.
///
/// # Errors
///
/// Those of `out`.
pub fn serialize<S: Serializer>(_value: &dyn Slot, _out: S) -> Result<S::Ok, S::Error> {
    todo!()
}
