//! Conservation over the published docs: every method, every row of every table, and the oracle's marks.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::process::Command;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::model::{Inbound, Model};
use bitrix24_codegen::page::{Block, Place, Row, Table};
use serde_json::Value;

use crate::support::{Corpus, Reach, corpora, shared};

/// What a method is known by: its name in lower case and its API's version.
type Key = (String, String);

#[test]
fn the_oracle_finds_the_model_complete_and_right() {
    let test = "the oracle's floors";
    let Some(script) = shared("oracle/check_model.py", test) else { return };
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: {test}: there is no python3");
        return;
    }
    let floors = [
        ("methods", "100"),
        ("precision", "99.5"),
        ("params", "99.7"),
        ("required", "99.5"),
        ("rows", "97"),
        ("types", "98.5"),
        ("errors", "99"),
        ("requests", "85"),
        ("responses", "85"),
        ("typed", "85"),
    ];
    for corpus in corpora(test) {
        let Some(oracle) = shared(&format!("oracle/{}-2026-06-15.json", corpus.language), test) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let exported = folder.path().join("model.json");
        fs::write(&exported, serde_json::to_vec(&corpus.model).unwrap()).unwrap();
        let mut command = Command::new("python3");
        command.arg(&script).args([&exported, &oracle]);
        for (metric, percent) in floors {
            command.arg("--floor").arg(format!("{metric}={percent}"));
        }
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        println!("{}:\n{told}", corpus.language);
        assert!(output.status.success(), "{}:\n{told}", corpus.language);
    }
}

/// Methods without an example and unknown to the oracle, and how they are known all the same.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[
    ("rpa.task.do", "heading, file and the page's own sentences name it; its parameters depend on the task"),
    ("voximplant.user.deactivatephone", "heading and file name it, and it has a table of parameters, but no example"),
];

#[test]
fn every_documented_method_is_emitted_and_nothing_else() {
    let test = "conservation of methods";
    for corpus in corpora(test) {
        let Some(oracle) = oracle(corpus.language, test) else { continue };
        let mut expected: BTreeMap<Key, String> = BTreeMap::new();
        for (page, entry) in &oracle {
            let stated = |key: &str| entry[key].as_str().unwrap().to_owned();
            expected.insert((stated("method").to_lowercase(), stated("version")), page.clone());
        }
        for source in corpus.docs.sources() {
            if oracle.contains_key(&source.path) {
                continue;
            }
            if let Some((name, version)) = calls_its_own_method(&source.path, source.text()) {
                expected.entry((name, version)).or_insert_with(|| source.path.clone());
            }
        }
        let mut emitted: BTreeSet<Key> = BTreeSet::new();
        for file in &corpus.files {
            let parsed = syn::parse_file(&file.content).unwrap();
            methods(&parsed.items, &mut |key| assert!(emitted.insert(key.clone()), "{key:?} is emitted twice"));
        }
        let pages: BTreeMap<Key, &str> = corpus
            .model
            .methods
            .iter()
            .map(|m| ((m.name.to_lowercase(), format!("{:?}", m.api).to_lowercase()), m.page.as_str()))
            .collect();
        for (name, _) in WITHOUT_EXAMPLE {
            let new = expected.insert(((*name).to_owned(), "v2".to_owned()), String::new()).is_none();
            assert!(new, "{}: `{name}` needs no reason any more: remove it from the list", corpus.language);
        }
        let lost: Vec<_> = expected.iter().filter(|(key, _)| !emitted.contains(key)).collect();
        let invented: Vec<_> =
            emitted.iter().filter(|key| !expected.contains_key(key)).map(|key| (key, pages.get(key))).collect();
        assert!(
            lost.is_empty() && invented.is_empty(),
            "{}: documented and not emitted: {lost:#?}\nemitted and not documented: {invented:#?}",
            corpus.language
        );
        println!("{}: {} methods", corpus.language, emitted.len());
    }
}

