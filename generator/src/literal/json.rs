//! JSON as people write it in docs.
//!
//! A text that is JSON is read by `serde_json`. Any other is read once more by this reader, which takes each mistake
//! for what its author meant: see [`FaultKind`] for the list.

use serde_json::Value;

use super::braces::{self, Dialect};
use super::cursor::{Cursor, number};
use super::{Error, FaultKind, MAX_TEXT, Read};

/// The longest key that is looked for where no brace stands before it, in characters.
const MAX_KEY: usize = 100;

/// Reads a block of JSON.
///
/// # Errors
///
/// When the text holds no value, is too long, or is nested too deep.
pub fn read(text: &str) -> Result<Read, Error> {
    if text.len() <= MAX_TEXT
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(Read { value, end: text.len(), ..Read::default() });
    }
    let mut c = Cursor::new(text)?;
    let mut values = Vec::new();
    while let Some(value) = top(&mut c)? {
        if !values.is_empty() {
            c.fault(FaultKind::SeveralValues);
        }
        values.push(value);
    }
    if values.is_empty() {
        return c.expected("a JSON value");
    }
    if c.faults.is_empty() {
        // Nothing but what JSON does not count as white space is left as the cause.
        c.fault_at(0, FaultKind::Outside);
    }
    let value = values.remove(0);
    Ok(Read { value, more: values, faults: c.faults, end: c.at })
}

/// The next value at the top, whatever text stands before it.
fn top(c: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
    loop {
        braces::blanks::<Lenient>(c);
        let start = c.at;
        match c.peek() {
            None => return Ok(None),
            Some('{' | '[') => {
                let value = braces::value::<Lenient>(c)?;
                return Ok(match value {
                    // Braces doubled: what they hold is the value.
                    Some(Value::Array(mut only)) if only.len() == 1 && c.text[start..].starts_with('{') => only.pop(),
                    value => value,
                });
            }
            Some(start) if (start.is_ascii_alphabetic() || matches!(start, '"' | '\'')) && opens_member(c.rest()) => {
                c.fault(FaultKind::MissingBraces);
                let (members, _) = c.deeper(|c| braces::members::<Lenient>(c, false))?;
                return Ok(Some(members.into_iter().map(|member| (member.key, member.value)).collect()));
            }
            Some('"') => return braces::value::<Lenient>(c),
            Some(_) => {
                let word = c.take_while(|c| !matches!(c, '{' | '[' | '"' | '\n'));
                let whole = start == 0 && c.rest().trim().is_empty();
                if let Some(value) = serde_json::from_str(word.trim()).ok().filter(|_| whole) {
                    return Ok(Some(value));
                }
                if !word.trim().trim_matches(',').is_empty() {
                    c.fault_at(start, FaultKind::Outside);
                }
                if c.starts("\"") && !opens_member(c.rest()) {
                    c.bump();
                }
            }
        }
    }
}

/// Whether a key starts here, with a value behind its colon.
fn opens_member(text: &str) -> bool {
    // Bounded, since this is asked at every place of a line.
    let head = || text.char_indices().take(MAX_KEY);
    let end = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            head().skip(1).find(|(_, c)| *c == quote || *c == '\n').filter(|(_, c)| *c == quote).map(|(at, _)| at + 1)
        }
        _ => head().find(|(_, c)| !c.is_ascii_alphanumeric() && *c != '_').map(|(at, _)| at),
    };
    let Some(end) = end else { return false };
    let Some(value) = text[end..].trim_start_matches([' ', '\t']).strip_prefix(':').map(str::trim_start) else {
        return false;
    };
    value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '{' | '[' | '"' | '\'' | '-'))
        || ["true", "false", "null"].iter().any(|word| value.starts_with(word))
}

/// The dialect of a block that is not quite JSON.
struct Lenient;

impl Dialect for Lenient {
    const STRICT: bool = true;

    fn string(c: &mut Cursor<'_>, quote: char, key: bool) -> String {
        let mut out = String::new();
        loop {
            out.push_str(c.take_while(|c| c != quote && c != '\\' && c >= ' '));
            let at = c.at;
            match c.bump() {
                None => {
                    c.fault(FaultKind::OpenString);
                    return out;
                }
                // Within a string of JSON the quotes are `\"`.
                Some('\\') if quote == '\\' && c.eat("\"") => return out,
                Some('\\') => {
                    if c.starts("'") || c.starts("`") || c.starts("$") || c.starts("v") || c.starts("0") {
                        c.fault_at(at, FaultKind::Escape);
                    }
                    c.escape(&mut out);
                }
                Some(next) if next == quote => {
                    if closing(c.rest(), quote, key) {
                        return out;
                    }
                    c.fault_at(at, FaultKind::InnerQuote);
                    out.push(quote);
                }
                Some('\n') if next_line_opens(c.rest()) => {
                    c.fault_at(at, FaultKind::OpenString);
                    c.at = at;
                    out.truncate(out.trim_end_matches(',').len());
                    return out;
                }
                Some(control) => {
                    c.fault_at(at, FaultKind::RawControl);
                    out.push(control);
                }
            }
        }
    }

