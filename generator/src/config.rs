//! The generator for build scripts: where the docs are, which modules are wanted, where the code goes.
//!
//! ```no_run
//! // in `main` of build.rs
//! if let Err(error) = bitrix24_codegen::Config::new().docs("docs").modules(["crm", "tasks"]).build_script() {
//!     println!("cargo::error={error}");
//! }
//! ```

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{self, CACHE, Cache, Entry, Files, Seen};
use crate::docs::{Docs, DocsError};
use crate::emit::{self, Emitted, File, Settings, emit_changed};
use crate::model::{Model, Reading};
use crate::overrides::{Overrides, Stale};
use crate::write::{self, Written, write_beside};

/// Why no code was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The docs could not be read.
    #[error(transparent)]
    Docs(#[from] DocsError),
    /// The docs that an environment variable names could not be read.
    #[error("{variable} names the docs, from the root of the workspace where it is relative: {error}")]
    NamedDocs {
        /// The variable.
        variable: String,
        /// Why not.
        #[source]
        error: DocsError,
    },
    /// The docs hold no method.
    #[error("none of the {pages} pages in `{}` documents a method: is it the root of the docs, the folder that holds `api-reference`?", .docs.display())]
    NoMethods {
        /// The docs folder.
        docs: PathBuf,
        /// How many pages it has.
        pages: usize,
    },
    /// A module was asked for that the docs do not have.
    #[error("`{}` has no module `{module}`, the first word of a method's name; it has {}", .docs.display(), known.join(", "))]
    NoModule {
        /// The docs folder.
        docs: PathBuf,
        /// What was asked for.
        module: String,
        /// The modules that there are.
        known: Vec<String>,
    },
    /// Overrides change nothing any more.
    #[error(transparent)]
    StaleOverrides(#[from] Stale),
    /// The model could not be emitted.
    #[error("the model of `{}` cannot be emitted: {error}", .docs.display())]
    Emit {
        /// The docs folder.
        docs: PathBuf,
        /// Why not.
        error: emit::Error,
    },
    /// The code could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
    /// An environment variable that Cargo sets for build scripts is missing.
    #[error(
        "`{0}` is not set: this function is for build scripts; elsewhere name the output folder and call `generate`"
    )]
    NotABuildScript(&'static str),
}

/// What was read and what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// Pages that were read.
    pub pages: usize,
    /// Methods that they document.
    pub methods: usize,
    /// Events that they document.
    pub events: usize,
    /// Things that are wrong with the pages, or were decided between two that disagree.
    pub diagnostics: usize,
    /// The files.
    pub written: Written,
}

/// What to generate from what; every setting has a default.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Config {
    docs: Option<PathBuf>,
    docs_variable: Option<String>,
    modules: Option<BTreeSet<String>>,
    features: Option<BTreeSet<String>>,
    out_dir: Option<PathBuf>,
    format: bool,
    registry: bool,
    examples: Option<String>,
    derives: bool,
}

impl Config {
    /// All modules of `docs-input`, not laid out for reading.
    pub fn new() -> Self {
        Config::default()
    }

    /// The docs folder: `docs-input` unless set.
    pub fn docs(mut self, folder: impl Into<PathBuf>) -> Self {
        self.docs = Some(folder.into());
        self
    }

    /// An environment variable that, where it is set, names another docs folder: absolute, or relative to the folder
    /// of the workspace.
    pub fn docs_variable(mut self, name: impl Into<String>) -> Self {
        self.docs_variable = Some(name.into());
        self
    }

    /// Only these API modules; one that the docs lack is an error.
    pub fn modules<M: Into<String>>(mut self, modules: impl IntoIterator<Item = M>) -> Self {
        self.modules = Some(modules.into_iter().map(Into::into).collect());
        self
    }

