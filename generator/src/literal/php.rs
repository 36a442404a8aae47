//! PHP arrays: literals, and the dumps that `print_r` makes of them.
//!
//! An array whose keys count from 0 becomes a list, any other an object. Dumps do not tell numbers from strings, so all
//! their values are strings.

use serde_json::{Map, Value};

use super::cursor::{Cursor, is_word, number};
use super::{Error, FaultKind, Read};

/// The longest key of a dump, in bytes.
const MAX_KEY: usize = 200;

/// Reads the value at the start of `text`, which may be assigned (`$data = [`) or returned; what follows it is left
/// alone ([`Read::end`]).
///
/// ```
/// use bitrix24_codegen::literal::php;
///
/// let literal = php::read("['id' => 7, 'tags' => array('a', 'b')]").unwrap();
/// assert_eq!(literal.value.to_string(), r#"{"id":7,"tags":["a","b"]}"#);
/// let dump = php::read("Array\n(\n    [id] => 7\n    [tags] => Array\n        (\n            [0] => a\n        )\n)").unwrap();
/// assert_eq!(dump.value.to_string(), r#"{"id":"7","tags":["a"]}"#);
/// ```
///
/// # Errors
///
/// When there is no value, the text is too long, or it is nested too deep.
pub fn read(text: &str) -> Result<Read, Error> {
    let mut c = Cursor::php(text)?;
    c.blanks();
    c.eat("<?php");
    c.blanks();
    assignment(&mut c);
    let value = if dump_key(c.rest()).is_some() {
        c.fault(FaultKind::MissingBraces);
        Some(c.deeper(entries)?)
    } else {
        value(&mut c)?
    };
    match value {
        Some(value) => Ok(Read { value, more: Vec::new(), faults: c.faults, end: c.at }),
        None => c.expected("a PHP value"),
    }
}

/// Whether `text` is PHP rather than JSON: an array in words, a dump, or a bracket with `=>` behind its first key.
pub fn opens(text: &str) -> bool {
    let text = text.trim_start();
    let array = text.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("array"));
    if text.starts_with("<?php") || (array && text[5..].trim_start().starts_with('(')) || dump_key(text).is_some() {
        return true;
    }
    let Some(first) = text.strip_prefix('[').map(str::trim_start) else { return false };
    let Some(quote) = first.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return false };
    let behind = first[1..].split_once(quote).map(|(_, behind)| behind.trim_start());
    behind.is_some_and(|behind| behind.starts_with("=>"))
}

/// Passes over `$name =` or `return`.
fn assignment(c: &mut Cursor<'_>) {
    let start = c.at;
    if c.peek_word() == "return" {
        c.word();
        c.blanks();
    } else if c.starts("$") {
        c.word();
        c.take_while(char::is_whitespace);
        if c.starts("=>") || !c.eat("=") {
            c.at = start;
        }
        c.blanks();
    }
}

/// One value; `None` where nothing but a mark of punctuation or the end is there.
fn value(c: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
    c.blanks();
    let start = c.at;
    let value = match c.peek() {
        None | Some(',' | '}' | ']' | ')' | ';' | ':') => return Ok(None),
        Some(quote @ ('"' | '\'')) => {
            c.at += 1;
            Value::String(string(c, quote))
        }
        Some('[') => {
            c.at += 1;
            c.deeper(|c| array(c, ']'))?
        }
        Some(_) => bare(c)?,
    };
    Ok(Some(behind(c, start, value)))
}

fn bare(c: &mut Cursor<'_>) -> Result<Value, Error> {
    let start = c.at;
    if opens_dump(c) {
        return c.deeper(entries);
    }
    c.take_while(|c| matches!(c, '-' | '+'));
    c.take_while(|c| is_word(c) || c == '.');
    if let Some((value, _)) = number(&c.text[start..c.at]) {
        return Ok(value);
    }
    c.at = start;
    match c.word().to_ascii_lowercase().as_str() {
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        "null" => return Ok(Value::Null),
        "array" => {
            c.blanks();
            if c.eat("(") {
                return c.deeper(|c| array(c, ')'));
            }
        }
        _ => {}
    }
    c.fault_at(start, FaultKind::NotLiteral);
    c.skip_expression();
    Ok(Value::Null)
}

/// What may stand between a value and the next `,`, `=>` or bracket.
fn behind(c: &mut Cursor<'_>, start: usize, value: Value) -> Value {
    let end = c.at;
    c.blanks();
    let Some(next) = c.peek() else { return value };
    if matches!(next, ',' | '}' | ']' | ')' | ';' | ':') || c.starts("=>") {
        return value;
    }
    // The next member, without a comma between.
    if c.text[end..c.at].contains('\n') && (is_word(next) || matches!(next, '"' | '\'' | '[')) || ellipsis(c) > 0 {
        return value;
    }
    let text = value.is_string() && next == '.';
    c.fault_at(start, FaultKind::NotLiteral);
    c.skip_expression();
    if text { value } else { Value::Null }
}

