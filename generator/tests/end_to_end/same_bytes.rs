//! The same docs give the same bytes, whatever the threads, the order of reading and the run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bitrix24_codegen::Config;
use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::File;
use bitrix24_codegen::model::Model;
use bitrix24_codegen::write::{Written, write};

use crate::support::{corpora, docs_input, emitted, files_below, in_pool, pages, preset, russian_pages, settled};

/// The exported model and the emitted files of a folder.
fn bytes(folder: &Path) -> (String, Vec<File>) {
    let docs = Docs::open(folder).unwrap();
    (serde_json::to_string(&Model::read(&docs)).unwrap(), emitted(&settled(&docs)))
}

/// Not `assert_eq`: nobody reads megabytes.
fn assert_same(a: &(String, Vec<File>), b: &(String, Vec<File>), what: &str) {
    if let Some(at) = a.0.bytes().zip(b.0.bytes()).position(|(a, b)| a != b) {
        let near = |text: &str| {
            String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..]).chars().take(400).collect::<String>()
        };
        panic!("{what}: the models differ:\n{}\n---\n{}", near(&a.0), near(&b.0));
    }
    assert_eq!(a.0.len(), b.0.len(), "{what}: one model is longer");
    assert_eq!(names(&a.1), names(&b.1), "{what}: other files");
    for (a, b) in a.1.iter().zip(&b.1) {
        assert!(a.content == b.content, "{what}: `{}` differs", a.name);
    }
}

fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let folder = docs_input();
    let one = in_pool(1, || bytes(&folder));
    let two = in_pool(2, || bytes(&folder));
    assert_same(&one, &two, "docs-input");
}

#[test]
fn one_thread_and_two_give_the_same_bytes_over_the_published_docs() {
    for corpus in corpora("same bytes over the published docs") {
        let (model, files) = in_pool(1, || bytes(&corpus.folder));
        let two = (serde_json::to_string(&corpus.model).unwrap(), corpus.files.clone());
        assert_same(&(model, files.clone()), &two, corpus.language);
        let folder = tempfile::tempdir().unwrap();
        write(&corpus.files, folder.path()).unwrap();
        let again = write(&files, folder.path()).unwrap();
        assert_eq!(again, Written { changed: 0, unchanged: files.len(), removed: 0 });
    }
}

#[test]
fn the_order_of_reading_does_not_matter() {
    let sorted = pages(&docs_input());
    let read = |pages: Vec<(String, Vec<u8>)>| {
        let docs = Docs::new(pages, &preset());
        (serde_json::to_string(&Model::read(&docs)).unwrap(), emitted(&settled(&docs)))
    };
    let expected = read(sorted.clone());
    let reversed = sorted.iter().rev().cloned().collect();
    assert_same(&expected, &read(reversed), "reversed");
    // A few strides over the list: neighbours come apart.
    let step = 7;
    let strided: Vec<_> = (0..step).flat_map(|start| sorted.iter().skip(start).step_by(step).cloned()).collect();
    assert_eq!(strided.len(), sorted.len());
    assert_same(&expected, &read(strided), "strided");
}

/// When each file below `folder` was written.
fn written_at(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let dated = |path: PathBuf| {
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        (path, written)
    };
    files_below(folder).into_iter().map(dated).collect()
}

#[test]
fn a_run_over_unchanged_docs_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new().docs(russian_pages()).out_dir(folder.path()).format(true).registry(true);
    let first = config.generate().unwrap().written;
    assert!(first.changed > 10 && first.unchanged == 0, "{first:?}");
    let before = written_at(folder.path());
    let second = config.generate().unwrap().written;
    assert_eq!(second, Written { changed: 0, unchanged: first.changed, removed: 0 });
    assert_eq!(written_at(folder.path()), before);
}

#[test]
fn a_changed_page_changes_its_modules_file_only() {
    let (docs, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (path, bytes) in pages(&docs_input()) {
        let file = docs.path().join(&path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    let config = Config::new().docs(docs.path()).out_dir(out.path());
    config.generate().unwrap();
    let before = written_at(out.path());
    let page = docs.path().join("api-reference/biconnector/connector/biconnector-connector-delete.md");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("`VALIDATION_ID_NOT_PROVIDED`"));
    fs::write(&page, text.replace("`VALIDATION_ID_NOT_PROVIDED`", "`VALIDATION_ID_MISSING`")).unwrap();
    let written = config.generate().unwrap().written;
    assert_eq!(written.changed, 1, "{written:?}");
    let after = written_at(out.path());
    let changed: Vec<_> =
        after.iter().filter(|(path, time)| before.get(*path) != Some(time)).map(|(path, _)| path).collect();
    assert_eq!(changed, [&out.path().join(bitrix24_codegen::cache::CACHE), &out.path().join("biconnector.rs")]);
}
