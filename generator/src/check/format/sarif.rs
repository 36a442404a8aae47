//! Findings as SARIF 2.1.0, the form that code scanning services and editors take.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::path;
use crate::check::explain::explanation;
use crate::check::{Finding, Folder, Mark};
use crate::diagnostic::Code;

/// The log: one run, with every kind of finding as a rule.
pub fn log(folders: &[Folder], findings: &[Finding]) -> Value {
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            let explanation = explanation(*code);
            json!({
                "id": code.text(),
                "shortDescription": { "text": code.summary() },
                "fullDescription": { "text": explanation.about },
                "help": { "text": explanation.mend },
                "defaultConfiguration": { "level": code.severity().word() },
            })
        })
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let related: Vec<Value> = finding
                .related
                .iter()
                .enumerate()
                .map(|(id, mark)| {
                    let mut place = location(folders, mark);
                    place["id"] = json!(id);
                    if !mark.label.is_empty() {
                        place["message"] = json!({ "text": mark.label });
                    }
                    place
                })
                .collect();
            json!({
                "ruleId": finding.code.text(),
                "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
                "level": finding.severity.word(),
                "message": { "text": finding.message },
                "locations": [location(folders, &finding.at)],
                "relatedLocations": related,
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn location(folders: &[Folder], mark: &Mark) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&path(folders, mark)) },
        "region": {
            "startLine": mark.start.line,
            "startColumn": mark.start.column,
            "endLine": mark.end.line,
            "endColumn": mark.end.column,
        },
    }})
}

/// A path as a reference: what a URI cannot hold is written as `%XX`.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
