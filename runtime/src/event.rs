//! What a handler knows of an event.

use crate::wire::Object;

/// A payload that a portal posts to a handler.
pub trait Event: Object {
    /// What the docs say of it.
    const INFO: &'static EventInfo;
}

/// What the docs say of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventInfo {
    /// Exactly as it goes on the wire: `ONCRMDEALADD`.
    pub name: &'static str,
    /// URL of the page that documents it.
    pub page: &'static str,
}
