//! Tables of parameters and fields: each row becomes a [`Row`] of names, type and description.

use serde_json::Value;

use super::doc_type::DocType;
use super::prose::{Target, prose, target};
use crate::docs::Docs;
use crate::model::{Access, EnumValue};
use crate::page::{self, Block, Place, Run, Table, Text};
use crate::vocabulary::{Column, Vocabulary};

/// A row of a table of parameters or fields.
#[derive(Clone, Debug)]
pub struct Row {
    /// Usually one; several where the page describes them together.
    pub names: Vec<Name>,
    /// As the page writes it, with its links.
    pub doc_type: DocType,
    /// What the page says.
    pub description: String,
    /// Links to pages of the docs that the description makes.
    pub links: Vec<(u32, String)>,
    /// Listed values.
    pub values: Vec<EnumValue>,
    /// Documented default.
    pub default: Option<Value>,
    /// From the read and write columns, or the description.
    pub access: Access,
    /// Fields described inside the description: bullets or a nested table.
    pub children: Vec<Row>,
    /// The description shows `{field_1: value_1, …}`: keys are the caller's.
    pub template: bool,
    /// The basic type of a list's items, where the description begins with it.
    pub item: Option<&'static str>,
    /// The description says that the value may be null.
    pub nullable: bool,
    /// Where the row starts.
    pub place: Place,
}

/// A name in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written, without the star.
    pub name: String,
    /// Whether it is marked as required.
    pub required: bool,
}

/// What kind of table this is, by its heading row and its first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Names of fields; the column of each kind.
    Fields {
        /// What each column holds, where known.
        columns: Vec<Option<Column>>,
        /// Whether the first row is the heading row.
        heading: bool,
    },
    /// Types that the docs define themselves.
    Types,
    /// Codes or messages of errors.
    Errors,
    /// Links to methods, events, places.
    Links,
    /// Nothing of these.
    Other,
}

/// Tells what a table holds.
pub fn layout(words: &Vocabulary, table: &Table<'_>) -> Layout {
    let Some(first) = table.rows.first() else { return Layout::Other };
    let mut columns: Vec<Option<Column>> = Vec::new();
    let mut typed = false;
    for cell in &first.cells {
        let text = cell_text(cell);
        let mut lines = text.split(['\n', '/', '`']).map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        // `**Field** `type`` on one line.
        let (title, behind) = match (words.column(first), first.rsplit_once(' ')) {
            (None, Some((title, last))) if words.column(last) == Some(Column::Type) => (title, true),
            _ => (first, false),
        };
        typed |= behind || lines.any(|line| words.column(line) == Some(Column::Type));
        columns.push(words.column(title));
    }
    let corner = first.cells.first().map_or(&[][..], Vec::as_slice);
    // A star marks what is required, a link leads to a type: neither is a title. `code` may be a field's name.
    let starred = cell_text(corner).contains('*') || runs(corner).any(|run| run.code && run.link.is_some());
    let known = columns.iter().flatten().count();
    let heading =
        !starred && known * 2 > columns.len().saturating_sub(1) && columns.first().is_some_and(Option::is_some);
    if heading {
        let has = |column| columns.contains(&Some(column));
        return match columns[0] {
            Some(Column::Name) if has(Column::Message) || has(Column::Mend) => Layout::Errors,
            Some(Column::Name) if typed || known > 1 => Layout::Fields { columns, heading },
            Some(Column::Type) if typed => Layout::Fields { columns, heading },
            Some(Column::Type) if has(Column::Description) && columns.len() == 2 => Layout::Types,
            Some(Column::Code | Column::Message | Column::Status) => Layout::Errors,
            Some(Column::Description) if has(Column::Name) => Layout::Errors,
            Some(Column::Link) => Layout::Links,
            _ => Layout::Other,
        };
    }
    // Without a heading row: a bold name above a type in code, as in every table of fields.
    let bold_names = table.rows.iter().take(3).all(|row| {
        let cell = row.cells.first().map_or(&[][..], Vec::as_slice);
        let runs: Vec<&Run<'_>> = runs(cell).collect();
        row.cells.len() >= 2 && runs.iter().any(|r| r.bold) && runs.iter().any(|r| r.code)
    });
    if bold_names {
        let mut columns = vec![None; first.cells.len()];
        columns[0] = Some(Column::Name);
        columns[1] = Some(Column::Description);
        return Layout::Fields { columns, heading: false };
    }
    Layout::Other
}

