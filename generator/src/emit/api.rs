//! What holds the files together: the head of each, and `api.rs`, which declares them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Settings,
    docs::{self, Links},
    module::Tree,
    place::{ModulePath, REGISTRY, SHARED, V3, identifier},
};

/// The head of the file of the module at `root`, with the `items` of that module itself.
pub(super) fn module_file(
    root: &ModulePath,
    tree: &Tree<'_, '_, '_>,
    items: &TokenStream,
    links: &Links,
) -> TokenStream {
    let paragraphs = match root.api_module() {
        SHARED => vec!["Structures that several modules use.".to_owned()],
        module if tree.is_empty() => {
            vec![format!("Module `{module}`: the docs that this crate was built from have no such module.")]
        }
        _ if tree.has_items() => tree.doc(root, links),
        module if root.is_v3() => vec![format!("Methods `{module}.…` of `/rest/api/`.")],
        module => vec![format!("Methods and events of module `{module}`.")],
    };
    let doc = docs::inner_comment(paragraphs);
    quote! {
        #doc
        #![allow(
            deprecated,
            nonstandard_style,
            clippy::all,
            clippy::pedantic,
            rustdoc::redundant_explicit_links,
            reason = "the docs decide on names, numbers of parameters and prose"
        )]
        #items
    }
}

/// `api.rs`: the modules at `roots`. With gates each is behind its feature, and the shared one behind those of its users.
pub(super) fn declarations(roots: &[&ModulePath], shared_by: &BTreeSet<&str>, settings: &Settings) -> TokenStream {
    let gates = settings.gates;
    let declare = |root: &&ModulePath| {
        let module = root.api_module();
        let features: Vec<&str> = if module == SHARED { shared_by.iter().copied().collect() } else { vec![module] };
        let gate = match features[..] {
            _ if !gates => None,
            [feature] => Some(quote!(#[cfg(feature = #feature)])),
            _ => Some(quote!(#[cfg(any(#(feature = #features),*))])),
        };
        let segment = root.segments().last().map_or("", String::as_str);
        // rustc suspects a mistake in a crate's module of one of these names, unless its path is spelt out.
        let spelt = (!root.is_v3() && matches!(segment, "lib" | "main"))
            .then(|| root.file())
            .map(|file| quote!(#[path = #file]));
        let name = identifier(segment);
        quote!(#gate #spelt pub mod #name;)
    };
    let plain: TokenStream = roots.iter().filter(|root| !root.is_v3()).map(declare).collect();
    let twins: TokenStream = roots.iter().filter(|root| root.is_v3()).map(declare).collect();
    let twins = (!twins.is_empty()).then(|| {
        let v3 = identifier(V3);
        quote! {
            /// Methods of `/rest/api/` whose names `/rest/` has too.
            pub mod #v3 { #twins }
        }
    });
    let registry = settings.registry.then(|| {
        let gate = gates.then(|| quote!(#[cfg(feature = #REGISTRY)]));
        let name = identifier(REGISTRY);
        quote!(#gate pub mod #name;)
    });
    let support = settings.derives.then(|| {
        quote!(
            pub mod rt;
        )
    });
    quote!(#support #plain #twins #registry)
}
