//! Objects in braces and arrays in brackets, as JSON and JavaScript share them.

use serde_json::{Map, Value};

use super::cursor::{Cursor, is_word};
use super::{Error, FaultKind};

/// What differs between the two languages.
pub(super) trait Dialect {
    /// Whether single quotes, bare keys, comments and a last comma are faults.
    const STRICT: bool;

    /// The rest of a string behind its opening quote, which is a key where `key` says so.
    fn string(c: &mut Cursor<'_>, quote: char, key: bool) -> String;

    /// A value that starts with neither a quote nor a bracket; `None` where there is none to speak of.
    fn bare(c: &mut Cursor<'_>) -> Result<Option<Value>, Error>;

    /// What may stand between a value and the next `,` or bracket; `start` is where the value began.
    fn behind(c: &mut Cursor<'_>, start: usize, value: Value) -> Value;

    /// Passes over what cannot be read, up to where the next member may start.
    fn skip(c: &mut Cursor<'_>);
}

/// One member of an object.
pub(crate) struct Member {
    pub(crate) key: String,
    /// Where its value starts.
    pub(crate) at: usize,
    /// The byte behind its value.
    pub(crate) end: usize,
    pub(crate) value: Value,
}

/// White space and comments.
pub(super) fn blanks<D: Dialect>(c: &mut Cursor<'_>) {
    c.take_while(char::is_whitespace);
    let start = c.at;
    if c.blanks() && D::STRICT {
        c.fault_at(start, FaultKind::Comment);
    }
}

/// One value; `None` where nothing but a mark of punctuation or the end is there.
pub(super) fn value<D: Dialect>(c: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
    blanks::<D>(c);
    let start = c.at;
    let value = match c.peek() {
        None | Some(',' | '}' | ']' | ')' | ';' | ':') => return Ok(None),
        Some('{') => {
            c.at += 1;
            let (members, keyless) = c.deeper(|c| members::<D>(c, true))?;
            if members.is_empty() && !keyless.is_empty() {
                Value::Array(keyless)
            } else {
                Value::Object(members.into_iter().map(|member| (member.key, member.value)).collect::<Map<_, _>>())
            }
        }
        Some('[') => {
            c.at += 1;
            Value::Array(c.deeper(items::<D>)?)
        }
        Some(_) => match quote::<D>(c) {
            Some(quote) => Value::String(D::string(c, quote, false)),
            None => match D::bare(c)? {
                Some(value) => value,
                None => return Ok(None),
            },
        },
    };
    Ok(Some(D::behind(c, start, value)))
}

/// Takes an opening quote. `\"` is one too: some blocks show JSON as it stands within a string.
fn quote<D: Dialect>(c: &mut Cursor<'_>) -> Option<char> {
    if D::STRICT && c.starts("\\\"") {
        c.fault(FaultKind::Escape);
        c.at += 2;
        return Some('\\');
    }
    let quote = c.peek().filter(|quote| matches!(quote, '"' | '\''))?;
    if quote == '\'' && D::STRICT {
        c.fault(FaultKind::SingleQuotes);
    }
    c.at += 1;
    Some(quote)
}

/// What can stand at the start of a member.
enum Start {
    Key(String),
    Keyless(Value),
    Nothing,
}

/// The members of an object behind its `{`, and the values among them that have no key; `braced` is false for members
/// that stand without braces, up to the text's end.
pub(super) fn members<D: Dialect>(c: &mut Cursor<'_>, braced: bool) -> Result<(Vec<Member>, Vec<Value>), Error> {
    let (mut members, mut keyless) = (Vec::new(), Vec::new());
    let (mut separated, mut comma) = (true, None);
    loop {
        blanks::<D>(c);
        if closes::<D>(c, '}', braced, comma.filter(|_| !(members.is_empty() && keyless.is_empty()))) {
            return Ok((members, keyless));
        }
        let start = c.at;
        if c.eat(",") {
            (separated, comma) = (true, Some(start));
            continue;
        }
        if ellipsis(c) {
            (separated, comma) = (true, None);
            continue;
        }
        comma = None;
        match member_start::<D>(c)? {
            Start::Key(key) => {
                if !std::mem::replace(&mut separated, false) {
                    c.fault_at(start, FaultKind::MissingComma);
                }
                blanks::<D>(c);
                let at = c.at;
                let value = value::<D>(c)?.unwrap_or_else(|| {
                    c.fault(if D::STRICT { FaultKind::MissingValue } else { FaultKind::NotLiteral });
                    Value::Null
                });
                members.push(Member { key, at, end: c.at, value });
            }
            Start::Keyless(value) => {
                separated = false;
                c.fault_at(start, FaultKind::MissingKey);
                keyless.push(value);
            }
            Start::Nothing => {
                D::skip(c);
                if c.at == start {
                    c.bump();
                }
            }
        }
    }
}

fn member_start<D: Dialect>(c: &mut Cursor<'_>) -> Result<Start, Error> {
    let start = c.at;
    let key = if let Some(quote) = quote::<D>(c) {
        D::string(c, quote, true)
    } else if c.starts("{") || (D::STRICT && c.starts("[")) {
        return Ok(value::<D>(c)?.map_or(Start::Nothing, Start::Keyless));
    } else if !D::STRICT && c.eat("[") {
        return computed_key::<D>(c);
    } else if D::STRICT {
        let key = c.take_while(|c| !matches!(c, ':' | ',' | '{' | '}' | '[' | ']' | '"' | '\n')).trim();
        let kind = if c.starts(":") && !key.is_empty() { FaultKind::UnquotedKey } else { FaultKind::BareText };
        c.fault_at(start, kind);
        if kind == FaultKind::BareText {
            return Ok(Start::Nothing);
        }
        key.to_owned()
    } else {
        c.word().to_owned()
    };
    let end = c.at;
    c.take_while(char::is_whitespace);
    if c.eat(":") {
        return Ok(Start::Key(key));
    }
    if c.eat("=>") || c.eat("=") {
        c.fault_at(end, FaultKind::Arrow);
        return Ok(Start::Key(key));
    }
    // `{id}` in JavaScript; `{"text"}` in JSON.
    if end > start && matches!(c.peek(), None | Some(',' | '}' | '(')) {
        if D::STRICT {
            return Ok(Start::Keyless(Value::String(key)));
        }
        return Ok(Start::Key(key));
    }
    c.fault_at(start, if D::STRICT { FaultKind::BareText } else { FaultKind::NotLiteral });
    Ok(Start::Nothing)
}

/// `['key']: …` in JavaScript, behind the `[`.
fn computed_key<D: Dialect>(c: &mut Cursor<'_>) -> Result<Start, Error> {
    let start = c.at - 1;
    let key = value::<D>(c)?;
    let closed = c.eat("]");
    blanks::<D>(c);
    match key {
        Some(Value::String(key)) if closed && c.eat(":") => Ok(Start::Key(key)),
        // Reported as a value already.
        Some(Value::Null) => Ok(Start::Nothing),
        _ => {
            c.fault_at(start, FaultKind::NotLiteral);
            Ok(Start::Nothing)
        }
    }
}

/// The items of an array behind its `[`.
fn items<D: Dialect>(c: &mut Cursor<'_>) -> Result<Vec<Value>, Error> {
    let mut items = Vec::new();
    let (mut separated, mut comma) = (true, None);
    loop {
        blanks::<D>(c);
        if closes::<D>(c, ']', true, comma.filter(|_| !items.is_empty())) {
            return Ok(items);
        }
        let start = c.at;
        if c.eat(",") {
            (separated, comma) = (true, Some(start));
            continue;
        }
        if ellipsis(c) {
            (separated, comma) = (true, None);
            continue;
        }
        comma = None;
        let faults = c.faults.len();
        let Some(item) = value::<D>(c)? else {
            D::skip(c);
            if c.at == start {
                c.bump();
            }
            continue;
        };
        // Prose among items says that there are more of them.
        let prose = c.faults.get(faults).is_some_and(|fault| fault.at == start && fault.kind == FaultKind::BareText);
        if prose && item.is_string() {
            continue;
        }
        if !std::mem::replace(&mut separated, false) {
            c.fault_at(start, FaultKind::MissingComma);
        }
        items.push(item);
    }
}

/// Whether the container ends here, which the closing bracket, one of the other kind, or the text's end may tell; `comma`
/// is where the comma stands that nothing follows.
fn closes<D: Dialect>(c: &mut Cursor<'_>, close: char, braced: bool, comma: Option<usize>) -> bool {
    match c.peek() {
        None if braced => c.fault(FaultKind::Unclosed),
        None => {}
        Some(mark) if mark == close && braced => {
            if let Some(comma) = comma
                && D::STRICT
            {
                c.fault_at(comma, FaultKind::TrailingComma);
            }
            c.at += 1;
        }
        // The bracket that is meant, mistyped. It is taken, or the levels above would close early too.
        Some('}' | ']') if braced => {
            c.fault(FaultKind::WrongBracket);
            c.at += 1;
        }
        Some(')' | ';') if !D::STRICT => c.fault(FaultKind::Unclosed),
        _ => return false,
    }
    true
}

/// `...` or `…` for what is left out; `...name` is JavaScript's spread and not one.
fn ellipsis(c: &mut Cursor<'_>) -> bool {
    let dots = c.rest().bytes().take_while(|b| *b == b'.').count();
    let length = if dots >= 2 { dots } else { '…'.len_utf8() };
    let there = dots >= 2 || c.starts("…");
    if !there || c.rest()[length..].starts_with(|c: char| is_word(c) || matches!(c, '(' | '[' | '{')) {
        return false;
    }
    c.fault(FaultKind::Ellipsis);
    c.at += length;
    true
}
