//! Parameters and fields whose table and examples differ.
//!
//! Each example is walked along the structures of the model: it knows which members a table documents and which only an
//! example shows.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::finding::{Finding, Mark};
use super::fits::{misfit, shown};
use super::locate::Step;
use super::page::Page;
use crate::diagnostic::Code;
use crate::facts::page_facts::{ExampleFact, ExampleOf, FieldTable};
use crate::model::{Field, ObjectId, Witness};
use crate::vocabulary::Role;

/// Examples nested deeper than this are not followed.
const MAX_DEPTH: usize = 12;

/// How many names one message lists.
const MAX_NAMED: usize = 8;

pub(super) fn findings(page: &Page<'_>) -> Vec<Finding> {
    let mut out = Walk { page, out: Vec::new(), told: HashSet::new() };
    let examples = &page.facts.examples;
    let requests = || examples.iter().filter(|example| example.kind == ExampleOf::Request);
    if let Some(method) = page.method {
        for example in requests() {
            out.example(example, &method.params, Side::Request);
        }
        for example in examples.iter().filter(|example| example.kind == ExampleOf::Response) {
            out.example(example, &method.response, Side::Response);
        }
        let sent: Vec<(&ExampleFact, &Map<String, Value>)> =
            requests().filter_map(|example| Some((example, example.json.as_object()?))).collect();
        if !sent.is_empty() && !method.positional {
            let free: BTreeSet<&str> = method.one_of.iter().flatten().map(String::as_str).collect();
            out.unsent(&method.params, &free, &sent);
        }
    }
    if let Some(event) = page.event {
        for example in examples.iter().filter(|example| example.kind == ExampleOf::Event) {
            out.example(example, &event.payload, Side::Response);
        }
    }
    out.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

struct Walk<'p, 'c> {
    page: &'p Page<'c>,
    out: Vec<Finding>,
    /// Code and path of what was reported: once a page.
    told: HashSet<(Code, String)>,
}

impl<'c> Walk<'_, 'c> {
    fn example(&mut self, example: &ExampleFact, fields: &'c [Field], side: Side) {
        if let Value::Object(map) = &example.json {
            self.object(example, map, fields, false, side, &mut Vec::new());
        }
    }

    fn object<'v>(
        &mut self,
        example: &'v ExampleFact,
        map: &'v Map<String, Value>,
        fields: &'c [Field],
        open: bool,
        side: Side,
        path: &mut Vec<Step<'v>>,
    ) where
        'c: 'v,
    {
        if path.len() > MAX_DEPTH {
            return;
        }
        let find = |key: &str| {
            let exact = fields.iter().find(|field| field.name == *key);
            exact.or_else(|| fields.iter().find(|field| field.name.eq_ignore_ascii_case(key)))
        };
        // Where most members of a structure are not documented, its keys are data or the table is another's.
        let documented = map.keys().filter(|key| find(key).is_some_and(is_documented)).count();
        let top = path.is_empty() && documented > 0;
        let closed = !open && (top || documented * 2 > map.len());
        for (key, value) in map {
            let Some(field) = find(key) else { continue };
            // A method that describes fields shows a description where the table has the field's own type.
            if describes(value) && is_documented(field) && misfit(&field.doc_type, value).is_some() {
                continue;
            }
            path.push(Step::Key(key));
            if is_documented(field) {
                self.contradiction(example, field, value, path);
                if let Some(id) = field.ty.structure()
                    && !(side == Side::Request && path.len() == 1 && is_clause(key))
                {
                    self.inside(example, value, id, side, path);
                }
            } else if closed {
                self.undocumented(example, key, side, path);
            }
            path.pop();
        }
    }

    /// The objects that `value` holds: itself, its items, or its members where keys are data.
    fn inside<'v>(
        &mut self,
        example: &'v ExampleFact,
        value: &'v Value,
        id: &ObjectId,
        side: Side,
        path: &mut Vec<Step<'v>>,
    ) where
        'c: 'v,
    {
        let Some(object) = self.page.folder.model.objects.get(id) else { return };
        // What another page defines is that page's matter.
        if object.page != self.page.source.path || path.len() > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Item(index));
                    self.inside(example, item, id, side, path);
                    path.pop();
                }
            }
            Value::Object(map) => {
                let known = map.keys().any(|key| object.fields.iter().any(|f| f.name.eq_ignore_ascii_case(key)));
                if known {
                    self.object(example, map, &object.fields, object.open, side, path);
                } else {
                    for (key, member) in map.iter().filter(|(_, member)| member.is_object()) {
                        path.push(Step::Key(key));
                        self.inside(example, member, id, side, path);
                        path.pop();
                    }
                }
            }
            _ => {}
        }
    }

    fn undocumented(&mut self, example: &ExampleFact, name: &str, side: Side, path: &[Step<'_>]) {
        if !is_name(name) || self.page.mentions(name) {
            return;
        }
        let (code, shows) = match side {
            Side::Request => (Code::UndocumentedParameter, "sends"),
            Side::Response => (Code::UndocumentedField, "shows"),
        };
        if !self.told.insert((code, written(path))) {
            return;
        }
        let message = format!("the example {shows} `{}`, which no table of the page lists", written(path));
        let at = self.page.member(example.place, path, "not in a table");
        self.out.push(Finding::new(code, at, message));
    }

    fn contradiction(&mut self, example: &ExampleFact, field: &Field, value: &Value, path: &[Step<'_>]) {
        if field.from.contains(&Witness::Override) {
            return;
        }
        let Some(says) = misfit(&field.doc_type, value) else { return };
        let at = self.page.member(example.place, path, "");
        if self.allows(field, &says, value) || value.is_array() && self.page.opens_object(&at) {
            return;
        }
        if !self.told.insert((Code::Contradiction, written(path))) {
            return;
        }
        let shows = match value {
            Value::Array(items) if says.contains("[]") => {
                match items.iter().find(|i| misfit(&says, &Value::Array(vec![(*i).clone()])).is_some()) {
                    Some(item) => format!("a list with {}", shown(item)),
                    None => shown(value).to_owned(),
                }
            }
            value => shown(value).to_owned(),
        };
        let message = format!("`{}` is documented as `{says}`, but the example shows {shows}", written(path));
        let at = Mark { label: shows, ..at };
        let row = self.page.row(field, format!("documented as `{says}`"));
        self.out.push(Finding::new(Code::Contradiction, at, message).with(row));
    }

    /// Whether the description of a scalar lets such a value in: "may be a list, too".
    fn allows(&self, field: &Field, says: &str, value: &Value) -> bool {
        let scalar = ["string", "integer", "int", "double"].iter().any(|word| says.eq_ignore_ascii_case(word));
        let kind = match value {
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Number(_) => "number",
            _ => return false,
        };
        let mut kinds = self.page.facts.words.kinds.iter();
        scalar && kinds.any(|(of, words)| *of == kind && words.are_in(&field.description))
    }

    /// Parameters that no example sends. Examples need not show all that is optional: what they leave out is told of where
    /// they show most of it, or send something else instead.
    fn unsent(&mut self, params: &[Field], free: &BTreeSet<&str>, sent: &[(&ExampleFact, &Map<String, Value>)]) {
        let sends = |name: &str| sent.iter().any(|(_, map)| map.keys().any(|key| key.eq_ignore_ascii_case(name)));
        let page = self.page;
        let words = page.facts.words;
        let mut listed = 0;
        let mut left_out: Vec<&Field> = Vec::new();
        for param in params.iter().filter(|param| is_name(&param.name) && is_parameter(page, &param.name)) {
            listed += 1;
            let name = &param.name;
            // Whether a condition is met, an example does not tell.
            let conditional = param.required && words.required_if.are_in(&param.description);
            let shown = sends(name) || param.from.contains(&Witness::Example) || page.shows(name);
            if shown || conditional {
                continue;
            }
            if !param.required || free.contains(name.as_str()) {
                left_out.push(param);
            } else if let Some(at) = page.row(param, "marked as required") {
                let message = format!("`{name}` is marked as required, but no example sends it");
                let without = page.member(sent[0].0.place, &[], "sent without it");
                self.out.push(Finding::new(Code::RequiredNotSent, at, message).with(Some(without)));
            }
        }
        let instead = params.iter().any(|param| !is_documented(param) && sends(&param.name));
        if left_out.len() * 2 <= listed || instead {
            self.left_out(&left_out, listed);
        }
    }

    fn left_out(&mut self, params: &[&Field], listed: usize) {
        let mut marks = params.iter().filter_map(|param| self.page.row(param, "")).take(MAX_NAMED);
        let Some(at) = marks.next() else { return };
        let names: Vec<String> = params.iter().map(|param| format!("`{}`", param.name)).take(MAX_NAMED).collect();
        let message = if let [name] = names.as_slice() {
            format!("no example sends the parameter {name}")
        } else {
            let more = if params.len() > MAX_NAMED { ", …" } else { "" };
            format!("no example sends {} of the {listed} parameters: {}{more}", params.len(), names.join(", "))
        };
        let mut finding = Finding::new(Code::UnshownParameter, at, message);
        finding.related.extend(marks);
        self.out.push(finding);
    }
}

/// Whether a table right below a heading of parameters lists `name`: one without it may describe something else, and those
/// of the sections within may be ways to call the method, of which examples show one.
fn is_parameter(page: &Page<'_>, name: &str) -> bool {
    let facts = page.facts;
    let lists = |table: &&FieldTable| facts.words.role(&facts.sections[table.section].title) == Some(Role::Parameters);
    let tables = facts.tables.iter().filter(lists);
    tables.flat_map(|table| &table.rows).any(|row| row.names.iter().any(|own| own.name == name))
}

fn is_documented(field: &Field) -> bool {
    field.from.iter().any(|witness| *witness != Witness::Example)
}

/// Whether a value describes a field: `{"type": "string", "isRequired": false, …}`.
fn describes(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.keys().any(|key| key.eq_ignore_ascii_case("type")))
}

