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
//! that says so. Each has a reason; `bitrix24-codegen check` shows it at the page that it corrects.
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

/// Overrides that change nothing any more, each told with its place and why.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Stale(pub Vec<String>);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::Docs;
    use crate::model::{Kind, Model};

    const PAGE: &str = "# Ring a bell bell.ring\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
        || **tiems**\n`integer` | How often ||\n|| **tone**\n`string` | The tone. Possible values: `low`, `high` ||\n|#\n\n\
        ## Code Examples\n\n```bash\ncurl -d '{\"times\": 3, \"tone\": \"low\"}' https://portal/rest/1/code/bell.ring\n```\n";

    fn corrected(text: &str) -> Model {
        let overrides = Overrides::parse(FILE, text).unwrap_or_else(|error| panic!("{error}"));
        Model::read(&Docs::new(vec![("bell-ring.md".into(), PAGE.into())], &[]).with_overrides(overrides))
    }

    fn one(rest: &str) -> String {
        format!("[[override]]\nmethod = \"bell.ring\"\n{rest}\nreason = \"It is so.\"\n")
    }

    #[test]
    fn each_verb_changes_the_model() {
        let text = [
            "param = \"tiems\"\ndo = \"rename\"\nto = \"times\"",
            "param = \"times\"\ndo = \"require\"",
            "param = \"times\"\ndo = \"retype\"\ntype = \"double\"",
            "param = \"loud\"\ndo = \"add\"\ntype = \"boolean as yn\"",
            "param = \"tone\"\ndo = \"add-value\"\nvalue = \"deep\"",
            "error = \"BELL_STOLEN\"\ndo = \"add\"\nmessage = \"There is no bell.\"\nstatus = 404",
        ]
        .map(one)
        .concat();
        let model = corrected(&text);
        model.check_overrides().unwrap();
        let method = &model.methods[0];
        let names: Vec<&str> = method.params.iter().map(|param| param.name.as_str()).collect();
        assert_eq!(names, ["times", "tone", "loud"]);
        assert!(method.params[0].required && method.params[0].ty.kind == Kind::Double);
        assert!(
            matches!(&method.params[1].ty.kind, Kind::Enum(values) if values.len() == 3),
            "{:?}",
            method.params[1].ty
        );
        assert_eq!(method.params[2].rust_name, "loud");
        assert_eq!((method.errors[0].variant.as_str(), method.errors[0].status), ("BellStolen", Some(404)));
        let told = model.diagnostics.iter().filter(|diagnostic| diagnostic.code == "B061").count();
        assert_eq!(told, 6);
    }

    #[test]
    fn an_override_that_changes_nothing_is_told_with_its_line() {
        for (rest, why) in [
            ("param = \"tone\"\ndo = \"require\"\nrequired = false", "is optional by now"),
            ("param = \"none\"\ndo = \"drop\"", "the docs have no `none`"),
            ("param = \"tone\"\ndo = \"add\"\ntype = \"string\"", "have `tone` by now"),
            ("param = \"tone\"\ndo = \"add-value\"\nvalue = \"low\"", "has the value `low` by now"),
            ("error = \"NONE\"\ndo = \"drop\"", "no error `NONE`"),
            ("param = \"tone\"\ndo = \"retype\"\ntype = \"object:none\"", "no structure `none`"),
        ] {
            let model = corrected(&one(rest));
            let Stale(told) = model.check_overrides().unwrap_err();
            assert_eq!(told.len(), 1, "{rest}");
            assert!(told[0].starts_with("overrides.toml:4:") && told[0].contains(why), "{told:?}");
        }
    }

    #[test]
    fn what_is_not_valid_is_told_with_line_and_column() {
        let told = |text: &str| Overrides::parse(FILE, text).unwrap_err().to_string();
        assert!(told("[[override]]\nmethod = 3\n").starts_with("overrides.toml:2:10: "));
        assert!(told(&one("param = \"a\"\ndo = \"fix\"")).starts_with("overrides.toml:4:6: `do` is `rename`"));
        assert!(told(&one("colour = \"a\"\ndo = \"drop\"")).starts_with("overrides.toml:3:1: unknown field `colour`"));
        assert!(told(&one("payload = \"a\"\ndo = \"drop\"")).contains("`payload` does not go with this subject"));
        assert!(
            told(&one("param = \"a\"\ndo = \"retype\"\ntype = \"number\"")).contains("5:8: `number` is not a type")
        );
        assert!(
            told("[[override]]\nmethod = \"a\"\nparam = \"b\"\ndo = \"drop\"\nreason = \"\"\n")
                .contains("`reason` is empty")
        );
        assert!(told("[[override]]\nmethod = \"a\"\ndo = \"drop\"\n").contains("missing field `reason`"));
    }

    #[test]
    fn the_file_stands_in_the_folder_or_next_to_it_but_not_in_both() {
        let root = tempfile::tempdir().unwrap();
        let docs = root.path().join("docs");
        fs::create_dir(&docs).unwrap();
        assert_eq!(Overrides::beside(&docs).unwrap().path(), "");
        fs::write(root.path().join(FILE), one("param = \"tone\"\ndo = \"drop\"")).unwrap();
        assert!(Overrides::beside(&docs).unwrap().path().ends_with(FILE));
        fs::write(docs.join(FILE), "").unwrap();
        assert!(matches!(Overrides::beside(&docs), Err(Error::Two(..))));
    }
}
