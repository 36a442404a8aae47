//! Puts the rows of a table into a structure: rows with a path (`result.items[].id`), rows whose keys are data
//! (`<fileId>`, `UF_…`), and flat tables, whose nesting only the example shows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::Seen;
use super::draft::{DraftField, DraftObject, Drafts};
use super::typing::holds_scalars;
use super::{EnumValue, ObjectId, Witness};
use crate::facts::table::Row;
use crate::page::Place;

/// One step of a row's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A key.
    Key(String),
    /// `[]`, `[n]`, `[0]`: an item of a list.
    Item,
    /// `<id>`, `{lang}`: a key that is data.
    Data,
}

/// The steps of a row's name; one [`Step::Key`] for a plain one.
pub(crate) fn steps(name: &str) -> Vec<Step> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut depth = 0u32;
    let mut angle = 0u32;
    let mut flush = |word: &mut String, bracketed: bool| {
        let text = word.trim().trim_matches(['\'', '"']);
        if bracketed || !text.is_empty() {
            out.push(step(text, bracketed));
        }
        word.clear();
    };
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A placeholder is one word, whatever stands in it.
            '<' => {
                angle += 1;
                word.push(c);
            }
            '>' => {
                angle = angle.saturating_sub(1);
                word.push(c);
            }
            _ if angle > 0 => word.push(c),
            '.' if depth == 0 && chars.peek() != Some(&'.') && !word.ends_with('.') => flush(&mut word, false),
            '[' if depth == 0 => {
                flush(&mut word, false);
                depth = 1;
            }
            ']' if depth == 1 => {
                flush(&mut word, true);
                depth = 0;
            }
            c => word.push(c),
        }
    }
    flush(&mut word, false);
    out
}

fn step(text: &str, bracketed: bool) -> Step {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if bracketed && (text.is_empty() || digits || matches!(text, "n" | "i" | "N" | "*")) {
        return Step::Item;
    }
    let open = text.starts_with(['<', '{']) && text.ends_with(['>', '}']);
    if open || bracketed && !text.is_ascii() || text.starts_with('#') && text.ends_with('#') {
        return Step::Data;
    }
    Step::Key(text.to_owned())
}

/// Whether a name stands for many keys: `UF_…`, `parentId{entityTypeId}`, `PROPERTY_n`.
pub(crate) fn is_wildcard(name: &str) -> bool {
    let open = name.contains(['<', '{', '…', '*']) || name.contains("...");
    let numbered = name.ends_with("_n") || name.ends_with("_N") || name.ends_with("_ID_n") || name == "n";
    let cyrillic = !name.is_ascii();
    open || numbered && name.len() > 1 || cyrillic || name.ends_with('_') || name.contains("XXX")
}

/// Puts rows into the structure `root`. `flat` allows a row to go deeper, where the samples show its name.
pub(crate) struct Placer<'d, 'f> {
    pub(crate) drafts: &'d mut Drafts<'f>,
    pub(crate) witness: Witness,
    pub(crate) flat: bool,
    /// The root is an answer: what is not part of the envelope belongs to `result`.
    pub(crate) envelope: bool,
}

/// Keys beside `result` in an answer.
const ENVELOPE: [&str; 7] = ["result", "time", "total", "next", "error", "error_description", "has_more"];

