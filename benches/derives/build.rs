//! The modules that `BITRIX24_MODULES` names (`crm,tasks`; all where it is not set), of the docs that `BITRIX24_DOCS` names,
//! with derives. With the feature `both` also a list of the documented answers, for the test of what each emission reads.

use std::{env, fmt::Write as _, fs, path::Path};

use bitrix24_codegen::{Config, docs::Docs, model::{ExampleKind, Model}};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = root.join(env::var_os("BITRIX24_DOCS").unwrap_or_else(|| "docs-input".into()));
    let out = env::var_os("OUT_DIR").expect("Cargo sets it");
    let named = env::var("BITRIX24_MODULES").ok();
    let mut config = Config::new().docs(&docs).derives(true);
    if let Some(modules) = &named {
        config = config.modules(modules.split(',').filter(|module| !module.is_empty()));
    }
    config.build_script().expect("the docs can be read");
    if env::var_os("CARGO_FEATURE_BOTH").is_some() {
        let wanted = |module: &str| named.as_ref().is_none_or(|named| named.split(',').any(|name| name == module));
        fs::write(Path::new(&out).join("answers.rs"), answers(&docs, wanted)).expect("OUT_DIR can be written");
    }
    println!("cargo::rerun-if-env-changed=BITRIX24_MODULES");
    println!("cargo::rerun-if-env-changed=BITRIX24_DOCS");
}

/// A list of every documented answer, read through both emissions.
fn answers(docs: &Path, wanted: impl Fn(&str) -> bool) -> String {
    let mut model = Model::read(&Docs::open(docs).expect("the docs can be read"));
    model.settle();
    let mut out = String::from("&[\n");
    for method in model.methods.iter().filter(|method| wanted(&method.module)) {
        // A segment that is a keyword would need another spelling here.
        let path = &method.rust_path;
        if path.split("::").any(|segment| matches!(segment, "move" | "type" | "in" | "for" | "match" | "use")) {
            continue;
        }
        for example in method.examples.iter().filter(|example| example.kind == ExampleKind::Response) {
            let Some(result) = example.json.get("result") else { continue };
            let _ = writeln!(
                out,
                "({:?}, {:?}, by_tables::<bitrix24::{path}::Request>, by_derives::<bitrix24_derives::{path}::RequestResult>),",
                method.name,
                result.to_string()
            );
        }
    }
    out.push(']');
    out
}
