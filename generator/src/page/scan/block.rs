//! Marks become blocks: opening and closing ones are paired, tables are split into rows and cells.

use std::collections::HashMap;
use std::ops::Range;

use super::token::{Container, Spanned, Token, escape};
use super::{Content, Fault, FaultKind, RowSpan, Yfm, YfmKind};

/// Blocks nested deeper than this are left unread (and reported).
const MAX_DEPTH: usize = 24;

/// The blocks that the marks of `text` make, outermost first.
pub(super) fn blocks(text: &str, tokens: &[Spanned], faults: &mut Vec<Fault>) -> Vec<Yfm> {
    let ends = pair(text.len(), tokens, faults);
    Builder { text, tokens, ends: &ends, faults }.children(0, tokens.len(), 0)
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

/// Whether the `||` at `pos` starts a row although another is open: it leads a line that goes on with text.
fn begins_row(bytes: &[u8], pos: usize) -> bool {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let leads = matches!(bytes[..pos].iter().rev().find(|b| !blank(b)), None | Some(b'\n'));
    let next = bytes[pos + 2..].iter().find(|b| !blank(b));
    leads && !matches!(next, None | Some(b'\n' | b'\r' | b'|'))
}
