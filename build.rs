//! Build script of `generated`: the docs' pages become the modules that its features enable.

fn main() {
    let generated = bitrix24_codegen::Config::new()
        .docs(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs-input"))
        .docs_variable("BITRIX24_DOCS")
        .modules_from_features(["blocking", "registry"])
        .registry(std::env::var_os("CARGO_FEATURE_REGISTRY").is_some())
        .build_script();
    if let Err(error) = generated {
        println!("cargo::error={error}");
        std::process::exit(1);
    }
}
