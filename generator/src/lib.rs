//! Reads the Bitrix24 REST documentation and writes a typed Rust crate.
//!
//! The API has no schema: its docs, Markdown in Russian and English, are the only source. This crate reads them as a person
//! would, in stages that are also its modules; each turns one kind of data into the next and knows nothing of its neighbours:
//!
//! | stage | from | to |
//! | --- | --- | --- |
//! | [`docs`] | a folder | the pages' text, and the way from one to another |
//! | [`page`] | text | blocks with their places: tables, tabs, notes, includes, code |
//! | [`facts`] | blocks | what one page says, named: method, rows, errors, examples |
//! | [`model`] | facts | all pages linked, typed and named; also the public JSON form |
//! | [`mod@emit`] | model | source files |
//! | [`mod@write`] | source files | a folder, touched only where something changed |
//!
//! Beside the pipeline stand [`vocabulary`], the words that headings and columns use, one table per language; [`literal`],
//! lenient readers of JSON, JavaScript and PHP; [`overrides`], which put right what the docs get wrong; and [`diagnostic`],
//! what there is to say about the pages on the way. With the feature `cli`, `check` tells what is wrong with the docs, and
//! `report` shows it.
//!
//! ```
//! use bitrix24_codegen::{docs::Docs, emit::{Settings, emit}, facts::{outline::Library, page_facts::PageFacts}, model::Model};
//!
//! let page = [
//!     "# Ring a bell bell.ring",
//!     "## Method Parameters",
//!     "#|\n|| **Name**\n`type` | **Description** ||\n|| **times***\n`integer` | How often ||\n|#",
//!     "## Code Examples",
//!     "    curl -d '{\"times\": 3}' https://portal/rest/1/code/bell.ring",
//! ]
//! .join("\n\n");
//! let docs = Docs::new(vec![("api-reference/bell-ring.md".into(), page.into())], &[]);
//!
//! let facts = PageFacts::read(&Library::new(&docs), 0);
//! assert_eq!(facts.tables[0].rows[0].names[0].name, "times");
//!
//! let mut model = Model::read(&docs);
//! assert!(model.methods[0].params[0].required);
//!
//! model.settle();
//! let files = emit(&model, &Settings { format: true, ..Settings::default() })?;
//! let bell = files.iter().find(|file| file.name == "bell.rs").expect("the module of bell.ring");
//! assert!(bell.content.contains("pub fn new(times: i64) -> Self"));
//! # Ok::<(), bitrix24_codegen::emit::Error>(())
//! ```
//!
//! A build script needs one call instead: see [`Config`]. The binary (feature `cli`) prints the model and writes the sources
//! for reading.
//!
//! The docs are input, not code: no text of theirs reaches the compiler but as a literal or a checked identifier, no include
//! leaves the folder, a malformed page costs that page and a diagnostic.

#[cfg(feature = "cli")]
pub mod check;
pub mod config;
pub mod diagnostic;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
pub mod distil;
pub mod docs;
pub mod emit;
pub mod facts;
#[cfg(feature = "cli")]
pub mod fetch;
#[cfg(feature = "cli")]
pub mod listing;
pub mod literal;
#[cfg(feature = "cli")]
pub mod manifest;
pub mod model;
pub mod overrides;
pub mod page;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod standalone;
pub mod vocabulary;
pub mod write;

pub use config::Config;
