//! What the Russian and the English page of one method tell differently.
//!
//! Pages are matched by the method or event that they document, rows by side and name, the second row of a name with the
//! second. A name that the other page says anywhere is not missing there.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::Value;

use super::Folder;
use super::fields::is_name;
use super::finding::{Finding, Mark};
use super::locate::Step;
use super::page::{self, Page, Pages};
use crate::diagnostic::Code;
use crate::facts::page_facts::{ExampleOf, PageFacts, Side};
use crate::facts::table::Row;
use crate::model::{Api, words};
use crate::page::Place;
use crate::vocabulary::Vocabulary;

pub(super) fn findings(both: [&Pages<'_>; 2]) -> Vec<Finding> {
    let pages = both.map(|pages| documented(pages.folder));
    let keys: BTreeSet<&Key<'_>> = pages.iter().flat_map(BTreeMap::keys).collect();
    let page = |nth: usize, key: &Key<'_>| pages[nth].get(key).map(|facts| Page::new(both[nth], facts));
    let found: Vec<Vec<Finding>> = keys
        .into_par_iter()
        .map(|key| match (page(0, key), page(1, key)) {
            (Some(one), Some(other)) => Pair { pages: [&one, &other] }.findings(),
            (Some(one), None) => vec![alone(&one, key, both[1])],
            (None, Some(other)) => vec![alone(&other, key, both[0])],
            (None, None) => Vec::new(),
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// Name, version and whether it is an event.
type Key<'f> = (&'f str, Api, bool);

fn documented(folder: &Folder) -> BTreeMap<Key<'_>, &PageFacts> {
    let mut out = BTreeMap::new();
    for facts in &folder.facts {
        if let Some(method) = &facts.method {
            out.entry((method.name.as_str(), method.api, false)).or_insert(facts);
        } else {
            for event in &facts.events {
                out.entry((event.as_str(), Api::V2, true)).or_insert(facts);
            }
        }
    }
    out
}

fn alone(page: &Page<'_>, (name, _, event): &Key<'_>, other: &Pages<'_>) -> Finding {
    let kind = if *event { "event" } else { "method" };
    let at = page.facts.place;
    let at = Mark::new(page.index, page.folder, at.source, at.at as usize..at.at as usize, "");
    let (index, other) = (other.index, other.folder);
    let language = &other.model.language;
    let Some(twin) = other.docs.find(&page.source.path) else {
        let message = format!("the {kind} `{name}` has no page in `{language}`");
        return Finding::new(Code::MethodInOneLanguage, at, message);
    };
    // The page is there, and is read as something else.
    let facts = &other.facts[twin as usize];
    let says = match (&facts.method, facts.events.as_slice()) {
        (Some(method), _) => format!("documents `{}`", method.name),
        (None, []) => "names none".to_owned(),
        (None, events) => format!("documents `{}`", events.join("`, `")),
    };
    let related = Mark::new(index, other, twin, facts.place.at as usize..facts.place.at as usize, "");
    let message = format!("the page documents the {kind} `{name}`; in `{language}` it {says}");
    Finding::new(Code::MethodInOneLanguage, at, message).with(Some(related))
}

struct Pair<'p, 'c> {
    pages: [&'p Page<'c>; 2],
}

/// A row with the name that is meant.
#[derive(Clone, Copy)]
struct Named<'f> {
    row: &'f Row,
    required: bool,
    name: &'f str,
}

impl Pair<'_, '_> {
    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for side in [Side::Request, Side::Response] {
            self.rows(side, &mut out);
        }
        self.errors(&mut out);
        self.heads(&mut out);
        self.examples(&mut out);
        out
    }

    fn rows(&self, side: Side, out: &mut Vec<Finding>) {
        let rows = self.pages.map(|page| named_rows(page.facts, side));
        // A side that one page describes in words alone is not compared row by row.
        if rows.iter().any(BTreeMap::is_empty) {
            return;
        }
        let names: BTreeSet<&str> = rows.iter().flat_map(|rows| rows.keys().copied()).collect();
        for name in names {
            let of = |nth: usize| rows[nth].get(name).map_or(&[][..], Vec::as_slice);
            for (own, other) in [(0, 1), (1, 0)] {
                if of(other).is_empty() && !self.pages[other].mentions(name) {
                    let place = of(own)[0].row.place;
                    let what = if side == Side::Request { "parameter" } else { "field" };
                    let message = format!("the {what} `{name}` is not on the page in `{}`", self.language(other));
                    let at = self.mark(own, place, name, "only here");
                    out.push(Finding::new(Code::FieldInOneLanguage, at, message).with(Some(self.page_mark(other))));
                }
            }
            if of(0).len() == of(1).len() {
                for (one, other) in of(0).iter().zip(of(1)) {
                    self.row(*one, *other, side, out);
                }
            }
        }
    }

    fn row(&self, one: Named<'_>, other: Named<'_>, side: Side, out: &mut Vec<Finding>) {
        let name = one.name;
        let mut differ = |code, message: String, labels: [String; 2]| {
            let [label, related] = labels;
            let related = self.mark(1, other.row.place, name, related);
            out.push(Finding::new(code, self.mark(0, one.row.place, name, label), message).with(Some(related)));
        };
        let languages = [self.language(0), self.language(1)];
        if side == Side::Request && one.required != other.required {
            let (yes, no) = if one.required { (0, 1) } else { (1, 0) };
            let label = |named: Named<'_>| if named.required { "required" } else { "not required" }.to_owned();
            differ(
                Code::RequiredDiffers,
                format!("`{name}` is required in `{}`, not in `{}`", languages[yes], languages[no]),
                [label(one), label(other)],
            );
        }
        let types = [one, other].map(|named| type_words(&named.row.doc_type.text));
        let read = |words: &BTreeSet<String>| {
            let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.[]<>".contains(c));
            !words.is_empty() && words.iter().all(plain) && words.len() < 4
        };
        if types[0] != types[1] && types.iter().all(read) {
            let [a, b] = [one, other].map(|named| named.row.doc_type.text.clone());
            differ(
                Code::TypeDiffers,
                format!("`{name}` is `{a}` in `{}`, `{b}` in `{}`", languages[0], languages[1]),
                [format!("`{a}`"), format!("`{b}`")],
            );
        }
        if let (Some(a), Some(b)) = (&one.row.default, &other.row.default)
            && text(a) != text(b)
            && text(a).is_ascii()
            && text(b).is_ascii()
        {
            let (a, b) = (text(a), text(b));
            differ(
                Code::DefaultDiffers,
                format!("the default of `{name}` is `{a}` in `{}`, `{b}` in `{}`", languages[0], languages[1]),
                [format!("`{a}`"), format!("`{b}`")],
            );
        }
        let values =
            [one, other].map(|named| named.row.values.iter().map(|v| v.value.as_str()).collect::<BTreeSet<_>>());
        if values.iter().all(|values| values.len() > 1) {
            let only = |own: usize, other: usize| {
                let page = self.pages[other];
                let own =
                    values[own].difference(&values[other]).filter(|value| is_value(value) && !page.mentions(value));
                own.map(|value| format!("`{value}`")).collect::<Vec<_>>()
            };
            let only = [only(0, 1), only(1, 0)];
            if only.iter().any(|only| !only.is_empty()) {
                let told = |nth: usize| {
                    (!only[nth].is_empty()).then(|| format!("{} only in `{}`", only[nth].join(", "), languages[nth]))
                };
                let told = [told(0), told(1)].into_iter().flatten().collect::<Vec<_>>().join(", ");
                differ(
                    Code::ValuesDiffer,
                    format!("the values of `{name}` differ: {told}"),
                    [String::new(), String::new()],
                );
            }
        }
    }

    fn errors(&self, out: &mut Vec<Finding>) {
        let codes = self.pages.map(|page| {
            let rows = page.facts.errors.rows.iter().filter(|row| !row.code.is_empty());
            rows.map(|row| (row.code.as_str(), row.place)).collect::<BTreeMap<_, _>>()
        });
        if codes.iter().any(BTreeMap::is_empty) {
            return;
        }
        for (own, other) in [(0, 1), (1, 0)] {
            for (code, place) in &codes[own] {
                let known = codes[other].keys().any(|known| known.eq_ignore_ascii_case(code));
                if known || self.pages[other].mentions(code) {
                    continue;
                }
                let message = format!("the error `{code}` is not on the page in `{}`", self.language(other));
                let at = self.mark(own, *place, code, "only here");
                out.push(Finding::new(Code::ErrorInOneLanguage, at, message).with(Some(self.page_mark(other))));
            }
        }
    }

    /// Permissions and deprecation.
    fn heads(&self, out: &mut Vec<Finding>) {
        let [one, other] = self.pages.map(|page| page.facts);
        let languages = [self.language(0), self.language(1)];
        let mut differ = |message: String| {
            out.push(Finding::new(Code::MethodDiffers, self.page_mark(0), message).with(Some(self.page_mark(1))));
        };
        let scopes = [one, other].map(|facts| facts.scopes.iter().collect::<BTreeSet<_>>());
        if scopes[0] != scopes[1] && scopes.iter().all(|scopes| !scopes.is_empty()) {
            let [a, b] = scopes.map(|set| set.into_iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", "));
            differ(format!("the permission is {a} in `{}`, {b} in `{}`", languages[0], languages[1]));
        }
        if one.deprecated.is_some() != other.deprecated.is_some() {
            let (yes, no) = if one.deprecated.is_some() { (0, 1) } else { (1, 0) };
            differ(format!("the page is deprecated in `{}`, not in `{}`", languages[yes], languages[no]));
        }
    }

    fn examples(&self, out: &mut Vec<Finding>) {
        for kind in [ExampleOf::Request, ExampleOf::Response, ExampleOf::Event] {
            let examples = self
                .pages
                .map(|page| page.facts.examples.iter().filter(|example| example.kind == kind).collect::<Vec<_>>());
            if examples[0].len() != examples[1].len() {
                continue;
            }
            for (one, other) in examples[0].iter().zip(&examples[1]) {
                let keys = [one, other].map(|example| {
                    let mut keys = BTreeSet::new();
                    key_paths(&example.json, &mut String::new(), &mut keys);
                    keys
                });
                let only = |own: usize, other: usize| {
                    let own = keys[own].difference(&keys[other]).filter(|key| {
                        // A member that is missing takes its own members along.
                        let parent = key.rsplit_once('.').map_or("", |(parent, _)| parent);
                        parent.is_empty() || keys[other].contains(parent)
                    });
                    own.take(5).cloned().collect::<Vec<_>>()
                };
                for (nth, missing) in [only(0, 1), only(1, 0)].into_iter().enumerate() {
                    if missing.is_empty() {
                        continue;
                    }
                    let only: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
                    let place = [one.place, other.place];
                    let message = format!("only the example in `{}` has {}", self.language(nth), only.join(", "));
                    let mark =
                        |nth: usize, path: &[Step<'_>], label: &str| self.pages[nth].member(place[nth], path, label);
                    let first = mark(nth, &steps(&[one, other][nth].json, &missing[0]), "only here");
                    out.push(Finding::new(Code::ExampleDiffers, first, message).with(Some(mark(
                        1 - nth,
                        &[],
                        "not here",
                    ))));
                }
            }
        }
    }

    fn language(&self, nth: usize) -> &'static str {
        self.pages[nth].facts.words.language
    }

    fn mark(&self, nth: usize, place: Place, name: &str, label: impl Into<String>) -> Mark {
        let page = self.pages[nth];
        let source = page.folder.docs.source(place.source);
        let line = source.line(place.at as usize);
        let label = label.into();
        page::row(page.index, page.folder, &source.path, line, name, label.clone())
            .unwrap_or_else(|| Mark::new(page.index, page.folder, place.source, 0..0, label))
    }

    /// The page's heading.
    fn page_mark(&self, nth: usize) -> Mark {
        let page = self.pages[nth];
        let place = page.facts.place;
        Mark::new(page.index, page.folder, place.source, place.at as usize..place.at as usize, "")
    }
}

