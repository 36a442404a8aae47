//! `bitrix24-codegen`: the generator as a command.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::Arguments::parse().run()
}
