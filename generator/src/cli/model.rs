//! `bitrix24-codegen model`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::model::schema::schema;
use clap::Args;

use super::{Outcome, json, output, read_docs};

/// Print everything that was read from the docs as one JSON document.
///
/// It holds the methods, events and structures, linked across pages and named, and under `diagnostics` what is
/// wrong with the pages, each with page, line and column.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The root of the docs: the folder that holds `api-reference`.
    #[arg(long, value_name = "DIR", required_unless_present = "schema")]
    docs: Option<PathBuf>,
    /// Print the JSON Schema of the document instead.
    #[arg(long, conflicts_with = "docs")]
    schema: bool,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  The parameters of a method that are required:
    bitrix24-codegen model --docs docs-input --out model.json
    jq '.methods[] | select(.name == \"crm.item.add\").params[] | select(.required).name' model.json

  What the document looks like, for those who write a reader of it:
    bitrix24-codegen model --schema --out model.schema.json";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let out = self.out.as_deref();
        match self.docs {
            Some(docs) => {
                let (_, model) = read_docs(&docs)?;
                let model = model.exported();
                output(out, |out| json(&model, out))?;
            }
            None => output(out, |out| json(&schema(), out))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
