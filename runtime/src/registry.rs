//! Methods and events by name, without their types: for tools that read any of them.
//!
//! An entry is made of a type by [`MethodEntry::of`] or [`EventEntry::of`]; the generated crate, with its feature
//! `registry`, lists one for every method and event and finds them by name: `registry::method("crm.deal.get", Version::V2)`.
//! An entry reads what a request, an answer, an error or an event holds into the type of that method and writes it again.
//!
//! ```
//! use bitrix24_runtime::{Effect, Extra, Method, MethodInfo, Undocumented, input, registry::MethodEntry};
//!
//! pub struct Request {
//!     id: i64,
//!     extra: Extra,
//! }
//!
//! input! { Request {
//!     0 "id" id required,
//! } }
//!
//! impl Method for Request {
//!     type Result = Vec<i64>;
//!     type Error = Undocumented;
//!     const INFO: &'static MethodInfo = &MethodInfo::v2("bell.list", "https://example.com/bell-list");
//! }
//!
//! let entry = MethodEntry::of::<Request>();
//! assert_eq!(entry.info.effect, Effect::Write);
//! let answer = entry.response(br#"{"result":["1",2],"next":"50","new":true}"#)?;
//! assert_eq!(answer.body, br#"{"result":[1,2],"next":50,"new":true}"#);
//! assert!(answer.untyped.contains("new"));
//! # Ok::<(), bitrix24_runtime::DecodeError>(())
//! ```

use std::collections::BTreeSet;

use crate::{
    Any, DecodeError, ErrorCode, ErrorRow, Event, EventBody, EventInfo, Method, MethodInfo, ServerError, Version,
    envelope::{self, Refused, Source},
    error::identify,
    wire::{self, Forms, Frag, Slot},
};

/// What was read, written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// As JSON: requests in their documented forms, everything else canonically.
    pub body: Vec<u8>,
    /// Paths of what no documented type describes: [`wire::untyped`].
    pub untyped: BTreeSet<String>,
    /// Names of what is required but was not there.
    pub missing: Vec<&'static str>,
}

/// An error that was read, written again.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorReread {
    /// The error as it came.
    pub error: ServerError,
    /// The documented error that it is; `None` if the method's page does not know it.
    pub known: Option<KnownError>,
    /// The answer, written again.
    pub reread: Reread,
}

/// A documented error of a method, without its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownError {
    /// The variant of the method's `ErrorCode`.
    pub variant: String,
    /// The row of the docs' table.
    pub row: &'static ErrorRow,
}

/// A method without its types.
#[derive(Clone, Copy)]
pub struct MethodEntry {
    /// What the docs say of it.
    pub info: &'static MethodInfo,
    request: fn() -> Box<dyn Slot>,
    result: fn() -> Box<dyn Slot>,
    rows: fn() -> &'static [ErrorRow],
    variant: fn(usize) -> String,
}

