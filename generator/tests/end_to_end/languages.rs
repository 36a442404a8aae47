//! The same API read from Russian and from English pages is the same API.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::File;
use bitrix24_codegen::model::Model;
use quote::ToTokens as _;

use crate::support::{corpora, docs_input, emitted, pages, preset, russian_pages, settled};

/// The pages that both languages have, row for row: see the list in `tests/pages/ru/README.md`.
fn twins() -> Vec<String> {
    let list = std::fs::read_to_string(russian_pages().join("README.md")).unwrap();
    list.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`').map(str::to_owned)).collect()
}

#[test]
fn twin_pages_give_the_same_public_items() {
    let twins = twins();
    assert!(twins.len() >= 10, "{twins:?}");
    let read = |folder| {
        let model = settled(&Docs::new(pages(folder), &preset()));
        let items = public_items(&emitted(&model));
        (model, items)
    };
    let (english, russian) = (read(&docs_input()), read(&russian_pages()));
    let mut unequal = Vec::new();
    for page in &twins {
        let paths = |model: &Model| -> BTreeMap<String, String> {
            let methods =
                model.methods.iter().filter(|m| m.page == *page).map(|m| (m.name.clone(), m.rust_path.clone()));
            let events = model.events.iter().filter(|e| e.page == *page).map(|e| (e.name.clone(), e.rust_path.clone()));
            let calls = model.inbound.iter().filter(|c| c.page == *page).map(|c| (c.name.clone(), c.rust_path.clone()));
            methods.chain(events).chain(calls).collect()
        };
        let (en, ru) = (paths(&english.0), paths(&russian.0));
        assert_eq!(en, ru, "{page}: names and Rust paths");
        assert!(!en.is_empty(), "{page} documents nothing");
        for (name, path) in en {
            // A method is a module; an event is an item of one.
            let translated = translated(&english.0, &russian.0, &path);
            let path = if english.1.contains_key(&path) { path } else { path.rsplit_once("::").unwrap().0.to_owned() };
            let (mut en, mut ru) = (english.1[&path].clone(), russian.1[&path].clone());
            en.retain(|item| !translated.contains(item));
            ru.retain(|item| !translated.contains(item));
            let differing: Vec<_> = en.symmetric_difference(&ru).collect();
            if !differing.is_empty() {
                println!("{page}: `{name}` in `{path}`: {differing:#?}");
                unequal.push(page.as_str());
            }
        }
    }
    assert!(unequal.is_empty(), "{unequal:?}");
}

/// Methods of the published docs whose two pages differ in what they document: at most so many. It falls as the docs are
/// mended or the generator reads more alike; it must not rise.
const DIFFERING: usize = 63;

#[test]
fn the_published_docs_give_the_same_api_in_both_languages() {
    let corpora = corpora("the same API in both languages");
    let [russian, english] = corpora.as_slice() else { return };
    let (ru, en) = (public_items(&russian.files), public_items(&english.files));
    let by_path = |model: &'static Model| -> BTreeMap<&str, (&str, &str, u32)> {
        model.methods.iter().map(|m| (m.rust_path.as_str(), (m.name.as_str(), m.page.as_str(), m.line))).collect()
    };
    let (ru_methods, en_methods) = (by_path(&russian.model), by_path(&english.model));
    let paths: BTreeSet<&str> = ru_methods.keys().chain(en_methods.keys()).copied().collect();
    let none = BTreeSet::new();
    let (mut differing, mut list) = (0, String::new());
    let mut only = Vec::new();
    for path in paths {
        let (Some((name, page, line)), Some(_)) = (ru_methods.get(path), en_methods.get(path)) else {
            only.push(path);
            continue;
        };
        let translated = translated(&english.model, &russian.model, path);
        let own = |items: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
            items.get(path).unwrap_or(&none).iter().filter(|item| !translated.contains(*item)).cloned().collect()
        };
        let (ru, en) = (&own(&ru), &own(&en));
        if ru != en {
            differing += 1;
            let _ = writeln!(list, "{page}:{line}: {name}");
            for item in ru.difference(en) {
                let _ = writeln!(list, "    ru {item}");
            }
            for item in en.difference(ru) {
                let _ = writeln!(list, "    en {item}");
            }
        }
    }
    println!("in one language only: {only:?}\ndiffering: {differing} of {}\n{list}", ru_methods.len());
    assert!(
        differing <= DIFFERING,
        "{differing} methods differ between the languages, at most {DIFFERING} did:\n{list}"
    );
}

/// The variants that the method at `path` names after messages which only one language has in ASCII: where the code
/// is empty or not the only one of its kind, there is nothing else to name them by.
fn translated(english: &Model, russian: &Model, path: &str) -> BTreeSet<String> {
    let method = |model: &'_ Model| model.methods.iter().find(|m| m.rust_path == path).cloned();
    let (Some(english), Some(russian)) = (method(english), method(russian)) else { return BTreeSet::new() };
    let foreign = |message: &Option<String>| message.as_ref().is_none_or(|text| !text.is_ascii());
    let pairs = english.errors.iter().zip(&russian.errors);
    pairs
        .filter(|(en, ru)| en.code == ru.code && (foreign(&en.message) || foreign(&ru.message)))
        .flat_map(|(en, ru)| [&en.variant, &ru.variant])
        .map(|variant| format!("ErrorCode::{variant} "))
        .collect()
}

/// The public items of each module by path, without docs and attributes: a field, a variant, a function or a type a line.
fn public_items(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let mut out = BTreeMap::new();
    for file in files.iter().filter(|file| !matches!(file.name.as_str(), "api.rs" | "registry.rs")) {
        let parsed = syn::parse_file(&file.content).unwrap();
        let root = file.name.strip_suffix(".rs").unwrap().replace('/', "::");
        module(&root, &parsed.items, &mut out);
    }
    out
}

fn module(path: &str, items: &[syn::Item], out: &mut BTreeMap<String, BTreeSet<String>>) {
    let mut lines = BTreeSet::new();
    for item in items {
        match item {
            syn::Item::Mod(inner) => {
                let name = inner.ident.to_string();
                let name = name.strip_prefix("r#").unwrap_or(&name);
                module(&format!("{path}::{name}"), inner.content.as_ref().map_or(&[], |(_, items)| items), out);
            }
            syn::Item::Struct(item) => {
                lines.insert(format!("struct {}", item.ident));
                for field in &item.fields {
                    let name = field.ident.as_ref().map_or(String::new(), ToString::to_string);
                    lines.insert(format!("{}.{name}: {}", item.ident, field.ty.to_token_stream()));
                }
            }
            syn::Item::Enum(item) => {
                lines.insert(format!("enum {}", item.ident));
                for variant in &item.variants {
                    lines.insert(format!("{}::{} {}", item.ident, variant.ident, variant.fields.to_token_stream()));
                }
            }
            syn::Item::Impl(item) => {
                let of = item.self_ty.to_token_stream();
                for inner in &item.items {
                    match inner {
                        syn::ImplItem::Fn(function) => {
                            lines.insert(format!("{of}: {}", function.sig.to_token_stream()));
                        }
                        syn::ImplItem::Type(inner) => {
                            lines.insert(format!("{of}: {} = {}", inner.ident, inner.ty.to_token_stream()));
                        }
                        _ => {}
                    }
                }
            }
            syn::Item::Type(item) => {
                lines.insert(format!("type {} = {}", item.ident, item.ty.to_token_stream()));
            }
            _ => {}
        }
    }
    out.insert(path.to_owned(), lines);
}
