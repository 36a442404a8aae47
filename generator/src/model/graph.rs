//! Which structures lead to which.

use std::collections::HashMap;
#[cfg(feature = "cli")]
use std::collections::HashSet;

use rayon::prelude::*;

use super::{Field, Inbound, List, Model, Object, ObjectId};

/// The structures of a model by number, and those that the fields of each hold.
pub(crate) struct Graph<'m> {
    /// In the model's order.
    pub(super) ids: Vec<&'m ObjectId>,
    numbers: HashMap<&'m str, usize>,
    pub(super) holds: Vec<Vec<usize>>,
}

impl<'m> Graph<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let ids: Vec<&ObjectId> = model.objects.keys().collect();
        let numbers: HashMap<&str, usize> = ids.iter().enumerate().map(|(number, id)| (id.as_str(), number)).collect();
        let held =
            |object: &Object| object.fields.held().iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect();
        let holds = model.objects.par_iter().map(|(_, object)| held(object)).collect();
        Graph { ids, numbers, holds }
    }

    pub(super) fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// Per structure, whether a method, an event or another call of `model` leads to it.
    pub(super) fn reached(&self, model: &Model) -> Vec<bool> {
        let methods = model.methods.iter().flat_map(|method| [&method.params, &method.response]);
        let others = model.events.iter().map(|e| &e.payload).chain(model.inbound.iter().flat_map(Inbound::lists));
        let mut reached = vec![false; self.ids.len()];
        Walk::new(self).all(methods.chain(others), |structure| reached[structure] = true);
        reached
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

    /// Calls `found` once for each structure that the fields of `lists` lead to.
    pub(super) fn all<'f>(&mut self, lists: impl IntoIterator<Item = &'f List<Field>>, mut found: impl FnMut(usize)) {
        self.walks += 1;
        let held = lists.into_iter().flat_map(List::held);
        let mut todo: Vec<usize> = held.filter_map(|id| self.graph.number(id)).collect();
        while let Some(structure) = todo.pop() {
            if std::mem::replace(&mut self.met[structure], self.walks) != self.walks {
                found(structure);
                todo.extend(&self.graph.holds[structure]);
            }
        }
    }
}

/// The structures that a method, an event or another call leads to.
#[cfg(feature = "cli")]
pub(crate) fn reachable(model: &Model) -> HashSet<ObjectId> {
    let graph = Graph::of(model);
    let reached = graph.reached(model);
    graph.ids.iter().zip(reached).filter(|(_, reached)| *reached).map(|(id, _)| (*id).clone()).collect()
}
