//! Names for the rows of an error table: unique identifiers that a reader can tell apart.
//!
//! The same method read from Russian and from English pages must get the same names, so a name comes from the code,
//! never from translated text:
//!
//! | row | name |
//! | --- | --- |
//! | `CONNECTOR_NOT_FOUND` | `ConnectorNotFound` |
//! | the same code again | `ConnectorNotFoundRow2` |
//! | `200040300010` | `Code200040300010` |
//! | empty, or a number that stands in several rows; message "ID is not defined" | `IdNotDefined` |
//! | the same, its message absent or not ASCII, third with its code | `Row3`, `Code100Row3` |
//! | `…_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION`, field `title` | `RequestValidationTitle` |

use std::collections::{HashMap, HashSet};

use heck::ToPascalCase as _;

use super::ErrorRow;
use crate::vocabulary;

/// As many words of a message make a name, unless more are needed to tell two apart.
const WORDS: usize = 6;
/// No name has more words of a message than this.
const MOST_WORDS: usize = 16;

/// API v3 sends names of PHP classes in capitals; these are the words that they are made of. None starts another.
const CLASS_WORDS: [&str; 25] = [
    "ACCESS",
    "DENIED",
    "DTO",
    "ENTITY",
    "FIELD",
    "FILTER",
    "FOUND",
    "INSUFFICIENT",
    "INTERNAL",
    "INVALID",
    "LIMIT",
    "METHOD",
    "MISSING",
    "NOT",
    "OPERATOR",
    "ORDER",
    "PAGINATION",
    "PARAMETER",
    "PROPERTY",
    "REQUEST",
    "REQUIRED",
    "SCOPE",
    "SELECT",
    "UNKNOWN",
    "VALIDATION",
];

/// A CamelCase identifier for each of a method's errors, in their order.
pub fn variants(rows: &[ErrorRow]) -> Vec<String> {
    let mut counts: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    let ordinals: Vec<usize> = rows
        .iter()
        .map(|row| {
            let count = counts.entry(key(row)).or_default();
            *count += 1;
            *count
        })
        .collect();
    let mut names = vec![String::new(); rows.len()];
    let mut taken: HashSet<String> = HashSet::from(["Self".to_owned()]);
    // Codes first: no message may take the name of a code, wherever in the table it stands.
    for by_code in [true, false] {
        for ((row, ordinal), name) in rows.iter().zip(&ordinals).zip(&mut names) {
            let repeated = counts.get(&key(row)).is_some_and(|count| *count > 1);
            let silent = row.code.is_empty() || is_number(&row.code) && repeated;
            let message = row.message.as_deref().filter(|message| silent && message.is_ascii());
            let candidates = message.map(message_names).unwrap_or_default();
            let first = candidates.is_empty() && !row.code.is_empty() && *ordinal == 1;
            if first == by_code {
                *name = take(candidates, row, *ordinal, &mut taken);
            }
        }
    }
    names
}

fn key(row: &ErrorRow) -> (&str, Option<&str>) {
    (&row.code, row.field.as_deref())
}

/// The first free one of the candidates, of the code's names, and of those with the row's place.
fn take(candidates: Vec<String>, row: &ErrorRow, ordinal: usize, taken: &mut HashSet<String>) -> String {
    let codes = code_names(row);
    let plain = if ordinal == 1 && candidates.is_empty() { codes.clone() } else { Vec::new() };
    let base = candidates.last().or(codes.first()).cloned().unwrap_or_default();
    let placed = (ordinal..).map(|n| format!("{base}Row{n}"));
    let mut all = candidates.into_iter().chain(plain).chain(placed);
    // Endless, so one of them is free.
    all.find(|name| taken.insert(name.clone())).unwrap_or_default()
}

