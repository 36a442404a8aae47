//! The generator's cost as ratios taken in one run: `cargo bench -p bitrix24-codegen --bench targets`.
//!
//! Machines differ, and one machine differs from minute to minute: each figure is the median of the ratios of neighbouring
//! rounds, in which the work and the yardstick, pulldown-cmark alone over the same bytes on one thread, take turns. Memory
//! and growth are measured in processes of their own.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a program that measures"
)]

#[path = "common/corpus.rs"]
mod corpus;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use bitrix24_codegen::{
    Config,
    config::Session,
    docs::{Docs, Source},
    emit::{Settings, emit},
    model::Model,
};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--grow") {
        return grow(arguments[at + 1].parse().unwrap(), Path::new(&arguments[at + 2]));
    }
    if let Some(at) = arguments.iter().position(|argument| argument == "--peak") {
        Config::new().docs(corpus::folder()).out_dir(&arguments[at + 1]).generate().unwrap();
        println!("{}", peak());
        return;
    }
    let measured = corpus::measured();
    let rounds = if measured { 15 } else { 1 };
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
    again(&folder, rounds, &texts);
    let out = tempfile::tempdir().unwrap();
    println!("{:<34} {:>7.0} MiB", "peak memory", child(&["--peak", out.path().to_str().unwrap()])[0] / 1024.0);
    growth(if measured { &[100, 500, 2_500, 10_000, 20_000] } else { &[20, 40] });
}

/// Runs that follow a run: over the same docs, and over docs with one page edited.
fn again(folder: &Path, rounds: usize, texts: &[String]) {
    let (docs, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let all = Docs::open(folder).unwrap();
    for source in all.sources() {
        let file = docs.path().join(&source.path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, source.text()).unwrap();
    }
    let config = || Config::new().docs(docs.path()).out_dir(out.path()).format(true);
    config().generate().unwrap();
    compare("again, nothing changed", rounds, texts, &mut || config().generate().unwrap().pages);
    let named = |ending: &str| all.sources().iter().find(|source| source.path.ends_with(ending));
    let mut edit = 0;
    // A row more in the page's first table.
    let mut save = |page: &Source| {
        edit += 1;
        let row = format!("|| **edit{edit}**\n`string` | Edit ||\n|#");
        fs::write(docs.path().join(&page.path), page.text().replacen("|#", &row, 1)).unwrap();
    };
    let small = named("-delete.md").unwrap();
    compare("again, one page edited", rounds, texts, &mut || {
        save(small);
        config().generate().unwrap().pages
    });
    let mut session = Session::new(config());
    session.generate().unwrap();
    session.read_ahead();
    // The second is of the largest module, and what it describes stands in many answers.
    for (what, page) in [("while watching: a page", Some(small)), ("while watching: a hub", named("crm-deal-get.md"))] {
        let Some(page) = page else { continue };
        compare(what, rounds, texts, &mut || {
            save(page);
            session.generate_saved(vec![page.path.clone()]).unwrap().pages
        });
    }
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
    println!("{what:<34} {ratio:>7.2} × the yardstick ({own:.3?} to {yardstick:.3?})");
}

/// Time and memory over ever more pages, those of the corpus that document methods.
fn growth(sizes: &[usize]) {
    let named = tempfile::NamedTempFile::new().unwrap();
    let model = Model::read(&Docs::open(&corpus::folder()).unwrap());
    let lines = model.methods.iter().map(|method| format!("{}\t{}\n", method.page, method.name));
    fs::write(&named, lines.collect::<String>()).unwrap();
    drop(model);
    println!(
        "{:<34} {:>7} {:>7} {:>7} {:>15} {:>15}",
        "growth: pages", "MB", "s", "MiB", "ms a further MB", "MiB a further MB"
    );
    // Pages differ in length: what grows is their bytes. Slopes are those from the size before.
    let mut before = [0.0; 3];
    for size in sizes {
        let arguments = ["--grow", &size.to_string(), named.path().to_str().unwrap()];
        let [bytes, seconds, peak] = child(&arguments)[..] else { panic!("no figures for {size} pages") };
        let (now, further) = ([bytes / 1e6, seconds, peak / 1024.0], bytes / 1e6 - before[0]);
        let (time, memory) = (1000.0 * (now[1] - before[1]) / further, (now[2] - before[2]) / further);
        println!("{size:<34} {:>7.1} {:>7.2} {:>7.0} {time:>15.1} {memory:>16.2}", now[0], now[1], now[2]);
        before = now;
    }
}

/// Reads and emits `size` pages: those that the file `named` lists with their methods, copied with new names as often as it
/// takes.
fn grow(size: usize, named: &Path) {
    let folder = corpus::folder();
    let named = fs::read_to_string(named).unwrap();
    let named: Vec<(&str, &str)> = named.lines().map(|line| line.split_once('\t').unwrap()).collect();
    // A stride first, so that small sizes are of the same mix as large ones.
    let stride = (named.len() / size).max(1);
    let chosen: Vec<(&str, &str)> = named.iter().step_by(stride).copied().collect();
    let pages = (0..).flat_map(|copy| chosen.iter().map(move |page| (copy, page))).take(size);
    let pages: Vec<(String, Vec<u8>)> = pages
        .map(|(copy, (path, name))| {
            let text = fs::read_to_string(folder.join(path)).unwrap().replace(name, &format!("{name}{copy}"));
            (format!("copy{copy}/{path}"), text.into_bytes())
        })
        .collect();
    let bytes: usize = pages.iter().map(|(_, text)| text.len()).sum();
    let before = peak();
    let start = Instant::now();
    let mut model = Model::read(&Docs::new(pages, &[("build".to_owned(), "prod".to_owned())]));
    model.settle();
    let files = emit(&model, &Settings::default()).unwrap();
    let elapsed = start.elapsed();
    assert!(!files.is_empty());
    println!("{bytes} {} {}", elapsed.as_secs_f64(), peak().saturating_sub(before));
}

/// What a process of its own prints: figures.
fn child(arguments: &[&str]) -> Vec<f64> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env("BENCH_DOCS", corpus::folder())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(|figure| figure.parse().unwrap()).collect()
}

/// The most memory that was in use, in KiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