impl<'f> Placer<'_, 'f> {
    pub(crate) fn rows(&mut self, root: &ObjectId, rows: &[Row]) {
        // The structures from the root to the one that took the last row.
        let mut contexts: Vec<ObjectId> = vec![root.clone()];
        // The structures that took rows.
        let mut taken: Vec<ObjectId> = Vec::new();
        for row in rows {
            for name in &row.names {
                // Words with spaces between them are prose, in a table; as keys of an example they are names.
                let prose = name.name.contains(' ') && !name.name.contains(['<', '{', '[']);
                let steps = match self.within(root, &name.name) {
                    Some(steps) => steps,
                    None if prose => vec![Step::Key(name.name.clone())],
                    None => steps(&name.name),
                };
                let path = steps.len() > 1 && !is_wildcard_path(&steps);
                let target = if path {
                    self.path(root, &steps[..steps.len() - 1], row.place)
                } else if self.flat {
                    if is_wildcard(&name.name) {
                        leave_last(&mut contexts, &taken);
                    }
                    self.context(root, &mut contexts, &taken, &name.name)
                } else {
                    root.clone()
                };
                taken.push(target.clone());
                match steps.last() {
                    Some(Step::Key(key)) => {
                        let placed = self.field(&target, row, key, name.required);
                        if let Some(inner) = placed
                            && !path
                        {
                            contexts.push(inner);
                        }
                    }
                    Some(Step::Item) if path => {
                        // `items[]` describes the list's items: its row speaks of the field `items`.
                        if let Some(Step::Key(key)) = steps.iter().rev().find(|s| matches!(s, Step::Key(_))) {
                            let holder = self.path(root, &steps[..key_position(&steps)], row.place);
                            self.field(&holder, row, key, name.required);
                            self.mark_list(&holder, key);
                        }
                    }
                    Some(_) => self.wildcard(&target, row, &name.name),
                    None => {}
                }
            }
        }
    }

    /// The steps of `LANGUAGE_ID (LANG)`: a key of the field `LANG`, which a row above has named.
    fn within(&self, root: &ObjectId, name: &str) -> Option<Vec<Step>> {
        let (key, holder) = name.strip_suffix(')')?.split_once(" (")?;
        self.drafts.objects[root].find(holder)?;
        Some(vec![Step::Key(holder.to_owned()), Step::Key(key.to_owned())])
    }

    /// Adds or completes a field; returns the structure inside it, if it has or can have one.
    fn field(&mut self, target: &ObjectId, row: &Row, key: &str, required: bool) -> Option<ObjectId> {
        if is_wildcard(key) {
            self.wildcard(target, row, key);
            return None;
        }
        let shown = || self.drafts.objects[target].samples.iter().any(|sample| lookup(sample, key).is_some());
        if key.contains(' ') && !shown() {
            self.drafts.prose.push((row.place, key.to_owned()));
            return None;
        }
        let new = DraftField::of_row(row, key, required, self.witness);
        let object = self.drafts.objects.get_mut(target)?;
        let index = if let Some(index) = object.find(key) {
            complete(&mut object.fields[index], new);
            index
        } else {
            object.fields.push(new);
            object.fields.len() - 1
        };
        self.note_samples(target, index);
        let field = &mut self.drafts.objects[target].fields[index];
        if are_values(row, field) {
            let values = row.children.iter().flat_map(|child| {
                let description = &child.description;
                child.names.iter().map(|name| EnumValue { value: name.name.clone(), description: description.clone() })
            });
            for value in values {
                if !field.values.iter().any(|v| v.value == value.value) {
                    field.values.push(value);
                }
            }
        } else if !row.children.is_empty() {
            let inner = self.inner(target, index, row.place);
            let flat = std::mem::replace(&mut self.flat, false);
            self.rows(&inner, &row.children);
            self.flat = flat;
        }
        let field = &self.drafts.objects[target].fields[index];
        if field.inner.is_some() {
            return field.inner.clone();
        }
        // A container by its samples gets its structure at once, so that the rows below can go into it.
        let has_objects = self.flat && !inner_samples(&self.drafts.objects[target], &field.name).is_empty();
        has_objects.then(|| self.inner(target, index, row.place))
    }

    fn wildcard(&mut self, target: &ObjectId, row: &Row, name: &str) {
        let Some(object) = self.drafts.objects.get_mut(target) else { return };
        object.open.add(name);
        if !row.children.is_empty() {
            // `<id>` with fields of its own: the structure of every value.
            let key = format!("{target}/{}", super::build::id_part(name));
            let inner = new_object(self.drafts, &key, name, row.place);
            let flat = std::mem::replace(&mut self.flat, false);
            self.rows(&inner, &row.children);
            self.flat = flat;
        }
    }

    /// The structure that the steps lead to; missing fields on the way are made.
    pub(crate) fn path(&mut self, root: &ObjectId, steps: &[Step], place: Place) -> ObjectId {
        let mut at = root.clone();
        for step in steps {
            match step {
                Step::Key(key) => {
                    let index = self.key(&at, key, place);
                    at = self.inner(&at, index, place);
                }
                Step::Item => {
                    if let Some((holder, index)) = self.holder(&at) {
                        self.drafts.objects[&holder].fields[index].listed = true;
                    }
                }
                Step::Data => {
                    if let Some((holder, index)) = self.holder(&at) {
                        self.drafts.objects[&holder].fields[index].keyed = true;
                    }
                }
            }
        }
        at
    }

    /// The field `key` of `target`, made where it is missing.
    pub(crate) fn key(&mut self, target: &ObjectId, key: &str, place: Place) -> usize {
        let object = &mut self.drafts.objects[target];
        let index = object.find(key).unwrap_or_else(|| {
            let from = BTreeSet::from([self.witness]);
            object.fields.push(DraftField { name: key.to_owned(), place, from, ..DraftField::default() });
            object.fields.len() - 1
        });
        self.note_samples(target, index);
        index
    }

    /// The field whose structure this is.
    fn holder(&self, inner: &ObjectId) -> Option<(ObjectId, usize)> {
        self.drafts.objects.iter().rev().find_map(|(id, object)| {
            object.fields.iter().position(|f| f.inner.as_ref() == Some(inner)).map(|i| (id.clone(), i))
        })
    }

    fn mark_list(&mut self, target: &ObjectId, key: &str) {
        if let Some(object) = self.drafts.objects.get_mut(target)
            && let Some(index) = object.find(key)
        {
            object.fields[index].listed = true;
        }
    }

    /// The structure inside a field, made where it is missing.
    pub(crate) fn inner(&mut self, target: &ObjectId, index: usize, place: Place) -> ObjectId {
        let field = &self.drafts.objects[target].fields[index];
        if let Some(inner) = &field.inner {
            return inner.clone();
        }
        let samples = inner_samples(&self.drafts.objects[target], &field.name);
        let inner = new_inner(self.drafts, target, index, place);
        self.drafts.objects[&inner].samples.extend(samples);
        inner
    }

    /// Notes what the samples of `target` show for its field.
    fn note_samples(&mut self, target: &ObjectId, index: usize) {
        let object = &mut self.drafts.objects[target];
        let field = &mut object.fields[index];
        if field.seen.any() {
            return;
        }
        for sample in &object.samples {
            if let Some(value) = lookup(sample, &field.name) {
                field.seen.note(value, &is_keyed);
            }
        }
    }

    /// The structure that a row of a flat table belongs to: the nearest one on the way up whose samples show its name,
    /// else the first one below the root that does.
    fn context(&mut self, root: &ObjectId, contexts: &mut Vec<ObjectId>, taken: &[ObjectId], name: &str) -> ObjectId {
        let shows = |drafts: &Drafts<'f>, id: &ObjectId| {
            drafts.objects[id].samples.iter().any(|sample| lookup(sample, name).is_some())
        };
        for depth in (0..contexts.len()).rev() {
            if shows(self.drafts, &contexts[depth]) {
                contexts.truncate(depth + 1);
                return contexts[depth].clone();
            }
        }
        let samples = self.drafts.objects[root].samples.clone();
        if let Some(path) = samples.iter().find_map(|sample| search(sample, name)) {
            let steps: Vec<Step> = path.into_iter().map(Step::Key).collect();
            let place = self.drafts.objects[root].place;
            let found = self.path(root, &steps, place);
            contexts.truncate(1);
            contexts.push(found.clone());
            return found;
        }
        if self.envelope && contexts.len() == 1 && !ENVELOPE.contains(&name) {
            // A table may list what `result` holds without a row for `result` itself.
            let place = self.drafts.objects[root].place;
            let index = self.key(root, "result", place);
            if self.drafts.objects[root].fields[index].may_hold_object() {
                let inner = self.inner(root, index, place);
                contexts.push(inner.clone());
                return inner;
            }
        }
        if self.envelope && ENVELOPE.contains(&name) {
            contexts.truncate(1);
            return root.clone();
        }
        // Nothing shows it: beside the rows before it, not in a structure whose examples lack it.
        if contexts.last().is_some_and(|last| !self.drafts.objects[last].samples.is_empty()) {
            leave_last(contexts, taken);
        }
        contexts.last().cloned().unwrap_or_else(|| root.clone())
    }
}

