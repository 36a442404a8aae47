//! The client: typed calls to a portal.
//!
//! ```text
//! Client::call, items, batch      types of the method                 generic, a few lines each
//!         │ bytes      ▲ bytes
//! limits ─▶ token ─▶ attempt ─▶ what came ─▶ again, elsewhere, or back   free of types, compiled once
//!         │ request    ▲ answer
//!      Transport                                                       the HTTP stack
//! ```
//!
//! A request becomes bytes before anything waits, and an answer gets its types back at the end; between the two nothing knows
//! what is being called beyond its name, version and effect. There each call waits for its turn under the portal's
//! [`Limits`], is sent with the token of an [application](auth::App) or in the address of a webhook, and what came back
//! decides: see [`Retry`]. A call as a whole has a deadline.
//!
//! What more than one call shares is in the modules: [`auth`] for who calls, [`batch`] for many calls in one request, and
//! [`transport`] for the HTTP stack. The [guide](crate::guide) leads through all of it.

mod address;
mod answer;
pub mod auth;
pub mod batch;
mod body;
mod builder;
mod call;
mod core;
mod download;
mod files;
#[cfg(feature = "reqwest")]
mod http;
mod limits;
mod options;
mod paging;
mod raw_entries;
mod redirect;
mod retry;
pub mod transport;

use std::{fmt, sync::Arc};

use ::http::HeaderName;

pub use batch::Batch;
pub use body::Body;
pub use builder::{BuildError, ClientBuilder};
pub use download::Download;
pub use files::Upload;
#[cfg(feature = "reqwest")]
pub use http::Reqwest;
pub use limits::Limits;
pub use options::CallOptions;
pub use paging::{Items, Pages, Progress};
pub use retry::Retry;

use self::{answer::Answer, call::Call, core::Core};
use crate::{CallError, ErrorCode, Method, Reply, Unread, error::Failure, wire::Slot};

/// A connection to one portal, as one webhook or one application. Clones are cheap and share everything: connections,
/// tokens, limits.
#[derive(Clone)]
pub struct Client {
    core: Arc<Core>,
}

impl Client {
    /// A client for the incoming webhook at `url`, as a portal shows it: `https://example.bitrix24.com/rest/1/CODE/`.
    ///
    /// # Errors
    ///
    /// If `url` is no such address or is not `https`.
    #[cfg(feature = "reqwest")]
    pub fn webhook(url: &str) -> Result<Self, BuildError> {
        Self::builder().webhook(url).build()
    }

    /// A client with settings of one's own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Calls a method.
    ///
    /// The future may be dropped at any time; what it has sent by then, the portal may still carry out.
    ///
    /// # Errors
    ///
    /// What the portal answers in place of a result, typed; or why there is no answer.
    pub fn call<M: Method>(
        &self,
        request: M,
    ) -> impl Future<Output = Result<Reply<M::Result>, CallError<M::Error>>> + Send + use<'_, M> {
        self.call_with(request, CallOptions::new())
    }

    /// Calls a method with settings of its own.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn call_with<M: Method>(
        &self,
        request: M,
        options: CallOptions,
    ) -> impl Future<Output = Result<Reply<M::Result>, CallError<M::Error>>> + Send + use<'_, M> {
        let mut call = Call::new(&request);
        options.apply(&mut call);
        drop(request);
        async move { typed::<M>(&self.core, self.core.exchange(&call).await) }
    }

    /// Host of the portal, with the port where it is not the usual one.
    pub fn portal(&self) -> String {
        self.core.portal()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("portal", &self.portal()).finish_non_exhaustive()
    }
}

/// v3: says that an answer is the one to an earlier call with the same idempotency key.
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Puts the types of `M` back on an answer.
fn typed<M: Method>(
    core: &Core,
    answer: Result<Answer, Box<Failure>>,
) -> Result<Reply<M::Result>, CallError<M::Error>> {
    typed_as(M::INFO.name, core, answer)
}

fn typed_as<T: Slot, E: ErrorCode>(
    method: &'static str,
    core: &Core,
    answer: Result<Answer, Box<Failure>>,
) -> Result<Reply<T>, CallError<E>> {
    let Answer { status, headers, body, context, admitted, .. } = answer.map_err(CallError::Failed)?;
    match Reply::read(status, body.into()) {
        Ok(mut reply) => {
            reply.replayed = headers.get(&REPLAYED).is_some_and(|value| value == "true");
            reply.status = status;
            reply.headers = headers;
            // Commands of a batch are noted when the batch is answered.
            if let (Some(time), Some(_)) = (&reply.time, &admitted) {
                core.note(method, time);
            }
            Ok(reply)
        }
        Err(unread) => Err(match unread {
            Unread::Api(error) => CallError::Api { error, context },
            Unread::Decode { error, raw } => CallError::Decode { error, raw, context },
        }),
    }
}
