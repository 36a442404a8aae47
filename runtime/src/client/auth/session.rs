//! The current token of a client, and its renewal: once, however many callers need it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt, future::Shared};
use tokio::time::Instant;

use super::{App, Token, TokenStore};
use crate::{
    client::transport::{BoxFuture, Transport},
    error::AuthError,
};

/// After a failed renewal callers get its error for this long before the next attempt.
const PAUSE: Duration = Duration::from_secs(10);

type Renewal = Shared<BoxFuture<'static, Result<Arc<Token>, AuthError>>>;

/// An application on one portal.
pub(crate) struct Session {
    app: App,
    store: Arc<dyn TokenStore>,
    transport: Arc<dyn Transport>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    renewal: Option<Renewal>,
    failed: Option<(Instant, AuthError)>,
}

impl Session {
    pub(crate) fn new(app: App, store: Arc<dyn TokenStore>, transport: Arc<dyn Transport>) -> Self {
        Session { app, store, transport, state: Mutex::default() }
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// The current token; from the store at first.
    pub(crate) async fn token(&self) -> Result<Arc<Token>, AuthError> {
        if let Some(token) = self.current() {
            return Ok(token);
        }
        let loaded = Arc::new(self.stored().await?.ok_or(AuthError::NoToken)?);
        Ok(self.state().token.get_or_insert(loaded).clone())
    }

    /// The token if it is known without asking the store.
    pub(crate) fn current(&self) -> Option<Arc<Token>> {
        self.state().token.clone()
    }

    /// A token in place of `expired`, which the portal calls expired.
    ///
    /// The first caller starts the renewal, the others wait for the same. It runs as a task of its own: the old refresh
    /// token is spent the moment the server answers, so a caller that gives up must not take the new one with it.
    pub(crate) async fn renewed(self: &Arc<Self>, expired: &Arc<Token>) -> Result<Arc<Token>, AuthError> {
        let renewal = {
            let mut state = self.state();
            if let Some(token) = state.token.as_ref().filter(|token| !token.is(expired)) {
                return Ok(token.clone());
            }
            if let Some((_, error)) = state.failed.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
                return Err(error.clone());
            }
            state.renewal.get_or_insert_with(|| self.start(expired.clone())).clone()
        };
        renewal.await
    }

    fn start(self: &Arc<Self>, expired: Arc<Token>) -> Renewal {
        let session = self.clone();
        let task = tokio::spawn(async move {
            let outcome = session.renew(&expired).await;
            let mut state = session.state();
            state.renewal = None;
            match &outcome {
                Ok(token) => {
                    state.token = Some(token.clone());
                    state.failed = None;
                }
                Err(error) => state.failed = Some((Instant::now(), error.clone())),
            }
            outcome
        });
        let ended = |_| Err(AuthError::Unreachable("the program ended while it was asked".to_owned()));
        task.map(move |outcome| outcome.unwrap_or_else(ended)).boxed().shared()
    }

    async fn renew(&self, expired: &Arc<Token>) -> Result<Arc<Token>, AuthError> {
        if let Some(stored) = self.newer(expired).await? {
            return Ok(stored);
        }
        let mut token = match self.app.renew(&self.transport, expired).await {
            Ok(token) => token,
            Err(error) => {
                // Another process may have been quicker with the same refresh token.
                if let Some(stored) = self.newer(expired).await? {
                    return Ok(stored);
                }
                tracing::warn!(%error, "the token could not be renewed");
                return Err(error);
            }
        };
        // The portal's address stays the one that was built with or that a redirect led to: the server's answer may
        // not send tokens elsewhere.
        token.endpoint = expired.endpoint.clone();
        if let Err(error) = self.store.save(&token).await {
            // The token is good although it is not kept: calls go on.
            tracing::error!(%error, "the renewed token could not be stored");
        }
        tracing::debug!("the token was renewed");
        Ok(Arc::new(token))
    }

    /// The token in the store, if it is not `expired`.
    async fn newer(&self, expired: &Token) -> Result<Option<Arc<Token>>, AuthError> {
        let newer = self.stored().await?.filter(|stored| !stored.is(expired));
        if newer.is_some() {
            tracing::debug!("the store holds a newer token");
        }
        Ok(newer.map(Arc::new))
    }

    /// The portal is now at `endpoint`.
    pub(crate) async fn moved(&self, endpoint: url::Url) {
        let (token, from) = {
            let mut state = self.state();
            let Some(old) = state.token.clone().filter(|token| token.endpoint != endpoint) else { return };
            let from = old.endpoint.host_str().unwrap_or_default().to_owned();
            let token = Arc::new(Token { endpoint, ..(*old).clone() });
            state.token = Some(token.clone());
            (token, from)
        };
        if let Err(error) = self.store.moved(&token, &from).await {
            tracing::error!(%error, "the portal's new address could not be stored");
        }
    }

    async fn stored(&self) -> Result<Option<Token>, AuthError> {
        self.store.load().await.map_err(|error| AuthError::Store(error.to_string()))
    }

    /// Each change leaves the state whole, so a panic elsewhere spoils nothing.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
