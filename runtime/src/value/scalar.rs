//! Numbers, booleans, texts, and a value that is any of them.

use std::fmt;

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

/// Gives the text of a scalar to `keep`.
#[doc(hidden)]
pub fn with_text<'a>(tok: &Tok<'_>, keep: impl FnOnce(&str)) -> Result<Then<'a>, Wanted> {
    match *tok {
        Tok::Str(text) => keep(text),
        Tok::Int(value) => keep(itoa::Buffer::new().format(value)),
        Tok::Big(value) => keep(itoa::Buffer::new().format(value)),
        Tok::Float(value) => keep(&value.to_string()),
        Tok::Bool(value) => keep(if value { "true" } else { "false" }),
        Tok::Null => return Err(Wanted("a string")),
        // A portal can let a field have several values.
        Tok::List | Tok::Map => return Ok(Then::Empty { wanted: Wanted("a string"), keep: true }),
    }
    Ok(Then::Done)
}

/// Whether `tok` stands for a missing text: as [`Slot::absent`], but `""` is a text.
#[doc(hidden)]
pub fn no_text(tok: &Tok<'_>) -> bool {
    tok.is_container() || matches!(tok, Tok::Null | Tok::Bool(false))
}

/// What becomes of a token that is none of a type's own forms: whatever a portal's settings may make of a figure is kept
/// (`300|USD`, `1.5`, `12 kg`, several values), a word and an object are not.
pub(crate) fn odd<'a>(tok: &Tok<'_>, wanted: Wanted) -> Result<Then<'a>, Wanted> {
    match *tok {
        Tok::Str(text) if text.bytes().any(|byte| byte.is_ascii_digit()) => Ok(Then::Keep(wanted)),
        Tok::Int(_) | Tok::Big(_) | Tok::Float(_) | Tok::Bool(true) => Ok(Then::Keep(wanted)),
        Tok::List => Ok(Then::Empty { wanted, keep: true }),
        Tok::Map => Ok(Then::Empty { wanted, keep: false }),
        Tok::Str(_) | Tok::Bool(false) | Tok::Null => Err(wanted),
    }
}

/// Puts `value` into `slot`, if there is one.
fn put_or_odd<'a, T>(slot: &mut T, tok: &Tok<'_>, value: Option<T>, wanted: &'static str) -> Result<Then<'a>, Wanted> {
    match value {
        Some(value) => *slot = value,
        None => return odd(tok, Wanted(wanted)),
    }
    Ok(Then::Done)
}

impl Slot for i64 {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        put_or_odd(self, tok, integer(tok), "an integer")
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Int(*self)
    }

    fn blank() -> Self {
        0
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Int(_))
    }
}

fn integer(tok: &Tok<'_>) -> Option<i64> {
    match *tok {
        Tok::Int(value) => Some(value),
        Tok::Float(value) => whole(value),
        Tok::Str(text) => {
            let text = text.trim();
            // A decimal column of the database: `100.0000`.
            let whole = match text.split_once('.') {
                Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
                Some(_) => return None,
                None => text,
            };
            if is_code(whole) { None } else { whole.parse().ok() }
        }
        _ => None,
    }
}

/// Whether figures are no number although they could be read as one: `+7495`, `0042`.
fn is_code(text: &str) -> bool {
    text.starts_with('+') || text.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A float without a fraction, as long as floats are exact.
pub(crate) fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within the exact range")]
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

impl Slot for f64 {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        put_or_odd(self, tok, double(tok), "a number")
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Float(*self)
    }

    fn blank() -> Self {
        0.0
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Int(_) | Tok::Big(_) | Tok::Float(_))
    }
}

fn double(tok: &Tok<'_>) -> Option<f64> {
    match *tok {
        #[expect(clippy::cast_precision_loss, reason = "the field is a float")]
        Tok::Int(value) => Some(value as f64),
        #[expect(clippy::cast_precision_loss, reason = "the field is a float")]
        Tok::Big(value) => Some(value as f64),
        Tok::Float(value) => Some(value),
        Tok::Str(text) => {
            let text = text.trim();
            let number = text.parse().ok().filter(|value: &f64| value.is_finite())?;
            // More figures than a float has.
            let exact = text.len() <= 15 || number.to_string() == text.trim_end_matches('0').trim_end_matches('.');
            (exact && !is_code(text)).then_some(number)
        }
        _ => None,
    }
}

impl Slot for bool {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        match (boolean(tok), tok) {
            (Some(value), _) => *self = value,
            // `D`: as the settings say.
            (None, Tok::Str(text)) if text.len() == 1 => return Ok(Then::Keep(Wanted("a boolean"))),
            (None, tok) => return odd(tok, Wanted("a boolean")),
        }
        Ok(Then::Done)
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Bool(*self)
    }

    fn blank() -> Self {
        false
    }

    fn absent(tok: &Tok<'_>) -> bool {
        tok.is_container() || matches!(tok, Tok::Null | Tok::Str(""))
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Bool(_))
    }
}

fn boolean(tok: &Tok<'_>) -> Option<bool> {
    const YES: [&str; 5] = ["Y", "1", "true", "yes", "on"];
    const NO: [&str; 6] = ["N", "0", "false", "no", "off", ""];
    match *tok {
        Tok::Bool(value) => Some(value),
        Tok::Int(1) => Some(true),
        Tok::Int(0) => Some(false),
        Tok::Str(text) if YES.iter().any(|yes| text.eq_ignore_ascii_case(yes)) => Some(true),
        Tok::Str(text) if NO.iter().any(|no| text.eq_ignore_ascii_case(no)) => Some(false),
        _ => None,
    }
}

impl Slot for String {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        // One allocation of the right size, where `clone_into` grows.
        with_text(tok, |text| *self = String::from(text))
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Str(self)
    }

    fn blank() -> Self {
        String::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        no_text(tok)
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
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        *self = match *tok {
            Tok::Bool(value) => Scalar::Bool(value),
            Tok::Int(value) => Scalar::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "no integer of Rust's wire types holds it")]
            Tok::Big(value) => Scalar::Float(value as f64),
            Tok::Float(value) => Scalar::Float(value),
            Tok::Str(value) => Scalar::Text(value.to_owned()),
            Tok::Null => return Err(Wanted("a text, a number or a boolean")),
            Tok::List | Tok::Map => {
                return Ok(Then::Empty { wanted: Wanted("a text, a number or a boolean"), keep: true });
            }
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

    fn absent(tok: &Tok<'_>) -> bool {
        tok.is_container() || matches!(tok, Tok::Null)
    }

    fn takes(tok: &Tok<'_>) -> bool {
        !Self::absent(tok)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Bool(value) => value.fmt(out),
            Scalar::Int(value) => value.fmt(out),
            Scalar::Float(value) => value.fmt(out),
            Scalar::Text(value) => value.fmt(out),
        }
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

crate::__serde!(Scalar);
