//! Which documented error an answer is.
//!
//! Codes alone do not tell: in the docs 1,900 rows share theirs with another row of the same page, and many are empty,
//! `0` or `100`. So rows are weighed by code, field (v3) and message; messages hold placeholders (`{field}`, `#FIELD#`,
//! `<LINE_ID>`, `%s`, `...`), which stand for any text.

use super::{ErrorRow, ServerError};

/// The index of the row that fits best; the first of equals. `None` where none fits.
pub(super) fn identify(rows: &[ErrorRow], error: &ServerError) -> Option<usize> {
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
    let messages = [row.en, row.ru];
    let wordless = messages == [None, None];
    let message_weight =
        |text: &str| messages.iter().flatten().map(|pattern| message_fits(pattern, text)).max().unwrap_or(0);

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
    matches!(pieces(text).as_slice(), [Piece::Any])
}

/// 0: no. Otherwise the more, the more letters of the pattern are literal; an exact text beats any placeholder.
fn message_fits(pattern: &str, text: &str) -> usize {
    const EXACT: usize = 1 << 20;
    let (pattern, text) = (normal(pattern), normal(text));
    if pattern == text {
        return if pattern.is_empty() { 0 } else { EXACT };
    }
    let pieces = pieces(&pattern);
    if !pieces.contains(&Piece::Any) || !matches(&pieces, &text) {
        return 0;
    }
    let literal = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => text.len(),
        Piece::Any => 0,
    };
    pieces.iter().map(literal).sum()
}

/// White space made one, line breaks of HTML, a full stop at the end and backquotes left out: the server quotes names with
/// them, and on the page they are markup.
fn normal(text: &str) -> String {
    let text = text.replace('`', "").replace("<br>", " ").replace("<br/>", " ").replace("<br />", " ");
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').trim_end().to_owned()
}

/// A part of a documented message.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    Any,
}

/// Splits a documented message at its placeholders.
fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < pattern.len() {
        let rest = &pattern[at..];
        match placeholder(rest) {
            Some(length) => {
                if from < at {
                    pieces.push(Piece::Text(&pattern[from..at]));
                }
                pieces.push(Piece::Any);
                at += length;
                from = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    if from < pattern.len() {
        pieces.push(Piece::Text(&pattern[from..]));
    }
    pieces
}

/// Length of the placeholder at the beginning of `text`.
fn placeholder(text: &str) -> Option<usize> {
    let enclosed = |open: char, close: char, inside: fn(char) -> bool| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close)?;
        (end > 0 && end <= 40 && inner[..end].chars().all(inside)).then_some(end + 2)
    };
    let word =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ' ' | '$' | '.' | '[' | ']' | '\'');
    let name = |letter: char| letter.is_alphanumeric() || letter == '_';
    enclosed('{', '}', word)
        .or_else(|| enclosed('#', '#', name))
        .or_else(|| enclosed('<', '>', word))
        .or_else(|| enclosed('%', '%', name))
        .or_else(|| {
            ["%s", "%d", "%u", "...", "…", "***"].iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len())
        })
        // A number sign alone stands for a number.
        .or_else(|| (text == "#" || text.starts_with("# ")).then_some(1))
}

/// Whether `text` is the pattern with something in place of each placeholder.
fn matches(pieces: &[Piece<'_>], text: &str) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Text(literal), rest @ ..] => text.strip_prefix(literal).is_some_and(|text| matches(rest, text)),
        [Piece::Any, Piece::Any, ..] => matches(&pieces[1..], text),
        [Piece::Any] => is_filling(text),
        [Piece::Any, rest @ ..] => {
            let Some(Piece::Text(next)) = rest.first() else { return false };
            text.match_indices(next).any(|(at, _)| is_filling(&text[..at]) && matches(rest, &text[at..]))
        }
    }
}

/// Whether `text` may stand in a placeholder's place. Not where it is another name in braces: the server writes
/// `parameter {id}` with the braces, and `{title}` is then another error.
fn is_filling(text: &str) -> bool {
    let in_braces = text.starts_with('{') && text.ends_with('}') && text.len() > 2;
    !(text.is_empty() || in_braces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Violation;

    fn error(code: &str, message: &str) -> ServerError {
        ServerError { code: code.to_owned(), message: message.to_owned(), ..ServerError::default() }
    }

    fn v3(code: &str, message: &str, field: &str, why: &str) -> ServerError {
        let validation = vec![Violation { field: field.to_owned(), message: why.to_owned() }];
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
}
