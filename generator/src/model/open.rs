//! Keys that stand for many: `UF_…`, `parentId{entityTypeId}`, `PROPERTY_n`.
//!
//! A structure whose table has such a row is open, but not to everything: what is in front of the placeholder is how the
//! documented keys begin. Where nothing is, or where the docs only say that there are more, any key is documented.

use std::collections::BTreeSet;

/// How documented keys beyond the fields begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenKeys(BTreeSet<String>);

impl OpenKeys {
    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Any key.
    pub(crate) fn add_any(&mut self) {
        self.0.insert(String::new());
    }

    /// The keys that the row `name` stands for.
    pub(crate) fn add(&mut self, name: &str) {
        self.0.insert(prefix(name).to_owned());
    }

    /// Keys like `key`, which differ in their number: `parentId162`.
    pub(crate) fn add_like(&mut self, key: &str) {
        if !self.cover(key) {
            self.0.insert(key.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
        }
    }

    /// Whether `key` is one of them. As in the runtime, letter case and `_` do not matter: `ufCrm_1` is `UF_CRM_1`.
    fn cover(&self, key: &str) -> bool {
        self.0.iter().any(|prefix| bare(key).starts_with(&bare(prefix)))
    }

    /// The prefixes, without those that another one covers; `""` for any key.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let covered = |prefix: &String| {
            self.0.iter().any(|other| {
                other != prefix && bare(prefix).starts_with(&bare(other)) && {
                    bare(other) != bare(prefix) || other < prefix
                }
            })
        };
        self.0.iter().filter(|prefix| !covered(prefix)).cloned().collect()
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// What a name has in front of its placeholder.
fn prefix(name: &str) -> &str {
    let name = name.trim_matches(['"', '\'', '`']);
    if name.contains(' ') {
        return "";
    }
    let placeholder = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let mut end = name.find(placeholder).unwrap_or(name.len());
    end = name.find("XXX").map_or(end, |at| at.min(end));
    let prefix = &name[..end];
    // `PROPERTY_n`
    match prefix.strip_suffix(['n', 'N']) {
        Some(rest) if end == name.len() && (rest.is_empty() || rest.ends_with('_')) => rest,
        _ => prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_front_of_the_placeholder_is_the_prefix() {
        for (name, expected) in [
            ("UF_…", "UF_"),
            ("UF_CRM_*", "UF_CRM_"),
            ("ufCrm...", "ufCrm"),
            ("parentId{entityTypeId}", "parentId"),
            ("PARENT_ID_<id>", "PARENT_ID_"),
            ("PROPERTY_n", "PROPERTY_"),
            ("PROPERTY_", "PROPERTY_"),
            ("UF_XXX", "UF_"),
            ("<code>", ""),
            ("n", ""),
            ("поле", ""),
            ("any other field", ""),
        ] {
            assert_eq!(prefix(name), expected, "{name}");
        }
    }

    #[test]
    fn a_prefix_covers_keys_in_every_spelling_and_longer_prefixes() {
        let mut keys = OpenKeys::default();
        for name in ["UF_*", "UF_CRM_*", "ufCrm*", "PARENT_ID_n"] {
            keys.add(name);
        }
        assert_eq!(keys.prefixes(), ["PARENT_ID_", "UF_"]);
        assert!(keys.cover("ufCrm5_1678") && keys.cover("parentId128") && !keys.cover("ID"));
        keys.add_any();
        assert_eq!(keys.prefixes(), [""]);
    }
}
