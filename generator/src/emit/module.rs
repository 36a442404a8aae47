//! Modules: the tree of a file, and what stands in each.
//!
//! A method `a.b` and a method `a.b.c` are the modules `a::b` and `a::b::c`: one holds the other beside its own items.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Error, docs,
    docs::Links,
    enum_::Enums,
    error_code::error_code,
    event::{any_event, event},
    ident::Namespace,
    inbound::{any_placement, inbound},
    markdown,
    object::object,
    place::{ModulePath, SHARED, identifier},
    plan::{EVENT, PLACEMENT, Placed, Plan, RESERVED_TYPES, answer_name, received},
    request::request,
    rust_type::Here,
};
use crate::model::{Event, Field, Inbound, InboundKind, Method};

/// What one module holds beside its submodules.
#[derive(Debug, Default, Hash)]
pub(super) struct Contents<'p, 'm> {
    pub(super) method: Option<&'m Method>,
    pub(super) events: Vec<(&'m Event, &'p str)>,
    pub(super) inbound: Vec<(&'m Inbound, &'p str)>,
    pub(super) objects: Vec<&'p Placed<'m>>,
}

impl<'p, 'm> Contents<'p, 'm> {
    /// All modules of `plan`, by their path.
    pub(super) fn of(plan: &'p Plan<'m>) -> Result<BTreeMap<ModulePath, Self>, Error> {
        let mut modules: BTreeMap<ModulePath, Contents<'p, 'm>> = BTreeMap::new();
        for (method, module) in plan.model.methods.iter().zip(&plan.methods) {
            if let Some(other) = modules.entry(module.clone()).or_default().method.replace(method) {
                let what = format!("Rust path of methods `{}` and `{}`", other.name, method.name);
                return Err(Error::Twice { name: method.rust_path.clone(), what });
            }
        }
        for (event, (module, name)) in plan.model.events.iter().zip(&plan.events) {
            let contents = modules.entry(module.clone()).or_default();
            if name == EVENT || contents.events.iter().any(|(_, known)| known == name) {
                let what = format!("Rust path of event `{}`", event.name);
                return Err(Error::Twice { name: event.rust_path.clone(), what });
            }
            contents.events.push((event, name));
        }
        for (call, (module, name)) in plan.model.inbound.iter().zip(&plan.inbound) {
            let contents = modules.entry(module.clone()).or_default();
            if name == PLACEMENT || contents.inbound.iter().any(|(_, known)| known == name) {
                let what = format!("Rust path of inbound call `{}`", call.name);
                return Err(Error::Twice { name: call.rust_path.clone(), what });
            }
            contents.inbound.push((call, name));
        }
        for (module, objects) in plan.objects_by_module() {
            modules.entry(module.clone()).or_default().objects = objects;
        }
        Ok(modules)
    }

