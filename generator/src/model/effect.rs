//! Whether a call changes the portal.

use super::{Effect, Field};

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

/// Read where the name says so and no parameter acknowledges or clears what was read.
pub(super) fn effect(name: &str, params: &[Field]) -> Effect {
    let segments: Vec<&str> = name.split('.').collect();
    let last = segments.last().copied().unwrap_or(name);
    let reads = READING.iter().any(|verb| {
        let rest = last.strip_prefix(verb);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
            || ["list", "get", "fields"].contains(verb)
                && last.to_ascii_lowercase().starts_with(verb)
                && !last.starts_with("settings")
    });
    // Queues: reading them with `clear`, or with an `offset` that confirms, takes their items away.
    let takes = params.iter().any(|p| {
        let name = p.name.to_ascii_lowercase();
        name == "clear" || name == "offset" && segments.iter().any(|s| s.eq_ignore_ascii_case("event"))
    });
    if reads && !takes { Effect::Read } else { Effect::Write }
}
