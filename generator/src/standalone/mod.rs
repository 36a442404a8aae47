//! A crate of its own, for who cannot have the generator in the build: sources, manifest, README and changelog, ready for
//! `cargo publish`.
//!
//! | file | is |
//! | --- | --- |
//! | `src/lib.rs`, `src/api/*.rs` | what a build script would have emitted, laid out for reading, each module behind its feature |
//! | `Cargo.toml` | written once; later runs add features and, when the API changed, raise the version |
//! | `CHANGELOG.md` | grows by a section, made by [`diff`](crate::diff), whenever the API changed |
//! | `README.md`, `LICENSE`, `LICENSE-docs` | what it is and whose work it comes from |
//! | `.api.json` | the API of the last run, without prose, for the next one's changelog; it is not published |
//! | `.cargo/config.toml` | where the runtime is, until it is published |
//!
//! All of it is made before anything is written, and each file is replaced in one step.

mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diff::{Verdict, diff, markdown};
use crate::docs::{Docs, DocsError};
use crate::emit::{self, File, Settings, emit, modules};
use crate::fetch::Language;
use crate::model::Model;
use crate::overrides::Stale;
use crate::write::{self, Written, write};
use manifest::Version;

/// The API of the last run.
const API: &str = ".api.json";
const LICENSE: &str = include_str!("LICENSE");
const README: &str = include_str!("readme.md");
const LIB: &str = include_str!("lib.rs.txt");

/// What to write where.
#[derive(Clone, Debug)]
pub struct Standalone {
    /// The docs folder.
    pub docs: PathBuf,
    /// The crate's folder.
    pub folder: PathBuf,
    /// The crate's name, where it is written for the first time.
    pub name: String,
    /// The folder of the crate `bitrix24-runtime`, for builds before that is published.
    pub runtime: Option<PathBuf>,
}

