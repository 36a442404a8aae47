use std::process::Command;

use super::*;

/// A repository on disk with one page; more is committed to it by [`commit`].
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--template="]);
    commit(folder.path(), "api-reference/bell-ring.md", "# Ring bell.ring\n");
    folder
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Bell", "-c", "user.email=bell@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(who).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits a file and gives the commit's id.
fn commit(repository: &Path, path: &str, text: &str) -> String {
    let file = repository.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    git(repository, &["add", "--all"]);
    git(repository, &["commit", "--quiet", "--message", path]);
    git(repository, &["rev-parse", "HEAD"])
}

fn fetch(repository: &Path, folder: &Path, revision: Option<&str>) -> Result<Fetched, Error> {
    let repository = repository.display().to_string();
    Fetch { repository, revision: revision.map(str::to_owned), folder: folder.to_owned() }.run(&mut |_| {})
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_pages_come_and_nothing_else() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    commit(source.path(), "images/bell.png", "png");
    commit(source.path(), "LICENSE", "MIT");
    let newest = commit(source.path(), "presets.yaml", "default:\n  build: prod\n");
    let folder = root.path().join("docs/en");
    fs::create_dir(root.path().join("docs")).unwrap();

    let fetched = fetch(source.path(), &folder, None).unwrap();
    assert_eq!((fetched.entry.revision.as_str(), fetched.pages, fetched.unchanged), (newest.as_str(), 1, false));
    assert!(fetched.entry.date.starts_with("20"), "{fetched:?}");
    assert_eq!(names(&folder), [MARKER, "LICENSE", "api-reference", "presets.yaml"]);
    assert_eq!(names(&root.path().join("docs")), ["en"], "nothing is left over");
    assert!(fetch(source.path(), &folder, None).unwrap().unchanged);
}

#[test]
fn new_pages_replace_the_old_ones_and_a_revision_brings_them_back() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    let folder = root.path().join("docs");
    let first = fetch(source.path(), &folder, None).unwrap().entry.revision;
    fs::rename(source.path().join("api-reference/bell-ring.md"), source.path().join("api-reference/bell-peal.md"))
        .unwrap();
    let second = commit(source.path(), "index.md", "# Bells\n");
    git(source.path(), &["config", "uploadpack.allowReachableSHA1InWant", "true"]);

    assert_eq!(fetch(source.path(), &folder, None).unwrap().entry.revision, second);
    assert_eq!(names(&folder.join("api-reference")), ["bell-peal.md"]);
    assert_eq!(fetch(source.path(), &folder, Some(&first)).unwrap().entry.revision, first);
    assert_eq!(names(&folder.join("api-reference")), ["bell-ring.md"]);
    assert_eq!(names(root.path()), ["docs"]);
}

#[test]
fn what_fails_leaves_the_folder_as_it_was() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    let folder = root.path().join("docs");
    let fetched = fetch(source.path(), &folder, None).unwrap();
    let told = |repository: &Path, revision| fetch(repository, &folder, revision).unwrap_err().to_string();

    let error = told(source.path(), Some("no-such-branch"));
    assert!(error.starts_with("cannot fetch from `") && error.contains("no-such-branch"), "{error}");
    let error = told(&root.path().join("nowhere"), None);
    assert!(error.starts_with("cannot fetch from `") && error.contains("nowhere"), "{error}");
    assert!(told(source.path(), Some("--upload-pack=x")).contains("is not the name of"));
    let empty = tempfile::tempdir().unwrap();
    git(empty.path(), &["init", "--quiet"]);
    commit(empty.path(), "bell.png", "png");
    let error = told(empty.path(), None);
    assert!(error.contains("holds no docs"), "{error}");

    assert_eq!(names(root.path()), ["docs"]);
    assert_eq!(holds(&folder).unwrap(), Some(fetched.entry.revision));
    assert_eq!(names(&folder.join("api-reference")), ["bell-ring.md"]);
}

#[test]
fn what_an_interrupted_run_left_is_cleared_away() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    let folder = root.path().join("docs");
    fs::create_dir_all(root.path().join("docs.fetching/.git")).unwrap();
    fs::write(root.path().join("docs.fetching/.git/HEAD"), "half").unwrap();
    fetch(source.path(), &folder, None).unwrap();
    assert_eq!(names(root.path()), ["docs"]);
}

#[test]
fn a_folder_of_others_is_not_touched() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    fs::write(root.path().join("notes.md"), "mine").unwrap();
    let error = fetch(source.path(), root.path(), None).unwrap_err().to_string();
    assert!(error.contains("was not written by `fetch`"), "{error}");
    assert_eq!(names(root.path()), ["notes.md"]);
}

#[test]
fn a_link_in_the_repository_leads_nowhere() {
    let (source, root) = (repository(), tempfile::tempdir().unwrap());
    let blob = root.path().join("target");
    fs::write(&blob, "/etc/passwd").unwrap();
    let id = git(source.path(), &["hash-object", "-w", &blob.display().to_string()]);
    git(source.path(), &["update-index", "--add", "--cacheinfo", &format!("120000,{id},secret.md")]);
    git(source.path(), &["commit", "--quiet", "--message", "link"]);
    let folder = root.path().join("docs");
    fetch(source.path(), &folder, None).unwrap();
    assert!(folder.join("secret.md").symlink_metadata().unwrap().is_file());
    assert_eq!(fs::read_to_string(folder.join("secret.md")).unwrap(), "/etc/passwd");
}

#[test]
fn the_lock_is_written_and_read_back() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("docs.lock");
    let mut lock = Lock::open(&path).unwrap();
    let entry = |folder: &str, digit: &str| Entry {
        folder: folder.to_owned(),
        repository: "https://example.com/\"docs\"".to_owned(),
        revision: digit.repeat(40),
        date: "2026-06-15T12:00:00+00:00".to_owned(),
    };
    lock.set(entry("docs/en", "1"));
    lock.set(entry("docs/ru", "2"));
    lock.set(entry("docs/en", "3"));
    lock.write(&path).unwrap();
    assert_eq!(Lock::open(&path).unwrap(), lock);
    assert_eq!(lock.entry("docs/en").unwrap().revision, "3".repeat(40));
}

#[test]
fn a_lock_edited_by_hand_is_told_with_its_line() {
    let told = |text: &str| Lock::parse("docs.lock", text).unwrap_err().to_string();
    let entry = "[[docs]]\nfolder = \"docs\"\nrepository = \"x\"\nrevision = \"main\"\ndate = \"\"\n";
    assert!(told(entry).starts_with("docs.lock:4:13: `main` is not a commit's whole id: "), "{}", told(entry));
    assert!(told("[[docs]]\nfolder = 3\n").starts_with("docs.lock:2:10: "));
    assert!(told("[[docs]\n").starts_with("docs.lock:1:"));
    assert!(told("[[docs]]\ncolour = 1\n").contains("unknown field `colour`"));
}
