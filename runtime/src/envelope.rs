//! What stands around a result or an error, in both versions of the API.
//!
//! v2 answers `{"result": …, "total": …, "next": …, "time": …}` or `{"error": "CODE", "error_description": "…"}`, the
//! latter with HTTP status 200 too; v3 `{"result": …, "time": …}` or `{"error": {"code", "message", "validation"}}`.

use std::collections::BTreeSet;

use crate::{
    __fields, Any, DecodeError, Extra, Time,
    error::{ServerError, Violation},
    wire::{self, Object, Slot, Table},
};

/// An answer, with the place where its result goes.
pub(crate) struct Envelope<'a> {
    /// Where the result goes; without it, the result is kept in `extra`.
    result: Option<&'a mut dyn Slot>,
    has_result: bool,
    error: Option<Any>,
    error_description: Option<Any>,
    pub(crate) total: Option<i64>,
    pub(crate) next: Option<i64>,
    pub(crate) time: Option<Time>,
    pub(crate) extra: Extra,
}

// The first four as in `Reply`: `extra` notes by index which of them came as `null`.
static TABLE: Table = __fields!(false Envelope [] { "result", "total", "next", "time", "error", "error_description", });

impl<'a> Envelope<'a> {
    fn around(result: Option<&'a mut dyn Slot>) -> Self {
        Envelope {
            result,
            has_result: false,
            error: None,
            error_description: None,
            total: None,
            next: None,
            time: None,
            extra: Extra::new(),
        }
    }

    /// The error that the answer holds, if it does: a code, or a description without a result.
    pub(crate) fn take_error(&mut self, status: u16) -> Option<ServerError> {
        let error = self.error.take();
        let description = self.error_description.take().filter(|text| !text.is_null());
        let failed = match &error {
            None | Some(Any::Null | Any::Bool(false)) => description.is_some() && !self.has_result,
            Some(Any::String(code)) if code.is_empty() || code == "0" => {
                !self.has_result || description.as_ref().is_some_and(|text| *text != "")
            }
            Some(Any::Number(code)) if code.as_i64() == Some(0) => !self.has_result,
            Some(Any::Array(list)) => !list.is_empty(),
            Some(Any::Object(map)) => !map.is_empty(),
            Some(_) => true,
        };
        failed.then(|| server_error(error, description, status, std::mem::take(&mut self.extra)))
    }
}

impl Envelope<'_> {
    /// The paths of what no documented form of an error has.
    pub(crate) fn untyped_of_error(&self) -> BTreeSet<String> {
        let mut paths = wire::untyped(&self.extra, "");
        let mut inner = Extra::new();
        if let Some(Any::Object(parts)) = &self.error {
            for (key, value) in parts {
                match (key.as_str(), value) {
                    (
                        "code" | "error" | "message" | "error_description",
                        Any::String(_) | Any::Number(_) | Any::Null,
                    ) => {}
                    ("validation", Any::Array(items)) => {
                        for item in items {
                            paths.extend(wire::untyped(&violation(item.clone()).extra, "error.validation[]"));
                        }
                    }
                    _ => inner.set(key, value.clone()),
                }
            }
        }
        paths.extend(wire::untyped(&inner, "error"));
        paths
    }
}

fn server_error(error: Option<Any>, description: Option<Any>, status: u16, extra: Extra) -> ServerError {
    let mut found = ServerError { status, extra, ..ServerError::default() };
    match error {
        Some(Any::Object(mut parts)) => {
            let mut take = |names: [&str; 2]| names.iter().find_map(|name| parts.remove(*name));
            found.code = text(take(["code", "error"]));
            found.message = text(take(["message", "error_description"]));
            found.validation = parts.remove("validation").map(violations).unwrap_or_default();
            parts.into_iter().for_each(|(key, value)| found.extra.set(key, value));
        }
        Some(Any::Array(mut parts)) => found.message = text(parts.drain(..).next()),
        code => found.code = text(code),
    }
    if found.message.is_empty() {
        found.message = text(description);
    }
    found
}

fn violations(list: Any) -> Vec<Violation> {
    match list {
        Any::Array(items) => items.into_iter().map(violation).collect(),
        // A PHP array with gaps in its keys.
        Any::Object(items) => items.into_iter().map(|(_, item)| violation(item)).collect(),
        Any::Null => Vec::new(),
        other => vec![violation(other)],
    }
}

fn violation(item: Any) -> Violation {
    let mut found = Violation::default();
    match item {
        Any::Object(parts) => {
            for (key, value) in parts {
                match key.as_str() {
                    "field" => found.field = text(Some(value)),
                    "message" => found.message = text(Some(value)),
                    _ => found.extra.set(key, value),
                }
            }
        }
        other => found.message = text(Some(other)),
    }
    found
}

fn text(value: Option<Any>) -> String {
    match value {
        None | Some(Any::Null) => String::new(),
        Some(Any::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

impl Object for Envelope<'_> {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn at(&self, index: usize) -> &dyn Slot {
        match index {
            0 => self.result.as_deref().unwrap_or(&None::<Any>),
            1 => &self.total,
            2 => &self.next,
            3 => &self.time,
            4 => &self.error,
            5 => &self.error_description,
            _ => &self.extra,
        }
    }

    fn at_mut(&mut self, index: usize) -> &mut dyn Slot {
        match index {
            0 => {
                self.has_result = true;
                match &mut self.result {
                    Some(result) => &mut **result,
                    None => self.extra.entry("result"),
                }
            }
            1 => &mut self.total,
            2 => &mut self.next,
            3 => &mut self.time,
            4 => &mut self.error,
            5 => &mut self.error_description,
            _ => &mut self.extra,
        }
    }

    fn blank() -> Self {
        Envelope::around(None)
    }
}

/// Why an answer gave no result.
pub(crate) enum Refused {
    Api(ServerError),
    Decode(DecodeError),
}

/// Where an answer's JSON comes from: the bytes, or what a tolerant reader made of them.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Text(&'a [u8]),
    Tree(&'a Any),
}

impl Source<'_> {
    fn fill(self, slot: &mut dyn Slot) -> Result<(), DecodeError> {
        match self {
            Source::Text(json) => wire::fill(json, slot),
            Source::Tree(tree) => wire::fill_from_tree(tree, slot),
        }
    }
}

/// Reads an answer; its result goes into `result`, which is half filled after an error.
pub(crate) fn read<'a>(status: u16, source: Source<'_>, result: &'a mut dyn Slot) -> Result<Envelope<'a>, Refused> {
    let mut envelope = Envelope::around(Some(result));
    if let Err(error) = source.fill(&mut envelope) {
        // An error may stand beside something that is no result of this type.
        return Err(match read_error(status, source) {
            Some(refusal) => Refused::Api(refusal),
            None => Refused::Decode(error),
        });
    }
    if let Some(error) = envelope.take_error(status) {
        return Err(Refused::Api(error));
    }
    if !envelope.has_result {
        return Err(Refused::Decode(DecodeError {
            path: wire::Path::default(),
            wanted: "an answer with `result` or `error`".to_owned(),
            met: "neither".to_owned(),
        }));
    }
    Ok(envelope)
}

/// The error that an answer holds, if it does.
pub(crate) fn read_error(status: u16, source: Source<'_>) -> Option<ServerError> {
    read_any(source).ok()?.take_error(status)
}

/// Reads an answer of any kind; its result is kept in `extra`.
pub(crate) fn read_any(source: Source<'_>) -> Result<Envelope<'static>, DecodeError> {
    let mut envelope = Envelope::around(None);
    source.fill(&mut envelope)?;
    Ok(envelope)
}
