//! Answers: what the machinery must know of one, and their types put back on.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::HeaderMap;
use memchr::memmem;
use serde::Deserialize;

use super::limits::Admitted;
use crate::{ServerError, SystemError, Time, error::Context};

/// A complete answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) context: Context,
    /// The error that it holds, whatever its status.
    pub(crate) error: Option<Arc<ServerError>>,
    /// Lets the limits count the call as on its way until its timings are noted.
    pub(crate) admitted: Option<Arc<Admitted>>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes, context: Context) -> Self {
        // Most answers are results. Where no `"error` stands in one, it need not be parsed here.
        static ERROR: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(br#""error"#));
        let error = ERROR.find(&body).and_then(|_| ServerError::read(status, &body)).map(Arc::new);
        Answer { status, headers, body, context, error, admitted: None }
    }

    /// Whether the portal refused the call for its limits: the same call will do later.
    pub(crate) fn is_limited(&self) -> bool {
        let system = self.error.as_ref().and_then(|error| error.system());
        matches!(system, Some(SystemError::OperationTimeLimit | SystemError::QueryLimitExceeded))
    }

    /// The timings beside the result or the error.
    pub(crate) fn time(&self) -> Option<Time> {
        #[derive(Deserialize)]
        struct Timed {
            time: Option<Time>,
        }
        serde_json::from_slice::<Timed>(&self.body).ok()?.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &'static str) -> Option<String> {
        let context = Context { method: "a", portal: "b".to_owned(), attempts: 1, may_have_run: true };
        let body = Bytes::from_static(body.as_bytes());
        Answer::new(200, HeaderMap::new(), body, context).error.map(|error| error.code.clone())
    }

    #[test]
    fn errors_are_seen_in_both_envelopes() {
        assert_eq!(code(r#"{"error":"expired_token","error_description":"x"}"#).unwrap(), "expired_token");
        assert_eq!(code(r#"{"time":{},"error":{"code":"X","message":"m"}}"#).unwrap(), "X");
        assert_eq!(code(r#"{"error":0}"#).unwrap(), "0");
    }

    #[test]
    fn results_are_none() {
        assert_eq!(code(r#"{"result":{"error":"X"}}"#), None);
        assert_eq!(code(r#"{"result":true,"error":null}"#), None);
        assert_eq!(code("<html>\"error\""), None);
    }
}
