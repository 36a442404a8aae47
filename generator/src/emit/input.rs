//! Structures that are sent: private fields, `new` with what is required, a setter for everything else.
//!
//! Fields that the docs call read-only are left out. A required field that would contain its own structure is optional,
//! as no first one could be made otherwise.
//!
#![doc = include_str!("golden/input.md")]

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{
    Error,
    docs::{self, Links},
    ident::known,
    markdown,
    plan::field_names,
    rust_type::{Argument, Here, mark, query},
};
use crate::model::{Access, Api, Field, Kind};

/// What is asked of a structure that is sent.
pub(super) struct Input<'a, 'm> {
    /// Its Rust name.
    pub(super) name: &'a Ident,
    /// Its key in the model; `""` for a request.
    pub(super) id: &'a str,
    /// How errors name it.
    pub(super) label: &'a str,
    /// Doc comment and attributes.
    pub(super) head: TokenStream,
    pub(super) page: &'a str,
    /// How documented keys beyond the fields begin.
    pub(super) open: Vec<&'a str>,
    pub(super) fields: &'m [Field],
    /// The API of a request; its queries become builders.
    pub(super) api: Option<Api>,
}

/// Names that the structure's own functions and the traits' have.
pub(super) const RESERVED: [&str; 4] = ["clone", "extra", "new", "with"];
/// The same for a structure that is received too.
pub(super) const RESERVED_OF_BOTH: [&str; 3] = ["clone", "extra", "with"];

/// The fields that a structure sends.
pub(super) fn sent(fields: &[Field]) -> Vec<&Field> {
    fields.iter().filter(|field| field.access != Access::Read).collect()
}

/// The structure, its table, `new` and its setters.
pub(super) fn input<'m>(input: &Input<'_, 'm>, here: Here<'_, 'm>, links: &Links) -> Result<TokenStream, Error> {
    let Input { name, id, label, head, page, open, fields, api } = input;
    let fields = sent(fields);
    let names = field_names(&fields, label, &RESERVED)?;

    let (mut declared, mut initial, mut rows) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    let (mut arguments, mut said, mut setters) = (TokenStream::new(), Vec::new(), TokenStream::new());
    for (index, (field, name)) in fields.iter().zip(&names).enumerate() {
        let builder = api.and_then(|api| query(api, field)).map(known);
        let ty = match &builder {
            Some(builder) => quote!(rt::#builder),
            None => here.rust_type(id, &field.name, &field.ty),
        };
        let required = here.required(id, field);
        rows.extend(row(index, field, name, required));
        let argument = match &builder {
            Some(builder) if builder == "Select" => Argument { ty: quote!(impl Into<#ty>), into: true },
            Some(_) => Argument { ty: ty.clone(), into: false },
            None => here.argument(id, &field.name, &field.ty),
        };
        let value_ty = argument.ty;
        let mut paragraphs = docs::field(links, field, page);
        if let (Some(_), Kind::Object(held)) = (&builder, &field.ty.kind) {
            paragraphs.extend(here.plan.model.objects.get(held).map(|object| docs::keys(links, object, page)));
        }
        if required {
            declared.extend(quote!(#name: #ty,));
            arguments.extend(quote!(#name: #value_ty,));
            initial.extend(if argument.into { quote!(#name: #name.into(),) } else { quote!(#name,) });
            said.push(docs::item(&paragraphs));
        } else {
            declared.extend(quote!(#name: Option<#ty>,));
            initial.extend(quote!(#name: None,));
            let value = if argument.into { quote!(value.into()) } else { quote!(value) };
            let doc = docs::comment(paragraphs);
            setters.extend(setter(&doc, name, &value_ty, &value));
        }
    }
    let open = open_mark(open);
    let intro = if said.is_empty() { "With nothing set." } else { "With what is required:" };
    let doc = docs::comment([intro.to_owned(), said.join("\n")]);
    Ok(quote! {
        #head
        pub struct #name { #declared extra: rt::Extra }
        rt::input! { #name #open { #rows } }
        impl #name {
            #doc
            #[inline]
            pub fn new(#arguments) -> Self {
                Self { #initial extra: rt::Extra::new() }
            }
            #setters
        }
    })
}

/// A function that sets one field.
pub(super) fn setter(doc: &TokenStream, name: &Ident, ty: &TokenStream, value: &TokenStream) -> TokenStream {
    quote! {
        #doc
        #[inline]
        #[must_use]
        pub fn #name(mut self, value: #ty) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

/// The line of a field in a table.
pub(super) fn row(index: usize, field: &Field, name: &Ident, required: bool) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let wire = &field.name;
    let form = mark(&field.ty).map(known);
    let required = required.then(|| quote!(required));
    let escaped = wire.contains(|c| matches!(c, '"' | '\\' | '\0'..' ')).then(|| quote!(escaped));
    quote!(#index #wire #name #form #required #escaped,)
}

/// What a structure is, for one that the docs say nothing of: `fields of …`.
pub(super) fn origin((field, holder): &(&str, String)) -> String {
    format!("{} of {}.", markdown::code(field), markdown::code(holder))
}

/// What a table says of keys beyond its fields.
pub(super) fn open_mark(prefixes: &[&str]) -> Option<TokenStream> {
    (!prefixes.is_empty()).then(|| quote!(open(#(#prefixes),*)))
}