/// The rows of a table of fields.
pub fn rows(docs: &Docs, words: &Vocabulary, table: &Table<'_>, columns: &[Option<Column>], heading: bool) -> Vec<Row> {
    table.rows.iter().skip(usize::from(heading)).filter_map(|row| read_row(docs, words, row, columns)).collect()
}

fn read_row(docs: &Docs, words: &Vocabulary, row: &page::Row<'_>, columns: &[Option<Column>]) -> Option<Row> {
    let cell = |kind: Column| {
        let at = columns.iter().position(|c| *c == Some(kind))?;
        row.cells.get(at).map(Vec::as_slice)
    };
    let name_cell = row.cells.first()?;
    let has_type_column = columns.contains(&Some(Column::Type)) && columns.first() != Some(&Some(Column::Type));
    let (names, mut doc_type) = name_and_type(docs, name_cell);
    if names.is_empty() {
        return None;
    }
    if has_type_column {
        doc_type = DocType::read(docs, &runs(cell(Column::Type).unwrap_or_default()).collect::<Vec<_>>());
    }
    let described = cell(Column::Description).or_else(|| {
        // A row longer than its heading, or a heading that names none: the next cell describes.
        row.cells.get(if has_type_column { 2 } else { 1 }).map(Vec::as_slice)
    });
    let mut out = describe(docs, words, described.unwrap_or_default());
    let extra: Vec<usize> = (0..row.cells.len())
        .filter(|i| *i > 0 && columns.get(*i).is_none_or(|c| matches!(c, None | Some(Column::Remark))))
        .filter(|i| described.is_none_or(|d| !std::ptr::eq(row.cells[*i].as_slice(), d)))
        .collect();
    for i in extra {
        let more = prose(docs, &row.cells[i]);
        if !more.is_empty() {
            if !out.description.is_empty() {
                out.description.push_str("\n\n");
            }
            out.description.push_str(&more);
        }
    }
    let yes = |kind| {
        cell(kind).map(|c| {
            let text = cell_text(c).trim().to_lowercase();
            words.yes.iter().any(|yes| text.starts_with(yes))
        })
    };
    out.access = match (yes(Column::Read), yes(Column::Write)) {
        (Some(true), Some(false)) => Access::Read,
        (Some(false), Some(true)) => Access::Write,
        _ => out.access,
    };
    let required = yes(Column::Required) == Some(true);
    out.names = names.into_iter().map(|n| Name { required: n.required || required, ..n }).collect();
    if let Some(default) = cell(Column::Default) {
        out.default = runs(default).find(|r| r.code).map(|r| literal(&r.text)).or(out.default);
    }
    out.doc_type = doc_type;
    out.place = row.place;
    Some(out)
}