fn oracle(language: &str, test: &str) -> Option<BTreeMap<String, Value>> {
    let path = shared(&format!("oracle/{language}-2026-06-15.json"), test)?;
    Some(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

/// The methods of emitted items: what each `MethodInfo` is made of.
fn methods(items: &[syn::Item], found: &mut dyn FnMut(Key)) {
    for item in items {
        match item {
            syn::Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    methods(items, found);
                }
            }
            syn::Item::Impl(block) => {
                let of_method = block
                    .trait_
                    .as_ref()
                    .is_some_and(|(path, _)| path.segments.last().is_some_and(|segment| segment.ident == "Method"));
                if !of_method {
                    continue;
                }
                let info = block.items.iter().find_map(|item| match item {
                    syn::ImplItem::Const(constant) if constant.ident == "INFO" => Some(&constant.expr),
                    _ => None,
                });
                found(made_of(info.expect("a method has its INFO")).expect("INFO is made from name and page"));
            }
            _ => {}
        }
    }
}

/// The name and version in `MethodInfo::v2("name", …)`, also below `&` and in a `..base`.
fn made_of(expression: &syn::Expr) -> Option<Key> {
    match expression {
        syn::Expr::Reference(inner) => made_of(&inner.expr),
        syn::Expr::Struct(inner) => made_of(inner.rest.as_ref()?),
        syn::Expr::Call(call) => {
            let syn::Expr::Path(function) = &*call.func else { return None };
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) = call.args.first()? else { return None };
            Some((name.value().to_lowercase(), function.path.segments.last()?.ident.to_string()))
        }
        _ => None,
    }
}

/// A method that the page's code calls by address or by name, and after which its file is named.
fn calls_its_own_method(path: &str, text: &str) -> Option<Key> {
    let stem = squash(path.rsplit('/').next()?.strip_suffix(".md")?);
    for code in text.split("```").skip(1).step_by(2) {
        let name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        let mut at = 0;
        while let Some(start) = code[at..].find(name_char).map(|i| at + i) {
            let end = code[start..].find(|c| !name_char(c)).map_or(code.len(), |i| start + i);
            at = end;
            let word = &code[start..end];
            let word = word.strip_suffix(".json").or(word.strip_suffix(".xml")).unwrap_or(word);
            if squash(word) != stem {
                continue;
            }
            let before = &code[..start];
            let address = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            if address.contains("/rest/") && before.ends_with('/') {
                let version = if address.contains("/rest/api/") { "v3" } else { "v2" };
                return Some((word.to_lowercase(), version.to_owned()));
            }
            let quoted = before.strip_suffix(['\'', '"']).map(str::trim_end).and_then(|b| b.strip_suffix('('));
            // `BX24.placement.call` speaks to the page around a widget, not to the REST API.
            let calls = |b: &str| {
                let function = |name: &str| b.ends_with(name);
                (function("callMethod") || function(".call") || function("::call")) && !function("placement.call")
            };
            if quoted.is_some_and(calls) {
                return Some((word.to_lowercase(), "v2".to_owned()));
            }
        }
    }
    None
}

