//! Makes one structure of those that are alike: the descriptions of sixty fields in one answer, the `action` block of
//! every task method.
//!
//! Alike means the same fields of the same types. Structures of one method unify whatever they are called; within a
//! module those of at least three fields, but for a method's `result` itself, which is its own. Structures of different
//! modules stay apart: what they share is a coincidence, or a link between their pages that makes them one already.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;

use super::graph::Graph;
use super::name::{Names, owner};
use super::open::OpenKeys;
use super::{Field, Kind, Model, Object, ObjectId, Type};
use crate::cache;

/// From this many fields on, structures of one module unify although their names differ.
const ENOUGH_FIELDS: usize = 3;

pub(crate) fn unify(model: &mut Model, names: &mut Names) {
    let graph = Graph::of(model);
    let reached = graph.reached(model);
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); reached.len()];
    for (holder, held) in graph.holds.iter().enumerate() {
        for held in held {
            holders[*held].push(holder);
        }
    }
    let mut structures: Vec<(ObjectId, Object)> = std::mem::take(&mut model.objects).into_iter().collect();
    // Digests tell what cannot be alike; whether the rest is, is looked at.
    let digest = |(id, object): &(ObjectId, Object), names: &Names| Shape::of(id, object, names).digest();
    let digests = structures.par_iter().zip(reached).map(|(it, reached)| reached.then(|| digest(it, names)));
    let mut digests: Vec<Option<u64>> = digests.collect();
    let mut replaced: HashMap<ObjectId, ObjectId> = HashMap::new();
    let mut gone = vec![false; structures.len()];
    // Structures of structures become alike once what they hold is one: repeat until nothing changes.
    loop {
        let mut found: HashMap<ObjectId, ObjectId> = HashMap::new();
        let mut changed: BTreeSet<usize> = BTreeSet::new();
        for alike in groups(&digests, &structures, names) {
            let ids: Vec<&ObjectId> = alike.iter().map(|number| &structures[*number].0).collect();
            // The one with the shortest id is the least nested; its name serves, unless it is one of many.
            let Some(kept) = alike.iter().copied().min_by_key(|n| (structures[*n].0.len(), *n)) else { continue };
            let kept_id = structures[kept].0.clone();
            let different: BTreeSet<&str> = ids.iter().map(|id| names.get(id)).collect();
            if different.len() > 2 {
                names.set(&kept_id, family_name(&ids));
                changed.insert(kept);
            }
            for number in alike.into_iter().filter(|number| *number != kept) {
                let (id, open_keys) =
                    (structures[number].0.clone(), std::mem::take(&mut structures[number].1.open_keys));
                let kept_keys = &mut structures[kept].1.open_keys;
                let mut all = OpenKeys::default();
                kept_keys.iter().chain(&open_keys).for_each(|prefix| all.add(prefix));
                *kept_keys = all.prefixes();
                (gone[number], digests[number]) = (true, None);
                let of_it = std::mem::take(&mut holders[number]);
                changed.extend(&of_it);
                holders[kept].extend(of_it);
                found.insert(id, kept_id.clone());
            }
        }
        if found.is_empty() {
            break;
        }
        for number in changed {
            let fields = &mut structures[number].1.fields;
            if fields.held().iter().any(|held| found.contains_key(held)) {
                fields.iter_mut().for_each(|field| field.ty.each(&mut |ty| replace(ty, &found)));
            }
            if digests[number].is_some() {
                digests[number] = Some(digest(&structures[number], names));
            }
        }
        for kept in replaced.values_mut() {
            if let Some(later) = found.get(kept) {
                later.clone_into(kept);
            }
        }
        replaced.extend(found);
    }
    let left = structures.into_iter().zip(gone).filter(|(_, gone)| !gone);
    model.objects = left.map(|(structure, _)| structure).collect();
    model.each_type_beside(&|id| replaced.contains_key(id), &|ty| replace(ty, &replaced));
}

/// The structures that are alike, the numbers of each kind together.
fn groups(digests: &[Option<u64>], structures: &[(ObjectId, Object)], names: &Names) -> Vec<Vec<usize>> {
    let mut by_digest: HashMap<u64, Vec<usize>> = HashMap::new();
    for (number, digest) in digests.iter().enumerate() {
        if let Some(digest) = digest {
            by_digest.entry(*digest).or_default().push(number);
        }
    }
    let split = |numbers: Vec<usize>| {
        let mut kinds: Vec<(Shape<'_>, Vec<usize>)> = Vec::new();
        for number in numbers {
            let (id, object) = &structures[number];
            let shape = Shape::of(id, object, names);
            match kinds.iter_mut().find(|(known, _)| *known == shape) {
                Some((_, kind)) => kind.push(number),
                None => kinds.push((shape, vec![number])),
            }
        }
        kinds.into_iter().map(|(_, numbers)| numbers).filter(|numbers| numbers.len() > 1)
    };
    by_digest.into_values().filter(|numbers| numbers.len() > 1).flat_map(split).collect()
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
        let same =
            |(a, b): (&Field, &Field)| a.name == b.name && a.required == b.required && is_same_type(&a.ty, &b.ty);
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
            (Kind::Union(a), Kind::Union(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_type(a, b)),
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
