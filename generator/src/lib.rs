//! Reads the Bitrix24 REST documentation and writes a typed Rust crate.

pub mod diagnostic;
pub mod docs;
pub mod facts;
pub mod model;
pub mod page;
pub mod vocabulary;
