//! Decides what each field holds: documented words first, then what the examples show.

use std::collections::HashMap;

use super::draft::{DraftField, Seen};
use super::merge::is_clause;
use super::{EnumValue, Kind, Type, Wire};
use crate::literal::is_placeholder;
use crate::vocabulary::{ALL, Vocabulary};

/// What a type that the docs define themselves stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Integer,
    String,
    Object,
}

impl Named {
    /// What a description of a type says that it is.
    pub(crate) fn of(words: &Vocabulary, description: &str) -> Named {
        let first = description.split(['.', '\n']).next().unwrap_or_default();
        if words.integer_identifier.are_in(first) {
            Named::Integer
        } else if words.object_identifier.find(first).is_some_and(|end| end < 24) {
            Named::Object
        } else {
            Named::String
        }
    }
}

/// The types that the data type pages define: `crm_company` and the like.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Dictionary(HashMap<String, Named>);

impl Dictionary {
    pub(crate) fn add(&mut self, words: &Vocabulary, word: &str, description: &str) {
        let named = Named::of(words, description);
        self.0.entry(word.to_lowercase()).or_insert(named);
    }

    pub(crate) fn get(&self, word: &str) -> Option<Named> {
        self.0.get(&word.to_lowercase()).copied()
    }
}

/// The basic types' words, as the docs write them.
pub(crate) fn basic(word: &str) -> Option<Kind> {
    Some(match word.to_lowercase().as_str() {
        "integer" | "int" | "inreger" | "id" => Kind::Integer,
        "double" | "float" | "number" | "decimal" | "money" => Kind::Double,
        // An enum is text until its values are known.
        "string" | "text" | "char" | "html" | "url" | "uuid" | "email" | "base64" | "enum" => Kind::String,
        "boolean" | "bool" | "boolen" | "flag" | "true" | "false" => Kind::Boolean,
        "date" => Kind::Date,
        "datetime" | "isodate" => Kind::Datetime,
        "timestamp" => Kind::Timestamp,
        "file" | "diskfile" | "attached_diskfile" | "product_file" => Kind::File,
        "null" | "void" => Kind::Null,
        "any" | "mixed" | "function" | "callable" => Kind::Any,
        "array" | "list" => Kind::Array(Box::new(Type::any())),
        "object" | "map" => Kind::Map(Box::new(Type::any())),
        "lang_map" => Kind::Map(Box::new(Type::of(Kind::String))),
        _ => return None,
    })
}

/// Whether a documented type is that of scalars or of lists of them.
pub(crate) fn holds_scalars(text: &str) -> bool {
    let words = words(text);
    !words.is_empty() && words.iter().all(|w| basic(&w.word).is_some_and(|kind| is_scalar(&Type::of(kind))))
}

/// One of the words of a documented type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In English where the vocabulary translates it.
    pub(crate) word: String,
    /// How many lists it stands in: 1 for `string[]`.
    pub(crate) lists: usize,
}

/// A documented type without the marks of Markdown.
pub(crate) fn unmarked(text: &str) -> String {
    text.replace("\\|", "|").replace(['`', '(', ')', '*'], "")
}

/// Splits `string | null`, `crm_contact[]`, `integer/array`, `string integer`.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let text = unmarked(text);
    let mut out: Vec<Word> = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '/' | ',' | ';')) {
        let mut word = part.trim().trim_start_matches('[');
        let mut lists = 0;
        while let Some(rest) = word.strip_suffix("[]") {
            word = rest;
            lists += 1;
        }
        if let Some(item) =
            word.to_lowercase().strip_prefix("array<").and_then(|w| w.strip_suffix('>').map(str::to_owned))
        {
            out.push(Word { word: item, lists: lists + 1 });
            continue;
        }
        let word = word.trim_end_matches(':');
        if !word.is_empty() {
            let translated = ALL.iter().flat_map(|v| v.types).find(|(own, _)| own.eq_ignore_ascii_case(word));
            let word = translated.map_or(word, |(_, ours)| ours).to_owned();
            let word = Word { word, lists };
            if !out.contains(&word) {
                out.push(word);
            }
        }
    }
    out
}

