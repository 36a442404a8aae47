//! The rows of the docs' error tables.

use std::{fmt, hash::Hash};

use super::{ServerError, SystemError, identify::identify};

/// The documented errors of a method, by [`error_code!`](crate::error_code).
pub trait ErrorCode: Copy + Eq + Hash + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Every one, in the docs' order.
    const ALL: &'static [Self];

    /// Their rows, in the same order.
    fn rows() -> &'static [ErrorRow];

    /// The row of this one.
    fn row(self) -> &'static ErrorRow {
        // Each value is in `ALL`, and has its row.
        Self::ALL.iter().zip(Self::rows()).find(|(code, _)| **code == self).map_or(&ErrorRow::BLANK, |(_, row)| row)
    }

    /// The documented error that the server's answer is, by code, field and message.
    fn identify(error: &ServerError) -> Option<Self> {
        Self::ALL.get(identify(Self::rows(), error)?).copied()
    }

    /// The shared error that has the same code.
    fn system(self) -> Option<SystemError> {
        SystemError::from_code(self.row().code)
    }

    /// Whether the same call may succeed a little later, and repeating it does no harm: [`SystemError::is_retryable`].
    fn is_retryable(self) -> bool {
        self.system().is_some_and(SystemError::is_retryable)
    }

    /// Whether the credentials are at fault: [`SystemError::is_auth`].
    fn is_auth(self) -> bool {
        self.system().is_some_and(SystemError::is_auth)
    }

    /// Whether a permission is missing: [`SystemError::is_permission`].
    fn is_permission(self) -> bool {
        self.system().is_some_and(SystemError::is_permission)
    }
}

/// A row of an error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// The code; empty where the docs say that it is.
    pub code: &'static str,
    /// The server's message in English.
    pub en: Option<&'static str>,
    /// The server's message in Russian.
    pub ru: Option<&'static str>,
    /// HTTP status.
    pub status: Option<u16>,
    /// v3: the field that the row speaks of.
    pub field: Option<&'static str>,
}

impl ErrorRow {
    /// A row that says nothing.
    pub const BLANK: Self = ErrorRow { code: "", en: None, ru: None, status: None, field: None };

    /// A row with nothing but a code.
    pub const fn new(code: &'static str) -> Self {
        ErrorRow { code, ..Self::BLANK }
    }

    /// With the English message.
    #[must_use]
    pub const fn en(mut self, message: &'static str) -> Self {
        self.en = Some(message);
        self
    }

    /// With the Russian message.
    #[must_use]
    pub const fn ru(mut self, message: &'static str) -> Self {
        self.ru = Some(message);
        self
    }

    /// With the HTTP status.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With the field that it speaks of.
    #[must_use]
    pub const fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }
}

/// The documented text: the message, else the code.
impl fmt::Display for ErrorRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.en.or(self.ru).unwrap_or(self.code))
    }
}

/// The errors of a method whose page documents none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undocumented {}

impl ErrorCode for Undocumented {
    const ALL: &'static [Self] = &[];

    fn rows() -> &'static [ErrorRow] {
        &[]
    }
}

impl fmt::Display for Undocumented {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}
