//! Findings that are known: a file that `check` writes once, so that only new ones fail.
//!
//! One line for each finding: code, language of the docs, page and message, with tabs between (here `→`). Lines move and pages grow
//! without a known finding becoming a new one; one that comes back a second time on its page is new.
//!
//! ```text
//! B026 → ru → api-reference/crm/leads/crm-lead-add.md → the example sends `params.X`, which no table of the page lists
//! ```

use std::collections::BTreeMap;

use super::{Finding, Folder};

/// What heads a baseline, so that people know what it is.
const HEAD: &str = "# Known findings of `bitrix24-codegen check`: code, language, page, message. \
    Written by --write-baseline.\n";

/// The known findings, each with how often it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, usize>);

/// A line that is none of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} is not `code, language, page, message` with tabs between: write the file anew with --write-baseline")]
pub struct BadLine(pub usize);

/// What is new, and how much of the baseline is gone.
#[derive(Debug)]
pub struct Compared {
    /// Findings that the baseline does not know.
    pub new: Vec<Finding>,
    /// How many findings it knows.
    pub known: usize,
    /// How many of the baseline were not found any more.
    pub gone: usize,
}

impl Baseline {
    /// The baseline that knows `findings`.
    pub fn of(folders: &[Folder], findings: &[Finding]) -> Self {
        let mut out = Baseline::default();
        for finding in findings {
            *out.0.entry(line(folders, finding)).or_default() += 1;
        }
        out
    }

    /// Reads a file that [`Display`](std::fmt::Display) wrote.
    ///
    /// # Errors
    ///
    /// When a line has another form.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut out = Baseline::default();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.splitn(4, '\t').count() != 4 {
                return Err(BadLine(index + 1));
            }
            *out.0.entry(line.to_owned()).or_default() += 1;
        }
        Ok(out)
    }

    /// Tells new findings from known ones.
    pub fn compare(&self, folders: &[Folder], findings: Vec<Finding>) -> Compared {
        let mut left = self.0.clone();
        let before = findings.len();
        let is_new = |finding: &Finding| match left.get_mut(&line(folders, finding)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        let new: Vec<Finding> = findings.into_iter().filter(is_new).collect();
        let known = before - new.len();
        Compared { new, known, gone: left.values().sum() }
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HEAD)?;
        for (line, count) in &self.0 {
            for _ in 0..*count {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

fn line(folders: &[Folder], finding: &Finding) -> String {
    let plain = |text: &str| text.replace(|c: char| c.is_control(), " ");
    let language = folders.get(finding.at.folder).map_or("", |folder| folder.model.language.as_str());
    format!("{}\t{language}\t{}\t{}", finding.code.text(), plain(&finding.at.page), plain(&finding.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::explain::{explanation, findings};
    use crate::diagnostic::Code;

    #[test]
    fn a_baseline_that_is_written_and_read_knows_what_was_found_and_nothing_else() {
        let (folders, found) = findings(&explanation(Code::UndocumentedParameter).wrong);
        let text = Baseline::of(&folders, &found).to_string();
        let baseline = Baseline::read(&text).unwrap();
        let compared = baseline.compare(&folders, found.clone());
        assert_eq!((compared.new.len(), compared.known, compared.gone), (0, found.len(), 0));

        let twice = baseline.compare(&folders, [found.clone(), found].concat());
        assert_eq!(twice.new.len(), twice.known, "the second of its kind is new");
        assert_eq!(baseline.compare(&folders, Vec::new()).gone, twice.known);
    }

    #[test]
    fn a_line_of_another_form_is_named() {
        assert_eq!(Baseline::read("# head\n\nB026 without tabs\n"), Err(BadLine(3)));
    }
}
