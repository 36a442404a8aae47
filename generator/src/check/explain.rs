//! Every kind of finding explained: what is wrong, a page that shows it, and the mend.
//!
//! Each kind has a file of its own, which is also its test: [`findings`] must find it in the page that is wrong, and not in
//! the one that is mended.
//!
//! ```
//! use bitrix24_codegen::{check::explain::{explanation, findings}, diagnostic::Code};
//!
//! let explanation = explanation(Code::UndocumentedParameter);
//! let (_, found) = findings(&explanation.wrong);
//! assert!(found.iter().any(|finding| finding.code == Code::UndocumentedParameter));
//! let (_, found) = findings(&explanation.mended);
//! assert!(found.iter().all(|finding| finding.code != Code::UndocumentedParameter));
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::format::human;
use super::{Finding, Folder, check};
use crate::diagnostic::{Code, Severity};
use crate::docs::Docs;
use crate::overrides::{FILE, Overrides};

/// What there is to know about a kind of finding.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// What is wrong and why it matters.
    pub about: String,
    /// How to mend it.
    pub mend: String,
    /// Pages in which it is found, `(path, text)`: of two languages where the path begins with `ru/` and `en/`.
    pub wrong: Vec<(String, String)>,
    /// The same pages mended.
    pub mended: Vec<(String, String)>,
}

/// The explanation of `code`.
pub fn explanation(code: Code) -> Explanation {
    let mut out = Explanation::default();
    let mut part = String::new();
    for line in text(code).lines() {
        if let Some(mark) = line.strip_prefix("--- ") {
            let (kind, path) = mark.split_once(' ').unwrap_or((mark, ""));
            kind.clone_into(&mut part);
            match kind {
                "wrong" => out.wrong.push((path.to_owned(), String::new())),
                "mended" => out.mended.push((path.to_owned(), String::new())),
                _ => {}
            }
            continue;
        }
        let to = match part.as_str() {
            "" => Some(&mut out.about),
            "wrong" => out.wrong.last_mut().map(|(_, text)| text),
            "mended" => out.mended.last_mut().map(|(_, text)| text),
            _ => Some(&mut out.mend),
        };
        if let Some(to) = to {
            to.push_str(line);
            to.push('\n');
        }
    }
    out.about.truncate(out.about.trim_end().len());
    out.mend.truncate(out.mend.trim_end().len());
    out
}

/// What `check` finds in `pages`.
pub fn findings(pages: &[(String, String)]) -> (Vec<Folder>, Vec<Finding>) {
    let mut folders: BTreeMap<&str, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    let mut overrides = Overrides::default();
    for (path, text) in pages {
        if path == FILE {
            // The explanations are our own: their overrides are valid, as a test tells.
            overrides = Overrides::parse(FILE, text).unwrap_or_default();
            continue;
        }
        let language = ["ru", "en"].into_iter().find(|language| path.starts_with(&format!("{language}/")));
        let (folder, path) = match language {
            Some(language) => (language, &path[3..]),
            None => ("docs", path.as_str()),
        };
        folders.entry(folder).or_default().push((path.to_owned(), text.clone().into_bytes()));
    }
    let preset = [("build".to_owned(), "prod".to_owned())];
    let folders: Vec<Folder> = folders
        .into_iter()
        .map(|(name, pages)| Folder::new(name, Docs::new(pages, &preset).with_overrides(overrides.clone())))
        .collect();
    let findings = check(&folders);
    (folders, findings)
}

/// What `explain` prints.
pub fn render(code: Code) -> String {
    let explanation = explanation(code);
    let severity = code.severity();
    let article = if severity == Severity::Error { "an" } else { "a" };
    let (text, summary) = (code.text(), code.summary());
    let mut out = format!("{text}, {article} {}: {summary}\n\n{}\n", severity.word(), explanation.about);
    let (folders, found) = findings(&explanation.wrong);
    if let Some(finding) = found.iter().find(|finding| finding.code == code) {
        for (path, text) in &explanation.wrong {
            let _ = write!(out, "\n{path}:\n\n{}", indented(text));
        }
        let _ = write!(out, "\n`check` says:\n\n{}", indented(&human::one(&folders, finding)));
    }
    let _ = write!(out, "\nMend: {}\n", explanation.mend);
    out
}

