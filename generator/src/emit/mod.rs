//! Emission: the finished model becomes the source files of a crate.
//!
//! [`emit()`] is a pure function: the same model and settings give the same bytes. One file holds one API module (`crm.rs`; its
//! methods of `/rest/api/` whose names `/rest/` has too are `v3/tasks.rs`), `shared.rs` the structures that several of them
//! use, and `api.rs` declares them all. A crate takes everything in with one line at its root:
//!
//! ```ignore
//! include!(concat!(env!("OUT_DIR"), "/api.rs"));
//! ```
//!
//! First a plan is made of the whole model: where everything stands, under which names, what is sent and what is received.
//! Then each module is written by one emitter per construct of Rust: [`request`], [`input`] and [`object`], [`enum_`],
//! [`error_code`], [`event`] and [`inbound`]; each is documented by the test that holds it to its word. [`rust_type`] says which type of Rust a type
//! of the model becomes. The emitted code is little more than tables; what they mean is written once, in the runtime.
//!
//! Every text of the docs comes out as a literal, as a doc comment that `markdown` wrote anew, or as an identifier that `ident`
//! checked.

mod api;
mod cargo_features;
mod cycles;
mod derives;
mod docs;
pub mod enum_;
pub mod error_code;
pub mod event;
pub mod example;
#[cfg(test)]
pub(crate) mod golden;
#[cfg(test)]
mod hostile;
mod ident;
pub mod inbound;
pub mod input;
mod layout;
pub mod list;
mod markdown;
mod module;
pub mod object;
mod origin;
mod place;
mod plan;
mod registry;
pub mod request;
pub mod rust_type;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use proc_macro2::TokenStream;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use cargo_features::{FULL, features_table, modules, modules_without_feature};
#[cfg(feature = "cli")]
pub(crate) use docs::published_url;
#[cfg(feature = "cli")]
pub(crate) use plan::{answer_name, received};

use self::{
    docs::Links,
    module::{Contents, Tree},
    origin::Origins,
    place::{ModulePath, REGISTRY, SHARED},
    plan::{Placed, Plan},
};
use crate::model::Model;

/// What is emitted and how it looks.
#[derive(Clone, Debug, Default, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// The API modules; `None` for all that the docs have. One that the docs lack becomes an empty module.
    pub modules: Option<BTreeSet<String>>,
    /// Name of the crate that the files become, which must give the runtime's items at its root: with it each request whose page has
    /// an example has one in Rust, a doctest.
    pub examples: Option<String>,
    /// Whether the files are laid out for reading. Files that only the compiler reads are written faster without.
    pub format: bool,
    /// Whether the registry of all methods and events is emitted, `registry.rs`.
    pub registry: bool,
    /// Whether each module stands behind the Cargo feature of its name: for a crate that is not built anew for each set of
    /// features. The registry stands behind `registry`.
    pub gates: bool,
    /// Whether structures are written with serde's derives instead of tables, for measurements alone.
    pub derives: bool,
}

/// A source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the output folder: `crm.rs`, `v3/tasks.rs`.
    pub name: String,
    /// Rust.
    pub content: String,
}

/// A model that cannot be emitted. All of them are mistakes in the making of the model, not in the docs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name is no identifier.
    #[error("{what}: `{}` cannot be an identifier of Rust", .name.escape_default())]
    Identifier {
        /// The name.
        name: String,
        /// Whose name it is.
        what: String,
    },
    /// A path does not end in the name of a type.
    #[error("{what}: `{}` is not a module and the name of a type, such as `crm::deal::get::Deal`", .path.escape_default())]
    TypePath {
        /// The path.
        path: String,
        /// Whose path it is.
        what: String,
    },
    /// Two things have one name.
    #[error("{what}: `{name}` is there already")]
    Twice {
        /// The name.
        name: String,
        /// Whose name it is.
        what: String,
    },
    /// A type names a structure that the model lacks.
    #[error("{user} has the type of structure `{id}`, which the model does not hold")]
    UnknownObject {
        /// The structure's key.
        id: String,
        /// What names it.
        user: String,
    },
    /// A structure stands in one API module and is used by another.
    #[error("structure `{id}` stands at `{path}`, and module `{user}` uses it: it must stand in `{SHARED}`")]
    NotShared {
        /// The structure's key.
        id: String,
        /// Its Rust path.
        path: String,
        /// The other module.
        user: String,
    },
    /// What was written is not Rust: a mistake of the emitter.
    #[error("`{file}` is not Rust: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// What syn says.
        message: String,
    },
}

/// The source files of `model`.
///
/// # Errors
///
/// The first thing of the model that cannot be emitted, by name.
pub fn emit(model: &Model, settings: &Settings) -> Result<Vec<File>, Error> {
    let emitted = emit_changed(model, settings, None)?;
    Ok(emitted
        .into_iter()
        .filter_map(|emitted| emitted.content.map(|content| File { name: emitted.name, content }))
        .collect())
}

