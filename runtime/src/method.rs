//! What the client knows of a method.

use crate::{
    ErrorCode,
    wire::{Object, Slot},
};

/// A request, which names its method, its answer and its errors.
pub trait Method: Object {
    /// What `result` holds in the answer.
    type Result: Slot;
    /// The errors that the method's page documents; [`Undocumented`](crate::Undocumented) where it has none.
    type Error: ErrorCode;
    /// Everything else.
    const INFO: &'static MethodInfo;
}

/// What the docs say of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodInfo {
    /// Exactly as it goes on the wire.
    pub name: &'static str,
    /// Which of the two REST APIs it belongs to.
    pub version: Version,
    /// The permissions that it needs.
    pub scopes: &'static [&'static str],
    /// Whether the call may change the portal.
    pub effect: Effect,
    /// Set for list methods.
    pub paging: Option<Paging>,
    /// Whether the parameters are sent by position: a JSON array in the order of the request's fields.
    pub positional: bool,
    /// URL of the page that documents it.
    pub page: &'static str,
}

impl MethodInfo {
    /// A method of `/rest/` that may change the portal.
    pub const fn v2(name: &'static str, page: &'static str) -> Self {
        MethodInfo {
            name,
            version: Version::V2,
            scopes: &[],
            effect: Effect::Write,
            paging: None,
            positional: false,
            page,
        }
    }

    /// A method of `/rest/api/` that may change the portal.
    pub const fn v3(name: &'static str, page: &'static str) -> Self {
        MethodInfo { version: Version::V3, ..MethodInfo::v2(name, page) }
    }
}

/// Which of the two REST APIs a method belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// `/rest/`
    V2,
    /// `/rest/api/`
    V3,
}

/// What a call does to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing is changed.
    Read,
    /// Something may be changed.
    Write,
}

/// How a list method hands out its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// How one comes from a page to the next.
    pub style: PagingStyle,
    /// The parameter that says which page: `start`, `OFFSET`, `pagination`, or a path to it: `PARAMS.offset` …
    pub by: &'static str,
    /// Path of the items in the answer: `result.items`.
    pub items: &'static str,
    /// The items' identifier, where it is known.
    pub id: Option<&'static str>,
    /// What filters and orders call the identifier, where that is not `id`.
    pub key: Option<&'static str>,
    /// The flag in the result that tells whether another page follows, where there is one.
    pub more: Option<&'static str>,
    /// The parameter that limits a page which the caller counts, or a path to it.
    pub limit: Option<&'static str>,
    /// What goes with the identifier of the last item.
    pub beside: Option<Beside>,
}

/// What a server needs beside the identifier of the last item to find it: its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The parameter.
    pub by: &'static str,
    /// The item's field that holds it.
    pub field: &'static str,
    /// The values that the parameter takes; the last stands for all others.
    pub values: &'static [&'static str],
}

/// How one comes from a page to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PagingStyle {
    /// A page names the next (`next`), beside the number of all items (`total`).
    Start,
    /// The caller counts pages, or items to skip.
    Page,
    /// A page goes on after the last item of the one before.
    Id,
}

impl Paging {
    /// Pages that name the next.
    pub const fn start(by: &'static str, items: &'static str) -> Self {
        Paging { style: PagingStyle::Start, by, items, id: None, key: None, more: None, limit: None, beside: None }
    }

    /// Pages that the caller counts.
    pub const fn page(by: &'static str, items: &'static str) -> Self {
        Paging { style: PagingStyle::Page, ..Paging::start(by, items) }
    }

    /// Pages that go on after the last item.
    pub const fn id(by: &'static str, items: &'static str) -> Self {
        Paging { style: PagingStyle::Id, ..Paging::start(by, items) }
    }
}
