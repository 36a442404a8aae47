//! What the generator met while it read the pages.
//!
//! The model tells of every table that it could not place. Here that counts only where the docs can mend it: people find a
//! table that a parameter links to, phrases are no names, and what stands outside the sections of parameters and answers may
//! describe anything. Nor does a row count that heads others.

use super::finding::{Finding, Mark};
use super::{Code, Folder};
use crate::diagnostic::Diagnostic;
use crate::facts::page_facts::PageFacts;

pub(super) fn findings(index: usize, folder: &Folder) -> Vec<Finding> {
    let read = folder.model.diagnostics.iter().filter_map(|diagnostic| {
        let code = Code::of(&diagnostic.code)?;
        if is_explained(folder, code, diagnostic) {
            return None;
        }
        let at = match folder.docs.find(&diagnostic.page) {
            Some(page) => {
                let source = folder.docs.source(page);
                let start = source.line_start(diagnostic.line)?;
                let span = diagnostic.span.map_or(start..start, |(start, end)| start..end);
                // What is wrong with a block is shown at its first line.
                let end = super::finding::end_of_line(source.text(), span.start);
                Mark::new(index, folder, page, span.start..span.end.min(end), "")
            }
            // A page that is not read, or a file beside the pages.
            None => Mark {
                folder: index,
                page: diagnostic.page.clone(),
                span: 0..0,
                start: crate::diagnostic::Position { line: diagnostic.line, column: diagnostic.column, at: 0 },
                end: crate::diagnostic::Position { line: diagnostic.line, column: diagnostic.column, at: 0 },
                label: String::new(),
            },
        };
        Some(Finding::new(code, at, diagnostic.message.clone()))
    });
    read.collect()
}

/// Whether people who read the page know what the table is about that `diagnostic` tells of.
fn is_explained(folder: &Folder, code: Code, diagnostic: &Diagnostic) -> bool {
    let Some(page) = folder.docs.find(&diagnostic.page) else { return false };
    let facts = &folder.facts[page as usize];
    let (at, _) = diagnostic.span.unwrap_or_default();
    let text = folder.docs.source(page).text();
    let section = match code {
        Code::UnclaimedRow => return stands_for_others(text.get(at..).unwrap_or_default()),
        // A page that others include.
        Code::UnclaimedTable if facts.method.is_none() && facts.events.is_empty() => return true,
        Code::UnclaimedTable => {
            let table = facts.unclaimed.iter().find(|table| table.place.at as usize == at);
            if table.is_some_and(|table| !table.words) {
                return true;
            }
            table.map(|table| table.section)
        }
        Code::UntiedTable => facts.sections.iter().position(|section| section.place.at as usize == at),
        _ => return false,
    };
    let Some(section) = section else { return false };
    let outside = code == Code::UntiedTable && facts.sections[section].role.is_none();
    outside || is_linked(facts, section, text)
}

/// Whether the row at the start of `text` heads the rows below it, having nothing but a name, or stands for every field, its
/// name being `*`.
fn stands_for_others(text: &str) -> bool {
    let Some((row, _)) = text.strip_prefix("||").and_then(|row| row.split_once("||")) else { return false };
    let (name, rest) = row.split_once('|').unwrap_or((row, ""));
    let all = name
        .lines()
        .next()
        .is_some_and(|name| name.contains("\\*") && name.trim().trim_matches(['*', '\\']).is_empty());
    let heads = !name.contains('`') && !name.trim().is_empty() && rest.trim().is_empty();
    all || heads
}

/// Whether the page links to the section.
fn is_linked(facts: &PageFacts, section: usize, text: &str) -> bool {
    let anchors = &facts.sections[section].anchors;
    anchors.iter().any(|anchor| !anchor.is_empty() && text.contains(&format!("#{anchor})")))
}

#[cfg(test)]
mod tests {
    use crate::check::told;

