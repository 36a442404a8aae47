//! Golden tests: a Markdown file holds an excerpt of a model and the Rust that is emitted for it. The same file is the
//! emitter's documentation.

use std::{fs, path::Path};

use heck::ToSnakeCase as _;
use serde_json::{Map, Value, json};

use super::{Settings, emit};
use crate::model::Model;

/// The model of which `json` states what matters.
pub(crate) fn excerpt(json: &str) -> Model {
    let mut model: Value = serde_json::from_str(json).expect("the excerpt is JSON");
    let defaults = json!({"model_version": 1, "language": "en", "methods": [], "events": [], "inbound": [], "objects": {}, "diagnostics": []});
    fill(&mut model, &defaults);
    for method in model["methods"].as_array_mut().expect("methods") {
        let name = method["name"].as_str().expect("a name").to_owned();
        let module = name.split('.').next().unwrap_or_default().to_lowercase();
        let path = name.to_lowercase().replace('.', "::");
        fill(
            method,
            &json!({
                "api": "v2", "page": format!("api-reference/{}.md", name.replace('.', "-")), "line": 1, "title": "",
                "module": module, "scopes": [], "deprecated": null, "effect": "write", "paging": null,
                "positional": false, "rust_path": path, "params": [], "one_of": [], "response": [], "errors": [],
                "examples": [],
            }),
        );
        let page = method["page"].clone();
        fields(&mut method["params"], &page);
        fields(&mut method["response"], &page);
        for error in method["errors"].as_array_mut().expect("errors") {
            fill(error, &json!({"code": "", "message": null, "field": null, "status": null, "line": 1, "page": page}));
        }
    }
    for event in model["events"].as_array_mut().expect("events") {
        fill(event, &json!({"page": "api-reference/event.md", "line": 1, "module": "", "payload": [], "examples": []}));
        let page = event["page"].clone();
        fields(&mut event["payload"], &page);
    }
    for call in model["inbound"].as_array_mut().expect("inbound calls") {
        fill(
            call,
            &json!({
                "page": "api-reference/inbound.md", "line": 1, "module": "", "payload": [], "options": [], "answer": [],
                "examples": [],
            }),
        );
        let page = call["page"].clone();
        for part in ["payload", "options", "answer"] {
            fields(&mut call[part], &page);
        }
    }
    for object in model["objects"].as_object_mut().expect("objects").values_mut() {
        fill(object, &json!({"page": "api-reference/object.md", "line": 1, "open": false, "fields": []}));
        let page = object["page"].clone();
        fields(&mut object["fields"], &page);
    }
    serde_json::from_value(model).expect("the excerpt is a model")
}

fn fields(fields: &mut Value, page: &Value) {
    for field in fields.as_array_mut().expect("fields") {
        let rust_name = field["name"].as_str().expect("a name").to_snake_case();
        fill(
            field,
            &json!({
                "rust_name": rust_name, "required": false, "type": {"kind": "string"}, "doc_type": "", "default": null,
                "access": "read_write", "page": page, "line": 1, "from": ["table"],
            }),
        );
    }
}

fn fill(value: &mut Value, defaults: &Value) {
    let empty = Map::new();
    let given = value.as_object_mut().expect("an object");
    for (key, default) in defaults.as_object().unwrap_or(&empty) {
        given.entry(key).or_insert_with(|| default.clone());
    }
}

/// The first file that is emitted for `model`, without its head.
pub(crate) fn emitted(model: &Model) -> String {
    let has_examples = model.methods.iter().any(|method| !method.examples.is_empty());
    let examples = has_examples.then(|| "bitrix24".to_owned());
    let files =
        emit(model, &Settings { format: true, examples, ..Settings::default() }).expect("the model can be emitted");
    let body = files[0].content.split_once(")]\n").map_or("", |(_, body)| body);
    body.trim().to_owned()
}

/// Checks `src/emit/golden/NAME.md`; with `UPDATE_GOLDEN` set, writes the Rust anew instead.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit/golden").join(format!("{name}.md"));
    let text = fs::read_to_string(&path).expect("the golden file is there");
    let (head, rest) = text.split_once("````json\n").expect("a block of JSON");
    let (json, rest) = rest.split_once("````\n").expect("the end of the JSON");
    let (between, rest) = rest.split_once("````rust,ignore\n").expect("a block of Rust");
    let (expected, tail) = rest.rsplit_once("\n````\n").expect("the end of the Rust");
    let emitted = emitted(&excerpt(json));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let text = format!("{head}````json\n{json}````\n{between}````rust,ignore\n{emitted}\n````\n{tail}");
        fs::write(path, text).expect("the golden file can be written");
    } else {
        assert_eq!(emitted, expected, "`UPDATE_GOLDEN=1 cargo test golden` takes the new Rust over");
    }
}

macro_rules! golden {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name).trim_start_matches("r#"));
            }
        )*
    };
}

golden!(example request list input object r#enum error_code event inbound);
