//! Types of the model as types of Rust.
//!
//! | model | Rust |
//! | --- | --- |
//! | `integer`, `double`, `boolean`, `string` | `i64`, `f64`, `bool`, `String` |
//! | `date`, `datetime`, `timestamp` | `rt::Date`, `rt::DateTime`, `rt::Timestamp` |
//! | `file`, `time` | `rt::File`, `rt::Time` |
//! | `any`, `null` | `rt::Any` |
//! | `array`, `map` | `Vec<T>`, `rt::Map<T>`; of `Option<T>` where the item may be `null` |
//! | `object` | its structure; `Box<T>` where it would contain itself |
//! | `enum` | an enum with `Other` |
//! | `union` of scalars | `rt::Scalar` |
//! | `union` of `T` and lists of `T` | `rt::OneOrMany<T>` |
//! | `union` of two types that differ in their JSON form | `rt::Either<A, B>` |
//! | any other `union` | `rt::Any` |
//!
//! Parameters of a request that are called `filter`, `order` (`sort`), `select` or (v3) `pagination` and are no scalars become the
//! builders of the runtime: the keys of a filter carry operators, which no structure has.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    enum_::Enums,
    place::{ModulePath, identifier},
    plan::Plan,
};
use crate::model::{Api, Field, Kind, Type, Wire};

/// The module in which types are written.
#[derive(Clone, Copy)]
pub(super) struct Here<'a, 'm> {
    pub(super) plan: &'a Plan<'m>,
    pub(super) module: &'a ModulePath,
    pub(super) enums: &'a Enums<'m>,
}

/// How a setter or `new` takes a value.
pub(super) struct Argument {
    pub(super) ty: TokenStream,
    /// Whether the value needs `.into()`.
    pub(super) into: bool,
}

