//! `docs.lock`: which state of which repository each folder of fetched docs holds.
//!
//! ```
//! use bitrix24_codegen::fetch::Lock;
//!
//! let lock = Lock::parse(
//!     "docs.lock",
//!     r#"
//!         [[docs]]
//!         folder = "docs/en"
//!         repository = "https://github.com/bitrix24/b24restdocs"
//!         revision = "0123456789abcdef0123456789abcdef01234567"
//!         date = "2026-06-15T12:00:00+00:00"
//!     "#,
//! )?;
//! assert_eq!(lock.entry("docs/en").unwrap().date, "2026-06-15T12:00:00+00:00");
//! # Ok::<(), bitrix24_codegen::fetch::LockError>(())
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::write;

/// The head of the file.
const HEAD: &str = "# Written by `bitrix24-codegen fetch`: what each folder of fetched docs holds. `fetch --locked` brings just that.\n";

/// What folders hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// One for each folder.
    #[serde(default)]
    docs: Vec<Entry>,
}

/// What one folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The folder, as it was named on the command line.
    pub folder: String,
    /// Where its pages come from.
    pub repository: String,
    /// The commit's whole id, in hexadecimal digits.
    pub revision: String,
    /// The commit's date, as in RFC 3339.
    pub date: String,
}

/// A lock that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The system refuses.
    #[error("cannot read `{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was edited by hand.
    #[error("{path}:{line}:{column}: {message}: `fetch` wrote this file and nobody need edit it; mend or remove it")]
    Invalid {
        /// The file.
        path: String,
        /// One-based.
        line: usize,
        /// One-based, in characters.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl Lock {
    /// Reads the file; one that is missing locks nothing.
    ///
    /// # Errors
    ///
    /// It cannot be read, or does not say what it must.
    pub fn open(path: &Path) -> Result<Lock, LockError> {
        match fs::read_to_string(path) {
            Ok(text) => Lock::parse(&path.display().to_string(), &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::default()),
            Err(source) => Err(LockError::Io { path: path.to_owned(), source }),
        }
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    ///
    /// It does not say what it must.
    pub fn parse(path: &str, text: &str) -> Result<Lock, LockError> {
        let invalid = |at: usize, message: String| {
            let before = text.get(..at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            LockError::Invalid { path: path.to_owned(), line, column, message }
        };
        let lock: Lock = toml::from_str(text)
            .map_err(|error| invalid(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        for entry in &lock.docs {
            let id = &entry.revision;
            if !matches!(id.len(), 40 | 64) || !id.chars().all(|c| c.is_ascii_hexdigit()) {
                let at = text.find(id.as_str()).unwrap_or_default();
                return Err(invalid(at, format!("`{}` is not a commit's whole id", id.escape_default())));
            }
        }
        Ok(lock)
    }

    /// What `folder` holds.
    pub fn entry(&self, folder: impl AsRef<Path>) -> Option<&Entry> {
        let folder = shown(folder.as_ref());
        self.docs.iter().find(|entry| entry.folder == folder)
    }

    /// Notes what a folder holds now.
    pub fn set(&mut self, entry: Entry) {
        match self.docs.iter_mut().find(|own| own.folder == entry.folder) {
            Some(own) => *own = entry,
            None => self.docs.push(entry),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn write(&self, path: &Path) -> Result<(), write::Error> {
        let mut document = toml_edit::DocumentMut::new();
        let mut docs = toml_edit::ArrayOfTables::new();
        for entry in &self.docs {
            let mut table = toml_edit::Table::new();
            let Entry { folder, repository, revision, date } = entry;
            for (key, value) in [("folder", folder), ("repository", repository), ("revision", revision), ("date", date)]
            {
                table.insert(key, toml_edit::value(value));
            }
            docs.push(table);
        }
        document.insert("docs", toml_edit::Item::ArrayOfTables(docs));
        let text = format!("{HEAD}\n{document}");
        write::replace(path, |file| io::Write::write_all(file, text.as_bytes()))
    }
}

/// A folder as the lock names it: with `/` on every system.
pub(super) fn shown(folder: &Path) -> String {
    folder.to_string_lossy().replace('\\', "/")
}