fn named_rows(facts: &PageFacts, side: Side) -> BTreeMap<&str, Vec<Named<'_>>> {
    fn add<'f>(words: &Vocabulary, rows: &'f [Row], out: &mut BTreeMap<&'f str, Vec<Named<'f>>>) {
        // A row of column titles that was not known as one.
        for row in rows.iter().filter(|row| words.column(&row.doc_type.text).is_none()) {
            for name in row.names.iter().filter(|name| is_name(&name.name)) {
                out.entry(&name.name).or_default().push(Named { row, required: name.required, name: &name.name });
            }
            add(words, &row.children, out);
        }
    }
    let mut out = BTreeMap::new();
    for table in facts.tables.iter().filter(|table| table.side == side) {
        add(facts.words, &table.rows, &mut out);
    }
    out
}

/// Whether a listed value is one that travels, not a word of the page.
fn is_value(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

/// The words of a documented type, in English, without what links and marks add.
fn type_words(doc_type: &str) -> BTreeSet<String> {
    words(&doc_type.to_lowercase()).into_iter().map(|word| word.word + &"[]".repeat(word.lists)).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The steps to the member with this path, as [`key_paths`] writes it: through the first item that has it.
fn steps<'v>(value: &'v Value, path: &'v str) -> Vec<Step<'v>> {
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    match value {
        Value::Object(map) => {
            let Some(member) = map.get(key) else { return Vec::new() };
            let mut out = vec![Step::Key(key)];
            out.extend(if rest.is_empty() { Vec::new() } else { steps(member, rest) });
            out
        }
        Value::Array(items) => {
            let found = items.iter().enumerate().map(|(index, item)| (index, steps(item, path)));
            let whole = path.split('.').count();
            let keys = |steps: &[Step<'_>]| steps.iter().filter(|step| matches!(step, Step::Key(_))).count();
            let Some((index, mut inner)) = found.into_iter().find(|(_, steps)| keys(steps) == whole) else {
                return Vec::new();
            };
            inner.insert(0, Step::Item(index));
            inner
        }
        _ => Vec::new(),
    }
}

/// The paths of all members with names of the API: `result.items.id`; items stand for one another.
fn key_paths(value: &Value, path: &mut String, out: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| key_paths(item, path, out)),
        Value::Object(map) => {
            for (key, member) in map.iter().filter(|(key, _)| is_name(key)) {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(key);
                out.insert(path.clone());
                key_paths(member, path, out);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