/// The type of a field; `request` where it is a parameter of the method itself.
pub(crate) fn type_of(dictionary: &Dictionary, field: &DraftField, parameter: bool) -> Type {
    let words = words(&field.doc_type.text);
    let mut nullable = field.nullable || field.seen.null;
    let mut types: Vec<Type> = Vec::new();
    for word in &words {
        if word.word.eq_ignore_ascii_case("null") && word.lists == 0 && words.len() > 1 {
            nullable = true;
            continue;
        }
        if let Some(ty) = word_type(dictionary, word, field)
            && !types.contains(&ty)
        {
            types.push(ty);
        }
    }
    if field.name == "time" && field.doc_type.text.to_lowercase().starts_with("time") {
        return Type { nullable, ..Type::of(Kind::Time) };
    }
    let mut ty = match &field.inner {
        // The documented fields, or any of them with an operator in front and lists behind.
        Some(inner) if parameter && is_clause(&field.name) => {
            let plain = DraftField { inner: None, ..field.clone() };
            union(vec![clause(&plain, &[]), Type::object(inner)])
        }
        Some(inner) => with_structure(field, inner, &types),
        None => without_structure(field, types, parameter),
    };
    // A number that may be left empty.
    nullable |= matches!(ty.kind, Kind::Integer | Kind::Double) && field.seen.texts.iter().any(String::is_empty);
    ty.nullable |= nullable && !matches!(ty.kind, Kind::Null);
    ty
}

fn word_type(dictionary: &Dictionary, word: &Word, field: &DraftField) -> Option<Type> {
    let mut ty =
        if let Some(kind) = basic(&word.word) { Type::of(kind) } else { named(dictionary, &word.word, field)? };
    for _ in 0..word.lists {
        ty = Type::array(ty);
    }
    Some(ty)
}

/// A type of the docs' own: an identifier, unless examples or its definition say that it is an object.
fn named(dictionary: &Dictionary, word: &str, field: &DraftField) -> Option<Type> {
    if !word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return None;
    }
    let refers = |kind| Some(Type { refers_to: Some(word.to_owned()), ..Type::of(kind) });
    if let Some((base, key)) = word.rsplit_once('.') {
        let number = key.eq_ignore_ascii_case("id") && dictionary.get(base) != Some(Named::String);
        let refers = |kind| Some(Type { refers_to: Some(base.to_owned()), ..Type::of(kind) });
        return refers(if number { Kind::Integer } else { Kind::String });
    }
    match dictionary.get(word) {
        Some(Named::Integer) => refers(Kind::Integer),
        Some(Named::String) => refers(Kind::String),
        Some(Named::Object) if field.inner.is_none() && field.seen.string && !field.seen.object() => {
            refers(Kind::String)
        }
        Some(Named::Object) if field.inner.is_none() && field.seen.integer => refers(Kind::Integer),
        // A word that the docs define nowhere, of a field that is an identifier by its name.
        None if is_identifier(&field.name) && field.inner.is_none() && !field.seen.any() => refers(Kind::Integer),
        Some(Named::Object) | None => None,
    }
}

