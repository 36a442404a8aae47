//! Small pages and what becomes of them. Prose is left out of the models, so that a snapshot shows what was understood.
//!
//! `INSTA_UPDATE=always cargo test -p bitrix24-codegen --test end_to_end snapshots` takes what is new over.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::{Settings, emit};
use bitrix24_codegen::model::{Access, Field, Kind, Method, Model, Type, Wire};

use crate::support::{docs_input, pages, preset, russian_pages, shared};

/// The page that this project started from.
const SEED: &str = "api-reference/biconnector/connector/biconnector-connector-delete.md";

/// The page alone, among the pages that it includes and those of types.
fn alone(root: &std::path::Path, page: &str, text: Option<String>) -> Model {
    let mut pages = pages(root);
    pages.retain(|(path, _)| path == page || path.starts_with("_includes/") || path.ends_with("data-types.md"));
    if let Some(text) = text {
        pages.retain(|(path, _)| path != page);
        pages.push((page.to_owned(), text.into_bytes()));
    }
    Model::read(&Docs::new(pages, &preset()))
}

/// What the model says of its only method or of its event.
fn told(model: &Model) -> String {
    let mut out = String::new();
    for method in &model.methods {
        let _ = writeln!(
            out,
            "{} {:?} {:?} at {}, in {}",
            method.name, method.api, method.effect, method.rust_path, method.module
        );
        let _ = writeln!(out, "  line {}, scopes {:?}", method.line, method.scopes);
        for (what, set) in [("positional", method.positional), ("deprecated", method.deprecated.is_some())] {
            if set {
                let _ = writeln!(out, "  {what}");
            }
        }
        if let Some(paging) = &method.paging {
            let _ = writeln!(out, "  paging {} of {}", paging.style, paging.items);
        }
        out.push_str("params\n");
        fields(model, &method.params, 1, &mut BTreeSet::new(), &mut out);
        for group in &method.one_of {
            let _ = writeln!(out, "  one of {}", group.join(", "));
        }
        out.push_str("response\n");
        fields(model, &method.response, 1, &mut BTreeSet::new(), &mut out);
        errors(method, &mut out);
        for example in &method.examples {
            let _ = writeln!(out, "example line {} {:?} {}", example.line, example.kind, shape(&example.json));
        }
    }
    for event in &model.events {
        let _ = writeln!(out, "event {} at {}, in {}, line {}", event.name, event.rust_path, event.module, event.line);
        fields(model, &event.payload, 1, &mut BTreeSet::new(), &mut out);
    }
    for call in &model.inbound {
        let _ = writeln!(
            out,
            "{:?} {} at {}, in {}, line {}",
            call.kind, call.name, call.rust_path, call.module, call.line
        );
        for (part, list) in [("payload", &call.payload), ("options", &call.options), ("answer", &call.answer)] {
            if !list.is_empty() {
                let _ = writeln!(out, " {part}");
                fields(model, list, 2, &mut BTreeSet::new(), &mut out);
            }
        }
        for example in &call.examples {
            let _ = writeln!(out, "example line {} {:?} {}", example.line, example.kind, shape(&example.json));
        }
    }
    for found in &model.diagnostics {
        let _ = writeln!(out, "{} {}:{}", found.code, found.page, found.line);
    }
    out
}

fn errors(method: &Method, out: &mut String) {
    for error in &method.errors {
        let _ = write!(out, "error line {} {} {:?}", error.line, error.variant, error.code);
        if let Some(message) = &error.message {
            let _ = write!(out, " {message:?}");
        }
        if let Some(field) = &error.field {
            let _ = write!(out, " field {field}");
        }
        if let Some(status) = error.status {
            let _ = write!(out, " status {status}");
        }
        out.push('\n');
    }
}

