//! Placements and webhooks: what a portal posts to a handler beside events.
//!
#![doc = include_str!("golden/inbound.md")]

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Error,
    docs::{self, Links},
    input::{Input, input},
    markdown,
    object::{Parts, output},
    place::identifier,
    plan::{answer_name, received},
    rust_type::Here,
};
use crate::model::{Inbound, InboundKind};

/// The options of a placement or the payload of a webhook, which stand under `name`, and the webhook's answer.
pub(super) fn inbound<'m>(
    call: &'m Inbound,
    name: &str,
    here: Here<'_, 'm>,
    links: &Links,
) -> Result<TokenStream, Error> {
    let Inbound { name: wire, page, .. } = call;
    let url = links.url(page);
    let title = markdown::plain(&call.title);
    let (what, method) = match call.kind {
        InboundKind::Placement => ("Placement", None),
        InboundKind::Webhook => ("Webhook", here.plan.model.methods.iter().find(|method| method.page == *page)),
    };
    // A method's page says of the method, not of the call, what it does.
    let said = match method {
        Some(method) => {
            vec![format!("What is sent to the {} of {}.", markdown::code(wire), markdown::code(&method.name))]
        }
        None if title.is_empty() => vec![format!("{what} {}.", markdown::code(wire)), links.prose(&call.description)],
        None => vec![title, links.prose(&call.description)],
    };
    let fact = format!("{what} {}. {}", markdown::code(wire), links.page(page));
    let head = docs::comment(said.into_iter().chain([fact]));
    let label = format!("inbound call `{wire}`");
    let answer_name = answer_name(name);
    let (name, answer_name) = (&identifier(name), &identifier(&answer_name));
    let webhook = call.kind == InboundKind::Webhook;
    let parts = Parts { name, id: "", label: &label, page, open: Vec::new(), event: webhook };
    let structure = output(&parts, &head, received(call), false, here, links)?;
    let info = quote!(&rt::InboundInfo { name: #wire, page: #url });
    if !webhook {
        return Ok(quote!(#structure impl rt::Placement for #name { const INFO: &'static rt::InboundInfo = #info; }));
    }
    let (answer, ty) = if call.answer.is_empty() {
        (TokenStream::new(), quote!(rt::Any))
    } else {
        let head = docs::comment([format!("What is answered to a [`{name}`].")]);
        let label = &format!("answer to `{wire}`");
        let answer =
            Input { name: answer_name, id: "", label, head, page, open: Vec::new(), fields: &call.answer, api: None };
        (input(&answer, here, links)?, quote!(#answer_name))
    };
    Ok(quote! {
        #structure
        #answer
        impl rt::Webhook for #name {
            type Answer = #ty;
            const INFO: &'static rt::InboundInfo = #info;
        }
    })
}

/// The enum over the placements of a module, which stand under their names.
pub(super) fn any_placement(calls: &[(&Inbound, &str)]) -> TokenStream {
    let (mut variants, mut rows) = (TokenStream::new(), TokenStream::new());
    for (call, name) in calls.iter().filter(|(call, _)| call.kind == InboundKind::Placement) {
        let doc = docs::comment([markdown::code(&call.name)]);
        let name = identifier(name);
        variants.extend(quote!(#doc #name(Box<rt::PlacementCall<#name>>),));
        rows.extend(quote!(#name #name,));
    }
    if rows.is_empty() {
        return TokenStream::new();
    }
    quote! {
        /// A placement of this module, for [`rt::EventBody::parse`] and [`rt::AnyPlacement::from_body`].
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum Placement {
            #variants
            /// Any other placement.
            Other(rt::EventBody),
        }
        rt::placements! { Placement { #rows } }
    }
}
