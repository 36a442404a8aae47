//! Whether a value of an example is of the type that the page writes.
//!
//! The server is PHP: `"37"` is a number, `"Y"` a boolean, `[]` an empty object, `""` and `false` are nothing at all. What is
//! left are real contradictions: text where a number is documented, an object where a string is.

use serde_json::Value;

use crate::literal::is_placeholder;
use crate::model::{Kind, Word, basic, unmarked, words};

/// The words of a documented type that `value` is none of; `None` where it fits or where the type is not a basic one.
pub(super) fn misfit(doc_type: &str, value: &Value) -> Option<String> {
    let mut types: Vec<(Kind, usize)> = Vec::new();
    for Word { word, lists } in words(doc_type) {
        // The values of an enum may be numbers or text, and a word that is not a basic type may mean anything.
        if word.eq_ignore_ascii_case("enum") {
            return None;
        }
        types.push((basic(&word)?, lists));
    }
    let fits = types.is_empty() || types.iter().any(|(kind, lists)| fits(kind, *lists, value));
    (!fits).then(|| unmarked(doc_type).split_whitespace().collect::<Vec<_>>().join(" "))
}

fn fits(kind: &Kind, lists: usize, value: &Value) -> bool {
    if is_nothing(value) || matches!(kind, Kind::Any) {
        return true;
    }
    if lists > 0 {
        return match value {
            Value::Array(items) => items.iter().all(|item| fits(kind, lists - 1, item)),
            // A PHP array whose keys have gaps, or are the items' identifiers.
            Value::Object(map) => map.keys().all(|key| key.parse::<u64>().is_ok()),
            _ => false,
        };
    }
    match kind {
        Kind::Integer | Kind::Timestamp => match value {
            Value::Number(number) => number.as_f64().is_some_and(|n| n.fract() == 0.0),
            Value::String(text) => is_placeholder(text) || text.trim().parse::<i128>().is_ok(),
            _ => false,
        },
        Kind::Double => match value {
            Value::Number(_) => true,
            Value::String(text) => is_placeholder(text) || text.trim().replace(',', ".").parse::<f64>().is_ok(),
            _ => false,
        },
        Kind::Boolean => match value {
            Value::Bool(_) => true,
            Value::Number(number) => matches!(number.as_u64(), Some(0 | 1)),
            Value::String(text) => {
                is_placeholder(text)
                    || ["y", "n", "1", "0", "true", "false", "t", "f"].contains(&text.to_lowercase().as_str())
            }
            _ => false,
        },
        Kind::String | Kind::Date | Kind::Datetime => value.is_string(),
        Kind::Array(_) => value.is_array() || value.is_object(),
        Kind::Map(_) => value.is_object(),
        Kind::Null => value.is_null(),
        _ => true,
    }
}

/// What PHP sends, and examples show, where there is no value.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A value in a few words, for people.
pub(super) fn shown(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(n) if n.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
