//! `bitrix24-codegen generate --crate`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::standalone::{Made, Standalone};
use clap::Args;

use super::{Input, Outcome, output};

/// How to write a crate of its own.
#[derive(Args, Clone, Debug)]
#[group(id = "standalone")]
pub(super) struct Arguments {
    /// Write a whole crate to this folder, or bring the one there up to date: manifest, sources, README, changelog.
    #[arg(long = "crate", value_name = "DIR", conflicts_with_all = ["out", "module"])]
    pub(super) folder: Option<PathBuf>,
    /// The name of that crate, where it is new.
    #[arg(long, value_name = "NAME", default_value = "bitrix24", requires = "folder")]
    name: String,
    /// The folder of the crate `bitrix24-runtime`, as long as that is not on crates.io.
    #[arg(long, value_name = "DIR", requires = "folder")]
    runtime: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, input: Input, folder: PathBuf) -> Outcome {
        let crate_ = Standalone { docs: input.docs, folder, name: self.name, runtime: self.runtime };
        let Made { version, verdict, methods, written } = crate_.make()?;
        output(None, |out| {
            let since = match verdict {
                None => "a new crate".to_owned(),
                Some(verdict) => format!("since the last run: {}", verdict.advice()),
            };
            writeln!(out, "{}: {methods} methods, version {version}; {since}", crate_.folder.display())?;
            writeln!(
                out,
                "{}: {} files written, {} unchanged, {} removed",
                crate_.folder.display(),
                written.changed,
                written.unchanged,
                written.removed
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
