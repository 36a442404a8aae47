//! Placements and webhooks: what each call of a page carries.

use indexmap::IndexMap;

use super::build::id_part;
use super::draft::DraftObject;
use super::finish::Finisher;
use super::name;
use super::tie::CallRoots;
use super::{Example, ExampleKind, Field, Inbound, InboundKind, Kind, List, ObjectId, Type};
use crate::facts::inbound::{InboundFact, OPTIONS, PLACEMENT};
use crate::facts::page_facts::{ExampleOf, PageFacts, Side};

/// The structure that a placement's payload holds as its options.
pub(super) fn options<'d>(
    objects: &'d IndexMap<ObjectId, DraftObject<'_>>,
    payload: &ObjectId,
) -> Option<&'d ObjectId> {
    let payload = objects.get(payload)?;
    payload.fields.iter().find(|field| field.name == OPTIONS)?.inner.as_ref()
}

/// What the id of a webhook's structure says beside its owner; `alone`: the page has no other call of this name.
pub(super) fn own_name(name: &str, anchor: &str, alone: bool) -> String {
    id_part(&if alone { name.to_owned() } else { format!("{anchor}-{name}") })
}

/// One call of a page.
pub(super) fn call(finisher: &Finisher<'_, '_>, facts: &PageFacts, call: &InboundFact, roots: &CallRoots) -> Inbound {
    let (page, line) = finisher.line(facts.place);
    let mut payload = finisher.fields(&roots.payload, false);
    let mut options = finisher.fields(&roots.options, false);
    if call.kind == InboundKind::Placement && facts.distilled.is_none() {
        if let Some(id) = self::options(&finisher.drafts.objects, &roots.payload) {
            options = finisher.fields(id, false);
        }
        own_options(facts, &call.name, &mut options);
        name::fields(&mut options);
        // What the string holds is said by the options.
        for field in payload.iter_mut().filter(|field| field.name == OPTIONS) {
            field.ty = Type::of(Kind::String);
        }
    }
    Inbound {
        name: call.name.clone(),
        kind: call.kind,
        page,
        line,
        title: facts.title.clone(),
        description: facts.description.clone(),
        scopes: facts.scopes.clone(),
        anchor: if call.anchor.is_ascii() { call.anchor.clone() } else { String::new() },
        module: String::new(),
        rust_path: String::new(),
        payload: payload.into(),
        options: options.into(),
        answer: if call.answer.is_some() { finisher.fields(&roots.answer, true).into() } else { List::default() },
        examples: examples(finisher, facts, call).into(),
    }
}

/// Of the options that a page lists for all its placements, those that the examples show for others alone go.
fn own_options(facts: &PageFacts, name: &str, options: &mut Vec<Field>) {
    let mut shown: Vec<(bool, &str)> = Vec::new();
    let mut own = false;
    for example in &facts.examples {
        let is_own = is_of(facts, &example.json, name);
        own |= is_own;
        let keys = example.json.get(OPTIONS).and_then(|options| options.as_object());
        shown.extend(keys.into_iter().flatten().map(|(key, _)| (is_own, key.as_str())));
    }
    let of = |field: &Field, whose: bool| shown.iter().any(|(is_own, key)| *is_own == whose && *key == field.name);
    if own {
        options.retain(|field| of(field, true) || !of(field, false));
    }
}

/// Whether the form opens the placement `name`: one that is named in full comes before one that stands for many.
fn is_of(facts: &PageFacts, form: &serde_json::Value, name: &str) -> bool {
    let Some(shown) = form.get(PLACEMENT).and_then(|shown| shown.as_str()) else { return false };
    shown == name || placement_is(name, shown) && !facts.inbound.iter().any(|call| call.name == shown)
}

/// Whether `shown`, as it travels, is the placement `name`, in which `XXX` and `*` stand for what differs.
pub(crate) fn placement_is(name: &str, shown: &str) -> bool {
    let parts: Vec<&str> = name.split("XXX").flat_map(|part| part.split('*')).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return name == shown };
    let Some(rest) = shown.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in middle {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    true
}

fn examples(finisher: &Finisher<'_, '_>, facts: &PageFacts, call: &InboundFact) -> Vec<Example> {
    let several = facts.inbound.len() > 1;
    let side = |side: Side| match side {
        side if side == call.payload => Some(ExampleKind::Request),
        side if Some(side) == call.answer => Some(ExampleKind::Response),
        _ => None,
    };
    let kind = |example: &crate::facts::page_facts::ExampleFact| match example.kind {
        ExampleOf::Event if several && !is_of(facts, &example.json, &call.name) => None,
        ExampleOf::Event => Some(ExampleKind::Event),
        ExampleOf::Request if facts.method.is_none() => side(Side::Request),
        ExampleOf::Response if facts.method.is_none() => side(Side::Response),
        ExampleOf::Webhook(of) => side(of),
        _ => None,
    };
    let example = |example: &crate::facts::page_facts::ExampleFact| {
        Some(Example { kind: kind(example)?, line: finisher.line(example.place).1, json: example.json.clone() })
    };
    facts.examples.iter().filter_map(example).collect()
}

