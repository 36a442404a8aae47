//! Settings of one call.

use std::time::Duration;

use http::HeaderValue;

use super::call::Call;

/// Settings of one call, for [`Client::call_with`](super::Client::call_with).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallOptions {
    deadline: Option<Duration>,
    idempotency_key: Option<Result<HeaderValue, InvalidKey>>,
}

impl CallOptions {
    /// The client's own settings.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// How long the call may take, in place of the client's deadline.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// v3: a key of the program's own in place of a random one, so that a call can be repeated even after the program was
    /// restarted: within 24 hours the server carries out the first call with a key only and answers the others with its
    /// result ([`Reply::replayed`](crate::Reply::replayed)); another request with the same key is refused
    /// ([`IdempotencyKeyReused`](crate::SystemError::IdempotencyKeyReused)).
    ///
    /// 1 to 255 printable ASCII characters; a call with any other key is not sent. v2 knows no such keys.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        let valid = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        self.idempotency_key = Some(HeaderValue::from_str(key).ok().filter(|_| valid).ok_or(InvalidKey));
        self
    }

    pub(crate) fn apply(self, call: &mut Call) {
        call.deadline = self.deadline;
        match self.idempotency_key {
            Some(Ok(key)) if call.version == crate::Version::V3 => call.idempotency_key = Some(key),
            Some(Err(InvalidKey)) => {
                call.refused = Some("the idempotency key is not 1 to 255 printable ASCII characters");
            }
            _ => {}
        }
    }
}

#[derive(Clone, Debug)]
struct InvalidKey;
