//! Values in example code: JSON as people write it, JavaScript and PHP literals, form-encoded bodies.
//!
//! The docs show each request in several languages, and many examples are not quite valid: a trailing comma, an
//! ellipsis for "and so on", a comment behind a value, a shell quote in the middle. Each reader here turns one text
//! into a [`serde_json::Value`] as a person would, and lists as [`Fault`]s what it had to forgive:
//!
//! | reader | reads |
//! | --- | --- |
//! | [`json`] | JSON blocks; strictly first, leniently where that fails |
//! | [`js`] | JavaScript object and array literals |
//! | [`php`] | PHP arrays and `print_r` dumps |
//! | [`form`] | `a[b]=c&d=e` bodies and query strings |
//! | [`typescript`], [`go`] | type declarations, to [`shape::Shape`]s |
//! | [`shell`] | the words of a shell command, for what stands behind `curl` |
//!
//! ```
//! use bitrix24_codegen::literal::{FaultKind, json};
//!
//! let read = json::read("{ \"id\": 7, \"tags\": ['a', ...], }").unwrap();
//! assert_eq!(read.value.to_string(), r#"{"id":7,"tags":["a"]}"#);
//! assert_eq!(read.faults[1].kind, FaultKind::Ellipsis);
//! ```
//!
//! The texts come from outside, so every reader is one pass without backtracking, refuses texts beyond [`MAX_TEXT`]
//! and nesting beyond [`MAX_DEPTH`], and never panics.

mod braces;
pub(crate) mod code;
mod cursor;
pub mod form;
pub mod go;
pub mod js;
pub mod json;
pub mod php;
pub mod shape;
pub mod shell;
pub mod typescript;

use serde_json::Value;

/// Whether a text of an example stands for a value: `<ID>`, `**id**`, `{{id}}`, `…`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    text.contains(['<', '{', '*', '$', '…', '%', '_']) || text.contains("...")
}

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 1 << 20;

/// The deepest nesting that is read.
pub const MAX_DEPTH: u32 = 64;

/// What a reader made of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The value; what is not a literal (a variable, a call) is `null` in it, with a fault.
    pub value: Value,
    /// Further values behind the first: some blocks show several, one below the other.
    pub more: Vec<Value>,
    /// What was forgiven, in the text's order. None: the text is valid, and all of it is literal.
    pub faults: Vec<Fault>,
    /// The byte behind what was read.
    pub end: usize,
}

/// Something that a reader had to forgive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset in the text.
    pub at: usize,
    /// What it is.
    pub kind: FaultKind,
}

/// What a reader forgives; the text completes "JSON does not allow …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FaultKind {
    /// `[1, 2,]`
    #[error("a comma behind the last member")]
    TrailingComma,
    /// `[1 2]`
    #[error("members without a comma between them")]
    MissingComma,
    /// `// …`, `/* … */`
    #[error("comments")]
    Comment,
    /// `...` or `…` for what is left out.
    #[error("an ellipsis for what is left out")]
    Ellipsis,
    /// `'text'`
    #[error("strings in single quotes")]
    SingleQuotes,
    /// `{key: 1}`
    #[error("keys without quotes")]
    UnquotedKey,
    /// `"key" => 1`
    #[error("`=>` or `=` behind a key, where `:` belongs")]
    Arrow,
    /// A line break or a tab within a string.
    #[error("line breaks or tabs within a string: escape them")]
    RawControl,
    /// `"\M"`
    #[error("a backslash that escapes nothing: double it")]
    Escape,
    /// `"the field "name" is missing"`
    #[error("unescaped quotes within a string")]
    InnerQuote,
    /// `"abc` up to the line's end.
    #[error("a string without its closing quote")]
    OpenString,
    /// `01`, `+1`, `0x1F`
    #[error("a number that starts with `0` or `+`, or is not decimal")]
    Number,
    /// `True`, `None`
    #[error("`True`, `None` and the like: it has `true`, `false` and `null`")]
    Constant,
    /// A variable, a call: read as `null`.
    #[error("a word without quotes that is neither a number nor a constant")]
    NotLiteral,
    /// `**put_id_here**`, `<id>`, `$id`: read as `null`.
    #[error("a placeholder without quotes")]
    Placeholder,
    /// Prose where a value, a comma or a key belongs.
    #[error("text without quotes")]
    BareText,
    /// `{"a": }`
    #[error("a key without a value")]
    MissingValue,
    /// `{{…}, {…}}`
    #[error("a value without a key in an object")]
    MissingKey,
    /// `"a": 1` without braces around it.
    #[error("members without braces around them")]
    MissingBraces,
    /// The text ends before the value does.
    #[error("a text that ends before its brackets are closed")]
    Unclosed,
    /// `[1}`
    #[error("a closing bracket of the other kind")]
    WrongBracket,
    /// Text before or behind the value.
    #[error("text around the value")]
    Outside,
    /// Several values one after another.
    #[error("several values one after another")]
    SeveralValues,
}

