//! Which documented error an answer is.
//!
//! Codes alone do not tell: in the docs 1,900 rows share theirs with another row of the same page, and many are empty,
//! `0` or `100`. So rows are weighed by code, field (v3) and message; messages hold placeholders (`{field}`, `#FIELD#`,
//! `<LINE_ID>`, `%s`, `...`), which stand for any text.

use super::{ErrorRow, ServerError};

/// The index of the row that fits best; the first of equals. `None` where none fits.
pub(crate) fn identify(rows: &[ErrorRow], error: &ServerError) -> Option<usize> {
    let alike = rows.iter().filter(|row| code_fits(row.code, &error.code)).count();
    let mut best = None;
    for (index, row) in rows.iter().enumerate() {
        let weight = weigh(row, error, alike == 1);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, index));
        }
    }
    best.map(|(_, index)| index)
}

/// How well a row fits; 0 if it does not. `alone`: no other row has its code.
fn weigh(row: &ErrorRow, error: &ServerError, alone: bool) -> usize {
    let by_code = code_fits(row.code, &error.code);
    // A row without a code names its error by the message alone; the server then has no code either, or one that says
    // nothing.
    let by_message = row.code.is_empty() && says_nothing(&error.code);
    if !(by_code || by_message) {
        return 0;
    }
    let messages = [row.en, row.ru].into_iter().flatten().filter(|message| !message.is_empty());
    let wordless = messages.clone().next().is_none();
    let message_weight = |text: &str| messages.clone().map(|pattern| message_fits(pattern, text)).max().unwrap_or(0);

    let mut field_weight = 0;
    let mut best_message = message_weight(&error.message);
    if let Some(field) = row.field {
        if !error.validation.is_empty() {
            let fitting = error.validation.iter().filter_map(|violation| {
                let weight = field_fits(field, &violation.field);
                (weight > 0).then(|| (weight, message_weight(&violation.message)))
            });
            match fitting.max_by_key(|&(field, message)| (message, field)) {
                None => return 0,
                Some((field, message)) => {
                    field_weight = field;
                    best_message = best_message.max(message);
                }
            }
        }
    } else if let Some(message) = error.validation.iter().map(|violation| message_weight(&violation.message)).max() {
        best_message = best_message.max(message);
    }

    // A code of its own is enough; otherwise the message has to fit, or the row has none to offer.
    let enough = best_message > 0 || wordless || (by_code && alone && !says_nothing(row.code));
    if !enough || (wordless && row.code.is_empty()) {
        return 0;
    }
    let status = usize::from(row.status == Some(error.status));
    1 + status + 2 * usize::from(by_code) + 4 * field_weight + 16 * best_message
}

/// Codes that the server uses for whatever has none.
fn says_nothing(code: &str) -> bool {
    matches!(code, "" | "0" | "100" | "ERROR" | "ERROR_CORE")
}

fn code_fits(row: &str, code: &str) -> bool {
    row.eq_ignore_ascii_case(code) || (row.contains('<') && message_fits(row, code) > 0)
}

/// 2: the same field; 1: the row's is a placeholder.
fn field_fits(row: &str, field: &str) -> usize {
    if row == field { 2 } else { usize::from(is_placeholder(row)) }
}

fn is_placeholder(text: &str) -> bool {
    matches!(pieces(text).as_slice(), [Piece::Any(_)])
}

/// 0: no. Otherwise the more, the more letters of the pattern are literal; an exact text beats any placeholder.
fn message_fits(pattern: &str, text: &str) -> usize {
    const EXACT: usize = 1 << 20;
    const LONGEST: usize = 2_000;
    const MOST_TRIES: usize = 5_000;
    let (pattern, text) = (normal(pattern), normal(text));
    if pattern.is_empty() {
        return 0;
    }
    if pattern == text {
        return EXACT;
    }
    let pieces = pieces(&pattern);
    if text.len() > LONGEST || pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
        return 0;
    }
    match fit(&pieces, &text, &mut { MOST_TRIES }) {
        // The server writes `parameter {id}` with the braces; `parameter {title}` is then another error. But
        // `value {5} of parameter {id}` is one where the docs have `value {text} of parameter {id}`.
        Some(fit) if fit.braced && !fit.named => 0,
        // One more, for a pattern that is nothing but a placeholder.
        Some(fit) => fit.letters + 1,
        None => 0,
    }
}

