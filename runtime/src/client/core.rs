//! The machinery below every call, free of types: attempts, and what is decided between them.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, header};
use tokio::time::timeout;

use super::{
    address::Address,
    auth::Auth,
    call::Call,
    transport::{Request, Response, Transport, Verb},
};
use crate::error::{Context, Failure, FailureKind, Stage, TransportError};

/// What a [`ClientBuilder`](super::ClientBuilder) sets.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) deadline: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_answer: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            deadline: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(60),
            max_answer: 128 << 20,
        }
    }
}

/// A complete answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) context: Context,
}

/// What all clones of a client share.
pub(crate) struct Core {
    address: Address,
    auth: Auth,
    transport: Arc<dyn Transport>,
    settings: Settings,
}

impl Core {
    pub(crate) fn new(address: Address, auth: Auth, transport: Arc<dyn Transport>, settings: Settings) -> Self {
        Core { address, auth, transport, settings }
    }

    pub(crate) fn portal(&self) -> String {
        self.address.portal()
    }

    /// Brings `call` to the portal and its answer back.
    pub(crate) async fn exchange(&self, call: &Call) -> Result<Answer, Box<Failure>> {
        let context = Context::new(call.method, self.portal(), 1);
        let attempt = self.attempt(self.request(call));
        let outcome = timeout(self.settings.attempt_timeout, attempt).await.unwrap_or_else(|_| {
            Err(TransportError::new(Stage::Timeout, format!("waited {:?}", self.settings.attempt_timeout)))
        });
        match outcome {
            Ok((status, headers, body)) => Ok(Answer { status, headers, body, context }),
            Err(error) => {
                let may_have_run = error.stage() != Stage::Connect;
                Err(Box::new(Failure { context, kind: FailureKind::Transport(error), may_have_run }))
            }
        }
    }

    fn request(&self, call: &Call) -> Request {
        let Auth::Webhook(webhook) = &self.auth;
        let url = self.address.method(call.version, Some(webhook), call.method);
        let mut request = Request::new(Verb::Post, url, call.body(None));
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request
    }

    async fn attempt(&self, request: Request) -> Result<(u16, HeaderMap, Bytes), TransportError> {
        let Response { status, headers, mut body } = self.transport.send(request).await?;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            if bytes.len() + chunk.len() > self.settings.max_answer {
                let limit = self.settings.max_answer;
                return Err(TransportError::new(Stage::Body, format!("it is larger than {limit} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((status, headers, bytes.freeze()))
    }
}
