//! `Request`: the call of one method, with what the client knows of it.
//!
#![doc = include_str!("golden/request.md")]

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{
    Error,
    docs::{self, Links},
    example::example,
    ident,
    input::{Input, input},
    list::list,
    markdown,
    module::result,
    rust_type::Here,
};
use crate::model::{Api, Beside, Deprecated, Effect, Method, Paging};

/// The request of `method` and its `impl Method`.
pub(super) fn request<'m>(method: &'m Method, here: Here<'_, 'm>, links: &Links) -> Result<TokenStream, Error> {
    let doc = docs::comment([
        format!("Parameters of {}.", markdown::code(&method.name)),
        groups(&method.one_of),
        example(method, here, links).unwrap_or_default(),
    ]);
    let deprecated = deprecated(method.deprecated.as_ref());
    let label = format!("the request of `{}`", method.name);
    let name = &ident::known("Request");
    let head = quote!(#doc #deprecated);
    let api = Some(method.api);
    let structure =
        Input { name, id: "", label: &label, head, page: &method.page, open: Vec::new(), fields: &method.params, api };
    let structure = input(&structure, here, links)?;
    let result = match result(method) {
        Some(field) if field.ty.nullable => {
            let ty = here.rust_type("", &field.name, &field.ty);
            quote!(Option<#ty>)
        }
        Some(field) => here.rust_type("", &field.name, &field.ty),
        None => quote!(rt::Any),
    };
    let error = if method.errors.is_empty() { quote!(rt::Undocumented) } else { quote!(ErrorCode) };
    let info = info(method, links);
    let list = list(method, here)?;
    Ok(quote! {
        #structure
        impl rt::Method for Request {
            type Result = #result;
            type Error = #error;
            const INFO: &'static rt::MethodInfo = &#info;
        }
        #list
    })
}

/// `rt::MethodInfo` of `method`: what differs from a writing method without scopes and paging.
fn info(method: &Method, links: &Links) -> TokenStream {
    let version = match method.api {
        Api::V2 => quote!(v2),
        Api::V3 => quote!(v3),
    };
    let (name, url) = (&method.name, links.url(&method.page));
    let base = quote!(rt::MethodInfo::#version(#name, #url));
    let mut facts = TokenStream::new();
    if !method.scopes.is_empty() {
        let scopes = &method.scopes;
        facts.extend(quote!(scopes: &[#(#scopes),*],));
    }
    if method.effect == Effect::Read {
        facts.extend(quote!(effect: rt::Effect::Read,));
    }
    if let Some(paging) = method.paging.as_ref().and_then(paging) {
        facts.extend(quote!(paging: Some(#paging),));
    }
    if method.positional {
        facts.extend(quote!(positional: true,));
    }
    if facts.is_empty() { base } else { quote!(rt::MethodInfo { #facts ..#base }) }
}

fn paging(paging: &Paging) -> Option<TokenStream> {
    let style = match paging.style.as_str() {
        "start" => quote!(start),
        "page" => quote!(page),
        "id" => quote!(id),
        _ => return None,
    };
    let Paging { by, items, .. } = paging;
    let base = quote!(rt::Paging::#style(#by, #items));
    let facts = [("id", &paging.id), ("key", &paging.key), ("more", &paging.more), ("limit", &paging.limit)];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((format_ident!("{name}"), value.as_ref()?)));
    let mut facts: TokenStream = facts.map(|(name, value)| quote!(#name: Some(#value),)).collect();
    if let Some(Beside { by, field, values }) = &paging.beside {
        facts.extend(quote!(beside: Some(rt::Beside { by: #by, field: #field, values: &[#(#values),*] }),));
    }
    Some(if facts.is_empty() { base } else { quote!(rt::Paging { #facts ..#base }) })
}

fn deprecated(deprecated: Option<&Deprecated>) -> Option<TokenStream> {
    let deprecated = deprecated?;
    let note = deprecated.instead.as_ref().map(|instead| format!("use {instead}"));
    Some(note.map_or_else(|| quote!(#[deprecated]), |note| quote!(#[deprecated(note = #note)])))
}

/// The documented "at least one of" groups, in words.
fn groups(one_of: &[Vec<String>]) -> String {
    let groups = one_of.iter().filter(|group| !group.is_empty()).map(|group| {
        let names: Vec<String> = group.iter().map(|name| markdown::code(name)).collect();
        format!("At least one of {} is required.", names.join(", "))
    });
    groups.collect::<Vec<_>>().join("\n")
}
