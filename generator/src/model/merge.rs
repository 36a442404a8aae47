//! Adds what the JSON examples show: fields that no table lists, and how every value travels.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::draft::{DraftField, Drafts, Seen};
use super::finish::Subject;
use super::keys::are_languages;
use super::place::{is_keyed, is_wildcard, new_inner};
use super::{ObjectId, Witness};
use crate::facts::page_facts::{ExampleOf, Side};
use crate::page::Place;

/// Examples nested deeper than this are not followed.
const MAX_DEPTH: u32 = 16;

/// Merges the examples of a page into its structures.
pub(super) fn examples(subject: &Subject<'_>, drafts: &mut Drafts<'_>) {
    let Subject { facts, request, response, calls, .. } = subject;
    let call = |number: u16| calls.get(usize::from(number));
    let curl = facts.examples.iter().any(|e| e.kind == ExampleOf::Request && e.json.is_object());
    for example in &facts.examples {
        let Some(object) = example.json.as_object() else { continue };
        let (root, request) = match example.kind {
            ExampleOf::Request => (request, true),
            ExampleOf::Call if !curl => (request, true),
            ExampleOf::Response | ExampleOf::Event => (response, false),
            ExampleOf::Webhook(Side::Received(number)) => (call(number).map_or(response, |c| &c.payload), false),
            ExampleOf::Webhook(Side::Answered(number)) => (call(number).map_or(response, |c| &c.answer), false),
            _ => continue,
        };
        Merger { drafts: &mut *drafts, place: example.place, request }.object(root, object, 0);
    }
}

/// Whether examples add nothing to what the member `name` of an answer holds: the block of timings is known.
pub(super) fn is_known(name: &str) -> bool {
    name.eq_ignore_ascii_case("time")
}

struct Merger<'d, 'f> {
    drafts: &'d mut Drafts<'f>,
    /// Where the example stands.
    place: Place,
    /// Whether `filter`, `order` and `select` have their meaning.
    request: bool,
}

impl Merger<'_, '_> {
    /// Merges the members of `value` into the structure `id`.
    fn object(&mut self, id: &ObjectId, value: &Map<String, Value>, depth: u32) {
        // What stands outside the cluster is not changed from here.
        if depth > MAX_DEPTH || !self.drafts.objects.contains_key(id) {
            return;
        }
        for (key, member) in value {
            if depth == 0 && !self.request && is_known(key) {
                continue;
            }
            self.member(id, key, member, depth);
        }
    }

    fn member(&mut self, id: &ObjectId, key: &str, value: &Value, depth: u32) {
        let object = &mut self.drafts.objects[id];
        let index = match object.find(key) {
            Some(index) => index,
            None if !object.open.is_empty() && is_open_key(key) => {
                object.open.add_like(key);
                return;
            }
            None if is_wildcard(key) || key.is_empty() || !key.is_ascii() => {
                object.open.add(key);
                return;
            }
            // No name of a field: an operator in front of one in a filter, `>=DATE`, or a key of those that a row stands for,
            // the selector `.block-title`.
            None if key.starts_with(['!', '<', '>', '=', '%', '@', '?', '~', '*', '+', '-'])
                || !object.open.is_empty() && key.starts_with(|c: char| c.is_ascii_punctuation() && c != '_') =>
            {
                object.open.add_any();
                return;
            }
            None => {
                let from = BTreeSet::from([Witness::Example]);
                object.fields.push(DraftField {
                    name: key.to_owned(),
                    place: self.place,
                    from,
                    ..DraftField::default()
                });
                object.fields.len() - 1
            }
        };
        let inner = object.fields[index].inner.clone();
        let field = &object.fields[index];
        let clause = self.request && depth == 0 && is_clause(&field.name) && field.inner.is_none();
        let (declared, declared_scalars) = (field.keyed, field.keyed_scalars);
        let known = inner.as_ref().and_then(|inner| self.drafts.objects.get(inner));
        let listed: Vec<String> = known.map_or(Vec::new(), |known| {
            known.fields.iter().filter(|field| field.is_documented()).map(|f| f.name.clone()).collect()
        });
        let open = known.is_some_and(|known| !known.open.is_empty());
        // Keys are data where they are numbers or head objects of one shape, unless the docs name them.
        let is_data = |map: &Map<String, Value>| {
            let documented = listed.iter().any(|name| map.contains_key(name));
            are_languages(map.keys().map(String::as_str)) && (!documented || map.values().all(Value::is_object))
                || !documented && (is_keyed(map) || is_uniform(map) || clause)
                || declared && map.values().all(|v| v.is_object() || v.is_null())
                || declared_scalars && are_of_one_kind(map)
                || documented && values_fit(map, &listed)
        };
        // What was noted while tables were placed did not know yet which keys are data.
        let field = &mut self.drafts.objects[id].fields[index];
        let mut seen =
            if std::mem::replace(&mut field.merged, true) { std::mem::take(&mut field.seen) } else { Seen::default() };
        let is_data: &dyn Fn(&Map<String, Value>) -> bool = &is_data;
        seen.note(value, is_data);
        let mut leaves = Vec::new();
        if !clause {
            objects(value, is_data, &mut leaves, 0);
        }
        let field = &mut self.drafts.objects[id].fields[index];
        let keyed = seen.keyed;
        field.seen = seen;
        field.from.insert(Witness::Example);
        if leaves.is_empty() {
            let is_empty =
                |inner: &ObjectId| self.drafts.objects.get(inner).is_some_and(|inner| inner.fields.is_empty());
            if keyed && inner.as_ref().is_some_and(is_empty) {
                // A map of scalars holds no structure.
                self.drafts.objects[id].fields[index].inner = None;
            }
            return;
        }
        // A linked structure whose fields the example shows none of is not what the field holds: methods that list fields
        // give their types but answer with descriptions of them.
        let owner = |id: &ObjectId| id.split('/').next().map(str::to_owned);
        let is_own =
            |key: &String| listed.iter().any(|name| name.eq_ignore_ascii_case(key)) || open && is_open_key(key);
        let strange = |leaf: &&Map<String, Value>| !leaf.keys().any(is_own);
        let foreign = |inner: &ObjectId| owner(inner) != owner(id) && !listed.is_empty();
        let inner = match inner.as_ref().filter(|_| keyed).and_then(|inner| of_values(self.drafts, inner)) {
            Some(values) => {
                self.drafts.objects[id].fields[index].inner = Some(values.clone());
                Some(values)
            }
            None => inner,
        };
        let inner = inner.filter(|inner| !foreign(inner) || !leaves.iter().all(strange));
        let inner = inner.clone().unwrap_or_else(|| new_inner(self.drafts, id, index, self.place));
        if self.request && depth == 0 && is_clause(key) {
            self.drafts.objects[&inner].open.add_any();
        }
        for leaf in leaves {
            self.object(&inner, leaf, depth + 1);
        }
    }
}

