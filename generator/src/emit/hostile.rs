//! Names and prose that try to be more than names and prose: what is emitted for them compiles, and says no more than it should.

use std::{fs, path::Path, process::Command};

use super::{Settings, emit, features_table, golden::excerpt, modules};
use crate::{model::Model, write::write};

/// Everything that prose could bring.
const PROSE: &str = concat!(
    "\"; panic!() */ /* #![doc(hidden)] `tick ``two`` [broken](  [x] foo[bar] [`Request`] [a][b] [^1] $x$\n\n",
    "# Heading\n\n- item\n  - [deep](api-reference/probe/type.md#anchor)\n\n        indented in an item\n\n1. one\n\n",
    "    panic!()\n\n```rust\npanic!()\n```\n\n~~~\nunclosed\n\n~~~\n\n<script>alert(1)</script>\n\n",
    "Text <fileId> </b> <!-- c --> Vec<T> &lt;i&gt; https://a.example/x_y?z=[1] http:// www.example.com a@b.example\n",
    "[js](javascript:alert(1)) [up](../../etc/passwd) [rt](api-reference/probe/rt.md) [page](<api-reference/some page).md#a\"b>) ",
    "![image](https://a.example/i.png) [ref]\n\n[ref]: https://a.example\n\n| a | b |\n| --- | --- |\n| [c] | d |\n\n",
    "> quote\n\n***\n\nSetext\n===\n\n😀 \u{202e}\u{2066}\u{feff}\u{0}\u{7}\u{2028} right-to-left ~~gone~~ - [ ] task\\"
);

fn model() -> Model {
    let prose = serde_json::to_string(PROSE).unwrap();
    excerpt(&include_str!("hostile.json").replace("\"PROSE\"", &prose))
}

/// The attributes and literals are what they should be, however the file is laid out.
#[test]
fn what_is_emitted_is_rust() {
    for format in [false, true] {
        for file in emit(&model(), &Settings { format, ..Settings::default() }).unwrap() {
            let parsed = syn::parse_file(&file.content).unwrap_or_else(|error| panic!("{}: {error}", file.name));
            assert!(file.name == "api.rs" || !parsed.attrs.is_empty(), "{}", file.name);
            let turned = |c| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
            assert!(!file.content.contains(turned), "{} has a mark of direction", file.name);
        }
    }
}

/// The same in a crate of its own, with all warnings of rustc and rustdoc denied.
#[test]
fn what_is_emitted_compiles_and_so_do_its_docs() {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Into::into);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let model = model();
    let settings = Settings {
        format: true,
        registry: true,
        gates: true,
        examples: Some("hostile".to_owned()),
        ..Settings::default()
    };
    let files = emit(&model, &settings).unwrap();
    write(&files, &folder.path().join("src/emitted")).unwrap();
    fs::write(
        folder.path().join("Cargo.toml"),
        format!(
            "[package]\nname = \"hostile\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             bitrix24-runtime = {{ path = {:?}, default-features = false }}\n{}registry = []\n[lints.rust]\nwarnings = \"deny\"\nmissing_docs = \"deny\"\n\
             unsafe_code = \"forbid\"\n[lints.clippy]\npedantic = {{ level = \"deny\", priority = -1 }}\n",
            root.join("runtime"),
            features_table(&modules(&model).unwrap())
        ),
    )
    .unwrap();
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    fs::write(
        folder.path().join("src/lib.rs"),
        "//! Hostile.\n\npub use bitrix24_runtime::*;\ninclude!(\"emitted/api.rs\");\n",
    )
    .unwrap();
    for arguments in [
        &["check"][..],
        &["check", "--features", "other"],
        &["check", "--all-features"],
        &["doc", "--no-deps", "--all-features"],
        &["test", "--doc", "--all-features"],
    ] {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--quiet", "--target-dir"])
            .arg(&target)
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "cargo {arguments:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
