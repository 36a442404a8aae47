//! Everything that one page states.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::distilled::{Distilled, Subject, distilled};
use super::error::{ErrorFacts, errors};
use super::example::{Call, calls as read_calls, results};
use super::inbound::{Inbound, InboundFact, OPTIONS, are_placements};
use super::method::{
    Deprecation, MethodName, deprecation, event_names, method_name, positional, says_v3, says_what_arrives, scopes,
};
use super::outline::{Library, Outline, Section, outline};
use super::prose::{inline, prose};
use super::table::{Layout, Row, cell_text, defined_types, layout, rows};
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::literal::{self, FaultKind, shape::Shape, worst};
use crate::model::Api;
use crate::page::{Block, Place, Table};
use crate::vocabulary::{Role, Vocabulary};

/// What a page says, named.
#[derive(Debug)]
pub struct PageFacts {
    /// Number of the page.
    pub page: u32,
    /// Its language.
    pub words: &'static Vocabulary,
    /// The heading without the names in it.
    pub title: String,
    /// The heading's place.
    pub place: Place,
    /// What stands between the heading and the first section.
    pub description: String,
    /// Set on a method's page.
    pub method: Option<MethodName>,
    /// The events that the page documents.
    pub events: Vec<String>,
    /// The placements and webhooks that the page documents.
    pub inbound: Vec<InboundFact>,
    /// Permissions.
    pub scopes: Vec<String>,
    /// Set where the page calls its subject deprecated.
    pub deprecated: Option<Deprecation>,
    /// Parameters are sent in the table's order.
    pub positional: bool,
    /// Sentences that tie parameters together, as code words: "at least one of `A` or `B`".
    pub one_of: Vec<Vec<String>>,
    /// The sections, owned.
    pub sections: Vec<SectionFacts>,
    /// Tables of parameters and fields.
    pub tables: Vec<FieldTable>,
    /// Types that the page defines: word and description.
    pub types: Vec<(String, String)>,
    /// JSON examples.
    pub examples: Vec<ExampleFact>,
    /// Types that example code declares for the method's result, TypeScript before Go.
    pub declared: Vec<DeclaredResult>,
    /// Errors.
    pub errors: ErrorFacts,
    /// All that a distilled page states; the other tables are empty then.
    pub distilled: Option<Distilled>,
    /// Tables that no reader took.
    pub unclaimed: Vec<Unclaimed>,
    /// What is wrong with the page.
    pub diagnostics: Vec<Diagnostic>,
}

/// A table that no reader took.
#[derive(Debug)]
pub struct Unclaimed {
    /// Index of its section.
    pub section: usize,
    /// How many rows it has.
    pub rows: usize,
    /// Whether its first column holds words, as names and codes are, not phrases.
    pub words: bool,
    /// Where it starts.
    pub place: Place,
}

impl Unclaimed {
    fn of(table: &Table<'_>, section: usize) -> Self {
        let is_word = |row: &&crate::page::Row<'_>| {
            let cell = row.cells.first().map(|cell| cell_text(cell)).unwrap_or_default();
            cell.lines().next().is_some_and(|line| line.split_whitespace().count() == 1)
        };
        let words = table.rows.iter().skip(1).filter(is_word).count() * 2 >= table.rows.len();
        Unclaimed { section, rows: table.rows.len(), words, place: table.place }
    }
}

/// A section without its blocks.
#[derive(Debug)]
pub struct SectionFacts {
    /// Its heading.
    pub title: String,
    /// Words in code in its heading.
    pub code: Vec<String>,
    /// Marked anchors and the one made from the heading.
    pub anchors: Vec<String>,
    /// The heading's level.
    pub level: u8,
    /// The section that it is part of.
    pub parent: Option<usize>,
    /// Its role.
    pub role: Option<Role>,
    /// Its heading's place.
    pub place: Place,
}

/// Which way a table's fields travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Parameters.
    Request,
    /// The answer, or an event's payload.
    Response,
    /// What the webhook of this number among [`PageFacts::inbound`] receives.
    Received(u16),
    /// What it has to answer.
    Answered(u16),
}

