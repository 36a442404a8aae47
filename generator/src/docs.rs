//! The docs folder: its pages as text, its presets, and the way from one page to another.
//!
//! The folder comes from outside. Only `.md` files under it are read, symbolic links are not followed, no include or
//! link leads out of it, and a page beyond [`MAX_PAGE`] bytes is left out and reported.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use crate::cache;
use crate::diagnostic::{Code, Diagnostic, Position};
use crate::overrides::{self, Overrides};
use crate::page::{Block, Fault, FaultKind, MARKER, Place, Yfm, YfmKind, read, scan};

/// The name of a page's file without its ending: `crm-deal-add`.
pub(crate) fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".md").unwrap_or(file)
}

/// The largest page that is read, in bytes.
pub const MAX_PAGE: usize = 8 << 20;

/// How many bytes lie between two counts of characters.
const STRIDE: usize = 4096;

/// Why a docs folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum DocsError {
    /// The folder is not there.
    #[error("the docs folder `{0}` does not exist: check the path (`docs-input` is read by default)")]
    Missing(PathBuf),
    /// The path is a file.
    #[error("the docs folder `{0}` is not a folder")]
    NotAFolder(PathBuf),
    /// There is no page in it.
    #[error("the docs folder `{0}` holds no `.md` page")]
    Empty(PathBuf),
    /// Reading failed.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Somebody writes to the folder.
    #[error("`{0}` changed while the docs were read: run this again when it is complete")]
    Changed(PathBuf),
    /// The overrides beside the docs cannot be used.
    #[error(transparent)]
    Overrides(#[from] overrides::Error),
}

/// A docs folder in memory.
#[derive(Debug)]
pub struct Docs {
    sources: Vec<Source>,
    by_path: HashMap<String, u32>,
    /// What is wrong with the files, but for their blocks.
    unread: Vec<Diagnostic>,
    diagnostics: OnceLock<Vec<Diagnostic>>,
    preset: Arc<[(String, String)]>,
    overrides: Overrides,
}

/// What pages were when something was made of them.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Digests of their texts.
    pages: Vec<u64>,
    /// A digest of what every page may look at of the others beside what it includes: paths, titles, presets.
    common: u64,
}

/// One page's text.
#[derive(Debug)]
pub struct Source {
    /// Relative to the docs folder, with `/`.
    pub path: String,
    text: String,
    preset: Arc<[(String, String)]>,
    /// When the file was changed, if that tells.
    stamp: Option<Stamp>,
    /// The page's YFM blocks and what is wrong with them, found when first asked for.
    scanned: OnceLock<(Vec<Yfm>, Vec<Fault>)>,
    digest: OnceLock<u64>,
    lines: Vec<u32>,
    /// Characters before every `STRIDE`th byte, so that a column far along a line costs no walk along it.
    chars: Vec<u32>,
}

impl Docs {
    /// Reads every page under `root`, and the [`overrides`] beside it.
    ///
    /// # Errors
    ///
    /// When the folder is missing, unreadable or without pages.
    pub fn open(root: &Path) -> Result<Docs, DocsError> {
        Docs::open_again(root, None, None)
    }

