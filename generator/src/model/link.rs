//! Follows links between pages: a field whose type or description leads to a structure on another page gets it.

use std::collections::HashMap;

use super::ObjectId;
use super::draft::{DraftField, DraftObject};
use super::merge::is_known;
use super::place::inner_samples;
use super::tie::PageDraft;
use super::typing::basic;
use crate::facts::page_facts::PageFacts;

/// A field and the structure that a link gives it.
#[derive(Debug, PartialEq)]
pub(super) struct Link {
    /// The structure that the field is part of.
    pub(super) object: ObjectId,
    /// The field's index.
    pub(super) field: usize,
    /// The structure that it holds.
    pub(super) to: ObjectId,
    /// The page that describes that structure.
    pub(super) page: u32,
    /// Whether examples of one page add to structures of the other.
    pub(super) ties: bool,
}

/// Where each page's structures are.
pub(super) struct Index<'i, 'f> {
    facts: &'i [PageFacts],
    /// By page.
    drafts: &'i [Option<PageDraft<'f>>],
    /// The page that drafts each structure.
    homes: HashMap<&'i ObjectId, u32>,
}

impl<'i, 'f> Index<'i, 'f> {
    pub(super) fn new(facts: &'i [PageFacts], drafts: &'i [Option<PageDraft<'f>>]) -> Self {
        let pages = (0u32..).zip(drafts).filter_map(|(page, draft)| Some((page, draft.as_ref()?)));
        let homes = pages.flat_map(|(page, draft)| draft.drafts.objects.keys().map(move |id| (id, page))).collect();
        Index { facts, drafts, homes }
    }

    /// The page that drafts the structure `id`.
    pub(super) fn home(&self, id: &ObjectId) -> Option<u32> {
        self.homes.get(id).copied()
    }

    fn object(&self, id: &ObjectId) -> Option<&'i DraftObject<'f>> {
        self.drafts[self.home(id)? as usize].as_ref()?.drafts.objects.get(id)
    }

    /// The structure that a link to `page#anchor` means.
    fn resolve(&self, page: u32, anchor: &str) -> Option<ObjectId> {
        let facts = &self.facts[page as usize];
        let index = self.drafts[page as usize].as_ref()?;
        let is_method = facts.method.is_some();
        let own = |id: &ObjectId| {
            // The answer as a whole is an envelope: what a link to it means is the result.
            if *id == index.response { self.result_of(id) } else { Some(id.clone()) }
        };
        if anchor.is_empty() {
            if is_method {
                return self.result_of(&index.response);
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

    fn result_of(&self, response: &ObjectId) -> Option<ObjectId> {
        let object = self.object(response)?;
        let result = object.find("result")?;
        let inner = object.fields[result].inner.clone()?;
        // `result.item`, `result.task`: the link means what is wrapped.
        match self.object(&inner)?.fields.as_slice() {
            [only] => only.inner.clone().or(Some(inner)),
            _ => Some(inner),
        }
    }

    /// What the links of `page` give its fields that hold no structure yet.
    pub(super) fn links(&self, page: u32) -> Vec<Link> {
        let Some(draft) = &self.drafts[page as usize] else { return Vec::new() };
        let mut out = Vec::new();
        for (id, object) in &draft.drafts.objects {
            let is_answer = *id != draft.request
                && (*id == draft.response || draft.calls.iter().any(|call| call.all().contains(&id)));
            let ties = |field: &DraftField, home: u32| home != page && !(is_answer && is_known(&field.name));
            for (index, field) in object.fields.iter().enumerate() {
                // A structure that no table described yet may as well be the linked one.
                let held = field.inner.as_ref().and_then(|id| self.object(id));
                if held.is_none_or(|held| held.fields.is_empty())
                    && let Some(to) = self.target(field)
                    && to != *id
                    && let Some(home) = self.home(&to)
                    && !self.describes_fields(object, field, &to)
                {
                    out.push(Link { object: id.clone(), field: index, to, page: home, ties: ties(field, home) });
                } else if let Some(to) = &field.inner
                    && let Some(home) = self.home(to).filter(|home| *home != page)
                {
                    // A distilled page says so.
                    let ties = ties(field, home);
                    out.push(Link { object: id.clone(), field: index, to: to.clone(), page: home, ties });
                }
            }
        }
        out
    }

    /// Whether the examples show descriptions of the target's fields under their names: `{"id": {"type": "integer", …}, …}`, as
    /// methods that list fields answer. The link then says whose fields they are, not what they hold.
    fn describes_fields(&self, object: &DraftObject<'_>, field: &DraftField, target: &ObjectId) -> bool {
        let Some(target) = self.object(target) else { return false };
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

    fn target(&self, field: &DraftField) -> Option<ObjectId> {
        for (word, page, anchor) in &field.doc_type.links {
            let word = word.trim_end_matches("[]");
            if basic(word).is_some() || word.contains('.') {
                continue;
            }
            if !anchor.is_empty()
                && let Some(id) = self.resolve(*page, anchor)
            {
                return Some(id);
            }
            // A type that the linked page describes under a heading of its own.
            if let Some(id) = self.resolve(*page, word) {
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
            let method = self.facts[*page as usize].method.is_some();
            if anchor.is_empty() && method {
                continue;
            }
            if let Some(id) = self.resolve(*page, anchor) {
                return Some(id);
            }
        }
        None
    }
}
