//! Blocks out of pulldown-cmark's events over one view.

use std::borrow::Cow;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, CowStr, HeadingLevel, Tag, TagEnd};

use super::MARKER;
use crate::page::{Block, Code, Heading, Place, Row, Run, Table, Text};

/// Lists and quotes nested deeper than this are read as if they stood at this depth.
const MAX_NESTING: usize = 64;

/// One open container: a list, an item, a quote.
#[derive(Default)]
struct Frame<'a> {
    blocks: Vec<Block<'a>>,
    items: Vec<Vec<Block<'a>>>,
    table: Option<Table<'a>>,
}

#[derive(Default)]
pub(super) struct Builder<'a> {
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
    pub(super) fn new() -> Self {
        Builder { frames: vec![Frame::default()], ..Builder::default() }
    }

    /// Whether the next text is code.
    pub(super) fn in_code(&self) -> bool {
        self.code.is_some()
    }

    /// The blocks, once every event was told.
    pub(super) fn finish(mut self) -> Vec<Block<'a>> {
        self.frames.truncate(1);
        self.flush();
        self.frames.pop().map(|frame| frame.blocks).unwrap_or_default()
    }

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

    pub(super) fn start(&mut self, tag: Tag<'_>, place: Place) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some((level_number(level), place));
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info,
                    CodeBlockKind::Indented => CowStr::Borrowed(""),
                };
                let lang = info.split([' ', ',', '{', MARKER]).next().unwrap_or_default().to_lowercase();
                // A fence that never closes may have a YFM block behind its language.
                let text = info.find(MARKER).map_or(Cow::Borrowed(""), |at| Cow::Owned(info[at..].to_owned()));
                self.code = Some(Code { lang, text, place });
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

    pub(super) fn end(&mut self, tag: TagEnd) {
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

    /// Adds to the code: its lines come one by one.
    pub(super) fn code_text<'v>(&mut self, text: CowStr<'v>, place: Place, own: fn(CowStr<'v>) -> Cow<'a, str>) {
        if let Some(code) = &mut self.code {
            if code.text.is_empty() {
                code.text = own(text);
                code.place = place;
            } else {
                code.text.to_mut().push_str(&text);
            }
        }
    }

    /// Ends a block of code. Where it is indented or never closed there may be YFM blocks in it: they part it.
    pub(super) fn end_code(&mut self, inserted: &dyn Fn(usize) -> Option<Block<'a>>) {
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
    pub(super) fn text(
        &mut self,
        text: Cow<'a, str>,
        code: bool,
        place: Place,
        inserted: &dyn Fn(usize) -> Option<Block<'a>>,
    ) {
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
