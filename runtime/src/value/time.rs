//! The block of timings beside every result.

use super::{DateTime, Timestamp};
use crate::Extra;

/// How long a call took on the server.
pub struct Time {
    /// `start`: when the request came, in Unix seconds with fractions.
    pub start: Option<f64>,
    /// `finish`: when the answer left, in Unix seconds with fractions.
    pub finish: Option<f64>,
    /// `duration`: seconds between the two.
    pub duration: Option<f64>,
    /// `processing`: seconds spent in the method itself.
    pub processing: Option<f64>,
    /// `date_start`: `start` as a date.
    pub date_start: Option<DateTime>,
    /// `date_finish`: `finish` as a date.
    pub date_finish: Option<DateTime>,
    /// `operating`: seconds that the method has used of its budget in the current window.
    pub operating: Option<f64>,
    /// `operating_reset_at`: when a part of that budget comes back.
    pub operating_reset_at: Option<Timestamp>,
    /// Keys that the docs do not mention.
    pub extra: Extra,
}

crate::object! { Time {
    0 "start" start,
    1 "finish" finish,
    2 "duration" duration,
    3 "processing" processing,
    4 "date_start" date_start,
    5 "date_finish" date_finish,
    6 "operating" operating,
    7 "operating_reset_at" operating_reset_at,
} }
