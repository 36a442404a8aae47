//! The model while it is being built: objects and fields with all their evidence, not yet typed or named.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{Access, EnumValue, Field, ObjectId, Type, Witness, open::OpenKeys};
use crate::facts::doc_type::DocType;
use crate::facts::table::Row;
use crate::page::Place;

/// The structures of one page, or of all pages once they are linked.
#[derive(Debug, Default)]
pub(crate) struct Drafts<'f> {
    pub(crate) objects: IndexMap<ObjectId, DraftObject<'f>>,
    /// Rows whose names are no keys but prose, and where they are.
    pub(crate) prose: Vec<(Place, String)>,
}

/// A structure.
#[derive(Debug, Default)]
pub(crate) struct DraftObject<'f> {
    pub(crate) place: Place,
    /// What its Rust name is made of: a type's word, the field that holds it, a wire name or an anchor of its heading.
    pub(crate) name: String,
    /// Whether the name is one of the API's rather than a heading's or an anchor's.
    pub(crate) named: bool,
    /// Keys beyond the fields.
    pub(crate) open: OpenKeys,
    /// The page that defines it, where a distilled page says so.
    pub(crate) page: Option<String>,
    pub(crate) fields: Vec<DraftField>,
    /// JSON objects that the page's examples show for it.
    pub(crate) samples: Vec<&'f Value>,
}

/// A field with everything that its witnesses say.
#[expect(clippy::struct_excessive_bools, reason = "each is a witness of its own")]
#[derive(Clone, Debug, Default)]
pub(crate) struct DraftField {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) doc_type: DocType,
    pub(crate) description: String,
    pub(crate) links: Vec<(u32, String)>,
    pub(crate) values: Vec<EnumValue>,
    pub(crate) default: Option<Value>,
    pub(crate) access: Access,
    pub(crate) nullable: bool,
    /// The basic type of a list's items, as the description says it.
    pub(crate) item: Option<&'static str>,
    /// The caller chooses the keys.
    pub(crate) template: bool,
    pub(crate) place: Place,
    pub(crate) from: BTreeSet<Witness>,
    /// The structure that it holds, once or as items.
    pub(crate) inner: Option<ObjectId>,
    /// Keys of the value are data, the structure is the value's.
    pub(crate) keyed: bool,
    /// Keys of the value are data, under which scalars stand.
    pub(crate) keyed_scalars: bool,
    /// The name was written with `[]`.
    pub(crate) listed: bool,
    /// What the examples show for it.
    pub(crate) seen: Seen,
    /// What a type declaration in example code says of it.
    pub(crate) declared: Option<Type>,
    /// Whether `seen` comes from the pass that merges examples.
    pub(crate) merged: bool,
    /// The finished field, where a distilled page states it: there is nothing to weigh.
    pub(crate) stated: Option<Box<Field>>,
}

impl DraftField {
    /// Whether more than an example states it.
    pub(crate) fn is_documented(&self) -> bool {
        self.from.iter().any(|witness| *witness != Witness::Example)
    }
}

/// JSON kinds that examples show for a field.
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds; any of them may occur together")]
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) null: bool,
    pub(crate) boolean: bool,
    /// Booleans: `true` among them. `false` stands for whatever is not there.
    pub(crate) truth: bool,
    pub(crate) integer: bool,
    pub(crate) double: bool,
    pub(crate) string: bool,
    /// Objects with keys of their own.
    full: bool,
    /// Objects without keys.
    bare: bool,
    pub(crate) array: bool,
    /// Objects whose keys are data.
    pub(crate) keyed: bool,
    /// Of the scalars: the texts, for telling `"37"`, dates and `Y`/`N` (a few are enough).
    pub(crate) texts: Vec<String>,
    /// Of the items where arrays were seen, or of the values where keys are data.
    pub(crate) items: Option<Box<Seen>>,
}

/// How many sample texts a field keeps.
const MAX_TEXTS: usize = 8;

impl Seen {
    /// Notes a value; `is_data` tells objects whose keys are data.
    pub(crate) fn note(&mut self, value: &Value, is_data: &dyn Fn(&Map<String, Value>) -> bool) {
        match value {
            Value::Null => self.null = true,
            Value::Bool(value) => {
                self.boolean = true;
                self.truth |= value;
            }
            Value::Number(n) if n.is_f64() => self.double = true,
            Value::Number(n) => {
                self.integer = true;
                self.text(&n.to_string());
            }
            Value::String(text) => {
                self.string = true;
                self.text(text);
            }
            Value::Array(items) => {
                self.array = true;
                let seen = self.items.get_or_insert_default();
                for item in items {
                    seen.note(item, is_data);
                }
            }
            Value::Object(map) if is_data(map) => {
                self.keyed = true;
                let seen = self.items.get_or_insert_default();
                for value in map.values() {
                    seen.note(value, is_data);
                }
            }
            Value::Object(map) => {
                self.full |= !map.is_empty();
                self.bare |= map.is_empty();
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.texts.len() < MAX_TEXTS && !self.texts.iter().any(|t| t == text) {
            self.texts.push(text.to_owned());
        }
    }

    pub(crate) fn scalar(&self) -> bool {
        self.boolean || self.integer || self.double || self.string
    }

    /// Whether there were objects; those without keys count only where nothing else tells what they would hold.
    pub(crate) fn object(&self) -> bool {
        self.full || self.bare && !self.keyed && !self.array
    }

    pub(crate) fn only_scalars(&self) -> bool {
        self.scalar() && !self.object() && !self.keyed && !self.array
    }

    pub(crate) fn any(&self) -> bool {
        self.scalar() || self.object() || self.keyed || self.array || self.null
    }
}

impl DraftField {
    /// The field that a row states under `name`.
    pub(crate) fn of_row(row: &Row, name: &str, required: bool, witness: Witness) -> Self {
        DraftField {
            name: name.to_owned(),
            required,
            doc_type: row.doc_type.clone(),
            description: row.description.clone(),
            links: row.links.clone(),
            values: row.values.clone(),
            default: row.default.clone(),
            access: row.access,
            item: row.item,
            nullable: row.nullable,
            template: row.template,
            place: row.place,
            from: BTreeSet::from([witness]),
            ..DraftField::default()
        }
    }

    /// Whether its documented type can hold a structure.
    pub(crate) fn may_hold_object(&self) -> bool {
        let text = self.doc_type.text.to_lowercase();
        let plain = [
            "integer",
            "int",
            "string",
            "boolean",
            "bool",
            "double",
            "float",
            "date",
            "datetime",
            "char",
            "timestamp",
            "number",
            "text",
            "time",
            "null",
        ];
        text.is_empty() || !plain.contains(&text.as_str())
    }
}

impl DraftObject<'_> {
    /// Index of the field with this wire name: exactly, else in another case.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.fields.iter().position(|f| f.name == name);
        exact.or_else(|| self.fields.iter().position(|f| f.name.eq_ignore_ascii_case(name)))
    }
}
