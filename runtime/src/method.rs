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

/// How a list method hands out its pages. `items` is the path of the items in the answer (`result.items`), `id` the
/// items' identifier where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// v2: `start` in the request, `next` and `total` in the answer.
    Start {
        /// Path of the items.
        items: &'static str,
        /// The items' identifier.
        id: Option<&'static str>,
    },
    /// v3: `pagination` in the request.
    Page {
        /// Path of the items.
        items: &'static str,
        /// The items' identifier.
        id: Option<&'static str>,
    },
    /// By identifier.
    Id {
        /// Path of the items.
        items: &'static str,
        /// The items' identifier.
        id: Option<&'static str>,
    },
}