/// A table of parameters or fields.
#[derive(Debug)]
pub struct FieldTable {
    /// Index of its section.
    pub section: usize,
    /// Title of the tab it stands in.
    pub tab: Option<String>,
    /// Which way its fields travel.
    pub side: Side,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Where it starts.
    pub place: Place,
}

/// A JSON example.
#[derive(Debug)]
pub struct ExampleFact {
    /// What it shows.
    pub kind: ExampleOf,
    /// The value.
    pub json: Value,
    /// Whether the page's text is valid JSON.
    pub valid: bool,
    /// Where it starts.
    pub place: Place,
}

/// What example code declares of a method's `result`.
#[derive(Debug)]
pub struct DeclaredResult {
    /// Whether Go says so, not TypeScript.
    pub go: bool,
    /// The shape of `result`.
    pub shape: Shape,
    /// Where the code starts.
    pub place: Place,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleOf {
    /// The body of a cURL call.
    Request,
    /// The parameters of a call in a programming language.
    Call,
    /// An answer.
    Response,
    /// An error.
    Error,
    /// An event's payload, or a placement's.
    Event,
    /// What travels on the side of a webhook.
    Webhook(Side),
    /// The part of an answer that a section describes.
    Part(usize),
}

impl PageFacts {
    /// The pages that the tables' types and descriptions lead to.
    pub(crate) fn linked(&self) -> BTreeSet<u32> {
        fn add(rows: &[Row], out: &mut BTreeSet<u32>) {
            for row in rows {
                out.extend(row.doc_type.links.iter().map(|(_, page, _)| *page));
                out.extend(row.links.iter().map(|(page, _)| *page));
                add(&row.children, out);
            }
        }
        let mut out = BTreeSet::new();
        self.tables.iter().for_each(|table| add(&table.rows, &mut out));
        out
    }

    /// Reads page `page`.
    pub fn read(library: &Library<'_>, page: u32) -> PageFacts {
        PageFacts::read_to(library, page, true)
    }

    /// Reads what page `page` is about and its errors: no tables of fields, no examples.
    #[cfg(feature = "cli")]
    pub(crate) fn read_errors(library: &Library<'_>, page: u32) -> PageFacts {
        PageFacts::read_to(library, page, false)
    }

    fn read_to(library: &Library<'_>, page: u32, end: bool) -> PageFacts {
        let mut diagnostics = Vec::new();
        let outline = outline(library, page, &mut diagnostics);
        let docs = library.docs;
        let distilled = distilled(docs, &outline, &mut diagnostics);
        let mut calls = Vec::new();
        let mut code = Vec::new();
        for (i, section) in outline.sections.iter().enumerate() {
            for block in &section.blocks {
                walk_code(block, &mut |text, lang, place| {
                    calls.extend(read_calls(text, lang).into_iter().map(|call| (call, code.len())));
                    code.push((i, lang, text, place));
                });
            }
        }
        let heading = outline.sections.iter().find(|s| s.level == 1);
        let place = heading.map(Section::place).unwrap_or_default();
        let (method, events) = match &distilled {
            Some(stated) => subject(stated, &outline),
            None => match method_name(docs, &outline, &calls, &mut diagnostics) {
                Some(method) => (Some(method), Vec::new()),
                None => (None, event_names(docs, &outline, &code, &mut diagnostics)),
            },
        };
        let inbound = match (&distilled, &method) {
            (None, Some(_)) => Inbound::beside_method(&outline),
            (None, None) if events.is_empty() => Inbound::of_page(&outline, &code),
            _ => Inbound::default(),
        };
        let mut names = events.clone();
        if method.is_none() {
            names.extend(inbound.calls.iter().map(|call| call.name.clone()));
            names.extend(heading.into_iter().flat_map(|heading| inbound.families(&heading.title)));
        }
        let mut facts = PageFacts {
            page,
            words: outline.words,
            title: match distilled {
                Some(_) => String::new(),
                None => title(heading.map_or("", |h| h.title.as_str()), method.as_ref(), &names),
            },
            place,
            description: if distilled.is_some() { String::new() } else { description(docs, &outline) },
            scopes: scopes(&outline),
            deprecated: deprecation(docs, &outline),
            positional: positional(&outline),
            one_of: one_of(&outline),
            sections: outline.sections.iter().map(section_facts).collect(),
            tables: Vec::new(),
            types: Vec::new(),
            examples: Vec::new(),
            declared: Vec::new(),
            errors: ErrorFacts::default(),
            distilled: None,
            unclaimed: Vec::new(),
            method,
            events,
            inbound: inbound.calls.clone(),
            diagnostics,
        };
        if let Some(stated) = distilled {
            facts.types = types(library, &outline);
            facts.inbound = stated.calls();
            facts.distilled = Some(stated);
            return facts;
        }
        facts.errors = errors(docs, &outline);
        if !end {
            return facts;
        }
        let documents = facts.documents();
        let sides = sides(&outline, !facts.events.is_empty(), &inbound);
        facts.tables(library, &outline, &sides, &inbound);
        if documents {
            facts.examples(library, &outline, &sides, &calls, &code);
            facts.spell_events(&outline);
            facts.declarations(&code);
        }
        facts.diagnostics.append(&mut facts.errors.diagnostics);
        facts
    }

