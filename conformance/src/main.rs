//! `bitrix24-conformance`: recorded cases through the generated types.

use std::{
    error::Error,
    io::{self, BufRead, BufWriter, ErrorKind, Write},
    path::PathBuf,
    process::ExitCode,
};

use bitrix24_conformance::{answer_line, examples, mutants, rows};
use clap::{Parser, Subcommand};

/// Reads recorded requests, answers, errors and events with the generated types, and says what becomes of them.
///
/// Each line of standard input is one case in JSON:
///
///     {"id": 1, "method": "crm.deal.get", "api": "v2", "kind": "response", "body": {"result": {"ID": "37"}}}
///
/// `kind` is `request` (`body` holds the parameters), `response` or `error` (the whole answer) or `event` (`method` is its name;
/// `body` is JSON, or a string that holds the form). For each there is one line on standard output, which says what the types
/// understood, or where and why they did not:
///
///     {"id":1,"ok":true,"body":{"result":{"ID":37}},"untyped":[]}
///     {"id":1,"ok":false,"error":"`result.ID`: wanted an integer, met an object","path":"result.ID"}
#[derive(Parser)]
#[command(version, about, verbatim_doc_comment)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Take every example of the docs through the types instead.
    ///
    /// Prints what contradicts its own page, with page and line, then the figures.
    Examples {
        /// The docs folder, which should be the one that this program was built from (`BITRIX24_DOCS`).
        #[arg(long, value_name = "DIR")]
        docs: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        None => answer_lines(),
        Some(Command::Examples { docs }) => check_examples(&docs),
    };
    match done {
        // Whoever read the output has seen enough.
        Err(error) if error.downcast_ref().is_some_and(|e: &io::Error| e.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
    }
}

fn answer_lines() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        // What is not UTF-8 is no JSON either; the line's error says so.
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            writeln!(out, "{}", answer_line(text.trim()))?;
        }
        line.clear();
    }
    Ok(out.flush()?)
}

fn check_examples(docs: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let examples = examples::read(docs)?;
    let report = examples::check(&examples);
    let mut out = BufWriter::new(io::stdout().lock());
    for (example, finding) in &report.findings {
        let kind = format!("{:?}", example.kind).to_lowercase();
        writeln!(out, "{}:{}: {} {kind} {finding}", example.page, example.line, example.name)?;
    }
    for (kind, figures) in &report.figures {
        writeln!(out, "{}: {figures}", format!("{kind:?}").to_lowercase())?;
    }
    writeln!(out, "forms: {}", report.posted)?;
    writeln!(out, "mutants: {}", mutants::check(&examples))?;
    let rows::Report { rows, silent, strays } = rows::check();
    for rows::Stray { method, wanted, found, body } in &strays {
        writeln!(out, "{method}: the row of `{wanted}` becomes `{found}`, sent as {body}")?;
    }
    writeln!(
        out,
        "rows: {rows} documented errors, {silent} without code and message, {} on another variant",
        strays.len()
    )?;
    Ok(out.flush()?)
}
