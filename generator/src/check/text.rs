//! What the pages say: prose and code apart, in lower case, and what they include. A page is split once, when a rule first
//! asks for it, however many pages lead to it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::docs::Docs;

/// Includes within includes beyond this depth are not looked at.
const MAX_INCLUDES: usize = 4;

/// The pages of a folder.
pub(super) struct Texts<'c> {
    docs: &'c Docs,
    pages: Vec<OnceLock<Text>>,
}

/// One page without what it includes.
pub(super) struct Text {
    /// The lines outside fences.
    pub(super) prose: String,
    /// The lines within fences, and those that are indented like code.
    pub(super) code: String,
    includes: Vec<u32>,
}

impl<'c> Texts<'c> {
    pub(super) fn new(docs: &'c Docs) -> Self {
        Texts { docs, pages: docs.sources().iter().map(|_| OnceLock::new()).collect() }
    }

    pub(super) fn of(&self, page: u32) -> &Text {
        self.pages[page as usize].get_or_init(|| Text::read(self.docs, page))
    }

    /// `page` and the pages that it includes.
    pub(super) fn with_includes(&self, page: u32) -> BTreeSet<u32> {
        let mut out = BTreeSet::from([page]);
        let mut last = vec![page];
        for _ in 0..MAX_INCLUDES {
            let next = last.iter().flat_map(|page| &self.of(*page).includes);
            last = next.copied().filter(|page| out.insert(*page)).collect();
        }
        out
    }
}

impl Text {
    fn read(docs: &Docs, page: u32) -> Text {
        let mut out = Text { prose: String::new(), code: String::new(), includes: Vec::new() };
        let mut fenced = false;
        for line in docs.source(page).text().lines() {
            if is_fence(line) {
                fenced = !fenced;
                continue;
            }
            let lower = line.to_lowercase() + "\n";
            if fenced || line.starts_with("    ") || line.starts_with('\t') {
                out.code.push_str(&lower);
            }
            if fenced {
                continue;
            }
            out.prose.push_str(&lower);
            if line.trim_start().starts_with("{% include") {
                let target = line.split("](").nth(1).and_then(|rest| rest.split(')').next());
                out.includes.extend(target.and_then(|target| docs.resolve(page, target)));
            }
        }
        out
    }
}

/// Whether a line opens or closes a block of code.
pub(super) fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(pages: &[(&str, &str)]) -> Vec<String> {
        let pages = pages.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let docs = Docs::new(pages, &[]);
        let texts = Texts::new(&docs);
        let page = docs.find("a.md").unwrap();
        texts.with_includes(page).into_iter().map(|page| docs.source(page).path.clone()).collect()
    }

    #[test]
    fn includes_are_followed_once_and_not_from_code() {
        let a = "{% include [b](./b.md) %}\n\n```\n{% include [c](./c.md) %}\n```\n";
        let b = "{% include [a](./a.md) %}\n\n{% include [b](./b.md) %}\n";
        assert_eq!(reached(&[("a.md", a), ("b.md", b), ("c.md", "")]), ["a.md", "b.md"]);
    }

    #[test]
    fn includes_are_followed_to_a_bounded_depth() {
        let next = |name: &str| format!("{{% include [x](./{name}.md) %}}\n");
        let texts: Vec<String> = ["b", "c", "d", "e", "f"].map(next).to_vec();
        let mut pages: Vec<(&str, &str)> =
            ["a.md", "b.md", "c.md", "d.md", "e.md"].into_iter().zip(texts.iter().map(String::as_str)).collect();
        pages.push(("f.md", ""));
        assert_eq!(reached(&pages), ["a.md", "b.md", "c.md", "d.md", "e.md"]);
    }
}
