//! Distilled pages: the facts of a page in a form that leaves nothing to weigh.
//!
//! A published page states its facts several times over, in prose, tables and examples. `bitrix24-codegen distil` writes
//! what was made of them as a page of the same dialect that states each fact once. A line of the vocabulary
//! (`> Distilled from …`) marks it; what differs from other pages is this:
//!
//! | part | is |
//! | --- | --- |
//! | the heading | the method's or the events' names as code; a file's name on pages of types |
//! | lines `> Effect: …`, `> Paging: …` | what the call does to the portal, and how a list hands out its pages, as in the model |
//! | column `Exact type` | the type in the [`notation`], with how it travels; the type as the docs write it stays below the name |
//! | column `Source` | `example` where no table lists the field, or the page that states it where it is another |
//! | a row `...` | keys beyond the listed ones are documented |
//! | a section about a handler whose heading names a placement or a webhook in code | what that call carries; its options, and its answer, in sections of their own |
//! | a section whose heading is code | the structure with that id, and its name where the id does not end with it |
//! | columns `Message ru`, `Message en` | the server's message in that language, beside the one of the page's own docs |
//!
//! Every text is code, written as [`notation::literal`] does. What cannot be read is left out and reported.

pub mod notation;

use std::collections::BTreeMap;

use super::inbound::{InboundFact, OPTIONS, number};
use super::outline::{Outline, Section};
use super::page_facts::Side;
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::model::{Access, Effect, Error, Field, InboundKind, Kind, ObjectId, Paging, Type, Witness, open::OpenKeys};
use crate::page::{Block, Place, Row, Run, Text};
use crate::vocabulary::{self, Column, Role, Vocabulary};
use notation::{read_literal, read_type};

/// The name of a row that stands for further keys.
pub const FURTHER: &str = "...";
/// What the column `Source` says of fields that only examples show.
pub const EXAMPLE: &str = "example";
/// The line that states a method's effect.
pub const EFFECT: &str = "Effect";
/// The line that states how a method pages.
pub const PAGING: &str = "Paging";

/// What a distilled page states beside what any page does.
#[derive(Debug, Default)]
pub struct Distilled {
    /// Names in the heading.
    pub names: Vec<String>,
    /// What the page documents; types alone where neither.
    pub subject: Subject,
    /// What the method does to the portal.
    pub effect: Option<Effect>,
    /// How the method pages.
    pub paging: Option<Paging>,
    /// Parameters.
    pub params: Vec<Field>,
    /// The answer, or an event's payload.
    pub response: Vec<Field>,
    /// Structures, each with the index of its section.
    pub objects: Vec<(usize, Structure)>,
    /// Placements and webhooks.
    pub inbound: Vec<StatedCall>,
    /// Errors, not yet named.
    pub errors: Vec<Error>,
}

impl Distilled {
    /// The calls without their fields.
    pub(crate) fn calls(&self) -> Vec<InboundFact> {
        self.inbound.iter().map(|call| call.fact.clone()).collect()
    }
}

/// A placement or a webhook, as its sections state it.
#[derive(Debug)]
pub struct StatedCall {
    /// What it is called.
    pub fact: InboundFact,
    /// What the handler receives.
    pub payload: Vec<Field>,
    /// A placement's options.
    pub options: Vec<Field>,
    /// What a webhook's handler has to answer.
    pub answer: Vec<Field>,
}

/// What a page documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// One method.
    Method,
    /// Events.
    Events,
    /// Types.
    #[default]
    Types,
}

