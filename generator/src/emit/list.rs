//! `impl ListMethod`: what a list method's items are and where on a page they stand.
//!
#![doc = include_str!("golden/list.md")]

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Error,
    module::result,
    plan::{Placed, field_names},
    rust_type::Here,
};
use crate::model::{Field, Kind, Method};

/// The `impl ListMethod` of the request of `method`, if its items are structures at a path of the model's.
pub(super) fn list<'m>(method: &'m Method, here: Here<'_, 'm>) -> Result<Option<TokenStream>, Error> {
    let (Some(paging), Some(result)) = (&method.paging, result(method)) else { return Ok(None) };
    let inner = paging.items.strip_prefix("result").unwrap_or(&paging.items).trim_start_matches('.');
    let (items, taken) = if inner.is_empty() {
        (result, quote!(page))
    } else {
        let Some((field, name)) = inside(result, inner, here)? else { return Ok(None) };
        let page = if result.ty.nullable { quote!(page.and_then(|page| page.#name)) } else { quote!(page.#name) };
        (field, quote!(#page.unwrap_or_default()))
    };
    let Kind::Array(item) = &items.ty.kind else { return Ok(None) };
    if !matches!(item.kind, Kind::Object(_)) {
        return Ok(None);
    }
    let taken = if inner.is_empty() && result.ty.nullable { quote!(#taken.unwrap_or_default()) } else { taken };
    let item = here.item(&items.name, item);
    Ok(Some(quote! {
        impl rt::ListMethod for Request {
            type Item = #item;

            #[inline]
            fn items(page: Self::Result) -> Vec<Self::Item> {
                #taken
            }
        }
    }))
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
