//! What `diff` calls breaking, held against the compiler: programs that use every public item of the old crate are compiled with
//! the new one. Where `diff` says that a method breaks, its program must not compile; all others must.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitrix24_codegen::diff::{Action, Change, What, diff};
use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::{Settings, emit, features_table, modules};
use bitrix24_codegen::listing::{Item, listing};
use bitrix24_codegen::model::{Api, Model};
use bitrix24_codegen::write::write;

use crate::support::{shared, workspace};

/// The crate that is written, old and new.
const CRATE: &str = "verdicts";

/// A page of the method `bell.NAME`.
#[derive(Clone, Copy)]
struct Page {
    params: &'static str,
    result: &'static str,
    example: &'static str,
    errors: &'static str,
}

const PAGE: Page = Page {
    params: "|| **times***\n`integer` | How often ||\n|| **tone**\n`string` | Possible values:\n- `low` — low\n- `high` — high ||\n",
    result: "|| **id**\n`integer` | Number ||\n|| **by**\n[`ringer`](#ringer) | Who rang ||\n",
    example: "{\"result\": {\"id\": 7, \"by\": {\"name\": \"Ann\"}}}",
    errors: "|| `NO_BELL` | `There is no bell` ||\n",
};

impl Page {
    fn text(self, name: &str) -> String {
        let Page { params, result, example, errors } = self;
        let table = |rows: &str| format!("#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n\n");
        format!(
            "# Ring bell.{name}\n\n> Scope: [`bell`](x)\n\n## Method Parameters\n\n{}## Response Handling\n\n```json\n{example}\n```\n\n\
             ### Returned Data\n\n{}#### Ringer {{#ringer}}\n\n{}## Error Handling\n\n### Possible Error Codes\n\n#|\n|| **Code** | **Message** ||\n{errors}|#\n",
            table(params),
            table(&format!("|| **result**\n`object` | The ring ||\n{result}")),
            table("|| **name**\n`string` | Name ||\n"),
        )
    }
}

/// Each edit, and whether code has to change for it.
fn cases() -> Vec<(&'static str, Option<Page>, bool)> {
    let params = |params| Some(Page { params, ..PAGE });
    let result = |result, example| Some(Page { result, example, ..PAGE });
    let errors = |errors| Some(Page { errors, ..PAGE });
    let of = |params: &'static str, what: &str, with: &str| -> &'static str { params.replace(what, with).leak() };
    let with = |params: &'static str, more: &str| -> &'static str { format!("{params}{more}").leak() };
    let tone = PAGE.params;
    vec![
        ("prose", params(of(tone, "How often", "The number of strokes")), false),
        ("method_gone", None, true),
        ("parameter_gone", params("|| **times***\n`integer` | How often ||\n"), true),
        ("parameter_retyped", params(of(tone, "`integer`", "`boolean`")), true),
        ("parameter_renamed", params(of(tone, "tone", "pitch")), true),
        ("parameter_required", params(of(tone, "**tone**", "**tone***")), true),
        ("parameter_optional", params(of(tone, "**times***", "**times**")), true),
        ("optional_parameter_added", params(with(tone, "|| **loud**\n`boolean` | Loudly ||\n")), false),
        ("required_parameter_added", params(with(tone, "|| **loud***\n`boolean` | Loudly ||\n")), true),
        ("value_added", params(of(tone, "- `high` — high", "- `high` — high\n- `shrill` — shrill")), false),
        ("value_gone", params(of(tone, "- `high` — high", "- `shrill` — shrill")), true),
        (
            "field_gone",
            result("|| **by**\n[`ringer`](#ringer) | Who rang ||\n", "{\"result\": {\"by\": {\"name\": \"Ann\"}}}"),
            true,
        ),
        (
            "field_retyped",
            result(of(PAGE.result, "`integer`", "`string`"), of(PAGE.example, "\"id\": 7", "\"id\": \"seven\"")),
            true,
        ),
        (
            "field_added",
            result(
                with(PAGE.result, "|| **loud**\n`boolean` | Loudly ||\n"),
                of(PAGE.example, "\"id\": 7", "\"id\": 7, \"loud\": true"),
            ),
            false,
        ),
        ("structure_gone", result("|| **id**\n`integer` | Number ||\n", "{\"result\": {\"id\": 7}}"), true),
        ("error_added", errors(with(PAGE.errors, "|| `NO_ROPE` | `There is no rope` ||\n")), false),
        ("error_gone", errors("|| `NO_ROPE` | `There is no rope` ||\n"), true),
    ]
}