/// Names that the code gives, the short one first; none where nothing of it can stand in an identifier.
fn code_names(row: &ErrorRow) -> Vec<String> {
    let field = row.field.as_deref().map(camel).unwrap_or_default();
    let short = class_name(&row.code).map(|class| camel(&class));
    let whole = camel(&row.code);
    let whole = if whole.starts_with(|c: char| c.is_ascii_digit()) { format!("Code{whole}") } else { whole };
    short.into_iter().chain([whole]).filter(|name| !name.is_empty()).map(|name| name + &field).collect()
}

/// The class in `…_EXCEPTION_…_SOMETHINGEXCEPTION`, its words parted where all of them are known.
fn class_name(code: &str) -> Option<String> {
    let (namespace, class) = code.rsplit_once('_')?;
    let class = class.strip_suffix("EXCEPTION").filter(|class| class.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    if !namespace.split('_').any(|part| part == "EXCEPTION") {
        return None;
    }
    let mut words = Vec::new();
    let mut rest = class;
    while !rest.is_empty() {
        let Some(word) = CLASS_WORDS.iter().find(|word| rest.starts_with(**word)) else {
            return Some(class.to_owned());
        };
        words.push(*word);
        rest = &rest[word.len()..];
    }
    Some(words.join("_"))
}

/// Names out of a message's words, the shortest first.
fn message_names(message: &str) -> Vec<String> {
    let text = message.replace('\'', "");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let minor =
        |word: &str| vocabulary::ALL.iter().any(|v| v.minor_words.contains(&word.to_ascii_lowercase().as_str()));
    let words: Vec<String> = words.filter(|word| !minor(word)).take(MOST_WORDS).map(camel).collect();
    let name = |count: usize| {
        let name = words[..count].concat();
        if name.starts_with(|c: char| c.is_ascii_digit()) { format!("Error{name}") } else { name }
    };
    (WORDS.min(words.len())..=words.len()).filter(|count| *count > 0).map(name).collect()
}

fn is_number(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_digit())
}

