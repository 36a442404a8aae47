//! How a list method hands out its pages.
//!
//! | the method | pages by | which the caller |
//! | --- | --- | --- |
//! | v3, takes `pagination` | that | counts up |
//! | v3, takes a `cursor` of which a `value` is part | `cursor.value` | sets to the identifier of the last item |
//! | v2, takes `start` | that | sets to the `next` of the page before |
//! | v2, takes `offset` and answers with `next` | `offset` | sets to the `next` of the page before |
//! | v2, takes `offset` or `page` | that | counts up |
//! | v2, takes `last_id` | that | sets to the identifier of the last item |
//! | v2, answers with `next` or `total`, and only reads | `start` | sets to the `next` of the page before |
//! | v2, takes `offset` or `iNumPage` within another parameter, and only reads | that | counts up |
//! | v2, is called a list, and only reads | `start` | sets to the `next` of the page before |
//!
//! The last is what the general part of the docs promises of every list; a page that shows it need not say it again. So a
//! list whose page shows no answer at all is one as well, of items without a type. Beside `last_id` there may be a
//! `last_type`: the kind of the last item, which the server needs to find it. No method pages whose parameters take away
//! what was read: a stream that is dropped would lose items.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Api, Beside, Example, ExampleKind, Field, Kind, Method, Object, ObjectId, Paging, Type, Witness, effect};

/// Parameters by which the caller counts pages, or items to skip.
const COUNTED: [&str; 3] = ["offset", "page", "iNumPage"];

/// Parameters that limit a page.
const LIMITS: [&str; 3] = ["limit", "pageSize", "nPageSize"];

/// How `method` pages, if it answers with a list.
pub(super) fn paging(method: &Method, objects: &BTreeMap<ObjectId, Object>) -> Option<Paging> {
    let Way { style, by, limit, beside } = way(method, objects)?;
    let result = method.response.iter().find(|f| f.name == "result").map(|result| &result.ty);
    let Some(result) = result.filter(|ty| ty.kind != Kind::Any) else {
        let whole = Paging { style: style.to_owned(), by, limit, items: "result".to_owned(), ..Paging::default() };
        return (style != "id" && effect::says_reads(method)).then_some(whole);
    };
    let (path, item) = list(result, objects)?;
    let items = path.map_or_else(|| "result".to_owned(), |field| format!("result.{}", field.name));
    let of_item = fields(item, objects);
    let id = of_item.iter().find(|f| f.name.eq_ignore_ascii_case("id")).map(|f| f.name.clone());
    let id = id.filter(|id| counts(&method.examples, &items, id));
    let more = fields(result, objects).iter().find(|f| says_more(&f.name)).map(|f| f.name.clone());
    let key = id.as_deref().and_then(|id| key(id, &method.examples));
    let beside = match beside {
        None => None,
        Some(kind) => Some(kind_of_item(kind, of_item)?),
    };
    Some(Paging { style: style.to_owned(), by, items, id, key, more, limit, beside })
}

/// How one comes from a page to the next, by the parameters.
struct Way<'m> {
    style: &'static str,
    by: String,
    limit: Option<String>,
    /// The parameter for the kind of the last item.
    beside: Option<&'m Field>,
}

impl Way<'_> {
    fn new(style: &'static str, by: impl Into<String>) -> Self {
        Way { style, by: by.into(), limit: None, beside: None }
    }
}

fn way<'m>(method: &'m Method, objects: &'m BTreeMap<ObjectId, Object>) -> Option<Way<'m>> {
    let takes = |name: &str| number(&method.params, name);
    let answers = |name: &str| method.response.iter().any(|f| f.name == name);
    if method.api == Api::V3 {
        let cursor = || {
            let cursor = takes("cursor")?;
            let value = number(fields(&cursor.ty, objects), "value")?;
            Some(Way::new("id", format!("{}.{}", cursor.name, value.name)))
        };
        return takes("pagination").map(|by| Way::new("page", &by.name)).or_else(cursor);
    }
    if effect::takes_away(&method.name, &method.params) {
        return None;
    }
    if let Some(by) = takes("start") {
        return Some(Way::new("start", &by.name));
    }
    if let Some(by) = takes("offset").filter(|_| answers("next")) {
        return Some(Way::new("start", &by.name));
    }
    if let Some(by) = ["offset", "page"].into_iter().find_map(takes) {
        let limit = LIMITS.into_iter().find_map(takes).map(|limit| limit.name.clone());
        return Some(Way { limit, ..Way::new("page", &by.name) });
    }
    if let Some(by) = takes("last_id") {
        return Some(Way { beside: takes("last_type"), ..Way::new("id", &by.name) });
    }
    if !effect::says_reads(method) {
        return None;
    }
    let start = || Way::new("start", "start");
    if answers("next") || answers("total") {
        return Some(start());
    }
    within(&method.params, "", objects, 0).or_else(|| effect::is_listed(&method.name).then(start))
}

