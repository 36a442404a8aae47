//! Identifiers: the only way in which a text of the docs becomes Rust that is not a literal.
//!
//! A name of the model is checked, never mended, so that the model stays the place where names are made; a keyword is
//! escaped. A name that the emitter makes itself (from a value of an enum) is made of ASCII letters and digits only.

use heck::ToUpperCamelCase as _;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

use super::Error;

/// What emitted code itself calls by a short name: a module of that name in its way gets a `_`.
const MODULES: [&str; 12] = ["rt", "bool", "char", "core", "f64", "i64", "std", "str", "u16", "u64", "u8", "usize"];

/// Segments that cannot be raw identifiers.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// The other keywords of all editions, in order: the Reference, "Keywords".
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The identifier `name`, escaped where it is a keyword; `what` says in an error whose name it is.
pub(super) fn checked(name: &str, what: impl FnOnce() -> String) -> Result<Ident, Error> {
    if !is_plain(name) {
        return Err(Error::Identifier { name: name.to_owned(), what: what() });
    }
    Ok(escaped(name))
}

/// The segment of a module's path.
pub(super) fn module(name: &str, what: impl FnOnce() -> String) -> Result<Ident, Error> {
    if MODULES.contains(&name) {
        return Ok(Ident::new(&format!("{name}_"), Span::call_site()));
    }
    checked(name, what)
}

/// Letters, digits and `_` of ASCII, not a digit first, not only `_`.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().any(|b| b != b'_')
}

fn escaped(name: &str) -> Ident {
    if NEVER_RAW.contains(&name) {
        return Ident::new(&format!("{name}_"), Span::call_site());
    }
    match KEYWORDS.binary_search(&name) {
        Ok(_) => Ident::new_raw(name, Span::call_site()),
        Err(_) => Ident::new(name, Span::call_site()),
    }
}

/// The identifier of a name that the emitter itself chose.
pub(super) fn known(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The first of `name`, `name` with a `_`, with two … that `taken` does not refuse.
pub(super) fn free_field(ident: Ident, mut taken: impl FnMut(&str) -> bool) -> Ident {
    let mut name = ident.unraw().to_string();
    if !taken(&name) {
        return ident;
    }
    while taken(&name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
}

/// The type name of a wire name: `ownerType`, `OWNER_TYPE` and `owner_type` are `OwnerType`.
pub(super) fn camel(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    // A digit between letters begins no word of its own for heck: `a1b` is `A1b`.
    ascii.to_upper_camel_case()
}

/// The variant of an enum's value: `crm_deal` is `CrmDeal`, `10` is `Value10`, `-1` is `ValueMinus1`. `None` where nothing of the
/// value can stand in an identifier.
pub(super) fn variant(value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("Empty".to_owned());
    }
    let words: String = value
        .char_indices()
        .map(|(at, c)| match c {
            '-' if at == 0 && value.len() > 1 => "minus ".to_owned(),
            '+' => " plus ".to_owned(),
            '<' => " less ".to_owned(),
            '>' => " greater ".to_owned(),
            '=' => " equal ".to_owned(),
            '!' => " not ".to_owned(),
            '%' => " percent ".to_owned(),
            c if c.is_ascii_alphanumeric() => c.to_string(),
            c if c.is_alphabetic() => "\u{0}".to_owned(),
            _ => " ".to_owned(),
        })
        .collect();
    if words.contains('\0') {
        return None;
    }
    let name = words.to_upper_camel_case();
    let number = value.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    match name.as_str() {
        "" => None,
        "Self" => Some("SelfValue".to_owned()),
        "Other" => Some("OtherValue".to_owned()),
        _ if number => Some(format!("Value{name}")),
        _ => Some(name),
    }
}

/// Gives each name of one namespace once.
#[derive(Clone, Debug, Default)]
pub(super) struct Namespace {
    taken: std::collections::BTreeSet<String>,
}

impl Namespace {
    /// A namespace in which `names` are taken.
    pub(super) fn with<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Namespace { taken: names.into_iter().map(Into::into).collect() }
    }

    /// The first of `candidates` that is free; if none is, the last with the first number from 2 that is.
    pub(super) fn take(&mut self, candidates: impl IntoIterator<Item = String>) -> String {
        let mut last = String::new();
        for candidate in candidates {
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
            last = candidate;
        }
        let mut number = 2_u32;
        loop {
            let numbered = format!("{last}{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> String {
        checked(name, || "test".to_owned()).map_or_else(|error| error.to_string(), |ident| ident.to_string())
    }

    #[test]
    fn keywords_are_escaped() {
        assert_eq!(
            ["type", "self", "Self", "super", "crate", "gen", "async", "id"].map(text),
            ["r#type", "self_", "Self_", "super_", "crate_", "r#gen", "r#async", "id"]
        );
    }

    #[test]
    fn what_is_no_identifier_is_an_error_that_names_it() {
        for name in ["", "_", "1a", "имя", "a-b", "a b", "\"; panic!()", "a\u{202e}", "r#a", "a::b"] {
            let error = checked(name, || "parameter `x` of `a.b`".to_owned()).unwrap_err().to_string();
            assert!(error.contains("parameter `x` of `a.b`"), "{error}");
        }
    }

    #[test]
    fn variants_are_named_by_the_value() {
        let of = |value: &str| variant(value).unwrap_or_else(|| "-".to_owned());
        assert_eq!(
            ["Y", "crm_deal", "CRM_DEAL", "10", "-1", "", ">=", "self", "other", "имя", "2b", "iBlock"].map(of),
            [
                "Y",
                "CrmDeal",
                "CrmDeal",
                "Value10",
                "ValueMinus1",
                "Empty",
                "GreaterEqual",
                "SelfValue",
                "OtherValue",
                "-",
                "Value2b",
                "IBlock"
            ]
        );
    }

    #[test]
    fn a_taken_name_gets_the_next_candidate_then_a_number() {
        let mut names = Namespace::with(["Kind"]);
        assert_eq!(names.take(["Kind".into(), "FieldsKind".into()]), "FieldsKind");
        assert_eq!(names.take(["Kind".into(), "FieldsKind".into()]), "FieldsKind2");
        assert_eq!(names.take(["Type".into()]), "Type");
    }
}
