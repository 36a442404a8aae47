//! What files and their parts are made of, as digests: by them the next run knows what it need not make again.
//!
//! A module's items come of its own methods, events, other calls and structures, of those in `shared`, and of where links lead; of
//! other API modules nothing is seen (`tasks` and `v3::tasks` are one). Of its neighbours within the file it sees the names and places of the structures, and all of those
//! that its fields hold.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use rayon::prelude::*;

use super::{
    Settings,
    docs::Links,
    module::{Contents, Tree},
    place::{ModulePath, SHARED},
    plan::Plan,
};
use crate::{cache, model::List};

/// The digests of all modules.
pub(super) struct Origins<'o, 'p, 'm> {
    contents: &'o BTreeMap<ModulePath, Contents<'p, 'm>>,
    plan: &'p Plan<'m>,
    own: BTreeMap<&'o ModulePath, u64>,
    /// Of what every module sees.
    common: u64,
    /// Whether an item shows more of other structures than their fields.
    examples: bool,
}

impl<'o, 'p, 'm> Origins<'o, 'p, 'm> {
    pub(super) fn new(
        contents: &'o BTreeMap<ModulePath, Contents<'p, 'm>>,
        plan: &'p Plan<'m>,
        links: &Links,
        settings: &Settings,
    ) -> Self {
        let own: Vec<(&ModulePath, u64)> =
            contents.par_iter().map(|(path, contents)| (path, cache::of_value(&(path, contents)))).collect();
        let shared: Vec<u64> =
            own.iter().filter(|(path, _)| path.api_module() == SHARED).map(|(_, digest)| *digest).collect();
        let common = cache::of_value(&(links, settings, shared));
        Origins { contents, plan, own: own.into_iter().collect(), common, examples: settings.examples.is_some() }
    }

    /// Of the file of the module at `root`.
    pub(super) fn file(&self, root: &ModulePath) -> u64 {
        let own: Vec<u64> = self.below(root).into_iter().map(|(_, digest)| digest).collect();
        cache::of_value(&(self.common, own))
    }

    /// Of the items of the module at `path` without its submodules, where `seen` is what [every one](Origins::seen) in its file sees.
    pub(super) fn part(&self, seen: u64, path: &ModulePath, tree: &Tree<'_, '_, '_>) -> u64 {
        let (children, contents) = tree.parts();
        let held: BTreeSet<&str> = contents.into_iter().flat_map(held).collect();
        let outside = held
            .into_iter()
            .filter_map(|id| self.plan.objects.get(id))
            .filter(|placed| placed.module != *path && placed.module.api_module() != SHARED);
        let outside: Vec<u64> = outside.map(cache::of_value).collect();
        cache::of_value(&(seen, path, children, self.own.get(path), outside))
    }

    /// Of what every module in the file of `root` sees of the others: which structures there are, where, and which are boxed.
    pub(super) fn seen(&self, root: &ModulePath) -> u64 {
        if self.examples { self.file(root) } else { self.seen_by_all(root) }
    }

    fn seen_by_all(&self, root: &ModulePath) -> u64 {
        cache::digest(|to| {
            self.common.hash(to);
            for (path, _) in self.below(root) {
                let Contents { method, objects, .. } = &self.contents[path];
                (path, method.map(|method| (&method.name, &method.page))).hash(to);
                for placed in objects {
                    (placed.id, &placed.name, placed.sent, placed.received).hash(to);
                }
            }
            self.plan.cycles_of(root.api_module()).for_each(|pair| pair.hash(to));
        })
    }

    /// The modules at `root` and below, and those of its twin, with their digests.
    fn below(&self, root: &ModulePath) -> Vec<(&'o ModulePath, u64)> {
        let of = |root: &ModulePath| -> Vec<(&'o ModulePath, u64)> {
            let below = self.own.range::<ModulePath, _>(root..);
            let below = below.take_while(|(path, _)| path.segments().starts_with(root.segments()));
            below.map(|(path, digest)| (*path, *digest)).collect()
        };
        [of(root), of(&root.twin())].concat()
    }
}

/// The structures that the fields of one module hold.
fn held<'m>(contents: &Contents<'_, 'm>) -> impl Iterator<Item = &'m str> {
    let methods = contents.method.iter().flat_map(|method| [&method.params, &method.response]);
    let events = contents.events.iter().map(|(event, _)| &event.payload);
    let inbound = contents.inbound.iter().flat_map(|(call, _)| call.lists());
    let objects = contents.objects.iter().map(|placed| &placed.object.fields);
    methods.chain(events).chain(inbound).chain(objects).flat_map(List::held).map(String::as_str)
}
