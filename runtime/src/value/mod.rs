//! The types of fields.

mod date;
mod file;
mod list;
mod map;
mod scalar;
mod time;
mod union;

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

pub use date::{Date, DateTime, Timestamp};
pub use file::File;
pub use map::Map;
pub use scalar::Scalar;
pub(crate) use scalar::with_text;
pub use time::Time;
pub use union::{Either, OneOrMany};

/// A value that the docs do not describe.
pub type Any = serde_json::Value;

impl Slot for Any {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        *self = match tok {
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

impl<T: Slot> Slot for Option<T> {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        if T::absent(&tok) {
            *self = None;
            return Ok(match tok {
                Tok::List | Tok::Map => Then::Empty { wanted: Wanted("nothing"), null: true },
                _ => Then::Null,
            });
        }
        self.insert(T::blank()).put(tok)
    }

    fn frag(&self) -> Frag<'_> {
        self.as_ref().map_or(Frag::Absent, Slot::frag)
    }

    fn blank() -> Self {
        None
    }

    fn absent(_: &Tok<'_>) -> bool {
        false
    }

    fn takes(tok: &Tok<'_>) -> bool {
        T::absent(tok) || T::takes(tok)
    }
}
