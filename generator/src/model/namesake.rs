//! Types what no witness types, as the fields of the same name around it are typed.
//!
//! Some old pages list names without types. The same name stands with one on other pages of the same part of the API:
//! where those agree on a basic type, it is taken. Where they do not, the field stays untyped.

use std::collections::HashMap;

use super::{Field, Kind, Model, Type};

/// As many fields of a name must be typed before they speak for another.
const ENOUGH: usize = 2;

/// The basic types of a name in one part of the docs.
#[derive(Default)]
struct Votes(Vec<(Type, usize)>);

impl Votes {
    fn note(&mut self, ty: Type) {
        match self.0.iter_mut().find(|(known, _)| known.kind == ty.kind) {
            Some((_, count)) => *count += 1,
            None => self.0.push((ty, 1)),
        }
    }

    fn unanimous(&self) -> Option<&Type> {
        match self.0.as_slice() {
            [(ty, count)] if *count >= ENOUGH => Some(ty),
            _ => None,
        }
    }
}

pub(crate) fn namesake(model: &mut Model) {
    let mut votes: HashMap<(String, String), Votes> = HashMap::new();
    model.each_field(&mut |field| {
        if let Some(ty) = plain(&field.ty) {
            votes.entry(key(field)).or_default().note(ty);
        }
    });
    model.each_field(&mut |field| {
        if !matches!(field.ty.kind, Kind::Any | Kind::Null) || !field.doc_type.is_empty() {
            return;
        }
        if let Some(ty) = votes.get(&key(field)).and_then(Votes::unanimous) {
            // Of some an example shows `null` alone.
            let nullable = field.ty.nullable || field.ty.kind == Kind::Null;
            field.ty = Type { nullable, ..ty.clone() };
        }
    });
}

/// The part of the docs that a field's page is in, and the field's name in lower case.
fn key(field: &Field) -> (String, String) {
    let folders = field.page.rsplit_once('/').map_or("", |(folders, _)| folders);
    let part = folders.split('/').filter(|folder| *folder != "outdated").take(2).collect::<Vec<_>>().join("/");
    (part, field.name.to_lowercase())
}

/// A basic type without what is the field's own affair.
fn plain(ty: &Type) -> Option<Type> {
    let basic = matches!(
        ty.kind,
        Kind::Integer | Kind::Double | Kind::Boolean | Kind::String | Kind::Date | Kind::Datetime | Kind::Timestamp
    );
    basic.then(|| Type { wire: None, nullable: false, ..ty.clone() })
}
