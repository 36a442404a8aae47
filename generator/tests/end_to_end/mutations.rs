//! Random pages and pages with random faults: nothing panics, and what is emitted is Rust.

use std::sync::OnceLock;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::model::Model;
use proptest::prelude::*;

use crate::support::{docs_input, emitted, pages, preset};

/// Marks of the dialect and of CommonMark, and what has to be kept out of the code.
const MARKS: &[&str] = &[
    "#|",
    "|#",
    "||",
    "|",
    "\\|",
    "|>",
    "**",
    "*",
    "^*^",
    "`",
    "```",
    "```json\n",
    "~~~",
    "{% list tabs %}",
    "{% endlist %}",
    "{% cut \"x\" %}",
    "{% endcut %}",
    "{% note info %}",
    "{% endnote %}",
    "{% if build == 'dev' %}",
    "{% else %}",
    "{% endif %}",
    "{% include [x](../x.md) %}",
    "{%",
    "%}",
    "{#a}",
    "{{ x }}",
    "<!--",
    "-->",
    "# ",
    "## ",
    "### ",
    "- ",
    "    ",
    "> ",
    "1. ",
    "[",
    "](",
    ")",
    "[a]: b",
    "{",
    "}",
    "[]",
    "\"",
    "'",
    "\\",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\u{e000}",
    "\0",
    "\u{a0}",
    "é",
    "имя",
    "😀",
    "\"; panic!()",
    "*/",
    "r#\"",
    "## Method Parameters\n",
    "### Returned Data\n",
    "## Параметры метода\n",
    "|| **Name**\n`type` | **Description** ||\n",
    "|| **x***\n`integer` | y ||\n",
    "result",
    "result.a[].b",
    "<id>",
    "UF_...",
    "type",
    "self",
    "_",
    "0",
    "-1",
    "1e999",
    "9223372036854775808",
    "null",
];

/// Pages that stay as they are, and those that are changed.
type Base = (Vec<(String, Vec<u8>)>, Vec<(String, String)>);

/// Pages of ours that the mutated one is read among: what they all include and link to.
fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let all = pages(&docs_input());
        let shared = |path: &str| path.starts_with("_includes/") || path.ends_with("data-types.md");
        let (common, own): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| shared(path));
        let own = own.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect();
        (common, own)
    })
}

/// One change of a page; numbers count modulo what is there.
#[derive(Clone, Debug)]
enum Change {
    Delete(usize),
    Duplicate(usize),
    Swap(usize, usize),
    Insert(usize, usize, &'static str),
    Cut(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<u16>().prop_map(usize::from);
    prop_oneof![
        at.clone().prop_map(Change::Delete),
        at.clone().prop_map(Change::Duplicate),
        (at.clone(), at.clone()).prop_map(|(a, b)| Change::Swap(a, b)),
        (at.clone(), at.clone(), proptest::sample::select(MARKS))
            .prop_map(|(line, column, mark)| Change::Insert(line, column, mark)),
        (at.clone(), at.clone(), proptest::sample::select(MARKS))
            .prop_map(|(line, column, mark)| Change::Insert(line, column, mark)),
        at.prop_map(Change::Cut),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for change in changes {
        let count = lines.len();
        if count < 2 {
            break;
        }
        match change {
            Change::Delete(at) => {
                lines.remove(at % count);
            }
            Change::Duplicate(at) => lines.insert(at % count, lines[at % count].clone()),
            Change::Swap(a, b) => lines.swap(a % count, b % count),
            Change::Insert(at, column, mark) => {
                let line = &mut lines[at % count];
                let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
                line.insert_str(places[column % places.len()], mark);
            }
            // Rarely near the beginning: most of the page is to stay.
            Change::Cut(at) => lines.truncate(count - (at % count) / 4),
        }
    }
    lines.join("\n")
}

/// Reads the page among the common ones, emits everything and has syn read it.
fn survives(path: &str, text: String) {
    let mut pages = base().0.clone();
    pages.push((path.to_owned(), text.into_bytes()));
    let docs = Docs::new(pages, &preset());
    let mut model = Model::read(&docs);
    for found in &model.diagnostics {
        assert!(!found.page.is_empty() && found.line > 0 && !found.message.is_empty(), "{found:?}");
        let (from, to) = found.span.unwrap_or_default();
        let source = docs.source(docs.find(&found.page).unwrap());
        assert!(from <= to && to <= source.text().len(), "{found:?}");
    }
    model.settle();
    for file in emitted(&model) {
        syn::parse_file(&file.content).unwrap_or_else(|error| panic!("{}: {error}", file.name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_page_with_random_faults_survives(page in any::<u16>(), changes in prop::collection::vec(change(), 1..12)) {
        let pages = &base().1;
        let (path, text) = &pages[usize::from(page) % pages.len()];
        survives(path, changed(text, &changes));
    }

    #[test]
    fn a_page_of_random_marks_survives(marks in prop::collection::vec(proptest::sample::select(MARKS), 0..120)) {
        survives("api-reference/lamp/lamp-get.md", format!("# Lamp lamp.get\n\n## Method Parameters\n\n{}", marks.join(" ")));
    }

    #[test]
    fn a_page_of_random_text_survives(text in "\\PC{0,400}") {
        survives("api-reference/lamp/lamp-get.md", text);
    }
}
