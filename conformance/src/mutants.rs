//! Examples made wrong on purpose: what checks the check.
//!
//! Each answer that was read is changed in one place at a time. A key that is added has to be listed as untyped, unless the
//! docs leave its object open to any key; an object in place of a number has to be refused, with its path; an error with
//! another code is no longer the documented one.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    case::{Kind, Verdict},
    examples::{Example, verdict},
};

/// The key that is added.
const KEY: &str = "zzProbe";

/// How many mutants there were, and how many were noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mutants {
    /// Keys that were added.
    pub keys: usize,
    /// Those listed as untyped. The others are in objects whose every key is documented.
    pub keys_listed: usize,
    /// Those gone when the answer was written again.
    pub keys_lost: usize,
    /// Numbers that an object replaced.
    pub numbers: usize,
    /// Those refused with the number's path.
    pub numbers_refused: usize,
    /// Errors whose code was changed.
    pub codes: usize,
    /// Those on `Other`.
    pub codes_other: usize,
}

impl fmt::Display for Mutants {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mutants { keys, keys_listed, keys_lost, numbers, numbers_refused, codes, codes_other } = self;
        write!(out, "{keys_listed} of {keys} added keys listed as untyped ({keys_lost} lost), ")?;
        write!(out, "{numbers_refused} of {numbers} objects in place of a number refused with their path, ")?;
        write!(out, "{codes_other} of {codes} changed codes on `Other`")
    }
}

/// Makes the mutants of each example and counts those that are noticed.
pub fn check(examples: &[Example]) -> Mutants {
    let mut found = Mutants::default();
    for example in examples {
        match (example.kind, verdict(example)) {
            (Kind::Response | Kind::Event, Verdict::Read { body, untyped, .. }) => {
                let after: Value = serde_json::from_str(body.get()).unwrap_or_default();
                add_keys(example, &mut found);
                replace_numbers(example, &after, &untyped, &mut found);
            }
            (Kind::Error, Verdict::Read { variant, .. }) if variant.as_deref() != Some("Other") => {
                change_code(example, &mut found);
            }
            _ => {}
        }
    }
    found
}

fn add_keys(example: &Example, found: &mut Mutants) {
    for place in places(&example.json, Value::is_object) {
        let mut mutant = example.clone();
        let Some(Value::Object(entries)) = mutant.json.pointer_mut(&place.pointer) else { continue };
        entries.insert(KEY.to_owned(), json!({"a": 1}));
        found.keys += 1;
        let Verdict::Read { body, untyped, .. } = verdict(&mutant) else { continue };
        let dot = if place.path.is_empty() { "" } else { "." };
        found.keys_listed += usize::from(untyped.contains(&format!("{}{dot}{KEY}.a", place.pattern)));
        found.keys_lost += usize::from(!body.get().contains(KEY));
    }
}

/// `after` tells which values the types know as numbers.
fn replace_numbers(example: &Example, after: &Value, untyped: &[String], found: &mut Mutants) {
    for place in places(after, Value::is_number) {
        if untyped.contains(&place.pattern) {
            continue;
        }
        let mut mutant = example.clone();
        let Some(value) = mutant.json.pointer_mut(&place.pointer) else { continue };
        *value = json!({"a": 1});
        found.numbers += 1;
        let refused = matches!(verdict(&mutant), Verdict::Refused { path, .. } if path == place.path);
        found.numbers_refused += usize::from(refused);
    }
}

fn change_code(example: &Example, found: &mut Mutants) {
    let mut mutant = example.clone();
    let new = json!("ZZ_CHANGED");
    let message = json!("Changed on purpose");
    match mutant.json.get_mut("error") {
        Some(Value::Object(error)) => {
            error.insert("code".to_owned(), new);
            error.insert("message".to_owned(), message);
            error.remove("validation");
        }
        Some(code) => {
            *code = new;
            mutant.json["error_description"] = message;
        }
        None => return,
    }
    found.codes += 1;
    let other = matches!(verdict(&mutant), Verdict::Read { variant, .. } if variant.as_deref() == Some("Other"));
    found.codes_other += usize::from(other);
}

/// A value within a body.
struct Place {
    /// As `serde_json` finds it: `/result/0/ID`.
    pointer: String,
    /// As errors name it: `result[0].ID`.
    path: String,
    /// As `untyped` names it: `result[].ID`.
    pattern: String,
}

fn places(body: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<Place> {
    let mut out = Vec::new();
    let root = Place { pointer: String::new(), path: String::new(), pattern: String::new() };
    walk(body, root, &wanted, &mut out);
    out
}

fn walk(value: &Value, place: Place, wanted: &dyn Fn(&Value) -> bool, out: &mut Vec<Place>) {
    let inner = |step: &str, path: &str, pattern: &str| Place {
        pointer: format!("{}/{step}", place.pointer),
        path: format!("{}{path}", place.path),
        pattern: format!("{}{pattern}", place.pattern),
    };
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let step = if place.path.is_empty() { key.clone() } else { format!(".{key}") };
                walk(value, inner(&escaped(key), &step, &step), wanted, out);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, inner(&index.to_string(), &format!("[{index}]"), "[]"), wanted, out);
            }
        }
        _ => {}
    }
    if wanted(value) {
        out.push(place);
    }
}

/// A key in a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