fn with_structure(field: &DraftField, inner: &str, types: &[Type]) -> Type {
    let seen = &field.seen;
    let object = Type::object(inner);
    let scalars: Vec<Type> = types.iter().filter(|t| is_scalar(t)).cloned().collect();
    // An identifier whose type happens to name a structure: the examples show a scalar.
    if seen.only_scalars() && !types.iter().any(is_container) {
        let kind = seen_kind(seen, &field.name);
        let refers_to = Some(field.doc_type.text.trim_end_matches("[]").to_owned()).filter(|t| !t.is_empty());
        return scalars.into_iter().next().unwrap_or(Type { refers_to, ..kind });
    }
    let listed = words(&field.doc_type.text).iter().any(|w| w.lists > 0);
    let says_array = listed || types.iter().any(|t| matches!(t.kind, Kind::Array(_)));
    let says_object = types.iter().any(|t| matches!(t.kind, Kind::Map(_)));
    let structure = if seen.array || seen.keyed || seen.object() {
        around(seen, &object)
    } else if let Some(declared) = field.declared.as_ref().filter(|ty| ty.structure().is_some()) {
        declared.clone()
    } else if field.keyed {
        Type::map(object)
    } else if listed || field.listed || says_array && !says_object {
        Type::array(object)
    } else {
        object
    };
    // The table describes structures, the examples show none: what is shown comes first.
    if let Some(shown) = shown_scalars(seen, &field.name) {
        return contradiction(shown, structure);
    }
    let mut all = vec![structure];
    // `object | boolean`: both are documented.
    if types.len() > scalars.len() || types.len() > 1 {
        all.extend(scalars.iter().filter(|s| !matches!(s.kind, Kind::Null)).cloned());
    }
    if seen.scalar() && all.len() == 1 {
        all.push(seen_kind(seen, &field.name));
    }
    // The table says a scalar, the example shows a structure: both are kept, what is shown first.
    if all.len() == 1 && !scalars.is_empty() && scalars.len() == types.len() {
        return contradiction(all.remove(0), union(scalars));
    }
    let mut ty = union(all);
    if let Kind::Union(types) = &mut ty.kind {
        types.sort_by_key(|ty| ty.structure().is_none());
    }
    ty
}

/// What the examples show, and what the page says against them.
fn contradiction(shown: Type, said: Type) -> Type {
    if shown == said {
        return shown;
    }
    let ty = either(vec![shown, said]);
    Type { contradicted: matches!(ty.kind, Kind::Union(_)), ..ty }
}

/// The list or map of scalars that the examples show, if they show nothing else.
fn shown_scalars(seen: &Seen, name: &str) -> Option<Type> {
    if seen.object() || !seen.keyed && !seen.array {
        return None;
    }
    let items = seen.items.as_deref()?;
    let bare = items.only_scalars();
    let item = if bare { seen_kind(items, name) } else { shown_scalars(items, name)? };
    let many = if seen.keyed { Type::map(item) } else { Type::array(item) };
    Some(if seen.scalar() { union(vec![many, seen_kind(seen, name)]) } else { many })
}

/// The containers around a structure, as the examples nest them.
fn around(seen: &Seen, object: &Type) -> Type {
    let inside = || seen.items.as_ref().map_or_else(|| object.clone(), |items| around(items, object));
    if seen.object() {
        object.clone()
    } else if seen.keyed {
        Type::map(inside())
    } else if seen.array {
        Type::array(inside())
    } else {
        object.clone()
    }
}

fn without_structure(field: &DraftField, types: Vec<Type>, parameter: bool) -> Type {
    if parameter && is_clause(&field.name) && !types.iter().any(|ty| is_scalar(ty) && may_be_clause(&field.name, ty)) {
        return clause(field, &types);
    }
    let mut types = types;
    if types.is_empty() {
        types = seen_types(field);
        if types.is_empty() && !field.values.is_empty() {
            types.push(Type::of(Kind::String));
        }
        if types.iter().all(|ty| ty.kind == Kind::Null)
            && let Some(declared) = &field.declared
        {
            return Type { nullable: declared.nullable || !types.is_empty(), ..declared.clone() };
        }
        if types.is_empty() {
            return Type::any();
        }
    }
    let mut said = union(types.into_iter().map(|ty| refine(field, ty)).collect());
    // A map in one example, a text in another.
    if matches!(said.kind, Kind::Map(_))
        && field.seen.keyed
        && field.seen.texts.iter().any(|text| !is_placeholder(text))
    {
        said = union(vec![said, seen_kind(&field.seen, &field.name)]);
    }
    match shown_against(field, &said) {
        Some(shown) => contradiction(shown, said),
        None => said,
    }
}

