//! What landed in a catch-all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Frag, Slot,
    came::{At, Shape, is_nothing, positions},
};

/// The paths under `value` whose JSON no documented type describes: keys without a field (unless the docs leave the
/// structure open) and the leaves of undocumented values, `null` aside. Indices of lists are written `[]`, so one path
/// stands for all items.
///
/// `root` is the path of `value` itself, such as `result`; it may be empty.
pub fn untyped(value: &dyn Slot, root: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    walk(value.frag(), None, &mut root.to_owned(), &mut paths);
    paths
}

fn walk(frag: Frag<'_>, shape: Option<&Shape>, path: &mut String, paths: &mut BTreeSet<String>) {
    match frag {
        // Of nothing there is no type to be had.
        Frag::Any(value) if value.is_null() => {}
        Frag::Any(value) => leaves(value, path, paths),
        Frag::List(list) => {
            let keys = shape.and_then(|shape| shape.keys(list.len()));
            for (place, at) in positions(list.len(), shape).enumerate() {
                let of_item = |index| list.item(index).extra().and_then(|extra| extra.key());
                let key = match (keys, &at) {
                    (Some(keys), _) => Some(keys[place].as_str()),
                    (None, At::Item(index)) if shape.is_none() => of_item(*index),
                    _ => None,
                };
                below(path, key.unwrap_or("[]"), |path| match at {
                    At::Item(index) => walk(list.item(index).frag(), None, path, paths),
                    At::Gap(gap) => something(&gap.value, path, paths),
                });
            }
        }
        Frag::Map(entries) => {
            let listed = shape.is_some_and(|shape| shape.listed);
            for at in positions(entries.len(), shape) {
                let key = match at {
                    At::Item(index) => entries.item(index).0,
                    At::Gap(gap) => &gap.key,
                };
                below(path, if listed { "[]" } else { key }, |path| match at {
                    At::Item(index) => walk(entries.item(index).1.frag(), None, path, paths),
                    At::Gap(gap) => something(&gap.value, path, paths),
                });
            }
        }
        Frag::Object(object) => {
            let (table, extra) = (object.table(), object.extra());
            for (index, field) in table.fields.iter().enumerate() {
                let key = extra.spelling(index).unwrap_or(field.name);
                below(path, key, |path| walk(object.at(index).frag(), extra.shape(index), path, paths));
            }
            for (key, value) in extra.iter() {
                // What stands beside its field is not documented, however open the structure is.
                if !table.is_open_to(key) || table.find_in_any_case(key).is_some() {
                    below(path, key, |path| leaves(value, path, paths));
                }
            }
        }
        Frag::Absent | Frag::Null | Frag::Bool(_) | Frag::Int(_) | Frag::Float(_) | Frag::Str(_) | Frag::Json(_) => {}
    }
}

/// As [`leaves`], where the value says anything.
fn something(value: &Value, path: &mut String, paths: &mut BTreeSet<String>) {
    if !is_nothing(value) {
        leaves(value, path, paths);
    }
}

fn leaves(value: &Value, path: &mut String, paths: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            below(path, "[]", |path| items.iter().for_each(|item| leaves(item, path, paths)));
        }
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                below(path, key, |path| leaves(value, path, paths));
            }
        }
        _ => {
            paths.insert(path.clone());
        }
    }
}

fn below(path: &mut String, step: &str, visit: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 && step != "[]" {
        path.push('.');
    }
    path.push_str(step);
    visit(path);
    path.truncate(length);
}
