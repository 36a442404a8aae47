//! Error codes that an example shows and no table lists.

use serde_json::Value;

use super::finding::Finding;
use super::locate::Step;
use super::page::Page;
use crate::diagnostic::Code;
use crate::facts::page_facts::ExampleOf;

pub(super) fn findings(page: &Page<'_>) -> Vec<Finding> {
    let errors = &page.facts.errors;
    // A page without a table of errors lists none on purpose.
    if errors.rows.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<Finding> = Vec::new();
    for example in page.facts.examples.iter().filter(|example| example.kind == ExampleOf::Error) {
        let (code, path) = match example.json.get("error") {
            Some(Value::String(code)) => (code, &[Step::Key("error")][..]),
            // The form of API v3.
            Some(Value::Object(error)) => match error.get("code") {
                Some(Value::String(code)) => (code, &[Step::Key("error"), Step::Key("code")][..]),
                _ => continue,
            },
            _ => continue,
        };
        let listed = errors.rows.iter().chain(&errors.system).any(|row| row.code.eq_ignore_ascii_case(code));
        // `ERROR_CODE` stands for a code.
        if code.is_empty() || code == "ERROR_CODE" || listed || page.mentions(code) {
            continue;
        }
        let at = page.member(example.place, path, "not in the table of errors");
        out.push(Finding::new(
            Code::UndocumentedError,
            at,
            format!("the example shows the error `{code}`, which the page's table of errors does not list"),
        ));
    }
    out
}
