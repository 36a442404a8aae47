//! Reads the Bitrix24 REST documentation and writes a typed Rust crate.

pub mod diagnostic;
pub mod emit;
pub mod model;
pub mod write;
