//! Events in: what a handler does with a request that claims to come from a portal.
//!
//! Anyone can post to a handler. What proves that a portal did is the `application_token`, which it sends with the
//! installation of an application (`ONAPPINSTALL`) or shows when an outgoing webhook is set up, and then with every event.
//! So a request is an [`Unverified`] first, of which hardly more is told than whose token to look up, and becomes an
//! [`EventBody`] by [`Unverified::verify`].
//!
//! ```
//! use bitrix24_runtime::events::{Rejected, SecretString, Unverified};
//!
//! let token = SecretString::from("51856fefc120afa4b628cc82d3935cce");
//! // What any web framework hands over: the header `Content-Type` and the bytes of the body.
//! let form = Some("application/x-www-form-urlencoded");
//! let body = b"event=ONCRMDEALADD&data[FIELDS][ID]=7&auth[application_token]=51856fefc120afa4b628cc82d3935cce";
//!
//! let event = Unverified::read(form, body)?.verify(&token)?;
//! assert_eq!(event.name(), "ONCRMDEALADD");
//! assert_eq!(event.as_json()["data"]["FIELDS"]["ID"], "7");
//!
//! let forged = b"event=ONCRMDEALADD&data[FIELDS][ID]=7&auth[application_token]=guess";
//! let rejected = Unverified::read(form, forged)?.verify(&token).unwrap_err();
//! assert_eq!((rejected.status(), rejected), (403, Rejected::WrongToken));
//! # Ok::<(), Rejected>(())
//! ```
//!
//! A handler should answer at once and do its work afterwards: portals call slow handlers less and less often. They do not
//! repeat events that were not taken; where none may be lost, use offline events (`event.offline.get`).

use std::fmt;

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

pub use crate::event::{AnyEvent, Auth, Event, EventBody, EventInfo};
use crate::{Any, DecodeError};

/// Text that `Debug` does not show and that is wiped from memory when dropped.
pub use secrecy::SecretString;

/// The largest body that is read, in bytes. Events are far smaller.
pub const MAX_BODY: usize = 1 << 20;

/// A request to a handler that nothing vouches for yet.
#[derive(Clone)]
pub struct Unverified(EventBody);

impl Unverified {
    /// Reads a request by the header `Content-Type` and the body: a form, as portals send it, or JSON.
    ///
    /// # Errors
    ///
    /// If it is neither, is broken or too large.
    pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Self, Rejected> {
        if body.len() > MAX_BODY {
            return Err(Rejected::TooLarge);
        }
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let known = ["application/x-www-form-urlencoded", "application/json"];
        if !known.iter().any(|known| known.eq_ignore_ascii_case(media_type)) {
            return Err(Rejected::ContentType);
        }
        EventBody::parse(body).map(Unverified).map_err(|error| Rejected::Body(Box::new(error)))
    }

    /// The portal that it claims to come from, by its permanent identifier: with this the right token is looked up.
    pub fn member_id(&self) -> Option<&str> {
        self.auth("member_id")
    }

    /// Whether it claims to be the installation of the application, with which the `application_token` comes for the first
    /// time: see [`trust_installation`](Self::trust_installation).
    pub fn is_installation(&self) -> bool {
        self.0.name().eq_ignore_ascii_case("ONAPPINSTALL")
    }

    /// Lets the event through if it holds the token that is expected. The comparison takes the same time wherever the two
    /// differ.
    ///
    /// # Errors
    ///
    /// If it holds another token or none.
    pub fn verify(self, application_token: &SecretString) -> Result<EventBody, Rejected> {
        let expected = application_token.expose_secret();
        let sent = self.auth("application_token").unwrap_or_default();
        if sent.is_empty() || expected.is_empty() {
            return Err(Rejected::NoToken);
        }
        if !bool::from(sent.as_bytes().ct_eq(expected.as_bytes())) {
            return Err(Rejected::WrongToken);
        }
        Ok(self.0)
    }

    /// Takes an installation at its word: the event, and the `application_token` to keep for all further ones.
    ///
    /// Nothing proves yet that it is genuine. Before either is used, call the portal with the access token that came along
    /// (any method will do: `app.info`): only a genuine one is accepted.
    ///
    /// # Errors
    ///
    /// If it is no installation or holds no token.
    pub fn trust_installation(self) -> Result<(EventBody, SecretString), Rejected> {
        let token = self.auth("application_token").filter(|token| !token.is_empty()).map(SecretString::from);
        match token {
            Some(token) if self.is_installation() => Ok((self.0, token)),
            _ => Err(Rejected::NoToken),
        }
    }

