//! The words of one shell command, quotes resolved and expansions kept.

use super::Error;
use super::cursor::Cursor;

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Without its quotes; an expansion (`$(date)`, `$id`) stands in it as written, but for its quotes.
    pub text: String,
    /// The byte where the word's text starts, behind its opening quote.
    pub at: usize,
    /// Whether it holds an expansion: then the text is not what the command gets.
    pub expanded: bool,
}

/// The words of the command at the start of `text`, up to the line's end (over `\` at a line's end and over lines that
/// go on with an option or a URL, since the docs forget some backslashes).
///
/// # Errors
///
/// When the text is too long.
pub fn words(text: &str) -> Result<Vec<Word>, Error> {
    let mut c = Cursor::new(text)?;
    let mut out = Vec::new();
    while between(&mut c) {
        let word = word(&mut c);
        // Some examples write `/` where the shell wants a backslash.
        if word.text != "/" {
            out.push(word);
        }
    }
    Ok(out)
}

/// Passes over what stands between words; says whether there is another one.
fn between(c: &mut Cursor<'_>) -> bool {
    loop {
        c.take_while(|c| matches!(c, ' ' | '\t' | '\r'));
        match c.peek() {
            None | Some(';' | '|' | ')') => return false,
            Some('\\') if c.rest()[1..].trim_start_matches([' ', '\t', '\r']).starts_with(['\n', '#']) => {
                c.at += 1;
                c.take_while(|c| c != '\n');
                c.eat("\n");
                continue;
            }
            Some('#') => {
                c.take_while(|c| c != '\n');
            }
            Some('\n') => {}
            Some(_) => return true,
        }
        let line = c.rest().trim_start();
        if !line.starts_with('-') && !line.starts_with("http") {
            return false;
        }
        c.take_while(char::is_whitespace);
    }
}

fn word(c: &mut Cursor<'_>) -> Word {
    let mut word = Word { at: c.at + usize::from(c.starts("'") || c.starts("\"")), ..Word::default() };
    loop {
        word.text.push_str(c.take_while(|c| !matches!(c, '\'' | '"' | '\\' | '$' | ' ' | '\t' | '\n' | '\r')));
        match c.peek() {
            Some('\'') => {
                c.at += 1;
                single(c, &mut word);
            }
            Some('"') => {
                c.at += 1;
                double(c, &mut word);
            }
            Some('$') => expansion(c, &mut word),
            Some('\\') => {
                c.at += 1;
                match c.bump() {
                    Some('\n') | None => {}
                    Some(escaped) => word.text.push(escaped),
                }
            }
            _ => return word,
        }
    }
}

/// The rest of a single-quoted part.
fn single(c: &mut Cursor<'_>, word: &mut Word) {
    loop {
        word.text.push_str(c.take_while(|c| c != '\''));
        if c.bump().is_none() || leaves_quotes(c.rest(), &word.text) {
            return;
        }
        word.text.push('\'');
    }
}

/// Whether the single quote before `rest` ends the quoted part. Many examples forget to escape an apostrophe: such a one
/// stands in a word, or within JSON that is not complete yet.
fn leaves_quotes(rest: &str, before: &str) -> bool {
    // Bounded, since this is asked at every quote.
    let first = before.chars().take(100).find(|c| !c.is_whitespace());
    if !matches!(first, Some('{' | '[')) {
        return !(before.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric));
    }
    let last = before.chars().rev().take(100).find(|c| !c.is_whitespace());
    let complete = matches!(last, Some('}' | ']'));
    match rest.as_bytes() {
        // Out of the quotes and in again: `'"$id"'`, `'"'"'`, `'\''`, `'$(date)'`.
        [b'$' | b'\n' | b'\r', ..] | [b'"', b'$' | b'\'' | b'`', ..] | [b'\\', b'\'', b'\'', ..] | [] => true,
        [b' ' | b'\t' | b')' | b';' | b'|', ..] => complete,
        _ => false,
    }
}

/// The rest of a double-quoted part.
fn double(c: &mut Cursor<'_>, word: &mut Word) {
    loop {
        word.text.push_str(c.take_while(|c| !matches!(c, '"' | '\\' | '$')));
        match c.peek() {
            Some('$') => expansion(c, word),
            Some('\\') => {
                c.at += 1;
                match c.bump() {
                    Some('\n') | None => {}
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => word.text.push(escaped),
                    Some(other) => word.text.extend(['\\', other]),
                }
            }
            Some(_) => {
                c.at += 1;
                return;
            }
            None => return,
        }
    }
}

/// `$name`, `${name}` or `$(command)`; a `$` alone is text.
fn expansion(c: &mut Cursor<'_>, word: &mut Word) {
    let start = c.at;
    c.at += 1;
    let close = match c.peek() {
        Some('(') => ')',
        Some('{') => '}',
        Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => {
            c.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
            word.expanded = true;
            return word.text.push_str(&c.text[start..c.at]);
        }
        _ => return word.text.push('$'),
    };
    word.expanded = true;
    let mut depth = 0_usize;
    while let Some(next) = c.bump() {
        match next {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            '"' | '\'' => c.skip_string(next),
            _ => {}
        }
        if depth == 0 && next == close {
            break;
        }
        depth = depth.max(1);
    }
    word.text.extend(c.text[start..c.at].chars().filter(|c| !matches!(c, '"' | '\'' | '\\')));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_backslashes_are_resolved() {
        let text = "curl -d '{\"a\": \"x y\"}' \\\n  -H \"A: \\\"b\\\"\" a\\ b'c'\"d\" # end";
        assert_eq!(texts(text), ["curl", "-d", "{\"a\": \"x y\"}", "-H", "A: \"b\"", "a bcd"]);
    }

    #[test]
    fn expansions_stay_as_written() {
        let text = r#"-d '{"a":"'"$(date --date='-6 months' +%F)"'","b":'"$id"'}'"#;
        let words = words(text).unwrap();
        assert_eq!(words[1].text, r#"{"a":"$(date --date=-6 months +%F)","b":$id}"#);
        assert!(words[1].expanded);
        assert_eq!(words[1].at, 4);
    }

    #[test]
    fn an_escaped_or_forgotten_apostrophe_is_text() {
        assert_eq!(texts(r#"'it'"'"'s' 'don't'"#), ["it's", "don't"]);
        assert_eq!(texts(r#"'{"a": "the 'x, y' z"}' b"#), [r#"{"a": "the 'x, y' z"}"#, "b"]);
        assert_eq!(texts(r#"'{"a": "'x'"}' '{"a": "it'\''s"}'"#), [r#"{"a": "'x'"}"#, r#"{"a": "it's"}"#]);
    }

    #[test]
    fn a_command_ends_with_its_line_but_for_what_goes_on() {
        let text = "curl -X POST /\n-d '{}' \\ # the body\nhttps://x/rest/a\necho done";
        assert_eq!(texts(text), ["curl", "-X", "POST", "-d", "{}", "https://x/rest/a"]);
        assert_eq!(texts("curl a | jq"), ["curl", "a"]);
    }
}
