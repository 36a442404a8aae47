//! What every Bitrix24 REST method shares: client, wire format, errors, limits, paging, batch.
//!
//! The generated crate has the methods: each is a type that implements [`Method`], made of tables by the macros here. This crate
//! has all that they have in common, so most programs meet it through the generated one, which re-exports it.
//!
//! | to | see |
//! | --- | --- |
//! | call a portal, from the first webhook to production | the [guide], then [`Client`] |
//! | understand an error | [`CallError`], [`error`] |
//! | handle events | [`mod@events`] |
//! | open in a placement, answer a webhook | [`EventBody::read_placement`], [`Webhook`] |
//! | be opened in a placement | [`PlacementCall`] |
//! | know how JSON becomes Rust values | [`wire`], [`value`] |
//! | build filters and orders | [`query`] |
//!
//! # Features
//!
//! | feature | gives | by default |
//! | --- | --- | --- |
//! | `reqwest` | an HTTP stack: HTTP/1.1, rustls, gzip | yes |
//! | `client` | the [`client`] without an HTTP stack, for one of your own | with `reqwest` |
//! | `events` | handlers of events | yes |
//! | `blocking` | a client for programs without an async runtime | no |
//!
//! Without any, the types of methods, answers and errors remain, to be read and written as JSON.

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
pub use event::{
    AnyEvent, AnyPlacement, Auth, Event, EventBody, EventInfo, InboundInfo, Placement, PlacementCall, Webhook,
};
pub use list::{ListMethod, untyped_items};
pub use method::{Beside, Effect, Method, MethodInfo, Paging, PagingStyle, Version};
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