/// The scalar that all examples show where the page says what it cannot be.
fn shown_against(field: &DraftField, said: &Type) -> Option<Type> {
    let seen = &field.seen;
    if !seen.only_scalars() {
        return None;
    }
    let number = |text: &String| text.parse::<f64>().is_ok();
    let against = match said.kind {
        // A text that is no number, and stands for none.
        Kind::Integer | Kind::Double => {
            seen.string
                && !(seen.boolean || seen.integer || seen.double)
                && seen.texts.iter().all(|text| !number(text) && !text.is_empty() && !is_placeholder(text))
        }
        // The identifier of what was made, say.
        Kind::Boolean => {
            seen.integer && !seen.boolean && !seen.string && !seen.texts.iter().all(|text| text == "0" || text == "1")
        }
        Kind::Map(_) => {
            seen.truth || seen.integer || seen.double || seen.texts.iter().any(|text| !is_placeholder(text))
        }
        _ => false,
    };
    against.then(|| seen_kind(seen, &field.name))
}

/// Whether a clause may be the scalar that its page calls it. A filter never is: its keys are fields, even where a page
/// calls it a string and lists them as its values. An order may be a direction, but not a number.
fn may_be_clause(name: &str, ty: &Type) -> bool {
    match name.to_ascii_lowercase().as_str() {
        "filter" => false,
        "sort" => true,
        _ => !matches!(ty.kind, Kind::Integer | Kind::Double | Kind::Boolean),
    }
}

/// `filter`, `order`, `select` without a documented structure.
fn clause(field: &DraftField, types: &[Type]) -> Type {
    let name = field.name.to_lowercase();
    let string = || Type::of(Kind::String);
    if name == "select" {
        return Type::array(string());
    }
    let list = field.seen.array && !field.seen.object()
        || types.iter().all(|t| matches!(t.kind, Kind::Array(_)))
            && !types.is_empty()
            && !field.seen.object()
            && !field.template;
    if name == "order" || name == "sort" {
        return if list { Type::array(string()) } else { Type::map(string()) };
    }
    let scalar =
        || vec![Type::of(Kind::String), Type::of(Kind::Integer), Type::of(Kind::Double), Type::of(Kind::Boolean)];
    let mut values = scalar();
    values.push(Type::array(Type::of(Kind::Union(scalar()))));
    let conditions = Type::of(Kind::Union(values));
    if list { Type::array(conditions) } else { Type::map(conditions) }
}

/// A documented type, made more exact by values and examples.
fn refine(field: &DraftField, ty: Type) -> Type {
    let seen = &field.seen;
    match ty.kind {
        Kind::Boolean => Type { wire: boolean_wire(field), ..ty },
        Kind::String | Kind::Integer if ty.refers_to.is_none() => with_values(field, ty),
        Kind::Integer if seen.string && !seen.integer => Type { wire: Some(Wire::String), ..ty },
        Kind::Array(item) if item.kind == Kind::Any => {
            // `array` of which an example shows objects by key alone is a map in JSON.
            if seen.keyed && !seen.array {
                return Type { kind: Kind::Map(Box::new(item_type(field))), ..ty };
            }
            Type { kind: Kind::Array(Box::new(item_type(field))), ..ty }
        }
        Kind::Map(value) if value.kind == Kind::Any => {
            if seen.array && !seen.keyed && !seen.object() {
                return Type { kind: Kind::Array(Box::new(item_type(field))), ..ty };
            }
            Type { kind: Kind::Map(Box::new(item_type(field))), ..ty }
        }
        Kind::Any => {
            if let Some(declared) = &field.declared
                && !seen.any()
            {
                return declared.clone();
            }
            let types = seen_types(field);
            if types.len() == 1 && field.doc_type.text.is_empty() { union(types) } else { ty }
        }
        _ => ty,
    }
}