    /// The same; files that have not changed since `old` was read are not read again. Who knows which pages were `saved` since, and
    /// that nothing else was, spares the folder the search for them.
    pub(crate) fn open_again(root: &Path, old: Option<Docs>, saved: Option<&[String]>) -> Result<Docs, DocsError> {
        let old = match (old, saved) {
            (Some(old), Some(saved)) => match old.with_saved(root, saved)? {
                Ok(docs) => return Ok(docs),
                Err(old) => Some(old),
            },
            (old, _) => old,
        };
        match fs::metadata(root) {
            Ok(about) if about.is_dir() => {}
            Ok(_) => return Err(DocsError::NotAFolder(root.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(DocsError::Missing(root.to_owned())),
            // A link to itself, say.
            Err(source) => return Err(DocsError::Io { path: root.to_owned(), source }),
        }
        let listed = Listed::of(root)?;
        if listed.pages.is_empty() {
            return Err(DocsError::Empty(root.to_owned()));
        }
        Docs::read(root, &listed, old)
    }

    /// Reads what was `listed` of `root`.
    fn read(root: &Path, listed: &Listed, old: Option<Docs>) -> Result<Docs, DocsError> {
        let preset: Arc<[(String, String)]> = presets(root).into();
        let preset = match &old {
            Some(old) if old.preset == preset => Arc::clone(&old.preset),
            _ => preset,
        };
        let old: HashMap<String, Source> = old
            .into_iter()
            .filter(|old| Arc::ptr_eq(&old.preset, &preset))
            .flat_map(|old| old.sources)
            .map(|source| (source.path.clone(), source))
            .collect();
        let old = Mutex::new(old);
        let take = |path: &str| old.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        let read = |path: &String| -> Result<(Option<Source>, Vec<Diagnostic>), DocsError> {
            let seen = Stamp::of(&root.join(path));
            match take(path).filter(|source| source.stamp.is_some() && source.stamp == seen) {
                Some(source) => Ok((Some(source), Vec::new())),
                None => Source::read(root, path, &preset),
            }
        };
        let read = listed.pages.par_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // Half of one state and half of another would be docs that never were.
        if let Some(path) = listed.differs(&Listed::of(root)?) {
            return Err(DocsError::Changed(root.join(path)));
        }
        let mut docs = Docs::of(read, preset).with_overrides(Overrides::beside(root)?);
        docs.unread.extend(listed.links.iter().map(|path| {
            let start = Position { line: 1, column: 1, at: 0 };
            let message = "this is a symbolic link: nothing is read through it; put the pages themselves here";
            Diagnostic::new(Code::SymbolicLink, start, message).on(path)
        }));
        Ok(docs)
    }

    /// The docs once the pages `saved` are read again; as they were, where more than the texts of these pages may have changed.
    fn with_saved(mut self, root: &Path, saved: &[String]) -> Result<Result<Docs, Docs>, DocsError> {
        let is_page = |path: &String| fs::symlink_metadata(root.join(path)).is_ok_and(|about| about.is_file());
        let numbers: Option<Vec<u32>> = saved.iter().map(|path| self.find(path).filter(|_| is_page(path))).collect();
        let Some(numbers) = numbers.filter(|_| self.unread.is_empty()) else { return Ok(Err(self)) };
        let mut read = Vec::new();
        for path in saved {
            let (Some(source), diagnostics) = Source::read(root, path, &self.preset)? else { return Ok(Err(self)) };
            if !diagnostics.is_empty() {
                return Ok(Err(self));
            }
            read.push(source);
        }
        for (number, source) in numbers.into_iter().zip(read) {
            self.sources[number as usize] = source;
        }
        self.diagnostics = OnceLock::new();
        Ok(Ok(self))
    }

    /// The docs made of `pages`, `(path, text)` each; `preset` decides their `{% if %}` conditions.
    pub fn new(pages: Vec<(String, Vec<u8>)>, preset: &[(String, String)]) -> Docs {
        let mut pages = pages;
        pages.sort();
        let preset: Arc<[(String, String)]> = preset.into();
        let read = pages.into_par_iter().map(|(path, bytes)| Source::new(path, bytes, &preset)).collect();
        Docs::of(read, preset)
    }

    fn of(read: Vec<(Option<Source>, Vec<Diagnostic>)>, preset: Arc<[(String, String)]>) -> Docs {
        let mut docs = Docs {
            sources: Vec::new(),
            by_path: HashMap::new(),
            unread: Vec::new(),
            diagnostics: OnceLock::new(),
            preset,
            overrides: Overrides::default(),
        };
        for (source, diagnostics) in read {
            docs.unread.extend(diagnostics);
            if let Some(source) = source {
                docs.by_path.insert(source.path.clone(), u32::try_from(docs.sources.len()).unwrap_or(u32::MAX));
                docs.sources.push(source);
            }
        }
        docs
    }

    /// The same pages, corrected by `overrides`.
    #[must_use]
    pub fn with_overrides(self, overrides: Overrides) -> Docs {
        Docs { overrides, ..self }
    }

    /// What corrects the pages.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// The pages, ordered by path.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Number of the page at `path`, relative to the docs folder.
    pub fn find(&self, path: &str) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    /// The page with this number.
    pub fn source(&self, number: u32) -> &Source {
        &self.sources[number as usize]
    }

    /// What decides `{% if %}` conditions.
    pub fn preset(&self) -> &[(String, String)] {
        &self.preset
    }

    /// What is wrong with the files themselves.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| {
            let faults = self
                .sources
                .par_iter()
                .flat_map_iter(|source| source.scanned().1.iter().map(|fault| source.fault(fault)).collect::<Vec<_>>());
            let mut all: Vec<Diagnostic> = self.unread.iter().cloned().chain(faults.collect::<Vec<_>>()).collect();
            all.sort();
            all
        })
    }

    /// The state of the pages, by which [`changed`](Docs::changed) tells later what became of them.
    pub(crate) fn state(&self) -> State {
        let pages = self.sources.par_iter().map(Source::digest).collect();
        let titles: Vec<(&str, &str)> =
            self.sources.iter().map(|source| (source.path.as_str(), source.title())).collect();
        State { pages, common: cache::of_value(&(titles, &self.preset)) }
    }

    /// Per page, whether it or something that it includes is not `new` as it was `old`; nothing where that may be so of all.
    pub(crate) fn changed(&self, old: &State, new: &State) -> Option<Vec<bool>> {
        let same = |page: u32| new.pages[page as usize] == old.pages[page as usize];
        let pages = 0..u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        (new.common == old.common).then(|| pages.into_par_iter().map(|page| !self.all_are(page, &same)).collect())
    }

    /// Whether the page and all that it includes are as `same` says.
    fn all_are(&self, page: u32, same: &dyn Fn(u32) -> bool) -> bool {
        let mut seen = vec![page];
        let mut next = 0;
        while let Some(page) = seen.get(next).copied() {
            next += 1;
            if !same(page) {
                return false;
            }
            for path in includes(&self.source(page).scanned().0) {
                let included = self.resolve(page, path).filter(|included| !seen.contains(included));
                seen.extend(included);
            }
        }
        true
    }

    /// A digest of all that is read: pages, presets, overrides.
    pub(crate) fn digest(&self) -> u64 {
        let pages: Vec<u64> = self.sources.par_iter().map(Source::digest).collect();
        cache::of_value(&(pages, &self.unread, &self.preset, self.overrides.text()))
    }

    /// The path of a page as a link from page `from` writes it, without its anchor; `None` for other links, for
    /// unknown pages and for what leads out of the folder.
    pub fn resolve(&self, from: u32, target: &str) -> Option<u32> {
        let (path, _) = target.split_once('#').unwrap_or((target, ""));
        if path.is_empty() {
            return Some(from);
        }
        let path = join(&self.source(from).path, path)?;
        self.find(&path).or_else(|| self.find(&path.strip_suffix(".html").map(|p| format!("{p}.md"))?))
    }

    /// A diagnostic about `place`.
    pub fn report(&self, code: Code, place: Place, message: impl Into<String>) -> Diagnostic {
        let source = self.source(place.source);
        Diagnostic::new(code, source.position(place.at as usize), message).on(&source.path)
    }
}

