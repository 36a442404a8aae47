//! Which column of an error table holds what.

use super::cell::{styled_code, title};
use crate::page::Table;
use crate::vocabulary::{Column, Vocabulary};

/// Which column of an error table holds what.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Layout {
    pub(super) headed: bool,
    /// How many columns it has.
    pub(super) width: usize,
    pub(super) code: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) field: Option<usize>,
    /// A column of server messages.
    pub(super) message: Option<usize>,
    /// The only column of text beside the code: a message or a description, cell by cell.
    pub(super) lone: Option<usize>,
    pub(super) description: Vec<usize>,
}

impl Layout {
    /// `None` where the table lists no errors (the error envelope's fields, say). `above` tells that a line above the
    /// table names the code.
    pub(super) fn of(table: &Table<'_>, words: &Vocabulary, above: bool) -> Option<Layout> {
        let first = table.rows.first()?;
        let mut columns: Vec<Option<Column>> = first.cells.iter().map(|cell| words.column(&title(cell))).collect();
        let headed = columns.iter().any(Option::is_some);
        let holds_code = |row: usize| {
            let cell = table.rows.get(row).and_then(|row| row.cells.first());
            cell.is_some_and(|cell| styled_code(cell))
        };
        if !columns.contains(&Some(Column::Code)) && columns.first() == Some(&None) && holds_code(headed.into()) {
            columns[0] = Some(Column::Code);
        }
        let find = |column| columns.iter().position(|c| *c == Some(column));
        let mut layout = Layout {
            headed,
            width: columns.len(),
            code: find(Column::Code),
            status: find(Column::Status),
            ..Layout::default()
        };
        if layout.code.is_none() && columns.first() == Some(&Some(Column::Name)) {
            if !above && find(Column::Mend).is_none() && find(Column::Message).is_none() {
                return None;
            }
            layout.field = Some(0);
        } else if layout.code.is_none() && !headed {
            return None;
        }
        let taken = [layout.code, layout.status, layout.field];
        let mut texts: Vec<usize> = (0..columns.len()).filter(|i| !taken.contains(&Some(*i))).collect();
        if layout.code.is_some() && texts.len() == 1 && find(Column::Message).is_none() {
            layout.lone = texts.pop();
        } else if !texts.is_empty() {
            let message = texts.iter().position(|i| columns[*i] == Some(Column::Message)).unwrap_or(0);
            layout.message = Some(texts.remove(message));
        }
        layout.description = texts;
        Some(layout)
    }
}
