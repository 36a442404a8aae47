//! Objects whose keys are data.

use crate::wire::{Entries, Frag, Slot, Then, Tok, Wanted};

/// Entries by key, in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Map<V>(Vec<(String, V)>);

impl<V> Map<V> {
    /// No entries.
    pub const fn new() -> Self {
        Map(Vec::new())
    }
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Map::new()
    }
}

impl<K: Into<String>, V> FromIterator<(K, V)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

impl<V: Slot> Entries for Map<V> {
    fn entry(&mut self, key: &str) -> &mut dyn Slot {
        let at = self.0.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            self.0.push((key.to_owned(), V::blank()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn item(&self, index: usize) -> (&str, &dyn Slot) {
        let (key, value) = &self.0[index];
        (key, value)
    }
}

impl<V: Slot> Slot for Map<V> {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        match tok {
            Tok::List | Tok::Map => Ok(Then::Map(self)),
            _ => Err(Wanted("an object")),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Map(self)
    }

    fn blank() -> Self {
        Map::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Null | Tok::Bool(false) | Tok::Str(""))
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Map)
    }
}
