//! `registry`: every method and event by name, without its types, for tools that read any of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    docs,
    place::{ModulePath, identifier},
    plan::Plan,
};

/// The file of the registry: one line a method and an event of the enabled modules. With `gates` each line is behind the feature of its
/// module.
pub(super) fn registry(plan: &Plan<'_>, enabled: impl Fn(&str) -> bool, gates: bool) -> TokenStream {
    let gate = |module: &ModulePath| {
        let feature = module.api_module();
        gates.then(|| quote!(#[cfg(feature = #feature)]))
    };
    let methods = plan.methods.iter().filter(|module| enabled(module.api_module())).map(|module| {
        let gate = gate(module);
        quote!(#gate rt::registry::MethodEntry::of::<#module::Request>(),)
    });
    let events = plan.events.iter().filter(|(module, _)| enabled(module.api_module())).map(|(module, name)| {
        let (gate, name) = (gate(module), identifier(name));
        quote!(#gate rt::registry::EventEntry::of::<#module::#name>(),)
    });
    let doc =
        docs::inner_comment(["Every method and event by name, without its types: for tools that read any of them."]);
    quote! {
        #doc
        #![allow(deprecated, reason = "deprecated methods are methods")]
        use ::bitrix24_runtime as rt;
        /// Every method of the enabled modules, ordered by name and API version.
        pub static METHODS: &[rt::registry::MethodEntry] = &[#(#methods)*];
        /// Every event of the enabled modules, ordered by name.
        pub static EVENTS: &[rt::registry::EventEntry] = &[#(#events)*];
        /// The method `name` of one of the two APIs; letter case does not matter. `None` if no enabled module has it.
        pub fn method(name: &str, version: rt::Version) -> Option<&'static rt::registry::MethodEntry> {
            rt::registry::find_method(METHODS, name, version)
        }
        /// The event `name`; letter case does not matter. `None` if no enabled module has it.
        pub fn event(name: &str) -> Option<&'static rt::registry::EventEntry> {
            rt::registry::find_event(EVENTS, name)
        }
    }
}
