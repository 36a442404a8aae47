//! When the system refuses: every command that writes names the file, ends with status 2, and leaves what was there as it was.
//!
//! What needs a mount runs in a namespace of its own, where this test binary calls itself by `unshare`; where that is not allowed
//! the test says that it was skipped.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::files_below;

/// Set in the namespace.
const INSIDE: &str = "BITRIX24_TEST_MOUNTS";
/// What a file takes of a disk in memory, at least.
const PAGE: usize = 4096;
/// A user who owns nothing.
const NOBODY: u32 = 65534;

const BELL: &str = "# Ring bell.ring\n\n> Scope: [`bell`](x)\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
                    || **times***\n`integer` | How often ||\n|#\n";

/// The commands that write, and below `out` the file or folder that each writes.
const WRITERS: [(&[&str], &str, &str); 9] = [
    (&["generate"], "--out", "sources"),
    (&["generate"], "--crate", "crate"),
    (&["distil"], "--out", "distilled"),
    (&["model"], "--out", "model.json"),
    (&["report"], "--out", "report.html"),
    (&["api"], "--out", "api.txt"),
    (&["check", "--fail-on", "never"], "--out", "findings.txt"),
    (&["check", "--write-baseline"], "--baseline", "known"),
    (&["features"], "--sync", "Cargo.toml"),
];

fn generator() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bitrix24-codegen"));
    command.stdin(Stdio::null());
    command
}

fn command(docs: &Path, out: &Path, (words, option, name): (&[&str], &str, &str)) -> Command {
    let mut command = generator();
    command.args(words).arg("--docs").arg(docs).arg(option).arg(out.join(name));
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_written(output: &Output, what: &str) {
    assert!(output.status.success(), "{what}: {}", said(output));
}

/// It failed, said why of a file below `out`, and left everything as it was.
fn assert_refused(output: &Output, why: &str, out: &Path, before: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{what}: {said}");
    assert!(said.starts_with("error: ") && said.contains(why), "{what}: {said}");
    assert!(said.contains(out.to_str().unwrap()), "{what}: no file is named: {said}");
    let after = files(out);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&after), names(before), "{what}: files came or went");
    assert!(after == *before, "{what}: a file has another content");
}

/// All files below `folder` with their contents.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let read = |path: PathBuf| {
        let content = fs::read(&path).unwrap();
        (path, content)
    };
    files_below(folder).into_iter().map(read).collect()
}

/// Docs that are there, and docs that have more to write: other modules and more findings.
fn docs(root: &Path) -> (PathBuf, PathBuf) {
    let (old, new) = (root.join("old"), root.join("new"));
    let more = format!("{BELL}\n[nowhere](nowhere.md)\n").replace("bell.ring", "zoo.open");
    for (folder, pages) in
        [(&old, vec![("bell-ring.md", BELL)]), (&new, vec![("bell-ring.md", BELL), ("zoo-open.md", &more)])]
    {
        fs::create_dir_all(folder.join("api-reference")).unwrap();
        for (name, text) in pages {
            fs::write(folder.join("api-reference").join(name), text).unwrap();
        }
    }
    (old, new)
}

/// The docs of [`docs`] below `root`, and a folder that holds what every command made of the old ones, `ready` for it before.
fn written(root: &Path, ready: impl FnOnce(&Path)) -> (PathBuf, PathBuf, PathBuf) {
    let (old, new) = docs(root);
    let out = root.join("out");
    fs::create_dir(&out).unwrap();
    ready(&out);
    fs::write(out.join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
    for writer in WRITERS {
        assert_written(&command(&old, &out, writer).output().unwrap(), "while nothing refuses");
    }
    (old, new, out)
}

/// A folder that others may enter.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Whether the test runs in a namespace of its own; outside it is run there, by its name.
fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        if !is_superuser() {
            unshare.arg("--map-root-user");
        }
        unshare
    };
    let tried = unshare().args(["sh", "-c", "mount -t tmpfs none /mnt"]).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        eprintln!("SKIPPED: {test}: nothing may be mounted here");
        return false;
    }
    let run = unshare()
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output();
    let run = run.unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && told.contains("1 passed"), "{told}{}", said(&run));
    false
}

