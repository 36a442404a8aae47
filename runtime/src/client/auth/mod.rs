//! Who calls: an incoming webhook or an OAuth 2.0 application.
//!
//! A webhook is one secret address. An application has tokens: they come from [`App::exchange`], live in a [`TokenStore`]
//! and are renewed when the portal says that they have expired, not before.

mod app;
mod session;
mod store;
mod token;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use secrecy::ExposeSecret;
use url::Url;

pub use self::{
    app::App,
    store::{FileStore, MemoryStore, StoreError, TokenStore},
    token::Token,
};
pub(crate) use session::Session;

use super::address::{Address, WebhookPath};
use crate::{Version, error::AuthError};

/// Who calls, and where the portal is: it may move.
pub(crate) enum Auth {
    /// An incoming webhook, whose secret is a part of every address.
    Webhook(RwLock<Address>, WebhookPath),
    /// An application, whose token is a part of every body and names the portal.
    App(Arc<Session>),
}

impl Auth {
    /// How errors name the portal.
    pub(crate) fn portal(&self) -> String {
        match self {
            Auth::Webhook(address, _) => read(address).portal(),
            Auth::App(session) => {
                let address = session.current().and_then(|token| Address::of(&token.endpoint).ok());
                address.map_or_else(|| "a portal without a token".to_owned(), |address| address.portal())
            }
        }
    }

    /// The address of a method.
    pub(crate) fn url(
        &self,
        version: Version,
        method: &str,
        token: Option<&Token>,
        http_on_loopback: bool,
    ) -> Result<Url, AuthError> {
        match self {
            Auth::Webhook(address, path) => Ok(read(address).method(version, Some(path), method)),
            Auth::App(_) => Ok(portal_of(token, http_on_loopback)?.method(version, None, method)),
        }
    }

    /// The address of the portal's REST interface, without a secret.
    pub(crate) fn rest(&self, token: Option<&Token>, http_on_loopback: bool) -> Result<Url, AuthError> {
        match self {
            Auth::Webhook(address, _) => Ok(read(address).rest()),
            Auth::App(_) => Ok(portal_of(token, http_on_loopback)?.rest()),
        }
    }

    /// The portal is at `to` from now on.
    pub(crate) async fn move_to(&self, to: Address) {
        match self {
            Auth::Webhook(address, _) => *address.write().unwrap_or_else(PoisonError::into_inner) = to,
            Auth::App(session) => session.moved(to.rest()).await,
        }
    }

    /// Cuts out of `text` every secret that this client holds, as it is and percent-encoded: servers echo what they got.
    pub(crate) fn scrub(&self, text: &str) -> String {
        match self {
            Auth::Webhook(_, path) => scrub(text, path.code.expose_secret()),
            Auth::App(session) => {
                let text = scrub(text, session.app().secret.expose_secret());
                let Some(token) = session.current() else { return text };
                let text = scrub(&text, token.access.expose_secret());
                token.refresh.as_ref().map_or_else(|| text.clone(), |secret| scrub(&text, secret.expose_secret()))
            }
        }
    }
}

/// Where the portal is that a token is for. Stores are read at any time, so this is checked at each call.
fn portal_of(token: Option<&Token>, http_on_loopback: bool) -> Result<Address, AuthError> {
    let endpoint = &token.ok_or(AuthError::NoToken)?.endpoint;
    let address = Address::of(endpoint).and_then(|address| address.check(http_on_loopback).map(|()| address));
    address.map_err(|error| AuthError::Store(format!("the token's portal: {error}")))
}

/// Cuts `secret` out of `text`.
fn scrub(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    text.replace(secret, "[secret]").replace(&encoded, "[secret]")
}

fn read(address: &RwLock<Address>) -> RwLockReadGuard<'_, Address> {
    address.read().unwrap_or_else(PoisonError::into_inner)
}