    /// In a build script: the modules whose Cargo features are enabled, all of the docs' where `full` is. A feature whose module
    /// the docs lack gives an empty module. Features that are no modules are named in `others`.
    pub fn modules_from_features<'a>(mut self, others: impl IntoIterator<Item = &'a str>) -> Self {
        self.features = Some(others.into_iter().map(str::to_owned).collect());
        self
    }

    /// Where the code goes: `OUT_DIR` in a build script unless set.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Whether the code is laid out for reading: slower.
    pub fn format(mut self, format: bool) -> Self {
        self.format = format;
        self
    }

    /// Whether the registry of all methods is emitted too.
    pub fn registry(mut self, registry: bool) -> Self {
        self.registry = registry;
        self
    }

    /// Whether structures are written with serde's derives, to be compared with the usual ones.
    #[doc(hidden)]
    pub fn derives(mut self, derives: bool) -> Self {
        self.derives = derives;
        self
    }

    /// Name of the crate, which must give the runtime's items at its root: the documented requests become doctests.
    pub fn examples(mut self, crate_name: impl Into<String>) -> Self {
        self.examples = Some(crate_name.into());
        self
    }

    /// Generates the code.
    ///
    /// # Errors
    ///
    /// What is wrong with the docs or the output folder; nothing is half written.
    pub fn generate(&self) -> Result<Generated, Error> {
        self.generate_again(&mut Known::default())
    }

    /// Generates the code; what `known` holds of an earlier call is not read again.
    fn generate_again(&self, known: &mut Known) -> Result<Generated, Error> {
        let wanted = Wanted { modules: self.modules.clone(), full: false };
        let out_dir = self.out_dir.clone().unwrap_or_else(|| PathBuf::from("."));
        self.run(&self.docs_folder(), &out_dir, wanted, known)
    }

    /// Generates the code in a build script: reads Cargo's environment and tells Cargo when to run again. Reads the docs,
    /// writes below `OUT_DIR`, and touches nothing else.
    ///
    /// # Errors
    ///
    /// As [`generate`](Config::generate).
    pub fn build_script(&self) -> Result<Generated, Error> {
        if let Some(variable) = &self.docs_variable {
            println!("cargo::rerun-if-env-changed={variable}");
        }
        let docs = self.docs_folder();
        for input in inputs(&docs) {
            println!("cargo::rerun-if-changed={}", input.display());
        }
        let out_dir = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or(Error::NotABuildScript("OUT_DIR"))?,
        };
        let wanted = match &self.features {
            None => Wanted { modules: self.modules.clone(), full: false },
            Some(others) => {
                let (modules, full) = enabled_features(others);
                Wanted { modules: Some(modules), full }
            }
        };
        if wanted.full {
            // What is missing in the manifest is said until it is there.
            println!("cargo::rerun-if-changed=Cargo.toml");
        }
        self.run(&docs, &out_dir, wanted, &mut Known::default())
    }

    fn run(&self, folder: &Path, out_dir: &Path, wanted: Wanted, known: &mut Known) -> Result<Generated, Error> {
        let docs = Docs::open_again(folder, known.docs.take(), known.saved.take().as_deref()).map_err(|error| {
            match self.docs_from_variable() {
                Some((variable, _)) => Error::NamedDocs { variable: variable.to_owned(), error },
                None => Error::Docs(error),
            }
        })?;
        let mut settings = Settings {
            modules: wanted.modules,
            format: self.format,
            registry: self.registry,
            examples: self.examples.clone(),
            gates: false,
            derives: self.derives,
        };
        let declared = wanted.full.then(declared_features);
        let input = cache::of_value(&(docs.digest(), &settings, &declared));
        let old = Cache::open(out_dir, &mut known.seen);
        if old.input == input {
            for warning in &old.warnings {
                println!("cargo::warning={warning}");
            }
            write::tidy(out_dir);
            known.docs = Some(docs);
            let written = Written { unchanged: old.files.len(), ..Written::default() };
            return Ok(Generated { written, ..old.generated() });
        }

        let mut model = known.model(docs);
        model.settle();
        model.check_overrides()?;
        let pages = known.pages();
        if model.methods.is_empty() {
            return Err(Error::NoMethods { docs: folder.to_owned(), pages });
        }
        let failed = |error| Error::Emit { docs: folder.to_owned(), error };
        if let (Some(modules), None) = (&settings.modules, &self.features) {
            let known = emit::modules(&model).map_err(failed)?;
            if let Some(module) = modules.difference(&known).next() {
                let (docs, module) = (folder.to_owned(), module.clone());
                return Err(Error::NoModule { docs, module, known: known.into_iter().collect() });
            }
        }
        let mut cache = Cache {
            pages,
            methods: model.methods.len(),
            events: model.events.len(),
            diagnostics: model.diagnostics.len(),
            ..Cache::new(input)
        };
        if let (Some(modules), Some(declared)) = (&mut settings.modules, &declared) {
            modules.extend(emit::modules(&model).map_err(failed)?);
            cache.warnings.extend(missing_features(&model, declared).map_err(failed)?);
        }
        for warning in &cache.warnings {
            println!("cargo::warning={warning}");
        }
        let standing = Files { cache: &old, out_dir };
        let (mut files, mut kept) = (Vec::new(), Vec::new());
        for Emitted { name, origin, content, slices } in
            emit_changed(&model, &settings, Some(&standing)).map_err(failed)?
        {
            if let Some(content) = content {
                let entry = Entry { origin, content: cache::of(content.as_bytes()), slices };
                cache.files.insert(name.clone(), entry);
                files.push(File { name, content });
            } else if let Some((name, entry)) = old.files.get_key_value(&name) {
                cache.files.insert(name.clone(), entry.clone());
                kept.push(name.as_str());
            }
        }
        // The cache comes last: a run that is killed before leaves that of the run before it, whose files speak for themselves.
        let written = write_beside(&files, &kept, Some((CACHE, cache.text().as_bytes())), out_dir)?;
        Ok(Generated { written, ..cache.generated() })
    }

    fn docs_folder(&self) -> PathBuf {
        match self.docs_from_variable() {
            // A build script runs in its package's folder; people think in the workspace's.
            Some((_, named)) => below_workspace(env::var_os("CARGO_MANIFEST_DIR").as_deref().map(Path::new), named),
            None => self.docs.clone().unwrap_or_else(|| PathBuf::from("docs-input")),
        }
    }

    /// The environment variable and the folder that it names.
    fn docs_from_variable(&self) -> Option<(&str, PathBuf)> {
        let variable = self.docs_variable.as_deref()?;
        let named = env::var_os(variable).filter(|value| !value.is_empty())?;
        Some((variable, PathBuf::from(named)))
    }
}

