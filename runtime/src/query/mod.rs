//! What list methods have in common: filters, order, selection and pages.

mod conditions;
mod filter;
mod pagination;

pub use conditions::{Conditions, Is};
pub use filter::{Filter, Op};
pub use pagination::{Order, Pagination, Select};
