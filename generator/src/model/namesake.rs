//! Types what no witness types, as the fields of the same name around it are typed.
//!
//! Some old pages list names without types. The same name stands with one on other pages of the same part of the API:
//! where those agree on a basic type, it is taken. Where they do not, the field stays untyped.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::{Field, Kind, Model, Type, Wire, Witness};

/// As many fields of a name must be typed before they speak for another.
const ENOUGH: usize = 2;

/// The types of a name in one part of the docs.
#[derive(Default)]
struct Votes {
    /// The basic ones.
    basic: Tally,
    /// Those of the items of lists.
    items: Tally,
    /// Whether a table says `double`.
    double: bool,
    /// Whether a table says what is no number.
    no_number: bool,
    /// Whether an example shows another text than `Y` and `N`, or a table lists others beside them.
    text: bool,
}

#[derive(Default)]
struct Tally(Vec<(Type, usize)>);

impl Tally {
    fn note(&mut self, ty: &Type) {
        match self.0.iter_mut().find(|(known, _)| known.kind == ty.kind) {
            Some((_, count)) => *count += 1,
            // Without what is the field's own affair.
            None => self.0.push((Type { wire: None, nullable: false, ..ty.clone() }, 1)),
        }
    }

    fn unanimous(&self) -> Option<&Type> {
        match self.0.as_slice() {
            [(ty, count)] if *count >= ENOUGH => Some(ty),
            _ => None,
        }
    }
}

impl Votes {
    fn note(&mut self, field: &Field) {
        self.text |= match &field.ty.kind {
            Kind::String => field.from == [Witness::Example],
            Kind::Enum(values) => values.iter().any(|value| matches!(value.value.as_str(), "Y" | "N")),
            _ => false,
        };
        if is_basic(&field.ty) {
            let ty = &field.ty;
            if !field.doc_type.is_empty() {
                self.double |= ty.kind == Kind::Double;
                self.no_number |= !matches!(ty.kind, Kind::Integer | Kind::Double);
            }
            self.basic.note(ty);
        } else if let Kind::Array(item) = &field.ty.kind
            && is_basic(item)
        {
            self.items.note(item);
        }
    }

    /// What `field` is to be, if it is not what its page says.
    fn typed(&self, field: &Field) -> Option<Type> {
        let ty = &field.ty;
        match &ty.kind {
            Kind::Any | Kind::Null if field.doc_type.is_empty() => {
                // Of some an example shows `null` alone.
                let nullable = ty.nullable || ty.kind == Kind::Null;
                Some(Type { nullable, ..self.basic.unanimous()?.clone() })
            }
            Kind::Array(item) if item.kind == Kind::Any => {
                let item = Type { nullable: item.nullable, ..self.items.unanimous()?.clone() };
                Some(Type { kind: Kind::Array(Box::new(item)), ..ty.clone() })
            }
            // The number of an example happens to be whole.
            Kind::Integer if field.doc_type.is_empty() && self.double && !self.no_number => {
                Some(Type { kind: Kind::Double, ..ty.clone() })
            }
            // `Y` and `N` happen to be the texts of an example.
            Kind::Boolean if field.doc_type.is_empty() && self.text && ty.wire == Some(Wire::Yn) => {
                Some(Type { kind: Kind::String, wire: None, ..ty.clone() })
            }
            _ => None,
        }
    }
}

pub(crate) fn namesake(model: &mut Model) {
    let mut parts: HashMap<String, Vec<Placed<'_>>> = HashMap::new();
    for (list, fields) in model.lists().enumerate() {
        let mut from = 0;
        // Most lists are of one page.
        for of_page in fields.chunk_by(|a, b| a.page == b.page) {
            let known = of_page.iter().enumerate().map(|(index, field)| (list, from + index, field));
            parts.entry(part(&of_page[0].page)).or_default().extend(known);
            from += of_page.len();
        }
    }
    let mut changed: Vec<_> = parts.into_par_iter().flat_map_iter(|(_, fields)| typed(&fields)).collect();
    changed.sort_unstable_by_key(|(list, index, _)| (*list, *index));
    let mut lists = model.lists_mut().enumerate();
    let mut changed = changed.into_iter().peekable();
    while let Some(list) = changed.peek().map(|(list, ..)| *list) {
        let Some((_, fields)) = lists.find(|(at, _)| *at == list) else { break };
        while let Some((_, index, ty)) = changed.next_if(|(at, ..)| *at == list) {
            fields[index].ty = ty;
        }
    }
}

