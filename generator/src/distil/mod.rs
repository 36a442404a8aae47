//! Writes docs again as facts alone: every method's, event's, placement's, webhook's and types' page in the form of
//! [`facts::distilled`](crate::facts::distilled), without the prose and the examples of the source.
//!
//! The distilled pages are input like any other docs, and the same API comes of them: the model of the distilled pages is
//! that of the source but for titles, descriptions, examples, lines and diagnostics, and distilling them again changes
//! nothing.
//!
//! ```
//! use bitrix24_codegen::{distil::{Options, distil}, docs::Docs, model::Model};
//!
//! let page = "# Ring a bell bell.ring\n\nIt rings.\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
//!             || **times***\n`integer` | How often ||\n|#\n";
//! let docs = Docs::new(vec![("api-reference/bell-ring.md".into(), page.into())], &[]);
//! let pages = distil(&docs, &Options::default());
//! assert_eq!(pages[0].name, "api-reference/bell-ring.md");
//! assert!(pages[0].content.contains("|| **times***\n`integer` | `integer` ||") && !pages[0].content.contains("rings"));
//!
//! let distilled = Docs::new(vec![(pages[0].name.clone(), pages[0].content.clone().into())], &[]);
//! assert_eq!(Model::read(&distilled).methods[0].params[0].ty, Model::read(&docs).methods[0].params[0].ty);
//! ```

mod beside;
mod page;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::docs::Docs;
use crate::emit::File;
use crate::model::{Api, Error, Event, Inbound, Method, Model, Object, ObjectId, Reading};
use page::Writer;

/// What to distil beside the docs themselves.
#[derive(Debug, Default)]
pub struct Options<'o> {
    /// The errors of the same docs in another language: where its messages differ, both are kept.
    pub also: Option<&'o Messages>,
    /// A folder whose pages written by hand the distilled ones are to stand beside. Where one of them has the path or
    /// documents the method there is no distilled page, only the structures that it lacks and others refer to; those stand
    /// in a page `….structures.md`. Distilled pages of the folder do not count.
    pub beside: Option<&'o Docs>,
}

/// What one page is to document.
#[derive(Debug, Default)]
struct Subjects<'m> {
    methods: Vec<&'m Method>,
    events: Vec<&'m Event>,
    inbound: Vec<&'m Inbound>,
    objects: BTreeMap<&'m ObjectId, &'m Object>,
    /// Types that the page defines.
    types: &'m [(String, String)],
}

impl Subjects<'_> {
    /// Whether there is more than types.
    fn documents(&self) -> bool {
        !self.methods.is_empty() || !self.events.is_empty() || !self.inbound.is_empty()
    }
}

/// The distilled pages of `docs`, ordered by path; [`write`](crate::write::write()) puts them into a folder.
pub fn distil(docs: &Docs, options: &Options<'_>) -> Vec<File> {
    let Reading { facts, names, mut model, kept } = Reading::of(docs);
    if let Some(also) = options.also {
        also.add_to(&mut model);
    }
    let mut pages: BTreeMap<String, Subjects<'_>> = BTreeMap::new();
    for method in &model.methods {
        pages.entry(method.page.clone()).or_default().methods.push(method);
    }
    for event in &model.events {
        pages.entry(event.page.clone()).or_default().events.push(event);
    }
    for call in &model.inbound {
        pages.entry(call.page.clone()).or_default().inbound.push(call);
    }
    let homes: HashMap<&str, u32> = kept.owners.iter().zip(&facts).map(|(owner, f)| (owner.as_str(), f.page)).collect();
    for (id, object) in &model.objects {
        let home = home(&homes, id, object, docs);
        pages.entry(docs.source(home).path.clone()).or_default().objects.insert(id, object);
    }
    for facts in facts.iter().filter(|facts| !facts.types.is_empty()) {
        pages.entry(docs.source(facts.page).path.clone()).or_default().types = &facts.types;
    }
    if let Some(beside) = options.beside {
        pages = beside::make_room(pages, &model, beside);
    }
    let places =
        pages.iter().flat_map(|(path, page)| page.objects.keys().map(move |id| (*id, path.as_str()))).collect();
    let methods = model.methods.iter().map(|m| (m.name.as_str(), m.page.as_str())).collect();
    let write = |(path, page): (&String, &Subjects<'_>)| {
        // A page beside one written by hand is in that one's language.
        let words = docs.find(path).map(|number| facts[number as usize].words);
        let words = words.unwrap_or_else(|| crate::vocabulary::of(&model.language));
        let writer = Writer { words, path, places: &places, methods: &methods, names: &names, out: String::new() };
        File { name: path.clone(), content: writer.page(page) }
    };
    let files = pages.par_iter().map(write).collect();
    drop(pages);
    // They are large: their memory is given back on all cores.
    facts.into_par_iter().for_each(drop);
    files
}

/// The page that a structure belongs to: the one whose owner its id begins with; a distilled page says so itself.
fn home(owners: &HashMap<&str, u32>, id: &str, object: &Object, docs: &Docs) -> u32 {
    let starts = id.match_indices('/').map(|(at, _)| &id[..at]);
    let owner = starts.rev().find_map(|start| owners.get(start).copied());
    owner.or_else(|| docs.find(&object.page)).unwrap_or_default()
}

/// The messages of errors in one language.
#[derive(Debug, Default)]
pub struct Messages {
    language: String,
    errors: HashMap<(String, Api), Vec<Error>>,
}

impl Messages {
    /// Those that `docs` tell.
    pub fn read(docs: &Docs) -> Messages {
        let (language, methods) = Reading::errors(docs);
        let errors = methods.into_iter().map(|(name, api, errors)| ((name, api), errors));
        Messages { language, errors: errors.collect() }
    }

    /// Notes them in `model`, which holds the same errors in another language.
    fn add_to(&self, model: &mut Model) {
        for method in &mut model.methods {
            let Some(errors) = self.errors.get(&(method.name.clone(), method.api)) else { continue };
            let twins = pairs(&method.errors, errors);
            for (error, twin) in method.errors.iter_mut().zip(twins) {
                let Some(message) = twin.and_then(|twin| twin.message.as_ref()) else { continue };
                if error.message.as_ref() != Some(message) {
                    let first = error.message.clone().map(|message| (model.language.clone(), message));
                    error.messages.extend(first.into_iter().chain([(self.language.clone(), message.clone())]));
                }
            }
        }
    }
}

/// For each error the same one in another language: of the same code, field and place among those alike.
fn pairs<'e>(errors: &[Error], others: &'e [Error]) -> Vec<Option<&'e Error>> {
    let key = |error: &Error| (error.code.clone(), error.field.clone(), error.status);
    let mut groups: HashMap<_, Vec<&Error>> = HashMap::new();
    for other in others {
        groups.entry(key(other)).or_default().push(other);
    }
    let mut counts: HashMap<_, usize> = HashMap::new();
    for error in errors {
        *counts.entry(key(error)).or_default() += 1;
    }
    let mut next: HashMap<_, usize> = HashMap::new();
    errors
        .iter()
        .map(|error| {
            let key = key(error);
            let group = groups.get(&key)?;
            let at = next.entry(key.clone()).or_default();
            *at += 1;
            // Where one language lists more errors of a code than the other, their order tells nothing.
            (group.len() == counts[&key]).then(|| group[*at - 1])
        })
        .collect()
}
