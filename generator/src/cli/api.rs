//! `bitrix24-codegen api`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::listing::items;
use clap::Args;

use super::{Input, Outcome, output, read_docs};

/// List the public items of the crate that comes of the docs, one a line.
///
/// Kept beside the crate, the list shows in every review of a change to the docs what it does to users.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  Bring the committed list up to date:
    bitrix24-codegen api --docs docs-input --out generated/api.txt

  Look a method up:
    bitrix24-codegen api --docs docs-input | grep crm::deal::get::";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let (_, mut model) = read_docs(&self.input.docs)?;
        model.settle();
        let items = items(model)?;
        output(self.out.as_deref(), |out| items.iter().try_for_each(|item| writeln!(out, "{item}")))?;
        Ok(ExitCode::SUCCESS)
    }
}