    /// Whether the page documents a method, events or other calls; pages of types do not.
    pub fn documents(&self) -> bool {
        self.method.is_some() || !self.events.is_empty() || !self.inbound.is_empty()
    }

    /// Whether the page tells of its event what `data` holds and no more, as old ones do.
    fn shows_data_alone(&self, outline: &Outline<'_, '_>) -> bool {
        !self.events.is_empty() && !says_what_arrives(outline)
    }

    /// Gives events the spelling that travels: what an example sends, else what the first section writes as code.
    fn spell_events(&mut self, outline: &Outline<'_, '_>) {
        let mut spellings: Vec<String> =
            self.examples.iter().filter_map(|e| e.json.get("event")?.as_str().map(str::to_owned)).collect();
        for block in outline.sections.iter().filter(|s| s.level <= 1).flat_map(|s| &s.blocks) {
            super::method::paragraphs(block, &mut |text| {
                spellings.extend(text.runs.iter().filter(|r| r.code).map(|r| r.text.trim().to_owned()));
            });
        }
        for event in &mut self.events {
            if let Some(spelled) = spellings.iter().find(|s| s.eq_ignore_ascii_case(event)) {
                spelled.clone_into(event);
            }
        }
    }

    /// Reads what TypeScript and Go say of the method's result.
    fn declarations(&mut self, code: &[(usize, &str, &str, Place)]) {
        let Some(method) = &self.method else { return };
        for &(_, lang, text, place) in code {
            let own = |name: &Option<String>| name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&method.name));
            let found = results(text, lang).into_iter().filter(|result| own(&result.method));
            let go = lang.starts_with("go");
            self.declared.extend(found.map(|result| DeclaredResult { go, shape: result.shape, place }));
        }
        self.declared.sort_by_key(|declared| declared.go);
    }

    fn tables(&mut self, library: &Library<'_>, outline: &Outline<'_, '_>, sides: &[Option<Side>], inbound: &Inbound) {
        let documents = self.documents();
        let data = self.shows_data_alone(outline).then_some("data");
        for (i, section) in outline.sections.iter().enumerate() {
            let mut found: Vec<(&Table<'_>, Option<String>)> = Vec::new();
            for block in &section.blocks {
                walk_tables(block, section.tab.as_deref(), &mut found);
            }
            for (table, tab) in found {
                if self.errors.claimed.contains(&table.place) || section.role == Some(Role::Links) {
                    continue;
                }
                let own = inbound.tables.get(&table.place);
                match (layout(outline.words, table), own.map_or(sides[i], |(side, _)| Some(*side))) {
                    (Layout::Fields { columns, heading }, Some(side)) => {
                        let mut rows = rows(library.docs, outline.words, table, &columns, heading);
                        if documents {
                            let named = |place: Place| rows.iter().any(|row| row.place == place);
                            let unnamed = table.rows.iter().skip(usize::from(heading)).filter(|row| !named(row.place));
                            for row in unnamed {
                                let message = "this row has no name and was not read";
                                self.diagnostics.push(library.docs.report(Code::UnclaimedRow, row.place, message));
                            }
                        }
                        if let Some(under) = own.and_then(|(_, under)| under.as_deref()).or(data) {
                            let names = rows.iter_mut().flat_map(|row| &mut row.names);
                            names.for_each(|name| name.name = format!("{under}.{}", name.name));
                        }
                        self.tables.push(FieldTable { section: i, tab, side, rows, place: table.place });
                    }
                    (Layout::Types, _) => {
                        self.types.extend(defined_types(library.docs, table));
                        // A method's page that lists types lists something else: of events, say.
                        self.unclaimed.push(Unclaimed::of(table, i));
                    }
                    (Layout::Links, _) => {}
                    _ => self.unclaimed.push(Unclaimed::of(table, i)),
                }
            }
        }
    }

    fn examples(
        &mut self,
        library: &Library<'_>,
        outline: &Outline<'_, '_>,
        sides: &[Option<Side>],
        calls: &[(Call, usize)],
        code: &[(usize, &str, &str, Place)],
    ) {
        let name = self.method.as_ref().map(|m| m.name.to_lowercase());
        for (call, block) in calls {
            let Some(params) = &call.params else { continue };
            if name.as_deref() != Some(&call.method.to_lowercase()) {
                continue;
            }
            let kind = if call.curl { ExampleOf::Request } else { ExampleOf::Call };
            let &(_, _, text, block) = &code[*block];
            let place = inside(library.docs, block, text, call.at);
            if let Some(fault) = call.fault {
                let at = inside(library.docs, block, text, fault.at);
                self.diagnostics.push(not_json(library.docs, at, "the body of this call", fault.kind));
            }
            self.examples.push(ExampleFact { kind, json: params.clone(), valid: call.valid, place });
        }
        let placements = are_placements(&self.inbound);
        let data_alone = self.shows_data_alone(outline);
        // What arrives is shown on pages of events and other calls; on a method's page only calls are.
        let arrives = self.method.is_none();
        for &(section, lang, text, place) in code {
            let role = outline.sections[section].role;
            let literal = matches!(lang, "json" | "" | "php" | "js" | "javascript" | "text")
                && text.trim_start().starts_with(['{', '[', 'a', 'A']);
            if !literal || role == Some(Role::Examples) && !arrives || placements && sides[section].is_none() {
                continue;
            }
            let is_json = lang == "json";
            let php = literal::php::opens(text);
            let read = literal::read(text);
            let Ok(mut read) = read else {
                if is_json && matches!(role, Some(Role::Response | Role::Returned | Role::Errors | Role::Event)) {
                    let message = "this example is not JSON and could not be read leniently either";
                    self.diagnostics.push(library.docs.report(Code::InvalidJson, place, message));
                }
                continue;
            };
            let valid = read.faults.is_empty() && !php;
            let object = read.value.as_object();
            let has = |key: &str| object.is_some_and(|o| o.contains_key(key));
            let kind = if has("error") && !has("result") {
                ExampleOf::Error
            } else if has("result") && has("time") || has("result") && role != Some(Role::Errors) {
                ExampleOf::Response
            } else if let Some(side @ (Side::Received(_) | Side::Answered(_))) = sides[section] {
                ExampleOf::Webhook(side)
            } else if data_alone && object.is_some() && !has("data") && role != Some(Role::Errors) {
                read.value = json!({ "data": read.value });
                ExampleOf::Event
            } else if placements
                || !self.events.is_empty() && (has("event") || has("data") || role == Some(Role::Event))
            {
                ExampleOf::Event
            } else if !self.inbound.is_empty() && arrives {
                match sides[section] {
                    Some(Side::Request) => ExampleOf::Request,
                    Some(_) if role != Some(Role::Errors) => ExampleOf::Response,
                    _ => continue,
                }
            } else if sides[section] == Some(Side::Response) && role != Some(Role::Errors) {
                ExampleOf::Part(section)
            } else {
                continue;
            };
            if let Some(fault) = worst(&read.faults)
                && !php
            {
                let place = inside(library.docs, place, text, fault.at);
                self.diagnostics.push(not_json(library.docs, place, "this example", fault.kind));
            }
            if placements {
                open_options(&mut read.value);
            }
            self.examples.push(ExampleFact { kind, json: read.value, valid, place });
        }
        self.bare_results(outline);
    }

    /// A page whose examples all leave the envelope out shows results: what stands in the section about the answer, where no
    /// table says whose part it is.
    fn bare_results(&mut self, outline: &Outline<'_, '_>) {
        if self.method.is_none() || self.examples.iter().any(|example| example.kind == ExampleOf::Response) {
            return;
        }
        let about = |section: usize| matches!(outline.sections[section].role, Some(Role::Response | Role::Returned));
        let described = |section: usize| self.tables.iter().any(|table| table.section == section);
        let is_empty = |json: &Value| json.as_object().is_some_and(serde_json::Map::is_empty);
        for example in self.examples.iter_mut().filter(|example| !is_empty(&example.json)) {
            if matches!(example.kind, ExampleOf::Part(section) if about(section) && !described(section)) {
                example.kind = ExampleOf::Response;
                example.json = enveloped(example.json.take());
            }
        }
    }
}