fn read(pages: Vec<(String, String)>) -> Model {
    let pages =
        pages.into_iter().map(|(name, text)| (format!("api-reference/bell/{name}.md"), text.into_bytes())).collect();
    Model::read(&Docs::new(pages, &[]))
}

#[test]
fn the_compiler_agrees_about_every_kind_of_change() {
    let cases = cases();
    let old = read(cases.iter().map(|(name, ..)| ((*name).to_owned(), PAGE.text(name))).collect());
    let mut pages: Vec<_> =
        cases.iter().filter_map(|(name, page, _)| Some(((*name).to_owned(), page.as_ref()?.text(name)))).collect();
    pages.push(("method_added".to_owned(), PAGE.text("method_added")));
    let new = read(pages);
    let judged = Judged::of(&old, &new, &["bell".to_owned()]);
    let breaks: BTreeSet<&str> = cases.iter().filter(|case| case.2).map(|case| case.0).collect();
    let said: BTreeSet<&str> = judged.breaks.iter().map(|path| path.trim_start_matches("bell::")).collect();
    assert_eq!(said, breaks, "what `diff` calls breaking");
    let refused = judged.refused();
    let refused: BTreeSet<&str> = refused.keys().map(|path| path.trim_start_matches("bell::")).collect();
    assert_eq!(refused, breaks, "what does not compile");
}

/// Modules of the published docs, as they changed in half a year; `BITRIX24_VERDICTS` names others.
#[test]
#[ignore = "compiles some modules of the published docs, twice: cargo test -p bitrix24-codegen --all-features --test end_to_end -- --ignored verdicts"]
fn the_compiler_agrees_about_the_published_docs() {
    let test = "the_compiler_agrees_about_the_published_docs";
    let (Some(old), Some(new)) = (shared("docs/ru-2026-01-01", test), shared("docs/ru-2026-06-15", test)) else {
        return;
    };
    let model = |folder: PathBuf| Model::read(&Docs::open(&folder).unwrap());
    let (old, new) = (model(old), model(new));
    let modules =
        std::env::var("BITRIX24_VERDICTS").unwrap_or_else(|_| "calendar,disk,user,telephony,lists".to_owned());
    let modules: Vec<String> = modules.split(',').map(str::to_owned).collect();
    let judged = Judged::of(&old, &new, &modules);
    let refused = judged.refused();
    let said: BTreeSet<&String> = judged.breaks.iter().collect();
    let wrong = |what: &str, paths: Vec<&String>| {
        paths.iter().fold(String::new(), |text, path| {
            let why = refused.get(*path).map_or("", String::as_str);
            format!("{text}{what}: {path}\n{why}")
        })
    };
    let silent = wrong("breaks and is not said to", refused.keys().filter(|path| !said.contains(path)).collect());
    let loud =
        wrong("said to break and compiles", said.iter().copied().filter(|path| !refused.contains_key(*path)).collect());
    println!("{} programs, {} said to break, {} refused", judged.programs.len(), said.len(), refused.len());
    assert!(judged.programs.len() > 50 && refused.len() > 5, "too few to tell");
    assert!(silent.is_empty() && loud.is_empty(), "{silent}{loud}");
}

/// The old crate's programs beside the new crate.
struct Judged {
    folder: tempfile::TempDir,
    /// By the path of the method's module, or an API module for what stands in no method's.
    programs: BTreeMap<String, Vec<Item>>,
    /// The programs that `diff` says break.
    breaks: BTreeSet<String>,
}

