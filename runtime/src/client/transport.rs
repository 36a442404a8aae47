//! What the client needs of an HTTP stack: one request out, one answer in.
//!
//! The feature `reqwest` (on by default) brings one. Another stack is an implementation of [`Transport`]; it sends what
//! it is given, follows no redirect, repeats nothing and adds no authorisation: all of that is decided above it.

use std::{fmt, pin::Pin};

use futures_util::Stream;

use super::body::Body;
use crate::error::TransportError;

pub use bytes::Bytes;
pub use http::HeaderMap;
pub use url::Url;

/// A future that can be sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An HTTP stack.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and waits for the head of the answer; the body follows as it comes.
    ///
    /// Redirects are handed back, not followed. A failure must say whether the request may have reached the server:
    /// [`TransportError::connect`] promises that it has not.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}

/// `GET` or `POST`: the API uses no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

/// A request on its way out. Its URL and its body hold secrets, so `Debug` shows neither.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// `GET` or `POST`.
    pub verb: Verb,
    /// Where to; the path or the query may hold a secret.
    pub url: Url,
    /// Headers to send beside those that HTTP itself needs.
    pub headers: HeaderMap,
    /// What to send.
    pub body: Body,
}

impl Request {
    pub(crate) fn new(verb: Verb, url: Url, body: Body) -> Self {
        Request { verb, url, headers: HeaderMap::new(), body }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        out.debug_struct("Request").field("verb", &self.verb).field("host", &host).finish_non_exhaustive()
    }
}

/// The bytes of an answer, as they come.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// An answer on its way in.
#[non_exhaustive]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Chunks,
}

impl Response {
    /// An answer with a body that comes in pieces.
    pub fn new(status: u16, headers: HeaderMap, body: Chunks) -> Self {
        Response { status, headers, body }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}