impl MethodEntry {
    /// The entry of `M`.
    pub const fn of<M: Method + 'static>() -> Self {
        MethodEntry {
            info: M::INFO,
            request: blank::<M>,
            result: blank::<M::Result>,
            rows: M::Error::rows,
            variant: |index| M::Error::ALL.get(index).map(|code| format!("{code:?}")).unwrap_or_default(),
        }
    }

    /// Reads and writes the parameters of a call. That required ones are missing is no error here.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn request(&self, json: &[u8]) -> Result<Reread, DecodeError> {
        let mut request = (self.request)();
        let mut by_position = false;
        let missing = if self.info.positional {
            let mut tree: Any = wire::from_slice(json)?;
            if let (Any::Array(items), Frag::Object(object)) = (&mut tree, request.frag()) {
                by_position = true;
                let names = object.table().fields.iter().map(|field| field.name.to_owned());
                tree = Any::Object(names.zip(std::mem::take(items)).collect());
            }
            wire::fill_incomplete(tree.to_string().as_bytes(), &mut *request)?
        } else {
            wire::fill_incomplete(json, &mut *request)?
        };
        let mut reread = reread(&*request, Forms::Documented);
        reread.missing = missing;
        if let (true, Frag::Object(object)) = (by_position, request.frag()) {
            reread.body = wire::to_positional(object);
        }
        Ok(reread)
    }

    /// Reads and writes an answer with its envelope.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path; an answer that holds an error.
    pub fn response(&self, json: &[u8]) -> Result<Reread, DecodeError> {
        let mut result = (self.result)();
        let envelope = envelope::read(200, Source::Text(json), &mut *result);
        match envelope {
            Ok(envelope) => Ok(reread(&envelope, Forms::Canonical)),
            Err(Refused::Decode(error)) => Err(error),
            Err(Refused::Api(error)) => Err(DecodeError {
                path: wire::Path::default(),
                wanted: "an answer with a result".to_owned(),
                met: format!("the error {error}"),
            }),
        }
    }

    /// Reads and writes an answer that holds an error, and says which documented one it is. `None` if it holds none or is not
    /// JSON.
    pub fn error_answer(&self, json: &[u8]) -> Option<ErrorReread> {
        let mut envelope = envelope::read_any(Source::Text(json)).ok()?;
        let body = wire::to_vec(&envelope, Forms::Canonical);
        let untyped = envelope.untyped_of_error();
        let error = envelope.take_error(200)?;
        Some(ErrorReread { known: self.error(&error), error, reread: Reread { body, untyped, missing: Vec::new() } })
    }

    /// The documented error that an answer is. `None` if the method's page does not know it.
    pub fn error(&self, error: &ServerError) -> Option<KnownError> {
        identify((self.rows)(), error).map(|index| self.known(index))
    }

    /// The errors that the method's page documents, in its order.
    pub fn errors(&self) -> impl ExactSizeIterator<Item = KnownError> {
        (0..(self.rows)().len()).map(|index| self.known(index))
    }

    fn known(&self, index: usize) -> KnownError {
        KnownError { variant: (self.variant)(index), row: &(self.rows)()[index] }
    }
}

fn blank<T: Slot + 'static>() -> Box<dyn Slot> {
    Box::new(T::blank())
}

fn reread(value: &dyn Slot, forms: Forms) -> Reread {
    Reread { body: wire::to_vec(value, forms), untyped: wire::untyped(value, ""), missing: Vec::new() }
}

/// An event without its type.
#[derive(Clone, Copy)]
pub struct EventEntry {
    /// What the docs say of it.
    pub info: &'static EventInfo,
    payload: fn() -> Box<dyn Slot>,
}

impl EventEntry {
    /// The entry of `E`.
    pub const fn of<E: Event + 'static>() -> Self {
        EventEntry { info: E::INFO, payload: blank::<E> }
    }

    /// Reads and writes a payload.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn read(&self, body: &EventBody) -> Result<Reread, DecodeError> {
        let mut payload = (self.payload)();
        wire::fill_from_tree(body.as_json(), &mut *payload)?;
        Ok(reread(&*payload, Forms::Canonical))
    }
}

/// The method `name` of one of the two APIs among `entries`. Portals do not mind letter case; a name that is spelt alike
/// comes first.
pub fn find_method<'a>(entries: &'a [MethodEntry], name: &str, version: Version) -> Option<&'a MethodEntry> {
    let of_version = || entries.iter().filter(|entry| entry.info.version == version);
    let alike = || of_version().find(|entry| entry.info.name.eq_ignore_ascii_case(name));
    of_version().find(|entry| entry.info.name == name).or_else(alike)
}

/// The event `name` among `entries`, in any letter case.
pub fn find_event<'a>(entries: &'a [EventEntry], name: &str) -> Option<&'a EventEntry> {
    entries.iter().find(|entry| entry.info.name.eq_ignore_ascii_case(name))
}
