//! `bitrix24-codegen diff`

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitrix24_codegen::diff::{diff, human, markdown};
use bitrix24_codegen::model::Model;
use clap::{Args, ValueEnum};

use super::{Failure, Outcome, json, output, read_docs};

/// Tell what changed between two states of the docs, and what it means to users of the crate.
///
/// Methods, events, structures, parameters, response fields, types and errors that were added, removed, changed or renamed, by
/// module. Prose does not count. A change is breaking where a public item of the crate made of OLD is none of the crate made of
/// NEW; all together they say which release is due, by the rules of semver.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A docs folder, or a file that `bitrix24-codegen model` wrote.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The same, later.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Heading of the section that `--format markdown` writes.
    #[arg(long, value_name = "TEXT", default_value = "Unreleased")]
    title: String,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One line for each change, for reading at a terminal.
    Human,
    /// All of it, for programs.
    Json,
    /// A section of a changelog.
    Markdown,
}

const EXAMPLES: &str = "\
Examples:
  What did the last update of the docs change?
    bitrix24-codegen diff docs-old docs

  Keep the model of each release and write the changelog of the next:
    bitrix24-codegen model --docs docs --out model-1.2.json
    bitrix24-codegen diff model-1.1.json model-1.2.json --format markdown --title 1.2";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        // One after the other: the second takes the memory that the first gave back.
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let found = diff(old, new)?;
        output(self.out.as_deref(), |out| match self.format {
            Format::Human => out.write_all(human(&found).as_bytes()),
            Format::Markdown => out.write_all(markdown(&found, &self.title).as_bytes()),
            Format::Json => json(&found, out),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The model in a file, or that of a docs folder.
pub(super) fn read(path: &Path) -> Result<Model, Failure> {
    if path.is_dir() {
        // As a model file is.
        return Ok(read_docs(path)?.1.exported());
    }
    let file = File::open(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let model = serde_json::from_reader(BufReader::new(file));
    Ok(model
        .map_err(|error| format!("`{}` is not a model that `bitrix24-codegen model` wrote: {error}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_model_is_named() {
        let error = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))).unwrap_err().to_string();
        assert!(error.contains("generator/Cargo.toml` is not a model that"), "{error}");
        let error = read(Path::new("/nowhere.json")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read `/nowhere.json`: "), "{error}");
    }
}
