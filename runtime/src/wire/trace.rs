//! What an error says: where, what was wanted, what was met.

use std::fmt;

use serde::de::Error;
use serde_json::Value;

use super::{DecodeError, Path, Tok, fill::Outcome, path::Step};

/// What is known when an error unwinds: the path is noted only then.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) depth: u32,
    steps: Vec<Step>,
    fault: Option<(&'static str, String)>,
    /// What was wanted and met where a value is to be kept beside its field.
    pub(super) kept: Option<(&'static str, Value)>,
    /// Names of what is missing although it must be there, where that is no error.
    pub(super) missing: Option<Vec<&'static str>>,
}

impl Trace {
    /// Notes why a value cannot be read.
    #[cold]
    pub(super) fn fault<E: Error>(&mut self, wanted: &'static str, met: String) -> E {
        self.fault = Some((wanted, met));
        E::custom("")
    }

    /// Keeps `value`, which was met where something else was wanted.
    #[cold]
    pub(super) fn keep(&mut self, wanted: &'static str, value: Value) -> Outcome {
        self.kept = Some((wanted, value));
        Outcome::Keep
    }

    /// Why the value that was to be kept cannot be.
    #[cold]
    pub(super) fn fault_kept<E: Error>(&mut self) -> E {
        let (wanted, value) = self.kept.take().unwrap_or_default();
        self.fault(wanted, describe_value(&value))
    }

    #[cold]
    pub(super) fn at_key(&mut self, key: &str) {
        self.steps.push(Step::Key(key.to_owned()));
    }

    #[cold]
    pub(super) fn at_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    pub(super) fn into_error(self, error: &dyn fmt::Display) -> DecodeError {
        let path = Path::from_inside(self.steps);
        match self.fault {
            Some((wanted, met)) => DecodeError { path, wanted: wanted.to_owned(), met },
            None => DecodeError { path, wanted: "well-formed JSON".to_owned(), met: error.to_string() },
        }
    }
}

/// A value for people.
#[cold]
pub(super) fn describe_value(value: &Value) -> String {
    match value {
        Value::Null => describe(Tok::Null),
        Value::Bool(value) => describe(Tok::Bool(*value)),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) => describe(Tok::Str(text)),
        Value::Array(_) => describe(Tok::List),
        Value::Object(_) => describe(Tok::Map),
    }
}

/// A token for people. Long texts are cut.
#[cold]
pub(super) fn describe(tok: Tok<'_>) -> String {
    const LONGEST: usize = 60;
    match tok {
        Tok::Null => "`null`".to_owned(),
        Tok::Bool(value) => format!("`{value}`"),
        Tok::Int(value) => format!("`{value}`"),
        Tok::Big(value) => format!("`{value}`"),
        Tok::Float(value) => format!("`{value}`"),
        Tok::Str(text) => match text.char_indices().nth(LONGEST) {
            Some((cut, _)) => format!("the string {:?}…", &text[..cut]),
            None => format!("the string {text:?}"),
        },
        Tok::List => "a list".to_owned(),
        Tok::Map => "an object".to_owned(),
    }
}
