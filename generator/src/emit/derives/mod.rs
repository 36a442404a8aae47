//! The same structures with serde's derives in place of tables: what the emitted code is measured against.
//!
//! A crate of derives is what most generators would write. It is emitted to be compared, in compile time, memory, size and
//! speed, with the tables: names, fields, types and setters stay, each field of an answer has the tolerance of the
//! runtime as a `deserialize_with`, and unknown keys go into a flattened map. Enums and error codes stay tables, which
//! favours the derives. What the client needs of a method is left out: the structures are all there is.
//!
//! The crate that includes the files depends on `serde`, `serde_json` and the runtime.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};
use quote::quote;
use syn::{Field, GenericArgument, Item, ItemImpl, ItemStruct, PathArguments, Type, parse_quote};

/// What the derived structures stand on, a file of its own.
pub(super) const SUPPORT: (&str, &str) = ("rt.rs", include_str!("rt.rs"));

/// A table of the usual emission.
struct Table {
    /// Wire names by Rust name.
    names: HashMap<String, Literal>,
    /// Whether the structure is sent only: it has no `Default`, but `with`.
    input: bool,
}

/// Rewrites a file of the usual emission.
pub(super) fn rewrite(file: &mut syn::File) {
    module(&mut file.items);
}

fn module(items: &mut Vec<Item>) {
    let mut tables: HashMap<String, Table> = HashMap::new();
    let mut enums: HashSet<String> = HashSet::new();
    let mut left_out: HashSet<String> = HashSet::new();
    items.retain(|item| {
        let Item::Macro(item) = item else { return true };
        let Some(name) = item.mac.path.segments.last().map(|segment| segment.ident.to_string()) else { return true };
        match name.as_str() {
            "object" | "input" => tables.extend(table(item.mac.tokens.clone(), name == "input")),
            "choice" => enums.extend(first_word(&item.mac.tokens)),
            "events" => {}
            // Its variants ask for tables.
            "placements" => left_out.extend(first_word(&item.mac.tokens)),
            _ => return true,
        }
        name == "choice"
    });
    let mut out = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        match item {
            Item::Mod(mut inner) => {
                if let Some((_, items)) = &mut inner.content {
                    module(items);
                }
                out.push(Item::Mod(inner));
            }
            Item::Enum(item) if left_out.contains(&item.ident.to_string()) => {}
            Item::Use(_) => out.push(parse_quote!(
                use crate::rt;
            )),
            Item::Struct(mut item) => {
                let table = tables.get(&item.ident.to_string());
                if let Some(table) = table {
                    derive(&mut item, table, &enums);
                }
                let name = item.ident.clone();
                out.push(Item::Struct(item));
                if table.is_some_and(|table| table.input) {
                    out.push(with(&name));
                }
            }
            Item::Impl(item) if item.trait_.is_some() => out.extend(method(&item)),
            item => out.push(item),
        }
    }
    *items = out;
}

/// `Name open { 0 "wire" field marks, … }`
fn table(tokens: TokenStream, input: bool) -> Option<(String, Table)> {
    let mut tokens = tokens.into_iter();
    let TokenTree::Ident(name) = tokens.next()? else { return None };
    let rows = tokens.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    })?;
    let mut names = HashMap::new();
    let mut wire = None;
    for token in rows {
        match (token, wire.take()) {
            (TokenTree::Ident(field), Some(wire)) => drop(names.insert(field.to_string(), wire)),
            // The index comes first: what stands before the field is its name.
            (TokenTree::Literal(literal), _) => wire = Some(literal),
            _ => {}
        }
    }
    Some((name.to_string(), Table { names, input }))
}

fn first_word(tokens: &TokenStream) -> Option<String> {
    Some(tokens.clone().into_iter().next()?.to_string())
}

