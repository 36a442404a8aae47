//! Cargo features: one for each API module, `full` for all of them, none by default.

use std::collections::BTreeSet;

use super::{Error, place::ModulePath};
use crate::model::Model;

/// The feature that stands for every module of the docs.
pub const FULL: &str = "full";

/// The API modules of the docs: each is a feature.
///
/// # Errors
///
/// A Rust path of the model is none.
pub fn modules(model: &Model) -> Result<BTreeSet<String>, Error> {
    let methods = model.methods.iter().map(|method| (&method.rust_path, &method.name));
    let events = model.events.iter().map(|event| (&event.rust_path, &event.name));
    let calls = model.inbound.iter().map(|call| (&call.rust_path, &call.name));
    // A type stands in a module.
    let types = events.chain(calls).filter_map(|(path, name)| Some((path.rsplit_once("::")?.0, name)));
    methods
        .map(|(path, name)| (path.as_str(), name))
        .chain(types)
        .map(|(path, name)| Ok(ModulePath::parse(path, || format!("Rust path of `{name}`"))?.api_module().to_owned()))
        .collect()
}

/// The `[features]` of a manifest for `modules`.
///
/// ```
/// use bitrix24_codegen::emit::features_table;
///
/// let modules = ["crm", "tasks"].map(str::to_owned).into();
/// assert_eq!(
///     features_table(&modules),
///     "[features]\ndefault = []\nfull = [\"crm\", \"tasks\"]\ncrm = []\ntasks = []\n"
/// );
/// ```
pub fn features_table(modules: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = modules.iter().map(|module| format!("\"{module}\"")).collect();
    let mut table = format!("[features]\ndefault = []\n{FULL} = [{}]\n", quoted.join(", "));
    for module in modules {
        table.push_str(module);
        table.push_str(" = []\n");
    }
    table
}

/// The modules of `model` that `features` (of a manifest, or enabled) lack.
///
/// # Errors
///
/// As [`modules`].
pub fn modules_without_feature(model: &Model, features: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    Ok(modules(model)?.into_iter().filter(|module| !features.contains(module)).collect())
}