/// Who needs no permission.
fn is_superuser() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn mount(options: &str, folder: &Path) {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(folder).output().unwrap();
    assert_written(&mount, options);
}

fn unmount(folder: &Path) {
    assert_written(&Command::new("umount").arg(folder).output().unwrap(), "unmounted");
}

#[test]
fn a_read_only_mount_is_told_and_nothing_changes() {
    if !inside("refusals::a_read_only_mount_is_told_and_nothing_changes") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let (old, new, out) = written(root.path(), |out| mount("size=16m", out));
    mount("remount,ro", &out);
    let before = files(&out);
    assert!(before.len() > WRITERS.len());
    for writer in WRITERS {
        let output = command(&new, &out, writer).output().unwrap();
        assert_refused(&output, "Read-only file system", &out, &before, &format!("{writer:?}"));
    }
    // Where there is nothing yet.
    let fresh = out.join("fresh");
    for writer in WRITERS.into_iter().filter(|writer| writer.1 != "--sync") {
        let output = command(&new, &fresh, writer).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{writer:?}: {said}");
        assert!(said.contains(fresh.to_str().unwrap()), "{writer:?}: {said}");
    }
    // Docs that have not changed need no writing.
    assert_written(&command(&old, &out, WRITERS[0]).output().unwrap(), "nothing to write");
    unmount(&out);
}

