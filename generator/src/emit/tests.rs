//! What is emitted for which modules, always the same, and what is refused.

use super::{Error, File, Settings, emit, golden::excerpt};

/// Two modules that share a structure, one of which links to the other.
const TWO: &str = r#"{
  "methods": [
    {"name": "one.get", "page": "api-reference/one.md", "response": [{"name": "result", "type": {"kind": "object", "object": "both"}}]},
    {"name": "two.get", "page": "api-reference/two.md", "description": "See [one](api-reference/one.md).",
     "response": [{"name": "result", "type": {"kind": "object", "object": "both"}}],
     "params": [{"name": "x", "type": {"kind": "object", "object": "lonely"}}]},
    {"name": "two.get", "api": "v3", "rust_path": "v3::two::get"}
  ],
  "objects": {
    "both": {"rust_path": "shared::Both", "fields": [{"name": "kind", "type": {"kind": "enum", "values": ["a"]}}]},
    "lonely": {"rust_path": "shared::Lonely", "fields": [{"name": "kind", "type": {"kind": "enum", "values": ["b"]}}]}
  }
}"#;

fn of(modules: &[&str]) -> Vec<File> {
    let modules = Some(modules.iter().map(|module| (*module).to_owned()).collect());
    emit(&excerpt(TWO), &Settings { modules, format: true, ..Settings::default() }).unwrap()
}

fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

fn content<'f>(files: &'f [File], name: &str) -> &'f str {
    files.iter().find(|file| file.name == name).map_or("", |file| &file.content)
}

#[test]
fn only_enabled_modules_are_emitted_and_of_the_shared_structures_only_theirs() {
    let one = of(&["one"]);
    assert_eq!(names(&one), ["one.rs", "shared.rs", "api.rs"]);
    let shared = content(&one, "shared.rs");
    assert!(shared.contains("struct Both") && shared.contains("enum BothKind"), "{shared}");
    assert!(!shared.contains("Lonely"), "{shared}");
    let two = of(&["two"]);
    assert_eq!(names(&two), ["shared.rs", "two.rs", "v3/two.rs", "api.rs"]);
    assert!(content(&two, "shared.rs").contains("enum LonelyKind"));
}

#[test]
fn a_type_looks_alike_whatever_is_enabled() {
    let (one, both) = (of(&["one"]), of(&["one", "two"]));
    assert_eq!(content(&one, "one.rs"), content(&both, "one.rs"));
    let all = content(&both, "shared.rs");
    let structure = |text: &str| {
        text.split("struct Both").nth(1).and_then(|text| text.split("rt::object").next()).map(str::to_owned)
    };
    assert_eq!(structure(content(&one, "shared.rs")), structure(all));
}

#[test]
fn a_link_leads_to_the_module_if_there_is_one_else_to_the_published_page() {
    assert!(content(&of(&["one", "two"]), "two.rs").contains("See [one](crate::one::get)."));
    assert!(
        content(&of(&["two"]), "two.rs").contains("See [one](https://apidocs.bitrix24.com/api-reference/one.html).")
    );
}

#[test]
fn a_module_that_the_docs_lack_is_empty() {
    let files = of(&["vote"]);
    assert_eq!(names(&files), ["vote.rs", "api.rs"]);
    assert!(content(&files, "vote.rs").contains("have no such module"));
    assert_eq!(content(&files, "api.rs"), "pub mod vote;\n");
}

#[test]
fn the_same_model_gives_the_same_bytes_with_any_number_of_threads() {
    let settings =
        Settings { registry: true, format: true, examples: Some("bitrix24".to_owned()), ..Settings::default() };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| emit(&excerpt(TWO), &settings).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn what_cannot_be_emitted_is_named() {
    let refused = |from: &str, to: &str| emit(&excerpt(&TWO.replace(from, to)), &Settings::default()).unwrap_err();
    let error = refused("shared::Both", "one::get::Both");
    assert!(matches!(&error, Error::NotShared { id, user, .. } if id == "both" && user == "two"), "{error}");
    let error = refused(r#""object": "lonely""#, r#""object": "gone""#);
    assert!(matches!(&error, Error::UnknownObject { id, .. } if id == "gone"), "{error}");
    assert!(error.to_string().contains("field `x` of `two.get`"), "{error}");
    let error = refused("v3::two::get", "two::get");
    assert!(matches!(&error, Error::Twice { name, .. } if name == "two::get"), "{error}");
    let error = refused("v3::two::get", "v3::two::g-t");
    assert!(error.to_string().contains("method `two.get`") && error.to_string().contains("g-t"), "{error}");
    let error = refused("shared::Both", "shared::both");
    assert!(matches!(error, Error::TypePath { .. }), "{error}");
    let error = refused(r#"{"name": "x","#, r#"{"name": "x", "rust_name": "1x","#);
    assert!(error.to_string().contains("field `x` of the request of `two.get`"), "{error}");
}