/// The answer with this result; what stands beside a result in every answer stays beside it.
fn enveloped(mut result: Value) -> Value {
    // Some pages show a call and its answer in one.
    if let Some(answer) = result.get_mut("answer").filter(|answer| answer.get("result").is_some()) {
        return answer.take();
    }
    let mut answer = serde_json::Map::new();
    for key in ["total", "next", "time"] {
        let beside = result.as_object_mut().and_then(|result| result.shift_remove(key));
        answer.extend(beside.map(|value| (key.to_owned(), value)));
    }
    answer.insert("result".to_owned(), result);
    Value::Object(answer)
}

/// Puts what a placement's form holds as JSON in a string in the string's place.
fn open_options(form: &mut Value) {
    // A dump that is closed the wrong way has more behind the JSON.
    let first = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok();
    if let Some(options) = form.get_mut(OPTIONS)
        && let Some(open) = options.as_str().and_then(first)
    {
        *options = open;
    }
}

/// What is wrong with an example, said where it is. What its author left out on purpose weighs less than a mistake.
fn not_json(docs: &Docs, place: Place, what: &str, kind: FaultKind) -> Diagnostic {
    if kind.is_deliberate() {
        let message = format!("{what} is JSON but for {kind}: no program can read it as it stands");
        return docs.report(Code::AbbreviatedJson, place, message);
    }
    docs.report(Code::InvalidJson, place, format!("{what} is not valid JSON: {kind}"))
}