/// A file of [`emit_changed`].
pub(crate) struct Emitted {
    pub(crate) name: String,
    /// Digest of all that the file is made of.
    pub(crate) origin: u64,
    /// `None` where it is known already.
    pub(crate) content: Option<String>,
    /// Where in the content its modules are.
    pub(crate) slices: Vec<Slice>,
}

/// The text of one module in that of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slice {
    /// Digest of all that it is made of; 0 where that is not known.
    pub(crate) origin: u64,
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte behind it.
    pub(crate) end: usize,
}

/// What an earlier run made.
pub(crate) trait Standing<T>: Sync {
    /// Whether it made the file of this name of the same.
    fn is_file(&self, name: &str, origin: u64) -> bool;
    /// What it made of the modules of the file of this name, by origin.
    fn modules(&self, name: &str) -> HashMap<u64, T>;
}

/// The files of [`emit()`]; those that are `standing`, and such modules of others, are not made again.
pub(crate) fn emit_changed(
    model: &Model,
    settings: &Settings,
    standing: Option<&dyn Standing<String>>,
) -> Result<Vec<Emitted>, Error> {
    let made = make(model, settings, standing, &|spot, tokens| text(spot, tokens, settings))?;
    let files = made.into_iter().map(|Made { name, origin, modules }| {
        let Some(modules) = modules else { return Emitted { name, origin, content: None, slices: Vec::new() } };
        let (content, slices) = layout::nested(modules, settings.format);
        Emitted { name, origin, content: Some(content), slices }
    });
    let mut files: Vec<Emitted> = files.collect();
    if settings.derives {
        let (name, content) = derives::SUPPORT;
        let (name, content) = (name.to_owned(), Some(content.to_owned()));
        files.push(Emitted { name, origin: 0, content, slices: Vec::new() });
    }
    Ok(files)
}

/// What `read` makes of each module's items, by the path of the module that it is in: for who wants to know them, not to write them.
#[cfg(feature = "cli")]
pub(crate) fn read_items<T: Send>(
    model: &Model,
    read: &(dyn Fn(&str, syn::File) -> T + Sync),
) -> Result<Vec<T>, Error> {
    let items = |spot: Spot<'_>, tokens| {
        let mut module = module_of(spot.file);
        spot.above.into_iter().flatten().for_each(|name| module.extend(["::", name]));
        Ok(read(&module, parsed(spot.file, tokens)?))
    };
    let made = make(model, &Settings::default(), None, &items)?;
    Ok(made.into_iter().filter_map(|made| made.modules).flatten().map(|module| module.made).collect())
}

/// The path of the module whose file has this name: `v3::tasks` of `v3/tasks.rs`.
#[cfg(feature = "cli")]
pub(crate) fn module_of(file: &str) -> String {
    file.trim_end_matches(".rs").replace('/', "::")
}

/// A file in parts: its head with the module's own items, and the modules below that, each before those in it.
struct Made<T> {
    name: String,
    origin: u64,
    /// `None` where the file is known already.
    modules: Option<Vec<Module<T>>>,
}

/// What was made of a module without those below it.
struct Module<T> {
    /// Digest of all that it is made of; 0 where it is to be made again.
    origin: u64,
    /// In how many it stands; the file itself in none.
    depth: usize,
    /// Whether it has no items of its own.
    empty: bool,
    made: T,
}

/// Leaves out the modules below a file in which there is nothing, not even in those below them.
fn without_empty<T>(modules: Vec<Module<T>>) -> Vec<Module<T>> {
    let mut kept: Vec<Module<T>> = Vec::with_capacity(modules.len());
    for module in modules.into_iter().rev() {
        let holds = kept.last().is_some_and(|next| next.depth > module.depth);
        if !module.empty || holds || module.depth == 0 {
            kept.push(module);
        }
    }
    kept.reverse();
    kept
}

/// Where in which file something stands.
#[derive(Clone, Copy)]
struct Spot<'s> {
    file: &'s str,
    /// The modules around it within the file, where it is one below that.
    above: Option<&'s [String]>,
}

