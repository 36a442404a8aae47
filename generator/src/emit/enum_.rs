//! Enums: the allowed values of a field.
//!
//! An enum is named by its field (`ownerType` has an `OwnerType`) and stands in the module of the structure that holds the
//! field. Fields of one module whose values are alike and that are called alike, or described alike, share it. The last
//! variant keeps a value that the docs do not list.
//!
#![doc = include_str!("golden/enum.md")]

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    docs::{self, Links},
    ident::{self, Namespace},
    markdown,
    place::identifier,
    rust_type::visit_enums,
};
use crate::model::{EnumValue, Field};

/// The enums of one module.
#[derive(Debug)]
pub(super) struct Enums<'m> {
    known: Vec<Enum<'m>>,
    /// Whether names begin with their structure's: in a module for structures of many origins.
    long: bool,
}

#[derive(Debug)]
struct Enum<'m> {
    name: String,
    values: &'m [EnumValue],
    /// The fields that have it.
    fields: BTreeSet<&'m str>,
    /// Whether a structure that is emitted has it.
    wanted: bool,
}

impl<'m> Enums<'m> {
    /// None yet; `long` names begin with their structure's.
    pub(super) fn new(long: bool) -> Self {
        Enums { known: Vec::new(), long }
    }

    /// Adds the enums that `fields` of structure `holder` need, which is emitted if `wanted`.
    pub(super) fn collect(
        &mut self,
        holder: &str,
        fields: impl IntoIterator<Item = &'m Field>,
        names: &mut Namespace,
        wanted: bool,
    ) {
        for field in fields {
            visit_enums(&field.ty, &mut |values| {
                if values.is_empty() {
                    return;
                }
                let described = values.iter().any(|value| !value.description.is_empty());
                let alike =
                    |known: &&mut Enum<'m>| known.is(&field.name, values) || described && known.values == values;
                if let Some(known) = self.known.iter_mut().find(alike) {
                    known.fields.insert(&field.name);
                    known.wanted |= wanted;
                    return;
                }
                let base = match ident::camel(&field.name) {
                    name if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name,
                    name => format!("Value{name}"),
                };
                let long = format!("{holder}{base}");
                let name = names.take(if self.long { vec![long] } else { vec![base, long] });
                self.known.push(Enum { name, values, fields: BTreeSet::from([field.name.as_str()]), wanted });
            });
        }
    }

    /// The name of the enum that `field` has for `values`.
    pub(super) fn name(&self, field: &str, values: &[EnumValue]) -> Option<&str> {
        self.known.iter().find(|known| known.is(field, values)).map(|known| known.name.as_str())
    }

    /// Their Rust.
    pub(super) fn tokens(&self, links: &Links) -> TokenStream {
        self.known.iter().filter(|known| known.wanted).map(|known| known.tokens(links)).collect()
    }
}

impl Enum<'_> {
    /// Whether `field` has this enum for `values`.
    fn is(&self, field: &str, values: &[EnumValue]) -> bool {
        self.fields.contains(field)
            && self.values.len() == values.len()
            && self.values.iter().zip(values).all(|(one, other)| one.value == other.value)
    }

    fn tokens(&self, links: &Links) -> TokenStream {
        let name = identifier(&self.name);
        let mut names = Namespace::with(["Other"]);
        let mut listed = BTreeSet::new();
        let (mut variants, mut rows) = (TokenStream::new(), TokenStream::new());
        for (place, value) in (1..).zip(self.values) {
            let text = &value.value;
            if !listed.insert(text.as_str()) {
                continue;
            }
            let variant = ident::variant(text).unwrap_or_else(|| format!("Value{place}"));
            let variant = identifier(&names.take([variant]));
            let said = links.prose(&value.description);
            let shown = if text.is_empty() { "Empty".to_owned() } else { markdown::code(text) };
            let doc = docs::comment([docs::named(&shown, &said)]);
            variants.extend(quote!(#doc #variant,));
            rows.extend(quote!(#text #variant,));
        }
        let fields: Vec<String> = self.fields.iter().map(|field| markdown::code(field)).collect();
        let doc = docs::comment([format!("Allowed values of {}.", fields.join(", "))]);
        quote! {
            #doc
            #[non_exhaustive]
            pub enum #name {
                #variants
                /// Any other value.
                Other(String),
            }
            rt::choice! { #name { #rows } }
        }
    }
}
