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
        if !is_page(path) {
            continue;
        }
        let docs = &page.folder.docs;
        let Some(to) = docs.resolve(from, target) else {
            let (message, label) = if docs.resolve(from, &format!("{path}.md")).is_some() {
                (format!("the link leads to `{path}`, but the page is `{path}.md`"), "`.md` is missing")
            } else {
                (format!("the link leads to `{path}`, which is not a page of the docs"), "no such page")
            };
            out.push(Finding::new(Code::BrokenLink, page.mark(span, label), message));
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

/// Whether a link's target without its anchor is meant to be a page of the docs: no other site, file or folder, and no
/// explanation of a term (`*term`).
fn is_page(path: &str) -> bool {
    let elsewhere = path.contains([':', '%', '{', '<']) || path.starts_with('*') || path.ends_with(['/', '.']);
    let extension = std::path::Path::new(path).extension();
    !elsewhere && extension.is_none_or(|extension| extension == "md" || extension == "html")
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
        out.extend(definition(line).map(|target| (start + target.start..start + target.end, &line[target])));
        for (open, _) in line.match_indices("](") {
            let inside = open + 2;
            let code = line[..open].matches('`').count() % 2 == 1 && line[inside..].contains('`');
            // `![image](…)`, `@[youtube](…)`
            let image = line[..open].rfind('[').is_some_and(|bracket| line[..bracket].ends_with(['!', '@']));
            let Some(end) = line[inside..].find([')', ' ', '\n']) else { continue };
            if code || image || end == 0 {
                continue;
            }
            out.push((start + inside..start + inside + end, &line[inside..inside + end]));
        }
    }
    out
}

/// The target of `[name]: target`; what explains a term (`[*term]: text`) is none.
fn definition(line: &str) -> Option<Range<usize>> {
    let (name, rest) = line.strip_prefix('[')?.split_once("]: ")?;
    let target = rest.split_whitespace().next()?;
    let at = line.len() - rest.len() + rest.find(target)?;
    let term = name.starts_with(['*', '^']) || name.contains(']');
    (!term && target.contains('/')).then_some(at..at + target.len())
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
            let title = trimmed.trim_start_matches('#').split("{#").next().unwrap_or_default();
            out.insert(plain(title));
            // Code in a heading is no part of the anchor that is made of it.
            out.insert(plain(&title.split('`').step_by(2).collect::<String>()));
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
        "c", "ch", "sh", "sh", "u", "y", "", "e", "yu", "ya",
    ];
    match c {
        'ё' => Some("yo"),
        'а'..='я' => LETTERS.get(c as usize - 'а' as usize).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(page: &str, anchor: &str) -> bool {
        anchors(page).contains(&plain(anchor))
    }

    fn targets(text: &str) -> Vec<&str> {
        links(text)
            .into_iter()
            .map(|(_, target)| target)
            .filter(|target| is_page(target.split('#').next().unwrap()))
            .collect()
    }

    #[test]
    fn what_leads_to_pages_is_told_from_what_does_not() {
        let text = "[a](./a.md#x) ![b](./b.png) [c](../c) @[youtube](Id5) [d](*term) [e](https://e.io/e) [f](/f.html) [g](./g/)\n";
        assert_eq!(targets(text), ["./a.md#x", "../c", "/f.html"]);
        assert_eq!(targets("[1]: ../data.md#time\n[*key]: ./not/a.md\n"), ["../data.md#time"]);
    }

    #[test]
    fn a_link_without_its_extension_names_the_page_that_is_meant() {
        let page = |link: &str| crate::check::told(&format!("# Ring a bell bell.ring\n\n[the page]({link})\n"));
        let found = page("./bell-ring");
        assert_eq!(found, ["B014 the link leads to `./bell-ring`, but the page is `./bell-ring.md` | ./bell-ring"]);
        assert_eq!(page("./gone"), ["B014 the link leads to `./gone`, which is not a page of the docs | ./gone"]);
        assert_eq!(page("./bell-ring.html"), [""; 0]);
    }

    #[test]
    fn an_anchor_is_marked_or_made_of_the_heading() {
        assert!(has("## Bells {#all}", "all"));
        assert!(has("## Bells and hammers", "bells-and-hammers"));
        assert!(has("<a name=\"old\"></a>", "old"));
        assert!(!has("```\n# Bells\n```", "bells"));
    }

    #[test]
    fn letters_are_spelled_as_the_renderer_spells_them() {
        assert!(has("## Объект подъёма", "obuekt-poduyoma"));
        assert!(has("## Объект подъёма", "объект-подъёма"));
    }

    #[test]
    fn code_in_a_heading_may_be_left_out_of_its_anchor() {
        assert!(has("## Объект `BellDto`", "obuekt"));
        assert!(has("## Объект `BellDto`", "obuekt-belldto"));
        assert!(!has("## Объект `BellDto`", "belldto"));
    }
}
