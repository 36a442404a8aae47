//! Typed Bitrix24 REST API, generated from its documentation.
