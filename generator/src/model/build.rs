//! From facts to the model: a list of passes, each over what the one before it made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use serde_json::Value;

use super::declare::{self, Declarer};
use super::draft::{DraftField, Drafts};
use super::inbound;
use super::keys::keys;
use super::link::{Index, link};
use super::merge::Merger;
use super::name::{self, Names};
use super::namesake::namesake;
use super::tie::{CallRoots, PageDraft, draft};
use super::typing::{Dictionary, basic, type_of};
use super::unify::{reachable, unify};
use super::{
    Api, Deprecated, Effect, EnumValue, Error, Event, Example, ExampleKind, Field, Inbound, Kind, Method, Model,
    Object, ObjectId, Type, Witness,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::{Docs, stem};
use crate::facts::distilled::Distilled;
use crate::facts::error;
use crate::facts::outline::Library;
use crate::facts::page_facts::{ExampleOf, PageFacts, Side};
use crate::overrides;
use crate::page::Place;

/// Version of the exported format.
const MODEL_VERSION: u32 = 1;

impl Model {
    /// Reads the docs: pages to facts, facts to structures, structures linked, completed, typed and named.
    pub fn read(docs: &Docs) -> Model {
        let Reading { facts, model, .. } = Reading::of(docs);
        // They are large: their memory is given back on all cores.
        facts.into_par_iter().for_each(drop);
        model
    }
}

/// A model with what it was made of.
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "a build script asks for the model alone"))]
pub(crate) struct Reading {
    pub(crate) facts: Vec<PageFacts>,
    /// Per page, what the ids of its structures begin with.
    pub(crate) owners: Vec<String>,
    pub(crate) names: Names,
    pub(crate) model: Model,
}

impl Reading {
    pub(crate) fn of(docs: &Docs) -> Reading {
        Reading::again(docs, None)
    }

    /// Language of `docs`, and the errors that each method's page documents, without the rest of the model.
    #[cfg(feature = "cli")]
    pub(crate) fn errors(docs: &Docs) -> (String, Vec<(String, Api, Vec<Error>)>) {
        if !docs.overrides().text().is_empty() {
            // They may correct errors, and are applied to a model.
            let Model { language, methods, .. } = Model::read(docs);
            return (language, methods.into_iter().map(|method| (method.name, method.api, method.errors)).collect());
        }
        let library = Library::new(docs);
        let read = pages(docs).into_par_iter().map(|page| {
            let facts = PageFacts::read(&library, page);
            let language = facts.documents().then_some(facts.words.language);
            (language, facts.method.as_ref().map(|method| (method.name.clone(), method.api, errors(docs, &facts))))
        });
        let (languages, methods): (Vec<_>, Vec<_>) = read.unzip();
        (language(languages.into_iter().flatten()), methods.into_iter().flatten().collect())
    }

    /// Reads `docs`; the pages that are as they were when `facts` were read keep theirs.
    pub(crate) fn again(docs: &Docs, facts: Option<Vec<PageFacts>>) -> Reading {
        let library = Library::new(docs);
        let read = |page| PageFacts::read(&library, page);
        let facts: Vec<PageFacts> = if let Some(facts) = facts.filter(|facts| docs.renews(facts.len())) {
            let renewed = |facts: PageFacts| if docs.is_renewed(facts.page) { facts } else { read(facts.page) };
            facts.into_par_iter().map(renewed).collect()
        } else {
            pages(docs).into_par_iter().map(read).collect()
        };
        let ((model, names, owners), ()) = rayon::join(|| build(docs, &facts), || drop(library));
        Reading { facts, owners, names, model }
    }
}

/// The numbers of all pages.
fn pages(docs: &Docs) -> std::ops::Range<u32> {
    0..u32::try_from(docs.sources().len()).unwrap_or(u32::MAX)
}

