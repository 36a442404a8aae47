//! An answer that holds a result.

use crate::{Extra, Time};

/// The answer to a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What the method returns.
    pub result: T,
    /// How long the call took on the server.
    pub time: Option<Time>,
    /// Number of items on all pages, in answers of list methods.
    pub total: Option<i64>,
    /// Offset of the next page; `None` on the last.
    pub next: Option<i64>,
    /// What else stood beside the result.
    pub extra: Extra,
    /// The body as it came.
    pub raw: Vec<u8>,
}
