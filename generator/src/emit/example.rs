//! Examples: the documented request of a method as Rust, tested with the crate's documentation.
//!
//! What an example holds that no type can take by a literal (files, nested data without a structure) is left out; where a
//! required parameter is such a thing, or the example lacks one, the method has no example rather than a wrong one.
//!
#![doc = include_str!("golden/example.md")]

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use serde_json::{Map, Value};

use super::{
    docs::Links,
    ident,
    input::{self, sent},
    place::identifier,
    plan::field_names,
    rust_type::{Here, Shape, query, shape},
};
use crate::model::{Access, Api, ExampleKind, Field, Kind, Method, Type};

/// The example of `method` as the text of a doc comment.
pub(super) fn example<'m>(method: &'m Method, here: Here<'_, 'm>, links: &Links) -> Option<String> {
    let root = identifier(links.examples()?);
    let empty = Map::new();
    let mut documented = method.examples.iter().filter(|example| example.kind == ExampleKind::Request);
    let json = documented.find_map(|example| example.json.as_object()).unwrap_or(&empty);
    let home = identifier(here.module.segments().last()?);
    let writer = Writer { here, root: &root, home: &home };
    let request = writer.sent("", &method.params, Some(method.api), &quote!(#home::Request), json)?;
    let path = here.module.segments().iter().map(|segment| identifier(segment));
    let file = syn::parse2(quote! {
        use #root #(::#path)*;
        fn example() {
            let request = #request;
        }
    });
    Some(format!("```\n{}```", body(&prettyplease::unparse(&file.ok()?))?))
}

/// The `use` and the function's body, a level up.
fn body(file: &str) -> Option<String> {
    let (import, function) = file.split_once("fn example() {\n")?;
    let lines = function.strip_suffix("}\n")?.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
    Some(format!("{import}\n{}\n", lines.collect::<Vec<_>>().join("\n")))
}

struct Writer<'a, 'm> {
    here: Here<'a, 'm>,
    /// The crate.
    root: &'a Ident,
    /// The method's module, as it is imported.
    home: &'a Ident,
}

impl<'m> Writer<'_, 'm> {
    /// A structure with `new` and setters, filled from `json`.
    fn sent(
        &self,
        id: &str,
        fields: &'m [Field],
        api: Option<Api>,
        path: &TokenStream,
        json: &Map<String, Value>,
    ) -> Option<TokenStream> {
        let fields = sent(fields);
        let names = field_names(&fields, id, &input::RESERVED).ok()?;
        let mut arguments = Vec::new();
        for field in fields.iter().filter(|field| self.here.required(id, field)) {
            arguments.push(self.field(field, api, json.get(&field.name)?)?);
        }
        let setters = self.setters(
            json,
            |key| {
                let at = fields.iter().position(|field| field.name == key)?;
                Some((fields[at], &names[at], self.here.required(id, fields[at])))
            },
            api,
        );
        Some(quote!(#path::new(#(#arguments),*) #setters))
    }

    /// A structure that starts from `Default`, filled from `json`.
    fn received(&self, fields: &'m [Field], path: &TokenStream, json: &Map<String, Value>) -> Option<TokenStream> {
        let all: Vec<&Field> = fields.iter().collect();
        let names = field_names(&all, "", &input::RESERVED_OF_BOTH).ok()?;
        let setters = self.setters(
            json,
            |key| {
                let at = all.iter().position(|field| field.name == key)?;
                Some((&fields[at], &names[at], all[at].access == Access::Read))
            },
            None,
        );
        Some(quote!(#path::default() #setters))
    }

    /// Calls of setters for the entries of `json`; `find` gives the field of a key and whether it has no setter.
    fn setters<'f>(
        &self,
        json: &Map<String, Value>,
        find: impl Fn(&str) -> Option<(&'m Field, &'f Ident, bool)>,
        api: Option<Api>,
    ) -> TokenStream {
        let mut calls = TokenStream::new();
        for (key, value) in json {
            match find(key) {
                Some((_, _, true)) => {}
                Some((field, name, false)) => {
                    if let Some(value) = self.field(field, api, value) {
                        calls.extend(quote!(.#name(#value)));
                    }
                }
                None => {
                    if let Some(value) = literal(value) {
                        calls.extend(quote!(.with(#key, #value)));
                    }
                }
            }
        }
        calls
    }

    fn field(&self, field: &'m Field, api: Option<Api>, json: &Value) -> Option<TokenStream> {
        let root = self.root;
        match api.and_then(|api| query(api, field)) {
            None => self.value(&field.ty, json, true),
            Some("Filter") => {
                let conditions = json.as_object()?.iter().map(|(key, value)| condition(key, value));
                let conditions = conditions.collect::<Option<Vec<_>>>()?;
                Some(quote!(#root::Filter::new() #(#conditions)*))
            }
            Some("Order") => {
                let fields = json.as_object()?.iter().map(|(key, value)| {
                    let way = ident::known(match value.as_str()?.to_ascii_lowercase().as_str() {
                        "asc" => "asc",
                        "desc" => "desc",
                        _ => return None,
                    });
                    Some(quote!(.#way(#key)))
                });
                let fields = fields.collect::<Option<Vec<_>>>()?;
                Some(quote!(#root::Order::new() #(#fields)*))
            }
            Some("Select") => {
                let fields = json.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
                (!fields.is_empty()).then(|| quote!([#(#fields),*]))
            }
            Some(_) => None,
        }
    }

    /// `json` as a value of `ty`; `into` where whatever becomes one is taken.
    fn value(&self, ty: &'m Type, json: &Value, into: bool) -> Option<TokenStream> {
        let becomes = |tokens: TokenStream| if into { tokens } else { quote!(#tokens.into()) };
        match &ty.kind {
            Kind::Integer => integer(json).map(Literal::i64_unsuffixed).map(|value| quote!(#value)),
            Kind::Double => {
                let value =
                    json.as_f64().or_else(|| json.as_str()?.parse().ok()).filter(|value: &f64| value.is_finite())?;
                let value = Literal::f64_unsuffixed(value);
                Some(quote!(#value))
            }
            Kind::Boolean => match json {
                Value::Bool(value) => Some(quote!(#value)),
                Value::String(text) if text == "Y" || text == "1" => Some(quote!(true)),
                Value::String(text) if text == "N" || text == "0" => Some(quote!(false)),
                _ => integer(json).filter(|value| *value == 0 || *value == 1).map(|value| {
                    let value = value == 1;
                    quote!(#value)
                }),
            },
            Kind::String => text(json).map(|text| becomes(quote!(#text))),
            Kind::Enum(values) => text(json).map(|text| {
                let is_text = values.is_empty();
                if is_text && into { quote!(#text) } else { quote!(#text.into()) }
            }),
            Kind::Date | Kind::Datetime => json.as_str().map(|text| becomes(quote!(#text))),
            Kind::Timestamp => {
                let seconds = Literal::i64_suffixed(integer(json)?);
                Some(becomes(quote!(#seconds)))
            }
            Kind::Any => literal(json).map(becomes),
            Kind::Array(item) => {
                let items = json.as_array()?.iter().map(|json| self.item(item, json)).collect::<Option<Vec<_>>>()?;
                Some(if items.is_empty() { quote!(Vec::new()) } else { quote!(vec![#(#items),*]) })
            }
            Kind::Map(item) => {
                let entries = json.as_object()?.iter().map(|(key, json)| {
                    let value = self.item(item, json)?;
                    Some(quote!((#key, #value)))
                });
                let entries = entries.collect::<Option<Vec<_>>>()?;
                (!entries.is_empty()).then(|| quote!([#(#entries),*].into_iter().collect()))
            }
            Kind::Object(id) => self.structure(id, json.as_object()?),
            Kind::Union(types) => match shape(types) {
                Shape::One(ty) => self.value(ty, json, into),
                Shape::Scalar => scalar(json).map(becomes),
                _ => None,
            },
            Kind::File | Kind::Time | Kind::Null => None,
        }
    }

    fn item(&self, ty: &'m Type, json: &Value) -> Option<TokenStream> {
        let nullable = ty.nullable && !matches!(ty.kind, Kind::Any | Kind::Null);
        if nullable && json.is_null() {
            return Some(quote!(None));
        }
        let value = self.value(ty, json, false)?;
        Some(if nullable { quote!(Some(#value)) } else { value })
    }

    fn structure(&self, id: &str, json: &Map<String, Value>) -> Option<TokenStream> {
        let placed = self.here.plan.objects.get(id)?;
        let name = identifier(&placed.name);
        let path = if placed.module == *self.here.module {
            let home = self.home;
            quote!(#home::#name)
        } else {
            let (root, segments) = (self.root, placed.module.segments().iter().map(|segment| identifier(segment)));
            quote!(#root #(::#segments)*::#name)
        };
        if placed.received {
            self.received(&placed.object.fields, &path, json)
        } else {
            self.sent(placed.id, &placed.object.fields, None, &path, json)
        }
    }
}

/// A condition of a filter: the operator stands before the key.
fn condition(key: &str, value: &Value) -> Option<TokenStream> {
    let field = key.trim_start_matches(['=', '!', '>', '<', '@', '%', '?']);
    let list = value.is_array();
    let call = ident::known(match (&key[..key.len() - field.len()], list) {
        ("", false) => "is",
        ("=", false) => "eq",
        ("!=", false) => "ne",
        (">", false) => "gt",
        (">=", false) => "ge",
        ("<", false) => "lt",
        ("<=", false) => "le",
        ("@", true) => "one_of",
        ("!@", true) => "none_of",
        ("%", false) if value.is_string() => "like",
        ("!%", false) if value.is_string() => "not_like",
        _ => return None,
    });
    let value = match value.as_array() {
        // One type for all: texts, or whole numbers.
        Some(items) if !items.is_empty() && (items.iter().all(Value::is_string) || items.iter().all(Value::is_i64)) => {
            let items = items.iter().map(literal).collect::<Option<Vec<_>>>()?;
            quote!([#(#items),*])
        }
        Some(_) => return None,
        None => literal(value)?,
    };
    Some(quote!(.#call(#field, #value)))
}

/// A scalar as a literal that becomes the same JSON.
fn literal(json: &Value) -> Option<TokenStream> {
    match json {
        Value::Bool(value) => Some(quote!(#value)),
        Value::String(text) => Some(quote!(#text)),
        Value::Number(number) => match number.as_i64() {
            // What has no suffix is an `i32`.
            Some(value) if i32::try_from(value).is_ok() => {
                let value = Literal::i64_unsuffixed(value);
                Some(quote!(#value))
            }
            Some(value) => {
                let value = Literal::i64_suffixed(value);
                Some(quote!(#value))
            }
            None => number.as_f64().filter(|value| value.is_finite()).map(|value| {
                let value = Literal::f64_unsuffixed(value);
                quote!(#value)
            }),
        },
        _ => None,
    }
}

/// The same for one of the runtime's scalars, which knows one size of whole number.
fn scalar(json: &Value) -> Option<TokenStream> {
    match json.as_i64() {
        Some(value) => {
            let value = Literal::i64_suffixed(value);
            Some(quote!(#value))
        }
        None => literal(json),
    }
}

fn integer(json: &Value) -> Option<i64> {
    json.as_i64().or_else(|| json.as_str()?.trim().parse().ok())
}

fn text(json: &Value) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
