//! Go's structures with their `json` tags, as example code declares them for what a call returns.
//!
//! ```
//! use bitrix24_codegen::literal::go;
//! use bitrix24_codegen::literal::shape::{Scalar, Shape};
//!
//! let types = go::read("type Lead struct {\n    ID int64 `json:\"ID\"`\n}");
//! let Shape::Object { members, .. } = &types.0["Lead"] else { panic!() };
//! assert_eq!((members[0].name.as_str(), &members[0].shape), ("ID", &Shape::Scalar(Scalar::Integer)));
//! ```

use super::Error;
use super::cursor::Cursor;
use super::shape::{Member, Scalar, Shape, Types, merge, nullable};

/// The types that `code` declares, and its variables of a type written in place; what cannot be read is left out.
pub fn read(code: &str) -> Types {
    let mut types = Types::default();
    let Ok(mut c) = Cursor::new(code) else { return types };
    loop {
        c.blanks();
        let Some(next) = c.peek() else { return types };
        match next {
            '"' | '\'' | '`' => {
                c.at += 1;
                c.skip_string(next);
            }
            _ => match c.word() {
                "" => {
                    c.bump();
                }
                keyword @ ("type" | "var") => {
                    c.blanks();
                    if c.eat("(") {
                        while declaration(&mut c, keyword, &mut types) {}
                    } else {
                        declaration(&mut c, keyword, &mut types);
                    }
                }
                _ => {}
            },
        }
    }
}

/// One `Name Type`; says whether there was one.
fn declaration(c: &mut Cursor<'_>, keyword: &str, types: &mut Types) -> bool {
    c.blanks();
    let name = c.word();
    if name.is_empty() {
        return false;
    }
    c.blanks();
    c.eat("=");
    let start = c.at;
    let Ok(shape) = c.deeper(read_type) else { return false };
    // A variable of a named type declares nothing.
    if keyword == "type" || c.text[start..].trim_start().starts_with("struct") {
        types.0.insert(name.to_owned(), shape);
    }
    true
}

fn read_type(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    c.blanks();
    if c.eat("*") {
        return Ok(nullable(c.deeper(read_type)?));
    }
    if c.eat("[") {
        c.take_while(|c| c.is_ascii_digit() || c == '.');
        if !c.eat("]") {
            return c.expected("`]`");
        }
        return Ok(match c.peek_word() {
            "byte" => {
                c.word();
                Shape::Scalar(Scalar::String)
            }
            _ => Shape::Array(Box::new(c.deeper(read_type)?)),
        });
    }
    let name = match c.word() {
        "" => return c.expected("a type"),
        "struct" => {
            c.blanks();
            return if c.eat("{") { c.deeper(fields) } else { c.expected("`{`") };
        }
        "map" if c.eat("[") => {
            c.take_while(|c| c != ']' && c != '\n');
            c.eat("]");
            return Ok(Shape::Map(Box::new(c.deeper(read_type)?)));
        }
        "interface" => {
            c.blanks();
            c.eat("{");
            c.skip_expression();
            c.eat("}");
            return Ok(Shape::Any);
        }
        package if c.eat(".") => match (package, c.word()) {
            ("time", "Time") => return Ok(Shape::Scalar(Scalar::DateTime)),
            ("json", "Number") => return Ok(Shape::Scalar(Scalar::Number)),
            ("json", "RawMessage") => return Ok(Shape::Any),
            (_, name) => name,
        },
        name => name,
    };
    Ok(match name {
        "string" => Shape::Scalar(Scalar::String),
        "bool" => Shape::Scalar(Scalar::Boolean),
        "float32" | "float64" => Shape::Scalar(Scalar::Float),
        "any" => Shape::Any,
        "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64" => {
            Shape::Scalar(Scalar::Integer)
        }
        name => Shape::Named(name.to_owned()),
    })
}