fn build(docs: &Docs, facts: &[PageFacts]) -> (Model, Names, Vec<String>) {
    let mut diagnostics: Vec<Diagnostic> = docs.diagnostics().to_vec();
    let owners = owners(docs, facts, &mut diagnostics);
    let pages: Vec<PageDraft<'_>> = facts.par_iter().zip(&owners).map(|(facts, owner)| draft(facts, owner)).collect();
    report(docs, facts, &pages, &mut diagnostics);
    let index = Index::new(facts, &pages);
    let roots: Vec<Roots> = pages.iter().map(Roots::of).collect();
    let mut drafts = Drafts::default();
    for page in pages {
        drafts.objects.extend(page.drafts.objects);
        for (place, name) in page.drafts.prose {
            let message = format!("`{name}` is no name of a parameter or field: write the key as it is sent");
            diagnostics.push(docs.report(Code::UnclaimedRow, place, message));
        }
    }
    super::stated::report(docs, facts, &drafts, &mut diagnostics);
    let dictionary = dictionary(facts);
    link(&index, &mut drafts, &|word| basic(word).is_some());
    for (facts, Roots { response, .. }) in facts.iter().zip(&roots) {
        facts.declared.iter().for_each(|declared| declare::keys(&mut drafts, response, &declared.shape));
    }
    merge(facts, &roots, &mut drafts);
    declare(facts, &owners, &roots, &mut drafts);
    let mut model = finish(docs, facts, &roots, &drafts, &dictionary, diagnostics);
    namesake(&mut model);
    correct(docs, facts, &mut model);
    let mut names = Names::new(&drafts);
    let called = || {
        keys(&mut model, &mut names);
        unify(&mut model, &mut names);
        name::name(&mut model, &names);
    };
    rayon::join(called, || drop(drafts));
    model.diagnostics.sort();
    model.diagnostics.dedup();
    (model, names, owners)
}

/// The structures that a page's subjects begin with.
struct Roots {
    request: ObjectId,
    response: ObjectId,
    calls: Vec<CallRoots>,
}

impl Roots {
    fn of(page: &PageDraft<'_>) -> Self {
        Roots { request: page.request.clone(), response: page.response.clone(), calls: page.calls.clone() }
    }
}

/// Puts right what the docs get wrong, and concludes what it does and how it pages; distilled pages state both.
fn correct(docs: &Docs, facts: &[PageFacts], model: &mut Model) {
    overrides::apply(docs.overrides(), model);
    let distilled = facts.iter().filter_map(|f| Some((docs.source(f.page).path.as_str(), f.distilled.as_ref()?)));
    let distilled: HashMap<&str, &Distilled> = distilled.collect();
    for method in &mut model.methods {
        let stated = distilled.get(method.page.as_str());
        if let Some((stated, effect)) = stated.and_then(|stated| Some((stated, stated.effect?))) {
            (method.paging, method.effect) = (stated.paging.clone(), effect);
            continue;
        }
        method.paging = super::paging::paging(method, &model.objects);
        method.effect = super::effect::effect(method);
    }
}

/// What the ids of each page's structures begin with.
fn owners(docs: &Docs, facts: &[PageFacts], diagnostics: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut stems: HashMap<&str, u32> = HashMap::new();
    for source in docs.sources() {
        *stems.entry(stem(&source.path)).or_default() += 1;
    }
    let mut taken: HashMap<String, u32> = HashMap::new();
    facts
        .iter()
        .map(|facts| {
            let path = &docs.source(facts.page).path;
            let page_key = || {
                let short = path.strip_prefix("api-reference/").unwrap_or(path);
                let short = short.strip_suffix(".md").unwrap_or(short);
                if stems.get(stem(path)).copied().unwrap_or(0) > 1 { short } else { stem(path) }.to_owned()
            };
            let event = facts.events.first().or_else(|| facts.inbound.first().map(|call| &call.name));
            let key = match (&facts.method, event) {
                (Some(method), _) if method.api == Api::V3 => format!("v3:{}", method.name),
                (Some(method), _) => method.name.clone(),
                (None, Some(event)) => event.clone(),
                (None, None) => page_key(),
            };
            match taken.get(&key) {
                None => {
                    taken.insert(key.clone(), facts.page);
                    key
                }
                Some(first) => {
                    if facts.method.is_some() {
                        let message = format!(
                            "`{key}` is documented by `{}` too: the first page by path is the one that is emitted",
                            docs.source(*first).path
                        );
                        diagnostics.push(docs.report(Code::DuplicateMethod, facts.place, message));
                    }
                    let key = format!("{key}@{}", page_key());
                    taken.insert(key.clone(), facts.page);
                    key
                }
            }
        })
        .collect()
}

/// A name as part of an id: letters, digits, `_`, `.` and `-`.
pub(crate) fn id_part(name: &str) -> String {
    let kept: String =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '_' | '.' | '-') { c } else { '-' }).collect();
    kept.trim_matches('-').to_owned()
}

