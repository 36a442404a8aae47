//! An answer that holds a result.

use std::fmt;

use crate::{
    __fields, Any, ApiError, DecodeError, ErrorCode, Extra, ServerError, Time,
    envelope::{self, Refused, Source},
    wire::{Object, Slot, Step, Table},
};

/// The answer to a call.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What the method returns.
    pub result: T,
    /// How long the call took on the server.
    pub time: Option<Time>,
    /// Number of items on all pages, in answers of list methods.
    pub total: Option<i64>,
    /// Offset of the next page; `None` on the last.
    pub next: Option<i64>,
    /// What else stood beside the result.
    pub extra: Extra,
    /// The values that a tolerant reading passed over, each with its path. Empty otherwise.
    pub faults: Vec<DecodeError>,
    /// The body as it came.
    pub raw: Vec<u8>,
    /// HTTP status.
    pub status: u16,
    /// The answer's HTTP headers; none for a command of a batch.
    #[cfg(feature = "client")]
    pub headers: http::HeaderMap,
    /// v3: whether the server gave again what it had answered to an earlier call with the same idempotency key
    /// (header `Idempotent-Replayed`).
    pub replayed: bool,
}

/// Why an answer gave no result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Unread<E> {
    /// It holds an error.
    Api(Box<ApiError<E>>),
    /// It cannot be read.
    Decode {
        /// Why not, and where.
        error: Box<DecodeError>,
        /// The body as it came.
        raw: Vec<u8>,
    },
}

impl<T: Slot> Reply<T> {
    /// Reads an answer with HTTP status `status`.
    ///
    /// ```
    /// use bitrix24_runtime::{Reply, Undocumented};
    ///
    /// let reply = Reply::<Vec<i64>>::read::<Undocumented>(200, br#"{"result":["1",2],"total":"2"}"#.to_vec())?;
    /// assert_eq!((reply.result, reply.total), (vec![1, 2], Some(2)));
    ///
    /// let refused = br#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#.to_vec();
    /// let error = Reply::<bool>::read::<Undocumented>(503, refused).unwrap_err();
    /// assert_eq!(error.to_string(), "QUERY_LIMIT_EXCEEDED: Too many requests (HTTP 503)");
    /// # Ok::<(), bitrix24_runtime::Unread<Undocumented>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error that the answer holds; or the value that cannot be read, with its path.
    pub fn read<E: ErrorCode>(status: u16, raw: Vec<u8>) -> Result<Self, Unread<E>> {
        let mut result = T::blank();
        match read_parts(status, Source::Text(&raw), &mut result) {
            Ok(parts) => Ok(Self::of(status, result, parts, Vec::new(), raw)),
            Err(refused) => Err(Unread::of(refused, raw)),
        }
    }

    /// As [`read`](Self::read), but values of the result that cannot be read count as missing and are listed in
    /// [`faults`](Self::faults).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read): where the result as a whole cannot be read, or more than a hundred of its values.
    pub fn read_tolerant<E: ErrorCode>(status: u16, raw: Vec<u8>) -> Result<Self, Unread<E>> {
        const MOST_FAULTS: usize = 100;
        let mut result = T::blank();
        let mut refused = match read_parts(status, Source::Text(&raw), &mut result) {
            Ok(parts) => return Ok(Self::of(status, result, parts, Vec::new(), raw)),
            Err(refused) => refused,
        };
        let mut faults: Vec<DecodeError> = Vec::new();
        if let Ok(mut tree) = serde_json::from_slice::<Any>(&raw) {
            while let Refused::Decode(fault) = refused {
                match pass_over(&mut tree, fault.path.steps()) {
                    Some(Passed::Value) if faults.len() < MOST_FAULTS => faults.push(fault),
                    Some(Passed::Null) => {}
                    _ => return Err(Unread::of(Refused::Decode(fault), raw)),
                }
                let mut result = T::blank();
                match read_parts(status, Source::Tree(&tree), &mut result) {
                    Ok(parts) => return Ok(Self::of(status, result, parts, faults, raw)),
                    Err(error) => refused = error,
                }
            }
        }
        Err(Unread::of(refused, raw))
    }

