//! The traits that the drivers speak to.

use serde_json::Value;

use super::{Extra, Object};

/// A JSON scalar, or the start of a container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tok<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond `i64`.
    Big(u64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(&'a str),
    /// `[`
    List,
    /// `{`
    Map,
}

impl Tok<'_> {
    /// Whether it is `null`, or `false` or `""`, which PHP code answers in place of a container or a date that is not
    /// there.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Tok::Null | Tok::Bool(false) | Tok::Str(""))
    }

    /// Whether it begins a list or an object.
    pub fn is_container(&self) -> bool {
        matches!(self, Tok::List | Tok::Map)
    }
}

/// What a slot would have taken, as a noun: `"an integer"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted(pub &'static str);

/// What the decoder does after a slot took a token.
pub enum Then<'a> {
    /// Goes on: the value is complete.
    Done,
    /// Goes on and notes that the value was there without saying anything (`null`, or what stands for it).
    Null,
    /// Keeps the scalar beside the field, which holds nothing: no value of its type says the same (`300|USD`). Fields of
    /// structures and items of lists and maps have such a place; elsewhere it is an error.
    Keep(Wanted),
    /// Goes on: a list took the scalar as its only item.
    Bare,
    /// Reads the container to its end and insists that it is empty, or keeps it as [`Then::Keep`] does if `keep` says so.
    Empty {
        /// What was wanted, for the error.
        wanted: Wanted,
        /// Whether one with something inside is kept.
        keep: bool,
    },
    /// Fills a list; the values of a map too.
    List(&'a mut dyn List),
    /// Fills an object's fields.
    Object(&'a mut dyn Object),
    /// Fills entries whose keys are data; from a list under `0`, `1` …
    Map(&'a mut dyn Entries),
    /// Keeps whatever comes.
    Any(&'a mut Value),
}

/// What the encoder sees of a value.
#[derive(Clone, Copy)]
pub enum Frag<'a> {
    /// Not there: a field is left out, an item of a list is `null`.
    Absent,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(&'a str),
    /// A list.
    List(&'a dyn List),
    /// An object.
    Object(&'a dyn Object),
    /// Entries whose keys are data.
    Map(&'a dyn Entries),
    /// Anything.
    Any(&'a Value),
    /// JSON that a type of the runtime gives a meaning: a file.
    Json(&'a Value),
}

/// A place that takes one JSON value: every type of a field.
pub trait Slot {
    /// Takes a scalar or the start of a container.
    ///
    /// # Errors
    ///
    /// What it would have taken.
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted>;

    /// What it holds.
    fn frag(&self) -> Frag<'_>;

    /// The value before anything was put in.
    fn blank() -> Self
    where
        Self: Sized;

    /// Whether `tok` stands for a missing value of this type: `""` of a date. A container does only if it is empty.
    fn absent(tok: &Tok<'_>) -> bool
    where
        Self: Sized,
    {
        tok.is_nothing() || tok.is_container()
    }

    /// Whether `tok` is this type's own form (not one that is merely tolerated): decides between the sides of a union.
    fn takes(tok: &Tok<'_>) -> bool
    where
        Self: Sized;

    /// The unknown keys of an object.
    fn extra(&self) -> Option<&Extra> {
        None
    }

    /// The unknown keys of an object, to change.
    fn extra_mut(&mut self) -> Option<&mut Extra> {
        None
    }
}

/// A list, seen from the drivers.
pub trait List {
    /// Adds a blank item.
    fn grow(&mut self) -> &mut dyn Slot;
    /// Number of items.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The item at `index`.
    fn item(&self, index: usize) -> &dyn Slot;
    /// Notes the key under which the last item stood, where a map came in place of a list.
    fn keep_key(&mut self, key: &str);
    /// Takes the last item back.
    fn shrink(&mut self);
}

/// Entries whose keys are data, seen from the drivers.
pub trait Entries {
    /// The index of the entry under `key`, blank if new.
    fn open(&mut self, key: String) -> usize;
    /// The value at `index`, to fill.
    fn value(&mut self, index: usize) -> &mut dyn Slot;
    /// Takes the entry at `index` back.
    fn close(&mut self, index: usize);
    /// Number of entries.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The entry at `index`.
    fn item(&self, index: usize) -> (&str, &dyn Slot);
}
