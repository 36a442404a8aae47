//! Whether a call is made again, and when.
//!
//! The rule is the table at [`Retry`].

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::answer::Answer;
use crate::{
    SystemError, Time,
    error::{Stage, TransportError},
};

/// How often and how far apart calls are repeated after a failure that may pass.
///
/// Which calls those are is one table. A *repeatable* call is one that only reads, or a v3 call, which carries an idempotency key.
///
/// | what came | then |
/// | --- | --- |
/// | `QUERY_LIMIT_EXCEEDED`, `OPERATION_TIME_LIMIT` | wait and go on |
/// | `expired_token` | renew the token, once for all callers, and go on |
/// | a redirect to the portal's new address | follow it |
/// | no connection | again |
/// | a broken or late answer, status 5xx without an error of the API, `INTERNAL_SERVER_ERROR`, `ERROR_UNEXPECTED_ANSWER` | again if repeatable |
/// | `OVERLOAD_LIMIT`, every other error, every result | to the caller |
#[derive(Clone, Debug)]
pub struct Retry {
    times: usize,
    first: Duration,
    longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { times: 4, first: Duration::from_millis(300), longest: Duration::from_secs(20) }
    }
}

impl Retry {
    /// No call is repeated after a failure. Limits, renewed tokens and new addresses are still dealt with.
    pub fn never() -> Self {
        Retry { times: 0, ..Retry::default() }
    }

    /// How often a call is repeated at most: 4 by default.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// The first pause, 300 ms by default; each further one is twice as long, up to `longest`, 20 s by default. To each a
    /// random part of itself is added, so that many callers do not come back together.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// The pauses after failures.
    pub(crate) fn failures(&self) -> ExponentialBackoff {
        self.series().with_max_times(self.times).build()
    }

    /// The pauses after refusals for the request rate, which go on until the call's deadline.
    pub(crate) fn refusals(&self) -> ExponentialBackoff {
        self.series().without_max_times().build()
    }

    fn series(&self) -> ExponentialBuilder {
        ExponentialBuilder::new().with_min_delay(self.first).with_max_delay(self.longest).with_jitter()
    }
}

/// What to do with what an attempt brought.
#[derive(Debug)]
pub(crate) enum Next {
    /// It is the caller's.
    Return,
    /// It may pass: try again after a pause.
    Again,
    /// The portal's request counter is full.
    QueryLimit,
    /// The method's operating time is used up.
    OperatingLimit(Option<Box<Time>>),
    /// The token has expired.
    Expired,
    /// The portal is elsewhere.
    Moved(String),
}

/// The rule of this module.
pub(crate) fn next(outcome: &Result<Answer, TransportError>, repeatable: bool) -> Next {
    let again_if = |condition| if condition { Next::Again } else { Next::Return };
    match outcome {
        Err(error) => again_if(repeatable || error.stage() == Stage::Connect),
        Ok(answer) => match (&answer.error, answer.status) {
            (Some(error), _) => match error.system() {
                Some(SystemError::QueryLimitExceeded) => Next::QueryLimit,
                Some(SystemError::OperationTimeLimit) => Next::OperatingLimit(answer.time().map(Box::new)),
                Some(SystemError::ExpiredToken) => Next::Expired,
                Some(SystemError::InternalServerError | SystemError::UnexpectedAnswer) => again_if(repeatable),
                _ => Next::Return,
            },
            (None, 301 | 302 | 307 | 308) => {
                let to = answer.headers.get(http::header::LOCATION).and_then(|to| to.to_str().ok());
                to.map_or(Next::Return, |to| Next::Moved(to.to_owned()))
            }
            (None, 500..) => again_if(repeatable),
            (None, _) => Next::Return,
        },
    }
}