/// What the pages' facts could not place.
fn report(docs: &Docs, facts: &[PageFacts], pages: &[PageDraft<'_>], out: &mut Vec<Diagnostic>) {
    for (facts, page) in facts.iter().zip(pages) {
        if !facts.documents() {
            continue;
        }
        out.extend(facts.diagnostics.iter().cloned());
        for table in &facts.unclaimed {
            let message = format!(
                "this table of {} rows is not read: neither its heading nor its columns say that it lists fields or errors",
                table.rows
            );
            out.push(docs.report(Code::UnclaimedTable, table.place, message));
        }
        for section in &page.untied {
            let section = &facts.sections[*section];
            let message = format!(
                "no parameter or field holds what the table under \"{}\" describes: link to this heading from the one that does",
                section.title
            );
            out.push(docs.report(Code::UntiedTable, section.place, message));
        }
    }
}

fn dictionary(facts: &[PageFacts]) -> Dictionary {
    let mut dictionary = Dictionary::default();
    for facts in facts {
        for (word, description) in &facts.types {
            dictionary.add(facts.words, word, description);
        }
    }
    dictionary
}

fn merge<'f>(facts: &'f [PageFacts], roots: &[Roots], drafts: &mut Drafts<'f>) {
    for (facts, Roots { request, response, calls }) in facts.iter().zip(roots) {
        let call = |number: u16| calls.get(usize::from(number));
        let curl = facts.examples.iter().any(|e| e.kind == ExampleOf::Request && e.json.is_object());
        for example in &facts.examples {
            let Some(object) = example.json.as_object() else { continue };
            let (root, request) = match example.kind {
                ExampleOf::Request => (request, true),
                ExampleOf::Call if !curl => (request, true),
                ExampleOf::Response | ExampleOf::Event => (response, false),
                ExampleOf::Webhook(Side::Received(number)) => (call(number).map_or(response, |c| &c.payload), false),
                ExampleOf::Webhook(Side::Answered(number)) => (call(number).map_or(response, |c| &c.answer), false),
                _ => continue,
            };
            Merger { drafts, place: example.place, request }.object(root, object, 0);
        }
    }
}

/// Hears the type declarations in the pages' example code, TypeScript before Go.
fn declare<'f>(facts: &'f [PageFacts], owners: &[String], roots: &[Roots], drafts: &mut Drafts<'f>) {
    for ((facts, owner), Roots { response, .. }) in facts.iter().zip(owners).zip(roots) {
        let owner = format!("{owner}/");
        for declared in &facts.declared {
            let witness = if declared.go { Witness::Go } else { Witness::Typescript };
            Declarer { drafts, witness, place: declared.place, owner: &owner }.result(response, &declared.shape);
        }
    }
}

pub(super) struct Finisher<'d, 'f> {
    docs: &'d Docs,
    pub(super) drafts: &'d Drafts<'f>,
    dictionary: &'d Dictionary,
}

impl Finisher<'_, '_> {
    pub(super) fn line(&self, place: Place) -> (String, u32) {
        line(self.docs, place)
    }

