//! Layout. For people: `prettyplease`, then what it does not know, the rows of our tables and the space between items. For
//! the compiler: an item a line.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::{Module, Slice};

/// The macros whose rows stand on lines of their own.
const TABLES: [&str; 6] =
    ["rt::choice! {", "rt::error_code! {", "rt::events! {", "rt::input! {", "rt::object! {", "rt::placements! {"];
/// Where a row is broken.
const WIDTH: usize = 120;

/// The text of `tokens`, an item a line: cheap to write, and short lines to whoever asks for a column. With a module on one
/// line, `rustdoc` passes over megabytes for every item.
pub(super) fn item_a_line(tokens: TokenStream) -> String {
    let mut out = String::new();
    write_items(tokens, &mut out);
    out
}

fn write_items(tokens: TokenStream, out: &mut String) {
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && is_module(&item) => {
                out.push_str(&item.drain(..).collect::<TokenStream>().to_string());
                out.push_str(" {\n");
                write_items(group.stream(), out);
                out.push_str("}\n");
            }
            token => {
                let ends = match &token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                };
                item.push(token);
                if ends {
                    out.push_str(&item.drain(..).collect::<TokenStream>().to_string());
                    out.push('\n');
                }
            }
        }
    }
    out.push_str(&item.into_iter().collect::<TokenStream>().to_string());
}

/// Whether what stands before a brace is `mod name`.
fn is_module(item: &[TokenTree]) -> bool {
    matches!(item, [.., TokenTree::Ident(keyword), TokenTree::Ident(_)] if keyword == "mod")
}

/// The text of `file`.
pub(super) fn laid_out(file: &syn::File) -> String {
    let text = prettyplease::unparse(file);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut lines = text.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        let (indent, code) = line.split_at(line.len() - line.trim_start().len());
        if closes_item(before, indent) && !code.starts_with('}') && !code.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        before = line;
        if TABLES.contains(&code) {
            let mut body: Vec<&str> = Vec::new();
            for line in lines.by_ref() {
                if line.strip_suffix('}') == Some(indent) {
                    before = line;
                    break;
                }
                body.push(line);
            }
            // Tokens that were just written are tokens.
            match body.join("\n").parse::<TokenStream>() {
                Ok(tokens) => rows(tokens, indent, &mut out),
                Err(_) => body.iter().for_each(|line| out.extend([line, "\n"])),
            }
            out.push_str(indent);
            out.push_str("}\n");
        }
    }
    out
}

/// A module of which `around` others stand around it, in as many, so that it is laid out as it will stand.
pub(super) fn within(around: usize, module: TokenStream) -> TokenStream {
    (0..around).fold(module, |inside, _| quote!(mod around { #inside }))
}

/// The text of a module without those `around` it, and without the brace that closes it.
pub(super) fn opened(text: &str, around: usize) -> String {
    let begin = text.match_indices('\n').nth(around.wrapping_sub(1)).map_or(0, |(at, _)| at + 1);
    let mut inside = text[begin..].trim_end();
    for _ in 0..=around {
        inside = inside.strip_suffix('}').unwrap_or(inside).trim_end();
    }
    format!("{inside}\n")
}

/// One text of modules, each before those that stand in it, and where they are in it.
pub(super) fn nested(modules: Vec<Module<String>>, laid_out: bool) -> (String, Vec<Slice>) {
    let mut out = String::with_capacity(modules.iter().map(|module| module.made.len() + 64).sum());
    let mut slices = Vec::with_capacity(modules.len());
    let indent = |depth: usize| if laid_out { "    ".repeat(depth) } else { String::new() };
    let close = |out: &mut String, from: usize, to: usize| {
        for depth in (to..from).rev() {
            out.extend([&indent(depth), "}\n"]);
        }
    };
    let mut open = 0;
    for Module { origin, depth, made, .. } in modules {
        // The modules below a file stand at its depth.
        let at = depth.saturating_sub(1);
        close(&mut out, open, at);
        let before = out.lines().next_back().unwrap_or_default();
        if laid_out && closes_item(before, &indent(at)) {
            out.push('\n');
        }
        let start = out.len();
        out.push_str(&made);
        slices.push(Slice { origin, start, end: out.len() });
        open = depth;
    }
    close(&mut out, open, 0);
    (out, slices)
}

/// Whether `line` ends an item that stands at `indent`: what follows is another one.
fn closes_item(line: &str, indent: &str) -> bool {
    line.strip_suffix('}') == Some(indent)
        || line.starts_with(indent) && line.ends_with(';') && line[indent.len()..].starts_with("use ")
}

/// `Name open("UF_") { row, row, }`, a row a line.
fn rows(tokens: TokenStream, indent: &str, out: &mut String) {
    let mut head: Vec<String> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                out.extend([indent, "    ", &head.join(" "), " {\n"]);
                let mut row: Vec<String> = Vec::new();
                for token in group.stream() {
                    match token {
                        TokenTree::Punct(punct) if punct.as_char() == ',' => {
                            write_row(&row, indent, out);
                            row.clear();
                        }
                        token => row.push(token.to_string()),
                    }
                }
                out.extend([indent, "    }\n"]);
            }
            TokenTree::Group(group) => {
                if let Some(word) = head.last_mut() {
                    word.push_str(&group.to_string());
                }
            }
            token => head.push(token.to_string()),
        }
    }
}

fn write_row(row: &[String], indent: &str, out: &mut String) {
    let start = indent.len() + 8;
    let mut column = start;
    out.push_str(indent);
    out.push_str("        ");
    for (at, word) in row.iter().enumerate() {
        if at > 0 && column + 1 + word.chars().count() > WIDTH {
            out.extend(["\n", indent, "            "]);
            column = start + 4;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.chars().count();
    }
    out.push_str(",\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_has_a_line_and_no_token_is_lost() {
        let text = "#![allow(x)] pub mod a { pub mod b { #[doc = \"B.\"] pub struct B { c: C } rt::object! { B { } } } } \
                    pub struct Unit; impl A { fn f() { if x { y(); } } } pub const C: D = D { e: 1 };";
        let tokens: TokenStream = text.parse().unwrap();
        let lines = item_a_line(tokens.clone());
        assert_eq!(lines.parse::<TokenStream>().unwrap().to_string(), tokens.to_string());
        let starts: Vec<&str> = lines.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(starts, ["#!", "pub", "#", "rt", "}", "}", "pub", "impl", "pub", ";"], "{lines}");
    }
}
