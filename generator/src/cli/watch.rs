//! Saved pages, as they are saved.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::Failure;

/// How long a folder has to be quiet before it is read: an editor saves in several steps, and many pages at once.
const QUIET: Duration = Duration::from_millis(30);

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

    /// Waits for a change, and then until there are no more.
    pub(super) fn wait(&self) -> Result<(), Failure> {
        while !self.matters(self.events.recv()?) {}
        loop {
            match self.events.recv_timeout(QUIET) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether it is a change of the docs. An error is: some changes were lost, maybe.
    fn matters(&self, event: notify::Result<Event>) -> bool {
        let Ok(event) = event else { return true };
        let ours = |path: &PathBuf| {
            let overrides = path.file_name().is_some_and(|name| name == "overrides.toml");
            (path.starts_with(&self.docs) || overrides) && !path.starts_with(&self.out)
        };
        // Our own reading is an event too.
        !event.kind.is_access() && (event.need_rescan() || event.paths.iter().any(ours))
    }
}
