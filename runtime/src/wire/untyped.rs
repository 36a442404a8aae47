//! What landed in a catch-all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Frag, Slot};

/// The paths under `value` whose JSON no documented type describes: keys without a field (unless the docs leave the
/// structure open) and the leaves of undocumented values. Indices of lists are written `[]`, so one path stands for all
/// items.
///
/// `root` is the path of `value` itself, such as `result`; it may be empty.
pub fn untyped(value: &dyn Slot, root: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    walk(value.frag(), &mut root.to_owned(), &mut paths);
    paths
}

fn walk(frag: Frag<'_>, path: &mut String, paths: &mut BTreeSet<String>) {
    match frag {
        Frag::Any(value) => leaves(value, path, paths),
        Frag::List(list) => below(path, "[]", |path| {
            (0..list.len()).for_each(|index| walk(list.item(index).frag(), path, paths));
        }),
        Frag::Map(entries) => {
            for (key, value) in (0..entries.len()).map(|index| entries.item(index)) {
                below(path, key, |path| walk(value.frag(), path, paths));
            }
        }
        Frag::Object(object) => {
            let table = object.table();
            for (index, field) in table.fields.iter().enumerate() {
                below(path, field.name, |path| walk(object.at(index).frag(), path, paths));
            }
            if !table.open {
                for (key, value) in object.extra().iter() {
                    below(path, key, |path| leaves(value, path, paths));
                }
            }
        }
        Frag::Absent | Frag::Null | Frag::Bool(_) | Frag::Int(_) | Frag::Float(_) | Frag::Str(_) | Frag::Json(_) => {}
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
