//! How a list method hands out its pages.

use std::collections::BTreeMap;

use super::{Api, Field, Kind, Method, Object, ObjectId, Paging, Type};

/// Set where the method takes `start` (v2) or `pagination` (v3) and answers with a list.
pub(super) fn paging(method: &Method, objects: &BTreeMap<ObjectId, Object>) -> Option<Paging> {
    let has = |name: &str| method.params.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    let answers = |name: &str| method.response.iter().any(|f| f.name == name);
    let style = match method.api {
        Api::V3 if has("pagination") => "page",
        Api::V2 if has("start") || answers("next") || answers("total") => "start",
        _ => return None,
    };
    let result = method.response.iter().find(|f| f.name == "result")?;
    let (items, item) = list(&result.ty, "result", objects)?;
    let id = fields(item, objects).iter().find(|f| f.name.eq_ignore_ascii_case("id")).map(|f| f.name.clone());
    Some(Paging { style: style.to_owned(), items, id })
}

fn list<'t>(ty: &'t Type, path: &str, objects: &'t BTreeMap<ObjectId, Object>) -> Option<(String, &'t Type)> {
    match &ty.kind {
        Kind::Array(item) => Some((path.to_owned(), item)),
        Kind::Object(_) => fields(ty, objects).iter().find_map(|field| match &field.ty.kind {
            Kind::Array(item) => Some((format!("{path}.{}", field.name), &**item)),
            _ => None,
        }),
        _ => None,
    }
}

fn fields<'t>(ty: &Type, objects: &'t BTreeMap<ObjectId, Object>) -> &'t [Field] {
    match &ty.kind {
        Kind::Object(id) => objects.get(id).map_or(&[], |o| &o.fields),
        _ => &[],
    }
}
