//! `overrides.toml`: what the docs get wrong, put right until they are.
//!
//! The file stands beside the pages: in the docs folder, or next to it, where a docs folder that is fetched anew does not
//! take it along. It corrects the model, so `model`, `generate`, `check` and build scripts all see what it says.
//!
//! ```toml
//! [[override]]
//! method = "crm.deal.get"        # or event = "ONCRMDEALADD", or object = "crm.deal.get/deal"; api = "v3" for /rest/api/
//! response = "result.PROBABILITY" # or param, payload (of an event), field (of an object), error: dots lead inside
//! do = "retype"
//! type = "integer as string"
//! reason = "The portal sends the number as text."
//! issue = "https://github.com/bitrix-tools/b24-rest-docs/issues/1"   # if there is one
//! ```
//!
//! | `do` | beside it | changes |
//! | --- | --- | --- |
//! | `rename` | `to` | the wire name of a field, the code of an error, or the method's or event's own name |
//! | `retype` | `type` | what a field holds |
//! | `add` | `type`, `required`, `description`; for an error `message`, `status`, `description` | a field or an error that the docs lack |
//! | `drop` | | a field or an error that there is not |
//! | `require` | `required = false` for the contrary | whether a parameter is required |
//! | `add-value` | `value`, `description` | a value that an enum has |
//!
//! A type is a kind of the [model](crate::model::Kind) or values in quotes, then what it is made into:
//! `integer`, `integer as string` (how it travels), `string[]` (a list), `double{}` (keys are data), `date?` (may be null),
//! `"Y" | "N"` (an enum), `integer | string`, `object:crm.deal.get/deal`.
//!
//! An override must change something: one that the docs have caught up with, or whose field they no longer have, is an error
//! that says so. Each has a reason; [`check`](crate::check) shows it at the page that it corrects.
//!
//! ```
//! use bitrix24_codegen::{docs::Docs, model::Model, overrides::Overrides};
//!
//! let page = [
//!     "# Ring a bell bell.ring",
//!     "## Method Parameters",
//!     "#|\n|| **Name**\n`type` | **Description** ||\n|| **times**\n`string` | How often ||\n|#",
//!     "## Code Examples",
//!     "```bash\ncurl -d '{\"times\": 3}' https://portal/rest/1/code/bell.ring\n```",
//! ]
//! .join("\n\n");
//! let docs = Docs::new(vec![("api-reference/bell-ring.md".into(), page.into())], &[]);
//! let overrides = Overrides::parse("overrides.toml", r#"
//!     [[override]]
//!     method = "bell.ring"
//!     param = "times"
//!     do = "retype"
//!     type = "integer"
//!     reason = "The bell counts."
//! "#)?;
//!
//! let model = Model::read(&docs.with_overrides(overrides));
//! assert_eq!(model.methods[0].params[0].ty.kind.name(), "integer");
//! # Ok::<(), bitrix24_codegen::overrides::Error>(())
//! ```

mod apply;
mod read;
mod type_text;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use apply::apply;

use crate::diagnostic::Position;
use crate::model::{Api, Type};

/// The file's name.
pub const FILE: &str = "overrides.toml";

/// Why the overrides cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file does not say what it must.
    #[error("{path}:{line}:{column}: {message}")]
    Invalid {
        /// The file.
        path: String,
        /// One-based line.
        line: u32,
        /// One-based column, in characters.
        column: u32,
        /// What is wrong and what to write.
        message: String,
    },
    /// Two files want to correct one docs folder.
    #[error("`{}` and `{}` both correct the docs: put the overrides into one of them", .0.display(), .1.display())]
    Two(PathBuf, PathBuf),
}

/// The corrections of a docs folder.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    path: String,
    text: String,
    list: Vec<Override>,
}

/// One correction.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    pub(crate) subject: Subject,
    pub(crate) part: Part,
    pub(crate) action: Action,
    pub(crate) reason: String,
    pub(crate) issue: Option<String>,
    /// Where `do` stands in the file.
    pub(crate) position: Position,
}

/// Whose fact is corrected.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Method(String, Api),
    Event(String),
    Object(String),
}

/// Which fact.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// The subject itself.
    Itself,
    /// What a request carries.
    Param(Vec<String>),
    /// A method's answer, an event's payload, or an object.
    Field(Vec<String>),
    /// An error's code.
    Error(String),
}

/// What becomes of it.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Rename(String),
    Retype(Type, String),
    AddField { ty: Type, written: String, required: bool, description: String },
    AddError { message: Option<String>, status: Option<u16>, description: String },
    Drop,
    Require(bool),
    AddValue { value: String, description: String },
}

impl Overrides {
    /// Reads the overrides of the docs folder `root`: none where there is no file.
    ///
    /// # Errors
    ///
    /// When a file is there and cannot be read or is not valid.
    pub fn beside(root: &Path) -> Result<Overrides, Error> {
        let mut files = Overrides::places(root).into_iter().filter(|path| path.is_file());
        let Some(path) = files.next() else { return Ok(Overrides::default()) };
        if let Some(other) = files.next() {
            return Err(Error::Two(path, other));
        }
        let text = fs::read_to_string(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        Overrides::parse(&path.display().to_string(), &text)
    }

    /// Where the overrides of the docs folder `root` may stand: in it, or next to it.
    pub fn places(root: &Path) -> [PathBuf; 2] {
        let beside = match root.file_name() {
            Some(_) => root.with_file_name(FILE),
            None => root.join("..").join(FILE),
        };
        [root.join(FILE), beside]
    }

    /// Reads `text`, which is shown as the file `path`.
    ///
    /// # Errors
    ///
    /// When it is not valid, with its line and column.
    pub fn parse(path: &str, text: &str) -> Result<Overrides, Error> {
        let list = read::read(text).map_err(|fault| {
            let position = position(text, fault.at);
            Error::Invalid {
                path: path.to_owned(),
                line: position.line,
                column: position.column,
                message: fault.message,
            }
        })?;
        Ok(Overrides { path: path.to_owned(), text: text.to_owned(), list })
    }

    /// The file as it is shown; empty where there is none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the file says.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn position(text: &str, at: usize) -> Position {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position {
        line: number(before.matches('\n').count() + 1),
        column: number(before[start..].chars().count() + 1),
        at: before.len(),
    }
}
