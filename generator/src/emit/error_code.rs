//! `ErrorCode`: the errors that a method's page documents, one variant a row of its table.
//!
#![doc = include_str!("golden/error_code.md")]

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    Error,
    docs::{self, Links},
    ident, markdown,
};
use crate::model;

/// The enum of `method` and its table; nothing where the page documents no error.
pub(super) fn error_code(method: &model::Method, links: &Links) -> Result<TokenStream, Error> {
    if method.errors.is_empty() {
        return Ok(TokenStream::new());
    }
    let (mut variants, mut rows) = (TokenStream::new(), TokenStream::new());
    let mut names = BTreeSet::new();
    for error in &method.errors {
        let what = || format!("variant of error `{}` of `{}`", error.code, method.name);
        let variant = ident::checked(&error.variant, what)?;
        if !names.insert(variant.to_string()) {
            return Err(Error::Twice { name: error.variant.clone(), what: what() });
        }
        let doc = docs::comment(documentation(error, method, links));
        variants.extend(quote!(#doc #variant,));
        let facts = facts(error);
        let code = &error.code;
        rows.extend(quote!(#variant #code #facts,));
    }
    let doc = docs::comment([format!("Errors that {} documents.", markdown::code(&method.name))]);
    Ok(quote! {
        #doc
        #[derive(Clone, Copy, PartialEq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            #variants
        }
        rt::error_code! { ErrorCode { #rows } }
    })
}

/// Code and message, then what the page says of them.
fn documentation(error: &model::Error, method: &model::Method, links: &Links) -> Vec<String> {
    let mut head = if error.code.is_empty() { "Without a code".to_owned() } else { markdown::code(&error.code) };
    if let Some(message) = error.message.as_deref().filter(|message| !message.is_empty()) {
        head.push_str(": ");
        head.push_str(&markdown::plain(message));
    }
    let mut facts: Vec<String> = Vec::new();
    if let Some(field) = &error.field {
        facts.push(format!("Field {}.", markdown::code(field)));
    }
    if let Some(status) = error.status {
        facts.push(format!("HTTP status {status}."));
    }
    if !error.page.is_empty() && error.page != method.page {
        facts.push(links.page(&error.page));
    }
    vec![head, links.prose(&error.description), facts.join(" ")]
}

/// What follows the code in its row of the table, as far as the docs state it.
fn facts(error: &model::Error) -> TokenStream {
    let mut facts = TokenStream::new();
    // A message of unknown language goes by its letters: servers answer in English on Russian pages too.
    let cyrillic = |text: &String| text.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let own = if error.message.as_ref().is_some_and(cyrillic) { "ru" } else { "en" };
    for language in ["en", "ru"] {
        let message = error
            .messages
            .get(language)
            .or(error.message.as_ref().filter(|_| error.messages.is_empty() && language == own));
        if let Some(message) = message {
            let key = ident::known(language);
            facts.extend(quote!(#key #message));
        }
    }
    if let Some(status) = error.status {
        let status = Literal::u16_unsuffixed(status);
        facts.extend(quote!(status #status));
    }
    if let Some(field) = &error.field {
        facts.extend(quote!(field #field));
    }
    facts
}
