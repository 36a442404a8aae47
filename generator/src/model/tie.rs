//! Ties a page's tables to the fields whose structure they describe.
//!
//! A page describes a structure in a section of its own and says in one of several ways whose it is: a link to the
//! section's anchor, the field's name or type in the heading, an example in which the same keys occur, or its place
//! below another section. The ways are tried from the surest to the least sure, each over all sections, so that a sure
//! tie is never pre-empted by a guess. What cannot be tied is kept as a structure of its own and reported.

use super::build::id_part;
use super::draft::{DraftField, Drafts};
use super::place::{Placer, Step, flatten, lookup, new_object, steps};
use super::{ObjectId, Witness};
use crate::facts::inbound::are_placements;
use crate::facts::page_facts::{FieldTable, PageFacts, SectionFacts, Side};
use crate::vocabulary::Role;
use serde_json::Value;

/// The structures of one page.
#[derive(Debug, Default)]
pub(crate) struct PageDraft<'f> {
    pub(crate) drafts: Drafts<'f>,
    pub(crate) request: ObjectId,
    pub(crate) response: ObjectId,
    /// Per call of the page's other calls.
    pub(crate) calls: Vec<CallRoots>,
    /// The structure that each section describes.
    pub(crate) sections: Vec<(usize, ObjectId)>,
    /// Sections whose tables could not be tied.
    pub(crate) untied: Vec<usize>,
}

/// The structures of one placement or webhook.
#[derive(Clone, Debug)]
pub(crate) struct CallRoots {
    pub(crate) payload: ObjectId,
    /// Those of a distilled page; other pages describe them in a field of the payload.
    pub(crate) options: ObjectId,
    pub(crate) answer: ObjectId,
}

impl CallRoots {
    pub(crate) fn all(&self) -> [&ObjectId; 3] {
        [&self.payload, &self.options, &self.answer]
    }
}

/// The tables of one section.
struct Group<'f> {
    section: usize,
    side: Side,
    tables: Vec<&'f FieldTable>,
    tied: bool,
}

impl PageDraft<'_> {
    /// The structure of what travels on this side.
    fn root(&self, side: Side) -> &ObjectId {
        let call = |number: u16| self.calls.get(usize::from(number));
        match side {
            Side::Request => &self.request,
            Side::Response => &self.response,
            Side::Received(number) => call(number).map_or(&self.response, |call| &call.payload),
            Side::Answered(number) => call(number).map_or(&self.request, |call| &call.answer),
        }
    }
}

/// Drafts the structures of a page; `owner` is what their ids begin with.
pub(crate) fn draft<'f>(facts: &'f PageFacts, owner: &str) -> PageDraft<'f> {
    let mut page = PageDraft::default();
    page.request = new_object(&mut page.drafts, &format!("{owner}/request"), "request", facts.place);
    page.response = new_object(&mut page.drafts, &format!("{owner}/response"), "response", facts.place);
    for call in &facts.inbound {
        let alone = facts.inbound.iter().filter(|other| other.name == call.name).count() == 1;
        let own = super::inbound::own_name(&call.name, &call.anchor, alone);
        let mut root = |side: Option<Side>, part: &str| match side {
            Some(Side::Request) => page.request.clone(),
            Some(Side::Response) => page.response.clone(),
            _ => new_object(&mut page.drafts, &format!("{owner}/{own}{part}"), &call.name, facts.place),
        };
        let roots = CallRoots {
            payload: root(Some(call.payload), ""),
            options: root(None, "/options"),
            answer: root(call.answer, "/answer"),
        };
        page.calls.push(roots);
    }
    if let Some(stated) = &facts.distilled {
        super::stated::draft(stated, &mut page);
        return page;
    }
    for example in &facts.examples {
        use crate::facts::page_facts::ExampleOf as Of;
        let root = match example.kind {
            Of::Request | Of::Call => &page.request,
            Of::Response | Of::Event => &page.response,
            Of::Webhook(side) => page.root(side),
            Of::Error | Of::Part(_) => continue,
        };
        let mut objects = Vec::new();
        if example.json.is_object() {
            objects.push(&example.json);
        }
        let root = root.clone();
        page.drafts.objects[&root].samples.extend(objects);
    }
    let mut tie = Tie { facts, owner, page, groups: groups(facts), documents: facts.documents() };
    if tie.documents {
        tie.main();
        tie.sections();
    } else {
        tie.dictionary();
    }
    tie.page
}

