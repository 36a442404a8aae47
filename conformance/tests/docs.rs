//! The examples and error tables of the docs that the build read, through its types.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use bitrix24::{Version, registry};
use bitrix24_conformance::{
    Api, Kind,
    examples::{self, Example},
    mutants, rows,
};

/// Those whose method or event this build knows.
fn known() -> Vec<Example> {
    let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs-input"));
    let mut examples = examples::read(docs).unwrap();
    examples.retain(|example| match (example.kind, example.api) {
        (Kind::Event, _) => registry::event(&example.name).is_some(),
        (_, Api::V2) => registry::method(&example.name, Version::V2).is_some(),
        (_, Api::V3) => registry::method(&example.name, Version::V3).is_some(),
    });
    assert!(!examples.is_empty());
    examples
}

#[test]
fn every_example_is_read_and_written_without_loss() {
    let report = examples::check(&known());
    for (kind, figures) in &report.figures {
        assert_eq!(
            (figures.read, figures.same),
            (figures.examples, figures.examples),
            "{kind:?}: {:#?}",
            report.findings
        );
        assert!(figures.untyped * 40 <= figures.leaves, "{kind:?}: {figures}");
    }
    assert_eq!(report.posted.read, report.posted.events, "{:#?}", report.findings);
}

#[test]
fn mutants_are_noticed() {
    let mutants = mutants::check(&known());
    assert_eq!(mutants.keys_lost, 0, "{mutants}");
    assert_eq!(mutants.codes_other, mutants.codes, "{mutants}");
    assert!(mutants.numbers_refused * 100 >= mutants.numbers * 97, "{mutants}");
    assert!(mutants.keys_listed * 100 >= mutants.keys * 90, "{mutants}");
    assert!(mutants.numbers > 100 && mutants.keys > 50 && mutants.codes > 10, "{mutants}");
}

#[test]
fn every_documented_error_lands_on_its_own_variant() {
    let report = rows::check();
    assert!(report.rows > 50, "{}", report.rows);
    assert!(report.strays.is_empty(), "{:#?}", report.strays);
}
