//! Events, placements and webhooks: what a portal posts to a handler.
//!
//! A handler receives a form in PHP's notation (`event=ONCRMDEALADD&data[FIELDS][ID]=1&auth[domain]=…`) or JSON.
//! [`EventBody`] reads either; [`EventBody::read`] gives the payload its type.

mod auth;
mod body;
mod inbound;

pub use auth::Auth;
pub use body::EventBody;
pub use inbound::{AnyPlacement, InboundInfo, Placement, PlacementCall, Webhook};

use crate::{DecodeError, wire::Object};

/// The payload of one event.
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

/// The events of a module: an enum with one variant an event and `Other`, by [`events!`](macro@crate::events).
pub trait AnyEvent: Sized {
    /// Every event of the module.
    const EVENTS: &'static [&'static EventInfo];

    /// Gives the payload the type of its event; `Other` where it is none of the module's.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    fn from_body(body: EventBody) -> Result<Self, DecodeError>;
}

/// Makes an enum with a variant `Other(EventBody)` the events of a module: [`AnyEvent`].
///
/// Each line is variant and payload type; variants hold the payload in a `Box`.
#[macro_export]
macro_rules! events {
    ($ty:ident { $($variant:ident $payload:ty,)* }) => {
        impl $crate::AnyEvent for $ty {
            const EVENTS: &'static [&'static $crate::EventInfo] = &[$(<$payload as $crate::Event>::INFO),*];

            #[inline]
            fn from_body(body: $crate::EventBody) -> Result<Self, $crate::DecodeError> {
                $(
                    if body.is::<$payload>() {
                        return Ok(Self::$variant(Box::new(body.read()?)));
                    }
                )*
                Ok(Self::Other(body))
            }
        }
    };
}
