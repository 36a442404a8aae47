//! Named structures: a table of wire names and access by index.

use super::{Extra, Frag, Slot, Then, Tok, Wanted};

/// How a value is sent where that differs from its own JSON form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As JSON has it.
    #[default]
    Plain,
    /// A boolean as `"Y"`, `"N"`.
    Yn,
    /// A boolean as `1`, `0`; an enum of whole numbers as numbers.
    Int,
    /// A number as `"37"`; a boolean as `"1"`, `"0"`.
    Text,
}

/// One field of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key on the wire.
    pub name: &'static str,
    /// `,"name":`, unless the name needs escapes.
    pub(super) key: Option<&'static str>,
    /// How it is sent.
    pub form: Form,
    /// Whether a request without it is not one.
    pub required: bool,
}

impl Field {
    /// A field in plain form. `key` is its name as the encoder writes it after another field: `,"ID":`.
    ///
    /// # Panics
    ///
    /// While the crate is compiled, if `key` is not of that form.
    pub const fn new(key: &'static str) -> Self {
        let (before, rest) = key.split_at(2);
        let (name, after) = rest.split_at(rest.len() - 2);
        assert!(before.len() == 2 && after.len() == 2);
        let mut plain = true;
        let mut at = 0;
        while at < name.len() {
            let byte = name.as_bytes()[at];
            plain &= byte >= 0x20 && byte != b'"' && byte != b'\\';
            at += 1;
        }
        Field { name, key: if plain { Some(key) } else { None }, form: Form::Plain, required: false }
    }

    /// Sent as `"Y"`, `"N"`.
    #[must_use]
    pub const fn yn(mut self) -> Self {
        self.form = Form::Yn;
        self
    }

    /// Sent as a number.
    #[must_use]
    pub const fn int(mut self) -> Self {
        self.form = Form::Int;
        self
    }

    /// Sent as a string.
    #[must_use]
    pub const fn text(mut self) -> Self {
        self.form = Form::Text;
        self
    }

    /// Must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// What the drivers know of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The Rust type's name.
    pub name: &'static str,
    /// How documented keys beyond the fields begin; letter case and `_` do not matter. `""`: any key.
    pub open: &'static [&'static str],
    /// Whether any field is required.
    pub required: bool,
    /// The fields in the order of [`Object::at`].
    pub fields: &'static [Field],
}

impl Table {
    /// A closed structure.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        let mut required = false;
        let mut index = 0;
        while index < fields.len() {
            required |= fields[index].required;
            index += 1;
        }
        Table { name, open: &[], required, fields }
    }

    /// The index of the field `name`, most likely `expected`.
    pub fn find(&self, name: &str, expected: usize) -> Option<usize> {
        match self.fields.get(expected) {
            Some(field) if field.name == name => Some(expected),
            _ => self.fields.iter().position(|field| field.name == name),
        }
    }

    /// The index of the field that is spelt `name` but for letter case.
    pub(super) fn find_in_any_case(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Keys that begin with one of `prefixes` are documented.
    #[must_use]
    pub const fn open(mut self, prefixes: &'static [&'static str]) -> Self {
        self.open = prefixes;
        self
    }

    /// Whether `key`, which is no field, is documented: `ufCrm_1` where `UF_CRM_…` is.
    pub(super) fn is_open_to(&self, key: &str) -> bool {
        let bare = |text: &'static str| text.bytes().filter(|byte| *byte != b'_');
        self.open.iter().any(|prefix| {
            let mut key = key.bytes().filter(|byte| *byte != b'_');
            bare(prefix).all(|byte| key.next().is_some_and(|other| other.eq_ignore_ascii_case(&byte)))
        })
    }
}

/// A named structure: all that is emitted for one, by [`object!`](crate::object).
pub trait Object {
    /// Its table.
    fn table(&self) -> &'static Table;
    /// The field at `index` of the table.
    fn at(&self, index: usize) -> &dyn Slot;
    /// The field at `index` of the table, to fill.
    fn at_mut(&mut self, index: usize) -> &mut dyn Slot;
    /// The keys without a field.
    fn extra(&self) -> &Extra;
    /// The keys without a field, to fill.
    fn extra_mut(&mut self) -> &mut Extra;
    /// The structure before anything was put in.
    fn blank() -> Self
    where
        Self: Sized;
}

impl<T: Object> Slot for T {
    #[inline]
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        const WANTED: Wanted = Wanted("an object");
        match *tok {
            Tok::Map => Ok(Then::Object(self)),
            // PHP cannot tell an empty map from an empty list.
            Tok::List => Ok(Then::Empty { wanted: WANTED, keep: true }),
            tok if tok.is_nothing() => Ok(Then::Null),
            // An identifier where the object was not expanded.
            _ => Ok(Then::Keep(WANTED)),
        }
    }

    #[inline]
    fn frag(&self) -> Frag<'_> {
        Frag::Object(self)
    }

    #[inline]
    fn blank() -> Self {
        Object::blank()
    }

    #[inline]
    fn absent(tok: &Tok<'_>) -> bool {
        tok.is_nothing()
    }

    #[inline]
    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Map)
    }

    #[inline]
    fn extra(&self) -> Option<&Extra> {
        Some(Object::extra(self))
    }

    #[inline]
    fn extra_mut(&mut self) -> Option<&mut Extra> {
        Some(Object::extra_mut(self))
    }
}

/// Recursive structures are boxed.
impl<T: Object> Object for Box<T> {
    #[inline]
    fn table(&self) -> &'static Table {
        (**self).table()
    }

    #[inline]
    fn at(&self, index: usize) -> &dyn Slot {
        (**self).at(index)
    }

    #[inline]
    fn at_mut(&mut self, index: usize) -> &mut dyn Slot {
        (**self).at_mut(index)
    }

    #[inline]
    fn extra(&self) -> &Extra {
        Object::extra(&**self)
    }

    #[inline]
    fn extra_mut(&mut self) -> &mut Extra {
        Object::extra_mut(&mut **self)
    }

    #[inline]
    fn blank() -> Self {
        Box::new(Object::blank())
    }
}
