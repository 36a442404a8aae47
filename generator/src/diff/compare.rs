//! Finds what differs between two models, and which items of Rust each difference may touch.

use std::collections::{BTreeSet, HashMap};

use super::rename::{Similar, pair};
use super::{Action, Change, What, full_name};
use crate::emit::{answer_name, received};
use crate::facts::distilled::notation::{Piece, pieces};
use crate::model::{Error, Event, Field, Inbound, List, Method, Model, Object, ObjectId, Type};

/// A change with the Rust paths of the old crate whose loss it explains.
pub(super) struct Found {
    pub(super) change: Change,
    /// Paths of items, or of what they stand in where they end with `::`.
    pub(super) touches: Vec<String>,
}

/// The subject of a group of changes.
struct Subject<'s> {
    module: &'s str,
    name: &'s str,
    old: &'s Model,
    new: &'s Model,
}

pub(super) fn compare(old: &Model, new: &Model) -> Vec<Found> {
    let mut out = Vec::new();
    methods(old, new, &mut out);
    events(old, new, &mut out);
    inbound(old, new, &mut out);
    objects(old, new, &mut out);
    out
}

impl Subject<'_> {
    fn change(&self, what: What, action: Action, name: &str, before: Option<String>, after: Option<String>) -> Change {
        let (module, subject) = (self.module.to_owned(), self.name.to_owned());
        Change { module, subject, what, action, name: name.to_owned(), before, after, breaking: false }
    }

    /// A trait of the subject as a whole, where it is another now.
    fn aspect(&self, what: What, before: String, after: String, touches: Vec<String>, out: &mut Vec<Found>) {
        if before != after {
            let change = self.change(what, Action::Changed, self.name, Some(before), Some(after));
            out.push(Found { change, touches });
        }
    }

    /// The fields of a structure; `holder` is the Rust path of the type they belong to in the old crate.
    fn fields(&self, what: What, old: &[Field], new: &[Field], holder: &str, out: &mut Vec<Found>) {
        let touches = |field: &Field, required: bool| {
            let mut paths = vec![format!("{holder}::{}", field.rust_name), format!("{holder}::r#{}", field.rust_name)];
            if required {
                paths.push(format!("{holder}::new"));
            }
            // A list of values is an enum beside its holder.
            if field.ty.holds_enum() {
                let beside = holder.rsplit_once("::").map_or(holder, |(module, _)| module);
                paths.push(format!("{beside}::"));
            }
            structures(self.old, &field.ty, &mut paths);
            paths.extend(result(what, field, holder));
            paths
        };
        let text = |model: &Model, field: &Field| {
            let star = if field.required { "*" } else { "" };
            format!("{}{star}", type_text(model, &field.ty))
        };
        for (before, after) in pair(old, new) {
            let found = match (before, after) {
                (Some(before), Some(after)) => {
                    let (was, is) = (text(self.old, before), text(self.new, after));
                    let renamed = before.name != after.name;
                    let same_default = default(before) == default(after);
                    if !renamed && was == is && before.access == after.access && same_default {
                        continue;
                    }
                    let touches = touches(before, before.required || after.required);
                    let change = if renamed {
                        self.change(what, Action::Renamed, &after.name, Some(before.name.clone()), Some(is))
                    } else {
                        let more = |field: &Field, text: String| {
                            let default = default(field).map(|json| format!(", default `{json}`"));
                            let access = if before.access == after.access {
                                String::new()
                            } else {
                                format!(", {:?}", field.access)
                            };
                            text + &access + &default.filter(|_| !same_default).unwrap_or_default()
                        };
                        self.change(what, Action::Changed, &after.name, Some(more(before, was)), Some(more(after, is)))
                    };
                    Found { change, touches }
                }
                (Some(gone), None) => Found {
                    change: self.change(what, Action::Removed, &gone.name, Some(text(self.old, gone)), None),
                    touches: touches(gone, gone.required),
                },
                (None, Some(added)) => Found {
                    change: self.change(what, Action::Added, &added.name, None, Some(text(self.new, added))),
                    touches: (added.required.then(|| format!("{holder}::new")).into_iter())
                        .chain(result(what, added, holder))
                        .collect(),
                },
                (None, None) => continue,
            };
            out.push(found);
        }
    }

    fn errors(&self, old: &Method, new: &Method, out: &mut Vec<Found>) {
        let touches = |error: &Error| {
            let own = format!("{}::ErrorCode::{}", old.rust_path, error.variant);
            let last = [format!("{}::ErrorCode", old.rust_path), format!("{}::Request", old.rust_path)];
            std::iter::once(own).chain(last.into_iter().filter(|_| new.errors.is_empty())).collect::<Vec<_>>()
        };
        let name = |error: &Error| if error.code.is_empty() { error.variant.clone() } else { error.code.clone() };
        for (before, after) in pair(&old.errors, &new.errors) {
            let found = match (before, after) {
                (Some(before), Some(after)) if before.code != after.code || before.variant != after.variant => {
                    let change = self.change(
                        What::Error,
                        Action::Renamed,
                        &name(after),
                        Some(name(before)),
                        after.message.clone(),
                    );
                    Found { change, touches: touches(before) }
                }
                (Some(before), Some(after)) if before.status != after.status => {
                    let status = |error: &Error| {
                        error.status.map(|status| format!("HTTP {status}")).or(Some("no status".to_owned()))
                    };
                    let change = self.change(What::Error, Action::Changed, &name(after), status(before), status(after));
                    Found { change, touches: Vec::new() }
                }
                (Some(gone), None) => {
                    let change = self.change(What::Error, Action::Removed, &name(gone), gone.message.clone(), None);
                    Found { change, touches: touches(gone) }
                }
                (None, Some(added)) => {
                    let change = self.change(What::Error, Action::Added, &name(added), None, added.message.clone());
                    // The first error gives the request another type of error.
                    let first = old.errors.is_empty().then(|| format!("{}::Request", old.rust_path));
                    Found { change, touches: first.into_iter().collect() }
                }
                _ => continue,
            };
            out.push(found);
        }
    }
}

