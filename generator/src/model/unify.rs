//! Makes one structure of those that are alike: the descriptions of sixty fields in one answer, the `action` block of
//! every task method.
//!
//! Alike means the same fields of the same types. Structures of one method unify whatever they are called; within a
//! module those of at least three fields, but for a method's `result` itself, which is its own. Structures of different
//! modules stay apart: what they share is a coincidence, or a link between their pages that makes them one already.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;

use super::graph::reachable;
use super::name::{Names, owner};
use super::open::OpenKeys;
use super::{Field, Kind, Model, Object, ObjectId, Type};
use crate::cache;

/// From this many fields on, structures of one module unify although their names differ.
const ENOUGH_FIELDS: usize = 3;

pub(crate) fn unify(model: &mut Model, names: &mut Names) {
    let reachable = reachable(model);
    let of = |(id, object): (&ObjectId, &Object)| {
        reachable.contains(id).then(|| (id.clone(), Shape::of(id, object, names).digest()))
    };
    // Digests tell what cannot be alike; whether the rest is, is looked at.
    let mut digests: BTreeMap<ObjectId, u64> = model.objects.par_iter().filter_map(of).collect();
    let mut holders: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for (id, object) in &model.objects {
        for held in object.fields.held() {
            match holders.get_mut(held) {
                Some(holders) => holders.push(id.clone()),
                None => _ = holders.insert(held.clone(), vec![id.clone()]),
            }
        }
    }
    let mut replaced: HashMap<ObjectId, ObjectId> = HashMap::new();
    // Structures of structures become alike once what they hold is one: repeat until nothing changes.
    loop {
        let mut found: HashMap<ObjectId, ObjectId> = HashMap::new();
        let mut changed: BTreeSet<ObjectId> = BTreeSet::new();
        for ids in groups(&digests, model, names) {
            // The one with the shortest id is the least nested; its name serves, unless it is one of many.
            let Some(kept) = ids.iter().min_by_key(|id| (id.len(), **id)).copied() else { continue };
            let different: BTreeSet<&str> = ids.iter().map(|id| names.get(id)).collect();
            if different.len() > 2 {
                names.set(kept, family_name(&ids));
                changed.insert(kept.clone());
            }
            for id in ids.into_iter().filter(|id| *id != kept) {
                let open_keys = model.objects.remove(id).map(|object| object.open_keys);
                if let (Some(kept), Some(open_keys)) = (model.objects.get_mut(kept), open_keys) {
                    let mut all = OpenKeys::default();
                    kept.open_keys.iter().chain(&open_keys).for_each(|prefix| all.add(prefix));
                    kept.open_keys = all.prefixes();
                }
                found.insert(id.clone(), kept.clone());
            }
        }
        if found.is_empty() {
            break;
        }
        for (id, kept) in &found {
            digests.remove(id);
            let of_id = holders.remove(id).unwrap_or_default();
            changed.extend(of_id.iter().cloned());
            holders.entry(kept.clone()).or_default().extend(of_id);
        }
        for id in changed {
            let Some(object) = model.objects.get_mut(&id) else { continue };
            if object.fields.held().iter().any(|held| found.contains_key(held)) {
                object.fields.iter_mut().for_each(|field| field.ty.each(&mut |ty| replace(ty, &found)));
            }
            if let Some(known) = digests.get_mut(&id) {
                *known = Shape::of(&id, object, names).digest();
            }
        }
        for kept in replaced.values_mut() {
            if let Some(later) = found.get(kept) {
                later.clone_into(kept);
            }
        }
        replaced.extend(found);
    }
    model.each_type_beside(&|id| replaced.contains_key(id), &|ty| replace(ty, &replaced));
}

