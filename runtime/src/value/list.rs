//! Lists.

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
}

impl<T: Slot> Slot for Vec<T> {
    fn put(&mut self, tok: Tok<'_>) -> Result<Then<'_>, Wanted> {
        match tok {
            Tok::List | Tok::Map => Ok(Then::List(self)),
            _ => Err(Wanted("a list")),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::List(self)
    }

    fn blank() -> Self {
        Vec::new()
    }

    fn absent(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::Null | Tok::Bool(false) | Tok::Str(""))
    }

    fn takes(tok: &Tok<'_>) -> bool {
        matches!(tok, Tok::List)
    }
}
