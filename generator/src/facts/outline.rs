//! A page as a list of sections, with its includes put in their places.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::page::{Block, Heading, IncludeMark, Place};
use crate::vocabulary::{self, Role, Vocabulary};

/// Includes within includes beyond this depth are not followed.
const MAX_INCLUDES: usize = 8;

/// A page takes in no more pages than this, those within others counted: depth alone does not bound them.
const MAX_INCLUDED: usize = 256;

/// The pages of a docs folder as blocks, each read when first asked for.
#[derive(Debug)]
pub struct Library<'a> {
    /// The folder.
    pub docs: &'a Docs,
    blocks: Vec<OnceLock<Vec<Block<'a>>>>,
}

impl<'a> Library<'a> {
    /// A library over `docs`; nothing is read yet.
    pub fn new(docs: &'a Docs) -> Self {
        Library { docs, blocks: docs.sources().iter().map(|_| OnceLock::new()).collect() }
    }

    /// The blocks of page `number`.
    pub fn blocks(&self, number: u32) -> &[Block<'a>] {
        self.blocks[number as usize].get_or_init(|| self.docs.source(number).blocks(number))
    }
}

/// A heading and what stands below it, up to the next heading.
#[derive(Debug)]
pub struct Section<'l, 'a> {
    /// `None` for what stands before the first heading.
    pub heading: Option<&'l Heading<'a>>,
    /// The heading's text.
    pub title: String,
    /// 0 before the first heading.
    pub level: u8,
    /// Index of the section that this one is part of.
    pub parent: Option<usize>,
    /// Own role, or the nearest one above.
    pub role: Option<Role>,
    /// Title of the tab it stands in.
    pub tab: Option<String>,
    /// What stands below the heading. Cuts are unfolded.
    pub blocks: Vec<&'l Block<'a>>,
}

/// A page's sections.
#[derive(Debug)]
pub struct Outline<'l, 'a> {
    /// Number of the page.
    pub page: u32,
    /// The page's language.
    pub words: &'static Vocabulary,
    /// In the page's order.
    pub sections: Vec<Section<'l, 'a>>,
}

/// Puts a page's blocks under its headings.
pub fn outline<'l, 'a>(library: &'l Library<'a>, page: u32, faults: &mut Vec<Diagnostic>) -> Outline<'l, 'a> {
    let blocks = library.blocks(page);
    let mut headings = String::new();
    collect_headings(blocks, &mut headings);
    let words = vocabulary::recognise(&headings);
    let first = Section {
        heading: None,
        title: String::new(),
        level: 0,
        parent: None,
        role: None,
        tab: None,
        blocks: Vec::new(),
    };
    let mut walk = Walk { library, words, sections: vec![first], faults, seen: HashSet::new(), included: 0 };
    walk.blocks(blocks, None, &mut vec![page]);
    Outline { page, words, sections: walk.sections }
}

fn collect_headings(blocks: &[Block<'_>], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(heading) => out.push_str(&heading.text.plain()),
            Block::Tabs(tabs) => tabs.iter().for_each(|tab| collect_headings(&tab.blocks, out)),
            _ => {}
        }
    }
}

struct Walk<'l, 'a, 'f> {
    library: &'l Library<'a>,
    words: &'static Vocabulary,
    sections: Vec<Section<'l, 'a>>,
    faults: &'f mut Vec<Diagnostic>,
    seen: HashSet<(u32, String)>,
    /// Pages that were taken in so far.
    included: usize,
}

impl<'l, 'a> Walk<'l, 'a, '_> {
    fn blocks(&mut self, blocks: &'l [Block<'a>], tab: Option<&str>, includes: &mut Vec<u32>) {
        for block in blocks {
            match block {
                Block::Heading(heading) => self.open(heading, tab),
                Block::Cut(_, inside) => self.blocks(inside, tab, includes),
                Block::Tabs(tabs) if tabs.iter().any(|tab| has_heading(&tab.blocks)) => {
                    let before = self.sections.len() - 1;
                    for tab in tabs {
                        self.resume(before, Some(&tab.title));
                        self.blocks(&tab.blocks, Some(&tab.title), includes);
                    }
                    self.resume(before, tab);
                }
                Block::Include(mark) => self.include(mark, tab, includes),
                block => {
                    if let Some(section) = self.sections.last_mut() {
                        section.blocks.push(block);
                    }
                }
            }
        }
    }

    fn open(&mut self, heading: &'l Heading<'a>, tab: Option<&str>) {
        let title = heading.text.plain().trim().to_owned();
        let parent = self.parent(heading.level);
        let own = if heading.level == 1 { None } else { self.words.role(&title) };
        let role = own.or_else(|| parent.and_then(|p| self.sections[p].role));
        self.sections.push(Section {
            heading: Some(heading),
            title,
            level: heading.level,
            parent,
            role,
            tab: tab.map(str::to_owned),
            blocks: Vec::new(),
        });
    }

    fn parent(&self, level: u8) -> Option<usize> {
        let mut at = Some(self.sections.len() - 1);
        while let Some(i) = at {
            if self.sections[i].level < level {
                return Some(i);
            }
            at = self.sections[i].parent;
        }
        None
    }

    /// Goes on under section `index`, which another tab may have left.
    fn resume(&mut self, index: usize, tab: Option<&str>) {
        let from = &self.sections[index];
        let again = Section {
            heading: from.heading,
            title: from.title.clone(),
            level: from.level,
            parent: from.parent,
            role: from.role,
            tab: tab.map(str::to_owned),
            blocks: Vec::new(),
        };
        self.sections.push(again);
    }

    fn include(&mut self, mark: &'l IncludeMark, tab: Option<&str>, includes: &mut Vec<u32>) {
        let docs = self.library.docs;
        let Some(page) = docs.resolve(mark.place.source, &mark.path) else {
            if self.seen.insert((mark.place.source, mark.path.clone())) {
                let message = format!(
                    "the include `{}` is not a page of the docs folder: what it holds is missing; mend the path",
                    mark.path
                );
                self.faults.push(docs.report(Code::BrokenInclude, mark.place, message));
            }
            return;
        };
        if includes.contains(&page) || includes.len() > MAX_INCLUDES {
            let message = format!("the include `{}` leads back to itself or too deep: it is left out", mark.path);
            self.faults.push(docs.report(Code::BrokenInclude, mark.place, message));
            return;
        }
        self.included += 1;
        if self.included > MAX_INCLUDED {
            if self.included == MAX_INCLUDED + 1 {
                let message = format!("the page includes more than {MAX_INCLUDED} pages: the rest is left out");
                self.faults.push(docs.report(Code::BrokenInclude, mark.place, message));
            }
            return;
        }
        includes.push(page);
        let blocks = self.library.blocks(page);
        let blocks = match mark.path.split_once('#') {
            Some((_, anchor)) => anchored(blocks, anchor),
            None => blocks,
        };
        let skip = usize::from(mark.notitle && matches!(blocks.first(), Some(Block::Heading(h)) if h.level == 1));
        self.blocks(&blocks[skip..], tab, includes);
        includes.pop();
    }
}