/// A structure, as its section states it.
#[derive(Debug)]
pub struct Structure {
    /// Its id in the model.
    pub id: ObjectId,
    /// What its Rust name is made of.
    pub name: String,
    /// The page that defines it.
    pub page: String,
    /// Where its section starts.
    pub place: Place,
    /// Further documented keys.
    pub(crate) open: OpenKeys,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// What a distilled page states; `None` for other pages.
pub(crate) fn distilled(docs: &Docs, outline: &Outline<'_, '_>, faults: &mut Vec<Diagnostic>) -> Option<Distilled> {
    if !is_distilled(outline) {
        return None;
    }
    let mut reader = Reader { docs, words: outline.words, faults };
    let mut out = Distilled {
        effect: stated(outline, EFFECT).and_then(|effect| serde_json::from_value(effect.into()).ok()),
        paging: stated(outline, PAGING).and_then(|paging| serde_json::from_str(paging).ok()),
        ..Distilled::default()
    };
    for (index, section) in outline.sections.iter().enumerate() {
        let Some(heading) = section.heading else { continue };
        let runs = &heading.text.runs;
        let mut code = runs.iter().filter(|run| run.code).filter_map(|run| read_literal(&run.text));
        match section.role {
            _ if section.level == 1 => out.names = code.collect(),
            _ if runs.first().is_some_and(|run| run.code) => {
                let Some(id) = code.next() else { continue };
                let name = code.next().unwrap_or_else(|| last_part(&id).to_owned());
                let (fields, open) = reader.fields(section);
                let page = reader.source(section).unwrap_or_else(|| docs.source(heading.place.source).path.clone());
                out.objects.push((index, Structure { id, name, page, place: heading.place, open, fields }));
            }
            Some(role @ (Role::Event | Role::Returned)) if runs.iter().any(|run| run.code) => {
                let fields = reader.fields(section).0;
                let Some(name) = code.next() else { continue };
                let next = number(out.inbound.len());
                match (role, code.next(), out.inbound.last_mut()) {
                    (Role::Returned, _, Some(call)) => {
                        call.fact.answer = Some(Side::Answered(next.saturating_sub(1)));
                        call.answer = fields;
                    }
                    (Role::Event, Some(word), Some(call)) if word == OPTIONS => {
                        call.fact.kind = InboundKind::Placement;
                        call.options = fields;
                    }
                    (Role::Event, anchor, _) => {
                        let fact = InboundFact {
                            kind: InboundKind::Webhook,
                            name,
                            anchor: anchor.unwrap_or_default(),
                            payload: Side::Received(next),
                            answer: None,
                        };
                        let call = StatedCall { fact, payload: fields, options: Vec::new(), answer: Vec::new() };
                        out.inbound.push(call);
                    }
                    _ => {}
                }
            }
            Some(Role::Parameters) => {
                out.subject = Subject::Method;
                out.params = reader.fields(section).0;
            }
            Some(role @ (Role::Returned | Role::Event)) => {
                out.subject = if role == Role::Event { Subject::Events } else { Subject::Method };
                out.response = reader.fields(section).0;
            }
            Some(Role::Errors) => out.errors = reader.errors(section),
            _ => {}
        }
    }
    Some(out)
}

/// What an id ends with.
pub(crate) fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

fn is_distilled(outline: &Outline<'_, '_>) -> bool {
    let mark = outline.words.distilled;
    quoted(outline).any(|text| text.plain().to_lowercase().starts_with(mark))
}

/// The code after `word:` in a quote of the page's head.
fn stated<'o>(outline: &'o Outline<'_, '_>, word: &str) -> Option<&'o str> {
    let named = |text: &&Text<'_>| {
        let start = text.runs.first().and_then(|run| run.text.trim().strip_suffix(':'));
        start.is_some_and(|start| start == word)
    };
    quoted(outline).find(named)?.runs.iter().find(|run| run.code).map(|run| run.text.as_ref())
}

/// The quotes of a page's head.
fn quoted<'o, 'a>(outline: &'o Outline<'_, 'a>) -> impl Iterator<Item = &'o Text<'a>> {
    let blocks = outline.sections.iter().filter(|section| section.level <= 1).flat_map(|section| &section.blocks);
    let quotes = blocks.filter_map(|block| match block {
        Block::Quote(blocks) => Some(blocks),
        _ => None,
    });
    quotes.flatten().filter_map(|block| match block {
        Block::Paragraph(text) => Some(text),
        _ => None,
    })
}

struct Reader<'d, 'f> {
    docs: &'d Docs,
    words: &'static Vocabulary,
    faults: &'f mut Vec<Diagnostic>,
}

/// What a column of a distilled table holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    /// As its title says.
    Column(Column),
    /// Messages in this language.
    Message(&'static str),
}

impl Reader<'_, '_> {
    fn fault(&mut self, code: Code, place: Place, message: &str) {
        self.faults.push(self.docs.report(code, place, message));
    }

    /// Rows of the section's tables that begin with this column, with what each column holds.
    fn rows<'t, 'a>(&self, section: &'t Section<'_, 'a>, first: Column) -> Vec<(Vec<Option<Holds>>, &'t Row<'a>)> {
        let tables = section.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        let mut out = Vec::new();
        for table in tables {
            let titles = table.rows.first().map_or(&[][..], |row| &row.cells);
            let titles: Vec<Option<Holds>> = titles.iter().map(|cell| self.holds(cell)).collect();
            if titles.first() == Some(&Some(Holds::Column(first))) {
                out.extend(table.rows[1..].iter().map(|row| (titles.clone(), row)));
            }
        }
        out
    }

