//! Object and array literals of JavaScript and TypeScript.

use serde_json::Value;

use super::braces::{self, Dialect, Member};
use super::cursor::{Cursor, is_word, number};
use super::{Error, Fault, FaultKind, Read};

/// Reads the value at the start of `text`; what follows it is left alone ([`Read::end`]).
///
/// ```
/// use bitrix24_codegen::literal::js;
///
/// let read = js::read("{ id: 7, 'since': new Date(), }, (reply) => {}").unwrap();
/// assert_eq!(read.value.to_string(), r#"{"id":7,"since":null}"#);
/// assert_eq!(read.faults.len(), 1); // `new Date()` is no literal
/// ```
///
/// # Errors
///
/// When there is no value, the text is too long, or it is nested too deep.
pub fn read(text: &str) -> Result<Read, Error> {
    let mut c = Cursor::new(text)?;
    match braces::value::<Js>(&mut c)? {
        Some(value) => Ok(Read { value, more: Vec::new(), faults: c.faults, end: c.at }),
        None => c.expected("a JavaScript value"),
    }
}

/// An object, each member with its place.
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) end: usize,
}

/// Reads the object at the start of `text`, its own members with their places.
pub(crate) fn object(text: &str) -> Result<Object, Error> {
    let mut c = Cursor::new(text)?;
    c.blanks();
    if !c.eat("{") {
        return c.expected("a JavaScript object");
    }
    let (members, _) = c.deeper(|c| braces::members::<Js>(c, true))?;
    Ok(Object { members, faults: c.faults, end: c.at })
}

struct Js;

impl Dialect for Js {
    const STRICT: bool = false;

    fn string(c: &mut Cursor<'_>, quote: char, _key: bool) -> String {
        let mut out = String::new();
        loop {
            out.push_str(c.take_while(|c| c != quote && c != '\\' && c != '\n'));
            match c.peek() {
                Some('\\') => {
                    c.at += 1;
                    c.escape(&mut out);
                }
                Some('\n') | None => {
                    c.fault(FaultKind::OpenString);
                    return out;
                }
                Some(_) => {
                    c.at += 1;
                    return out;
                }
            }
        }
    }

    fn bare(c: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
        let start = c.at;
        if c.eat("`") {
            return Ok(Some(Value::String(template(c))));
        }
        let sign = c.take_while(|c| matches!(c, '-' | '+')).len();
        let digits = c.take_while(|c| is_word(c) || c == '.').len();
        let exponent = c.text[start..c.at].ends_with(['e', 'E']) && c.starts("-");
        if exponent && c.text[start + sign..].starts_with(|c: char| c.is_ascii_digit()) {
            c.at += 1;
            c.word();
        }
        if digits > 0
            && let Some((value, _)) = number(&c.text[start..c.at])
        {
            return Ok(Some(value));
        }
        c.at = start;
        let value = match c.word() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                c.fault_at(start, FaultKind::NotLiteral);
                c.skip_expression();
                return Ok((!c.text[start..].starts_with("...")).then_some(Value::Null));
            }
        };
        Ok(Some(value))
    }

    fn behind(c: &mut Cursor<'_>, start: usize, value: Value) -> Value {
        let end = c.at;
        c.blanks();
        let Some(next) = c.peek() else { return value };
        if matches!(next, ',' | '}' | ']' | ')' | ';' | ':') {
            return value;
        }
        if matches!(c.peek_word(), "as" | "satisfies") {
            c.skip_expression();
            return value;
        }
        // The next member, without a comma between.
        if c.text[end..c.at].contains('\n') && (is_word(next) || matches!(next, '"' | '\'' | '{' | '.')) {
            return value;
        }
        let text = value.is_string() && next == '+';
        c.fault_at(start, FaultKind::NotLiteral);
        c.skip_expression();
        // A string with something added is still a string.
        if text { value } else { Value::Null }
    }

    fn skip(c: &mut Cursor<'_>) {
        c.skip_expression();
    }
}

/// The rest of a template behind its backquote, with its substitutions as written.
fn template(c: &mut Cursor<'_>) -> String {
    let mut out = String::new();
    loop {
        out.push_str(c.take_while(|c| !matches!(c, '`' | '\\' | '$')));
        let start = c.at;
        match c.bump() {
            Some('\\') => c.escape(&mut out),
            Some('$') if c.eat("{") => {
                c.fault_at(start, FaultKind::NotLiteral);
                while !c.starts("}") && !c.rest().is_empty() {
                    c.skip_expression();
                    if !c.starts("}") {
                        c.bump();
                    }
                }
                c.eat("}");
                out.push_str(&c.text[start..c.at]);
            }
            Some('$') => out.push('$'),
            Some(_) => return out,
            None => {
                c.fault(FaultKind::OpenString);
                return out;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> (String, usize) {
        let read = read(text).unwrap();
        (read.value.to_string(), read.faults.len())
    }

    #[test]
    fn literals_are_read_in_all_their_spellings() {
        let text = "{ a: 'x', \"b\": `y`, ['c']: -1.5e-3, 7: [true, null,], /* no */ d: 'it\\'s', // end\n }";
        assert_eq!(value(text), (r#"{"a":"x","b":"y","c":-0.0015,"7":[true,null],"d":"it's"}"#.to_owned(), 0));
    }

    #[test]
    fn what_is_not_a_literal_is_null_and_reported() {
        let text = "{ a: new Date(), b: id, c: () => { return {x: [1, 2]}; }, d: 60 * 60, e, f() { return 1 }, g: 1 }";
        assert_eq!(value(text).0, r#"{"a":null,"b":null,"c":null,"d":null,"e":null,"f":null,"g":1}"#);
        assert_eq!(value(text).1, 6);
        assert_eq!(value("{ ...common, [key]: 1, id: 2 }"), (r#"{"id":2}"#.to_owned(), 2));
        assert_eq!(value("[1, ...others, 2]"), ("[1,2]".to_owned(), 1));
    }

    #[test]
    fn a_string_with_something_added_stays_a_string() {
        assert_eq!(value("['a' + name, `id ${user.id} of ${f({})}`]").0, r#"["a","id ${user.id} of ${f({})}"]"#);
        assert_eq!(value("['abc'.length]").0, "[null]");
    }

    #[test]
    fn type_assertions_leave_the_value() {
        assert_eq!(value("{ a: 'x' as const, b: [] as Item[] }"), (r#"{"a":"x","b":[]}"#.to_owned(), 0));
    }

    #[test]
    fn reading_stops_behind_the_value() {
        let text = "{a: 1}, (reply) => {}";
        assert_eq!(read(text).unwrap().end, 6);
    }

    #[test]
    fn members_know_their_places() {
        let text = " { method: 'a.b', params: {id: 1} }";
        let read = object(text).unwrap();
        assert_eq!(&text[read.members[1].at..], "{id: 1} }");
        assert_eq!(read.end, text.len());
    }
}