impl Judged {
    /// Writes the new crate and the programs, and sees that these compile with the old crate.
    fn of(old: &Model, new: &Model, wanted: &[String]) -> Judged {
        let found = diff(old.clone(), new.clone()).unwrap();
        let settle = |model: &Model| {
            let mut model = model.clone();
            model.settle();
            model
        };
        let (old, new) = (settle(old), settle(new));
        let methods: BTreeSet<&str> = old.methods.iter().map(|method| method.rust_path.as_str()).collect();
        let program = |path: &str| -> Option<String> {
            let api = path.split("::").find(|part| *part != "v3")?;
            if !wanted.iter().any(|module| module == api) {
                return None;
            }
            let method = methods.iter().filter(|method| is_at_or_below(path, method)).max_by_key(|method| method.len());
            Some(method.map_or(api, |method| *method).to_owned())
        };
        let folder = tempfile::tempdir().unwrap();
        let mut programs: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for item in write_crate(folder.path(), &old, wanted) {
            // A module that only holds others goes with them.
            let holds_modules = item.kind == "mod" && !methods.contains(item.path.as_str());
            if let Some(program) = program(&item.path).filter(|_| !holds_modules) {
                programs.entry(program).or_default().push(item);
            }
        }
        let mut breaks = BTreeSet::new();
        for change in found.changes.iter().filter(|change| change.breaking) {
            breaks.extend(program(&old_path(&old, change)));
            // Whoever names a type by a path that is gone.
            if let (What::Path, Some(path)) = (change.what, &change.before) {
                let named =
                    programs.iter().filter(|(_, items)| items.iter().any(|item| item.rest.contains(path.as_str())));
                breaks.extend(named.map(|(program, _)| program.clone()).collect::<Vec<_>>());
            }
        }
        for (at, items) in programs.values().enumerate() {
            let file = folder.path().join(format!("examples/program{at}.rs"));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text(items)).unwrap();
        }
        let judged = Judged { folder, programs, breaks };
        let refused = judged.refused();
        assert!(refused.is_empty(), "with the old crate: {refused:#?}");
        write_crate(judged.folder.path(), &new, wanted);
        judged
    }

    /// The programs that do not compile, and what the compiler says.
    fn refused(&self) -> BTreeMap<String, String> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), Into::into);
        let cargo = Command::new(env!("CARGO"))
            .args([
                "check",
                "--examples",
                "--keep-going",
                "--offline",
                "--quiet",
                "--message-format=json",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let mut refused = BTreeMap::new();
        for line in String::from_utf8_lossy(&cargo.stdout).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if line["message"]["level"] != "error" {
                continue;
            }
            let said = line["message"]["rendered"].as_str().unwrap_or_default();
            let target = line["target"]["name"].as_str().unwrap();
            let at = target.strip_prefix("program").and_then(|at| at.parse::<usize>().ok());
            let at = at.unwrap_or_else(|| panic!("the crate itself does not compile: {said}"));
            let program = self.programs.keys().nth(at).unwrap();
            refused.entry(program.clone()).or_insert_with(String::new).push_str(said);
        }
        let said = String::from_utf8_lossy(&cargo.stderr);
        assert!(cargo.status.success() != refused.values().any(|said| !said.is_empty()), "{said}");
        refused
    }
}

fn is_at_or_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Where the subject of `change` stood in the old crate.
fn old_path(old: &Model, change: &Change) -> String {
    let renamed = change.action == Action::Renamed && change.name == change.subject;
    let subject = if renamed { change.before.as_ref().unwrap() } else { &change.subject };
    let method = old.methods.iter().find(|method| match method.api {
        Api::V3 => subject.strip_prefix("v3:") == Some(&method.name),
        Api::V2 => *subject == method.name,
    });
    let event = || old.events.iter().find(|event| event.name == *subject);
    match (method, old.objects.get(subject)) {
        (Some(method), _) => method.rust_path.clone(),
        (None, Some(object)) => object.rust_path.clone(),
        (None, None) => event().map_or_else(|| subject.clone(), |event| event.rust_path.clone()),
    }
}

/// Writes a crate of these modules to `folder`; its public items.
fn write_crate(folder: &Path, model: &Model, wanted: &[String]) -> Vec<Item> {
    let root = workspace();
    let settings = Settings { modules: Some(wanted.iter().cloned().collect()), ..Settings::default() };
    let files = emit(model, &settings).unwrap();
    write(&files, &folder.join("src/emitted")).unwrap();
    // As `hostile.rs` writes it, so that both use one build of the runtime.
    let manifest = format!(
        "[package]\nname = \"{CRATE}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         bitrix24-runtime = {{ path = '{}', default-features = false }}\n{}",
        root.join("runtime").display(),
        features_table(&modules(model).unwrap())
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), "pub use bitrix24_runtime::*;\ninclude!(\"emitted/api.rs\");\n").unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    listing(&files).unwrap()
}

