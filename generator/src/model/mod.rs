//! All facts of the docs, linked across pages and named: the last stage before Rust is emitted.
//!
//! The JSON form of [`Model`] is a public contract (`bitrix24-codegen model`).

#[cfg(feature = "cli")]
mod address;
mod build;
mod cluster;
mod declare;
mod draft;
mod effect;
mod finish;
mod graph;
mod inbound;
mod keys;
mod link;
mod list;
mod merge;
pub mod name;
mod namesake;
pub(crate) mod open;
mod paging;
mod place;
#[cfg(feature = "cli")]
pub mod schema;
mod stated;
mod tie;
mod types;
mod typing;
mod unify;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::overrides;
pub(crate) use build::Reading;
#[cfg(feature = "cli")]
pub(crate) use graph::reachable;
pub(crate) use inbound::placement_is;
pub use list::List;
#[cfg(feature = "cli")]
pub(crate) use name::Names;
pub(crate) use name::fields as name_fields;
pub(crate) use stated::variants;
pub use types::{EnumValue, Kind, Type, Wire};
#[cfg(feature = "cli")]
pub(crate) use typing::{Named, Word, basic, unmarked, words};

/// Everything that was read from a docs folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Model {
    /// Version of this format: 1.
    pub model_version: u32,
    /// `"ru"`, `"en"` or `"mixed"`.
    pub language: String,
    /// The methods, ordered by name and API version.
    pub methods: Vec<Method>,
    /// The events that a portal posts to a handler, ordered by name.
    pub events: Vec<Event>,
    /// The other calls that a portal makes to a handler, ordered by name.
    #[serde(default)]
    pub inbound: Vec<Inbound>,
    /// Every named structure.
    pub objects: BTreeMap<ObjectId, Object>,
    /// What the generator has to say about the pages, ordered by page and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Key of an [`Object`]: `<method, v3:method, event or page stem>/<anchor or heading>`.
pub type ObjectId = String;

/// Prose of the docs as Markdown, reduced to paragraphs, lists, code and links. A link's target is an absolute URL or
/// a page relative to the docs folder (`api-reference/crm/deals/crm-deal-get.md#deal`). Empty where the page says nothing.
pub type Prose = String;

/// Which of the two REST APIs a method belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `/rest/…`
    #[default]
    V2,
    /// `/rest/api/…`
    V3,
}

/// What a call does to the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing is changed, whatever the parameters' defaults.
    Read,
    /// Something may be changed.
    #[default]
    Write,
}

/// A method that must not be used in new code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Deprecated {
    /// The method to use instead, where the page names one.
    #[serde(rename = "use")]
    pub instead: Option<String>,
}

/// How a list method hands out its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Paging {
    /// `"start"` (a page names the `next`), `"page"` (the caller counts) or `"id"` (after the last item).
    pub style: String,
    /// The parameter that says which page: `start`, `OFFSET`, `pagination`, or a path to it: `PARAMS.offset` …
    #[serde(default)]
    pub by: String,
    /// Path of the items: `result`, `result.items` …
    pub items: String,
    /// The items' identifier, where known.
    pub id: Option<String>,
    /// What filters and orders call the identifier, where that is not `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The flag of the result that tells whether another page follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// The parameter that limits a page which the caller counts, or a path to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What goes with the identifier of the last item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// What a server needs beside the identifier of the last item to find it: its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Beside {
    /// The parameter.
    pub by: String,
    /// The item's field that holds it.
    pub field: String,
    /// The values that the parameter takes; the last stands for all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// One REST method.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Method {
    /// Exactly as it goes on the wire.
    pub name: String,
    /// v2 or v3; a name may exist in both.
    pub api: Api,
    /// The page that documents it, relative to the docs folder.
    pub page: String,
    /// One-based line of the heading.
    pub line: u32,
    /// Heading without the method's name.
    pub title: String,
    /// What the page says of the method.
    #[serde(default)]
    pub description: Prose,
    /// First segment of the name; methods of one segment share the module `general`.
    pub module: String,
    /// Permissions, as the page states them.
    pub scopes: Vec<String>,
    /// Set where the page calls the method deprecated.
    pub deprecated: Option<Deprecated>,
    /// Whether the call may change the portal.
    pub effect: Effect,
    /// Set for list methods.
    pub paging: Option<Paging>,
    /// Whether the parameters are sent by position (a JSON array in the order of `params`).
    pub positional: bool,
    /// Rust module: `biconnector::connector::delete`; v3 twins live under `v3::`.
    pub rust_path: String,
    /// What the request carries at its top level.
    pub params: List<Field>,
    /// Documented "at least one of" groups; their members are not required.
    pub one_of: Vec<Vec<String>>,
    /// The envelope: `result`, and `time`, `total`, `next` where documented.
    pub response: List<Field>,
    /// The documented errors, in the page's order.
    pub errors: List<Error>,
    /// Examples that are JSON.
    pub examples: List<Example>,
}

