//! A diff as text: for people at a terminal, and as a changelog.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Action, Change, Diff, Verdict};

/// The changes by module, one a line.
pub fn human(diff: &Diff) -> String {
    let mut out = String::new();
    for (module, changes) in modules(diff) {
        let _ = writeln!(out, "{module}:");
        for change in changes {
            let _ = writeln!(out, "  {change}");
        }
    }
    let breaking = diff.changes.iter().filter(|change| change.breaking).count();
    let (all, plural) = (diff.changes.len(), if diff.changes.len() == 1 { "" } else { "s" });
    let _ = writeln!(out, "{all} change{plural}, {breaking} of them breaking: {}", diff.verdict.advice());
    out
}

/// The changes as a section of a changelog: what breaks comes first.
pub fn markdown(diff: &Diff, title: &str) -> String {
    let mut out = format!("## {title}\n\n{}.\n", diff.verdict.advice());
    for (heading, breaking) in [("Breaking", true), ("Other changes", false)] {
        let of_kind: Vec<&Change> = diff.changes.iter().filter(|change| change.breaking == breaking).collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {heading}");
        let mut module = "";
        for change in of_kind {
            if change.module != module {
                module = &change.module;
                let _ = writeln!(out, "\n`{module}`\n");
            }
            let _ = writeln!(out, "- {}", sentence(change));
        }
    }
    out
}

fn modules(diff: &Diff) -> BTreeMap<&str, Vec<&Change>> {
    let mut out: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &diff.changes {
        out.entry(&change.module).or_default().push(change);
    }
    out
}

impl Verdict {
    /// What it means, in words.
    pub fn advice(self) -> &'static str {
        match self {
            Verdict::Patch => "No public item changed: a patch release will do",
            Verdict::Minor => "There are new items and none is gone: a minor release",
            Verdict::Major => "Code that uses the crate may have to change: a major release",
        }
    }
}

fn sentence(change: &Change) -> String {
    let action = match change.action {
        Action::Added => "added",
        Action::Removed => "removed",
        Action::Changed => "changed",
        Action::Renamed => "renamed",
    };
    let mut out = format!("`{}` {action}", change.subject);
    if change.name != change.subject {
        out = format!("`{}`: {} `{}` {action}", change.subject, change.what.word(), change.name);
    } else if !change.what.word().is_empty() {
        out = format!("`{}`: {} {action}", change.subject, change.what.word());
    }
    let code = |text: &str| format!("`{}`", text.replace('`', "'"));
    match (&change.before, &change.after) {
        (Some(before), _) if change.action == Action::Renamed => {
            let _ = write!(out, " from {}", code(before));
        }
        (Some(before), Some(after)) => {
            let _ = write!(out, " from {} to {}", code(before), code(after));
        }
        (Some(text), None) | (None, Some(text)) if !text.is_empty() => {
            let _ = write!(out, ": {}", code(text));
        }
        _ => {}
    }
    out
}
