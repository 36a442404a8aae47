//! One call, encoded: what attempts share.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{
    auth::Token,
    body::{Body, Part},
    files,
    transport::Verb,
};
use crate::{Effect, Method, MethodInfo, Version, wire};

/// A call without its types: all that the machinery below [`Client::call`](super::Client::call) sees of a request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) version: Version,
    pub(crate) effect: Effect,
    /// The parameters: a JSON object; a list where they go by position.
    pub(crate) parameters: Bytes,
    /// Sent with v3 calls that write: the server carries out only the first of those with the same key.
    pub(crate) idempotency_key: Option<HeaderValue>,
    /// In place of the client's own.
    pub(crate) deadline: Option<Duration>,
    /// The methods that a batch calls; their operating time counts, not that of `batch`.
    pub(crate) inner: Vec<&'static str>,
    /// Contents for which markers stand in the parameters.
    pub(crate) uploads: Vec<Part>,
    /// Why it cannot be sent.
    pub(crate) refused: Option<&'static str>,
    /// In place of the method's address and parameters.
    pub(crate) target: Option<Target>,
}

/// An address that a portal gave, and what to post there.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) verb: Verb,
    pub(crate) url: Url,
    pub(crate) content_type: String,
    pub(crate) body: Body,
}

impl Call {
    /// Encodes `request`.
    pub(crate) fn new<M: Method>(request: &M) -> Self {
        Self::with_effect(M::INFO, M::INFO.effect, parameters(request))
    }

    /// A call with encoded parameters, whose effect the method alone does not tell.
    pub(crate) fn with_effect(info: &'static MethodInfo, effect: Effect, parameters: Vec<u8>) -> Self {
        let writes_v3 = info.version == Version::V3 && effect == Effect::Write;
        let (uploads, refused) = match files::named(&parameters) {
            Ok(contents) => (contents.into_iter().map(Part::Base64).collect(), None),
            Err(files::Dropped) => (Vec::new(), Some(DROPPED)),
        };
        Call {
            method: info.name,
            version: info.version,
            effect,
            parameters: parameters.into(),
            idempotency_key: writes_v3.then(new_key).flatten(),
            deadline: None,
            inner: Vec::new(),
            uploads,
            refused,
            target: None,
        }
    }

    /// A call of an address that the portal gave; errors name it `name`. It is taken for one that writes.
    pub(crate) fn to(name: &'static str, target: Target) -> Self {
        Call {
            method: name,
            version: Version::V2,
            effect: Effect::Write,
            parameters: Bytes::new(),
            idempotency_key: None,
            deadline: None,
            inner: Vec::new(),
            uploads: Vec::new(),
            refused: None,
            target: Some(target),
        }
    }

    /// The methods whose operating time it uses.
    pub(crate) fn methods(&self) -> &[&'static str] {
        if self.inner.is_empty() { std::slice::from_ref(&self.method) } else { &self.inner }
    }

    /// Whether sending it twice does no more than sending it once.
    pub(crate) fn repeatable(&self) -> bool {
        self.effect == Effect::Read || self.idempotency_key.is_some()
    }

    /// v3: whether the parameters are a list, in which a token has no place.
    pub(crate) fn is_v3_list(&self) -> bool {
        self.version == Version::V3 && self.parameters.first() == Some(&b'[')
    }

    /// The body: the parameters, and the token of an application among them.
    pub(crate) fn body(&self, token: Option<&Token>) -> Body {
        let Some(token) = token else { return Body::from_parts(files::fill(&self.parameters, &self.uploads)) };
        if self.parameters.first() == Some(&b'[') {
            return Call { parameters: by_index(&self.parameters).into(), ..self.clone() }.body(Some(token));
        }
        let open = self.parameters.strip_suffix(b"}").map_or(self.parameters.len(), <[u8]>::len);
        let comma = if self.parameters[..open].trim_ascii() == b"{" { "" } else { "," };
        let token = Value::from(token.access.expose_secret());
        let tail = format!("{comma}\"auth\":{token}}}");
        let mut parts = files::fill(&self.parameters.slice(..open), &self.uploads);
        parts.push(Part::Bytes(tail.into()));
        Body::from_parts(parts)
    }
}

/// The parameters of `request`, encoded as its method wants them.
pub(super) fn parameters<M: Method>(request: &M) -> Vec<u8> {
    if M::INFO.positional { wire::to_positional(request) } else { wire::to_vec(request, wire::Forms::Documented) }
}

pub(super) const DROPPED: &str = "an `Upload` of the request was dropped before the call was made";

fn new_key() -> Option<HeaderValue> {
    HeaderValue::from_str(&Uuid::new_v4().to_string()).ok()
}

/// A list of parameters as an object with the keys `0`, `1` …, which PHP reads as the same list and in which a token has
/// a place.
pub(super) fn by_index(list: &[u8]) -> Vec<u8> {
    let items: Vec<Value> = serde_json::from_slice(list).unwrap_or_default();
    let entries = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item));
    Value::Object(entries.collect()).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(parameters: &str, token: Option<&str>) -> String {
        static INFO: MethodInfo = MethodInfo::v2("a", "");
        let call = Call::with_effect(&INFO, Effect::Read, parameters.into());
        let token = token.map(|token| Token::new(token, None, "https://a.bitrix24.com/rest/".parse().unwrap()));
        String::from_utf8(call.body(token.as_ref()).as_bytes().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_token_stands_among_the_parameters() {
        assert_eq!(body("{}", Some("t")), r#"{"auth":"t"}"#);
        assert_eq!(body(r#"{"id":4}"#, Some("t\"")), r#"{"id":4,"auth":"t\""}"#);
        assert_eq!(body(r#"{"id":4}"#, None), r#"{"id":4}"#);
    }

    #[test]
    fn a_list_of_parameters_goes_by_index_where_a_token_stands_among_them() {
        assert_eq!(body(r#"[7,{"a":1}]"#, None), r#"[7,{"a":1}]"#);
        assert_eq!(body(r#"[7,{"a":1}]"#, Some("t")), r#"{"0":7,"1":{"a":1},"auth":"t"}"#);
    }
}