    fn bare(c: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
        let start = c.at;
        let word = bare_word(c.rest());
        c.at += word.len();
        let word = word.trim_end();
        let (first, prose) = word.split_once(char::is_whitespace).unwrap_or((word, ""));
        let (value, kind) = if let Ok(value) = serde_json::from_str::<Value>(first) {
            (value, None)
        } else if let Some((value, _)) = number(first) {
            (value, Some(FaultKind::Number))
        } else {
            match first.to_ascii_lowercase().as_str() {
                "true" => (Value::Bool(true), Some(FaultKind::Constant)),
                "false" => (Value::Bool(false), Some(FaultKind::Constant)),
                "null" | "none" => (Value::Null, Some(FaultKind::Constant)),
                _ if is_mark(word) => (Value::Null, Some(FaultKind::Placeholder)),
                _ if word.is_ascii() && prose.is_empty() => (Value::Null, Some(FaultKind::NotLiteral)),
                _ => {
                    c.fault_at(start, FaultKind::BareText);
                    return Ok(Some(Value::String(word.to_owned())));
                }
            }
        };
        if let Some(kind) = kind {
            c.fault_at(start, kind);
        }
        if !matches!(kind, Some(FaultKind::NotLiteral | FaultKind::Placeholder)) && !prose.is_empty() {
            c.fault_at(start + first.len(), FaultKind::BareText);
        }
        Ok(Some(value))
    }

    fn behind(c: &mut Cursor<'_>, _start: usize, value: Value) -> Value {
        c.take_while(|c| matches!(c, ' ' | '\t'));
        let next = c.peek();
        if !matches!(next, None | Some(',' | '}' | ']' | '\n' | '\r' | '"' | '{' | '[' | '.' | '…' | '/')) {
            c.fault(FaultKind::BareText);
            Lenient::skip(c);
        }
        value
    }

    fn skip(c: &mut Cursor<'_>) {
        c.take_while(|c| !matches!(c, ',' | '{' | '}' | '[' | ']' | '"' | '\n'));
    }
}

/// Whether the text is in signs that mark a placeholder: `<id of a task>`, `**put it here**`, `$(date +%F)`.
fn is_mark(word: &str) -> bool {
    let variable = word.starts_with('$') && !word.contains(char::is_whitespace);
    variable
        || [("<", ">"), ("**", "**"), ("$(", ")"), ("{{", "}}")]
            .iter()
            .any(|(open, close)| word.starts_with(open) && word.ends_with(close))
}

/// The text without quotes at this place, up to what ends a value or a comment.
fn bare_word(rest: &str) -> &str {
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        let comment = c == '/' && before.is_whitespace() && rest[at + 1..].starts_with(['/', '*']);
        if comment || matches!(c, ',' | '{' | '}' | '[' | ']' | '"' | '\n') {
            return &rest[..at.max(usize::from(at == 0) * c.len_utf8())];
        }
        before = c;
    }
    rest
}

/// Whether the quote before `rest` closes its string. One within the string has text behind it and a further quote on
/// its line that does not open the next member.
fn closing(rest: &str, quote: char, key: bool) -> bool {
    let behind = rest.trim_start_matches([' ', '\t', '\r']);
    match behind.chars().next() {
        None | Some(',' | '}' | ']' | '\n') => return true,
        Some(':') if key => return true,
        Some('=') if key && behind.starts_with("=>") => return true,
        Some(next) if next == quote && behind.len() < rest.len() => return true,
        Some('/') if behind.starts_with("//") || behind.starts_with("/*") => return true,
        _ => {}
    }
    let next = rest.find([quote, '\n']);
    next.is_none_or(|at| rest[at..].starts_with('\n') || rest[..at].trim_end().ends_with(','))
}

