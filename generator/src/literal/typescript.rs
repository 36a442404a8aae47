//! TypeScript's types, as example code declares them for what a call returns.
//!
//! ```
//! use bitrix24_codegen::literal::shape::{Scalar, Shape};
//! use bitrix24_codegen::literal::typescript;
//!
//! let types = typescript::read("type Ids = number[]\nawait call.make<Ids>({})");
//! assert_eq!(types.0["Ids"], Shape::Array(Box::new(Shape::Scalar(Scalar::Number))));
//! ```

use serde_json::Value;

use super::Error;
use super::cursor::{Cursor, number};
use super::shape::{Member, Scalar, Shape, Types, merge, union};

/// The types that `code` declares; one that cannot be read is left out.
pub fn read(code: &str) -> Types {
    let mut types = Types::default();
    let Ok(mut c) = Cursor::new(code) else { return types };
    loop {
        c.blanks();
        let Some(next) = c.peek() else { return types };
        if matches!(next, '"' | '\'' | '`') {
            c.at += 1;
            c.skip_string(next);
            continue;
        }
        let start = c.at;
        let mut keyword = c.word();
        while matches!(keyword, "export" | "declare") {
            c.take_while(|c| matches!(c, ' ' | '\t'));
            keyword = c.word();
        }
        match keyword {
            "type" | "interface" if starts_statement(&code[..start]) => {
                declaration(&mut c, keyword == "interface", &mut types);
            }
            "" if c.at == start => {
                c.bump();
            }
            _ => {}
        }
    }
}

/// Whether a statement may start behind `before`: the words that declare types are names elsewhere.
fn starts_statement(before: &str) -> bool {
    let last = before.trim_end_matches([' ', '\t']).chars().next_back();
    last.is_none_or(|last| matches!(last, '\n' | ';' | '{' | '}' | '/'))
}

/// The shape that the type `text` stands for, such as the argument of `make<…>`.
pub fn shape(text: &str) -> Option<Shape> {
    let mut c = Cursor::new(text).ok()?;
    let shape = c.deeper(read_type).ok()?;
    c.blanks();
    c.rest().is_empty().then_some(shape)
}

/// `Name = …` or `Name extends Other {…}`, behind the keyword.
fn declaration(c: &mut Cursor<'_>, interface: bool, types: &mut Types) {
    c.blanks();
    let name = c.word();
    c.blanks();
    if name.is_empty() || (c.starts("<") && arguments(c).is_err()) {
        return;
    }
    c.blanks();
    let shape = if interface {
        let mut bases = Vec::new();
        if c.peek_word() == "extends" {
            c.word();
            while let Ok(base) = c.deeper(primary) {
                bases.push(base);
                c.blanks();
                if !c.eat(",") {
                    break;
                }
            }
        }
        if !c.starts("{") {
            return;
        }
        let own = c.deeper(primary);
        own.map(|own| {
            // What the base declares, where it is known already.
            let inherited = bases.iter().map(|base| types.resolve(base)).reduce(merge);
            inherited.map_or(own.clone(), |inherited| merge(inherited, own))
        })
    } else if c.eat("=") {
        c.deeper(read_type)
    } else {
        return;
    };
    if let Ok(shape) = shape {
        types.0.insert(name.to_owned(), shape);
    }
}

/// A type: `A | B & C[]`.
fn read_type(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    let mut shapes = Vec::new();
    loop {
        c.blanks();
        c.eat("|");
        let mut shape = postfix(c)?;
        loop {
            c.blanks();
            if !c.eat("&") {
                break;
            }
            shape = merge(shape, postfix(c)?);
        }
        shapes.push(shape);
        if !c.starts("|") {
            return Ok(if shapes.contains(&Shape::Any) { Shape::Any } else { union(shapes) });
        }
    }
}

