//! Which parameters hold a webhook's address, and what is sent there: part of the exported document.

use std::collections::{BTreeMap, HashSet};

use super::inbound::own_name;
use super::{Field, Inbound, InboundKind, Kind, Model, Object, ObjectId, Type};

/// Lists what each webhook receives as a structure, and tells it to the parameters that hold its address.
pub(super) fn addresses(model: &mut Model) {
    let Model { methods, inbound, objects, .. } = model;
    for method in methods {
        let calls: Vec<(ObjectId, &Inbound)> = inbound
            .iter()
            .filter(|call| call.kind == InboundKind::Webhook && call.page == method.page)
            .map(|call| {
                let alone =
                    inbound.iter().filter(|other| (&other.name, &other.page) == (&call.name, &call.page)).count() == 1;
                (format!("{}/{}", method.name, own_name(&call.name, &call.anchor, alone)), call)
            })
            .collect();
        if !calls.is_empty() {
            tell(&mut method.params, &calls, objects, "", &mut HashSet::new());
        }
        for (id, call) in calls {
            let Inbound { page, rust_path, description, payload: fields, .. } = call.clone();
            let line = fields.first().map_or(call.line, |field| field.line);
            objects
                .insert(id, Object { page, line, rust_path, open: false, open_keys: Vec::new(), description, fields });
        }
    }
}

/// Tells it to `fields`, which `holder` holds, and to those within them.
fn tell(
    fields: &mut [Field],
    calls: &[(ObjectId, &Inbound)],
    objects: &mut BTreeMap<ObjectId, Object>,
    holder: &str,
    seen: &mut HashSet<(ObjectId, String)>,
) {
    for field in fields {
        let mut named: Vec<&(ObjectId, &Inbound)> = calls.iter().filter(|(_, call)| call.name == field.name).collect();
        // Of several calls of one name, the one in whose section the holder is described.
        named.sort_by_key(|(_, call)| !holder.to_lowercase().starts_with(&call.anchor));
        if let (Kind::String, Some((id, _))) = (&field.ty.kind, named.first()) {
            match &field.ty.receives {
                // Two parameters share the structure that holds the address.
                Some(other) if other != id => {
                    let own = Type { receives: Some(id.clone()), ..field.ty.clone() };
                    field.ty = Type::of(Kind::Union(vec![field.ty.clone(), own]));
                }
                _ => field.ty.receives = Some(id.clone()),
            }
        }
        let Some(id) = field.ty.structure().cloned() else { continue };
        if !seen.insert((id.clone(), field.name.clone())) {
            continue;
        }
        if let Some(object) = objects.get_mut(&id) {
            let mut inner = std::mem::take(&mut object.fields);
            tell(&mut inner, calls, objects, &field.name, seen);
            objects.entry(id).and_modify(|object| object.fields = inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::Docs;

    #[test]
    fn a_parameter_names_what_its_address_receives() {
        let fields = "#|\n|| **Name**\n`type` | **Description** ||\n|| **FILL_URI**\n`string` | … ||\n|#\n\n";
        let sent = |mode: &str| {
            format!(
                "## {mode} {{#{mode}}}\n\nData will be sent to `FILL_URI`:\n\n#|\n|| **Name**\n`type` | \
                 **Description** ||\n|| **{mode}_LEVEL**\n`double` | … ||\n|#\n\n"
            )
        };
        let page = format!(
            "# Add a tank orbit.tank.add\n\n## Method parameters\n\n#|\n|| **Name**\n`type` | **Description** ||\n\
             || **SLOW_DATA**\n`object` | [below](#data) ||\n|| **FAST_DATA**\n`object` | [below](#data) ||\n|#\n\n\
             ### Data {{#data}}\n\n{fields}{}{}## Code examples\n\n```bash\ncurl -d '{{}}' \
             https://x/rest/orbit.tank.add\n```\n",
            sent("fast"),
            sent("slow"),
        );
        let model =
            Model::read(&Docs::new(vec![("api-reference/orbit-tank-add.md".into(), page.into())], &[])).exported();
        let read: Model = serde_json::from_value(serde_json::to_value(&model).unwrap()).unwrap();
        assert!(read == model, "a model file is read as it was written");
        let data = model.methods[0].params[0].ty.structure().unwrap();
        let Kind::Union(addresses) = &model.objects[data].fields[0].ty.kind else { panic!("{:?}", model.objects) };
        let received: Vec<&str> =
            addresses.iter().map(|ty| model.objects[ty.receives.as_ref().unwrap()].fields[0].name.as_str()).collect();
        assert_eq!(received, ["slow_LEVEL", "fast_LEVEL"]);
        let json = serde_json::to_value(&addresses[0]).unwrap();
        assert_eq!(json, serde_json::json!({"kind": "string", "object": "orbit.tank.add/slow-FILL_URI"}));
        assert_eq!(serde_json::from_value::<Type>(json).unwrap(), addresses[0]);
    }
}