fn methods(old: &Model, new: &Model, out: &mut Vec<Found>) {
    for (before, after) in pair(&old.methods, &new.methods) {
        let name = |method: &Method| full_name(&method.name, method.api);
        let (subject_name, module) = match (before, after) {
            (_, Some(after)) => (name(after), &after.module),
            (Some(before), None) => (name(before), &before.module),
            (None, None) => continue,
        };
        let subject = Subject { module, name: &subject_name, old, new };
        match (before, after) {
            (Some(before), Some(after)) => {
                if before.name != after.name {
                    let change = subject.change(
                        What::Method,
                        Action::Renamed,
                        &subject_name,
                        Some(name(before)),
                        Some(String::new()),
                    );
                    out.push(Found { change, touches: whole(&before.rust_path) });
                } else if before.rust_path != after.rust_path {
                    let touches = whole(&before.rust_path);
                    subject.aspect(What::Path, before.rust_path.clone(), after.rust_path.clone(), touches, out);
                }
                subject.method(before, after, out);
            }
            (Some(gone), None) => {
                let change = subject.change(What::Method, Action::Removed, &subject_name, None, None);
                out.push(Found { change, touches: whole(&gone.rust_path) });
            }
            _ => {
                let change = subject.change(What::Method, Action::Added, &subject_name, None, None);
                out.push(Found { change, touches: Vec::new() });
            }
        }
    }
}

impl Subject<'_> {
    fn method(&self, before: &Method, after: &Method, out: &mut Vec<Found>) {
        let scopes = |method: &Method| method.scopes.join(", ");
        self.aspect(What::Scope, scopes(before), scopes(after), Vec::new(), out);
        let deprecated = |method: &Method| match &method.deprecated {
            None => "no".to_owned(),
            Some(note) => note.instead.clone().map_or("yes".to_owned(), |instead| format!("use {instead}")),
        };
        self.aspect(What::Deprecation, deprecated(before), deprecated(after), Vec::new(), out);
        let effect = |method: &Method| format!("{:?}", method.effect).to_lowercase();
        self.aspect(What::Effect, effect(before), effect(after), Vec::new(), out);
        let order = |method: &Method| if method.positional { "by position" } else { "by name" }.to_owned();
        self.aspect(What::Order, order(before), order(after), Vec::new(), out);
        let paging = |method: &Method| {
            method
                .paging
                .as_ref()
                .map_or("none".to_owned(), |paging| format!("by {}, items in {}", paging.style, paging.items))
        };
        // A list's request has a trait more.
        let request = format!("{}::Request", before.rust_path);
        self.aspect(What::Paging, paging(before), paging(after), vec![request.clone()], out);
        self.fields(What::Parameter, &before.params, &after.params, &request, out);
        let response = format!("{}::Response", before.rust_path);
        self.fields(What::Response, &before.response, &after.response, &response, out);
        self.errors(before, after, out);
    }
}

