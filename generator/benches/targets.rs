//! The generator's cost as ratios taken in one run: `cargo bench -p bitrix24-codegen --bench targets`.
//!
//! Machines differ, and one machine differs from minute to minute: each figure is the median of the ratios of neighbouring
//! rounds, in which the work and the yardstick, pulldown-cmark alone over the same bytes on one thread, take turns.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a program that measures")]

#[path = "common/corpus.rs"]
mod corpus;

use std::time::{Duration, Instant};

use bitrix24_codegen::{
    docs::Docs,
    emit::{Settings, emit},
    model::Model,
};

fn main() {
    // `cargo test --benches` and `-- --test` ask whether it works, not how fast.
    let rounds = if std::env::args().any(|argument| argument == "--bench") && !test_mode() { 15 } else { 1 };
    let folder = corpus::folder();
    let texts = corpus::texts(&folder);
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{}: {} pages, {bytes} bytes, {rounds} rounds", folder.display(), texts.len());

    let to_model = || {
        let mut model = Model::read(&Docs::open(&folder).unwrap());
        model.settle();
        model
    };
    let to_rust = |format| emit(&to_model(), &Settings { format, ..Settings::default() }).unwrap().len();
    compare("folder to model", rounds, &texts, &mut || to_model().methods.len());
    compare("folder to Rust", rounds, &texts, &mut || to_rust(false));
    compare("folder to formatted Rust", rounds, &texts, &mut || to_rust(true));
    if let Some(peak) = peak() {
        println!("{:<26} {:>6} MiB", "peak memory", peak >> 10);
    }
}

fn test_mode() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

fn compare(what: &str, rounds: usize, texts: &[String], work: &mut dyn FnMut() -> usize) {
    let mut pairs: Vec<(f64, Duration, Duration)> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            assert!(corpus::yardstick(texts) > 0);
            let yardstick = start.elapsed();
            let start = Instant::now();
            assert!(work() > 0);
            let own = start.elapsed();
            (own.as_secs_f64() / yardstick.as_secs_f64(), own, yardstick)
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, own, yardstick) = pairs[pairs.len() / 2];
    println!("{what:<26} {ratio:>6.2} × the yardstick ({own:.3?} to {yardstick:.3?})");
}

/// The most memory that was in use, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}
