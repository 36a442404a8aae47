//! `bitrix24-codegen`: the generator as a command.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::Config;
use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::model::Model;
use clap::{Parser, Subcommand};

/// Reads the Bitrix24 REST documentation and writes a typed Rust crate.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print everything that was read from the docs as one JSON document.
    Model {
        /// The docs folder.
        #[arg(long, value_name = "DIR")]
        docs: PathBuf,
        /// Write to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the crate's sources for reading.
    Generate {
        /// The docs folder.
        #[arg(long, value_name = "DIR")]
        docs: PathBuf,
        /// The folder that the sources go to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only these modules: `crm,tasks`.
        #[arg(long, value_name = "MODULE", value_delimiter = ',')]
        module: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    match arguments.command {
        Command::Model { docs, out } => {
            let docs = Docs::open(&docs)?;
            let model = Model::read(&docs);
            match out {
                Some(path) => {
                    let file = File::create(&path).map_err(|e| format!("cannot write `{}`: {e}", path.display()))?;
                    write(&model, BufWriter::new(file))
                }
                None => write(&model, io::stdout().lock()),
            }
        }
        Command::Generate { docs, out, module } => {
            let config = Config::new().docs(docs).out_dir(&out).format(true);
            let written = if module.is_empty() { config.generate()? } else { config.modules(module).generate()? };
            println!(
                "{}: {} files written, {} unchanged, {} removed",
                out.display(),
                written.changed,
                written.unchanged,
                written.removed
            );
            Ok(())
        }
    }
}

fn write(model: &Model, mut out: impl Write) -> Result<(), Box<dyn std::error::Error>> {
    serde_json::to_writer_pretty(&mut out, model)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}