/// Why no crate was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The docs cannot be read.
    #[error(transparent)]
    Docs(#[from] DocsError),
    /// They correct what is right by now.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The docs hold no method.
    #[error("no page of `{}` documents a method", .0.display())]
    NoMethods(PathBuf),
    /// The model cannot be emitted.
    #[error(transparent)]
    Emit(#[from] emit::Error),
    /// A file of an earlier run is not as it was written.
    #[error("`{}`: {message}", .path.display())]
    Earlier {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        message: String,
    },
    /// The system refuses.
    #[error(transparent)]
    Write(#[from] write::Error),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The crate's version now.
    pub version: String,
    /// What its users see of the changes since the last run; `None` on the first one.
    pub verdict: Option<Verdict>,
    /// Its methods.
    pub methods: usize,
    /// The files.
    pub written: Written,
}

impl Standalone {
    /// Writes the crate, or brings it up to date.
    ///
    /// # Errors
    ///
    /// The docs, an earlier run's files, the disk.
    pub fn make(&self) -> Result<Made, Error> {
        let docs = Docs::open(&self.docs)?;
        let mut model = Model::read(&docs);
        model.check_overrides()?;
        if model.methods.is_empty() {
            return Err(Error::NoMethods(self.docs.clone()));
        }
        let features = modules(&model)?;
        let (methods, events) = (model.methods.len(), model.events.len());
        let mut api = model.clone();
        api.forget_prose();
        model.settle();
        let settings = Settings { format: true, registry: true, gates: true, ..Settings::default() };
        let mut files = emit(&model, &settings)?;
        for file in &mut files {
            file.name.insert_str(0, "src/api/");
        }
        let language = model.language.clone();
        drop(model);

        let earlier = self.earlier()?;
        let (old_manifest, old_log) = (self.text("Cargo.toml")?, self.text("CHANGELOG.md")?);
        let version = match &old_manifest {
            Some(manifest) => manifest::version(manifest).map_err(|message| self.wrong("Cargo.toml", message))?,
            None => Version::FIRST,
        };
        let (mut next, mut section, mut verdict) = (version, None, None);
        match earlier {
            Some(old) => {
                let found = diff(old, api.clone())?;
                verdict = Some(found.verdict);
                if !found.changes.is_empty() {
                    next = version.next(found.verdict);
                    section = Some(markdown(&found, &next.to_string()));
                }
            }
            None if old_log.is_none() => {
                section = Some(format!("## {next}\n\nFirst release: {methods} methods and {events} events.\n"));
            }
            None => {}
        }

        let manifest = match old_manifest {
            Some(manifest) => manifest::update(&manifest, next, &features),
            None => manifest::new(&self.name, next, &features),
        };
        let manifest = manifest.map_err(|message| self.wrong("Cargo.toml", message))?;
        let name = manifest::name(&manifest).unwrap_or_else(|| self.name.clone());
        let modules: Vec<String> = features.iter().map(|module| format!("`{module}`")).collect();
        let source = if language == "ru" { Language::Ru } else { Language::En };
        let readme = README
            .replace("{modules}", &modules.join(", "))
            .replace("{methods}", &methods.to_string())
            .replace("{events}", &events.to_string())
            .replace("{version}", &next.to_string())
            .replace("{crate}", &name.replace('-', "_"))
            .replace("{name}", &name)
            .replace("{docs}", source.repository());
        let mut file = |name: &str, content: String| files.push(File { name: name.to_owned(), content });
        file("src/lib.rs", LIB.to_owned());
        file("README.md", readme);
        file("LICENSE", LICENSE.to_owned());
        file("LICENSE-docs", docs_license(&self.docs));
        file(API, serde_json::to_string(&api).unwrap_or_default());
        file("Cargo.toml", manifest);
        file("CHANGELOG.md", changelog(old_log, section));
        if let Some(runtime) = &self.runtime {
            file(".cargo/config.toml", patch(runtime)?);
        }
        let written = write(&files, &self.folder)?;
        Ok(Made { version: next.to_string(), verdict, methods, written })
    }

    /// The API that the last run wrote.
    fn earlier(&self) -> Result<Option<Model>, Error> {
        let Some(text) = self.text(API)? else { return Ok(None) };
        let model = serde_json::from_str(&text);
        model.map(Some).map_err(|error| {
            self.wrong(API, format!("is not what an earlier run wrote ({error}): remove it; this run's changes stay out of the changelog then"))
        })
    }

    /// The text of a file of the crate; `None` where there is none.
    fn text(&self, name: &str) -> Result<Option<String>, Error> {
        match fs::read_to_string(self.folder.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.wrong(name, format!("cannot be read: {error}"))),
        }
    }

    fn wrong(&self, name: &str, message: String) -> Error {
        Error::Earlier { path: self.folder.join(name), message }
    }
}

/// Tells Cargo where the runtime is. Of a package only its name and version remain.
fn patch(runtime: &Path) -> Result<String, Error> {
    let wrong = |error| Error::Earlier {
        path: runtime.to_owned(),
        message: format!("is not the folder of the runtime: {error}"),
    };
    let manifest = runtime.join("Cargo.toml").canonicalize().map_err(wrong)?;
    let folder = manifest.parent().unwrap_or(runtime);
    let path = toml_edit::value(folder.to_string_lossy().as_ref());
    Ok(format!(
        "# Until `bitrix24-runtime` is on crates.io it is here.\n[patch.crates-io.bitrix24-runtime]\npath ={path}\n"
    ))
}

/// The licence of the docs, of which the crate holds names and descriptions.
fn docs_license(docs: &Path) -> String {
    let own = |name: &str| fs::read_to_string(docs.join(name)).ok();
    own("LICENSE").or_else(|| own("LICENSE.md")).unwrap_or_else(|| {
        "The names, messages and links in this crate come from the documentation of the Bitrix24 REST API, \
         Copyright (c) Bitrix24, which is published under the MIT License:\n\
         https://github.com/bitrix-tools/b24-rest-docs/blob/main/LICENSE\n"
            .to_owned()
    })
}

/// The log with a section more, above the older ones.
fn changelog(old: Option<String>, section: Option<String>) -> String {
    let old = old.unwrap_or_else(|| "# Changelog\n".to_owned());
    let Some(section) = section else { return old };
    let at = old.find("\n## ").map_or(old.len(), |at| at + 1);
    let (head, rest) = old.split_at(at);
    let gap = if rest.is_empty() { "" } else { "\n" };
    format!("{}\n\n{section}{gap}{rest}", head.trim_end())
}

/// Names as Cargo takes them.
fn is_package_name(name: &str) -> bool {
    let reserved: BTreeSet<&str> = ["test", "core", "std", "alloc", "proc_macro"].into();
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && name.len() <= 64
        && !reserved.contains(name)
}
