//! Methods that return lists.

use crate::{Method, wire::Slot};

/// A method that returns a list: `Client::items` streams over it.
pub trait ListMethod: Method {
    /// An item of the list.
    type Item: Slot;

    /// Takes the items out of a page.
    fn items(page: Self::Result) -> Vec<Self::Item>;
}
