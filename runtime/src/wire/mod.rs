//! The wire format: how JSON becomes Rust values and back, once, for every type.
//!
//! A structure is a table of wire names and access to its fields by index ([`Object`], written by
//! [`object!`](crate::object) and [`input!`](crate::input)); a field is a [`Slot`], which takes one JSON token and says
//! what to do next. All else — decoding, encoding, `Debug`, equality, serde — is written once, here, against these two
//! object-safe traits. So several thousand structures cost little to compile and decode as fast as with derives.
//!
//! ```
//! use bitrix24_runtime::{Extra, object, wire};
//!
//! pub struct Deal {
//!     pub id: Option<i64>,
//!     pub opened: Option<bool>,
//!     pub extra: Extra,
//! }
//!
//! object! { Deal {
//!     0 "ID" id,
//!     1 "OPENED" opened yn,
//! } }
//!
//! let deal: Deal = wire::from_slice(br#"{"ID":"37","OPENED":"Y","UF_COLOR":"grey"}"#)?;
//! assert_eq!((deal.id, deal.opened), (Some(37), Some(true)));
//! let sent = wire::to_vec(&deal, wire::Forms::Documented);
//! assert_eq!(sent, br#"{"ID":37,"OPENED":"Y","UF_COLOR":"grey"}"#);
//!
//! let error = wire::from_slice::<Deal>(br#"{"ID":{"a":1}}"#).unwrap_err();
//! assert_eq!(error.to_string(), "`ID`: wanted an integer, met an object");
//! # Ok::<(), wire::DecodeError>(())
//! ```
//!
//! # What is kept, and what is not guessed
//!
//! - A field that is missing is `None`, and is not written. One that came as `null`, or as what PHP code answers in its
//!   place (`""` of a number or date, `false`, `[]` and `{}`), is `None` too, and is written as it came.
//! - Keys without a field are in [`Extra`], in order. A key that differs from its field's in letter case alone is that field.
//! - A value that a field's type cannot hold, but that a portal may well give, is in [`Extra`] under the field's name, and
//!   the field is `None`: money (`300|USD`) or any other text with a figure in place of a number or a date, one letter in
//!   place of a boolean, an identifier in place of an object, a list in place of a single value. In lists and maps such a
//!   value, or `null`, is no item; it is written again at its place.
//! - Anything else fails: an object in place of a number, a word in place of a date.
//! - A map in place of a list gives its values; structures keep their key ([`Extra::key`]). A list in place of a map has
//!   the keys `0`, `1` … A single value in place of a list is its only item. `null` in place of a structure in a list is a
//!   blank one that remembers ([`Extra::was_null`]). All are written again as they came.
//! - Whole floats are written without a fraction.
//! - Errors name the path, also within unknown keys; containers are nested at most 120 deep, whatever the source.
//! - A value that failed to decode is never handed out.

mod brackets;
mod came;
mod decode;
mod encode;
mod extra;
mod fields;
mod fill;
mod macros;
mod object;
mod path;
mod show;
mod slot;
mod trace;
mod untyped;

pub use brackets::{from_brackets, to_brackets};
pub use decode::{DecodeError, deserialize, from_slice};
pub(crate) use decode::{fill, fill_from_tree, fill_incomplete};
pub use encode::{Forms, serialize, to_positional, to_vec};
pub use extra::Extra;
pub use object::{Field, Form, Object, Table, mark};
pub use path::{Path, Step};
pub use show::{debug, equal};
pub use slot::{Entries, Frag, List, Slot, Then, Tok, Wanted};
pub use untyped::untyped;

#[doc(hidden)] // For `choice!`.
pub use crate::value::{no_text, with_text};
