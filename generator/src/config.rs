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
use std::path::{Path, PathBuf};

use crate::docs::{Docs, DocsError};
use crate::emit::{self, Settings, emit};
use crate::model::Model;
use crate::write::{self, Written, write};

/// Why no code was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The docs could not be read.
    #[error(transparent)]
    Docs(#[from] DocsError),
    /// The docs hold no method.
    #[error("none of the {pages} pages in `{}` documents a method: is it the root of the docs, the folder that holds `api-reference`?", .docs.display())]
    NoMethods {
        /// The docs folder.
        docs: PathBuf,
        /// How many pages it has.
        pages: usize,
    },
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

    /// Only these API modules; one that the docs lack becomes an empty module.
    pub fn modules<M: Into<String>>(mut self, modules: impl IntoIterator<Item = M>) -> Self {
        self.modules = Some(modules.into_iter().map(Into::into).collect());
        self
    }

    /// In a build script: the modules whose Cargo features are enabled, all of the docs' where `full` is. Features that
    /// are no modules are named in `others`.
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
    pub fn generate(&self) -> Result<Written, Error> {
        let docs = self.docs_folder();
        let model = read(&docs)?;
        self.emit(&docs, &model, self.modules.clone())
    }

    /// Generates the code in a build script: reads Cargo's environment and tells Cargo when to run again. Reads the docs,
    /// writes below `OUT_DIR`, and touches nothing else.
    ///
    /// # Errors
    ///
    /// As [`generate`](Config::generate).
    pub fn build_script(&self) -> Result<Written, Error> {
        if let Some(variable) = &self.docs_variable {
            println!("cargo::rerun-if-env-changed={variable}");
        }
        let docs = self.docs_folder();
        println!("cargo::rerun-if-changed={}", docs.display());
        let out_dir = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or(Error::NotABuildScript("OUT_DIR"))?,
        };
        let config = Config { out_dir: Some(out_dir), ..self.clone() };
        let enabled = self.features.as_ref().map(enabled_features);
        let none_wanted = enabled.as_ref().is_some_and(|(modules, full)| modules.is_empty() && !full);
        // Without a single module there is nothing to read the docs for; that they exist is checked all the same.
        if none_wanted && docs.is_dir() {
            let empty = Model::default();
            return config.emit(&docs, &empty, Some(BTreeSet::new()));
        }
        let model = read(&docs)?;
        let Some((modules, full)) = enabled else { return config.emit(&docs, &model, self.modules.clone()) };
        if full {
            warn_of_missing_features(&docs, &model)?;
            let all = emit::modules(&model).map_err(|error| Error::Emit { docs: docs.clone(), error })?;
            return config.emit(&docs, &model, Some(all.into_iter().chain(modules).collect()));
        }
        config.emit(&docs, &model, Some(modules))
    }

    fn emit(&self, docs: &Path, model: &Model, modules: Option<BTreeSet<String>>) -> Result<Written, Error> {
        let settings = Settings {
            modules,
            format: self.format,
            registry: self.registry,
            examples: self.examples.clone(),
            gates: false,
        };
        let files = emit(model, &settings).map_err(|error| Error::Emit { docs: docs.to_owned(), error })?;
        let out_dir = self.out_dir.clone().unwrap_or_else(|| PathBuf::from("."));
        Ok(write(&files, &out_dir)?)
    }

    fn docs_folder(&self) -> PathBuf {
        let named = self.docs_variable.as_ref().and_then(env::var_os).filter(|value| !value.is_empty());
        let Some(named) = named.map(PathBuf::from) else {
            return self.docs.clone().unwrap_or_else(|| PathBuf::from("docs-input"));
        };
        // A build script runs in its package's folder; people think in the workspace's.
        match env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) {
            Some(package) if named.is_relative() => workspace(&package).join(named),
            _ => named,
        }
    }
}

fn read(folder: &Path) -> Result<Model, Error> {
    let docs = Docs::open(folder)?;
    let mut model = Model::read(&docs);
    model.settle();
    if model.methods.is_empty() {
        return Err(Error::NoMethods { docs: folder.to_owned(), pages: docs.sources().len() });
    }
    Ok(model)
}

/// The nearest folder above (or the package's own) whose manifest declares a workspace.
fn workspace(package: &Path) -> &Path {
    let declares = |folder: &&Path| {
        std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("[workspace]"))
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
fn warn_of_missing_features(docs: &Path, model: &Model) -> Result<(), Error> {
    let Some(package) = env::var_os("CARGO_MANIFEST_DIR") else { return Ok(()) };
    let manifest = std::fs::read_to_string(Path::new(&package).join("Cargo.toml")).unwrap_or_default();
    let features: BTreeSet<String> = manifest
        .lines()
        .skip_while(|line| line.trim() != "[features]")
        .skip(1)
        .take_while(|line| !line.trim_start().starts_with('['))
        .filter_map(|line| Some(line.split_once('=')?.0.trim().trim_matches('"').to_owned()))
        .collect();
    let missing = emit::modules_without_feature(model, &features)
        .map_err(|error| Error::Emit { docs: docs.to_owned(), error })?;
    if !missing.is_empty() {
        println!(
            "cargo::warning=the docs have modules without a feature of their own; add to [features]: {}",
            missing.iter().map(|module| format!("{module} = []")).collect::<Vec<_>>().join(", ")
        );
    }
    Ok(())
}
