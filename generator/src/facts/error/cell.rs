//! The cells of error tables: codes, messages, fields and statuses out of styled text.

use std::borrow::Cow;

use crate::page::{Block, Place, Run, Text};
use crate::vocabulary::Vocabulary;

/// The runs of one line.
pub(super) type Line<'b, 'a> = Vec<Cow<'b, Run<'a>>>;

/// What a code's cell says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct CodeCell {
    /// The codes; the messages where they are prose.
    pub(super) codes: Vec<String>,
    /// The message that stands below the code.
    pub(super) message: Option<String>,
    /// Whether the cell holds no code but prose.
    pub(super) prose: bool,
}

impl CodeCell {
    pub(super) fn read(cell: &[Block<'_>], words: &Vocabulary) -> CodeCell {
        if words.is_empty_code(&text_of(cell)) {
            return CodeCell { codes: vec![String::new()], ..CodeCell::default() };
        }
        let mut out = CodeCell::default();
        let mut rest: Vec<String> = Vec::new();
        let mut styled = true;
        for line in cell_lines(cell) {
            let (codes, text) = line_codes(&line);
            out.codes.extend(codes);
            if has_words(&text) {
                styled &= is_styled(&line);
                rest.push(text);
            }
        }
        if !out.codes.is_empty() {
            out.message = Some(rest.join(" ")).filter(|text| !text.is_empty());
        } else if rest.is_empty() {
            out.codes.push(String::new());
        } else {
            // Lines styled as code are messages of their own; otherwise they are one text.
            out.codes = if styled { rest } else { vec![rest.join(" ")] };
            out.prose = true;
        }
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
    if styled.iter().all(|code| is_code(code))
        && beside.split_whitespace().filter(|w| has_words(w)).count() < styled.len()
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
pub(super) fn message_cell<'a>(cell: &[Block<'a>]) -> (Option<String>, Vec<Block<'a>>) {
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
pub(super) fn lone_text<'a>(
    cell: &[Block<'a>],
    words: &Vocabulary,
    must_tell: bool,
) -> (Option<String>, Vec<Block<'a>>) {
    if let Some(split) = styled_message(cell) {
        return split;
    }
    let Some((Block::Paragraph(text), rest)) = cell.split_first() else { return (None, cell.to_vec()) };
    let plain = text.plain();
    let foreign = words.own_script && plain.is_ascii() && has_words(&plain);
    if foreign || must_tell { (Some(squeeze(&plain)), rest.to_vec()) } else { (None, cell.to_vec()) }
}

/// The message where the cell's first line is nothing but code, and the rest of the cell.
fn styled_message<'a>(cell: &[Block<'a>]) -> Option<(Option<String>, Vec<Block<'a>>)> {
    let Some((Block::Paragraph(text), rest)) = cell.split_first() else { return None };
    let lines = lines(text);
    let (first, others) = lines.split_first()?;
    if !is_styled(first) {
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
pub(super) fn fields(cell: &[Block<'_>], words: &Vocabulary) -> Vec<Option<String>> {
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

/// Where the first text of a cell stands.
pub(super) fn first_place(cell: &[Block<'_>]) -> Option<Place> {
    cell.iter().find_map(|block| match block {
        Block::Paragraph(text) => Some(text.place()),
        Block::List(items) => items.iter().find_map(|item| first_place(item)),
        _ => None,
    })
}

/// The one HTTP status in a text; `None` where there are several or it is a class (`40x`).
pub(super) fn only_status(text: &str) -> Option<u16> {
    let mut words =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let status = words.next()?.parse().ok().filter(|status| (100..600).contains(status));
    if words.next().is_some() { None } else { status }
}

/// Whether the text may be a code: one word of ASCII.
pub(super) fn is_code(text: &str) -> bool {
    has_words(text) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether the text is a code beyond doubt: a constant's name or a number.
pub(super) fn is_constant(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a line is one piece of code and nothing else.
fn is_styled(line: &[Cow<'_, Run<'_>>]) -> bool {
    line.iter().all(|run| run.code || !has_words(&run.text)) && line.iter().filter(|run| run.code).count() == 1
}

/// Whether a cell starts with a code styled as such.
pub(super) fn styled_code(cell: &[Block<'_>]) -> bool {
    let Some(Block::Paragraph(text)) = cell.first() else { return false };
    text.runs.first().is_some_and(|run| run.code && is_code(run.text.trim()))
}

pub(super) fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A column's title: the first line of its heading.
pub(super) fn title(cell: &[Block<'_>]) -> String {
    cell_lines(cell).first().map(|line| plain(line)).unwrap_or_default()
}

pub(super) fn text_of(cell: &[Block<'_>]) -> String {
    cell_lines(cell).iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n")
}

pub(super) fn plain(line: &[Cow<'_, Run<'_>>]) -> String {
    squeeze(&line.iter().map(|run| run.text.as_ref()).collect::<String>())
}

/// The lines of a cell's paragraphs and lists that are not blank.
fn cell_lines<'b, 'a>(cell: &'b [Block<'a>]) -> Vec<Line<'b, 'a>> {
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
pub(super) fn lines<'b, 'a>(text: &'b Text<'a>) -> Vec<Line<'b, 'a>> {
    let mut out: Vec<Line<'b, 'a>> = vec![Vec::new()];
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
pub(super) fn trimmed(mut text: Text<'_>) -> Text<'_> {
    if let Some(first) = text.runs.first_mut().filter(|run| !run.code) {
        let rest = first.text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '"' | '«'));
        first.text = Cow::Owned(rest.to_owned());
    }
    text
}