/// One line a field, the fields of its structure below it.
fn fields(model: &Model, list: &[Field], depth: usize, open: &mut BTreeSet<String>, out: &mut String) {
    for field in list {
        let from: Vec<String> = field.from.iter().map(|witness| format!("{witness:?}").to_lowercase()).collect();
        let _ = write!(out, "{}{}: {}", "  ".repeat(depth), field.name, type_name(&field.ty));
        if field.required {
            out.push_str(" required");
        }
        if field.access != Access::ReadWrite {
            let _ = write!(out, " {:?}", field.access);
        }
        if let Some(default) = &field.default {
            let _ = write!(out, " = {default}");
        }
        let _ = writeln!(out, " ({} {})", from.join(" "), field.line);
        for id in objects(&field.ty) {
            if open.insert(id.to_owned()) {
                let object = &model.objects[id];
                fields(model, &object.fields, depth + 1, open, out);
                if object.open {
                    let _ = writeln!(out, "{}…", "  ".repeat(depth + 1));
                }
                open.remove(id);
            }
        }
    }
}

fn objects(ty: &Type) -> Vec<&str> {
    match &ty.kind {
        Kind::Object(id) => vec![id],
        Kind::Array(inner) | Kind::Map(inner) => objects(inner),
        Kind::Union(types) => types.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

fn type_name(ty: &Type) -> String {
    let mut name = match &ty.kind {
        Kind::Array(inner) => format!("[{}]", type_name(inner)),
        Kind::Map(inner) => format!("{{*: {}}}", type_name(inner)),
        Kind::Object(id) => id.clone(),
        Kind::Enum(values) => values.iter().map(|v| v.value.as_str()).collect::<Vec<_>>().join("|"),
        Kind::Union(types) => types.iter().map(type_name).collect::<Vec<_>>().join(" or "),
        plain => plain.name().to_owned(),
    };
    match ty.wire {
        Some(Wire::String) => name.push_str(" as string"),
        Some(Wire::Yn) => name.push_str(" as Y/N"),
        Some(Wire::Int) => name.push_str(" as 1/0"),
        None => {}
    }
    if let Some(other) = &ty.refers_to {
        let _ = write!(name, " of {other}");
    }
    if ty.nullable {
        name.push('?');
    }
    name
}

/// The keys of an example.
fn shape(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Object(map) => format!("{{{}}}", map.keys().cloned().collect::<Vec<_>>().join(", ")),
        serde_json::Value::Array(items) => format!("[{}]", items.len()),
        plain => plain.to_string(),
    }
}

fn english(page: &str) -> String {
    told(&alone(&docs_input(), page, None))
}

fn russian(page: &str) -> String {
    told(&alone(&russian_pages(), page, None))
}

#[test]
fn the_seeds_method() {
    insta::assert_snapshot!(english(SEED));
}

#[test]
fn the_seeds_method_in_rust() {
    let mut model = alone(&docs_input(), SEED, None);
    model.settle();
    let modules = Some(["biconnector".to_owned()].into());
    let files = emit(&model, &Settings { modules, format: true, ..Settings::default() }).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["biconnector.rs", "api.rs"]);
    insta::assert_snapshot!(files[0].content);
}

