//! Adds what type declarations in example code say of a method's result: TypeScript types and Go structures.
//!
//! They are the last witness. Tables, linked pages and JSON examples are merged before; a declaration fills what those
//! leave open, the type of a field or fields of their own. Where it contradicts what they say it is not heard.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{DraftField, Drafts, Seen};
use super::finish::Subject;
use super::merge::is_open_key;
use super::place::{is_wildcard, new_inner};
use super::typing::{holds_scalars, is_identifier, one_of_texts, union};
use super::{Kind, ObjectId, Type, Witness};
use crate::literal::shape::{Scalar, Shape};
use crate::page::Place;

/// Declarations nested deeper than this are not followed.
const MAX_DEPTH: u32 = 12;

/// Hears the type declarations in the example code of a page, TypeScript before Go.
pub(super) fn declared(subject: &Subject<'_>, drafts: &mut Drafts<'_>) {
    let owner = format!("{}/", subject.owner);
    for declared in &subject.facts.declared {
        let witness = if declared.go { Witness::Go } else { Witness::Typescript };
        let mut declarer = Declarer { drafts: &mut *drafts, witness, place: declared.place, owner: &owner };
        declarer.member(&subject.response, "result", &declared.shape, 0);
    }
}

struct Declarer<'d, 'f> {
    drafts: &'d mut Drafts<'f>,
    witness: Witness,
    /// Where the declaration stands.
    place: Place,
    /// What the ids of the page's own structures begin with: those of other pages get no fields from here.
    owner: &'d str,
}

/// Hears which keys of the answer `root` are data, before its examples are merged: those show some of them, as if they were
/// names of fields. A structure with documented fields has names.
pub(crate) fn keys(drafts: &mut Drafts<'_>, root: &ObjectId, shape: &Shape) {
    keys_of(drafts, root, "result", shape, 0);
}

fn keys_of(drafts: &mut Drafts<'_>, id: &ObjectId, name: &str, shape: &Shape, depth: u32) {
    let index = drafts.objects.get(id).and_then(|object| object.find(name));
    let Some(index) = index.filter(|_| depth < MAX_DEPTH) else { return };
    let inner = drafts.objects[id].fields[index].inner.clone();
    match shape {
        Shape::Nullable(shape) | Shape::Array(shape) => keys_of(drafts, id, name, shape, depth + 1),
        Shape::Object { members, .. } => {
            let Some(inner) = inner else { return };
            for member in members {
                keys_of(drafts, &inner, &member.name, &member.shape, depth + 1);
            }
        }
        Shape::Map(value) if matches!(**value, Shape::Object { .. } | Shape::Scalar(_)) => {
            let held = inner.and_then(|inner| drafts.objects.get(&inner));
            let named = held.is_some_and(|held| held.fields.iter().any(DraftField::is_documented));
            let field = &mut drafts.objects[id].fields[index];
            if !named && !holds_scalars(&field.doc_type.text) {
                let keyed = if let Shape::Scalar(_) = **value { &mut field.keyed_scalars } else { &mut field.keyed };
                *keyed = true;
            }
        }
        _ => {}
    }
}

impl Declarer<'_, '_> {
    fn member(&mut self, id: &ObjectId, name: &str, shape: &Shape, depth: u32) {
        let own = id.starts_with(self.owner);
        let Some(object) = self.drafts.objects.get_mut(id) else { return };
        let index = match object.find(name) {
            Some(index) => index,
            None if !own || matches!(shape, Shape::Any) => return,
            None if is_wildcard(name) => {
                object.open.add(name);
                return;
            }
            None if !object.open.is_empty() && is_open_key(name) => {
                object.open.add_like(name);
                return;
            }
            None => {
                let from = BTreeSet::from([self.witness]);
                let field = DraftField { name: name.to_owned(), place: self.place, from, ..DraftField::default() };
                object.fields.push(field);
                object.fields.len() - 1
            }
        };
        let field = &object.fields[index];
        if field.declared.is_some() || contradicts(shape, field) {
            return;
        }
        if let Some(ty) = self.read(id, index, shape, depth) {
            let field = &mut self.drafts.objects[id].fields[index];
            field.declared = Some(ty);
            field.from.insert(self.witness);
        }
    }

