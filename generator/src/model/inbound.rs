//! Placements and webhooks: what each call of a page carries.

use indexmap::IndexMap;

use super::build::Finisher;
use super::draft::DraftObject;
use super::tie::CallRoots;
use super::{Example, ExampleKind, Field, Inbound, InboundKind, Kind, ObjectId, Type};
use crate::facts::inbound::{InboundFact, OPTIONS, PLACEMENT};
use crate::facts::page_facts::{ExampleOf, PageFacts, Side};

/// The structure that a placement's payload holds as its options.
pub(super) fn options<'d>(
    objects: &'d IndexMap<ObjectId, DraftObject<'_>>,
    payload: &ObjectId,
) -> Option<&'d ObjectId> {
    let payload = objects.get(payload)?;
    payload.fields.iter().find(|field| field.name == OPTIONS)?.inner.as_ref()
}

/// One call of a page.
pub(super) fn call(finisher: &Finisher<'_, '_>, facts: &PageFacts, call: &InboundFact, roots: &CallRoots) -> Inbound {
    let (page, line) = finisher.line(facts.place);
    let mut payload = finisher.fields(&roots.payload, false);
    let mut options = finisher.fields(&roots.options, false);
    if call.kind == InboundKind::Placement && facts.distilled.is_none() {
        if let Some(id) = self::options(&finisher.drafts.objects, &roots.payload) {
            options = finisher.fields(id, false);
        }
        own_options(facts, &call.name, &mut options);
        // What the string holds is said by the options.
        for field in payload.iter_mut().filter(|field| field.name == OPTIONS) {
            field.ty = Type::of(Kind::String);
        }
    }
    Inbound {
        name: call.name.clone(),
        kind: call.kind,
        page,
        line,
        title: facts.title.clone(),
        description: facts.description.clone(),
        scopes: facts.scopes.clone(),
        anchor: if call.anchor.is_ascii() { call.anchor.clone() } else { String::new() },
        module: String::new(),
        rust_path: String::new(),
        payload,
        options,
        answer: if call.answer.is_some() { finisher.fields(&roots.answer, true) } else { Vec::new() },
        examples: examples(finisher, facts, call),
    }
}

/// Of the options that a page lists for all its placements, those that the examples show for others alone go.
fn own_options(facts: &PageFacts, name: &str, options: &mut Vec<Field>) {
    let mut shown: Vec<(bool, &str)> = Vec::new();
    let mut own = false;
    for example in &facts.examples {
        let is_own = is_of(&example.json, name);
        own |= is_own;
        let keys = example.json.get(OPTIONS).and_then(|options| options.as_object());
        shown.extend(keys.into_iter().flatten().map(|(key, _)| (is_own, key.as_str())));
    }
    let of = |field: &Field, whose: bool| shown.iter().any(|(is_own, key)| *is_own == whose && *key == field.name);
    if own {
        options.retain(|field| of(field, true) || !of(field, false));
    }
}

fn is_of(form: &serde_json::Value, name: &str) -> bool {
    form.get(PLACEMENT).and_then(|shown| shown.as_str()).is_some_and(|shown| placement_is(name, shown))
}

/// Whether `shown`, as it travels, is the placement `name`, in which `XXX` and `*` stand for what differs.
pub(crate) fn placement_is(name: &str, shown: &str) -> bool {
    let parts: Vec<&str> = name.split("XXX").flat_map(|part| part.split('*')).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return name == shown };
    let Some(rest) = shown.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in middle {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    true
}

fn examples(finisher: &Finisher<'_, '_>, facts: &PageFacts, call: &InboundFact) -> Vec<Example> {
    let several = facts.inbound.len() > 1;
    let side = |side: Side| match side {
        side if side == call.payload => Some(ExampleKind::Request),
        side if Some(side) == call.answer => Some(ExampleKind::Response),
        _ => None,
    };
    let kind = |example: &crate::facts::page_facts::ExampleFact| match example.kind {
        ExampleOf::Event if several && !is_of(&example.json, &call.name) => None,
        ExampleOf::Event => Some(ExampleKind::Event),
        ExampleOf::Request if facts.method.is_none() => side(Side::Request),
        ExampleOf::Response if facts.method.is_none() => side(Side::Response),
        ExampleOf::Webhook(of) => side(of),
        _ => None,
    };
    let example = |example: &crate::facts::page_facts::ExampleFact| {
        Some(Example { kind: kind(example)?, line: finisher.line(example.place).1, json: example.json.clone() })
    };
    facts.examples.iter().filter_map(example).collect()
}

/// Ordered by name, page and place; of placements that several pages describe, the page with the fewest is about it.
pub(super) fn distinct(mut calls: Vec<Inbound>) -> Vec<Inbound> {
    let of_page = |calls: &[Inbound], page: &str| calls.iter().filter(|call| call.page == page).count();
    let counts: Vec<usize> = calls.iter().map(|call| of_page(&calls, &call.page)).collect();
    let mut best: std::collections::HashMap<String, (usize, String)> = std::collections::HashMap::new();
    for (call, count) in calls.iter().zip(counts).filter(|(call, _)| call.kind == InboundKind::Placement) {
        let this = (count, call.page.clone());
        let known = best.entry(call.name.clone()).or_insert_with(|| this.clone());
        *known = this.min(known.clone());
    }
    calls.retain(|call| best.get(&call.name).is_none_or(|(_, page)| call.kind != InboundKind::Placement || *page == call.page));
    // The order of calls of one name on a page is the page's.
    calls.sort_by(|a, b| (&a.name, &a.page).cmp(&(&b.name, &b.page)));
    calls
}

#[cfg(test)]
mod tests {
    use super::placement_is;

    #[test]
    fn a_placement_is_told_by_what_stands_around_the_part_that_differs() {
        for (name, shown, is) in [
            ("CRM_DEAL_DETAIL_TAB", "CRM_DEAL_DETAIL_TAB", true),
            ("CRM_DEAL_DETAIL_TAB", "CRM_DEAL_DETAIL_TABS", false),
            ("CRM_DYNAMIC_XXX_LIST_MENU", "CRM_DYNAMIC_183_LIST_MENU", true),
            ("CRM_DYNAMIC_XXX_LIST_MENU", "CRM_DYNAMIC_183_LIST_TOOLBAR", false),
            ("LANDING_BLOCK_*", "LANDING_BLOCK_repo_1132", true),
            ("LANDING_BLOCK_*", "LANDING_SETTINGS", false),
        ] {
            assert_eq!(placement_is(name, shown), is, "{name} {shown}");
        }
    }
}