/// One documented error of a method.
#[derive(Clone, Debug, Default, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Error {
    /// `""` where the docs say that the code is empty or give prose instead.
    pub code: String,
    /// The server's message.
    pub message: Option<String>,
    /// The messages by language, where both are known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<String, String>,
    /// v3: the field that the row speaks of.
    pub field: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Rust name, unique within the method.
    pub variant: String,
    /// What the page says of it beside the message.
    #[serde(default)]
    pub description: Prose,
    /// The page that states it (an include's where it stands there).
    #[serde(default)]
    pub page: String,
    /// One-based line.
    pub line: u32,
}

/// A JSON example of a page.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Example {
    /// Request, response or error.
    pub kind: ExampleKind,
    /// One-based line where the JSON begins.
    pub line: u32,
    /// The example itself.
    pub json: Value,
}

/// What an [`Example`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExampleKind {
    /// The parameters of a call.
    Request,
    /// The envelope of an answer.
    Response,
    /// The envelope of an error.
    Error,
    /// What a handler receives.
    Event,
}

/// An event that a portal posts to a handler.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Event {
    /// Exactly as it goes on the wire.
    pub name: String,
    /// The page, relative to the docs folder.
    pub page: String,
    /// One-based line of the heading.
    pub line: u32,
    /// Heading without the event's name.
    #[serde(default)]
    pub title: String,
    /// What the page says of the event.
    #[serde(default)]
    pub description: Prose,
    /// Permissions, as the page states them.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The module whose feature it belongs to.
    pub module: String,
    /// Rust type: `crm::events::OnCrmDealAdd`.
    pub rust_path: String,
    /// `event`, `data`, `auth` …
    pub payload: List<Field>,
    /// Payload examples.
    pub examples: List<Example>,
}

/// A call that a portal makes to a handler and that is no event: the form that opens a placement, or a webhook.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Inbound {
    /// The placement's code as it travels (`XXX` and `*` stand for what differs: `CRM_DYNAMIC_XXX_DETAIL_TAB`), or the parameter
    /// that holds the webhook's address: `PRINT_URL`.
    pub name: String,
    /// Placement or webhook.
    pub kind: InboundKind,
    /// The page, relative to the docs folder.
    pub page: String,
    /// One-based line of the heading.
    pub line: u32,
    /// Heading without the names.
    #[serde(default)]
    pub title: String,
    /// What the page says of it.
    #[serde(default)]
    pub description: Prose,
    /// Permissions, as the page states them.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// On a method's page: the anchor of its section, which tells calls of one name apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub anchor: String,
    /// The module whose feature it belongs to.
    pub module: String,
    /// Rust type, of a placement's options or a webhook's payload: `crm::placements::CrmDealDetailTab`,
    /// `sale::webhooks::PrintUrl`.
    pub rust_path: String,
    /// What the handler receives. That `PLACEMENT_OPTIONS` is JSON in a string is not shown here.
    pub payload: List<Field>,
    /// Placements: what `PLACEMENT_OPTIONS` holds.
    #[serde(default)]
    pub options: List<Field>,
    /// Webhooks: what the handler has to answer, where the page says so.
    #[serde(default)]
    pub answer: List<Field>,
    /// Of a placement's form (`event`), of what a webhook receives (`request`) and of answers (`response`).
    pub examples: List<Example>,
}

