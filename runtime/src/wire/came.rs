//! How a value came where that is not its own form, so that it is written again as it was.

use serde_json::Value;

/// What is noted of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Came {
    /// What stood for a value that is not there: `null`, `false`, `""`, `[]`, `{}`, `0`.
    Nothing(Value),
    /// A list without its brackets, which has one item.
    Bare,
    /// A list or entries.
    Shaped(Shape),
    /// The key in another spelling: `ID` of `id`.
    Spelt(String),
    /// It was missing although it must be there.
    Missing,
}

/// How a list or entries came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shape {
    /// The keys of all positions, where an object came in place of a list.
    pub(super) keys: Option<Vec<String>>,
    /// Whether a list came in place of entries.
    pub(super) listed: bool,
    /// What stood at positions where no item of the type can be.
    pub(super) gaps: Vec<Gap>,
}

/// A value that is no item of its list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gap {
    /// Its position among all that came.
    pub(super) at: usize,
    /// Its key; empty in a list.
    pub(super) key: String,
    /// What came.
    pub(super) value: Value,
}

/// What stands at a position of a list or of entries.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// The item at this index.
    Item(usize),
    Gap(&'a Gap),
}

impl Shape {
    /// Whether there is anything to note.
    pub(super) fn is_plain(&self) -> bool {
        self.keys.is_none() && !self.listed && self.gaps.is_empty()
    }

    /// The keys to write `items` items under, if they came as an object and no item was added or taken since.
    pub(super) fn keys(&self, items: usize) -> Option<&[String]> {
        self.keys.as_deref().filter(|keys| keys.len() == items + self.gaps.len())
    }
}

/// All positions of a container of `items` items in order.
pub(super) fn positions(items: usize, shape: Option<&Shape>) -> impl Iterator<Item = At<'_>> {
    let mut gaps = shape.map_or(&[][..], |shape| &shape.gaps).iter().peekable();
    let (mut position, mut item) = (0, 0);
    std::iter::from_fn(move || {
        let next = match gaps.next_if(|gap| gap.at <= position || item >= items) {
            Some(gap) => At::Gap(gap),
            None if item < items => {
                item += 1;
                At::Item(item - 1)
            }
            None => return None,
        };
        position += 1;
        Some(next)
    })
}

/// Whether a value says nothing: `null`, or what PHP answers in its place.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}