/// A type with `[]` or `['key']` behind it.
fn postfix(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    let mut shape = c.deeper(primary)?;
    loop {
        // A bracket on the next line starts a member, not an array.
        c.take_while(|c| matches!(c, ' ' | '\t'));
        if !c.eat("[") {
            return Ok(shape);
        }
        c.blanks();
        if c.eat("]") {
            shape = Shape::Array(Box::new(shape));
        } else {
            c.deeper(read_type)?;
            c.blanks();
            if !c.eat("]") {
                return c.expected("`]`");
            }
            shape = Shape::Any;
        }
    }
}

fn primary(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    c.blanks();
    let start = c.at;
    match c.peek() {
        Some('{') => {
            c.at += 1;
            object(c)
        }
        Some('[') => {
            c.at += 1;
            let items = list(c, "]")?;
            Ok(Shape::Array(Box::new(if items.is_empty() { Shape::Any } else { union(items) })))
        }
        Some('(') => {
            if function_type(c) {
                return Ok(Shape::Any);
            }
            c.at += 1;
            let shape = c.deeper(read_type)?;
            c.blanks();
            if c.eat(")") { Ok(shape) } else { c.expected("`)`") }
        }
        Some(quote @ ('"' | '\'' | '`')) => {
            c.at += 1;
            c.skip_string(quote);
            let text = c.text[start + 1..c.at].trim_end_matches(quote);
            Ok(if quote == '`' { Shape::Scalar(Scalar::String) } else { Shape::Literal(Value::from(text)) })
        }
        Some(digit) if digit.is_ascii_digit() || digit == '-' => {
            let text = c.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | '_'));
            let value = number(text).map(|(value, _)| value);
            value.map_or_else(|| c.expected("a number"), |value| Ok(Shape::Literal(value)))
        }
        _ => named(c),
    }
}

/// A type by name, with its arguments.
fn named(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    let name = loop {
        let name = c.word();
        match name {
            "" => return c.expected("a type"),
            "readonly" | "unique" => {
                c.blanks();
            }
            // What these make of a type is not read, the type is passed over.
            "keyof" | "typeof" | "infer" => {
                postfix(c)?;
                return Ok(Shape::Any);
            }
            _ if c.eat(".") => {}
            name => break name,
        }
    };
    let mut arguments = if c.starts("<") { arguments(c)? } else { Vec::new() };
    let mut argument = |at: usize| if at < arguments.len() { arguments.swap_remove(at) } else { Shape::Any };
    Ok(match name {
        "string" => Shape::Scalar(Scalar::String),
        "number" => Shape::Scalar(Scalar::Number),
        "bigint" => Shape::Scalar(Scalar::Integer),
        "boolean" => Shape::Scalar(Scalar::Boolean),
        "Date" | "DateTime" | "ISODate" => Shape::Scalar(Scalar::DateTime),
        "true" => Shape::Literal(Value::Bool(true)),
        "false" => Shape::Literal(Value::Bool(false)),
        "null" | "undefined" | "void" => Shape::Literal(Value::Null),
        "unknown" | "any" | "object" | "never" | "Function" => Shape::Any,
        "Array" | "ReadonlyArray" | "Set" => Shape::Array(Box::new(argument(0))),
        "Record" | "Map" => Shape::Map(Box::new(argument(1))),
        "Partial" => match argument(0) {
            Shape::Object { members, open } => Shape::Object {
                members: members.into_iter().map(|member| Member { optional: true, ..member }).collect(),
                open,
            },
            shape => shape,
        },
        "Required" | "Readonly" | "Promise" | "Awaited" | "NonNullable" | "Omit" | "Pick" => argument(0),
        name => Shape::Named(name.to_owned()),
    })
}

/// `<A, B>`
fn arguments(c: &mut Cursor<'_>) -> Result<Vec<Shape>, Error> {
    c.at += 1;
    list(c, ">")
}

