//! One thing that is wrong, with the places that show it.

use std::ops::Range;

use super::Folder;
use crate::diagnostic::{Code, Position, Severity};

/// One thing that is wrong with the docs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub at: Mark,
    /// What it contradicts, or where else to look.
    pub related: Vec<Mark>,
}

/// A place in a page and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Index of the folder.
    pub folder: usize,
    /// The page, relative to its folder.
    pub page: String,
    /// The bytes.
    pub span: Range<usize>,
    /// Where they start.
    pub start: Position,
    /// Where they end.
    pub end: Position,
    /// A few words to stand beside them; empty where the message says it all.
    pub label: String,
}

impl Finding {
    pub(super) fn new(code: Code, at: Mark, message: impl Into<String>) -> Self {
        Finding { code, severity: code.severity(), message: message.into(), at, related: Vec::new() }
    }

    pub(super) fn with(mut self, related: Option<Mark>) -> Self {
        self.related.extend(related);
        self
    }

    /// What findings are ordered by.
    pub(super) fn key(&self) -> (usize, &str, usize, &str, &str) {
        (self.at.folder, &self.at.page, self.at.span.start, self.code.text(), &self.message)
    }
}

impl Mark {
    /// The bytes `span` of `page`; an empty span is widened to what stands there, up to the end of the line.
    pub(super) fn new(index: usize, folder: &Folder, page: u32, span: Range<usize>, label: impl Into<String>) -> Self {
        let source = folder.docs.source(page);
        let text = source.text();
        let start = floor(text, span.start);
        let end = if span.end > start { ceil(text, span.end) } else { end_of_line(text, start) };
        Mark {
            folder: index,
            page: source.path.clone(),
            span: start..end,
            start: source.position(start),
            end: source.position(end),
            label: label.into(),
        }
    }
}

/// The end of the line that `at` stands in, without white space at its end.
pub(super) fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.trim_end().len()
}

/// The nearest boundary of characters at or before `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
