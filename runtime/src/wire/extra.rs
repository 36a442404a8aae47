//! The keeper of what a structure has no field for.

use serde_json::{Map, Value};

use super::{Entries, Frag, Slot, Then, Tok, Wanted};

/// Keys without a field, in the order in which they came; and, in requests, the way to send a parameter that the docs
/// do not mention, or `null` on purpose.
///
/// It also remembers which fields came as `null`, and the key under which an object stood where a map came in place of a
/// list.
#[derive(Clone, Default, PartialEq)]
pub struct Extra {
    /// Bit `i`: field `i` came as `null`. Fields past the 64th are not noted.
    nulls: u64,
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Default, PartialEq)]
struct Rest {
    key: Option<String>,
    entries: Map<String, Value>,
}

impl Extra {
    /// Nothing.
    pub const fn new() -> Self {
        Extra { nulls: 0, rest: None }
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.rest.as_ref()?.entries.get(key)
    }

    /// Puts `value` under `key`. Where the structure has a field of that name, this value is sent in its place.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.rest.get_or_insert_default().entries.insert(key.into(), value.into());
    }

    /// The keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.rest.iter().flat_map(|rest| rest.entries.iter().map(|(key, value)| (key.as_str(), value)))
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.rest.as_ref().map_or(0, |rest| rest.entries.len())
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key under which the object stood, where a map came in place of a list.
    pub fn key(&self) -> Option<&str> {
        self.rest.as_ref()?.key.as_deref()
    }

    /// Notes the key under which the object stands.
    pub fn set_key(&mut self, key: &str) {
        self.rest.get_or_insert_default().key = Some(key.to_owned());
    }

    /// Whether the field at `index` of the table came as `null`.
    pub fn is_null(&self, index: usize) -> bool {
        index < 64 && self.nulls & (1 << index) != 0
    }

    /// Notes that the field at `index` came as `null`.
    pub fn set_null(&mut self, index: usize) {
        if index < 64 {
            self.nulls |= 1 << index;
        }
    }
}

impl Entries for Extra {
    fn entry(&mut self, key: &str) -> &mut dyn Slot {
        self.rest.get_or_insert_default().entries.entry(key).or_insert(Value::Null)
    }

    fn len(&self) -> usize {
        Extra::len(self)
    }

    fn item(&self, index: usize) -> (&str, &dyn Slot) {
        let rest = self.rest.as_deref();
        match rest.and_then(|rest| rest.entries.iter().nth(index)) {
            Some((key, value)) => (key, value),
            None => ("", &Value::Null),
        }
    }
}

impl Slot for Extra {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        match tok {
            Tok::Map | Tok::List => Ok(Then::Map(self)),
            _ => Err(Wanted("an object")),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Map(self)
    }

    fn blank() -> Self {
        Extra::new()
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Map)
    }
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_map().entries(self.iter()).finish()
    }
}
