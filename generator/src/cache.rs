//! What a run leaves beside its files for the next one, so that nothing is done twice.
//!
//! [`CACHE`] in the output folder says which docs, settings and generator the files came of, and of which part of the model
//! each file and each module in it. The next run with the same docs ends at once; after an edit only the modules whose part of the
//! model changed are emitted. Nothing is taken on trust: a file that is not what was written, by its content, is written again, and a cache
//! of another generator, of half a run or of a stranger is no cache. It is written last, in one step.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::OnceLock,
    time::UNIX_EPOCH,
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    config::Generated,
    docs::Stamp,
    emit::{Slice, Standing},
    write::Written,
};

/// The file in the output folder.
pub const CACHE: &str = ".bitrix24-codegen-cache";

/// The last run, as far as its files are still what it wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cache {
    /// Of the generator.
    pub(crate) generator: u64,
    /// Of the docs and the settings.
    pub(crate) input: u64,
    pub(crate) pages: usize,
    pub(crate) methods: usize,
    pub(crate) events: usize,
    pub(crate) diagnostics: usize,
    /// What was said to Cargo.
    pub(crate) warnings: Vec<String>,
    pub(crate) files: BTreeMap<String, Entry>,
}

/// A written file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Of the part of the model that it came of.
    pub(crate) origin: u64,
    /// Of its content.
    pub(crate) content: u64,
    /// Where its modules are.
    pub(crate) slices: Vec<Slice>,
}

/// When files had which content.
#[derive(Default)]
pub(crate) struct Seen(HashMap<String, (Stamp, u64)>);

/// The files of the last run in their folder.
pub(crate) struct Files<'f> {
    pub(crate) cache: &'f Cache,
    pub(crate) out_dir: &'f Path,
}

impl Standing<String> for Files<'_> {
    fn is_file(&self, name: &str, origin: u64) -> bool {
        origin != 0 && self.cache.files.get(name).is_some_and(|entry| entry.origin == origin)
    }

    fn modules(&self, name: &str) -> HashMap<u64, String> {
        let Some(entry) = self.cache.files.get(name) else { return HashMap::new() };
        // It is what was written: the cache was opened for this run.
        let Ok(text) = fs::read_to_string(self.out_dir.join(name)) else { return HashMap::new() };
        let known = entry.slices.iter().filter(|slice| slice.origin != 0);
        known.filter_map(|slice| Some((slice.origin, text.get(slice.start..slice.end)?.to_owned()))).collect()
    }
}

impl Cache {
    /// A cache for a run over `input`.
    pub(crate) fn new(input: u64) -> Cache {
        Cache { generator: generator(), input, ..Cache::default() }
    }

    /// What the last run left in `out_dir`; without the files that are gone or changed since, and then of no known input. What is
    /// as it was `seen` before is not read again.
    pub(crate) fn open(out_dir: &Path, seen: &mut Seen) -> Cache {
        let read = fs::read(out_dir.join(CACHE)).ok().and_then(|bytes| serde_json::from_slice::<Cache>(&bytes).ok());
        let Some(mut cache) = read.filter(|cache| cache.generator == generator()) else { return Cache::default() };
        let written = cache.files.len();
        let stands = |(name, entry): (String, Entry)| {
            let file = out_dir.join(&name);
            let stamp = Stamp::of(&file).filter(Stamp::is_settled);
            let known = stamp.is_some() && seen.0.get(&name).copied() == stamp.map(|stamp| (stamp, entry.content));
            let stands =
                known || crate::write::is_below(&name) && fs::read(file).is_ok_and(|bytes| of(&bytes) == entry.content);
            stands.then_some((name, entry, stamp))
        };
        let files: Vec<_> = cache.files.into_par_iter().filter_map(stands).collect();
        let stamped = files.iter().filter_map(|(name, entry, stamp)| Some((name.clone(), ((*stamp)?, entry.content))));
        seen.0 = stamped.collect();
        cache.files = files.into_iter().map(|(name, entry, _)| (name, entry)).collect();
        if cache.files.len() < written {
            cache.input = 0;
        }
        cache
    }

    /// What that run reported, but for its files.
    pub(crate) fn generated(&self) -> Generated {
        let Cache { pages, methods, events, diagnostics, .. } = *self;
        Generated { pages, methods, events, diagnostics, written: Written::default() }
    }

    /// The text of the file [`CACHE`].
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A digest of bytes; never 0.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    digest(|hasher| hasher.write(bytes))
}

/// A digest of what `feed` tells; never 0.
pub(crate) fn digest(feed: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher);
    hasher.finish().max(1)
}

/// A digest of everything that a value is made of; never 0.
pub(crate) fn of_value(value: &(impl Hash + ?Sized)) -> u64 {
    digest(|hasher| value.hash(hasher))
}

/// This generator: its version, and the program that it runs in, which every build of it changes.
fn generator() -> u64 {
    static GENERATOR: OnceLock<u64> = OnceLock::new();
    *GENERATOR.get_or_init(|| {
        digest(|hasher| {
            env!("CARGO_PKG_VERSION").hash(hasher);
            let program = std::env::current_exe().and_then(fs::metadata);
            if let Ok(program) = program {
                program.len().hash(hasher);
                let changed = program.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                changed.hash(hasher);
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Cache {
        Cache::open(folder, &mut Seen::default())
    }

    #[test]
    fn a_digest_sees_every_part() {
        assert_eq!(of_value(&("a", [1, 2])), of_value(&("a", [1, 2])));
        assert_ne!(of_value(&("a", [1, 2])), of_value(&("a", [1, 3])));
        assert_ne!(of(b"ab"), of(b"ba"));
    }

    #[test]
    fn a_cache_counts_only_for_files_that_are_still_the_same() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "a").unwrap();
        let mut cache = Cache::new(7);
        cache.files.insert("a.rs".to_owned(), Entry { origin: 1, content: of(b"a"), slices: Vec::new() });
        fs::write(folder.path().join(CACHE), cache.text()).unwrap();
        assert_eq!(open(folder.path()), cache);

        fs::write(folder.path().join("a.rs"), "b").unwrap();
        let opened = open(folder.path());
        assert_eq!((opened.input, opened.files.len()), (0, 0));
    }

    #[test]
    fn what_is_no_cache_of_this_generator_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = Cache { generator: 1, input: 7, ..Cache::default() };
        for text in [foreign.text(), "{".to_owned(), String::new(), Cache::new(7).text()[1..].to_owned()] {
            fs::write(folder.path().join(CACHE), text).unwrap();
            assert_eq!(open(folder.path()), Cache::default());
        }
        let escaping = Cache {
            files: [("../a.rs".to_owned(), Entry { origin: 1, content: of(b"a"), slices: Vec::new() })].into(),
            ..Cache::new(7)
        };
        fs::write(folder.path().join(CACHE), escaping.text()).unwrap();
        assert_eq!(open(folder.path()).files.len(), 0);
    }
}
