//! Makes one structure of those that are alike: the descriptions of sixty fields in one answer, the `action` block of
//! every task method.
//!
//! Alike means the same fields of the same types. Structures of one method unify whatever they are called; within a
//! module those of at least three fields, but for a method's `result` itself, which is its own. Structures of different
//! modules stay apart: what they share is a coincidence, or a link between their pages that makes them one already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::name::{Names, module};
use super::open::OpenKeys;
use super::{Inbound, Kind, Model, ObjectId, Type};

/// From this many fields on, structures of one module unify although their names differ.
const ENOUGH_FIELDS: usize = 3;

pub(crate) fn unify(model: &mut Model, names: &mut Names) {
    let reachable = reachable(model);
    // Structures of structures become alike once what they hold is one: repeat until nothing changes.
    loop {
        let mut groups: BTreeMap<(String, String), Vec<ObjectId>> = BTreeMap::new();
        let shapes = model.objects.par_iter().filter(|(id, _)| reachable.contains(*id)).map(|(id, object)| {
            let fields: Vec<(&str, String)> =
                object.fields.iter().map(|f| (f.name.as_str(), shape(&f.ty, f.required))).collect();
            let (owner, _) = id.split_once('/').unwrap_or((id, ""));
            let place = module(owner.trim_start_matches("v3:"));
            let own = object.fields.len() < ENOUGH_FIELDS || names.get(id) == "result";
            let scope = if own { owner.to_owned() } else { place };
            ((scope, format!("{}{fields:?}", object.open)), id.clone())
        });
        for (shape, id) in shapes.collect::<Vec<_>>() {
            groups.entry(shape).or_default().push(id);
        }
        let mut replaced: HashMap<ObjectId, ObjectId> = HashMap::new();
        for ids in groups.into_values().filter(|ids| ids.len() > 1) {
            // The one with the shortest id is the least nested; its name serves, unless it is one of many.
            let Some(kept) = ids.iter().min_by_key(|id| (id.len(), (*id).clone())).cloned() else { continue };
            let different: BTreeSet<&str> = ids.iter().map(|id| names.get(id)).collect();
            if different.len() > 2 {
                names.set(&kept, family_name(&ids));
            }
            for id in ids {
                if id != kept {
                    let open_keys = model.objects.get_mut(&id).map(|object| std::mem::take(&mut object.open_keys));
                    if let (Some(kept), Some(open_keys)) = (model.objects.get_mut(&kept), open_keys) {
                        let mut all = OpenKeys::default();
                        kept.open_keys.iter().chain(&open_keys).for_each(|prefix| all.add(prefix));
                        kept.open_keys = all.prefixes();
                    }
                    replaced.insert(id, kept.clone());
                }
            }
        }
        if replaced.is_empty() {
            return;
        }
        model.each_type(&mut |ty| {
            if let Kind::Object(id) = &mut ty.kind
                && let Some(kept) = replaced.get(id)
            {
                kept.clone_into(id);
            }
        });
        model.objects.retain(|id, _| !replaced.contains_key(id));
    }
}

/// What many structures with names of their own have in common: what they are members of.
fn family_name(ids: &[ObjectId]) -> String {
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

fn shape(ty: &Type, required: bool) -> String {
    format!("{required}{:?}{:?}{:?}{}", kind(&ty.kind), ty.wire, ty.refers_to, ty.nullable)
}

/// The kind without the descriptions of values in it.
fn kind(kind: &Kind) -> Kind {
    let plain = |ty: &Type| Type { kind: self::kind(&ty.kind), ..ty.clone() };
    match kind {
        Kind::Enum(values) => Kind::Enum(
            values.iter().map(|v| super::EnumValue { value: v.value.clone(), description: String::new() }).collect(),
        ),
        Kind::Array(inner) => Kind::Array(Box::new(plain(inner))),
        Kind::Map(inner) => Kind::Map(Box::new(plain(inner))),
        Kind::Union(types) => Kind::Union(types.iter().map(plain).collect()),
        other => other.clone(),
    }
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
