//! An OAuth 2.0 application: how it is authorised, and how it renews its tokens.

use std::{sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use bytes::BytesMut;
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use super::{Token, scrub};
use crate::{
    client::{
        Body, BuildError,
        address::Address,
        transport::{Request, Transport, Verb},
    },
    error::{AuthError, Stage, TransportError},
};

/// How long the authorisation server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer of the authorisation server is a few hundred bytes.
const MAX_ANSWER: usize = 64 << 10;

/// An application, local or of the market. `Debug` does not show its secret.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) server: Url,
}

impl App {
    /// The application with this `client_id` and `client_secret`, as the portal or the vendor's account shows them.
    ///
    /// # Panics
    ///
    /// Never: the address of the authorisation server is a constant.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        #[expect(clippy::expect_used, reason = "a constant")]
        let server = Url::parse("https://oauth.bitrix.info/").expect("a valid URL");
        App { id: id.into(), secret: secret.into(), server }
    }

    /// Another authorisation server: the only host that ever sees the client's secret. (It is never taken from a token or
    /// an event, which others could forge.) Its address is `https`, or on this machine.
    #[must_use]
    pub fn server(mut self, server: Url) -> Self {
        self.server = server;
        self
    }

    /// Where to send a user's browser so that they let the application onto `portal` (a host: `example.bitrix24.com`).
    /// The portal sends them back to the application's address with `code` and with `state`, which should be
    /// unguessable and be compared there.
    ///
    /// # Errors
    ///
    /// If `portal` is no host.
    pub fn authorize_url(&self, portal: &str, state: &str) -> Result<Url, BuildError> {
        let url = Url::parse(&format!("https://{portal}/")).map_err(|_| BuildError::Address("it is no host"))?;
        let mut url = Address::of(&url)?.into_url();
        url.set_path("oauth/authorize/");
        url.query_pairs_mut().append_pair("client_id", &self.id).append_pair("state", state);
        Ok(url)
    }

    /// Exchanges the `code` with which a user came back, within 30 seconds, for a token.
    ///
    /// # Errors
    ///
    /// If the authorisation server refuses or cannot be reached.
    pub async fn exchange(&self, transport: &dyn Transport, code: &str) -> Result<Token, AuthError> {
        self.token(transport, &[("grant_type", "authorization_code"), ("code", code)]).await
    }

    /// Exchanges a token's refresh token for a new pair.
    pub(crate) async fn renew(&self, transport: &Arc<dyn Transport>, token: &Token) -> Result<Token, AuthError> {
        let refresh = token.refresh.as_ref().ok_or(AuthError::NoRefreshToken)?.expose_secret();
        let mut new = self.token(&**transport, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await?;
        // The server need not repeat what does not change.
        new.refresh = new.refresh.or_else(|| token.refresh.clone());
        new.user_id = new.user_id.or(token.user_id);
        new.member_id = new.member_id.or_else(|| token.member_id.clone());
        Ok(new)
    }

    async fn token(&self, transport: &dyn Transport, grant: &[(&str, &str)]) -> Result<Token, AuthError> {
        let mut url = self.server.clone();
        url.set_path("oauth/token/");
        url.query_pairs_mut()
            .append_pair("client_id", &self.id)
            .append_pair("client_secret", self.secret.expose_secret())
            .extend_pairs(grant);
        Address::of(&url)
            .and_then(|server| server.check(true))
            .map_err(|error| AuthError::Unreachable(error.to_string()))?;
        // A code or a refresh token is good for one answer: what may have got one is not sent again.
        let unsent = |error: &TransportError| error.stage() == Stage::Connect;
        let answer = (|| fetch(transport, &url)).retry(ExponentialBuilder::default().with_jitter()).when(unsent);
        let answer = timeout(PATIENCE, answer).await;
        let (status, body) = answer
            .map_err(|_| AuthError::Unreachable(format!("no answer within {PATIENCE:?}")))?
            .map_err(|error| AuthError::Unreachable(error.to_string()))?;
        // Nothing of an answer that cannot be read is quoted: it could hold tokens.
        let json: Value = serde_json::from_slice(&body)
            .map_err(|_| AuthError::Unreachable(format!("HTTP status {status} and no JSON")))?;
        if let Some(code) = json.get("error").and_then(Value::as_str) {
            let message = json.get("error_description").and_then(Value::as_str).unwrap_or_default();
            let secrets = grant[1..].iter().map(|(_, secret)| *secret).chain([self.secret.expose_secret()]);
            let scrubbed = |text: &str| secrets.clone().fold(text.to_owned(), |text, secret| scrub(&text, secret));
            return Err(AuthError::Refused { code: scrubbed(code), message: scrubbed(message) });
        }
        Token::from_json(&json).ok_or_else(|| AuthError::Unreachable(format!("HTTP status {status} and no token")))
    }
}

/// Status and body of what is at `url`.
async fn fetch(transport: &dyn Transport, url: &Url) -> Result<(u16, BytesMut), TransportError> {
    let mut answer = transport.send(Request::new(Verb::Get, url.clone(), Body::default())).await?;
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.body.next().await.transpose()? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(TransportError::too_large(MAX_ANSWER));
        }
    }
    Ok((answer.status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_sent_to_their_portal() {
        let app = App::new("app.1", "s3cret");
        let url = app.authorize_url("example.bitrix24.com", "a b").unwrap();
        assert_eq!(url.as_str(), "https://example.bitrix24.com/oauth/authorize/?client_id=app.1&state=a+b");
        assert!(app.authorize_url("evil.com/x?", "s").unwrap().path().starts_with("/oauth/"));
        assert!(app.authorize_url("", "s").is_err());
        assert!(!format!("{app:?}").contains("s3cret"));
    }
}
