//! The errors that a page lists: every shape of error table becomes rows of code, message, field and status.
//!
//! The docs write the same facts in many forms. Codes stand in a column, in a line above the table (API v3), several
//! in one cell, with their message in one cell, or nowhere: many methods answer with an empty code and only the
//! message tells one error from another. A column of descriptions holds the server's own message on one page and an
//! explanation on the next; `Layout` decides by the columns beside it, `lone_text` by the cell's style.

mod cell;
mod layout;

use self::cell::{
    CodeCell, fields, has_words, is_code, is_constant, lines, lone_text, message_cell, only_status, plain, text_of,
    trimmed,
};
use self::layout::Layout;
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::facts::outline::{Outline, Section};
use crate::facts::prose::prose;
use crate::page::{Block, Place, Row, Table, Text};
use crate::vocabulary::{self, Role, Vocabulary};

/// One error, as one row of a table states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorRow {
    /// The code as the server sends it; `""` where the page says that it is empty or gives prose instead.
    pub code: String,
    /// The server's message, white space squeezed.
    pub message: Option<String>,
    /// API v3: the field that the row speaks of.
    pub field: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What the page says about the error beside its message, as Markdown.
    pub description: String,
    /// Where the row starts.
    pub place: Place,
    /// Whether the code's cell held prose: it is the message then.
    pub prose_code: bool,
}

