//! Reads a page's CommonMark with pulldown-cmark and puts the YFM blocks back in their places.
//!
//! Each piece of the page (its top level, a cell, a note's inside) is a [`View`]: the source's text with the blocks of
//! the next level replaced by short markers and with the piece's own indentation removed. A view knows the source
//! offset of each of its bytes. Reference links may be defined at the page's end, so their definitions are found
//! beforehand and handed to every piece.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::scan::{Content, RowSpan, Yfm, YfmKind};
use super::{Block, Code, Heading, IncludeMark, Note, Place, Row, Run, Tab, Table, Text};

/// Stands in a view where a YFM block stood; sources never contain it (`docs` replaces it on reading).
pub(crate) const MARKER: char = '\u{1}';

/// Lists and quotes nested deeper than this are read as if they stood at this depth.
const MAX_NESTING: usize = 64;

/// What the references of a small page may grow to, in bytes.
const LEAST_BUDGET: usize = 100_000;

/// Reads `text`, whose YFM blocks are `yfm`, as source number `source`.
pub(crate) fn read<'a>(text: &'a str, yfm: &[Yfm], source: u32) -> Vec<Block<'a>> {
    let references = references(text);
    let budget = Cell::new(text.len().max(LEAST_BUDGET));
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    Reader { text, source, references, budget, lines }.piece(0..text.len(), yfm)
}

/// `[label]: target` definitions of a whole page.
fn references(text: &str) -> HashMap<String, String> {
    let mut out = HashMap::new();
    if !text.contains("]:") {
        return out;
    }
    for line in text.lines() {
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
        let view = self.view(span, children);
        let inserted = |id: usize| -> Option<Block<'a>> { children.get(id).and_then(|yfm| self.block(yfm)) };
        match &view.text {
            Cow::Borrowed(text) => self.events(text, &view, &inserted, Cow::from),
            Cow::Owned(text) => self.events(text, &view, &inserted, |text| Cow::Owned(text.into_string())),
        }
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
                let end = self.text[at..to].find('\n').map_or(to, |n| at + n + 1);
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
        let line = self.lines.partition_point(|start| *start <= span.start);
        let line = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        // At the left margin nothing needs to be removed: the usual case.
        if span.start > 0 && blank(&bytes[line..span.start]) == 0 {
            return 0;
        }
        let lines = self.text[span.clone()].split('\n').skip(usize::from(span.start != line));
        lines.filter(|l| !l.trim().is_empty()).map(|l| blank(l.as_bytes())).min().unwrap_or(0)
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
        let mut out = Builder { frames: vec![Frame::default()], ..Builder::default() };
        for (event, range) in parser {
            let place = self.place(view.source_at(range.start));
            match event {
                Event::Start(tag) => out.start(tag, place),
                Event::End(TagEnd::CodeBlock) => out.end_code(inserted),
                Event::End(tag) => out.end(tag),
                Event::Text(text) if out.code.is_some() => out.code_text(own(text), place),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    out.text(own(text), false, place, inserted);
                }
                Event::Code(text) => out.text(own(text), true, place, inserted),
                Event::SoftBreak | Event::HardBreak => out.text(Cow::Borrowed("\n"), false, place, inserted),
                _ => {}
            }
        }
        out.frames.truncate(1);
        out.flush();
        out.frames.pop().map(|frame| frame.blocks).unwrap_or_default()
    }
}

/// One open container: a list, an item, a quote.
#[derive(Default)]
struct Frame<'a> {
    blocks: Vec<Block<'a>>,
    items: Vec<Vec<Block<'a>>>,
    table: Option<Table<'a>>,
}

#[derive(Default)]
struct Builder<'a> {
    frames: Vec<Frame<'a>>,
    runs: Vec<Run<'a>>,
    bold: u32,
    struck: u32,
    links: Vec<Arc<str>>,
    heading: Option<(u8, Place)>,
    code: Option<Code<'a>>,
    /// Containers open beyond [`MAX_NESTING`]; they have no frame.
    beyond: usize,
}

