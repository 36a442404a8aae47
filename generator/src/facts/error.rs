//! The errors that a page lists: every shape of error table becomes rows of code, message, field and status.
//!
//! The docs write the same facts in many forms. Codes stand in a column, in a line above the table (API v3), several
//! in one cell, with their message in one cell, or nowhere: many methods answer with an empty code and only the
//! message tells one error from another. A column of descriptions holds the server's own message on one page and an
//! explanation on the next; `Layout` decides by the columns beside it, `lone_text` by the cell's style.

mod cell;
mod layout;
mod variant;

use self::cell::{
    CodeCell, fields, first_place, has_words, is_code, is_constant, lines, lone_text, message_cell, only_status, plain,
    text_of, trimmed,
};
use self::layout::Layout;
pub use self::variant::variants;
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
            if let Some(rest) = vocabulary::behind(self.words.code_line, &plain) {
                let styled = line.iter().find(|run| run.code).map(|run| run.text.trim());
                let code = styled.unwrap_or(rest.trim_matches([':', ' ', '.']));
                if is_code(code) {
                    self.end_of_code_line();
                    self.above = Some(CodeLine { code: code.to_owned(), place: text.place(), used: false });
                }
            } else if let Some(rest) = vocabulary::behind(self.words.status_line, &plain) {
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
        // A row may be longer than its heading.
        for column in layout.description.iter().copied().chain(layout.width..row.cells.len()) {
            description.extend_from_slice(cell(Some(column)));
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
            // A row that says the same in both columns tells that anything may come.
            let says_it_twice = !cell(layout.code).is_empty() && text_of(cell(layout.code)) == text_of(text);
            if !says_it_twice {
                let place = first_place(cell(layout.code)).unwrap_or(row.place);
                let message = "the column of codes holds a message here: write the code that the server sends, or that it is empty";
                self.facts.diagnostics.push(self.docs.report(Code::NoErrorCode, place, message));
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::outline::{Library, outline};

    /// The rows of the page `m.md` among `pages`, one a line: code, message, field, status, description.
    fn facts(pages: &[(&str, &str)]) -> (String, ErrorFacts) {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
        let docs = Docs::new(pages.iter().map(owned).collect(), &[]);
        let library = Library::new(&docs);
        let page = docs.find("m.md").unwrap();
        let facts = errors(&docs, &outline(&library, page, &mut Vec::new()));
        let show = |row: &ErrorRow| {
            let status = row.status.map(|status| status.to_string());
            let optional = [row.message.clone(), row.field.clone(), status].map(|part| part.unwrap_or("∅".into()));
            format!("{} | {} | {}\n", row.code, optional.join(" | "), row.description.replace('\n', "⏎"))
        };
        (facts.rows.iter().map(show).collect(), facts)
    }

    fn rows(page: &str) -> String {
        facts(&[("m.md", page)]).0
    }

    /// `table` under the heading that lists errors, in English and in Russian.
    fn both(english: &str, russian: &str) -> [String; 2] {
        [
            rows(&format!("## Possible Error Codes\n\n{english}")),
            rows(&format!("## Возможные коды ошибок\n\n{russian}")),
        ]
    }

    #[test]
    fn the_column_between_code_and_explanation_is_the_message() {
        let [english, russian] = both(
            "#|\n|| **Code** | **Description** | **Value** ||\n|| `NO_LAMP` | Lamp is missing | No such lamp ||\n|#",
            "#|\n|| **Код** | **Описание** | **Значение** ||\n|| `NO_LAMP` | Lamp is missing | Нет такой лампы ||\n|#",
        );
        assert_eq!(english, "NO_LAMP | Lamp is missing | ∅ | ∅ | No such lamp\n");
        assert_eq!(russian, "NO_LAMP | Lamp is missing | ∅ | ∅ | Нет такой лампы\n");
    }

    #[test]
    fn four_columns_give_each_row_its_status() {
        let [english, russian] = both(
            "#|\n|| **Status** | **Code** | **Description** | **Value** ||\n|| `403` | `NO_KEY` | No key | Ask for one ||\n|#",
            "#|\n|| **Статус** | **Код** | **Описание** | **Значение** ||\n|| 403 | `NO_KEY` | No key | Нужен ключ ||\n|#",
        );
        assert_eq!(english, "NO_KEY | No key | ∅ | 403 | Ask for one\n");
        assert_eq!(russian, "NO_KEY | No key | ∅ | 403 | Нужен ключ\n");
    }

    #[test]
    fn a_title_that_says_message_wins_over_the_order_of_columns() {
        let page =
            "## Errors\n\n## Error codes\n\n#|\n|| Code | Description | Error message ||\n|| `A_B` | Why | Text ||\n|#";
        assert_eq!(rows(page), "A_B | Text | ∅ | ∅ | Why\n");
    }

    #[test]
    fn text_alone_beside_a_code_is_a_message_only_where_its_style_or_script_says_so() {
        let [english, russian] = both(
            "#|\n|| Code | Description ||\n|| `A` | The lamp is off ||\n|| `B` | `lamp is off`\n\nSwitch it on ||\n|| `C` | `lamp is hot`\nLet it cool ||\n|#",
            "#|\n|| Код | Описание ||\n|| `A` | Лампа выключена ||\n|| `B` | `lamp is off`\n\nВключите ||\n|| `C` | Lamp is hot\n\nОстудите ||\n|#",
        );
        assert_eq!(
            english,
            "A | ∅ | ∅ | ∅ | The lamp is off\nB | lamp is off | ∅ | ∅ | Switch it on\nC | lamp is hot | ∅ | ∅ | Let it cool\n"
        );
        assert_eq!(
            russian,
            "A | ∅ | ∅ | ∅ | Лампа выключена\nB | lamp is off | ∅ | ∅ | Включите\nC | Lamp is hot | ∅ | ∅ | Остудите\n"
        );
    }

    #[test]
    fn an_empty_code_is_told_by_its_message_however_the_cell_says_empty() {
        let [english, russian] = both(
            "#|\n|| Code | Description | Value ||\n|| Empty value | First | x ||\n|| `-` | Second | x ||\n|| — | Third | — ||\n|| ‘’ (empty error code) | Fourth | x ||\n|| | Fifth | x ||\n|#\n\n#|\n|| Code | Description ||\n|| `\"\"` | Sixth ||\n|#",
            "#|\n|| Код | Описание | Значение ||\n|| Пустое значение | First | x ||\n|| Пустая строка\" | Second | x ||\n|| «» | Third | x ||\n|#\n\n#|\n|| Код | Описание ||\n|| Пустая строка | Шестая ||\n|#",
        );
        assert_eq!(
            english,
            " | First | ∅ | ∅ | x\n | Second | ∅ | ∅ | x\n | Third | ∅ | ∅ | \n | Fourth | ∅ | ∅ | x\n | Fifth | ∅ | ∅ | x\n | Sixth | ∅ | ∅ | \n"
        );
        assert_eq!(
            russian,
            " | First | ∅ | ∅ | x\n | Second | ∅ | ∅ | x\n | Third | ∅ | ∅ | x\n | Шестая | ∅ | ∅ | \n"
        );
    }

    #[test]
    fn prose_instead_of_a_code_is_the_message_and_is_reported() {
        let page = "## Возможные коды ошибок\n\n#|\n|| Код | Описание ||\n|| Access denied | Нет прав ||\n|| - `No lamp`\n- `No key` | Прочее ||\n|#";
        let (text, facts) = facts(&[("m.md", page)]);
        assert_eq!(
            text,
            " | Access denied | ∅ | ∅ | Нет прав\n | No lamp | ∅ | ∅ | Прочее\n | No key | ∅ | ∅ | Прочее\n"
        );
        assert!(facts.rows.iter().all(|row| row.prose_code));
        assert_eq!(
            facts.diagnostics.iter().map(|d| (d.code.as_str(), d.line)).collect::<Vec<_>>(),
            [("B040", 5), ("B040", 6)]
        );
    }

    #[test]
    fn several_codes_in_a_cell_are_a_row_each() {
        let page = "## Error codes\n\n#|\n|| Code | Message | Description ||\n|| `A_1`, `A_2` or `A_3` | Text | Why ||\n|| `B_1`\n\n`B_2` | Text | ||\n|| C_1, C_2 | Text | ||\n|#";
        assert_eq!(
            rows(page).lines().map(|line| line.split(" |").next().unwrap_or_default()).collect::<Vec<_>>(),
            ["A_1", "A_2", "A_3", "B_1", "B_2", "C_1", "C_2"]
        );
    }

    #[test]
    fn code_and_message_may_share_a_cell() {
        let page = "## Error codes\n\n#|\n|| **Status** | **Code**\n**Error text** | **Description** ||\n|| `503` | `TOO_FAST`\nToo many calls | Wait ||\n|#";
        // The text column is not mistaken for the message that stands in the code's cell.
        assert_eq!(rows(page), "TOO_FAST | Too many calls | ∅ | 503 | Wait\n");
    }

    #[test]
    fn without_a_column_of_codes_the_first_column_is_the_message() {
        let [english, russian] = both(
            "#|\n|| Error text | Description ||\n|| `No lamp` | Why ||\n|#\n\n#|\n|| Description | Value ||\n|| No key | Why ||\n|#",
            "#|\n|| Текст ошибки | Описание ||\n|| `No lamp` | Почему ||\n|#\n\n#|\n|| Описание | Значение ||\n|| No key | Почему ||\n|#",
        );
        assert_eq!(english, " | No lamp | ∅ | ∅ | Why\n | No key | ∅ | ∅ | Why\n");
        assert_eq!(russian, " | No lamp | ∅ | ∅ | Почему\n | No key | ∅ | ∅ | Почему\n");
    }

    #[test]
    fn v3_takes_the_code_from_the_line_above_and_a_row_per_field() {
        let [english, russian] = both(
            "#### Access errors\n\nError Code: `X_DENIED`\n\n#|\n|| **Field** | **Error description** | **How to fix** ||\n|| `-` | Access denied | Ask ||\n|| `a`\n`b` | Bad value | Mend ||\n|| `#FIELD#` | Wrong type | Mend ||\n|#",
            "#### Ошибки доступа\nКод ошибки: `X_DENIED`\n\n#|\n|| **Поле** | **Описание ошибки** | **Как исправить** ||\n|| `a`, `b` | Нет доступа | Исправьте ||\n|#",
        );
        assert_eq!(
            english,
            "X_DENIED | Access denied | ∅ | ∅ | Ask\nX_DENIED | Bad value | a | ∅ | Mend\nX_DENIED | Bad value | b | ∅ | Mend\nX_DENIED | Wrong type | ∅ | ∅ | Mend\n"
        );
        assert_eq!(russian, "X_DENIED | Нет доступа | a | ∅ | Исправьте\nX_DENIED | Нет доступа | b | ∅ | Исправьте\n");
    }

    #[test]
    fn a_code_without_a_table_is_an_error_without_a_message() {
        let page = "## Error codes\n\nError code: `FIRST_X`\n\nError code: SECOND_X\n\n- `THIRD_X`: no *lamp*\n- see above\n\n#|\n|| Code ||\n|| `FOURTH_X` ||\n|#";
        assert_eq!(
            rows(page),
            "FIRST_X | ∅ | ∅ | ∅ | \nTHIRD_X | ∅ | ∅ | ∅ | no lamp\nFOURTH_X | ∅ | ∅ | ∅ | \n".to_owned()
        );
    }

    #[test]
    fn tables_are_found_in_tabs_lists_cuts_and_notes() {
        let table = |code: &str| format!("#|\n|| Code | Description ||\n|| `{code}` | x ||\n|#\n");
        let page = format!(
            "## Error handling\n\n{{% list tabs %}}\n\n- First\n\n    {}\n\n- Second\n\n    {}\n\n{{% endlist %}}\n\n{{% cut \"More\" %}}\n\n{}\n\n{{% endcut %}}\n\n{{% note info %}}\n\n{}\n\n{{% endnote %}}\n\n1. Item\n\n    {}\n",
            table("A_1").replace('\n', "\n    "),
            table("A_2").replace('\n', "\n    "),
            table("A_3"),
            table("A_4"),
            table("A_5").replace('\n', "\n    "),
        );
        let (text, facts) = facts(&[("m.md", &page)]);
        let codes: Vec<&str> = text.lines().filter_map(|line| line.split(" |").next()).collect();
        assert_eq!(codes, ["A_1", "A_2", "A_3", "A_4", "A_5"]);
        assert_eq!(facts.claimed.len(), 5);
    }

    #[test]
    fn the_status_above_holds_for_the_tables_below_it_unless_it_names_several() {
        let page = |line: &str| {
            format!("## Error handling\n\n{line}\n\n### Error codes\n\n#|\n|| Code | Description ||\n|| `A` | x ||\n|#")
        };
        assert_eq!(rows(&page("HTTP status: **403**")), "A | ∅ | ∅ | 403 | x\n");
        assert_eq!(rows(&page("HTTP status: **400 Bad Request**")), "A | ∅ | ∅ | 400 | x\n");
        assert_eq!(rows(&page("HTTP status: **400**, **403**")), "A | ∅ | ∅ | ∅ | x\n");
        assert_eq!(rows(&page("HTTP status: **40x**, **50x**")), "A | ∅ | ∅ | ∅ | x\n");
    }

    #[test]
    fn included_system_errors_stand_apart_and_the_envelope_is_left_to_others() {
        let page = "## Error handling\n\n{% include notitle [x](_includes/form.md) %}\n\n## Possible error codes\n\n#|\n|| Code | Description ||\n|| `OWN` | x ||\n|#\n\n{% include [x](_includes/system.md) %}\n";
        let form = "### Returned error information\n\n#|\n|| **Name**\n`type` | **Description** ||\n|| **error**\n`string` | The code ||\n|#\n";
        let system = "### Statuses and system error codes\n\n#|\n|| Status | Code | Description ||\n|| `500` | `BROKEN` | x ||\n|#\n";
        let (text, facts) = facts(&[("m.md", page), ("_includes/form.md", form), ("_includes/system.md", system)]);
        assert_eq!(text, "OWN | ∅ | ∅ | ∅ | x\n");
        assert_eq!(facts.system.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["BROKEN"]);
        assert_eq!(facts.claimed.len(), 2);
    }

    #[test]
    fn a_table_without_a_heading_row_is_read_by_its_codes() {
        let page = "## Error codes\n\n#|\n|| `NO_LAMP` | Text | Why ||\n|#\n\n#|\n|| plain | words ||\n|#";
        let (text, facts) = facts(&[("m.md", page)]);
        assert_eq!(text, "NO_LAMP | Text | ∅ | ∅ | Why\n");
        assert_eq!(facts.claimed.len(), 1);
    }

    #[test]
    fn short_rows_and_empty_rows_do_not_stop_the_reader() {
        let page = "## Error codes\n\n#|\n|| Code | Message | Description ||\n|| `A` ||\n|| | | ||\n|| `B` | Text | Why | More ||\n|| !!! | ||\n|#";
        let (text, facts) = facts(&[("m.md", page)]);
        assert_eq!(text, "A | ∅ | ∅ | ∅ | \nB | Text | ∅ | ∅ | Why⏎⏎More\n | ∅ | ∅ | ∅ | \n");
        assert_eq!(facts.diagnostics.iter().map(|d| (d.code.as_str(), d.line)).collect::<Vec<_>>(), [("B021", 6)]);
    }
}
