//! One distilled page as text.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Subjects;
use crate::docs::stem;
use crate::emit::published_url;
use crate::facts::distilled::notation::{Piece, literal, literal_json, pieces};
use crate::facts::distilled::{EFFECT, EXAMPLE, FURTHER, PAGING, last_part};
use crate::facts::inbound::OPTIONS;
use crate::model::{
    Access, Api, Effect, Error, Event, Field, Inbound, InboundKind, Method, Named, Names, Object, ObjectId, Type,
    Witness, basic,
};
use crate::vocabulary::{self, Column, Role, Vocabulary, capitalised};

/// Writes a page at `path`.
pub(super) struct Writer<'w> {
    pub(super) words: &'static Vocabulary,
    pub(super) path: &'w str,
    /// The page of each structure.
    pub(super) places: &'w HashMap<&'w ObjectId, &'w str>,
    /// The page of each method.
    pub(super) methods: &'w HashMap<&'w str, &'w str>,
    pub(super) names: &'w Names,
    pub(super) out: String,
}

/// A column of a table: its title, and the cell of each row.
type TableColumn = (String, Vec<String>);

impl Writer<'_> {
    pub(super) fn page(mut self, page: &Subjects<'_>) -> String {
        let stem = stem(self.path);
        let names: Vec<&str> = match (page.methods.first(), page.events.as_slice()) {
            (Some(method), _) => vec![&method.name],
            (None, []) if page.inbound.is_empty() => vec![stem],
            (None, []) => page.inbound.iter().map(|call| call.name.as_str()).collect(),
            (None, events) => events.iter().map(|event| event.name.as_str()).collect(),
        };
        let names: Vec<String> = names.into_iter().map(code).collect();
        let original = published_url(self.words.language, self.path);
        // A page of types has no other heading that tells its language.
        let kind = if page.documents() { String::new() } else { self.words.title(Column::Type) + " " };
        self.line(&format!("# {kind}{}", names.join(", ")));
        self.line(&format!("> {} [{}]({original})", capitalised(self.words.distilled), code(stem)));
        if let Some(method) = page.methods.first() {
            self.method(method);
        } else if let Some(event) = page.events.first() {
            self.event(event);
        } else if let Some(call) = page.inbound.first() {
            self.scopes(&call.scopes);
        }
        for call in &page.inbound {
            self.inbound(call);
        }
        for (id, object) in &page.objects {
            self.object(id, object);
        }
        self.types(page.types);
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        self.out
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push_str("\n\n");
    }

    fn scopes(&mut self, scopes: &[String]) {
        if !scopes.is_empty() {
            let scopes: Vec<String> = scopes.iter().map(|scope| code(scope)).collect();
            self.line(&format!("> Scope: {}", scopes.join(", ")));
        }
    }

    fn heading(&mut self, role: Role) {
        self.line(&format!("## {}", self.words.heading(role)));
    }

    fn method(&mut self, method: &Method) {
        self.scopes(&method.scopes);
        if method.api == Api::V3 {
            self.line("> `/rest/api/`");
        }
        let effect = if method.effect == Effect::Read { "read" } else { "write" };
        self.line(&format!("> {EFFECT}: {}", code(effect)));
        if let Some(paging) = method.paging.as_ref().and_then(|paging| serde_json::to_value(paging).ok()) {
            self.line(&format!("> {PAGING}: `{}`", literal_json(&paging)));
        }
        if let Some(deprecated) = &method.deprecated {
            let phrase =
                self.words.deprecated.list().iter().min_by_key(|phrase| phrase.len()).copied().unwrap_or_default();
            self.line(&format!("{{% note warning \"{}\" %}}", capitalised(phrase)));
            if let Some(instead) = &deprecated.instead {
                let page = self.methods.get(instead.as_str()).copied().unwrap_or_default();
                self.line(&link(self.path, instead, page, None).unwrap_or_else(|| code(instead)));
            }
            self.line("{% endnote %}");
        }
        self.heading(Role::Parameters);
        if method.positional {
            let phrase = self.words.positional.list().first().copied().unwrap_or_default();
            self.line(&capitalised(phrase));
        }
        for group in &method.one_of {
            let phrase = self.words.one_of.list().first().copied().unwrap_or_default();
            let names: Vec<String> = group.iter().map(|name| code(name)).collect();
            self.line(&format!("{} {}", capitalised(phrase), names.join(", ")));
        }
        self.fields(&method.params, &[]);
        self.heading(Role::Returned);
        self.fields(&method.response, &[]);
        if !method.errors.is_empty() {
            self.heading(Role::Errors);
            self.errors(&method.errors);
        }
    }

    fn event(&mut self, event: &Event) {
        self.scopes(&event.scopes);
        self.heading(Role::Event);
        self.fields(&event.payload, &[]);
    }

    fn inbound(&mut self, call: &Inbound) {
        let heading = |role| format!("## {} {}", self.words.heading(role), code(&call.name));
        let (received, answered) = (heading(Role::Event), heading(Role::Returned));
        let anchor = if call.anchor.is_empty() { String::new() } else { format!(" {}", code(&call.anchor)) };
        self.line(&format!("{received}{anchor}"));
        self.fields(&call.payload, &[]);
        if call.kind == InboundKind::Placement {
            self.line(&format!("{received} {}", code(OPTIONS)));
            self.fields(&call.options, &[]);
        }
        if !call.answer.is_empty() {
            self.line(&answered);
            self.fields(&call.answer, &[]);
        }
    }

    fn object(&mut self, id: &ObjectId, object: &Object) {
        let mut heading = format!("## {}", code(id));
        let name = self.names.get(id);
        if name != last_part(id) {
            let _ = write!(heading, " {}", code(name));
        }
        if let Some(anchor) = anchor(id, self.path) {
            let _ = write!(heading, " {{#{anchor}}}");
        }
        self.line(&heading);
        if object.page != self.path {
            self.line(&format!("{}: {}", self.words.title(Column::Source), code(&object.page)));
        }
        self.fields(&object.fields, &object.open_prefixes());
    }

    fn fields(&mut self, fields: &[Field], open: &[&str]) {
        let name =
            format!("**{}**\n`{}`", self.words.title(Column::Name), self.words.title(Column::Type).to_lowercase());
        let further = |prefix: &&str| match *prefix {
            "" => format!("**{FURTHER}**"),
            prefix => code(&format!("{prefix}{FURTHER}")),
        };
        let names = fields.iter().map(field_name).chain(open.iter().map(further)).collect();
        let access = |access| move |field: &Field| if field.access == access { "+".to_owned() } else { String::new() };
        let mut columns: Vec<TableColumn> = vec![(name, names)];
        let mut column = |column, cell: &dyn Fn(&Field) -> String| {
            columns.push((format!("**{}**", self.words.title(column)), fields.iter().map(cell).collect()));
        };
        column(Column::Exact, &|field| self.exact(&field.ty));
        column(Column::Default, &|field| {
            field.default.as_ref().map(|json| format!("`{}`", literal_json(json))).unwrap_or_default()
        });
        column(Column::Read, &access(Access::Read));
        column(Column::Write, &access(Access::Write));
        column(Column::Source, &|field| {
            if field.page != self.path {
                code(&field.page)
            } else if !field.from.is_empty() && field.from.iter().all(|from| *from == Witness::Example) {
                code(EXAMPLE)
            } else {
                String::new()
            }
        });
        self.table(columns);
    }

    fn errors(&mut self, errors: &[Error]) {
        let title = |column| format!("**{}**", self.words.title(column));
        let optional = |text: Option<&String>| text.map(|text| code(text)).unwrap_or_default();
        let cells = |cell: &dyn Fn(&Error) -> String| errors.iter().map(cell).collect::<Vec<_>>();
        let mut columns = vec![
            (title(Column::Code), cells(&|e| code(&e.code))),
            (title(Column::Message), cells(&|e| optional(e.message.as_ref()))),
        ];
        for words in vocabulary::ALL {
            let title = format!("**{} {}**", self.words.title(Column::Message), words.language);
            columns.push((title, cells(&|e| optional(e.messages.get(words.language)))));
        }
        columns.push((title(Column::Name), cells(&|e| optional(e.field.as_ref()))));
        let status = |e: &Error| e.status.map(|status| code(&status.to_string())).unwrap_or_default();
        columns.push((title(Column::Status), cells(&status)));
        columns
            .push((title(Column::Source), cells(&|e| if e.page == self.path { String::new() } else { code(&e.page) })));
        self.table(columns);
    }

    /// The types that the docs define themselves; the basic ones are known.
    fn types(&mut self, types: &[(String, String)]) {
        let types: Vec<_> = types.iter().filter(|(word, _)| basic(word).is_none()).collect();
        let what = |description: &str| match Named::of(self.words, description) {
            Named::Integer => {
                self.words.integer_identifier.list().first().copied().map(capitalised).unwrap_or_default()
            }
            Named::Object => self.words.object_identifier.list().first().copied().map(capitalised).unwrap_or_default(),
            Named::String => code("string"),
        };
        let columns = vec![
            (format!("**{}**", self.words.title(Column::Type)), types.iter().map(|(word, _)| code(word)).collect()),
            (
                format!("**{}**", self.words.title(Column::Description)),
                types.iter().map(|(_, text)| what(text)).collect(),
            ),
        ];
        self.table(columns);
    }

    /// Writes a table; columns behind the second that hold nothing are left out, and so is a table without rows.
    fn table(&mut self, columns: Vec<TableColumn>) {
        let rows = columns.first().map_or(0, |(_, cells)| cells.len());
        if rows == 0 {
            return;
        }
        let used =
            columns.into_iter().enumerate().filter(|(i, (_, cells))| *i < 2 || cells.iter().any(|c| !c.is_empty()));
        let columns: Vec<TableColumn> = used.map(|(_, column)| column).collect();
        self.out.push_str("#|\n");
        let mut row = |cells: Vec<&str>| {
            let text = cells.join(" | ");
            let _ = writeln!(self.out, "|| {} ||", text.trim_end());
        };
        row(columns.iter().map(|(title, _)| title.as_str()).collect());
        for i in 0..rows {
            let cell = |(_, cells): &'_ TableColumn| cells.get(i).map_or("", String::as_str).to_owned();
            let cells: Vec<String> = columns.iter().map(cell).collect();
            row(cells.iter().map(String::as_str).collect());
        }
        self.out.push_str("|#\n\n");
    }

    /// A type in the exact notation, its structures linked.
    fn exact(&self, ty: &Type) -> String {
        let mut out = String::new();
        let mut open = String::new();
        for piece in pieces(ty) {
            let link = match &piece {
                Piece::Code(_) => None,
                Piece::Object(id) => {
                    self.places.get(id).and_then(|page| link(self.path, id, page, anchor(id, page).as_deref()))
                }
            };
            match (piece, link) {
                (_, Some(link)) => {
                    if !open.is_empty() {
                        let _ = write!(out, "`{}`", std::mem::take(&mut open));
                    }
                    out.push_str(&link);
                }
                (Piece::Code(code), None) => open.push_str(&code),
                (Piece::Object(id), None) => {
                    let _ = write!(open, "object<{id}>");
                }
            }
        }
        if !open.is_empty() {
            let _ = write!(out, "`{open}`");
        }
        out
    }
}

