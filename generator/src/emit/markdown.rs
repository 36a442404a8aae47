//! The docs' prose as Markdown that rustdoc takes without a warning and runs nothing of.
//!
//! The prose is parsed and written anew rather than mended: what stands in the result was put there by this file. So
//! every code block is `text` (no accidental doctests), every bracket, angle and star of a text is escaped (no accidental
//! links or HTML), every URL is in angles, and characters that are invisible or turn the direction of writing are gone.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

/// Renders `prose`; `resolve` gives the target of a link as it is to be written, or `None` to keep only its text.
pub(super) fn sanitised(prose: &str, resolve: impl Fn(&str) -> Option<String>) -> String {
    let clean: String = prose.chars().filter_map(visible).collect();
    let mut writer = Writer::default();
    for event in TextMergeStream::new(Parser::new_ext(&clean, Options::empty())) {
        writer.event(event, &resolve);
    }
    writer.out.trim().to_owned()
}

/// `c` if it can stand in a comment; a space for a control character; nothing for one that is not seen.
fn visible(c: char) -> Option<char> {
    match c {
        '\n' => Some(c),
        // Marks of direction, zero-width characters, byte order mark, line and paragraph separators.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' => None,
        '\u{2028}' | '\u{2029}' | '\u{a0}' => Some(' '),
        c if c.is_control() => Some(' '),
        c => Some(c),
    }
}