    fn auth(&self, key: &str) -> Option<&str> {
        self.0.as_json().get("auth")?.get(key).and_then(Any::as_str)
    }
}

/// Shows no content.
impl fmt::Debug for Unverified {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Unverified").field("member_id", &self.member_id()).finish_non_exhaustive()
    }
}

/// Why a request to a handler is not let through.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rejected {
    /// It is neither a form nor JSON.
    ContentType,
    /// It is larger than [`MAX_BODY`].
    TooLarge,
    /// It cannot be read.
    Body(Box<DecodeError>),
    /// It holds no `application_token`, or none is expected.
    NoToken,
    /// It holds another `application_token`.
    WrongToken,
}

impl Rejected {
    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Rejected::ContentType => 415,
            Rejected::TooLarge => 413,
            Rejected::Body(_) => 400,
            Rejected::NoToken => 401,
            Rejected::WrongToken => 403,
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejected::ContentType => out.write_str("the request is neither a form nor JSON"),
            Rejected::TooLarge => write!(out, "the request is larger than {MAX_BODY} bytes"),
            // What stands in it is not quoted: it may be a token.
            Rejected::Body(error) if error.path.is_empty() => out.write_str("the request cannot be read"),
            Rejected::Body(error) => write!(out, "the request cannot be read at `{}`", error.path),
            Rejected::NoToken => out.write_str("the request holds no application_token"),
            Rejected::WrongToken => out.write_str("the request holds a wrong application_token"),
        }
    }
}

impl std::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=UTF-8");

    fn read(body: &str) -> Unverified {
        Unverified::read(FORM, body.as_bytes()).unwrap()
    }

    #[test]
    fn only_the_expected_token_opens_an_event() {
        let token = SecretString::from("t0ken");
        let event = "event=ONCRMDEALADD&auth[member_id]=m";
        assert!(read(&format!("{event}&auth[application_token]=t0ken")).verify(&token).is_ok());
        for (auth, why) in [
            ("&auth[application_token]=t0keN", Rejected::WrongToken),
            ("&auth[application_token]=t0ken1", Rejected::WrongToken),
            ("&auth[application_token][]=t0ken", Rejected::NoToken),
            ("&auth[application_token]=", Rejected::NoToken),
            ("&application_token=t0ken", Rejected::NoToken),
            ("", Rejected::NoToken),
        ] {
            assert_eq!(read(&format!("{event}{auth}")).verify(&token).unwrap_err(), why, "{auth}");
        }
        let nothing = SecretString::from("");
        assert!(read("auth[application_token]=").verify(&nothing).is_err());
    }

    #[test]
    fn json_is_read_as_well() {
        let body = br#"{"event":"ONCRMDEALADD","data":{"FIELDS":{"ID":"7"}},"auth":{"application_token":"t"}}"#;
        let event = Unverified::read(Some("application/json"), body).unwrap().verify(&"t".into()).unwrap();
        assert_eq!(event.name(), "ONCRMDEALADD");
        assert!(matches!(Unverified::read(Some("application/json"), b"{").unwrap_err(), Rejected::Body(_)));
    }

    #[test]
    fn other_requests_are_rejected_and_nothing_of_them_is_shown() {
        assert_eq!(Unverified::read(Some("text/html"), b"x").unwrap_err().status(), 415);
        assert_eq!(Unverified::read(None, b"x").unwrap_err().status(), 415);
        assert_eq!(Unverified::read(FORM, &vec![b'a'; MAX_BODY + 1]).unwrap_err().status(), 413);
        let shown = format!("{:?}", read("event=X&auth[application_token]=s3cret&auth[member_id]=m"));
        assert!(shown.contains("\"m\"") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn an_installation_brings_the_token_for_later() {
        let install = "event=ONAPPINSTALL&auth[application_token]=t0ken&auth[access_token]=a";
        let (event, token) = read(install).trust_installation().unwrap();
        assert_eq!(event.auth().unwrap().access_token.as_deref(), Some("a"));
        assert!(read("event=X&auth[application_token]=t0ken").verify(&token).is_ok());
        assert!(read("event=X&auth[application_token]=t0ken").trust_installation().is_err());
        assert!(read("event=ONAPPINSTALL").trust_installation().is_err());
    }
}