#[test]
fn the_seed_itself_gives_the_same_api() {
    let Some(seed) = shared("seed/biconnector-connector-delete.md", "the seed as a golden case") else { return };
    let text = fs::read_to_string(seed).unwrap();
    // Our Russian pages are what it includes.
    let seed = alone(&russian_pages(), SEED, Some(text));
    let about_seed: Vec<_> = seed.diagnostics.iter().filter(|found| found.page == SEED).collect();
    assert!(about_seed.is_empty(), "{about_seed:?}");
    let own = alone(&docs_input(), SEED, None);
    let api = |model: &Model| -> String {
        let lines = told(model);
        // Lines of pages differ; so do the examples.
        let text: Vec<String> = lines
            .lines()
            .filter(|line| !line.starts_with("example") && !line.trim_start().starts_with("line "))
            .map(|line| match line.rsplit_once(" (") {
                Some((field, _)) => field.to_owned(),
                // The seed's table of errors stands beside, ours below the section that names the status.
                None => line
                    .split_whitespace()
                    .filter(|word| word.parse::<u32>().is_err() && *word != "status")
                    .collect::<Vec<_>>()
                    .join(" "),
            })
            .collect();
        text.join("\n")
    };
    assert_eq!(api(&seed), api(&own));
    let method = &seed.methods[0];
    let errors: Vec<_> = method
        .errors
        .iter()
        .map(|e| (e.variant.as_str(), e.code.as_str(), e.message.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        errors,
        [
            ("ValidationIdNotProvided", "VALIDATION_ID_NOT_PROVIDED", "ID is missing."),
            ("ValidationInvalidIdFormat", "VALIDATION_INVALID_ID_FORMAT", "ID has to be a positive integer."),
            ("ConnectorNotFound", "CONNECTOR_NOT_FOUND", "Connector was not found."),
            (
                "ConnectorDeleteRestricted",
                "CONNECTOR_DELETE_RESTRICTED",
                "Connector cannot be removed. Remove the connections related to the connector first."
            ),
        ]
    );
    assert_eq!(
        (method.rust_path.as_str(), method.scopes.as_slice()),
        ("biconnector::connector::delete", ["biconnector".to_owned()].as_slice())
    );
}

#[test]
fn a_flat_answer_takes_its_nesting_from_the_example() {
    insta::assert_snapshot!(english("api-reference/tasks/flow/tasks-flow-flow-delete.md"));
}

#[test]
fn sections_nested_four_deep() {
    insta::assert_snapshot!(english("api-reference/catalog/price/catalog-price-modify.md"));
}

#[test]
fn errors_of_the_third_version() {
    insta::assert_snapshot!(russian("api-reference/rest-v3/tasks/tasks-task-get.md"));
}

#[test]
fn an_event() {
    insta::assert_snapshot!(russian("api-reference/crm/deals/events/on-crm-deal-add.md"));
}

#[test]
fn one_of_two_parameters_although_both_are_starred() {
    insta::assert_snapshot!(russian("api-reference/telephony/telephony-external-call-register.md"));
}

/// Where a table and an example contradict each other, both are told, what the example shows first: code is emitted from that.
#[test]
fn what_examples_show_against_the_table_comes_first() {
    let page = r#"# Bells of a tower tower.bells

> Scope: [`tower`](x)

## Method Parameters

#|
|| **Name**
`type` | **Description** ||
|| **filter**
`string` | Which bells. Fields to filter by:
- `WEIGHT` — weight
- `>` — prefix: heavier ||
|| **code**
`integer` | Code of the tower ||
|| **floor**
`integer` | Floor ||
|#

## Code Examples

- cURL (Webhook)

    ```bash
    curl -X POST -d '{"filter": {">WEIGHT": 5}, "code": "a7.x", "floor": "", "PARAMS": {"select": []}}' https://example.com/rest/1/x/tower.bells
    ```

## Response Handling

```json
{
    "result": {
        "rung": 12,
        "names": {"7": "Mary", "9": "Ann"},
        "ropes": {},
        "clapper": null,
        "captions": {"en": "Bells", "de": null}
    }
}
```

### Returned Data

#|
|| **Name**
`type` | **Description** ||
|| **result**
`object` | Bells ||
|| **rung**
`boolean` | Whether it rang ||
|| **names**
`object` | [Names](#names) ||
|| **ropes**
`object` | Ropes by number ||
|| **captions**
`object` | Captions ||
|#

### Names {#names}

#|
|| **Name**
`type` | **Description** ||
|| **title**
`string` | Title ||
|#
"#;
    let page = alone(&docs_input(), "api-reference/tower/tower-bells.md", Some(page.to_owned()));
    insta::assert_snapshot!(told(&page), @r#"
    tower.bells V2 Write at tower::bells, in tower
      line 1, scopes ["tower"]
    params
      filter: {*: string or integer or double or boolean or [string or integer or double or boolean]} (table example 10)
      code: string or integer as string (table example 14)
      floor: integer as string? (table example 16)
      PARAMS: tower.bells/request/PARAMS (example 25)
        select: [string] (example 25)
    response
      result: tower.bells/response/result (table example 47)
        rung: integer or boolean (table example 49)
        names: {*: string} or {*: tower.bells/names} (table example 51)
          title: string (table 64)
        ropes: {*: any} (table example 53)
        captions: {*: string} (table example 55)
        clapper: null (example 31)
    example line 25 Request {filter, code, floor, PARAMS}
    example line 31 Response {result}
    "#);
}
