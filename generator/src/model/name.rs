//! Rust names: deterministic, unique, independent of the docs' language and of reading order.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use heck::{ToPascalCase, ToSnakeCase};

use super::graph::{Graph, Walk};
use super::{Api, Event, Field, Inbound, InboundKind, Method, Model, ObjectId};
use crate::docs::stem;

/// The module of methods whose names have one segment.
pub const GENERAL: &str = "general";
/// The module of structures that several modules use.
pub const SHARED: &str = "shared";

/// The types that a method has beside its structures.
const OWN: [&str; 2] = ["Request", "ErrorCode"];

/// What the docs call structures, by id.
pub(crate) struct Names(HashMap<ObjectId, Arc<Name>>);

/// What the docs call a structure.
#[derive(Debug)]
pub(crate) struct Name {
    /// A type's word, the field that holds it, a wire name or an anchor of its heading.
    words: String,
    /// The type that it becomes, where nothing else has that name.
    base: String,
    /// The module that its id begins with.
    module: String,
}

impl Name {
    pub(super) fn new(id: &str, words: String) -> Self {
        let (base, module) = (base(&words), module(owner(id).trim_start_matches("v3:")));
        Name { words, base, module }
    }
}

impl Names {
    pub(crate) fn new(names: HashMap<ObjectId, Arc<Name>>) -> Self {
        Names(names)
    }

    pub(crate) fn get(&self, id: &str) -> &str {
        self.0.get(id).map_or("object", |name| &name.words)
    }

    pub(super) fn module(&self, id: &str) -> &str {
        self.0.get(id).map_or(GENERAL, |name| &name.module)
    }

    fn base(&self, id: &str) -> &str {
        self.0.get(id).map_or("Object", |name| &name.base)
    }

    pub(crate) fn set(&mut self, id: &str, name: String) {
        self.0.insert(id.to_owned(), Arc::new(Name::new(id, name)));
    }
}

/// Gives modules, methods, events, structures and fields their Rust names.
pub(crate) fn name(model: &mut Model, names: &Names) {
    let both: HashSet<String> = {
        let v2: HashSet<&String> = model.methods.iter().filter(|m| m.api == Api::V2).map(|m| &m.name).collect();
        model.methods.iter().filter(|m| m.api == Api::V3 && v2.contains(&m.name)).map(|m| m.name.clone()).collect()
    };
    let mut taken: HashSet<String> = HashSet::new();
    for method in &mut model.methods {
        if method.rust_path.is_empty() {
            (method.module, method.rust_path) = place(&method.name);
        }
        if method.api == Api::V3 && both.contains(&method.name) {
            method.rust_path.insert_str(0, "v3::");
        }
        method.rust_path = unique(&method.rust_path, &mut taken);
    }
    let modules: BTreeSet<String> = model.methods.iter().map(|m| m.module.clone()).collect();
    for event in &mut model.events {
        // A scope that is a module's name tells more than a folder does.
        let scoped = event.scopes.iter().map(|s| snake(s)).find(|s| modules.contains(s));
        event.module = scoped.unwrap_or_else(|| event_module(&event.page, &modules));
        let path = format!("{}::events::{}", event.module, pascal(event_words(event)));
        event.rust_path = unique(&path, &mut taken);
    }
    let mut calls: HashMap<(String, String), usize> = HashMap::new();
    for call in &model.inbound {
        *calls.entry((call.page.clone(), call.name.clone())).or_default() += 1;
    }
    for call in &mut model.inbound {
        let scoped = call.scopes.iter().map(|s| snake(s)).find(|s| modules.contains(s));
        // A webhook beside a method belongs to the method's module.
        let beside = model.methods.iter().find(|m| m.page == call.page).map(|m| m.module.clone());
        call.module = beside.or(scoped).unwrap_or_else(|| event_module(&call.page, &modules));
        let place = inbound_place(call);
        let alone = calls.get(&(call.page.clone(), call.name.clone())) == Some(&1);
        let before = if alone || call.anchor.is_empty() { String::new() } else { pascal(&call.anchor) };
        call.rust_path = unique(&format!("{place}::{before}{}", pascal(&call.name)), &mut taken);
    }
    objects(model, names, &mut taken);
}

