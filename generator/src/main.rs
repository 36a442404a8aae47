//! `bitrix24-codegen`: the generator as a command.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::Arguments::parse().run()
}