fn groups(facts: &PageFacts) -> Vec<Group<'_>> {
    let mut out: Vec<Group<'_>> = Vec::new();
    for table in &facts.tables {
        let section = canonical(&facts.sections, table.section);
        match out.iter_mut().find(|g| g.section == section && g.side == table.side) {
            Some(group) => group.tables.push(table),
            None => out.push(Group { section, side: table.side, tables: vec![table], tied: false }),
        }
    }
    out
}

/// The first of the sections with this heading at this place (tabs resume a section under a new index).
fn canonical(sections: &[SectionFacts], index: usize) -> usize {
    let own = &sections[index];
    sections.iter().position(|s| s.place == own.place && s.title == own.title).unwrap_or(index)
}

struct Tie<'f, 'o> {
    facts: &'f PageFacts,
    owner: &'o str,
    page: PageDraft<'f>,
    groups: Vec<Group<'f>>,
    documents: bool,
}

/// Ways to tie a section, the surest first.
type Way<'f, 'o> = fn(&mut Tie<'f, 'o>, usize) -> Vec<(ObjectId, usize)>;

impl<'f, 'o> Tie<'f, 'o> {
    /// See above.
    const WAYS: [Way<'f, 'o>; 7] = [
        Self::by_anchor,
        Self::by_name,
        Self::by_type,
        Self::by_phrase,
        Self::by_example,
        Self::by_parent,
        Self::by_elimination,
    ];

    fn root(&self, side: Side) -> ObjectId {
        self.page.root(side).clone()
    }

    /// Whether a section holds the parameters or the answer themselves.
    fn is_main(&self, group: &Group<'_>) -> bool {
        let section = &self.facts.sections[group.section];
        let own = if section.level <= 1 { None } else { self.facts.words.role(&section.title) };
        match group.side {
            Side::Request => section.level <= 1 || own == Some(Role::Parameters),
            // Tables between paragraphs stand in a section without a role.
            Side::Received(_) | Side::Answered(_) => own == Some(Role::Event) || section.role.is_none(),
            Side::Response => {
                let result =
                    group.tables.iter().any(|t| t.rows.iter().any(|r| r.names.iter().any(|n| n.name == "result")));
                matches!(own, Some(Role::Response | Role::Returned | Role::Event | Role::Parameters))
                    || section.level <= 1
                    || result
                    || self.is_of_form(group)
            }
        }
    }

    /// Whether all rows of a placement's page are keys of the form itself.
    fn is_of_form(&self, group: &Group<'_>) -> bool {
        let placements = are_placements(&self.facts.inbound);
        let samples = &self.page.drafts.objects[&self.page.response].samples;
        let shown = |name: &str| samples.iter().any(|sample| lookup(sample, name).is_some());
        placements && group.tables.iter().flat_map(|t| &t.rows).flat_map(|r| &r.names).all(|n| shown(&n.name))
    }

    /// Places the main tables.
    fn main(&mut self) {
        for i in 0..self.groups.len() {
            if !self.is_main(&self.groups[i]) {
                continue;
            }
            let (side, section) = (self.groups[i].side, self.groups[i].section);
            let root = self.root(side);
            self.groups[i].tied = true;
            for table in self.groups[i].tables.clone() {
                let mut placer = Placer {
                    drafts: &mut self.page.drafts,
                    witness: Witness::Table,
                    flat: side != Side::Request,
                    envelope: side == Side::Response && self.facts.method.is_some(),
                };
                placer.rows(&root, &table.rows);
            }
            self.page.sections.push((section, root));
        }
        // Parameters without a table of their own: the sections below are the ways to call the method.
        if self.page.drafts.objects[&self.page.request].fields.is_empty() {
            self.ways_to_call();
        }
    }