fn squash(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Rows that stand for many parameters or keys of an answer, at the top level of a method: the model marks structures as
/// open, not methods. Nothing is lost to users, since each `Request` and each structure takes keys beyond its own.
const OPEN_AT_THE_TOP: &[(&str, &str)] = &[
    ("crm.contact.fields", "UF_..."),
    ("crm.contact.fields", "PARENT_ID_..."),
    ("entity.item.add", "UF_"),
    ("entity.item.update", "UF_"),
    ("entity.section.add", "UF_"),
    ("entity.section.update", "UF_"),
];

#[test]
fn every_row_of_a_methods_page_is_in_the_model_or_reported() {
    let mut all = Vec::new();
    for corpus in corpora("conservation of rows") {
        let (rows, lost) = lost_rows(corpus);
        println!("{}: {rows} rows, {} neither in the model nor reported", corpus.language, lost.len());
        assert!(rows > 20_000, "{}: only {rows} rows were counted", corpus.language);
        all.extend(lost);
    }
    assert!(all.is_empty(), "{} rows are lost:\n{}", all.len(), all.join("\n"));
}

/// How many rows the methods' pages have, and those of which nothing is left.
fn lost_rows(corpus: &Corpus) -> (usize, Vec<String>) {
    let Corpus { docs, model, .. } = corpus;
    let stated: HashSet<(&str, u32)> = stated(model);
    let reported: HashSet<(&str, u32)> = model.diagnostics.iter().map(|d| (d.page.as_str(), d.line)).collect();
    let (mut count, mut lost) = (0, Vec::new());
    for method in &model.methods {
        let reach = Reach::of(model, method.params.iter().chain(&method.response));
        let mut words: HashSet<String> = reach.fields.keys().cloned().collect();
        let mut prose = String::new();
        for field in reach.fields.values().flatten() {
            prose.push_str(&field.description);
            prose.push('\n');
            values(&field.ty, &mut words);
        }
        // A structure of the page that nothing leads to may be open as well.
        let mut own = model.objects.values().filter(|object| object.page == method.page);
        let open_page = reach.keyed || own.any(|object| object.open);
        for error in &method.errors {
            words.insert(error.code.to_lowercase());
            words.extend(error.message.iter().map(|m| m.to_lowercase()));
        }
        let number = docs.find(&method.page).unwrap();
        let blocks = docs.source(number).blocks(number);
        each_table(docs, &blocks, &mut vec![number], &mut |table| {
            let at = |place: Place| {
                let source = docs.source(place.source);
                (source.path.as_str(), source.position(place.at as usize).line)
            };
            for (index, row) in table.rows.iter().enumerate() {
                let first = first_line(row);
                if index == 0 && is_title(&first) {
                    continue;
                }
                count += 1;
                let known = stated.contains(&at(row.place))
                    || reported.contains(&at(row.place))
                    || reported.contains(&at(table.place));
                let open = OPEN_AT_THE_TOP.contains(&(method.name.as_str(), first.as_str()));
                if !known && !open && !is_told(&first, &words, open_page, &prose) {
                    let (page, line) = at(row.place);
                    lost.push(format!("{page}:{line}: {first:?} ({})", method.name));
                }
            }
        });
    }
    (count, lost)
}

/// The lines that fields and errors of the model name as theirs.
fn stated(model: &Model) -> HashSet<(&str, u32)> {
    let methods = model.methods.iter().flat_map(|m| m.params.iter().chain(&m.response));
    let inbound = model.inbound.iter().flat_map(Inbound::fields);
    let fields = methods.chain(inbound).chain(model.objects.values().flat_map(|o| &o.fields));
    let errors = model.methods.iter().flat_map(|m| &m.errors);
    fields.map(|f| (f.page.as_str(), f.line)).chain(errors.map(|e| (e.page.as_str(), e.line))).collect()
}

fn values(ty: &bitrix24_codegen::model::Type, words: &mut HashSet<String>) {
    use bitrix24_codegen::model::Kind;
    match &ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => values(inner, words),
        Kind::Union(types) => types.iter().for_each(|ty| values(ty, words)),
        Kind::Enum(allowed) => words.extend(allowed.iter().map(|v| v.value.to_lowercase())),
        _ => {}
    }
}

