//! One case through the registry.

use bitrix24::{
    DecodeError, EventBody, Version, registry,
    runtime::registry::{ErrorReread, Reread},
};
use serde_json::value::RawValue;

use crate::case::{Api, Case, Kind, Verdict};

/// The line out for a line in. A line that is no [`Case`] gets one that says so.
pub fn answer_line(line: &str) -> String {
    match serde_json::from_str::<Case<'_>>(line) {
        Ok(case) => answer(&case).line(case.id),
        Err(error) => Verdict::refused(format!("the line is no case: {error}")).line(id_of(line)),
    }
}

/// The identifier of a line that is otherwise no case.
fn id_of(line: &str) -> Option<&RawValue> {
    #[derive(serde::Deserialize)]
    struct Identified<'a> {
        #[serde(borrow)]
        id: &'a RawValue,
    }
    serde_json::from_str::<Identified<'_>>(line).ok().map(|line| line.id)
}

/// Reads a case into the types of its method and writes it again.
pub fn answer(case: &Case<'_>) -> Verdict {
    let json = case.body.get().as_bytes();
    if case.kind == Kind::Event {
        return event(case);
    }
    let Some(entry) = versions(case.api).iter().find_map(|version| registry::method(&case.method, *version)) else {
        return unknown_method(case);
    };
    match case.kind {
        Kind::Request => reread(entry.request(json)),
        Kind::Response => reread(entry.response(json)),
        Kind::Error => match entry.error_answer(json) {
            None => Verdict::refused("the body holds no error"),
            Some(ErrorReread { error, known, reread }) => {
                let shared = || error.system().map(|system| format!("{system:?}"));
                let variant = known.map(|known| known.variant).or_else(shared);
                verdict(&reread, Some(variant.unwrap_or_else(|| "Other".to_owned())))
            }
        },
        Kind::Event => event(case),
    }
}

/// The versions in which to look for a method, in order.
fn versions(api: Option<Api>) -> &'static [Version] {
    match api {
        Some(Api::V2) => &[Version::V2],
        Some(Api::V3) => &[Version::V3],
        None => &[Version::V2, Version::V3],
    }
}

fn unknown_method(case: &Case<'_>) -> Verdict {
    let name = &case.method;
    let found_in = |version| registry::method(name, version).is_some();
    Verdict::refused(match case.api {
        Some(Api::V2) if found_in(Version::V3) => format!("the docs have `{name}` in v3 only"),
        Some(Api::V3) if found_in(Version::V2) => format!("the docs have `{name}` in v2 only"),
        _ => format!("the docs have no method `{name}`"),
    })
}

/// An event; by the name in its body where the case has none.
fn event(case: &Case<'_>) -> Verdict {
    // What a handler received as a form is a string here.
    let form = serde_json::from_str::<String>(case.body.get());
    let body = match EventBody::parse(form.as_deref().unwrap_or(case.body.get()).as_bytes()) {
        Ok(body) => body,
        Err(error) => return refused(&error),
    };
    let name = if case.method.is_empty() { body.name() } else { &case.method };
    match registry::event(name) {
        Some(entry) => reread(entry.read(&body)),
        None => Verdict::refused(format!("the docs have no event `{name}`")),
    }
}

fn reread(outcome: Result<Reread, DecodeError>) -> Verdict {
    match outcome {
        Ok(reread) => verdict(&reread, None),
        Err(error) => refused(&error),
    }
}

fn verdict(reread: &Reread, variant: Option<String>) -> Verdict {
    let untyped = reread.untyped.iter().cloned().collect();
    match std::str::from_utf8(&reread.body).ok().and_then(|body| serde_json::from_str::<Box<RawValue>>(body).ok()) {
        Some(body) => Verdict::Read { body, untyped, variant },
        None => Verdict::refused("what was read could not be written again as JSON: a mistake of the wire layer"),
    }
}

fn refused(error: &DecodeError) -> Verdict {
    Verdict::Refused { error: error.to_string(), path: error.path.to_string() }
}
