//! The errors that a page lists: every shape of error table becomes rows of code, message, field and status.
//!
//! The docs write the same facts in many forms. Codes stand in a column, in a line above the table (API v3), several
//! in one cell, with their message in one cell, or nowhere: many methods answer with an empty code and only the
//! message tells one error from another. A column of descriptions holds the server's own message on one page and an
//! explanation on the next; [`Layout`] decides by the columns beside it, [`lone_text`] by the cell's style.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::facts::outline::{Outline, Section};
use crate::page::{Block, Place, Row, Run, Table, Text};
use crate::vocabulary::{self, Column, Role, Vocabulary};

/// One error, as one row of a table states it.
#[derive(Clone, Debug)]
pub struct ErrorRow<'a> {
    /// The code as the server sends it; `""` where the page says that it is empty or gives prose instead.
    pub code: String,
    /// The server's message, white space squeezed.
    pub message: Option<String>,
    /// API v3: the field that the row speaks of.
    pub field: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What the page says about the error beside its message.
    pub description: Vec<Block<'a>>,
    /// Where the row starts.
    pub place: Place,
    /// Whether the code's cell held prose: it is the message then.
    pub prose_code: bool,
}

/// All errors of a page.
#[derive(Debug, Default)]
pub struct ErrorFacts<'a> {
    /// The page's own errors, in its order.
    pub rows: Vec<ErrorRow<'a>>,
    /// Errors that any method may answer with, from the page that others include.
    pub system: Vec<ErrorRow<'a>>,
    /// The tables that were read.
    pub claimed: Vec<Place>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the error tables of a page.
