//! The marks of a page outside its code, in order.

use std::ops::Range;

use super::closing::{Ahead, Closings, run_of};
use super::{Fault, FaultKind, Include};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A fence or a code span: nothing in it is a mark.
    Opaque,
    /// `<!-- … -->`
    Comment,
    TableOpen,
    TableClose,
    Open(Container),
    Close(&'static str),
    Include(Include),
    If(Option<bool>),
    Else,
    EndIf,
    /// A heading at the left margin: where an unclosed block ends.
    Heading,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Container {
    Tabs,
    Cut(String),
    Note(String, String),
}

impl Container {
    pub(super) fn closing(&self) -> &'static str {
        match self {
            Container::Tabs => "endlist",
            Container::Cut(_) => "endcut",
            Container::Note(..) => "endnote",
        }
    }
}

pub(super) type Spanned = (Range<usize>, Token);

/// One pass over the text: every mark outside code, in order.
pub(super) fn tokens(text: &str, preset: &[(String, String)], faults: &mut Vec<Fault>) -> Vec<Spanned> {
    let bytes = text.as_bytes();
    let closings = Closings::new(text);
    let (mut tag_end, mut line_end, mut comment_end) = (Ahead::new("%}"), Ahead::new("\n"), Ahead::new("-->"));
    let mut out: Vec<Spanned> = Vec::new();
    let mut tables = 0usize;
    let mut line_start = true;
    let mut margin = true;
    let mut pos = 0;
    while pos < bytes.len() {
        if line_start {
            let here = pos + indent(&bytes[pos..]);
            if let Some(end) = closings.fence_end(text, here) {
                out.push((here..end, Token::Opaque));
                pos = end;
                margin = true;
                continue;
            }
            if bytes[here..].starts_with(b"#|") {
                out.push((here..here + 2, Token::TableOpen));
                tables += 1;
                pos = here + 2;
                line_start = false;
                continue;
            }
            if margin && bytes[pos] == b'#' && bytes[pos..].iter().find(|b| **b != b'#') == Some(&b' ') {
                out.push((pos..pos, Token::Heading));
            }
            pos = here;
            line_start = false;
            margin = false;
            continue;
        }
        match bytes[pos] {
            b'\n' => {
                line_start = true;
                margin = true;
                pos += 1;
            }
            b'\\' => pos += escape(&bytes[pos..]),
            b'`' => {
                let run = run_of(&bytes[pos..], b'`');
                if let Some(end) = closings.span_end(pos, run) {
                    out.push((pos..end, Token::Opaque));
                    pos = end;
                } else {
                    pos += run;
                }
            }
            b'|' if tables > 0 => {
                if bytes[pos..].starts_with(b"|#") && closes_table(bytes, pos) {
                    out.push((pos..pos + 2, Token::TableClose));
                    tables -= 1;
                    pos += 2;
                } else {
                    pos += if bytes[pos..].starts_with(b"||") { 2 } else { 1 };
                    // A cell's first line starts anew: a fence or a table may stand right behind the mark.
                    line_start = true;
                }
            }
            b'{' if bytes[pos..].starts_with(b"{%") => {
                let end = tag_end.of(text, pos + 2);
                let Some(end) = end.filter(|end| line_end.of(text, pos).is_none_or(|line| *end < line)) else {
                    pos += 2;
                    continue;
                };
                let span = pos..end + 2;
                match tag(text[pos + 2..end].trim(), preset) {
                    Some(token) => {
                        if token == Token::If(None) {
                            faults.push(Fault { span: span.clone(), kind: FaultKind::UnknownCondition });
                        }
                        out.push((span.clone(), token));
                    }
                    None => faults.push(Fault { span: span.clone(), kind: FaultKind::UnknownTag }),
                }
                pos = span.end;
            }
            b'<' if bytes[pos..].starts_with(b"<!--") => match comment_end.of(text, pos + 4) {
                Some(end) => {
                    out.push((pos..end + 3, Token::Comment));
                    pos = end + 3;
                }
                None => pos += 4,
            },
            _ => pos += 1,
        }
    }
    out
}

/// Length of the escape that starts with a backslash.
pub(super) fn escape(bytes: &[u8]) -> usize {
    if bytes.get(1).is_some_and(u8::is_ascii_punctuation) { 2 } else { 1 }
}

/// Bytes of white space, list bullets and quote marks before a line's own text.
pub(super) fn indent(line: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match line.get(at) {
            Some(b' ' | b'\t' | b'>') => at += 1,
            Some(b'-' | b'*' | b'+') if line.get(at + 1) == Some(&b' ') => at += 2,
            Some(b'0'..=b'9') => {
                let digits = line[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                if digits < 10 && line.get(at + digits) == Some(&b'.') && line.get(at + digits + 1) == Some(&b' ') {
                    at += digits + 2;
                } else {
                    return at;
                }
            }
            _ => return at,
        }
    }
}

/// Whether the `|#` at `pos` stands where a table can end: at a line's start or behind a row's end.
fn closes_table(bytes: &[u8], pos: usize) -> bool {
    let before = bytes[..pos].trim_ascii_end();
    let line = bytes[before.len()..pos].contains(&b'\n');
    line || before.is_empty() || before.ends_with(b"||")
}

fn tag(inner: &str, preset: &[(String, String)]) -> Option<Token> {
    let (word, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let rest = rest.trim();
    let title = || rest.split_once('"').map_or("", |(_, t)| t.trim_end().trim_end_matches('"')).to_owned();
    Some(match word {
        "list" if rest.starts_with("tabs") => Token::Open(Container::Tabs),
        "cut" => Token::Open(Container::Cut(title())),
        "note" => {
            let kind = rest.split(|c: char| c.is_whitespace() || c == '"').next().unwrap_or_default();
            Token::Open(Container::Note(kind.to_owned(), title()))
        }
        "endlist" => Token::Close("endlist"),
        "endcut" => Token::Close("endcut"),
        "endnote" => Token::Close("endnote"),
        "include" => {
            let notitle = rest.starts_with("notitle");
            let path = rest.rsplit_once('(')?.1.strip_suffix(')')?;
            Token::Include(Include { path: path.trim().to_owned(), notitle })
        }
        "if" => Token::If(condition(rest, preset)),
        "else" => Token::Else,
        "endif" => Token::EndIf,
        _ => return None,
    })
}

/// `key == 'value'` or `key != 'value'`, decided by the preset.
fn condition(text: &str, preset: &[(String, String)]) -> Option<bool> {
    let (negated, (key, value)) = match text.split_once("==") {
        Some(sides) => (false, sides),
        None => (true, text.split_once("!=")?),
    };
    let value = value.trim().trim_matches(['\'', '"']);
    let known = preset.iter().find(|(k, _)| k == key.trim())?;
    Some((known.1 == value) != negated)
}