/// A generator that runs again and again over the same docs, as while they are written: it keeps what it read, and parses only
/// the pages that have changed since.
#[derive(Default)]
pub struct Session {
    config: Config,
    known: Known,
}

impl Session {
    /// Nothing is read yet.
    pub fn new(config: Config) -> Self {
        Session { config, known: Known::default() }
    }

    /// Generates the code, as [`Config::generate`].
    ///
    /// # Errors
    ///
    /// As [`Config::generate`]; the next call starts over.
    pub fn generate(&mut self) -> Result<Generated, Error> {
        self.config.generate_again(&mut self.known)
    }

    /// Makes what the next call can build on, where the last one found that nothing was to be done.
    pub fn read_ahead(&mut self) {
        if self.known.reading.is_none()
            && let Some(docs) = self.known.docs.take()
        {
            drop(self.known.model(docs));
        }
    }

    /// Generates the code where nothing changed since the last call but the pages `saved`, by their paths below the docs folder: the others are
    /// not looked at.
    ///
    /// # Errors
    ///
    /// As [`Config::generate`].
    pub fn generate_saved(&mut self, saved: Vec<String>) -> Result<Generated, Error> {
        self.known.saved = Some(saved);
        self.generate()
    }
}

/// Which modules are asked for.
struct Wanted {
    modules: Option<BTreeSet<String>>,
    /// All of the docs' beside those.
    full: bool,
}

/// What was read by an earlier call.
#[derive(Default)]
struct Known {
    docs: Option<Docs>,
    /// The pages that were saved since, where that is known to be all that changed.
    saved: Option<Vec<String>>,
    reading: Option<Reading>,
    /// What was written.
    seen: Seen,
}

impl Known {
    /// The model of `docs`; pages that are as they were are not parsed again.
    fn model(&mut self, docs: Docs) -> Model {
        let mut reading = Reading::again(&docs, self.reading.take());
        let model = std::mem::take(&mut reading.model);
        self.docs = Some(docs);
        self.reading = Some(reading);
        model
    }

    fn pages(&self) -> usize {
        self.docs.as_ref().map_or(0, |docs| docs.sources().len())
    }
}

/// What Cargo is to watch of the docs: the whole folder, and the overrides next to it.
fn inputs(docs: &Path) -> Vec<PathBuf> {
    let mut inputs = pages(docs);
    // One that stands in the folder is watched with it. A file that is not there would make Cargo run every time.
    let [_, beside] = Overrides::places(docs);
    if beside.is_file() {
        inputs.push(beside);
    }
    inputs
}

/// The folder; where it has hidden entries (a clone's `.git` changes with every command), all the others.
fn pages(docs: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(docs) else { return vec![docs.to_owned()] };
    let (hidden, mut visible): (Vec<PathBuf>, Vec<PathBuf>) = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .partition(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    if hidden.is_empty() {
        return vec![docs.to_owned()];
    }
    visible.sort();
    visible
}

/// `folder`; where it is relative, below the root of the workspace of `package`.
fn below_workspace(package: Option<&Path>, folder: PathBuf) -> PathBuf {
    match package {
        Some(package) if folder.is_relative() => workspace(package).join(folder),
        _ => folder,
    }
}

/// The nearest folder above (or the package's own) whose manifest declares a workspace.
fn workspace(package: &Path) -> &Path {
    let declares = |folder: &&Path| {
        fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("[workspace]"))
    };
    package.ancestors().find(declares).unwrap_or(package)
}

/// The enabled features that are modules, and whether `full` is one of them.
fn enabled_features(others: &BTreeSet<String>) -> (BTreeSet<String>, bool) {
    let mut names: BTreeSet<String> = env::vars_os()
        .filter_map(|(name, _)| Some(name.to_str()?.strip_prefix("CARGO_FEATURE_")?.to_lowercase()))
        .filter(|name| !others.contains(name) && name != "default")
        .collect();
    let full = names.remove(emit::FULL);
    (names, full)
}

