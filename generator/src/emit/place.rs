//! Where things stand in the emitted crate: the model's Rust paths, checked, and the files that hold them.

use std::sync::Arc;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::{Error, ident};

/// The module for what several API modules use.
pub(super) const SHARED: &str = "shared";
/// The module and the feature of the registry.
pub(super) const REGISTRY: &str = "registry";
/// The root of the methods of `/rest/api/` whose names `/rest/` has too.
pub(super) const V3: &str = "v3";

/// Most segments of a path: rustc and syn recurse into modules.
const DEEPEST: usize = 16;

/// A module of the emitted crate: `crm::deal::get`, `v3::tasks::task::update`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ModulePath(Arc<[String]>);

impl ModulePath {
    /// The module at `path`.
    pub(super) fn parse(path: &str, what: impl Fn() -> String) -> Result<Self, Error> {
        let segments: Vec<&str> = path.split("::").collect();
        let own = if segments[0] == V3 { &segments[1..] } else { &segments[..] };
        if own.is_empty() || segments.len() > DEEPEST {
            return Err(Error::Identifier { name: path.to_owned(), what: what() });
        }
        let segments = segments.iter().map(|segment| Ok(ident::module(segment, &what)?.to_string()));
        segments.collect::<Result<Arc<_>, Error>>().map(ModulePath)
    }

    /// The module and the type's name of `crm::deal::get::Deal`.
    pub(super) fn parse_type(path: &str, what: impl Fn() -> String) -> Result<(Self, String), Error> {
        let (module, name) = ModulePath::split_type(path, &what)?;
        Ok((ModulePath::parse(module, what)?, name))
    }

    /// The same, with the module as it is written.
    pub(super) fn split_type(path: &str, what: impl Fn() -> String) -> Result<(&str, String), Error> {
        let (module, name) =
            path.rsplit_once("::").ok_or_else(|| Error::TypePath { path: path.to_owned(), what: what() })?;
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err(Error::TypePath { path: path.to_owned(), what: what() });
        }
        Ok((module, ident::checked(name, &what)?.to_string()))
    }

    /// The module `name`, checked before, below this one.
    pub(super) fn join(&self, name: &str) -> Self {
        ModulePath(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    /// Its segments, keywords escaped.
    pub(super) fn segments(&self) -> &[String] {
        &self.0
    }

    /// The API module that it belongs to, or `shared`.
    pub(super) fn api_module(&self) -> &str {
        let at = usize::from(self.is_v3());
        self.0[at].trim_start_matches("r#").trim_end_matches('_')
    }

    pub(super) fn is_v3(&self) -> bool {
        self.0[0] == V3
    }

    /// The segments that the file itself stands for: `crm`, `v3::tasks`.
    pub(super) fn root(&self) -> ModulePath {
        ModulePath(self.0[..=usize::from(self.is_v3())].into())
    }

    /// What the root of a file is to methods of the other REST API: `v3::tasks` to `tasks`, and `tasks` to `v3::tasks`.
    pub(super) fn twin(&self) -> ModulePath {
        let own = self.0.iter().skip(usize::from(self.is_v3())).cloned();
        let before = (!self.is_v3()).then(|| V3.to_owned());
        ModulePath(before.into_iter().chain(own).collect())
    }

    /// The segments below the file's.
    pub(super) fn inner(&self) -> &[String] {
        &self.0[1 + usize::from(self.is_v3())..]
    }

    /// Path of the file below the output folder: `crm.rs`, `v3/tasks.rs`.
    pub(super) fn file(&self) -> String {
        let root = self.root();
        let segments: Vec<&str> = root.0.iter().map(|segment| segment.trim_start_matches("r#")).collect();
        format!("{}.rs", segments.join("/"))
    }

    /// `crate::crm::deal::get`, as a link of a doc comment has it: rustdoc wants keywords as they are.
    pub(super) fn link(&self) -> String {
        format!("crate::{}", self.0.join("::").replace("r#", ""))
    }
}

/// The API module of a path that is not parsed yet.
pub(super) fn api_module(path: &str) -> &str {
    path.split("::").find(|segment| *segment != V3).unwrap_or(path)
}

/// The path from the crate's root.
impl ToTokens for ModulePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let segments = self.0.iter().map(|segment| identifier(segment));
        tokens.extend(quote!(crate #(::#segments)*));
    }
}

/// The identifier of a name that was checked before.
pub(super) fn identifier(checked: &str) -> Ident {
    match checked.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, proc_macro2::Span::call_site()),
        None => Ident::new(checked, proc_macro2::Span::call_site()),
    }
}
