//! What is called and what is assigned in example code, without reading the code as a whole.

use std::collections::HashMap;
use std::ops::Range;

use super::Error;
use super::cursor::{Cursor, is_word};

/// The longest type argument that is looked for behind a name, in characters.
const MAX_GENERIC: usize = 4_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// TypeScript too.
    JavaScript,
    Php,
}

/// The calls and assignments of a piece of code, in its order.
#[derive(Debug, Default)]
pub(crate) struct Code<'a> {
    pub(crate) calls: Vec<Site<'a>>,
    assigned: HashMap<&'a str, Vec<usize>>,
}

/// A call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Site<'a> {
    /// What is called, from the expression's first name on: `$b24.actions.v2.call.make`.
    pub(crate) path: &'a str,
    /// What stands in `<…>` behind the name, and where.
    pub(crate) generic: Option<Range<usize>>,
    /// The byte behind the opening parenthesis.
    pub(crate) arguments: usize,
}

impl Site<'_> {
    /// The names of the path, from the last to the first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.path.rsplit(|c: char| !is_word(c)).filter(|name| !name.is_empty())
    }
}

impl Code<'_> {
    /// Where the value starts that `name` was last given before byte `before`.
    pub(crate) fn value_of(&self, name: &str, before: usize) -> Option<usize> {
        let places = self.assigned.get(name)?;
        places[..places.partition_point(|at| *at < before)].last().copied()
    }
}

pub(crate) fn scan(text: &str, language: Language) -> Result<Code<'_>, Error> {
    let mut c = if language == Language::Php { Cursor::php(text)? } else { Cursor::new(text)? };
    let mut code = Code::default();
    let mut path: Option<usize> = None;
    loop {
        c.blanks();
        let start = c.at;
        let Some(next) = c.peek() else { return Ok(code) };
        match next {
            '"' | '\'' | '`' => {
                c.at += 1;
                c.skip_string(next);
                path = None;
            }
            '.' | '-' | ':' | '?' if ["?->", "?.", "->", "::", "."].iter().any(|joint| c.eat(joint)) => {}
            _ if is_word(next) => {
                let word = c.word();
                let name = *path.get_or_insert(start);
                let end = c.at;
                let generic = (language == Language::JavaScript).then(|| generic(c.rest())).flatten();
                c.at += generic.as_ref().map_or(0, |inside| inside.end + 1);
                c.blanks();
                if c.eat("(") {
                    let generic = generic.map(|inside| end + inside.start..end + inside.end);
                    code.calls.push(Site { path: &text[name..end], generic, arguments: c.at });
                    path = None;
                } else if ["?->", "?.", "->", "::", "."].iter().any(|joint| c.starts(joint)) {
                    // The path goes on.
                } else {
                    path = None;
                    if c.starts("=") && !c.starts("==") && !c.starts("=>") {
                        c.at += 1;
                        code.assigned.entry(word).or_default().push(c.at);
                    }
                }
            }
            _ => {
                c.bump();
                path = None;
            }
        }
    }
}

/// The inside of the `<…>` at the start of `rest`, where a call follows.
fn generic(rest: &str) -> Option<Range<usize>> {
    if !rest.starts_with('<') {
        return None;
    }
    let mut depth = 0_u32;
    let mut before = ' ';
    for (at, c) in rest.char_indices().take(MAX_GENERIC) {
        match c {
            '<' => depth += 1,
            // Not the arrow of a function type.
            '>' if before != '=' => depth -= 1,
            ';' if depth == 1 && before != '}' && !rest[..at].contains('{') => return None,
            _ => {}
        }
        if depth == 0 {
            return rest[at + 1..].trim_start().starts_with('(').then_some(1..at);
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_their_path_and_type() {
        let text = "const r = await $b24.actions.v2.call.make<{ a: Array<X>; f: () => void }>({\n}) // no.call(\n\
                    if (a < b) { 'no(' + `no(` }";
        let code = scan(text, Language::JavaScript).unwrap();
        let paths: Vec<&str> = code.calls.iter().map(|site| site.path).collect();
        assert_eq!(paths, ["$b24.actions.v2.call.make", "if"]);
        assert_eq!(&text[code.calls[0].generic.clone().unwrap()], "{ a: Array<X>; f: () => void }");
        assert_eq!(code.calls[0].names().take(2).collect::<Vec<_>>(), ["make", "call"]);
        assert!(text[code.calls[0].arguments..].starts_with("{\n}"));
    }

    #[test]
    fn php_joints_may_stand_on_lines_of_their_own() {
        let code = scan("$a = $service\n  ->core\n  ->call('x'); CRest::call('y') # z(", Language::Php).unwrap();
        let paths: Vec<&str> = code.calls.iter().map(|site| site.path).collect();
        assert_eq!(paths, ["$service\n  ->core\n  ->call", "CRest::call"]);
    }

    #[test]
    fn a_name_has_the_value_it_was_given_last() {
        let text = "let a = 1; a == 2; a = 3; f(a); a = 4";
        let code = scan(text, Language::JavaScript).unwrap();
        let at = code.value_of("a", code.calls[0].arguments).unwrap();
        assert!(text[at..].starts_with(" 3;"));
        assert_eq!(code.value_of("b", text.len()), None);
    }
}
