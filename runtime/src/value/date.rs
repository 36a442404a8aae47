//! Days and moments, with their text as it travels.

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

macro_rules! dated {
    ($(#[$doc:meta])* $ty:ident, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $ty(String);

        impl $ty {
            /// As it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Slot for $ty {
            fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
                match tok {
                    Tok::Str(text) => self.0.push_str(text),
                    _ => return Err(Wanted($wanted)),
                }
                Ok(Then::Done)
            }

            fn frag(&self) -> Frag<'_> {
                Frag::Str(&self.0)
            }

            fn blank() -> Self {
                $ty(String::new())
            }

            fn absent(tok: &Tok<'_>) -> bool {
                matches!(tok, Tok::Null | Tok::Bool(false) | Tok::Str("") | Tok::List | Tok::Map)
            }

            fn takes(tok: &Tok<'_>) -> bool {
                matches!(tok, Tok::Str(_))
            }
        }

        impl From<&str> for $ty {
            fn from(text: &str) -> Self {
                $ty(text.to_owned())
            }
        }

        impl From<String> for $ty {
            fn from(text: String) -> Self {
                $ty(text)
            }
        }
    };
}

dated! {
    /// A calendar day.
    Date, "a date"
}
dated! {
    /// A moment.
    DateTime, "a date with time"
}

/// A moment in Unix seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Timestamp(seconds)
    }
}

impl Slot for Timestamp {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        self.0.put(tok).map_err(|_| Wanted("a moment in Unix seconds"))
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Int(self.0)
    }

    fn blank() -> Self {
        Timestamp(0)
    }

    fn absent(tok: &Tok<'_>) -> bool {
        i64::absent(tok) || matches!(tok, Tok::Bool(false))
    }

    fn takes(tok: &Tok<'_>) -> bool {
        i64::takes(tok)
    }
}