impl<'a> Builder<'a> {
    fn push(&mut self, block: Block<'a>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks.push(block);
        }
    }

    /// Ends the paragraph that the runs so far make up.
    fn flush(&mut self) {
        let text = Text { runs: std::mem::take(&mut self.runs) };
        if !text.is_blank() {
            self.push(Block::Paragraph(text));
        }
    }

    fn start(&mut self, tag: Tag<'_>, place: Place) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some((level_number(level), place));
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let lang = match kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some(Code { lang, text: Cow::Borrowed(""), place });
            }
            Tag::List(_) | Tag::Item | Tag::BlockQuote(_) => {
                self.flush();
                // A list without a frame has items without frames: whole levels only.
                if self.beyond > 0 || self.frames.len() >= MAX_NESTING && !matches!(tag, Tag::Item) {
                    self.beyond += 1;
                } else {
                    self.frames.push(Frame::default());
                }
            }
            Tag::Table(_) => {
                self.flush();
                let table = Table { rows: Vec::new(), place };
                self.frames.push(Frame { table: Some(table), ..Frame::default() });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = self.frames.last_mut().and_then(|f| f.table.as_mut()) {
                    table.rows.push(Row { cells: Vec::new(), place });
                }
            }
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { dest_url, .. } => self.links.push(Arc::from(&*dest_url)),
            Tag::Image { .. } => self.links.push(Arc::from("")),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(_) => {
                let mut text = Text { runs: std::mem::take(&mut self.runs) };
                let anchors = take_anchors(&mut text);
                if let Some((level, place)) = self.heading.take() {
                    self.push(Block::Heading(Heading { level, text, anchors, place }));
                }
            }
            TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_) if self.beyond > 0 => {
                self.flush();
                self.beyond -= 1;
            }
            TagEnd::Item => {
                self.flush();
                if let (Some(item), Some(list)) = (self.frames.pop(), self.frames.last_mut()) {
                    list.items.push(item.blocks);
                }
            }
            TagEnd::List(_) => {
                self.flush();
                if let Some(list) = self.frames.pop() {
                    self.push(Block::List(list.items));
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                if let Some(quote) = self.frames.pop() {
                    self.push(Block::Quote(quote.blocks));
                }
            }
            TagEnd::TableCell => {
                self.flush();
                if let Some(frame) = self.frames.last_mut() {
                    let blocks = std::mem::take(&mut frame.blocks);
                    if let Some(row) = frame.table.as_mut().and_then(|t| t.rows.last_mut()) {
                        row.cells.push(blocks);
                    }
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.frames.pop().and_then(|f| f.table) {
                    self.push(Block::Table(table));
                }
            }
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => {
                self.links.pop();
            }
            _ => {}
        }
    }

    fn code_text(&mut self, text: Cow<'a, str>, place: Place) {
        if let Some(code) = &mut self.code {
            if code.text.is_empty() {
                code.text = text;
                code.place = place;
            } else {
                code.text.to_mut().push_str(&text);
            }
        }
    }

    /// Ends a block of code. Where it is indented or never closed there may be YFM blocks in it: they part it.
    fn end_code(&mut self, inserted: &dyn Fn(usize) -> Option<Block<'a>>) {
        let Some(code) = self.code.take() else { return };
        if !code.text.contains(MARKER) {
            self.push(Block::Code(code));
            return;
        }
        for (i, part) in code.text.split(MARKER).enumerate() {
            if i % 2 == 1 {
                if let Some(block) = part.parse().ok().and_then(inserted) {
                    self.push(block);
                }
            } else if !part.trim().is_empty() {
                let text = Cow::Owned(part.to_owned());
                self.push(Block::Code(Code { lang: code.lang.clone(), text, place: code.place }));
            }
        }
    }

    /// Adds a run; a marker in it ends the paragraph and puts its block there.
    fn text(&mut self, text: Cow<'a, str>, code: bool, place: Place, inserted: &dyn Fn(usize) -> Option<Block<'a>>) {
        let run = |text: Cow<'a, str>, this: &Self| Run {
            text,
            code,
            bold: this.bold > 0,
            struck: this.struck > 0,
            link: this.links.last().cloned(),
            place,
        };
        if !text.contains(MARKER) {
            let run = run(text, self);
            self.runs.push(run);
            return;
        }
        for (i, part) in text.split(MARKER).enumerate() {
            let block = if i % 2 == 1 { part.parse().ok().and_then(inserted) } else { None };
            match block {
                Some(block) => {
                    self.flush();
                    self.push(block);
                }
                None if part.is_empty() => {}
                None => {
                    let run = run(Cow::Owned(part.to_owned()), self);
                    self.runs.push(run);
                }
            }
        }
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Takes `{#anchor}` marks off a heading's end.
fn take_anchors(text: &mut Text<'_>) -> Vec<String> {
    let mut anchors = Vec::new();
    while let Some(run) = text.runs.last_mut().filter(|run| !run.code) {
        let mut rest = run.text.trim_end();
        let before = anchors.len();
        while let Some(open) = rest.rfind("{#").filter(|_| rest.ends_with('}')) {
            anchors.push(rest[open + 2..rest.len() - 1].trim().to_owned());
            rest = rest[..open].trim_end();
        }
        if anchors.len() == before {
            break;
        }
        if !rest.is_empty() {
            run.text = Cow::Owned(rest.to_owned());
            break;
        }
        text.runs.pop();
    }
    anchors.reverse();
    anchors
}