fn events(old: &Model, new: &Model, out: &mut Vec<Found>) {
    for (before, after) in pair(&old.events, &new.events) {
        let Some(event) = after.or(before) else { continue };
        let subject = Subject { module: &event.module, name: &event.name, old, new };
        match (before, after) {
            (Some(before), Some(after)) => {
                let all = whole(&before.rust_path);
                if before.name == after.name {
                    subject.aspect(What::Path, before.rust_path.clone(), after.rust_path.clone(), all, out);
                } else {
                    let (was, is) = (Some(before.name.clone()), Some(String::new()));
                    let change = subject.change(What::Event, Action::Renamed, &after.name, was, is);
                    out.push(Found { change, touches: all });
                }
                subject.aspect(What::Scope, before.scopes.join(", "), after.scopes.join(", "), Vec::new(), out);
                subject.fields(What::Field, &before.payload, &after.payload, &before.rust_path, out);
            }
            (Some(gone), None) => {
                let change = subject.change(What::Event, Action::Removed, &gone.name, None, None);
                out.push(Found { change, touches: whole(&gone.rust_path) });
            }
            _ => {
                let change = subject.change(What::Event, Action::Added, &event.name, None, None);
                out.push(Found { change, touches: Vec::new() });
            }
        }
    }
}

fn inbound(old: &Model, new: &Model, out: &mut Vec<Found>) {
    for (before, after) in pair(&old.inbound, &new.inbound) {
        let Some(call) = after.or(before) else { continue };
        let subject = Subject { module: &call.module, name: &call.name, old, new };
        match (before, after) {
            (Some(before), Some(after)) => {
                let path = &before.rust_path;
                subject.aspect(What::Path, path.clone(), after.rust_path.clone(), whole(path), out);
                subject.aspect(What::Scope, before.scopes.join(", "), after.scopes.join(", "), Vec::new(), out);
                subject.fields(What::Field, received(before), received(after), path, out);
                subject.fields(What::Parameter, &before.answer, &after.answer, &answer_name(path), out);
            }
            (Some(gone), None) => {
                let change = subject.change(What::Inbound, Action::Removed, &gone.name, None, None);
                out.push(Found { change, touches: whole(&gone.rust_path) });
            }
            _ => {
                let change = subject.change(What::Inbound, Action::Added, &call.name, None, None);
                out.push(Found { change, touches: Vec::new() });
            }
        }
    }
}

/// The structures that both models have. One that only one of them has shows in the type of the field that holds it.
fn objects(old: &Model, new: &Model, out: &mut Vec<Found>) {
    let (in_old, in_new) = (crate::model::reachable(old), crate::model::reachable(new));
    // A structure that is described elsewhere now has another id; what users see is its path.
    let fresh = new.objects.iter().filter(|(id, _)| in_new.contains(*id) && !in_old.contains(*id));
    let by_path: HashMap<&str, (&ObjectId, &Object)> = fresh.map(|(id, o)| (o.rust_path.as_str(), (id, o))).collect();
    for (id, before) in old.objects.iter().filter(|(id, _)| in_old.contains(*id)) {
        let same = new.objects.get_key_value(id).filter(|_| in_new.contains(id));
        let Some((id, after)) = same.or_else(|| by_path.get(before.rust_path.as_str()).copied()) else { continue };
        let module = after.rust_path.split("::").find(|part| *part != "v3").unwrap_or_default();
        let subject = Subject { module, name: id, old, new };
        let all = whole(&before.rust_path);
        subject.aspect(What::Path, before.rust_path.clone(), after.rust_path.clone(), all, out);
        subject.fields(What::Field, &before.fields, &after.fields, &before.rust_path, out);
    }
}

/// An item and all that stands in it.
fn whole(path: &str) -> Vec<String> {
    vec![path.to_owned(), format!("{path}::")]
}

/// What a call gives is part of its request's type.
fn result(what: What, field: &Field, holder: &str) -> Option<String> {
    let module = holder.rsplit_once("::").map_or(holder, |(module, _)| module);
    (what == What::Response && field.name == "result").then(|| format!("{module}::Request"))
}