/// Whose page a distilled page is.
fn subject(stated: &Distilled, outline: &Outline<'_, '_>) -> (Option<MethodName>, Vec<String>) {
    match (stated.subject, stated.names.first()) {
        (Subject::Method, Some(name)) => {
            let api = if says_v3(outline) { Api::V3 } else { Api::V2 };
            (Some(MethodName { name: name.clone(), written: name.clone(), api }), Vec::new())
        }
        (Subject::Events, Some(_)) => (None, stated.names.clone()),
        _ => (None, Vec::new()),
    }
}

/// The types that the page's tables define.
fn types(library: &Library<'_>, outline: &Outline<'_, '_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for section in &outline.sections {
        section.blocks.iter().for_each(|block| walk_tables(block, None, &mut found));
    }
    let types = found.into_iter().filter(|(table, _)| layout(outline.words, table) == Layout::Types);
    types.flat_map(|(table, _)| defined_types(library.docs, table)).collect()
}

/// The place of byte `at` of a block of code. A block that stands in a list or a tab is indented in the page; its text
/// is not.
fn inside(docs: &Docs, block: Place, text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    let own = text.lines().nth(line).unwrap_or_default();
    let source = docs.source(block.source).text();
    let mut start = block.at as usize;
    for _ in 0..line {
        start += source.get(start..).and_then(|rest| rest.find('\n')).map_or(0, |end| end + 1);
    }
    let written = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let indent = if written.ends_with(own) { written.len() - own.len() } else { 0 };
    Place { at: u32::try_from(start + indent + column).unwrap_or(block.at), ..block }
}

