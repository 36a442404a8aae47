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
    /// The name as the encoder writes it after another field: `,"ID":`.
    pub key: &'static str,
    /// What the table says beyond the name, of [`mark`].
    pub marks: u8,
}

/// Marks of a [`Field`], by the words of [`object!`](crate::object) and [`input!`](crate::input).
#[allow(non_upper_case_globals, reason = "the macros write them as they stand in tables")]
pub mod mark {
    /// Sent as `"Y"`, `"N"`.
    pub const yn: u8 = 1;
    /// Sent as a number.
    pub const int: u8 = 2;
    /// Sent as a string.
    pub const text: u8 = 4;
    /// Must be there.
    pub const required: u8 = 8;
    /// JSON writes the name with escapes.
    pub const escaped: u8 = 16;
}

impl Field {
    /// How it is sent.
    #[inline]
    pub fn form(&self) -> Form {
        match self.marks & (mark::yn | mark::int | mark::text) {
            0 => Form::Plain,
            mark::yn => Form::Yn,
            mark::int => Form::Int,
            _ => Form::Text,
        }
    }

    /// Whether a request without it is not one.
    #[inline]
    pub fn is_required(&self) -> bool {
        self.marks & mark::required != 0
    }

    /// `,"name":`, unless the name needs escapes.
    #[inline]
    pub(super) fn ready(&self) -> Option<&'static str> {
        let plain = self.marks & mark::escaped == 0;
        debug_assert!(
            !plain || !self.name.contains(|c| matches!(c, '"' | '\\' | '\0'..' ')),
            "{:?} lacks `escaped`",
            self.name
        );
        plain.then_some(self.key)
    }
}

/// What the drivers know of a structure.
///
/// Written as it stands by the macros: what is computed while a crate of thousands of tables compiles takes seconds.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The Rust type's name.
    pub name: &'static str,
    /// How documented keys beyond the fields begin; letter case and `_` do not matter. `""`: any key.
    pub open: &'static [&'static str],
    /// Whether fields may be required.
    pub input: bool,
    /// The fields in the order of [`Object::at`].
    pub fields: &'static [Field],
}

impl Table {
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
    /// The field at `index` of the table; beyond it, the keys without a field.
    fn at(&self, index: usize) -> &dyn Slot;
    /// The field at `index` of the table, to fill; beyond it, the keys without a field.
    fn at_mut(&mut self, index: usize) -> &mut dyn Slot;
    /// The structure before anything was put in.
    fn blank() -> Self
    where
        Self: Sized;
}

/// Why [`Object::at`] gives keys there.
const BEYOND: &str = "an object has its keys without a field beyond its table";

impl dyn Object + '_ {
    /// The keys without a field.
    ///
    /// # Panics
    ///
    /// If [`Object::at`] is written by hand and wrong.
    #[inline]
    pub fn extra(&self) -> &Extra {
        self.at(usize::MAX).extra().expect(BEYOND)
    }

    /// The keys without a field, to fill.
    ///
    /// # Panics
    ///
    /// If [`Object::at_mut`] is written by hand and wrong.
    #[inline]
    pub fn extra_mut(&mut self) -> &mut Extra {
        self.at_mut(usize::MAX).extra_mut().expect(BEYOND)
    }
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
        self.at(usize::MAX).extra()
    }

    #[inline]
    fn extra_mut(&mut self) -> Option<&mut Extra> {
        self.at_mut(usize::MAX).extra_mut()
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
    fn blank() -> Self {
        Box::new(Object::blank())
    }
}
