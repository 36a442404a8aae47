//! Lists, and values that may be missing.

use crate::wire::{Frag, List, Slot, Then, Tok, Wanted};

impl<T: Slot> List for Vec<T> {
    fn grow(&mut self) -> &mut dyn Slot {
        self.push(T::blank());
        let last = self.len() - 1;
        &mut self[last]
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn item(&self, index: usize) -> &dyn Slot {
        &self[index]
    }

    fn keep_key(&mut self, key: &str) {
        if let Some(extra) = self.last_mut().and_then(Slot::extra_mut) {
            extra.keep_key(key);
        }
    }

    fn shrink(&mut self) {
        self.pop();
    }
}

/// A map that comes in place of a list gives its values; structures keep their keys in [`Extra`](crate::Extra).
impl<T: Slot> Slot for Vec<T> {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        self.clear();
        match *tok {
            Tok::List | Tok::Map => Ok(Then::List(self)),
            tok if tok.is_nothing() => Ok(Then::Null),
            _ => {
                if let Ok(Then::Done) = self.grow().put(tok) {
                    return Ok(Then::Bare);
                }
                self.clear();
                Ok(Then::Keep(Wanted("a list")))
            }
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::List(self)
    }

    fn blank() -> Self {
        Vec::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        tok.is_nothing()
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::List)
    }
}

impl<T: Slot> Slot for Option<T> {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        if !T::absent(tok) {
            return self.insert(T::blank()).put(tok);
        }
        *self = None;
        if !tok.is_container() {
            return Ok(Then::Null);
        }
        // `{}` and `[]` stand for a missing scalar; with anything inside, it is the scalar's to say.
        match T::blank().put(tok) {
            Ok(Then::Empty { wanted, keep }) => Ok(Then::Empty { wanted, keep }),
            Err(wanted) => Ok(Then::Empty { wanted, keep: false }),
            Ok(_) => Ok(Then::Empty { wanted: Wanted("a value"), keep: true }),
        }
    }

    fn frag(&self) -> Frag<'_> {
        self.as_ref().map_or(Frag::Absent, Slot::frag)
    }

    fn blank() -> Self {
        None
    }

    fn absent(_: &Tok<'_>) -> bool {
        false
    }

    fn takes(tok: &Tok<'_>) -> bool {
        T::takes(tok)
    }

    fn extra(&self) -> Option<&crate::Extra> {
        self.as_ref().and_then(Slot::extra)
    }

    fn extra_mut(&mut self) -> Option<&mut crate::Extra> {
        self.as_mut().and_then(Slot::extra_mut)
    }
}