#[test]
fn a_full_disk_is_told_and_nothing_changes() {
    if !inside("refusals::a_full_disk_is_told_and_nothing_changes") {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let (_, new, out) = written(root.path(), |out| mount("size=4m", out));
    let filler = out.join("filler");
    let mut size = 4 << 20;
    while fs::write(&filler, vec![1; size]).is_err() {
        size -= PAGE;
    }
    // No space at all; and space for the first file of several.
    for (writers, free) in [(WRITERS.as_slice(), 0), (&WRITERS[..3], 1)] {
        fs::write(&filler, vec![1; size - free * PAGE]).unwrap();
        let before = files(&out);
        for writer in writers {
            let output = command(&new, &out, *writer).output().unwrap();
            assert_refused(
                &output,
                "No space left on device",
                &out,
                &before,
                &format!("{writer:?}, {free} pages free"),
            );
        }
    }
    // With space again, the next run is as any other.
    fs::remove_file(&filler).unwrap();
    for writer in WRITERS {
        assert_written(&command(&new, &out, writer).output().unwrap(), "with space again");
    }
    assert!(out.join("sources/zoo.rs").exists() && out.join("crate/src/api/zoo.rs").exists());
    unmount(&out);
}

#[test]
fn a_folder_without_permission_is_told_and_nothing_changes() {
    let root = open_folder();
    let (_, new, out) = written(root.path(), |_| ());
    let set = |mode: u32| {
        let mut folders = vec![out.clone()];
        while let Some(folder) = folders.pop() {
            folders.extend(fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_dir()));
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o555);
    let before = files(&out);
    let as_nobody = |command: &mut Command| {
        if is_superuser() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output()
    };
    if as_nobody(generator().arg("--version")).is_ok_and(|output| output.status.success()) {
        for writer in WRITERS {
            let output = as_nobody(&mut command(&new, &out, writer)).unwrap();
            assert_refused(&output, "Permission denied", &out, &before, &format!("{writer:?}"));
        }
    } else {
        eprintln!(
            "SKIPPED: a_folder_without_permission_is_told_and_nothing_changes: no other user may run the generator"
        );
    }
    set(0o755);
}

#[test]
fn a_device_that_is_full_is_told() {
    let root = tempfile::tempdir().unwrap();
    // In these `check` finds something to write.
    let (_, docs) = docs(root.path());
    if !Path::new("/dev/full").exists() {
        return eprintln!("SKIPPED: a_device_that_is_full_is_told: there is no /dev/full");
    }
    for writer in ["model", "report", "api", "check"] {
        let output = generator().arg(writer).arg("--docs").arg(&docs).args(["--out", "/dev/full"]).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{writer}: {said}");
        assert!(said.starts_with("error: cannot write `/dev/full`: No space left"), "{writer}: {said}");
    }
}

#[test]
fn links_that_lead_in_circles_are_told() {
    let root = tempfile::tempdir().unwrap();
    let (docs, _) = docs(root.path());
    symlink("loop.md", docs.join("loop.md")).unwrap();
    symlink("..", docs.join("api-reference/up")).unwrap();
    symlink("image.png", docs.join("image.png")).unwrap();
    let output =
        generator().args(["check", "--allow", "all", "--warning", "B012", "--docs"]).arg(&docs).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let found = String::from_utf8_lossy(&output.stdout);
    assert!(found.contains("loop.md") && found.contains("api-reference/up") && !found.contains("image.png"), "{found}");
    // The pages themselves are read once.
    assert_written(&command(&docs, root.path(), WRITERS[0]).output().unwrap(), "beside the links");

    let circle = root.path().join("circle");
    symlink("circle", &circle).unwrap();
    for (docs, out) in [(&circle, &docs), (&docs, &circle)] {
        for writer in WRITERS {
            let output = command(docs, out, writer).output().unwrap();
            let said = said(&output);
            assert_eq!(output.status.code(), Some(2), "{writer:?}: {said}");
            assert!(
                said.contains("circle") && said.contains("Too many levels of symbolic links"),
                "{writer:?}: {said}"
            );
        }
    }
}

#[test]
fn a_lock_that_was_edited_by_hand_is_told() {
    let root = tempfile::tempdir().unwrap();
    let lock = root.path().join("docs.lock");
    let entry = "[[docs]]\nfolder = \"docs/en\"\nrepository = \"r\"\nrevision = \"REV\"\ndate = \"2026-06-15T12:00:00+00:00\"\n";
    let whole = entry.replace("REV", &"0a".repeat(20));
    for (text, place) in [
        (entry.to_owned(), ":4:13: `REV` is not a commit's whole id"),
        (whole.replace("\"r\"", "r"), ":3:14: "),
        (whole.replace("repository", "repo"), ":3:1: unknown field"),
        (whole.replace("date = ", "# date = "), ":1:1: missing field `date`"),
        ("<<<<<<< ours\n".to_owned(), ":1:9: "),
    ] {
        fs::write(&lock, &text).unwrap();
        let run = generator()
            .args(["fetch", "--from", "nowhere", "--out"])
            .arg(root.path().join("docs"))
            .arg("--lock")
            .arg(&lock)
            .output();
        let output = run.unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{text}: {said}");
        assert!(said.contains(&format!("docs.lock{place}")), "{text}: {said}");
        assert_eq!(fs::read_to_string(&lock).unwrap(), text, "the lock stays");
        assert!(!root.path().join("docs").exists());
    }
}

/// While pages come and go, a run either sees one state of the docs or names the file that is in the way.
#[test]
fn docs_that_change_while_they_are_read_are_told() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let root = tempfile::tempdir().unwrap();
    let (_, docs) = docs(root.path());
    for n in 0..200 {
        let page = BELL.replace("bell.ring", &format!("bell.ring{n}"));
        fs::write(docs.join(format!("api-reference/bell-ring{n}.md")), page).unwrap();
    }
    let out = root.path().join("out");
    let stop = AtomicBool::new(false);
    let mut told = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let page = |n: usize| docs.join(format!("api-reference/bell-ring{}.md", n % 200));
            let aside = docs.join("aside");
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let text = fs::read(page(n)).unwrap();
                fs::write(page(n), &text[..text.len() / 2]).unwrap();
                fs::write(page(n), [&text[..], b"\nMore.\n"].concat()).unwrap();
                fs::rename(page(n + 7), &aside).unwrap();
                fs::rename(&aside, page(n + 7)).unwrap();
            }
        });
        for _ in 0..12 {
            let output = command(&docs, &out, WRITERS[0]).output().unwrap();
            if !output.status.success() {
                let said = said(&output);
                assert_eq!(output.status.code(), Some(2), "{said}");
                assert!(said.contains("api-reference/bell-ring") && said.contains("changed while"), "{said}");
                told += 1;
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    eprintln!("{told} of 12 runs met a change");
    assert_written(&command(&docs, &out, WRITERS[0]).output().unwrap(), "when it is quiet");
    assert_written(&command(&docs, &root.path().join("clean"), WRITERS[0]).output().unwrap(), "a clean run");
    let text = |folder: &str| fs::read(root.path().join(folder).join("sources/bell.rs")).unwrap();
    assert!(text("out") == text("clean"));
}