/// White space made one, line breaks of HTML, a full stop at the end and backquotes left out: the server quotes names with
/// them, and on the page they are markup.
fn normal(text: &str) -> String {
    let text = text.replace('`', "").replace("<br>", " ").replace("<br/>", " ").replace("<br />", " ");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with('.') && !text.ends_with("..") {
        text.pop();
    }
    text
}

/// A part of a documented message.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    /// A placeholder as it is written: `{field}`.
    Any(&'a str),
}

/// Splits a documented message at its placeholders.
fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < pattern.len() {
        match placeholder(&pattern[at..]) {
            Some(length) => {
                if from < at {
                    pieces.push(Piece::Text(&pattern[from..at]));
                }
                pieces.push(Piece::Any(&pattern[at..at + length]));
                at += length;
                from = at;
            }
            None => at += pattern[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if from < pattern.len() {
        pieces.push(Piece::Text(&pattern[from..]));
    }
    pieces
}

/// Length of the placeholder at the beginning of `text`.
fn placeholder(text: &str) -> Option<usize> {
    const MARKS: [&str; 6] = ["%s", "%d", "%u", "...", "…", "***"];
    let enclosed = |open: char, close: char, inside: fn(char) -> bool| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close)?;
        (end > 0 && end <= 40 && inner[..end].chars().all(inside)).then_some(end + 2)
    };
    let word = |letter: char| letter.is_alphanumeric() || "_- $.[]'".contains(letter);
    let name = |letter: char| letter.is_alphanumeric() || letter == '_';
    enclosed('{', '}', word)
        .or_else(|| enclosed('#', '#', name))
        .or_else(|| enclosed('<', '>', word))
        .or_else(|| enclosed('%', '%', name))
        .or_else(|| MARKS.iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len()))
        // A number sign alone stands for a number.
        .or_else(|| (text == "#" || text.starts_with("# ")).then_some(1))
}

/// How a text is a pattern with something in place of each placeholder.
#[derive(Clone, Copy, Default)]
struct Fit {
    /// Letters of the text that the pattern states.
    letters: usize,
    /// A placeholder is filled with its own name.
    named: bool,
    /// A placeholder is filled with another word in braces.
    braced: bool,
}

impl Fit {
    fn and(self, other: Fit) -> Fit {
        Fit {
            letters: self.letters + other.letters,
            named: self.named || other.named,
            braced: self.braced || other.braced,
        }
    }
}

