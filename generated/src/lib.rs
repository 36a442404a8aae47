//! Typed Bitrix24 REST API, generated from its documentation.

pub use bitrix24_runtime as rt;
pub use bitrix24_runtime::*;

include!(concat!(env!("OUT_DIR"), "/api.rs"));
