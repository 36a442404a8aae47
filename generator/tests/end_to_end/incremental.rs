//! Runs that build on the run before them: whatever happened in between, the files are those of a clean run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bitrix24_codegen::Config;
use bitrix24_codegen::cache::CACHE;
use bitrix24_codegen::config::Session;

use crate::support::{docs_input, files_below, pages, russian_pages, shared};

/// A copy of the pages of the default build.
fn copied_docs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in pages(&docs_input()) {
        save(folder.path(), &path, &bytes);
    }
    folder
}

fn save(folder: &Path, path: &str, bytes: &[u8]) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn config(docs: &Path, out: &Path) -> Config {
    Config::new().docs(docs).out_dir(out)
}

/// The content of all files below `folder`, the cache left aside: it names the run.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let named = |path: PathBuf| {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (name, fs::read(&path).unwrap())
    };
    let mut out: BTreeMap<_, _> = files_below(folder).into_iter().map(named).collect();
    assert!(out.remove(CACHE).is_some(), "the cache is there");
    out
}

fn assert_clean(docs: &Path, out: &Path, what: &str) {
    let clean = tempfile::tempdir().unwrap();
    config(docs, clean.path()).generate().unwrap();
    assert_same(out, clean.path(), what);
}

fn assert_same(out: &Path, clean: &Path, what: &str) {
    let (own, clean) = (contents(out), contents(clean));
    assert_eq!(own.keys().collect::<Vec<_>>(), clean.keys().collect::<Vec<_>>(), "{what}: other files");
    for (name, content) in &own {
        assert!(*content == clean[name], "{what}: `{name}` differs");
    }
}

/// How many kinds of edits there are.
const KINDS: usize = 8;

/// What an author does to a page, by number; `None` where the page has no place for it.
fn edit(text: &str, kind: usize) -> Option<String> {
    let edited = match kind % KINDS {
        0 => text.replacen("`string`", "`integer`", 1),
        1 => text.replacen("||\n|#", "||\n|| **added_by_hand**\n`string` | More ||\n|#", 1),
        2 => text.replacen("***\n", "**\n", 1),
        3 => format!("{text}\n\nOne more paragraph.\n"),
        4 => text.replacen("# ", "# New ", 1),
        5 => text.replacen("](../", "](../gone/", 3),
        6 => text.replacen("{#", "{#moved-", 2),
        _ => text.get(..text.len() / 2)?.to_owned(),
    };
    (edited != text).then_some(edited)
}

#[test]
fn a_session_and_runs_with_a_cache_write_what_a_clean_run_writes() {
    let docs = copied_docs();
    let (kept, cached) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut session = Session::new(config(docs.path(), kept.path()));
    session.generate().unwrap();
    config(docs.path(), cached.path()).generate().unwrap();
    let all = pages(docs.path());
    let mut edits = 0;
    // Strides over pages and kinds of edit: neighbours, includes and shared structures among them.
    for (kind, (path, text)) in all.iter().step_by(all.len() / 9 + 1).enumerate() {
        let Some(edited) = edit(std::str::from_utf8(text).unwrap(), kind) else { continue };
        edits += 1;
        save(docs.path(), path, edited.as_bytes());
        session.generate().unwrap();
        config(docs.path(), cached.path()).generate().unwrap();
        assert_clean(docs.path(), kept.path(), &format!("session, edit {kind} of {path}"));
        assert_clean(docs.path(), cached.path(), &format!("cache, edit {kind} of {path}"));
    }
    assert!(edits > 4, "{edits}");
    // A page less, a page more, and a module less.
    fs::remove_file(docs.path().join(&all[all.len() / 2].0)).unwrap();
    save(docs.path(), "api-reference/bell/bell-ring.md", b"# Ring bell.ring\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n|| **times***\n`integer` | How often ||\n|#\n");
    session.generate().unwrap();
    config(docs.path(), cached.path()).generate().unwrap();
    assert_clean(docs.path(), kept.path(), "session, pages come and go");
    assert_clean(docs.path(), cached.path(), "cache, pages come and go");
    assert!(kept.path().join("bell.rs").exists());
}

/// Edits every `step`th page of `docs`, in each of `kinds` and those after it; of every other edit the session is told. How often.
fn assert_edits_are_clean(docs: &Path, step: usize, kinds: &[usize]) -> usize {
    let out = tempfile::tempdir().unwrap();
    let mut session = Session::new(config(docs, out.path()));
    session.generate().unwrap();
    let mut edits = 0;
    let mut restored = None;
    for (turn, (path, text)) in pages(docs).iter().step_by(step).enumerate() {
        let Ok(text) = std::str::from_utf8(text) else { continue };
        for kind in kinds.iter().map(|kind| kind + turn) {
            let Some(edited) = edit(text, kind) else { continue };
            save(docs, path, edited.as_bytes());
            let saved = restored.take().into_iter().chain([path.clone()]).collect();
            let told = if kind % 2 == 0 { session.generate_saved(saved) } else { session.generate() };
            told.unwrap();
            assert_clean(docs, out.path(), &format!("edit {kind} of {path}"));
            edits += 1;
        }
        // Back to what it was: not only the last state counts.
        save(docs, path, text.as_bytes());
        restored = Some(path.clone());
    }
    edits
}

