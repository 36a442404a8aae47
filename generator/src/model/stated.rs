//! What distilled pages state goes into the model as it is; only its structures are put where links look for them.

use super::draft::{DraftField, DraftObject};
use super::tie::PageDraft;
use super::{Error, Field, Kind, ObjectId, Type};
use crate::facts::distilled::Distilled;
use crate::facts::error::{self, ErrorRow};

/// Drafts the structures of a distilled page whose roots are there already.
pub(crate) fn draft(stated: &Distilled, page: &mut PageDraft<'_>) {
    page.drafts.objects[&page.request].fields = fields(&stated.params);
    page.drafts.objects[&page.response].fields = fields(&stated.response);
    for (section, structure) in &stated.objects {
        let object = DraftObject {
            place: structure.place,
            name: structure.name.clone(),
            open: structure.open,
            page: Some(structure.page.clone()),
            fields: fields(&structure.fields),
            samples: Vec::new(),
        };
        page.drafts.objects.insert(structure.id.clone(), object);
        page.sections.push((*section, structure.id.clone()));
    }
}

fn fields(fields: &[Field]) -> Vec<DraftField> {
    let draft = |field: &Field| DraftField {
        name: field.name.clone(),
        inner: structure(&field.ty).cloned(),
        stated: Some(Box::new(field.clone())),
        ..DraftField::default()
    };
    fields.iter().map(draft).collect()
}

/// The first structure that a type holds.
fn structure(ty: &Type) -> Option<&ObjectId> {
    match &ty.kind {
        Kind::Object(id) => Some(id),
        Kind::Array(inner) | Kind::Map(inner) => structure(inner),
        Kind::Union(types) => types.iter().find_map(structure),
        _ => None,
    }
}

/// Rust names of a page's errors.
pub(crate) fn variants(errors: &[Error]) -> Vec<String> {
    let row = |error: &Error| ErrorRow {
        code: error.code.clone(),
        message: error.message.clone(),
        field: error.field.clone(),
        ..ErrorRow::default()
    };
    error::variants(&errors.iter().map(row).collect::<Vec<_>>())
}
