//! What every Bitrix24 REST method shares: client, wire format, errors, limits, paging, batch.

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
mod envelope;
pub mod error;
mod event;
#[cfg(feature = "events")]
pub mod events;
#[cfg(all(feature = "reqwest", feature = "events"))]
pub mod guide;
mod list;
mod method;
pub mod query;
pub mod registry;
mod reply;
pub mod value;
pub mod wire;

#[cfg(feature = "client")]
pub use client::Client;
pub use error::{ApiError, CallError, ErrorCode, ErrorRow, ServerError, SystemError, Undocumented, Violation};
pub use event::{AnyEvent, Auth, Event, EventBody, EventInfo};
pub use list::ListMethod;
pub use method::{Effect, Method, MethodInfo, Paging, Version};
pub use query::{Conditions, Filter, Is, Op, Order, Pagination, Select};
pub use reply::{Reply, Unread};
pub use value::{Any, Date, DateTime, Either, File, Map, OneOrMany, Scalar, Time, Timestamp};
pub use wire::{DecodeError, Extra};

/// The date crate whose types [`Date`] and [`DateTime`] turn into.
pub use jiff;

/// For the crate's macros only.
#[doc(hidden)]
pub mod __private {
    pub use serde;
}
