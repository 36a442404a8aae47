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
        Tok::Null | Tok::List | Tok::Map => return Err(Wanted("a string")),
    }
    Ok(Then::Done)
}

/// Whether `tok` stands for a missing text: as [`Slot::absent`], but `""` is a text.
#[doc(hidden)]
pub fn no_text(tok: &Tok<'_>) -> bool {
    tok.is_container() || matches!(tok, Tok::Null | Tok::Bool(false))
}

/// `300|USD`: money with its currency, which no number can hold.
fn is_money(text: &str) -> bool {
    text.split_once('|').is_some_and(|(amount, currency)| {
        (amount.is_empty() || amount.parse::<f64>().is_ok())
            && currency.len() <= 8
            && currency.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn put_number<'a, T>(slot: &mut T, tok: &Tok<'_>, number: Option<T>, wanted: Wanted) -> Result<Then<'a>, Wanted> {
    match (number, *tok) {
        (Some(number), _) => *slot = number,
        (None, Tok::Str(text)) if is_money(text) => return Ok(Then::Keep(wanted)),
        _ => return Err(wanted),
    }
    Ok(Then::Done)
}

impl Slot for i64 {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        put_number(self, tok, integer(tok), Wanted("an integer"))
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
            text.parse().ok().or_else(|| {
                // A decimal column of the database: `100.0000`.
                let (whole, fraction) = text.split_once('.')?;
                if fraction.bytes().all(|digit| digit == b'0') { whole.parse().ok() } else { None }
            })
        }
        _ => None,
    }
}

/// A float without a fraction, as long as floats are exact.
pub(crate) fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within the exact range")]
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

impl Slot for f64 {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        put_number(self, tok, double(tok), Wanted("a number"))
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
        Tok::Str(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    }
}

impl Slot for bool {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        *self = boolean(tok).ok_or(Wanted("a boolean"))?;
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
            Tok::Null | Tok::List | Tok::Map => return Err(Wanted("a text, a number or a boolean")),
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
