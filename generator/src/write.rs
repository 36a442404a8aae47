//! Writing: the emitted files into their folder, and nothing else anywhere.
//!
//! A file whose content has not changed is not touched, so that Cargo and editors see no change either. A new content is
//! written beside the file and put in its place by a rename: who reads meets the old file or the new one, never half of it.
//! Files that an earlier run left and this one no longer writes are removed; which those are stands in [`LIST`]. Files of others
//! are never touched.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::{Component, Path, PathBuf},
};

use crate::{cache::CACHE, emit::File};

/// The file that lists the written ones, one a line.
pub const LIST: &str = ".bitrix24-codegen";

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
    write_beside(files, &[], out_dir)
}

/// The same, beside the files `kept` that stand there already.
pub(crate) fn write_beside(files: &[File], kept: &[&str], out_dir: &Path) -> Result<Written, Error> {
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).chain(kept.iter().copied()).collect();
    if let Some(name) = names.iter().find(|name| !is_below(name) || [LIST, CACHE].contains(name)) {
        return Err(Error::Name((*name).to_owned()));
    }
    create_folder(out_dir)?;
    announce(&names, out_dir)?;
    let mut written = Written { unchanged: kept.len(), ..Written::default() };
    for file in files {
        let path = out_dir.join(&file.name);
        if fs::read(&path).is_ok_and(|old| old == file.content.as_bytes()) {
            written.unchanged += 1;
            continue;
        }
        replace_with(&path, file.content.as_bytes())?;
        written.changed += 1;
    }
    written.removed = forget_stale(&names, out_dir)?;
    Ok(written)
}

/// Removes what a killed run left of the files `names`.
pub(crate) fn tidy(names: &[&str], out_dir: &Path) {
    remove_unfinished(&names.iter().copied().chain([LIST, CACHE]).collect(), out_dir);
}

/// Lists what is about to be written beside what is there: a run that is killed leaves no file that the next one does not know.
fn announce(names: &BTreeSet<&str>, out_dir: &Path) -> Result<(), Error> {
    let list = out_dir.join(LIST);
    let old = fs::read_to_string(&list).unwrap_or_default();
    let known: BTreeSet<&str> = old.lines().filter(|name| is_below(name)).collect();
    let all: BTreeSet<&str> = known.union(names).copied().collect();
    remove_unfinished(&all.iter().copied().chain([LIST, CACHE]).collect(), out_dir);
    if all.len() == known.len() { Ok(()) } else { replace_with(&list, lines(&all).as_bytes()) }
}

fn lines(names: &BTreeSet<&str>) -> String {
    names.iter().flat_map(|name| [name, "\n"]).collect()
}

/// Removes what the list names and `names` lack, and writes the list anew.
fn forget_stale(names: &BTreeSet<&str>, out_dir: &Path) -> Result<usize, Error> {
    let list = out_dir.join(LIST);
    let old = fs::read_to_string(&list).unwrap_or_default();
    let mut removed = 0;
    // The list is a file as any other: its lines are checked like names from elsewhere.
    for name in old.lines().filter(|name| is_below(name) && !names.contains(name)) {
        let path = out_dir.join(name);
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::Io { action: "remove", path, source }),
        }
    }
    let new = lines(names);
    if new != old {
        replace_with(&list, new.as_bytes())?;
    }
    Ok(removed)
}

/// Whether `name` is a relative path of plain segments.
pub(crate) fn is_below(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0', '\n', ':'])
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Gives the file at `path` the content that `write` writes, in one step. Where that fails the old file stays.
///
/// # Errors
///
/// The system, or `write`, refuses.
pub fn replace(path: &Path, write: impl FnOnce(&mut fs::File) -> io::Result<()>) -> Result<(), Error> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = fs::File::create(&beside).and_then(|mut file| write(&mut file));
    let error = |action, source| Error::Io { action, path: path.to_owned(), source };
    let replaced = match written {
        Ok(()) => fs::rename(&beside, path).map_err(|source| error("replace", source)),
        Err(source) => Err(error("write", source)),
    };
    if replaced.is_err() {
        // That error is the one to report; what is left over is ours and named so.
        let _ = fs::remove_file(&beside);
    }
    replaced
}

pub(crate) fn replace_with(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    replace(path, |file| file.write_all(bytes))
}

/// Removes what killed runs left of the files `names`: `NAME.PID.tmp`, of a process that is no more.
fn remove_unfinished(names: &BTreeSet<&str>, out_dir: &Path) {
    let folders: BTreeSet<&Path> = names.iter().filter_map(|name| Path::new(name).parent()).collect();
    for folder in folders {
        for entry in fs::read_dir(out_dir.join(folder)).into_iter().flatten().flatten() {
            let Ok(file) = entry.file_name().into_string() else { continue };
            let parts = file.strip_suffix(".tmp").and_then(|file| file.rsplit_once('.'));
            let Some((name, process)) = parts.and_then(|(name, id)| Some((name, id.parse::<u32>().ok()?))) else {
                continue;
            };
            let ours = folder.join(name).to_str().is_some_and(|name| names.contains(name));
            // Where the system does not tell, no other run is taken for a living one.
            if ours && !Path::new("/proc").join(process.to_string()).exists() {
                // What cannot be removed is in nobody's way.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
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
