//! `bitrix24-codegen model`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::model::Model;
use clap::Args;

use super::{Input, Outcome, output};

/// Print everything that was read from the docs as one JSON document.
///
/// It holds the methods, events and structures, linked across pages and named, and under `diagnostics` what is
/// wrong with the pages, each with page, line and column.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let docs = Docs::open(&self.input.docs)?;
        let model = Model::read(&docs);
        let stale: Vec<String> = model.stale_overrides().map(ToString::to_string).collect();
        if !stale.is_empty() {
            return Err(stale.join("\n").into());
        }
        output(self.out.as_deref(), |out| {
            serde_json::to_writer_pretty(&mut *out, &model)?;
            out.write_all(b"\n")
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
