//! Reads a page's CommonMark with pulldown-cmark and puts the YFM blocks back in their places.
//!
//! Each piece of the page (its top level, a cell, a note's inside) is a [`View`]: the source's text with the blocks of
//! the next level replaced by short markers and with the piece's own indentation removed. A view knows the source
//! offset of each of its bytes. Reference links may be defined at the page's end, so their definitions are found
//! beforehand and handed to every piece.

mod builder;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, TagEnd};

use self::builder::Builder;
use super::scan::{Content, RowSpan, Yfm, YfmKind};
use super::{Block, IncludeMark, Note, Place, Row, Run, Tab, Table, Text};

/// Stands in a view where a YFM block stood; sources never contain it (`docs` replaces it on reading).
pub(crate) const MARKER: char = '\u{1}';

/// What the references of a small page may grow to, in bytes.
const LEAST_BUDGET: usize = 100_000;

/// Reads `text`, whose YFM blocks are `yfm`, as source number `source`.
pub(crate) fn read<'a>(text: &'a str, yfm: &[Yfm], source: u32) -> Vec<Block<'a>> {
    let references = references(text);
    let budget = Cell::new(text.len().max(LEAST_BUDGET));
    let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
    Reader { text, source, references, budget, lines }.piece(0..text.len(), yfm)
}

/// `[label]: target` definitions of a whole page.
fn references(text: &str) -> HashMap<String, String> {
    let mut out = HashMap::new();
    let mut line_end = 0;
    for colon in memchr::memmem::find_iter(text.as_bytes(), "]:") {
        if colon < line_end {
            continue;
        }
        let start = memchr::memrchr(b'\n', &text.as_bytes()[..colon]).map_or(0, |end| end + 1);
        line_end = memchr::memchr(b'\n', &text.as_bytes()[colon..]).map_or(text.len(), |n| colon + n);
        let line = &text[start..line_end];
        let Some((label, target)) = line.trim_start().strip_prefix('[').and_then(|l| l.split_once("]:")) else {
            continue;
        };
        let target = target.trim();
        let target = target.split_whitespace().next().unwrap_or_default();
        if !label.contains(']') && !target.is_empty() {
            out.entry(label.trim().to_lowercase()).or_insert_with(|| target.to_owned());
        }
    }
    out
}

struct Reader<'a> {
    text: &'a str,
    source: u32,
    references: HashMap<String, String>,
    /// Bytes of link targets that references may still stand for, so that a page cannot grow beyond measure.
    budget: Cell<usize>,
    /// Where lines start.
    lines: Vec<usize>,
}

/// A piece of the source, ready for pulldown-cmark.
struct View<'a> {
    text: Cow<'a, str>,
    /// `(offset in the view, offset in the source)`, ascending; bytes between two entries run in step.
    steps: Vec<(usize, usize)>,
}

impl View<'_> {
    fn source_at(&self, at: usize) -> usize {
        let i = self.steps.partition_point(|(view, _)| *view <= at).saturating_sub(1);
        let (view, source) = self.steps.get(i).copied().unwrap_or_default();
        source + at.saturating_sub(view)
    }
}

