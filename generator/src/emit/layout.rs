//! Layout: `prettyplease`, then what it does not know, the rows of our tables and the space between items.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The macros whose rows stand on lines of their own.
const TABLES: [&str; 5] = ["rt::choice! {", "rt::error_code! {", "rt::events! {", "rt::input! {", "rt::object! {"];
/// Where a row is broken.
const WIDTH: usize = 120;

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

/// Whether `line` ends an item that stands at `indent`: what follows is another one.
fn closes_item(line: &str, indent: &str) -> bool {
    line.strip_suffix('}') == Some(indent)
        || line.starts_with(indent) && line.ends_with(';') && line[indent.len()..].starts_with("use ")
}

/// `Name open { row, row, }`, a row a line.
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
