//! Files, as they are sent and as a portal describes them.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::Any;
use crate::wire::{Frag, Slot, Then, Tok, Wanted};

/// A file: an upload, or what a portal says of one.
#[derive(Clone, Debug, PartialEq)]
pub struct File(Any);

impl File {
    /// An upload in the form `[name, base64]`.
    pub fn new(name: impl Into<String>, content: impl AsRef<[u8]>) -> Self {
        File(Any::Array(vec![name.into().into(), BASE64_STANDARD.encode(content).into()]))
    }

    /// The same in the form `{"fileData": [name, base64]}`.
    #[must_use]
    pub fn in_file_data(self) -> Self {
        File(Any::Object([("fileData".to_owned(), self.0)].into_iter().collect()))
    }

    /// The file as it travels.
    pub fn as_json(&self) -> &Any {
        &self.0
    }
}

impl From<Any> for File {
    fn from(value: Any) -> Self {
        File(value)
    }
}

impl Slot for File {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        self.0.put(tok)
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Any(&self.0)
    }

    fn blank() -> Self {
        File(Any::Null)
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::List | Tok::Map)
    }
}
