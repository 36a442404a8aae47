//! Calls that a portal makes beside events: the form that opens a placement, and webhooks.
//!
//! Three kinds of pages speak of them. A placement's page names its codes in a table (one page for all entities, mostly)
//! and shows what the handler receives. A webhook's page is named after the parameter that holds its address
//! (`CALCULATE_URL`) and says what is sent there and what has to be answered. And a method that registers a handler may
//! say on its own page what is sent to it, in sections or in tables between paragraphs.

use std::collections::HashMap;

use serde_json::Value;

use super::outline::{Outline, Section, slug};
use super::page_facts::Side;
use super::table::{Layout, layout};
use crate::literal;
use crate::model::InboundKind;
use crate::page::{Block, Place, Run, Table, Text};
use crate::vocabulary::Role;

/// The parameter of a placement's form that names the placement.
pub const PLACEMENT: &str = "PLACEMENT";
/// The parameter of a placement's form that says where in the portal it was opened: JSON in a string.
pub const OPTIONS: &str = "PLACEMENT_OPTIONS";

/// A call that a page documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundFact {
    /// Placement or webhook.
    pub kind: InboundKind,
    /// The placement's code, or the parameter that holds the webhook's address.
    pub name: String,
    /// The anchor of its section, which tells it from others of its name on the page.
    pub anchor: String,
    /// The side of what is received.
    pub payload: Side,
    /// The side of what has to be answered.
    pub answer: Option<Side>,
}

/// Whether they are those of a placement's page, which has no others.
pub(crate) fn are_placements(calls: &[InboundFact]) -> bool {
    calls.first().is_some_and(|call| call.kind == InboundKind::Placement)
}

/// How a [`Side`] names the call at `index`.
pub(super) fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// What a page says of inbound calls, by section and table.
#[derive(Debug, Default)]
pub(crate) struct Inbound {
    pub(crate) calls: Vec<InboundFact>,
    /// Sections that speak of a call.
    pub(crate) sections: HashMap<usize, Side>,
    /// Tables between paragraphs that speak of a call, and the key that their rows stand under.
    pub(crate) tables: HashMap<Place, (Side, Option<String>)>,
}

impl Inbound {
    /// Whether the page documents placements.
    pub(crate) fn placements(&self) -> bool {
        are_placements(&self.calls)
    }

    /// The codes in a heading, those for many placements among them: `CRM_XXX_DETAIL_TAB`.
    pub(crate) fn families(&self, heading: &str) -> Vec<String> {
        let codes = words(heading).filter(|word| self.placements() && is_code(&pattern(word)));
        codes.map(str::to_owned).collect()
    }

    /// The calls of a page that is neither a method's nor an event's.
    pub(crate) fn of_page(outline: &Outline<'_, '_>, code: &[(usize, &str, &str, Place)]) -> Self {
        let names = placements(outline, code);
        if !names.is_empty() {
            let call = |name| InboundFact {
                kind: InboundKind::Placement,
                name,
                anchor: String::new(),
                payload: Side::Response,
                answer: None,
            };
            return Inbound { calls: names.into_iter().map(call).collect(), ..Inbound::default() };
        }
        let has = |role| outline.sections.iter().any(|section| section.role == Some(role));
        let heading = outline.sections.iter().find(|section| section.level == 1);
        let name = heading.and_then(|heading| words(&heading.title).rev().find(|word| is_address(word)));
        match name {
            Some(name) if has(Role::Parameters) && has(Role::Returned) => Inbound {
                calls: vec![InboundFact {
                    kind: InboundKind::Webhook,
                    name: name.to_owned(),
                    anchor: String::new(),
                    payload: Side::Request,
                    answer: Some(Side::Response),
                }],
                ..Inbound::default()
            },
            _ => Inbound::default(),
        }
    }

