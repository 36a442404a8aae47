//! Findings for programs.

use serde_json::{Value, json};

use super::{counts, excerpt, path};
use crate::check::{Finding, Folder, Mark};

/// `{"version": 1, "errors": n, "warnings": n, "notes": n, "findings": [{"code", "severity", "message", "at", "related"}]}`;
/// a place is `{"path", "page", "language", "line", "column", "end_line", "end_column", "label", "excerpt"}`, lines and
/// columns counted from 1, columns in characters.
pub fn document(folders: &[Folder], findings: &[Finding]) -> Value {
    let [errors, warnings, notes] = counts(findings);
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code.text(),
                "severity": finding.severity,
                "message": finding.message,
                "at": place(folders, &finding.at),
                "related": finding.related.iter().map(|mark| place(folders, mark)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "version": 1, "errors": errors, "warnings": warnings, "notes": notes, "findings": findings })
}

fn place(folders: &[Folder], mark: &Mark) -> Value {
    json!({
        "path": path(folders, mark),
        "page": mark.page,
        "language": folders.get(mark.folder).map(|folder| &folder.model.language),
        "line": mark.start.line,
        "column": mark.start.column,
        "end_line": mark.end.line,
        "end_column": mark.end.column,
        "label": mark.label,
        "excerpt": excerpt(folders, mark).map(|(line, _)| line),
    })
}
