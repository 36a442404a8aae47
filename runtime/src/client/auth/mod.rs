//! Who calls: an incoming webhook or an OAuth 2.0 application.
//!
//! A webhook is one secret address. An application has tokens: they come from [`App::exchange`], live in a [`TokenStore`]
//! and are renewed when the portal says that they have expired, not before.

mod app;
mod session;
mod store;
mod token;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
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

    /// Cuts out of `text` every secret that this client holds and that a call with `token` sent: servers echo what they got.
    pub(crate) fn scrub(&self, text: &str, token: Option<&Token>) -> String {
        match self {
            Auth::Webhook(_, path) => scrub(text, path.code.expose_secret()),
            Auth::App(session) => {
                let current = session.current();
                let tokens = current.as_deref().into_iter().chain(token);
                let secrets = tokens.flat_map(|token| [Some(&token.access), token.refresh.as_ref()]).flatten();
                let secrets = secrets.chain([&session.app().secret]);
                secrets.fold(text.to_owned(), |text, secret| scrub(&text, secret.expose_secret()))
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

/// Cuts `secret` out of `text`: as it is, percent-encoded, with PHP's escapes and in base64.
fn scrub(text: &str, secret: &str) -> String {
    // So short a text is no secret, but stands in many that are none.
    if secret.len() < 4 {
        return text.to_owned();
    }
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let lower = encoded.to_ascii_lowercase();
    let escaped = secret.replace('/', "\\/");
    let base64 = BASE64_STANDARD_NO_PAD.encode(secret);
    [secret, &encoded, &lower, &escaped, &base64]
        .into_iter()
        .fold(text.to_owned(), |text, form| text.replace(form, "[secret]"))
}

fn read(address: &RwLock<Address>) -> RwLockReadGuard<'_, Address> {
    address.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_cut_out_in_every_form_that_servers_echo() {
        let secret = "s3cret/+token";
        for form in
            ["s3cret/+token", "s3cret%2F%2Btoken", "s3cret%2f%2btoken", r"s3cret\/+token", "czNjcmV0Lyt0b2tlbg=="]
        {
            let shown = scrub(&format!("<{form}>"), secret);
            assert!(shown.starts_with("<[secret]"), "{shown}");
        }
        assert_eq!(scrub("text", ""), "text");
    }
}
