//! `bitrix24-codegen generate`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitrix24_codegen::Config;
use bitrix24_codegen::config::{Generated, Session};
use clap::Args;

use super::watch::Changes;
use super::{Failure, Input, Outcome, output, standalone};

/// Write the crate's sources for reading.
///
/// One file for each API module, laid out like code written by hand, and `api.rs`, which declares them. Files whose
/// content stays the same are not touched; files of an earlier run that are no longer written are removed.
///
/// A run over docs that have not changed since the last one ends at once, and after an edit only the modules that it touches are
/// written: `.bitrix24-codegen-cache` in the output folder tells what is there. It may be deleted at any time.
///
/// With `--crate` they become a crate of its own, which needs no docs and no build script: for `cargo publish`, or for projects
/// that cannot have the generator in their build.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The folder that the sources go to; it is created if it is missing.
    #[arg(long, value_name = "DIR", required_unless_present = "folder")]
    out: Option<PathBuf>,
    /// Only these API modules, the first words of method names: `crm,tasks`.
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    module: Vec<String>,
    /// Stay, and generate again whenever a page is saved; end with Ctrl-C.
    #[arg(long, conflicts_with = "folder")]
    watch: bool,
    #[command(flatten)]
    standalone: standalone::Arguments,
}

const EXAMPLES: &str = "\
Examples:
  Read the Rust of one module:
    bitrix24-codegen generate --docs docs-input --out target/reading --module biconnector

  Write a crate for publishing; run it again when the docs have changed:
    bitrix24-codegen generate --docs docs/en --crate ../bitrix24-api --name bitrix24-api --runtime runtime
    cd ../bitrix24-api && cargo package";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        if let Some(folder) = self.standalone.folder.clone() {
            return self.standalone.run(self.input, folder);
        }
        let (docs, out_dir) = (self.input.docs, self.out.unwrap_or_default());
        let mut config = Config::new().docs(&docs).out_dir(&out_dir).format(true);
        if !self.module.is_empty() {
            config = config.modules(self.module);
        }
        if !self.watch {
            report(&docs, &out_dir, &config.generate()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        // Before the first run: what is saved while it reads is not missed.
        let changes = Changes::of(&docs, &out_dir)?;
        let mut session = Session::new(config);
        let mut saved = None;
        loop {
            let generated = match saved {
                Some(saved) => session.generate_saved(saved),
                None => session.generate(),
            };
            match generated {
                Ok(generated) => report(&docs, &out_dir, &generated)?,
                // Half an edit may be an error: the next one mends it.
                Err(error) => eprintln!("error: {}", super::with_causes(&error)),
            }
            session.read_ahead();
            saved = changes.wait()?;
        }
    }
}

fn report(docs: &Path, out_dir: &Path, generated: &Generated) -> Result<(), Failure> {
    let written = generated.written;
    output(None, |summary| {
        writeln!(
            summary,
            "{}: {} pages read: {} methods, {} events, {} diagnostics",
            docs.display(),
            generated.pages,
            generated.methods,
            generated.events,
            generated.diagnostics,
        )?;
        writeln!(
            summary,
            "{}: {} files written, {} unchanged, {} removed",
            out_dir.display(),
            written.changed,
            written.unchanged,
            written.removed
        )
    })
}
