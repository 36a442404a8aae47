//! The same client for programs without an async runtime.
//!
//! A [`Client`] runs the async one on a thread of its own, with which it shares everything: limits, retries, tokens. It
//! must not be used within an async runtime, which it would block (tokio panics at that).
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::blocking::Client;
//!
//! let client = Client::webhook("https://example.bitrix24.com/rest/1/CODE/")?;
//! let deal = client.call(get::Request::new(7))?.result;
//! for deal in client.items(list::Request::new()) {
//!     println!("{:?}", deal?.title);
//! }
//! # Ok(())
//! # }
//! ```

use std::{fmt, io, pin::pin, sync::Arc};

use futures_util::{Stream, StreamExt};
use tokio::runtime::{Builder, Runtime};

use crate::{
    CallError, ListMethod, Method, Reply,
    client::{self, Batch, CallOptions, batch::BatchReply},
};

/// A [`client::Client`] whose calls block. Clones share everything.
#[derive(Clone)]
pub struct Client {
    inner: client::Client,
    runtime: Arc<Runtime>,
}

impl Client {
    /// A client for the incoming webhook at `url`.
    ///
    /// # Errors
    ///
    /// If `url` is no such address or is not `https`; if no thread can be started.
    #[cfg(feature = "reqwest")]
    pub fn webhook(url: &str) -> io::Result<Self> {
        Self::new(client::Client::webhook(url).map_err(io::Error::other)?)
    }

    /// A blocking client over an async one, by [`client::Client::builder`].
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub fn new(inner: client::Client) -> io::Result<Self> {
        // One worker goes on with what outlives a call, such as the renewal of a token.
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("bitrix24").enable_all().build()?;
        Ok(Client { inner, runtime: Arc::new(runtime) })
    }

    /// Calls a method: [`client::Client::call`].
    ///
    /// # Errors
    ///
    /// As the async one.
    pub fn call<M: Method>(&self, request: M) -> Result<Reply<M::Result>, CallError<M::Error>> {
        self.run(self.inner.call(request))
    }

    /// Calls a method with settings of its own: [`client::Client::call_with`].
    ///
    /// # Errors
    ///
    /// As the async one.
    pub fn call_with<M: Method>(
        &self,
        request: M,
        options: CallOptions,
    ) -> Result<Reply<M::Result>, CallError<M::Error>> {
        self.run(self.inner.call_with(request, options))
    }

    /// The items of a list, fetched page by page: [`client::Client::items`].
    pub fn items<M: ListMethod>(
        &self,
        request: M,
    ) -> impl Iterator<Item = Result<M::Item, CallError<M::Error>>> + use<'_, M> {
        self.iter(self.inner.items(request))
    }

    /// The items of a list in the order of their identifiers: [`client::Client::items_by_id`].
    pub fn items_by_id<M: ListMethod>(
        &self,
        request: M,
    ) -> impl Iterator<Item = Result<M::Item, CallError<M::Error>>> + use<'_, M> {
        self.iter(self.inner.items_by_id(request))
    }

    /// An empty batch, for [`send`](Self::send).
    pub fn batch(&self) -> Batch {
        self.inner.batch()
    }

    /// Sends a batch: [`Batch::send`].
    pub fn send(&self, batch: Batch) -> BatchReply {
        self.run(batch.send())
    }

    /// Runs anything else that the async client does.
    ///
    /// ```no_run
    /// # fn run(client: bitrix24_runtime::blocking::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let file = client.run(client.inner().download("/rest/download.json?token=t"))?;
    /// client.run(file.save("film.mp4"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The async client.
    pub fn inner(&self) -> &client::Client {
        &self.inner
    }

    fn iter<S: Stream + Unpin>(&self, mut stream: S) -> impl Iterator<Item = S::Item> + use<'_, S> {
        std::iter::from_fn(move || self.run(pin!(&mut stream).next()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(out)
    }
}
