//! Error codes that an example shows and no table lists.
//!
//! A table that gives messages alone says nothing of codes.

use serde_json::Value;

use super::finding::Finding;
use super::locate::Step;
use super::page::Page;
use crate::diagnostic::Code;
use crate::facts::error::ErrorRow;
use crate::facts::page_facts::ExampleOf;

pub(super) fn findings(page: &Page<'_>) -> Vec<Finding> {
    let errors = &page.facts.errors;
    // A page without a table of codes lists none on purpose.
    if errors.rows.iter().all(|row| row.code.is_empty()) {
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
        let rows = || errors.rows.iter().chain(&errors.system);
        let plain = bare(code);
        let listed = rows().any(|row| row.code.eq_ignore_ascii_case(plain));
        // `ERROR_CODE` stands for a code.
        if plain.is_empty() || plain == "ERROR_CODE" || listed && plain == code {
            continue;
        }
        let says_so =
            |row: &ErrorRow| row.message.as_deref().is_some_and(|text| bare(text).eq_ignore_ascii_case(plain));
        let (message, label) = if listed && plain == code.trim() {
            (
                format!("the example writes the error `{plain}` with white space around it"),
                "white space around the code",
            )
        } else if listed || page.mentions(plain) || rows().any(says_so) {
            continue;
        } else {
            (
                format!("the example shows the error `{code}`, which the page's table of errors does not list"),
                "not in the table of errors",
            )
        };
        out.push(Finding::new(Code::UndocumentedError, page.member(example.place, path, label), message));
    }
    out
}

/// A code or message without what ends a sentence.
fn bare(text: &str) -> &str {
    text.trim().trim_end_matches(['.', '!'])
}

#[cfg(test)]
mod tests {
    use crate::check::told;

    fn errors(rows: &str, error: &str) -> Vec<String> {
        told(&format!(
            "# Ring a bell bell.ring\n\n> Scope: `bell`\n\n## Error Handling\n\n```json\n{{\"error\": \"{error}\", \
             \"error_description\": \"?\"}}\n```\n\n### Possible Error Codes\n\n#|\n{rows}|#\n"
        ))
    }

    const CODES: &str =
        "|| **Code** | **Error message** | **Description** ||\n|| `BELL_BROKEN` | It is broken | Mend it ||\n";

    #[test]
    fn a_code_that_the_table_lacks_is_told() {
        let found = errors(CODES, "NO_BELL");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("B041 the example shows the error `NO_BELL`"), "{found:?}");
        assert_eq!(errors(CODES, "bell_broken"), [""; 0]);
        // The table has it, as a message.
        assert_eq!(errors(CODES, "It is broken."), [""; 0]);
    }

    #[test]
    fn a_code_with_white_space_is_not_the_code() {
        let found = errors(CODES, " BELL_BROKEN");
        assert_eq!(found, ["B041 the example writes the error `BELL_BROKEN` with white space around it | \"error\""]);
    }

    #[test]
    fn a_table_of_messages_says_nothing_of_codes() {
        let rows = "|| **Description** | **Value** ||\n|| Not found | There is no such bell ||\n";
        assert_eq!(errors(rows, "ERROR_CORE"), [""; 0]);
    }
}
