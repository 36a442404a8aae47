//! What distilled pages state goes into the model as it is; only its structures are put where links look for them.

use std::collections::HashMap;

use super::cluster::Pages;
use super::draft::{DraftField, DraftObject};
use super::link::Index;
use super::tie::PageDraft;
use super::{Error, Field};
use crate::diagnostic::{Code, Diagnostic, Position};
use crate::facts::distilled::Distilled;
use crate::facts::error::{self, ErrorRow};

/// Drafts the structures of a distilled page whose roots are there already.
pub(crate) fn draft(stated: &Distilled, page: &mut PageDraft<'_>) {
    page.drafts.objects[&page.request].fields = fields(&stated.params);
    page.drafts.objects[&page.response].fields = fields(&stated.response);
    for (call, roots) in stated.inbound.iter().zip(&page.calls) {
        for (id, stated) in
            [(&roots.payload, &call.payload), (&roots.options, &call.options), (&roots.answer, &call.answer)]
        {
            page.drafts.objects[id].fields = fields(stated);
        }
    }
    for (section, structure) in &stated.objects {
        let object = DraftObject {
            place: structure.place,
            name: structure.name.clone(),
            named: true,
            open: structure.open.clone(),
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
        inner: field.ty.structure().cloned(),
        stated: Some(Box::new(field.clone())),
        ..DraftField::default()
    };
    fields.iter().map(draft).collect()
}

/// By page, what there is to say of the structures that distilled pages refer to and no page describes.
pub(super) fn unknown(pages: Pages<'_>, index: &Index<'_, '_>) -> HashMap<u32, Vec<Diagnostic>> {
    let mut out: HashMap<u32, Vec<Diagnostic>> = HashMap::new();
    for facts in pages.facts {
        let Some(stated) = &facts.distilled else { continue };
        let of_objects = stated.objects.iter().flat_map(|(_, structure)| &structure.fields);
        let of_calls = stated.inbound.iter().flat_map(|c| c.payload.iter().chain(&c.options).chain(&c.answer));
        for field in stated.params.iter().chain(&stated.response).chain(of_calls).chain(of_objects) {
            let Some(id) = field.ty.structure().filter(|id| index.home(id).is_none()) else { continue };
            let message = format!("no page describes the structure `{id}`: it is taken for a map of any values");
            let position = Position { line: field.line, column: 1, at: 0 };
            let said = Diagnostic::new(Code::UnknownType, position, message).on(&pages.docs.source(facts.page).path);
            out.entry(facts.page).or_default().push(said);
        }
    }
    out
}

/// Rust names of a method's errors.
pub(crate) fn variants(errors: &[Error]) -> Vec<String> {
    let row = |error: &Error| ErrorRow {
        code: error.code.clone(),
        message: error.message.clone(),
        field: error.field.clone(),
        status: error.status,
        ..ErrorRow::default()
    };
    error::variants(&errors.iter().map(row).collect::<Vec<_>>())
}
