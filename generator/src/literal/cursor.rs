//! A place in a text that moves forward, with the limits and faults that all readers share.

use serde_json::{Number, Value};

use super::{Error, Fault, FaultKind, MAX_DEPTH, MAX_TEXT};

pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    /// Always at a character boundary.
    pub(super) at: usize,
    pub(super) faults: Vec<Fault>,
    /// Whether `#` opens a comment and `=>` ends an expression.
    php: bool,
    depth: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_TEXT {
            return Err(Error { at: MAX_TEXT, expected: "the end of the text: it is longer than 1 MiB" });
        }
        Ok(Cursor { text, at: 0, faults: Vec::new(), php: false, depth: 0 })
    }

    pub(super) fn php(text: &'a str) -> Result<Self, Error> {
        Ok(Cursor { php: true, ..Cursor::new(text)? })
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn starts(&self, mark: &str) -> bool {
        self.rest().starts_with(mark)
    }

    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let there = self.starts(mark);
        if there {
            self.at += mark.len();
        }
        there
    }

    /// The text up to the first character that `f` refuses.
    pub(super) fn take_while(&mut self, f: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !f(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// The word at this place, as identifiers are made; may be empty.
    pub(super) fn word(&mut self) -> &'a str {
        self.take_while(is_word)
    }

    pub(super) fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
    }

    pub(super) fn fault(&mut self, kind: FaultKind) {
        self.fault_at(self.at, kind);
    }

    pub(super) fn fault_at(&mut self, at: usize, kind: FaultKind) {
        self.faults.push(Fault { at, kind });
    }

    pub(super) fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error { at: self.at, expected })
    }

    /// Runs `read` one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == MAX_DEPTH {
            return self.expected("no more than 64 levels of nesting");
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Passes over white space and comments; says whether there was a comment.
    pub(super) fn blanks(&mut self) -> bool {
        let mut comment = false;
        loop {
            let bytes = self.text.as_bytes();
            while let Some(b' ' | b'\t'..=b'\r') = bytes.get(self.at) {
                self.at += 1;
            }
            if let Some(0x80..) = bytes.get(self.at) {
                self.take_while(|c| c.is_whitespace() || c == '\u{feff}');
            }
            if self.starts("//") || (self.php && self.starts("#")) {
                self.take_while(|c| c != '\n');
            } else if self.starts("/*") {
                let rest = self.rest();
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return comment;
            }
            comment = true;
        }
    }

    /// Passes over an expression up to a `,` or `;` outside of brackets, or a bracket that it did not open.
    pub(super) fn skip_expression(&mut self) {
        let mut open: Vec<char> = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None => return,
                Some(',' | ';') if open.is_empty() => return,
                Some('=') if self.php && open.is_empty() && self.starts("=>") => return,
                Some('(') => open.push(')'),
                Some('[') => open.push(']'),
                Some('{') => open.push('}'),
                Some(close @ (')' | ']' | '}')) => {
                    // A bracket that fits further out closes what was left open within.
                    match open.iter().rposition(|mark| *mark == close) {
                        Some(fits) => open.truncate(fits),
                        None => return,
                    }
                }
                Some(quote @ ('"' | '\'' | '`')) => {
                    self.at += 1;
                    self.skip_string(quote);
                    continue;
                }
                Some(_) => {}
            }
            self.bump();
        }
    }

    /// Passes over the rest of a string behind its opening quote.
    pub(super) fn skip_string(&mut self, quote: char) {
        while let Some(next) = self.bump() {
            // JavaScript's strings end with their line; so does the harm of a lone apostrophe.
            if next == quote || (next == '\n' && quote != '`' && !self.php) {
                return;
            }
            if next == '\\' {
                self.bump();
            }
        }
    }

    /// Reads the escape behind a backslash into `out`; on an unknown one the backslash stays, with a fault.
    pub(super) fn escape(&mut self, out: &mut String) {
        let start = self.at - 1;
        let read = match self.peek() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('v') => Some('\u{b}'),
            Some('0') => Some('\0'),
            Some(same @ ('"' | '\'' | '`' | '\\' | '/' | '$')) => Some(same),
            Some('u') => return self.unicode_escape(start, out),
            _ => None,
        };
        if let Some(read) = read {
            self.at += 1;
            out.push(read);
        } else if self.peek() == Some('\n') {
            // A line continued.
            self.at += 1;
        } else {
            self.fault_at(start, FaultKind::Escape);
            out.push('\\');
        }
    }

    /// `\u0041`, a surrogate pair, or `\u{41}`, from the `u` on.
    fn unicode_escape(&mut self, start: usize, out: &mut String) {
        let rest = self.rest();
        let hex = |from: usize| rest.get(from..from + 4).and_then(hex);
        let (code, length) = if let Some(braced) = rest.strip_prefix("u{") {
            let digits = braced.find('}').filter(|n| *n <= 6).unwrap_or(0);
            (self::hex(&braced[..digits]), digits + 3)
        } else {
            match (hex(1), hex(7).filter(|_| rest.get(5..7) == Some("\\u"))) {
                (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                    (Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 11)
                }
                (code, _) => (code, 5),
            }
        };
        if let Some(read) = code.and_then(char::from_u32) {
            self.at += length;
            out.push(read);
        } else {
            self.fault_at(start, FaultKind::Escape);
            out.push('\\');
        }
    }
}

fn hex(digits: &str) -> Option<u32> {
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// A number as JSON writes it, or in one of the forms that other languages allow; the flag tells which.
pub(super) fn number(text: &str) -> Option<(Value, bool)> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    if let Ok(number) = serde_json::from_str::<Number>(text) {
        return Some((Value::Number(number), true));
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let unsigned = plain.trim_start_matches(['+', '-']);
    let hexadecimal = unsigned.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok());
    let whole = hexadecimal.or_else(|| plain.strip_prefix('+').unwrap_or(&plain).parse().ok());
    let number = match whole {
        Some(whole) => Some(Number::from(whole)),
        None if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
            plain.parse().ok().and_then(Number::from_f64)
        }
        None => None,
    };
    number.map(|number| (Value::Number(number), false))
}
