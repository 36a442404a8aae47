//! The manifest of a standalone crate, and its version.

use std::collections::BTreeSet;
use std::fmt;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use crate::diff::Verdict;
use crate::emit::FULL;
use crate::manifest::add_features;

/// The runtime that the emitted code is for: the generator's own version.
const RUNTIME: &str = env!("CARGO_PKG_VERSION");

/// A version without further marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
}

impl Version {
    pub(super) const FIRST: Version = Version { major: 0, minor: 1, patch: 0 };

    /// The version of the next release; before 1.0, what breaks raises the minor part.
    pub(super) fn next(self, verdict: Verdict) -> Version {
        let Version { major, minor, patch } = self;
        match (verdict, major) {
            (Verdict::Major, 1..) => Version { major: major + 1, minor: 0, patch: 0 },
            (Verdict::Major, 0) | (Verdict::Minor, 1..) => Version { minor: minor + 1, patch: 0, ..self },
            (Verdict::Minor, 0) | (Verdict::Patch, _) => Version { patch: patch + 1, ..self },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version that a manifest states.
pub(super) fn version(manifest: &str) -> Result<Version, String> {
    let document: DocumentMut = manifest.parse().map_err(|error| format!("is not a manifest: {error}"))?;
    let text = document.get("package").and_then(|package| package.get("version")).and_then(Item::as_str);
    let parsed = text.and_then(|text| {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    });
    parsed.ok_or_else(|| "needs a `package.version` of three numbers, such as \"0.1.0\"".to_owned())
}

/// The name that a manifest states.
pub(super) fn name(manifest: &str) -> Option<String> {
    let document: DocumentMut = manifest.parse().ok()?;
    Some(document.get("package")?.get("name")?.as_str()?.to_owned())
}

/// A manifest of another version and with the features of `modules`; all else stays.
pub(super) fn update(manifest: &str, version: Version, modules: &BTreeSet<String>) -> Result<String, String> {
    let (manifest, _) = add_features(manifest, modules).map_err(|error| error.to_string())?;
    let mut document: DocumentMut = manifest.parse().map_err(|error| format!("is not a manifest: {error}"))?;
    let text = version.to_string();
    let stated = document.get_mut("package").and_then(|package| package.get_mut("version"));
    if let Some(stated) = stated
        && stated.as_str() != Some(text.as_str())
    {
        *stated = value(text);
    }
    Ok(document.to_string())
}

/// The first manifest.
pub(super) fn new(name: &str, version: Version, modules: &BTreeSet<String>) -> Result<String, String> {
    if !super::is_package_name(name) {
        return Err(format!("`{}` is not a name that Cargo takes for a package", name.escape_default()));
    }
    let mut document = DocumentMut::new();
    let mut package = Table::new();
    for (key, text) in [
        ("name", name),
        ("version", &version.to_string()),
        ("edition", "2024"),
        ("rust-version", env!("CARGO_PKG_RUST_VERSION")),
        ("description", "Typed Bitrix24 REST API, generated from its documentation"),
        ("license", "MIT"),
        ("readme", "README.md"),
        ("documentation", &format!("https://docs.rs/{name}")),
        ("homepage", "https://apidocs.bitrix24.com"),
    ] {
        package.insert(key, value(text));
    }
    package.insert("keywords", list(["bitrix24", "rest", "api", "crm"]));
    package.insert("categories", list(["api-bindings"]));
    package.insert("include", list(["src", "README.md", "CHANGELOG.md", "LICENSE", "LICENSE-docs"]));
    let mut docs_rs = Table::new();
    docs_rs.insert("all-features", value(true));
    docs_rs.insert("rustdoc-args", list(["--cfg", "docsrs"]));
    let mut metadata = Table::new();
    metadata.set_implicit(true);
    metadata.insert("docs", nested("rs", docs_rs));
    package.insert("metadata", Item::Table(metadata));
    document.insert("package", Item::Table(package));

    let mut features = Table::new();
    features.insert("default", list([]));
    let mut full: Array = modules.iter().map(String::as_str).collect();
    for module in full.iter_mut() {
        module.decor_mut().set_prefix("\n    ");
    }
    full.set_trailing("\n");
    full.set_trailing_comma(true);
    features.insert(FULL, value(full));
    features.insert("blocking", list(["bitrix24-runtime/blocking"]));
    features.insert("registry", list([]));
    for module in modules {
        features.insert(module, list([]));
    }
    document.insert("features", Item::Table(features));

    let mut runtime = InlineTable::new();
    runtime.insert("version", RUNTIME.into());
    let mut dependencies = Table::new();
    dependencies.insert("bitrix24-runtime", value(runtime));
    document.insert("dependencies", Item::Table(dependencies));

    // In a folder below a workspace it is still a crate of its own.
    document.insert("workspace", Item::Table(Table::new()));
    Ok(document.to_string())
}

fn list<const N: usize>(items: [&str; N]) -> Item {
    value(items.into_iter().collect::<Array>())
}

/// `[….name]`
fn nested(name: &str, table: Table) -> Item {
    let mut outer = Table::new();
    outer.set_implicit(true);
    outer.insert(name, Item::Table(table));
    Item::Table(outer)
}
