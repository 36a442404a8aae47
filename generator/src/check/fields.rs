//! Parameters and fields whose table and examples differ.
//!
//! Each example is walked along the structures of the model: it knows which members a table documents and which only an
//! example shows.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::finding::Finding;
use super::fits::{misfit, shown};
use super::locate::Step;
use super::page::Page;
use crate::diagnostic::Code;
use crate::facts::page_facts::{ExampleFact, ExampleOf};
use crate::model::{Field, ObjectId, Witness};
use crate::vocabulary::{Role, find};

/// Examples nested deeper than this are not followed.
const MAX_DEPTH: usize = 12;

pub(super) fn findings(page: &Page<'_>) -> Vec<Finding> {
    let mut out = Walk { page, out: Vec::new(), told: HashSet::new() };
    let examples = &page.facts.examples;
    let requests = || examples.iter().filter(|example| example.kind == ExampleOf::Request);
    if let Some(method) = page.method {
        for example in requests() {
            out.example(example, &method.params, Side::Request);
        }
        for example in examples.iter().filter(|example| example.kind == ExampleOf::Response) {
            out.example(example, &method.response, Side::Response);
        }
        let sent: Vec<(&ExampleFact, &Map<String, Value>)> =
            requests().filter_map(|example| Some((example, example.json.as_object()?))).collect();
        if !sent.is_empty() && !method.positional {
            let free: BTreeSet<&str> = method.one_of.iter().flatten().map(String::as_str).collect();
            out.unsent(&method.params, &free, &sent);
        }
    }
    if let Some(event) = page.event {
        for example in examples.iter().filter(|example| example.kind == ExampleOf::Event) {
            out.example(example, &event.payload, Side::Response);
        }
    }
    out.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

struct Walk<'p, 'c> {
    page: &'p Page<'c>,
    out: Vec<Finding>,
    /// Code and path of what was reported: once a page.
    told: HashSet<(Code, String)>,
}

impl<'c> Walk<'_, 'c> {
    fn example(&mut self, example: &ExampleFact, fields: &'c [Field], side: Side) {
        if let Value::Object(map) = &example.json {
            self.object(example, map, fields, false, side, &mut Vec::new());
        }
    }

    fn object<'v>(
        &mut self,
        example: &'v ExampleFact,
        map: &'v Map<String, Value>,
        fields: &'c [Field],
        open: bool,
        side: Side,
        path: &mut Vec<Step<'v>>,
    ) where
        'c: 'v,
    {
        if path.len() > MAX_DEPTH {
            return;
        }
        let find = |key: &str| {
            let exact = fields.iter().find(|field| field.name == *key);
            exact.or_else(|| fields.iter().find(|field| field.name.eq_ignore_ascii_case(key)))
        };
        // Where most members of a structure are not documented, its keys are data or the table is another's.
        let documented = map.keys().filter(|key| find(key).is_some_and(is_documented)).count();
        let top = path.is_empty() && documented > 0;
        let closed = !open && (top || documented * 2 > map.len());
        for (key, value) in map {
            let Some(field) = find(key) else { continue };
            // A method that describes fields shows a description where the table has the field's own type.
            if describes(value) && is_documented(field) && misfit(&field.doc_type, value).is_some() {
                continue;
            }
            path.push(Step::Key(key));
            if is_documented(field) {
                self.contradiction(example, field, value, path);
                if let Some(id) = field.ty.structure()
                    && !(side == Side::Request && path.len() == 1 && is_clause(key))
                {
                    self.inside(example, value, id, side, path);
                }
            } else if closed {
                self.undocumented(example, key, side, path);
            }
            path.pop();
        }
    }

    /// The objects that `value` holds: itself, its items, or its members where keys are data.
    fn inside<'v>(
        &mut self,
        example: &'v ExampleFact,
        value: &'v Value,
        id: &ObjectId,
        side: Side,
        path: &mut Vec<Step<'v>>,
    ) where
        'c: 'v,
    {
        let Some(object) = self.page.folder.model.objects.get(id) else { return };
        // What another page defines is that page's matter.
        if object.page != self.page.source.path || path.len() > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Item(index));
                    self.inside(example, item, id, side, path);
                    path.pop();
                }
            }
            Value::Object(map) => {
                let known = map.keys().any(|key| object.fields.iter().any(|f| f.name.eq_ignore_ascii_case(key)));
                if known {
                    self.object(example, map, &object.fields, object.open, side, path);
                } else {
                    for (key, member) in map.iter().filter(|(_, member)| member.is_object()) {
                        path.push(Step::Key(key));
                        self.inside(example, member, id, side, path);
                        path.pop();
                    }
                }
            }
            _ => {}
        }
    }

    fn undocumented(&mut self, example: &ExampleFact, name: &str, side: Side, path: &[Step<'_>]) {
        if !is_name(name) || self.page.mentions(name) {
            return;
        }
        let (code, shows) = match side {
            Side::Request => (Code::UndocumentedParameter, "sends"),
            Side::Response => (Code::UndocumentedField, "shows"),
        };
        if !self.told.insert((code, written(path))) {
            return;
        }
        let message = format!("the example {shows} `{}`, which no table of the page lists", written(path));
        let at = self.page.member(example.place, path, "not in a table");
        self.out.push(Finding::new(code, at, message));
    }

    fn contradiction(&mut self, example: &ExampleFact, field: &Field, value: &Value, path: &[Step<'_>]) {
        if field.from.contains(&Witness::Override) {
            return;
        }
        let Some(says) = misfit(&field.doc_type, value) else { return };
        if !self.told.insert((Code::Contradiction, written(path))) {
            return;
        }
        let shows = match value {
            Value::Array(items) if says.contains("[]") => {
                match items.iter().find(|i| misfit(&says, &Value::Array(vec![(*i).clone()])).is_some()) {
                    Some(item) => format!("a list with {}", shown(item)),
                    None => shown(value).to_owned(),
                }
            }
            value => shown(value).to_owned(),
        };
        let message = format!("`{}` is documented as `{says}`, but the example shows {shows}", written(path));
        let at = self.page.member(example.place, path, shows);
        let row = self.page.row(field, format!("documented as `{says}`"));
        self.out.push(Finding::new(Code::Contradiction, at, message).with(row));
    }

    /// Whether a table below a heading of parameters lists `name`: a table without one may describe something else.
    fn is_parameter(&self, name: &str) -> bool {
        let facts = self.page.facts;
        let tables = facts.tables.iter().filter(|table| facts.sections[table.section].role == Some(Role::Parameters));
        tables.flat_map(|table| &table.rows).any(|row| row.names.iter().any(|own| own.name == name))
    }

    /// Parameters that no example sends.
    fn unsent(&mut self, params: &[Field], free: &BTreeSet<&str>, sent: &[(&ExampleFact, &Map<String, Value>)]) {
        for param in params.iter().filter(|param| is_name(&param.name) && param.from.contains(&Witness::Table)) {
            let name = &param.name;
            let shown = sent.iter().any(|(_, map)| map.keys().any(|key| key.eq_ignore_ascii_case(name)));
            if shown || param.from.contains(&Witness::Example) || self.page.shows(name) {
                continue;
            }
            // Whether a condition is met, an example does not tell.
            let words = self.page.facts.words;
            let conditional = find(words.required_if, &param.description).is_some();
            if param.required && conditional || !self.is_parameter(name) {
                continue;
            }
            let required = param.required && !free.contains(name.as_str());
            let (code, message) = if required {
                (Code::RequiredNotSent, format!("`{name}` is marked as required, but no example sends it"))
            } else {
                (Code::UnshownParameter, format!("no example sends the parameter `{name}`"))
            };
            let Some(at) = self.page.row(param, if required { "marked as required" } else { "" }) else { continue };
            let mut finding = Finding::new(code, at, message);
            if required {
                finding = finding.with(Some(self.page.member(sent[0].0.place, &[], "sent without it")));
            }
            self.out.push(finding);
        }
    }
}

fn is_documented(field: &Field) -> bool {
    field.from.iter().any(|witness| *witness != Witness::Example)
}

/// Whether a value describes a field: `{"type": "string", "isRequired": false, …}`.
fn describes(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.keys().any(|key| key.eq_ignore_ascii_case("type")))
}

/// Parameters whose members are names of other fields.
fn is_clause(name: &str) -> bool {
    ["filter", "order", "select", "sort"].iter().any(|clause| name.eq_ignore_ascii_case(clause))
}

/// A name of the API's own: none that a portal made (`UF_CRM_1`, `PROPERTY_12`), no placeholder.
pub(super) fn is_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let made = lower.starts_with("uf") && lower.contains(|c: char| c == '_' || c.is_ascii_digit())
        || ["parent", "property", "field", "param"].iter().any(|start| lower.starts_with(start))
            && lower.ends_with(|c: char| c.is_ascii_digit());
    // `de`, `en`: a language's code is data.
    let language = name.len() == 2 && lower == name && lower != "id";
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    word && !made && !language
}

/// `result.items[].id`
fn written(path: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Item(_) => out.push_str("[]"),
        }
    }
    out
}