    pub(super) fn fields(&self, id: &ObjectId, parameter: bool) -> Vec<Field> {
        let Some(object) = self.drafts.objects.get(id) else { return Vec::new() };
        object
            .fields
            .iter()
            .map(|field| {
                if let Some(stated) = &field.stated {
                    return (**stated).clone();
                }
                let (page, line) = self.line(field.place);
                let ty = type_of(self.dictionary, field, parameter);
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
    fn holds(ty: &Type) -> bool {
        match &ty.kind {
            Kind::Enum(_) => true,
            Kind::Array(inner) | Kind::Map(inner) => holds(inner),
            Kind::Union(types) => types.iter().any(holds),
            _ => false,
        }
    }
    let mut out = field.description.clone();
    if holds(ty) {
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

fn finish(
    docs: &Docs,
    facts: &[PageFacts],
    roots: &[Roots],
    drafts: &Drafts<'_>,
    dictionary: &Dictionary,
    diagnostics: Vec<Diagnostic>,
) -> Model {
    let finisher = Finisher { docs, drafts, dictionary };
    let method_of = |page: u32| facts[page as usize].method.as_ref().map(|m| m.name.clone());
    let subjects = facts.par_iter().zip(roots).map(|(facts, Roots { request, response, calls })| {
        let (page, line) = finisher.line(facts.place);
        let event = |event: &String| Event {
            name: event.clone(),
            page: page.clone(),
            line,
            title: facts.title.clone(),
            description: facts.description.clone(),
            scopes: facts.scopes.clone(),
            module: String::new(),
            rust_path: String::new(),
            payload: finisher.fields(response, false),
            examples: examples(&finisher, facts),
        };
        let events: Vec<Event> = facts.events.iter().map(event).collect();
        let method = facts.method.as_ref().map(|method| {
            let params = finisher.fields(request, true);
            let one_of = one_of(facts, &params);
            Method {
                name: method.name.clone(),
                api: method.api,
                page: page.clone(),
                line,
                title: facts.title.clone(),
                description: facts.description.clone(),
                module: String::new(),
                scopes: facts.scopes.clone(),
                deprecated: facts.deprecated.map(|note| Deprecated { instead: note.successor.and_then(method_of) }),
                effect: Effect::default(),
                paging: None,
                positional: facts.positional,
                rust_path: String::new(),
                params,
                one_of,
                response: finisher.fields(response, false),
                errors: errors(docs, facts),
                examples: examples(&finisher, facts),
            }
        });
        let inbound = facts.inbound.iter().zip(calls).map(|(call, roots)| inbound::call(&finisher, facts, call, roots));
        ((events, inbound.collect()), method)
    });
    let (others, methods): (Vec<_>, Vec<Option<Method>>) = subjects.unzip();
    let (events, inbound): (Vec<Vec<Event>>, Vec<Vec<Inbound>>) = others.into_iter().unzip();
    let mut events: Vec<Event> = events.into_iter().flatten().collect();
    let mut methods: Vec<Method> = methods.into_iter().flatten().collect();
    methods.sort_by(|a, b| (&a.name, a.api, &a.page).cmp(&(&b.name, b.api, &b.page)));
    events.sort_by(|a, b| (&a.name, &a.page).cmp(&(&b.name, &b.page)));
    let calls = || roots.iter().flat_map(|roots| &roots.calls);
    // What becomes a list of fields is no structure beside it.
    let roots: std::collections::HashSet<&ObjectId> = roots
        .iter()
        .flat_map(|roots| [&roots.request, &roots.response])
        .chain(calls().flat_map(CallRoots::all))
        .chain(calls().filter_map(|call| inbound::options(&drafts.objects, &call.payload)))
        .collect();
    let drafted: Vec<_> = drafts.objects.iter().collect();
    let objects: Vec<(ObjectId, Object)> = drafted
        .into_par_iter()
        .filter(|(id, object)| (!object.fields.is_empty() || !object.open.is_empty()) && !roots.contains(id))
        .map(|(id, object)| {
            let (page, line) = finisher.line(object.place);
            let page = object.page.clone().unwrap_or(page);
            let fields = finisher.fields(id, false);
            let open_keys = object.open.prefixes();
            let open = !open_keys.is_empty();
            let (rust_path, description) = (String::new(), String::new());
            let object = Object { page, line, rust_path, open, open_keys, description, fields };
            (id.clone(), object)
        })
        .collect();
    let objects: BTreeMap<ObjectId, Object> = objects.into_iter().collect();
    let language = language(facts.iter().filter(|facts| facts.documents()).map(|facts| facts.words.language));
    let inbound = inbound::distinct(inbound.into_iter().flatten().collect());
    let mut model = Model { model_version: MODEL_VERSION, language, methods, events, inbound, objects, diagnostics };
    prune(&mut model);
    model
}

/// The language that all are in.
fn language(languages: impl Iterator<Item = &'static str>) -> String {
    let languages: BTreeSet<&str> = languages.collect();
    match languages.len() {
        1 => languages.into_iter().next().unwrap_or("en").to_owned(),
        _ => "mixed".to_owned(),
    }
}

/// Leaves out the structures of pages without a method, an event or another call that nothing leads to: they are not part of the API.
/// Types that name a structure without fields say so plainly: a map of anything.
fn prune(model: &mut Model) {
    let reachable = reachable(model);
    let pages: std::collections::HashSet<&str> =
        model.methods.iter().map(|m| &m.page).chain(model.events.iter().map(|e| &e.page)).map(String::as_str).collect();
    model.objects.retain(|id, object| reachable.contains(id) || pages.contains(object.page.as_str()));
    let known: std::collections::HashSet<ObjectId> = model.objects.keys().cloned().collect();
    model.each_type(&mut |ty| {
        if let super::Kind::Object(id) = &ty.kind
            && !known.contains(id)
        {
            ty.kind = super::Kind::Map(Box::new(super::Type::any()));
        }
    });
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

fn errors(docs: &Docs, facts: &PageFacts) -> Vec<Error> {
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

fn examples(finisher: &Finisher<'_, '_>, facts: &PageFacts) -> Vec<Example> {
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
            Some(Example { kind, line: finisher.line(example.place).1, json: example.json.clone() })
        })
        .collect()
}
