//! Malformed pages and folders: each is told with page and line, the other pages come out, and nothing panics.

use std::fs;
use std::path::Path;

use bitrix24_codegen::Config;
use bitrix24_codegen::diagnostic::Diagnostic;
use bitrix24_codegen::docs::{Docs, MAX_PAGE};
use bitrix24_codegen::model::{Method, Model};

use crate::support::{emitted, preset};

/// A page without a fault.
const LAMP: &str = "# Get a Lamp lamp.get

> Scope: [`lamp`](scopes.md)

Returns a lamp.

## Method Parameters

#|
|| **Name**
`type` | **Description** ||
|| **id***
`integer` | The lamp's number ||
|| **withBulb**
`boolean` | Whether its bulb comes too ||
|#

## Code Examples

```bash
curl -X POST -H \"Content-Type: application/json\" -d '{\"id\": 7}' https://**put_your_bitrix24_address**/rest/lamp.get
```

## Response Handling

```json
{\"result\": {\"id\": 7, \"lit\": true}}
```

### Returned Data

#|
|| **Name**
`type` | **Description** ||
|| **result**
`object` | The lamp ||
|| **id**
`integer` | Its number ||
|| **lit**
`boolean` | Whether it is lit ||
|#

## Error Handling

### Possible Error Codes

#|
|| **Code** | **Description** | **Value** ||
|| `LAMP_NOT_FOUND` | No such lamp | Look at the number ||
|#
";

/// The same for another method.
fn page(method: &str) -> String {
    LAMP.replace("lamp.get", method)
}

/// The model of the faulty page `lamp-set.md` beside one without a fault, which comes out whole.
fn beside_a_good_page(faulty: impl Into<Vec<u8>>) -> Model {
    let mut model = read(vec![("lamp-get.md", LAMP.into()), ("lamp-set.md", faulty.into())]);
    let good = method(&model, "lamp.get");
    let names: Vec<&str> = good.params.iter().map(|field| field.name.as_str()).collect();
    assert_eq!((names.as_slice(), good.errors.len()), (["id", "withBulb"].as_slice(), 1));
    model.diagnostics.retain(|found| found.page != "lamp-get.md");
    model
}

fn read(pages: Vec<(&str, Vec<u8>)>) -> Model {
    let pages = pages.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
    let mut model = Model::read(&Docs::new(pages, &preset()));
    let exported = model.clone();
    model.settle();
    for file in emitted(&model) {
        syn::parse_file(&file.content).unwrap_or_else(|error| panic!("{}: {error}", file.name));
    }
    exported
}

fn method<'m>(model: &'m Model, name: &str) -> &'m Method {
    model.methods.iter().find(|method| method.name == name).unwrap_or_else(|| panic!("`{name}` is not in the model"))
}

/// `page:line: CODE message`, one each.
fn told(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|d| format!("{}:{}: {} {}", d.page, d.line, d.code, d.message)).collect()
}

fn line_of(text: &str, what: &str) -> usize {
    1 + text[..text.find(what).expect("the text has it")].matches('\n').count()
}

#[test]
fn the_good_page_has_no_fault() {
    let model = beside_a_good_page(page("lamp.set"));
    assert_eq!(told(&model.diagnostics), [""; 0]);
    assert_eq!(model.methods.len(), 2);
}

#[test]
fn an_unterminated_table_ends_at_the_next_heading() {
    let text = page("lamp.set").replacen("comes too ||\n|#", "comes too ||", 1);
    let model = beside_a_good_page(text.clone());
    let line = line_of(&text, "#|");
    assert_eq!(
        told(&model.diagnostics),
        [format!("lamp-set.md:{line}: B003 this block is never closed: it is read up to the next heading; add `|#`")]
    );
    let faulty = method(&model, "lamp.set");
    assert_eq!(faulty.params.len(), 2, "its rows are read all the same");
    assert_eq!(faulty.errors.len(), 1, "so are the tables behind it");
}

#[test]
fn tables_nested_200_deep_are_read_down_to_a_depth() {
    let nested = "#|\n|| **x** | ".repeat(200) + "deep" + &" ||\n|#".repeat(200);
    let text = page("lamp.set").replacen("Whether its bulb comes too", &format!("see\n\n{nested}\n"), 1);
    let model = beside_a_good_page(text.clone());
    let deep: Vec<_> = model.diagnostics.iter().filter(|found| found.code == "B006").collect();
    assert_eq!(deep.len(), 1, "{:?}", told(&model.diagnostics));
    assert!(deep[0].message.contains("nested too deep"), "{}", deep[0].message);
    // The line of the first table that is not read: each of them is two lines long.
    let first = line_of(&text, "see\n") + 2;
    let line = usize::try_from(deep[0].line).unwrap();
    assert!(line > first && line < first + 200, "line {line} is not in the tables from {first}");
    assert_eq!(method(&model, "lamp.set").errors.len(), 1);
}