/// `target`, as the page `from` writes it, relative to the docs folder; `None` where it leads out of it or is a URL.
pub(crate) fn join(from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") || target.contains('\\') || target.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    if !target.starts_with('/') {
        parts.pop();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What a docs folder holds, by path.
#[derive(Debug, Default, PartialEq)]
struct Listed {
    pages: Vec<String>,
    /// Symbolic links that stand for pages or folders, or lead nowhere.
    links: Vec<String>,
}

impl Listed {
    fn of(root: &Path) -> Result<Listed, DocsError> {
        let mut listed = Listed::default();
        let mut folders = vec![(root.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let failed = |source| DocsError::Io { path: folder.clone(), source };
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                // The type of the entry itself: links are not followed.
                let kind = entry.file_type().map_err(failed)?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                if name.starts_with('.') {
                    continue;
                }
                let is_page = Path::new(&name).extension().is_some_and(|extension| extension == "md");
                let path = format!("{prefix}{name}");
                if kind.is_dir() {
                    folders.push((entry.path(), path + "/"));
                } else if kind.is_file() && is_page {
                    listed.pages.push(path);
                } else if kind.is_symlink() && (is_page || fs::metadata(entry.path()).is_ok_and(|to| to.is_dir())) {
                    listed.links.push(path);
                }
            }
        }
        listed.pages.sort();
        listed.links.sort();
        Ok(listed)
    }

    /// A page that only one of the two lists has.
    fn differs<'l>(&'l self, other: &'l Listed) -> Option<&'l str> {
        let missing = |from: &'l Listed, in_: &'l Listed| {
            from.pages.iter().find(|page| in_.pages.binary_search(page).is_err()).map(String::as_str)
        };
        missing(self, other).or_else(|| missing(other, self))
    }
}

/// The `default` preset of `presets.yaml`: `key: value` lines one level deep. Without the file, what is published:
/// `build: prod`.
fn presets(root: &Path) -> Vec<(String, String)> {
    let published = vec![("build".to_owned(), "prod".to_owned())];
    let Ok(text) = fs::read_to_string(root.join("presets.yaml")) else { return published };
    let default = text.lines().skip_while(|line| line.trim_end() != "default:").skip(1);
    let own = default.take_while(|line| line.starts_with([' ', '\t']) || line.trim().is_empty());
    let pairs: Vec<_> = own
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()))
        .collect();
    if pairs.is_empty() { published } else { pairs }
}

