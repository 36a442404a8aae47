//! What the generator met while it read the pages.

use super::finding::{Finding, Mark};
use super::{Code, Folder};

pub(super) fn findings(index: usize, folder: &Folder) -> Vec<Finding> {
    let read = folder.model.diagnostics.iter().filter_map(|diagnostic| {
        let code = Code::of(&diagnostic.code)?;
        let at = match folder.docs.find(&diagnostic.page) {
            Some(page) => {
                let source = folder.docs.source(page);
                let start = source.line_start(diagnostic.line)?;
                let span = diagnostic.span.map_or(start..start, |(start, end)| start..end);
                // What is wrong with a block is shown at its first line.
                let end = super::finding::end_of_line(source.text(), span.start);
                Mark::new(index, folder, page, span.start..span.end.min(end), "")
            }
            // A page that is not read, or a file beside the pages.
            None => Mark {
                folder: index,
                page: diagnostic.page.clone(),
                span: 0..0,
                start: crate::diagnostic::Position { line: diagnostic.line, column: diagnostic.column, at: 0 },
                end: crate::diagnostic::Position { line: diagnostic.line, column: diagnostic.column, at: 0 },
                label: String::new(),
            },
        };
        Some(Finding::new(code, at, diagnostic.message.clone()))
    });
    read.collect()
}