/// What an [`Inbound`] call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum InboundKind {
    /// The form that a portal posts to open an application in a place of its interface.
    Placement,
    /// A request to an address that a method's parameter holds.
    Webhook,
}

impl Inbound {
    /// All its fields.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.payload.iter().chain(&self.options).chain(&self.answer)
    }

    pub(crate) fn lists(&self) -> [&List<Field>; 3] {
        [&self.payload, &self.options, &self.answer]
    }

    fn lists_mut(&mut self) -> [&mut List<Field>; 3] {
        [&mut self.payload, &mut self.options, &mut self.answer]
    }
}

/// A named structure.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Object {
    /// The page that defines it, relative to the docs folder.
    pub page: String,
    /// One-based line.
    pub line: u32,
    /// Rust type: `crm::deal::get::Deal`, or `shared::User` where several modules use it.
    pub rust_path: String,
    /// Keys beyond the listed ones are documented (`UF_…`, `PARENT_ID_…`).
    pub open: bool,
    /// How those keys begin; letter case and `_` do not matter. `""`, or no item: any key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_keys: Vec<String>,
    /// What the page says of it.
    #[serde(default)]
    pub description: Prose,
    /// Its fields, in the page's order.
    pub fields: List<Field>,
}

impl Object {
    /// How documented keys beyond the fields begin: nothing if there are none, `""` for any key.
    pub fn open_prefixes(&self) -> Vec<&str> {
        if self.open && self.open_keys.is_empty() {
            return vec![""];
        }
        self.open_keys.iter().map(String::as_str).collect()
    }
}

/// A parameter, a field of an object or of a response.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Field {
    /// Wire name.
    pub name: String,
    /// Rust name, unique among its siblings; a keyword is not escaped yet (`type`).
    #[serde(default)]
    pub rust_name: String,
    /// Whether the page marks it as required. Of a group in [`Method::one_of`] the mark means that one is.
    pub required: bool,
    /// What it holds.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The type as the page writes it; `""` where it writes none.
    pub doc_type: String,
    /// Documented default.
    pub default: Option<Value>,
    /// Whether it can be read, written or both.
    pub access: Access,
    /// What the page says of it.
    #[serde(default)]
    pub description: Prose,
    /// The page that states it.
    pub page: String,
    /// One-based line.
    pub line: u32,
    /// What it was learnt from.
    pub from: Vec<Witness>,
}

/// Whether a field can be read, written or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Both, or not stated.
    #[default]
    ReadWrite,
    /// Only in answers.
    Read,
    /// Only in requests.
    Write,
}

/// Where a field is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Witness {
    /// A row of a table.
    Table,
    /// A row of a table on a linked page.
    Link,
    /// A TypeScript type in an example.
    Typescript,
    /// A Go struct in an example.
    Go,
    /// A JSON example.
    Example,
    /// A bullet or a sentence.
    Prose,
    /// `overrides.toml`.
    Override,
}

impl Model {
    /// Makes the model one that code can be emitted from: where a page contradicts itself, what its examples show is
    /// left; parameters of which one is enough are optional, whatever their stars say.
    pub fn settle(&mut self) {
        for method in &mut self.methods {
            let enough =
                |param: &Field| param.required && method.one_of.iter().any(|group| group.contains(&param.name));
            if method.params.iter().any(enough) {
                method.params.iter_mut().filter(|param| enough(param)).for_each(|param| param.required = false);
            }
        }
        self.each_type(&|ty| ty.contradicted, &|ty| {
            if ty.contradicted
                && let Kind::Union(types) = &mut ty.kind
            {
                let nullable = ty.nullable;
                *ty = types.swap_remove(0);
                ty.nullable |= nullable;
            }
        });
    }