/// Names, in one warning, the modules of the docs for which the manifest has no feature.
fn missing_features(model: &Model, declared: &BTreeSet<String>) -> Result<Option<String>, emit::Error> {
    let missing = emit::modules_without_feature(model, declared)?;
    let lines: Vec<String> = missing.iter().map(|module| format!("{module} = []")).collect();
    Ok((!lines.is_empty()).then(|| {
        format!("the docs have modules without a feature of their own; add to [features]: {}", lines.join(", "))
    }))
}

/// The features of the package that is built.
fn declared_features() -> BTreeSet<String> {
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let manifest = fs::read_to_string(Path::new(&package).join("Cargo.toml")).unwrap_or_default();
    features_of(&manifest)
}

/// The names under `[features]`. Their values may span lines: those hold no `=`.
fn features_of(manifest: &str) -> BTreeSet<String> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once('=')?.0.trim().trim_matches('"').to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Delete `crm.deal.delete`\n\n> Scope: `crm`\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | \
        **Description** ||\n|| **id***\n`integer` | Number ||\n|#\n";

    /// A docs folder with the pages `(path, text)`.
    fn docs(pages: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in pages {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_relative_folder_stands_below_the_workspace() {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("crates/api");
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("Cargo.toml"), "[package]\n").unwrap();
        let below = |folder: &str| below_workspace(Some(&package), PathBuf::from(folder));

        assert_eq!(below("docs"), package.join("docs"), "without a workspace the package is one");
        fs::write(root.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        assert_eq!(below("docs"), root.path().join("docs"));
        let absolute = root.path().join("elsewhere");
        assert_eq!(below_workspace(Some(&package), absolute.clone()), absolute);
        assert_eq!(below_workspace(None, PathBuf::from("docs")), PathBuf::from("docs"));
    }

    #[test]
    fn the_second_run_writes_nothing() {
        let docs = docs(&[("api-reference/crm/crm-deal-delete.md", PAGE)]);
        let out = tempfile::tempdir().unwrap();
        let config = Config::new().docs(docs.path()).out_dir(out.path());
        let first = config.generate().unwrap();
        assert_eq!((first.pages, first.methods, first.written.changed), (1, 1, 2));
        let second = config.generate().unwrap();
        assert_eq!(second.written, Written { changed: 0, unchanged: 2, removed: 0 });
    }

    #[test]
    fn a_module_that_the_docs_lack_is_an_error_or_an_empty_module_of_its_feature() {
        let docs = docs(&[("api-reference/crm/crm-deal-delete.md", PAGE)]);
        let out = tempfile::tempdir().unwrap();
        let config = Config::new().docs(docs.path()).out_dir(out.path());
        let error = config.clone().modules(["crm", "vote"]).generate().unwrap_err().to_string();
        assert!(error.ends_with("no module `vote`, the first word of a method's name; it has crm"), "{error}");
        assert!(!out.path().join("crm.rs").exists());

        let by_features = Config { features: Some(BTreeSet::new()), ..config.modules(["vote"]) };
        by_features.generate().unwrap();
        assert!(fs::read_to_string(out.path().join("vote.rs")).unwrap().contains("no such module"));
        assert!(!out.path().join("crm.rs").exists());
    }

    #[test]
    fn docs_without_a_method_are_an_error() {
        let docs = docs(&[("index.md", "# Welcome\n"), ("about.md", "Text.\n")]);
        let error = Config::new().docs(docs.path()).out_dir(docs.path().join("out")).generate().unwrap_err();
        assert!(error.to_string().starts_with("none of the 2 pages in"), "{error}");
        assert!(!docs.path().join("out").exists());
    }

    #[test]
    fn docs_that_are_missing_are_an_error() {
        let error = Config::new().docs("/nowhere/docs").generate().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the docs folder `/nowhere/docs` does not exist: check the path (`docs-input` is read by default)"
        );
    }

    #[test]
    fn the_history_of_a_clone_is_not_watched() {
        let docs = docs(&[("api-reference/a.md", ""), ("index.md", "")]);
        assert_eq!(inputs(docs.path()), [docs.path()]);
        fs::create_dir(docs.path().join(".git")).unwrap();
        assert_eq!(inputs(docs.path()), [docs.path().join("api-reference"), docs.path().join("index.md")]);
        assert_eq!(inputs(Path::new("/nowhere")), [Path::new("/nowhere")], "Cargo looks whether it has come");
    }

    #[test]
    fn features_are_read_from_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n\n[features]\nfull = [\n    \"crm\",\n]\n# A = b\ncrm = []\n\n[dependencies]\nx = \"1\"\n";
        assert!(features_of(manifest).is_superset(&["crm", "full"].map(str::to_owned).into()));
        assert!(!features_of(manifest).contains("x"));
    }
}
