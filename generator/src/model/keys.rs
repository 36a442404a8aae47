//! Objects whose keys are languages are maps: `{"ru": "…", "en": "…"}`, whichever languages a page happens to show.

use std::collections::{BTreeMap, HashSet};

use super::name::{self, Names};
use super::{Field, Kind, List, Model, ObjectId, Type};

/// The languages of the portals, as keys write them.
const LANGUAGES: [&str; 29] = [
    "ar", "br", "by", "cn", "cz", "de", "en", "es", "fr", "hi", "id", "in", "it", "ja", "jp", "kz", "la", "ms", "nl",
    "pl", "pt", "ru", "sc", "tc", "th", "tr", "ua", "uk", "vn",
];

/// Those of them that are no usual names of fields.
const UNMISTAKABLE: [&str; 7] = ["br", "de", "en", "fr", "pl", "ru", "ua"];

/// Whether these keys are languages.
pub(crate) fn are_languages<'k>(keys: impl IntoIterator<Item = &'k str>) -> bool {
    let mut unmistakable = false;
    for key in keys {
        let key = key.to_ascii_lowercase();
        if !LANGUAGES.contains(&key.as_str()) {
            return false;
        }
        unmistakable |= UNMISTAKABLE.contains(&key.as_str());
    }
    unmistakable
}

/// Makes maps of the structures whose fields are languages; the values' structures become one.
pub(crate) fn keys(model: &mut Model, names: &mut Names) {
    let found: Vec<ObjectId> = model
        .objects
        .iter()
        .filter(|(_, object)| are_languages(object.fields.iter().map(|field| field.name.as_str())))
        .map(|(id, _)| id.clone())
        .collect();
    let mut values: BTreeMap<ObjectId, Type> = BTreeMap::new();
    for id in found {
        let Some(object) = model.objects.remove(&id) else { continue };
        let value = value(model, &object.fields);
        if let Kind::Object(held) = &value.kind {
            let name = names.get(&id).to_owned();
            names.set(held, name);
        }
        values.insert(id, value);
    }
    // A map of maps: what stands in a value may have become one itself.
    for _ in 0..values.len().min(4) {
        let known = values.clone();
        for ty in values.values_mut() {
            replace(ty, &known);
        }
    }
    model.each_type_beside(&|id| values.contains_key(id), &|ty| replace(ty, &values));
}

fn replace(ty: &mut Type, values: &BTreeMap<ObjectId, Type>) {
    match &mut ty.kind {
        Kind::Object(id) => {
            if let Some(value) = values.get(id) {
                ty.kind = Kind::Map(Box::new(value.clone()));
            }
        }
        Kind::Array(inner) | Kind::Map(inner) => replace(inner, values),
        Kind::Union(types) => {
            for ty in types.iter_mut() {
                replace(ty, values);
            }
            // `object | map` of the same.
            let mut seen: Vec<Type> = Vec::new();
            types.retain(|ty| {
                !seen.contains(ty) && {
                    seen.push(ty.clone());
                    true
                }
            });
            if types.len() == 1 {
                ty.kind = types.remove(0).kind;
            }
        }
        _ => {}
    }
}

/// The one type of the values: where several are structures, the first takes the fields of the others.
fn value(model: &mut Model, fields: &List<Field>) -> Type {
    let mut types: Vec<Type> = Vec::new();
    let mut structure: Option<ObjectId> = None;
    for field in fields {
        if let Kind::Object(id) = &field.ty.kind {
            let Some(first) = &structure else {
                structure = Some(id.clone());
                types.push(field.ty.clone());
                continue;
            };
            if first != id {
                let more = model.objects.get(id).map(|object| object.fields.to_vec()).unwrap_or_default();
                if let Some(object) = model.objects.get_mut(first) {
                    let known: HashSet<String> = object.fields.iter().map(|field| field.name.clone()).collect();
                    object.fields.edit().extend(more.into_iter().filter(|field| !known.contains(&field.name)));
                    name::fields(&mut object.fields);
                }
            }
        } else if !types.iter().any(|ty| ty.kind == field.ty.kind) {
            types.push(field.ty.clone());
        }
    }
    types.retain(|ty| !matches!(ty.kind, Kind::Null | Kind::Any));
    match types.len() {
        // What is said in several languages is text.
        0 => Type::of(Kind::String),
        1 => types.remove(0),
        _ => Type::of(Kind::Union(types)),
    }
}