impl Source {
    /// Reads the page at `path` below `root`.
    fn read(
        root: &Path,
        path: &str,
        preset: &Arc<[(String, String)]>,
    ) -> Result<(Option<Source>, Vec<Diagnostic>), DocsError> {
        let file = root.join(path);
        let seen = Stamp::of(&file);
        let bytes = fs::read(&file).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => DocsError::Changed(file.clone()),
            _ => DocsError::Io { path: file.clone(), source },
        })?;
        if Stamp::of(&file) != seen {
            return Err(DocsError::Changed(file));
        }
        let (source, diagnostics) = Source::new(path.to_owned(), bytes, preset);
        // What has something wrong with it is read every time, to say so every time.
        let stamp = seen.filter(|stamp| diagnostics.is_empty() && stamp.is_settled());
        Ok((source.map(|source| Source { stamp, ..source }), diagnostics))
    }

    fn new(path: String, bytes: Vec<u8>, preset: &Arc<[(String, String)]>) -> (Option<Source>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let start = Position { line: 1, column: 1, at: 0 };
        if bytes.len() > MAX_PAGE {
            let message =
                format!("the page has {} bytes; pages beyond {MAX_PAGE} bytes are not read: split it", bytes.len());
            diagnostics.push(Diagnostic::new(Code::PageTooLarge, start, message).on(&path));
            return (None, diagnostics);
        }
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let line = bytes[..at].split(|b| *b == b'\n').count();
            let position = Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: 1, at };
            let message = "the page is not UTF-8 here: the bytes are read as U+FFFD; save the page as UTF-8";
            diagnostics.push(Diagnostic::new(Code::NotUtf8, position, message).on(&path));
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let mut text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
        if text.contains(MARKER) {
            text = text.replace(MARKER, "\u{fffd}");
        }
        if let Some(rest) = text.strip_prefix('\u{feff}') {
            text = String::from(rest);
        }
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        let mut chars = vec![0];
        for part in text.as_bytes().chunks(STRIDE) {
            let before = chars.last().copied().unwrap_or_default();
            chars.push(before + u32::try_from(characters(part)).unwrap_or(u32::MAX));
        }
        let preset = Arc::clone(preset);
        let (scanned, digest) = (OnceLock::new(), OnceLock::new());
        let source = Source { path, text, preset, stamp: None, scanned, digest, lines, chars };
        (Some(source), diagnostics)
    }

    fn scanned(&self) -> &(Vec<Yfm>, Vec<Fault>) {
        self.scanned.get_or_init(|| scan(&self.text, &self.preset))
    }

    /// A digest of path and text.
    fn digest(&self) -> u64 {
        *self.digest.get_or_init(|| cache::of_value(&(&self.path, &self.text)))
    }

    /// The page's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The page's first heading.
    pub fn title(&self) -> &str {
        let line = self.text.lines().find_map(|line| line.strip_prefix("# "));
        line.map_or("", |line| line.split("{#").next().unwrap_or_default().trim())
    }

    /// The page's blocks; `number` is this source's own.
    pub fn blocks(&self, number: u32) -> Vec<Block<'_>> {
        read(&self.text, &self.scanned().0, number)
    }

    /// Line and column of a byte.
    pub fn position(&self, at: usize) -> Position {
        let at = at.min(self.text.len());
        let line = self.lines.partition_point(|start| *start as usize <= at);
        let start = self.lines[line.saturating_sub(1)] as usize;
        let column = self.characters_before(at) - self.characters_before(start);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column + 1), at }
    }

    /// Line of a byte, counted from 1.
    pub fn line(&self, at: usize) -> u32 {
        u32::try_from(self.lines.partition_point(|start| *start as usize <= at.min(self.text.len())))
            .unwrap_or(u32::MAX)
    }

    /// The byte where a line starts, counted from 1.
    pub fn line_start(&self, line: u32) -> Option<usize> {
        self.lines.get((line as usize).checked_sub(1)?).map(|start| *start as usize)
    }

    fn characters_before(&self, at: usize) -> usize {
        self.chars[at / STRIDE] as usize + characters(&self.text.as_bytes()[at / STRIDE * STRIDE..at])
    }

    fn fault(&self, fault: &Fault) -> Diagnostic {
        let (code, message) = match fault.kind {
            FaultKind::Unclosed(end) => (
                Code::UnclosedBlock,
                format!("this block is never closed: it is read up to the next heading; add `{}`", closing(end)),
            ),
            FaultKind::Stray(end) => {
                (Code::StrayMark, format!("`{}` closes nothing: remove it or open its block", closing(end)))
            }
            FaultKind::OpenRow => (Code::UnclosedRow, "this row is never closed: add `||` at its end".to_owned()),
            FaultKind::TooDeep => {
                (Code::TooDeep, "blocks are nested too deep here: the inside of this one is not read".to_owned())
            }
            FaultKind::UnknownTag => (Code::UnknownTag, "this tag is not known: it is kept as text".to_owned()),
            FaultKind::UnknownCondition => {
                (Code::UnknownCondition, "this condition cannot be decided: its text is kept".to_owned())
            }
        };
        Diagnostic::new(code, self.position(fault.span.start), message).on(&self.path).spanning(fault.span.clone())
    }
}

