//! Finds the blocks of YFM (Diplodoc's Markdown) that CommonMark does not know.
//!
//! Two linear passes. [`tokens`] walks the text once and notes fences, code spans, table marks and `{% … %}` tags;
//! [`blocks`] pairs them with a stack and splits tables into cells. Nothing is ever scanned twice, so a page of
//! unclosed marks costs no more than any other page of its size.

use std::ops::Range;

/// Blocks nested deeper than this are left unread (and reported).
const MAX_DEPTH: usize = 24;

/// A block that CommonMark does not know, with its place in the page.
#[derive(Debug, PartialEq)]
pub(crate) struct Yfm {
    /// From the opening mark to behind the closing one.
    pub(crate) span: Range<usize>,
    pub(crate) kind: YfmKind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum YfmKind {
    Table(Vec<RowSpan>),
    Tabs(Content),
    Cut(String, Content),
    Note(String, String, Content),
    Include(Include),
    /// The branch of an `{% if %}` that the published docs leave out, or a mark of the branch that they keep.
    Hidden,
}

/// The inside of a block and the blocks in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) span: Range<usize>,
    pub(crate) children: Vec<Yfm>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct RowSpan {
    pub(crate) start: usize,
    pub(crate) cells: Vec<Content>,
}

/// `{% include notitle [label](path#anchor) %}`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Include {
    pub(crate) path: String,
    pub(crate) notitle: bool,
}

