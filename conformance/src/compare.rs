//! Whether a body that was read and written again still says the same.
//!
//! It does where every value is equal to the letter, but for the forms in which PHP writes numbers (`"37"` and `37`,
//! `"10.00"` and `10`) and booleans (`"Y"`, `"1"`, `1` and `true`).

use std::collections::BTreeSet;

use serde_json::Value;

/// A place where the two differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Where: `result.items[3].ID`.
    pub path: String,
    /// What was there; `None` where nothing was.
    pub before: Option<Value>,
    /// What has become of it; `None` where it is gone.
    pub after: Option<Value>,
}

/// The places where `after` does not say what `before` does.
pub fn losses(before: &Value, after: &Value) -> Vec<Loss> {
    let mut found = Vec::new();
    compare(Some(before), Some(after), &mut String::new(), &mut found);
    found
}

fn compare(before: Option<&Value>, after: Option<&Value>, path: &mut String, found: &mut Vec<Loss>) {
    match (before, after) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                below(path, &format!("{dot}{key}"), |path| compare(one.get(key), other.get(key), path, found));
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for index in 0..one.len().max(other.len()) {
                below(path, &format!("[{index}]"), |path| compare(one.get(index), other.get(index), path, found));
            }
        }
        (Some(one), Some(other)) if one == other || alike(one, other) => {}
        (before, after) => {
            found.push(Loss { path: path.clone(), before: before.cloned(), after: after.cloned() });
        }
    }
}

fn below(path: &mut String, step: &str, visit: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(step);
    visit(path);
    path.truncate(length);
}

/// Whether two scalars are forms of one number or one boolean.
fn alike(one: &Value, other: &Value) -> bool {
    let numbers = number(one).zip(number(other)).is_some_and(|(one, other)| one.total_cmp(&other).is_eq());
    numbers || boolean(one).zip(boolean(other)).is_some_and(|(one, other)| one == other)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    // `-0` is `0`.
    .map(|number: f64| number + 0.0)
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "Y" | "y" | "1" | "true" => Some(true),
            "N" | "n" | "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The leaves of `body` (scalars and empty containers) with their paths, the indices of lists written `[]`: how many there
/// are, and how many of them stand at or below one of `paths`.
pub fn leaves(body: &Value, paths: &[String]) -> (usize, usize) {
    let (mut all, mut listed) = (0, 0);
    walk(body, &mut String::new(), &mut |path| {
        all += 1;
        listed += usize::from(paths.iter().any(|known| is_below(path, known)));
    });
    (all, listed)
}

fn is_below(path: &str, known: &str) -> bool {
    path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn walk(value: &Value, path: &mut String, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                below(path, &format!("{dot}{key}"), |path| walk(value, path, visit));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            below(path, "[]", |path| items.iter().for_each(|item| walk(item, path, visit)));
        }
        _ => visit(path),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        losses(before, after).into_iter().map(|loss| loss.path).collect()
    }

    #[test]
    fn forms_of_numbers_and_booleans_are_no_loss() {
        let before = json!({"a": "37", "b": "10.00", "c": "Y", "d": "0", "e": 1, "f": [1.5, null], "g": "x"});
        let after = json!({"g": "x", "a": 37, "b": 10, "c": true, "d": false, "e": true, "f": [1.5, null]});
        assert!(paths(&before, &after).is_empty());
    }

    #[test]
    fn everything_else_is() {
        let before = json!({"a": "x", "b": [1, 2], "c": {"d": ""}, "e": false, "g": "07"});
        let after = json!({"a": "y", "b": [1], "c": {"d": null}, "f": 1, "g": 8});
        assert_eq!(paths(&before, &after), ["a", "b[1]", "c.d", "e", "f", "g"]);
    }

    #[test]
    fn leaves_are_counted_below_paths_but_not_beside_them() {
        let body = json!({"a": {"b": [1, 2], "c": {}}, "ab": 1});
        assert_eq!(leaves(&body, &["a.b[]".to_owned()]), (4, 2));
        assert_eq!(leaves(&body, &["a".to_owned()]), (4, 3));
    }
}
