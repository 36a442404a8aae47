//! Why a call brought no answer that the API could have given.

use std::{error::Error, fmt, sync::Arc, time::Duration};

/// Where a call stood when it ended: what every error says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The method that was called.
    pub method: &'static str,
    /// Host of the portal, with the port where it is not the usual one.
    pub portal: String,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether the portal may have carried out the call although it brought no result. A call that only reads may simply
    /// be made again; after one that writes, look before you do.
    pub may_have_run: bool,
}

/// `crm.deal.get on example.bitrix24.com (attempt 2)`
impl fmt::Display for Context {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on {} (attempt {})", self.method, self.portal, self.attempts)
    }
}

/// A call that ended without an answer of the API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The call.
    pub context: Context,
    /// What went wrong.
    pub kind: FailureKind,
}

/// What went wrong in a [`Failure`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FailureKind {
    /// The connection could not be made, or broke.
    Transport(TransportError),
    /// An answer came, but not from the API: a proxy's HTML page, an empty body.
    Http {
        /// HTTP status.
        status: u16,
        /// The beginning of the body, without secrets.
        body: String,
    },
    /// The deadline of the call passed.
    Deadline {
        /// How long the call was given.
        limit: Duration,
        /// What the call did when time was up.
        stage: &'static str,
    },
    /// The portal sent the client to an address that it does not follow.
    Redirect {
        /// Host to which it was sent.
        to: String,
        /// Why it was not followed.
        reason: &'static str,
    },
    /// There is no valid token, and none could be got.
    Auth(AuthError),
    /// The pages of a list cannot be followed, and why.
    Paging(&'static str),
    /// The address of a file is not one to use, and why.
    Address(&'static str),
    /// The call was not sent, or the command of a batch not run, and why.
    Skipped(&'static str),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.context)?;
        match &self.kind {
            FailureKind::Transport(error) => write!(out, "{error}"),
            FailureKind::Http { status, body } if body.is_empty() => {
                write!(out, "HTTP status {status} and no answer of the API")
            }
            FailureKind::Http { status, body } => {
                write!(out, "HTTP status {status} and no answer of the API but {body:?}")
            }
            FailureKind::Deadline { limit, stage } => write!(out, "no answer within {limit:?}, while {stage}"),
            FailureKind::Redirect { to, reason } => write!(out, "redirected to {to}, not followed: {reason}"),
            FailureKind::Auth(error) => write!(out, "{error}"),
            FailureKind::Paging(why) => write!(out, "the list cannot be followed: {why}"),
            FailureKind::Skipped(why) => write!(out, "not run: {why}"),
            FailureKind::Address(why) => write!(out, "the file's address is not used: {why}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            FailureKind::Transport(error) => error.source(),
            FailureKind::Auth(error) => error.source(),
            _ => None,
        }
    }
}

/// A failure below HTTP: connecting, sending, receiving.
#[derive(Clone, Debug)]
pub struct TransportError {
    stage: Stage,
    message: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// How far an exchange had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// No byte of the request had left: it can be sent again whatever it does.
    Connect,
    /// Between the request and the head of the answer: the server may have carried it out.
    Exchange,
    /// Within the body of the answer: the server has carried it out.
    Body,
    /// No answer came in time.
    Timeout,
}

impl TransportError {
    /// The connection could not be made; nothing was sent.
    pub fn connect(message: impl Into<String>) -> Self {
        Self::new(Stage::Connect, message)
    }

    /// A failure at `stage`. `message` must hold no URL: it ends in logs.
    pub fn new(stage: Stage, message: impl Into<String>) -> Self {
        TransportError { stage, message: message.into(), source: None }
    }

    /// The answer is larger than the program allows.
    #[cfg(feature = "client")]
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(Stage::Body, format!("it is larger than {limit} bytes"))
    }

    /// With the error that caused it, which must show no URL either.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// How far the exchange had come.
    pub fn stage(&self) -> Stage {
        self.stage
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::Connect => "no connection",
            Stage::Exchange => "the connection broke before an answer came",
            Stage::Body => "the answer broke off",
            Stage::Timeout => "no complete answer in time",
        };
        write!(out, "{stage}: {}", self.message)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Why there is no valid token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuthError {
    /// The authorisation server refused.
    Refused {
        /// Its code: `invalid_grant`, `PAYMENT_REQUIRED`, …
        code: String,
        /// Its message.
        message: String,
    },
    /// The authorisation server could not be reached or answered nothing that can be read.
    Unreachable(String),
    /// The token store failed.
    Store(String),
    /// The store holds no token yet: the application has to be authorised first.
    NoToken,
    /// The token has expired and came without one to renew it.
    NoRefreshToken,
}

impl fmt::Display for AuthError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuthError::Refused { code, message } => {
                write!(out, "the authorisation server refused with {code}: {message}")
            }
            AuthError::Unreachable(why) => write!(out, "the authorisation server gave no token: {why}"),
            AuthError::Store(why) => write!(out, "the token store failed: {why}"),
            AuthError::NoToken => out.write_str("no token is stored; authorise the application first"),
            AuthError::NoRefreshToken => {
                out.write_str("the token has expired and there is none to renew it; authorise the application again")
            }
        }
    }
}

impl Error for AuthError {}
