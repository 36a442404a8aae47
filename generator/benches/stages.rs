//! What each stage costs: `cargo bench -p bitrix24-codegen --bench stages`. Read the figures beside that of `yardstick`.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a program that measures")]

#[path = "common/corpus.rs"]
mod corpus;

use bitrix24_codegen::{
    docs::Docs,
    emit::{Settings, emit},
    facts::{outline::Library, page_facts::PageFacts},
    model::Model,
};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn docs() -> Docs {
    Docs::open(&corpus::folder()).unwrap()
}

fn model() -> Model {
    let mut model = Model::read(&docs());
    model.settle();
    model
}

#[divan::bench]
fn yardstick(bencher: Bencher<'_, '_>) {
    let texts = corpus::texts(&corpus::folder());
    bencher.bench(|| corpus::yardstick(black_box(&texts)));
}

#[divan::bench]
fn folder_to_texts() -> Docs {
    docs()
}

#[divan::bench]
fn texts_to_facts(bencher: Bencher<'_, '_>) {
    use rayon::prelude::*;
    let docs = docs();
    let pages: Vec<u32> = (0..).take(docs.sources().len()).collect();
    bencher.bench(|| {
        let library = Library::new(&docs);
        let facts: Vec<_> = pages.par_iter().map(|page| PageFacts::read(&library, *page)).collect();
        facts.len()
    });
}

#[divan::bench]
fn texts_to_model(bencher: Bencher<'_, '_>) {
    let docs = docs();
    bencher.bench(|| Model::read(&docs));
}

#[divan::bench]
fn one_page_to_model(bencher: Bencher<'_, '_>) {
    let docs = docs();
    let page = docs.sources().iter().find(|source| source.path.ends_with("-add.md")).unwrap();
    let pages = vec![(page.path.clone(), page.text().as_bytes().to_vec())];
    bencher.with_inputs(|| pages.clone()).bench_values(|pages| Model::read(&Docs::new(pages, &[])));
}

#[divan::bench(args = [false, true])]
fn model_to_rust(bencher: Bencher<'_, '_>, format: bool) {
    let model = model();
    let settings = Settings { format, ..Settings::default() };
    bencher.bench(|| emit(&model, &settings).unwrap());
}
