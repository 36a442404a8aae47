//! Makes room for pages written by hand: what they document is not distilled, but for the structures that they lack.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::Subjects;
use crate::docs::Docs;
use crate::facts::outline::Library;
use crate::facts::page_facts::PageFacts;
use crate::model::{Api, Inbound, List, Model, ObjectId};

/// What a page beside one written by hand is called.
pub(super) const STRUCTURES: &str = ".structures.md";

/// The pages of `docs` that are not distilled, `(path, text)` each.
pub(super) fn by_hand(docs: &Docs) -> Vec<(String, Vec<u8>)> {
    let library = Library::new(docs);
    let numbers = 0..u32::try_from(docs.sources().len()).unwrap_or(u32::MAX);
    let written = |number: &u32| PageFacts::read(&library, *number).distilled.is_none();
    let pages = numbers.into_par_iter().filter(written).map(|number| docs.source(number));
    pages.map(|source| (source.path.clone(), source.text().into())).collect()
}

pub(super) fn make_room<'m>(
    pages: BTreeMap<String, Subjects<'m>>,
    model: &'m Model,
    folder: &Docs,
) -> BTreeMap<String, Subjects<'m>> {
    let by_hand = by_hand(folder);
    let paths: HashSet<String> = by_hand.iter().map(|(path, _)| path.clone()).collect();
    // Ids of types depend on how many files have one name: the distilled pages count.
    let blank = pages.keys().filter(|path| !paths.contains(*path)).map(|path| (path.clone(), Vec::new()));
    let hand = Model::read(&Docs::new(by_hand.iter().cloned().chain(blank).collect(), folder.preset()));
    let methods: HashSet<(&str, Api)> = hand.methods.iter().map(|m| (m.name.as_str(), m.api)).collect();
    let events: HashSet<&str> = hand.events.iter().map(|e| e.name.as_str()).collect();

    let inbound: HashSet<(&str, &str)> = hand.inbound.iter().map(|c| (c.name.as_str(), c.page.as_str())).collect();

    let mut out = BTreeMap::new();
    let mut displaced = BTreeMap::new();
    for (path, mut page) in pages {
        let documented = page.documents();
        page.methods.retain(|m| !methods.contains(&(m.name.as_str(), m.api)));
        page.events.retain(|e| !events.contains(e.name.as_str()));
        page.inbound.retain(|c| !inbound.contains(&(c.name.as_str(), c.page.as_str())));
        let replaced = documented && !page.documents();
        let kept = if paths.contains(&path) || replaced { &mut displaced } else { &mut out };
        kept.insert(path, page);
    }
    let needed = needed(&out, model, &hand);
    for (path, page) in displaced {
        let objects: BTreeMap<_, _> = page.objects.into_iter().filter(|(id, _)| needed.contains(*id)).collect();
        if !objects.is_empty() {
            let path = path.strip_suffix(".md").unwrap_or(&path).to_owned() + STRUCTURES;
            out.insert(path, Subjects { objects, ..Subjects::default() });
        }
    }
    out
}

/// The structures that the pages lead to and `hand` does not know.
fn needed<'m>(pages: &BTreeMap<String, Subjects<'m>>, model: &'m Model, hand: &Model) -> BTreeSet<&'m ObjectId> {
    let of_methods = pages.values().flat_map(|p| p.methods.iter().copied()).flat_map(|m| [&m.params, &m.response]);
    let of_events = pages.values().flat_map(|p| p.events.iter().copied()).map(|e| &e.payload);
    let of_calls = pages.values().flat_map(|p| p.inbound.iter().copied()).flat_map(Inbound::lists);
    let of_objects = pages.values().flat_map(|p| p.objects.values().copied()).map(|o| &o.fields);
    let lists = of_methods.chain(of_events).chain(of_calls).chain(of_objects);
    let mut todo: Vec<&ObjectId> = lists.flat_map(List::held).collect();
    let mut out = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !hand.objects.contains_key(id) && out.insert(id) {
            todo.extend(model.objects.get(id).into_iter().flat_map(|object| object.fields.held()));
        }
    }
    out
}