/// Types with commas between them, up to `close`.
fn list(c: &mut Cursor<'_>, close: &str) -> Result<Vec<Shape>, Error> {
    let mut shapes = Vec::new();
    loop {
        c.blanks();
        if c.eat(close) {
            return Ok(shapes);
        }
        c.eat("...");
        let start = c.at;
        shapes.push(c.deeper(read_type)?);
        c.blanks();
        // `[id: number]`, `<T extends X = Y>`: what counts stands behind the name.
        if c.eat("?") | c.eat(":") || matches!(c.peek_word(), "extends") || c.eat("=") {
            if c.peek_word() == "extends" {
                c.word();
            }
            shapes.pop();
            continue;
        }
        if !c.eat(",") && !c.starts(close) {
            return Err(Error { at: start, expected: "a list of types" });
        }
    }
}

/// Passes over `(a: X) => Y` where one stands here.
fn function_type(c: &mut Cursor<'_>) -> bool {
    let start = c.at;
    c.at += 1;
    c.take_while(char::is_whitespace);
    let parameters = c.starts(")") || c.starts("...") || {
        let name = c.word();
        c.take_while(char::is_whitespace);
        !name.is_empty() && (c.starts(":") || c.starts("?") || c.starts(","))
    };
    c.at = start;
    if parameters {
        skip_signature(c);
    }
    parameters
}

/// Passes over the parameters and the result of a function type.
fn skip_signature(c: &mut Cursor<'_>) {
    let mut depth = 0_u32;
    loop {
        c.blanks();
        match c.peek() {
            None => return,
            Some('(' | '{' | '[' | '<') => depth += 1,
            Some('>') if c.text[..c.at].ends_with('=') => {}
            Some('}' | ')' | ']' | '>' | ',' | ';') if depth == 0 => return,
            Some(')' | '}' | ']' | '>') => depth -= 1,
            Some(_) => {}
        }
        c.bump();
        if depth == 0 && c.rest().trim_start_matches([' ', '\t']).starts_with('\n') {
            return;
        }
    }
}

/// The members of an object type behind its `{`.
fn object(c: &mut Cursor<'_>) -> Result<Shape, Error> {
    let mut members: Vec<Member> = Vec::new();
    let mut index: Option<Shape> = None;
    loop {
        c.blanks();
        if c.eat("}") {
            break;
        }
        if c.eat(",") || c.eat(";") {
            continue;
        }
        if c.eat("[") {
            // `[key: string]: T`, `[K in Keys]: T`
            c.take_while(|c| c != ']' && c != '\n');
            c.eat("]");
            c.eat("?");
            c.blanks();
            if !c.eat(":") {
                return c.expected("`:` behind an index");
            }
            index = Some(c.deeper(read_type)?);
            continue;
        }
        let mut name = key(c)?;
        if name == "readonly" && !c.starts(":") && !c.starts("?") {
            c.blanks();
            name = key(c)?;
        }
        let optional = c.eat("?");
        c.blanks();
        if c.starts("(") || c.starts("<") {
            skip_signature(c);
            continue;
        }
        if !c.eat(":") {
            return c.expected("`:` behind a member's name");
        }
        let shape = c.deeper(read_type)?;
        members.push(Member { name, optional, shape });
    }
    Ok(match index {
        Some(value) if members.is_empty() => Shape::Map(Box::new(value)),
        index => Shape::Object { members, open: index.is_some() },
    })
}

