//! The API with serde's derives in place of tables, emitted by the same generator from the same model: what
//! `benches/compile-cost` measures the crate `bitrix24` against.

#![allow(missing_docs, reason = "only compiled, to see what that costs")]

include!(concat!(env!("OUT_DIR"), "/api.rs"));
