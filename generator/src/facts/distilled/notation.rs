//! How a distilled page writes what the dialect has no form for: any text as code, and any type in one line.
//!
//! A text stands as it is where the dialect takes it for plain code, else as a JSON string: `ID is not set`,
//! `"a \u007c b"`. A type is written as below; `T` is a type again.
//!
//! | written | means |
//! | --- | --- |
//! | `integer`, `string`, `datetime` … | the kinds of the model, by their names |
//! | `array<T>`, `map<T>` | a list; an object whose keys are data |
//! | `enum<Y, N>` | one of these values |
//! | `union<T, T>` | one of these types |
//! | `conflict<T, T>` | what the examples show, then what the table says instead |
//! | `object<crm.deal.get/deal>` | the structure with this id; in a page it is a link to it |
//! | `integer:string` | how it travels: `string`, `yn`, `int` |
//! | `integer@crm_company` | what the identifier names |
//! | `integer?` | may be `null` |

use std::fmt::Write as _;

use crate::model::{EnumValue, Kind, Type, Wire};

/// Types nested deeper are not read: pages come from outside.
const MAX_DEPTH: u32 = 32;

/// `text` between the ticks of a code span that holds nothing the dialect could take for a mark.
pub fn literal(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-.,:;/()'!?=+&@%<>*\"[]^~$№«»—–…’“”#".contains(c);
    let bare = !text.is_empty() && !text.starts_with([' ', '"']) && !text.ends_with(' ') && text.chars().all(plain);
    if bare { text.to_owned() } else { quoted(text) }
}

/// The text that [`literal`] wrote.
pub fn read_literal(code: &str) -> Option<String> {
    if code.starts_with('"') { serde_json::from_str(code).ok() } else { Some(code.to_owned()) }
}

/// A JSON value between the ticks of a code span: what the dialect could take for a mark is escaped in its strings.
pub fn literal_json(json: &serde_json::Value) -> String {
    let mut out = String::new();
    let mut string = false;
    let mut escape = false;
    for c in json.to_string().chars() {
        // Outside strings there is nothing to escape: braces are not followed by a mark there.
        if string && (matches!(c, '`' | '|' | '{' | '}') || c.is_control()) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
        string ^= c == '"' && !escape;
        escape = string && c == '\\' && !escape;
    }
    out
}

fn quoted(text: &str) -> String {
    literal_json(&text.into())
}

/// What a type is written as, piece by piece: the id of a structure becomes a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Code.
    Code(String),
    /// The id of a structure.
    Object(String),
}

/// `ty` in the notation above.
pub fn pieces(ty: &Type) -> Vec<Piece> {
    let mut out = Vec::new();
    write_type(ty, &mut out);
    out
}

fn code(out: &mut Vec<Piece>, text: &str) {
    match out.last_mut() {
        Some(Piece::Code(code)) => code.push_str(text),
        _ => out.push(Piece::Code(text.to_owned())),
    }
}

fn write_type(ty: &Type, out: &mut Vec<Piece>) {
    match &ty.kind {
        Kind::Object(id) => out.push(Piece::Object(id.clone())),
        Kind::Array(inner) | Kind::Map(inner) => {
            code(out, ty.kind.name());
            write_list(out, [&**inner], write_type);
        }
        Kind::Union(types) => {
            code(out, if ty.contradicted { "conflict" } else { "union" });
            write_list(out, types, write_type);
        }
        Kind::Enum(values) => {
            code(out, "enum");
            write_list(out, values, |value, out| code(out, &atom(&value.value)));
        }
        plain => code(out, plain.name()),
    }
    if let Some(wire) = ty.wire {
        code(out, ":");
        code(out, wire_name(wire));
    }
    if let Some(entity) = &ty.refers_to {
        code(out, "@");
        code(out, &atom(entity));
    }
    if ty.nullable {
        code(out, "?");
    }
}

fn write_list<T>(out: &mut Vec<Piece>, items: impl IntoIterator<Item = T>, each: impl Fn(T, &mut Vec<Piece>)) {
    code(out, "<");
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            code(out, ", ");
        }
        each(item, out);
    }
    code(out, ">");
}

/// A value as it is where it holds nothing but letters, digits, `_`, `-`, `.` and `/`; else as a JSON string.
fn atom(text: &str) -> String {
    if !text.is_empty() && text.chars().all(in_atom) { text.to_owned() } else { quoted(text) }
}

fn in_atom(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

fn wire_name(wire: Wire) -> &'static str {
    match wire {
        Wire::String => "string",
        Wire::Yn => "yn",
        Wire::Int => "int",
    }
}