    /// Its items; of the structures those that `wanted` lets pass. Names do not depend on `wanted`.
    pub(super) fn tokens(
        &self,
        module: &ModulePath,
        children: &[&str],
        plan: &Plan<'m>,
        links: &Links,
        wanted: impl Fn(&Placed<'m>) -> bool,
    ) -> Result<TokenStream, Error> {
        let reserved = RESERVED_TYPES.iter().copied().chain(children.iter().copied());
        let own =
            self.objects.iter().map(|placed| placed.name.as_str()).chain(self.events.iter().map(|(_, name)| *name));
        let any = (!self.events.is_empty()).then_some(EVENT);
        let calls = self.inbound.iter().flat_map(|(_, name)| [(*name).to_owned(), answer_name(name)]);
        let calls: Vec<String> = calls.chain((!self.inbound.is_empty()).then(|| PLACEMENT.to_owned())).collect();
        let calls = calls.iter().map(String::as_str);
        let mut names = Namespace::with(reserved.chain(own).chain(any).chain(calls));
        let mut enums = Enums::new(module.api_module() == SHARED);
        if let Some(method) = self.method {
            enums.collect("Request", &method.params, &mut names, true);
            enums.collect("Result", result(method), &mut names, true);
        }
        for (event, name) in &self.events {
            enums.collect(name, &event.payload, &mut names, true);
        }
        for (call, name) in &self.inbound {
            enums.collect(name, received(call), &mut names, true);
            enums.collect(&answer_name(name), &call.answer, &mut names, true);
        }
        for placed in &self.objects {
            enums.collect(&placed.name, &placed.object.fields, &mut names, wanted(placed));
        }

        let here = Here { plan, module, enums: &enums };
        let mut items = TokenStream::new();
        if let Some(method) = self.method {
            items.extend(request(method, here, links)?);
        }
        for (payload, name) in &self.events {
            items.extend(event(payload, name, here, links)?);
        }
        items.extend(any_event(&self.events));
        for (call, name) in &self.inbound {
            items.extend(inbound(call, name, here, links)?);
        }
        items.extend(any_placement(&self.inbound));
        for placed in self.objects.iter().filter(|placed| wanted(placed)) {
            items.extend(object(placed, here, links)?);
        }
        items.extend(enums.tokens(links));
        if let Some(method) = self.method {
            items.extend(error_code(method, links)?);
        }
        if items.is_empty() {
            return Ok(items);
        }
        Ok(quote!(use ::bitrix24_runtime as rt; #items))
    }

    /// What the module is.
    fn doc(&self, path: &ModulePath, links: &Links) -> Vec<String> {
        if let Some(method) = self.method {
            return about(method, links);
        }
        let name = path.segments().join("::").replace("r#", "");
        match (self.events.first(), self.inbound.first()) {
            (Some(_), _) => vec![format!("Events of `{}`.", path.api_module())],
            (None, Some((call, _))) if call.kind == InboundKind::Placement => vec![format!(
                "Placements of `{}`: what the form tells with which a portal opens the application there.",
                path.api_module()
            )],
            (None, Some(_)) => {
                vec![format!("Webhooks of `{}`: what portals send to addresses of the application.", path.api_module())]
            }
            (None, None) => vec![format!("Methods and structures of `{name}`.")],
        }
    }
}

/// The field that a call returns.
pub(super) fn result(method: &Method) -> Option<&Field> {
    method.response.iter().find(|field| field.name == "result")
}

/// What a method's page says of it as a whole.
fn about(method: &Method, links: &Links) -> Vec<String> {
    let name = markdown::code(&method.name);
    let title = markdown::plain(&method.title);
    let mut facts = vec![format!("Method {name}.")];
    if !method.scopes.is_empty() {
        let scopes: Vec<String> = method.scopes.iter().map(|scope| markdown::code(scope)).collect();
        facts.push(format!("Scope: {}.", scopes.join(", ")));
    }
    match method.deprecated.as_ref().map(|deprecated| &deprecated.instead) {
        Some(Some(instead)) => facts.push(format!("Deprecated: use {}.", markdown::code(instead))),
        Some(None) => facts.push("Deprecated.".to_owned()),
        None => {}
    }
    facts.push(links.page(&method.page));
    vec![title, links.prose(&method.description), facts.join(" ")]
}

/// The modules of one file.
#[derive(Default)]
pub(super) struct Tree<'a, 'p, 'm> {
    contents: Option<&'a Contents<'p, 'm>>,
    children: BTreeMap<&'a str, Tree<'a, 'p, 'm>>,
}

impl<'a, 'p, 'm> Tree<'a, 'p, 'm> {
    /// Puts `contents` at the path `inner` below the file's root.
    pub(super) fn insert(&mut self, inner: &'a [String], contents: &'a Contents<'p, 'm>) {
        let mut node = self;
        for segment in inner {
            node = node.children.entry(segment).or_default();
        }
        node.contents = Some(contents);
    }

    /// The items of the module at `path` itself.
    pub(super) fn own_tokens(
        &self,
        path: &ModulePath,
        plan: &Plan<'m>,
        links: &Links,
        wanted: &impl Fn(&Placed<'m>) -> bool,
    ) -> Result<TokenStream, Error> {
        let names: Vec<&str> = self.children.keys().copied().collect();
        match self.contents {
            Some(contents) => contents.tokens(path, &names, plan, links, wanted),
            None => Ok(TokenStream::new()),
        }
    }

    /// Whether it holds nothing, not even submodules.
    pub(super) fn is_empty(&self) -> bool {
        self.contents.is_none() && self.children.is_empty()
    }

    /// The modules below the one at `path`, each before those below it.
    pub(super) fn below(&self, path: &ModulePath) -> Vec<(ModulePath, &Self)> {
        let mut out = Vec::new();
        for (name, child) in &self.children {
            let path = path.join(name);
            let below = child.below(&path);
            out.push((path, child));
            out.extend(below);
        }
        out
    }

    /// The names of its submodules, and what it holds itself.
    pub(super) fn parts(&self) -> (Vec<&'a str>, Option<&'a Contents<'p, 'm>>) {
        (self.children.keys().copied().collect(), self.contents)
    }

    /// This module, which is the one at `path`, with its own `items`.
    pub(super) fn module(&self, path: &ModulePath, items: &TokenStream, links: &Links) -> TokenStream {
        let doc = docs::comment(self.doc(path, links));
        let name = identifier(path.segments().last().map_or("", String::as_str));
        quote!(#doc pub mod #name { #items })
    }

    /// Whether it holds more than submodules.
    pub(super) fn has_items(&self) -> bool {
        self.contents.is_some_and(|contents| contents.method.is_some())
    }

    /// What the module at `path` is.
    pub(super) fn doc(&self, path: &ModulePath, links: &Links) -> Vec<String> {
        match self.contents {
            Some(contents) => contents.doc(path, links),
            None => Contents::default().doc(path, links),
        }
    }
}