fn with_values(field: &DraftField, ty: Type) -> Type {
    let seen = &field.seen;
    let plain = |ty: Type| {
        if ty.kind == Kind::Integer && seen.string && !seen.integer {
            Type { wire: Some(Wire::String), ..ty }
        } else {
            ty
        }
    };
    let values: Vec<&EnumValue> = field.values.iter().collect();
    let is = |set: &[&str]| values.len() == set.len() && set.iter().all(|s| values.iter().any(|v| v.value == *s));
    if is(&["Y", "N"]) {
        return Type { wire: Some(Wire::Yn), kind: Kind::Boolean, ..ty };
    }
    if values.is_empty() && yes_no(&seen.texts) && seen.string && field.doc_type.text.eq_ignore_ascii_case("char") {
        return Type { wire: Some(Wire::Yn), kind: Kind::Boolean, ..ty };
    }
    if values.len() < 2 {
        return plain(ty);
    }
    // Examples beyond the listed values: the list is not a set.
    let listed = |text: &String| values.iter().any(|v| v.value.eq_ignore_ascii_case(text));
    if !seen.texts.iter().all(listed) && !seen.texts.is_empty() {
        return plain(ty);
    }
    // Texts in a language are examples.
    if values.iter().any(|v| !v.value.is_ascii()) {
        return plain(ty);
    }
    let numbers = values.iter().all(|v| v.value.parse::<i64>().is_ok());
    if ty.kind == Kind::Integer && !numbers {
        return plain(ty);
    }
    let wire = (ty.kind == Kind::Integer).then_some(Wire::Int);
    let mut set: Vec<EnumValue> = Vec::new();
    for value in values {
        if !set.iter().any(|v| v.value == value.value) {
            set.push(value.clone());
        }
    }
    Type { wire, kind: Kind::Enum(set), ..ty }
}

/// The type of a set of texts: `Y` and `N` are a boolean. `None` for one alone.
pub(crate) fn one_of_texts(texts: &[&str]) -> Option<Type> {
    if texts.len() < 2 {
        return None;
    }
    if texts.iter().all(|text| matches!(*text, "Y" | "N")) {
        return Some(Type { wire: Some(Wire::Yn), ..Type::of(Kind::Boolean) });
    }
    let value = |text: &&str| EnumValue { value: (*text).to_owned(), description: String::new() };
    Some(Type::of(Kind::Enum(texts.iter().map(value).collect())))
}

/// Whether a name is that of an identifier: `id`, `USER_ID`, `ownerId`.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.eq_ignore_ascii_case("id")
        || name.ends_with("_ID")
        || name.ends_with("_id")
        || ["Id", "Ids", "_ids", "_IDS"].iter().any(|end| name.ends_with(end))
}

fn yes_no(texts: &[String]) -> bool {
    !texts.is_empty() && texts.iter().all(|t| t == "Y" || t == "N")
}

/// How a boolean travels: its documented values, its default, the examples.
fn boolean_wire(field: &DraftField) -> Option<Wire> {
    let mut texts: Vec<&str> = field.values.iter().map(|v| v.value.as_str()).collect();
    if let Some(default) = field.default.as_ref() {
        match default {
            serde_json::Value::String(text) => texts.push(text),
            serde_json::Value::Number(n) if n.as_i64().is_some_and(|n| n == 0 || n == 1) => texts.push("1"),
            _ => {}
        }
    }
    if field.seen.boolean {
        return None;
    }
    texts.extend(field.seen.texts.iter().map(String::as_str));
    if texts.iter().any(|t| *t == "Y" || *t == "N") {
        return Some(Wire::Yn);
    }
    texts.iter().any(|t| *t == "1" || *t == "0").then_some(Wire::Int)
}

fn item_type(field: &DraftField) -> Type {
    // What no example shows, prose or a declaration may say.
    let declared = || match (field.item.and_then(basic), field.declared.as_ref().map(|ty| &ty.kind)) {
        (Some(item), _) => Type::of(item),
        (None, Some(Kind::Array(item) | Kind::Map(item))) => (**item).clone(),
        // Names of fields, in a clause that is not the method's own parameter.
        (None, _) if ["select", "group"].iter().any(|clause| field.name.eq_ignore_ascii_case(clause)) => {
            Type::of(Kind::String)
        }
        (None, _) => Type::any(),
    };
    let Some(items) = &field.seen.items else { return declared() };
    let item = DraftField { seen: (**items).clone(), ..DraftField::default() };
    let types = seen_types(&item);
    if types.is_empty() { declared() } else { union(types) }
}

/// What the examples alone say.
fn seen_types(field: &DraftField) -> Vec<Type> {
    let seen = &field.seen;
    let mut out = Vec::new();
    if seen.array {
        out.push(Type::array(item_type(field)));
    }
    if (seen.object() || seen.keyed) && !seen.array {
        out.push(Type::map(item_type(field)));
    }
    if seen.scalar() {
        out.push(seen_kind(seen, &field.name));
    }
    if out.is_empty() && seen.null {
        out.push(Type::of(Kind::Null));
    }
    out
}