/// CamelCase of ASCII letters and digits.
fn camel(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    ascii.to_pascal_case()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(code: &str, message: Option<&str>, field: Option<&str>) -> ErrorRow {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        ErrorRow { code: code.to_owned(), message: owned(message), field: owned(field), ..ErrorRow::default() }
    }

    fn names(rows: &[(&str, Option<&str>)]) -> Vec<String> {
        variants(&rows.iter().map(|(code, message)| row(code, *message, None)).collect::<Vec<_>>())
    }

    #[test]
    fn a_code_names_its_row() {
        let rows = [
            ("CONNECTOR_NOT_FOUND", None),
            ("200040300010", Some("Access Denied")),
            ("insufficient_scope", None),
            ("CONTROLLER_ERROR_<ERROR_CODE>", None),
            ("0x000040", None),
            ("self", None),
        ];
        assert_eq!(
            names(&rows),
            [
                "ConnectorNotFound",
                "Code200040300010",
                "InsufficientScope",
                "ControllerErrorErrorCode",
                "Code0x000040",
                "SelfRow1"
            ]
        );
    }

    #[test]
    fn a_code_in_several_rows_is_counted_whatever_the_messages_language() {
        let russian = [("ERROR_CORE", Some("Нет лампы")), ("NO_KEY", None), ("ERROR_CORE", Some("Нет ключа"))];
        let english = [("ERROR_CORE", Some("No lamp")), ("NO_KEY", None), ("ERROR_CORE", Some("No key"))];
        assert_eq!(names(&russian), ["ErrorCore", "NoKey", "ErrorCoreRow2"]);
        assert_eq!(names(&english), names(&russian));
    }

    #[test]
    fn an_empty_or_repeated_numeric_code_is_named_by_an_ascii_message() {
        let rows = [
            ("", Some("ID is not defined or invalid")),
            ("", Some("Доступ запрещен")),
            ("", Some("You don't have access to the lamp of this room")),
            ("100", Some("3 lamps are too many")),
            ("100", Some("Слишком много")),
            ("100", None),
        ];
        assert_eq!(
            names(&rows),
            [
                "IdNotDefinedOrInvalid",
                "Row2",
                "YouDontHaveAccessToLamp",
                "Error3LampsTooMany",
                "Code100Row2",
                "Code100Row3"
            ]
        );
    }

    #[test]
    fn messages_that_begin_alike_take_more_words_and_never_a_codes_name() {
        let rows = [
            ("", Some("Failed to add the lamp to room one of house")),
            ("", Some("Failed to add the lamp to room two of house")),
            ("", Some("Access denied")),
            ("", Some("Access denied")),
            ("ACCESS_DENIED", None),
        ];
        assert_eq!(
            names(&rows),
            [
                "FailedToAddLampToRoom",
                "FailedToAddLampToRoomTwo",
                "AccessDeniedRow3",
                "AccessDeniedRow4",
                "AccessDenied"
            ]
        );
    }

    #[test]
    fn v3_codes_are_named_by_class_and_field() {
        let prefix = "BITRIX_REST_V3_EXCEPTION_";
        let code = |tail: &str| format!("{prefix}{tail}");
        let rows = [
            row(&code("VALIDATION_REQUESTVALIDATIONEXCEPTION"), None, Some("title")),
            row(&code("VALIDATION_REQUESTVALIDATIONEXCEPTION"), None, Some("filter.userId")),
            row(&code("VALIDATION_REQUESTVALIDATIONEXCEPTION"), None, None),
            row(&code("ACCESSDENIEDEXCEPTION"), None, None),
            row(&code("ACCESSDENIEDEXCEPTION"), None, None),
            row(&code("OTHER_ACCESSDENIEDEXCEPTION"), None, None),
            row(&code("LAMPNOTLITEXCEPTION"), None, None),
            row("BITRIX_REST_V3_REALISATION_EXCEPTION_FIELDNOTFOUNDEXCEPTION", None, None),
        ];
        assert_eq!(
            variants(&rows),
            [
                "RequestValidationTitle",
                "RequestValidationFilterUserId",
                "RequestValidation",
                "AccessDenied",
                "AccessDeniedRow2",
                "BitrixRestV3ExceptionOtherAccessdeniedexception",
                "Lampnotlit",
                "FieldNotFound"
            ]
        );
    }

    #[test]
    fn no_class_word_starts_another() {
        let starts = |a: &str, b: &str| a != b && b.starts_with(a);
        assert!(CLASS_WORDS.iter().all(|a| CLASS_WORDS.iter().all(|b| !starts(a, b))));
    }

    fn any_row() -> impl Strategy<Value = ErrorRow> {
        let code =
            prop_oneof!["", "[0-9]{1,3}", "[A-C_]{1,4}", "(SELF|self|_|0_0|A_EXCEPTION_BEXCEPTION)", "\\PC{0,12}"];
        let message = proptest::option::of(prop_oneof!["(a|the|Self|Row2|A B|is){0,3}", "[ab ]{0,20}", "\\PC{0,40}"]);
        let field = proptest::option::of(prop_oneof!["[a-b.]{0,3}", "\\PC{0,6}"]);
        (code, message, field).prop_map(|(code, message, field)| ErrorRow {
            code,
            message,
            field,
            ..ErrorRow::default()
        })
    }

    proptest! {
        #[test]
        fn every_name_is_an_identifier_and_stands_once(rows in proptest::collection::vec(any_row(), 0..20)) {
            let names = variants(&rows);
            prop_assert_eq!(names.len(), rows.len());
            for name in &names {
                prop_assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{:?}", name);
                prop_assert!(name.is_ascii() && name.starts_with(|c: char| c.is_ascii_uppercase()), "{:?}", name);
            }
            prop_assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        }

        #[test]
        fn messages_of_word_codes_do_not_matter(rows in proptest::collection::vec(any_row(), 0..20)) {
            let worded: Vec<ErrorRow> = rows.into_iter().filter(|r| r.code.starts_with(char::is_alphabetic)).collect();
            let silent: Vec<ErrorRow> = worded.iter().map(|r| ErrorRow { message: None, ..r.clone() }).collect();
            prop_assert_eq!(variants(&worded), variants(&silent));
        }
    }
}
