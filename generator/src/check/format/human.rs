//! Findings in a terminal.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{counts, excerpt, path};
use crate::check::{Finding, Folder, Mark, Severity, floor};

/// Lines longer than this are shown in part: rows of tables and bodies of requests can be very long.
const MAX_LINE: usize = 200;

/// Writes each finding with its excerpt; `colour` where the terminal shows it.
///
/// # Errors
///
/// When writing fails.
pub fn write(folders: &[Folder], findings: &[Finding], colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    for finding in findings {
        writeln!(out, "{}\n", render(&renderer, folders, finding))?;
    }
    Ok(())
}

/// One finding without colour.
pub fn one(folders: &[Folder], finding: &Finding) -> String {
    render(&Renderer::plain(), folders, finding)
}

fn render(renderer: &Renderer, folders: &[Folder], finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level.primary_title(&finding.message).id(finding.code.text()).element(snippet(
        folders,
        &finding.at,
        AnnotationKind::Primary,
    ));
    for mark in &finding.related {
        group = group.element(snippet(folders, mark, AnnotationKind::Context));
    }
    let groups: [Group<'_>; 1] = [group];
    renderer.render(&groups)
}

fn snippet<'a>(
    folders: &'a [Folder],
    mark: &'a Mark,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (line, span) = excerpt(folders, mark).unwrap_or(("", 0..0));
    let (line, span) = part(line, span);
    let annotation = kind.span(span);
    let annotation = if mark.label.is_empty() { annotation } else { annotation.label(mark.label.as_str()) };
    Snippet::source(line).line_start(mark.start.line as usize).path(path(folders, mark)).annotation(annotation)
}

/// What is shown of a long line: from its start, or around the place where that lies far along.
fn part(line: &str, span: std::ops::Range<usize>) -> (&str, std::ops::Range<usize>) {
    if line.len() <= MAX_LINE {
        return (line, span);
    }
    let from = if span.start < MAX_LINE / 2 { 0 } else { floor(line, span.start - MAX_LINE / 2) };
    let to = floor(line, from + MAX_LINE);
    let start = span.start.clamp(from, to);
    (&line[from..to], start - from..span.end.clamp(start, to) - from)
}

/// `3 errors, 1 warning, 0 notes`
pub fn summary(findings: &[Finding]) -> String {
    let parts = counts(findings).into_iter().zip(Severity::ALL);
    let told = parts.map(|(n, severity)| format!("{n} {}{}", severity.word(), if n == 1 { "" } else { "s" }));
    told.collect::<Vec<_>>().join(", ")
}
