//! What the tests share: where the docs are, and the stages in one call.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::{File, Settings, emit};
use bitrix24_codegen::model::{Field, Kind, Model, Type};

/// The workspace's folder.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is a member of a workspace")
}

/// The pages of the default build.
pub(crate) fn docs_input() -> PathBuf {
    workspace().join("docs-input")
}

/// Our Russian pages.
pub(crate) fn russian_pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/ru")
}

/// A file or folder of `../shared`; where it is missing, says which test does without.
pub(crate) fn shared(path: &str, test: &str) -> Option<PathBuf> {
    let found = workspace().join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: {test}: `{}` is missing", found.display());
    None
}

/// All files below `folder`.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// The model of `docs` as it is emitted.
pub(crate) fn settled(docs: &Docs) -> Model {
    let mut model = Model::read(docs);
    model.settle();
    model
}

/// The files of all modules, not laid out.
pub(crate) fn emitted(model: &Model) -> Vec<File> {
    emit(model, &Settings { registry: true, ..Settings::default() }).expect("every model that was read can be emitted")
}

/// A folder of complete docs, read once for all tests, by two threads.
pub(crate) struct Corpus {
    pub(crate) language: &'static str,
    pub(crate) folder: PathBuf,
    pub(crate) docs: Docs,
    /// As it is exported: not settled.
    pub(crate) model: Model,
    pub(crate) files: Vec<File>,
}

/// The published docs in both languages, those that are there.
pub(crate) fn corpora(test: &str) -> Vec<&'static Corpus> {
    static RU: OnceLock<Corpus> = OnceLock::new();
    static EN: OnceLock<Corpus> = OnceLock::new();
    [("ru", &RU), ("en", &EN)]
        .into_iter()
        .filter_map(|(language, corpus)| {
            let folder = shared(&format!("docs/{language}-2026-06-15"), test)?;
            Some(corpus.get_or_init(|| {
                in_pool(2, || {
                    let docs = Docs::open(&folder).expect("the docs can be read");
                    let model = Model::read(&docs);
                    let mut emitted_model = model.clone();
                    emitted_model.settle();
                    let files = emitted(&emitted_model);
                    Corpus { language, folder: folder.clone(), docs, model, files }
                })
            }))
        })
        .collect()
}

/// Runs `work` where rayon has `threads` threads.
pub(crate) fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(work)
}

/// Everything that fields lead to, by name in lower case.
#[derive(Default)]
pub(crate) struct Reach<'m> {
    pub(crate) fields: BTreeMap<String, Vec<&'m Field>>,
    /// Whether some keys are data, or open to more than the listed ones.
    pub(crate) keyed: bool,
}

impl<'m> Reach<'m> {
    pub(crate) fn of(model: &'m Model, fields: impl IntoIterator<Item = &'m Field>) -> Self {
        let mut reach = Reach::default();
        let mut seen = HashSet::new();
        let mut todo: Vec<&Field> = fields.into_iter().collect();
        while let Some(field) = todo.pop() {
            reach.fields.entry(field.name.to_lowercase()).or_default().push(field);
            let mut types: Vec<&Type> = vec![&field.ty];
            while let Some(ty) = types.pop() {
                match &ty.kind {
                    Kind::Array(inner) => types.push(inner),
                    Kind::Map(inner) => {
                        reach.keyed = true;
                        types.push(inner);
                    }
                    Kind::Union(any_of) => types.extend(any_of),
                    Kind::Object(id) if seen.insert(id) => {
                        if let Some(object) = model.objects.get(id) {
                            reach.keyed |= object.open;
                            todo.extend(&object.fields);
                        }
                    }
                    _ => {}
                }
            }
        }
        reach
    }
}

/// The pages below `root` that somebody wrote, `(path, text)` each, ordered by path: the distilled ones are left out.
pub(crate) fn pages(root: &Path) -> Vec<(String, Vec<u8>)> {
    let docs = Docs::open(root).expect("the docs can be read");
    let written = docs.sources().iter().filter(|source| !source.text().contains("\n> Distilled from ["));
    written.map(|source| (source.path.clone(), source.text().as_bytes().to_vec())).collect()
}

/// The published docs' setting for `{% if build == … %}`.
pub(crate) fn preset() -> Vec<(String, String)> {
    vec![("build".to_owned(), "prod".to_owned())]
}
