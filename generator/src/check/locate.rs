//! Finds a member of an example in the page's own text, whatever language the literal is written in: JSON, the literals of
//! JavaScript and PHP, and bodies of forms.

use std::ops::Range;

use super::finding::floor;

/// One step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'s> {
    Key(&'s str),
    Item(usize),
}

/// How far behind its start an example is searched, in bytes.
const MAX_EXAMPLE: usize = 1 << 20;

/// The key (of an item: the value) that `path` leads to in the literal that starts at or behind `at`.
pub(super) fn member(text: &str, at: usize, path: &[Step<'_>]) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let block = &rest[..rest.find("```").unwrap_or(rest.len()).min(floor(rest, MAX_EXAMPLE))];
    let start = block.find(['{', '[', '('])?;
    let found = Scan { text: block, at: start }.follow(path).or_else(|| form(block, path))?;
    Some(at + found.start..at + found.end)
}

/// `fields[TITLE]=…`: the path as a form writes it.
fn form(block: &str, path: &[Step<'_>]) -> Option<Range<usize>> {
    let mut name = String::new();
    for step in path {
        let part = match step {
            Step::Key(key) => (*key).to_owned(),
            Step::Item(index) => index.to_string(),
        };
        name = if name.is_empty() { part } else { format!("{name}[{part}]") };
    }
    let at = super::page::word(block, &name)?;
    Some(at..at + name.len())
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn follow(mut self, path: &[Step<'_>]) -> Option<Range<usize>> {
        let (step, rest) = path.split_first()?;
        // Behind the bracket.
        self.at += 1;
        let mut index = 0;
        loop {
            self.space();
            let c = self.peek()?;
            if matches!(c, ']' | '}' | ')') {
                return None;
            }
            if c == ',' {
                self.at += 1;
                continue;
            }
            let key = self.key();
            self.space();
            let start = self.at;
            let wanted = match (step, &key) {
                (Step::Key(name), Some(key)) => *name == self.text[key.clone()].trim_matches(['"', '\'']),
                (Step::Item(wanted), None) => *wanted == index,
                (Step::Item(wanted), Some(key)) => self.text[key.clone()] == wanted.to_string(),
                (Step::Key(_), None) => false,
            };
            if wanted {
                if rest.is_empty() {
                    return key.or_else(|| {
                        self.value();
                        Some(start..self.at)
                    });
                }
                let open = self.opening()?;
                return Scan { text: self.text, at: open }.follow(rest);
            }
            self.value();
            if self.at == start {
                return None;
            }
            index += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn space(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            let rest = &self.text[self.at..];
            if rest.starts_with("//") || rest.starts_with('#') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    /// A key with its `:` or `=>`; nothing is taken where there is none.
    fn key(&mut self) -> Option<Range<usize>> {
        let before = self.at;
        let start = self.at;
        match self.peek()? {
            '"' | '\'' => self.string(),
            c if c.is_alphanumeric() || matches!(c, '_' | '$') => {
                let rest = &self.text[start..];
                self.at += rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
            }
            _ => return None,
        }
        let end = self.at;
        self.space();
        let rest = &self.text[self.at..];
        if rest.starts_with("=>") {
            self.at += 2;
        } else if rest.starts_with(':') && !rest.starts_with("::") {
            self.at += 1;
        } else {
            self.at = before;
            return None;
        }
        Some(start..end)
    }

    fn string(&mut self) {
        let Some(quote) = self.peek() else { return };
        let mut escaped = false;
        for (offset, c) in self.text[self.at..].char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                self.at += offset + c.len_utf8();
                return;
            }
        }
        self.at = self.text.len();
    }

    /// The bracket that the value starts with, behind `array` and the like.
    fn opening(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let at = rest.find(['{', '[', '('])?;
        rest[..at].chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || c == '_').then_some(self.at + at)
    }

    /// Passes over a value, up to the comma or bracket behind it.
    fn value(&mut self) {
        let mut depth = 0usize;
        while let Some(c) = self.peek() {
            match c {
                '"' | '\'' => {
                    self.string();
                    continue;
                }
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' | ',' if depth == 0 => return,
                '}' | ']' | ')' => depth -= 1,
                _ => {}
            }
            self.at += c.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Step::{Item, Key};
    use super::*;

    fn found(text: &str, path: &[Step<'_>]) -> Option<(usize, String)> {
        member(text, 0, path).map(|span| (span.start, text[span].to_owned()))
    }

    #[test]
    fn a_member_is_found_at_its_own_depth() {
        let json = r#"{"a": {"id": 1}, "id": 2, "list": [{"x": "}"}, {"id": 3}]}"#;
        assert_eq!(found(json, &[Key("id")]), Some((17, "\"id\"".to_owned())));
        assert_eq!(found(json, &[Key("a"), Key("id")]), Some((7, "\"id\"".to_owned())));
        assert_eq!(found(json, &[Key("list"), Item(1), Key("id")]), Some((48, "\"id\"".to_owned())));
        assert_eq!(found(json, &[Key("list"), Item(0), Key("id")]), None);
    }

    #[test]
    fn literals_of_other_languages_and_forms_are_read_too() {
        let php = "call('x', ['fields' => ['TITLE' => 'a, b', 'ID' => 1]])";
        assert_eq!(member(php, 9, &[Key("fields"), Key("ID")]).map(|span| &php[span]), Some("'ID'"));
        let js = "{ fields: { TITLE: 'x', // ID: 0\n ID: 1 } }";
        assert_eq!(found(js, &[Key("fields"), Key("ID")]), Some((34, "ID".to_owned())));
        let form = "-d 'id=1&fields[TITLE]=x'";
        assert_eq!(found(form, &[Key("fields"), Key("TITLE")]), Some((9, "fields[TITLE]".to_owned())));
    }

    #[test]
    fn what_is_cut_off_is_no_panic() {
        for text in ["", "{", "{\"a", "{\"a\": [", "{ё", "[1, 2", "{a: \"\\"] {
            assert_eq!(found(text, &[Key("b"), Item(3)]), None, "{text}");
        }
    }
}
