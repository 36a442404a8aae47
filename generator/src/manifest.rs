//! Changes to a `Cargo.toml` that somebody wrote: what is not to be changed stays as it is, comments too.

use std::collections::BTreeSet;

use toml_edit::{Array, DocumentMut, Item, TableLike, Value};

use crate::emit::FULL;

/// Why a manifest could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not TOML.
    #[error("not a manifest: {0}")]
    Toml(#[from] toml_edit::TomlError),
    /// Something in it is not what Cargo wants there.
    #[error("`{name}` is not {kind}: mend the manifest first")]
    Kind {
        /// The key.
        name: String,
        /// What it should be.
        kind: &'static str,
    },
}

/// `manifest` with a feature for each of `modules`, all of them in `full`; and the names of the features that were added.
///
/// # Errors
///
/// It is no manifest.
///
/// ```
/// use bitrix24_codegen::manifest::add_features;
///
/// let manifest = "[features]\n# All of them.\nfull = [\"crm\"]\ncrm = []\n";
/// let (manifest, added) = add_features(manifest, &["crm", "tasks"].map(str::to_owned).into())?;
/// assert_eq!(manifest, "[features]\n# All of them.\nfull = [\"crm\", \"tasks\"]\ncrm = []\ntasks = []\n");
/// assert_eq!(added, ["tasks"]);
/// # Ok::<(), bitrix24_codegen::manifest::Error>(())
/// ```
pub fn add_features(manifest: &str, modules: &BTreeSet<String>) -> Result<(String, Vec<String>), Error> {
    let mut document: DocumentMut = manifest.parse()?;
    let features = document.entry("features").or_insert_with(toml_edit::table);
    let features: &mut dyn TableLike =
        features.as_table_like_mut().ok_or(Error::Kind { name: "features".to_owned(), kind: "a table" })?;
    let mut added = Vec::new();
    for module in modules {
        if !features.contains_key(module) {
            features.insert(module, Item::Value(Value::Array(Array::new())));
            added.push(module.clone());
        }
    }
    let full = features.entry(FULL).or_insert(Item::Value(Value::Array(Array::new())));
    let full = full.as_array_mut().ok_or(Error::Kind { name: format!("features.{FULL}"), kind: "a list" })?;
    // A list with a name a line goes on so.
    let before = |value: &Value| value.decor().prefix()?.as_str().filter(|text| text.contains('\n')).map(str::to_owned);
    let line = full.iter().find_map(before);
    for module in modules {
        let names: Vec<&str> = full.iter().filter_map(Value::as_str).collect();
        if names.contains(&module.as_str()) {
            continue;
        }
        let at = names.iter().position(|name| *name > module.as_str()).unwrap_or(names.len());
        let value = Value::from(module.as_str());
        match &line {
            Some(line) => full.insert_formatted(at, value.decorated(line, "")),
            None => full.insert(at, value),
        }
    }
    if line.is_none() {
        full.fmt();
    }
    let new = document.to_string();
    // The parser reads both line ends, and writes one.
    Ok((if manifest.contains("\r\n") { new.replace('\n', "\r\n") } else { new }, added))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synced(manifest: &str, modules: &[&str]) -> (String, Vec<String>) {
        add_features(manifest, &modules.iter().map(|module| (*module).to_owned()).collect()).unwrap()
    }

    #[test]
    fn the_manifest_of_this_project_keeps_its_form() {
        let manifest = include_str!("../../generated/Cargo.toml");
        let (same, added) = synced(manifest, &["crm", "tasks"]);
        assert_eq!((same.as_str(), added.len()), (manifest, 0));

        let (new, added) = synced(manifest, &["bell", "crm", "zoo"]);
        assert_eq!(added, ["bell", "zoo"]);
        let fresh: Vec<&str> = new.lines().filter(|line| !manifest.lines().any(|old| old == *line)).collect();
        assert_eq!(fresh, ["    \"bell\",", "    \"zoo\",", "bell = []", "zoo = []"]);
        assert!(manifest.lines().all(|line| new.contains(line)), "nothing is lost");
        assert_eq!(synced(&new, &["bell", "crm", "zoo"]), (new, Vec::new()));
    }

    #[test]
    fn windows_line_ends_stay() {
        let manifest = "[features]\r\nfull = [\r\n    \"crm\",\r\n]\r\ncrm = []\r\n";
        let (new, added) = synced(manifest, &["crm", "zoo"]);
        assert_eq!(added, ["zoo"]);
        assert_eq!(new, manifest.replace("\"crm\",", "\"crm\",\r\n    \"zoo\",") + "zoo = []\r\n");
    }

    #[test]
    fn a_manifest_without_features_gets_them() {
        let (new, _) = synced("[package]\nname = \"bell\"\n", &["bell", "crm"]);
        insta::assert_snapshot!(new, @r#"
        [package]
        name = "bell"

        [features]
        bell = []
        crm = []
        full = ["bell", "crm"]
        "#);
    }

    #[test]
    fn what_is_no_manifest_is_told() {
        let told = |manifest: &str| add_features(manifest, &BTreeSet::new()).unwrap_err().to_string();
        assert!(told("[features").starts_with("not a manifest: "));
        assert_eq!(told("features = 3"), "`features` is not a table: mend the manifest first");
        assert_eq!(told("[features]\nfull = 3"), "`features.full` is not a list: mend the manifest first");
    }
}
