//! Lists that are shared until one of those who hold them changes them.
//!
//! Most of a model is what it was before an edit. Its lists are taken over as they are, and with them what was counted of them once:
//! their digests.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::unify::likeness;
use super::{Field, ObjectId};
use crate::cache;

/// A list that is cheap to copy.
#[derive(Clone, Debug)]
pub struct List<T>(Arc<Shared<T>>);

#[derive(Clone, Debug)]
struct Shared<T> {
    items: Vec<T>,
    /// Of all that the items are made of.
    digest: OnceLock<u64>,
    /// Of what fields have in common with those of a structure that is alike.
    likeness: OnceLock<u64>,
    /// The structures that fields hold.
    held: OnceLock<Vec<ObjectId>>,
}

impl<T> Shared<T> {
    fn new(items: Vec<T>) -> Self {
        Shared { items, digest: OnceLock::new(), likeness: OnceLock::new(), held: OnceLock::new() }
    }
}

impl<T: Clone> List<T> {
    /// The list, to be changed; it is this one's own from now on.
    pub fn edit(&mut self) -> &mut Vec<T> {
        let shared = Arc::make_mut(&mut self.0);
        // What was counted of it holds no longer.
        *shared = Shared::new(std::mem::take(&mut shared.items));
        &mut shared.items
    }
}

impl List<Field> {
    /// What structures with alike fields have in common.
    pub(super) fn likeness(&self) -> u64 {
        *self.0.likeness.get_or_init(|| likeness(self))
    }

    /// The structures that the fields hold, each as often as they do.
    pub(crate) fn held(&self) -> &[ObjectId] {
        self.0.held.get_or_init(|| {
            let mut held = Vec::new();
            self.iter().for_each(|field| field.ty.structures(&mut |id| held.push(id.clone())));
            held
        })
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0.items
    }
}

impl<T: Clone> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.edit()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List(Arc::new(Shared::new(items)))
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'l, T: Clone> IntoIterator for &'l mut List<T> {
    type Item = &'l mut T;
    type IntoIter = std::slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.items == other.0.items
    }
}

impl<T: Hash> Hash for List<T> {
    fn hash<H: Hasher>(&self, to: &mut H) {
        self.0.digest.get_or_init(|| cache::of_value(&self.0.items)).hash(to);
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.items.serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::deserialize(from).map(List::from)
    }
}

/// As a JSON document it is the list.
#[cfg(feature = "cli")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_shared_until_one_changes() {
        let digest = |list: &List<u8>| cache::of_value(list);
        let list = List::from(vec![1, 2]);
        let mut copy = list.clone();
        assert!(Arc::ptr_eq(&list.0, &copy.0));
        assert_eq!(digest(&list), digest(&copy));

        copy.edit().push(3);
        assert_eq!((&*list, &*copy), (&[1, 2][..], &[1, 2, 3][..]));
        assert_ne!(digest(&list), digest(&copy));
        assert_eq!(digest(&copy), digest(&List::from(vec![1, 2, 3])));
    }
}
