//! Why a call gave no result.

use std::{error::Error, fmt};

use super::{ApiError, Context, ErrorCode, Failure, ServerError, SystemError};
use crate::DecodeError;

/// Why a call gave no result.
///
/// Its text says which method, which portal and which attempt, and holds no secret of the client.
#[non_exhaustive]
pub enum CallError<E> {
    /// The portal answered with an error.
    #[non_exhaustive]
    Api {
        /// The error, and the documented one that it is.
        error: Box<ApiError<E>>,
        /// The call.
        context: Context,
    },
    /// The portal answered with a result that is not of the method's type.
    #[non_exhaustive]
    Decode {
        /// Which value, and where.
        error: Box<DecodeError>,
        /// The answer's body as it came; not shown by `Debug`.
        raw: Vec<u8>,
        /// The call.
        context: Context,
    },
    /// No answer of the API came.
    Failed(Box<Failure>),
}

impl<E> CallError<E> {
    /// Which method, which portal, which attempt.
    pub fn context(&self) -> &Context {
        match self {
            CallError::Api { context, .. } | CallError::Decode { context, .. } => context,
            CallError::Failed(failure) => &failure.context,
        }
    }

    /// What the portal answered in place of a result, if it did.
    pub fn server_error(&self) -> Option<&ServerError> {
        match self {
            CallError::Api { error, .. } => Some(&error.answer),
            _ => None,
        }
    }

    /// The error that any method can answer with, if it is one.
    pub fn system(&self) -> Option<SystemError> {
        self.server_error()?.system()
    }
}

impl<E: ErrorCode> CallError<E> {
    /// The error of the method's page that it is.
    pub fn code(&self) -> Option<E> {
        match self {
            CallError::Api { error, .. } => error.known,
            _ => None,
        }
    }
}

impl<E> fmt::Display for CallError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Api { error, context } => write!(out, "{context}: {error}"),
            CallError::Decode { error, context, .. } => write!(out, "{context}: the answer cannot be read: {error}"),
            CallError::Failed(failure) => failure.fmt(out),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for CallError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Api { error, context } => {
                out.debug_struct("Api").field("error", error).field("context", context).finish()
            }
            CallError::Decode { error, context, .. } => {
                out.debug_struct("Decode").field("error", error).field("context", context).finish_non_exhaustive()
            }
            CallError::Failed(failure) => out.debug_tuple("Failed").field(failure).finish(),
        }
    }
}

impl<E: fmt::Debug + 'static> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            CallError::Api { error, .. } => Some(error),
            CallError::Decode { error, .. } => Some(error),
            CallError::Failed(failure) => failure.source(),
        }
    }
}
