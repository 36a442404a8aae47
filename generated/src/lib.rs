//! Typed Bitrix24 REST API, generated from its documentation.
//!
//! Every REST method is a module: `biconnector.connector.delete` is `biconnector::connector::delete`. It holds a `Request` (what is
//! required stands in `new`, everything else has a setter), the structures of the answer, and an `ErrorCode` with the errors
//! that the method's page documents.
#![cfg_attr(feature = "biconnector", doc = "```no_run")]
#![cfg_attr(not(feature = "biconnector"), doc = "```ignore")]
//! use bitrix24::{Client, biconnector::connector};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::webhook("https://example.bitrix24.com/rest/1/SECRET/")?;
//! match client.call(connector::delete::Request::new(4)).await {
//!     Ok(reply) => assert!(reply.result),
//!     Err(error) => match error.code() {
//!         Some(connector::delete::ErrorCode::ConnectorDeleteRestricted) => println!("its sources go first"),
//!         _ => return Err(error.into()),
//!     },
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | gives |
//! | --- | --- |
//! | `crm`, `tasks`, `disk` … | the methods and events whose names begin so, with their placements and webhooks; those of one word (`profile`, `scope` …) are in `general` |
//! | `full` | all of them |
//! | `blocking` | a client for programs without an async runtime |
//! | `registry` | every enabled method and event by name, for tools that know no types |
//!
//! None is on by default: a module that is not asked for costs no compile time. Structures that several modules use are in `shared`.
//!
//! # What comes back
//!
//! A call gives a [`Reply`]: its `result` has the method's type, `next` and `total` are there for lists, `time` says how long the server
//! took. Fields of structures are public and optional, as the server leaves out what it likes. What the docs do not mention is
//! kept in `extra`; a value that an enum does not list is its `Other`.
//!
//! An error is a [`CallError`]: [`code`](CallError::code) is the method's own `ErrorCode`, [`system`](CallError::system) one that
//! every method can give, such as an exceeded limit; what the docs know neither way still has its code and message.
//!
//! # Forms of values
//!
//! A portal sends `"37"` for a number, `Y` for yes, `""` for no date; the fields are `i64`, `bool`, [`DateTime`] all the same. In requests
//! each value goes out in the form that its page documents. What has no setter, or has to be `null`, is sent by `with`.
//!
//! A method of `/rest/api/` whose name `/rest/` has too is in `v3`: `v3::tasks::task::update`.
//!
//! # The docs behind it
//!
//! The build script reads the docs in `docs-input`, or in the folder that `BITRIX24_DOCS` names. [`runtime`] is the part that is written
//! by hand.

pub use bitrix24_runtime::{self as runtime, *};

include!(concat!(env!("OUT_DIR"), "/api.rs"));