/// Whether all values are texts, or all numbers.
fn are_of_one_kind(map: &Map<String, Value>) -> bool {
    !map.is_empty() && (map.values().all(Value::is_string) || map.values().all(Value::is_number))
}

/// Of a structure whose only documented part is what one of its keys holds, that part: the keys are data, and the table
/// about their values was taken for one about the key of an example.
fn of_values(drafts: &Drafts<'_>, id: &ObjectId) -> Option<ObjectId> {
    let fields = &drafts.objects[id].fields;
    let mut held = fields.iter().filter_map(|field| field.inner.as_ref());
    let (value, None) = (held.next()?, held.next()) else { return None };
    let described = drafts.objects[value].fields.iter().any(DraftField::is_documented);
    (described && !fields.iter().any(DraftField::is_documented)).then(|| value.clone())
}

/// The objects with keys of their own that a value holds, directly, as items, or under keys that are data.
fn objects<'v>(
    value: &'v Value,
    is_data: &dyn Fn(&Map<String, Value>) -> bool,
    out: &mut Vec<&'v Map<String, Value>>,
    depth: u32,
) {
    match value {
        Value::Array(items) if depth < MAX_DEPTH => {
            for item in items {
                objects(item, is_data, out, depth + 1);
            }
        }
        Value::Object(map) if map.is_empty() => {}
        Value::Object(map) if is_data(map) && depth < MAX_DEPTH => {
            map.values().for_each(|value| objects(value, is_data, out, depth + 1));
        }
        Value::Object(map) => out.push(map),
        _ => {}
    }
}

/// Parameters whose keys or items are names of fields.
pub(crate) fn is_clause(name: &str) -> bool {
    ["filter", "order", "select", "sort"].iter().any(|clause| name.eq_ignore_ascii_case(clause))
}

/// Keys of user fields and parents, which open objects document.
pub(crate) fn is_open_key(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    lower.starts_with("uf_")
        || lower.starts_with("uf") && digits > 0
        || lower.starts_with("parent") && digits > 0
        || lower.starts_with("property") && digits > 0
}

/// Whether the structure `listed` is that of the object's values rather than of the object itself.
fn values_fit(map: &Map<String, Value>, listed: &[String]) -> bool {
    let fit = |map: &Map<String, Value>| {
        let known = map.keys().filter(|key| listed.contains(key)).count();
        (known, map.len())
    };
    let mut known = 0;
    let mut all = 0;
    for value in map.values() {
        let Some(value) = value.as_object() else { return false };
        let (k, n) = fit(value);
        known += k;
        all += n;
    }
    let (own, own_all) = fit(map);
    // Compared as fractions: more than half of the values' keys, and more than of its own.
    known * 2 > all && known * own_all > own * all
}

/// Whether all values are objects of one shape, so that the keys are data: `{"TITLE": {"type": …}, "ID": {"type": …}}`.
fn is_uniform(map: &Map<String, Value>) -> bool {
    if map.len() < 3 {
        return false;
    }
    let shapes: Option<Vec<BTreeSet<&String>>> =
        map.values().map(|v| v.as_object().map(|o| o.keys().collect())).collect();
    let Some(shapes) = shapes else { return false };
    let first = &shapes[0];
    !first.is_empty()
        && shapes.iter().all(|shape| {
            let common = shape.intersection(first).count();
            let smaller = shape.len().min(first.len());
            smaller >= 2 && common * 4 >= smaller * 3 || common * 2 > shape.union(first).count()
        })
}