/// All kinds with their weights, a line each.
pub fn list() -> String {
    let mut out = String::new();
    for code in Code::ALL {
        let _ = writeln!(out, "{}  {:7}  {}", code.text(), code.severity().word(), code.summary());
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

macro_rules! texts {
    ($($name:ident = $file:literal,)*) => {
        fn text(code: Code) -> &'static str {
            match code { $(Code::$name => include_str!(concat!("explain/", $file, ".md")),)* }
        }
    };
}

texts! {
    PageTooLarge = "B001",
    NotUtf8 = "B002",
    UnclosedBlock = "B003",
    StrayMark = "B004",
    UnclosedRow = "B005",
    TooDeep = "B006",
    UnknownTag = "B007",
    UnknownCondition = "B008",
    BrokenInclude = "B009",
    MethodName = "B010",
    DuplicateMethod = "B011",
    SymbolicLink = "B012",
    BrokenLink = "B014",
    BrokenAnchor = "B015",
    UnclaimedTable = "B020",
    UnclaimedRow = "B021",
    DuplicateField = "B022",
    UntiedTable = "B023",
    UnknownType = "B024",
    Contradiction = "B025",
    UndocumentedParameter = "B026",
    UnshownParameter = "B027",
    UndocumentedField = "B028",
    RequiredNotSent = "B029",
    InvalidJson = "B030",
    AbbreviatedJson = "B031",
    NoErrorCode = "B040",
    UndocumentedError = "B041",
    MethodInOneLanguage = "B050",
    FieldInOneLanguage = "B051",
    RequiredDiffers = "B052",
    TypeDiffers = "B053",
    ErrorInOneLanguage = "B054",
    DefaultDiffers = "B055",
    ValuesDiffer = "B056",
    MethodDiffers = "B057",
    ExampleDiffers = "B058",
    StaleOverride = "B060",
    Overridden = "B061",
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These cannot be shown in a page of a few lines.
    const WITHOUT_PAGE: [Code; 4] = [Code::PageTooLarge, Code::NotUtf8, Code::TooDeep, Code::SymbolicLink];

    #[test]
    fn every_kind_is_found_in_its_page_and_the_mended_one_has_nothing_wrong() {
        let mut faults = Vec::new();
        for code in Code::ALL {
            let explanation = explanation(*code);
            assert!(explanation.about.len() > 40 && explanation.mend.len() > 10, "{code:?}");
            if WITHOUT_PAGE.contains(code) {
                assert!(explanation.wrong.is_empty(), "{code:?}");
                continue;
            }
            assert!(!explanation.mended.is_empty(), "{code:?}");
            let (_, wrong) = findings(&explanation.wrong);
            if wrong.iter().all(|finding| finding.code != *code) {
                faults.push(format!("{code:?} is not in its page, but {wrong:#?}"));
            }
            let (_, mended) = findings(&explanation.mended);
            // The mended override is itself told of.
            for finding in mended.iter().filter(|finding| finding.code != Code::Overridden || code == &Code::Overridden)
            {
                faults.push(format!("{code:?}, mended: {:?}: {}", finding.code, finding.message));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn the_overrides_of_the_explanations_are_valid() {
        for code in [Code::StaleOverride, Code::Overridden] {
            let explanation = explanation(code);
            let (_, text) = explanation.wrong.iter().find(|(path, _)| path == FILE).unwrap();
            Overrides::parse(FILE, text).unwrap();
        }
    }

    #[test]
    fn an_explanation_shows_the_page_the_finding_and_the_mend() {
        let text = render(Code::UndocumentedParameter);
        insta::assert_snapshot!(text, @r#"
        B026, a warning: An example sends a parameter that no table lists.

        An example sends a parameter that no table of the page lists. It is in the model by the example's word alone: no type, no description.

        api-reference/bell-ring.md:

            # Ring a bell bell.ring

            > Scope: `bell`

            ## Method Parameters

            #|
            || **Name**
            `type` | **Description** ||
            || **times***
            `integer` | How often ||
            |#

            ## Code Examples

            ```bash
            curl -d '{"times": 3, "loud": true}' https://portal/rest/1/code/bell.ring
            ```

        `check` says:

            warning[B026]: the example sends `loud`, which no table of the page lists
              --> docs/api-reference/bell-ring.md:17:23
               |
            17 | curl -d '{"times": 3, "loud": true}' https://portal/rest/1/code/bell.ring
               |                       ^^^^^^ not in a table

        Mend: Add a row to the table, or take the parameter out of the example.
        "#);
    }
}