#[test]
fn lists_and_quotes_nested_deep_do_not_exhaust_the_stack() {
    for mark in
        ["- ", "> ", "1. ", "{% note info %}\n\n", "{% list tabs %}\n\n- a\n\n", "{% cut \"a\" %}\n\n", "**a [", "`` "]
    {
        beside_a_good_page(page("lamp.set").replacen("Returns a lamp.", &mark.repeat(5000), 1));
    }
}

#[test]
fn a_page_cut_anywhere_costs_at_most_itself() {
    let text = page("lamp.set");
    for (cut, _) in text.char_indices() {
        beside_a_good_page(&text[..cut]);
    }
}

#[test]
fn a_page_cut_within_a_table_says_where_the_table_begins() {
    let text = page("lamp.set");
    let cut = text.find("The lamp ||").unwrap();
    let model = beside_a_good_page(&text[..cut]);
    let line = 1 + text[..text.find("### Returned Data").unwrap()].matches('\n').count() + 2;
    let told = told(&model.diagnostics);
    assert!(
        told.iter().any(|t| t.starts_with(&format!("lamp-set.md:{line}: B003 this block is never closed"))),
        "line {line}: {told:#?}"
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced_and_told() {
    let text = page("lamp.set");
    let at = text.find("The lamp's number").unwrap();
    let mut bytes = text.clone().into_bytes();
    bytes.splice(at..at, [0xff, 0xfe]);
    let model = beside_a_good_page(bytes);
    let line = line_of(&text, "The lamp's number");
    assert_eq!(
        told(&model.diagnostics),
        [format!(
            "lamp-set.md:{line}: B002 the page is not UTF-8 here: the bytes are read as U+FFFD; save the page as UTF-8"
        )]
    );
    assert_eq!(method(&model, "lamp.set").params.len(), 2);
}

#[test]
fn an_include_does_not_leave_the_docs() {
    let root = tempfile::tempdir().unwrap();
    let docs = root.path().join("a/b/docs");
    fs::create_dir_all(&docs).unwrap();
    fs::write(root.path().join("x.md"), "# Secret\n\n## Method Parameters\n\n#|\n|| **Name** | **Description** ||\n|| **secret**\n`string` | - ||\n|#\n").unwrap();
    for include in
        ["../../../x", "../../../x.md", "/../../../x.md", "/etc/passwd", "file:///etc/passwd", "..\\..\\..\\x.md"]
    {
        let text = page("lamp.set").replacen("Returns a lamp.", &format!("{{% include [x]({include}) %}}"), 1);
        fs::write(docs.join("lamp-set.md"), &text).unwrap();
        let model = Model::read(&Docs::open(&docs).unwrap());
        let line = line_of(&text, "{% include");
        assert_eq!(
            told(&model.diagnostics),
            [format!(
                "lamp-set.md:{line}: B009 the include `{include}` is not a page of the docs folder: what it holds is missing; mend the path"
            )]
        );
        assert!(!serde_json::to_string(&model).unwrap().contains("secret"), "{include}");
    }
}

#[test]
fn includes_in_a_circle_are_followed_once() {
    let include = |path: &str| format!("{{% include [x]({path}) %}}\n");
    let text = page("lamp.set").replacen("Returns a lamp.", &include("_includes/a.md"), 1);
    let model = read(vec![
        ("lamp-get.md", LAMP.into()),
        ("lamp-set.md", text.into()),
        ("_includes/a.md", format!("A\n\n{}", include("b.md")).into()),
        ("_includes/b.md", format!("B\n\n{}", include("a.md")).into()),
    ]);
    assert_eq!(
        told(&model.diagnostics),
        ["_includes/b.md:3: B009 the include `a.md` leads back to itself or too deep: it is left out"]
    );
    assert_eq!(model.methods.len(), 2);
}

#[test]
fn a_page_that_includes_others_many_times_over_stays_small() {
    // Ten pages, each of which includes the next one ten times: 10^10 in all, were there no bound.
    let mut pages =
        vec![("lamp-set.md".to_owned(), page("lamp.set").replacen("Returns a lamp.", "{% include [x](0.md) %}", 1))];
    for level in 0..10 {
        pages.push((format!("{level}.md"), format!("{{% include [x]({}.md) %}}\n\n", level + 1).repeat(10)));
    }
    let pages: Vec<_> = pages.iter().map(|(path, text)| (path.as_str(), text.clone().into_bytes())).collect();
    let model = read(pages);
    assert!(model.diagnostics.iter().any(|found| found.code == "B009"));
    assert_eq!(model.methods.len(), 1);
}

#[test]
fn a_page_of_10_mb_is_left_out_and_told() {
    let text = page("lamp.set") + &"A line of text.\n".repeat(10 * 1024 * 1024 / 16);
    assert!(text.len() > MAX_PAGE);
    let model = beside_a_good_page(text.clone());
    assert_eq!(
        told(&model.diagnostics),
        [format!(
            "lamp-set.md:1: B001 the page has {} bytes; pages beyond {MAX_PAGE} bytes are not read: split it",
            text.len()
        )]
    );
    assert_eq!(model.methods.len(), 1);
}

#[test]
fn a_large_page_of_marks_is_read_to_its_end() {
    for mark in ["|| ", "#| ", "|# ", "{% cut ", "` ", "[a](", "{#", "**", "<!-- ", "- x\n"] {
        beside_a_good_page(page("lamp.set").replacen("Returns a lamp.", &mark.repeat(100_000), 1));
    }
}

#[test]
fn a_name_that_is_code_stays_a_literal() {
    let names = [
        "\"; panic!()",
        "*/ panic!() /*",
        "x\\\"; panic!() //",
        "r#type",
        "fn",
        "self",
        "Self",
        "crate",
        "_",
        "0",
        "été",
        "имя",
        "a b",
        "a-b",
        "$a",
        "#[cfg(x)]",
        "{panic!()}",
        "\u{202e}",
        "'",
    ];
    for name in names {
        let text = page("lamp.set").replacen("**withBulb**", &format!("**{name}**"), 1);
        let mut model = read(vec![("lamp-get.md", LAMP.into()), ("lamp-set.md", text.into())]);
        model.settle();
        assert_eq!(model.methods.len(), 2, "{name}");
        for file in emitted(&model) {
            let tokens: proc_macro2::TokenStream = file.content.parse().unwrap();
            assert!(!has_panic(tokens), "{name}: {} calls it", file.name);
        }
    }
}

/// Whether `panic!` is called, or an attribute `cfg` set, anywhere outside of literals.
fn has_panic(tokens: proc_macro2::TokenStream) -> bool {
    use proc_macro2::TokenTree::{Group, Ident, Punct};
    let tokens: Vec<_> = tokens.into_iter().collect();
    let pairs = tokens.windows(2).any(|pair| match pair {
        [Ident(name), Punct(mark)] => name == "panic" && mark.as_char() == '!',
        [Punct(mark), Group(group)] => mark.as_char() == '#' && group.stream().to_string().starts_with("cfg"),
        _ => false,
    });
    pairs || tokens.into_iter().any(|token| matches!(token, Group(group) if has_panic(group.stream())))
}

fn refusal(docs: &Path) -> String {
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("out");
    let error = Config::new().docs(docs).out_dir(&target).generate().unwrap_err();
    assert!(!target.exists(), "something was written");
    error.to_string()
}

#[test]
fn a_folder_that_is_no_docs_folder_is_refused_with_the_reason() {
    let root = tempfile::tempdir().unwrap();
    let missing = root.path().join("missing");
    assert_eq!(
        refusal(&missing),
        format!(
            "the docs folder `{}` does not exist: check the path (`docs-input` is read by default)",
            missing.display()
        )
    );
    let empty = root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(refusal(&empty), format!("the docs folder `{}` holds no `.md` page", empty.display()));
    let file = root.path().join("file.md");
    fs::write(&file, LAMP).unwrap();
    assert_eq!(refusal(&file), format!("the docs folder `{}` is not a folder", file.display()));
    let prose = root.path().join("prose");
    fs::create_dir(&prose).unwrap();
    fs::write(prose.join("lamp.md"), "# About Lamps\n\nThey shine.\n").unwrap();
    assert_eq!(
        refusal(&prose),
        format!(
            "none of the 1 pages in `{}` documents a method: is it the root of the docs, the folder that holds `api-reference`?",
            prose.display()
        )
    );
}

#[test]
#[cfg(unix)]
fn symbolic_links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let docs = root.path().join("docs");
    fs::create_dir(&docs).unwrap();
    fs::write(docs.join("lamp-get.md"), LAMP).unwrap();
    fs::write(root.path().join("lamp-set.md"), page("lamp.set")).unwrap();
    symlink(&docs, docs.join("again")).unwrap();
    symlink("self.md", docs.join("self.md")).unwrap();
    symlink(root.path().join("lamp-set.md"), docs.join("lamp-set.md")).unwrap();
    let docs = Docs::open(&docs).unwrap();
    let paths: Vec<&str> = docs.sources().iter().map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["lamp-get.md"]);
}