impl FaultKind {
    /// Whether it stands for what the author chose not to write: no mistake, but no JSON either.
    pub fn is_deliberate(self) -> bool {
        matches!(self, FaultKind::Comment | FaultKind::Ellipsis)
    }
}

/// The first mistake, else the first thing left out on purpose. A placeholder is neither: whoever takes the example fills
/// it in.
pub fn worst(faults: &[Fault]) -> Option<&Fault> {
    let mut told = faults.iter().filter(|fault| fault.kind != FaultKind::Placeholder);
    told.clone().find(|fault| !fault.kind.is_deliberate()).or_else(|| told.next())
}

/// Why a text could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at}")]
pub struct Error {
    /// Byte offset in the text.
    pub at: usize,
    /// What would have been read there.
    pub expected: &'static str,
}

/// Reads a block of data as its text shows itself: a PHP array or dump, else JSON. The fence does not tell, since the
/// docs call dumps `json` too.
///
/// # Errors
///
/// As [`json::read`] and [`php::read`].
pub fn read(text: &str) -> Result<Read, Error> {
    if php::opens(text) { php::read(text) } else { json::read(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_all(text: &str) {
        for read in [json::read(text), js::read(text), php::read(text), read(text)].into_iter().flatten() {
            assert!(read.end <= text.len());
            assert!(read.faults.iter().all(|fault| text.is_char_boundary(fault.at)), "{:?}", read.faults);
        }
        let _ = js::object(text);
        form::read(text);
        let _ = typescript::shape(text);
        for types in [typescript::read(text), go::read(text)] {
            types.0.values().for_each(|shape| drop(types.resolve(shape)));
        }
        for language in [code::Language::JavaScript, code::Language::Php] {
            let _ = code::scan(text, language);
        }
        assert!(shell::words(text).unwrap().iter().all(|word| text.is_char_boundary(word.at)));
    }

    /// Text made of what the readers look for.
    fn code() -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &[
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "\"",
            "'",
            "`",
            "\\",
            "\\\"",
            ":",
            ",",
            "=>",
            "...",
            "…",
            "//",
            "/*",
            "*/",
            "#",
            "\n",
            " ",
            "$",
            "${",
            "$(",
            "Array",
            "Array (",
            "array(",
            "[a] => ",
            "\"a\": ",
            "'b' => ",
            "c: ",
            "0",
            "-1.5e3",
            "0x",
            "true",
            "new Date()",
            "as X",
            "\\u00",
            "\\ud83d",
            "<?php",
            "текст",
            "=",
            "&",
            ".",
            ";",
            "[",
            "a[b]=",
            "%",
        ];
        prop::collection::vec(prop::sample::select(PARTS), 0..60).prop_map(|parts| parts.concat())
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from);
            let object = prop::collection::vec((any::<String>(), inner), 0..6);
            prop_oneof![list, object.prop_map(|members| Value::Object(members.into_iter().collect()))]
        })
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in any::<String>()) {
            read_all(&text);
        }

        #[test]
        fn no_code_makes_a_reader_panic(text in code()) {
            read_all(&text);
        }

        #[test]
        fn no_broken_json_makes_a_reader_panic(value in json_value(), cut in any::<prop::sample::Index>(), put in code()) {
            let mut text = format!("{value:#}");
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            text.insert_str(*cut.get(&cuts), &put);
            read_all(&text);
        }

        #[test]
        fn json_with_a_last_comma_reads_as_without(value in json_value()) {
            let list = format!("[{value},]");
            let read = json::read(&list).unwrap();
            prop_assert_eq!(&read.value[0], &serde_json::from_str::<Value>(&value.to_string()).unwrap());
            prop_assert_eq!(read.faults.len(), 1);
        }
    }

    /// Each of these, repeated, would take minutes if a reader went over what is behind it again and again.
    #[test]
    fn reading_is_linear() {
        let parts = [
            "[",
            "{",
            "(",
            "\"",
            "'",
            "`${",
            "\"\" ",
            "\" \"",
            "\"a\":",
            "a:",
            "'a' =>",
            "[a] => ",
            "[a] => 1 ",
            "[ ",
            "( ",
            " )",
            "/*",
            "// \n",
            "\"\n",
            "\n",
            " ",
            "\\",
            "\\\"",
            "...",
            "… ",
            "${",
            "$(",
            "' ",
            "a ",
            "a\n",
            ",",
            ":",
            "=>",
            "1 ",
            "1,",
            "Array (",
            "Array ",
            "a[",
            "a[b]=1&",
            "\\\n-",
            "x {",
            "[\n",
            "{\"a\":[",
        ];
        for part in parts {
            read_all(&part.repeat((1 << 16) / part.len()));
        }
    }
}
