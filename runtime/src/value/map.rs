//! Objects whose keys are data.

use indexmap::IndexMap;

use crate::wire::{Entries, Frag, Slot, Then, Tok, Wanted};

/// Entries by key, in the order in which they came: ids, languages, codes.
///
/// A list that comes in place of one has the keys `"0"`, `"1"` …
#[derive(Clone, Debug, PartialEq)]
pub struct Map<V>(IndexMap<String, V>);

impl<V> Map<V> {
    /// No entries.
    pub fn new() -> Self {
        Map(IndexMap::new())
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.0.get(key)
    }

    /// The value under `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.0.get_mut(key)
    }

    /// Puts `value` under `key` and gives back what was there.
    pub fn insert(&mut self, key: impl Into<String>, value: V) -> Option<V> {
        self.0.insert(key.into(), value)
    }

    /// Takes the entry under `key` out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.0.shift_remove(key)
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> indexmap::map::Iter<'_, String, V> {
        self.0.iter()
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The values in order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values()
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

impl<K: Into<String>, V, const N: usize> From<[(K, V); N]> for Map<V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Into<String>, V> Extend<(K, V)> for Map<V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.0.extend(entries.into_iter().map(|(key, value)| (key.into(), value)));
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (String, V);
    type IntoIter = indexmap::map::IntoIter<String, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a Map<V> {
    type Item = (&'a String, &'a V);
    type IntoIter = indexmap::map::Iter<'a, String, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<V: Slot> Entries for Map<V> {
    fn open(&mut self, key: String) -> usize {
        let entry = self.0.entry(key);
        let index = entry.index();
        entry.or_insert_with(V::blank);
        index
    }

    fn value(&mut self, index: usize) -> &mut dyn Slot {
        &mut self.0[index]
    }

    fn close(&mut self, index: usize) {
        self.0.shift_remove_index(index);
    }

    fn len(&self) -> usize {
        Map::len(self)
    }

    fn item(&self, index: usize) -> (&str, &dyn Slot) {
        match self.0.get_index(index) {
            Some((key, value)) => (key, value),
            None => ("", &super::Any::Null),
        }
    }
}

impl<V: Slot> Slot for Map<V> {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        self.0.clear();
        match *tok {
            Tok::List | Tok::Map => Ok(Then::Map(self)),
            tok if tok.is_nothing() => Ok(Then::Null),
            _ => Ok(Then::Keep(Wanted("an object"))),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Map(self)
    }

    fn blank() -> Self {
        Map::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        tok.is_nothing()
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Map)
    }
}