/// Leaves the structure of the row that came last, if no row is in it but some are beside that row: keys that stand for many
/// end the list of those.
fn leave_last(contexts: &mut Vec<ObjectId>, taken: &[ObjectId]) {
    if let [.., holder, last] = contexts.as_slice()
        && !taken.contains(last)
        && taken.iter().filter(|id| *id == holder).count() > 1
    {
        contexts.pop();
    }
}

/// Whether the names listed in a field's description are its values rather than fields inside it: none has a type, and the
/// field is a scalar or a list of such, by its documented type or by what the samples show.
fn are_values(row: &Row, field: &DraftField) -> bool {
    let untyped = |child: &Row| child.doc_type.text.is_empty() && child.children.is_empty();
    if row.children.is_empty() || !row.children.iter().all(untyped) {
        return false;
    }
    let scalars = |seen: &Seen| seen.scalar() && !seen.object() && !seen.keyed;
    let shown = |seen: &Seen| scalars(seen) && !seen.array || seen.items.as_deref().is_some_and(scalars);
    let names_fields = ["select", "order", "sort"].iter().any(|clause| field.name.eq_ignore_ascii_case(clause));
    holds_scalars(&field.doc_type.text) && !field.seen.object()
        || shown(&field.seen)
        || names_fields && !field.seen.object()
}

