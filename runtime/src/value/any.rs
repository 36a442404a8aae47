//! Values without a documented type.

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

/// A value that the docs do not describe.
pub type Any = serde_json::Value;

impl Slot for Any {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        *self = match *tok {
            Tok::Null => Any::Null,
            Tok::Bool(value) => value.into(),
            Tok::Int(value) => value.into(),
            Tok::Big(value) => value.into(),
            Tok::Float(value) => value.into(),
            Tok::Str(value) => value.into(),
            Tok::List | Tok::Map => return Ok(Then::Any(self)),
        };
        Ok(Then::Done)
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Any(self)
    }

    fn blank() -> Self {
        Any::Null
    }

    fn absent(_: &Tok<'_>) -> bool {
        false
    }

    fn takes(_: &Tok<'_>) -> bool {
        true
    }
}
