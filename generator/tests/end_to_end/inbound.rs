//! Placements and webhooks of the published docs.

use std::collections::BTreeSet;

use bitrix24_codegen::model::{Inbound, InboundKind, Model};

use crate::support::{Corpus, corpora};

/// Placements of the docs that may be without a type, of all.
const WITHOUT_TYPE: usize = 2;

/// Whether `code`, as a portal sends it, has a type.
fn has_type(model: &Model, code: &str) -> bool {
    let is = |call: &&Inbound| {
        let name = call.name.replace("XXX", "*");
        let (before, after) = name.split_once('*').unwrap_or((&name, ""));
        call.kind == InboundKind::Placement && code.starts_with(before) && code.ends_with(after)
    };
    model.inbound.iter().any(|call| is(&call))
}

/// The codes that the docs' examples of forms hold, by a look at the text alone.
fn shown(corpus: &Corpus) -> BTreeSet<String> {
    let lines = corpus.docs.sources().iter().flat_map(|source| source.text().lines());
    lines.filter_map(|line| line.trim().strip_prefix("[PLACEMENT] => ")).map(|code| code.trim().to_owned()).collect()
}

#[test]
fn nearly_every_placement_that_the_docs_show_has_a_type() {
    for corpus in corpora("placements have types") {
        let shown = shown(corpus);
        let missing: Vec<&String> = shown.iter().filter(|code| !has_type(&corpus.model, code)).collect();
        println!("{}: {} placements shown, without a type: {missing:?}", corpus.language, shown.len());
        assert!(shown.len() > 60 && missing.len() <= WITHOUT_TYPE, "{}: {missing:?}", corpus.language);
    }
}

#[test]
fn both_languages_have_the_same_placements_and_webhooks() {
    let corpora = corpora("placements and webhooks of two languages");
    let paths = |corpus: &Corpus| -> BTreeSet<String> {
        let fields = |call: &Inbound| {
            let listed = call.options.iter().chain(&call.answer);
            listed.map(|field| field.name.as_str()).collect::<Vec<_>>().join(",")
        };
        corpus.model.inbound.iter().map(|call| format!("{} {}", call.rust_path, fields(call))).collect()
    };
    let [first, second] = corpora.as_slice() else { return };
    let (first, second) = (paths(first), paths(second));
    let differing: Vec<_> = first.symmetric_difference(&second).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    for webhook in ["CalculateUrl", "CreateDeliveryRequestUrl", "CancelDeliveryRequestUrl", "PrintUrl", "CheckUrl"] {
        let path = format!("sale::webhooks::{webhook}");
        assert!(first.iter().any(|call| call.split(' ').next() == Some(&path)), "{path}");
    }
}