fn is_wildcard_path(steps: &[Step]) -> bool {
    matches!(steps, [Step::Key(first), ..] if first.is_empty()) || matches!(steps, [Step::Data, ..])
}

fn key_position(steps: &[Step]) -> usize {
    steps.iter().rposition(|s| matches!(s, Step::Key(_))).unwrap_or(0)
}

/// Makes a structure under `key`, or under the next free variation of it.
pub(crate) fn new_object(drafts: &mut Drafts<'_>, key: &str, name: &str, place: Place) -> ObjectId {
    let mut id = key.to_owned();
    let mut n = 2;
    while drafts.objects.contains_key(&id) {
        id = format!("{key}-{n}");
        n += 1;
    }
    let object = DraftObject { place, name: name.to_owned(), named: true, ..DraftObject::default() };
    drafts.objects.insert(id.clone(), object);
    id
}

/// A new structure inside the field `index` of `target`.
pub(crate) fn new_inner(drafts: &mut Drafts<'_>, target: &ObjectId, index: usize, place: Place) -> ObjectId {
    let name = drafts.objects[target].fields[index].name.clone();
    let key = format!("{target}/{}", super::build::id_part(&name));
    let inner = new_object(drafts, &key, &name, place);
    drafts.objects[target].fields[index].inner = Some(inner.clone());
    inner
}

/// The member of a JSON object by name: exactly, else in another case.
pub(crate) fn lookup<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// The JSON objects that a field's samples hold: the value itself, its items, or the values of a map keyed by data.
pub(crate) fn inner_samples<'f>(object: &DraftObject<'f>, name: &str) -> Vec<&'f Value> {
    let mut out = Vec::new();
    for sample in &object.samples {
        if let Some(value) = lookup(sample, name) {
            flatten(value, &mut out, 0);
        }
    }
    out
}

pub(crate) fn flatten<'f>(value: &'f Value, out: &mut Vec<&'f Value>, depth: u32) {
    match value {
        Value::Array(items) if depth < 4 => items.iter().for_each(|item| flatten(item, out, depth + 1)),
        Value::Object(map) if is_keyed(map) && depth < 4 => map.values().for_each(|v| flatten(v, out, depth + 1)),
        Value::Object(_) => out.push(value),
        _ => {}
    }
}

/// Whether the keys of a JSON object are data: numbers, or placeholders.
pub(crate) fn is_keyed(map: &serde_json::Map<String, Value>) -> bool {
    !map.is_empty()
        && map.keys().all(|key| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit() || b == b'-')
                || key.starts_with(['<', '{'])
                || is_compound_number(key)
        })
}

/// `123_456`, `n123`, `chat42`-like keys that differ in their number alone are not told apart here: only pure numbers
/// with one letter in front count.
fn is_compound_number(key: &str) -> bool {
    let rest = key.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = key.len() - rest.len();
    (1..=4).contains(&prefix) && rest.len() >= 2 && rest.bytes().all(|b| b.is_ascii_digit())
}

/// Breadth first: the keys that lead to the nearest object holding `name`.
fn search(value: &Value, name: &str) -> Option<Vec<String>> {
    let mut level: Vec<(Vec<String>, &Value)> = vec![(Vec::new(), value)];
    for _ in 0..6 {
        let mut next = Vec::new();
        for (path, value) in level {
            let mut objects = Vec::new();
            flatten(value, &mut objects, 0);
            for object in objects {
                if lookup(object, name).is_some() {
                    return Some(path);
                }
                let members = object.as_object().into_iter().flatten();
                for (key, value) in members.filter(|(_, v)| v.is_object() || v.is_array()) {
                    let mut path = path.clone();
                    path.push(key.clone());
                    next.push((path, value));
                }
            }
        }
        level = next;
    }
    None
}

