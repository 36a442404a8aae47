//! What the generator has to say about the docs: stable codes, exact places.

use serde::{Deserialize, Serialize};

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the page is missing from the model.
    Error,
    /// The page contradicts itself or another page; a choice was made.
    Warning,
    /// Worth knowing; the model is complete.
    Note,
}

/// One finding about one place of one page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The page, relative to the docs folder.
    pub page: String,
    /// One-based line.
    pub line: u32,
    /// One-based column, counted in characters.
    pub column: u32,
    /// Stable code: `B001` …
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What happened and what to do.
    pub message: String,
    /// The bytes of the page that the finding is about, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
}