/// The paths of the pages that `blocks` include.
fn includes(blocks: &[Yfm]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut todo: Vec<&Yfm> = blocks.iter().collect();
    while let Some(block) = todo.pop() {
        match &block.kind {
            YfmKind::Include(include) => found.push(include.path.as_str()),
            YfmKind::Table(rows) => todo.extend(rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.children)),
            YfmKind::Tabs(inside) | YfmKind::Cut(_, inside) | YfmKind::Note(_, _, inside) => {
                todo.extend(&inside.children);
            }
            YfmKind::Hidden => {}
        }
    }
    found
}

/// What tells whether a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    changed: SystemTime,
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> Option<Stamp> {
        let about = fs::metadata(file).ok()?;
        Some(Stamp { size: about.len(), changed: about.modified().ok()? })
    }

    /// Whether a change from now on would show: clocks of file systems tick slowly.
    pub(crate) fn is_settled(&self) -> bool {
        SystemTime::now().duration_since(self.changed).is_ok_and(|age| age > Duration::from_secs(2))
    }
}

/// How many characters start in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn closing(end: &str) -> String {
    if end == "|#" { end.to_owned() } else { format!("{{% {end} %}}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn docs(pages: &[(&str, &[u8])]) -> Docs {
        Docs::new(pages.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect(), &[])
    }

    fn found(docs: &Docs) -> Vec<(&str, &str, u32, u32)> {
        docs.diagnostics().iter().map(|d| (d.page.as_str(), d.code.as_str(), d.line, d.column)).collect()
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_reported() {
        let docs = docs(&[("a.md", b"one\ntwo \xff three\n"), ("b.md", "текст".as_bytes())]);
        assert_eq!(found(&docs), [("a.md", "B002", 2, 1)]);
        assert_eq!(docs.source(0).text(), "one\ntwo \u{fffd} three\n");
        assert_eq!(docs.source(1).text(), "текст");
    }

    #[test]
    fn a_page_beyond_the_limit_is_left_out_and_the_others_are_read() {
        let docs = docs(&[("big.md", &vec![b'a'; 10 << 20]), ("small.md", b"# Title")]);
        assert_eq!(found(&docs), [("big.md", "B001", 1, 1)]);
        assert_eq!((docs.find("big.md"), docs.find("small.md")), (None, Some(0)));
        assert_eq!(docs.source(0).blocks(0).len(), 1);
    }

    #[test]
    fn a_page_at_the_limit_is_read() {
        let docs = docs(&[("big.md", &vec![b'a'; MAX_PAGE])]);
        assert_eq!(found(&docs), []);
        assert_eq!(docs.source(0).blocks(0).len(), 1);
    }

    #[test]
    fn windows_line_ends_and_a_byte_order_mark_do_not_show() {
        let docs = docs(&[("a.md", "\u{feff}# A\r\n\r\nb\u{1}\r\n".as_bytes())]);
        assert_eq!(docs.source(0).text(), "# A\n\nb\u{fffd}\n");
    }

    #[test]
    fn faults_have_a_page_a_line_and_a_column_in_characters() {
        let docs = docs(&[("a.md", "ё {% frob %}\n\n#|\n|| a ||\n".as_bytes())]);
        assert_eq!(found(&docs), [("a.md", "B007", 1, 3), ("a.md", "B003", 3, 1)]);
    }

    #[test]
    fn links_stay_inside_the_folder() {
        let docs = docs(&[("a/b.md", b""), ("c.md", b""), ("a/index.md", b"")]);
        let from = docs.find("a/b.md").unwrap();
        let path = |target: &str| docs.resolve(from, target).map(|page| docs.source(page).path.as_str());
        assert_eq!(path("../c.md#x"), Some("c.md"));
        assert_eq!(path("/c.html"), Some("c.md"));
        assert_eq!(path("./index.md"), Some("a/index.md"));
        assert_eq!(path("#x"), Some("a/b.md"));
        for outside in [
            "../../c.md",
            "../../../etc/passwd",
            "/../c.md",
            "a/../../../c.md",
            "https://x.y/c.md",
            "..\\c.md",
            "c.md\0",
            "none.md",
        ] {
            assert_eq!(path(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_folder_that_changes_while_it_is_read_is_an_error_that_names_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let page = |name: &str| folder.path().join(name);
        let read = |listed: &Listed| Docs::read(folder.path(), listed, None).map(|docs| docs.sources().len());
        fs::write(page("a.md"), "# A").unwrap();
        fs::write(page("b.md"), "# B").unwrap();
        let listed = Listed::of(folder.path()).unwrap();
        assert_eq!(read(&listed).unwrap(), 2);

        fs::write(page("c.md"), "# C").unwrap();
        assert!(matches!(read(&listed), Err(DocsError::Changed(path)) if path == page("c.md")), "one came");
        fs::remove_file(page("c.md")).unwrap();
        fs::rename(page("b.md"), page("d.md")).unwrap();
        assert!(matches!(read(&listed), Err(DocsError::Changed(path)) if path == page("b.md")), "one went");
    }

    #[test]
    fn a_missing_an_empty_and_a_wrong_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.txt");
        let message = |path: &Path| Docs::open(path).map(|_| ()).unwrap_err().to_string();
        assert!(message(folder.path()).contains("holds no `.md` page"));
        assert!(message(&file).contains("does not exist"));
        fs::write(&file, "text").unwrap();
        assert!(message(&file).contains("is not a folder"));
    }

    proptest! {
        #[test]
        fn positions_count_lines_and_characters(text in "[a-cё\n]{0,40}", long in 0usize..3, at in 0usize..20_000) {
            let text = "ё\n".to_owned() + &"aё".repeat(long * 2000) + &text;
            let docs = docs(&[("a.md", text.as_bytes())]);
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let position = docs.source(0).position(at);
            let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
            prop_assert_eq!(position.line as usize, 1 + text[..at].matches('\n').count());
            prop_assert_eq!(position.column as usize, 1 + text[start..at].chars().count());
        }
    }
}