/// Reads what describes a field: the text, and the structure inside it.
fn describe(docs: &Docs, words: &Vocabulary, blocks: &[Block<'_>]) -> Row {
    let mut out = Row {
        names: Vec::new(),
        doc_type: DocType::default(),
        description: prose(docs, blocks),
        links: Vec::new(),
        values: Vec::new(),
        default: None,
        access: Access::ReadWrite,
        children: Vec::new(),
        template: false,
        item: None,
        nullable: false,
        place: Place::default(),
    };
    inside(docs, words, blocks, &mut None, &mut out);
    out.item = words.item(&out.description);
    out.nullable = words.nullable.are_in(&out.description);
    // In a list of values it is what a value means.
    let of_itself = |line: &str| !line.trim_start().starts_with("- ") && words.read_only.are_in(line);
    if out.description.lines().any(of_itself) {
        out.access = Access::Read;
    }
    out
}

fn inside<'b, 'a>(
    docs: &Docs,
    words: &Vocabulary,
    blocks: &'b [Block<'a>],
    before: &mut Option<&'b Text<'a>>,
    out: &mut Row,
) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                note_links(docs, text, out);
                defaults(words, text, out);
                inline_values(words, text, out);
                *before = Some(text);
            }
            Block::List(items) => {
                for item in items {
                    for block in item {
                        if let Block::Paragraph(text) = block {
                            note_links(docs, text, out);
                            defaults(words, text, out);
                        }
                    }
                }
                bullets(docs, words, items, *before, out);
            }
            Block::Table(table) => match layout(words, table) {
                Layout::Fields { columns, heading } => {
                    out.children.extend(rows(docs, words, table, &columns, heading));
                }
                _ => out.values.extend(value_rows(docs, words, table)),
            },
            Block::Code(code) => out.template |= is_template(&code.text),
            Block::Quote(blocks) | Block::Cut(_, blocks) => inside(docs, words, blocks, before, out),
            Block::Note(note) => inside(docs, words, &note.blocks, before, out),
            Block::Tabs(tabs) => tabs.iter().for_each(|tab| inside(docs, words, &tab.blocks, before, out)),
            Block::Heading(_) | Block::Include(_) => {}
        }
    }
}

/// `{ field_1: value_1, … }`: an object whose keys the caller chooses.
fn is_template(code: &str) -> bool {
    let code = code.to_lowercase();
    ["field_1", "_1:", "_n:", "...", "…"].iter().any(|mark| code.contains(mark)) && code.contains(':')
}

fn note_links(docs: &Docs, text: &Text<'_>, out: &mut Row) {
    for run in &text.runs {
        let Some(link) = &run.link else { continue };
        if let Some(Target::Page(page, anchor)) = target(docs, run.place, link) {
            let link = (page, anchor);
            if !out.links.contains(&link) {
                out.links.push(link);
            }
        }
    }
}

/// "By default `N`": the code behind the phrase, on its line.
fn defaults(words: &Vocabulary, text: &Text<'_>, out: &mut Row) {
    if out.default.is_some() {
        return;
    }
    let mut armed = false;
    for run in &text.runs {
        if run.text == "\n" {
            armed = false;
        } else if run.code {
            if armed {
                out.default = Some(literal(&run.text));
                return;
            }
        } else if let Some(end) = words.default.find(&run.text) {
            let rest = run.text.get(end..).unwrap_or_default();
            armed = rest.chars().filter(|c| c.is_alphabetic()).count() < 24 && !rest.contains(['.', ';']);
        } else if words.ends_before_default(&run.text) {
            armed = true;
        } else if run.text.contains(['.', ';']) {
            armed = false;
        }
    }
}

/// The JSON value that a documented literal stands for.
fn literal(text: &str) -> Value {
    let text = text.trim();
    let bare = text.trim_matches(['\'', '"']);
    match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(_) => Value::String(bare.to_owned()),
    }
}

/// Values named in a sentence: "may be `Y` or `N`".
fn inline_values(words: &Vocabulary, text: &Text<'_>, out: &mut Row) {
    let mut armed = false;
    let mut found = Vec::new();
    for run in &text.runs {
        if run.code {
            if armed && is_value(&run.text) {
                found.push(EnumValue { value: unquote(&run.text).to_owned(), description: String::new() });
            }
        } else if let Some(end) = words.values.find(&run.text) {
            // The values follow at once: what else can be done with a field is no list of values.
            let rest = run.text.get(end..).unwrap_or_default();
            let sentence = run.text[..end].rsplit(['.', '\n']).next().unwrap_or_default();
            armed = rest.chars().filter(|c| c.is_alphabetic()).count() < 16
                && ![sentence, rest].iter().any(|text| words.examples.are_in(text));
            found.clear();
        } else if words.examples.are_in(&run.text) || run.text.contains(". ") {
            armed = false;
        }
    }
    if found.len() >= 2 && out.values.is_empty() {
        out.values = found;
    }
}

