//! What an error says: where, what was wanted, what was met.

use std::fmt;

use serde::de::Error;

use super::{DecodeError, Path, Tok, path::Step};

/// What is known when an error unwinds: the path is noted only then.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) depth: u32,
    steps: Vec<Step>,
    fault: Option<(&'static str, String)>,
    /// What was wanted and met where a text is to be kept beside its field.
    pub(super) kept: Option<(&'static str, String)>,
}

impl Trace {
    /// Notes why a value cannot be read.
    #[cold]
    pub(super) fn fault<E: Error>(&mut self, wanted: &'static str, met: String) -> E {
        self.fault = Some((wanted, met));
        E::custom("")
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
