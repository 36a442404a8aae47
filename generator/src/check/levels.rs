//! How much each kind of finding weighs, as the user sets it.

use super::Finding;
use crate::diagnostic::{Code, Severity};

/// A weight for every kind; `None` where a kind is not shown.
#[derive(Clone, Debug)]
pub struct Levels(Vec<(Code, Option<Severity>)>);

impl Default for Levels {
    fn default() -> Self {
        Levels(Code::ALL.iter().map(|code| (*code, Some(code.severity()))).collect())
    }
}

/// Why a level cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of finding: write a code such as `B026`, or `all` (`explain` lists the codes)")]
pub struct UnknownCode(pub String);

impl Levels {
    /// Gives the kinds that `codes` names (`B026`, or `all`) a weight; `None` leaves them out.
    ///
    /// # Errors
    ///
    /// When a code is not known.
    pub fn set(&mut self, codes: &[String], severity: Option<Severity>) -> Result<(), UnknownCode> {
        for name in codes {
            let name = name.trim();
            if name.eq_ignore_ascii_case("all") {
                self.0.iter_mut().for_each(|(_, level)| *level = severity);
                continue;
            }
            let code = Code::of(name).ok_or_else(|| UnknownCode(name.to_owned()))?;
            self.0.iter_mut().filter(|(own, _)| *own == code).for_each(|(_, level)| *level = severity);
        }
        Ok(())
    }

    /// The findings with their weights, without those that are left out.
    pub fn apply(&self, findings: Vec<Finding>) -> Vec<Finding> {
        findings
            .into_iter()
            .filter_map(|finding| {
                let level = self.0.iter().find(|(code, _)| *code == finding.code).and_then(|(_, level)| *level)?;
                Some(Finding { severity: level, ..finding })
            })
            .collect()
    }
}