/// Parameters whose members are names of other fields.
fn is_clause(name: &str) -> bool {
    ["filter", "order", "select", "sort"].iter().any(|clause| name.eq_ignore_ascii_case(clause))
}

/// A name of the API's own: none that a portal made (`UF_CRM_1`, `PROPERTY_12`), no placeholder.
pub(super) fn is_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let made = lower.starts_with("uf") && lower.contains(|c: char| c == '_' || c.is_ascii_digit())
        || ["parent", "property", "field", "param"].iter().any(|start| lower.starts_with(start))
            && lower.ends_with(|c: char| c.is_ascii_digit());
    // `de`, `en`: a language's code is data.
    let language = name.len() == 2 && lower == name && lower != "id";
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    word && !made && !language
}

/// `result.items[].id`
fn written(path: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Item(_) => out.push_str("[]"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::check::told;

    /// A page with rows of parameters, the body of its call, and rows and an example of its answer.
    fn page(parameters: &str, body: &str, returned: &str, answer: &str) -> Vec<String> {
        told(&format!(
            "# Ring a bell bell.ring\n\n> Scope: `bell`\n\n## Method Parameters\n\n{parameters}\n## Code Examples\n\n\
             ```bash\ncurl -d '{body}' https://portal/rest/1/code/bell.ring\n```\n\n## Response Handling\n\n\
             ```json\n{answer}\n```\n\n### Returned Data\n\n{returned}\n"
        ))
    }

    fn table(rows: &[(&str, &str, &str)]) -> String {
        let rows = rows.iter().map(|(name, ty, about)| format!("|| **{name}**\n`{ty}` | {about} ||\n"));
        format!("#|\n|| **Name**\n`type` | **Description** ||\n{}|#\n", rows.collect::<String>())
    }

    fn parameters(rows: &[(&str, &str, &str)], body: &str) -> Vec<String> {
        let returned = table(&[("result", "boolean", "Whether it rang")]);
        page(&table(rows), body, &returned, "{\"result\": true}")
    }

    fn answer(rows: &[(&str, &str, &str)], answer: &str) -> Vec<String> {
        page(&table(&[("times*", "integer", "How often")]), "{\"times\": 1}", &table(rows), answer)
    }

    #[test]
    fn what_examples_leave_out_is_told_once_and_where_they_show_most() {
        let all =
            [("times*", "integer", "How often"), ("loud", "boolean", "For all"), ("night", "boolean", "At night")];
        let found = parameters(&all, "{\"times\": 1, \"loud\": true}");
        assert_eq!(found, ["B027 no example sends the parameter `night` | night"]);
        // A call that shows no more than what is required is not expected to show the rest.
        assert_eq!(parameters(&all, "{\"times\": 1}"), [""; 0]);
        let four = [all[0], all[1], all[2], ("tone", "string", "Which"), ("from", "string", "Who")];
        let found = parameters(&four, "{\"times\": 1, \"loud\": true, \"tone\": \"c\"}");
        assert_eq!(found, ["B027 no example sends 2 of the 5 parameters: `night`, `from` | night"]);
        // What is sent instead may be the true name.
        let found = parameters(&[("count", "integer", "How often")], "{\"times\": 1}");
        assert_eq!(found, ["B027 no example sends the parameter `count` | count"]);
    }

    #[test]
    fn a_way_to_call_that_examples_do_not_show_is_no_omission() {
        let ways = format!(
            "### By number\n\n{}\n### By name\n\n{}",
            table(&[("id*", "integer", "Its number")]),
            table(&[("name*", "string", "Its name")])
        );
        let returned = table(&[("result", "boolean", "Whether it rang")]);
        assert_eq!(page(&ways, "{\"id\": 1}", &returned, "{\"result\": true}"), [""; 0]);
    }

    #[test]
    fn a_type_is_contradicted_unless_its_description_lets_the_value_in() {
        let example = "{\"result\": {\"id\": [1]}}";
        let root = ("result", "object", "The bell");
        let found = answer(&[root, ("id", "integer", "Its number")], example);
        assert_eq!(found, ["B025 `result.id` is documented as `integer`, but the example shows a list | \"id\""]);
        assert_eq!(answer(&[root, ("id", "integer", "Its number, or an array of them")], example), [""; 0]);
    }

    #[test]
    fn members_without_keys_are_no_list() {
        let found =
            answer(&[("result", "object", "The bell"), ("id", "integer", "Its number")], "{\"result\": {{\"id\": 1}}}");
        assert_eq!(found, ["B030 this example is not valid JSON: a value without a key in an object | {\"id\": 1}}}"]);
    }
}