/// Ordered by name, page and place; of placements that several pages describe, the page with the fewest is about it.
pub(super) fn distinct(mut calls: Vec<Inbound>) -> Vec<Inbound> {
    let of_page = |calls: &[Inbound], page: &str| calls.iter().filter(|call| call.page == page).count();
    let counts: Vec<usize> = calls.iter().map(|call| of_page(&calls, &call.page)).collect();
    let mut best: std::collections::HashMap<String, (usize, String)> = std::collections::HashMap::new();
    for (call, count) in calls.iter().zip(counts).filter(|(call, _)| call.kind == InboundKind::Placement) {
        let this = (count, call.page.clone());
        let known = best.entry(call.name.clone()).or_insert_with(|| this.clone());
        *known = this.min(known.clone());
    }
    calls.retain(|call| {
        best.get(&call.name).is_none_or(|(_, page)| call.kind != InboundKind::Placement || *page == call.page)
    });
    // The order of calls of one name on a page is the page's.
    calls.sort_by(|a, b| (&a.name, &a.page).cmp(&(&b.name, &b.page)));
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::Docs;
    use crate::model::Model;

    /// A page about two placements, in one of the languages.
    fn tabs(receives: &str, code: &str, place: &str, parameter: &str, meaning: &str) -> String {
        let form = |placement: &str, options: &str| {
            format!(
                "```php\nArray\n(\n    [DOMAIN] => moon.example.com\n    [AUTH_ID] => a1\n    [PLACEMENT] => {placement}\n    \
                     [PLACEMENT_OPTIONS] => {options}\n)\n```\n\n"
            )
        };
        format!(
            "# ORBIT_XXX_TAB\n\n> Scope: `orbit`\n\n#|\n|| **{code}** | **{place}** ||\n\
             || `ORBIT_MOON_TAB` | … ||\n|| `ORBIT_XXX_TAB` | … ||\n|#\n\n## {receives}\n\n{}{}\
             #|\n|| **{parameter}**\n`type` | **{meaning}** ||\n|| **DOMAIN***\n`string` | … ||\n\
             || **PLACEMENT**\n`string` | … ||\n|| **PLACEMENT_OPTIONS**\n`string` | … ||\n|#\n\n\
             ### PLACEMENT_OPTIONS\n\n#|\n|| **{parameter}** | **{meaning}** ||\n\
             || **ID***\n`integer` | … ||\n|| **CREW***\n`integer` | … ||\n|#\n",
            form("ORBIT_MOON_TAB", r#"{"ID":"7","PHASE":"full"}"#),
            form("ORBIT_17_TAB", r#"{"CREW":"3","PHASE":"new"}"#),
        )
    }

    const ENGLISH: [&str; 5] = ["What the handler receives", "Widget code", "Location", "Parameter", "Description"];
    const RUSSIAN: [&str; 5] = ["Что получает обработчик", "Код встройки", "Место", "Параметр", "Описание"];

    fn read(page: &str) -> Model {
        let method = "# Show orbit.show\n\n## Method parameters\n\n```bash\ncurl https://x/rest/orbit.show\n```\n";
        let pages = [("api-reference/orbit-show.md", method), ("api-reference/page.md", page)];
        Model::read(&Docs::new(pages.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec(), &[]))
    }

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn each_placement_of_a_page_has_the_options_that_its_example_shows() {
        for [a, b, c, d, e] in [ENGLISH, RUSSIAN] {
            let model = read(&tabs(a, b, c, d, e));
            let [moon, any] = model.inbound.as_slice() else { panic!("{:?}", model.inbound) };
            assert_eq!((moon.name.as_str(), moon.kind), ("ORBIT_MOON_TAB", InboundKind::Placement));
            assert_eq!(moon.rust_path, "orbit::placements::OrbitMoonTab");
            assert_eq!(any.rust_path, "orbit::placements::OrbitXxxTab");
            assert_eq!((names(&moon.options), names(&any.options)), (vec!["ID", "PHASE"], vec!["CREW", "PHASE"]));
            assert_eq!((&moon.options[0].ty.kind, &moon.options[1].ty.kind), (&Kind::Integer, &Kind::String));
            assert_eq!(names(&moon.payload), ["DOMAIN", "PLACEMENT", "PLACEMENT_OPTIONS", "AUTH_ID"]);
            assert_eq!((moon.examples.len(), &moon.examples[0].json[OPTIONS]["ID"]), (1, &"7".into()));
            assert!(model.objects.is_empty(), "{:?}", model.objects);
        }
    }

    #[test]
    fn a_page_named_after_an_address_is_a_webhooks() {
        let page = "# Fuel is wanted FUEL_URL\n\n> Scope: `orbit`\n\n## Request parameters\n\n#|\n|| **Name**\n`type` | \
                    **Description** ||\n|| **TANKS**\n`object[]` | [below](#tank) ||\n|#\n\n### TANK {#tank}\n\n#|\n\
                    || **Name**\n`type` | **Description** ||\n|| **ID**\n`integer` | … ||\n|#\n\n## Example request\n\n\
                    ```json\n{\"TANKS\": [{\"ID\": 4, \"LEVEL\": 0.5}]}\n```\n\n## Response parameters\n\n#|\n|| **Name**\n\
                    `type` | **Description** ||\n|| **SUCCESS***\n`string` | Possible values:\n\n- `Y` — yes\n- `N` — no\n\
                    ||\n|#\n\n## Example answer\n\n```json\n{\"SUCCESS\": \"Y\", \"PRICE\": 7.5}\n```\n";
        let model = read(page);
        let [call] = model.inbound.as_slice() else { panic!("{:?}", model.inbound) };
        assert_eq!((call.rust_path.as_str(), call.kind), ("orbit::webhooks::FuelUrl", InboundKind::Webhook));
        assert_eq!((names(&call.payload), names(&call.answer)), (vec!["TANKS"], vec!["SUCCESS", "PRICE"]));
        assert!(call.answer[0].required);
        let kinds: Vec<ExampleKind> = call.examples.iter().map(|example| example.kind).collect();
        assert_eq!(kinds, [ExampleKind::Request, ExampleKind::Response]);
        let tank = call.payload[0].ty.structure().and_then(|id| model.objects.get(id)).unwrap();
        assert_eq!((tank.rust_path.as_str(), names(&tank.fields)), ("orbit::webhooks::Tanks", vec!["ID", "LEVEL"]));
    }

    #[test]
    fn what_a_methods_page_says_of_its_handlers_is_no_part_of_the_method() {
        let page = "# Add a tank orbit.tank.add\n\n## Method parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
                    || **HANDLER***\n`string` | The address ([more](#handler)) ||\n|| **FILL_URI**\n`string` | … ||\n|#\n\n\
                    ## What comes to the handler {#handler}\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
                    || **tank_id**\n`integer` | … ||\n|| **auth**\n`object` | … ||\n|#\n\n## Filling {#filling}\n\n\
                    Data will be sent to `FILL_URI`.\n\nStructure of `PARAMS`:\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
                    || **LEVEL**\n`double` | … ||\n|#\n\nIn response to the request to `FILL_URI` return:\n\n#|\n|| **Name**\n\
                    `type` | **Description** ||\n|| **DONE**\n`integer` | … ||\n|#\n\n## Code examples\n\n```bash\n\
                    curl -d '{\"HANDLER\": \"https://example.com\"}' https://x/rest/orbit.tank.add\n```\n";
        let model = read(page);
        let method = model.methods.iter().find(|method| method.name == "orbit.tank.add").unwrap();
        assert_eq!((names(&method.params), method.response.len()), (vec!["HANDLER", "FILL_URI"], 0));
        let [fill, handler] = model.inbound.as_slice() else { panic!("{:?}", model.inbound) };
        assert_eq!((handler.name.as_str(), names(&handler.payload)), ("HANDLER", vec!["tank_id", "auth"]));
        assert_eq!(
            (fill.name.as_str(), names(&fill.payload), names(&fill.answer)),
            ("FILL_URI", vec!["PARAMS"], vec!["DONE"])
        );
        let params = fill.payload[0].ty.structure().and_then(|id| model.objects.get(id)).unwrap();
        assert_eq!(names(&params.fields), ["LEVEL"]);
    }

    #[test]
    fn a_placement_is_told_by_what_stands_around_the_part_that_differs() {
        for (name, shown, is) in [
            ("CRM_DEAL_DETAIL_TAB", "CRM_DEAL_DETAIL_TAB", true),
            ("CRM_DEAL_DETAIL_TAB", "CRM_DEAL_DETAIL_TABS", false),
            ("CRM_DYNAMIC_XXX_LIST_MENU", "CRM_DYNAMIC_183_LIST_MENU", true),
            ("CRM_DYNAMIC_XXX_LIST_MENU", "CRM_DYNAMIC_183_LIST_TOOLBAR", false),
            ("LANDING_BLOCK_*", "LANDING_BLOCK_repo_1132", true),
            ("LANDING_BLOCK_*", "LANDING_SETTINGS", false),
        ] {
            assert_eq!(placement_is(name, shown), is, "{name} {shown}");
        }
    }
}