/// Adds what a second statement of a field knows and the first does not.
pub(crate) fn complete(field: &mut DraftField, other: DraftField) {
    field.required &= other.required || field.from.contains(&Witness::Example);
    if field.doc_type.text.is_empty() {
        field.doc_type = other.doc_type;
    } else if !other.doc_type.text.is_empty() && !field.doc_type.text.split(" | ").any(|t| t == other.doc_type.text) {
        // Variants in tabs give one name several types.
        field.doc_type.text = format!("{} | {}", field.doc_type.text, other.doc_type.text);
        field.doc_type.links.extend(other.doc_type.links);
    }
    if field.description.is_empty() {
        field.description = other.description;
        field.place = other.place;
    }
    for link in other.links {
        if !field.links.contains(&link) {
            field.links.push(link);
        }
    }
    for value in other.values {
        if !field.values.iter().any(|v| v.value == value.value) {
            field.values.push(value);
        }
    }
    field.default = field.default.take().or(other.default);
    field.item = field.item.or(other.item);
    field.nullable |= other.nullable;
    field.template |= other.template;
    field.from.extend(other.from);
}

#[cfg(test)]
mod tests {
    use crate::docs::Docs;
    use crate::model::Model;

    #[test]
    fn keys_that_stand_for_many_stand_beside_the_rows_above_them_not_in_the_last_one() {
        let page = "# Fields of a star star.fields\n\n> Scope: `star`\n\n## Response Handling\n\n```json\n{\"result\": {\
                    \"ID\": 1, \"NAME\": \"Sun\", \"LINK\": {\"type\": \"web\"}, \"UF_CRM_17\": \"x\"}}\n```\n\n### Returned Data\n\n\
                    #|\n|| **Name**\n`type` | **Description** ||\n|| **ID**\n`integer` | Number ||\n|| **NAME**\n`string` | Name ||\n\
                    || **LINK**\n`object` | Site ||\n|| **UF_...** | Own fields ||\n|#\n";
        let model = Model::read(&Docs::new(vec![("api-reference/star/star-fields.md".into(), page.into())], &[]));
        let result = &model.objects["star.fields/response/result"];
        let names: Vec<&str> = result.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!((names, &result.open_keys), (vec!["ID", "NAME", "LINK"], &vec!["UF_".to_owned()]));
    }
    #[test]
    fn a_row_that_no_example_shows_stands_beside_the_structure_above_it_whose_example_lacks_it() {
        let page = "# Get a star star.get\n\n> Scope: `star`\n\n## Response Handling\n\n```json\n{\"result\": {\
                    \"ID\": 1, \"NAME\": \"Sun\", \"LINK\": {\"type\": \"web\"}}}\n```\n\n### Returned Data\n\n\
                    #|\n|| **Name**\n`type` | **Description** ||\n|| **ID**\n`integer` | Number ||\n|| **NAME**\n`string` | Name ||\n\
                    || **LINK**\n`object` | Site ||\n|| **type**\n`string` | Kind ||\n|| **MASS**\n`double` | In suns ||\n|#\n";
        let model = Model::read(&Docs::new(vec![("api-reference/star/star-get.md".into(), page.into())], &[]));
        let names =
            |id: &str| -> Vec<&str> { model.objects[id].fields.iter().map(|field| field.name.as_str()).collect() };
        assert_eq!(names("star.get/response/result"), ["ID", "NAME", "LINK"]);
        assert_eq!(names("star.get/response/result/LINK"), ["type", "MASS"]);
        // Nothing stands in the structure itself: the table does not list what it holds.
        let page = page.replace("|| **type**\n`string` | Kind ||\n", "");
        let model = Model::read(&Docs::new(vec![("api-reference/star/star-get.md".into(), page.into())], &[]));
        let names =
            |id: &str| -> Vec<&str> { model.objects[id].fields.iter().map(|field| field.name.as_str()).collect() };
        assert_eq!(names("star.get/response/result"), ["ID", "NAME", "LINK", "MASS"]);
    }
}
