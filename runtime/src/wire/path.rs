//! Where in a JSON document something stands.

use std::fmt;

/// A place in a JSON document: `result.items[3].ID`; empty for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value under a key of an object.
    Key(String),
    /// An item of a list.
    Index(usize),
}

impl Path {
    /// The path whose steps, from the innermost outwards, are `steps`.
    pub(super) fn from_inside(mut steps: Vec<Step>) -> Self {
        steps.reverse();
        Path(steps)
    }

    /// The value under `key` of the root.
    pub(crate) fn of_key(key: &str) -> Self {
        Path(vec![Step::Key(key.to_owned())])
    }

    /// The steps, from the root inwards.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it is the root.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if nth == 0 => out.write_str(key)?,
                Step::Key(key) => write!(out, ".{key}")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}
