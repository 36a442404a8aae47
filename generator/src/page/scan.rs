//! Finds the blocks of YFM (Diplodoc's Markdown) that CommonMark does not know.
//!
//! Two linear passes. [`tokens`] walks the text once and notes fences, code spans, table marks and `{% … %}` tags;
//! [`blocks`] pairs them with a stack and splits tables into cells. Nothing is ever scanned twice, so a page of
//! unclosed marks costs no more than any other page of its size.

use std::collections::HashMap;
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

/// Where code can end, found in one pass beforehand: looking an end up never rereads the text.
struct Closings {
    /// Lines that can close a fence of backticks, and of tildes.
    fences: [Vec<Fence>; 2],
    /// Starts of the runs of backticks, by length.
    runs: HashMap<usize, Vec<usize>>,
    /// Ends of lines that no code span goes beyond: a paragraph or a cell ends there.
    bounds: Vec<usize>,
}

/// A line of fence marks and nothing else.
struct Fence {
    line: usize,
    end: usize,
    marks: usize,
    /// The most marks of this line and all behind it.
    most: usize,
}

impl Closings {
    fn new(text: &str) -> Closings {
        let bytes = text.as_bytes();
        let mut out = Closings { fences: [Vec::new(), Vec::new()], runs: HashMap::new(), bounds: Vec::new() };
        let mut line = 0;
        while line < bytes.len() {
            let end = text[line..].find('\n').map_or(bytes.len(), |n| line + n);
            out.line(&text[line..end], line);
            let next = end + 1 + bytes.get(end + 1..).map_or(0, indent);
            let blank = matches!(bytes.get(next), None | Some(b'\n' | b'\r'));
            let row = bytes.get(next..).is_some_and(|rest| rest.starts_with(b"||"));
            if blank || row || text[line..end].trim_end().ends_with("||") {
                out.bounds.push(end);
            }
            line = end + 1;
        }
        for fences in &mut out.fences {
            let mut most = 0;
            for fence in fences.iter_mut().rev() {
                most = most.max(fence.marks);
                fence.most = most;
            }
        }
        out
    }

    fn line(&mut self, line: &str, start: usize) {
        let body = line.trim_start();
        let at = start + line.len() - body.len();
        for (fences, mark) in self.fences.iter_mut().zip([b'`', b'~']) {
            let marks = run_of(body.as_bytes(), mark);
            // In a cell the row's end may follow the closing fence on its own line.
            if marks >= 3 && body[marks..].bytes().all(|b| b == b'|' || b.is_ascii_whitespace()) {
                fences.push(Fence { line: start, end: at + marks, marks, most: 0 });
            }
        }
        let bytes = line.as_bytes();
        let mut pos = 0;
        while let Some(n) = line[pos..].find('`') {
            let run = run_of(&bytes[pos + n..], b'`');
            self.runs.entry(run).or_default().push(start + pos + n);
            pos += n + run;
        }
    }

    /// Behind the fenced block that starts at `at`, if one does and is closed.
    fn fence_end(&self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mark = *bytes.get(at).filter(|b| matches!(b, b'`' | b'~'))?;
        let run = run_of(&bytes[at..], mark);
        if run < 3 {
            return None;
        }
        let info_end = at + text[at..].find('\n')?;
        if mark == b'`' && bytes[at + run..info_end].contains(&b'`') {
            return None;
        }
        let fences = &self.fences[usize::from(mark == b'~')];
        let below = &fences[fences.partition_point(|fence| fence.line <= info_end)..];
        below.first().filter(|fence| fence.most >= run)?;
        below.iter().find(|fence| fence.marks >= run).map(|fence| fence.end)
    }

    /// Behind the code span whose opening run of `run` backticks stands at `at`; it stays within its paragraph and cell.
    fn span_end(&self, at: usize, run: usize) -> Option<usize> {
        let bound = self.bounds.get(self.bounds.partition_point(|end| *end < at)).copied().unwrap_or(usize::MAX);
        let starts = self.runs.get(&run)?;
        let close = starts.get(starts.partition_point(|start| *start < at + run)).copied()?;
        (close < bound).then_some(close + run)
    }
}

/// How often the first byte of `bytes` repeats, if it is `mark`.
fn run_of(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|b| **b == mark).count()
}

/// The next place of a mark in a text that is walked forwards; what was found is remembered.
struct Ahead {
    mark: &'static str,
    found: Option<usize>,
}

