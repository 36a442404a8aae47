//! What breaks: the public items that the old crate has and the new one lacks.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::compare::{Found, touched};
use super::{Action, Change, Verdict, What};
use crate::emit::Error;
use crate::listing::{self, Item};
use crate::model::{Model, ObjectId};

/// Marks the changes that break code, adds those that only Rust sees, and says what they amount to.
pub(super) fn judge(old: &Model, new: &Model, found: &mut Vec<Found>) -> Result<Verdict, Error> {
    let mut subjects: BTreeSet<String> = found.iter().map(|found| found.change.subject.clone()).collect();
    let renamed = found.iter().filter(|f| f.change.action == Action::Renamed && f.change.name == f.change.subject);
    subjects.extend(renamed.filter_map(|f| f.change.before.clone()).collect::<Vec<_>>());
    let structures = |model: &'_ Model, other: &Model| -> BTreeSet<ObjectId> {
        let differs = |(id, object): &(&ObjectId, &crate::model::Object)| {
            subjects.contains(*id)
                || other.objects.get(*id).is_none_or(|o| o.rust_path != object.rust_path || o.open != object.open)
        };
        model.objects.iter().filter(differs).map(|(id, _)| id.clone()).collect()
    };
    let items = |model: &Model, other: &Model| -> Result<BTreeSet<Item>, Error> {
        let structures = structures(model, other);
        let part = touched(model, &subjects, &structures.iter().collect());
        Ok(listing::items(part)?.into_iter().collect())
    };
    // What is emitted of either is what differs in either.
    let (before, after) = rayon::join(|| items(old, new), || items(new, old));
    let (before, after) = (before?, after?);
    let lost: Vec<&Item> = before.difference(&after).filter(|item| item.kind != "mod").collect();
    let gone: BTreeSet<&str> = lost.iter().map(|item| item.path.as_str()).collect();
    let mut explained: BTreeSet<&str> = BTreeSet::new();
    for found in found.iter_mut() {
        let below = |touch: &String| {
            let from = gone.range::<str, _>((Bound::Included(touch.as_str()), Bound::Unbounded));
            let inside = touch.ends_with("::");
            from.copied()
                .take_while(move |path| if inside { path.starts_with(touch) } else { path == touch })
                .collect::<Vec<_>>()
        };
        let broken: Vec<&str> = found.touches.iter().flat_map(below).collect();
        found.change.breaking = !broken.is_empty();
        explained.extend(broken);
        // Items that name the type by its old path.
        if found.change.what == What::Path
            && let Some(path) = &found.change.before
        {
            let named = lost.iter().filter(|item| item.rest.contains(path.as_str()));
            explained.extend(named.map(|item| item.path.as_str()));
        }
    }
    for path in gone.difference(&explained) {
        // A part of a type that is gone itself goes without saying.
        if path.rsplit_once("::").is_some_and(|(holder, _)| gone.contains(holder)) {
            continue;
        }
        let text = |items: &BTreeSet<Item>| {
            let lines: Vec<String> =
                items.iter().filter(|i| i.path == *path).map(|i| format!("{}{}", i.kind, i.rest)).collect();
            (!lines.is_empty()).then(|| lines.join("; "))
        };
        let (was, is) = (text(&before), text(&after));
        let change = Change {
            module: path.split("::").find(|part| *part != "v3").unwrap_or_default().to_owned(),
            subject: (*path).to_owned(),
            what: What::Path,
            action: if is.is_some() { Action::Changed } else { Action::Removed },
            name: (*path).to_owned(),
            before: was,
            after: is,
            breaking: true,
        };
        found.push(Found { change, touches: Vec::new() });
    }
    Ok(if !gone.is_empty() {
        Verdict::Major
    } else if after.difference(&before).next().is_some() {
        Verdict::Minor
    } else {
        Verdict::Patch
    })
}
