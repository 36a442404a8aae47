use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::model::Field;

fn read(pages: &[File]) -> Docs {
    Docs::new(pages.iter().map(|page| (page.name.clone(), page.content.clone().into())).collect(), &[])
}

/// What of a model distilling keeps: all but prose, examples, lines, witnesses and diagnostics.
fn facts(mut model: Model) -> Model {
    fn fields(fields: &mut [Field]) {
        for field in fields {
            field.line = 0;
            field.from.clear();
        }
    }
    model.forget_prose();
    for method in &mut model.methods {
        (method.line, method.title) = (0, String::new());
        method.errors.iter_mut().for_each(|error| error.line = 0);
        fields(&mut method.params);
        fields(&mut method.response);
    }
    for event in &mut model.events {
        (event.line, event.title) = (0, String::new());
        fields(&mut event.payload);
    }
    for call in &mut model.inbound {
        (call.line, call.title, call.description) = (0, String::new(), String::new());
        call.examples.edit().clear();
        fields(&mut call.payload);
        fields(&mut call.options);
        fields(&mut call.answer);
    }
    for object in model.objects.values_mut() {
        object.line = 0;
        fields(&mut object.fields);
    }
    model
}

/// The first of `left` and `right` that differ, each as JSON.
fn difference(left: &Model, right: &Model) -> Option<String> {
    fn first<T: PartialEq + serde::Serialize>(what: &str, left: &[T], right: &[T]) -> Option<String> {
        let json = |item: Option<&T>| item.map(|item| serde_json::to_string(item).unwrap()).unwrap_or_default();
        let n = (0..left.len().max(right.len())).find(|n| left.get(*n) != right.get(*n))?;
        let count = (0..left.len().max(right.len())).filter(|n| left.get(*n) != right.get(*n)).count();
        Some(format!("{count} {what} differ:\n{}\n{}", json(left.get(n)), json(right.get(n))))
    }
    let objects = |model: &Model| model.objects.clone().into_iter().collect::<Vec<_>>();
    first("methods", &left.methods, &right.methods)
        .or_else(|| first("events", &left.events, &right.events))
        .or_else(|| first("inbound calls", &left.inbound, &right.inbound))
        .or_else(|| first("objects", &objects(left), &objects(right)))
        .or_else(|| (left.language != right.language).then(|| "language".to_owned()))
}

/// The law of distilling, over the pages of one folder.
#[track_caller]
fn check(docs: &Docs) {
    let pages = distil(docs, &Options::default());
    let distilled = read(&pages);
    let model = Model::read(&distilled);
    if let Some(wrong) = model.diagnostics.first() {
        let text = distilled.source(distilled.find(&wrong.page).unwrap()).text();
        panic!("a distilled page has nothing wrong: {wrong:?}\n{}", text.lines().nth(wrong.line as usize - 1).unwrap());
    }
    if let Some(difference) = difference(&facts(Model::read(docs)), &facts(model)) {
        panic!("{difference}");
    }
    let again = distil(&distilled, &Options::default());
    for (page, again) in pages.iter().zip(&again) {
        assert_eq!(page.content, again.content, "{}", page.name);
    }
    assert_eq!(pages.len(), again.len());
}

fn folder(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: {} is not there", folder.display());
    None
}

#[test]
fn the_pages_of_the_project_keep_their_facts() {
    let docs = Docs::open(&folder("docs-input").unwrap()).unwrap();
    check(&Docs::new(beside::by_hand(&docs), docs.preset()));
}

#[test]
fn all_published_pages_keep_their_facts() {
    for name in ["en-2026-06-15", "ru-2026-06-15"] {
        let Some(folder) = folder(&format!("../shared/docs/{name}")) else { continue };
        check(&Docs::open(&folder).unwrap());
    }
}

#[test]
fn docs_input_is_what_the_published_docs_distil_to() {
    let (Some(en), Some(ru)) = (folder("../shared/docs/en-2026-06-15"), folder("../shared/docs/ru-2026-06-15")) else {
        return;
    };
    let also = Messages::read(&Docs::open(&ru).unwrap());
    let docs = Docs::open(&en).unwrap();
    let input = folder("docs-input").unwrap();
    let beside = Docs::open(&input).unwrap();
    let pages = distil(&docs, &Options { also: Some(&also), beside: Some(&beside) });
    let mend = "cargo run --release -p bitrix24-codegen --features cli -- distil --docs ../shared/docs/en-2026-06-15 \
                --also ../shared/docs/ru-2026-06-15 --out docs-input";
    for page in &pages {
        let kept = std::fs::read_to_string(input.join(&page.name)).unwrap_or_default();
        assert!(kept == page.content, "docs-input/{} is not what distil writes; run: {mend}", page.name);
    }
    let by_hand = beside::by_hand(&beside).len();
    assert_eq!(beside.sources().len(), by_hand + pages.len(), "docs-input has distilled pages too many; run: {mend}");

    // Nothing that is documented is missing.
    let names = |model: &Model| -> BTreeSet<(String, Api)> {
        model.methods.iter().map(|method| (method.name.clone(), method.api)).collect()
    };
    let missing: Vec<_> = names(&Model::read(&docs)).difference(&names(&Model::read(&beside))).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
}
