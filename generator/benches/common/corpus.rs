//! The docs that are read: when something is measured, the published ones where they stand beside the checkout; else
//! `docs-input`.

use std::path::{Path, PathBuf};

use pulldown_cmark::{Options, Parser};

/// The folder of the docs; `BENCH_DOCS` names another one.
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let published = root.join("../shared/docs/ru-2026-06-15");
    match std::env::var_os("BENCH_DOCS") {
        Some(named) => root.join(named),
        None if published.is_dir() && measured() => published,
        None => root.join("docs-input"),
    }
}

/// Whether it is to be measured; `cargo test` asks only whether it works.
pub fn measured() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    arguments.iter().any(|argument| argument == "--bench") && arguments.iter().all(|argument| argument != "--test")
}

/// The text of every page.
pub fn texts(folder: &Path) -> Vec<String> {
    let docs = bitrix24_codegen::docs::Docs::open(folder).unwrap();
    docs.sources().iter().map(|source| source.text().to_owned()).collect()
}

/// What everything is measured against: pulldown-cmark alone over the same bytes, on one thread. How many events it saw.
pub fn yardstick(texts: &[String]) -> usize {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    texts.iter().map(|text| Parser::new_ext(text, options).count()).sum()
}
