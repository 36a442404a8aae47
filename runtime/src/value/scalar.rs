//! Numbers, booleans, texts, and a value that is any of them.

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

/// Gives the text of a scalar to `keep`.
pub(crate) fn with_text(tok: Tok<'_>, keep: impl FnOnce(&str)) -> Result<(), Wanted> {
    match tok {
        Tok::Str(text) => keep(text),
        Tok::Int(value) => keep(itoa::Buffer::new().format(value)),
        Tok::Big(value) => keep(itoa::Buffer::new().format(value)),
        Tok::Float(value) => keep(&value.to_string()),
        Tok::Bool(value) => keep(if value { "true" } else { "false" }),
        Tok::Null | Tok::List | Tok::Map => return Err(Wanted("a string")),
    }
    Ok(())
}

macro_rules! scalar {
    ($ty:ty, $wanted:literal, $blank:expr, $tok:ident => $read:expr, $value:ident => $frag:expr, $takes:pat) => {
        impl Slot for $ty {
            fn put(&mut self, $tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
                *self = ($read).ok_or(Wanted($wanted))?;
                Ok(Then::Done)
            }

            fn frag(&self) -> Frag<'_> {
                let $value = self;
                $frag
            }

            fn blank() -> Self {
                $blank
            }

            fn absent(tok: &Tok<'_>) -> bool {
                matches!(tok, Tok::Null | Tok::Str("") | Tok::List | Tok::Map)
            }

            fn takes(tok: &Tok<'_>) -> bool {
                matches!(tok, $takes)
            }
        }
    };
}

scalar!(i64, "an integer", 0, tok => integer(tok), value => Frag::Int(*value), Tok::Int(_));
scalar!(f64, "a number", 0.0, tok => double(tok), value => Frag::Float(*value), Tok::Int(_) | Tok::Big(_) | Tok::Float(_));
scalar!(bool, "a boolean", false, tok => boolean(tok), value => Frag::Bool(*value), Tok::Bool(_));

fn integer(tok: Tok<'_>) -> Option<i64> {
    match tok {
        Tok::Int(value) => Some(value),
        Tok::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn double(tok: Tok<'_>) -> Option<f64> {
    match tok {
        #[expect(clippy::cast_precision_loss, reason = "the field is a float")]
        Tok::Int(value) => Some(value as f64),
        Tok::Float(value) => Some(value),
        Tok::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn boolean(tok: Tok<'_>) -> Option<bool> {
    match tok {
        Tok::Bool(value) => Some(value),
        Tok::Int(1) | Tok::Str("Y" | "y" | "1" | "true") => Some(true),
        Tok::Int(0) | Tok::Str("N" | "n" | "0" | "false" | "") => Some(false),
        _ => None,
    }
}

impl Slot for String {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        with_text(tok, |text| {
            self.clear();
            self.push_str(text);
        })?;
        Ok(Then::Done)
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Str(self)
    }

    fn blank() -> Self {
        String::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Null | Tok::List | Tok::Map)
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Str(_))
    }
}

/// A text, a number or a boolean, where the docs allow several of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
}

impl Slot for Scalar {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        *self = match tok {
            Tok::Bool(value) => Scalar::Bool(value),
            Tok::Int(value) => Scalar::Int(value),
            Tok::Float(value) => Scalar::Float(value),
            Tok::Str(value) => Scalar::Text(value.to_owned()),
            _ => return Err(Wanted("a text, a number or a boolean")),
        };
        Ok(Then::Done)
    }

    fn frag(&self) -> Frag<'_> {
        match self {
            Scalar::Bool(value) => Frag::Bool(*value),
            Scalar::Int(value) => Frag::Int(*value),
            Scalar::Float(value) => Frag::Float(*value),
            Scalar::Text(value) => Frag::Str(value),
        }
    }

    fn blank() -> Self {
        Scalar::Text(String::new())
    }

    fn takes(tok: &Tok<'_>) -> bool {
        !matches!(tok, Tok::List | Tok::Map | Tok::Null)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Scalar::Bool(value)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Scalar::Int(value)
    }
}

impl From<f64> for Scalar {
    fn from(value: f64) -> Self {
        Scalar::Float(value)
    }
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Scalar::Text(value.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Scalar::Text(value)
    }
}
