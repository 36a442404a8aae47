//! A page with everything that the rules ask of it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use super::finding::Mark;
use super::{Folder, locate};
use crate::docs::{Docs, Source};
use crate::facts::page_facts::PageFacts;
use crate::facts::table::Row;
use crate::model::{Event, Field, Method, Model};
use crate::page::Place;

/// Includes within includes beyond this depth are not looked at.
const MAX_INCLUDES: usize = 4;

/// What each page of a folder documents.
pub(super) struct Subjects<'c> {
    methods: HashMap<&'c str, &'c Method>,
    events: HashMap<&'c str, &'c Event>,
}

impl<'c> Subjects<'c> {
    pub(super) fn new(model: &'c Model) -> Self {
        Subjects {
            methods: model.methods.iter().map(|method| (method.page.as_str(), method)).collect(),
            events: model.events.iter().map(|event| (event.page.as_str(), event)).collect(),
        }
    }
}

pub(super) struct Page<'c> {
    pub(super) index: usize,
    pub(super) folder: &'c Folder,
    pub(super) facts: &'c PageFacts,
    pub(super) source: &'c Source,
    pub(super) method: Option<&'c Method>,
    pub(super) event: Option<&'c Event>,
    prose: OnceLock<String>,
    code: OnceLock<String>,
}

impl<'c> Page<'c> {
    pub(super) fn new(index: usize, folder: &'c Folder, facts: &'c PageFacts, subjects: &Subjects<'c>) -> Self {
        let source = folder.docs.source(facts.page);
        Page {
            index,
            folder,
            facts,
            source,
            method: subjects.methods.get(source.path.as_str()).copied(),
            event: subjects.events.get(source.path.as_str()).copied(),
            prose: OnceLock::new(),
            code: OnceLock::new(),
        }
    }

    pub(super) fn documents(&self) -> bool {
        self.method.is_some() || self.event.is_some()
    }

    /// Whether the page's text, that of its includes, or that of a page which its tables refer to says `name` anywhere
    /// outside blocks of code.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let prose = self.prose.get_or_init(|| {
            let mut out = String::new();
            collect(&self.folder.docs, self.facts.page, false, &mut out, &mut Vec::new());
            for page in linked(self.facts) {
                collect(&self.folder.docs, page, false, &mut out, &mut Vec::new());
            }
            out
        });
        has_word(prose, &name.to_lowercase())
    }

    /// Whether a block of code of the page says `name`.
    pub(super) fn shows(&self, name: &str) -> bool {
        let code = self.code.get_or_init(|| {
            let mut out = String::new();
            collect(&self.folder.docs, self.facts.page, true, &mut out, &mut Vec::new());
            out
        });
        has_word(code, &name.to_lowercase())
    }

    pub(super) fn mark(&self, span: Range<usize>, label: impl Into<String>) -> Mark {
        Mark::new(self.index, self.folder, self.facts.page, span, label)
    }

    /// The row that states `field`: its name, where it stands in the row's line.
    pub(super) fn row(&self, field: &Field, label: impl Into<String>) -> Option<Mark> {
        row(self.index, self.folder, &field.page, field.line, &field.name, label)
    }

    /// The member of an example that `path` leads to; the example's first line where it cannot be told.
    pub(super) fn member(&self, example: Place, path: &[locate::Step<'_>], label: impl Into<String>) -> Mark {
        let text = self.folder.docs.source(example.source).text();
        let at = example.at as usize;
        let span = locate::member(text, at, path).unwrap_or(at..at);
        Mark::new(self.index, self.folder, example.source, span, label)
    }
}

/// The word `name` in line `line` of `page`.
pub(super) fn row(
    index: usize,
    folder: &Folder,
    page: &str,
    line: u32,
    name: &str,
    label: impl Into<String>,
) -> Option<Mark> {
    let number = folder.docs.find(page)?;
    let source = folder.docs.source(number);
    let start = source.line_start(line)?;
    let end = super::finding::end_of_line(source.text(), start);
    // The name stands in the row's first line, or below the mark that opens the row.
    let near = source.text()[start..].split_inclusive('\n').take(3).map(str::len).sum::<usize>();
    let at = word(&source.text()[start..start + near], name);
    let span = at.map_or(start..end, |at| start + at..start + at + name.len());
    Some(Mark::new(index, folder, number, span, label))
}

/// Where `name` stands in `text` as a word of its own.
pub(super) fn word(text: &str, name: &str) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    let joins = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

/// The pages that the tables' types and descriptions lead to.
fn linked(facts: &PageFacts) -> BTreeSet<u32> {
    fn add(rows: &[Row], out: &mut BTreeSet<u32>) {
        for row in rows {
            out.extend(row.doc_type.links.iter().map(|(_, page, _)| *page));
            out.extend(row.links.iter().map(|(page, _)| *page));
            add(&row.children, out);
        }
    }
    let mut out = BTreeSet::new();
    facts.tables.iter().for_each(|table| add(&table.rows, &mut out));
    out.remove(&facts.page);
    out
}

fn has_word(text: &str, name: &str) -> bool {
    word(text, name).is_some()
}

/// The lines of a page inside (or outside) fences, in lower case, and those of its includes.
fn collect(docs: &Docs, page: u32, code: bool, out: &mut String, above: &mut Vec<u32>) {
    if above.contains(&page) || above.len() > MAX_INCLUDES {
        return;
    }
    above.push(page);
    let mut fenced = false;
    for line in docs.source(page).text().lines() {
        let start = line.trim_start();
        if start.starts_with("```") || start.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        if fenced == code || code && (line.starts_with("    ") || line.starts_with('\t')) {
            out.push_str(&line.to_lowercase());
            out.push('\n');
        }
        if !fenced && start.starts_with("{% include") {
            let target = line.split("](").nth(1).and_then(|rest| rest.split(')').next());
            if let Some(page) = target.and_then(|target| docs.resolve(page, target)) {
                collect(docs, page, code, out, above);
            }
        }
    }
    above.pop();
}
