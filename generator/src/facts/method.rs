//! Whose page it is: the method's or events' names, the API version, the permissions, the deprecation.
//!
//! A method's name stands in several places, and not always alike. Witnesses vote: the heading, the file's name, the
//! addresses of cURL calls, the calls in other examples, the first sentence. The name with the most weight wins, in the
//! spelling that most calls use; a heading that says otherwise is reported.

use std::collections::BTreeMap;

use super::example::Call;
use super::outline::{Outline, Section};
use super::prose::{Target, target};
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::{Docs, stem};
use crate::model::Api;
use crate::page::{Block, Place, Text};
use crate::vocabulary::{Role, capitalised};

/// A method's name, as its witnesses agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodName {
    /// As it goes on the wire.
    pub name: String,
    /// As the heading writes it.
    pub written: String,
    /// Which API the examples call.
    pub api: Api,
}

/// Hears the witnesses for the method that the page documents.
pub(crate) fn method_name(
    docs: &Docs,
    outline: &Outline<'_, '_>,
    calls: &[(Call, usize)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<MethodName> {
    let heading = outline.sections.iter().find(|s| s.level == 1)?;
    let written = heading_name(&heading.title);
    let stem = squash(stem(&docs.source(outline.page).path));
    // Weight by lower-case name, and how often each spelling occurs in calls.
    let mut votes: BTreeMap<String, u32> = BTreeMap::new();
    let mut spellings: BTreeMap<String, u32> = BTreeMap::new();
    let mut vote = |name: &str, weight: u32| *votes.entry(name.to_lowercase()).or_default() += weight;
    if let Some(name) = &written {
        vote(name, 3);
        if squash(name) == stem {
            vote(name, 2);
        }
    }
    let mut heard: Vec<String> = Vec::new();
    for (call, _) in calls {
        *spellings.entry(call.method.clone()).or_default() += 1;
        let name = call.method.to_lowercase();
        // However often an example repeats a call, it is one witness.
        if !heard.contains(&name) {
            vote(&name, if squash(&name) == stem { 5 } else { 2 });
            heard.push(name);
        }
    }
    let sections = |role| outline.sections.iter().any(|s| s.role == Some(role));
    let describes = sections(Role::Parameters) || sections(Role::Response) || sections(Role::Returned);
    let best = votes
        .iter()
        .max_by_key(|(name, weight)| {
            (
                **weight,
                written.as_ref().map(|w| w.to_lowercase()) == Some((*name).clone()),
                std::cmp::Reverse((*name).clone()),
            )
        })?
        .0
        .clone();
    let own_heading = written.as_ref().is_some_and(|w| w.to_lowercase() == best);
    let called = heard.contains(&best);
    let file_says = squash(&best) == stem;
    // A page is a method's when its heading names the method and the page describes or calls it, or when file name and
    // calls agree although the heading misspells it or names none.
    let dotted = best.contains('.') && !best.rsplit('.').next().is_some_and(is_version);
    let is_method = own_heading && (called || (describes || file_says) && dotted)
        || !own_heading && called && (file_says || written.is_some() && describes);
    let shows = calls.iter().any(|(c, _)| c.method.to_lowercase() == best) || describes || sections(Role::Examples);
    if !is_method || !shows && !file_says {
        return None;
    }
    let spelled =
        spellings.iter().filter(|(s, _)| s.to_lowercase() == best).max_by_key(|(_, n)| **n).map(|(s, _)| s.clone());
    let name = spelled.or_else(|| written.clone().filter(|w| w.to_lowercase() == best))?;
    let written = written.unwrap_or_default();
    if written.is_empty() {
        let message =
            format!("the heading names no method: `{name}` is taken from the page's calls; add it to the heading");
        diagnostics.push(docs.report(Code::MethodName, heading.place(), message));
    } else if written.to_lowercase() != best {
        let message = format!(
            "the heading names `{written}`, but the page's calls and file name say `{name}`: `{name}` is taken; mend the heading"
        );
        diagnostics.push(docs.report(Code::MethodName, heading.place(), message));
    }
    let own = || calls.iter().map(|(c, _)| c).filter(|c| c.method.to_lowercase() == best);
    let (v3, v2) = (own().filter(|c| c.v3).count(), own().filter(|c| c.curl && !c.v3).count());
    let api = if v3 > v2 || v3 == 0 && v2 == 0 && says_v3(outline) { Api::V3 } else { Api::V2 };
    Some(MethodName { name, written, api })
}

/// Whether the page's text outside examples speaks of the `/rest/api/` address.
pub(crate) fn says_v3(outline: &Outline<'_, '_>) -> bool {
    let mut out = false;
    for section in &outline.sections {
        for block in &section.blocks {
            paragraphs(block, &mut |text| out |= text.runs.iter().any(|r| r.code && r.text.contains("/rest/api/")));
        }
    }
    out
}

/// The method's name at a heading's end (or, in older pages, its beginning).
fn heading_name(title: &str) -> Option<String> {
    let clean = |word: &str| word.trim_matches(['`', '(', ')', ',', '«', '»', '"', ':']).replace('\\', "");
    let words: Vec<String> = title.split_whitespace().map(clean).collect();
    let dotted = words.iter().rev().find(|w| is_dotted(w)).cloned();
    dotted.or_else(|| words.last().filter(|w| is_plain(w)).cloned())
}

fn is_dotted(word: &str) -> bool {
    let mut parts = word.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    !rest.is_empty()
        && first.starts_with(|c: char| c.is_ascii_lowercase())
        && std::iter::once(&first)
            .chain(&rest)
            .all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        && rest.iter().all(|p| p.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// `v2`: a version, not a method.
fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn squash(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The names of the events whose page this is: what the heading names, unless the file's name and the example agree on
/// another; then the heading is reported.
pub(crate) fn event_names(
    docs: &Docs,
    outline: &Outline<'_, '_>,
    code: &[(usize, &str, &str, Place)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let file = stem(&docs.source(outline.page).path);
    let stem = squash(file);
    let (arrives, filed) = (says_what_arrives(outline), stem.starts_with("on"));
    let mut named = heading_events(outline, arrives, filed);
    if !filed || named.is_empty() && !arrives {
        return named;
    }
    // `Event onDeleting a Bell onBellDelete`
    if let Some(filed) = named.iter().position(|name| squash(name) == stem) {
        return vec![named.swap_remove(filed)];
    }
    let mut words =
        code.iter().flat_map(|(_, _, text, _)| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')));
    let (shown, who) = match (words.find(|word| squash(word) == stem), named.first()) {
        (Some(word), _) => (word.to_owned(), "example and file name say"),
        (None, Some(name)) if !arrives && are_near(&squash(name), &stem) => (camel(file), "file name says"),
        _ => return named,
    };
    let says = match named.first() {
        Some(name) => format!("names `{name}`"),
        None => "names no event".to_owned(),
    };
    let message = format!("the heading {says}, but the page's {who} `{shown}`: mend the heading");
    let place = outline.sections.iter().find(|section| section.level == 1).map(Section::place).unwrap_or_default();
    diagnostics.push(docs.report(Code::MethodName, place, message));
    vec![shown]
}

/// Whether the page has a section about what a handler receives.
pub(crate) fn says_what_arrives(outline: &Outline<'_, '_>) -> bool {
    outline.sections.iter().any(|section| section.role == Some(Role::Event))
}

/// Whether one letter more, less or other, or two that changed places, tell the names apart.
fn are_near(one: &str, other: &str) -> bool {
    let same = |pair: &(u8, u8)| pair.0 == pair.1;
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let start = one.iter().copied().zip(other.iter().copied()).take_while(same).count();
    let end = one[start..].iter().rev().copied().zip(other[start..].iter().rev().copied()).take_while(same).count();
    one.len().max(other.len()) <= start + end + 2
}

/// `onCrmDealAdd`, of the file `on-crm-deal-add`.
fn camel(file: &str) -> String {
    let mut words = file.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

/// The events that the first heading names. On a page that does not say what arrives only a page `filed` as an event's is one,
/// and only a name as events have them counts: `onCrmDealAdd`.
fn heading_events(outline: &Outline<'_, '_>, arrives: bool, filed: bool) -> Vec<String> {
    let Some(heading) = outline.sections.iter().find(|s| s.level == 1).filter(|_| arrives || filed) else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    for word in heading.title.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/')) {
        let word = word.trim_matches(['`', '(', ')', '«', '»', '"', ':']);
        let named = word.len() > 4
            && word.get(..2).is_some_and(|on| on.eq_ignore_ascii_case("on"))
            && (arrives || word[2..].starts_with(|c: char| c.is_ascii_uppercase()))
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':'));
        let coded =
            arrives && word.contains('.') && word.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '.' | '_'));
        if (named || coded) && !out.iter().any(|o| o.eq_ignore_ascii_case(word)) {
            out.push(word.to_owned());
        }
    }
    out
}

/// The permissions that the page's `> Scope: …` line names.
pub(crate) fn scopes(outline: &Outline<'_, '_>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for section in outline.sections.iter().filter(|s| s.level <= 1) {
        for block in &section.blocks {
            let Block::Quote(blocks) = block else { continue };
            for block in blocks {
                paragraphs(block, &mut |text| scope_line(outline, text, &mut out));
            }
        }
    }
    out
}

fn scope_line(outline: &Outline<'_, '_>, text: &Text<'_>, out: &mut Vec<String>) {
    let mut on = false;
    for run in &text.runs {
        if run.text == "\n" {
            on = false;
        } else if !(on && run.code) {
            on |= run.text.trim_start().to_lowercase().starts_with("scope");
        } else {
            for name in run.text.split([',', '`', ' ']).map(str::trim) {
                let known =
                    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
                if known && !outline.words.no_scope.contains(&name) && !out.iter().any(|o| o == name) {
                    out.push(name.to_owned());
                }
            }
        }
    }
    if out.iter().any(|o| o == "depending") {
        out.clear();
    }
}

/// A note calls the page's subject deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The page of what to use instead, where the note links to one.
    pub successor: Option<u32>,
}

/// Reads the note that calls the page's subject deprecated.
pub(crate) fn deprecation(docs: &Docs, outline: &Outline<'_, '_>) -> Option<Deprecation> {
    let head = outline.sections.iter().filter(|s| s.level <= 1);
    for block in head.flat_map(|s| &s.blocks) {
        let Block::Note(note) = block else { continue };
        let title = outline.words.deprecated.are_in(&note.title);
        let mut says = title;
        let mut successor = None;
        for block in &note.blocks {
            paragraphs(block, &mut |text| {
                says |= outline.words.deprecated.are_in(&text.plain());
                for run in &text.runs {
                    if let Some(Target::Page(page, _)) = run.link.as_deref().and_then(|l| target(docs, run.place, l)) {
                        successor = successor.or(Some(page));
                    }
                }
            });
        }
        if says {
            return Some(Deprecation { successor });
        }
    }
    None
}

/// Whether the page asks for the table's order.
pub(crate) fn positional(outline: &Outline<'_, '_>) -> bool {
    let mut out = false;
    let near = |s: &&Section<'_, '_>| s.level <= 1 || s.role == Some(Role::Parameters);
    for block in outline.sections.iter().filter(near).flat_map(|s| &s.blocks) {
        paragraphs(block, &mut |text| out |= outline.words.positional.are_in(&text.plain()));
    }
    out
}

/// Calls `found` for every paragraph of a block, those in lists and notes among them.
pub(crate) fn paragraphs<'a>(block: &Block<'a>, found: &mut dyn FnMut(&Text<'a>)) {
    match block {
        Block::Paragraph(text) => found(text),
        Block::List(items) => items.iter().flatten().for_each(|b| paragraphs(b, found)),
        Block::Quote(blocks) | Block::Cut(_, blocks) => blocks.iter().for_each(|b| paragraphs(b, found)),
        Block::Note(note) => note.blocks.iter().for_each(|b| paragraphs(b, found)),
        Block::Tabs(tabs) => tabs.iter().flat_map(|t| &t.blocks).for_each(|b| paragraphs(b, found)),
        Block::Table(table) => {
            table.rows.iter().flat_map(|r| &r.cells).flatten().for_each(|b| paragraphs(b, found));
        }
        Block::Heading(_) | Block::Code(_) | Block::Include(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Model};

    /// The events of the page `file` with their fields' names, `data` and what it holds, and the messages about it.
    fn events(file: &str, page: &str) -> (Vec<String>, Vec<String>) {
        let docs = Docs::new(vec![(format!("api-reference/bell/{file}.md"), page.into())], &[]);
        let model = Model::read(&docs);
        let held = |event: &Event| {
            let fields = event.payload.iter().map(|field| field.name.clone());
            let inner = model.objects.values().flat_map(|object| &object.fields).map(|field| field.name.clone());
            format!("{}: {}", event.name, fields.chain(inner).collect::<Vec<_>>().join(" "))
        };
        (model.events.iter().map(held).collect(), model.diagnostics.iter().map(|found| found.message.clone()).collect())
    }

    const TABLE: &str =
        "## Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n|| **ID**\n`integer` | Which bell ||\n|#\n";

    #[test]
    fn an_old_page_of_an_event_tells_what_data_holds() {
        let named = |heading: &str| events("on-bell-ring", &format!("# {heading}\n\nIt rings.\n\n{TABLE}"));
        assert_eq!(named("Event onBellRing"), (vec!["onBellRing: data ID".to_owned()], Vec::new()));
        let (event, told) = named("Event onBelRing");
        assert_eq!(event, ["onBellRing: data ID"]);
        assert_eq!(
            told,
            ["the heading names `onBelRing`, but the page's file name says `onBellRing`: mend the heading"]
        );
        assert_eq!(named("Event onDoorOpen").0, ["onDoorOpen: data ID"], "too far from the file's name to be a slip");

        let shown = "## Response\n\n```php\narray('FIELDS' => array('ID' => $id))\n```\n";
        let (event, _) = events("on-bell-ring", &format!("# Event onBellRing\n\n{shown}"));
        assert_eq!(event, ["onBellRing: data FIELDS ID"]);
    }

    #[test]
    fn a_page_that_is_neither_filed_nor_named_as_an_event_is_none() {
        for (file, heading) in
            [("on-bell-ring", "Only one bell"), ("bells", "Event onBellRing"), ("online", "Online bells")]
        {
            assert_eq!(events(file, &format!("# {heading}\n\n{TABLE}")).0, [""; 0], "{file}: {heading}");
        }
    }
}
