//! Natural language as data: what headings, column titles and set phrases mean, one table per language.
//!
//! Only this module's callers in [`facts`](crate::facts) look words up; nothing behind them knows a language. A third
//! language is one more file. All phrases are in lower case; a phrase of a heading is compared with the heading's
//! beginning, a phrase of a sentence is looked for anywhere in it.

mod en;
mod phrases;
mod ru;

pub use phrases::Phrases;
use phrases::after;

/// What a section of a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What the method takes.
    Parameters,
    /// How a call looks.
    Examples,
    /// What comes back: the example and all tables below.
    Response,
    /// The table of what comes back.
    Returned,
    /// Errors: example, form and codes.
    Errors,
    /// What a handler receives: of events, placements, webhooks.
    Event,
    /// Links to other pages.
    Links,
}

/// What a table's column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// A field's name, maybe with its type.
    Name,
    /// A field's type.
    Type,
    /// What it means.
    Description,
    /// Whether it can be read.
    Read,
    /// Whether it can be written.
    Write,
    /// Whether it is required.
    Required,
    /// Its default.
    Default,
    /// More about it.
    Remark,
    /// An error's code.
    Code,
    /// An error's message.
    Message,
    /// An HTTP status.
    Status,
    /// v3: how to mend an error.
    Mend,
    /// Methods, events, places of widgets: a table of links.
    Link,
    /// Distilled pages: a type in the notation that leaves nothing open.
    Exact,
    /// Distilled pages: what a fact was learnt from, where that is no table of the page itself.
    Source,
}

/// The words of one language.
#[derive(Debug)]
pub struct Vocabulary {
    /// `ru`, `en`.
    pub language: &'static str,
    /// Whether a heading's letters tell this language.
    pub letters: fn(char) -> bool,
    /// Whether the language is written in letters that are not ASCII, so that ASCII text on its pages is the
    /// server's.
    pub own_script: bool,
    /// Beginnings of headings; with `$` at the end, whole headings.
    pub roles: &'static [(&'static str, Role)],
    /// Column titles.
    pub columns: &'static [(&'static str, Column)],
    /// What stands in a code's cell where the code is empty.
    pub empty_code: &'static [&'static str],
    /// Line before a v3 error table that names the code.
    pub code_line: &'static [&'static str],
    /// Line before an error table that names the HTTP status.
    pub status_line: &'static [&'static str],
    /// Words that a name made of a message does without.
    pub minor_words: &'static [&'static str],
    /// Beginnings of the headings of errors that any method may answer with.
    pub system_errors: &'static [&'static str],
    /// The method or event is deprecated.
    pub deprecated: Phrases,
    /// The default follows.
    pub default: Phrases,
    /// Words after which it follows at once.
    pub before_default: &'static [&'static str],
    /// The allowed values follow.
    pub values: Phrases,
    /// What follows is an example.
    pub examples: Phrases,
    /// The parameter is required under a condition.
    pub required_if: Phrases,
    /// Parameters are sent in the table's order.
    pub positional: Phrases,
    /// One of several parameters is enough.
    pub one_of: Phrases,
    /// The same with words of the docs' own in it, for which `*` stands.
    pub one_of_kind: &'static [&'static str],
    /// A method that reads makes what it does not find.
    pub creates: Phrases,
    /// What follows is sent to the address that the sentence names.
    pub sent_to: Phrases,
    /// What follows has to be answered to it.
    pub answered: Phrases,
    /// What the title of a method that only reads begins with.
    pub reads: &'static [&'static str],
    /// Words of the title of one that can do more.
    pub alters: Phrases,
    /// A scope that is no scope: `basic`, "depends on the place".
    pub no_scope: &'static [&'static str],
    /// Marks of a section about filter, order or select fields, with the parameter's name.
    pub section_params: &'static [(&'static str, &'static str)],
    /// A type written as a word of the language.
    pub types: &'static [(&'static str, &'static str)],
    /// Words of a description that let an `array`, an `object` or a `number` in.
    pub kinds: &'static [(&'static str, Phrases)],
    /// `yes` in a read, write or required column.
    pub yes: &'static [&'static str],
    /// An identifier is a whole number, an object, a string (data type pages).
    pub integer_identifier: Phrases,
    /// … an object.
    pub object_identifier: Phrases,
    /// The value may be null.
    pub nullable: Phrases,
    /// Identifiers, in the plural.
    pub identifiers: Phrases,
    /// Words that say that a list's items are no scalars.
    pub item_objects: Phrases,
    /// What a list holds, as its description begins to say, with the basic type of an item.
    /// `*` stands for up to three words.
    pub items: &'static [(&'static str, &'static str)],
    /// Only sent back, never taken.
    pub read_only: Phrases,
    /// Beginning of the line that marks a distilled page and names its original.
    pub distilled: &'static str,
}

/// Every language, the fallback last.
pub const ALL: [&Vocabulary; 2] = [&ru::RU, &en::EN];

/// The language whose letters the headings use.
pub fn recognise(headings: &str) -> &'static Vocabulary {
    ALL.into_iter().find(|v| headings.chars().any(v.letters)).unwrap_or(&en::EN)
}

