//! What the generated types make of recorded requests, answers, errors and events.
//!
//! A [`Case`] is one of them with the method's name; [`answer()`] reads it into the types of that method, writes it again
//! and gives a [`Verdict`]: the body in its canonical form with the paths that no documented type describes, or why it cannot
//! be read and where. The binary does so for each line of standard input, and `bitrix24-conformance examples` for every
//! example of the docs, with what is [lost](compare) on the way, for [mutants] of them and for each documented
//! [error](rows).
//!
//! ```
//! use bitrix24_conformance::answer_line;
//!
//! let line = r#"{"id":1,"method":"crm.deal.delete","api":"v2","kind":"response","body":{"result":"Y","new":1}}"#;
//! assert_eq!(answer_line(line), r#"{"id":1,"ok":true,"body":{"result":true,"new":1},"untyped":["new"]}"#);
//! ```

pub mod answer;
pub mod case;
pub mod compare;
pub mod examples;
pub mod mutants;
pub mod rows;

pub use answer::{answer, answer_line};
pub use case::{Api, Case, Kind, Verdict};