    /// Places the sections directly below the parameters' heading; required is what all of them require.
    fn ways_to_call(&mut self) {
        let root = self.root(Side::Request);
        let is_way = |group: &Group<'_>| {
            let section = &self.facts.sections[group.section];
            let below = section
                .parent
                .is_some_and(|p| self.facts.words.role(&self.facts.sections[p].title) == Some(Role::Parameters));
            group.side == Side::Request && !group.tied && (below || section.level <= 2 && section.role.is_none())
        };
        let ways: Vec<usize> = (0..self.groups.len()).filter(|i| is_way(&self.groups[*i])).collect();
        for i in &ways {
            self.groups[*i].tied = true;
            self.place(&root, *i, false);
            self.page.sections.push((self.groups[*i].section, root.clone()));
        }
        for field in &mut self.page.drafts.objects[&root].fields {
            let requires = |i: &usize| {
                let mut rows = self.groups[*i].tables.iter().flat_map(|t| &t.rows).flat_map(|r| &r.names);
                rows.any(|n| n.required && n.name == field.name)
            };
            field.required = field.required && ways.iter().all(requires);
        }
    }

    /// Ties the other sections until none is left or no way helps.
    fn sections(&mut self) {
        'again: loop {
            for way in Self::WAYS {
                for i in 0..self.groups.len() {
                    if self.groups[i].tied {
                        continue;
                    }
                    let targets = way(self, i);
                    if !targets.is_empty() {
                        self.tie(i, &targets);
                        continue 'again;
                    }
                }
            }
            break;
        }
        for i in 0..self.groups.len() {
            if !self.groups[i].tied {
                let section = self.groups[i].section;
                let id = self.new_section_object(i, None);
                self.place(&id, i, false);
                self.page.untied.push(section);
            }
        }
    }

    /// A page of structures alone: each section is one; fields are tied by anchor and type.
    fn dictionary(&mut self) {
        for i in 0..self.groups.len() {
            let id = self.new_section_object(i, None);
            self.place(&id, i, false);
            self.groups[i].tied = true;
        }
        for i in 0..self.groups.len() {
            let id = self.page.sections[i].1.clone();
            let mut targets = self.by_anchor(i);
            if targets.is_empty() {
                targets = self.by_type(i);
            }
            for (object, field) in targets {
                let field = &mut self.page.drafts.objects[&object].fields[field];
                if field.inner.is_none() {
                    field.inner = Some(id.clone());
                }
            }
        }
    }

    fn tie(&mut self, i: usize, targets: &[(ObjectId, usize)]) {
        self.groups[i].tied = true;
        let (object, index) = targets[0].clone();
        let existing = self.page.drafts.objects[&object].fields[index].inner.clone();
        let id = match existing {
            Some(id) => {
                let section = self.groups[i].section;
                self.page.sections.push((section, id.clone()));
                id
            }
            None => self.new_section_object(i, Some((&object, index))),
        };
        for (object, index) in targets {
            let samples = {
                let holder = &self.page.drafts.objects[object];
                super::place::inner_samples(holder, &holder.fields[*index].name)
            };
            let field = &mut self.page.drafts.objects[object].fields[*index];
            if field.inner.is_none() {
                field.inner = Some(id.clone());
            }
            let own = &mut self.page.drafts.objects[&id].samples;
            for sample in samples {
                if !own.iter().any(|s| std::ptr::eq(*s, sample)) {
                    own.push(sample);
                }
            }
        }
        let flat = self.groups[i].side != Side::Request;
        self.place(&id, i, flat);
    }

    fn place(&mut self, id: &ObjectId, i: usize, flat: bool) {
        let section = &self.facts.sections[self.groups[i].section];
        for example in &self.facts.examples {
            if matches!(example.kind, crate::facts::page_facts::ExampleOf::Part(s) if self.facts.sections[s].place == section.place)
            {
                let mut objects = Vec::new();
                flatten(&example.json, &mut objects, 0);
                self.page.drafts.objects[id].samples.extend(objects);
            }
        }
        for table in self.groups[i].tables.clone() {
            let mut placer = Placer { drafts: &mut self.page.drafts, witness: Witness::Table, flat, envelope: false };
            // A table about `result` may list `result` or `result.id` itself.
            placer.rows(id, &table.rows);
        }
    }

    /// Makes the structure of section `i`, named by the type's word, the anchor or the field.
    fn new_section_object(&mut self, i: usize, target: Option<(&ObjectId, usize)>) -> ObjectId {
        let index = self.groups[i].section;
        let section = &self.facts.sections[index];
        let field = target.map(|(object, f)| &self.page.drafts.objects[object].fields[f]);
        let anchor = section.anchors.iter().rev().skip(1).map(String::as_str).find(|a| a.is_ascii() && !a.is_empty());
        // What is the same in every language comes first: wire names and type words. An anchor is made up, and not always alike.
        let word = field.and_then(|f| own_type_word(&f.doc_type.text));
        let wire = section.code.iter().map(String::as_str).chain(ascii_words(&section.title)).find(|w| is_wire_name(w));
        let held = field.map(|f| f.name.clone());
        let known = word.or(held).or(wire.map(str::to_owned));
        let named = known.is_some();
        let name = known.or(anchor.map(str::to_owned)).unwrap_or_else(|| format!("object-{}", index + 1));
        let id = new_object(&mut self.page.drafts, &format!("{}/{}", self.owner, id_part(&name)), &name, section.place);
        self.page.drafts.objects[&id].named = named;
        self.page.sections.push((index, id.clone()));
        id
    }

    /// All fields of one side, outermost first.
    fn fields(&self, side: Side) -> Vec<(ObjectId, usize)> {
        let mut out = Vec::new();
        let mut todo = std::collections::VecDeque::from([self.root(side)]);
        let mut seen = std::collections::HashSet::new();
        if !self.documents {
            todo.extend(self.page.drafts.objects.keys().cloned());
        }
        while let Some(id) = todo.pop_front() {
            if !seen.insert(id.clone()) {
                continue;
            }
            for (i, field) in self.page.drafts.objects[&id].fields.iter().enumerate() {
                out.push((id.clone(), i));
                todo.extend(field.inner.clone());
            }
        }
        out
    }

    fn field(&self, at: &(ObjectId, usize)) -> &DraftField {
        &self.page.drafts.objects[&at.0].fields[at.1]
    }

    /// Fields whose type or description links to the section's anchor.
    fn by_anchor(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let anchors = &self.facts.sections[self.groups[i].section].anchors;
        let page = self.facts.page;
        let here = |p: u32, anchor: &str| {
            p == page && !anchor.is_empty() && anchors.iter().any(|a| a.eq_ignore_ascii_case(anchor))
        };
        let fields = self.fields(self.groups[i].side);
        let typed = |at: &(ObjectId, usize)| self.field(at).doc_type.links.iter().any(|(_, p, a)| here(*p, a));
        let described = |at: &(ObjectId, usize)| {
            let field = self.field(at);
            field.links.iter().any(|(p, a)| here(*p, a)) && (field.may_hold_object() || field.seen.object())
        };
        let mut out: Vec<_> = fields.into_iter().filter(|at| typed(at) || described(at)).collect();
        out.sort_by_key(|at| !typed(at));
        out.retain(|at| self.field(at).inner.is_none());
        out
    }

    /// Fields whose name the heading holds.
    fn by_name(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let section = &self.facts.sections[self.groups[i].section];
        let fields = self.fields(self.groups[i].side);
        let mut out = Vec::new();
        for word in heading_words(section) {
            let path: Vec<String> = steps(&word)
                .into_iter()
                .filter_map(|s| if let Step::Key(key) = s { Some(key) } else { None })
                .collect();
            let Some(last) = path.last() else { continue };
            let mut found: Vec<&(ObjectId, usize)> = fields
                .iter()
                .filter(|at| self.field(at).name.eq_ignore_ascii_case(last))
                .filter(|at| {
                    self.field(at).may_hold_object() || self.field(at).seen.object() || self.field(at).inner.is_some()
                })
                .collect();
            let on_path = |at: &&(ObjectId, usize)| {
                path.len() < 2
                    || at.0.rsplit('/').next().is_some_and(|h| h.eq_ignore_ascii_case(&id_part(&path[path.len() - 2])))
            };
            found.sort_by_key(|at| (!on_path(at), self.field(at).inner.is_some()));
            if let Some(best) = found.first() {
                out.push((*best).clone());
                if !section.title.contains(',') {
                    break;
                }
            }
        }
        out
    }

    /// Fields whose type is a word of the heading.
    fn by_type(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let section = &self.facts.sections[self.groups[i].section];
        let words: Vec<String> = heading_words(section).iter().map(|w| w.to_lowercase()).collect();
        let anchors: Vec<&String> = section.anchors.iter().rev().skip(1).collect();
        self.fields(self.groups[i].side)
            .into_iter()
            .filter(|at| {
                let field = self.field(at);
                field.inner.is_none()
                    && own_type_word(&field.doc_type.text).is_some_and(|t| {
                        words.contains(&t.to_lowercase()) || anchors.iter().any(|a| a.eq_ignore_ascii_case(&t))
                    })
            })
            .collect()
    }

    /// "Fields for filtering": parameters that the language has phrases for.
    fn by_phrase(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        if self.groups[i].side != Side::Request {
            return Vec::new();
        }
        let title = self.facts.sections[self.groups[i].section].title.to_lowercase();
        let names = self.facts.words.section_params.iter().filter(|(phrase, _)| title.contains(phrase));
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        let fields = self.fields(Side::Request);
        fields
            .into_iter()
            .filter(|at| names.iter().any(|n| self.field(at).name.eq_ignore_ascii_case(n)))
            .take(1)
            .collect()
    }

    /// The field whose examples show the section's names together.
    fn by_example(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let group = &self.groups[i];
        let names: Vec<&str> = group
            .tables
            .iter()
            .flat_map(|t| &t.rows)
            .flat_map(|r| &r.names)
            .map(|n| n.name.as_str())
            .filter(|n| !n.contains(['.', '[', '<', '{']))
            .collect();
        let root = self.root(group.side);
        let samples = self.page.drafts.objects[&root].samples.clone();
        let mut best: Option<(usize, Vec<String>)> = None;
        for sample in samples {
            walk(sample, &mut Vec::new(), &mut |path, object| {
                let score = names.iter().filter(|n| lookup(object, n).is_some()).count();
                if score > best.as_ref().map_or(0, |(s, _)| *s) && !path.is_empty() {
                    best = Some((score, path.to_vec()));
                }
            });
        }
        let Some((score, path)) = best else { return Vec::new() };
        if score * 2 < names.len() || score < 2 && names.len() > 1 {
            return Vec::new();
        }
        let steps: Vec<Step> = path[..path.len() - 1].iter().cloned().map(Step::Key).collect();
        let place = self.page.drafts.objects[&root].place;
        let mut placer =
            Placer { drafts: &mut self.page.drafts, witness: Witness::Example, flat: false, envelope: false };
        let holder = placer.path(&root, &steps, place);
        let index = placer.key(&holder, &path[path.len() - 1], place);
        vec![(holder, index)]
    }

    /// The one field without a structure in the section above.
    fn by_parent(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let mut at = self.facts.sections[self.groups[i].section].parent;
        while let Some(parent) = at {
            if let Some((_, id)) = self.page.sections.iter().find(|(s, _)| *s == parent) {
                let open = self.open_containers(std::slice::from_ref(id));
                return if open.len() == 1 { open } else { Vec::new() };
            }
            at = self.facts.sections[parent].parent;
        }
        Vec::new()
    }

    /// The one field of the side that can hold a structure and has none; in an answer, `result`.
    fn by_elimination(&mut self, i: usize) -> Vec<(ObjectId, usize)> {
        let side = self.groups[i].side;
        let mut ids: Vec<ObjectId> = Vec::new();
        for (id, _) in self.fields(side) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let open = self.open_containers(&ids);
        if open.len() == 1 {
            return open;
        }
        if matches!(side, Side::Received(_) | Side::Answered(_)) {
            return Vec::new();
        }
        if side == Side::Response {
            let root = self.root(side);
            let result = self.page.drafts.objects[&root].find("result");
            return result.map(|index| vec![(root, index)]).unwrap_or_default();
        }
        open.into_iter().take(1).collect()
    }

    fn open_containers(&self, ids: &[ObjectId]) -> Vec<(ObjectId, usize)> {
        let mut out = Vec::new();
        for id in ids {
            for (i, field) in self.page.drafts.objects[id].fields.iter().enumerate() {
                let text = field.doc_type.text.to_lowercase();
                let container = ["object", "array"].iter().any(|w| text.contains(w)) || field.seen.object();
                let linked = !field.doc_type.links.iter().all(|(_, _, anchor)| anchor.is_empty());
                if container && field.inner.is_none() && !linked && field.name != "time" {
                    out.push((id.clone(), i));
                }
            }
        }
        out
    }
}

