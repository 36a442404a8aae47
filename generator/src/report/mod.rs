//! One HTML page about the docs, for people who would rather look than read: how much of each module they tell, and what is
//! wrong with them.
//!
//! The page is one file: style, script and data stand in it, and it asks no server for anything. What the docs say reaches it
//! as text alone: the template escapes it, the data are JSON in which no tag can end, the script makes text nodes of them,
//! and the page's own policy lets no other script run.

use base64::Engine as _;
use minijinja::{AutoEscape, Environment};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::check::coverage::{Coverage, coverage, modules};
use crate::check::format::{counts, excerpt, path};
use crate::check::{Finding, Folder, Mark, floor};
use crate::diagnostic::{Code, Severity};

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Excerpts show at most this many bytes before and behind what is meant.
const AROUND: usize = 120;

/// Why the report cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be made: {0}")]
pub struct Error(#[from] minijinja::Error);

/// The page about `folders` and what was found in them.
///
/// # Errors
///
/// When the template fails, which would be a fault of this crate.
pub fn report(folders: &[Folder], findings: &[Finding]) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("report", TEMPLATE)?;
    let coverages: Vec<Value> = folders
        .iter()
        .enumerate()
        .map(|(index, folder)| {
            let modules = coverage(index, folder, findings);
            let rows: Vec<Value> = modules.iter().map(|(name, coverage)| row(name, coverage)).collect();
            let total = modules.values().fold(Coverage::default(), |total, one| sum(&total, one));
            json!({ "name": folder.name, "language": folder.model.language, "rows": rows, "total": row("", &total) })
        })
        .collect();
    let counts: Vec<Value> = Severity::ALL
        .into_iter()
        .zip(counts(findings))
        .map(|(severity, count)| json!({ "name": severity.word(), "count": count }))
        .collect();
    let codes: Vec<Value> = Code::ALL
        .iter()
        .filter_map(|code| {
            let count = findings.iter().filter(|finding| finding.code == *code).count();
            (count > 0).then(|| json!({ "code": code.text(), "summary": code.summary(), "count": count }))
        })
        .collect();
    let modules: Vec<_> = folders.iter().map(modules).collect();
    let list: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let module = modules.get(finding.at.folder).and_then(|modules| modules.get(finding.at.page.as_str()));
            json!({
                "code": finding.code.text(),
                "severity": finding.severity,
                "message": finding.message,
                "module": module.unwrap_or(&""),
                "language": folders.get(finding.at.folder).map_or("", |folder| &folder.model.language),
                "marks": std::iter::once(&finding.at).chain(&finding.related)
                    .map(|mark| place(folders, mark)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut names: Vec<&str> = modules.iter().flat_map(|modules| modules.values().copied()).collect();
    names.sort_unstable();
    names.dedup();
    let script = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT));
    let page = environment.get_template("report")?.render(minijinja::value::Serde(json!({
        "style": STYLE,
        "script": SCRIPT,
        "policy": format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"),
        "folders": coverages,
        "counts": counts,
        "codes": codes,
        "modules": names,
        "total": findings.len(),
        "data": list,
    })))?;
    Ok(page)
}

fn row(name: &str, coverage: &Coverage) -> Value {
    let share = |part: crate::check::coverage::Part| {
        let percent = (part.good * 100).checked_div(part.all).unwrap_or(100);
        json!({ "good": part.good, "all": part.all, "percent": percent })
    };
    json!({
        "name": name,
        "methods": coverage.methods,
        "events": coverage.events,
        "findings": coverage.findings,
        "shares": [share(coverage.fields), share(coverage.examples), share(coverage.errors)],
    })
}

fn sum(a: &Coverage, b: &Coverage) -> Coverage {
    let part = |a: crate::check::coverage::Part, b: crate::check::coverage::Part| crate::check::coverage::Part {
        good: a.good + b.good,
        all: a.all + b.all,
    };
    Coverage {
        methods: a.methods + b.methods,
        events: a.events + b.events,
        fields: part(a.fields, b.fields),
        examples: part(a.examples, b.examples),
        errors: part(a.errors, b.errors),
        findings: a.findings + b.findings,
    }
}

/// Path, line and the excerpt in three pieces: before, what is meant, behind.
fn place(folders: &[Folder], mark: &Mark) -> Value {
    let (line, span) = excerpt(folders, mark).unwrap_or(("", 0..0));
    let from = floor(line, span.start.saturating_sub(AROUND));
    let end = floor(line, span.end.min(span.start + 2 * AROUND));
    let to = floor(line, end + AROUND);
    let before = format!("{}{}", if from > 0 { "…" } else { "" }, &line[from..span.start]);
    let behind = format!("{}{}", &line[end..to], if to < line.len() { "…" } else { "" });
    json!({
        "path": path(folders, mark),
        "line": mark.start.line,
        "label": mark.label,
        "excerpt": [before.trim_start(), &line[span.start..end], behind.trim_end()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::explain::findings;

    #[test]
    fn what_a_page_says_is_text_in_the_report() {
        let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>";
        let page = format!(
            "# {evil} bell.ring\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n|| **times***\n\
             `integer` | {evil} [x](./{evil}.md) [y](./none.md) {evil} ||\n|#\n\n## Code Examples\n\n```bash\n\
             curl -d '{{\"times\": 3}}' https://portal/rest/1/code/bell.ring\n```\n"
        );
        let (folders, found) = findings(&[(format!("api-reference/{evil}/bell-ring.md"), page)]);
        assert!(!found.is_empty());
        let html = report(&folders, &found).unwrap();
        assert_eq!(html.matches("<script").count(), 2, "the page's own");
        assert!(!html.contains("<img"));
        assert!(html.contains("bell"));
    }
}