    /// The type that a shape stands for; its members go into the field's structure.
    fn read(&mut self, id: &ObjectId, index: usize, shape: &Shape, depth: u32) -> Option<Type> {
        if depth > MAX_DEPTH {
            return None;
        }
        match shape {
            Shape::Any | Shape::Named(_) => None,
            Shape::Scalar(scalar) => Some(Type::of(match scalar {
                // TypeScript has one word for all numbers.
                Scalar::Number if is_identifier(&self.drafts.objects[id].fields[index].name) => Kind::Integer,
                Scalar::Number | Scalar::Float => Kind::Double,
                Scalar::Integer => Kind::Integer,
                Scalar::String => Kind::String,
                Scalar::Boolean => Kind::Boolean,
                Scalar::DateTime => Kind::Datetime,
            })),
            Shape::Literal(Value::Bool(_)) => Some(Type::of(Kind::Boolean)),
            Shape::Literal(Value::Number(n)) => Some(Type::of(if n.is_f64() { Kind::Double } else { Kind::Integer })),
            Shape::Literal(Value::String(_)) => Some(Type::of(Kind::String)),
            Shape::Literal(_) => Some(Type::of(Kind::Null)),
            Shape::Nullable(inner) => {
                let ty = self.read(id, index, inner, depth)?;
                Some(Type { nullable: true, ..ty })
            }
            // A list of bare numbers is one of identifiers or counts.
            Shape::Array(item) if **item == Shape::Scalar(Scalar::Number) => Some(Type::array(Type::of(Kind::Integer))),
            Shape::Array(item) => Some(Type::array(self.read(id, index, item, depth).unwrap_or_else(Type::any))),
            Shape::Map(value) => Some(Type::map(self.read(id, index, value, depth).unwrap_or_else(Type::any))),
            Shape::Object { members, .. } if members.is_empty() => None,
            Shape::Object { members, open } => {
                let inner = self.inner(id, index);
                // What a table says of further keys is more exact than an index signature.
                if *open && inner.starts_with(self.owner) && self.drafts.objects[&inner].open.is_empty() {
                    self.drafts.objects[&inner].open.add_any();
                }
                for member in members {
                    self.member(&inner, &member.name, &member.shape, depth + 1);
                }
                Some(Type::object(inner))
            }
            Shape::Union(shapes) => {
                let texts: Option<Vec<&str>> = shapes.iter().map(literal_text).collect();
                if let Some(ty) = texts.and_then(|texts| one_of_texts(&texts)) {
                    return Some(ty);
                }
                let types: Option<Vec<Type>> = shapes.iter().map(|shape| self.read(id, index, shape, depth)).collect();
                let mut different: Vec<Type> = Vec::new();
                for ty in types? {
                    if !different.contains(&ty) {
                        different.push(ty);
                    }
                }
                Some(union(different))
            }
        }
    }

    /// The structure inside a field, made where it is missing.
    fn inner(&mut self, id: &ObjectId, index: usize) -> ObjectId {
        let held = self.drafts.objects[id].fields[index].inner.clone();
        held.unwrap_or_else(|| new_inner(self.drafts, id, index, self.place))
    }
}

fn literal_text(shape: &Shape) -> Option<&str> {
    if let Shape::Literal(Value::String(text)) = shape { Some(text) } else { None }
}

/// Whether a table or an example says that the field holds something else.
fn contradicts(shape: &Shape, field: &DraftField) -> bool {
    let structured = |shape: &Shape| matches!(shape, Shape::Object { .. } | Shape::Map(_) | Shape::Array(_));
    let structured = match shape {
        Shape::Nullable(inner) => structured(inner),
        Shape::Union(shapes) => shapes.iter().any(structured),
        shape => structured(shape),
    };
    structured && (holds_scalars(&field.doc_type.text) && !lists(&field.doc_type.text)) || !fits(shape, &field.seen)
}

fn lists(doc_type: &str) -> bool {
    doc_type.contains("[]")
}

/// Whether what the examples show can have the shape.
fn fits(shape: &Shape, seen: &Seen) -> bool {
    let nothing = !seen.scalar() && !seen.object() && !seen.keyed && !seen.array;
    let items = |item: &Shape| seen.items.as_deref().is_none_or(|items| fits(item, items));
    nothing
        || match shape {
            Shape::Any | Shape::Named(_) => true,
            Shape::Nullable(inner) => fits(inner, seen),
            Shape::Union(shapes) => shapes.iter().any(|shape| fits(shape, seen)),
            Shape::Scalar(_) | Shape::Literal(_) => seen.scalar(),
            Shape::Array(item) => seen.array && items(item),
            Shape::Map(value) => seen.keyed && items(value),
            Shape::Object { .. } => seen.object(),
        }
}

#[cfg(test)]
mod tests {
    use crate::docs::Docs;
    use crate::model::{Kind, Model};

    /// What the answer with this example and declaration of its result is.
    fn result(declared: &str, example: &str) -> (Kind, Vec<String>) {
        let page = format!(
            "# Get names star.names\n\n> Scope: `star`\n\n## Code Examples\n\n{{% list tabs %}}\n\n- JS\n\n    ```ts\n    \
             const response = await $b24.actions.v2.call.make<{declared}>({{ method: 'star.names', params: {{}} }})\n    ```\n\n\
             {{% endlist %}}\n\n## Response Handling\n\n```json\n{{\"result\": {example}}}\n```\n\n### Returned Data\n\n#|\n\
             || **Name**\n`type` | **Description** ||\n|| **result**\n`object` | Names ||\n|#\n"
        );
        let model = Model::read(&Docs::new(vec![("api-reference/star-names.md".into(), page.into_bytes())], &[]));
        let result = model.methods[0].response[0].ty.kind.clone();
        (result, model.objects.into_keys().collect())
    }

    #[test]
    fn keys_that_a_declaration_calls_data_are_no_fields() {
        let example = r#"{"sol": "Sun", "alnitak": "Zeta"}"#;
        let (kind, objects) = result("Record<string, string>", example);
        let Kind::Map(value) = kind else { panic!("{kind:?}") };
        assert_eq!((value.kind, objects.len()), (Kind::String, 0));
        // An unknown value says nothing about the keys, and what the example shows otherwise comes first.
        for (declared, example) in
            [("Record<string, unknown>", example), ("Record<string, string>", r#"{"sol": "Sun", "moons": [1]}"#)]
        {
            let (kind, objects) = result(declared, example);
            assert_eq!((kind.name(), objects.len()), ("object", 1), "{declared} {example}");
        }
    }
}
