//! Follows links between pages: a field whose type or description leads to a structure on another page gets it.

use std::collections::HashMap;

use super::ObjectId;
use super::draft::{DraftField, DraftObject, Drafts};
use super::place::inner_samples;
use super::tie::PageDraft;
use crate::facts::page_facts::PageFacts;

/// Where each page's structures are.
pub(crate) struct Index<'i> {
    facts: &'i [PageFacts],
    /// Per page: the structures of its sections, the answer's root and the request's.
    pages: HashMap<u32, PageIndex>,
}

struct PageIndex {
    sections: Vec<(usize, ObjectId)>,
    response: ObjectId,
}

impl<'i> Index<'i> {
    pub(crate) fn new(facts: &'i [PageFacts], pages: &[PageDraft<'_>]) -> Self {
        let pages = facts
            .iter()
            .zip(pages)
            .map(|(f, d)| (f.page, PageIndex { sections: d.sections.clone(), response: d.response.clone() }))
            .collect();
        Index { facts, pages }
    }

    /// The structure that a link to `page#anchor` means.
    pub(crate) fn resolve(&self, drafts: &Drafts<'_>, page: u32, anchor: &str) -> Option<ObjectId> {
        let facts = &self.facts[page as usize];
        let index = self.pages.get(&page)?;
        let is_method = facts.method.is_some();
        let own = |id: &ObjectId| {
            // The answer as a whole is an envelope: what a link to it means is the result.
            if *id == index.response { result_of(drafts, id) } else { Some(id.clone()) }
        };
        if anchor.is_empty() {
            if is_method {
                return result_of(drafts, &index.response);
            }
            return index.sections.first().map(|(_, id)| id.clone());
        }
        let matches = |s: usize| facts.sections[s].anchors.iter().any(|a| a.eq_ignore_ascii_case(anchor));
        let direct = index.sections.iter().find(|(s, _)| matches(*s));
        if let Some((_, id)) = direct {
            return own(id);
        }
        // The anchor may head a section whose table stands in its first subsection.
        let target = (0..facts.sections.len()).find(|s| matches(*s))?;
        let below = index.sections.iter().find(|(s, _)| {
            let mut at = facts.sections[*s].parent;
            while let Some(parent) = at {
                if parent == target {
                    return true;
                }
                at = facts.sections[parent].parent;
            }
            false
        });
        below.and_then(|(_, id)| own(id))
    }
}

fn result_of(drafts: &Drafts<'_>, response: &ObjectId) -> Option<ObjectId> {
    let object = drafts.objects.get(response)?;
    let result = object.find("result")?;
    let inner = object.fields[result].inner.clone()?;
    // `result.item`, `result.task`: the link means what is wrapped.
    let wrapped = &drafts.objects[&inner];
    match wrapped.fields.as_slice() {
        [only] => only.inner.clone().or(Some(inner)),
        _ => Some(inner),
    }
}

/// Gives every field without a structure the one that its links lead to.
pub(crate) fn link(index: &Index<'_>, drafts: &mut Drafts<'_>, is_basic: &dyn Fn(&str) -> bool) {
    let mut found: Vec<(ObjectId, usize, ObjectId)> = Vec::new();
    for (id, object) in &drafts.objects {
        for (i, field) in object.fields.iter().enumerate() {
            // A structure that no table described yet may as well be the linked one.
            let empty = field.inner.as_ref().and_then(|id| drafts.objects.get(id)).is_none_or(|o| o.fields.is_empty());
            if empty
                && let Some(target) = target(index, drafts, field, is_basic)
                && target != *id
                && !describes_fields(drafts, object, field, &target)
            {
                found.push((id.clone(), i, target));
            }
        }
    }
    for (id, i, target) in found {
        drafts.objects[&id].fields[i].inner = Some(target);
    }
}

/// Whether the examples show descriptions of the target's fields under their names: `{"id": {"type": "integer", …}, …}`, as
/// methods that list fields answer. The link then says whose fields they are, not what they hold.
fn describes_fields(drafts: &Drafts<'_>, object: &DraftObject<'_>, field: &DraftField, target: &ObjectId) -> bool {
    let Some(target) = drafts.objects.get(target) else { return false };
    let scalar = |name: &str| {
        target.find(name).is_some_and(|index| {
            let field = &target.fields[index];
            field.inner.is_none() && !field.may_hold_object()
        })
    };
    let (mut described, mut held) = (0, 0);
    for sample in inner_samples(object, &field.name) {
        for (_, value) in sample.as_object().into_iter().flatten().filter(|(name, _)| scalar(name)) {
            if value.is_object() { described += 1 } else { held += 1 }
        }
    }
    described > 1 && described > held
}

fn target(
    index: &Index<'_>,
    drafts: &Drafts<'_>,
    field: &DraftField,
    is_basic: &dyn Fn(&str) -> bool,
) -> Option<ObjectId> {
    for (word, page, anchor) in &field.doc_type.links {
        let word = word.trim_end_matches("[]");
        if is_basic(&word.to_lowercase()) || word.contains('.') {
            continue;
        }
        if !anchor.is_empty()
            && let Some(id) = index.resolve(drafts, *page, anchor)
        {
            return Some(id);
        }
        // A type that the linked page describes under a heading of its own.
        if let Some(id) = index.resolve(drafts, *page, word) {
            return Some(id);
        }
    }
    if !field.may_hold_object() || field.template && field.links.is_empty() || field.name == "time" {
        return None;
    }
    let container = field.doc_type.text.is_empty()
        || ["object", "array"].iter().any(|w| field.doc_type.text.to_lowercase().contains(w));
    if !container {
        return None;
    }
    for (page, anchor) in &field.links {
        let method = index.facts[*page as usize].method.is_some();
        if anchor.is_empty() && method {
            continue;
        }
        if let Some(id) = index.resolve(drafts, *page, anchor) {
            return Some(id);
        }
    }
    None
}
