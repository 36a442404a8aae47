//! The wire format: how JSON becomes Rust values and back, once, for every type.

mod decode;
mod encode;
mod extra;
mod macros;
mod object;
mod show;
mod slot;

pub use decode::{DecodeError, deserialize, from_slice};
pub use encode::{Forms, serialize, to_vec};
pub use extra::Extra;
pub use object::{Field, Form, Object, Table};
pub use show::{debug, equal};
pub use slot::{Entries, Frag, List, Slot, Then, Tok, Wanted};

/// For [`choice!`](crate::choice): gives the text of a scalar to `keep`.
#[doc(hidden)]
pub fn put_choice<'a>(tok: Tok<'_>, keep: impl FnOnce(&str)) -> Result<Then<'a>, Wanted> {
    crate::value::with_text(tok, keep).map(|()| Then::Done)
}
