//! Findings as people and as tools read them.
//!
//! | form | for |
//! | --- | --- |
//! | `human` | a terminal: the page's text with the place underlined, as `rustc` shows errors |
//! | `json` | programs: [`json::document`] |
//! | `sarif` | code scanning services and editors: SARIF 2.1.0 |
//! | `github` | annotations of a GitHub workflow |
//!
//! The pages come from outside: what they say is escaped for the form that it is printed in.

pub mod github;
pub mod human;
pub mod json;
pub mod sarif;

use super::{Folder, Mark};

/// The text of a mark's line and, within it, the bytes that are meant.
pub(crate) fn excerpt<'f>(folders: &'f [Folder], mark: &Mark) -> Option<(&'f str, std::ops::Range<usize>)> {
    let docs = &folders.get(mark.folder)?.docs;
    if mark.page == docs.overrides().path() {
        let line = docs.overrides().text().lines().nth((mark.start.line as usize).saturating_sub(1))?;
        return Some((line, line.len() - line.trim_start().len()..line.trim_end().len()));
    }
    let source = docs.source(docs.find(&mark.page)?);
    let start = source.line_start(mark.start.line)?;
    let line = source.text()[start..].split('\n').next().unwrap_or_default();
    let from = (mark.span.start.saturating_sub(start)).min(line.len());
    let to = (mark.span.end.saturating_sub(start)).clamp(from, line.len());
    Some((line, from..to))
}

/// A mark's page as it is shown.
pub(crate) fn path(folders: &[Folder], mark: &Mark) -> String {
    folders.get(mark.folder).map_or_else(|| mark.page.clone(), |folder| folder.path(&mark.page))
}

/// How many findings weigh how much: errors, warnings, notes.
pub(crate) fn counts(findings: &[super::Finding]) -> [usize; 3] {
    use super::Severity::{Error, Note, Warning};
    [Error, Warning, Note].map(|severity| findings.iter().filter(|finding| finding.severity == severity).count())
}
