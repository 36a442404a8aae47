//! The types of the model and their flat JSON form.

use serde::{Deserialize, Serialize};

use super::ObjectId;

/// What a field holds and how it travels.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(into = "Json", try_from = "Json")]
pub struct Type {
    /// What it holds.
    pub kind: Kind,
    /// How it travels where that differs from the kind's own form.
    pub wire: Option<Wire>,
    /// The entity that an identifier names: `crm_company`.
    pub refers_to: Option<String>,
    /// Whether `null` is a documented value.
    pub nullable: bool,
    /// Of a union: the page contradicts itself. The first type is what its examples show, the others are what its table says.
    pub contradicted: bool,
    /// Of a handler's address: the structure that is sent there, one of those of the exported document (`object` there).
    pub receives: Option<ObjectId>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Kind {
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Double,
    /// Yes or no.
    Boolean,
    /// Text.
    String,
    /// A calendar day.
    Date,
    /// A moment.
    Datetime,
    /// A moment in Unix seconds.
    Timestamp,
    /// A file: an upload (`[name, base64]`, `{"fileData": …}`) or a description of one.
    File,
    /// The block of timings beside every result.
    Time,
    /// Nothing but `null`.
    Null,
    /// Not documented.
    Any,
    /// One of a few values, as they travel.
    Enum(Vec<EnumValue>),
    /// A list.
    Array(Box<Type>),
    /// An object whose keys are data.
    Map(Box<Type>),
    /// A named structure.
    Object(ObjectId),
    /// One of several types.
    Union(Vec<Type>),
}

/// One allowed value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct EnumValue {
    /// As it travels.
    pub value: String,
    /// What the page says of it.
    pub description: String,
}

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// A number as `"37"`.
    String,
    /// A boolean as `Y` or `N`.
    Yn,
    /// A boolean as `1` or `0`; an enum of whole numbers.
    Int,
}

impl Type {
    /// Calls `change` for the type and all within it, inner ones first.
    pub(crate) fn each(&mut self, change: &mut dyn FnMut(&mut Type)) {
        match &mut self.kind {
            Kind::Array(inner) | Kind::Map(inner) => inner.each(change),
            Kind::Union(types) => types.iter_mut().for_each(|ty| ty.each(change)),
            _ => {}
        }
        change(self);
    }

    /// Whether it or a type within it is `wanted`.
    pub(crate) fn has(&self, wanted: &dyn Fn(&Type) -> bool) -> bool {
        wanted(self)
            || match &self.kind {
                Kind::Array(inner) | Kind::Map(inner) => inner.has(wanted),
                Kind::Union(types) => types.iter().any(|ty| ty.has(wanted)),
                _ => false,
            }
    }

    /// Whether it or a type within it is an enum.
    pub(crate) fn holds_enum(&self) -> bool {
        self.has(&|ty| matches!(ty.kind, Kind::Enum(_)))
    }

    /// Calls `found` with each structure that it names.
    pub(crate) fn structures<'t>(&'t self, found: &mut impl FnMut(&'t ObjectId)) {
        match &self.kind {
            Kind::Object(id) => found(id),
            Kind::Array(inner) | Kind::Map(inner) => inner.structures(found),
            Kind::Union(types) => types.iter().for_each(|ty| ty.structures(found)),
            _ => {}
        }
    }

    /// The type of `kind` without further marks.
    pub fn of(kind: Kind) -> Self {
        Type { kind, wire: None, refers_to: None, nullable: false, contradicted: false, receives: None }
    }

    /// The undocumented type.
    pub fn any() -> Self {
        Type::of(Kind::Any)
    }

    /// A list of `item`.
    pub fn array(item: Type) -> Self {
        Type::of(Kind::Array(Box::new(item)))
    }

    /// An object whose keys are data and whose values are `value`.
    pub fn map(value: Type) -> Self {
        Type::of(Kind::Map(Box::new(value)))
    }

    /// The named structure `id`.
    pub fn object(id: impl Into<ObjectId>) -> Self {
        Type::of(Kind::Object(id.into()))
    }

