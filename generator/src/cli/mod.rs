//! The command line: one file for each subcommand, and here what they share.
//!
//! A subcommand is a struct of its arguments, documented for `--help`, with a function `run` that does the work.

mod api;
mod check;
mod diff;
mod distil;
mod explain;
mod features;
mod fetch;
mod generate;
mod model;
mod report;
mod standalone;
mod watch;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitrix24_codegen::check::Folder;
use bitrix24_codegen::docs::{Docs, DocsError};
use bitrix24_codegen::model::Model;
use bitrix24_codegen::write;
use clap::{Args, Parser, Subcommand};
use serde::Serialize;

/// Reads the Bitrix24 REST documentation and writes a typed Rust crate.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Read the Rust that comes of the pages of one module:
    bitrix24-codegen generate --docs docs-input --out target/reading --module biconnector

  Print what the generator understood of the pages, as JSON:
    bitrix24-codegen model --docs docs-input --out target/model.json

  Tell what is wrong with the docs, and explain one kind of finding:
    bitrix24-codegen check --docs docs-input
    bitrix24-codegen explain B026";

#[derive(Subcommand)]
enum Command {
    Model(model::Arguments),
    Generate(generate::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    Report(report::Arguments),
    Diff(diff::Arguments),
    Distil(distil::Arguments),
    Api(api::Arguments),
    Features(features::Arguments),
    Fetch(fetch::Arguments),
}

/// Why a subcommand could not do its work.
type Failure = Box<dyn Error + Send + Sync>;

/// What a subcommand ends with: its exit status, or why there is none.
type Outcome = Result<ExitCode, Failure>;

impl Arguments {
    /// Does what the command line asks, and tells on standard error why it cannot.
    pub(crate) fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Model(arguments) => arguments.run(),
            Command::Generate(arguments) => arguments.run(),
            Command::Check(arguments) => arguments.run(),
            Command::Explain(arguments) => arguments.run(),
            Command::Report(arguments) => arguments.run(),
            Command::Diff(arguments) => arguments.run(),
            Command::Distil(arguments) => arguments.run(),
            Command::Api(arguments) => arguments.run(),
            Command::Features(arguments) => arguments.run(),
            Command::Fetch(arguments) => arguments.run(),
        };
        match outcome {
            Ok(status) => status,
            // Who reads our output has seen enough: `| head`.
            Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {}", with_causes(&*error));
                ExitCode::from(2)
            }
        }
    }
}

/// The docs that a subcommand reads.
#[derive(Args)]
struct Input {
    /// The root of the docs: the folder that holds `api-reference`.
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
}

/// The docs that a subcommand checks.
#[derive(Args)]
struct Folders {
    /// The root of the docs: the folder that holds `api-reference`. Give it twice to compare two languages.
    #[arg(long, value_name = "DIR", required = true, num_args = 1)]
    docs: Vec<PathBuf>,
}

impl Folders {
    fn open(&self) -> Result<Vec<Folder>, DocsError> {
        self.docs.iter().map(|path| Folder::open(path)).collect()
    }
}

/// Reads the docs in `folder`.
fn read_docs(folder: &Path) -> Result<(Docs, Model), Failure> {
    let docs = Docs::open(folder)?;
    let model = Model::read(&docs);
    model.check_overrides()?;
    Ok((docs, model))
}

/// Lets `write` write to the file `out`, or to standard output where that is `None`. Who reads the file meets the old one or
/// the new one, never half of it.
fn output(out: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let Some(path) = out else {
        // Standard output by itself writes line by line.
        let mut out = BufWriter::new(io::stdout().lock());
        write(&mut out)?;
        return Ok(out.flush()?);
    };
    // What is no file, `/dev/stdout` or a pipe, cannot be replaced.
    if path.exists() && !path.is_file() {
        let to_device = || {
            let mut out = BufWriter::new(File::create(path)?);
            write(&mut out)?;
            out.flush()
        };
        return to_device().map_err(|error| format!("cannot write `{}`: {error}", path.display()).into());
    }
    Ok(write::replace(path, |file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    })?)
}

/// Writes `value` as JSON for reading.
fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// The error and, line by line, the causes that its text does not tell already.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let why = cause.to_string();
        if !text.contains(&why) {
            text = format!("{text}\n  because: {why}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_cause_is_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("{text}")]
        struct Link {
            text: &'static str,
            source: Option<Box<Link>>,
        }
        let link = |text, source: Option<Link>| Link { text, source: source.map(Box::new) };
        let error = link("cannot read `a`: no", Some(link("no", Some(link("the disk is gone", None)))));
        assert_eq!(with_causes(&error), "cannot read `a`: no\n  because: the disk is gone");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = output(Some(Path::new("/nowhere/model.json")), |_| Ok(())).unwrap_err();
        assert!(error.to_string().starts_with("cannot write `/nowhere/model.json`: "), "{error}");
    }
}
