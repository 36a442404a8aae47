//! `bitrix24-codegen generate`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::Config;
use clap::Args;

use super::{Input, Outcome, output};

/// Write the crate's sources for reading.
///
/// One file for each API module, laid out like code written by hand, and `api.rs`, which declares them. Files whose
/// content stays the same are not touched; files of an earlier run that are no longer written are removed.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The folder that the sources go to; it is created if it is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only these API modules, the first words of method names: `crm,tasks`.
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    module: Vec<String>,
}

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let mut config = Config::new().docs(&self.input.docs).out_dir(&self.out).format(true);
        if !self.module.is_empty() {
            config = config.modules(self.module);
        }
        let generated = config.generate()?;
        let written = generated.written;
        output(None, |summary| {
            writeln!(
                summary,
                "{}: {} pages read: {} methods, {} events, {} diagnostics",
                self.input.docs.display(),
                generated.pages,
                generated.methods,
                generated.events,
                generated.diagnostics,
            )?;
            writeln!(
                summary,
                "{}: {} files written, {} unchanged, {} removed",
                self.out.display(),
                written.changed,
                written.unchanged,
                written.removed
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
