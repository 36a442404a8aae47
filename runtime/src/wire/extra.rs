//! The keeper of what a structure has no field for.

use std::fmt;

use serde_json::Value;

use super::{
    Entries, Frag, Slot, Then, Tok, Wanted,
    came::{Came, Shape},
    show::Shown,
};
use crate::Map;

/// Keys without a field, in the order in which they came; and, in requests, the way to send a parameter that the docs
/// do not mention, or `null` on purpose.
///
/// It also remembers how the fields came where that is not their own form, whether the whole object came as `null`, and the
/// key under which an object stood where a map came in place of a list. So what was read is written again as it was.
#[derive(Clone, Default, PartialEq)]
pub struct Extra {
    /// Bit `i`: field `i` came as `null`; fields from the 64th on are among the notes. Bit 63: the object itself did.
    nulls: u64,
    rest: Option<Box<Rest>>,
}

const WHOLE: usize = 63;

#[derive(Clone, Default, PartialEq)]
struct Rest {
    key: Option<String>,
    entries: Map<Value>,
    /// What the object itself came as, where it did not come as one: `false`, `""`, `[]`.
    whole: Option<Value>,
    /// How fields came.
    notes: Vec<(usize, Came)>,
}

impl Extra {
    /// Nothing.
    pub const fn new() -> Self {
        Extra { nulls: 0, rest: None }
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.rest.as_ref()?.entries.get(key)
    }

    /// Puts `value` under `key`. Where the structure has a field of that name that holds nothing, this is sent.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.rest.get_or_insert_default().entries.insert(key.into(), value.into());
    }

    /// The place under `key`, `null` if new.
    pub(crate) fn entry(&mut self, key: &str) -> &mut dyn Slot {
        let index = self.open(key.to_owned());
        self.value(index)
    }

    /// The keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.rest.iter().flat_map(|rest| rest.entries.iter().map(|(key, value)| (key.as_str(), value)))
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.rest.as_ref().map_or(0, |rest| rest.entries.len())
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key under which the object stood, where a map came in place of a list.
    pub fn key(&self) -> Option<&str> {
        self.rest.as_ref()?.key.as_deref()
    }

    /// Whether the object itself came as `null` in a list, a map or as a result.
    pub fn was_null(&self) -> bool {
        self.has_null(WHOLE)
    }

    pub(crate) fn keep_key(&mut self, key: &str) {
        self.rest.get_or_insert_default().key = Some(key.to_owned());
    }

    /// Whether the field at `index` of the table came as `null`.
    pub(super) fn is_null(&self, index: usize) -> bool {
        index < WHOLE && self.has_null(index)
    }

    /// How fields came, by their index.
    #[inline]
    pub(super) fn notes(&self) -> &[(usize, Came)] {
        self.rest.as_ref().map_or(&[], |rest| &rest.notes)
    }

    /// What is noted of the list or the entries in the field at `index`.
    pub(super) fn shape(&self, index: usize) -> Option<&Shape> {
        self.notes().iter().find_map(|(at, came)| match came {
            Came::Shaped(shape) if *at == index => Some(shape),
            _ => None,
        })
    }

    pub(super) fn note(&mut self, index: usize, came: Came) {
        self.rest.get_or_insert_default().notes.push((index, came));
    }

    pub(super) fn has_note(&self, index: usize) -> bool {
        self.is_null(index) || self.notes().iter().any(|(at, _)| *at == index)
    }

    /// Forgets how the field at `index` came.
    pub(super) fn forget(&mut self, index: usize) {
        if index < WHOLE {
            self.nulls &= !(1 << index);
        }
        if let Some(rest) = &mut self.rest {
            rest.notes.retain(|(at, _)| *at != index);
        }
    }

    /// The other spelling under which the field at `index` came.
    pub(super) fn spelling(&self, index: usize) -> Option<&str> {
        self.notes().iter().find_map(|(at, came)| match came {
            Came::Spelt(spelling) if *at == index => Some(spelling.as_str()),
            _ => None,
        })
    }

    /// The same, forgotten from now on.
    #[inline]
    pub(super) fn take_spelling(&mut self, index: usize) -> Option<String> {
        let notes = &mut self.rest.as_mut()?.notes;
        let place = notes.iter().position(|(at, came)| *at == index && matches!(came, Came::Spelt(_)))?;
        match notes.remove(place) {
            (_, Came::Spelt(spelling)) => Some(spelling),
            _ => None,
        }
    }

    /// What the object itself came as, where it did not come as one.
    pub(super) fn whole(&self) -> Option<&Value> {
        if self.was_null() { Some(&Value::Null) } else { self.rest.as_ref()?.whole.as_ref() }
    }

    fn has_null(&self, bit: usize) -> bool {
        self.nulls & (1 << bit) != 0
    }

    pub(super) fn set_null(&mut self, index: usize) {
        if index < WHOLE {
            self.nulls |= 1 << index;
        } else {
            self.note(index, Came::Nothing(Value::Null));
        }
    }

    pub(super) fn set_whole(&mut self, value: Value) {
        if value.is_null() {
            self.nulls |= 1 << WHOLE;
        } else {
            self.rest.get_or_insert_default().whole = Some(value);
        }
    }
}

impl Entries for Extra {
    fn open(&mut self, key: String) -> usize {
        self.rest.get_or_insert_default().entries.open(key)
    }

    fn value(&mut self, index: usize) -> &mut dyn Slot {
        self.rest.get_or_insert_default().entries.value(index)
    }

    fn close(&mut self, index: usize) {
        self.rest.get_or_insert_default().entries.close(index);
    }

    fn len(&self) -> usize {
        Extra::len(self)
    }

    fn item(&self, index: usize) -> (&str, &dyn Slot) {
        match &self.rest {
            Some(rest) => rest.entries.item(index),
            None => ("", &Value::Null),
        }
    }
}

impl Slot for Extra {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        match *tok {
            Tok::Map | Tok::List => Ok(Then::Map(self)),
            _ => Err(Wanted("an object")),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Map(self)
    }

    fn blank() -> Self {
        Extra::new()
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Map)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(self)
    }

    fn extra_mut(&mut self) -> Option<&mut Extra> {
        Some(self)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Shown(self), out)
    }
}