/// The length of an ellipsis at this place; `...$name` is PHP's spread and none.
fn ellipsis(c: &Cursor<'_>) -> usize {
    let dots = c.rest().bytes().take_while(|b| *b == b'.').count();
    let length = if c.starts("…") { '…'.len_utf8() } else { dots };
    let spread = c.rest()[length..].starts_with(|c: char| is_word(c) || matches!(c, '(' | '['));
    if (dots >= 2 && !spread) || c.starts("…") { length } else { 0 }
}

/// The members of an array behind its opening bracket.
fn array(c: &mut Cursor<'_>, close: char) -> Result<Value, Error> {
    let mut members = Members::default();
    let mut separated = true;
    loop {
        c.blanks();
        let start = c.at;
        match c.peek() {
            None | Some(';') => {
                c.fault(FaultKind::Unclosed);
                return Ok(members.finish());
            }
            Some(mark @ (')' | ']' | '}')) => {
                if mark != close {
                    c.fault(FaultKind::WrongBracket);
                }
                c.at += 1;
                return Ok(members.finish());
            }
            Some(',') => {
                c.at += 1;
                separated = true;
                continue;
            }
            Some(_) => {}
        }
        let dots = ellipsis(c);
        if dots > 0 {
            c.fault(FaultKind::Ellipsis);
            c.at += dots;
            continue;
        }
        if !std::mem::replace(&mut separated, false) {
            c.fault(FaultKind::MissingComma);
        }
        let key = value(c)?;
        let arrow = c.eat("=>");
        if arrow || c.starts(":") {
            if !arrow {
                c.fault(FaultKind::BareText);
                c.take_while(|c| c == ':');
            }
            let value = value(c)?.unwrap_or_else(|| {
                c.fault(FaultKind::MissingValue);
                Value::Null
            });
            match key {
                Some(Value::String(key)) => members.insert(key, value),
                Some(Value::Number(key)) => members.insert(key.to_string(), value),
                _ => c.fault_at(start, FaultKind::NotLiteral),
            }
        } else if c.text[start..].starts_with("...") {
            // Spread: reported when it was passed over.
        } else if let Some(value) = key {
            members.push(value);
        } else if c.at == start {
            c.bump();
        }
    }
}

/// The members of an array in the making.
#[derive(Default)]
struct Members {
    map: Map<String, Value>,
    next: u64,
    keyed: bool,
}

impl Members {
    fn push(&mut self, value: Value) {
        self.map.insert(self.next.to_string(), value);
        self.next += 1;
    }

    fn insert(&mut self, key: String, value: Value) {
        if key == self.next.to_string() {
            return self.push(value);
        }
        self.keyed = true;
        if let Ok(index) = key.parse::<u64>() {
            self.next = self.next.max(index.saturating_add(1));
        }
        self.map.insert(key, value);
    }

    fn finish(self) -> Value {
        if self.keyed { Value::Object(self.map) } else { Value::Array(self.map.into_values().collect()) }
    }
}

/// The rest of a string behind its opening quote.
fn string(c: &mut Cursor<'_>, quote: char) -> String {
    let mut out = String::new();
    loop {
        out.push_str(c.take_while(|c| c != quote && c != '\\' && (c != '$' || quote == '\'')));
        let at = c.at;
        match c.bump() {
            None => {
                c.fault(FaultKind::OpenString);
                return out;
            }
            Some('\\') if quote == '"' => c.escape(&mut out),
            // In single quotes only these two are escapes.
            Some('\\') => out.push(c.peek().filter(|next| matches!(next, '\\' | '\'')).map_or('\\', |next| {
                c.at += 1;
                next
            })),
            Some('$') => {
                if c.peek().is_some_and(|next| next.is_alphabetic() || matches!(next, '_' | '{')) {
                    c.fault_at(at, FaultKind::NotLiteral);
                }
                out.push('$');
            }
            Some(_) => return out,
        }
    }
}

/// Takes `Array (` or `stdClass Object (`, as `print_r` writes them: with a dumped entry or nothing behind.
fn opens_dump(c: &mut Cursor<'_>) -> bool {
    let rest = c.rest();
    let word = c.peek_word();
    let mut behind = rest[word.len()..].trim_start();
    if word != "Array" {
        let Some(object) = behind.strip_prefix("Object") else { return false };
        behind = object.trim_start();
    }
    let Some(inside) = behind.strip_prefix('(') else { return false };
    let first = inside.trim_start();
    let there = !word.is_empty() && (dump_key(first).is_some() || first.starts_with(')') && word == "Array");
    if there {
        c.at += rest.len() - inside.len();
    }
    there
}

