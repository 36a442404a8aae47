//! Every row of the docs' error tables, sent as the server would.

use std::collections::BTreeSet;

use bitrix24::{Version, registry, runtime::registry::KnownError};
use serde_json::{Value, json};

use crate::{
    answer,
    case::{Api, Case, Kind, Verdict},
};

/// A documented error that lands on another variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The method.
    pub method: String,
    /// The variant that the row is.
    pub wanted: String,
    /// The variant that the answer became.
    pub found: String,
    /// The answer.
    pub body: String,
}

/// What became of all rows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Number of rows.
    pub rows: usize,
    /// Those that nothing the server sends could tell from others: without code and message, or with those of earlier rows.
    pub silent: usize,
    /// Those that land on another variant.
    pub strays: Vec<Stray>,
}

/// Sends each documented error of each method of the build to that method.
pub fn check() -> Report {
    let mut report = Report::default();
    for entry in registry::METHODS {
        let mut earlier = BTreeSet::new();
        for known in entry.errors() {
            report.rows += 1;
            let row = known.row;
            // A row with messages in both languages is found by either.
            let mut texts: Vec<_> = [row.en, row.ru].into_iter().flatten().filter(|text| !text.is_empty()).collect();
            if texts.is_empty() && !row.code.is_empty() {
                texts.push("");
            }
            texts.retain(|text| earlier.insert((row.code, row.field, *text)));
            earlier.insert((row.code, row.field, ""));
            report.silent += usize::from(texts.is_empty());
            for text in texts {
                let body = body(entry.info.version, &known, &filled(text));
                let found = variant(entry.info.name, entry.info.version, &body);
                if found != known.variant {
                    report.strays.push(Stray {
                        method: entry.info.name.to_owned(),
                        wanted: known.variant.clone(),
                        found,
                        body: body.to_string(),
                    });
                }
            }
        }
    }
    report
}

/// The answer of the server.
fn body(version: Version, known: &KnownError, message: &str) -> Value {
    let code = filled(known.row.code);
    match (version, known.row.field) {
        (Version::V2, _) => json!({"error": code, "error_description": message}),
        (Version::V3, None) => json!({"error": {"code": code, "message": message}}),
        (Version::V3, Some(field)) => {
            let validation = json!([{"field": filled(field), "message": message}]);
            json!({"error": {"code": code, "message": "The request is not valid.", "validation": validation}})
        }
    }
}

fn variant(method: &str, version: Version, body: &Value) -> String {
    let api = match version {
        Version::V2 => Api::V2,
        Version::V3 => Api::V3,
    };
    let Ok(body) = serde_json::value::to_raw_value(body) else { return String::new() };
    let case = Case { id: None, method: method.to_owned(), api: Some(api), kind: Kind::Error, body: &body };
    match answer(&case) {
        Verdict::Read { variant, .. } => variant.unwrap_or_default(),
        Verdict::Refused { error, .. } => error,
    }
}

/// A documented text with something in place of each placeholder: `{id}` becomes `id`, `#FIELD#` a value.
///
/// Braces keep their name, as a parameter's name alone tells some rows apart.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '#', '<']) {
        let (before, mark) = rest.split_at(at);
        out.push_str(before);
        let close = match mark.as_bytes()[0] {
            b'{' => '}',
            b'#' => '#',
            _ => '>',
        };
        let inner = mark[1..].split(close).next().unwrap_or_default();
        // A line break of the message is its own.
        let is_name = !inner.is_empty()
            && inner != "br"
            && inner.len() + 2 <= mark.len()
            && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_name {
            out.push_str(if close == '}' { inner } else { "value 5" });
            rest = &mark[inner.len() + 2..];
        } else {
            out.push_str(&mark[..1]);
            rest = &mark[1..];
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn placeholders_are_filled_and_all_else_is_kept() {
        assert_eq!(
            filled("Field `#FIELD#` of <ID>: {name} is #1, a < b<br>"),
            "Field `value 5` of value 5: name is #1, a < b<br>"
        );
    }
}