/// The words of `language`; of the fallback where there is no such language.
pub fn of(language: &str) -> &'static Vocabulary {
    ALL.into_iter().find(|words| words.language == language).unwrap_or(&en::EN)
}

impl Vocabulary {
    /// The role that a heading gives its section.
    pub fn role(&self, heading: &str) -> Option<Role> {
        let heading = heading.trim();
        let means = |phrase: &str| match phrase.strip_suffix('$') {
            Some(whole) => after(heading, whole) == Some(""),
            None => after(heading, phrase).is_some(),
        };
        self.roles.iter().find(|(phrase, _)| means(phrase)).map(|(_, role)| *role)
    }

    /// A heading that gives its section this role: the first one of the list.
    pub fn heading(&self, role: Role) -> String {
        capitalised(self.roles.iter().find(|(_, of)| *of == role).map_or("", |(start, _)| start))
    }

    /// A title that gives its column this meaning: the first one of the list.
    pub fn title(&self, column: Column) -> String {
        capitalised(self.columns.iter().find(|(_, of)| *of == column).map_or("", |(word, _)| word))
    }

    /// Whether a heading stands above the errors that any method may answer with.
    pub fn is_system_errors(&self, heading: &str) -> bool {
        begins(self.system_errors, heading.trim())
    }

    /// Whether the cell of a code says that the code is empty; quotes around it and a remark in brackets do not count.
    pub fn is_empty_code(&self, cell: &str) -> bool {
        let cell = cell.split(" (").next().unwrap_or_default();
        let cell = cell.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '`' | '\'' | '"' | '‘' | '’' | '“' | '”' | '«' | '»')
        });
        self.empty_code.iter().any(|empty| after(cell, empty) == Some(""))
    }

    /// Whether a default follows directly behind `text`.
    pub fn ends_before_default(&self, text: &str) -> bool {
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':' | '='));
        let last = text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        self.before_default.iter().any(|word| last.eq_ignore_ascii_case(word))
    }

    /// Whether `text` says that one of what it names is enough.
    pub fn says_one_of(&self, text: &str) -> bool {
        let loosely = |phrase: &str| {
            let start = phrase.split('*').next().unwrap_or_default();
            text.match_indices(start).any(|(at, _)| begins_loosely(&text[at..], phrase))
        };
        self.one_of.are_in(text) || self.one_of_kind.iter().any(|phrase| loosely(phrase))
    }

    /// The basic type of a list's items, where the description begins with it.
    pub fn item(&self, description: &str) -> Option<&'static str> {
        let sentence = description.trim_start().split(['.', '\n', '{']).next().unwrap_or_default();
        if self.item_objects.are_in(sentence) {
            return None;
        }
        let begins = self.items.iter().find(|(phrase, _)| begins_loosely(sentence, phrase)).map(|(_, basic)| *basic);
        begins.or_else(|| self.identifiers.are_in(sentence).then_some("integer"))
    }

    /// What a column title means.
    pub fn column(&self, title: &str) -> Option<Column> {
        let title = title.trim().trim_matches(['*', '`', ':']);
        self.columns.iter().find(|(word, _)| after(title, word) == Some("")).map(|(_, column)| *column)
    }
}

/// Whether `text` begins with `phrase`, in which `*` stands for up to three words.
fn begins_loosely(text: &str, phrase: &str) -> bool {
    let Some((start, end)) = phrase.split_once("* ") else { return after(text, phrase).is_some() };
    let words = |rest: &str| rest.split_once(' ').map_or(rest.len(), |(word, _)| word.len() + 1);
    after(text, start).is_some_and(|mut rest| {
        (0..=3).any(|_| {
            let found = after(rest, end).is_some();
            rest = &rest[words(rest)..];
            found
        })
    })
}

/// With a capital letter in front.
pub fn capitalised(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether `text`, in any case, begins with one of the phrases.
pub fn begins(phrases: &[&str], text: &str) -> bool {
    behind(phrases, text).is_some()
}

/// What follows the phrase that `text`, in any case, begins with.
pub fn behind<'t>(phrases: &[&str], text: &'t str) -> Option<&'t str> {
    phrases.iter().find_map(|phrase| after(text, phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_stand_before_what_a_list_holds() {
        for (description, basic) in [
            ("List of codes", Some("string")),
            ("List of group tool codes, if any", Some("string")),
            ("Array of the names of tags", Some("string")),
            ("List of all the many old codes", None),
            ("List of process fields", None),
            ("Array of data fields", None),
        ] {
            assert_eq!(en::EN.item(description), basic, "{description}");
        }
    }

    #[test]
    fn an_empty_code_is_told_in_any_case_and_in_quotes() {
        for cell in ["", "`null`", "«Пустая строка»", " — ", "Нет (см. ниже)"] {
            assert!(ru::RU.is_empty_code(cell), "{cell}");
        }
        assert!(!ru::RU.is_empty_code("НЕТ_ПРАВ"));
        assert!(!ru::RU.is_empty_code("nul"));
    }

    #[test]
    fn one_is_enough_whatever_kind_of_parameter_it_is() {
        assert!(en::EN.says_one_of("- one of the chat identifier parameters — "));
        assert!(!en::EN.says_one_of("one of the stars that have a few other parameters"));
        assert!(ru::RU.says_one_of("Передайте один из параметров "));
    }
}
