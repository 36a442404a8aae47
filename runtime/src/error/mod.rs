//! What a portal refuses, and why.

mod api;
mod call;
mod code;
mod system;

pub use api::{ApiError, Violation};
pub use call::CallError;
pub use code::{ErrorCode, ErrorRow, Undocumented};
pub use system::SystemError;
