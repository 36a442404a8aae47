//! From facts to the model: a list of passes, each over what the one before it made.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

#[cfg(feature = "cli")]
use super::Error;
use super::cluster::{Clusters, Pages};
use super::finish::Part;
#[cfg(feature = "cli")]
use super::finish::errors;
use super::graph::Graph;
use super::inbound;
use super::keys::keys;
use super::name::{self, Names};
use super::namesake::namesake;
use super::typing::Dictionary;
use super::unify::unify;
use super::{Api, Kind, List, Model, ObjectId, Type};
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::{Docs, State, stem};
use crate::facts::distilled::Distilled;
use crate::facts::outline::Library;
use crate::facts::page_facts::PageFacts;
use crate::overrides;

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
    pub(crate) names: Names,
    pub(crate) model: Model,
    pub(crate) kept: Kept,
}

impl Reading {
    pub(crate) fn of(docs: &Docs) -> Reading {
        Reading::new(docs, None, false)
    }

    /// Reads `docs`; what depends on none of the pages that changed since they were read before is taken over.
    pub(crate) fn again(docs: &Docs, old: Option<Reading>) -> Reading {
        Reading::new(docs, old, true)
    }

    /// Language of `docs`, and the errors that each method's page documents, without the rest of the model.
    #[cfg(feature = "cli")]
    pub(crate) fn errors(docs: &Docs) -> (String, Vec<(String, Api, Vec<Error>)>) {
        if !docs.overrides().text().is_empty() {
            // They may correct errors, and are applied to a model.
            let Model { language, methods, .. } = Model::read(docs);
            return (language, methods.into_iter().map(|m| (m.name, m.api, m.errors.to_vec())).collect());
        }
        let library = Library::new(docs);
        let read = pages(docs).into_par_iter().map(|page| {
            let facts = PageFacts::read_errors(&library, page);
            let language = facts.documents().then_some(facts.words.language);
            (language, facts.method.as_ref().map(|method| (method.name.clone(), method.api, errors(docs, &facts))))
        });
        let (languages, methods): (Vec<_>, Vec<_>) = read.unzip();
        (language(languages.into_iter().flatten()), methods.into_iter().flatten().collect())
    }

    fn new(docs: &Docs, old: Option<Reading>, keep: bool) -> Reading {
        let library = Library::new(docs);
        let read = |page| PageFacts::read(&library, page);
        let state = if keep { docs.state() } else { State::default() };
        let changed = |old: Reading| Some((docs.changed(&old.kept.state, &state)?, old));
        let (facts, kept, changed) = if let Some((changed, Reading { mut facts, kept, .. })) = old.and_then(changed) {
            let again = facts.par_iter_mut().zip(&changed).filter(|(_, changed)| **changed);
            again.for_each(|(facts, _)| *facts = read(facts.page));
            (facts, kept, changed)
        } else {
            let facts: Vec<PageFacts> = pages(docs).into_par_iter().map(read).collect();
            let changed = vec![true; facts.len()];
            (facts, Kept::default(), changed)
        };
        let ((model, names, kept), ()) = rayon::join(|| build(docs, &facts, kept, changed, keep), || drop(library));
        Reading { facts, names, model, kept: Kept { state, ..kept } }
    }
}

/// The numbers of all pages.
fn pages(docs: &Docs) -> std::ops::Range<u32> {
    0..u32::try_from(docs.sources().len()).unwrap_or(u32::MAX)
}

/// Completes what `old` does not hold of the clusters, and puts them together.
fn build(docs: &Docs, facts: &[PageFacts], old: Kept, changed: Vec<bool>, keep: bool) -> (Model, Names, Kept) {
    let mut diagnostics: Vec<Diagnostic> = docs.diagnostics().to_vec();
    let owners = owners(docs, facts, &mut diagnostics);
    let dictionary = dictionary(facts);
    let (clusters, changed) = old.clusters(facts, &owners, &dictionary, changed);
    let mut clusters = clusters.renewed(Pages { docs, facts, owners: &owners, dictionary: &dictionary }, changed);
    let parts = if keep { clusters.parts.par_iter().cloned().collect() } else { std::mem::take(&mut clusters.parts) };
    let (mut model, mut names) = assemble(facts, parts, diagnostics);
    namesake(&mut model);
    correct(docs, facts, &mut model);
    keys(&mut model, &mut names);
    unify(&mut model, &mut names);
    name::name(&mut model, &names);
    model.diagnostics.sort();
    model.diagnostics.dedup();
    (model, names, Kept { owners, dictionary, clusters, ..Kept::default() })
}

