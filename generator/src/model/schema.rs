//! The JSON Schema of the exported model, made from the types that write it.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::Model;

/// The schema of what `bitrix24-codegen model` prints, in draft 2020-12. Fields that a later version adds are allowed.
///
/// ```
/// let schema = bitrix24_codegen::model::schema::schema();
/// assert_eq!(schema.get("title"), Some(&"Model".into()));
/// ```
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Model>()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::*;
    use crate::docs::Docs;
    use crate::model::{Kind, Type};

    fn validator() -> jsonschema::Validator {
        jsonschema::validator_for(schema().as_value()).unwrap()
    }

    /// The model of the tests' pages, as `model` writes it.
    fn exported() -> Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/ru");
        serde_json::to_value(Model::read(&Docs::open(&folder).unwrap())).unwrap()
    }

    #[test]
    fn a_model_is_valid() {
        let model = exported();
        assert!(model["methods"].as_array().unwrap().len() > 5);
        if let Err(error) = validator().validate(&model) {
            panic!("{}: {error}", error.instance_path());
        }
    }

    #[test]
    fn what_is_no_model_is_not_valid() {
        let model = exported();
        for (pointer, value) in [
            ("/methods/0/name", json!(3)),
            ("/methods/0/api", json!("v4")),
            ("/methods/0/params", json!({})),
            ("/methods/0/response/0/type/kind", json!("lamp")),
            ("/methods/0/response/0/from", json!(["hearsay"])),
            ("/diagnostics", json!(null)),
        ] {
            let mut wrong = model.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(!validator().is_valid(&wrong), "{pointer}");
        }
        let mut more = model;
        more["added_later"] = json!(true);
        assert!(validator().is_valid(&more));
    }

    #[test]
    fn a_type_is_described_as_it_is_written() {
        let ty = Type { nullable: true, ..Type::array(Type::of(Kind::Integer)) };
        assert_eq!(
            serde_json::to_value(ty).unwrap(),
            json!({"kind": "array", "item": {"kind": "integer"}, "nullable": true})
        );
        let schema = schema().to_value();
        let properties = &schema["$defs"]["Type"]["properties"];
        assert!(
            properties["item"].is_object() && properties["kind"]["enum"].as_array().unwrap().contains(&json!("union"))
        );
    }
}
