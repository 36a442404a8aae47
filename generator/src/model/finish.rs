//! From the drafts of a cluster to its part of the model: every field typed, every line counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::cluster::Pages;
use super::draft::{DraftField, DraftObject, Drafts};
use super::inbound;
use super::name::{self, Name};
use super::tie::{CallRoots, own_type_word};
use super::typing::type_of;
use super::{
    Deprecated, Effect, EnumValue, Error, Event, Example, ExampleKind, Field, Inbound, Kind, Method, Object, ObjectId,
    Type,
};
use crate::diagnostic::Diagnostic;
use crate::docs::Docs;
use crate::facts::error;
use crate::facts::page_facts::{ExampleOf, PageFacts};
use crate::page::Place;

/// What the pages of one cluster give to the model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    /// The pages, in their order.
    pub(crate) pages: Vec<u32>,
    pub(crate) methods: Vec<Method>,
    pub(crate) events: Vec<Event>,
    pub(crate) inbound: Vec<Inbound>,
    /// The structures, and what the Rust name of each is made of.
    pub(crate) objects: Vec<(ObjectId, Arc<Name>, Object)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What a page is about, and the structures that it begins with.
pub(super) struct Subject<'f> {
    pub(super) facts: &'f PageFacts,
    pub(super) owner: &'f str,
    pub(super) request: ObjectId,
    pub(super) response: ObjectId,
    pub(super) calls: Vec<CallRoots>,
}

/// The part of the model that comes of `subjects`.
pub(super) fn finish(
    pages: Pages<'_>,
    subjects: &[Subject<'_>],
    drafts: &Drafts<'_>,
    diagnostics: Vec<Diagnostic>,
) -> Part {
    let finisher = Finisher { pages, drafts };
    let mut part = Part { diagnostics, ..Part::default() };
    let made = subjects.par_iter().map(|subject| {
        let Subject { facts, response, calls, .. } = subject;
        let events: Vec<Event> = facts.events.iter().map(|event| finisher.event(event, facts, response)).collect();
        let calls = facts.inbound.iter().zip(calls);
        let inbound: Vec<Inbound> = calls.map(|(call, roots)| inbound::call(&finisher, facts, call, roots)).collect();
        (facts.page, finisher.method(subject), events, inbound)
    });
    for (page, method, events, inbound) in made.collect::<Vec<_>>() {
        part.pages.push(page);
        part.methods.extend(method);
        part.events.extend(events);
        part.inbound.extend(inbound);
    }
    let calls = || subjects.iter().flat_map(|subject| &subject.calls);
    // What becomes a list of fields is no structure beside it.
    let roots: HashSet<&ObjectId> = subjects
        .iter()
        .flat_map(|subject| [&subject.request, &subject.response])
        .chain(calls().flat_map(CallRoots::all))
        .chain(calls().filter_map(|call| inbound::options(&drafts.objects, &call.payload)))
        .collect();
    let holders = holders(drafts);
    let drafted: Vec<_> = drafts.objects.iter().collect();
    let structures = drafted
        .into_par_iter()
        .filter(|(id, object)| !roots.contains(id) && (!object.fields.is_empty() || !object.open.is_empty()));
    let structures = structures.map(|(id, object)| {
        let name = Name::new(id, named(id, object, &holders));
        (id.clone(), Arc::new(name), finisher.object(id, object))
    });
    part.objects = structures.collect();
    part
}

/// The first field that holds each structure.
fn holders<'d>(drafts: &'d Drafts<'_>) -> HashMap<&'d ObjectId, &'d DraftField> {
    let mut holders: HashMap<&ObjectId, &DraftField> = HashMap::new();
    for field in drafts.objects.values().flat_map(|object| &object.fields) {
        if let Some(inner) = &field.inner {
            holders.entry(inner).or_insert(field);
        }
    }
    holders
}

/// What the Rust name of a structure is made of. It does not depend on the docs' language: one that only a heading or an anchor
/// names is called after the first field that holds it.
fn named(id: &ObjectId, object: &DraftObject<'_>, holders: &HashMap<&ObjectId, &DraftField>) -> String {
    match holders.get(id) {
        Some(field) if !object.named => own_type_word(&field.doc_type.text).unwrap_or_else(|| field.name.clone()),
        _ => object.name.clone(),
    }
}

pub(super) struct Finisher<'d, 'f> {
    pages: Pages<'d>,
    pub(super) drafts: &'d Drafts<'f>,
}

impl Finisher<'_, '_> {
    pub(super) fn line(&self, place: Place) -> (String, u32) {
        line(self.pages.docs, place)
    }

    fn method(&self, subject: &Subject<'_>) -> Option<Method> {
        let Subject { facts, request, response, .. } = subject;
        let named = facts.method.as_ref()?;
        let (page, line) = self.line(facts.place);
        let method_of = |page: u32| self.pages.facts[page as usize].method.as_ref().map(|method| method.name.clone());
        let params = self.fields(request, true);
        let (module, rust_path) = name::place(&named.name);
        Some(Method {
            name: named.name.clone(),
            api: named.api,
            page,
            line,
            title: facts.title.clone(),
            description: facts.description.clone(),
            module,
            scopes: facts.scopes.clone(),
            deprecated: facts.deprecated.map(|note| Deprecated { instead: note.successor.and_then(method_of) }),
            effect: Effect::default(),
            paging: None,
            positional: facts.positional,
            rust_path,
            one_of: one_of(facts, &params),
            params: params.into(),
            response: self.fields(response, false).into(),
            errors: errors(self.pages.docs, facts).into(),
            examples: self.examples(facts).into(),
        })
    }

