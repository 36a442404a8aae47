//! The page layer: Markdown in the docs' dialect becomes blocks, and every block knows its place.
//!
//! The pages are YFM (Diplodoc's Markdown): CommonMark with `#| … |#` tables whose cells hold blocks of their own,
//! `{% list tabs %}`, `{% cut %}`, `{% note %}`, `{% include %}`, `{% if %}` and `{#anchor}`. `scan` finds those marks
//! and lifts them out; pulldown-cmark reads the CommonMark that is left, piece by piece, in `read`.
//!
//! This layer knows the dialect, not the API: no heading or column title means anything here.

mod read;
mod scan;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use read::{MARKER, read};
pub(crate) use scan::{Fault, FaultKind, Yfm, YfmKind, scan};

/// A place: which source, and the byte in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the source among the docs' sources.
    pub source: u32,
    /// Byte offset.
    pub at: u32,
}

/// A block of a page.
#[derive(Clone, Debug)]
pub enum Block<'a> {
    /// `## Title {#anchor}`
    Heading(Heading<'a>),
    /// Running text.
    Paragraph(Text<'a>),
    /// A fenced or indented block of code.
    Code(Code<'a>),
    /// A list: each item is blocks.
    List(Vec<Vec<Block<'a>>>),
    /// A `#| … |#` table, or a pipe table.
    Table(Table<'a>),
    /// `{% list tabs %}`: titled alternatives.
    Tabs(Vec<Tab<'a>>),
    /// `{% cut "title" %}`
    Cut(String, Vec<Block<'a>>),
    /// `{% note kind "title" %}`
    Note(Note<'a>),
    /// `> …`
    Quote(Vec<Block<'a>>),
    /// `{% include [..](path) %}`, not yet followed.
    Include(IncludeMark),
}

/// A heading.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// 1 to 6.
    pub level: u8,
    /// Its text without the anchors.
    pub text: Text<'a>,
    /// `{#anchor}` marks behind it.
    pub anchors: Vec<String>,
    /// Where it starts.
    pub place: Place,
}

/// A block of code.
#[derive(Clone, Debug)]
pub struct Code<'a> {
    /// The word behind the fence, in lower case.
    pub lang: String,
    /// The code.
    pub text: Cow<'a, str>,
    /// Where the code itself starts.
    pub place: Place,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table<'a> {
    /// The rows, the heading row (where there is one) among them.
    pub rows: Vec<Row<'a>>,
    /// Where it starts.
    pub place: Place,
}

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub struct Row<'a> {
    /// Its cells; a cell that spans columns stands once.
    pub cells: Vec<Vec<Block<'a>>>,
    /// Where it starts.
    pub place: Place,
}

/// One tab of `{% list tabs %}`.
#[derive(Clone, Debug)]
pub struct Tab<'a> {
    /// Its title.
    pub title: String,
    /// What it shows.
    pub blocks: Vec<Block<'a>>,
}

/// `{% note kind "title" %}`
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// `info`, `tip`, `warning`, `alert`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block<'a>>,
}

/// `{% include [..](path) %}`
#[derive(Clone, Debug, PartialEq)]
pub struct IncludeMark {
    /// As written; `path#anchor` includes one section.
    pub path: String,
    /// Whether the included page's first heading is left out.
    pub notitle: bool,
    /// Where it stands.
    pub place: Place,
}

/// Running text as a flat list of runs.
#[derive(Clone, Debug, Default)]
pub struct Text<'a> {
    /// The runs, in order.
    pub runs: Vec<Run<'a>>,
}

/// A piece of text of one style.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// The text; `"\n"` for a line break of the source.
    pub text: Cow<'a, str>,
    /// Whether it is code.
    pub code: bool,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is struck through.
    pub struck: bool,
    /// Where it leads, as written.
    pub link: Option<Arc<str>>,
    /// Where it starts.
    pub place: Place,
}

impl Text<'_> {
    /// The text alone, line breaks as `\n`.
    pub fn plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_ref()).collect()
    }

    /// Where the text starts.
    pub fn place(&self) -> Place {
        self.runs.first().map(|run| run.place).unwrap_or_default()
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| run.text.trim().is_empty())
    }
}
