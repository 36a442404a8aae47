//! `bitrix24-codegen report`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::check::check;
use bitrix24_codegen::report::report;
use clap::Args;

use super::{Folders, Outcome, output};

/// Write one HTML page about the docs: coverage by module, and the findings of `check`.
///
/// The page is one file that asks no server for anything: open it in a browser, send it by mail, keep it as an artefact of
/// CI. It counts, for each module, the methods and events, the fields whose type is known, the examples that agree with
/// their tables, and the errors that have a code; it shows every finding with its excerpt, and searches and filters them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Folders,
    /// The file that the page is written to.
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
}

const EXAMPLES: &str = "\
Example:
  bitrix24-codegen report --docs docs/ru --docs docs/en --out target/docs.html";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let folders = self.input.open()?;
        let findings = check(&folders);
        let page = report(&folders, &findings)?;
        output(Some(&self.out), |out| out.write_all(page.as_bytes()))?;
        eprintln!("{}: {} findings", self.out.display(), findings.len());
        Ok(ExitCode::SUCCESS)
    }
}
