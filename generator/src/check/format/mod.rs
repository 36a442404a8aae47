//! Findings as people and as tools read them.
//!
//! | form | for |
//! | --- | --- |
//! | `human` | a terminal: the page's text with the place underlined, as `rustc` shows errors |
//! | `json` | programs: [`json::document`] |
//! | `sarif` | code scanning services and editors: SARIF 2.1.0 |
//! | `github` | annotations of a GitHub workflow |
//!
//! The pages come from outside: what they say is escaped for the form that it is printed in.

pub mod github;
pub mod human;
pub mod json;
pub mod sarif;

use super::{Folder, Mark};

/// The text of a mark's line and, within it, the bytes that are meant.
pub(crate) fn excerpt<'f>(folders: &'f [Folder], mark: &Mark) -> Option<(&'f str, std::ops::Range<usize>)> {
    let docs = &folders.get(mark.folder)?.docs;
    if mark.page == docs.overrides().path() {
        let line = docs.overrides().text().lines().nth((mark.start.line as usize).saturating_sub(1))?;
        return Some((line, line.len() - line.trim_start().len()..line.trim_end().len()));
    }
    let source = docs.source(docs.find(&mark.page)?);
    let start = source.line_start(mark.start.line)?;
    let line = source.text()[start..].split('\n').next().unwrap_or_default();
    let from = (mark.span.start.saturating_sub(start)).min(line.len());
    let to = (mark.span.end.saturating_sub(start)).clamp(from, line.len());
    Some((line, from..to))
}

/// A mark's page as it is shown: a file's name is no command to a terminal.
pub(crate) fn path(folders: &[Folder], mark: &Mark) -> String {
    let path = folders.get(mark.folder).map_or_else(|| mark.page.clone(), |folder| folder.path(&mark.page));
    path.replace(char::is_control, "\u{fffd}")
}

/// How many findings weigh how much: errors, warnings, notes.
pub(crate) fn counts(findings: &[super::Finding]) -> [usize; 3] {
    super::Severity::ALL.map(|severity| findings.iter().filter(|finding| finding.severity == severity).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Finding;
    use crate::check::explain::{explanation, findings};
    use crate::diagnostic::Code;

    fn hostile() -> (Vec<Folder>, Vec<Finding>) {
        let pages = explanation(Code::UndocumentedParameter).wrong;
        let pages: Vec<(String, String)> = pages
            .into_iter()
            .map(|(_, text)| {
                (
                    "api-reference/a b,c:\u{1b}.md".to_owned(),
                    text.replace("times\": 3", "times\": \"\u{1b}[31m</script>\""),
                )
            })
            .collect();
        findings(&pages)
    }

    #[test]
    fn no_form_lets_a_page_speak_to_the_terminal_or_end_a_command() {
        let (folders, found) = hostile();
        assert!(found.len() > 1);
        let mut text = Vec::new();
        human::write(&folders, &found, false, &mut text).unwrap();
        assert!(!text.contains(&0x1b));
        let mut text = Vec::new();
        github::write(&folders, &found, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), found.len());
        assert!(text.lines().all(|line| line.starts_with("::") && line.contains("a b%2Cc%3A")), "{text}");
    }

    #[test]
    fn the_sarif_log_has_what_its_standard_requires() {
        let (folders, found) = findings(&explanation(Code::RequiredNotSent).wrong);
        let log = sarif::log(&folders, &found);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert!(run["tool"]["driver"]["name"].is_string());
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), found.len());
        for result in results {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(result["message"]["text"].is_string());
            let places = [&result["locations"], &result["relatedLocations"]].map(|places| places.as_array().unwrap());
            assert_eq!(places[0].len(), 1);
            for place in places.into_iter().flatten() {
                let region = &place["physicalLocation"]["region"];
                assert!(region["startLine"].as_u64() >= Some(1) && region["startColumn"].as_u64() >= Some(1));
                assert!(region["endLine"].as_u64() >= region["startLine"].as_u64());
                let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
                assert!(!uri.contains([' ', '\\']), "{uri}");
            }
        }
        assert!(results.iter().any(|result| result["relatedLocations"][0]["message"]["text"] == "sent without it"));
    }

    #[test]
    fn json_counts_lines_and_columns_from_one() {
        let (folders, found) = findings(&explanation(Code::UndocumentedParameter).wrong);
        let document = json::document(&folders, &found);
        let at = &document["findings"][0]["at"];
        assert_eq!((&at["line"], &at["column"], &at["end_column"]), (&17.into(), &23.into(), &29.into()));
        assert_eq!(document["warnings"], 1);
    }
}