/// The structures that are alike, those of each kind together.
fn groups<'d>(digests: &'d BTreeMap<ObjectId, u64>, model: &Model, names: &Names) -> Vec<Vec<&'d ObjectId>> {
    let mut by_digest: HashMap<u64, Vec<&ObjectId>> = HashMap::new();
    for (id, digest) in digests {
        by_digest.entry(*digest).or_default().push(id);
    }
    let split = |ids: Vec<&'d ObjectId>| {
        let mut kinds: Vec<(Shape<'_>, Vec<&ObjectId>)> = Vec::new();
        for id in ids {
            let Some(shape) = model.objects.get(id).map(|object| Shape::of(id, object, names)) else { continue };
            match kinds.iter_mut().find(|(known, _)| *known == shape) {
                Some((_, kind)) => kind.push(id),
                None => kinds.push((shape, vec![id])),
            }
        }
        kinds.into_iter().map(|(_, ids)| ids).filter(|ids| ids.len() > 1)
    };
    by_digest.into_values().filter(|ids| ids.len() > 1).flat_map(split).collect()
}

/// What structures that are alike have in common.
struct Shape<'o> {
    /// Where they may stand to become one: in one method, or in one module.
    scope: &'o str,
    object: &'o Object,
}

impl<'o> Shape<'o> {
    fn of(id: &'o str, object: &'o Object, names: &'o Names) -> Self {
        let own = object.fields.len() < ENOUGH_FIELDS || names.get(id) == "result";
        let scope = if own { owner(id) } else { names.module(id) };
        Shape { scope, object }
    }

    fn digest(&self) -> u64 {
        cache::of_value(&(self.scope, self.object.open, self.object.fields.likeness()))
    }
}

impl PartialEq for Shape<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.object.fields, &other.object.fields);
        let same = |(a, b): (&Field, &Field)| {
            a.name == b.name && a.required == b.required && is_same_type(&a.ty, &b.ty)
        };
        self.scope == other.scope
            && self.object.open == other.object.open
            && a.len() == b.len()
            && a.iter().zip(b).all(same)
    }
}

/// A digest of what fields have in common with those of a structure that is alike.
pub(super) fn likeness(fields: &[Field]) -> u64 {
    cache::digest(|to| {
        for field in fields {
            (&field.name, field.required).hash(to);
            hash_type(&field.ty, to);
        }
    })
}

/// What a type is as far as likeness goes: the descriptions of values do not matter.
fn hash_type(ty: &Type, to: &mut impl Hasher) {
    (std::mem::discriminant(&ty.kind), ty.wire, &ty.refers_to, ty.nullable).hash(to);
    match &ty.kind {
        Kind::Enum(values) => values.iter().for_each(|value| value.value.hash(to)),
        Kind::Array(inner) | Kind::Map(inner) => hash_type(inner, to),
        Kind::Union(types) => types.iter().for_each(|ty| hash_type(ty, to)),
        Kind::Object(id) => id.hash(to),
        _ => {}
    }
}

/// Whether two types are alike in what [`hash_type`] looks at.
fn is_same_type(a: &Type, b: &Type) -> bool {
    let (of_a, of_b) = ((a.wire, &a.refers_to, a.nullable), (b.wire, &b.refers_to, b.nullable));
    of_a == of_b
        && match (&a.kind, &b.kind) {
            (Kind::Enum(a), Kind::Enum(b)) => a.iter().map(|v| &v.value).eq(b.iter().map(|v| &v.value)),
            (Kind::Array(a), Kind::Array(b)) | (Kind::Map(a), Kind::Map(b)) => is_same_type(a, b),
            (Kind::Union(a), Kind::Union(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_type(a, b))
            }
            (a, b) => a == b,
        }
}

/// Puts what was found in place of what it replaces.
fn replace(ty: &mut Type, found: &HashMap<ObjectId, ObjectId>) {
    if let Kind::Object(id) = &mut ty.kind
        && let Some(kept) = found.get(id)
    {
        kept.clone_into(id);
    }
}

/// What many structures with names of their own have in common: what they are members of.
fn family_name(ids: &[&ObjectId]) -> String {
    let mut parents: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids {
        let parent = id.rsplit('/').nth(1).unwrap_or_default();
        *parents.entry(parent).or_default() += 1;
    }
    let most = parents.into_iter().max_by_key(|(name, n)| (*n, std::cmp::Reverse(*name)));
    match most.map(|(name, _)| name) {
        Some("result" | "response" | "request" | "") | None => "field".to_owned(),
        Some(name) => format!("{name}_member"),
    }
}
