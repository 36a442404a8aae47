//! Types as `overrides.toml` writes them.

use crate::model::{EnumValue, Kind, Type, Wire};

/// Reads `integer as string`, `string[]`, `double{}`, `date?`, `"Y" | "N"`, `object:ID`.
pub(super) fn parse(text: &str) -> Result<Type, String> {
    let mut types = Vec::new();
    let mut values = Vec::new();
    for part in split(text) {
        let part = part.trim();
        if let Some(value) = part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            values.push(EnumValue { value: value.to_owned(), description: String::new() });
        } else {
            types.push(one(part)?);
        }
    }
    if !values.is_empty() {
        types.insert(0, Type::of(Kind::Enum(values)));
    }
    Ok(if types.len() == 1 { types.remove(0) } else { Type::of(Kind::Union(types)) })
}

/// The alternatives; a `|` within quotes is none.
fn split(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let bar = |c: char| {
        quoted ^= c == '"';
        c == '|' && !quoted
    };
    text.split(bar).collect()
}

fn one(text: &str) -> Result<Type, String> {
    let (rest, wrap): (&str, fn(Type) -> Type) = if let Some(rest) = text.strip_suffix("[]") {
        (rest, Type::array)
    } else if let Some(rest) = text.strip_suffix("{}") {
        (rest, Type::map)
    } else if let Some(rest) = text.strip_suffix('?') {
        (rest, |ty| Type { nullable: true, ..ty })
    } else {
        return plain(text);
    };
    Ok(wrap(one(rest.trim_end())?))
}

fn plain(text: &str) -> Result<Type, String> {
    if let Some(id) = text.strip_prefix("object:") {
        return Ok(Type::object(id));
    }
    let (kind, wire) = match text.split_once(" as ") {
        Some((kind, wire)) => (kind.trim(), Some(wire.trim())),
        None => (text, None),
    };
    let kind = Kind::plain(kind).ok_or_else(|| {
        let kinds: Vec<&str> = Kind::PLAIN.iter().map(|(name, _)| *name).collect();
        format!(
            "`{kind}` is not a type: write one of {}, values in quotes, or `object:ID`, and behind it `[]`, `{{}}` or `?`",
            kinds.join(", ")
        )
    })?;
    let wire = match wire {
        None => None,
        Some("string") => Some(Wire::String),
        Some("yn") => Some(Wire::Yn),
        Some("int") => Some(Wire::Int),
        Some(other) => return Err(format!("`{other}` is no way to travel: write `string`, `yn` or `int` behind `as`")),
    };
    Ok(Type { wire, ..Type::of(kind) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_the_model_writes_them() {
        let json = |text: &str| serde_json::to_string(&parse(text).unwrap()).unwrap();
        assert_eq!(json("integer as string"), r#"{"kind":"integer","wire":"string"}"#);
        assert_eq!(json("date?"), r#"{"kind":"date","nullable":true}"#);
        assert_eq!(json("string[]{}"), r#"{"kind":"map","value":{"kind":"array","item":{"kind":"string"}}}"#);
        assert_eq!(json(r#""Y" | "a|b""#), r#"{"kind":"enum","values":["Y","a|b"]}"#);
        assert_eq!(json("object:crm.deal.get/deal"), r#"{"kind":"object","object":"crm.deal.get/deal"}"#);
        assert_eq!(json("integer | string"), r#"{"kind":"union","any_of":[{"kind":"integer"},{"kind":"string"}]}"#);
    }

    #[test]
    fn what_is_no_type_is_told() {
        assert!(parse("number").unwrap_err().starts_with("`number` is not a type: write one of integer, double,"));
        assert!(parse("").unwrap_err().starts_with("`` is not a type"));
        assert!(parse("boolean as text").unwrap_err().contains("`text` is no way to travel"));
    }
}
