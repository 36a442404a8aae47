//! The generator from pages to files, as a build script runs it: on pages of our own and, where `../shared` exists, on the
//! complete published docs in both languages.
//!
//! One binary, because each links the whole generator. What needs `../shared` says that it was skipped, and why.

#![allow(clippy::unwrap_used, reason = "a test that unwraps in vain fails, as it should")]

#[cfg(feature = "cli")]
mod api;
mod bad_input;
mod corpus;
mod incremental;
mod languages;
mod mutations;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod refusals;
mod same_bytes;
mod snapshots;
mod support;
#[cfg(feature = "cli")]
mod verdicts;
