//! What one page says, named: methods, tables, errors, examples, each with the line that states it.
//!
//! Facts are not interpreted across pages: that is the model's work. [`outline`] puts a page's blocks under its headings;
//! [`method`] hears the witnesses for whose page it is, [`inbound`] those for calls that a portal makes; [`table`], [`mod@error`] and [`example`] read what it states;
//! [`page_facts`] gathers it.

pub mod distilled;
pub mod doc_type;
pub mod error;
pub mod example;
pub mod inbound;
pub mod method;
pub mod outline;
pub mod page_facts;
pub mod prose;
pub mod table;
