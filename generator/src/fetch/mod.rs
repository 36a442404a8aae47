//! Brings the published docs from their git repository into a folder.
//!
//! The installed `git` does the work: one commit, without history, and of its files only the pages. They come into a folder beside
//! the one they are meant for, which takes its place in one step when everything is there: who reads the docs meets the old ones or
//! the new ones. Where anything fails the old ones stay. What was fetched is noted in a [`Lock`].

mod git;
mod lock;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::docs::{Docs, DocsError};
use crate::write;
use git::Git;
use lock::shown;
pub use lock::{Entry, Lock, LockError};

/// Names the revision inside a folder of fetched docs; [`Docs`] passes over hidden files.
const MARKER: &str = ".bitrix24-docs";

/// The files that are wanted, as patterns of `.gitignore`.
const WANTED: &str = "*.md\n/presets.yaml\n/LICENSE*\n";

/// A language in which the docs are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Russian, the original.
    Ru,
    /// English, translated by machine.
    En,
}

impl Language {
    /// The public repository of its docs.
    pub fn repository(self) -> &'static str {
        match self {
            Language::Ru => "https://github.com/bitrix-tools/b24-rest-docs",
            Language::En => "https://github.com/bitrix24/b24restdocs",
        }
    }

    /// `ru`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::Ru => "ru",
            Language::En => "en",
        }
    }
}

/// What to fetch.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// A URL that git understands, or the path of a repository.
    pub repository: String,
    /// A branch, a tag or a whole commit id; `None` for the newest commit.
    pub revision: Option<String>,
    /// The folder that the docs go to.
    pub folder: PathBuf,
}

/// Why nothing was fetched; the folder is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// git is not installed or cannot run.
    #[error("cannot run `git`: {0}: install git, or name with --docs a folder that holds the docs")]
    NoGit(#[source] io::Error),
    /// git could not do its work.
    #[error("cannot {task} `{repository}`: git says: {said}")]
    Git {
        /// What was tried.
        task: &'static str,
        /// The repository.
        repository: String,
        /// The end of what git printed.
        said: String,
    },
    /// The repository or the revision would be an option of git.
    #[error("`{0}` is not the name of a repository or a revision")]
    Name(String),
    /// The folder holds something else.
    #[error("`{}` is there and was not written by `fetch`: name another folder, or remove it", .0.display())]
    NotOurs(PathBuf),
    /// What came is no docs folder.
    #[error("`{repository}` at {revision} holds no docs: {error}")]
    NoDocs {
        /// The repository.
        repository: String,
        /// The commit.
        revision: String,
        /// Why not.
        #[source]
        error: DocsError,
    },
    /// The lock is not readable.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
}

/// What [`Fetch::run`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What the folder holds now.
    pub entry: Entry,
    /// The pages in it.
    pub pages: usize,
    /// Whether the folder had that revision already and was left alone.
    pub unchanged: bool,
}

impl Fetch {
    /// Fetches, telling `progress` in a few words what is being done.
    ///
    /// # Errors
    ///
    /// git, the network, the disk; or the folder is not one of fetched docs.
    pub fn run(&self, progress: &mut dyn FnMut(&str)) -> Result<Fetched, Error> {
        let Fetch { repository, revision, folder } = self;
        let wanted = revision.as_deref().unwrap_or("HEAD");
        for name in [repository.as_str(), wanted] {
            if name.is_empty() || name.starts_with('-') || name.contains(['\n', '\0']) {
                return Err(Error::Name(name.escape_default().to_string()));
            }
        }
        let holds = holds(folder)?;
        progress(&format!("looking for {wanted} in {repository}"));
        let beside = beside(folder);
        remove(&beside)?;
        create(&beside)?;
        let fetched = self.fetch(&beside, wanted, holds.as_deref(), progress);
        // It is in its place by now, or of no use.
        let removed = remove(&beside);
        let fetched = fetched?;
        removed?;
        Ok(fetched)
    }

    /// Fetches into `beside` and puts it in place.
    fn fetch(
        &self,
        beside: &Path,
        wanted: &str,
        holds: Option<&str>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Fetched, Error> {
        let Fetch { repository, folder, .. } = self;
        let git = Git { folder: beside, repository };
        git.init(WANTED)?;
        git.fetch(wanted)?;
        let (revision, date) = git.commit()?;
        let entry = Entry { folder: shown(folder), repository: repository.clone(), revision, date };
        let no_docs = |error| Error::NoDocs { repository: repository.clone(), revision: entry.revision.clone(), error };
        if holds == Some(entry.revision.as_str())
            && let Ok(docs) = Docs::open(folder)
        {
            return Ok(Fetched { entry, pages: docs.sources().len(), unchanged: true });
        }
        progress(&format!("fetching the pages of {}, {}", short(&entry.revision), entry.date));
        git.checkout()?;
        remove(&beside.join(".git"))?;
        let pages = Docs::open(beside).map_err(no_docs)?.sources().len();
        let marker = beside.join(MARKER);
        write::replace(&marker, |file| io::Write::write_all(file, format!("{}\n", entry.revision).as_bytes()))?;
        put_in_place(beside, folder)?;
        Ok(Fetched { entry, pages, unchanged: false })
    }
}

/// The revision that `folder` holds; `None` where there is no folder yet, or an empty one.
fn holds(folder: &Path) -> Result<Option<String>, Error> {
    if let Ok(revision) = fs::read_to_string(folder.join(MARKER)) {
        return Ok(Some(revision.trim().to_owned()));
    }
    let empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if empty { Ok(None) } else { Err(Error::NotOurs(folder.to_owned())) }
}

/// Where the docs stand until they are complete: one name, so that what an interrupted run left is found and removed.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".fetching");
    PathBuf::from(name)
}

/// Lets `new` take the place of `folder`; what was there stands at `new` then, or nowhere.
fn put_in_place(new: &Path, folder: &Path) -> Result<(), Error> {
    let failed = |source| io_error("replace", folder, source);
    if !folder.exists() {
        return fs::rename(new, folder).map_err(failed);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, folder, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    // A file system without exchange: two steps, and back where the second fails.
    let mut aside = folder.as_os_str().to_owned();
    aside.push(".old");
    let aside = PathBuf::from(aside);
    remove(&aside)?;
    fs::rename(folder, &aside).map_err(failed)?;
    if let Err(error) = fs::rename(new, folder) {
        fs::rename(&aside, folder).map_err(failed)?;
        return Err(failed(error));
    }
    remove(&aside)
}

fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| io_error("create the folder", folder, source))
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(io_error("remove", folder, source)),
        _ => Ok(()),
    }
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Write(write::Error::Io { action, path: path.to_owned(), source })
}

/// The beginning of a commit's id.
fn short(revision: &str) -> &str {
    revision.get(..10).unwrap_or(revision)
}