impl Ahead {
    fn new(mark: &'static str) -> Ahead {
        Ahead { mark, found: Some(0) }
    }

    /// The first `mark` at or behind `pos`, which never goes back from call to call.
    fn of(&mut self, text: &str, pos: usize) -> Option<usize> {
        if self.found.is_some_and(|at| at < pos || at == 0) {
            self.found = text[pos..].find(self.mark).map(|n| pos + n);
        }
        self.found
    }
}

/// Whether the `|#` at `pos` stands where a table can end: at a line's start or behind a row's end.
fn closes_table(bytes: &[u8], pos: usize) -> bool {
    let before = bytes[..pos].trim_ascii_end();
    let line = bytes[before.len()..pos].contains(&b'\n');
    line || before.is_empty() || before.ends_with(b"||")
}

/// Whether the `||` at `pos` starts a row although another is open: it leads a line that goes on with text.
fn begins_row(bytes: &[u8], pos: usize) -> bool {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let leads = matches!(bytes[..pos].iter().rev().find(|b| !blank(b)), None | Some(b'\n'));
    let next = bytes[pos + 2..].iter().find(|b| !blank(b));
    leads && !matches!(next, None | Some(b'\n' | b'\r' | b'|'))
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
    // How many blocks of each kind are open: a stray mark is known without a walk down the stack.
    let mut open_of: HashMap<&'static str, usize> = HashMap::new();
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
        let name = match token {
            Token::TableOpen | Token::TableClose => "|#",
            Token::Open(container) => container.closing(),
            Token::Close(name) => name,
            Token::If(_) | Token::EndIf => "endif",
            Token::Else | Token::Opaque | Token::Comment | Token::Include(_) | Token::Heading => continue,
        };
        let count = open_of.entry(name).or_default();
        if matches!(token, Token::TableOpen | Token::Open(_) | Token::If(_)) {
            *count += 1;
            stack.push((i, name));
            continue;
        }
        if *count == 0 {
            faults.push(Fault { span: span.clone(), kind: FaultKind::Stray(name) });
            continue;
        }
        while let Some((open, opened)) = stack.pop() {
            if let Some(count) = open_of.get_mut(opened) {
                *count -= 1;
            }
            if opened == name {
                ends[open] = (i + 1, Some(i));
                break;
            }
            unclosed(open, opened, i, &mut ends, faults);
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
                Token::Comment | Token::Close(_) | Token::TableClose | Token::EndIf | Token::Else => {
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
                        let again = begins_row(bytes, pos);
                        // A `||` too many opens a row that holds nothing.
                        if !again || !cells.is_empty() || !text[cell..pos].trim().is_empty() {
                            cells.push(cell..pos);
                            finish(start, cells);
                        }
                        if again {
                            faults.push(Fault { span: start..start + 2, kind: FaultKind::OpenRow });
                            row = Some((pos, Vec::new(), pos + 2));
                        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with its blocks in short: `#[a,b;c,d]` for a table, `tabs{…}`, `cut:title{…}`, `note:kind:title{…}`,
    /// `include:path`; what is hidden is gone.
    fn shape(text: &str, span: Range<usize>, blocks: &[Yfm]) -> String {
        let mut out = String::new();
        let mut at = span.start;
        for block in blocks {
            out.push_str(&text[at..block.span.start.max(at)]);
            at = block.span.end;
            let inside = |content: &Content| shape(text, content.span.clone(), &content.children);
            out.push_str(&match &block.kind {
                YfmKind::Table(rows) => {
                    let row = |row: &RowSpan| row.cells.iter().map(inside).collect::<Vec<_>>().join(",");
                    format!("#[{}]", rows.iter().map(row).collect::<Vec<_>>().join(";"))
                }
                YfmKind::Tabs(content) => format!("tabs{{{}}}", inside(content)),
                YfmKind::Cut(title, content) => format!("cut:{title}{{{}}}", inside(content)),
                YfmKind::Note(kind, title, content) => format!("note:{kind}:{title}{{{}}}", inside(content)),
                YfmKind::Include(include) => format!("include:{}", include.path),
                YfmKind::Hidden => String::new(),
            });
        }
        out.push_str(&text[at..span.end.max(at)]);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The shape of a page, and the faults by name and line.
    fn read(text: &str) -> (String, Vec<(FaultKind, usize)>) {
        let preset = [("build".to_owned(), "prod".to_owned())];
        let (blocks, faults) = scan(text, &preset);
        let line = |at: usize| 1 + text[..at].matches('\n').count();
        let faults = faults.iter().map(|fault| (fault.kind, line(fault.span.start))).collect();
        (shape(text, 0..text.len(), &blocks), faults)
    }

    /// The shape of a page without faults.
    fn shape_of(text: &str) -> String {
        let (shape, faults) = read(text);
        assert_eq!(faults, [], "{text}");
        shape
    }

    #[test]
    fn a_table_has_rows_of_cells() {
        assert_eq!(
            shape_of("a\n\n#|\n|| one | two ||\n|| three\nlines\n| four ||\n|#\n\nb"),
            "a #[one,two;three lines,four] b"
        );
    }

    #[test]
    fn a_table_may_stand_on_one_line() {
        assert_eq!(shape_of("#| || a | b || || c | d || |#"), "#[a,b;c,d]");
    }

    #[test]
    fn empty_cells_are_cells() {
        assert_eq!(shape_of("#|\n|| a || \n|| | ||\n|| | | c ||\n|#"), "#[a;,;,,c]");
    }

    #[test]
    fn rows_may_be_longer_than_the_heading() {
        assert_eq!(shape_of("#|\n|| a ||\n|| b | c | d ||\n|#"), "#[a;b,c,d]");
    }

    #[test]
    fn bars_inside_code_and_escaped_bars_do_not_split() {
        assert_eq!(
            shape_of("#|\n|| `a | b` | ``c || `d`` ||\n|| e \\| f \\|\\| g | h ||\n|#"),
            "#[`a | b`,``c || `d``;e \\| f \\|\\| g,h]"
        );
        let fence = "#|\n|| x | ```js\na || b | c\n|#\n``` ||\n|| y | ~~~\n|| z ||\n~~~\n||\n|#";
        assert_eq!(shape_of(fence), "#[x,```js a || b | c |# ```;y,~~~ || z || ~~~]");
    }

    #[test]
    fn a_backtick_without_a_partner_is_a_backtick() {
        assert_eq!(shape_of("#|\n|| a ` b | c ||\n|| d | e ` f ||\n|#"), "#[a ` b,c;d,e ` f]");
        assert_eq!(shape_of("#|\n|| a \\` b | c ` d\n\n` | e ||\n|#"), "#[a \\` b,c ` d `,e]");
    }

    #[test]
    fn cells_hold_tables_tabs_notes_and_cuts() {
        let text = "#|\n|| a | #|\n|| b | c ||\n|# ||\n|| {% note info %}\n\nd | e\n\n{% endnote %} | {% cut \"t\" %}f{% endcut %} ||\n|#";
        assert_eq!(shape_of(text), "#[a,#[b,c];note:info:{d | e},cut:t{f}]");
    }

    #[test]
    fn tables_stand_indented_in_lists_tabs_and_cuts() {
        let text = "- a\n\n    #|\n    || b | c ||\n    |#\n\n{% list tabs %}\n\n- d\n\n  #|\n  || e | f ||\n  |#\n\n{% endlist %}\n\n1. #|\n   || g ||\n   |#\n";
        assert_eq!(shape_of(text), "- a #[b,c] tabs{- d #[e,f]} 1. #[g]");
    }

    #[test]
    fn notes_and_cuts_have_titles() {
        assert_eq!(shape_of("{% note warning \"Mind it\" %}a{% endnote %}"), "note:warning:Mind it{a}");
        assert_eq!(shape_of("{% note tip %}a{% endnote %}"), "note:tip:{a}");
        assert_eq!(shape_of("{% cut \"More\" %}{% note info %}a{% endnote %}{% endcut %}"), "cut:More{note:info:{a}}");
    }

    #[test]
    fn an_include_has_a_path() {
        assert_eq!(
            shape_of("{% include [label](../a/b.md#c) %} {% include notitle [d (e)](f.md) %}"),
            "include:../a/b.md#c include:f.md"
        );
        let (blocks, _) = scan("{% include notitle [d](f.md) %}", &[]);
        assert!(matches!(&blocks[0].kind, YfmKind::Include(include) if include.notitle));
    }

    #[test]
    fn the_preset_chooses_the_branch() {
        let page = |condition: &str| format!("a {{% if {condition} %}}b{{% else %}}c{{% endif %}} d");
        assert_eq!(shape_of(&page("build == 'prod'")), "a b d");
        assert_eq!(shape_of(&page("build != \"prod\"")), "a c d");
        assert_eq!(shape_of("a {% if build == 'dev' %}b{% endif %} c"), "a c");
        let nested = "{% if build == 'prod' %}{% if build == 'dev' %}a{% else %}b{% endif %}{% else %}c{% endif %}";
        assert_eq!(shape_of(nested), "b");
        assert_eq!(
            shape_of("{% if build == 'dev' %}\n#|\n|| a ||\n|#\n{% else %}\n#|\n|| b ||\n|#\n{% endif %}"),
            "#[b]"
        );
    }

    #[test]
    fn a_condition_may_hide_rows_of_a_table() {
        let text = "#|\n|| a | b ||\n{% if build == 'dev' %}\n|| c | d ||\n{% endif %}\n|| e | f ||\n|#";
        assert_eq!(shape_of(text), "#[a,b;e,f]");
    }

    #[test]
    fn an_undecided_condition_keeps_its_text() {
        let (shape, faults) = read("{% if audience %}a{% endif %} b");
        assert_eq!((shape.as_str(), faults), ("a b", vec![(FaultKind::UnknownCondition, 1)]));
    }

    #[test]
    fn comments_are_gone_with_the_marks_in_them() {
        assert_eq!(shape_of("a <!-- {% note info %} #|\n|| --> b"), "a b");
        assert_eq!(shape_of("#|\n|| a <!-- | --> | b ||\n|#"), "#[a,b]");
        assert_eq!(shape_of("a <!-- b"), "a <!-- b");
    }

    #[test]
    fn marks_inside_code_are_code() {
        assert_eq!(
            shape_of("`{% note %}` ```\n\n```\n{% endnote %}\n#|\n```\n"),
            "`{% note %}` ``` ``` {% endnote %} #| ```"
        );
    }

    #[test]
    fn an_unterminated_block_ends_at_the_next_heading() {
        let (shape, faults) = read("#|\n|| a | b ||\n|| c | d ||\n\n## Next\n\n#|\n|| e ||\n|#\n");
        assert_eq!((shape.as_str(), faults), ("#[a,b;c,d]## Next #[e]", vec![(FaultKind::Unclosed("|#"), 1)]));
        let (shape, faults) = read("{% note info %}\n\na\n\n## Next\nb");
        assert_eq!((shape.as_str(), faults), ("note:info:{a}## Next b", vec![(FaultKind::Unclosed("endnote"), 1)]));
    }

    #[test]
    fn a_block_ends_its_unterminated_inner_ones() {
        let (shape, faults) = read("{% cut \"a\" %}{% note info %}b{% endcut %}c");
        assert_eq!((shape.as_str(), faults), ("cut:a{note:info:{b}}c", vec![(FaultKind::Unclosed("endnote"), 1)]));
    }

    #[test]
    fn a_closing_mark_without_a_block_is_hidden_and_reported() {
        let (shape, faults) = read("a\n{% endcut %}\nb\n{% endlist %}");
        assert_eq!(
            (shape.as_str(), faults),
            ("a b", vec![(FaultKind::Stray("endcut"), 2), (FaultKind::Stray("endlist"), 4)])
        );
    }

    #[test]
    fn a_row_without_its_end_ends_at_the_next_row_or_with_the_table() {
        let (shape, faults) = read("#|\n|| a | b\n|| c | d ||\n|| e | f |\n|#");
        assert_eq!(
            (shape.as_str(), faults),
            ("#[a,b;c,d;e,f,]", vec![(FaultKind::OpenRow, 2), (FaultKind::OpenRow, 4)])
        );
    }

    #[test]
    fn a_row_mark_too_many_makes_no_row() {
        let (shape, faults) = read("#|\n|| a | b || ||\n|| c | d ||\n|#");
        assert_eq!((shape.as_str(), faults), ("#[a,b;c,d]", vec![(FaultKind::OpenRow, 2)]));
    }

    #[test]
    fn an_unknown_tag_is_reported_and_stays() {
        let (shape, faults) = read("a {% frob x %} b");
        assert_eq!((shape.as_str(), faults), ("a {% frob x %} b", vec![(FaultKind::UnknownTag, 1)]));
    }

    #[test]
    fn tables_nested_too_deep_are_reported_once() {
        let text = "#|\n|| a | ".repeat(200) + &" ||\n|#".repeat(200);
        let (blocks, faults) = scan(&text, &[]);
        assert_eq!(blocks.len(), 1);
        assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::TooDeep]);
    }
}
