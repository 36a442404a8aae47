//! Methods that return lists.

use crate::{Any, Method, wire::Slot};

/// A method that returns a list: `Client::items` streams over it.
pub trait ListMethod: Method {
    /// An item of the list.
    type Item: Slot;

    /// Takes the items out of a page.
    fn items(page: Self::Result) -> Vec<Self::Item>;
}

/// The items of a page that the docs do not describe: it is a list, or holds one and no other.
///
/// ```
/// use bitrix24_runtime::untyped_items;
/// use serde_json::json;
///
/// assert_eq!(untyped_items(json!([1, 2])), [1, 2]);
/// assert_eq!(untyped_items(json!({"types": [1, 2], "count": 2})), [1, 2]);
/// assert!(untyped_items(json!({"a": [1], "b": [2]})).is_empty());
/// ```
pub fn untyped_items(page: Any) -> Vec<Any> {
    let list = match page {
        Any::Array(items) => Some(items),
        Any::Object(entries) => only(entries.into_iter().filter_map(|(_, value)| match value {
            Any::Array(items) => Some(items),
            _ => None,
        })),
        _ => None,
    };
    list.unwrap_or_default()
}

/// What [`untyped_items`] takes.
#[cfg(feature = "client")]
pub(crate) fn untyped(page: &Any) -> Option<&Vec<Any>> {
    match page {
        Any::Array(items) => Some(items),
        Any::Object(entries) => only(entries.values().filter_map(Any::as_array)),
        _ => None,
    }
}

fn only<T>(mut lists: impl Iterator<Item = T>) -> Option<T> {
    let first = lists.next();
    first.filter(|_| lists.next().is_none())
}
