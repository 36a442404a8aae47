//! How a list method hands out its pages.
//!
//! | the method | pages by | which the caller |
//! | --- | --- | --- |
//! | v3, takes `pagination` | that | counts up |
//! | v2, takes `start` | that | sets to the `next` of the page before |
//! | v2, takes `offset` and answers with `next` | `offset` | sets to the `next` of the page before |
//! | v2, takes `offset` or `page` | that | counts up |
//! | v2, takes `last_id` | that | sets to the identifier of the last item |
//! | v2, is called a list or answers with `next` or `total`, and only reads | `start` | sets to the `next` of the page before |
//!
//! The last is what the general part of the docs promises of every list; a page that shows it need not say it again. No
//! method pages whose parameters take away what was read: a stream that is dropped would lose items.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Api, Example, ExampleKind, Field, Kind, Method, Object, ObjectId, Paging, Type, Witness, effect};

/// How `method` pages, if it answers with a list.
pub(super) fn paging(method: &Method, objects: &BTreeMap<ObjectId, Object>) -> Option<Paging> {
    let (style, by) = way(method)?;
    let result = method.response.iter().find(|f| f.name == "result")?;
    let (path, item) = list(&result.ty, objects)?;
    let items = path.map_or_else(|| "result".to_owned(), |field| format!("result.{}", field.name));
    let id = fields(item, objects).iter().find(|f| f.name.eq_ignore_ascii_case("id")).map(|f| f.name.clone());
    let id = id.filter(|id| counts(&method.examples, &items, id));
    let more = fields(&result.ty, objects).iter().find(|f| says_more(&f.name)).map(|f| f.name.clone());
    let key = id.as_deref().and_then(|id| key(id, &method.examples));
    Some(Paging { style: style.to_owned(), by, items, id, key, more })
}

fn way(method: &Method) -> Option<(&'static str, String)> {
    let takes = |name: &str| {
        let number = |p: &&Field| !matches!(p.ty.kind, Kind::Date | Kind::Datetime | Kind::Boolean);
        method.params.iter().filter(number).find(|p| p.name.eq_ignore_ascii_case(name)).map(|p| p.name.clone())
    };
    let answers = |name: &str| method.response.iter().any(|f| f.name == name);
    if method.api == Api::V3 {
        return takes("pagination").map(|by| ("page", by));
    }
    if effect::takes_away(&method.name, &method.params) {
        return None;
    }
    if let Some(by) = takes("start") {
        return Some(("start", by));
    }
    if let Some(by) = takes("offset") {
        return Some((if answers("next") { "start" } else { "page" }, by));
    }
    if let Some(by) = takes("page") {
        return Some(("page", by));
    }
    if let Some(by) = takes("last_id") {
        // With another part of the place to go on from, the identifier alone is none.
        return takes("last_type").is_none().then_some(("id", by));
    }
    let listed = effect::is_listed(&method.name);
    let counted = answers("next") || answers("total");
    ((counted || listed && !method.positional) && effect::reads(&method.name)).then(|| ("start", "start".to_owned()))
}

/// The type of the items, and the field of the result that holds them where the result is no list itself.
fn list<'t>(ty: &'t Type, objects: &'t BTreeMap<ObjectId, Object>) -> Option<(Option<&'t Field>, &'t Type)> {
    if let Some(item) = item(ty) {
        return Some((None, item));
    }
    // A table and an example may call the list by different names: the server wrote the example.
    let shown = |field: &Field| field.from.contains(&Witness::Example);
    let lists = fields(ty, objects).iter().filter_map(|field| Some((field, item(&field.ty)?)));
    let field = lists.min_by_key(|(field, item)| (!shown(field), !matches!(item.kind, Kind::Object(_))));
    field.map(|(field, item)| (Some(field), item))
}

fn item(ty: &Type) -> Option<&Type> {
    match &ty.kind {
        Kind::Array(item) => Some(item),
        // A list of structures under keys that say nothing of their own.
        Kind::Map(item) if matches!(item.kind, Kind::Object(_)) => Some(item),
        Kind::Union(types) => types.iter().find_map(item),
        _ => None,
    }
}

fn fields<'t>(ty: &Type, objects: &'t BTreeMap<ObjectId, Object>) -> &'t [Field] {
    match &ty.kind {
        Kind::Object(id) => objects.get(id).map_or(&[], |o| &o.fields),
        _ => &[],
    }
}

/// Whether the identifiers that the examples show are numbers: hashes and codes have no order to go by.
fn counts(examples: &[Example], items: &str, id: &str) -> bool {
    let answers = examples.iter().filter(|example| example.kind == ExampleKind::Response);
    let lists = answers.filter_map(|example| items.split('.').try_fold(&example.json, |json, key| json.get(key)));
    let shown = lists.flat_map(|list| match list {
        Value::Array(items) => items.iter().collect(),
        Value::Object(items) => items.values().collect(),
        _ => Vec::new(),
    });
    shown.filter_map(|item| item.get(id)).all(|id| match id {
        Value::String(text) => text.parse::<i64>().is_ok(),
        id => id.is_i64() || id.is_null(),
    })
}

fn says_more(name: &str) -> bool {
    ["hasmore", "hasnextpage"].contains(&name.to_ascii_lowercase().as_str())
}

/// What filters and orders call the identifier where answers call it `id`: requests may have a letter case of their own.
fn key(id: &str, examples: &[Example]) -> Option<String> {
    let requests = examples.iter().filter(|example| example.kind == ExampleKind::Request);
    let conditions = requests
        .filter_map(|example| example.json.as_object())
        .flatten()
        .filter(|(name, _)| ["filter", "order"].iter().any(|known| name.eq_ignore_ascii_case(known)));
    let keys: Vec<&str> = conditions
        .filter_map(|(_, value)| value.as_object())
        .flat_map(|map: &serde_json::Map<String, Value>| map.keys())
        .map(|key| key.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|key| key.contains(|c: char| c.is_ascii_alphabetic()))
        .collect();
    let upper = |key: &&str| !key.contains(|c: char| c.is_ascii_lowercase());
    let known = keys.iter().find(|key| key.eq_ignore_ascii_case(id)).map(|key| (*key).to_owned());
    let key = known.or_else(|| (!keys.is_empty() && keys.iter().all(upper)).then(|| id.to_ascii_uppercase()));
    key.filter(|key| key != id)
}