    fn page(parameters: &str, below: &str) -> Vec<String> {
        told(&format!(
            "# Ring a bell bell.ring\n\n> Scope: `bell`\n\n## Method Parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
             {parameters}|#\n\n{below}\n\n## Code Examples\n\n```bash\ncurl -d '{{\"tone\": \"c\"}}' \
             https://portal/rest/1/code/bell.ring\n```\n"
        ))
    }

    const TONES: &str = "### Tones {#tones}\n\n#|\n|| **Sign** | **Sound** ||\n|| c | Low ||\n|| d | High ||\n|#";

    #[test]
    fn a_table_that_a_parameter_links_to_is_found_by_people() {
        let row = |about: &str| format!("|| **tone**\n`string` | {about} ||\n");
        let found = page(&row("Which"), TONES);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("B020 this table of 3 rows is not read"), "{found:?}");
        assert_eq!(page(&row("Which, [see below](#tones)"), TONES), [""; 0]);
    }

    #[test]
    fn a_table_of_phrases_is_text() {
        let phrases = "### When it rings\n\n#|\n|| **Change** | **Sound** ||\n|| The door opens | Low ||\n|| It closes | High ||\n|#";
        assert_eq!(page("|| **tone**\n`string` | Which ||\n", phrases), [""; 0]);
    }

    #[test]
    fn rows_that_head_others_or_stand_for_all_need_no_name() {
        let row = "|| **tone**\n`string` | Which ||\n";
        assert_eq!(page(&format!("|| **Settings of all bells** |  ||\n{row}"), ""), [""; 0]);
        assert_eq!(page(&format!("|| **\\***\n`string` | All of them ||\n{row}"), ""), [""; 0]);
        let found = page(&format!("|| **Name of the bell**\n`string` | Which ||\n{row}"), "");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("B021 `Name of the bell` is no name"), "{found:?}");
    }

    #[test]
    fn a_message_among_the_codes_is_told_where_it_stands() {
        let errors = |row: &str| {
            told(&format!(
                "# Ring a bell bell.ring\n\n> Scope: `bell`\n\n## Method Parameters\n\nNone.\n\n## Error Handling\n\n\
                 ### Possible Error Codes\n\n#|\n|| **Code** | **Error message** | **Description** ||\n{row}\n|#\n"
            ))
        };
        let found = errors("|| `Bell not found` | | There is no such bell ||");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("B040 ") && found[0].contains("| `Bell not found`"), "{found:?}");
        // Anything may come.
        assert_eq!(errors("|| Depends on the bell | Depends on the bell | What the bell says ||"), [""; 0]);
    }

    #[test]
    fn the_heading_of_an_event_is_held_against_its_example_and_file() {
        let event = |heading: &str| {
            let page = format!(
                "# {heading}\n\n## What the handler receives\n\n```json\n{{\"event\": \"ONBELLRING\", \"data\": {{\"ID\": 1}}}}\n```\n\n\
                 #|\n|| **Parameter**\n`type` | **Description** ||\n|| **event**\n`string` | Its name ||\n|| **data**\n`object` | \
                 Which bell ||\n|| **data.ID**\n`integer` | Its number ||\n|#\n"
            );
            let pages = [("api-reference/events/on-bell-ring.md".to_owned(), page)];
            let (folders, found) = crate::check::explain::findings(&pages);
            let names: Vec<String> = folders[0].model.events.iter().map(|event| event.name.clone()).collect();
            (names, found.into_iter().map(|finding| finding.message).collect::<Vec<_>>())
        };
        let told = |says: &str| {
            vec![format!("the heading {says}, but the page's example and file name say `ONBELLRING`: mend the heading")]
        };
        let name = || vec!["ONBELLRING".to_owned()];
        assert_eq!(event("Event onBellRing"), (name(), Vec::new()));
        assert_eq!(event("Event onRinging a bell onBellRing"), (name(), Vec::new()));
        assert_eq!(event("Event onBellRung"), (name(), told("names `onBellRung`")));
        assert_eq!(event("A bell rings"), (name(), told("names no event")));
    }
}