/// Every table below `blocks`, also in cells and in what is included.
fn each_table(docs: &Docs, blocks: &[Block<'_>], open: &mut Vec<u32>, found: &mut dyn FnMut(&Table<'_>)) {
    for block in blocks {
        match block {
            Block::Table(table) => {
                found(table);
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    each_table(docs, cell, open, found);
                }
            }
            Block::List(items) => items.iter().for_each(|item| each_table(docs, item, open, found)),
            Block::Quote(inner) | Block::Cut(_, inner) => each_table(docs, inner, open, found),
            Block::Note(note) => each_table(docs, &note.blocks, open, found),
            Block::Tabs(tabs) => tabs.iter().for_each(|tab| each_table(docs, &tab.blocks, open, found)),
            Block::Include(mark) => {
                let Some(page) = docs.resolve(mark.place.source, &mark.path) else { continue };
                // What every page includes is the same for all: the system errors.
                if open.contains(&page) || docs.source(page).path.starts_with("_includes/") {
                    continue;
                }
                open.push(page);
                each_table(docs, &docs.source(page).blocks(page), open, found);
                open.pop();
            }
            Block::Heading(_) | Block::Paragraph(_) | Block::Code(_) => {}
        }
    }
}

/// What the row's first cell names: what is bold there, else the first line; without stars.
fn first_line(row: &Row<'_>) -> String {
    let cell = row.cells.first().map_or(&[][..], Vec::as_slice);
    let text = cell.iter().find_map(|block| match block {
        Block::Paragraph(text) if !text.is_blank() => Some(text),
        _ => None,
    });
    let text = text.map_or(String::new(), |text| {
        // Names are bold; what stands between two of them separates them.
        let mut bold = String::new();
        for run in &text.runs {
            if run.bold {
                bold.push_str(&run.text);
            } else if !bold.is_empty() && !run.text.trim().trim_matches('*').is_empty() {
                bold.push_str(", ");
            }
        }
        if bold.trim().is_empty() { text.plain() } else { bold.trim_end_matches([',', ' ']).to_owned() }
    });
    text.trim().lines().next().unwrap_or_default().replace("^*^", "").replace('*', "").trim().to_owned()
}

/// Titles of first columns, in both languages.
fn is_title(first: &str) -> bool {
    const TITLES: &[&str] = &[
        "name",
        "attribute purpose",
        "title",
        "parameter",
        "field",
        "key",
        "value",
        "property",
        "identifier",
        "type",
        "code",
        "error code",
        "error",
        "error text",
        "error message",
        "message",
        "status",
        "method",
        "event",
        "section",
        "description",
        "название",
        "имя",
        "параметр",
        "параметры",
        "поле",
        "ключ",
        "значение",
        "свойство",
        "идентификатор",
        "тип",
        "код",
        "код ошибки",
        "ошибка",
        "текст ошибки",
        "сообщение",
        "сообщение об ошибке",
        "статус",
        "метод",
        "событие",
        "раздел",
        "описание",
    ];
    let first = first.to_lowercase();
    let first = first.split(['/', '`', ',']).next().unwrap_or_default().trim_end_matches(':').trim();
    TITLES.contains(&first) || first.split_once(' ').is_some_and(|(a, b)| TITLES.contains(&a) && TITLES.contains(&b))
}

/// Whether the model tells of what a row's first cell names: as a field, an allowed value, an error, or in prose.
fn is_told(first: &str, words: &HashSet<String>, keyed: bool, prose: &str) -> bool {
    if first.is_empty() || words.contains(&first.to_lowercase()) || prose.contains(first) {
        return true;
    }
    let placeholder = |part: &str| {
        part.contains(['<', '>', '{', '}', '…', '#'])
            || part.contains("...")
            || part.ends_with("_n")
            || part.ends_with('_')
    };
    first.split([',', '/', ';']).map(str::trim).filter(|name| !name.is_empty()).all(|name| {
        let name = name.trim_matches(['`', '\'', '"', ':']).to_lowercase();
        let mut parts = name.split(['.', '[', ']', '(', ')', '|', ' ']).filter(|part| !part.is_empty());
        words.contains(&name)
            || keyed && (placeholder(&name) || !name.is_ascii() || is_language(&name))
            || parts.all(|part| words.contains(part) || keyed && placeholder(part))
    })
}

/// A key of a map from languages to texts.
fn is_language(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|b| b.is_ascii_lowercase())
}
