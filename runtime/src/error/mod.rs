//! What a portal refuses, and why.
//!
//! Every method has an enum of the errors that its page documents ([`ErrorCode`]); what any method can answer with is in
//! [`SystemError`]. An answer that matches neither keeps its code and message in [`ServerError`].

mod api;
mod call;
mod code;
mod failure;
mod identify;
mod system;

pub use api::{ApiError, ServerError, Violation};
pub use call::CallError;
pub use code::{ErrorCode, ErrorRow, Undocumented};
pub use failure::{AuthError, Context, Failure, FailureKind, Stage, TransportError};
pub(crate) use identify::identify;
pub use system::SystemError;