    fn event(&self, name: &str, facts: &PageFacts, payload: &ObjectId) -> Event {
        let (page, line) = self.line(facts.place);
        Event {
            name: name.to_owned(),
            page,
            line,
            title: facts.title.clone(),
            description: facts.description.clone(),
            scopes: facts.scopes.clone(),
            module: String::new(),
            rust_path: String::new(),
            payload: self.fields(payload, false).into(),
            examples: self.examples(facts).into(),
        }
    }

    fn object(&self, id: &ObjectId, object: &DraftObject<'_>) -> Object {
        let (page, line) = self.line(object.place);
        let page = object.page.clone().unwrap_or(page);
        let open_keys = object.open.prefixes();
        let open = !open_keys.is_empty();
        let (rust_path, description) = (String::new(), String::new());
        Object { page, line, rust_path, open, open_keys, description, fields: self.fields(id, false).into() }
    }

    pub(super) fn fields(&self, id: &ObjectId, parameter: bool) -> Vec<Field> {
        let Some(object) = self.drafts.objects.get(id) else { return Vec::new() };
        let finished = object.fields.iter().map(|field| {
            if let Some(stated) = &field.stated {
                return (**stated).clone();
            }
            let (page, line) = self.line(field.place);
            let ty = type_of(self.pages.dictionary, field, parameter);
            let description = with_values(field, &ty);
            // A scalar is the default of something within a structure.
            let is_its =
                |default: &&Value| !matches!(ty.kind, Kind::Object(_)) || default.is_object() || default.is_array();
            let default = field.default.as_ref().filter(is_its).cloned();
            Field {
                name: field.name.clone(),
                rust_name: String::new(),
                required: field.required,
                ty,
                doc_type: field.doc_type.text.clone(),
                default,
                access: field.access,
                description,
                page,
                line,
                from: field.from.iter().copied().collect(),
            }
        });
        let mut fields: Vec<Field> = finished.collect();
        name::fields(&mut fields);
        fields
    }

    fn examples(&self, facts: &PageFacts) -> Vec<Example> {
        let curl = facts.examples.iter().any(|e| e.kind == ExampleOf::Request);
        facts
            .examples
            .iter()
            .filter_map(|example| {
                let kind = match example.kind {
                    ExampleOf::Request => ExampleKind::Request,
                    ExampleOf::Call if !curl => ExampleKind::Request,
                    ExampleOf::Response => ExampleKind::Response,
                    ExampleOf::Error => ExampleKind::Error,
                    ExampleOf::Event => ExampleKind::Event,
                    ExampleOf::Call | ExampleOf::Part(_) | ExampleOf::Webhook(_) => return None,
                };
                Some(Example { kind, line: self.line(example.place).1, json: example.json.clone() })
            })
            .collect()
    }
}

/// Path and line of a place.
fn line(docs: &Docs, place: Place) -> (String, u32) {
    let source = docs.source(place.source);
    (source.path.clone(), source.line(place.at as usize))
}

/// What the page says of a field. Values that its type does not hold (statuses, say, which a portal may add to) stay in
/// the prose.
fn with_values(field: &DraftField, ty: &Type) -> String {
    let mut out = field.description.clone();
    if ty.holds_enum() {
        return out;
    }
    let listed = |value: &&EnumValue| !field.description.contains(&value.value);
    for (i, value) in field.values.iter().filter(listed).enumerate() {
        out.push_str(if i == 0 { "\n\n" } else { "\n" });
        out.push_str("- `");
        out.push_str(&value.value);
        out.push('`');
        if !value.description.is_empty() {
            out.push_str(": ");
            out.push_str(&value.description.replace('\n', "\n  "));
        }
    }
    out
}

fn one_of(facts: &PageFacts, params: &[Field]) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    for group in &facts.one_of {
        let own: Vec<String> = group
            .iter()
            .filter_map(|word| params.iter().find(|p| p.name.eq_ignore_ascii_case(word)).map(|p| p.name.clone()))
            .collect();
        if own.len() >= 2 && own.len() == group.len() && !out.contains(&own) {
            out.push(own);
        }
    }
    out
}

pub(super) fn errors(docs: &Docs, facts: &PageFacts) -> Vec<Error> {
    if let Some(stated) = &facts.distilled {
        let named = stated.errors.iter().zip(super::stated::variants(&stated.errors));
        return named.map(|(error, variant)| Error { variant, ..error.clone() }).collect();
    }
    let variants = error::variants(&facts.errors.rows);
    facts
        .errors
        .rows
        .iter()
        .zip(variants)
        .map(|(row, variant)| {
            let (page, line) = line(docs, row.place);
            Error {
                code: row.code.clone(),
                message: row.message.clone(),
                messages: BTreeMap::new(),
                field: row.field.clone(),
                status: row.status,
                variant,
                description: row.description.clone(),
                page,
                line,
            }
        })
        .collect()
}
