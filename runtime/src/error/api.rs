//! An answer that holds an error.

use super::{ErrorCode, SystemError};

/// What a portal answered in place of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError<E> {
    /// The documented error that it is.
    pub known: Option<E>,
    /// The code as it came.
    pub code: String,
    /// The message as it came.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// v3: what is wrong with which field.
    pub validation: Vec<Violation>,
}

/// v3: what is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl<E: ErrorCode> ApiError<E> {
    /// The shared error that it is.
    pub fn system(&self) -> Option<SystemError> {
        todo!()
    }
}
