//! The public items of emitted sources, one a line: what users of the crate see of a change to the docs.
//!
//! ```
//! use bitrix24_codegen::{emit::File, listing::listing};
//!
//! let content = "pub mod ring { pub struct Request { times: i64 } impl Request { pub fn new(times: i64) -> Self { Self { times } } } }";
//! let items = listing(&[File { name: "bell.rs".into(), content: content.into() }])?;
//! let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
//! assert_eq!(lines, ["mod bell", "mod bell::ring", "struct bell::ring::Request", "fn bell::ring::Request::new(times: i64) -> Self"]);
//! # Ok::<(), bitrix24_codegen::emit::Error>(())
//! ```

use std::fmt;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use rayon::prelude::*;
use syn::{Attribute, Fields, ImplItem, Item as Rust, Visibility};

use crate::emit::{Error, File, module_of, read_items};
use crate::model::Model;

/// A public item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Where it stands: `crm::deal::get::Deal::title`.
    pub path: String,
    /// `mod`, `struct`, `field`, `fn` …
    pub kind: &'static str,
    /// What follows the name: parameters, a type.
    pub rest: String,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.kind, self.path, self.rest)
    }
}

/// The public items of `files`, ordered by path.
///
/// # Errors
///
/// A file that is not Rust.
pub fn listing(files: &[File]) -> Result<Vec<Item>, Error> {
    let read = |file: &File| match syn::parse_file(&file.content) {
        Ok(parsed) => Ok(read(&module_of(&file.name), &parsed)),
        Err(error) => Err(Error::Syntax { file: file.name.clone(), message: error.to_string() }),
    };
    Ok(in_order(files.par_iter().map(read).collect::<Result<Vec<_>, Error>>()?))
}

/// The public items of the crate that comes of `model`, ordered by path.
///
/// # Errors
///
/// A model that cannot be emitted.
pub fn items(mut model: Model) -> Result<Vec<Item>, Error> {
    // Nothing of it is in an item.
    model.forget_prose();
    Ok(in_order(read_items(&model, &|module, file| read(module, &file))?))
}

fn in_order(lists: Vec<Vec<Item>>) -> Vec<Item> {
    let mut items: Vec<Item> = lists.into_iter().flatten().collect();
    items.par_sort_unstable();
    items.dedup();
    items
}

/// The items of `file`, which stand in `module`.
fn read(module: &str, file: &syn::File) -> Vec<Item> {
    let mut reader = Reader { out: Vec::new() };
    // `api.rs` is part of the crate's root.
    let module = if module == "api" { "" } else { module };
    if !module.is_empty() {
        reader.item("mod", module, String::new());
    }
    reader.items(module, &file.items);
    reader.out
}

struct Reader {
    out: Vec<Item>,
}

impl Reader {
    fn item(&mut self, kind: &'static str, path: &str, rest: String) {
        self.out.push(Item { path: path.to_owned(), kind, rest });
    }

    fn items(&mut self, module: &str, items: &[Rust]) {
        for item in items {
            self.rust(module, item);
        }
    }

    fn rust(&mut self, module: &str, item: &Rust) {
        let public = |vis: &Visibility| matches!(vis, Visibility::Public(_));
        match item {
            Rust::Mod(item) if public(&item.vis) => {
                let path = join(module, &item.ident);
                self.item("mod", &path, String::new());
                if let Some((_, items)) = &item.content {
                    self.items(&path, items);
                }
            }
            Rust::Struct(item) if public(&item.vis) => {
                let path = join(module, &item.ident);
                self.item(
                    if open(&item.attrs) { "non_exhaustive struct" } else { "struct" },
                    &path,
                    text(&item.generics),
                );
                for (i, field) in item.fields.iter().enumerate().filter(|(_, field)| public(&field.vis)) {
                    let name = field.ident.as_ref().map_or_else(|| i.to_string(), ToString::to_string);
                    self.item("field", &format!("{path}::{name}"), format!(": {}", text(&field.ty)));
                }
            }
            Rust::Enum(item) if public(&item.vis) => {
                let path = join(module, &item.ident);
                self.item(if open(&item.attrs) { "non_exhaustive enum" } else { "enum" }, &path, text(&item.generics));
                for variant in &item.variants {
                    let fields =
                        if matches!(variant.fields, Fields::Unit) { String::new() } else { text(&variant.fields) };
                    self.item("variant", &join(&path, &variant.ident), fields);
                }
            }
            Rust::Impl(item) => {
                let of = join(module, &text(&item.self_ty));
                match &item.trait_ {
                    None => {
                        for item in &item.items {
                            self.member(&of, item);
                        }
                    }
                    Some((path, ..)) => {
                        let types = item.items.iter().filter_map(|item| match item {
                            ImplItem::Type(ty) => Some(format!("{} = {}", ty.ident, text(&ty.ty))),
                            _ => None,
                        });
                        let types: Vec<String> = types.collect();
                        let types = if types.is_empty() { String::new() } else { format!("<{}>", types.join(", ")) };
                        self.item("impl", &of, format!(": {}{types}", text(path)));
                    }
                }
            }
            Rust::Fn(item) if public(&item.vis) => self.function(module, &item.sig),
            Rust::Const(item) if public(&item.vis) => {
                self.item("const", &join(module, &item.ident), format!(": {}", text(&item.ty)));
            }
            Rust::Static(item) if public(&item.vis) => {
                self.item("static", &join(module, &item.ident), format!(": {}", text(&item.ty)));
            }
            Rust::Type(item) if public(&item.vis) => {
                self.item("type", &join(module, &item.ident), format!(" = {}", text(&item.ty)));
            }
            Rust::Use(item) if public(&item.vis) => self.item("use", module, format!(" {}", text(&item.tree))),
            _ => {}
        }
    }

