//! A page with everything that the rules ask of it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use super::finding::Mark;
use super::text::Texts;
use super::{Folder, locate};
use crate::docs::Source;
use crate::facts::page_facts::PageFacts;
use crate::model::{Event, Field, Method};
use crate::page::Place;

/// A folder with what its pages are asked for.
pub(super) struct Pages<'c> {
    pub(super) index: usize,
    pub(super) folder: &'c Folder,
    methods: HashMap<&'c str, &'c Method>,
    events: HashMap<&'c str, &'c Event>,
    pub(super) texts: Texts<'c>,
}

impl<'c> Pages<'c> {
    /// The pages of `folder`; `index` is its index among the folders that are checked.
    pub(super) fn new(index: usize, folder: &'c Folder) -> Self {
        Pages {
            index,
            folder,
            methods: folder.model.methods.iter().map(|method| (method.page.as_str(), method)).collect(),
            events: folder.model.events.iter().map(|event| (event.page.as_str(), event)).collect(),
            texts: Texts::new(&folder.docs),
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
    texts: &'c Texts<'c>,
    /// The pages whose prose counts as this one's.
    near: OnceLock<BTreeSet<u32>>,
}

impl<'c> Page<'c> {
    pub(super) fn new(pages: &'c Pages<'c>, facts: &'c PageFacts) -> Self {
        let source = pages.folder.docs.source(facts.page);
        Page {
            index: pages.index,
            folder: pages.folder,
            facts,
            source,
            method: pages.methods.get(source.path.as_str()).copied(),
            event: pages.events.get(source.path.as_str()).copied(),
            texts: &pages.texts,
            near: OnceLock::new(),
        }
    }

    pub(super) fn documents(&self) -> bool {
        self.method.is_some() || self.event.is_some()
    }

    /// Whether the page's text, that of its includes, or that of a page which its tables refer to says `name` anywhere
    /// outside blocks of code.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let near = self.near.get_or_init(|| {
            let mut roots = self.facts.linked();
            roots.insert(self.facts.page);
            roots.into_iter().flat_map(|page| self.texts.with_includes(page)).collect()
        });
        let name = name.to_lowercase();
        near.iter().any(|page| word(&self.texts.of(*page).prose, &name).is_some())
    }

    /// Whether a block of code of the page says `name`.
    pub(super) fn shows(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let pages = self.texts.with_includes(self.facts.page);
        pages.into_iter().any(|page| word(&self.texts.of(page).code, &name).is_some())
    }

    pub(super) fn mark(&self, span: Range<usize>, label: impl Into<String>) -> Mark {
        Mark::new(self.index, self.folder, self.facts.page, span, label)
    }

    /// The row that states `field`: its name, where it stands in the row's line.
    pub(super) fn row(&self, field: &Field, label: impl Into<String>) -> Option<Mark> {
        row(self.index, self.folder, &field.page, field.line, &field.name, label)
    }

    /// Whether the value behind the key `at` is written in braces: a list there is what a lenient reader made of members
    /// without keys.
    pub(super) fn opens_object(&self, at: &Mark) -> bool {
        let source = self.folder.docs.find(&at.page).map(|page| self.folder.docs.source(page).text());
        let behind = source.and_then(|text| text.get(at.span.end..)).unwrap_or_default();
        behind.trim_start().strip_prefix(':').is_some_and(|value| value.trim_start().starts_with('{'))
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