/// The scalar that examples show.
fn seen_kind(seen: &Seen, name: &str) -> Type {
    let texts = &seen.texts;
    let kinds = [seen.boolean, seen.integer || seen.double, seen.string].iter().filter(|k| **k).count();
    if kinds > 1 {
        let integers = texts.iter().all(|t| is_integer(t));
        if !seen.boolean && integers && !seen.double {
            return Type::of(Kind::Integer);
        }
        if seen.boolean && !seen.integer && !seen.double && yes_no(texts) {
            return Type::of(Kind::Boolean);
        }
        let mut all = Vec::new();
        if seen.boolean {
            all.push(Type::of(Kind::Boolean));
        }
        if seen.integer || seen.double {
            all.push(Type::of(if seen.double { Kind::Double } else { Kind::Integer }));
        }
        if seen.string {
            all.push(Type::of(Kind::String));
        }
        return union(all);
    }
    if seen.boolean {
        return Type::of(Kind::Boolean);
    }
    if seen.double {
        return Type::of(Kind::Double);
    }
    if seen.integer {
        return Type::of(Kind::Integer);
    }
    if is_identifier(name) && texts.iter().all(|t| is_integer(t)) && !texts.is_empty() {
        return Type { wire: Some(Wire::String), ..Type::of(Kind::Integer) };
    }
    if yes_no(texts) {
        return Type { wire: Some(Wire::Yn), ..Type::of(Kind::Boolean) };
    }
    let dated = |long: bool| {
        !texts.is_empty()
            && texts.iter().all(|t| {
                let b = t.as_bytes();
                let day = b.len() >= 10 && b[4] == b'-' && b[7] == b'-' && b[..4].iter().all(u8::is_ascii_digit);
                day && if long { b.len() >= 19 && (b[10] == b'T' || b[10] == b' ') } else { b.len() == 10 }
            })
    };
    if dated(true) {
        return Type::of(Kind::Datetime);
    }
    if dated(false) {
        return Type::of(Kind::Date);
    }
    Type::of(Kind::String)
}

fn is_integer(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|n| n.to_string() == text)
}

fn is_scalar(ty: &Type) -> bool {
    !matches!(ty.kind, Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Any | Kind::Union(_))
}

fn is_container(ty: &Type) -> bool {
    matches!(ty.kind, Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Any)
}

/// One type for several: alone itself, `integer | double` a double, else a union.
pub(crate) fn union(types: Vec<Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    let mut nullable = false;
    for ty in types {
        let own = match ty.kind {
            Kind::Union(inner) if !ty.contradicted => {
                nullable |= ty.nullable;
                inner
            }
            _ => vec![ty],
        };
        let fresh: Vec<Type> = own.into_iter().filter(|ty| !flat.contains(ty)).collect();
        flat.extend(fresh);
    }
    let ty = either(flat);
    Type { nullable: ty.nullable || nullable, ..ty }
}

/// One of `types`, which are all different.
fn either(mut types: Vec<Type>) -> Type {
    if types.iter().any(|t| t.kind == Kind::Double) {
        types.retain(|t| t.kind != Kind::Integer || t.refers_to.is_some());
    }
    match types.len() {
        0 => Type::any(),
        1 => types.remove(0),
        _ => Type::of(Kind::Union(types)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_within_a_union_is_one_and_a_contradiction_stays_whole() {
        let of = |kind: Kind| Type::of(kind);
        let inner = union(vec![Type::object("star"), of(Kind::Boolean)]);
        let flat = union(vec![inner.clone(), of(Kind::Boolean), of(Kind::String)]);
        let Kind::Union(types) = &flat.kind else { panic!("{flat:?}") };
        assert_eq!(types, &[Type::object("star"), of(Kind::Boolean), of(Kind::String)]);
        let against = contradiction(inner.clone(), of(Kind::Boolean));
        assert_eq!((against.contradicted, &against.kind), (true, &Kind::Union(vec![inner, of(Kind::Boolean)])));
    }
}
