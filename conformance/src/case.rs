//! The lines that go in and come out.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A line in: something that was recorded, and what it is.
#[derive(Debug, Deserialize)]
pub struct Case<'a> {
    /// Comes back as it is.
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,
    /// Name of the method, or of the event.
    #[serde(default)]
    pub method: String,
    /// Which of the two APIs the method belongs to; without it, the first that has the method.
    #[serde(default)]
    pub api: Option<Api>,
    /// What was recorded.
    pub kind: Kind,
    /// Parameters, the whole answer, or what a handler received: JSON, or a string that holds the form.
    #[serde(borrow)]
    pub body: &'a RawValue,
}

/// Which of the two REST APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `/rest/`
    V2,
    /// `/rest/api/`
    V3,
}

/// What was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The parameters of a call.
    Request,
    /// An answer with a result.
    Response,
    /// An answer with an error.
    Error,
    /// What a handler received.
    Event,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It was read.
    Read {
        /// Written again: requests in their documented forms, everything else canonically.
        body: Box<RawValue>,
        /// Paths of what no documented type describes; `[]` for the index of a list.
        untyped: Vec<String>,
        /// The variant of an error; `Other` where the docs do not know it.
        variant: Option<String>,
    },
    /// It cannot be read.
    Refused {
        /// Why not.
        error: String,
        /// Where; empty for the body as a whole.
        path: String,
    },
}

impl Verdict {
    /// The body as a whole cannot be read.
    pub(crate) fn refused(error: impl Into<String>) -> Self {
        Verdict::Refused { error: error.into(), path: String::new() }
    }

    /// The line out for the case with this identifier.
    pub fn line(&self, id: Option<&RawValue>) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            id: Option<&'a RawValue>,
            ok: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            body: Option<&'a RawValue>,
            #[serde(skip_serializing_if = "Option::is_none")]
            untyped: Option<&'a [String]>,
            #[serde(skip_serializing_if = "Option::is_none")]
            variant: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            path: Option<&'a str>,
        }
        let line = match self {
            Verdict::Read { body, untyped, variant } => Line {
                id,
                ok: true,
                body: Some(body),
                untyped: Some(untyped),
                variant: variant.as_deref(),
                error: None,
                path: None,
            },
            Verdict::Refused { error, path } => {
                Line { id, ok: false, body: None, untyped: None, variant: None, error: Some(error), path: Some(path) }
            }
        };
        // Strings and JSON that was read before: nothing that could fail.
        serde_json::to_string(&line).unwrap_or_default()
    }
}
