//! Links to pages and to places in pages that are not there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use super::finding::Finding;
use super::page::Page;
use super::text::{Texts, is_fence};
use crate::diagnostic::Code;
use crate::docs::Docs;

/// The anchors of each page, read when first asked for.
pub(super) struct Targets<'c> {
    docs: &'c Docs,
    texts: &'c Texts<'c>,
    anchors: Vec<OnceLock<HashSet<String>>>,
}

impl<'c> Targets<'c> {
    pub(super) fn new(docs: &'c Docs, texts: &'c Texts<'c>) -> Self {
        Targets { docs, texts, anchors: docs.sources().iter().map(|_| OnceLock::new()).collect() }
    }

    /// Whether `page`, or a page that it includes, has `anchor`.
    fn has(&self, page: u32, anchor: &str) -> bool {
        let wanted = plain(anchor);
        // A renderer numbers headings of one text.
        let unnumbered = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
        wanted.is_empty()
            || self.texts.with_includes(page).into_iter().any(|page| {
                let own = self.anchors[page as usize].get_or_init(|| anchors(self.docs.source(page).text()));
                own.contains(&wanted) || own.contains(unnumbered)
            })
    }
}

pub(super) fn findings(page: &Page<'_>, targets: &Targets<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let from = page.facts.page;
    for (span, target) in links(page.source.text()) {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let local = path.is_empty() || std::path::Path::new(path).extension().is_some_and(|e| e == "md");
        let elsewhere = path.contains("://") || path.contains('%') || path.contains('{');
        if !local || elsewhere {
            continue;
        }
        let Some(to) = page.folder.docs.resolve(from, target) else {
            let message = format!("the link leads to `{path}`, which is not a page of the docs");
            out.push(Finding::new(Code::BrokenLink, page.mark(span, "no such page"), message));
            continue;
        };
        // What an include calls its own page is the page that includes it.
        let included = path.is_empty() && page.source.path.split('/').any(|part| part == "_includes");
        if !anchor.is_empty() && !included && !targets.has(to, anchor) {
            let where_to = if path.is_empty() { "the page" } else { path };
            let message = format!("the link leads to `#{anchor}`, which {where_to} does not have");
            out.push(Finding::new(Code::BrokenAnchor, page.mark(span, "no such anchor"), message));
        }
    }
    out
}

/// The targets of a page's links outside code, with their places.
fn links(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut fenced = false;
    let mut undecided = 0usize;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if is_fence(line) {
            fenced = !fenced;
        }
        undecided += line.matches("{% if ").count();
        undecided = undecided.saturating_sub(line.matches("{% endif").count());
        if fenced || undecided > 0 || line.trim_start().starts_with("{% include") {
            continue;
        }
        for (open, _) in line.match_indices("](") {
            let inside = open + 2;
            let code = line[..open].matches('`').count() % 2 == 1 && line[inside..].contains('`');
            let image = line[..open].rfind('[').is_some_and(|bracket| line[..bracket].ends_with('!'));
            let Some(end) = line[inside..].find([')', ' ', '\n']) else { continue };
            if code || image || end == 0 {
                continue;
            }
            out.push((start + inside..start + inside + end, &line[inside..inside + end]));
        }
    }
    out
}

/// The anchors of a page without those of its includes, as [`plain`] writes them.
fn anchors(text: &str) -> HashSet<String> {
    let mut out = HashSet::new();
    let mut fenced = false;
    for line in text.lines() {
        if is_fence(line) {
            fenced = !fenced;
        }
        for mark in ["{#", "id=\"", "name=\"", "id='", "name='"] {
            for (at, _) in line.match_indices(mark) {
                let rest = &line[at + mark.len()..];
                let end = rest.find(['}', '"', '\'', ' ']).unwrap_or(rest.len());
                out.insert(plain(&rest[..end]));
            }
        }
        if fenced {
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            let title = trimmed.trim_start_matches('#');
            out.insert(plain(title.split("{#").next().unwrap_or_default()));
        }
        if trimmed.starts_with("{% cut") || trimmed.starts_with("{% list") {
            out.insert(plain(trimmed.split('"').nth(1).unwrap_or_default()));
        }
    }
    out
}

/// An anchor or a heading without what renderers treat differently: case, marks, and how Cyrillic letters are spelled.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let text = text.split("](").next().unwrap_or_default();
    for c in text.to_lowercase().chars() {
        match transliterated(c) {
            Some(letters) => out.push_str(letters),
            None if c.is_alphanumeric() => out.push(c),
            None => {}
        }
    }
    out
}

fn transliterated(c: char) -> Option<&'static str> {
    const LETTERS: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h",
        "c", "ch", "sh", "sh", "", "y", "", "e", "yu", "ya",
    ];
    match c {
        'ё' => Some("yo"),
        'а'..='я' => LETTERS.get(c as usize - 'а' as usize).copied(),
        _ => None,
    }
}