impl<'a> Reader<'a> {
    /// The blocks of one piece.
    fn piece(&self, span: Range<usize>, children: &[Yfm]) -> Vec<Block<'a>> {
        if children.is_empty()
            && let Some(run) = self.plain(&span)
        {
            let text = Text { runs: vec![run] };
            return if text.is_blank() { Vec::new() } else { vec![Block::Paragraph(text)] };
        }
        let view = self.view(span, children);
        let inserted = |id: usize| -> Option<Block<'a>> { children.get(id).and_then(|yfm| self.block(yfm)) };
        match &view.text {
            Cow::Borrowed(text) => self.events(text, &view, &inserted, Cow::from),
            Cow::Owned(text) => self.events(text, &view, &inserted, |text| Cow::Owned(text.into_string())),
        }
    }

    /// The piece as one run, where it is a line without any mark of CommonMark, or one code span: most cells are, and a
    /// parser of its own for each of them costs more than all the rest.
    fn plain(&self, span: &Range<usize>) -> Option<Run<'a>> {
        let piece = &self.text[span.clone()];
        let blanks = piece.bytes().take_while(|b| *b == b' ').count();
        let text = piece[blanks..].trim_end_matches(' ');
        let (code, own) = match text.strip_prefix('`').and_then(|inside| inside.strip_suffix('`')) {
            Some(inside) if !inside.is_empty() && inside.trim() == inside => (true, inside),
            _ => (false, text),
        };
        let numbered = own.starts_with(|c: char| c.is_ascii_digit()) && own.contains(['.', ')']);
        let blocks = |b: u8| matches!(b, b'#' | b'>' | b'-' | b'+' | b'=' | b':');
        let marks = |b: u8| {
            b < b' ' || matches!(b, b'\\' | b'`' | b'*' | b'_' | b'[' | b']' | b'<' | b'&' | b'!' | b'~' | b'|')
        };
        let spans = |b: u8| b < b' ' || matches!(b, b'\\' | b'`' | b'|');
        let plain = if code {
            !own.bytes().any(spans)
        } else {
            !numbered && !own.bytes().next().is_some_and(blocks) && !own.bytes().any(marks)
        };
        let text = Cow::Borrowed(own);
        let place = self.place(span.start + blanks);
        (plain && blanks < 4).then_some(Run { text, code, bold: false, struck: false, link: None, place })
    }

    fn view(&self, span: Range<usize>, children: &[Yfm]) -> View<'a> {
        let text = &self.text[span.clone()];
        let margin = self.margin(&span);
        if children.is_empty() && margin == 0 {
            return View { text: Cow::Borrowed(text), steps: vec![(0, span.start)] };
        }
        let mut out = String::with_capacity(text.len());
        let mut steps = Vec::new();
        let mut copy = |from: usize, to: usize, out: &mut String| {
            let mut at = from;
            while at < to {
                let line_start = at == 0 || self.text.as_bytes()[at - 1] == b'\n';
                if line_start && margin > 0 {
                    let blank = self.text[at..to].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
                    at += blank.min(margin);
                }
                let end = memchr::memchr(b'\n', &self.text.as_bytes()[at..to]).map_or(to, |n| at + n + 1);
                steps.push((out.len(), at));
                out.push_str(&self.text[at..end]);
                at = end;
            }
        };
        let mut at = span.start;
        for (id, child) in children.iter().enumerate() {
            copy(at, child.span.start.max(at), &mut out);
            at = child.span.end.max(at);
            if child.kind == YfmKind::Hidden {
                continue;
            }
            out.push(MARKER);
            out.push_str(&id.to_string());
            out.push(MARKER);
        }
        copy(at, span.end, &mut out);
        View { text: Cow::Owned(out), steps }
    }

    /// Indentation that all lines of a piece share (its own first line, which starts mid-line, left aside).
    fn margin(&self, span: &Range<usize>) -> usize {
        let bytes = self.text.as_bytes();
        let blank = |bytes: &[u8]| bytes.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let next = self.lines.partition_point(|start| *start <= span.start);
        let line = self.lines.get(next.wrapping_sub(1)).copied().unwrap_or_default();
        // A piece that starts at the left margin keeps its lines as they are (the usual case), unless it starts with
        // an empty line: then the author indented all of it.
        let first = self.text[span.clone()].lines().next().unwrap_or_default();
        if span.start > 0 && blank(&bytes[line..span.start]) == 0 && !first.trim().is_empty() {
            return 0;
        }
        let own = usize::from(span.start == line);
        let mut margin = usize::MAX;
        for start in self.lines.iter().skip(next.saturating_sub(own)).take_while(|start| **start < span.end) {
            let rest = &self.text[*start..span.end];
            let indent = blank(rest.as_bytes());
            if indent < margin && rest.lines().next().is_some_and(|line| !line.trim().is_empty()) {
                margin = indent;
            }
            // No line is further left than the left margin.
            if margin == 0 {
                break;
            }
        }
        if margin == usize::MAX { 0 } else { margin }
    }

    fn block(&self, yfm: &Yfm) -> Option<Block<'a>> {
        Some(match &yfm.kind {
            YfmKind::Table(rows) => Block::Table(self.table(yfm.span.start, rows)),
            YfmKind::Tabs(content) => Block::Tabs(self.tabs(content)),
            YfmKind::Cut(title, content) => Block::Cut(title.clone(), self.inside(content)),
            YfmKind::Note(kind, title, content) => {
                Block::Note(Note { kind: kind.clone(), title: title.clone(), blocks: self.inside(content) })
            }
            YfmKind::Include(include) => Block::Include(IncludeMark {
                path: include.path.clone(),
                notitle: include.notitle,
                place: self.place(yfm.span.start),
            }),
            YfmKind::Hidden => return None,
        })
    }

    fn inside(&self, content: &Content) -> Vec<Block<'a>> {
        self.piece(content.span.clone(), &content.children)
    }

    fn table(&self, start: usize, rows: &[RowSpan]) -> Table<'a> {
        let row = |row: &RowSpan| {
            let mut cells: Vec<Vec<Block<'a>>> = Vec::with_capacity(row.cells.len());
            for cell in &row.cells {
                // `|>` continues the cell on its left.
                if cell.children.is_empty() && self.text[cell.span.clone()].trim() == ">" && !cells.is_empty() {
                    continue;
                }
                cells.push(self.inside(cell));
            }
            Row { cells, place: self.place(row.start) }
        };
        Table { rows: rows.iter().map(row).collect(), place: self.place(start) }
    }

    fn tabs(&self, content: &Content) -> Vec<Tab<'a>> {
        let mut tabs: Vec<Tab<'a>> = Vec::new();
        for block in self.inside(content) {
            match block {
                Block::List(items) => tabs.extend(items.into_iter().map(|mut blocks| {
                    let title = match blocks.first() {
                        Some(Block::Paragraph(text)) => text.plain().trim().to_owned(),
                        _ => String::new(),
                    };
                    if !title.is_empty() {
                        blocks.remove(0);
                    }
                    Tab { title, blocks }
                })),
                // What lost its indentation still belongs to the tab above.
                block => match tabs.last_mut() {
                    Some(tab) => tab.blocks.push(block),
                    None => tabs.push(Tab { title: String::new(), blocks: vec![block] }),
                },
            }
        }
        tabs
    }

    fn place(&self, at: usize) -> Place {
        Place { source: self.source, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    /// Turns pulldown-cmark's events over one view into blocks.
    fn events<'v>(
        &self,
        text: &'v str,
        view: &View<'_>,
        inserted: &dyn Fn(usize) -> Option<Block<'a>>,
        own: fn(CowStr<'v>) -> Cow<'a, str>,
    ) -> Vec<Block<'a>> {
        let mut broken = |link: BrokenLink<'v>| {
            let target = self.references.get(&link.reference.to_lowercase())?;
            self.budget.set(self.budget.get().checked_sub(target.len())?);
            Some((CowStr::from(target.clone()), CowStr::Borrowed("")))
        };
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let parser = Parser::new_with_broken_link_callback(text, options, Some(&mut broken)).into_offset_iter();
        let mut out = Builder::new();
        for (event, range) in parser {
            let place = self.place(view.source_at(range.start));
            match event {
                Event::Start(tag) => out.start(tag, place),
                Event::End(TagEnd::CodeBlock) => out.end_code(inserted),
                Event::End(tag) => out.end(tag),
                Event::Text(text) if out.in_code() => out.code_text(text, place, own),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    out.text(own(text), false, place, inserted);
                }
                Event::Code(text) => out.text(own(text), true, place, inserted),
                Event::SoftBreak | Event::HardBreak => out.text(Cow::Borrowed("\n"), false, place, inserted),
                _ => {}
            }
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::scan;

    fn blocks(text: &str) -> Vec<Block<'_>> {
        let preset = [("build".to_owned(), "prod".to_owned())];
        read(text, &scan(text, &preset).0, 0)
    }

    /// Blocks in short, parted by spaces: `h2:title#anchor`, `p(text)`, `code:lang(text)`, `list[item;item]`,
    /// `#[cell,cell;cell,cell]`, `tabs[title:…;title:…]`, `cut:title{…}`, `note:kind:title{…}`, `quote{…}`,
    /// `include:path`.
    fn show(blocks: &[Block<'_>]) -> String {
        let join = |items: Vec<String>, by: &str| items.join(by);
        let block = |block: &Block<'_>| match block {
            Block::Heading(heading) => {
                let anchors = heading.anchors.iter().fold(String::new(), |all, anchor| all + "#" + anchor);
                format!("h{}:{}{anchors}", heading.level, runs(&heading.text))
            }
            Block::Paragraph(text) => format!("p({})", runs(text)),
            Block::Code(code) => format!("code:{}({})", code.lang, code.text.trim_end().replace('\n', "⏎")),
            Block::List(items) => format!("list[{}]", join(items.iter().map(|item| show(item)).collect(), ";")),
            Block::Table(table) => {
                let row = |row: &Row<'_>| join(row.cells.iter().map(|cell| show(cell)).collect(), ",");
                format!("#[{}]", join(table.rows.iter().map(row).collect(), ";"))
            }
            Block::Tabs(tabs) => {
                let tab = |tab: &Tab<'_>| format!("{}:{}", tab.title, show(&tab.blocks));
                format!("tabs[{}]", join(tabs.iter().map(tab).collect(), ";"))
            }
            Block::Cut(title, inside) => format!("cut:{title}{{{}}}", show(inside)),
            Block::Note(note) => format!("note:{}:{}{{{}}}", note.kind, note.title, show(&note.blocks)),
            Block::Quote(inside) => format!("quote{{{}}}", show(inside)),
            Block::Include(mark) => format!("include:{}", mark.path),
        };
        join(blocks.iter().map(block).collect(), " ")
    }

    fn runs(text: &Text<'_>) -> String {
        let run = |run: &Run<'_>| {
            let mut out = run.text.replace('\n', "⏎");
            if run.code {
                out = format!("`{out}`");
            }
            if run.bold {
                out = format!("**{out}**");
            }
            if run.struck {
                out = format!("~~{out}~~");
            }
            match &run.link {
                Some(link) => format!("[{out}]({link})"),
                None => out,
            }
        };
        text.runs.iter().map(run).collect::<String>().replace("****", "")
    }

    fn shown(text: &str) -> String {
        show(&blocks(text))
    }

    #[test]
    fn cells_hold_paragraphs_lists_code_and_tables() {
        let text = "#|\n|| **id***\n[`integer`](types.md) | First.\n\nSecond:\n- `a` — one\n- `b`\n\n  more\n\n```json\n{\"a\": 1}\n``` ||\n|| x | #|\n|| y | z ||\n|# ||\n|#";
        assert_eq!(
            shown(text),
            "#[p(**id***⏎[`integer`](types.md)),p(First.) p(Second:) list[p(`a` — one);p(`b`) p(more)] code:json({\"a\": 1});p(x),#[p(y),p(z)]]"
        );
    }

    #[test]
    fn bars_stay_in_code_and_escaped_bars_lose_their_backslash() {
        assert_eq!(shown("#|\n|| `a || b` | c \\| d \\|\\| e ||\n|#"), "#[p(`a || b`),p(c | d || e)]");
    }

    #[test]
    fn a_cell_that_spans_columns_stands_once() {
        assert_eq!(
            shown("#|\n|| a | b | c ||\n|| wide | > | d ||\n|| all |>|> ||\n|#"),
            "#[p(a),p(b),p(c);p(wide),p(d);p(all)]"
        );
    }

    #[test]
    fn indentation_of_a_list_a_tab_or_a_cell_is_not_code() {
        assert_eq!(
            shown("- a\n\n    #|\n    || b\n    `c` | d\n\n    e ||\n    |#\n\n- f"),
            "list[p(a) #[p(b⏎`c`),p(d) p(e)];p(f)]"
        );
        assert_eq!(
            shown(
                "{% list tabs %}\n\n- JS\n\n    ```js\n    a {\n      b\n    }\n    ```\n\n- cURL\n\n    #|\n    || c ||\n    |#\n\n    d\n\n{% endlist %}"
            ),
            "tabs[JS:code:js(a {⏎  b⏎});cURL:#[p(c)] p(d)]"
        );
        assert_eq!(shown("#|\n||\n    a\n\n    b\n|\n    - c\n||\n|#"), "#[p(a) p(b),list[p(c)]]");
        // Indented so far that CommonMark takes it for code.
        assert_eq!(shown("- a\n\n      #|\n      || b ||\n      |#\n"), "list[p(a) #[p(b)]]");
    }

    #[test]
    fn tabs_keep_what_lost_its_indentation() {
        assert_eq!(
            shown("{% list tabs %}\n\n- A\n\n    one\n\ntwo\n\n- B\n\n    three\n\n{% endlist %}\n\nfour"),
            "tabs[A:p(one) p(two);B:p(three)] p(four)"
        );
    }

    #[test]
    fn references_defined_at_the_end_are_used_in_cells() {
        let text = "#|\n|| [`int`][1] | see [Page], [no] ||\n|#\n\n{% note info %}\n\n[x][1]\n\n{% endnote %}\n\n[1]: types.md#int \"title\"\n[page]: a.md\n";
        assert_eq!(
            shown(text),
            "#[p([`int`](types.md#int)),p(see [Page](a.md), [no])] note:info:{p([x](types.md#int))}"
        );
    }

    #[test]
    fn headings_give_up_their_anchors() {
        assert_eq!(
            shown("## Title `x` {#one} {#two}\n\n### Plain {#T}\n\n# {#only}"),
            "h2:Title `x`#one#two h3:Plain#T h1:#only"
        );
    }

    #[test]
    fn text_keeps_bold_code_links_and_strikes_apart() {
        assert_eq!(
            shown("a **b** `c` [d **e**](f.md) ~~g~~\nh<br>i"),
            "p(a **b** `c` [d ](f.md)[**e**](f.md) ~~g~~⏎h<br>i)"
        );
        assert_eq!(shown("**id^*^** ^*^"), "p(**id^*^** ^*^)");
    }

    #[test]
    fn notes_cuts_quotes_and_includes_are_blocks() {
        assert_eq!(
            shown(
                "a\n{% note alert \"N\" %}\n\nb\n\n{% endnote %}\n{% cut \"C\" %}\n\n- c\n\n{% endcut %}\n\n> d\n\n{% include [x](y.md#z) %}"
            ),
            "p(a⏎) note:alert:N{p(b)} cut:C{list[p(c)]} quote{p(d)} include:y.md#z"
        );
    }

    #[test]
    fn pipe_tables_are_tables() {
        assert_eq!(shown("| a | b |\n| --- | --- |\n| `c` | d |\n"), "#[p(a),p(b);p(`c`),p(d)]");
    }

    #[test]
    fn hidden_branches_and_comments_leave_no_trace() {
        assert_eq!(shown("a{% if build == 'dev' %} b{% else %} c{% endif %}<!-- d --> e"), "p(a c e)");
    }

    #[test]
    fn blocks_inside_code_that_never_ends_are_not_lost() {
        assert_eq!(shown("```\na\n\n#|\n|| b ||\n|#\n"), "code:(a) #[p(b)]");
        assert_eq!(shown("a ` b\n#|\n|| c ` d ||\n|#"), "p(a ` b⏎) #[p(c ` d)]");
    }

    #[test]
    fn every_block_knows_its_place() {
        let text = "a\n\n- b\n\n    #|\n    || c | `dé` ||\n    || é | `f` ||\n    |#\n";
        let Block::List(items) = &blocks(text)[1] else { panic!() };
        let Block::Table(table) = &items[0][1] else { panic!() };
        let Block::Paragraph(last) = &table.rows[1].cells[1][0] else { panic!() };
        let at = |place: Place| &text[place.at as usize..];
        assert!(at(table.place).starts_with("#|"));
        assert!(at(table.rows[1].place).starts_with("|| é"));
        assert!(at(last.place()).starts_with("`f`"));
    }

    #[test]
    fn deep_nesting_is_flattened_not_followed() {
        for mark in ["> ", "- ", "1. ", "* > "] {
            let text = mark.repeat(20_000) + "a";
            assert!(shown(&text).contains("p(a"), "{mark}");
        }
        let table = "#|\n|| a | ".repeat(200) + "b" + &" ||\n|#".repeat(200);
        assert!(shown(&table).starts_with("#[p(a),#[p(a),"));
    }

    /// Pages of one construct over and over, closed and not; work that grew with the square of their length would
    /// keep this test busy for minutes.
    #[test]
    fn a_page_costs_no_more_than_its_length() {
        const SIZE: usize = 100_000;
        let repeat = |piece: &str| piece.repeat(SIZE / piece.len());
        let pieces = [
            "#|",
            "|#",
            "||",
            "|",
            "|| a | b ||",
            "|| a ||\n",
            "#|\n|| a ||\n|#\n",
            "#|\n|| ",
            "{%",
            "{% cut %}",
            "{% note info %}",
            "{% endnote %}",
            "{% list tabs %}\n- a\n",
            "{% if build == 'dev' %}",
            "{% else %}",
            "{% endif %}",
            "{% cut %}{% endnote %}",
            "{% x %}",
            "<!--",
            "<!-- -->",
            "`",
            "` `` ",
            "```a\n",
            "```\n",
            "~~~\n",
            "````\n```a\n",
            "\\",
            "[a]",
            "[a]: b\n",
            "[",
            "](",
            "![",
            "**a",
            "*a_",
            "~~",
            "> ",
            "- ",
            "1. ",
            "- a\n",
            "# a {#b}\n",
            "{#b} ",
            "<a>",
            "&amp;",
            "\n",
            " ",
            "\t",
            "a\n    b\n",
            "| a | b |\n",
            "|-|-|\n",
            "{% include [a](b.md) %}",
            "é|",
        ];
        for piece in pieces {
            blocks(&repeat(piece));
            blocks(&("#|\n|| ".to_owned() + &repeat(piece) + " ||\n|#"));
        }
        // Marks of ever other lengths, opened or closed first.
        let lengths = 3..900;
        let spans: String = lengths.clone().map(|n| "`".repeat(n) + " ").collect();
        let fences: String = lengths.clone().rev().map(|n| "`".repeat(n) + "a\n").collect();
        let closing = "```\n".repeat(SIZE / 4);
        for text in [
            &spans,
            &fences,
            &(fences.clone() + &closing),
            &("[a]: ".to_owned() + &"b".repeat(SIZE) + "\n\n" + &repeat("[a] ")),
        ] {
            blocks(text);
        }
        let anchors = "# a ".to_owned() + &repeat("{#b}");
        assert_eq!(blocks(&anchors).len(), 1);
    }

    /// Text made of what the readers look for.
    fn page() -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &[
            "#|",
            "|#",
            "||",
            "|",
            "\n",
            "\n\n",
            " ",
            "    ",
            "- ",
            "1. ",
            "> ",
            "## ",
            "`",
            "```",
            "~~~",
            "\\",
            "\\|",
            "**",
            "[a]",
            "[a](b.md)",
            "[a]: c\n",
            "{% list tabs %}",
            "{% endlist %}",
            "{% cut \"x\" %}",
            "{% endcut %}",
            "{% note info %}",
            "{% endnote %}",
            "{% if build == 'dev' %}",
            "{% if x %}",
            "{% else %}",
            "{% endif %}",
            "{% include [a](b.md) %}",
            "{%",
            "%}",
            "{#a}",
            "<!--",
            "-->",
            "<b>",
            "é",
            "текст",
            "a",
            "|>",
            "\u{fffd}",
            "\r",
        ];
        proptest::collection::vec(proptest::sample::select(PARTS), 0..80).prop_map(|parts| parts.concat())
    }

    /// Every place of every block, in the order of a walk.
    fn places(blocks: &[Block<'_>], out: &mut Vec<u32>) {
        for block in blocks {
            match block {
                Block::Heading(heading) => out.push(heading.place.at),
                Block::Paragraph(text) => out.extend(text.runs.iter().map(|run| run.place.at)),
                Block::Code(code) => out.push(code.place.at),
                Block::List(items) => items.iter().for_each(|item| places(item, out)),
                Block::Table(table) => {
                    out.push(table.place.at);
                    for row in &table.rows {
                        out.push(row.place.at);
                        row.cells.iter().for_each(|cell| places(cell, out));
                    }
                }
                Block::Tabs(tabs) => tabs.iter().for_each(|tab| places(&tab.blocks, out)),
                Block::Cut(_, inside) | Block::Quote(inside) => places(inside, out),
                Block::Note(note) => places(&note.blocks, out),
                Block::Include(mark) => out.push(mark.place.at),
            }
        }
    }

    proptest! {
        #[test]
        fn a_plain_piece_is_what_the_parser_makes_of_it(text in "[ ]{0,5}[`]?[a1.)ё:;=> _#|+,\"'/(^$-]{0,12}[`]?[ ]{0,3}") {
            let lines = vec![0];
            let reader = Reader { text: &text, source: 0, references: HashMap::new(), budget: Cell::new(0), lines };
            if let Some(run) = reader.plain(&(0..text.len())) {
                let view = View { text: Cow::Borrowed(&text), steps: vec![(0, 0)] };
                let parsed = reader.events(&text, &view, &|_| None, Cow::from);
                let mut places = Vec::new();
                self::places(&parsed, &mut places);
                let own = Text { runs: vec![run] };
                prop_assert_eq!(show(&parsed), if own.is_blank() { String::new() } else { format!("p({})", runs(&own)) });
                prop_assert!(own.is_blank() || places == [own.place().at]);
            }
        }

        #[test]
        fn any_page_is_read_and_every_place_is_in_it(text in prop_oneof![page(), "\\PC{0,60}"]) {
            let blocks = blocks(&text);
            let mut found = Vec::new();
            places(&blocks, &mut found);
            prop_assert!(found.iter().all(|at| text.is_char_boundary(*at as usize)), "{found:?}");
            prop_assert!(!show(&blocks).contains(MARKER), "{}", show(&blocks));
        }

        #[test]
        fn a_cut_page_is_read(text in page(), at in any::<proptest::sample::Index>()) {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let cut = *at.get(&ends);
            blocks(&text[..cut]);
            blocks(&text[cut..]);
        }
    }
}
