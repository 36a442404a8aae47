//! Events: what a portal posts to a handler.
//!
#![doc = include_str!("golden/event.md")]

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Error,
    docs::{self, Links},
    markdown,
    object::{Parts, output},
    place::identifier,
    rust_type::Here,
};
use crate::model::Event;

/// The payload of `event`, which stands under `name`.
pub(super) fn event<'m>(event: &'m Event, name: &str, here: Here<'_, 'm>, links: &Links) -> Result<TokenStream, Error> {
    let wire = &event.name;
    let url = links.url(&event.page);
    let title = markdown::plain(&event.title);
    let head = docs::comment([
        if title.is_empty() { format!("Payload of {}.", markdown::code(wire)) } else { title },
        links.prose(&event.description),
        format!("Event {}. {}", markdown::code(wire), links.page(&event.page)),
    ]);
    let name = &identifier(name);
    let label = format!("event `{wire}`");
    let parts = Parts { name, id: "", label: &label, page: &event.page, open: Vec::new(), event: true };
    let structure = output(&parts, &head, &event.payload, false, here, links)?;
    Ok(quote! {
        #structure
        impl rt::Event for #name {
            const INFO: &'static rt::EventInfo = &rt::EventInfo { name: #wire, page: #url };
        }
    })
}

/// The enum over the events of a module, which stand under their names.
pub(super) fn any_event(events: &[(&Event, &str)]) -> TokenStream {
    if events.is_empty() {
        return TokenStream::new();
    }
    let (mut variants, mut rows) = (TokenStream::new(), TokenStream::new());
    for (event, name) in events {
        let doc = docs::comment([markdown::code(&event.name)]);
        let name = identifier(name);
        variants.extend(quote!(#doc #name(Box<#name>),));
        rows.extend(quote!(#name #name,));
    }
    quote! {
        /// An event of this module, for [`rt::EventBody::parse`] and [`rt::AnyEvent::from_body`].
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum Event {
            #variants
            /// Any other event.
            Other(rt::EventBody),
        }
        rt::events! { Event { #rows } }
    }
}