fn walk_code<'b>(block: &'b Block<'_>, found: &mut dyn FnMut(&'b str, &'b str, Place)) {
    match block {
        Block::Code(code) => found(&code.text, &code.lang, code.place),
        Block::List(items) => items.iter().flatten().for_each(|b| walk_code(b, found)),
        Block::Quote(blocks) | Block::Cut(_, blocks) => blocks.iter().for_each(|b| walk_code(b, found)),
        Block::Note(note) => note.blocks.iter().for_each(|b| walk_code(b, found)),
        Block::Tabs(tabs) => tabs.iter().flat_map(|t| &t.blocks).for_each(|b| walk_code(b, found)),
        // Code in a cell belongs to the row's description.
        Block::Heading(_) | Block::Paragraph(_) | Block::Table(_) | Block::Include(_) => {}
    }
}

/// The tables of a block that do not stand inside another table.
fn walk_tables<'t, 'a>(block: &'t Block<'a>, tab: Option<&str>, found: &mut Vec<(&'t Table<'a>, Option<String>)>) {
    match block {
        Block::Table(table) => found.push((table, tab.map(str::to_owned))),
        Block::List(items) => items.iter().flatten().for_each(|b| walk_tables(b, tab, found)),
        Block::Quote(blocks) | Block::Cut(_, blocks) => blocks.iter().for_each(|b| walk_tables(b, tab, found)),
        Block::Note(note) => note.blocks.iter().for_each(|b| walk_tables(b, tab, found)),
        Block::Tabs(tabs) => {
            for t in tabs {
                t.blocks.iter().for_each(|b| walk_tables(b, Some(&t.title), found));
            }
        }
        Block::Heading(_) | Block::Paragraph(_) | Block::Code(_) | Block::Include(_) => {}
    }
}

/// Which way the tables of each section travel: `None` for sections about errors. All of an event arrives; of a placement's
/// page only what the handler receives.
fn sides(outline: &Outline<'_, '_>, event: bool, inbound: &Inbound) -> Vec<Option<Side>> {
    let request = if event { Side::Response } else { Side::Request };
    let mut side = Some(request);
    outline
        .sections
        .iter()
        .enumerate()
        .map(|(index, section)| {
            if inbound.placements() {
                return (section.role == Some(Role::Event)).then_some(Side::Response);
            }
            if let Some(side) = inbound.sections.get(&index) {
                return Some(*side);
            }
            match section.role {
                Some(Role::Parameters) => side = Some(request),
                Some(Role::Response | Role::Returned | Role::Event) => side = Some(Side::Response),
                Some(Role::Errors | Role::Links) => return None,
                Some(Role::Examples) | None => {}
            }
            side
        })
        .collect()
}

fn section_facts(section: &Section<'_, '_>) -> SectionFacts {
    let heading = section.heading;
    let mut anchors: Vec<String> = heading.map(|h| h.anchors.clone()).unwrap_or_default();
    anchors.push(super::outline::slug(&section.title));
    SectionFacts {
        title: section.title.clone(),
        code: heading
            .map(|h| h.text.runs.iter().filter(|r| r.code).map(|r| r.text.trim().to_owned()).collect())
            .unwrap_or_default(),
        anchors,
        level: section.level,
        parent: section.parent,
        role: section.role,
        place: section.place(),
    }
}