fn derive(item: &mut ItemStruct, table: &Table, enums: &HashSet<String>) {
    item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
    let default = (!table.input).then(|| quote!(Default,));
    item.attrs
        .push(parse_quote!(#[derive(Clone, Debug, #default PartialEq, ::serde::Serialize, ::serde::Deserialize)]));
    for field in &mut item.fields {
        let Some(name) = field.ident.as_ref().map(Ident::to_string) else { continue };
        match table.names.get(&name) {
            Some(wire) => field.attrs.push(attribute(field, wire, enums)),
            None => field.attrs.push(parse_quote!(#[serde(flatten)])),
        }
    }
}

fn attribute(field: &Field, wire: &Literal, enums: &HashSet<String>) -> syn::Attribute {
    let Some(inner) = argument(&field.ty, "Option") else {
        // A required field of a request.
        let own = is_value(&field.ty, enums).then(|| quote!(, deserialize_with = "rt::tolerant::slot"));
        return parse_quote!(#[serde(rename = #wire #own)]);
    };
    let with = if is_value(inner, enums) {
        "rt::tolerant::slot"
    } else if argument(inner, "Vec").is_some() {
        "rt::tolerant::list"
    } else if argument(inner, "Map").is_some() {
        "rt::tolerant::map"
    } else if argument(inner, "OneOrMany").is_some() || argument(inner, "Either").is_some() {
        "rt::tolerant::other"
    } else {
        "rt::tolerant::object"
    };
    parse_quote!(#[serde(rename = #wire, default, deserialize_with = #with, skip_serializing_if = "Option::is_none")])
}

/// `T` of `name<T>`.
fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether the runtime reads all of it: no structure and none of the generic types is in it.
fn is_value(ty: &Type, enums: &HashSet<String>) -> bool {
    if let Some(inner) = argument(ty, "Vec").or_else(|| argument(ty, "Option")) {
        return is_value(inner, enums);
    }
    let Type::Path(path) = ty else { return false };
    let segments = &path.path.segments;
    let plain = segments.iter().all(|segment| segment.arguments.is_none());
    let first = segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let name = matches!(first.as_str(), "i64" | "f64" | "bool" | "String") || enums.contains(&first);
    plain && (segments.len() == 1 && name || first == "rt")
}

/// What `rt::input!` gives a structure.
fn with(name: &Ident) -> Item {
    parse_quote! {
        impl #name {
            #[inline]
            #[must_use]
            pub fn with(mut self, name: impl Into<String>, value: impl Into<rt::Any>) -> Self {
                self.extra.set(name, value);
                self
            }
        }
    }
}

/// What stays of `impl Method`: the facts, and the answer's type under a name.
fn method(item: &ItemImpl) -> Vec<Item> {
    let is_method =
        item.trait_.as_ref().is_some_and(|(path, _)| path.segments.last().is_some_and(|s| s.ident == "Method"));
    if !is_method {
        return Vec::new();
    }
    let mut out = Vec::new();
    for part in &item.items {
        match part {
            syn::ImplItem::Const(constant) => {
                let (name, ty, value) = (&constant.ident, &constant.ty, &constant.expr);
                out.push(parse_quote!(impl Request { pub const #name: #ty = #value; }));
            }
            syn::ImplItem::Type(alias) if alias.ident == "Result" => {
                let ty = &alias.ty;
                out.push(parse_quote!(pub type RequestResult = #ty;));
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_derives_with_the_same_names_and_tolerance() {
        let mut file: syn::File = parse_quote! {
            pub mod get {
                use ::bitrix24_runtime as rt;
                pub struct Request { id: i64, filter: Option<rt::Filter>, extra: rt::Extra }
                rt::input! { Request { 0 "ID" id required, 1 "filter" filter, } }
                impl rt::Method for Request {
                    type Result = Vec<Deal>;
                    type Error = rt::Undocumented;
                    const INFO: &'static rt::MethodInfo = &rt::MethodInfo::v2("deal.get", "url");
                }
                impl rt::ListMethod for Request { type Item = Deal; fn items(page: Self::Result) -> Vec<Deal> { page } }
                pub struct Deal { pub kind: Option<Kind>, pub owner: Option<Box<Deal>>, pub rows: Option<Vec<Deal>>, pub extra: rt::Extra }
                rt::object! { Deal open { 0 "KIND" kind int, 1 "OWNER" owner, 2 "ROWS" rows, } }
                pub enum Kind { One, Other(String) }
                rt::choice! { Kind { "1" One, } }
            }
        };
        rewrite(&mut file);
        insta::assert_snapshot!(super::super::layout::laid_out(&file), @r#"
        pub mod get {
            use crate::rt;

            #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
            pub struct Request {
                #[serde(rename = "ID", deserialize_with = "rt::tolerant::slot")]
                id: i64,
                #[serde(
                    rename = "filter",
                    default,
                    deserialize_with = "rt::tolerant::slot",
                    skip_serializing_if = "Option::is_none"
                )]
                filter: Option<rt::Filter>,
                #[serde(flatten)]
                extra: rt::Extra,
            }

            impl Request {
                #[inline]
                #[must_use]
                pub fn with(
                    mut self,
                    name: impl Into<String>,
                    value: impl Into<rt::Any>,
                ) -> Self {
                    self.extra.set(name, value);
                    self
                }
            }

            pub type RequestResult = Vec<Deal>;
            impl Request {
                pub const INFO: &'static rt::MethodInfo = &rt::MethodInfo::v2("deal.get", "url");
            }

            #[derive(Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
            pub struct Deal {
                #[serde(
                    rename = "KIND",
                    default,
                    deserialize_with = "rt::tolerant::slot",
                    skip_serializing_if = "Option::is_none"
                )]
                pub kind: Option<Kind>,
                #[serde(
                    rename = "OWNER",
                    default,
                    deserialize_with = "rt::tolerant::object",
                    skip_serializing_if = "Option::is_none"
                )]
                pub owner: Option<Box<Deal>>,
                #[serde(
                    rename = "ROWS",
                    default,
                    deserialize_with = "rt::tolerant::list",
                    skip_serializing_if = "Option::is_none"
                )]
                pub rows: Option<Vec<Deal>>,
                #[serde(flatten)]
                pub extra: rt::Extra,
            }

            pub enum Kind {
                One,
                Other(String),
            }

            rt::choice! {
                Kind {
                    "1" One,
                }
            }
        }
        "#);
    }
}
