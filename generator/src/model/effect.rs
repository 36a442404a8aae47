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

/// Last segments of methods that do something, whatever their title says of what they answer with.
const ACTING: [&str; 8] = ["add", "close", "delete", "open", "send", "set", "start", "update"];

/// Read where the name or the title says so, or where the method hands out pages; but neither where a parameter takes away
/// what was read nor where the page says that the method makes what is missing.
pub(super) fn effect(method: &Method) -> Effect {
    let makes = vocabulary::ALL.iter().any(|words| words.creates.are_in(&method.description));
    let reads = method.paging.is_some() || says_reads(method);
    if reads && !makes && !takes_away(&method.name, &method.params) { Effect::Read } else { Effect::Write }
}

/// Whether the name or the title says that the method only reads.
pub(super) fn says_reads(method: &Method) -> bool {
    reads(&method.name) && !is_no_list(method) || is_titled_so(method)
}

/// Whether the title begins with what one does who only reads, and says no more.
fn is_titled_so(method: &Method) -> bool {
    let last = method.name.rsplit('.').next().unwrap_or_default();
    !ACTING.contains(&last)
        && vocabulary::ALL
            .iter()
            .any(|words| vocabulary::begins(words.reads, &method.title) && !words.alters.are_in(&method.title))
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
fn reads(name: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use crate::{
        docs::Docs,
        model::{Effect, Model},
    };

    fn effect(heading: &str, text: &str) -> Effect {
        let answer = if heading.is_ascii() { "Response Handling" } else { "Обработка ответа" };
        let page = format!("# {heading}\n\n{text}\n\n## {answer}\n\n```json\n{{\"result\": true}}\n```\n");
        let model = Model::read(&Docs::new(vec![("api-reference/star/page.md".into(), page.into())], &[]));
        model.methods[0].effect
    }

    #[test]
    fn the_name_or_the_title_tells_what_only_reads() {
        for heading in [
            "Get a star star.get",
            "Stars star.list.getFields",
            "Get the nearest star star.get.nearest",
            "Check whether it shines star.shines",
            "Получить соседей звезды star.neighbours",
        ] {
            assert_eq!(effect(heading, ""), Effect::Read, "{heading}");
        }
    }

    #[test]
    fn what_does_more_than_reading_writes() {
        for (heading, text) in [
            ("Light a star star.light", ""),
            ("Get or modify the light of a star star.light", ""),
            ("Get the chat of a star star.chat.open", ""),
            ("Get the storage of a star star.storage.get", "If there is no storage, the method creates one."),
            ("Cancel several stars star.list", ""),
            ("Read stars star.read.list", ""),
            ("Return a star to its action star.send", ""),
        ] {
            assert_eq!(effect(heading, text), Effect::Write, "{heading}");
        }
    }
}
