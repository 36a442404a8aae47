//! `impl ListMethod`: what a list method's items are and where on a page they stand.
//!
#![doc = include_str!("golden/list.md")]

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Error,
    module::result,
    plan::{Placed, field_names},
    rust_type::{Here, Shape, shape},
};
use crate::model::{Field, Kind, Method, Type};

/// The `impl ListMethod` of the request of `method`, if its items stand at a path of the model's.
pub(super) fn list<'m>(method: &'m Method, here: Here<'_, 'm>) -> Result<Option<TokenStream>, Error> {
    let Some(paging) = &method.paging else { return Ok(None) };
    let found = result(method);
    let Some(result) = found.filter(|result| result.ty.kind != Kind::Any) else {
        let taken = if found.is_some_and(|result| result.ty.nullable) {
            quote!(page.map(rt::untyped_items).unwrap_or_default())
        } else {
            quote!(rt::untyped_items(page))
        };
        return Ok(Some(implemented(&quote!(rt::Any), &taken)));
    };
    let inner = paging.items.strip_prefix("result").unwrap_or(&paging.items).trim_start_matches('.');
    let (field, page, optional) = if inner.is_empty() {
        (result, quote!(page), result.ty.nullable)
    } else {
        let Some((field, name)) = inside(result, inner, here)? else { return Ok(None) };
        let page = if result.ty.nullable { quote!(page.and_then(|page| page.#name)) } else { quote!(page.#name) };
        (field, page, true)
    };
    let Some((item, of)) = items(&field.ty) else { return Ok(None) };
    let taken = match (optional, of(&quote!(list))) {
        (false, _) => of(&page),
        (true, None) => Some(quote!(#page.unwrap_or_default())),
        (true, Some(items)) => Some(quote!(#page.map(|list| #items).unwrap_or_default())),
    };
    let (item, taken) = (here.item(&field.name, item), taken.unwrap_or(page));
    Ok(Some(implemented(&item, &taken)))
}

fn implemented(item: &TokenStream, taken: &TokenStream) -> TokenStream {
    quote! {
        impl rt::ListMethod for Request {
            type Item = #item;

            #[inline]
            fn items(page: Self::Result) -> Vec<Self::Item> {
                #taken
            }
        }
    }
}

/// How a list becomes a `Vec`; `None` where it is one.
type Conversion = fn(&TokenStream) -> Option<TokenStream>;

/// The items of a list of type `ty`, if that is one.
fn items(ty: &Type) -> Option<(&Type, Conversion)> {
    match &ty.kind {
        Kind::Array(item) => Some((item, |_| None)),
        Kind::Map(item) => Some((item, |list| Some(quote!(#list.into_iter().map(|(_, item)| item).collect())))),
        Kind::Union(types) => match shape(types) {
            Shape::One(ty) => items(ty),
            Shape::OneOrMany(item) => Some((item, |list| Some(quote!(#list.into_vec())))),
            Shape::Either(Some(Type { kind: Kind::Array(item), .. }), _) => Some((item, |list| {
                Some(quote!(match #list {
                    rt::Either::First(list) => list,
                    rt::Either::Second(_) => Vec::new(),
                }))
            })),
            Shape::Either(_, Some(Type { kind: Kind::Array(item), .. })) => Some((item, |list| {
                Some(quote!(match #list {
                    rt::Either::First(_) => Vec::new(),
                    rt::Either::Second(list) => list,
                }))
            })),
            _ => None,
        },
        _ => None,
    }
}

/// The field called `name` of the structure that `result` holds, with its Rust name.
fn inside<'m>(
    result: &'m Field,
    name: &str,
    here: Here<'_, 'm>,
) -> Result<Option<(&'m Field, proc_macro2::Ident)>, Error> {
    let Kind::Object(id) = &result.ty.kind else { return Ok(None) };
    let Some(Placed { object, sent, .. }) = here.plan.objects.get(id.as_str()) else { return Ok(None) };
    let fields: Vec<&Field> = object.fields.iter().collect();
    let names = field_names(&fields, id, super::object::reserved(*sent))?;
    let found = object.fields.iter().zip(names).find(|(field, _)| field.name == name);
    Ok(found)
}
