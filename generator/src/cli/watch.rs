//! Saved pages, as they are saved.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::Failure;

/// How long a folder has to be quiet before it is read: an editor saves in several steps, and many pages at once.
const QUIET: Duration = Duration::from_millis(5);

/// The changes below a docs folder, and beside it, where its overrides may stand.
pub(super) struct Changes {
    events: Receiver<notify::Result<Event>>,
    /// What is written there is our own.
    out: PathBuf,
    docs: PathBuf,
    _watcher: RecommendedWatcher,
}

impl Changes {
    pub(super) fn of(docs: &Path, out: &Path) -> Result<Changes, Failure> {
        let failed = |error| format!("cannot watch `{}`: {error}", docs.display());
        let docs = docs.canonicalize().map_err(|error| format!("cannot watch `{}`: {error}", docs.display()))?;
        std::fs::create_dir_all(out)
            .map_err(|error| format!("cannot create the folder `{}`: {error}", out.display()))?;
        let (tell, events) = channel();
        let mut watcher = notify::recommended_watcher(tell).map_err(failed)?;
        watcher.watch(&docs, RecursiveMode::Recursive).map_err(failed)?;
        if let Some(parent) = docs.parent() {
            watcher.watch(parent, RecursiveMode::NonRecursive).map_err(failed)?;
        }
        Ok(Changes { events, out: out.canonicalize()?, docs, _watcher: watcher })
    }

    /// Waits for a change, and then until there are no more. The pages that were saved, where nothing else can have changed.
    pub(super) fn wait(&self) -> Result<Option<Vec<String>>, Failure> {
        let mut saved = BTreeSet::new();
        let mut all = true;
        let mut note = |event: notify::Result<Event>| {
            let Some(paths) = self.matters(event) else { return false };
            all &= !paths.is_empty();
            for path in paths {
                match self.page(&path) {
                    Some(page) => _ = saved.insert(page),
                    None => all = false,
                }
            }
            true
        };
        while !note(self.events.recv()?) {}
        loop {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => _ = note(event),
                Err(RecvTimeoutError::Timeout) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all.then(|| saved.into_iter().collect()))
    }

    /// What of the docs has changed, if it did; nothing where that is not known: some changes were lost, maybe.
    fn matters(&self, event: notify::Result<Event>) -> Option<Vec<PathBuf>> {
        let Ok(event) = event else { return Some(Vec::new()) };
        // Our own reading is an event too.
        if event.kind.is_access() {
            return None;
        }
        if event.need_rescan() {
            return Some(Vec::new());
        }
        let ours = |path: &PathBuf| {
            let overrides = path.file_name().is_some_and(|name| name == "overrides.toml");
            (path.starts_with(&self.docs) || overrides) && !path.starts_with(&self.out)
        };
        let paths: Vec<PathBuf> = event.paths.into_iter().filter(ours).collect();
        (!paths.is_empty()).then_some(paths)
    }

    /// The page at `path`, as the docs name it.
    fn page(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.docs).ok()?.to_str()?;
        let is_page = path.extension().is_some_and(|ending| ending == "md") && path.is_file();
        is_page.then(|| below.replace(std::path::MAIN_SEPARATOR, "/"))
    }
}