/// All errors of a page.
#[derive(Debug, Default)]
pub struct ErrorFacts {
    /// The page's own errors, in its order.
    pub rows: Vec<ErrorRow>,
    /// Errors that any method may answer with, from the page that others include.
    pub system: Vec<ErrorRow>,
    /// The tables that were read.
    pub claimed: Vec<Place>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the error tables of a page.
pub fn errors(docs: &Docs, outline: &Outline<'_, '_>) -> ErrorFacts {
    let mut reader =
        Reader { docs, words: outline.words, facts: ErrorFacts::default(), shared: false, status: None, above: None };
    let mut statuses = vec![None; outline.sections.len()];
    for (index, section) in outline.sections.iter().enumerate() {
        if section.role != Some(Role::Errors) {
            continue;
        }
        reader.shared = shared(outline, section);
        reader.status = section.parent.and_then(|parent| statuses[parent]);
        for block in &section.blocks {
            reader.block(block);
        }
        reader.end_of_code_line();
        statuses[index] = reader.status;
    }
    reader.facts
}

/// Whether a section is the one of system errors and comes from another page.
fn shared(outline: &Outline<'_, '_>, section: &Section<'_, '_>) -> bool {
    let included = section.heading.is_some_and(|heading| heading.place.source != outline.page);
    included && outline.words.is_system_errors(&section.title)
}

/// A line `Error code: …` and whether a table has followed it.
struct CodeLine {
    code: String,
    place: Place,
    used: bool,
}

struct Reader<'d> {
    docs: &'d Docs,
    words: &'static Vocabulary,
    facts: ErrorFacts,
    /// Whether the rows are system errors.
    shared: bool,
    /// The status that a line above the tables names.
    status: Option<u16>,
    /// API v3: the code of the tables that follow.
    above: Option<CodeLine>,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block<'_>]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block<'_>) {
        match block {
            Block::Paragraph(text) => self.paragraph(text),
            Block::Table(table) => self.table(table),
            Block::List(items) => {
                for item in items {
                    self.item(item);
                }
            }
            Block::Tabs(tabs) => {
                for tab in tabs {
                    self.blocks(&tab.blocks);
                }
            }
            Block::Note(note) => self.blocks(&note.blocks),
            Block::Quote(blocks) | Block::Cut(_, blocks) => self.blocks(blocks),
            Block::Heading(_) | Block::Code(_) | Block::Include(_) => {}
        }
    }

    /// Running text counts where it names the code or the status of the tables below.
    fn paragraph(&mut self, text: &Text<'_>) {
        for line in lines(text) {
            let plain = plain(&line);
            if let Some(rest) = behind(self.words.code_line, &plain) {
                let styled = line.iter().find(|run| run.code).map(|run| run.text.trim());
                let code = styled.unwrap_or(rest.trim_matches([':', ' ', '.']));
                if is_code(code) {
                    self.end_of_code_line();
                    self.above = Some(CodeLine { code: code.to_owned(), place: text.place(), used: false });
                }
            } else if let Some(rest) = behind(self.words.status_line, &plain) {
                self.status = only_status(rest);
            }
        }
    }

    /// A list item that starts with a code is an error of its own; what else stands in lists is looked through.
    fn item(&mut self, item: &[Block<'_>]) {
        let Some(Block::Paragraph(text)) = item.first() else {
            self.blocks(item);
            return;
        };
        match text.runs.first().filter(|run| run.code && is_constant(run.text.trim())) {
            Some(run) => {
                let rest =
                    Text { runs: text.runs[1..].iter().skip_while(|run| !has_words(&run.text)).cloned().collect() };
                let mut description = vec![Block::Paragraph(trimmed(rest))];
                description.extend_from_slice(&item[1..]);
                let mut row = self.row(run.text.trim(), run.place);
                row.description = prose(self.docs, &description);
                self.push(row);
            }
            None => self.blocks(item),
        }
    }

    /// A code that no table followed is an error without a message.
    fn end_of_code_line(&mut self) {
        if let Some(line) = self.above.take().filter(|line| !line.used) {
            let row = self.row(&line.code, line.place);
            self.push(row);
        }
    }

    fn row(&self, code: &str, place: Place) -> ErrorRow {
        ErrorRow { code: code.to_owned(), status: self.status, place, ..ErrorRow::default() }
    }

    fn push(&mut self, row: ErrorRow) {
        if self.shared { self.facts.system.push(row) } else { self.facts.rows.push(row) }
    }

    fn table(&mut self, table: &Table<'_>) {
        let Some(layout) = Layout::of(table, self.words, self.above.is_some()) else { return };
        self.facts.claimed.push(table.place);
        for row in &table.rows[usize::from(layout.headed)..] {
            if row.cells.iter().all(Vec::is_empty) {
                let message = "this row of an error table is empty: it is left out; fill or remove it";
                self.facts.diagnostics.push(self.docs.report(Code::UnclaimedRow, row.place, message));
                continue;
            }
            self.table_row(row, &layout);
        }
        if let Some(line) = &mut self.above {
            line.used = true;
        }
    }

    fn table_row(&mut self, row: &Row<'_>, layout: &Layout) {
        let cell = |column: Option<usize>| column.and_then(|i| row.cells.get(i)).map_or(&[][..], Vec::as_slice);
        let codes = match layout.code {
            Some(_) => CodeCell::read(cell(layout.code), self.words),
            None => CodeCell {
                codes: vec![self.above.as_ref().map_or(String::new(), |line| line.code.clone())],
                ..CodeCell::default()
            },
        };
        let must_tell = codes.codes.iter().any(String::is_empty) && codes.message.is_none();
        let text = cell(layout.message.or(layout.lone));
        let (message, mut description) = match layout.lone {
            _ if codes.prose => (None, text.to_vec()),
            Some(_) => lone_text(text, self.words, must_tell),
            None => message_cell(text),
        };
        let message = message.filter(|text| !self.words.is_empty_code(text)).or(codes.message);
        for column in &layout.description {
            description.extend_from_slice(cell(Some(*column)));
        }
        let mut base = self.row("", row.place);
        base.description = prose(self.docs, &description);
        if self.words.is_empty_code(&base.description) {
            base.description.clear();
        }
        base.prose_code = codes.prose;
        if let Some(status) = layout.status {
            base.status = only_status(&text_of(cell(Some(status)))).or(base.status);
        }
        if codes.prose {
            let message = "this error's code is prose: it is read as the message of an error with an empty code";
            self.facts.diagnostics.push(self.docs.report(Code::NoErrorCode, row.place, message));
            for prose in codes.codes {
                self.push(ErrorRow { message: Some(prose), ..base.clone() });
            }
            return;
        }
        let fields = fields(cell(layout.field), self.words);
        for code in codes.codes {
            for field in &fields {
                let message = message.clone();
                self.push(ErrorRow { code: code.clone(), message, field: field.clone(), ..base.clone() });
            }
        }
    }
}

/// What follows the phrase that the text starts with.
fn behind<'t>(phrases: &[&str], text: &'t str) -> Option<&'t str> {
    let end = vocabulary::find(phrases, text)?;
    let start = phrases.iter().any(|phrase| text.to_lowercase().starts_with(phrase));
    start.then(|| text.get(end..)).flatten()
}

/// TEMPORARY
pub fn variants(rows: &[ErrorRow]) -> Vec<String> { rows.iter().enumerate().map(|(i, _)| format!("Row{i}")).collect() }
