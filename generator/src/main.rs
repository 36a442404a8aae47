//! `bitrix24-codegen`: the generator as a command.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitrix24_codegen::Config;
use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::model::Model;
use clap::{Args, Parser, Subcommand};

/// Reads the Bitrix24 REST documentation and writes a typed Rust crate.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Read the Rust that comes of the pages of one module:
    bitrix24-codegen generate --docs docs-input --out target/reading --module biconnector

  Print what the generator understood of the pages, as JSON:
    bitrix24-codegen model --docs docs-input --out target/model.json";

#[derive(Subcommand)]
enum Command {
    /// Print everything that was read from the docs as one JSON document.
    ///
    /// It holds the methods, events and structures, linked across pages and named, and under `diagnostics` what is
    /// wrong with the pages, each with page, line and column.
    Model {
        #[command(flatten)]
        input: Input,
        /// Write to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the crate's sources for reading.
    ///
    /// One file for each API module, laid out like code written by hand, and `api.rs`, which declares them. Files whose
    /// content stays the same are not touched; files of an earlier run that are no longer written are removed.
    Generate {
        #[command(flatten)]
        input: Input,
        /// The folder that the sources go to; it is created if it is missing.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only these API modules, the first words of method names: `crm,tasks`.
        #[arg(long, value_name = "MODULE", value_delimiter = ',')]
        module: Vec<String>,
    },
}

#[derive(Args)]
struct Input {
    /// The root of the docs: the folder that holds `api-reference`.
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads our output has seen enough: `| head`.
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Model { input, out } => {
            let docs = Docs::open(&input.docs)?;
            let model = Model::read(&docs);
            match out {
                Some(path) => print_to(&path, &model).map_err(|error| cannot_write(&path, &error).into()),
                None => print(&model, io::stdout().lock()).map_err(Into::into),
            }
        }
        Command::Generate { input, out, module } => {
            let mut config = Config::new().docs(&input.docs).out_dir(&out).format(true);
            if !module.is_empty() {
                config = config.modules(module);
            }
            let generated = config.generate()?;
            let written = generated.written;
            let mut summary = io::stdout().lock();
            writeln!(
                summary,
                "{}: {} pages read: {} methods, {} events, {} diagnostics",
                input.docs.display(),
                generated.pages,
                generated.methods,
                generated.events,
                generated.diagnostics,
            )?;
            writeln!(
                summary,
                "{}: {} files written, {} unchanged, {} removed",
                out.display(),
                written.changed,
                written.unchanged,
                written.removed
            )?;
            Ok(())
        }
    }
}

fn print_to(path: &Path, model: &Model) -> io::Result<()> {
    print(model, BufWriter::new(File::create(path)?))
}

fn print(model: &Model, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, model)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("cannot write `{}`: {error}", path.display())
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
    fn a_model_that_cannot_be_written_names_the_file() {
        let input = Input { docs: concat!(env!("CARGO_MANIFEST_DIR"), "/../docs-input").into() };
        let out = Some(PathBuf::from("/nowhere/model.json"));
        let error = run(Command::Model { input, out }).unwrap_err();
        assert!(error.to_string().starts_with("cannot write `/nowhere/model.json`: "), "{error}");
    }
}