/// The paths of the structures that a type holds, and those in them.
fn structures(model: &Model, ty: &Type, out: &mut Vec<String>) {
    ty.structures(&mut |id| {
        let Some(object) = model.objects.get(id) else { return };
        if !out.contains(&object.rust_path) {
            out.extend(whole(&object.rust_path));
            object.fields.iter().for_each(|field| structures(model, &field.ty, out));
        }
    });
}

/// The documented default. A written model has `null` where there is none, so that stands for none in any.
fn default(field: &Field) -> Option<&serde_json::Value> {
    field.default.as_ref().filter(|json| !json.is_null())
}

/// The type as a distilled page writes it, structures by the names of their Rust types.
fn type_text(model: &Model, ty: &Type) -> String {
    let piece = |piece| match piece {
        Piece::Code(code) => code,
        Piece::Object(id) => {
            let path = model.objects.get(&id).map_or(id.as_str(), |object| object.rust_path.as_str());
            path.rsplit("::").next().unwrap_or_default().to_owned()
        }
    };
    pieces(ty).into_iter().map(piece).collect()
}

/// The methods and events that changes are about, and those that hold a changed structure.
pub(super) fn touched(model: &Model, changed: &BTreeSet<String>, structures: &BTreeSet<&ObjectId>) -> Model {
    let leads = |lists: &[&List<Field>]| {
        let mut todo: Vec<&ObjectId> = lists.iter().flat_map(|list| list.held()).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            if structures.contains(id) {
                return true;
            }
            if seen.insert(id) {
                todo.extend(model.objects.get(id).into_iter().flat_map(|object| object.fields.held()));
            }
        }
        false
    };
    let method = |m: &&Method| changed.contains(&full_name(&m.name, m.api)) || leads(&[&m.params, &m.response]);
    let event = |e: &&Event| changed.contains(&e.name) || leads(&[&e.payload]);
    let inbound = |c: &&Inbound| changed.contains(&c.name) || leads(&c.lists());
    let mut part = Model {
        methods: model.methods.iter().filter(method).cloned().collect(),
        events: model.events.iter().filter(event).cloned().collect(),
        inbound: model.inbound.iter().filter(inbound).cloned().collect(),
        language: model.language.clone(),
        ..Model::default()
    };
    // What nothing leads to is emitted too.
    let everywhere = crate::model::reachable(model);
    part.objects = model.objects.clone();
    let here = crate::model::reachable(&part);
    part.objects.retain(|id, _| here.contains(id) || !everywhere.contains(id));
    part
}

impl Similar for Field {
    fn key(&self) -> &str {
        &self.name
    }

    fn alike(&self, other: &Self) -> bool {
        self.ty.kind == other.ty.kind && self.required == other.required
    }
}

impl Similar for Error {
    fn key(&self) -> &str {
        if self.code.is_empty() { &self.variant } else { &self.code }
    }

    fn matches(&self, other: &Self) -> bool {
        self.code == other.code && self.variant == other.variant
    }

    fn alike(&self, other: &Self) -> bool {
        self.field == other.field && self.code.is_empty() == other.code.is_empty()
    }

    fn same(&self, other: &Self) -> bool {
        self.message.is_some() && self.message == other.message || !self.code.is_empty() && self.code == other.code
    }
}

impl Similar for Method {
    fn key(&self) -> &str {
        &self.name
    }

    fn matches(&self, other: &Self) -> bool {
        self.name == other.name && self.api == other.api
    }

    fn alike(&self, other: &Self) -> bool {
        let names = |method: &Method| method.params.iter().map(|p| p.name.clone()).collect::<BTreeSet<_>>();
        self.api == other.api && names(self) == names(other)
    }

    /// The page went on under the same path: the method that it documents is another name of the same.
    fn same(&self, other: &Self) -> bool {
        self.page == other.page && self.api == other.api
    }
}

impl Similar for Inbound {
    fn key(&self) -> &str {
        &self.rust_path
    }

    fn alike(&self, _: &Self) -> bool {
        false
    }
}

impl Similar for Event {
    fn key(&self) -> &str {
        &self.name
    }

    fn alike(&self, _: &Self) -> bool {
        true
    }

    fn same(&self, other: &Self) -> bool {
        self.page == other.page
    }
}
