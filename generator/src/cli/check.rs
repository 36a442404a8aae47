//! `bitrix24-codegen check`

use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use bitrix24_codegen::check::baseline::Baseline;
use bitrix24_codegen::check::format::{github, human, json, sarif};
use bitrix24_codegen::check::levels::Levels;
use bitrix24_codegen::check::{Finding, check};
use bitrix24_codegen::diagnostic::Severity;
use clap::{Args, ValueEnum};

use super::{Failure, Folders, Outcome, output};

/// Tell what is wrong with the docs.
///
/// Each page is compared with itself (tables with examples, marks with calls, headings with file names), with the pages
/// that it links to, and, where docs of two languages are given, with its twin in the other one. Each finding shows the
/// page's own text with the place underlined and has a code that never changes its meaning: `explain CODE` shows an example
/// and the mend.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Folders,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave out the findings that this file knows.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found to the file that --baseline names: from then on it is known.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Treat these kinds as errors: `B026,B028`, or `all`.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    error: Vec<String>,
    /// Treat these kinds as warnings.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    warning: Vec<String>,
    /// Treat these kinds as notes.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    note: Vec<String>,
    /// Leave these kinds out. `all` is set first, single codes after it, so that `--allow all --error B009` shows one kind.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    allow: Vec<String>,
    /// The least weight of a finding that makes the exit status 1.
    #[arg(long, value_enum, value_name = "WEIGHT", default_value_t = FailOn::Error)]
    fail_on: FailOn,
}

const EXAMPLES: &str = "\
Exit status:
  0  nothing was found that weighs as much as --fail-on says
  1  something was
  2  the docs could not be checked

Examples:
  Show everything that is wrong, with excerpts:
    bitrix24-codegen check --docs docs-input

  Compare the Russian and the English docs:
    bitrix24-codegen check --docs docs/ru --docs docs/en

  In CI, fail only on what is new:
    bitrix24-codegen check --docs docs --baseline docs.baseline --write-baseline   # once
    bitrix24-codegen check --docs docs --baseline docs.baseline --fail-on warning --format github

  Only broken links, as errors:
    bitrix24-codegen check --docs docs --allow all --error B009,B014,B015";

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The page's text with the place underlined.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning services and editors.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
    /// The exit status is 0 whatever is found.
    Never,
}

impl FailOn {
    fn fails(self, finding: &Finding) -> bool {
        match self {
            FailOn::Error => finding.severity <= Severity::Error,
            FailOn::Warning => finding.severity <= Severity::Warning,
            FailOn::Note => true,
            FailOn::Never => false,
        }
    }
}

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let levels = self.levels()?;
        let folders = self.input.open()?;
        if let [first, second, ..] = folders.as_slice()
            && first.model.language == second.model.language
        {
            let language = &first.model.language;
            return Err(format!(
                "`{}` and `{}` are both of language `{language}`: give docs of different languages, or check one of them",
                first.name, second.name
            )
            .into());
        }
        let mut findings = levels.apply(check(&folders));
        let mut known = String::new();
        if let Some(path) = &self.baseline {
            if self.write_baseline {
                let baseline = Baseline::of(&folders, &findings).to_string();
                output(Some(path), |out| out.write_all(baseline.as_bytes()))?;
                eprintln!("{}: {} findings are known from now on", path.display(), findings.len());
                return Ok(ExitCode::SUCCESS);
            }
            let text = fs::read_to_string(path)
                .map_err(|error| format!("cannot read `{}`: {error}; --write-baseline makes it", path.display()))?;
            let baseline = Baseline::read(&text).map_err(|error| format!("`{}`: {error}", path.display()))?;
            let compared = baseline.compare(&folders, findings);
            known = format!("; {} known, {} of the baseline gone", compared.known, compared.gone);
            findings = compared.new;
        }
        let fails = findings.iter().any(|finding| self.fail_on.fails(finding));
        output(self.out.as_deref(), |out| match self.format {
            Format::Human => human::write(&folders, &findings, self.out.is_none() && io::stdout().is_terminal(), out),
            Format::Github => github::write(&folders, &findings, out),
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &json::document(&folders, &findings))?;
                out.write_all(b"\n")
            }
            Format::Sarif => {
                serde_json::to_writer_pretty(&mut *out, &sarif::log(&folders, &findings))?;
                out.write_all(b"\n")
            }
        })?;
        eprintln!("{}{known}", human::summary(&findings));
        Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }

    /// `all` first, then single codes.
    fn levels(&self) -> Result<Levels, Failure> {
        let mut levels = Levels::default();
        let settings = [
            (&self.allow, None),
            (&self.note, Some(Severity::Note)),
            (&self.warning, Some(Severity::Warning)),
            (&self.error, Some(Severity::Error)),
        ];
        for all in [true, false] {
            for (codes, level) in &settings {
                let codes: Vec<String> =
                    codes.iter().filter(|code| code.eq_ignore_ascii_case("all") == all).cloned().collect();
                levels.set(&codes, *level)?;
            }
        }
        Ok(levels)
    }
}
