//! Clusters: pages whose structures complete each other.
//!
//! A field whose link leads to another page holds the structure that is described there, and what the examples of both pages
//! show is added to it. Pages that are tied in this way are a cluster, and nothing outside of it changes what its structures
//! become. So clusters are completed side by side, and after an edit only those that it touches.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::draft::Drafts;
use super::finish::{Part, Subject, finish};
use super::link::{Index, Link};
use super::tie::{PageDraft, draft};
use super::typing::Dictionary;
use super::{declare, merge, stated};
use crate::diagnostic::{Code, Diagnostic};
use crate::docs::Docs;
use crate::facts::page_facts::PageFacts;

/// What is read of all pages before any structure is made.
#[derive(Clone, Copy)]
pub(crate) struct Pages<'p> {
    pub(crate) docs: &'p Docs,
    pub(crate) facts: &'p [PageFacts],
    /// Per page, what the ids of its structures begin with.
    pub(crate) owners: &'p [String],
    pub(crate) dictionary: &'p Dictionary,
}

/// All clusters, completed.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    /// Ordered by their first pages.
    pub(crate) parts: Vec<Part>,
    /// Per page, the pages that its links lead to.
    targets: Vec<Vec<u32>>,
    /// Per page, what its links give its fields.
    links: Vec<Vec<Link>>,
}

impl Clusters {
    /// The clusters of `pages`, of which `changed` says whether they are not those that these were made of.
    pub(crate) fn renewed(self, pages: Pages<'_>, changed: Vec<bool>) -> Clusters {
        let Clusters { mut parts, mut targets, mut links } = self;
        let mut stale = changed;
        targets.resize_with(stale.len(), Vec::new);
        links.resize_with(stale.len(), Vec::new);
        let mut drafts: Vec<Option<PageDraft<'_>>> = stale.iter().map(|_| None).collect();
        // What a link finds on a changed page may be another structure now.
        let leads_to_changed = |page: &u32| targets[*page as usize].iter().any(|target| stale[*target as usize]);
        let unsure: Vec<u32> = numbers(&stale, false).filter(leads_to_changed).collect();
        let changed = stale.clone();
        for (page, found) in follow(pages, &unsure, &mut drafts, &mut targets) {
            let renamed = successor(pages, page).is_some_and(|page| changed[page as usize]);
            stale[page as usize] = renamed || found != links[page as usize];
        }
        let mut linked = vec![false; stale.len()];
        loop {
            parts.retain(|part| {
                let touched = part.pages.iter().any(|page| stale[*page as usize]);
                if touched {
                    part.pages.iter().for_each(|page| stale[*page as usize] = true);
                }
                !touched
            });
            let new: Vec<u32> = numbers(&stale, true).filter(|page| !linked[*page as usize]).collect();
            if new.is_empty() {
                break;
            }
            for (page, found) in follow(pages, &new, &mut drafts, &mut targets) {
                found.iter().filter(|link| link.ties).for_each(|link| stale[link.page as usize] = true);
                (links[page as usize], linked[page as usize]) = (found, true);
            }
        }
        let clusters = clusters(&stale, &links);
        let unknown = stated::unknown(pages, &Index::new(pages.facts, &drafts));
        let mut work: Vec<Vec<Member<'_>>> = clusters
            .into_iter()
            .map(|cluster| {
                let member = |page: u32| {
                    Some(Member { page, draft: drafts[page as usize].take()?, links: &links[page as usize] })
                };
                cluster.into_iter().filter_map(member).collect()
            })
            .collect();
        // The large ones first: none is left alone at the end.
        work.sort_by_key(|members| std::cmp::Reverse(members.len()));
        parts.par_extend(work.into_par_iter().map(|members| complete(pages, members)));
        parts.sort_by_key(|part| part.pages.first().copied());
        for part in &mut parts {
            part.diagnostics.extend(part.pages.iter().filter_map(|page| unknown.get(page)).flatten().cloned());
        }
        Clusters { parts, targets, links }
    }
}

/// A page on its way into a cluster.
struct Member<'f> {
    page: u32,
    draft: PageDraft<'f>,
    links: &'f [Link],
}

/// The pages that are stale, or those that are not.
fn numbers(all: &[bool], stale: bool) -> impl Iterator<Item = u32> {
    (0u32..).zip(all).filter(move |(_, is)| **is == stale).map(|(page, _)| page)
}

/// The page of the method to use instead, which is named.
fn successor(pages: Pages<'_>, page: u32) -> Option<u32> {
    pages.facts[page as usize].deprecated?.successor
}