fn is_value(text: &str) -> bool {
    let text = unquote(text);
    !text.is_empty()
        && text.len() <= 60
        && !text.contains(['{', '[', '=', '<', '…', '(', '/'])
        && !text.contains("...")
        && text != "null"
}

fn unquote(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}

/// A list inside a description: allowed values, or fields of the object described.
fn bullets(docs: &Docs, words: &Vocabulary, items: &[Vec<Block<'_>>], before: Option<&Text<'_>>, out: &mut Row) {
    let lead = before.map(Text::plain).unwrap_or_default();
    let says_values = words.values.are_in(&lead);
    let mut heads = Vec::new();
    for item in items {
        let Some(Block::Paragraph(text)) = item.first() else { continue };
        let Some((names, rest)) = bullet_head(text) else { continue };
        heads.push((names, rest, item));
    }
    // A list of something else: prose, links, conditions.
    if heads.len() * 2 <= items.len() {
        return;
    }
    let is_name = |n: &str| n.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && n.chars().all(is_name_char);
    let typed = heads.iter().filter(|(_, rest, _)| rest.doc_type.is_some()).count();
    let names_like = heads.iter().all(|(names, ..)| names.iter().all(|n| is_name(n)));
    if names_like && (typed * 2 > heads.len() || !says_values && heads_are_fields(&heads, &lead, out)) {
        for (names, head, item) in heads {
            let mut child = describe(docs, words, item);
            child.names = names.into_iter().map(|name| Name { required: head.required, name }).collect();
            child.doc_type = head.doc_type.unwrap_or_default();
            child.place = item.first().map(block_place).unwrap_or_default();
            out.children.push(child);
        }
    } else {
        let values = heads.into_iter().flat_map(|(names, rest, item)| {
            let more = prose(docs, &item[1..]);
            let description = if more.is_empty() { rest.text } else { format!("{}\n\n{more}", rest.text) };
            names.into_iter().map(move |value| EnumValue { value, description: description.clone() })
        });
        out.values.extend(values.filter(|v| is_value(&v.value)));
    }
}

/// Whether the items of an unmarked list name fields: `id`, `moduleId`; not `Y`, `ASC`, `1`.
fn heads_are_fields(heads: &[(Vec<String>, Head, &Vec<Block<'_>>)], lead: &str, out: &Row) -> bool {
    let codes_in_template =
        out.template && heads.iter().any(|(names, ..)| names.iter().any(|n| n.starts_with("field")));
    if codes_in_template || lead.contains('`') && lead.contains("[n]") {
        return false;
    }
    let words = ["true", "false", "asc", "desc", "null", "yes", "no"];
    heads.iter().all(|(names, ..)| {
        names.iter().all(|n| {
            !words.contains(&n.to_lowercase().as_str())
                && n.len() > 1
                && (n.chars().any(|c| c.is_ascii_lowercase()) || n.contains('_'))
        })
    })
}

struct Head {
    text: String,
    doc_type: Option<DocType>,
    required: bool,
}

/// `` `name` — text ``, `**name** (`type`) — text`: the names and what follows.
fn bullet_head(text: &Text<'_>) -> Option<(Vec<String>, Head)> {
    let mut names = Vec::new();
    let mut rest = String::new();
    let mut types: Vec<&Run<'_>> = Vec::new();
    let mut required = false;
    let mut at = 0;
    for run in &text.runs {
        let marked = run.code || run.bold;
        let piece = run.text.as_ref();
        if marked && rest.is_empty() && types.is_empty() {
            let name = unquote(piece.trim_end_matches(['*', ':', ' ']));
            required |= piece.trim_end().ends_with('*');
            if !name.is_empty() {
                names.push(name.to_owned());
            }
        } else if !marked && rest.is_empty() && names.len() == at + 1 && matches!(piece.trim(), "," | "/" | "*" | "") {
            required |= piece.contains('*');
            at = if piece.contains([',', '/']) { names.len() } else { at };
        } else if names.is_empty() {
            return None;
        } else if rest.is_empty() && types.is_empty() && matches!(piece.trim(), "(" | "[") {
            // A type in parentheses follows.
        } else if rest.is_empty() && run.code && types.is_empty() {
            types.push(run);
        } else {
            rest.push_str(piece);
        }
    }
    if names.is_empty() {
        return None;
    }
    let doc_type = types.first().map(|run| DocType { text: run.text.trim().to_owned(), links: Vec::new() });
    let text = rest.trim_start_matches([' ', '—', '–', '-', ':', ')', ']', '\n']).trim().to_owned();
    Some((names, Head { text, doc_type, required }))
}

/// A two-column table of values inside a cell.
fn value_rows(docs: &Docs, words: &Vocabulary, table: &Table<'_>) -> Vec<EnumValue> {
    let code = |row: &page::Row<'_>| {
        row.cells.first().and_then(|cell| runs(cell).find(|r| r.code)).map(|run| run.text.to_string())
    };
    let coded = table.rows.iter().any(|row| code(row).is_some());
    // A table without code: its values are words of ASCII, and its titles have to be told from them.
    let titled = |row: &page::Row<'_>| row.cells.iter().any(|cell| words.column(cell_text(cell).trim()).is_some());
    let headed = !coded && table.rows.first().is_some_and(titled);
    let word = |row: &page::Row<'_>| {
        let text = cell_text(row.cells.first()?);
        let text = text.trim();
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_').then(|| text.to_owned())
    };
    let mut out = Vec::new();
    for row in table.rows.iter().skip(headed.into()) {
        let Some(value) = (if coded { code(row) } else { word(row) }) else { continue };
        if is_value(&value) {
            let description = row.cells.get(1).map(|cell| prose(docs, cell)).unwrap_or_default();
            out.push(EnumValue { value: unquote(&value).to_owned(), description });
        }
    }
    out
}

fn block_place(block: &Block<'_>) -> Place {
    match block {
        Block::Paragraph(text) => text.place(),
        Block::Heading(heading) => heading.place,
        Block::Code(code) => code.place,
        Block::Table(table) => table.place,
        Block::Include(mark) => mark.place,
        Block::List(items) => items.first().and_then(|i| i.first()).map(block_place).unwrap_or_default(),
        Block::Quote(blocks) | Block::Cut(_, blocks) => blocks.first().map(block_place).unwrap_or_default(),
        Block::Note(note) => note.blocks.first().map(block_place).unwrap_or_default(),
        Block::Tabs(tabs) => tabs.first().and_then(|t| t.blocks.first()).map(block_place).unwrap_or_default(),
    }
}

/// The runs of a cell's paragraphs, a line break between two of them.
fn runs<'c, 'a>(cell: &'c [Block<'a>]) -> impl Iterator<Item = &'c Run<'a>> {
    cell.iter().flat_map(|block| match block {
        Block::Paragraph(text) => text.runs.as_slice(),
        Block::List(items) => items.first().and_then(|item| item.first()).map_or(&[][..], |b| match b {
            Block::Paragraph(text) => text.runs.as_slice(),
            _ => &[],
        }),
        _ => &[],
    })
}