/// A program that uses each of `items` as its declaration allows.
fn text(items: &[Item]) -> String {
    let types: BTreeSet<&str> = items
        .iter()
        .filter(|item| item.kind.ends_with("struct") || item.kind.ends_with("enum") || item.kind == "type")
        .map(|item| item.path.as_str())
        .collect();
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    let mut number = 0;
    for Item { path, kind, rest } in items {
        let (holder, name) = path.rsplit_once("::").unwrap_or(("", path));
        // A member of a type stands in the module of the type.
        let (module, holder) = if *kind == "impl" {
            (holder, name)
        } else if types.contains(holder) {
            holder.rsplit_once("::").unwrap_or(("", holder))
        } else {
            (holder, "")
        };
        let own = |text: &str| in_module(text, module, holder);
        number += 1;
        let f = format!("f{number}");
        let line = match *kind {
            "mod" => format!("use {CRATE}::{path} as {f};"),
            // One that does not say that there may be more is made of just its fields.
            "struct" if items.iter().any(|item| is_field_of(item, path)) => {
                let fields = items.iter().filter(|item| is_field_of(item, path));
                let fields: Vec<&str> = fields.filter_map(|field| Some(field.path.rsplit_once("::")?.1)).collect();
                let given: Vec<String> = fields.iter().map(|field| format!("{field}: it.{field}")).collect();
                format!("fn {f}(it: {name}) -> {name} {{ {name} {{ {} }} }}", given.join(", "))
            }
            "struct" | "non_exhaustive struct" | "enum" | "non_exhaustive enum" => format!("fn {f}(_: &{name}) {{}}"),
            "type" => format!("fn {f}(it: {name}) {rest} {{ it }}", rest = own(rest).replacen(" =", "->", 1)),
            "field" => format!("fn {f}(it: {holder}) -> {ty} {{ it.{name} }}", ty = own(rest.trim_start_matches(": "))),
            "variant" if rest.is_empty() => format!("fn {f}() -> {holder} {{ {holder}::{name} }}"),
            "variant" => {
                let ty = own(rest.trim_start_matches('(').trim_end_matches(')'));
                format!("fn {f}(it: {ty}) -> {holder} {{ {holder}::{name}(it) }}")
            }
            "fn" => call(&f, holder, name, &own(rest)),
            "impl" => format!(
                "fn {f}() {{ fn has<T: {bound}>() {{}} has::<{holder}>(); }}",
                bound = own(rest.trim_start_matches(": "))
            ),
            "const" | "static" => {
                let path = if holder.is_empty() { name.to_owned() } else { format!("{holder}::{name}") };
                format!("fn {f}() {{ let _: &{ty} = &{path}; }}", ty = own(rest.trim_start_matches(": ")))
            }
            other => panic!("a program cannot use `{other} {path}{rest}`"),
        };
        let _ = writeln!(modules.entry(module.to_owned()).or_default(), "    {line}");
    }
    let mut out = "#![allow(warnings)]\nuse bitrix24_runtime as rt;\nfn main() {}\n".to_owned();
    for (at, (module, body)) in modules.iter().enumerate() {
        let path = if module.is_empty() { CRATE.to_owned() } else { format!("{CRATE}::{module}") };
        let _ = write!(out, "mod m{at} {{\n    use bitrix24_runtime as rt;\n    use {path}::*;\n{body}}}\n");
    }
    out
}

fn is_field_of(item: &Item, holder: &str) -> bool {
    item.kind == "field" && item.path.rsplit_once("::").is_some_and(|(path, _)| path == holder)
}

/// The text of a declaration in `module` as another crate has to write it.
fn in_module(text: &str, module: &str, holder: &str) -> String {
    let mut out = text.replace("crate::", &format!("{CRATE}::"));
    let mut segments: Vec<&str> = module.split("::").collect();
    let mut supers = Vec::new();
    while segments.pop().is_some() && !segments.is_empty() {
        supers.push(segments.join("::"));
    }
    for (depth, above) in supers.iter().enumerate().rev() {
        out = out.replace(&"super::".repeat(depth + 1), &format!("{CRATE}::{above}::"));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut with_holder = String::new();
    for (at, part) in out.split("Self").enumerate() {
        if at > 0 {
            let inside = with_holder.ends_with(is_word) || part.starts_with(is_word);
            with_holder.push_str(if inside { "Self" } else { holder });
        }
        with_holder.push_str(part);
    }
    with_holder
}

/// A function that calls `holder::name`, declared as `(parameters) -> result`.
fn call(f: &str, holder: &str, name: &str, declared: &str) -> String {
    let open = declared.find('(').unwrap();
    let (generics, rest) = declared.split_at(open);
    let mut depth = 0;
    let mut parameters = vec![String::new()];
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !rest[..at].ends_with('-') => depth -= 1,
            ',' if depth == 1 => {
                parameters.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            end = at + 1;
            break;
        }
        if at > 0 {
            parameters.last_mut().unwrap().push(c);
        }
    }
    let result = &rest[end..];
    let (mut declared, mut given) = (Vec::new(), Vec::new());
    for (at, parameter) in parameters.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).enumerate() {
        let ty = match parameter {
            "self" => holder.to_owned(),
            "&self" => format!("&{holder}"),
            "&mut self" => format!("&mut {holder}"),
            typed => typed.split_once(": ").unwrap().1.to_owned(),
        };
        declared.push(format!("a{at}: {ty}"));
        given.push(format!("a{at}"));
    }
    let path = if holder.is_empty() { name.to_owned() } else { format!("{holder}::{name}") };
    format!("fn {f}{generics}({}){result} {{ {path}({}) }}", declared.join(", "), given.join(", "))
}
