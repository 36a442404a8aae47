//! What is wrong with the docs: every page against itself, against the pages that it leads to, and against its twin in the
//! other language.
//!
//! [`check`] takes docs folders that were read ([`Folder`]) and gives [`Finding`]s: each has a stable [`Code`], the bytes of
//! the page that it is about, and where it needs them the bytes that it contradicts. A rule is one file:
//!
//! | rule | finds |
//! | --- | --- |
//! | `read` | what the generator met while it read the pages: open blocks, broken includes, tables that nobody claimed … |
//! | `fields` | parameters and fields that only an example or only a table knows, marks and types that examples contradict |
//! | `errors` | error codes that only an example knows |
//! | `links` | links to pages and anchors that are not there |
//! | `rows` | two rows of one name in a table |
//! | `languages` | what the Russian and the English page tell differently |
//!
//! A false alarm costs more than a miss: a rule stays silent where the page mentions the name anywhere in its text, where a
//! structure is open, and where another page defines it.
//!
//! ```
//! use bitrix24_codegen::{check::{Folder, check}, docs::Docs};
//!
//! let page = [
//!     "# Ring a bell bell.ring",
//!     "## Method Parameters",
//!     "#|\n|| **Name**\n`type` | **Description** ||\n|| **times***\n`integer` | How often ||\n|#",
//!     "## Code Examples",
//!     "```bash\ncurl -d '{\"times\": 3, \"loud\": true}' https://portal/rest/1/code/bell.ring\n```",
//! ]
//! .join("\n\n");
//! let docs = Docs::new(vec![("api-reference/bell-ring.md".into(), page.into())], &[]);
//!
//! let findings = check(&[Folder::new("docs", docs)]);
//! assert_eq!(findings[0].code.text(), "B026");
//! assert_eq!(findings[0].message, "the example sends `loud`, which no table of the page lists");
//! ```

pub mod baseline;
pub mod coverage;
mod errors;
pub mod explain;
mod fields;
mod finding;
mod fits;
pub mod format;
mod languages;
pub mod levels;
mod links;
mod locate;
mod page;
mod read;
mod rows;
mod text;

use std::path::Path;

use rayon::prelude::*;

pub(crate) use self::finding::floor;
pub use self::finding::{Finding, Mark};
use self::page::{Page, Pages};
use crate::diagnostic::{Code, Severity};
use crate::docs::{Docs, DocsError};
use crate::facts::page_facts::PageFacts;
use crate::model::{Model, Reading};

/// A docs folder that was read.
#[derive(Debug)]
pub struct Folder {
    /// How it is called where a page's path is shown: `docs-input`.
    pub name: String,
    /// Its pages.
    pub docs: Docs,
    /// What was read from them.
    pub model: Model,
    pub(crate) facts: Vec<PageFacts>,
}

impl Folder {
    /// Reads the docs folder at `path`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn open(path: &Path) -> Result<Folder, DocsError> {
        Ok(Folder::new(path.display().to_string(), Docs::open(path)?))
    }

    /// Reads `docs`, which is shown as `name`.
    pub fn new(name: impl Into<String>, docs: Docs) -> Folder {
        let Reading { facts, model, .. } = Reading::of(&docs);
        Folder { name: name.into(), docs, model, facts }
    }

    /// A page's path as it is shown; that of the overrides is given whole.
    pub fn path(&self, page: &str) -> String {
        if page == self.docs.overrides().path() {
            return page.to_owned();
        }
        format!("{}/{page}", self.name.trim_end_matches('/'))
    }
}

/// Everything that is wrong in `folders`, ordered by folder, page and place. Where two folders are of different languages,
/// each is compared with the other.
pub fn check(folders: &[Folder]) -> Vec<Finding> {
    let mut out = Vec::new();
    let all: Vec<Pages<'_>> = folders.iter().enumerate().map(|(index, folder)| Pages::new(index, folder)).collect();
    for (index, folder) in folders.iter().enumerate() {
        out.extend(read::findings(index, folder));
        let targets = links::Targets::new(&folder.docs, &all[index].texts);
        let pages: Vec<Vec<Finding>> = folder
            .facts
            .par_iter()
            .map(|facts| {
                let page = Page::new(&all[index], facts);
                let mut found = links::findings(&page, &targets);
                if page.documents() {
                    found.extend(fields::findings(&page));
                    found.extend(errors::findings(&page));
                    found.extend(rows::findings(&page));
                }
                found
            })
            .collect();
        out.extend(pages.into_iter().flatten());
    }
    for first in 0..folders.len() {
        for second in first + 1..folders.len() {
            if folders[first].model.language != folders[second].model.language {
                out.extend(languages::findings([&all[first], &all[second]]));
            }
        }
    }
    out.sort_by(|a, b| a.key().cmp(&b.key()));
    out.dedup_by(|a, b| a.key() == b.key());
    out
}

/// What is told of one page: code, message, and the text that is underlined.
#[cfg(test)]
fn told(page: &str) -> Vec<String> {
    let pages = [("api-reference/bell-ring.md".to_owned(), page.to_owned())];
    let (folders, found) = explain::findings(&pages);
    let text = |mark: &Mark| {
        let page = folders[mark.folder].docs.find(&mark.page).unwrap();
        folders[mark.folder].docs.source(page).text()[mark.span.clone()].to_owned()
    };
    found.iter().map(|f| format!("{} {} | {}", f.code.text(), f.message, text(&f.at))).collect()
}
