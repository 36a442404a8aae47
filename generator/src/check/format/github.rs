//! Findings as annotations of a GitHub workflow: one command a line.

use std::io::{self, Write};

use super::path;
use crate::check::{Finding, Folder, Severity};

/// Writes one workflow command for each finding.
///
/// # Errors
///
/// When writing fails.
pub fn write(folders: &[Folder], findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let command = match finding.severity {
            Severity::Note => "notice",
            other => other.word(),
        };
        let at = &finding.at;
        writeln!(
            out,
            "::{command} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            property(&path(folders, at)),
            at.start.line,
            at.end.line,
            at.start.column,
            at.end.column,
            finding.code.text(),
            data(&finding.message),
        )?;
    }
    Ok(())
}

/// The text of a command: no line break may end it early.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