    /// The named structure that it is or holds: in lists, in maps, and as one of several types.
    pub fn structure(&self) -> Option<&ObjectId> {
        match &self.kind {
            Kind::Object(id) => Some(id),
            Kind::Array(inner) | Kind::Map(inner) => inner.structure(),
            Kind::Union(types) => types.iter().find_map(Type::structure),
            _ => None,
        }
    }
}

/// The flat form of [`Type`] in the exported model.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
struct Json {
    #[cfg_attr(feature = "cli", schemars(extend("enum" = Kind::names())))]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wire: Option<Wire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<Box<Type>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Box<Type>>,
    /// The structure that it is; of a string, what is sent to the address that it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<ObjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    descriptions: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any_of: Option<Vec<Type>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refers_to: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    nullable: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    contradicted: bool,
}

impl Kind {
    /// The kinds that need no more than their name, with it.
    pub(crate) const PLAIN: [(&'static str, Kind); 11] = [
        ("integer", Kind::Integer),
        ("double", Kind::Double),
        ("boolean", Kind::Boolean),
        ("string", Kind::String),
        ("date", Kind::Date),
        ("datetime", Kind::Datetime),
        ("timestamp", Kind::Timestamp),
        ("file", Kind::File),
        ("time", Kind::Time),
        ("null", Kind::Null),
        ("any", Kind::Any),
    ];

    /// The kind of this name, where it needs no more.
    pub(crate) fn plain(name: &str) -> Option<Kind> {
        Kind::PLAIN.iter().find(|(plain, _)| *plain == name).map(|(_, kind)| kind.clone())
    }

    /// The names of all kinds.
    #[cfg(feature = "cli")]
    fn names() -> Vec<&'static str> {
        let plain = Kind::PLAIN.iter().map(|(name, _)| *name);
        plain.chain(["enum", "array", "map", "object", "union"]).collect()
    }

    /// The kind's name in the exported model.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Enum(_) => "enum",
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Object(_) => "object",
            Kind::Union(_) => "union",
            plain => Kind::PLAIN.iter().find(|(_, kind)| kind == plain).map_or("any", |(name, _)| name),
        }
    }
}

impl From<Type> for Json {
    fn from(ty: Type) -> Self {
        let mut json = Json {
            kind: ty.kind.name().to_owned(),
            wire: ty.wire,
            item: None,
            value: None,
            object: ty.receives,
            values: None,
            descriptions: None,
            any_of: None,
            refers_to: ty.refers_to,
            nullable: ty.nullable,
            contradicted: ty.contradicted,
        };
        match ty.kind {
            Kind::Array(item) => json.item = Some(item),
            Kind::Map(value) => json.value = Some(value),
            Kind::Object(id) => json.object = Some(id),
            Kind::Enum(values) => {
                if values.iter().any(|v| !v.description.is_empty()) {
                    json.descriptions = Some(values.iter().map(|v| v.description.clone()).collect());
                }
                json.values = Some(values.into_iter().map(|v| v.value).collect());
            }
            Kind::Union(types) => json.any_of = Some(types),
            _ => {}
        }
        json
    }
}

impl TryFrom<Json> for Type {
    type Error = String;

    fn try_from(json: Json) -> Result<Self, String> {
        let receives = if json.kind == "object" { None } else { json.object.clone() };
        let missing = |part: &str| format!("a type of kind `{}` lacks `{part}`", json.kind);
        let kind = match json.kind.as_str() {
            "array" => Kind::Array(json.item.ok_or_else(|| missing("item"))?),
            "map" => Kind::Map(json.value.ok_or_else(|| missing("value"))?),
            "object" => Kind::Object(json.object.ok_or_else(|| missing("object"))?),
            "union" => Kind::Union(json.any_of.ok_or_else(|| missing("any_of"))?),
            "enum" => {
                let mut descriptions = json.descriptions.unwrap_or_default().into_iter();
                let values = json.values.ok_or_else(|| missing("values"))?;
                let of = |value| EnumValue { value, description: descriptions.next().unwrap_or_default() };
                Kind::Enum(values.into_iter().map(of).collect())
            }
            name => Kind::plain(name).ok_or_else(|| format!("`{name}` is not a kind of type"))?,
        };
        Ok(Type {
            kind,
            wire: json.wire,
            refers_to: json.refers_to,
            nullable: json.nullable,
            contradicted: json.contradicted,
            receives,
        })
    }
}