/// Something wrong with the page's blocks.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) span: Range<usize>,
    pub(crate) kind: FaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// A block that has no closing mark; it is read up to the next heading or the end.
    Unclosed(&'static str),
    /// A closing mark without its opening one.
    Stray(&'static str),
    /// A row without its closing `||`.
    OpenRow,
    TooDeep,
    /// A tag that the generator does not know.
    UnknownTag,
    /// A condition that the generator cannot decide; its text is kept.
    UnknownCondition,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A fence or a code span: nothing in it is a mark.
    Opaque,
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
enum Container {
    Tabs,
    Cut(String),
    Note(String, String),
}

impl Container {
    fn closing(&self) -> &'static str {
        match self {
            Container::Tabs => "endlist",
            Container::Cut(_) => "endcut",
            Container::Note(..) => "endnote",
        }
    }
}

type Spanned = (Range<usize>, Token);

/// The YFM blocks of `text`, outermost first, and what is wrong with them. `preset` decides `{% if key == 'value' %}`.
pub(crate) fn scan(text: &str, preset: &[(String, String)]) -> (Vec<Yfm>, Vec<Fault>) {
    let mut faults = Vec::new();
    let tokens = tokens(text, preset, &mut faults);
    let ends = pair(text.len(), &tokens, &mut faults);
    let mut builder = Builder { text, tokens: &tokens, ends: &ends, faults: &mut faults };
    let blocks = builder.children(0, tokens.len(), 0);
    faults.sort_by_key(|fault| fault.span.start);
    (blocks, faults)
}

/// One pass over the text: every mark outside code, in order.
fn tokens(text: &str, preset: &[(String, String)], faults: &mut Vec<Fault>) -> Vec<Spanned> {
    let bytes = text.as_bytes();
    let mut out: Vec<Spanned> = Vec::new();
    let mut tables = 0usize;
    let mut line_start = true;
    let mut margin = true;
    let mut pos = 0;
    while pos < bytes.len() {
        if line_start {
            let here = pos + indent(&bytes[pos..]);
            if let Some(end) = fence_end(text, here) {
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
                let run = bytes[pos..].iter().take_while(|b| **b == b'`').count();
                if let Some(end) = code_span_end(text, pos, run) {
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
                let Some(length) = text[pos..].find("%}").filter(|n| !text[pos..pos + n].contains('\n')) else {
                    pos += 2;
                    continue;
                };
                let span = pos..pos + length + 2;
                match tag(text[pos + 2..pos + length].trim(), preset) {
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
            _ => pos += 1,
        }
    }
    out
}

/// Length of the escape that starts with a backslash.
fn escape(bytes: &[u8]) -> usize {
    if bytes.get(1).is_some_and(u8::is_ascii_punctuation) { 2 } else { 1 }
}

/// Bytes of white space, list bullets and quote marks before a line's own text.
fn indent(line: &[u8]) -> usize {
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

/// Behind the fenced block that starts at `at`, if one does and is closed.
fn fence_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mark = *bytes.get(at).filter(|b| matches!(b, b'`' | b'~'))?;
    let run = bytes[at..].iter().take_while(|b| **b == mark).count();
    if run < 3 {
        return None;
    }
    let info_end = at + text[at..].find('\n')?;
    if mark == b'`' && bytes[at + run..info_end].contains(&b'`') {
        return None;
    }
    let mut line = info_end + 1;
    while line < bytes.len() {
        let end = line + text[line..].find('\n').unwrap_or(text.len() - line);
        let body = text[line..end].trim_start();
        let marks = body.bytes().take_while(|b| *b == mark).count();
        // In a cell the row's end may follow the closing fence on its own line.
        if marks >= run && body[marks..].trim_start().bytes().all(|b| b == b'|' || b.is_ascii_whitespace()) {
            return Some(end - body.len() + marks);
        }
        line = end + 1;
    }
    None
}

/// Behind the code span whose opening run of `run` backticks stands at `at`; it stays within its paragraph and cell.
fn code_span_end(text: &str, at: usize, run: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut pos = at + run;
    while pos < bytes.len() {
        match bytes[pos] {
            b'`' => {
                let closing = bytes[pos..].iter().take_while(|b| **b == b'`').count();
                pos += closing;
                if closing == run {
                    return Some(pos);
                }
            }
            b'\n' => {
                let next = pos + 1 + indent(&bytes[pos + 1..]);
                if matches!(bytes.get(next), None | Some(b'\n' | b'\r')) || bytes[next..].starts_with(b"||") {
                    return None;
                }
                if bytes[..pos].trim_ascii_end().ends_with(b"||") {
                    return None;
                }
                pos += 1;
            }
            _ => pos += 1,
        }
    }
    None
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

/// For every opening token the index of its closing one (or of the token that ends it for want of one).
fn pair(length: usize, tokens: &[Spanned], faults: &mut Vec<Fault>) -> Vec<(usize, Option<usize>)> {
    // Per token: index of the first token behind the block, and the closing token where there is one.
    let mut ends = vec![(0, None); tokens.len()];
    let mut stack: Vec<(usize, &'static str)> = Vec::new();
    let mut heading = vec![tokens.len(); tokens.len() + 1];
    for i in (0..tokens.len()).rev() {
        heading[i] = if tokens[i].1 == Token::Heading { i } else { heading[i + 1] };
    }
    let unclosed =
        |open: usize, name, bound: usize, ends: &mut Vec<(usize, Option<usize>)>, faults: &mut Vec<Fault>| {
            faults.push(Fault { span: tokens[open].0.clone(), kind: FaultKind::Unclosed(name) });
            ends[open] = (heading[open].min(bound), None);
        };
    for (i, (span, token)) in tokens.iter().enumerate() {
        let close = match token {
            Token::TableOpen => {
                stack.push((i, "|#"));
                continue;
            }
            Token::Open(container) => {
                stack.push((i, container.closing()));
                continue;
            }
            Token::If(_) => {
                stack.push((i, "endif"));
                continue;
            }
            Token::TableClose => "|#",
            Token::Close(name) => name,
            Token::EndIf => "endif",
            Token::Else | Token::Opaque | Token::Include(_) | Token::Heading => continue,
        };
        let Some(depth) = stack.iter().rposition(|(_, name)| *name == close) else {
            faults.push(Fault { span: span.clone(), kind: FaultKind::Stray(close) });
            continue;
        };
        for (open, name) in stack.drain(depth + 1..) {
            unclosed(open, name, i, &mut ends, faults);
        }
        if let Some((open, _)) = stack.pop() {
            ends[open] = (i + 1, Some(i));
        }
    }
    debug_assert!(tokens.iter().all(|(span, _)| span.end <= length));
    for (open, name) in stack {
        unclosed(open, name, tokens.len(), &mut ends, faults);
    }
    ends
}

struct Builder<'a> {
    text: &'a str,
    tokens: &'a [Spanned],
    ends: &'a [(usize, Option<usize>)],
    faults: &'a mut Vec<Fault>,
}

impl Builder<'_> {
    /// The blocks among the tokens `from..to`.
    fn children(&mut self, from: usize, to: usize, depth: usize) -> Vec<Yfm> {
        let mut out = Vec::new();
        let mut i = from;
        while i < to {
            let (span, token) = &self.tokens[i];
            match token {
                Token::Include(include) => {
                    out.push(Yfm { span: span.clone(), kind: YfmKind::Include(include.clone()) });
                }
                Token::If(_) => {
                    i = self.conditional(i, to, depth, &mut out);
                    continue;
                }
                Token::Open(_) | Token::TableOpen => {
                    let next = self.ends[i].0.min(to);
                    let block = self.block(i, next, depth);
                    out.push(block);
                    i = next.max(i + 1);
                    continue;
                }
                // A stray mark is not shown; it was reported.
                Token::Close(_) | Token::TableClose | Token::EndIf | Token::Else => {
                    out.push(Yfm { span: span.clone(), kind: YfmKind::Hidden });
                }
                Token::Opaque | Token::Heading => {}
            }
            i += 1;
        }
        out
    }

    fn block(&mut self, open: usize, next: usize, depth: usize) -> Yfm {
        let (start, inner_start) = (self.tokens[open].0.start, self.tokens[open].0.end);
        let (inner_end, end) = match self.ends[open].1 {
            Some(close) => (self.tokens[close].0.start, self.tokens[close].0.end),
            None => self.tokens.get(next).map_or((self.text.len(), self.text.len()), |(s, _)| (s.start, s.start)),
        };
        let span = start..end.max(inner_start);
        let inner = inner_start..inner_end.max(inner_start);
        if depth >= MAX_DEPTH {
            self.faults.push(Fault { span: span.clone(), kind: FaultKind::TooDeep });
            return Yfm { span, kind: YfmKind::Hidden };
        }
        let last = self.ends[open].1.unwrap_or(next);
        let children = self.children(open + 1, last.max(open + 1), depth + 1);
        let kind = match &self.tokens[open].1 {
            Token::Open(Container::Tabs) => YfmKind::Tabs(Content { span: inner, children }),
            Token::Open(Container::Cut(title)) => YfmKind::Cut(title.clone(), Content { span: inner, children }),
            Token::Open(Container::Note(kind, title)) => {
                YfmKind::Note(kind.clone(), title.clone(), Content { span: inner, children })
            }
            _ => {
                let opaque: Vec<Range<usize>> = self.tokens[open + 1..last.max(open + 1)]
                    .iter()
                    .filter(|(_, token)| *token == Token::Opaque)
                    .map(|(span, _)| span.clone())
                    .collect();
                YfmKind::Table(split(self.text, inner, children, &opaque, self.faults))
            }
        };
        Yfm { span, kind }
    }

    /// An `{% if %}`: hides the branch that is not taken, and the marks. Returns the first token behind it.
    fn conditional(&mut self, open: usize, to: usize, depth: usize, out: &mut Vec<Yfm>) -> usize {
        let (next, close) = self.ends[open];
        let next = next.min(to).max(open + 1);
        let hide = |span: Range<usize>| Yfm { span, kind: YfmKind::Hidden };
        let Some(close) = close.filter(|c| *c < to) else {
            out.push(hide(self.tokens[open].0.clone()));
            return open + 1;
        };
        let taken = !matches!(self.tokens[open].1, Token::If(Some(false)));
        let middle = self.own_else(open, close);
        let spans = |i: usize| self.tokens[i].0.clone();
        match (taken, middle) {
            (true, middle) => {
                let end = middle.unwrap_or(close);
                out.push(hide(spans(open)));
                let kept = if depth < MAX_DEPTH { self.children(open + 1, end, depth + 1) } else { Vec::new() };
                out.extend(kept);
                out.push(hide(self.tokens[end].0.start..self.tokens[close].0.end));
            }
            (false, Some(middle)) => {
                out.push(hide(spans(open).start..spans(middle).end));
                let kept = if depth < MAX_DEPTH { self.children(middle + 1, close, depth + 1) } else { Vec::new() };
                out.extend(kept);
                out.push(hide(spans(close)));
            }
            (false, None) => out.push(hide(spans(open).start..spans(close).end)),
        }
        next
    }

    fn own_else(&self, open: usize, close: usize) -> Option<usize> {
        let mut i = open + 1;
        while i < close {
            match self.tokens[i].1 {
                Token::Else => return Some(i),
                Token::If(_) => i = self.ends[i].0.max(i + 1),
                _ => i += 1,
            }
        }
        None
    }
}

/// Splits the inside of a table into rows and cells; marks inside `opaque` text and nested blocks do not count.
fn split(
    text: &str,
    inner: Range<usize>,
    children: Vec<Yfm>,
    opaque: &[Range<usize>],
    faults: &mut Vec<Fault>,
) -> Vec<RowSpan> {
    let bytes = text.as_bytes();
    let mut rows: Vec<RowSpan> = Vec::new();
    let mut row: Option<(usize, Vec<Range<usize>>, usize)> = None; // start, finished cells, start of the open cell
    let mut spans: Vec<Range<usize>> = children.iter().map(|c| c.span.clone()).chain(opaque.iter().cloned()).collect();
    spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    let mut skip = spans.into_iter().peekable();
    let mut children = children.into_iter().peekable();
    let mut finish = |start: usize, cells: Vec<Range<usize>>| {
        let mut out = Vec::with_capacity(cells.len());
        for span in cells {
            let mut own = Vec::new();
            while let Some(child) = children.next_if(|c| c.span.start < span.end) {
                if child.span.start >= span.start {
                    own.push(child);
                }
            }
            out.push(Content { span, children: own });
        }
        rows.push(RowSpan { start, cells: out });
    };
    let mut pos = inner.start;
    while pos < inner.end {
        while skip.next_if(|s| s.end <= pos).is_some() {}
        if let Some(span) = skip.next_if(|s| s.start <= pos) {
            pos = span.end;
            continue;
        }
        match bytes[pos] {
            b'\\' => pos += escape(&bytes[pos..]),
            b'|' if bytes[pos..inner.end].starts_with(b"||") => {
                match row.take() {
                    None => row = Some((pos, Vec::new(), pos + 2)),
                    Some((start, mut cells, cell)) => {
                        cells.push(cell..pos);
                        finish(start, cells);
                    }
                }
                pos += 2;
            }
            b'|' => {
                if let Some((_, cells, cell)) = &mut row {
                    cells.push(*cell..pos);
                    *cell = pos + 1;
                }
                pos += 1;
            }
            _ => pos += 1,
        }
    }
    if let Some((start, mut cells, cell)) = row {
        let rest = cell.min(inner.end)..inner.end;
        if !cells.is_empty() || !text.get(rest.clone()).unwrap_or_default().trim().is_empty() {
            faults.push(Fault { span: start..start + 2, kind: FaultKind::OpenRow });
            cells.push(rest);
            finish(start, cells);
        }
    }
    rows
}
