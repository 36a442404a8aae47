//! Where code ends, and other marks that are looked for ahead of their place.

use std::collections::BTreeMap;

use super::token::indent;

/// Where code can end, found in one pass beforehand: looking an end up never rereads the text.
pub(super) struct Closings {
    /// Lines that can close a fence of backticks, and of tildes.
    fences: [Vec<Fence>; 2],
    /// Starts of the runs of backticks, by length.
    runs: BTreeMap<usize, Vec<usize>>,
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
    pub(super) fn new(text: &str) -> Closings {
        let bytes = text.as_bytes();
        let mut out = Closings { fences: [Vec::new(), Vec::new()], runs: BTreeMap::new(), bounds: Vec::new() };
        let mut line = 0;
        while line < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[line..]).map_or(bytes.len(), |n| line + n);
            out.line(&text[line..end], line);
            let next = end + 1 + bytes.get(end + 1..).map_or(0, indent);
            let blank = matches!(bytes.get(next), None | Some(b'\n' | b'\r'));
            let row = bytes.get(next..).is_some_and(|rest| rest.starts_with(b"||"));
            if blank || row || ends_a_row(&text[line..end]) {
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
        if memchr::memchr2(b'`', b'~', line.as_bytes()).is_none() {
            return;
        }
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
        while let Some(n) = memchr::memchr(b'`', &bytes[pos..]) {
            let run = run_of(&bytes[pos + n..], b'`');
            self.runs.entry(run).or_default().push(start + pos + n);
            pos += n + run;
        }
    }

    /// Behind the fenced block that starts at `at`, if one does and is closed.
    pub(super) fn fence_end(&self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mark = *bytes.get(at).filter(|b| matches!(b, b'`' | b'~'))?;
        let run = run_of(&bytes[at..], mark);
        if run < 3 {
            return None;
        }
        let info_end = at + memchr::memchr(b'\n', &bytes[at..])?;
        if mark == b'`' && bytes[at + run..info_end].contains(&b'`') {
            return None;
        }
        let fences = &self.fences[usize::from(mark == b'~')];
        let below = &fences[fences.partition_point(|fence| fence.line <= info_end)..];
        below.first().filter(|fence| fence.most >= run)?;
        below.iter().find(|fence| fence.marks >= run).map(|fence| fence.end)
    }

    /// Behind the code span whose opening run of `run` backticks stands at `at`; it stays within its paragraph and cell.
    pub(super) fn span_end(&self, at: usize, run: usize) -> Option<usize> {
        let bound = self.bounds.get(self.bounds.partition_point(|end| *end < at)).copied().unwrap_or(usize::MAX);
        let starts = self.runs.get(&run)?;
        let close = starts.get(starts.partition_point(|start| *start < at + run)).copied()?;
        (close < bound).then_some(close + run)
    }
}

/// Whether the last that stands on a line is `||`.
fn ends_a_row(line: &str) -> bool {
    let last = line.bytes().rev().find(|byte| !byte.is_ascii_whitespace());
    matches!(last, Some(b'|' | 0x80..)) && line.trim_end().ends_with("||")
}

/// How often the first byte of `bytes` repeats, if it is `mark`.
pub(super) fn run_of(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|b| **b == mark).count()
}

/// The next place of a mark in a text that is walked forwards; what was found is remembered.
pub(super) struct Ahead {
    mark: &'static str,
    found: Option<usize>,
}

impl Ahead {
    pub(super) fn new(mark: &'static str) -> Ahead {
        Ahead { mark, found: Some(0) }
    }

    /// The first `mark` at or behind `pos`, which never goes back from call to call.
    pub(super) fn of(&mut self, text: &str, pos: usize) -> Option<usize> {
        if self.found.is_some_and(|at| at < pos || at == 0) {
            self.found = text[pos..].find(self.mark).map(|n| pos + n);
        }
        self.found
    }
}
