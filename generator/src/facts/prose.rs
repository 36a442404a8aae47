//! A page's text as plain Markdown whose links lead to pages of the docs folder or to absolute URLs.

use std::fmt::Write as _;

use crate::docs::Docs;
use crate::page::{Block, Place, Text};

/// Where a link of the docs leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page of the folder (by number) and an anchor, maybe empty.
    Page(u32, String),
    /// Anything else that is absolute.
    Url(String),
}

/// Where `link`, written at `place`, leads; `None` for a broken or empty link.
pub fn target(docs: &Docs, place: Place, link: &str) -> Option<Target> {
    if link.starts_with("https://") || link.starts_with("http://") {
        return Some(Target::Url(link.to_owned()));
    }
    if link.is_empty() {
        return None;
    }
    let anchor = link.split_once('#').map_or("", |(_, anchor)| anchor);
    docs.resolve(place.source, link).map(|page| Target::Page(page, anchor.to_owned()))
}

/// The blocks as Markdown.
pub fn prose(docs: &Docs, blocks: &[Block<'_>]) -> String {
    let mut out = String::new();
    write_blocks(docs, blocks, "", &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn write_blocks(docs: &Docs, blocks: &[Block<'_>], indent: &str, out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                paragraph(out, indent);
                inline(docs, text, indent, out);
                out.push('\n');
            }
            Block::Code(code) => {
                paragraph(out, indent);
                let fence = if code.text.contains("```") { "~~~~" } else { "```" };
                let _ = writeln!(out, "{fence}{}", code.lang);
                for line in code.text.trim_end().lines() {
                    let _ = writeln!(out, "{indent}{line}");
                }
                let _ = writeln!(out, "{indent}{fence}");
            }
            Block::List(items) => {
                let deeper = format!("{indent}  ");
                if !out.is_empty() && !out.ends_with("\n\n") {
                    out.push('\n');
                }
                for item in items {
                    let mut inner = String::new();
                    write_blocks(docs, item, &deeper, &mut inner);
                    let _ = writeln!(out, "{indent}- {}", inner.trim());
                }
            }
            Block::Quote(inside) | Block::Cut(_, inside) => write_blocks(docs, inside, indent, out),
            Block::Note(note) => write_blocks(docs, &note.blocks, indent, out),
            Block::Tabs(tabs) => {
                for tab in tabs {
                    paragraph(out, indent);
                    let _ = writeln!(out, "{}:", tab.title);
                    write_blocks(docs, &tab.blocks, indent, out);
                }
            }
            Block::Heading(_) | Block::Table(_) | Block::Include(_) => {}
        }
    }
}

fn paragraph(out: &mut String, indent: &str) {
    if !out.is_empty() {
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
        out.push_str(indent);
    }
}

/// Running text as Markdown; what is not a mark of ours is escaped.
pub fn inline(docs: &Docs, text: &Text<'_>, indent: &str, out: &mut String) {
    let mut i = 0;
    while let Some(run) = text.runs.get(i) {
        let same = text.runs[i..].iter().take_while(|r| r.link == run.link).count();
        let link = run.link.as_deref().and_then(|link| target(docs, run.place, link));
        if let Some(link) = &link {
            let goal = match link {
                Target::Page(page, anchor) if anchor.is_empty() => docs.source(*page).path.clone(),
                Target::Page(page, anchor) => format!("{}#{anchor}", docs.source(*page).path),
                Target::Url(url) => url.clone(),
            };
            out.push('[');
            for run in &text.runs[i..i + same] {
                if run.text.trim() == "{#T}" {
                    let title = match link {
                        Target::Page(page, _) => docs.source(*page).title(),
                        Target::Url(url) => url,
                    };
                    escape(title, out);
                } else {
                    one(&run.text, run.code, indent, out);
                }
            }
            out.push_str("](");
            out.extend(goal.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '<' | '>')));
            out.push(')');
        } else {
            for run in &text.runs[i..i + same] {
                one(&run.text, run.code, indent, out);
            }
        }
        i += same;
    }
    out.truncate(out.trim_end_matches(' ').len());
}

fn one(text: &str, code: bool, indent: &str, out: &mut String) {
    if text == "\n" {
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
        out.push_str(indent);
    } else if code {
        let ticks = if text.contains('`') { "``" } else { "`" };
        let pad = if text.contains('`') { " " } else { "" };
        let _ = write!(out, "{ticks}{pad}{text}{pad}{ticks}");
    } else {
        escape(text, out);
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}