/// Follows the links of each of `wanted`; notes in `targets` where they lead.
fn follow<'p>(
    pages: Pages<'p>,
    wanted: &[u32],
    drafts: &mut [Option<PageDraft<'p>>],
    targets: &mut [Vec<u32>],
) -> Vec<(u32, Vec<Link>)> {
    add_drafts(pages, wanted, drafts);
    for page in wanted {
        let linked = pages.facts[*page as usize].linked();
        targets[*page as usize] = linked.into_iter().chain(successor(pages, *page)).collect();
    }
    let led: Vec<u32> = wanted.iter().flat_map(|page| targets[*page as usize].iter().copied()).collect();
    add_drafts(pages, &led, drafts);
    let index = Index::new(pages.facts, drafts);
    wanted.par_iter().map(|page| (*page, index.links(*page))).collect()
}

/// Drafts those of the `wanted` pages that are not drafted yet.
fn add_drafts<'p>(pages: Pages<'p>, wanted: &[u32], drafts: &mut [Option<PageDraft<'p>>]) {
    let mut missing: Vec<u32> = wanted.iter().copied().filter(|page| drafts[*page as usize].is_none()).collect();
    missing.sort_unstable();
    missing.dedup();
    let made = missing.into_par_iter().map(|page| {
        let number = page as usize;
        (number, draft(&pages.facts[number], &pages.owners[number]))
    });
    for (page, draft) in made.collect::<Vec<_>>() {
        drafts[page] = Some(draft);
    }
}

/// The stale pages, those together that `links` tie.
fn clusters(stale: &[bool], links: &[Vec<Link>]) -> Vec<Vec<u32>> {
    fn first(of: &mut HashMap<u32, u32>, page: u32) -> u32 {
        let mut at = page;
        while let Some(before) = of.get(&at).copied().filter(|before| *before != at) {
            at = before;
        }
        of.insert(page, at);
        at
    }
    let mut of: HashMap<u32, u32> = HashMap::new();
    for page in numbers(stale, true) {
        for link in links[page as usize].iter().filter(|link| link.ties) {
            let (a, b) = (first(&mut of, page), first(&mut of, link.page));
            of.insert(a.max(b), a.min(b));
        }
    }
    let mut clusters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for page in numbers(stale, true) {
        clusters.entry(first(&mut of, page)).or_default().push(page);
    }
    clusters.into_values().collect()
}

/// Completes a cluster: links, examples and declarations, one after the other over all its pages.
fn complete(pages: Pages<'_>, members: Vec<Member<'_>>) -> Part {
    let mut drafts = Drafts::default();
    let mut diagnostics = Vec::new();
    let mut subjects = Vec::new();
    let mut links = Vec::new();
    for member in members {
        let (facts, owner) = (&pages.facts[member.page as usize], &pages.owners[member.page as usize]);
        let PageDraft { drafts: own, request, response, calls, untied, .. } = member.draft;
        report(pages.docs, facts, &untied, &mut diagnostics);
        drafts.objects.extend(own.objects);
        for (place, name) in own.prose {
            let message = format!("`{name}` is no name of a parameter or field: write the key as it is sent");
            diagnostics.push(pages.docs.report(Code::UnclaimedRow, place, message));
        }
        subjects.push(Subject { facts, owner, request, response, calls });
        links.extend(member.links);
    }
    for Link { object, field, to, .. } in links {
        drafts.objects[object].fields[*field].inner = Some(to.clone());
    }
    for Subject { facts, response, .. } in &subjects {
        facts.declared.iter().for_each(|declared| declare::keys(&mut drafts, response, &declared.shape));
    }
    for subject in &subjects {
        merge::examples(subject, &mut drafts);
    }
    for subject in &subjects {
        declare::declared(subject, &mut drafts);
    }
    finish(pages, &subjects, &drafts, diagnostics)
}

/// What the page's facts could not place.
fn report(docs: &Docs, facts: &PageFacts, untied: &[usize], out: &mut Vec<Diagnostic>) {
    if !facts.documents() {
        return;
    }
    out.extend(facts.diagnostics.iter().cloned());
    for table in &facts.unclaimed {
        let message = format!(
            "this table of {} rows is not read: neither its heading nor its columns say that it lists fields or errors",
            table.rows
        );
        out.push(docs.report(Code::UnclaimedTable, table.place, message));
    }
    for section in untied {
        let section = &facts.sections[*section];
        let message = format!(
            "no parameter or field holds what the table under \"{}\" describes: link to this heading from the one that does",
            section.title
        );
        out.push(docs.report(Code::UntiedTable, section.place, message));
    }
}