    /// Drops descriptions, examples and diagnostics: what no item of Rust comes of.
    #[cfg(feature = "cli")]
    pub(crate) fn forget_prose(&mut self) {
        self.diagnostics.clear();
        self.each_type(&|ty| matches!(ty.kind, Kind::Enum(_)), &|ty| {
            if let Kind::Enum(values) = &mut ty.kind {
                for value in values {
                    value.description.clear();
                }
            }
        });
        for method in &mut self.methods {
            method.description.clear();
            method.examples.edit().clear();
            method.errors.iter_mut().for_each(|error| error.description.clear());
        }
        for event in &mut self.events {
            event.description.clear();
            event.examples.edit().clear();
        }
        for call in &mut self.inbound {
            call.description.clear();
            call.examples.edit().clear();
        }
        self.objects.values_mut().for_each(|object| object.description.clear());
        self.lists_mut().flatten().for_each(|field| field.description.clear());
    }

    /// The document that `bitrix24-codegen model` prints: with a structure for what each webhook receives, which
    /// the parameters that hold its address name.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn exported(mut self) -> Model {
        address::addresses(&mut self);
        self
    }

    /// Whether every override changed something: nothing is to be made of the model otherwise.
    ///
    /// # Errors
    ///
    /// The overrides that change nothing any more, each with its line and why.
    pub fn check_overrides(&self) -> Result<(), overrides::Stale> {
        let stale = Code::StaleOverride.text();
        let stale = self.diagnostics.iter().filter(|diagnostic| diagnostic.code == stale);
        let told: Vec<String> = stale.map(ToString::to_string).collect();
        if told.is_empty() { Ok(()) } else { Err(overrides::Stale(told)) }
    }

    /// Calls `change` for every type of the lists in which one is `wanted`, inner ones first. Lists without stay shared.
    pub(crate) fn each_type(&mut self, wanted: &(dyn Fn(&Type) -> bool + Sync), change: &(dyn Fn(&mut Type) + Sync)) {
        self.each_list(&|list| list.iter().any(|field| field.ty.has(wanted)), change);
    }

    /// The same for the lists whose fields hold a structure that is `wanted`.
    pub(crate) fn each_type_beside(
        &mut self,
        wanted: &(dyn Fn(&ObjectId) -> bool + Sync),
        change: &(dyn Fn(&mut Type) + Sync),
    ) {
        self.each_list(&|list| list.held().iter().any(wanted), change);
    }

    fn each_list(&mut self, wanted: &(dyn Fn(&List<Field>) -> bool + Sync), change: &(dyn Fn(&mut Type) + Sync)) {
        let lists: Vec<&mut List<Field>> = self.lists_mut().collect();
        lists.into_par_iter().filter(|list| wanted(list)).for_each(|list| {
            list.iter_mut().for_each(|field| field.ty.each(&mut |ty| change(ty)));
        });
    }

    /// Every list of fields.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &List<Field>> {
        let methods = self.methods.iter().flat_map(|m| [&m.params, &m.response]);
        let inbound = self.inbound.iter().flat_map(Inbound::lists);
        let others = self.events.iter().map(|e| &e.payload).chain(inbound);
        methods.chain(others).chain(self.objects.values().map(|o| &o.fields))
    }

    /// The same, in the same order.
    pub(crate) fn lists_mut(&mut self) -> impl Iterator<Item = &mut List<Field>> {
        let methods = self.methods.iter_mut().flat_map(|m| [&mut m.params, &mut m.response]);
        let inbound = self.inbound.iter_mut().flat_map(Inbound::lists_mut);
        let others = self.events.iter_mut().map(|e| &mut e.payload).chain(inbound);
        methods.chain(others).chain(self.objects.values_mut().map(|o| &mut o.fields))
    }
}