/// Every JSON object in `value` with the keys that lead to it.
fn walk(value: &Value, path: &mut Vec<String>, found: &mut dyn FnMut(&[String], &Value)) {
    let mut objects = Vec::new();
    flatten(value, &mut objects, 0);
    for object in objects.into_iter().take(8) {
        found(path, object);
        if path.len() > 8 {
            return;
        }
        for (key, value) in object.as_object().into_iter().flatten() {
            if value.is_object() || value.is_array() {
                path.push(key.clone());
                walk(value, path, found);
                path.pop();
            }
        }
    }
}

/// Words of a heading that can name a field: code first, then words of ASCII letters from the right.
fn heading_words(section: &SectionFacts) -> Vec<String> {
    let mut out: Vec<String> = section.code.clone();
    let stop =
        ["object", "objects", "parameter", "parameters", "type", "types", "array", "element", "elements", "of", "the"];
    let words = ascii_words(&section.title);
    for stops in [false, true] {
        for word in words.iter().rev() {
            if stop.contains(&word.to_lowercase().as_str()) == stops && !out.iter().any(|o| o == word) {
                out.push((*word).to_owned());
            }
        }
    }
    out
}

fn ascii_words(title: &str) -> Vec<&str> {
    title
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '«' | '»' | '"' | '`' | '(' | ')' | '|' | '\\'))
        .map(|w| w.trim_matches(['.', ':', '\'', '=']))
        .filter(|w| w.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

/// Whether a word of a heading can only be a name of the API: `sale_order`, `crm.deal`, `fieldSettings`.
fn is_wire_name(word: &str) -> bool {
    let inner = word.trim_matches(['_', '.']);
    let camel = inner.chars().zip(inner.chars().skip(1)).any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    inner.len() == word.len()
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        && (inner.contains(['_', '.']) || camel)
}

/// The type's word where it is the docs' own, not a basic type: `deal` of `deal[]`.
pub(crate) fn own_type_word(text: &str) -> Option<String> {
    let word = text.trim_end_matches("[]");
    let basic = [
        "object",
        "array",
        "string",
        "integer",
        "int",
        "boolean",
        "bool",
        "double",
        "float",
        "date",
        "datetime",
        "char",
        "any",
        "mixed",
        "null",
        "text",
        "time",
        "timestamp",
        "number",
        "file",
        "enum",
    ];
    let own = !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !basic.contains(&word.to_lowercase().as_str());
    own.then(|| word.to_owned())
}
