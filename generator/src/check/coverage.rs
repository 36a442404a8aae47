//! How much of each module the docs tell: what the report counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::{Finding, Folder};
use crate::diagnostic::Code;
use crate::facts::page_facts::ExampleOf;
use crate::model::{Field, Kind, Type};

/// What a module's pages tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Methods of the module.
    pub methods: usize,
    /// Its events.
    pub events: usize,
    /// Parameters and fields of methods, events and structures.
    pub fields: Part,
    /// Examples of requests, answers, errors and events; those that hold contradict no table and are valid JSON.
    pub examples: Part,
    /// Errors; those with a code can be told apart by it.
    pub errors: Part,
    /// Findings on the module's pages.
    pub findings: usize,
}

/// Some of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Those that are typed, that hold, that have a code.
    pub good: usize,
    /// All of them.
    pub all: usize,
}

impl Part {
    fn add(&mut self, good: bool) {
        self.all += 1;
        self.good += usize::from(good);
    }
}

/// Kinds of finding that say of an example that it does not hold.
const BROKEN_EXAMPLE: [Code; 6] = [
    Code::Contradiction,
    Code::UndocumentedParameter,
    Code::UndocumentedField,
    Code::InvalidJson,
    Code::AbbreviatedJson,
    Code::UndocumentedError,
];

/// The coverage of each module of `folder`, by name; `index` is its index among the folders that were checked.
pub fn coverage(index: usize, folder: &Folder, findings: &[Finding]) -> BTreeMap<String, Coverage> {
    let model = &folder.model;
    let mut out: BTreeMap<String, Coverage> = BTreeMap::new();
    for method in &model.methods {
        let module = out.entry(method.module.clone()).or_default();
        module.methods += 1;
        count(&mut module.fields, method.params.iter().chain(&method.response));
        for error in &method.errors {
            module.errors.add(!error.code.is_empty());
        }
    }
    for event in &model.events {
        let module = out.entry(event.module.clone()).or_default();
        module.events += 1;
        count(&mut module.fields, &event.payload);
    }
    for object in model.objects.values() {
        let module = object.rust_path.split("::").find(|part| *part != "v3").unwrap_or_default();
        if let Some(module) = out.get_mut(module) {
            count(&mut module.fields, &object.fields);
        }
    }
    let modules = modules(folder);
    let mut broken: HashMap<&str, Vec<usize>> = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.at.folder == index) {
        if BROKEN_EXAMPLE.contains(&finding.code) {
            broken.entry(&finding.at.page).or_default().push(finding.at.span.start);
        }
        if let Some(module) = modules.get(finding.at.page.as_str()).and_then(|name| out.get_mut(*name)) {
            module.findings += 1;
        }
    }
    let mut seen = HashSet::new();
    for facts in &folder.facts {
        let page = &folder.docs.source(facts.page).path;
        let Some(module) = modules.get(page.as_str()).and_then(|name| out.get_mut(*name)) else { continue };
        for example in &facts.examples {
            let shown =
                matches!(example.kind, ExampleOf::Request | ExampleOf::Response | ExampleOf::Error | ExampleOf::Event);
            // What several pages include counts once.
            if !shown || !seen.insert(example.place) {
                continue;
            }
            let source = folder.docs.source(example.place.source);
            let start = example.place.at as usize;
            let length = source.text().get(start..).map_or(0, |rest| rest.find("```").unwrap_or(rest.len()));
            let faults = broken.get(source.path.as_str()).map_or(&[][..], Vec::as_slice);
            let holds = !faults.iter().any(|at| (start..=start + length).contains(at));
            module.examples.add(holds);
        }
    }
    out
}

/// The module that each page belongs to.
pub fn modules(folder: &Folder) -> HashMap<&str, &str> {
    let methods = folder.model.methods.iter().map(|method| (method.page.as_str(), method.module.as_str()));
    let events = folder.model.events.iter().map(|event| (event.page.as_str(), event.module.as_str()));
    events.chain(methods).collect()
}

fn count<'f>(part: &mut Part, fields: impl IntoIterator<Item = &'f Field>) {
    fields.into_iter().for_each(|field| part.add(is_typed(&field.ty)));
}

fn is_typed(ty: &Type) -> bool {
    match &ty.kind {
        Kind::Any => false,
        Kind::Array(inner) | Kind::Map(inner) => is_typed(inner),
        _ => true,
    }
}
