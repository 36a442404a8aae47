//! `bitrix24-codegen distil`

use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::distil::{Messages, Options, distil};
use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::write::write;
use clap::Args;

use super::{Input, Outcome, output};

/// Write the docs again as facts alone, without prose and examples.
///
/// Every method, event and types page becomes a page of the same dialect that states each fact once: names, types and how
/// they travel, required marks, allowed values, links to structures, error codes with the server's message, and the address of
/// the published page. The same API comes of the distilled pages as of the docs, in a tenth of the size, so they can be kept in
/// a repository and built from.
///
/// Pages in the output folder that were written by hand stay: what they document is not distilled. Distilled pages of an
/// earlier run that are no longer written are removed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The same docs in another language: where its messages of errors differ, both are kept.
    #[arg(long, value_name = "DIR")]
    also: Option<PathBuf>,
    /// The folder that the pages go to; it is created if it is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  Bring docs-input up to date with the published docs, messages in both languages:
    bitrix24-codegen distil --docs docs/en --also docs/ru --out docs-input

  See what is left of a page:
    bitrix24-codegen distil --docs docs/en --out target/distilled
    less target/distilled/api-reference/crm/deals/crm-deal-get.md";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        // Before the docs themselves, so that both are never held at once.
        let also = self.also.as_deref().map(Docs::open).transpose()?.map(|docs| Messages::read(&docs));
        let docs = Docs::open(&self.input.docs)?;
        let beside = Docs::open(&self.out).ok();
        let pages = distil(&docs, &Options { also: also.as_ref(), beside: beside.as_ref() });
        let bytes: usize = pages.iter().map(|page| page.content.len()).sum();
        let written = write(&pages, &self.out)?;
        output(None, |summary| {
            writeln!(
                summary,
                "{}: {} pages of {} kB distilled from the {} of `{}`: {} written, {} unchanged, {} removed",
                self.out.display(),
                pages.len(),
                bytes / 1000,
                docs.sources().len(),
                self.input.docs.display(),
                written.changed,
                written.unchanged,
                written.removed,
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
