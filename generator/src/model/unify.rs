//! Makes one structure of those that are alike: the descriptions of sixty fields in one answer, the `action` block of
//! every task method.
//!
//! Alike means the same fields of the same types. Structures of one method unify whatever they are called; within a
//! module those of at least three fields, but for a method's `result` itself, which is its own. Structures of different
//! modules stay apart: what they share is a coincidence, or a link between their pages that makes them one already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use rayon::prelude::*;

use super::name::{Names, module};
use super::open::OpenKeys;
use super::{Inbound, Kind, Model, Object, ObjectId, Type};

/// From this many fields on, structures of one module unify although their names differ.
const ENOUGH_FIELDS: usize = 3;

pub(crate) fn unify(model: &mut Model, names: &mut Names) {
    let reachable = reachable(model);
    let of =
        |(id, object): (&ObjectId, &Object)| reachable.contains(id).then(|| (id.clone(), Shape::of(id, object, names)));
    let mut shapes: BTreeMap<ObjectId, Shape> = model.objects.par_iter().filter_map(of).collect();
    let mut replaced: HashMap<ObjectId, ObjectId> = HashMap::new();
    // Structures of structures become alike once what they hold is one: repeat until nothing changes.
    loop {
        let mut groups: HashMap<&Shape, Vec<&ObjectId>> = HashMap::new();
        for (id, shape) in &shapes {
            groups.entry(shape).or_default().push(id);
        }
        let mut found: HashMap<ObjectId, ObjectId> = HashMap::new();
        let mut renamed: HashSet<ObjectId> = HashSet::new();
        for ids in groups.into_values().filter(|ids| ids.len() > 1) {
            // The one with the shortest id is the least nested; its name serves, unless it is one of many.
            let Some(kept) = ids.iter().min_by_key(|id| (id.len(), **id)).copied() else { continue };
            let different: BTreeSet<&str> = ids.iter().map(|id| names.get(id)).collect();
            if different.len() > 2 {
                names.set(kept, family_name(&ids));
                renamed.insert(kept.clone());
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
        shapes.retain(|id, _| !found.contains_key(id));
        let changed = model.objects.par_iter_mut().filter_map(|(id, object)| {
            let mut changed = renamed.contains(id);
            for field in &mut object.fields {
                field.ty.each(&mut |ty| changed |= replace(ty, &found));
            }
            changed.then(|| (id.clone(), Shape::of(id, object, names)))
        });
        for (id, shape) in changed.collect::<Vec<_>>() {
            if let Some(known) = shapes.get_mut(&id) {
                *known = shape;
            }
        }
        for kept in replaced.values_mut() {
            if let Some(later) = found.get(kept) {
                later.clone_into(kept);
            }
        }
        replaced.extend(found);
    }
    model.each_type(&mut |ty| {
        replace(ty, &replaced);
    });
}

/// What structures that are alike have in common.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    /// Where they may stand to become one: in one method, or in one module.
    scope: String,
    open: bool,
    fields: String,
}

impl Shape {
    fn of(id: &ObjectId, object: &Object, names: &Names) -> Self {
        let mut fields = String::new();
        for field in &object.fields {
            let _ = write!(fields, "{:?}{}", field.name, field.required);
            write_type(&field.ty, &mut fields);
        }
        let (owner, _) = id.split_once('/').unwrap_or((id, ""));
        let own = object.fields.len() < ENOUGH_FIELDS || names.get(id) == "result";
        let scope = if own { owner.to_owned() } else { module(owner.trim_start_matches("v3:")) };
        Shape { scope, open: object.open, fields }
    }
}

/// Puts what was found in place of what it replaces; whether it did.
fn replace(ty: &mut Type, found: &HashMap<ObjectId, ObjectId>) -> bool {
    let Kind::Object(id) = &mut ty.kind else { return false };
    let Some(kept) = found.get(id) else { return false };
    kept.clone_into(id);
    true
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

/// The type without the descriptions of values in it.
fn write_type(ty: &Type, out: &mut String) {
    let _ = write!(out, "{:?}{:?}{}", ty.wire, ty.refers_to, ty.nullable);
    let (name, inner) = match &ty.kind {
        Kind::Enum(values) => {
            let _ = write!(out, "enum{:?}", values.iter().map(|value| &value.value).collect::<Vec<_>>());
            return;
        }
        Kind::Array(inner) => ("array", std::slice::from_ref(&**inner)),
        Kind::Map(inner) => ("map", std::slice::from_ref(&**inner)),
        Kind::Union(types) => ("union", types.as_slice()),
        other => {
            let _ = write!(out, "{other:?}");
            return;
        }
    };
    out.extend([name, "("]);
    for ty in inner {
        write_type(ty, out);
    }
    out.push(')');
}

/// The structures that a method, an event or another call leads to.
pub(crate) fn reachable(model: &Model) -> HashSet<ObjectId> {
    let mut out: HashSet<ObjectId> = HashSet::new();
    let params = model.methods.iter().flat_map(|m| m.params.iter().chain(&m.response));
    let received = model.events.iter().flat_map(|e| &e.payload).chain(model.inbound.iter().flat_map(Inbound::fields));
    let mut todo: Vec<&Type> = params.chain(received).map(|f| &f.ty).collect();
    while let Some(ty) = todo.pop() {
        match &ty.kind {
            Kind::Array(inner) | Kind::Map(inner) => todo.push(inner),
            Kind::Union(types) => todo.extend(types),
            Kind::Object(id) if !out.contains(id) => {
                out.insert(id.clone());
                if let Some(object) = model.objects.get(id) {
                    todo.extend(object.fields.iter().map(|f| &f.ty));
                }
            }
            _ => {}
        }
    }
    out
}
