//! Writing: the emitted files into their folder, and nothing else anywhere.
//!
//! A file whose content has not changed is not touched, so that Cargo and editors see no change either. All new contents are
//! written to a folder of their own first, [`UNFINISHED`], and put in their places by renames when every one is there: where the disk is
//! full or the system refuses, the output folder is as it was, and who reads it meets the old file or the new one, never half
//! of it. Files that an earlier run left and this one no longer writes are removed; which those are stands in [`LIST`]. Files of
//! others are never touched.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fs,
    io::{self, Write as _},
    path::{Component, Path, PathBuf},
};

use crate::{cache::CACHE, emit::File};

/// The file that lists the written ones, one a line.
pub const LIST: &str = ".bitrix24-codegen";

/// Where files stand until all are written: this and the number of the process.
pub const UNFINISHED: &str = ".bitrix24-codegen-new.";

/// Why the files could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name would leave the folder, or is the list's own.
    #[error("`{}` is not the name of a file below the output folder", .0.escape_default())]
    Name(String),
    /// The file system refused.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What [`write()`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or have a new content.
    pub changed: usize,
    /// Files that were left as they are.
    pub unchanged: usize,
    /// Files of an earlier run that are gone.
    pub removed: usize,
}

/// Makes `out_dir` hold `files`; it is created if it is missing.
///
/// # Errors
///
/// A name that leads out of `out_dir` (before anything is written), or the first file that the system refuses.
pub fn write(files: &[File], out_dir: &Path) -> Result<Written, Error> {
    write_beside(files, &[], None, out_dir)
}

/// The same, beside the files `kept` that stand there already; `last` is what the generator notes for its next run.
pub(crate) fn write_beside(
    files: &[File],
    kept: &[&str],
    last: Option<(&str, &[u8])>,
    out_dir: &Path,
) -> Result<Written, Error> {
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).chain(kept.iter().copied()).collect();
    let ours = |name: &str| [LIST, CACHE].contains(&name) || name.starts_with(UNFINISHED);
    if let Some(name) = names.iter().find(|name| !is_below(name) || ours(name)) {
        return Err(Error::Name((*name).to_owned()));
    }
    create_folder(out_dir)?;
    tidy(out_dir);
    let stands = |file: &&File| fs::read(out_dir.join(&file.name)).is_ok_and(|old| old == file.content.as_bytes());
    let changed: Vec<&File> = files.iter().filter(|file| !stands(file)).collect();
    let written = changed.len();
    let mut contents: Vec<(&str, &[u8])> =
        changed.into_iter().map(|file| (file.name.as_str(), file.content.as_bytes())).collect();
    let old = fs::read_to_string(out_dir.join(LIST)).unwrap_or_default();
    // The list is a file as any other: its lines are checked like names from elsewhere.
    let known: BTreeSet<&str> = old.lines().filter(|name| is_below(name)).collect();
    // What is about to be written stands in the list before it is: a run that is killed leaves no file that the next does not know.
    let all = lines(&known.union(&names).copied().collect());
    if all != old {
        contents.insert(0, (LIST, all.as_bytes()));
    }
    let count = contents.len();
    contents.extend(last);
    let unfinished = if contents.is_empty() { None } else { Some(Unfinished::create(out_dir)?) };
    let write = |unfinished: &Unfinished<'_>| {
        contents.iter().map(|(name, content)| unfinished.write(name, content)).collect::<Result<Vec<_>, _>>()
    };
    let staged = unfinished.as_ref().map(write).transpose()?.unwrap_or_default();
    for staged in &staged[..count] {
        staged.put_in_place()?;
    }
    let removed = forget_stale(&known, &names, out_dir)?;
    let names = lines(&names);
    if names != all {
        replace_with(&out_dir.join(LIST), names.as_bytes())?;
    }
    // A run that is killed before this is done again.
    for staged in &staged[count..] {
        staged.put_in_place()?;
    }
    Ok(Written { changed: written, unchanged: files.len() - written + kept.len(), removed })
}

/// The folder of the contents that are not in their places yet; it goes when they are, or when one cannot be written.
struct Unfinished<'o> {
    folder: PathBuf,
    out_dir: &'o Path,
}

impl<'o> Unfinished<'o> {
    fn create(out_dir: &'o Path) -> Result<Self, Error> {
        let folder = out_dir.join(format!("{UNFINISHED}{}", std::process::id()));
        create_folder(&folder)?;
        Ok(Unfinished { folder, out_dir })
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<Staged, Error> {
        let (at, path) = (self.folder.join(name), self.out_dir.join(name));
        let written = at.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&at, content));
        written.map_err(|source| Error::Io { action: "write", path: path.clone(), source })?;
        Ok(Staged { at, path })
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way, and named so that the next run tries again.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A content that is written, and where it belongs.
struct Staged {
    at: PathBuf,
    path: PathBuf,
}

impl Staged {
    fn put_in_place(&self) -> Result<(), Error> {
        if let Some(folder) = self.path.parent() {
            create_folder(folder)?;
        }
        fs::rename(&self.at, &self.path).map_err(|source| Error::Io {
            action: "replace",
            path: self.path.clone(),
            source,
        })
    }
}

fn lines(names: &BTreeSet<&str>) -> String {
    names.iter().flat_map(|name| [name, "\n"]).collect()
}

/// Removes what was `known` and `names` lack.
fn forget_stale(known: &BTreeSet<&str>, names: &BTreeSet<&str>, out_dir: &Path) -> Result<usize, Error> {
    let mut removed = 0;
    for name in known.difference(names) {
        let path = out_dir.join(name);
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::Io { action: "remove", path, source }),
        }
    }
    Ok(removed)
}