fn has_heading(blocks: &[Block<'_>]) -> bool {
    blocks.iter().any(|block| matches!(block, Block::Heading(_)))
}

/// The section of `blocks` with this anchor.
fn anchored<'l, 'a>(blocks: &'l [Block<'a>], anchor: &str) -> &'l [Block<'a>] {
    let is_start = |b: &Block<'_>| matches!(b, Block::Heading(h) if h.anchors.iter().any(|a| a == anchor));
    let Some(start) = blocks.iter().position(is_start) else { return blocks };
    let Block::Heading(own) = &blocks[start] else { return blocks };
    let end = blocks[start + 1..]
        .iter()
        .position(|b| matches!(b, Block::Heading(h) if h.level <= own.level))
        .map_or(blocks.len(), |n| start + 1 + n);
    &blocks[start..end]
}

impl Section<'_, '_> {
    /// Where it starts.
    pub fn place(&self) -> Place {
        self.heading.map(|h| h.place).unwrap_or_default()
    }

    /// Whether a link to `#anchor` leads here.
    pub fn answers(&self, anchor: &str) -> bool {
        let Some(heading) = self.heading else { return false };
        let anchor = anchor.to_lowercase();
        heading.anchors.iter().any(|a| a.to_lowercase() == anchor) || slug(&self.title) == anchor
    }
}

/// The anchor that a renderer makes from a heading without one.
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.to_lowercase().chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if (c.is_whitespace() || c == '-') && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sections of the page `m.md` as `level:title(blocks)`, and the codes and lines of what is reported.
    fn sections(pages: &[(&str, &str)]) -> (Vec<String>, Vec<(String, u32)>) {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
        let docs = Docs::new(pages.iter().map(owned).collect(), &[]);
        let library = Library::new(&docs);
        let mut faults = Vec::new();
        let outline = outline(&library, docs.find("m.md").unwrap(), &mut faults);
        let show = |s: &Section<'_, '_>| format!("{}:{}({})", s.level, s.title, s.blocks.len());
        (outline.sections.iter().map(show).collect(), faults.into_iter().map(|f| (f.code, f.line)).collect())
    }

    #[test]
    fn includes_stand_in_their_places() {
        let pages = [
            ("m.md", "# M\n\n{% include notitle [x](_includes/a.md) %}\n\n{% include [x](_includes/a.md#part) %}\n"),
            ("_includes/a.md", "# A\n\none\n\n## Part {#part}\n\ntwo\n\n## Rest\n"),
        ];
        let (sections, faults) = sections(&pages);
        assert_eq!(sections, ["0:(0)", "1:M(1)", "2:Part(1)", "2:Rest(0)", "2:Part(1)"]);
        assert_eq!(faults, []);
    }

    #[test]
    fn an_include_that_leaves_the_folder_or_leads_nowhere_is_reported() {
        let pages = [("m.md", "# M\n\n{% include [x](../../../x) %}\n\n{% include [x](none.md) %}\n\na\n")];
        let (sections, faults) = sections(&pages);
        assert_eq!(sections, ["0:(0)", "1:M(1)"]);
        assert_eq!(faults, [("B009".to_owned(), 3), ("B009".to_owned(), 5)]);
    }

    #[test]
    fn includes_that_lead_back_to_themselves_end() {
        let pages = [
            ("m.md", "# M\n\n{% include [x](a.md) %}\n"),
            ("a.md", "one\n\n{% include [x](m.md) %}\n\n{% include [x](a.md) %}\n"),
        ];
        let (sections, faults) = sections(&pages);
        assert_eq!(sections, ["0:(0)", "1:M(1)"]);
        assert_eq!(faults, [("B009".to_owned(), 3), ("B009".to_owned(), 5)]);
    }
}
