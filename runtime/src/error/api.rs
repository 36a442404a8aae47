//! An answer that holds an error.

use std::{fmt, ops::Deref};

use super::{ErrorCode, SystemError};
use crate::Extra;

/// What a portal answered in place of a result, as it came.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ServerError {
    /// The code.
    pub code: String,
    /// The message.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// v3: what is wrong with which field.
    pub validation: Vec<Violation>,
    /// What else stood beside them.
    pub extra: Extra,
}

/// v3: what is wrong with one field of a request.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The field.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What else stood beside them.
    pub extra: Extra,
}

impl ServerError {
    /// The shared error that it is.
    pub fn system(&self) -> Option<SystemError> {
        SystemError::from_code(&self.code)
    }

    /// Whether the same call may succeed a little later, and repeating it does no harm: [`SystemError::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.system().is_some_and(SystemError::is_retryable)
    }

    /// Whether the credentials are at fault: [`SystemError::is_auth`].
    pub fn is_auth(&self) -> bool {
        self.system().is_some_and(SystemError::is_auth)
    }

    /// Whether a permission is missing: [`SystemError::is_permission`].
    pub fn is_permission(&self) -> bool {
        self.system().is_some_and(SystemError::is_permission)
    }
}

/// `CONNECTOR_NOT_FOUND: Connector was not found. (HTTP 200); title: must not be empty`
impl fmt::Display for ServerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.as_str(), self.message.as_str()) {
            ("", "") => out.write_str("an error without code and message")?,
            ("", text) | (text, "") => out.write_str(text)?,
            (code, message) => write!(out, "{code}: {message}")?,
        }
        write!(out, " (HTTP {})", self.status)?;
        for Violation { field, message, .. } in &self.validation {
            write!(out, "; {field}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ServerError {}

/// What a portal answered in place of a result, and the documented error that it is.
///
/// Dereferences to the answer as it came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ApiError<E> {
    /// The documented error that it is; `None` if the docs do not know it.
    pub known: Option<E>,
    /// The answer as it came.
    pub answer: ServerError,
}

impl<E: ErrorCode> ApiError<E> {
    /// Looks the documented error up.
    pub fn new(answer: ServerError) -> Self {
        ApiError { known: E::identify(&answer), answer }
    }
}

impl<E> Deref for ApiError<E> {
    type Target = ServerError;

    fn deref(&self) -> &ServerError {
        &self.answer
    }
}

impl<E> fmt::Display for ApiError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.answer.fmt(out)
    }
}

impl<E: fmt::Debug> std::error::Error for ApiError<E> {}
