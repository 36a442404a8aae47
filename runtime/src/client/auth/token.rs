//! The tokens of an application on one portal.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

/// The right of an application to call one portal, for about an hour, and the means to renew it, for 180 days.
///
/// It comes from [`App::exchange`](super::App::exchange), from the `ONAPPINSTALL` event, or from the form that a portal
/// posts into an application's frame. `Debug` shows no secret.
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
}