/// The parameter called `name`, whatever its case, that may be a number.
fn number<'f>(params: &'f [Field], name: &str) -> Option<&'f Field> {
    let may = |field: &&Field| !matches!(field.ty.kind, Kind::Date | Kind::Datetime | Kind::Boolean);
    params.iter().filter(may).find(|field| field.name.eq_ignore_ascii_case(name))
}

/// The parameters by which the caller counts, within those of `params` that hold others. The innermost are meant where a
/// table that names the outer one only is repeated there.
fn within<'m>(params: &[Field], path: &str, objects: &BTreeMap<ObjectId, Object>, depth: usize) -> Option<Way<'m>> {
    let deeper = params.iter().filter(|_| depth < 2).find_map(|param| {
        let inner = fields(&param.ty, objects);
        within(inner, &format!("{path}{}.", param.name), objects, depth + 1)
    });
    deeper.or_else(|| {
        let path = |field: &Field| format!("{path}{}", field.name);
        let by = COUNTED.into_iter().find_map(|name| number(params, name)).filter(|_| depth > 0)?;
        let limit = LIMITS.into_iter().find_map(|name| number(params, name)).map(path);
        Some(Way { limit, ..Way::new("page", path(by)) })
    })
}

/// What the parameter `kind` (`LAST_TYPE`) takes of the last item: its field of that name or ending with it (`notify_type`).
fn kind_of_item(kind: &Field, of_item: &[Field]) -> Option<Beside> {
    let name = kind.name.to_ascii_lowercase();
    let name = name.strip_prefix("last_").unwrap_or(&name);
    let field = of_item.iter().find(|field| {
        let rest = field.name.to_ascii_lowercase();
        rest.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })?;
    let values = match &kind.ty.kind {
        Kind::Enum(values) => values.iter().map(|value| value.value.clone()).collect(),
        _ => Vec::new(),
    };
    Some(Beside { by: kind.name.clone(), field: field.name.clone(), values })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{docs::Docs, model::Model};

    /// How the method of a page pages, with `params` as the rows of its table and `answer` as its example.
    fn paging(heading: &str, params: &[(&str, &str)], answer: &str) -> serde_json::Value {
        let rows: Vec<_> = params.iter().map(|(name, ty)| format!("|| **{name}**\n`{ty}` | What it is ||\n")).collect();
        let rows = rows.concat();
        let answer = format!("## Response Handling\n\n```json\n{answer}\n```\n");
        let page = format!(
            "# {heading}\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n\n{answer}"
        );
        let model = Model::read(&Docs::new(vec![("api-reference/star/star-list.md".into(), page.into())], &[]));
        serde_json::to_value(&model.methods[0].paging).unwrap()
    }

    const STARS: &str = r#"{"result": [{"id": 1, "name": "Sun"}]}"#;

    #[test]
    fn a_list_pages_by_start_even_if_its_answer_is_not_shown() {
        let shown = json!({"style": "start", "by": "start", "items": "result", "id": "id"});
        assert_eq!(paging("Get stars star.list", &[], STARS), shown);
        let hidden = json!({"style": "start", "by": "start", "items": "result", "id": null});
        assert_eq!(paging("Get stars star.list", &[], "{}"), hidden);
        assert_eq!(paging("Light a star star.light", &[("start", "integer")], "{}"), json!(null));
    }

    #[test]
    fn a_list_is_counted_by_its_own_parameters() {
        let params = [("OFFSET", "integer"), ("LIMIT", "integer")];
        let counted = json!({"style": "page", "by": "OFFSET", "items": "result", "id": "id", "limit": "LIMIT"});
        assert_eq!(paging("Get stars star.list", &params, STARS), counted);
    }

    #[test]
    fn the_kind_of_the_last_item_is_one_of_its_fields() {
        let params = [("LAST_ID", "integer"), ("LAST_TYPE", "integer")];
        let answer = r#"{"result": [{"id": 1, "star_type": 3}]}"#;
        let beside = json!({"by": "LAST_TYPE", "field": "star_type"});
        assert_eq!(paging("Get stars star.get", &params, answer)["beside"], beside);
        // Nothing to go on from.
        assert_eq!(paging("Get stars star.get", &params, STARS), json!(null));
    }

    #[test]
    fn what_reading_takes_away_has_no_pages() {
        let params = [("offset", "integer"), ("limit", "integer")];
        assert_eq!(paging("Get star.event.get", &params, STARS), json!(null));
    }
}
