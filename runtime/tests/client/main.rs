//! The client against servers on loopback.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::must_use_candidate,
    clippy::unreadable_literal,
    clippy::needless_pass_by_value,
    clippy::format_push_string,
    reason = "modules of one test binary, helpers among them"
)]

#[path = "../../examples/common/methods.rs"]
mod methods;
mod server;

mod auth;
mod batch;
#[cfg(feature = "blocking")]
mod blocking;
mod calls;
mod faults;
mod files;
mod limits;
mod logs;
mod paging;