/// What the id of a structure begins with.
pub(super) fn owner(id: &str) -> &str {
    id.split_once('/').map_or(id, |(owner, _)| owner)
}

/// The module of a method: the first segment of its name.
pub(crate) fn module(name: &str) -> String {
    match name.split_once('.') {
        Some((first, _)) => snake(first),
        None => GENERAL.to_owned(),
    }
}

/// The module of a method, and the path of its own, where nothing else has that.
pub(super) fn place(name: &str) -> (String, String) {
    let segments: Vec<String> = name.split('.').map(snake).collect();
    match segments.as_slice() {
        [only] => (GENERAL.to_owned(), format!("{GENERAL}::{only}")),
        [first, ..] => (first.clone(), segments.join("::")),
        [] => (GENERAL.to_owned(), GENERAL.to_owned()),
    }
}

/// The module of the types of `call`.
fn inbound_place(call: &Inbound) -> String {
    let calls = match call.kind {
        InboundKind::Placement => "placements",
        InboundKind::Webhook => "webhooks",
    };
    format!("{}::{calls}", call.module)
}

/// An event's name with its words apart: `ONCRMDEALADD` is one word, which the page's file name writes `on-crm-deal-add`.
fn event_words(event: &Event) -> &str {
    let letters = |name: &str| -> Vec<char> {
        name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
    };
    let stem = stem(&event.page);
    let one_word = !event.name.contains(|c: char| c.is_ascii_lowercase());
    if one_word && letters(stem) == letters(&event.name) { stem } else { &event.name }
}

/// The module of an event: the folder of its page, where a module has that name; else the folder that most resembles one.
fn event_module(page: &str, modules: &BTreeSet<String>) -> String {
    let folders = page.split('/').rev().skip(1).map(snake).filter(|f| f != "events");
    let folders: Vec<String> = folders.collect();
    let exact = folders.iter().rev().find(|f| modules.contains(*f));
    let joined = |f: &String| modules.iter().find(|m| m.replace('_', "") == f.replace('_', "")).cloned();
    let close = |f: &String| {
        let singular = f.strip_suffix('s').unwrap_or(f);
        modules.iter().find(|m| *m == singular || m.starts_with(singular) && singular.len() > 3).cloned()
    };
    exact
        .cloned()
        .or_else(|| folders.iter().rev().find_map(joined))
        .or_else(|| folders.iter().rev().find_map(close))
        .unwrap_or_else(|| GENERAL.to_owned())
}

/// `crmItemIds`, `UF_CRM_1`, `data-id` as a snake case identifier of ASCII letters.
pub(crate) fn snake(name: &str) -> String {
    identifier(&ascii(name).to_snake_case(), "n")
}

/// The same as a type's name.
pub(crate) fn pascal(name: &str) -> String {
    identifier(&ascii(name).to_pascal_case(), "N")
}

fn ascii(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn identifier(name: &str, prefix: &str) -> String {
    match name.chars().next() {
        None => format!("{prefix}ame").replace("Name", "Unnamed").replace("name", "unnamed"),
        Some(first) if first.is_ascii_digit() => format!("{prefix}{name}"),
        Some(_) => name.to_owned(),
    }
}

/// What holds the structure `id`: `result`, of `crm.deal.get/response/result/contact`; a method's last words where it is the
/// method or a page that does.
fn holder(id: &str) -> &str {
    let mut parts = id.rsplit('/').skip(1);
    let parent = parts.next().unwrap_or_default();
    match parent {
        "response" | "request" => parts.next().map_or(parent, |owner| owner.trim_start_matches("v3:")),
        parent => parent.trim_start_matches("v3:"),
    }
}

/// `name`, or with the first free number behind it.
fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let mut out = name.to_owned();
    let mut n = 2;
    while !taken.insert(out.clone()) {
        out = format!("{name}{n}");
        n += 1;
    }
    out
}

/// Gives the fields of one list their Rust names.
pub(crate) fn fields(fields: &mut [Field]) {
    let mut taken = HashSet::new();
    for field in fields {
        field.rust_name = unique(&snake(&field.name), &mut taken);
    }
}

fn objects(model: &mut Model, names: &Names, taken: &mut HashSet<String>) {
    let paths = paths(model, names, taken);
    for (object, path) in model.objects.values_mut().zip(paths) {
        object.rust_path = path;
    }
}

