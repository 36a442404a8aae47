//! `Debug` and `PartialEq` through the tables.

use std::fmt;

use super::Slot;

/// `Debug` of every emitted type: the type's name and the fields that are there.
///
/// # Errors
///
/// Those of `out`.
pub fn debug(_value: &dyn Slot, _out: &mut fmt::Formatter<'_>) -> fmt::Result {
    todo!()
}

/// `PartialEq` of every emitted type.
pub fn equal(_one: &dyn Slot, _other: &dyn Slot) -> bool {
    todo!()
}
