//! Structures that contain themselves: where a box is needed.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{Kind, Model, Type};

/// Which structures hold which directly, without a list or a map between.
#[derive(Debug)]
pub(super) struct Cycles<'m> {
    /// The pairs (holder, held) of which the held structure holds the holder in its turn.
    closing: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Cycles<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut holds: HashMap<&'m str, BTreeSet<&'m str>> = HashMap::new();
        for (id, object) in model.objects.iter().filter(|(_, object)| !object.fields.held().is_empty()) {
            let mut held = BTreeSet::new();
            object.fields.iter().for_each(|field| direct(&field.ty, &mut held));
            if !held.is_empty() {
                holds.insert(id, held);
            }
        }
        // What holds nothing that could lead back is in no circle.
        loop {
            let (before, ids) = (holds.len(), holds.keys().copied().collect::<HashSet<_>>());
            holds.retain(|_, held| held.iter().any(|id| ids.contains(id)));
            if holds.len() == before {
                break;
            }
        }
        let closing = holds
            .iter()
            .flat_map(|(holder, held)| held.iter().map(|held| (*holder, *held)))
            .filter(|(holder, held)| reaches(&holds, held, holder))
            .collect();
        Cycles { closing }
    }

    /// All pairs of which [`closes`](Cycles::closes) is true.
    pub(super) fn closing(&self) -> impl Iterator<Item = (&'m str, &'m str)> {
        self.closing.iter().copied()
    }

    /// Whether `holder`, which holds `held` directly, is itself part of it.
    pub(super) fn closes(&self, holder: &str, held: &str) -> bool {
        self.closing.contains(&(holder, held))
    }
}

fn direct<'m>(ty: &'m Type, held: &mut BTreeSet<&'m str>) {
    match &ty.kind {
        Kind::Object(id) => {
            held.insert(id);
        }
        Kind::Union(types) => types.iter().for_each(|ty| direct(ty, held)),
        _ => {}
    }
}

fn reaches(holds: &HashMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut stack = vec![from];
    while let Some(id) = stack.pop() {
        if id == to {
            return true;
        }
        stack.extend(holds.get(id).into_iter().flatten().filter(|held| seen.insert(held)));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::golden::excerpt;

    #[test]
    fn only_what_closes_a_circle_is_boxed() {
        let object = |fields: &str| format!(r#"{{"rust_path": "a::X", "fields": [{fields}]}}"#);
        let field = |ty: &str| format!(r#"{{"name": "f", "type": {ty}}}"#);
        let holds = |id: &str| field(&format!(r#"{{"kind": "object", "object": "{id}"}}"#));
        let list = |id: &str| field(&format!(r#"{{"kind": "array", "item": {{"kind": "object", "object": "{id}"}}}}"#));
        let json = format!(
            r#"{{"objects": {{"a": {}, "b": {}, "c": {}, "d": {}}}}}"#,
            object(&holds("b")),
            object(&format!("{}, {}", holds("c"), holds("d"))),
            object(&holds("a")),
            object(&list("d"))
        );
        let model = excerpt(&json);
        let cycles = Cycles::new(&model);
        let closing: Vec<_> = cycles.closing().collect();
        assert_eq!(closing, [("a", "b"), ("b", "c"), ("c", "a")]);
    }
}