    fn of(status: u16, result: T, parts: Parts, faults: Vec<DecodeError>, raw: Vec<u8>) -> Self {
        let Parts { time, total, next, extra } = parts;
        Reply {
            result,
            time,
            total,
            next,
            extra,
            faults,
            raw,
            status,
            #[cfg(feature = "client")]
            headers: http::HeaderMap::new(),
            replayed: false,
        }
    }
}

/// What an envelope holds beside the result.
struct Parts {
    time: Option<Time>,
    total: Option<i64>,
    next: Option<i64>,
    extra: Extra,
}

fn read_parts(status: u16, source: Source<'_>, result: &mut dyn Slot) -> Result<Parts, Refused> {
    let envelope = envelope::read(status, source, result)?;
    Ok(Parts { time: envelope.time, total: envelope.total, next: envelope.next, extra: envelope.extra })
}

/// What [`pass_over`] met.
enum Passed {
    /// A value, which is `null` now.
    Value,
    /// `null`, which is gone now.
    Null,
}

/// Makes the value at `path` `null`; where it is that already, takes it out of what holds it.
fn pass_over(tree: &mut Any, path: &[Step]) -> Option<Passed> {
    let (last, holders) = path.split_last()?;
    // The result itself cannot be passed over.
    if holders.is_empty() {
        return None;
    }
    let mut holder = tree;
    for step in holders {
        holder = match step {
            Step::Key(key) => holder.get_mut(key)?,
            Step::Index(index) => holder.get_mut(index)?,
        };
    }
    let value = match last {
        Step::Key(key) => holder.get_mut(key)?,
        Step::Index(index) => holder.get_mut(index)?,
    };
    if !value.is_null() {
        *value = Any::Null;
        return Some(Passed::Value);
    }
    match (holder, last) {
        (Any::Object(entries), Step::Key(key)) => entries.shift_remove(key).map(|_| Passed::Null),
        (Any::Array(items), Step::Index(index)) => {
            items.remove(*index);
            Some(Passed::Null)
        }
        _ => None,
    }
}

impl<E: ErrorCode> Unread<E> {
    fn of(refused: Refused, raw: Vec<u8>) -> Self {
        match refused {
            Refused::Api(error) => Unread::Api(Box::new(ApiError::new(error))),
            Refused::Decode(error) => Unread::Decode { error: Box::new(error), raw },
        }
    }
}

impl<E> fmt::Display for Unread<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Api(error) => error.fmt(out),
            Unread::Decode { error, .. } => write!(out, "the answer cannot be read: {error}"),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Unread<E> {}

impl ServerError {
    /// The error that an answer with HTTP status `status` holds; `None` if it holds none or is not JSON.
    pub fn read(status: u16, body: &[u8]) -> Option<Self> {
        envelope::read_error(status, Source::Text(body))
    }
}

/// The answer without its raw body, as it is written again and shown.
impl<T: Slot> Object for Reply<T> {
    fn table(&self) -> &'static Table {
        &__fields!(false Reply [] { "result", "total", "next", "time", })
    }

    fn at(&self, index: usize) -> &dyn Slot {
        match index {
            0 => &self.result,
            1 => &self.total,
            2 => &self.next,
            3 => &self.time,
            _ => &self.extra,
        }
    }

    fn at_mut(&mut self, index: usize) -> &mut dyn Slot {
        match index {
            0 => &mut self.result,
            1 => &mut self.total,
            2 => &mut self.next,
            3 => &mut self.time,
            _ => &mut self.extra,
        }
    }

    fn blank() -> Self {
        let parts = Parts { time: None, total: None, next: None, extra: Extra::new() };
        Self::of(200, T::blank(), parts, Vec::new(), Vec::new())
    }
}

impl<T: Slot> fmt::Debug for Reply<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::wire::debug(self, out)
    }
}