/// A cell's text; paragraphs and lines end with `\n`.
pub fn cell_text(cell: &[Block<'_>]) -> String {
    let mut out = String::new();
    for block in cell {
        if let Block::Paragraph(text) = block {
            out.push_str(&text.plain());
            out.push('\n');
        }
    }
    out
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '-' | '*' | ':')
}

/// Reads `**name***` above `type` (or beside it).
fn name_and_type(docs: &Docs, cell: &[Block<'_>]) -> (Vec<Name>, DocType) {
    // Lines of runs: paragraphs and line breaks both end a line.
    let mut lines: Vec<Vec<&Run<'_>>> = vec![Vec::new()];
    for block in cell {
        let Block::Paragraph(text) = block else { continue };
        for run in &text.runs {
            if run.text == "\n" {
                lines.push(Vec::new());
            } else if let Some(line) = lines.last_mut() {
                line.push(run);
            }
        }
        lines.push(Vec::new());
    }
    lines.retain(|line| line.iter().any(|run| !run.text.trim().is_empty()));
    let any_bold = lines.iter().flatten().any(|run| run.bold);
    let mut names: Vec<Name> = Vec::new();
    let mut types: Vec<&Run<'_>> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let names_here = if any_bold { line.iter().any(|run| run.bold) } else { i == 0 };
        if !names_here {
            types.extend(line);
            continue;
        }
        let mut text = String::new();
        let mut behind = false;
        for run in line {
            let is_name = if any_bold { run.bold } else { i == 0 && !(behind && run.link.is_some()) };
            if is_name {
                text.push_str(&run.text);
                behind = true;
            } else if run.code || run.link.is_some() {
                types.push(run);
            } else if types.is_empty() && run.text.contains(['*', ',', '/', '|']) {
                // Stars and what separates names: `**REPORT_ID*** \| **ID***`.
                text.extend(run.text.chars().filter(|c| matches!(c, '*' | ',' | '/' | '|')));
            } else if run.text.contains('*') {
                text.push('*');
            } else if !run.text.trim().is_empty() && !types.is_empty() {
                types.push(run);
            }
        }
        split_names(&text, &mut names);
    }
    (names, DocType::read(docs, &types))
}

