//! The body of a request: pieces that attempts share.

use std::fmt;

use bytes::Bytes;

/// The body of a request. Cloning it copies no content, so that every attempt sends the same bytes.
#[derive(Clone, Default)]
pub struct Body {
    parts: Vec<Bytes>,
}

impl Body {
    /// A body of several pieces, sent one after the other.
    pub fn from_parts(parts: impl IntoIterator<Item = Bytes>) -> Self {
        Body { parts: parts.into_iter().collect() }
    }

    /// The pieces.
    pub fn parts(&self) -> &[Bytes] {
        &self.parts
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of it in one piece.
    pub fn into_bytes(mut self) -> Bytes {
        match self.parts.len() {
            1 => self.parts.remove(0),
            _ => self.parts.concat().into(),
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body { parts: vec![bytes.into()] }
    }
}

/// Bodies hold tokens: only their size is shown.
impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Body({} bytes)", self.len())
    }
}