fn key(c: &mut Cursor<'_>) -> Result<String, Error> {
    let start = c.at;
    match c.peek() {
        Some(quote @ ('"' | '\'')) => {
            c.at += 1;
            c.skip_string(quote);
            Ok(c.text[start + 1..c.at].trim_end_matches(quote).to_owned())
        }
        _ => match c.word() {
            "" => c.expected("a member's name"),
            name => Ok(name.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::nullable;
    use super::*;

    fn object(members: Vec<(&str, bool, Shape)>) -> Shape {
        let member = |(name, optional, shape): (&str, bool, Shape)| Member { name: name.to_owned(), optional, shape };
        Shape::Object { members: members.into_iter().map(member).collect(), open: false }
    }

    const STRING: Shape = Shape::Scalar(Scalar::String);
    const NUMBER: Shape = Shape::Scalar(Scalar::Number);

    #[test]
    fn members_are_read_with_their_types() {
        let text = "import { type A } from 'b' // type No = string\n\nexport type Deal = {\n  readonly ID: string // a\n  \
                    'UF_X'?: number[]; readonly: boolean,\n  stage: { id: string } | null\n  kind: 'a' | 'b'\n  \
                    onDone?: (x: number) => void\n  run(): void\n  tags: Array<Tag>\n}\ntype Tag = { a: ISODate }";
        let types = read(text);
        let kind = Shape::Union(vec![Shape::Literal("a".into()), Shape::Literal("b".into())]);
        let deal = object(vec![
            ("ID", false, STRING),
            ("UF_X", true, Shape::Array(Box::new(NUMBER))),
            ("readonly", false, Shape::Scalar(Scalar::Boolean)),
            ("stage", false, nullable(object(vec![("id", false, STRING)]))),
            ("kind", false, kind),
            ("onDone", true, Shape::Any),
            ("tags", false, Shape::Array(Box::new(Shape::Named("Tag".to_owned())))),
        ]);
        assert_eq!(types.0.keys().collect::<Vec<_>>(), ["Deal", "Tag"]);
        assert_eq!(types.0["Deal"], deal);
    }

    #[test]
    fn keys_that_are_data_make_a_map_or_an_open_object() {
        assert_eq!(shape("Record<string, number>"), Some(Shape::Map(Box::new(NUMBER))));
        assert_eq!(shape("{ [id: string]: string }"), Some(Shape::Map(Box::new(STRING))));
        let open = shape("{ id: string; [field: string]: unknown }");
        assert!(matches!(open, Some(Shape::Object { members, open: true }) if members.len() == 1));
    }

    #[test]
    fn what_joins_types_is_understood() {
        assert_eq!(shape("string | null | undefined"), Some(nullable(STRING)));
        assert_eq!(shape("(string | number)[]"), Some(Shape::Array(Box::new(Shape::Union(vec![STRING, NUMBER])))));
        assert_eq!(shape("[string, string]"), Some(Shape::Array(Box::new(STRING))));
        assert_eq!(shape("never[]"), Some(Shape::Array(Box::new(Shape::Any))));
        let both = object(vec![("a", false, STRING), ("b", true, NUMBER)]);
        assert_eq!(shape("{ a: string } & Partial<{ b: number }>"), Some(both));
        let types = read("interface A { a: string }\ninterface B extends A { b?: number }");
        assert_eq!(types.0["B"], object(vec![("a", false, STRING), ("b", true, NUMBER)]));
    }

    #[test]
    fn names_are_replaced_by_their_types_but_not_within_themselves() {
        let types = read("type A = { b: B[] }\ntype B = { a: A | null }");
        let resolved = types.resolve(&Shape::Named("A".to_owned()));
        let inner = object(vec![("a", false, nullable(Shape::Named("A".to_owned())))]);
        assert_eq!(resolved, object(vec![("b", false, Shape::Array(Box::new(inner)))]));
    }

    #[test]
    fn types_that_multiply_are_resolved_within_bounds() {
        let declarations: Vec<String> =
            (0..60).map(|n| format!("type T{n} = {{ a: T{0}, b: T{0} }}\n", n + 1)).collect();
        let types = read(&declarations.concat());
        let mut count = 0;
        let mut todo = vec![types.resolve(&Shape::Named("T0".to_owned()))];
        while let Some(shape) = todo.pop() {
            count += 1;
            if let Shape::Object { members, .. } = shape {
                todo.extend(members.into_iter().map(|member| member.shape));
            }
        }
        assert!(count < 200_000, "{count}");
    }

    #[test]
    fn what_is_no_type_gives_none() {
        for text in ["", "{ a: ", "A B", "<", "{ a string }"] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}
