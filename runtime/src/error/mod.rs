//! What a portal refuses, and why.

mod api;
mod call;
mod code;
mod failure;
mod system;

pub use api::{ApiError, Violation};
pub use call::CallError;
pub use code::{ErrorCode, ErrorRow, Undocumented};
pub use failure::{AuthError, Context, Failure, FailureKind, Stage, TransportError};
pub use system::SystemError;
