//! What a change of the docs means to users of the generated crate.
//!
//! Two models are compared method by method, parameter by parameter; prose does not count. Whether a change breaks
//! code is not guessed: both models are emitted as far as they differ, and what was a public item of the one and is
//! none of the other is what breaks.
//!
//! ```
//! use bitrix24_codegen::{diff::{Verdict, diff}, docs::Docs, model::Model};
//!
//! let page = |rows: &str| {
//!     let text = format!("# Ring bell.ring\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n");
//!     Model::read(&Docs::new(vec![("api-reference/bell-ring.md".into(), text.into())], &[]))
//! };
//! let old = page("|| **times***\n`integer` | How often ||\n");
//! let new = page("|| **times***\n`integer` | How many times ||\n|| **loud**\n`boolean` | Whether loudly ||\n");
//! let diff = diff(old, new)?;
//! assert_eq!(diff.verdict, Verdict::Minor);
//! assert_eq!(diff.changes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["+ bell.ring: parameter `loud`: boolean"]);
//! # Ok::<(), bitrix24_codegen::emit::Error>(())
//! ```

mod compare;
mod impact;
mod rename;
mod report;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;

use crate::emit::Error;
use crate::model::{Api, Model};
pub use report::{human, markdown};

/// Everything that differs between two models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// What the next version of a crate made of the new docs has to be.
    pub verdict: Verdict,
    /// The changes, ordered by module and subject.
    pub changes: Vec<Change>,
}

/// The part of a version that has to grow, by the rules of semver for versions from 1.0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No public item changed.
    Patch,
    /// There are new items.
    Minor,
    /// Items are gone or are others now: code may have to change.
    Major,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The module, which is also the Cargo feature.
    pub module: String,
    /// The method, event or structure.
    pub subject: String,
    /// What of it.
    pub what: What,
    /// What became of it.
    pub action: Action,
    /// The name of the part: of a parameter, a field, an error; of the subject where that itself is meant.
    pub name: String,
    /// How it was; of what is renamed, its old name.
    pub before: Option<String>,
    /// How it is.
    pub after: Option<String>,
    /// Whether code that uses it has to change.
    pub breaking: bool,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A method as a whole.
    Method,
    /// An event as a whole.
    Event,
    /// A placement or a webhook.
    Inbound,
    /// A structure as a whole.
    Structure,
    /// A parameter.
    Parameter,
    /// A field of an answer.
    Response,
    /// A field of an event's payload or of a structure.
    Field,
    /// An error.
    Error,
    /// Permissions.
    Scope,
    /// Whether and for what it is deprecated.
    Deprecation,
    /// How a list is read on.
    Paging,
    /// Whether it changes the portal.
    Effect,
    /// Whether parameters go by position.
    Order,
    /// The path of its Rust module or type.
    Path,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// It is the same under another name.
    Renamed,
}

/// Compares two models, as they are read.
///
/// # Errors
///
/// A model that cannot be emitted.
pub fn diff(mut old: Model, mut new: Model) -> Result<Diff, Error> {
    old.settle();
    new.settle();
    let mut found = compare::compare(&old, &new);
    let verdict = impact::judge(&old, &new, &mut found)?;
    let mut changes: Vec<Change> = found.into_iter().map(|found| found.change).collect();
    changes.sort_by(|a, b| (&a.module, &a.subject, a.what, &a.name).cmp(&(&b.module, &b.subject, b.what, &b.name)));
    Ok(Diff { verdict, changes })
}

/// A method's name where both versions of the API may have it.
fn full_name(name: &str, api: Api) -> String {
    if api == Api::V3 { format!("v3:{name}") } else { name.to_owned() }
}

impl What {
    /// The word for it; empty for a subject as a whole.
    fn word(self) -> &'static str {
        match self {
            What::Method | What::Event | What::Inbound | What::Structure => "",
            What::Parameter => "parameter",
            What::Response => "response field",
            What::Field => "field",
            What::Error => "error",
            What::Scope => "scope",
            What::Deprecation => "deprecated",
            What::Paging => "paging",
            What::Effect => "effect",
            What::Order => "order of parameters",
            What::Path => "Rust path",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.action {
            Action::Added => '+',
            Action::Removed => '-',
            Action::Changed => '~',
            Action::Renamed => '>',
        };
        write!(f, "{mark} {}", self.subject)?;
        let whole = self.name == self.subject;
        if !whole || !self.what.word().is_empty() {
            write!(f, ": {}", self.what.word())?;
        }
        if !whole {
            write!(f, " `{}`", self.name)?;
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if self.action == Action::Renamed && before != after => {
                write!(f, ", was `{before}`")?;
            }
            (Some(before), Some(after)) => write!(f, ": {before} → {after}")?,
            (Some(text), None) | (None, Some(text)) if !text.is_empty() => write!(f, ": {text}")?,
            _ => {}
        }
        if self.breaking { f.write_str(" (breaking)") } else { Ok(()) }
    }
}