/// `text` on one line, as a code span; escaped where nothing of it can be seen, empty where there is nothing.
pub(super) fn code(text: &str) -> String {
    let clean: String = text.chars().filter_map(visible).map(|c| if c == '\n' { ' ' } else { c }).collect();
    let escaped: String;
    let text = if clean.trim().is_empty() {
        escaped = text.escape_default().to_string();
        escaped.as_str()
    } else {
        clean.trim()
    };
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `text` on one line, every sign of it plain.
pub(super) fn plain(text: &str) -> String {
    let clean: String = text.chars().filter_map(visible).collect();
    let mut out = String::new();
    escape(&clean.split_whitespace().collect::<Vec<_>>().join(" "), &mut out, true, true);
    out
}

/// `url` with everything percent-encoded that could end it; `None` where it is no web address.
pub(super) fn web_address(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    (!rest.is_empty()).then(|| percent_encoded(url))
}

/// `path` with everything percent-encoded that is not plainly part of a URL.
pub(super) fn percent_encoded(path: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&byte) => out.push(byte.into()),
            _ => {
                // Writing into a `String` cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Writes Markdown event by event.
#[derive(Default)]
struct Writer {
    out: String,
    /// What each line of the open list items begins with.
    indent: Vec<&'static str>,
    /// Line ends due before the next word: 2 between blocks.
    gap: usize,
    /// Whether an item's bullet was written last.
    bullet: bool,
    /// Targets of the open links and images.
    links: Vec<Option<String>>,
    /// The open code block.
    code: Option<String>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>, resolve: &impl Fn(&str) -> Option<String>) {
        match event {
            Event::Start(tag) => self.start(tag, resolve),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(text) => self.raw(&code(&text)),
            Event::SoftBreak | Event::HardBreak => self.gap = self.gap.max(1),
            Event::Html(html) | Event::InlineHtml(html) => {
                for line in html.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    if line.to_ascii_lowercase().starts_with("<br") {
                        self.gap = self.gap.max(1);
                    } else {
                        self.raw(&code(line));
                    }
                }
            }
            Event::Rule => self.block(),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, resolve: &impl Fn(&str) -> Option<String>) {
        match tag {
            Tag::CodeBlock(_) => {
                self.block();
                self.code = Some(String::new());
            }
            Tag::Item => {
                self.gap = self.gap.max(1);
                self.raw("- ");
                self.indent.push("  ");
                self.bullet = true;
            }
            Tag::Heading { .. } => {
                self.block();
                self.raw("**");
            }
            Tag::Emphasis => self.raw("*"),
            Tag::Strong => self.raw("**"),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let outer = self.links.iter().any(Option::is_some);
                let target = if outer { None } else { resolve(&dest_url) };
                if target.is_some() {
                    self.raw("[");
                }
                self.links.push(target);
            }
            Tag::List(_) if !self.indent.is_empty() => self.gap = 1,
            Tag::List(_) | Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock => self.block(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::Item => {
                self.indent.pop();
                self.bullet = false;
                self.gap = 1;
            }
            TagEnd::Heading(_) => {
                self.raw("**");
                self.gap = 2;
            }
            TagEnd::Emphasis => self.raw("*"),
            TagEnd::Strong => self.raw("**"),
            TagEnd::Link | TagEnd::Image => {
                if let Some(target) = self.links.pop().flatten() {
                    self.raw(&format!("]({target})"));
                }
            }
            TagEnd::List(_) if !self.indent.is_empty() => {}
            TagEnd::Paragraph | TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::HtmlBlock => self.gap = 2,
            _ => {}
        }
    }

    /// What comes next stands apart; right after a bullet it stands beside it.
    fn block(&mut self) {
        self.gap = if self.bullet { 0 } else { 2 };
    }

    fn code_block(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.raw(&format!("{fence}text"));
        for line in code.trim_end_matches('\n').split('\n') {
            self.gap = 1;
            self.raw(line);
        }
        self.gap = 1;
        self.raw(&fence);
        self.gap = 2;
    }

    /// Writes `text` as it is, after the line ends that are due.
    fn raw(&mut self, text: &str) {
        if self.gap > 0 && !self.out.is_empty() {
            for _ in 0..self.gap {
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.out.push('\n');
            }
            self.out.extend(self.indent.iter().copied());
        }
        self.gap = 0;
        self.bullet = false;
        self.out.push_str(text);
    }

    fn text(&mut self, text: &str) {
        let first = self.gap > 0 || self.bullet || self.out.is_empty();
        let text = if first { text.trim_start() } else { text };
        if !text.is_empty() {
            let mut escaped = String::new();
            escape(text, &mut escaped, first, self.links.iter().all(Option::is_none));
            self.raw(&escaped);
        }
    }
}

/// Appends `text` so that Markdown takes it as text; `first` at the beginning of a line. URLs become links if `urls`, else they
/// are broken up by escapes.
fn escape(text: &str, out: &mut String, first: bool, urls: bool) {
    let mut rest = text;
    let mut before = ' ';
    if first {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if rest.starts_with(['#', '-', '+', '=', ':']) {
            out.push('\\');
        } else if digits > 0 && rest[digits..].starts_with(['.', ')']) {
            out.push_str(&rest[..digits]);
            out.push('\\');
            rest = &rest[digits..];
        }
    }
    while let Some(c) = rest.chars().next() {
        if urls && (rest.starts_with("http://") || rest.starts_with("https://")) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"'`()[]{}|\\^*".contains(c)).unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            // A placeholder in the middle (`https://**address**/rest`) leaves a bare scheme: not a link.
            if url.trim_start_matches("https://").trim_start_matches("http://").is_empty() {
                out.push_str(&url.replace(':', "\\:"));
            } else {
                out.push('<');
                out.push_str(&percent_encoded(url));
                out.push('>');
            }
            rest = &rest[url.len()..];
            before = '/';
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let inner = before.is_alphanumeric() && rest.chars().next().is_some_and(char::is_alphanumeric);
        match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => out.push('\\'),
            '_' if !inner => out.push('\\'),
            _ => {}
        }
        out.push(c);
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(prose: &str) -> String {
        sanitised(prose, web_address)
    }

    #[test]
    fn text_is_only_text() {
        assert_eq!(
            rendered("foo[bar] \\[x] a*b < c > d | e & UF_CRM_1 _x"),
            "foo\\[bar\\] \\[x\\] a\\*b \\< c \\> d \\| e \\& UF_CRM_1 \\_x"
        );
        assert_eq!(rendered("a\n\\# b\n\\- c\n1\\. d"), "a\n\\# b\n\\- c\n1\\. d");
    }

    #[test]
    fn code_is_never_a_doctest() {
        assert_eq!(
            rendered("a\n\n    panic!()\n\n```rust\n~~~~\nx\n```\n"),
            "a\n\n```text\npanic!()\n```\n\n```text\n~~~~\nx\n```"
        );
    }

    #[test]
    fn html_is_shown_not_used() {
        assert_eq!(rendered("a<br>b <fileId> c"), "a\nb `<fileId>` c");
        assert_eq!(rendered("<script>\nalert(1)\n</script>"), "`<script>``alert(1)``</script>`");
    }

    #[test]
    fn addresses_are_links_and_other_schemes_are_text() {
        assert_eq!(
            rendered("see https://a.example/b_c?d=1. [x](javascript:alert) [y](https://e.f/g(h))"),
            "see <https://a.example/b_c?d=1>. x [y](https://e.f/g%28h%29)"
        );
        assert_eq!(rendered("https://**address**/rest"), "https\\://**address**/rest");
    }

    #[test]
    fn lists_keep_their_depth() {
        assert_eq!(rendered("a\n- b\n  - c\n\n    d\n- e"), "a\n\n- b\n  - c\n\n    d\n- e");
    }

    #[test]
    fn what_turns_or_hides_text_is_gone() {
        assert_eq!(rendered("a\u{202e}b\u{feff}c\u{0}d\re"), "abc d e");
        assert_eq!(code("a\u{202e}`b\nc"), "``a`b c``");
        assert_eq!((code("\u{202e}").as_str(), code("").as_str()), ("`\\u{202e}`", ""));
        assert_eq!(plain("a\n  *b*"), "a \\*b\\*");
    }
}
