//! Why a call gave no result.

use super::{ApiError, ErrorCode, SystemError};
use crate::DecodeError;

/// Why a call gave no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError<E> {
    /// The portal answered with an error.
    Api(Box<ApiError<E>>),
    /// The portal answered with something that cannot be read.
    Decode(Box<DecodeError>),
}

impl<E: ErrorCode> CallError<E> {
    /// The documented error that it is.
    pub fn code(&self) -> Option<E> {
        match self {
            CallError::Api(error) => error.known,
            CallError::Decode(_) => None,
        }
    }

    /// The shared error that it is.
    pub fn system(&self) -> Option<SystemError> {
        match self {
            CallError::Api(error) => error.system(),
            CallError::Decode(_) => None,
        }
    }
}