    fn member(&mut self, of: &str, item: &ImplItem) {
        match item {
            ImplItem::Fn(item) if matches!(item.vis, Visibility::Public(_)) => self.function(of, &item.sig),
            ImplItem::Const(item) if matches!(item.vis, Visibility::Public(_)) => {
                self.item("const", &join(of, &item.ident), format!(": {}", text(&item.ty)));
            }
            _ => {}
        }
    }

    fn function(&mut self, of: &str, signature: &syn::Signature) {
        let inputs: Vec<String> = signature.inputs.iter().map(parameter).collect();
        let rest = format!("{}({}){}", text(&signature.generics), inputs.join(", "), text(&signature.output));
        self.item("fn", &join(of, &signature.ident), rest);
    }
}

/// A parameter as its caller sees it: whether the function changes it inside is its own affair.
fn parameter(input: &syn::FnArg) -> String {
    let text = text(input);
    text.strip_prefix("mut ").map_or(text.clone(), str::to_owned)
}

fn join(path: &str, name: &impl ToString) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}::{}", name.to_string()) }
}

fn open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

/// Tokens as one writes them, doc comments and other attributes left out.
fn text(tokens: &impl ToTokens) -> String {
    let mut out = String::new();
    write_tokens(tokens.to_token_stream(), &mut out);
    out
}

fn write_tokens(tokens: TokenStream, out: &mut String) {
    let mut joined = true;
    let mut attribute = false;
    for token in tokens {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => attribute = true,
            TokenTree::Group(group) if attribute && group.delimiter() == Delimiter::Bracket => attribute = false,
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                write_tokens(group.stream(), out);
                out.push_str(close);
                joined = false;
            }
            TokenTree::Punct(mark) => {
                let c = mark.as_char();
                if c == '>' {
                    // A comma behind the last item of a list a line each is no part of it.
                    out.truncate(out.trim_end_matches([' ', ',']).len());
                }
                if matches!(c, '=' | '+' | '-') && !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push(c);
                let ends = mark.spacing() == Spacing::Alone;
                let spaced = c == ',' || c == '=' || c == '+' || c == ':' && ends && !out.ends_with("::");
                let arrow = c == '>' && out.ends_with("->");
                if (spaced || arrow) && ends {
                    out.push(' ');
                }
                joined = c != '>';
            }
            word => {
                if !joined && !out.ends_with([' ', '(', '[', '{', '<', '&', ':']) && !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&word.to_string());
                joined = false;
            }
        }
    }
    out.truncate(out.trim_end_matches([' ', ',']).len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(name: &str, content: &str) -> Vec<String> {
        let file = File { name: name.to_owned(), content: content.to_owned() };
        listing(&[file]).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_public_item_is_a_line_and_nothing_else_is() {
        let content = "
            use rt::Hidden;
            pub mod get {
                /// Said.
                #[non_exhaustive] pub struct Deal { /** said */ pub id: Option<i64>, pub by: Vec<super::User>, extra: Extra }
                #[non_exhaustive] pub enum ErrorCode { /// Said.
                    NotFound, Other(String) }
                impl Deal { #[inline] pub fn title(mut self, value: impl Into<String>) -> Self { self } fn own(&self) {} }
                impl rt::Method for Deal { type Result = Vec<Deal>; type Error = ErrorCode; const INFO: u8 = 1; }
                rt::object! { Deal { 0 \"ID\" id, } }
                pub static ALL: &'static [&'static str] = &[];
                pub const FEW: Option<
                    Vec<Deal>,
                > = None;
                pub fn find(name: &str) -> Option<&'static Deal> { None }
                struct Hidden;
            }
            pub type Id = Map<String, i64>;
        ";
        insta::assert_snapshot!(lines("v3/tasks.rs", content).join("\n"), @"
        mod v3::tasks
        type v3::tasks::Id = Map<String, i64>
        mod v3::tasks::get
        static v3::tasks::get::ALL: &'static[&'static str]
        impl v3::tasks::get::Deal: rt::Method<Result = Vec<Deal>, Error = ErrorCode>
        non_exhaustive struct v3::tasks::get::Deal
        field v3::tasks::get::Deal::by: Vec<super::User>
        field v3::tasks::get::Deal::id: Option<i64>
        fn v3::tasks::get::Deal::title(self, value: impl Into<String>) -> Self
        non_exhaustive enum v3::tasks::get::ErrorCode
        variant v3::tasks::get::ErrorCode::NotFound
        variant v3::tasks::get::ErrorCode::Other(String)
        const v3::tasks::get::FEW: Option<Vec<Deal>>
        fn v3::tasks::get::find(name: &str) -> Option<&'static Deal>
        ");
    }

    #[test]
    fn what_is_not_rust_names_the_file() {
        let file = File { name: "bell.rs".to_owned(), content: "pub mod {".to_owned() };
        assert!(listing(&[file]).unwrap_err().to_string().starts_with("`bell.rs` is not Rust"));
    }
}
