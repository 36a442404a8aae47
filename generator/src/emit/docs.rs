//! Doc comments: what the docs say, safe for rustdoc, with links that lead on.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::markdown;
use crate::model::{Access, Field, Kind, Model, Object, Type, Wire, Witness};

/// Where links of the docs lead.
#[derive(Debug, Hash)]
pub(super) struct Links {
    language: String,
    /// Path of the Rust module by page, of the methods that are emitted.
    methods: BTreeMap<String, String>,
    /// Name of the crate that examples import, if there are to be any.
    examples: Option<String>,
}

impl Links {
    /// The links of `model`, of which the methods in `emitted` (page, Rust path) have a module.
    pub(super) fn new(
        model: &Model,
        emitted: impl IntoIterator<Item = (String, String)>,
        examples: Option<String>,
    ) -> Self {
        let mut methods = BTreeMap::new();
        for (page, path) in emitted {
            methods.entry(page).or_insert(path);
        }
        Links { language: model.language.clone(), methods, examples }
    }

    /// Name of the crate that examples import.
    pub(super) fn examples(&self) -> Option<&str> {
        self.examples.as_deref()
    }

    /// URL of the published form of `page`, which may end in an anchor.
    pub(super) fn url(&self, page: &str) -> String {
        published_url(&self.language, page)
    }

    /// Where a link of the docs leads: an address of the web, a method's module, or a published page.
    fn target(&self, target: &str) -> Option<String> {
        if let Some(url) = markdown::web_address(target) {
            return Some(url);
        }
        let page = target.split('#').next().unwrap_or(target);
        if page.is_empty() || target.contains(':') || target.contains("..") {
            return None;
        }
        Some(self.methods.get(page).cloned().unwrap_or_else(|| self.url(target)))
    }

    /// The prose of the docs as Markdown for rustdoc.
    pub(super) fn prose(&self, prose: &str) -> String {
        if prose.is_empty() {
            return String::new();
        }
        markdown::sanitised(prose, |target| self.target(target))
    }

    /// `[docs](…)`
    pub(super) fn page(&self, page: &str) -> String {
        format!("[Documentation]({})", self.url(page))
    }
}

/// URL of the published form of `page` of the docs in `language`.
pub(crate) fn published_url(language: &str, page: &str) -> String {
    let (path, anchor) = page.split_once('#').map_or((page, None), |(path, anchor)| (path, Some(anchor)));
    let path = path.trim_start_matches('/');
    let (stem, ending) = path.strip_suffix(".md").map_or((path, ""), |stem| (stem, ".html"));
    let site = if language == "ru" { "https://apidocs.bitrix24.ru/" } else { "https://apidocs.bitrix24.com/" };
    let mut url = format!("{site}{}{ending}", markdown::percent_encoded(stem));
    if let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty()) {
        url.push('#');
        url.push_str(&markdown::percent_encoded(anchor));
    }
    url
}

/// Doc comment of the given paragraphs, empty ones left out.
pub(super) fn comment<S: AsRef<str>>(paragraphs: impl IntoIterator<Item = S>) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#[doc = #lines])*)
}

/// The same for the module whose file begins with it.
pub(super) fn inner_comment<S: AsRef<str>>(paragraphs: impl IntoIterator<Item = S>) -> TokenStream {
    let lines = lines(paragraphs);
    quote!(#(#![doc = #lines])*)
}

fn lines<S: AsRef<str>>(paragraphs: impl IntoIterator<Item = S>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let text = paragraph.as_ref().trim();
        if text.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") }));
    }
    lines
}

/// `name: prose`; prose that begins with a list or a block of code stands apart.
pub(super) fn named(name: &str, prose: &str) -> String {
    let gap = if prose.starts_with("```") || prose.starts_with("- ") { ":\n\n" } else { ": " };
    if prose.is_empty() { name.to_owned() } else { format!("{name}{gap}{prose}") }
}

/// What is said of a field: its wire name, the docs' words, and what they state beside them. `home` is the page of the structure
/// that holds it. Whether it is required is not said where its place says it.
pub(super) fn field(links: &Links, field: &Field, home: &str) -> Vec<String> {
    let head = named(&markdown::code(&field.name), &links.prose(&field.description));
    vec![head, facts(links, field, home)]
}

/// The keys that a query may name: the fields of `object`.
pub(super) fn keys(links: &Links, object: &Object, home: &str) -> String {
    let keys = object.fields.iter().map(|key| item(&field(links, key, home)));
    if object.fields.is_empty() { String::new() } else { format!("Keys:\n\n{}", keys.collect::<Vec<_>>().join("\n")) }
}

/// What the docs state of a field beside its meaning, in one paragraph.
fn facts(links: &Links, field: &Field, home: &str) -> String {
    let mut facts: Vec<String> = Vec::new();
    if let Some(default) = &field.default {
        facts.push(format!("Default: {}.", markdown::code(&default.to_string())));
    }
    match field.access {
        Access::ReadWrite => {}
        Access::Read => facts.push("Only read.".to_owned()),
        Access::Write => facts.push("Only written.".to_owned()),
    }
    if let Some(form) = form(&field.ty) {
        facts.push(form.to_owned());
    }
    if let Some(entity) = refers_to(&field.ty) {
        facts.push(format!("Refers to {}.", markdown::code(entity)));
    }
    if field.ty.nullable {
        facts.push("May be `null`.".to_owned());
    }
    if matches!(field.ty.kind, Kind::Any | Kind::Union(_)) && !field.doc_type.is_empty() {
        facts.push(format!("Documented as {}.", markdown::code(&field.doc_type)));
    }
    if matches!(field.ty.kind, Kind::Timestamp) {
        facts.push("Seconds since 1970-01-01T00:00Z.".to_owned());
    }
    if !field.from.is_empty() && field.from.iter().all(|witness| *witness == Witness::Example) {
        facts.push("Known from an example only.".to_owned());
    }
    if !field.page.is_empty() && field.page != home {
        facts.push(links.page(&field.page));
    }
    facts.join(" ")
}

fn form(ty: &Type) -> Option<&'static str> {
    match (&ty.kind, ty.wire?) {
        (Kind::Boolean, Wire::Yn) => Some("Travels as `Y` or `N`."),
        (Kind::Boolean, _) => Some("Travels as `1` or `0`."),
        (Kind::Integer | Kind::Double | Kind::Timestamp, Wire::String) => Some("Travels as a string."),
        _ => None,
    }
}

fn refers_to(ty: &Type) -> Option<&str> {
    match &ty.kind {
        Kind::Array(item) | Kind::Map(item) => refers_to(item),
        _ => ty.refers_to.as_deref(),
    }
}

/// `text` as the item of a list: all lines but the first are indented.
pub(super) fn item(paragraphs: &[String]) -> String {
    let text = paragraphs.iter().map(String::as_str).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n");
    let lines = text.lines().enumerate().map(|(at, line)| match (at, line) {
        (0, line) => format!("- {line}"),
        (_, "") => String::new(),
        (_, line) => format!("  {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}