impl<'m> Here<'_, 'm> {
    /// The type of field `field` of structure `holder` (empty where nothing can contain itself).
    pub(super) fn rust_type(&self, holder: &str, field: &str, ty: &'m Type) -> TokenStream {
        match &ty.kind {
            Kind::Integer => quote!(i64),
            Kind::Double => quote!(f64),
            Kind::Boolean => quote!(bool),
            Kind::String => quote!(String),
            Kind::Date => quote!(rt::Date),
            Kind::Datetime => quote!(rt::DateTime),
            Kind::Timestamp => quote!(rt::Timestamp),
            Kind::File => quote!(rt::File),
            Kind::Time => quote!(rt::Time),
            Kind::Null | Kind::Any => quote!(rt::Any),
            Kind::Enum(values) => {
                let name = self.enums.name(field, values).map(identifier);
                name.map_or_else(|| quote!(String), |name| quote!(#name))
            }
            Kind::Array(item) => {
                let item = self.item(field, item);
                quote!(Vec<#item>)
            }
            Kind::Map(value) => {
                let value = self.item(field, value);
                quote!(rt::Map<#value>)
            }
            Kind::Object(id) => {
                let path = self.object(id);
                if self.plan.boxed(holder, id) { quote!(Box<#path>) } else { path }
            }
            Kind::Union(types) => self.union(holder, field, types),
        }
    }

    /// How `new` and setters take a value of `ty`: texts, dates and unions by anything that becomes one.
    pub(super) fn argument(&self, holder: &str, field: &str, ty: &'m Type) -> Argument {
        if let Kind::Union(types) = &ty.kind
            && let Shape::One(only) = shape(types)
        {
            return self.argument(holder, field, only);
        }
        let plain = self.rust_type(holder, field, ty);
        let into = match &ty.kind {
            Kind::String | Kind::Date | Kind::Datetime | Kind::Timestamp | Kind::Any | Kind::Null => true,
            Kind::Enum(values) => self.enums.name(field, values).is_none(),
            Kind::Union(types) => !matches!(shape(types), Shape::Either(..)),
            Kind::Object(id) => self.plan.boxed(holder, id),
            _ => false,
        };
        Argument { ty: if into { quote!(impl Into<#plain>) } else { plain }, into }
    }

    /// Whether a structure that is sent cannot be made without `field`.
    pub(super) fn required(&self, holder: &str, field: &Field) -> bool {
        field.required && !matches!(&field.ty.kind, Kind::Object(held) if self.plan.boxed(holder, held))
    }

    /// An item of a list or a map. Behind one, nothing contains itself.
    pub(super) fn item(&self, field: &str, ty: &'m Type) -> TokenStream {
        let item = self.rust_type("", field, ty);
        if ty.nullable && !matches!(ty.kind, Kind::Any | Kind::Null) { quote!(Option<#item>) } else { item }
    }

    fn object(&self, id: &str) -> TokenStream {
        // The plan has every structure that a method or event reaches.
        let Some(placed) = self.plan.objects.get(id) else { return quote!(rt::Any) };
        let name = identifier(&placed.name);
        if placed.module == *self.module {
            quote!(#name)
        } else {
            let module = &placed.module;
            quote!(#module::#name)
        }
    }

    fn union(&self, holder: &str, field: &str, types: &'m [Type]) -> TokenStream {
        match shape(types) {
            Shape::One(ty) => self.rust_type(holder, field, ty),
            Shape::Scalar => quote!(rt::Scalar),
            Shape::OneOrMany(ty) => {
                let ty = self.rust_type(holder, field, ty);
                quote!(rt::OneOrMany<#ty>)
            }
            Shape::Either(one, other) => {
                let side = |side: Option<&'m Type>| {
                    side.map_or_else(|| quote!(rt::Scalar), |ty| self.rust_type(holder, field, ty))
                };
                let (one, other) = (side(one), side(other));
                quote!(rt::Either<#one, #other>)
            }
            Shape::Any => quote!(rt::Any),
        }
    }
}

/// What a union comes down to.
pub(super) enum Shape<'m> {
    One(&'m Type),
    Scalar,
    OneOrMany(&'m Type),
    /// `None` for several scalars.
    Either(Option<&'m Type>, Option<&'m Type>),
    Any,
}

/// The JSON form of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Scalar,
    List,
    Object,
    Open,
}

fn form(ty: &Type) -> Form {
    match ty.kind {
        Kind::Array(_) => Form::List,
        Kind::Map(_) | Kind::Object(_) | Kind::Time => Form::Object,
        Kind::File | Kind::Any | Kind::Null | Kind::Union(_) => Form::Open,
        _ => Form::Scalar,
    }
}

pub(super) fn shape(types: &[Type]) -> Shape<'_> {
    let mut different: Vec<&Type> = Vec::new();
    for ty in types.iter().filter(|ty| ty.kind != Kind::Null) {
        if !different.iter().any(|known| known.kind == ty.kind) {
            different.push(ty);
        }
    }
    match different[..] {
        [] => return Shape::Any,
        [one] => return Shape::One(one),
        [one, other] => {
            for (one, other) in [(one, other), (other, one)] {
                if matches!(&other.kind, Kind::Array(item) if item.kind == one.kind) && form(one) != Form::Open {
                    return Shape::OneOrMany(one);
                }
            }
        }
        _ => {}
    }
    if different.iter().all(|ty| form(ty) == Form::Scalar) {
        return Shape::Scalar;
    }
    let mut sides: Vec<(Form, Option<&Type>)> = Vec::new();
    for ty in different {
        let form = form(ty);
        match sides.iter_mut().find(|(known, _)| *known == form) {
            Some((Form::Scalar, side)) => *side = None,
            Some(_) => return Shape::Any,
            None if form == Form::Open => return Shape::Any,
            None => sides.push((form, Some(ty))),
        }
    }
    match sides[..] {
        [(_, one), (_, other)] => Shape::Either(one, other),
        _ => Shape::Any,
    }
}

/// The mark of a field's row: how the scalars in it travel.
pub(super) fn mark(ty: &Type) -> Option<&'static str> {
    if let Some(wire) = ty.wire {
        return Some(match wire {
            Wire::Yn => "yn",
            Wire::Int => "int",
            Wire::String => "text",
        });
    }
    match &ty.kind {
        Kind::Array(item) | Kind::Map(item) => mark(item),
        Kind::Union(types) => types.iter().find_map(mark),
        _ => None,
    }
}

/// The builder that a parameter of a request becomes by its name: the keys of a filter carry operators, which no structure has.
pub(super) fn query(api: Api, field: &Field) -> Option<&'static str> {
    if !matches!(field.ty.kind, Kind::Any | Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Union(_)) {
        return None;
    }
    match (field.name.to_ascii_lowercase().as_str(), api) {
        ("filter", Api::V2) => Some("Filter"),
        ("filter", Api::V3) => Some("Conditions"),
        ("order", _) | ("sort", Api::V2) => Some("Order"),
        ("select", _) => Some("Select"),
        ("pagination", Api::V3) => Some("Pagination"),
        _ => None,
    }
}

/// The enums in `ty`: their fields' type may hold them behind lists, maps and unions that keep them.
pub(super) fn visit_enums<'m>(ty: &'m Type, found: &mut impl FnMut(&'m [crate::model::EnumValue])) {
    match &ty.kind {
        Kind::Enum(values) => found(values),
        Kind::Array(item) | Kind::Map(item) => visit_enums(item, found),
        Kind::Union(types) => match shape(types) {
            Shape::One(ty) | Shape::OneOrMany(ty) => visit_enums(ty, found),
            Shape::Either(one, other) => one.into_iter().chain(other).for_each(|ty| visit_enums(ty, found)),
            Shape::Scalar | Shape::Any => {}
        },
        _ => {}
    }
}