/// What a run leaves to the next one over the same pages, some of which may have changed.
#[derive(Default)]
pub(crate) struct Kept {
    state: State,
    /// Per page, what the ids of its structures begin with.
    pub(crate) owners: Vec<String>,
    dictionary: Dictionary,
    clusters: Clusters,
}

impl Kept {
    /// The clusters that may stand, and per page whether it is another one than these were made of; it is where it `changed`.
    fn clusters(
        self,
        facts: &[PageFacts],
        owners: &[String],
        dictionary: &Dictionary,
        changed: Vec<bool>,
    ) -> (Clusters, Vec<bool>) {
        // Structures of distilled pages name each other without links.
        let distilled = || facts.iter().any(|facts| facts.distilled.is_some());
        if self.owners.len() != owners.len() || self.dictionary != *dictionary || distilled() {
            return (Clusters::default(), vec![true; facts.len()]);
        }
        let renamed = self.owners.iter().zip(owners).map(|(old, new)| old != new);
        (self.clusters, changed.into_iter().zip(renamed).map(|(changed, renamed)| changed || renamed).collect())
    }
}

/// The model of all parts, with the names of its structures.
fn assemble(facts: &[PageFacts], parts: Vec<Part>, mut diagnostics: Vec<Diagnostic>) -> (Model, Names) {
    let (mut methods, mut events, mut inbound) = (Vec::new(), Vec::new(), Vec::new());
    let (mut objects, mut names) = (Vec::new(), HashMap::new());
    for part in parts {
        methods.extend(part.methods);
        events.extend(part.events);
        inbound.extend(part.inbound);
        diagnostics.extend(part.diagnostics);
        for (id, name, object) in part.objects {
            names.insert(id.clone(), name);
            objects.push((id, object));
        }
    }
    methods.sort_by(|a, b| (&a.name, a.api, &a.page).cmp(&(&b.name, b.api, &b.page)));
    events.sort_by(|a, b| (&a.name, &a.page).cmp(&(&b.name, &b.page)));
    let language = language(facts.iter().filter(|facts| facts.documents()).map(|facts| facts.words.language));
    let (inbound, objects) = (inbound::distinct(inbound), objects.into_iter().collect());
    let mut model = Model { model_version: MODEL_VERSION, language, methods, events, inbound, objects, diagnostics };
    prune(&mut model);
    (model, Names::new(names))
}

/// Puts right what the docs get wrong, and concludes what it does and how it pages; distilled pages state both.
fn correct(docs: &Docs, facts: &[PageFacts], model: &mut Model) {
    overrides::apply(docs.overrides(), model);
    let distilled = facts.iter().filter_map(|f| Some((docs.source(f.page).path.as_str(), f.distilled.as_ref()?)));
    let distilled: HashMap<&str, &Distilled> = distilled.collect();
    let objects = &model.objects;
    model.methods.par_iter_mut().for_each(|method| {
        let stated = distilled.get(method.page.as_str());
        if let Some((stated, effect)) = stated.and_then(|stated| Some((stated, stated.effect?))) {
            (method.paging, method.effect) = (stated.paging.clone(), effect);
        } else {
            method.paging = super::paging::paging(method, objects);
            method.effect = super::effect::effect(method);
        }
    });
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

fn dictionary(facts: &[PageFacts]) -> Dictionary {
    let mut dictionary = Dictionary::default();
    for facts in facts {
        for (word, description) in &facts.types {
            dictionary.add(facts.words, word, description);
        }
    }
    dictionary
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
    let graph = Graph::of(model);
    let reached = graph.reached(model);
    let pages: HashSet<&str> =
        model.methods.iter().map(|m| &m.page).chain(model.events.iter().map(|e| &e.page)).map(String::as_str).collect();
    let stays = model.objects.values().zip(reached).map(|(o, reached)| reached || pages.contains(o.page.as_str()));
    let stays: Vec<bool> = stays.collect();
    let unknown = |id: &&ObjectId| graph.number(id).is_none_or(|number| !stays[number]);
    let unknown: HashSet<ObjectId> = model.lists().flat_map(List::held).filter(unknown).cloned().collect();
    let mut stays = stays.into_iter();
    model.objects.retain(|_, _| stays.next().unwrap_or(true));
    model.each_type_beside(&|id| unknown.contains(id), &|ty| {
        if matches!(&ty.kind, Kind::Object(id) if unknown.contains(id)) {
            ty.kind = Kind::Map(Box::new(Type::any()));
        }
    });
}
