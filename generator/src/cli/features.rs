//! `bitrix24-codegen features`

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::emit::{features_table, modules};
use bitrix24_codegen::manifest::add_features;
use clap::Args;

use super::{Input, Outcome, output, read_docs};

/// Print the Cargo features that the docs' modules are, or add those that a manifest lacks.
///
/// Every API module is a feature, and `full` names them all. When the docs gain a module, the build of `bitrix24` warns until
/// its manifest has the feature; `--sync` adds it and leaves the rest of the manifest, comments too, as it is. Features whose
/// module is gone from the docs stay: crates may name them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The manifest to bring up to date, a `Cargo.toml`.
    #[arg(long, value_name = "FILE")]
    sync: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  The table for a manifest of your own:
    bitrix24-codegen features --docs docs-input

  After the docs have gained a module:
    bitrix24-codegen features --docs docs-input --sync generated/Cargo.toml";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let (_, model) = read_docs(&self.input.docs)?;
        let modules = modules(&model)?;
        let Some(path) = self.sync else {
            output(None, |out| out.write_all(features_table(&modules).as_bytes()))?;
            return Ok(ExitCode::SUCCESS);
        };
        let old = fs::read_to_string(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let (new, added) = add_features(&old, &modules).map_err(|error| format!("`{}`: {error}", path.display()))?;
        if new != old {
            output(Some(&path), |out| out.write_all(new.as_bytes()))?;
        }
        output(None, |out| match added.as_slice() {
            [] => writeln!(out, "{}: every one of the {} modules has its feature", path.display(), modules.len()),
            added => writeln!(out, "{}: added {}", path.display(), added.join(", ")),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