/// The type that `text` writes; `None` where it writes none.
pub fn read_type(text: &str) -> Option<Type> {
    let mut reader = Reader { rest: text };
    let ty = reader.read(0)?;
    reader.rest.is_empty().then_some(ty)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn eat(&mut self, mark: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(mark)?;
        Some(())
    }

    fn word(&mut self) -> &str {
        let end = self.rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// `a` or `"a"`.
    fn atom(&mut self) -> Option<String> {
        if self.rest.starts_with('"') {
            let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
            let text = values.next()?.ok()?;
            self.rest = &self.rest[values.byte_offset()..];
            return Some(text);
        }
        let end = self.rest.find(|c: char| !in_atom(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn list<T>(&mut self, each: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat("<")?;
        let mut out = Vec::new();
        while self.eat(">").is_none() {
            if !out.is_empty() {
                self.eat(", ")?;
            }
            out.push(each(self)?);
        }
        Some(out)
    }

    fn read(&mut self, depth: u32) -> Option<Type> {
        if depth > MAX_DEPTH {
            return None;
        }
        let word = self.word().to_owned();
        let mut contradicted = false;
        let kind = match word.as_str() {
            "object" => {
                self.eat("<")?;
                let end = self.rest.find('>')?;
                let id = self.rest[..end].to_owned();
                self.rest = &self.rest[end + 1..];
                Kind::Object(id)
            }
            "array" | "map" => {
                let inner = self.list(|reader| reader.read(depth + 1))?;
                let [inner] = <[Type; 1]>::try_from(inner).ok()?;
                if word == "array" { Kind::Array(Box::new(inner)) } else { Kind::Map(Box::new(inner)) }
            }
            "union" | "conflict" => {
                contradicted = word == "conflict";
                Kind::Union(self.list(|reader| reader.read(depth + 1))?)
            }
            "enum" => {
                let values = self.list(Reader::atom)?;
                Kind::Enum(values.into_iter().map(|value| EnumValue { value, description: String::new() }).collect())
            }
            plain => Kind::plain(plain)?,
        };
        let mut ty = Type { contradicted, ..Type::of(kind) };
        if self.eat(":").is_some() {
            ty.wire = Some(match self.word() {
                "string" => Wire::String,
                "yn" => Wire::Yn,
                "int" => Wire::Int,
                _ => return None,
            });
        }
        if self.eat("@").is_some() {
            ty.refers_to = Some(self.atom()?);
        }
        ty.nullable = self.eat("?").is_some();
        Some(ty)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(ty: &Type) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Code(code) => code.clone(),
            Piece::Object(id) => format!("object<{id}>"),
        };
        pieces(ty).iter().map(piece).collect()
    }

    /// Any type that a model can hold.
    pub(crate) fn any_type() -> impl Strategy<Value = Type> {
        let value = prop_oneof!["[A-Z]{1,3}", "[0-9.-]{1,4}", "\\PC{0,6}"]
            .prop_map(|value| EnumValue { value, description: String::new() });
        let plain = ["integer", "double", "boolean", "string", "date", "timestamp", "file", "time", "null", "any"];
        let leaf = prop_oneof![
            proptest::sample::select(plain.to_vec()).prop_map(|name| Kind::plain(name).unwrap()),
            "[a-z.]{1,8}/[a-z_/-]{1,8}".prop_map(Kind::Object),
            proptest::collection::vec(value, 0..4).prop_map(Kind::Enum),
        ];
        let wire = proptest::option::of(proptest::sample::select(vec![Wire::String, Wire::Yn, Wire::Int]));
        let marked = move |kind: BoxedStrategy<Kind>| {
            (kind, wire.clone(), proptest::option::of("[a-z_]{1,8}|\\PC{0,4}"), any::<bool>(), any::<bool>()).prop_map(
                |(kind, wire, refers_to, nullable, contradicted)| Type {
                    contradicted: contradicted && matches!(kind, Kind::Union(_)),
                    kind,
                    wire,
                    refers_to,
                    nullable,
                    receives: None,
                },
            )
        };
        marked(leaf.boxed()).prop_recursive(4, 16, 3, move |inner| {
            let kinds = prop_oneof![
                inner.clone().prop_map(|ty| Kind::Array(Box::new(ty))),
                inner.clone().prop_map(|ty| Kind::Map(Box::new(ty))),
                proptest::collection::vec(inner, 0..3).prop_map(Kind::Union),
            ];
            marked(kinds.boxed())
        })
    }

    #[test]
    fn types_read_as_they_look() {
        let deal = Type { nullable: true, ..Type::array(Type::object("crm.deal.get/deal")) };
        assert_eq!(text(&deal), "array<object<crm.deal.get/deal>>?");
        let id = Type { wire: Some(Wire::String), refers_to: Some("crm_company".into()), ..Type::of(Kind::Integer) };
        assert_eq!(text(&id), "integer:string@crm_company");
        let value = |value: &str| EnumValue { value: value.into(), description: "said".into() };
        let kind = Kind::Union(vec![Type::of(Kind::Enum(vec![value("Y"), value("a | b")])), Type::of(Kind::Null)]);
        assert_eq!(text(&Type { contradicted: true, ..Type::of(kind) }), r#"conflict<enum<Y, "a \u007c b">, null>"#);
    }

    #[test]
    fn what_is_no_type_is_none() {
        for wrong in ["", "integer ", "lamp", "array<>", "array<integer", "integer:json", "enum<\"a>", "object<a", "?"]
        {
            assert_eq!(read_type(wrong), None, "{wrong}");
        }
        assert_eq!(read_type(&("array<".repeat(100) + "any" + &">".repeat(100))), None);
    }

    proptest! {
        #[test]
        fn a_type_comes_back(ty in any_type()) {
            let text = text(&ty);
            prop_assert!(!text.contains(['`', '|', '{', '}', '\n']), "{}", text);
            prop_assert_eq!(read_type(&text), Some(ty));
        }

        #[test]
        fn a_text_comes_back(text in prop_oneof!["\\PC{0,20}", "[ \"`|{}%#\n\t\\\\a]{0,12}"]) {
            let code = literal(&text);
            prop_assert!(!code.contains(['`', '|', '{', '}', '\n']), "{}", code);
            prop_assert_eq!(read_literal(&code), Some(text));
        }
    }
}
