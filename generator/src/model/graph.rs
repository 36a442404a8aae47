//! Which structures lead to which.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::{Field, Inbound, Kind, Model, ObjectId, Type};

/// The structures of a model by number, and those that the fields of each hold.
pub(crate) struct Graph<'m> {
    /// In the model's order.
    pub(super) ids: Vec<&'m ObjectId>,
    numbers: HashMap<&'m str, usize>,
    holds: Vec<Vec<usize>>,
}

impl<'m> Graph<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let ids: Vec<&ObjectId> = model.objects.keys().collect();
        let numbers: HashMap<&str, usize> = ids.iter().enumerate().map(|(number, id)| (id.as_str(), number)).collect();
        let objects: Vec<_> = model.objects.values().collect();
        let holds = objects.into_par_iter().map(|object| {
            let mut held = Vec::new();
            object.fields.iter().for_each(|field| named(&field.ty, &numbers, &mut held));
            held
        });
        let holds = holds.collect();
        Graph { ids, numbers, holds }
    }
}

/// The numbers of the structures that `ty` names.
fn named(ty: &Type, numbers: &HashMap<&str, usize>, out: &mut Vec<usize>) {
    match &ty.kind {
        Kind::Object(id) => out.extend(numbers.get(id.as_str())),
        Kind::Array(inner) | Kind::Map(inner) => named(inner, numbers, out),
        Kind::Union(types) => types.iter().for_each(|ty| named(ty, numbers, out)),
        _ => {}
    }
}

/// Walks, each from some fields to all structures that they lead to.
pub(super) struct Walk<'g, 'm> {
    graph: &'g Graph<'m>,
    /// The last walk that met each structure.
    met: Vec<usize>,
    walks: usize,
}

impl<'g, 'm> Walk<'g, 'm> {
    pub(super) fn new(graph: &'g Graph<'m>) -> Self {
        Walk { graph, met: vec![0; graph.ids.len()], walks: 0 }
    }

    /// Calls `found` once for each structure that `fields` lead to.
    pub(super) fn all<'f>(&mut self, fields: impl IntoIterator<Item = &'f Field>, mut found: impl FnMut(usize)) {
        self.walks += 1;
        let mut todo = Vec::new();
        fields.into_iter().for_each(|field| named(&field.ty, &self.graph.numbers, &mut todo));
        while let Some(structure) = todo.pop() {
            if std::mem::replace(&mut self.met[structure], self.walks) != self.walks {
                found(structure);
                todo.extend(&self.graph.holds[structure]);
            }
        }
    }
}

/// The structures that a method, an event or another call leads to.
pub(crate) fn reachable(model: &Model) -> HashSet<ObjectId> {
    let graph = Graph::of(model);
    let methods = model.methods.iter().flat_map(|method| method.params.iter().chain(&method.response));
    let received = model.events.iter().flat_map(|e| &e.payload).chain(model.inbound.iter().flat_map(Inbound::fields));
    let mut out = HashSet::new();
    Walk::new(&graph).all(methods.chain(received), |structure| _ = out.insert(graph.ids[structure].clone()));
    out
}