/// Whether `name` is a relative path of plain segments.
pub(crate) fn is_below(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0', '\n', ':'])
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Gives the file at `path` the content that `write` writes, in one step. Where that fails the old file stays. A link to a file is
/// followed; who may read it stays as it is.
///
/// # Errors
///
/// The system, or `write`, refuses.
pub fn replace(path: &Path, write: impl FnOnce(&mut fs::File) -> io::Result<()>) -> Result<(), Error> {
    let error = |action, source| Error::Io { action, path: path.to_owned(), source };
    let target = if path.is_symlink() { path.canonicalize().unwrap_or_else(|_| path.into()) } else { path.into() };
    remove_unfinished(&target);
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = fs::File::create(&beside).and_then(|mut file| {
        write(&mut file)?;
        match fs::metadata(&target) {
            Ok(old) => file.set_permissions(old.permissions()),
            Err(_) => Ok(()),
        }
    });
    let replaced = match written {
        Ok(()) => fs::rename(&beside, &target).map_err(|source| error("replace", source)),
        Err(source) => Err(error("write", source)),
    };
    if replaced.is_err() {
        // That error is the one to report; what is left over is ours and named so.
        let _ = fs::remove_file(&beside);
    }
    replaced
}

pub(crate) fn replace_with(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, |file| file.write_all(bytes))
}

/// Removes what killed runs left in `out_dir`.
pub(crate) fn tidy(out_dir: &Path) {
    for name in left_by_the_dead(out_dir, |name| name.strip_prefix(UNFINISHED)) {
        let _ = fs::remove_dir_all(out_dir.join(name));
    }
    remove_unfinished(&out_dir.join(LIST));
}

/// Removes what killed runs left of the file at `path`: `PATH.PID.tmp`.
fn remove_unfinished(path: &Path) {
    let Some((folder, file)) = path.parent().zip(path.file_name().and_then(OsStr::to_str)) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for name in left_by_the_dead(folder, |name| name.strip_prefix(file)?.strip_prefix('.')?.strip_suffix(".tmp")) {
        let _ = fs::remove_file(folder.join(name));
    }
}

/// The entries of `folder` that carry the number of a process that is no more, as `process` reads their names. Where the system
/// does not tell, no other run is taken for a living one.
fn left_by_the_dead(folder: &Path, process: impl Fn(&str) -> Option<&str>) -> Vec<OsString> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let dead = |name: &OsString| {
        let process: Option<u32> = name.to_str().and_then(&process).and_then(|process| process.parse().ok());
        process.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists())
    };
    names.filter(dead).collect()
}

fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Io { action: "create the folder", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> File {
        File { name: name.to_owned(), content: content.to_owned() }
    }

    #[test]
    fn an_unchanged_file_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let files = [file("crm.rs", "a"), file("v3/tasks.rs", "b")];
        assert_eq!(write(&files, folder.path()).unwrap(), Written { changed: 2, unchanged: 0, removed: 0 });
        let before = fs::metadata(folder.path().join("crm.rs")).unwrap().modified().unwrap();
        assert_eq!(write(&files, folder.path()).unwrap(), Written { changed: 0, unchanged: 2, removed: 0 });
        assert_eq!(fs::metadata(folder.path().join("crm.rs")).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn stale_files_of_ours_go_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        write(&[file("crm.rs", "a"), file("im.rs", "b")], folder.path()).unwrap();
        fs::write(folder.path().join("notes.rs"), "mine").unwrap();
        let written = write(&[file("im.rs", "c")], folder.path()).unwrap();
        assert_eq!(written, Written { changed: 1, unchanged: 0, removed: 1 });
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [LIST, "im.rs", "notes.rs"]);
    }

    #[test]
    fn nothing_is_written_or_removed_outside_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("out");
        for name in ["", "../x.rs", "/tmp/x.rs", "a/../../x.rs", "./x.rs", "C:x.rs", "a\\x.rs", LIST] {
            let error = write(&[file("ok.rs", ""), file(name, "")], &folder).unwrap_err();
            assert!(error.to_string().contains("is not the name of a file"), "{name}: {error}");
        }
        assert!(!folder.exists());
        fs::create_dir(&folder).unwrap();
        fs::write(root.path().join("x.rs"), "mine").unwrap();
        fs::write(folder.join(LIST), "../x.rs\n").unwrap();
        write(&[], &folder).unwrap();
        assert!(root.path().join("x.rs").exists());
    }

    #[test]
    fn a_refusal_names_the_file() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("crm.rs/inner")).unwrap();
        let error = write(&[file("crm.rs", "a")], root.path()).unwrap_err().to_string();
        assert!(error.contains("cannot replace") && error.contains("crm.rs"), "{error}");
    }
}
