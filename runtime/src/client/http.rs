//! The [`Transport`] over `reqwest`: HTTP/1.1, rustls, gzip.

use std::time::Duration;

use futures_util::stream;

use super::{
    BuildError,
    transport::{BoxFuture, Request, Response, Transport, Verb},
};
use crate::error::{Stage, TransportError};

/// How long making a connection may take; the call's own deadline goes on beside it.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next call: less than servers keep theirs, so that a call that writes is not sent
/// into a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(15);

/// The HTTP stack of the feature `reqwest`. A clone shares its connections.
#[derive(Clone, Debug)]
pub struct Reqwest(reqwest::Client);

impl Reqwest {
    /// A stack that trusts what the operating system trusts.
    ///
    /// # Errors
    ///
    /// If the system's certificates cannot be used.
    pub fn new() -> Result<Self, BuildError> {
        let agent = concat!("bitrix24-runtime/", env!("CARGO_PKG_VERSION"));
        Self::from_builder(reqwest::Client::builder().user_agent(agent))
    }

    /// A stack of one's own making (a proxy, further certificates). Redirects are switched off here: the client above
    /// decides about them.
    ///
    /// TLS is done by the provider that the program has installed in `rustls`, else by `ring`, which is installed then.
    ///
    /// # Errors
    ///
    /// Those of `reqwest`.
    pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self, BuildError> {
        // Fails if there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        builder
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            .referer(false)
            .build()
            .map(Reqwest)
            .map_err(|error| BuildError::Transport(error.without_url().to_string()))
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let builder = match request.verb {
                Verb::Get => self.0.get(request.url),
                Verb::Post => {
                    let post = self.0.post(request.url);
                    match request.body.as_bytes() {
                        Some(bytes) => post.body(bytes),
                        // PHP needs to be told the length beforehand.
                        None => post
                            .header(http::header::CONTENT_LENGTH, request.body.len())
                            .body(reqwest::Body::wrap_stream(request.body.into_stream())),
                    }
                }
            };
            let mut response = builder.headers(request.headers).send().await.map_err(before_answer)?;
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let chunks = stream::try_unfold(response, |mut response| async move {
                let chunk = response.chunk().await.map_err(|error| failed(Stage::Body, error))?;
                Ok(chunk.map(|chunk| (chunk, response)))
            });
            Ok(Response::new(status, headers, Box::pin(chunks)))
        })
    }
}

fn before_answer(error: reqwest::Error) -> TransportError {
    let stage = if error.is_connect() || error.is_builder() { Stage::Connect } else { Stage::Exchange };
    failed(stage, error)
}

/// The URL is cut off: it may hold a secret.
fn failed(stage: Stage, error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    // The innermost cause says what happened ("connection refused"), the outer ones only where.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    TransportError::new(stage, cause.to_string()).with_source(error)
}