/// The paths of the structures, in their order. They live in the module of the first method that uses them, or in `shared` where
/// several modules do.
fn paths(model: &Model, names: &Names, taken: &mut HashSet<String>) -> Vec<String> {
    // Which modules reach a structure, and the first method or event (in order) that does.
    let event_places: Vec<String> = model.events.iter().map(|event| format!("{}::events", event.module)).collect();
    let inbound_places: Vec<String> = model.inbound.iter().map(inbound_place).collect();
    let methods = model.methods.iter().map(|m| (m.module.as_str(), m.rust_path.as_str(), vec![&m.params, &m.response]));
    let events = model.events.iter().zip(&event_places);
    let events = events.map(|(e, place)| (e.module.as_str(), place.as_str(), vec![&e.payload]));
    let inbound = model.inbound.iter().zip(&inbound_places);
    let inbound = inbound.map(|(c, place)| (c.module.as_str(), place.as_str(), c.lists().to_vec()));
    let graph = Graph::of(model);
    let mut users: Vec<Option<(BTreeSet<&str>, &str)>> = graph.ids.iter().map(|_| None).collect();
    let mut walk = Walk::new(&graph);
    for (module, place, lists) in methods.chain(events).chain(inbound) {
        walk.all(lists, |structure| {
            users[structure].get_or_insert_with(|| (BTreeSet::new(), place)).0.insert(module);
        });
    }
    let inbound: HashSet<&str> = inbound_places.iter().map(String::as_str).collect();
    let events: HashSet<&str> = model.events.iter().map(|e| e.name.as_str()).collect();
    // A method's own structures stand beside its request, whichever method uses them first.
    let of = |m: &'_ Method| if m.api == Api::V3 { format!("v3:{}", m.name) } else { m.name.clone() };
    let owners: HashMap<String, &str> = model.methods.iter().map(|m| (of(m), m.rust_path.as_str())).collect();
    let place = |(structure, id): (usize, &ObjectId)| -> &str {
        let owner = owner(id);
        let own_place = owners.get(owner).copied();
        match &users[structure] {
            Some((modules, _)) if modules.len() > 1 => SHARED,
            Some((modules, place)) => {
                let module = modules.first().copied().unwrap_or(GENERAL);
                let own = own_place.filter(|own| own.split("::").find(|s| *s != "v3") == Some(module));
                match own {
                    _ if inbound.contains(place) => place,
                    Some(own) => own,
                    None if events.contains(owner) => place,
                    // A structure that no method defines belongs to the module as a whole.
                    None => module,
                }
            }
            // Documented, but nothing of a method leads there.
            None => own_place.unwrap_or(SHARED),
        }
    };
    let wanted = |(structure, id): (usize, &&ObjectId)| (place((structure, id)), names.base(id));
    let wanted: Vec<(&str, &str)> = graph.ids.iter().enumerate().map(wanted).collect();
    // Structures of one name in one place are all told apart by what holds them, so that none depends on the others' order.
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for path in &wanted {
        *counts.entry(*path).or_default() += 1;
    }
    let event_types: HashMap<&str, String> =
        model.events.iter().map(|event| (event.name.as_str(), pascal(event_words(event)))).collect();
    let path = |(id, (place, base)): (&ObjectId, &(&str, &str))| {
        let held = holder(id);
        let holder = || event_types.get(held).cloned().unwrap_or_else(|| pascal(held));
        let alone = counts.get(&(*place, *base)) == Some(&1);
        let name = if alone { (*base).to_owned() } else { format!("{}{base}", holder()) };
        // Beside a method's request and its errors nothing else has their names.
        let free =
            if OWN.contains(&name.as_str()) { format!("{place}::{name}Object") } else { format!("{place}::{name}") };
        unique(&free, taken)
    };
    graph.ids.iter().copied().zip(&wanted).map(path).collect()
}

/// The name of the type that `name` becomes, where nothing else has it.
fn base(name: &str) -> String {
    let base = match pascal(name) {
        base if base == "Result" => "Response".to_owned(),
        base => base,
    };
    let reserved = ["Option", "Vec", "Box", "String", "Self", "Some", "None", "Ok", "Err"];
    if reserved.contains(&base.as_str()) || OWN.contains(&base.as_str()) { format!("{base}Object") } else { base }
}