#[test]
fn pages_that_links_tie_are_completed_together() {
    let docs = tempfile::tempdir().unwrap();
    for (path, bytes) in pages(&russian_pages()) {
        save(docs.path(), &path, &bytes);
    }
    let all: Vec<usize> = (0..KINDS).collect();
    let edits = assert_edits_are_clean(docs.path(), 5, &all);
    assert!(edits > KINDS, "{edits}");
}

#[test]
fn an_edit_of_any_published_page_is_as_good_as_a_clean_run() {
    let Some(published) = shared("docs/ru-2026-06-15", "an edit of any published page is as good as a clean run")
    else {
        return;
    };
    let docs = tempfile::tempdir().unwrap();
    for (path, bytes) in pages(&published) {
        save(docs.path(), &path, &bytes);
    }
    let edits = assert_edits_are_clean(docs.path(), 401, &[0]);
    assert!(edits > 2, "{edits}");
}

#[test]
fn files_that_were_changed_by_hand_are_written_again() {
    let docs = copied_docs();
    let out = tempfile::tempdir().unwrap();
    config(docs.path(), out.path()).generate().unwrap();
    fs::remove_file(out.path().join("api.rs")).unwrap();
    fs::write(out.path().join("biconnector.rs"), "mine").unwrap();
    let written = config(docs.path(), out.path()).generate().unwrap().written;
    assert_eq!(written.changed, 2, "{written:?}");
    assert_clean(docs.path(), out.path(), "changed by hand");
}

#[test]
fn what_a_killed_run_left_half_written_goes() {
    let docs = copied_docs();
    let out = tempfile::tempdir().unwrap();
    config(docs.path(), out.path()).generate().unwrap();
    // No process has this number.
    let unfinished = out.path().join(".bitrix24-codegen-new.4194305");
    fs::create_dir_all(unfinished.join("v3")).unwrap();
    fs::write(unfinished.join("v3/tasks.rs"), "half").unwrap();
    fs::write(out.path().join("notes.4194305.tmp"), "another's").unwrap();
    config(docs.path(), out.path()).generate().unwrap();
    assert!(!unfinished.exists());
    assert!(out.path().join("notes.4194305.tmp").exists());
}

#[cfg(feature = "cli")]
mod killed {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    fn generator(docs: &Path, out: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bitrix24-codegen"));
        command.arg("generate").arg("--docs").arg(docs).arg("--out").arg(out).stdout(Stdio::piped());
        command
    }

    /// `BITRIX24_KILLS` sets how often.
    #[test]
    fn a_run_that_is_killed_at_any_moment_is_mended_by_the_next() {
        let kills: u32 = std::env::var("BITRIX24_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
        let docs = copied_docs();
        let (clean, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let all = pages(docs.path());
        let start = Instant::now();
        assert!(generator(docs.path(), clean.path()).output().unwrap().status.success());
        let whole = start.elapsed();
        for kill in 0..kills {
            // Something is to be written each time.
            let (path, text) = &all[kill as usize % all.len()];
            save(docs.path(), path, &[text.as_slice(), format!("\n\n## Note {kill}\n\nText.\n").as_bytes()].concat());
            if kill % 4 == 3 {
                fs::remove_dir_all(out.path()).unwrap();
            }
            let mut run = generator(docs.path(), out.path()).spawn().unwrap();
            // A moment between the start and the end: spread evenly, in an order that jumps about.
            let moment = whole * (kill * 7 % kills) / kills;
            std::thread::sleep(moment.min(Duration::from_secs(30)));
            // It may be done already.
            let _ = run.kill();
            run.wait().unwrap();
            if kill % 5 == 4 {
                // The docs go back: the run that was killed is forgotten.
                save(docs.path(), path, text);
            }
            assert!(generator(docs.path(), out.path()).output().unwrap().status.success(), "kill {kill}");
            fs::remove_dir_all(clean.path()).unwrap();
            assert!(generator(docs.path(), clean.path()).output().unwrap().status.success());
            assert_same(out.path(), clean.path(), &format!("kill {kill}"));
        }
    }

    #[test]
    fn watching_generates_again_when_a_page_is_saved() {
        let docs = copied_docs();
        let out = tempfile::tempdir().unwrap();
        let mut run = generator(docs.path(), out.path()).arg("--watch").spawn().unwrap();
        let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
        let mut summary = || (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
        assert!(summary().1.contains("0 removed"));
        let page = "api-reference/biconnector/connector/biconnector-connector-delete.md";
        let text = fs::read_to_string(docs.path().join(page)).unwrap();
        save(
            docs.path(),
            page,
            text.replace("biconnector.connector.delete", "biconnector.connector.forget").as_bytes(),
        );
        let (_, written) = summary();
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(!written.contains(" 0 files written"), "{written}");
        let code = fs::read_to_string(out.path().join("biconnector.rs")).unwrap();
        assert!(code.contains("biconnector.connector.forget"));
    }
}