fn title(heading: &str, method: Option<&MethodName>, events: &[String]) -> String {
    let is_name = |word: &str| {
        let word = word.trim_matches(['`', '(', ')', ',', '\\']).to_lowercase();
        method.is_some_and(|m| m.name.to_lowercase() == word || m.written.to_lowercase() == word)
            || events.iter().any(|e| e.to_lowercase() == word)
    };
    heading.split_whitespace().filter(|word| !is_name(word)).collect::<Vec<_>>().join(" ")
}

/// The paragraphs and lists between the heading and the first section; notes, scopes and includes left aside.
fn description(docs: &crate::docs::Docs, outline: &Outline<'_, '_>) -> String {
    let Some(section) = outline.sections.iter().find(|s| s.level == 1) else { return String::new() };
    let mut out = String::new();
    for block in &section.blocks {
        match block {
            Block::Paragraph(text) => {
                if !out.is_empty() {
                    out.push_str("\n\n");
                }
                inline(docs, text, "", &mut out);
            }
            Block::List(_) => {
                out.push_str("\n\n");
                out.push_str(&prose(docs, std::slice::from_ref(*block)));
            }
            _ => {}
        }
    }
    out
}

/// Groups of parameters of which one is enough: the code words of the sentence that says so.
fn one_of(outline: &Outline<'_, '_>) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    for section in &outline.sections {
        if !matches!(section.role, Some(Role::Parameters) | None) {
            continue;
        }
        for block in &section.blocks {
            super::method::paragraphs(block, &mut |text| {
                // Sentence by sentence: code words behind the phrase.
                let mut armed = false;
                let mut group = Vec::new();
                let mut flush = |group: &mut Vec<String>| {
                    if group.len() >= 2 && !out.contains(group) {
                        out.push(group.clone());
                    }
                    group.clear();
                };
                for run in &text.runs {
                    if run.code {
                        if armed {
                            group.push(run.text.trim().to_owned());
                        }
                    } else {
                        if run.text.contains(". ") || run.text.contains('\n') {
                            armed = false;
                            flush(&mut group);
                        }
                        armed |= outline.words.says_one_of(&run.text);
                    }
                }
                flush(&mut group);
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::enveloped;
    use crate::docs::Docs;
    use crate::model::Model;

    #[test]
    fn an_answer_shown_without_its_envelope_is_the_result() {
        for (shown, whole) in [
            (r#"{"star": {"id": 7}}"#, r#"{"result": {"star": {"id": 7}}}"#),
            (r#"{"stars": [], "total": 2, "time": {}}"#, r#"{"total": 2, "time": {}, "result": {"stars": []}}"#),
            ("[7]", r#"{"result": [7]}"#),
            (r#"{"query": {"id": 7}, "answer": {"result": true}}"#, r#"{"result": true}"#),
        ] {
            let whole: serde_json::Value = serde_json::from_str(whole).unwrap();
            assert_eq!(enveloped(serde_json::from_str(shown).unwrap()), whole);
        }
    }

    #[test]
    fn a_part_of_an_answer_is_no_result_where_another_example_shows_one() {
        let page = |more: &str| {
            let part = "```json\n{\"star\": {\"id\": 7}}\n```\n\n";
            format!("# Get a star star.get\n\n> Scope: `star`\n\n## Response Handling\n\n{part}{more}")
        };
        let answer = |more: &str| {
            let docs = Docs::new(vec![("api-reference/star-get.md".into(), page(more).into_bytes())], &[]);
            let model = Model::read(&docs);
            model.objects.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(answer(""), ["star.get/response/result", "star.get/response/result/star"]);
        assert_eq!(answer("```json\n{}\n```\n"), ["star.get/response/result", "star.get/response/result/star"]);
        assert_eq!(answer("```json\n{\"result\": true}\n```\n"), [""; 0]);
    }
}
