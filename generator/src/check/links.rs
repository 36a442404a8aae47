//! Links to pages and to places in pages that are not there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use super::Folder;
use super::finding::Finding;
use super::page::Page;
use crate::diagnostic::Code;
use crate::docs::Docs;

/// Includes within includes beyond this depth are not looked at.
const MAX_INCLUDES: usize = 4;

/// The anchors of each page, read when first asked for.
pub(super) struct Targets<'c> {
    docs: &'c Docs,
    anchors: Vec<OnceLock<HashSet<String>>>,
}

impl<'c> Targets<'c> {
    pub(super) fn new(folder: &'c Folder) -> Self {
        let docs = &folder.docs;
        Targets { docs, anchors: docs.sources().iter().map(|_| OnceLock::new()).collect() }
    }

    fn has(&self, page: u32, anchor: &str) -> bool {
        let anchors = self.anchors[page as usize].get_or_init(|| {
            let mut out = HashSet::new();
            anchors(self.docs, page, &mut out, 0);
            out
        });
        let wanted = plain(anchor);
        // A renderer numbers headings of one text.
        let unnumbered = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
        wanted.is_empty() || anchors.contains(&wanted) || anchors.contains(unnumbered)
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
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
        }
        undecided += line.matches("{% if ").count();
        undecided = undecided.saturating_sub(line.matches("{% endif").count());
        if fenced || undecided > 0 || trimmed.starts_with("{% include") {
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

/// The anchors of a page, as [`plain`] writes them.
fn anchors(docs: &Docs, page: u32, out: &mut HashSet<String>, depth: usize) {
    let mut fenced = false;
    for line in docs.source(page).text().lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
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
        if trimmed.starts_with('#') {
            let title = trimmed.trim_start_matches('#');
            out.insert(plain(title.split("{#").next().unwrap_or_default()));
        }
        if trimmed.starts_with("{% cut") || trimmed.starts_with("{% list") {
            out.insert(plain(trimmed.split('"').nth(1).unwrap_or_default()));
        }
        if depth < MAX_INCLUDES && trimmed.starts_with("{% include") {
            let target = line.split("](").nth(1).and_then(|rest| rest.split(')').next());
            if let Some(page) = target.and_then(|target| docs.resolve(page, target)) {
                anchors(docs, page, out, depth + 1);
            }
        }
    }
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