fn code(text: &str) -> String {
    format!("`{}`", literal(text))
}

/// `**id***`, its documented type below; a name that Markdown could read otherwise stands as code.
fn field_name(field: &Field) -> String {
    let alphanumeric = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let bytes = field.name.as_bytes();
    let simple = bytes.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_')
        && alphanumeric(bytes.first().copied())
        && alphanumeric(bytes.last().copied());
    let mut out = if simple { format!("**{}", field.name) } else { code(&field.name) };
    out.push_str(match (simple, field.required) {
        (true, true) => "***",
        (true, false) => "**",
        (false, true) => "*",
        (false, false) => "",
    });
    if !field.doc_type.is_empty() {
        out.push('\n');
        out.push_str(&code(&field.doc_type));
    }
    out
}

/// What the section of a structure of page `page` is linked by: its id without the owner, which is the page or, without
/// a slash, what it documents.
fn anchor(id: &str, page: &str) -> Option<String> {
    let owner = page.strip_prefix("api-reference/").unwrap_or(page).trim_end_matches(".md");
    let own = id.strip_prefix(owner).and_then(|own| own.strip_prefix('/'));
    let own = own.or_else(|| Some(id.split_once('/')?.1))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    own.chars().all(plain).then(|| own.replace('/', "-"))
}

/// A link from one page to another, its text as code; `None` where the path cannot stand in a link.
fn link(from: &str, text: &str, to: &str, anchor: Option<&str>) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if to.is_empty() || !to.chars().all(plain) {
        return None;
    }
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    let path = if from == to && !anchor.is_empty() { String::new() } else { relative(from, to) };
    Some(format!("[{}]({path}{anchor})", code(text)))
}

/// The path of page `to` as page `from` writes it.
fn relative(from: &str, to: &str) -> String {
    let here: Vec<&str> = from.split('/').collect();
    let there: Vec<&str> = to.split('/').collect();
    let folders = here.len().min(there.len()) - 1;
    let common = here.iter().zip(&there).take(folders).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(here.len() - 1 - common);
    format!("{up}{}", there[common..].join("/"))
}