/// The fields of a structure behind its `{`.
fn fields(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    let mut members = Vec::new();
    let mut embedded: Option<Shape> = None;
    loop {
        c.blanks();
        if c.eat("}") {
            let own = Shape::Object { members, open: false };
            return Ok(embedded.map_or(own.clone(), |base| merge(base, own)));
        }
        if c.eat(";") {
            continue;
        }
        let pointer = c.eat("*");
        let mut names = vec![c.word()];
        if !names[0].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return c.expected("a field's name");
        }
        c.take_while(|c| matches!(c, ' ' | '\t'));
        while c.eat(",") {
            c.blanks();
            names.push(c.word());
            c.take_while(|c| matches!(c, ' ' | '\t'));
        }
        // A name alone embeds the fields of that type, which is not looked up.
        if pointer || c.starts("\n") || c.starts(".") || c.starts("/") || c.starts("}") {
            c.take_while(|c| c != '\n' && c != '}');
            embedded = Some(Shape::Object { members: Vec::new(), open: true });
            continue;
        }
        let shape = c.deeper(read_type)?;
        c.take_while(|c| matches!(c, ' ' | '\t'));
        let tag = tag(c);
        let (wire, options) = tag.split_once(',').unwrap_or((tag, ""));
        let optional = options.split(',').any(|option| matches!(option, "omitempty" | "omitzero"));
        let as_string = options.split(',').any(|option| option == "string");
        for name in names {
            // Only exported fields are read from JSON, and `-` keeps one out.
            if (wire == "-" && options.is_empty()) || !name.starts_with(char::is_uppercase) {
                continue;
            }
            let name = if wire.is_empty() { name } else { wire };
            let shape = if as_string { Shape::Scalar(Scalar::String) } else { shape.clone() };
            members.push(Member { name: name.to_owned(), optional, shape });
        }
    }
}

/// The `json` entry of the tag at this place: the wire name and its options.
fn tag<'a>(c: &mut Cursor<'a>) -> &'a str {
    let start = c.at + 1;
    if !c.eat("`") {
        if c.eat("\"") {
            c.skip_string('"');
        }
        return "";
    }
    c.skip_string('`');
    let tag = &c.text[start..c.at];
    tag.split_once("json:\"").and_then(|(_, entry)| entry.split_once('"')).map_or("", |(entry, _)| entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_their_wire_names() {
        let text = "package main\n// type No struct {}\ntype (\n  Lead struct {\n    ID, Other int `json:\"ID\"` // x\n    \
                    Title *string `json:\"TITLE,omitempty\"`\n    Phone []struct {\n      Value string `json:\"VALUE\"`\n    } \
                    `json:\"PHONE\"`\n    Fields map[string]any\n    At time.Time `xml:\"a\" json:\"at\"`\n    Sum int64 \
                    `json:\"sum,string\"`\n    hidden string\n    Skip string `json:\"-\"`\n    Raw interface{} `json:\"raw\"`\n  }\n  \
                    Ids []int64\n)\nvar answer struct {\n  Result Lead `json:\"result\"`\n}\nvar other Lead";
        let types = read(text);
        let Shape::Object { members, open: false } = &types.0["Lead"] else { panic!("{types:?}") };
        let seen: Vec<(&str, bool)> = members.iter().map(|member| (member.name.as_str(), member.optional)).collect();
        let names = ["ID", "ID", "TITLE", "PHONE", "Fields", "at", "sum", "raw"];
        assert_eq!(seen, names.map(|name| (name, name == "TITLE")));
        assert_eq!(members[2].shape, nullable(Shape::Scalar(Scalar::String)));
        assert!(matches!(&members[3].shape, Shape::Array(item) if matches!(**item, Shape::Object { .. })));
        assert_eq!(members[4].shape, Shape::Map(Box::new(Shape::Any)));
        assert_eq!(members[5].shape, Shape::Scalar(Scalar::DateTime));
        assert_eq!(members[6].shape, Shape::Scalar(Scalar::String));
        assert_eq!(types.0["Ids"], Shape::Array(Box::new(Shape::Scalar(Scalar::Integer))));
        let answer = types.resolve(&types.0["answer"]);
        let Shape::Object { members: envelope, .. } = &answer else { panic!("{answer:?}") };
        assert_eq!((envelope[0].name.as_str(), &envelope[0].shape), ("result", &types.0["Lead"]));
        assert_eq!(types.0.len(), 3);
    }

    #[test]
    fn an_embedded_type_leaves_the_structure_open() {
        let types = read("type A struct {\n  Base\n  *other.Base\n  ID int\n}");
        assert!(matches!(&types.0["A"], Shape::Object { members, open: true } if members.len() == 1));
    }

    #[test]
    fn what_is_broken_is_left_out() {
        assert_eq!(read("type A struct { ID"), Types::default());
        assert_eq!(read("type A struct { 7 }\ntype B int").0.keys().collect::<Vec<_>>(), ["B"]);
    }
}
