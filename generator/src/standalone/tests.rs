use std::process::Command;

use super::*;
use crate::listing::listing;

fn page(rows: &str) -> String {
    format!(
        "# Ring bell.ring\n\n> Scope: [`bell`](x)\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n"
    )
}

/// A folder with docs, and where the crate is to go.
fn setting(rows: &str) -> (tempfile::TempDir, Standalone) {
    let root = tempfile::tempdir().unwrap();
    let docs = root.path().join("docs");
    fs::create_dir_all(docs.join("api-reference")).unwrap();
    fs::write(docs.join("api-reference/bell-ring.md"), page(rows)).unwrap();
    let folder = root.path().join("crate");
    (root, Standalone { docs, folder, name: "bells".to_owned(), runtime: None })
}

const TIMES: &str = "|| **times***\n`integer` | How often ||\n";

fn read(made: &Standalone, name: &str) -> String {
    fs::read_to_string(made.folder.join(name)).unwrap()
}

#[test]
fn the_first_run_writes_a_whole_crate() {
    let (_root, crate_) = setting(TIMES);
    let made = crate_.make().unwrap();
    assert_eq!((made.version.as_str(), made.verdict, made.methods), ("0.1.0", None, 1));
    insta::assert_snapshot!(read(&crate_, "Cargo.toml"), @r#"
    [package]
    name = "bells"
    version = "0.1.0"
    edition = "2024"
    rust-version = "1.88"
    description = "Typed Bitrix24 REST API, generated from its documentation"
    license = "MIT"
    readme = "README.md"
    documentation = "https://docs.rs/bells"
    homepage = "https://apidocs.bitrix24.com"
    keywords = ["bitrix24", "rest", "api", "crm"]
    categories = ["api-bindings"]
    include = ["src", "README.md", "CHANGELOG.md", "LICENSE", "LICENSE-docs"]

    [package.metadata.docs.rs]
    all-features = true
    rustdoc-args = ["--cfg", "docsrs"]

    [features]
    default = []
    full = [
        "bell",
    ]
    blocking = ["bitrix24-runtime/blocking"]
    registry = []
    bell = []

    [dependencies]
    bitrix24-runtime = { version = "0.1.0" }

    [workspace]
    "#);
    insta::assert_snapshot!(read(&crate_, "CHANGELOG.md"), @"
    # Changelog

    ## 0.1.0

    First release: 1 methods and 0 events.
    ");
    insta::assert_snapshot!(read(&crate_, "src/api/api.rs"), @r#"
    #[cfg(feature = "bell")]
    pub mod bell;
    #[cfg(feature = "registry")]
    pub mod registry;
    "#);
    let readme = read(&crate_, "README.md");
    assert!(!readme.contains("{name}") && readme.contains("bells = { version = \"0.1.0\""), "{readme}");
    assert!(read(&crate_, "LICENSE-docs").contains("MIT License"));
}

#[test]
fn the_next_run_changes_what_changed() {
    let (_root, crate_) = setting(TIMES);
    crate_.make().unwrap();
    let same = crate_.make().unwrap();
    assert_eq!((same.version.as_str(), same.verdict, same.written.changed), ("0.1.0", Some(Verdict::Patch), 0));

    // What people write into the manifest and the log stays.
    let manifest = read(&crate_, "Cargo.toml").replace("license = \"MIT\"", "license = \"MIT\" # as the docs");
    fs::write(crate_.folder.join("Cargo.toml"), manifest).unwrap();
    let log = read(&crate_, "CHANGELOG.md").replace("First release", "At last");
    fs::write(crate_.folder.join("CHANGELOG.md"), log).unwrap();
    let page_file = crate_.docs.join("api-reference/bell-ring.md");
    fs::write(&page_file, page(&format!("{TIMES}|| **loud**\n`boolean` | Loudly ||\n"))).unwrap();
    assert_eq!(crate_.make().unwrap().version, "0.1.1");
    fs::write(&page_file, page("")).unwrap();
    let zoo = page(TIMES).replace("bell.ring", "zoo.open");
    fs::write(crate_.docs.join("api-reference/zoo-open.md"), zoo).unwrap();
    let made = crate_.make().unwrap();
    assert_eq!((made.version.as_str(), made.verdict), ("0.2.0", Some(Verdict::Major)));

    insta::assert_snapshot!(read(&crate_, "CHANGELOG.md"), @"
    # Changelog

    ## 0.2.0

    Code that uses the crate may have to change: a major release.

    ### Breaking

    `bell`

    - `bell.ring`: parameter `loud` removed: `boolean`
    - `bell.ring`: parameter `times` removed: `integer*`

    ### Other changes

    `zoo`

    - `zoo.open` added

    ## 0.1.1

    There are new items and none is gone: a minor release.

    ### Other changes

    `bell`

    - `bell.ring`: parameter `loud` added: `boolean`

    ## 0.1.0

    At last: 1 methods and 0 events.
    ");
    let manifest = read(&crate_, "Cargo.toml");
    assert!(manifest.contains("version = \"0.2.0\"\n") && manifest.contains("zoo = []\n"), "{manifest}");
    assert!(manifest.contains("# as the docs"), "{manifest}");
}

#[test]
fn a_run_over_the_same_docs_changes_nothing() {
    let (_root, crate_) = setting(&format!("{TIMES}|| **loud**\n`boolean` | Loudly. By default `null` ||\n"));
    let first = crate_.make().unwrap();
    let second = crate_.make().unwrap();
    assert_eq!((second.version, second.written.changed), (first.version, 0));
}

#[test]
fn the_public_items_are_those_of_a_build() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs-input");
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("crate");
    let crate_ = Standalone { docs: docs.clone(), folder: folder.clone(), name: "bitrix24".to_owned(), runtime: None };
    crate_.make().unwrap();
    let mut model = Model::read(&Docs::open(&docs).unwrap());
    model.settle();
    let built = emit(&model, &Settings { registry: true, ..Settings::default() }).unwrap();
    let written = built.iter().map(|file| {
        let content = fs::read_to_string(folder.join("src/api").join(&file.name)).unwrap();
        File { name: file.name.clone(), content }
    });
    let lines = |files: &[File]| listing(files).unwrap().iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let (written, built) = (lines(&written.collect::<Vec<_>>()), lines(&built));
    assert!(built.len() > 1000, "{}", built.len());
    let differ: Vec<&String> = written.symmetric_difference(&built).take(10).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(read(&crate_, "src/lib.rs").contains("pub use bitrix24_runtime::{self as runtime, *};"));
}

#[test]
fn cargo_packages_it_without_a_network() {
    let (_root, mut crate_) = setting(TIMES);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    crate_.runtime = Some(workspace.join("runtime"));
    crate_.make().unwrap();
    // The versions that this workspace builds with are on this machine.
    fs::copy(workspace.join("Cargo.lock"), crate_.folder.join("Cargo.lock")).unwrap();
    let cargo = Command::new(env!("CARGO"))
        .args(["package", "--offline", "--allow-dirty", "--no-verify"])
        .current_dir(&crate_.folder)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "{said}");
    assert!(!said.contains("warning:"), "{said}");
    assert!(crate_.folder.join("target/package/bells-0.1.0.crate").is_file());
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_written() {
    let (_root, crate_) = setting(TIMES);
    crate_.make().unwrap();
    let told = |crate_: &Standalone| crate_.make().unwrap_err().to_string();
    let manifest = read(&crate_, "Cargo.toml");
    fs::write(crate_.folder.join("Cargo.toml"), manifest.replace("0.1.0", "next")).unwrap();
    assert!(told(&crate_).ends_with("Cargo.toml`: needs a `package.version` of three numbers, such as \"0.1.0\""));
    fs::write(crate_.folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(crate_.folder.join(API), "{").unwrap();
    assert!(told(&crate_).contains(".api.json`: is not what an earlier run wrote"), "{}", told(&crate_));

    let (_root, mut crate_) = setting(TIMES);
    crate_.name = "9 bells".to_owned();
    assert!(told(&crate_).ends_with("`9 bells` is not a name that Cargo takes for a package"));
    assert!(!crate_.folder.exists());
}