/// Whether the next line starts with a key, a string or a closing bracket: then the string before it was left open.
fn next_line_opens(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t']).starts_with(['"', '}', ']'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::FaultKind::*;

    /// Reads, and tells the value and the kinds of fault.
    fn forgiving(text: &str) -> (String, Vec<FaultKind>) {
        let read = read(text).unwrap();
        (read.value.to_string(), read.faults.iter().map(|fault| fault.kind).collect())
    }

    #[test]
    fn valid_json_is_read_as_it_is() {
        let read = read("{\"b\": 1.50, \"a\": [null, \"\\u0431\"]}").unwrap();
        assert_eq!(read.value.to_string(), r#"{"b":1.5,"a":[null,"б"]}"#);
        assert_eq!((read.faults, read.more), (vec![], vec![]));
    }

    #[test]
    fn each_mistake_is_read_as_it_was_meant_and_named() {
        let cases: &[(&str, &str, &[FaultKind])] = &[
            ("[1, 2,]", "[1,2]", &[TrailingComma]),
            ("{'a': 'b'}", r#"{"a":"b"}"#, &[SingleQuotes, SingleQuotes]),
            ("{\"a\": 1,\n ...\n}", r#"{"a":1}"#, &[Ellipsis]),
            ("[1,\n ...\n 7]", "[1,7]", &[Ellipsis]),
            ("{\"a\" => \"x\", \"b\": 2}", r#"{"a":"x","b":2}"#, &[Arrow]),
            ("{a: 1, b_2: 2}", r#"{"a":1,"b_2":2}"#, &[UnquotedKey, UnquotedKey]),
            ("{\"a\": 1 // first\n, /* then */ \"b\": 2}", r#"{"a":1,"b":2}"#, &[Comment, Comment]),
            ("[{\"a\": 1}, ..., {…}]", r#"[{"a":1},{}]"#, &[Ellipsis, Ellipsis]),
            ("[{\"a\": 1},\n ещё 48 таких\n]", r#"[{"a":1}]"#, &[BareText]),
            ("{\"a\": 1\n \"b\": 2}", r#"{"a":1,"b":2}"#, &[MissingComma]),
            ("{\"a\": \"x\" - имя, \"b\": 7 штук}", r#"{"a":"x","b":7}"#, &[BareText, BareText]),
            ("[\"one\ntwo\", \"tab\there\"]", r#"["one\ntwo","tab\there"]"#, &[RawControl, RawControl]),
            ("{\"a\": \"x,\n \"b\": 2}", r#"{"a":"x","b":2}"#, &[OpenString, MissingComma]),
            ("[\"A\\Main\\\\B\\/C\"]", r#"["A\\Main\\B/C"]"#, &[Escape]),
            ("[\"no \"name\" given\"]", r#"["no \"name\" given"]"#, &[InnerQuote, InnerQuote]),
            ("[01, +2, 0x1F, .5]", "[1,2,31,0.5]", &[Number, Number, Number, Number]),
            ("[True, None, NaN, undefined]", "[true,null,null,null]", &[Constant, Constant, NotLiteral, NotLiteral]),
            ("{\"id\": **put_id_here**, \"to\": <id of a chat>}", r#"{"id":null,"to":null}"#, &[Placeholder; 2]),
            ("{\"a\": результат метода}", r#"{"a":"результат метода"}"#, &[BareText]),
            ("{\"a\": , \"b\": 1}", r#"{"a":null,"b":1}"#, &[MissingValue]),
            ("{\"list\": {{\"a\": 1}, {\"a\": 2}}}", r#"{"list":[{"a":1},{"a":2}]}"#, &[MissingKey, MissingKey]),
            ("{{\"a\": 1}}", r#"{"a":1}"#, &[MissingKey]),
            ("\"a\": {\"b\": 1},", r#"{"a":{"b":1}}"#, &[MissingBraces]),
            ("fields:\n{\"b\": 1}", r#"{"fields":{"b":1}}"#, &[MissingBraces, UnquotedKey]),
            ("HTTP/1.1 200 OK\nServer: x\n\n{\"a\": 1}", r#"{"a":1}"#, &[Outside, Outside]),
            ("{\"a\": [1, 2}", r#"{"a":[1,2]}"#, &[WrongBracket, Unclosed]),
            ("{\\\"error\\\":422,\\\"text\\\":\\\"x\\\"}", r#"{"error":422,"text":"x"}"#, &[Escape; 3]),
        ];
        for (text, value, faults) in cases {
            assert_eq!(forgiving(text), ((*value).to_owned(), faults.to_vec()), "{text}");
        }
    }

    #[test]
    fn a_comma_too_many_is_told_where_it_stands() {
        let text = "{\"a\": 1,\n}";
        let fault = read(text).unwrap().faults[0];
        assert_eq!((&text[fault.at..], fault.kind), (",\n}", TrailingComma));
    }

    #[test]
    fn values_one_below_the_other_are_all_kept() {
        let read = read("{\"a\": 1}\n{\"a\": 2}\n").unwrap();
        assert_eq!((read.value.to_string(), read.more.len()), (r#"{"a":1}"#.to_owned(), 1));
        assert_eq!(read.more[0].to_string(), r#"{"a":2}"#);
    }

    #[test]
    fn an_error_says_where_and_what_was_expected() {
        assert_eq!(read("nothing here").unwrap_err().to_string(), "expected a JSON value at byte 12");
        let deep = "[".repeat(100) + ",";
        assert_eq!(read(&deep).unwrap_err().to_string(), "expected no more than 64 levels of nesting at byte 65");
    }
}
