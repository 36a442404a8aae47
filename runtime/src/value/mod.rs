//! The types of fields: what a value means, apart from how PHP writes it.
//!
//! Besides the types here, fields are `i64`, `f64`, `bool`, `String`, `Vec<T>`, `Option<T>` and emitted structures. Each
//! takes the forms in which the server sends such a value (`"37"` for a number, `"Y"` for a boolean, `[]` for an empty
//! object) and refuses what would lose something.

mod any;
mod date;
mod file;
pub(crate) mod json;
mod list;
mod map;
mod scalar;
mod time;
mod union;

pub use any::Any;
pub use date::{Date, DateTime, Timestamp};
pub use file::File;
pub use map::Map;
pub use scalar::Scalar;
pub(crate) use scalar::whole;
#[doc(hidden)]
pub use scalar::{no_text, with_text};
pub use time::Time;
pub use union::{Either, OneOrMany};
