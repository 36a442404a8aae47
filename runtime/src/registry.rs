//! Methods and events by name, without their types: for tools that read any of them.
//!
//! An entry is made of a type by [`MethodEntry::of`] or [`EventEntry::of`]; the generated crate lists one for every
//! method and event.

use std::collections::BTreeSet;

use crate::{
    Any, DecodeError, ErrorCode, Event, EventBody, EventInfo, Method, MethodInfo, Reply, ServerError, Unread,
    wire::{self, Forms, Object, Slot},
};

/// What was read, written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// As JSON: requests in their documented forms, everything else canonically.
    pub body: Vec<u8>,
    /// Paths of what no documented type describes: [`wire::untyped`].
    pub untyped: BTreeSet<String>,
}

/// A method without its types.
#[derive(Clone, Copy)]
pub struct MethodEntry {
    /// What the docs say of it.
    pub info: &'static MethodInfo,
    request: fn(&[u8]) -> Result<Reread, DecodeError>,
    response: fn(&[u8]) -> Result<Reread, DecodeError>,
    error: fn(&ServerError) -> Option<String>,
}

impl MethodEntry {
    /// The entry of `M`.
    pub const fn of<M: Method>() -> Self {
        MethodEntry {
            info: M::INFO,
            request: request::<M>,
            response: response::<M::Result>,
            error: |error| M::Error::identify(error).map(|code| format!("{code:?}")),
        }
    }

    /// Reads and writes the parameters of a call.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn request(&self, json: &[u8]) -> Result<Reread, DecodeError> {
        (self.request)(json)
    }

    /// Reads and writes an answer with its envelope.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path; an answer that holds an error.
    pub fn response(&self, json: &[u8]) -> Result<Reread, DecodeError> {
        (self.response)(json)
    }

    /// The variant of the method's `ErrorCode` that an answer is. `None` if the docs do not know it.
    pub fn error(&self, error: &ServerError) -> Option<String> {
        (self.error)(error)
    }
}

fn request<M: Method>(json: &[u8]) -> Result<Reread, DecodeError> {
    let mut request: M = Object::blank();
    let mut tree: Any = wire::from_slice(json)?;
    if let (true, Any::Array(items)) = (M::INFO.positional, &mut tree) {
        let names = request.table().fields.iter().map(|field| field.name.to_owned());
        tree = Any::Object(names.zip(std::mem::take(items)).collect());
    }
    wire::fill_from_tree(&tree, &mut request)?;
    let mut reread = reread(&request, Forms::Documented);
    if M::INFO.positional {
        reread.body = wire::to_positional(&request);
    }
    Ok(reread)
}

fn response<T: Slot>(json: &[u8]) -> Result<Reread, DecodeError> {
    match Reply::<T>::read::<crate::Undocumented>(200, json.to_vec()) {
        Ok(reply) => Ok(reread(&reply, Forms::Canonical)),
        Err(Unread::Decode { error, .. }) => Err(*error),
        Err(Unread::Api(error)) => Err(DecodeError {
            path: wire::Path::default(),
            wanted: "an answer with a result".to_owned(),
            met: format!("the error {}", error.answer),
        }),
    }
}

fn reread(value: &dyn Slot, forms: Forms) -> Reread {
    Reread { body: wire::to_vec(value, forms), untyped: wire::untyped(value, "") }
}

/// An event without its type.
#[derive(Clone, Copy)]
pub struct EventEntry {
    /// What the docs say of it.
    pub info: &'static EventInfo,
    read: fn(&EventBody) -> Result<Reread, DecodeError>,
}

impl EventEntry {
    /// The entry of `E`.
    pub const fn of<E: Event>() -> Self {
        EventEntry { info: E::INFO, read: |body| body.read::<E>().map(|event| reread(&event, Forms::Canonical)) }
    }

    /// Reads and writes a payload.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn read(&self, body: &EventBody) -> Result<Reread, DecodeError> {
        (self.read)(body)
    }
}
