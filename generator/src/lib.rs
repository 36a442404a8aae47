//! Reads the Bitrix24 REST documentation and writes a typed Rust crate.

pub mod config;
pub mod diagnostic;
pub mod docs;
pub mod emit;
pub mod facts;
pub mod literal;
pub mod model;
pub mod page;
pub mod vocabulary;
pub mod write;

pub use config::Config;
