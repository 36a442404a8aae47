//! Values that are one of two types.

use crate::wire::{Frag, Slot, Then, Tok, Wanted};

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub enum OneOrMany<T> {
    /// One, without brackets.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// As a list, of one or of many.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        }
    }
}

impl<T> From<T> for OneOrMany<T> {
    fn from(value: T) -> Self {
        OneOrMany::One(value)
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(values: Vec<T>) -> Self {
        OneOrMany::Many(values)
    }
}

impl<T: Slot> Slot for OneOrMany<T> {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        let many = !T::takes(tok) && tok.is_container();
        *self = if many { OneOrMany::Many(Vec::new()) } else { OneOrMany::One(T::blank()) };
        match self {
            OneOrMany::One(value) => value.put(tok),
            OneOrMany::Many(values) => values.put(tok),
        }
    }

    fn frag(&self) -> Frag<'_> {
        match self {
            OneOrMany::One(value) => value.frag(),
            OneOrMany::Many(values) => values.frag(),
        }
    }

    fn blank() -> Self {
        OneOrMany::One(T::blank())
    }

    fn absent(tok: &Tok<'_>) -> bool {
        T::absent(tok) && !tok.is_container()
    }

    fn takes(tok: &Tok<'_>) -> bool {
        T::takes(tok) || matches!(tok, Tok::List)
    }
}

/// One of two types that differ in their JSON form: a text or an object, a list or a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Either<A, B> {
    /// The first documented type.
    First(A),
    /// The second documented type.
    Second(B),
}

/// Whether a `T` can hold what begins with `tok`.
fn holds<T: Slot>(tok: &Tok<'_>) -> bool {
    !matches!(T::blank().put(tok), Err(_) | Ok(Then::Keep(_) | Then::Empty { .. } | Then::Bare))
}

impl<A: Slot, B: Slot> Slot for Either<A, B> {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        let second = !A::takes(tok) && (B::takes(tok) || (!holds::<A>(tok) && holds::<B>(tok)));
        *self = if second { Either::Second(B::blank()) } else { Either::First(A::blank()) };
        match self {
            Either::First(value) => value.put(tok),
            Either::Second(value) => value.put(tok),
        }
    }

    fn frag(&self) -> Frag<'_> {
        match self {
            Either::First(value) => value.frag(),
            Either::Second(value) => value.frag(),
        }
    }

    fn blank() -> Self {
        Either::First(A::blank())
    }

    fn absent(tok: &Tok<'_>) -> bool {
        A::absent(tok) && B::absent(tok) && !Self::takes(tok)
    }

    fn takes(tok: &Tok<'_>) -> bool {
        A::takes(tok) || B::takes(tok)
    }

    fn extra(&self) -> Option<&crate::Extra> {
        match self {
            Either::First(value) => value.extra(),
            Either::Second(value) => value.extra(),
        }
    }

    fn extra_mut(&mut self) -> Option<&mut crate::Extra> {
        match self {
            Either::First(value) => value.extra_mut(),
            Either::Second(value) => value.extra_mut(),
        }
    }
}
