//! Whether a call changes the portal.

use super::{Effect, Field, Method};

/// Last segments of methods that only read; a name may begin with one of them (`getFields`).
const READING: [&str; 22] = [
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
    "show",
    "access",
    "methods",
    "scope",
    "profile",
    "aggregate",
    "tree",
    "types",
];

/// Read where the name says so, or where the method hands out pages; and no parameter takes away what was read.
pub(super) fn effect(method: &Method) -> Effect {
    let reads = method.paging.is_some() || reads(&method.name);
    if reads && !takes_away(&method.name, &method.params) { Effect::Read } else { Effect::Write }
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