/// The entries of a dump, up to its `)`.
fn entries(c: &mut Cursor<'_>) -> Result<Value, Error> {
    let mut members = Members::default();
    loop {
        c.take_while(char::is_whitespace);
        if c.rest().is_empty() {
            c.fault(FaultKind::Unclosed);
            return Ok(members.finish());
        }
        if c.eat(")") {
            return Ok(members.finish());
        }
        let Some((key, length)) = dump_key(c.rest()) else {
            let comment = c.starts("//") || c.starts("/*");
            let dots = ellipsis(c);
            c.fault(if dots > 0 {
                FaultKind::Ellipsis
            } else if comment {
                FaultKind::Comment
            } else {
                FaultKind::BareText
            });
            c.take_while(|c| c != '\n');
            continue;
        };
        c.at += length;
        let key = key.split_once(':').map_or(key, |(name, _)| name).to_owned();
        c.take_while(|c| matches!(c, ' ' | '\t'));
        let value = if opens_dump(c) { c.deeper(entries)? } else { Value::String(dumped(c)) };
        members.insert(key, value);
    }
}

/// The key at the start of `[key] => …`, and the length up to behind the arrow.
fn dump_key(rest: &str) -> Option<(&str, usize)> {
    let inside = rest.strip_prefix('[')?;
    let end = inside.bytes().take(MAX_KEY).position(|b| matches!(b, b']' | b'\n' | b'[')).filter(|end| *end > 0)?;
    let behind = inside[end..].strip_prefix(']')?;
    let arrow = behind.trim_start_matches(' ').strip_prefix("=>")?;
    Some((&inside[..end], rest.len() - arrow.len()))
}

/// A dumped string: up to the next entry or the closing bracket, be they on this line or on a later one.
fn dumped(c: &mut Cursor<'_>) -> String {
    let start = c.at;
    let rest = c.rest();
    let mut before = ' ';
    let mut open = 0_u32;
    let mut end = rest.len();
    let mut line_start = false;
    for (at, next) in rest.char_indices() {
        let spaced = before.is_whitespace();
        let ends = match next {
            '[' if spaced => dump_key(&rest[at..]).is_some(),
            ')' if spaced => line_start || open == 0,
            '/' if spaced && rest[at..].starts_with("// ") => {
                c.fault_at(start + at, FaultKind::Comment);
                true
            }
            _ => false,
        };
        if ends {
            end = at;
            break;
        }
        match next {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        line_start = next == '\n' || (line_start && next.is_whitespace());
        before = next;
    }
    c.at += end;
    rest[..end].trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> (String, usize) {
        let read = read(text).unwrap();
        (read.value.to_string(), read.faults.len())
    }

    #[test]
    fn literals_are_read_in_both_notations() {
        let text = "$data = array('a' => 1, \"b\" => ['x', 'it\\'s'], 'c' => NULL, 'd' => -1.5, # end\n 'e' => []);";
        assert_eq!(value(text), (r#"{"a":1,"b":["x","it's"],"c":null,"d":-1.5,"e":[]}"#.to_owned(), 0));
    }

    #[test]
    fn keys_that_count_from_zero_make_a_list() {
        assert_eq!(value("[0 => 'a', 1 => 'b']").0, r#"["a","b"]"#);
        assert_eq!(value("[5 => 'a', 'b']").0, r#"{"5":"a","6":"b"}"#);
    }

    #[test]
    fn what_is_not_a_literal_is_null_and_reported() {
        let text =
            "['a' => $id, 'b' => date('c', time()), 'c' => fn($x) => [$x], $key => 1, ...$rest, 'd' => 'x' . $y]";
        let (read, faults) = value(text);
        assert_eq!(read, r#"{"a":null,"b":null,"c":null,"d":"x"}"#);
        assert!(faults >= 6, "{faults}");
        assert_eq!(value("[\"id $id\", 'id $id']"), (r#"["id $id","id $id"]"#.to_owned(), 1));
    }

    #[test]
    fn dumps_are_read_over_lines_and_on_one() {
        let text = "Array\n(\n    [event] => ONX\n    [data] => Array\n        (\n            [0] => a (b)\n            \
                    [1] => \n        )\n    [obj] => stdClass Object ( [id:protected] => 7 )\n    [e] => Array ( )\n)\n";
        assert_eq!(value(text), (r#"{"event":"ONX","data":["a (b)",""],"obj":{"id":"7"},"e":[]}"#.to_owned(), 0));
        assert_eq!(value("Array ( [a] => 1 [b] => Array ( [c] => x y ) )").0, r#"{"a":"1","b":{"c":"x y"}}"#);
        assert_eq!(value("[FILES] => Array\n(\n [0] => 437\n)").0, r#"{"FILES":["437"]}"#);
    }

    #[test]
    fn php_is_told_from_json() {
        for php in ["array(1)", "Array\n(", "[id] => 1", "['a' => 1]", "<?php $a = 1;"] {
            assert!(opens(php), "{php}");
        }
        for json in ["[\"a\", 1]", "{\"a\": 1}", "[{}]", "arrays", ""] {
            assert!(!opens(json), "{json}");
        }
    }
}
