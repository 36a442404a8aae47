//! Who calls: an incoming webhook or an application.

use super::address::WebhookPath;

/// Who calls.
pub(crate) enum Auth {
    /// An incoming webhook, whose secret is a part of every address.
    Webhook(WebhookPath),
}
