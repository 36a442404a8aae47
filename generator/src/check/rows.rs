//! Two rows of one name in a table.

use std::collections::HashMap;

use super::finding::{Finding, Mark};
use super::page::{self, Page};
use crate::diagnostic::Code;
use crate::facts::table::Row;
use crate::page::Place;

pub(super) fn findings(page: &Page<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for table in &page.facts.tables {
        siblings(page, &table.rows, &mut out);
    }
    let mut errors = HashMap::new();
    for row in &page.facts.errors.rows {
        let key = (row.code.as_str(), &row.message, &row.field, row.status, row.description.as_str());
        if row.code.is_empty() && row.message.is_none() {
            continue;
        }
        match errors.get(&key) {
            None => {
                errors.insert(key, row.place);
            }
            // One row may hold several codes.
            Some(first) if *first == row.place => {}
            Some(first) => {
                let name = if row.code.is_empty() { row.message.clone().unwrap_or_default() } else { row.code.clone() };
                out.push(twice(page, &name, *first, row.place));
            }
        }
    }
    out
}

/// Rows of one list of names. Lists within a description are prose as often as fields, and a row below one that holds
/// a structure may stand inside of it.
fn siblings(page: &Page<'_>, rows: &[Row], out: &mut Vec<Finding>) {
    let names = |row: &Row| row.names.iter().map(|name| name.name.clone()).collect::<Vec<_>>();
    let mut first: HashMap<Vec<String>, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(earlier) = first.insert(names(row), index) else { continue };
        let flat = rows[earlier..index].iter().all(|row| !holds_structure(row));
        if flat && let Some(name) = row.names.first() {
            out.push(twice(page, &name.name, rows[earlier].place, row.place));
        }
    }
}

fn holds_structure(row: &Row) -> bool {
    let ty = row.doc_type.text.to_lowercase();
    let plain = ty.is_empty() || ["array", "object", "[]", "map", "list"].iter().any(|word| ty.contains(word));
    plain || !row.doc_type.links.iter().all(|(_, _, anchor)| anchor.is_empty())
}

fn twice(page: &Page<'_>, name: &str, first: Place, second: Place) -> Finding {
    let mark = |place: Place, label: &str| -> Mark {
        let source = page.folder.docs.source(place.source);
        let start = source.line(place.at as usize);
        page::row(page.index, page.folder, &source.path, start, name, label).unwrap_or_else(|| {
            Mark::new(page.index, page.folder, place.source, place.at as usize..place.at as usize, label)
        })
    };
    Finding::new(Code::DuplicateField, mark(second, "again here"), format!("the table lists `{name}` twice"))
        .with(Some(mark(first, "first here")))
}