    fn holds(&self, title: &[Block<'_>]) -> Option<Holds> {
        let text = super::table::cell_text(title);
        let title = text.lines().next().unwrap_or_default().trim();
        if let Some(column) = self.words.column(title) {
            return Some(Holds::Column(column));
        }
        let (title, language) = title.rsplit_once(' ')?;
        let language = vocabulary::ALL.iter().find(|words| words.language == language)?.language;
        (self.words.column(title) == Some(Column::Message)).then_some(Holds::Message(language))
    }

    /// The fields of a section, and its further keys.
    fn fields(&mut self, section: &Section<'_, '_>) -> (Vec<Field>, OpenKeys) {
        let mut open = OpenKeys::default();
        let mut out = Vec::new();
        for (titles, row) in self.rows(section, Column::Name) {
            match self.field(&titles, row) {
                Some(field) if field.name.ends_with(FURTHER) => open.add(&field.name),
                Some(field) => out.push(field),
                None => self.fault(Code::UnclaimedRow, row.place, "this row has no name and was not read"),
            }
        }
        (out, open)
    }

    fn field(&mut self, titles: &[Option<Holds>], row: &Row<'_>) -> Option<Field> {
        let cell = |column| cell(titles, row, Holds::Column(column));
        let lines = lines(cell(Column::Name));
        let (mut name, mut required) = (None, false);
        for run in lines.first()? {
            if run.code {
                name = name.or(read_literal(&run.text));
            } else if run.bold {
                name = name.or_else(|| Some(run.text.trim_end_matches('*').to_owned()));
            }
            required |= !run.code && run.text.contains('*');
        }
        let name = name?;
        let doc_type = lines.get(1).and_then(|line| line.iter().find(|run| run.code));
        let source = code(cell(Column::Source));
        let example = source.as_deref() == Some(EXAMPLE);
        let (read, write) = (cell(Column::Read), cell(Column::Write));
        let ty = read_type(&exact(cell(Column::Exact)));
        if ty.is_none() && !name.ends_with(FURTHER) {
            self.fault(
                Code::UnknownType,
                row.place,
                "the exact type of this row cannot be read: it is taken for any value",
            );
        }
        let place = self.docs.source(row.place.source);
        Some(Field {
            name,
            rust_name: String::new(),
            required,
            ty: ty.unwrap_or_else(Type::any),
            doc_type: doc_type.and_then(|run| read_literal(&run.text)).unwrap_or_default(),
            default: raw_code(cell(Column::Default)).and_then(|json| serde_json::from_str(json).ok()),
            access: match (read.is_empty(), write.is_empty()) {
                (false, true) => Access::Read,
                (true, false) => Access::Write,
                _ => Access::ReadWrite,
            },
            description: String::new(),
            page: source.filter(|_| !example).unwrap_or_else(|| place.path.clone()),
            line: place.position(row.place.at as usize).line,
            from: vec![if example { Witness::Example } else { Witness::Table }],
        })
    }

    fn errors(&mut self, section: &Section<'_, '_>) -> Vec<Error> {
        let rows = self.rows(section, Column::Code);
        rows.into_iter()
            .map(|(titles, row)| {
                let column = |column| code(cell(&titles, row, Holds::Column(column)));
                let source = self.docs.source(row.place.source);
                let messages: BTreeMap<String, String> = vocabulary::ALL
                    .iter()
                    .filter_map(|words| {
                        let message = code(cell(&titles, row, Holds::Message(words.language)))?;
                        Some((words.language.to_owned(), message))
                    })
                    .collect();
                Error {
                    code: column(Column::Code).unwrap_or_default(),
                    message: column(Column::Message),
                    messages,
                    field: column(Column::Name),
                    status: column(Column::Status).and_then(|status| status.parse().ok()),
                    variant: String::new(),
                    description: String::new(),
                    page: column(Column::Source).unwrap_or_else(|| source.path.clone()),
                    line: source.position(row.place.at as usize).line,
                }
            })
            .collect()
    }

    /// The page that a line `Source: …` names.
    fn source(&self, section: &Section<'_, '_>) -> Option<String> {
        section.blocks.iter().find_map(|block| match block {
            Block::Paragraph(text) => {
                let first = text.runs.first().filter(|run| !run.code)?;
                let word = first.text.trim().trim_end_matches(':');
                let run = text.runs.iter().find(|run| run.code)?;
                (self.words.column(word) == Some(Column::Source)).then(|| read_literal(&run.text)).flatten()
            }
            _ => None,
        })
    }
}

fn cell<'r, 'a>(titles: &[Option<Holds>], row: &'r Row<'a>, holds: Holds) -> &'r [Block<'a>] {
    let at = titles.iter().position(|title| *title == Some(holds));
    at.and_then(|at| row.cells.get(at)).map_or(&[], Vec::as_slice)
}

/// The lines of a cell's paragraphs.
fn lines<'r, 'a>(cell: &'r [Block<'a>]) -> Vec<Vec<&'r Run<'a>>> {
    let mut out = Vec::new();
    for block in cell {
        let Block::Paragraph(text) = block else { continue };
        out.extend(text.runs.split(|run| run.text == "\n").map(|line| line.iter().collect::<Vec<_>>()));
    }
    out.retain(|line| line.iter().any(|run| !run.text.trim().is_empty()));
    out
}

/// The code in a cell.
fn raw_code<'r>(cell: &'r [Block<'_>]) -> Option<&'r str> {
    lines(cell).into_iter().flatten().find(|run| run.code).map(|run| run.text.as_ref())
}

/// The text that a cell holds as code.
fn code(cell: &[Block<'_>]) -> Option<String> {
    read_literal(raw_code(cell)?)
}

/// An exact type's notation: code, and links to structures.
fn exact(cell: &[Block<'_>]) -> String {
    let mut out = String::new();
    for run in lines(cell).into_iter().flatten() {
        if run.link.is_some() {
            out.push_str(Kind::Object(String::new()).name());
            out.push('<');
            out.push_str(&run.text);
            out.push('>');
        } else if run.code {
            out.push_str(&run.text);
        }
    }
    out
}
