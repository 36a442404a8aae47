//! Adds what the JSON examples show: fields that no table lists, and how every value travels.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::draft::{DraftField, Drafts};
use super::place::{is_keyed, is_wildcard, new_object};
use super::{ObjectId, Witness};
use crate::page::Place;

/// Examples nested deeper than this are not followed.
const MAX_DEPTH: u32 = 16;

pub(crate) struct Merger<'d, 'f> {
    pub(crate) drafts: &'d mut Drafts<'f>,
    /// Where the example stands.
    pub(crate) place: Place,
    /// Whether `filter`, `order` and `select` have their meaning.
    pub(crate) request: bool,
}

impl Merger<'_, '_> {
    /// Merges the members of `value` into the structure `id`.
    pub(crate) fn object(&mut self, id: &ObjectId, value: &Map<String, Value>, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        for (key, member) in value {
            self.member(id, key, member, depth);
        }
    }

    fn member(&mut self, id: &ObjectId, key: &str, value: &Value, depth: u32) {
        let object = &mut self.drafts.objects[id];
        let index = match object.find(key) {
            Some(index) => index,
            None if object.open && is_open_key(key) || is_wildcard(key) || key.is_empty() || !key.is_ascii() => {
                object.open = true;
                return;
            }
            // An operator in front of a field of a filter: `>=DATE`.
            None if key.starts_with(['!', '<', '>', '=', '%', '@', '?', '~', '*', '+', '-']) => {
                object.open = true;
                return;
            }
            None => {
                let from = BTreeSet::from([Witness::Example]);
                object.fields.push(DraftField { name: key.to_owned(), place: self.place, from, ..DraftField::default() });
                object.fields.len() - 1
            }
        };
        let field = &mut object.fields[index];
        field.seen.note(value);
        field.from.insert(Witness::Example);
        let verb = self.request && depth == 0 && is_clause(&field.name);
        self.structure(id, index, value, depth, verb);
    }

    /// Goes into the objects that a field holds.
    fn structure(&mut self, id: &ObjectId, index: usize, value: &Value, depth: u32, verb: bool) {
        let field = &self.drafts.objects[id].fields[index];
        match value {
            Value::Array(items) => {
                if items.iter().any(Value::is_object) || field.inner.is_some() {
                    for item in items {
                        self.structure(id, index, item, depth + 1, verb);
                    }
                }
            }
            Value::Object(map) if !map.is_empty() && depth <= MAX_DEPTH => {
                if field.inner.is_none() && verb {
                    // The caller's keys: a map, whatever the example happens to use.
                    self.note_values(id, index, map);
                    return;
                }
                let documented = field.inner.as_ref().is_some_and(|inner| {
                    let known = &self.drafts.objects[inner];
                    map.keys().any(|key| known.find(key).is_some())
                });
                let data = !documented && (is_keyed(map) || is_uniform(map) || field.keyed);
                if data {
                    self.note_values(id, index, map);
                    if map.values().any(|v| v.is_object() || v.is_array()) {
                        for value in map.values() {
                            self.structure(id, index, value, depth + 1, verb);
                        }
                    }
                    return;
                }
                let inner = match &field.inner {
                    Some(inner) => inner.clone(),
                    None => {
                        let name = field.name.clone();
                        let key = format!("{id}/{}", super::build::id_part(&name));
                        let inner = new_object(self.drafts, key, &name, self.place);
                        self.drafts.objects[id].fields[index].inner = Some(inner.clone());
                        inner
                    }
                };
                if verb {
                    self.drafts.objects[&inner].open = true;
                }
                self.object(&inner, map, depth + 1);
            }
            _ => {}
        }
    }

    fn note_values(&mut self, id: &ObjectId, index: usize, map: &Map<String, Value>) {
        let field = &mut self.drafts.objects[id].fields[index];
        field.keyed = true;
        let seen = field.seen.items.get_or_insert_default();
        map.values().for_each(|value| seen.note(value));
    }
}

/// Parameters whose keys or items are names of fields.
pub(crate) fn is_clause(name: &str) -> bool {
    ["filter", "order", "select", "sort"].iter().any(|clause| name.eq_ignore_ascii_case(clause))
}

/// Keys of user fields and parents, which open objects document.
fn is_open_key(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    lower.starts_with("uf_") || lower.starts_with("uf") && digits > 0 || lower.starts_with("parent") && digits > 0 || lower.starts_with("property") && digits > 0
}

/// Whether all values are objects of one shape, so that the keys are data: `{"TITLE": {"type": …}, "ID": {"type": …}}`.
fn is_uniform(map: &Map<String, Value>) -> bool {
    if map.len() < 3 {
        return false;
    }
    let shapes: Option<Vec<BTreeSet<&String>>> = map.values().map(|v| v.as_object().map(|o| o.keys().collect())).collect();
    let Some(shapes) = shapes else { return false };
    let first = &shapes[0];
    !first.is_empty()
        && shapes.iter().all(|shape| {
            let common = shape.intersection(first).count();
            common * 2 > shape.union(first).count()
        })
}
