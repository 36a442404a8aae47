//! The wire format: how JSON becomes Rust values and back, once, for every type.

mod brackets;
mod decode;
mod encode;
mod extra;
mod macros;
mod object;
mod path;
mod show;
mod slot;
mod untyped;

pub use brackets::{from_brackets, to_brackets};
pub use decode::{DecodeError, deserialize, from_slice};
pub(crate) use decode::{fill, fill_from_tree};
pub use encode::{Forms, serialize, to_positional, to_vec};
pub use extra::Extra;
pub use object::{Field, Form, Object, Table};
pub use path::{Path, Step};
pub use show::{debug, equal};
pub use slot::{Entries, Frag, List, Slot, Then, Tok, Wanted};
pub use untyped::untyped;

#[doc(hidden)] // For `choice!`.
pub use crate::value::{no_text, with_text};