pub fn errors<'a>(docs: &Docs, outline: &Outline<'_, 'a>) -> ErrorFacts<'a> {
    let mut reader = Reader {
        docs,
        words: outline.words,
        facts: ErrorFacts::default(),
        shared: false,
        status: None,
        above: None,
    };
    let mut statuses = vec![None; outline.sections.len()];
    for (index, section) in outline.sections.iter().enumerate() {
        if section.role != Some(Role::Errors) {
            continue;
        }
        reader.shared = shared(outline, section);
        reader.status = section.parent.and_then(|parent| statuses[parent]);
        section.blocks.iter().for_each(|block| reader.block(block));
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

struct Reader<'d, 'a> {
    docs: &'d Docs,
    words: &'static Vocabulary,
    facts: ErrorFacts<'a>,
    /// Whether the rows are system errors.
    shared: bool,
    /// The status that a line above the tables names.
    status: Option<u16>,
    /// API v3: the code of the tables that follow.
    above: Option<CodeLine>,
}

impl<'a> Reader<'_, 'a> {
    fn block(&mut self, block: &Block<'a>) {
        match block {
            Block::Paragraph(text) => self.paragraph(text),
            Block::Table(table) => self.table(table),
            Block::List(items) => items.iter().for_each(|item| self.item(item)),
            Block::Tabs(tabs) => tabs.iter().flat_map(|tab| &tab.blocks).for_each(|block| self.block(block)),
            Block::Note(note) => note.blocks.iter().for_each(|block| self.block(block)),
            Block::Quote(blocks) | Block::Cut(_, blocks) => blocks.iter().for_each(|block| self.block(block)),
            Block::Heading(_) | Block::Code(_) | Block::Include(_) => {}
        }
    }

    /// Running text counts where it names the code or the status of the tables below.
    fn paragraph(&mut self, text: &Text<'a>) {
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
    fn item(&mut self, item: &[Block<'a>]) {
        let Some(Block::Paragraph(text)) = item.first() else {
            item.iter().for_each(|block| self.block(block));
            return;
        };
        match text.runs.first().filter(|run| run.code && is_constant(run.text.trim())) {
            Some(run) => {
                let rest = Text { runs: text.runs[1..].iter().skip_while(|run| !has_words(&run.text)).cloned().collect() };
                let mut row = self.row(run.text.trim(), run.place);
                if let Some(first) = Some(rest).filter(|rest| !rest.is_blank()) {
                    row.description.push(Block::Paragraph(trimmed(first)));
                }
                row.description.extend(item[1..].iter().cloned());
                self.push(row);
            }
            None => item.iter().for_each(|block| self.block(block)),
        }
    }

    /// A code that no table followed is an error without a message.
    fn end_of_code_line(&mut self) {
        if let Some(line) = self.above.take().filter(|line| !line.used) {
            let row = self.row(&line.code, line.place);
            self.push(row);
        }
    }

    fn row(&self, code: &str, place: Place) -> ErrorRow<'a> {
        ErrorRow {
            code: code.to_owned(),
            message: None,
            field: None,
            status: self.status,
            description: Vec::new(),
            place,
            prose_code: false,
        }
    }

    fn push(&mut self, row: ErrorRow<'a>) {
        if self.shared { self.facts.system.push(row) } else { self.facts.rows.push(row) }
    }

    fn table(&mut self, table: &Table<'a>) {
        let Some(layout) = Layout::of(table, self.words, self.above.is_some()) else { return };
        self.facts.claimed.push(table.place);
        for row in &table.rows[usize::from(layout.headed)..] {
            if row.cells.iter().all(|cell| cell.is_empty()) {
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

    fn table_row(&mut self, row: &Row<'a>, layout: &Layout) {
        let cell = |column: Option<usize>| column.and_then(|i| row.cells.get(i)).map_or(&[][..], Vec::as_slice);
        let codes = match layout.code {
            Some(_) => CodeCell::read(cell(layout.code), self.words),
            None => CodeCell {
                codes: vec![self.above.as_ref().map_or(String::new(), |line| line.code.clone())],
                ..CodeCell::default()
            },
        };
        let must_tell = codes.codes.iter().any(String::is_empty) && codes.message.is_none();
        let (message, mut description) = match (layout.message, layout.lone) {
            (Some(_), _) => message_cell(cell(layout.message)),
            (None, Some(_)) if codes.prose => (None, cell(layout.lone).to_vec()),
            (None, Some(_)) => lone_text(cell(layout.lone), self.words, must_tell),
            (None, None) => (None, Vec::new()),
        };
        let message = message.filter(|text| !self.words.is_empty_code(text));
        if codes.prose && layout.message.is_some() {
            // The code's cell is the message, so the message's cell explains it.
            description.splice(0..0, cell(layout.message).iter().cloned());
        }
        for column in &layout.description {
            description.extend_from_slice(cell(Some(*column)));
        }
        let mut base = self.row("", row.place);
        base.description = description;
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
                let message = message.clone().or_else(|| codes.message.clone());
                self.push(ErrorRow { code: code.clone(), message, field: field.clone(), ..base.clone() });
            }
        }
    }
}

/// Which column of an error table holds what.
#[derive(Debug, Default, PartialEq)]
struct Layout {
    headed: bool,
    code: Option<usize>,
    status: Option<usize>,
    field: Option<usize>,
    /// A column of server messages.
    message: Option<usize>,
    /// The only column of text beside the code: a message or a description, cell by cell.
    lone: Option<usize>,
    description: Vec<usize>,
}

impl Layout {
    /// `None` where the table lists no errors (the error envelope's fields, say). `above` tells that a line above the
    /// table names the code.
    fn of(table: &Table<'_>, words: &Vocabulary, above: bool) -> Option<Layout> {
        let first = table.rows.first()?;
        let mut columns: Vec<Option<Column>> = first.cells.iter().map(|cell| words.column(&title(cell))).collect();
        let headed = columns.iter().any(Option::is_some);
        let holds_code = |row: usize| {
            let cell = table.rows.get(row).and_then(|row| row.cells.first());
            cell.is_some_and(|cell| styled_code(cell))
        };
        if !columns.contains(&Some(Column::Code)) && columns.first() == Some(&None) && holds_code(headed.into()) {
            columns[0] = Some(Column::Code);
        }
        let find = |column| columns.iter().position(|c| *c == Some(column));
        let mut layout = Layout { headed, code: find(Column::Code), status: find(Column::Status), ..Layout::default() };
        if layout.code.is_none() && columns.first() == Some(&Some(Column::Name)) {
            if !above && find(Column::Mend).is_none() && find(Column::Message).is_none() {
                return None;
            }
            layout.field = Some(0);
        } else if layout.code.is_none() && !headed {
            return None;
        }
        let taken = [layout.code, layout.status, layout.field];
        let mut texts: Vec<usize> = (0..columns.len()).filter(|i| !taken.contains(&Some(*i))).collect();
        if layout.code.is_some() && texts.len() == 1 && find(Column::Message).is_none() {
            layout.lone = texts.pop();
        } else if !texts.is_empty() {
            let message = texts.iter().position(|i| columns[*i] == Some(Column::Message)).unwrap_or(0);
            layout.message = Some(texts.remove(message));
        }
        layout.description = texts;
        Some(layout)
    }
}

/// What a code's cell says.
#[derive(Debug, Default, PartialEq)]
struct CodeCell {
    /// The codes; the messages where they are prose.
    codes: Vec<String>,
    /// The message that stands below the code.
    message: Option<String>,
    /// Whether the cell holds no code but prose.
    prose: bool,
}

impl CodeCell {
    fn read(cell: &[Block<'_>], words: &Vocabulary) -> CodeCell {
        if words.is_empty_code(&text_of(cell)) {
            return CodeCell { codes: vec![String::new()], ..CodeCell::default() };
        }
        let mut out = CodeCell::default();
        let mut rest: Vec<String> = Vec::new();
        for line in cell_lines(cell) {
            let (codes, text) = line_codes(&line);
            out.codes.extend(codes);
            rest.extend(Some(text).filter(|text| has_words(text)));
        }
        if out.codes.is_empty() {
            return CodeCell { codes: rest, message: None, prose: true };
        }
        out.message = Some(rest.join(" ")).filter(|text| !text.is_empty());
        out
    }
}

/// The codes of one line and the text beside them.
fn line_codes(line: &[Cow<'_, Run<'_>>]) -> (Vec<String>, String) {
    let styled: Vec<&str> = line.iter().filter(|run| run.code).map(|run| run.text.trim()).collect();
    let plain = plain(line);
    if styled.is_empty() {
        let parts: Vec<&str> = plain.split([',', ';']).map(str::trim).collect();
        let all = parts.iter().all(|part| is_code(part)) && (parts.len() == 1 || parts.iter().all(|p| is_constant(p)));
        return if all { (parts.into_iter().map(str::to_owned).collect(), String::new()) } else { (Vec::new(), plain) };
    }
    let beside: String = line.iter().filter(|run| !run.code).map(|run| run.text.as_ref()).collect();
    // `A`, `B` or `C`: no more than a word between two codes.
    if styled.iter().all(|code| is_code(code)) && beside.split_whitespace().filter(|w| has_words(w)).count() < styled.len()
    {
        return (styled.into_iter().map(str::to_owned).collect(), String::new());
    }
    match line.split_first() {
        Some((first, rest)) if first.code && is_code(first.text.trim()) => {
            let text = rest.iter().map(|run| run.text.as_ref()).collect::<String>();
            (vec![first.text.trim().to_owned()], squeeze(&text))
        }
        _ => (Vec::new(), plain),
    }
}

/// A cell of a message column: the message, and what the cell says beyond it.
fn message_cell<'a>(cell: &[Block<'a>]) -> (Option<String>, Vec<Block<'a>>) {
    if let Some(split) = styled_message(cell) {
        return split;
    }
    match cell.split_first() {
        Some((Block::Paragraph(text), rest)) => (Some(squeeze(&text.plain())), rest.to_vec()),
        Some((Block::Code(code), rest)) => (Some(squeeze(&code.text)), rest.to_vec()),
        _ => (None, cell.to_vec()),
    }
}

/// The only text beside the code. It is the server's message where it is styled as code, or where it is ASCII on a
/// page in another script; otherwise it describes the error. `must_tell` is set where the code is empty: then the
/// text is the message, as nothing else tells the error from others.
fn lone_text<'a>(cell: &[Block<'a>], words: &Vocabulary, must_tell: bool) -> (Option<String>, Vec<Block<'a>>) {
    if let Some(split) = styled_message(cell) {
        return split;
    }
    let Some((Block::Paragraph(text), rest)) = cell.split_first() else { return (None, cell.to_vec()) };
    let plain = text.plain();
    let foreign = words.own_script && plain.is_ascii() && has_words(&plain);
    if foreign || must_tell { (Some(squeeze(&plain)), rest.to_vec()) } else { (None, cell.to_vec()) }
}

