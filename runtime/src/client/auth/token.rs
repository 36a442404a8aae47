//! The tokens of an application on one portal.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::{EventBody, wire::from_brackets};

/// The right of an application to call one portal, for about an hour, and the means to renew it, for 180 days.
///
/// It comes from [`App::exchange`](super::App::exchange), from an event ([`Token::from_event`]), or from the form that a portal
/// posts into an application's frame ([`Token::from_frame`]). `Debug` shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Token {
    /// Goes with every call.
    pub access: SecretString,
    /// Renews the two; missing in tokens that came with most events.
    pub refresh: Option<SecretString>,
    /// Address of the portal's REST interface: `https://example.bitrix24.com/rest/`.
    pub endpoint: Url,
    /// When `access` expires, by the clock of this machine or the server's.
    pub expires: Option<Timestamp>,
    /// Identifies the portal, whatever its address.
    pub member_id: Option<String>,
    /// The user as whom the application calls.
    pub user_id: Option<i64>,
    /// Permissions, as the server lists them.
    pub scope: Option<String>,
    /// The application's status on the portal: `F`, `L`, `P`, `T`, …
    pub status: Option<String>,
}

impl Token {
    /// A token for the portal whose REST interface is at `endpoint`.
    pub fn new(access: impl Into<SecretString>, refresh: Option<SecretString>, endpoint: Url) -> Self {
        Token {
            access: access.into(),
            refresh,
            endpoint,
            expires: None,
            member_id: None,
            user_id: None,
            scope: None,
            status: None,
        }
    }

    /// Reads a token in the JSON form of the authorisation server and of events' `auth`, in which [`Token::to_json`]
    /// writes it too. `None` if `access_token` or a valid `client_endpoint` is missing.
    pub fn from_json(json: &Value) -> Option<Self> {
        let text = |key: &str| json.get(key)?.as_str().filter(|text| !text.is_empty());
        let number = |key: &str| {
            let value = json.get(key)?;
            value.as_i64().or_else(|| value.as_str()?.parse().ok())
        };
        let endpoint = Url::parse(text("client_endpoint")?).ok()?;
        let mut token = Token::new(text("access_token")?, text("refresh_token").map(Into::into), endpoint);
        token.expires = number("expires")
            .and_then(|second| Timestamp::from_second(second).ok())
            .or_else(|| Timestamp::from_second(Timestamp::now().as_second().checked_add(number("expires_in")?)?).ok());
        token.member_id = text("member_id").map(Into::into);
        token.user_id = number("user_id");
        token.scope = text("scope").map(Into::into);
        token.status = text("status").map(Into::into);
        Some(token)
    }

    /// The token that came with an event. It can be renewed if that was `ONAPPINSTALL` or another event that brings a refresh
    /// token. Take it of [verified](mod@crate::events) events only. `None` if the event has none.
    pub fn from_event(event: &EventBody) -> Option<Self> {
        Self::from_json(event.as_json().get("auth")?)
    }

    /// The token in the form that a portal posts into an application's frame: the query of the address and the body
    /// (`AUTH_ID`, `REFRESH_ID`, `DOMAIN` …, in either). `None` if `AUTH_ID` or a valid `DOMAIN` is missing.
    ///
    /// Anyone can post such a form. Before it is trusted with anything, the portal should be called with it (`profile`):
    /// only a genuine token is accepted.
    pub fn from_frame(query: &str, body: &[u8]) -> Option<Self> {
        let form = from_brackets(&[query.as_bytes(), b"&", body].concat());
        let text = |key: &str| form.get(key)?.as_str().filter(|text| !text.is_empty());
        let scheme = if text("PROTOCOL") == Some("0") { "http" } else { "https" };
        Self::from_json(&json!({
            "access_token": text("AUTH_ID"),
            "refresh_token": text("REFRESH_ID"),
            "client_endpoint": format!("{scheme}://{}/rest/", text("DOMAIN")?),
            "expires_in": text("AUTH_EXPIRES"),
            "member_id": text("member_id"),
            "status": text("status"),
        }))
    }

    /// The token as JSON, **secrets included**: for storing it, not for showing it.
    pub fn to_json(&self) -> Value {
        json!({
            "access_token": self.access.expose_secret(),
            "refresh_token": self.refresh.as_ref().map(ExposeSecret::expose_secret),
            "client_endpoint": self.endpoint.as_str(),
            "expires": self.expires.map(Timestamp::as_second),
            "member_id": self.member_id,
            "user_id": self.user_id,
            "scope": self.scope,
            "status": self.status,
        })
    }

    pub(crate) fn is(&self, other: &Token) -> bool {
        self.access.expose_secret() == other.access.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Token")
            .field("portal", &self.endpoint.host_str().unwrap_or_default())
            .field("member_id", &self.member_id)
            .field("user_id", &self.user_id)
            .field("expires", &self.expires)
            .field("renewable", &self.refresh.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_token_is_read_back() {
        let sent = json!({"access_token": "a", "refresh_token": "r", "client_endpoint": "https://x.bitrix24.com/rest/",
            "expires": 1_780_319_382, "member_id": "m", "user_id": "67", "scope": "crm,im", "status": "T"});
        let token = Token::from_json(&sent).unwrap();
        assert_eq!(token.user_id, Some(67));
        let again = Token::from_json(&token.to_json()).unwrap();
        assert_eq!(again.to_json(), token.to_json());
        assert!(!format!("{token:?}").contains("\"r\""));
    }

    #[test]
    fn half_a_token_is_none() {
        assert!(Token::from_json(&json!({"access_token": "a"})).is_none());
        assert!(Token::from_json(&json!({"access_token": "", "client_endpoint": "https://x.com/"})).is_none());
        assert!(Token::from_json(&json!({"access_token": "a", "client_endpoint": "x"})).is_none());
    }

    #[test]
    fn a_frame_and_an_event_bring_tokens() {
        let query = "DOMAIN=account.bitrix24.com&PROTOCOL=1&LANG=en&APP_SID=dd8c";
        let body = b"AUTH_ID=aid&AUTH_EXPIRES=3600&REFRESH_ID=rid&member_id=m1&status=P&PLACEMENT=DEFAULT";
        let token = Token::from_frame(query, body).unwrap();
        assert_eq!(token.endpoint.as_str(), "https://account.bitrix24.com/rest/");
        assert_eq!(token.to_json()["refresh_token"], "rid");
        assert!(token.expires.unwrap() > Timestamp::now());
        assert!(Token::from_frame("", body).is_none());
        assert!(Token::from_frame(query, b"").is_none());

        let event = b"event=ONAPPINSTALL&auth[access_token]=a&auth[expires_in]=3600&auth[refresh_token]=r\
            &auth[client_endpoint]=https%3A%2F%2Faccount.bitrix24.com%2Frest%2F";
        let token = Token::from_event(&EventBody::parse(event).unwrap()).unwrap();
        assert_eq!(token.to_json()["access_token"], "a");
        assert!(Token::from_event(&EventBody::parse(b"event=X").unwrap()).is_none());
    }
}
