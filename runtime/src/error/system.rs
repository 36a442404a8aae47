//! The errors that any method can answer with.

/// An error that any method can answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SystemError {
    /// `QUERY_LIMIT_EXCEEDED`
    QueryLimitExceeded,
}

impl SystemError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(self) -> bool {
        matches!(self, SystemError::QueryLimitExceeded)
    }
}