/// The message where the cell's first line is nothing but code with a space in it, and the rest of the cell.
fn styled_message<'a>(cell: &[Block<'a>]) -> Option<(Option<String>, Vec<Block<'a>>)> {
    let Some((Block::Paragraph(text), rest)) = cell.split_first() else { return None };
    let lines = lines(text);
    let (first, others) = lines.split_first()?;
    if !first.iter().all(|run| run.code || !has_words(&run.text)) || first.iter().filter(|run| run.code).count() != 1 {
        return None;
    }
    let mut description = Vec::new();
    if !others.is_empty() {
        let runs = others.join(&Cow::Owned(line_break(text.place())));
        description.push(Block::Paragraph(Text { runs: runs.into_iter().map(Cow::into_owned).collect() }));
    }
    description.extend_from_slice(rest);
    let code: String = first.iter().filter(|run| run.code).map(|run| run.text.as_ref()).collect();
    Some((Some(squeeze(&code)), description))
}

/// The fields that a cell names; one `None` where it names none.
fn fields(cell: &[Block<'_>], words: &Vocabulary) -> Vec<Option<String>> {
    let text = text_of(cell);
    let names = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
    // `#FIELD#` stands for any field.
    let known = names.filter(|name| !words.is_empty_code(name) && !name.contains('#'));
    let mut out: Vec<Option<String>> = known.map(|name| Some(name.to_owned())).collect();
    if out.is_empty() {
        out.push(None);
    }
    out
}

/// The one HTTP status in a text; `None` where there are several or it is a class (`40x`).
fn only_status(text: &str) -> Option<u16> {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let status = words.next()?.parse().ok().filter(|status| (100..600).contains(status));
    if words.next().is_some() { None } else { status }
}

/// Whether the text may be a code: one word of ASCII.
fn is_code(text: &str) -> bool {
    has_words(text) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether the text is a code beyond doubt: a constant's name or a number.
fn is_constant(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a cell starts with a code styled as such.
fn styled_code(cell: &[Block<'_>]) -> bool {
    let Some(Block::Paragraph(text)) = cell.first() else { return false };
    text.runs.first().is_some_and(|run| run.code && is_code(run.text.trim()))
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What follows the phrase that the text starts with.
fn behind<'t>(phrases: &[&str], text: &'t str) -> Option<&'t str> {
    let end = vocabulary::find(phrases, text)?;
    let start = phrases.iter().any(|phrase| text.to_lowercase().starts_with(phrase));
    start.then(|| text.get(end..)).flatten()
}

/// A column's title: the first line of its heading.
fn title(cell: &[Block<'_>]) -> String {
    cell_lines(cell).first().map(|line| plain(line)).unwrap_or_default()
}

fn text_of(cell: &[Block<'_>]) -> String {
    cell_lines(cell).iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n")
}

fn plain(line: &[Cow<'_, Run<'_>>]) -> String {
    squeeze(&line.iter().map(|run| run.text.as_ref()).collect::<String>())
}

/// The lines of a cell's paragraphs and lists that are not blank.
fn cell_lines<'b, 'a>(cell: &'b [Block<'a>]) -> Vec<Vec<Cow<'b, Run<'a>>>> {
    let mut out = Vec::new();
    for block in cell {
        match block {
            Block::Paragraph(text) => out.extend(lines(text)),
            Block::List(items) => items.iter().for_each(|item| out.extend(cell_lines(item))),
            Block::Quote(inside) | Block::Cut(_, inside) => out.extend(cell_lines(inside)),
            Block::Note(note) => out.extend(cell_lines(&note.blocks)),
            _ => {}
        }
    }
    out
}

/// The lines of a text that are not blank; `<br>` breaks a line as a line break does.
fn lines<'b, 'a>(text: &'b Text<'a>) -> Vec<Vec<Cow<'b, Run<'a>>>> {
    let mut out: Vec<Vec<Cow<'b, Run<'a>>>> = vec![Vec::new()];
    for run in &text.runs {
        if !run.code && (run.text == "\n" || run.text.starts_with("<br")) {
            out.push(Vec::new());
        } else if let Some(line) = out.last_mut() {
            line.push(Cow::Borrowed(run));
        }
    }
    out.retain(|line| line.iter().any(|run| !run.text.trim().is_empty()));
    out
}

fn line_break<'a>(place: Place) -> Run<'a> {
    Run { text: Cow::Borrowed("\n"), code: false, bold: false, struck: false, link: None, place }
}

/// Without the dash or colon that stood between a code and this text.
fn trimmed(mut text: Text<'_>) -> Text<'_> {
    if let Some(first) = text.runs.first_mut().filter(|run| !run.code) {
        let rest = first.text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '"' | '«'));
        first.text = Cow::Owned(rest.to_owned());
    }
    text
}