/// The best way in which `text` fits the pattern. Gives up after `tries`: neither comes from us.
fn fit(pieces: &[Piece<'_>], text: &str, tries: &mut usize) -> Option<Fit> {
    *tries = tries.checked_sub(1)?;
    match pieces {
        [] => text.is_empty().then(Fit::default),
        [Piece::Text(literal), rest @ ..] => {
            let stated = Fit { letters: literal.len(), ..Fit::default() };
            Some(stated.and(fit(rest, text.strip_prefix(literal)?, tries)?))
        }
        [Piece::Any(mark)] => filling(mark, text),
        [Piece::Any(mark), Piece::Text(next), ..] => text
            .match_indices(next)
            .filter_map(|(at, _)| Some(filling(mark, &text[..at])?.and(fit(&pieces[1..], &text[at..], tries)?)))
            .max_by_key(|fit| fit.letters),
        [Piece::Any(_), rest @ ..] => fit(rest, text, tries),
    }
}

/// `text` in place of the placeholder `mark`.
fn filling(mark: &str, text: &str) -> Option<Fit> {
    let name = mark.trim_matches(['{', '}', '#', '<', '>', '%']);
    if text == mark || text == name {
        return Some(Fit { letters: text.len(), named: true, braced: false });
    }
    let braced = text.starts_with('{') && text.ends_with('}') && text.len() > 2;
    (!text.is_empty()).then_some(Fit { letters: 0, named: false, braced })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Violation;

    fn error(code: &str, message: &str) -> ServerError {
        ServerError { code: code.to_owned(), message: message.to_owned(), ..ServerError::default() }
    }

    fn v3(code: &str, message: &str, field: &str, why: &str) -> ServerError {
        let validation = vec![Violation { field: field.to_owned(), message: why.to_owned(), ..Violation::default() }];
        ServerError { validation, ..error(code, message) }
    }

    #[test]
    fn a_code_of_its_own_is_enough() {
        let rows = [ErrorRow::new("NOT_FOUND").en("Not found"), ErrorRow::new("DENIED")];
        assert_eq!(identify(&rows, &error("NOT_FOUND", "whatever")), Some(0));
        assert_eq!(identify(&rows, &error("not_found", "")), Some(0));
        assert_eq!(identify(&rows, &error("DENIED", "no")), Some(1));
        assert_eq!(identify(&rows, &error("NOT_FOUND_X", "Not found")), None);
    }

    #[test]
    fn repeated_and_empty_codes_are_told_apart_by_message_in_either_language() {
        let rows = [
            ErrorRow::new("ERROR_CORE").en("First thing").ru("Первое"),
            ErrorRow::new("ERROR_CORE").en("Second thing.").ru("Второе"),
            ErrorRow::new("").en("No code"),
        ];
        assert_eq!(identify(&rows, &error("ERROR_CORE", "Second thing")), Some(1));
        assert_eq!(identify(&rows, &error("ERROR_CORE", "Первое<br>")), Some(0));
        assert_eq!(identify(&rows, &error("ERROR_CORE", "Third thing")), None);
        assert_eq!(identify(&rows, &error("", "No code.")), Some(2));
        assert_eq!(identify(&rows, &error("0", "No code.")), Some(2));
        assert_eq!(identify(&rows, &error("SOMETHING", "No code.")), None);
    }

    #[test]
    fn a_code_that_says_nothing_needs_its_message() {
        let rows = [ErrorRow::new("100").en("Could not find value for parameter {id}")];
        assert_eq!(identify(&rows, &error("100", "Could not find value for parameter {id}")), Some(0));
        assert_eq!(identify(&rows, &error("100", "Could not find value for parameter id")), Some(0));
        assert_eq!(identify(&rows, &error("100", "Could not find value for parameter {title}")), None);
        assert_eq!(identify(&rows, &error("100", "Something else")), None);
    }

    #[test]
    fn placeholders_of_every_kind_stand_for_any_text() {
        for (pattern, text) in [
            ("Field \"#TITLE#\" is read only.", "Field \"ID\" is read only."),
            ("Could not find config for number <LINE_ID>", "Could not find config for number 7"),
            ("MESSAGES[{N}][MESSAGE] is empty", "MESSAGES[12][MESSAGE] is empty"),
            ("Field ... already exists", "Field UF_X already exists"),
            ("Section at index # does not have name", "Section at index 3 does not have name"),
            ("%s of %d", "two of 3"),
            ("Trigger with code {$code} is not registered.", "Trigger with code abc is not registered."),
            ("Required `#FIELD#`, #TYPE#", "Required `a`, b"),
        ] {
            assert!(message_fits(pattern, text) > 0, "{pattern} / {text}");
            assert_eq!(message_fits(pattern, "Completely different"), 0, "{pattern}");
        }
    }

    #[test]
    fn the_exact_message_beats_a_placeholder_and_more_letters_beat_fewer() {
        let rows = [
            ErrorRow::new("E").en("Field {x}"),
            ErrorRow::new("E").en("Field {x} is wrong"),
            ErrorRow::new("E").en("Field ID is wrong"),
        ];
        assert_eq!(identify(&rows, &error("E", "Field ID is wrong")), Some(2));
        assert_eq!(identify(&rows, &error("E", "Field TITLE is wrong")), Some(1));
        assert_eq!(identify(&rows, &error("E", "Field TITLE")), Some(0));
    }

    #[test]
    fn a_message_made_to_be_slow_is_given_up() {
        let pattern = "{a} {b} {c} {d} {e} {f} {g} {h}!";
        assert_eq!(message_fits(pattern, &"x ".repeat(900)), 0);
        assert_eq!(message_fits("a {b}", &format!("a {}", "x".repeat(5_000))), 0);
    }

    #[test]
    fn validation_rows_are_chosen_by_field_and_message() {
        const CODE: &str = "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION";
        let rows = [
            ErrorRow::new(CODE).field("id").en("Required field `#FIELD#` is missing"),
            ErrorRow::new(CODE).field("#FIELD#").en("The field `#FIELD#` requires data type `#TYPE#`"),
            ErrorRow::new(CODE).field("parentId").en("No such parent"),
            ErrorRow::new(CODE).field("parentId").en("Cannot bind a node to itself"),
        ];
        let top = "Error during request object validation";
        assert_eq!(identify(&rows, &v3(CODE, top, "id", "Required field `id` is missing")), Some(0));
        assert_eq!(identify(&rows, &v3(CODE, top, "id", "The field `id` requires data type `int`")), Some(1));
        assert_eq!(identify(&rows, &v3(CODE, top, "parentId", "Cannot bind a node to itself")), Some(3));
        assert_eq!(identify(&rows, &v3(CODE, top, "other", "No such parent")), None);
    }

    #[test]
    fn backquotes_of_the_server_are_markup_on_the_page() {
        let rows = [ErrorRow::new("V").en("Required field id is missing").field("id"), ErrorRow::new("V").en("Other")];
        let answer = v3("V", "Error during validation", "id", "Required field `id` is missing");
        assert_eq!(identify(&rows, &answer), Some(0));
    }

    #[test]
    fn a_code_may_hold_a_placeholder() {
        let rows = [ErrorRow::new("CONTROLLER_ERROR_<ERROR_CODE>"), ErrorRow::new("OTHER")];
        assert_eq!(identify(&rows, &error("CONTROLLER_ERROR_12", "")), Some(0));
    }

    #[test]
    fn the_name_of_a_placeholder_tells_rows_apart_with_and_without_its_braces() {
        let rows = ["select", "order"].map(|name| {
            let message = format!("Invalid value {{wrong_type}} to match with parameter {{{name}}}.");
            ErrorRow::new("100").en(Box::leak(message.into_boxed_str()))
        });
        assert_eq!(identify(&rows, &error("100", "Invalid value {5} to match with parameter {order}")), Some(1));
        assert_eq!(identify(&rows, &error("100", "Invalid value 5 to match with parameter {order}")), Some(1));
        assert_eq!(identify(&rows, &error("100", "Invalid value 5 to match with parameter order")), Some(1));
        assert_eq!(identify(&rows, &error("100", "Invalid value 5 to match with parameter {filter}")), None);
    }

    /// All error tables of the docs, where they are at hand: each row, sent with its placeholders filled in, is found
    /// again. Rows that a table lists twice are one.
    #[test]
    fn every_documented_row_is_found_by_what_the_server_would_send() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/oracle");
        for language in ["en", "ru"] {
            let Ok(json) = std::fs::read(format!("{docs}/{language}-2026-06-15.json")) else { continue };
            let pages: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&json).unwrap();
            let mut lost = Vec::new();
            for (page, facts) in &pages {
                let rows: Vec<ErrorRow> = facts["errors"].as_array().into_iter().flatten().map(row).collect();
                for row in &rows {
                    let message = normal(row.en.unwrap_or_default());
                    let fill = |piece: &Piece<'_>| match piece {
                        Piece::Text(text) => (*text).to_owned(),
                        // Braces hold a parameter's name, which alone tells some rows apart.
                        Piece::Any(mark) if mark.starts_with('{') => mark.replace(['{', '}'], ""),
                        Piece::Any(_) => "value 5".to_owned(),
                    };
                    let filled: String = pieces(&message).iter().map(fill).collect();
                    let found = identify(&rows, &error(row.code, &filled));
                    if found.is_none_or(|found| rows[found] != *row) {
                        lost.push(format!("{page}: {row:?} became {:?}", found.map(|found| rows[found])));
                    }
                }
            }
            assert!(lost.is_empty(), "{language}: {}", lost.join("\n"));
        }
    }

    fn row(facts: &serde_json::Value) -> ErrorRow {
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let code = facts["code"].as_str().unwrap();
        let row = ErrorRow::new(leak(if code.contains(' ') || code == "-" { "" } else { code }));
        match facts["cells"][1].as_str() {
            Some(message) => row.en(leak(message)),
            None => row,
        }
    }
}