    /// The calls that a method's page tells of beside the method.
    pub(crate) fn beside_method(outline: &Outline<'_, '_>) -> Self {
        let mut out = Inbound::default();
        for (index, section) in outline.sections.iter().enumerate() {
            if section.role == Some(Role::Event) {
                if let Some(name) = section_name(outline, index) {
                    let side = out.call(&name, top(outline, index)).payload;
                    out.sections.insert(index, side);
                }
            } else if section.role.is_none() && section.level > 1 {
                out.between_paragraphs(outline, section);
            }
        }
        out
    }

    /// The call `name` of the section with this anchor, added if it is new.
    fn call(&mut self, name: &str, section: &Section<'_, '_>) -> &mut InboundFact {
        let anchor = anchor(section);
        let known = self.calls.iter().position(|call| call.name == name && call.anchor == anchor);
        let index = known.unwrap_or_else(|| {
            let number = number(self.calls.len());
            self.calls.push(InboundFact {
                kind: InboundKind::Webhook,
                name: name.to_owned(),
                anchor,
                payload: Side::Received(number),
                answer: None,
            });
            self.calls.len() - 1
        });
        &mut self.calls[index]
    }

    /// Tables below a sentence that says that their fields are sent to an address, or answered.
    fn between_paragraphs(&mut self, outline: &Outline<'_, '_>, section: &Section<'_, '_>) {
        let mut side = None;
        let mut under = None;
        for block in &section.blocks {
            match block {
                Block::Paragraph(text) => {
                    let plain = text.plain();
                    let address = code_words(text).find(|word| is_address(word));
                    under = only_key(text);
                    if let Some(address) = address {
                        let call = |out: &mut Self| out.call(address, section).payload;
                        if outline.words.answered.are_in(&plain) {
                            let Side::Received(number) = call(self) else { continue };
                            self.calls[usize::from(number)].answer = Some(Side::Answered(number));
                            side = Some(Side::Answered(number));
                        } else if outline.words.sent_to.are_in(&plain) {
                            side = Some(call(self));
                        }
                    }
                }
                Block::Table(table) => {
                    if let Some(side) = side {
                        // What an answer may hold beside is no key of what was received.
                        let under = if matches!(side, Side::Received(_)) { under.take() } else { None };
                        self.tables.insert(table.place, (side, under));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The codes of the placements whose page this is: a table lists them, or the heading or the examples name them.
fn placements(outline: &Outline<'_, '_>, code: &[(usize, &str, &str, Place)]) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for (section, _, text, _) in code {
        // Most code is no such form: a look for the key is cheaper than reading it.
        if outline.sections[*section].role == Some(Role::Event) && text.contains(PLACEMENT) {
            let read = literal::read(text).ok();
            let name = read.as_ref().and_then(|read| read.value.get(PLACEMENT)).and_then(Value::as_str);
            shown.extend(name.map(str::to_owned));
        }
    }
    if shown.is_empty() {
        return shown;
    }
    let mut out: Vec<String> = Vec::new();
    for section in &outline.sections {
        for block in &section.blocks {
            let Block::Table(table) = block else { continue };
            if layout(outline.words, table) == Layout::Links {
                first_cells(table).flat_map(code_words).for_each(|name| add(&mut out, name));
            }
        }
    }
    if out.is_empty() {
        for heading in outline.sections.iter().filter(|section| section.level == 1) {
            words(&heading.title).for_each(|word| add(&mut out, word));
        }
    }
    // An example of its own, beside others, is a placement that the table forgot.
    let single = shown.len() == 1 && !out.is_empty();
    for name in shown.iter().filter(|_| !single) {
        if is_code(name) && !out.iter().any(|known| crate::model::placement_is(known, name)) {
            out.push(name.clone());
        }
    }
    out
}

fn add(out: &mut Vec<String>, name: &str) {
    let name = pattern(name);
    if is_code(&name) && !out.contains(&name) {
        out.push(name);
    }
}

/// The heading's own word for the address, else the parameter whose row links to the section or to one that it is part of.
fn section_name(outline: &Outline<'_, '_>, index: usize) -> Option<String> {
    let mut at = Some(index);
    while let Some(i) = at {
        let section = &outline.sections[i];
        if section.level <= 1 {
            break;
        }
        if let Some(word) = words(&section.title).find(|word| is_address(word)) {
            return Some(word.to_owned());
        }
        if let Some(name) = linking_parameter(outline, section) {
            return Some(name);
        }
        at = section.parent;
    }
    None
}

/// The bold name of the row that links to the section.
fn linking_parameter(outline: &Outline<'_, '_>, section: &Section<'_, '_>) -> Option<String> {
    let heading = section.heading?;
    let leads = |run: &Run<'_>| {
        let anchor = run.link.as_deref().and_then(|link| link.strip_prefix('#'));
        anchor.is_some_and(|anchor| heading.anchors.iter().any(|own| own.eq_ignore_ascii_case(anchor)))
    };
    for other in outline.sections.iter().filter(|other| other.role == Some(Role::Parameters)) {
        for block in &other.blocks {
            let Block::Table(table) = block else { continue };
            for row in &table.rows {
                let mut links = false;
                for block in row.cells.iter().flatten() {
                    super::method::paragraphs(block, &mut |text| links |= text.runs.iter().any(leads));
                }
                let name = row.cells.first().and_then(|cell| bold(cell)).filter(|_| links);
                if name.is_some() {
                    return name;
                }
            }
        }
    }
    None
}

fn bold(cell: &[Block<'_>]) -> Option<String> {
    let mut name = None;
    for block in cell {
        super::method::paragraphs(block, &mut |text| {
            let run = text.runs.iter().find(|run| run.bold && !run.text.trim_matches('*').is_empty());
            name = name.take().or_else(|| run.map(|run| run.text.trim().trim_matches('*').to_owned()));
        });
    }
    name
}

/// The outermost section below the page's heading that `index` is part of.
fn top<'o, 'l, 'a>(outline: &'o Outline<'l, 'a>, index: usize) -> &'o Section<'l, 'a> {
    let mut at = index;
    while let Some(parent) = outline.sections[at].parent.filter(|parent| outline.sections[*parent].level > 1) {
        at = parent;
    }
    &outline.sections[at]
}

fn anchor(section: &Section<'_, '_>) -> String {
    let marked = section.heading.and_then(|heading| heading.anchors.iter().find(|anchor| anchor.is_ascii()).cloned());
    marked.unwrap_or_else(|| slug(&section.title))
}

fn first_cells<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = &'t Text<'a>> {
    table.rows.iter().filter_map(|row| row.cells.first()).flatten().filter_map(|block| match block {
        Block::Paragraph(text) => Some(text),
        _ => None,
    })
}

fn code_words<'t>(text: &'t Text<'_>) -> impl DoubleEndedIterator<Item = &'t str> {
    text.runs.iter().filter(|run| run.code).map(|run| run.text.trim())
}

/// The one word in code of a paragraph that ends in a colon, such as "Structure of `PARAMS`:".
fn only_key(text: &Text<'_>) -> Option<String> {
    let mut words = code_words(text);
    match (words.next(), words.next()) {
        (Some(word), None) if !is_address(word) && text.plain().trim_end().ends_with(':') => Some(word.to_owned()),
        _ => None,
    }
}

fn words(title: &str) -> impl DoubleEndedIterator<Item = &str> {
    title
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|word| word.trim_matches(['`', '(', ')', '.', ':', '«', '»', '"']))
}

/// `LANDING_BLOCK_<CODE>` as `LANDING_BLOCK_*`.
fn pattern(name: &str) -> String {
    match (name.find('<'), name.rfind('>')) {
        (Some(start), Some(end)) if start < end => format!("{}*{}", &name[..start], &name[end + 1..]),
        _ => name.to_owned(),
    }
}

/// `CRM_DEAL_DETAIL_TAB`
fn is_code(name: &str) -> bool {
    name.contains('_')
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '*'))
}

/// `CALCULATE_URL`
fn is_address(word: &str) -> bool {
    is_code(word) && (word.ends_with("_URL") || word.ends_with("_URI"))
}
