//! Whether a call changes the portal.

use super::{Effect, Field, Kind, Method};
use crate::vocabulary;

/// Last segments of methods that only read; a name may begin with one of them (`getFields`).
const READING: [&str; 21] = [
    "get",
    "list",
    "fields",
    "search",
    "find",
    "count",
    "check",
    "current",
    "status",
    "info",
    "tail",
    "user_count",
    "is",
    "has",
    "access",
    "methods",
    "scope",
    "profile",
    "aggregate",
    "tree",
    "types",
];

/// Read where the name says so, or where the method hands out pages; but neither where a parameter takes away what was
/// read nor where the page says that the method makes what is missing.
pub(super) fn effect(method: &Method) -> Effect {
    let makes = vocabulary::ALL.iter().any(|words| vocabulary::find(words.creates, &method.description).is_some());
    let reads = method.paging.is_some() || reads(&method.name) && !is_no_list(method);
    if reads && !makes && !takes_away(&method.name, &method.params) { Effect::Read } else { Effect::Write }
}

/// A list by its name that answers yes or no: it takes a list.
fn is_no_list(method: &Method) -> bool {
    let result = method.response.iter().find(|field| field.name == "result");
    is_listed(&method.name) && result.is_some_and(|result| result.ty.kind == Kind::Boolean)
}

/// Whether the last segment of `name` speaks of a list.
pub(super) fn is_listed(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|last| last.to_ascii_lowercase().contains("list"))
}

/// Whether the last segment of `name` says that the method only reads.
pub(super) fn reads(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    READING.iter().any(|verb| {
        let rest = last.strip_prefix(verb);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
            || ["list", "get", "fields"].contains(verb)
                && last.to_ascii_lowercase().starts_with(verb)
                && !last.starts_with("settings")
    })
}

/// Queues: reading them with `clear`, or with an `offset` that confirms, takes their items away.
pub(super) fn takes_away(name: &str, params: &[Field]) -> bool {
    params.iter().any(|p| {
        let param = p.name.to_ascii_lowercase();
        param == "clear" || param == "offset" && name.split('.').any(|s| s.eq_ignore_ascii_case("event"))
    })
}