/// A field, and where it is: its list and its place in that.
type Placed<'m> = (usize, usize, &'m Field);

/// The types of those of `fields`, all of one part of the docs, that their namesakes type.
fn typed(fields: &[Placed<'_>]) -> Vec<(usize, usize, Type)> {
    let open = fields.iter().filter(|(.., field)| is_open(field));
    let mut votes: HashMap<Cow<'_, str>, Votes> =
        open.map(|(.., field)| (lower(&field.name), Votes::default())).collect();
    for (.., field) in fields {
        if let Some(votes) = votes.get_mut(&*lower(&field.name)) {
            votes.note(field);
        }
    }
    let typed =
        |(list, index, field): &Placed<'_>| Some((*list, *index, votes.get(&*lower(&field.name))?.typed(field)?));
    fields.iter().filter(|(.., field)| is_open(field)).filter_map(typed).collect()
}

/// Whether namesakes may know more of it.
fn is_open(field: &Field) -> bool {
    matches!(field.ty.kind, Kind::Array(_)) || field.doc_type.is_empty()
}

/// The part of the docs that a page is in.
fn part(page: &str) -> String {
    let folders = page.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').filter(|folder| *folder != "outdated").take(2).collect::<Vec<_>>().join("/")
}

fn lower(name: &str) -> Cow<'_, str> {
    let is_lower = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}

fn is_basic(ty: &Type) -> bool {
    matches!(
        ty.kind,
        Kind::Integer | Kind::Double | Kind::Boolean | Kind::String | Kind::Date | Kind::Datetime | Kind::Timestamp
    )
}

#[cfg(test)]
mod tests {
    use crate::docs::Docs;
    use crate::model::{Kind, Model};

    #[test]
    fn what_examples_leave_open_is_typed_as_the_tables_around_it_say() {
        let page = |name: &str, answer: &str, rows: &str| {
            let table = if rows.is_empty() {
                String::new()
            } else {
                format!("#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n")
            };
            let text = format!(
                "# A star star.{name}\n\n> Scope: `star`\n\n## Response Handling\n\n```json\n{answer}\n```\n\n### Returned Data\n\n{table}"
            );
            (format!("api-reference/star/star-{name}.md"), text.into_bytes())
        };
        let told = "|| **mass**\n`double` | In suns ||\n|| **moons**\n`integer[]` | Numbers ||\n";
        let full = r#"{"result": {"mass": 1.5, "moons": [3]}}"#;
        let docs = Docs::new(
            vec![
                page("get", full, told),
                page("find", full, told),
                page("list", r#"{"result": [{"mass": 2, "moons": [], "sort": 500}]}"#, ""),
            ],
            &[],
        );
        let model = Model::read(&docs);
        let fields = &model.objects["star.list/response/result"].fields;
        let kinds: Vec<String> = fields
            .iter()
            .map(|field| match &field.ty.kind {
                Kind::Array(item) => format!("list of {}", item.kind.name()),
                kind => kind.name().to_owned(),
            })
            .collect();
        assert_eq!(kinds, ["double", "list of integer", "integer"]);
    }
    #[test]
    fn a_text_of_which_an_example_shows_no_other_than_yes_and_no_is_no_boolean_for_that() {
        let page = |name: &str, shown: &str| {
            let text = format!(
                "# A star star.{name}\n\n## Response Handling\n\n```json\n{{\"result\": {{\"SHOWN\": \"{shown}\", \"HOT\": \"Y\"}}}}\n```\n"
            );
            (format!("api-reference/star/star-{name}.md"), text.into_bytes())
        };
        let model = Model::read(&Docs::new(vec![page("get", "N"), page("find", "E")], &[]));
        let fields = &model.objects["star.get/response/result"].fields;
        let kinds: Vec<&str> = fields.iter().map(|field| field.ty.kind.name()).collect();
        assert_eq!(kinds, ["string", "boolean"]);
    }
}
