//! The body of a request to a handler.

use super::{Auth, Event};
use crate::{
    Any, DecodeError,
    wire::{self, Slot},
};

/// What a handler received, before its event is known. `Debug` shows no token.
#[derive(Clone, PartialEq)]
pub struct EventBody(Any);

impl EventBody {
    /// Reads a body: JSON if it begins like it, else a form.
    ///
    /// ```
    /// use bitrix24_runtime::EventBody;
    ///
    /// let body = EventBody::parse(b"event=ONCRMDEALADD&data[FIELDS][ID]=1&auth[application_token]=t")?;
    /// assert_eq!(body.name(), "ONCRMDEALADD");
    /// assert_eq!(body.as_json()["data"]["FIELDS"]["ID"], "1");
    /// assert_eq!(body.auth()?.application_token.as_deref(), Some("t"));
    /// # Ok::<(), bitrix24_runtime::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where JSON is broken. A form never is.
    pub fn parse(body: &[u8]) -> Result<Self, DecodeError> {
        match body.trim_ascii_start().first() {
            Some(b'{' | b'[') => wire::from_slice(body).map(EventBody),
            _ => Ok(EventBody(wire::from_brackets(body))),
        }
    }

    /// Reads a request whose address has a query too, as a placement's has (`DOMAIN`, `LANG` …): its keys are added to the
    /// body's, which come first.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_query(query: &str, body: &[u8]) -> Result<Self, DecodeError> {
        let EventBody(mut tree) = Self::parse(body)?;
        if let (Some(own), Any::Object(more)) = (tree.as_object_mut(), wire::from_brackets(query.as_bytes())) {
            for (key, value) in more {
                own.entry(key).or_insert(value);
            }
        }
        Ok(EventBody(tree))
    }

    /// Name of the event as it came; empty where the body has none.
    pub fn name(&self) -> &str {
        self.0.get("event").and_then(Any::as_str).unwrap_or_default()
    }

    /// Whether it is the event `E`. Letter case does not matter.
    pub fn is<E: Event>(&self) -> bool {
        self.name().eq_ignore_ascii_case(E::INFO.name)
    }

    /// Gives the payload its type: an event's or a [`Webhook`](crate::Webhook)'s.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn read<T: Slot>(&self) -> Result<T, DecodeError> {
        let mut payload = T::blank();
        wire::fill_from_tree(&self.0, &mut payload)?;
        Ok(payload)
    }

    /// Who sent the event; blank where the body does not say.
    ///
    /// # Errors
    ///
    /// The value that cannot be read, with its path.
    pub fn auth(&self) -> Result<Auth, DecodeError> {
        let mut auth = Auth::default();
        if let Some(block) = self.0.get("auth") {
            wire::fill_from_tree(block, &mut auth)?;
        }
        Ok(auth)
    }

    /// The body as JSON. In a form all scalars are strings.
    pub fn as_json(&self) -> &Any {
        &self.0
    }
}

impl std::fmt::Debug for EventBody {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        wire::debug(&self.0, out)
    }
}