/// All files, made of what `part` makes of their modules. Without `standing` they have no origins.
fn make<T: Send>(
    model: &Model,
    settings: &Settings,
    standing: Option<&dyn Standing<T>>,
    part: &(dyn Fn(Spot<'_>, TokenStream) -> Result<T, Error> + Sync),
) -> Result<Vec<Made<T>>, Error> {
    let plan = Plan::new(model)?;
    let contents = Contents::of(&plan)?;
    let enabled = |module: &str| settings.modules.as_ref().is_none_or(|modules| modules.contains(module));
    let wanted = |placed: &Placed<'_>| placed.users.iter().any(|user| enabled(user));

    let mut trees: BTreeMap<ModulePath, Tree<'_, '_, '_>> = BTreeMap::new();
    for (path, contents) in &contents {
        if path.api_module() == SHARED || enabled(path.api_module()) {
            trees.entry(path.root()).or_default().insert(path.inner(), contents);
        }
    }
    for module in settings.modules.iter().flatten() {
        let path = ModulePath::parse(module, || "name of a module".to_owned())?;
        trees.entry(path.root()).or_default();
    }

    if let Some(name) = &settings.examples {
        ident::checked(name, || "name of the crate for examples".to_owned())?;
    }
    let methods = model.methods.iter().zip(&plan.methods).filter(|(_, module)| enabled(module.api_module()));
    let links = Links::new(
        model,
        methods.map(|(method, module)| (method.page.clone(), module.link())),
        settings.examples.clone(),
    );
    // Files do not depend on each other, nor do the modules of one; their order is that of `trees`.
    let trees: Vec<_> = trees.into_iter().collect();
    let standing = standing.map(|standing| (standing, Origins::new(&contents, &plan, &links, settings)));
    let made = trees.par_iter().map(|(root, tree)| {
        let name = root.file();
        let origin = standing.as_ref().map(|(_, origins)| origins.file(root)).unwrap_or_default();
        if standing.as_ref().is_some_and(|(standing, _)| standing.is_file(&name, origin)) {
            return Ok(Some(Made { name, origin, modules: None }));
        }
        let known = standing
            .as_ref()
            .map(|(standing, origins)| (origins, origins.seen(root), Mutex::new(standing.modules(&name))));
        let module = |path: &ModulePath, tree: &Tree<'_, '_, '_>| {
            let depth = path.inner().len();
            let origin = known.as_ref().map(|(origins, seen, _)| origins.part(*seen, path, tree)).unwrap_or_default();
            let take =
                |parts: &Mutex<HashMap<u64, T>>| parts.lock().unwrap_or_else(PoisonError::into_inner).remove(&origin);
            if let Some(made) = known.as_ref().and_then(|(.., parts)| take(parts)) {
                return Ok(Module { origin, depth, empty: false, made });
            }
            let items = tree.own_tokens(path, &plan, &links, &wanted)?;
            let tokens = match depth {
                0 => api::module_file(root, tree, &items, &links),
                _ => tree.module(path, &items, &links),
            };
            let above = (depth > 0).then(|| &path.inner()[..depth - 1]);
            let made = part(Spot { file: &name, above }, tokens)?;
            // Where there is nothing, what is below decides whether it is written.
            let empty = items.is_empty();
            Ok(Module { origin: if empty { 0 } else { origin }, depth, empty, made })
        };
        let mut all = vec![(root.clone(), tree)];
        all.extend(tree.below(root));
        let modules = all.par_iter().map(|(path, tree)| module(path, tree)).collect::<Result<Vec<_>, Error>>()?;
        let modules = without_empty(modules);
        if root.api_module() == SHARED && modules.iter().all(|module| module.empty) {
            return Ok(None);
        }
        Ok(Some(Made { name, origin, modules: Some(modules) }))
    });
    let made = made.collect::<Result<Vec<_>, Error>>()?;
    let mut roots = Vec::with_capacity(trees.len());
    let mut files = Vec::with_capacity(trees.len() + 2);
    for ((root, _), file) in trees.iter().zip(made) {
        if let Some(file) = file {
            roots.push(root);
            files.push(file);
        }
    }
    let shared_by: BTreeSet<&str> = plan
        .objects
        .values()
        .filter(|placed| placed.module.api_module() == SHARED)
        .flat_map(|placed| placed.users.iter().copied())
        .collect();
    let mut whole = |name: String, tokens| {
        let made = part(Spot { file: &name, above: None }, tokens)?;
        files.push(Made { name, origin: 0, modules: Some(vec![Module { origin: 0, depth: 0, empty: false, made }]) });
        Ok(())
    };
    if settings.registry {
        whole(format!("{REGISTRY}.rs"), registry::registry(&plan, enabled, settings.gates))?;
    }
    whole("api.rs".to_owned(), api::declarations(&roots, &shared_by, settings))?;
    Ok(files)
}

/// The text of `tokens`, of a module without the brace that closes it. What is not laid out goes to the compiler, which reads it
/// next: that syn does so before would be an eighth of a debug build's time.
fn text(spot: Spot<'_>, tokens: TokenStream, settings: &Settings) -> Result<String, Error> {
    let around = spot.above.filter(|_| settings.format).map_or(0, <[String]>::len);
    let text = if settings.format || settings.derives {
        let mut parsed = parsed(spot.file, layout::within(around, tokens))?;
        if settings.derives {
            derives::rewrite(&mut parsed);
        }
        if settings.format { layout::laid_out(&parsed) } else { layout::item_a_line(quote::quote!(#parsed)) }
    } else {
        layout::item_a_line(tokens)
    };
    Ok(if spot.above.is_some() { layout::opened(&text, around) } else { text })
}

fn parsed(name: &str, tokens: TokenStream) -> Result<syn::File, Error> {
    syn::parse2(tokens).map_err(|error| Error::Syntax { file: name.to_owned(), message: error.to_string() })
}