fn split_names(text: &str, names: &mut Vec<Name>) {
    let text = text.replace("^*^", "*");
    // `REPORT_ID* | ID*`: either of them will do.
    let either = text.contains('|');
    for part in text.split([',', '/', ';', '|']) {
        let part = part.trim();
        let required = part.ends_with('*') && !part.ends_with("_*") || part.ends_with("**");
        let name = if required { part.trim_end_matches('*') } else { part };
        let name = name.trim().trim_matches(['`', '\'', '"']).trim_end_matches(':').trim();
        if !name.is_empty() {
            names.push(Name { name: name.to_owned(), required: required && !either });
        } else if required
            && !either
            && let Some(last) = names.last_mut()
        {
            last.required = true;
        }
    }
}

/// The types that a table of types defines: each word with its description.
pub fn defined_types(docs: &Docs, table: &Table<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for row in table.rows.iter().skip(1) {
        let Some(word) = row.cells.first().and_then(|cell| runs(cell).find(|r| r.code)) else { continue };
        let description = row.cells.get(1).map(|cell| prose(docs, cell)).unwrap_or_default();
        out.push((word.text.trim().to_owned(), description));
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::docs::Docs;
    use crate::model::{Access, Field, Kind, Model};

    /// The parameter that a cell describes.
    fn parameter(ty: &str, cell: &str) -> Field {
        let page = format!(
            "# Add a star star.add\n\n> Scope: `star`\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
             || **seen**\n`{ty}` | {cell} ||\n|#\n"
        );
        let model = Model::read(&Docs::new(vec![("api-reference/star-add.md".into(), page.into_bytes())], &[]));
        model.methods[0].params[0].clone()
    }

    #[test]
    fn read_only_is_a_field_and_not_a_value_of_it() {
        assert_eq!(parameter("integer", "Read-only").access, Access::Read);
        let values = "By state. Possible values:\n\n- `true` — read only\n- `false` — all\n";
        assert_eq!(parameter("boolean", values).access, Access::ReadWrite);
    }

    #[test]
    fn examples_of_values_are_no_list_of_them() {
        let kind = |cell: &str| parameter("string", cell).ty.kind;
        assert_eq!(kind("A mark. Examples of valid values: `far-1`, `near_2`"), Kind::String);
        assert_eq!(kind("See the example. Valid values: `far`, `near`").name(), "enum");
    }

    #[test]
    fn a_default_follows_its_word_at_once() {
        let default = |cell: &str| parameter("integer", cell).default;
        assert_eq!(default("How many, default `25`"), Some(json!(25)));
        assert_eq!(default("How many. Default - `25`"), Some(json!(25)));
        assert_eq!(default("The default star has `25` moons"), None::<Value>);
    }
}
