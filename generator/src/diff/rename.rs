//! Pairs what two lists have in common: by name, and what is left by resemblance, which is a renaming.

/// From this likeness of names on, of 1, two things that are alike otherwise are taken for one that was renamed.
const LIKENESS: f64 = 0.75;

pub(super) trait Similar {
    /// Its name.
    fn key(&self) -> &str;

    /// Whether both are one thing under one name.
    fn matches(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// Whether both may be one thing under two names that resemble each other.
    fn alike(&self, other: &Self) -> bool;

    /// Whether both are one thing, however their names differ.
    fn same(&self, _: &Self) -> bool {
        false
    }
}

/// The things of both lists, each with its counterpart; those of `new` in its order, then what is gone.
pub(super) fn pair<'t, T: Similar>(old: &'t [T], new: &'t [T]) -> Vec<(Option<&'t T>, Option<&'t T>)> {
    let mut counterpart: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    let mut by_name: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
    for (i, thing) in old.iter().enumerate() {
        by_name.entry(thing.key()).or_default().push(i);
    }
    for (n, thing) in new.iter().enumerate() {
        let named = by_name.get(thing.key()).into_iter().flatten();
        if let Some(i) = named.copied().find(|i| !taken[*i] && old[*i].matches(thing)) {
            taken[i] = true;
            counterpart[n] = Some(i);
        }
    }
    let left: Vec<usize> = (0..old.len()).filter(|i| !taken[*i]).collect();
    let fresh: Vec<usize> = (0..new.len()).filter(|n| counterpart[*n].is_none()).collect();
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for n in fresh {
        for i in &left {
            let likeness = likeness(&old[*i], &new[n]);
            if likeness >= LIKENESS {
                candidates.push((likeness, n, *i));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, n, i) in candidates {
        if counterpart[n].is_none() && !taken[i] {
            taken[i] = true;
            counterpart[n] = Some(i);
        }
    }
    let kept = new.iter().zip(&counterpart).map(|(thing, i)| (i.map(|i| &old[i]), Some(thing)));
    let gone = old.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(thing, _)| (Some(thing), None));
    kept.chain(gone).collect()
}

fn likeness<T: Similar>(old: &T, new: &T) -> f64 {
    let squash =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    if old.same(new) {
        return 1.0 + strsim::normalized_levenshtein(old.key(), new.key());
    }
    let (a, b) = (squash(old.key()), squash(new.key()));
    if a == b && !a.is_empty() {
        return 1.0;
    }
    if old.alike(new) { strsim::normalized_levenshtein(&a, &b) } else { 0.0 }
}
