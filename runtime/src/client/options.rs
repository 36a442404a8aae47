//! Settings of one call.

use std::time::Duration;

use http::HeaderValue;

use super::{call::Call, files::Upload};

/// Settings of one call, for [`Client::call_with`](super::Client::call_with).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallOptions {
    deadline: Option<Duration>,
    idempotency_key: Option<HeaderValue>,
    uploads: Vec<Upload>,
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
    /// result. 1 to 255 printable ASCII characters; any other key, and every key of a v2 call, is ignored.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        let valid = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        self.idempotency_key = HeaderValue::from_str(key).ok().filter(|_| valid);
        self
    }

    /// The content of a file that the request holds in its place: [`Upload::file`].
    pub fn upload(mut self, upload: Upload) -> Self {
        self.uploads.push(upload);
        self
    }

    pub(crate) fn apply(self, call: &mut Call) {
        call.deadline = self.deadline;
        call.uploads = self.uploads;
        if call.version == crate::Version::V3 {
            call.idempotency_key = self.idempotency_key.or(call.idempotency_key.take());
        }
    }
}
