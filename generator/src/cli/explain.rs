//! `bitrix24-codegen explain`

use std::process::ExitCode;

use bitrix24_codegen::check::explain::{list, render};
use bitrix24_codegen::check::levels::UnknownCode;
use bitrix24_codegen::diagnostic::Code;
use clap::Args;

use super::{Outcome, output};

/// Explain a kind of finding: what is wrong, a page that shows it, what `check` says of it, and the mend.
#[derive(Args)]
pub(super) struct Arguments {
    /// The code that `check` prints: `B026`. Without one, all codes are listed.
    code: Option<String>,
}

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let text = match &self.code {
            Some(code) => render(Code::of(code).ok_or_else(|| UnknownCode(code.clone()))?),
            None => list(),
        };
        output(None, |out| out.write_all(text.as_bytes()))?;
        Ok(ExitCode::SUCCESS)
    }
}
