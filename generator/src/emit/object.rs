//! Structures that answers carry: public fields, every one an `Option`, and a keeper of unknown keys. They are not exhaustive, as the
//! docs add fields every week: who makes one starts from `Default`.
//!
//! One that requests carry too has setters beside them and starts from `Default`.
//!
#![doc = include_str!("golden/object.md")]

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use super::{
    Error,
    docs::{self, Links},
    input::{Input, RESERVED_OF_BOTH, input, open_mark, origin, row, setter},
    place::identifier,
    plan::{Placed, field_names},
    rust_type::Here,
};
use crate::model::{Access, Field};

/// The structure of the model that stands at `placed`.
pub(super) fn object<'m>(placed: &Placed<'m>, here: Here<'_, 'm>, links: &Links) -> Result<TokenStream, Error> {
    let object = placed.object;
    let prose = links.prose(&object.description);
    let said = if prose.is_empty() { origin(&placed.origin) } else { prose };
    let head = docs::comment([said, links.page(&object.page)]);
    let name = &identifier(&placed.name);
    let label = format!("structure `{}`", placed.id);
    if placed.received {
        let parts = Parts {
            name,
            id: placed.id,
            label: &label,
            page: &object.page,
            open: object.open_prefixes(),
            event: false,
        };
        output(&parts, &head, &object.fields, placed.sent, here, links)
    } else {
        let request = Input {
            name,
            id: placed.id,
            label: &label,
            head,
            page: &object.page,
            open: object.open_prefixes(),
            fields: &object.fields,
            api: None,
        };
        input(&request, here, links)
    }
}

/// What names a structure that answers carry.
pub(super) struct Parts<'a> {
    pub(super) name: &'a Ident,
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    pub(super) page: &'a str,
    /// How documented keys beyond the fields begin.
    pub(super) open: Vec<&'a str>,
    /// Whether it is an event's payload: its `auth` block is the runtime's.
    pub(super) event: bool,
}

/// Names that a structure of answers has taken; more if it is `sent` too.
pub(super) fn reserved(sent: bool) -> &'static [&'static str] {
    if sent { &RESERVED_OF_BOTH } else { &["extra"] }
}

/// The structure and its table; and setters if it is `sent` too.
pub(super) fn output<'m>(
    parts: &Parts<'_>,
    head: &TokenStream,
    fields: &'m [Field],
    sent: bool,
    here: Here<'_, 'm>,
    links: &Links,
) -> Result<TokenStream, Error> {
    let Parts { name, id, label, page, open, event } = parts;
    let all: Vec<&'m Field> = fields.iter().collect();
    let names = field_names(&all, label, reserved(sent))?;
    let (mut declared, mut rows, mut setters) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, (field, name)) in all.iter().zip(&names).enumerate() {
        let auth = *event && field.name.eq_ignore_ascii_case("auth");
        let ty = if auth { quote!(rt::Auth) } else { here.rust_type(id, &field.name, &field.ty) };
        let mut said = docs::field(links, field, page);
        if sent && field.required {
            said.push("Required in requests.".to_owned());
        }
        let doc = docs::comment(said);
        declared.extend(quote!(#doc pub #name: Option<#ty>,));
        rows.extend(row(index, field, name, false));
        if sent && field.access != Access::Read {
            let argument = here.argument(id, &field.name, &field.ty);
            let value = if argument.into { quote!(value.into()) } else { quote!(value) };
            let plain = name.unraw();
            let doc = format!(" Sets [`{plain}`](#structfield.{plain}).");
            setters.extend(setter(&quote!(#[doc = #doc]), name, &argument.ty, &value));
        }
    }
    let setters = sent.then(|| {
        quote! {
            impl #name {
                #setters
                /// Adds a key that has no field, or sends one that has with another value, such as `null`.
                #[inline]
                #[must_use]
                pub fn with(mut self, name: impl Into<String>, value: impl Into<rt::Any>) -> Self {
                    self.extra.set(name, value);
                    self
                }
            }
        }
    });
    let open_mark = open_mark(open);
    let extra =
        if open.is_empty() { " Keys without a field." } else { " Further documented keys and those without a field." };
    Ok(quote! {
        #head
        #[non_exhaustive]
        pub struct #name {
            #declared
            #[doc = #extra]
            pub extra: rt::Extra,
        }
        rt::object! { #name #open_mark { #rows } }
        #setters
    })
}
