//! What portals send that the docs do not show, through the tool's lines.

#![allow(clippy::unwrap_used, reason = "tests")]

use bitrix24_conformance::{answer_line, compare::losses};
use proptest::prelude::*;
use serde_json::{Value, json};

fn ask(method: &str, kind: &str, body: &Value) -> Value {
    let line = json!({"id": 7, "method": method, "api": "v2", "kind": kind, "body": body}).to_string();
    let answer: Value = serde_json::from_str(&answer_line(&line)).unwrap();
    assert_eq!(answer["id"], 7);
    answer
}

/// Reads a deal and gives it as it is written again, with the untyped paths within it.
fn deal(fields: &Value) -> (Value, Vec<String>) {
    let answer = ask("crm.deal.get", "response", &json!({ "result": fields }));
    assert_eq!(answer["ok"], true, "{answer}");
    let untyped = answer["untyped"].as_array().unwrap();
    let untyped = untyped.iter().map(|path| path.as_str().unwrap().trim_start_matches("result.").to_owned());
    (answer["body"]["result"].clone(), untyped.collect())
}

#[test]
fn numbers_and_booleans_are_written_canonically() {
    let (again, untyped) = deal(&json!({
        "ID": "2291", "COMPANY_ID": "0", "CONTACT_ID": 117, "OPENED": true, "CLOSED": "N", "IS_NEW": "1",
        "IS_RECURRING": 0, "TITLE": "Roof",
    }));
    let wanted = json!({
        "ID": 2291, "COMPANY_ID": 0, "CONTACT_ID": 117, "OPENED": true, "CLOSED": false, "IS_NEW": true,
        "IS_RECURRING": false, "TITLE": "Roof",
    });
    assert_eq!((again, untyped), (wanted, Vec::new()));
}

#[test]
fn what_stands_for_a_missing_value_is_written_as_it_came() {
    for nothing in [json!(""), json!(null), json!(false), json!([]), json!({})] {
        for field in ["ID", "PROBABILITY", "BEGINDATE", "DATE_CREATE", "COMPANY_ID"] {
            let fields = json!({ field: nothing });
            assert_eq!(deal(&fields), (fields.clone(), Vec::new()), "{fields}");
        }
    }
}

#[test]
fn dates_of_every_portal_are_kept_to_the_letter() {
    for date in [
        "2026-06-15T10:00:00+03:00",
        "2026-06-15T07:00:00Z",
        "2026-06-15 10:00:00",
        "2026-06-15",
        "15.06.2026",
        "15.06.2026 10:00:00",
        "06/15/2026 10:00:00 am",
    ] {
        let fields = json!({"BEGINDATE": date, "DATE_CREATE": date});
        assert_eq!(deal(&fields), (fields.clone(), Vec::new()));
    }
}

#[test]
fn unknown_keys_are_kept_and_listed_unless_the_docs_leave_them_open() {
    let fields = json!({"ID": 1, "UF_CRM_1755": ["a"], "PARENT_ID_162": "7", "NEW": {"a": [1, 2]}});
    let (again, untyped) = deal(&fields);
    assert!(losses(&fields, &again).is_empty(), "{again}");
    assert_eq!(untyped, ["NEW.a[]"]);
}

#[test]
fn a_value_of_another_type_is_kept_and_listed() {
    let fields = json!({"ID": "1", "COMPANY_ID": "300|USD", "OPENED": "D", "CONTACT_ID": [117], "TITLE": ["a", "b"]});
    let (again, untyped) = deal(&fields);
    assert!(losses(&fields, &again).is_empty(), "{again}");
    assert_eq!(untyped, ["COMPANY_ID", "CONTACT_ID[]", "OPENED", "TITLE[]"]);
}

#[test]
fn a_value_that_no_portal_means_is_refused_with_its_path() {
    for (value, met) in [(json!({"a": 1}), "an object"), (json!("abc"), "the string \"abc\"")] {
        let answer = ask("crm.deal.get", "response", &json!({"result": {"TITLE": "x", "ID": value}}));
        let error = format!("`result.ID`: wanted an integer, met {met}");
        assert_eq!(answer, json!({"id": 7, "ok": false, "error": error, "path": "result.ID"}));
    }
    let list = json!({"result": [{"ID": 1}, {"ID": {"a": 1}}]});
    assert_eq!(ask("crm.deal.list", "response", &list)["path"], "result[1].ID");
}

#[test]
fn a_list_and_a_map_stand_for_each_other() {
    for body in [
        json!({"result": {"5": {"ID": 1}, "9": {"ID": 2}}, "total": 2}),
        json!({"result": [], "total": 0}),
        json!({"result": {}, "total": 0}),
        json!({"result": false}),
    ] {
        let answer = ask("crm.deal.list", "response", &body);
        assert_eq!((&answer["body"], &answer["untyped"]), (&body, &json!([])), "{answer}");
    }
    for result in [json!([]), json!(false), json!(null), json!({})] {
        let body = json!({ "result": result });
        let answer = ask("crm.deal.get", "response", &body);
        assert_eq!((&answer["body"], &answer["untyped"]), (&body, &json!([])), "{answer}");
    }
}

#[test]
fn forms_are_mixed_within_one_list_and_one_object() {
    let user = json!({"result": [{"ID": "1", "UF_DEPARTMENT": [0, "1394"], "ACTIVE": true, "IS_ONLINE": "N"}, {}]});
    let again = ask("user.get", "response", &user);
    assert_eq!(again["untyped"], json!([]));
    let wanted = json!([{"ID": 1, "UF_DEPARTMENT": [0, 1394], "ACTIVE": true, "IS_ONLINE": false}, {}]);
    assert_eq!(again["body"]["result"], wanted);
    let task = json!({"result": {"task": {"id": "905", "group": [], "favorite": "N", "descriptionInBbcode": true}}});
    let again = ask("tasks.task.get", "response", &task);
    assert_eq!(again["untyped"], json!([]));
    assert!(losses(&task, &again["body"]).is_empty(), "{again}");
}

#[test]
fn an_error_has_its_variant_and_one_that_nobody_documents_is_other() {
    let variant = |code: &str, message: &str| {
        let body = json!({"error": code, "error_description": message});
        let answer = ask("crm.deal.get", "error", &body);
        assert_eq!(answer["body"], body);
        answer["variant"].as_str().unwrap().to_owned()
    };
    assert_eq!(variant("", "Not found"), "NotFound");
    assert_eq!(variant("QUERY_LIMIT_EXCEEDED", "Too many requests"), "QueryLimitExceeded");
    assert_eq!(variant("ZZ", "zz"), "Other");
}

#[test]
fn an_event_is_read_as_a_form_and_as_json() {
    let form =
        json!("event=ONCRMDEALADD&data%5BFIELDS%5D%5BID%5D=37&ts=1768464161&auth%5Bdomain%5D=acme.bitrix24.com&new=1");
    let answer = ask("ONCRMDEALADD", "event", &form);
    assert_eq!(answer["body"]["data"]["FIELDS"]["ID"], 37);
    assert_eq!(answer["untyped"], json!(["new"]));
    let body = json!({"event": "ONCRMDEALADD", "data": {"FIELDS": {"ID": 37}}});
    assert_eq!(ask("", "event", &body)["body"], body);
}

#[test]
fn a_request_comes_back_to_the_letter() {
    for (method, body) in [
        ("crm.deal.get", json!({"id": 5})),
        (
            "crm.deal.list",
            json!({"filter": {">=ID": 5, "!%TITLE": "x", "@STAGE_ID": ["A", "B"]}, "order": {"ID": "ASC"},
            "select": ["*", "UF_*"], "start": -1}),
        ),
        (
            "crm.deal.update",
            json!({"id": 5, "fields": {"TITLE": "", "COMPANY_ID": null, "OPENED": "Y", "UF_CRM_1": []}}),
        ),
    ] {
        let answer = ask(method, "request", &body);
        assert_eq!(answer["body"], body, "{method}: {answer}");
    }
}

#[test]
fn a_line_that_is_no_case_is_answered_too() {
    let answer = |line: &str| serde_json::from_str::<Value>(&answer_line(line)).unwrap();
    assert_eq!(answer("{")["ok"], false);
    assert_eq!(answer(r#"{"id":"x","kind":"other","body":1}"#)["id"], "x");
    assert_eq!(
        answer(r#"{"id":1,"method":"no.such","kind":"response","body":{}}"#)["error"],
        "the docs have no method `no.such`"
    );
}

/// JSON of any kind, half of it with the names of fields.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..100_000).prop_map(Value::from),
        prop::sample::select(vec!["", "37", "Y", "N", "0", "300|USD", "2026-06-15", "x", "1.50"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 6, |inner| {
        let names = vec!["ID", "TITLE", "OPENED", "BEGINDATE", "OPPORTUNITY", "UF_CRM_1", "id", "NEW", "0", "1"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(names), inner, 0..6)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_without_loss(result in body(), list in any::<bool>()) {
        let body = json!({ "result": result });
        let answer = ask(if list { "crm.deal.list" } else { "crm.deal.get" }, "response", &body);
        if answer["ok"] == true {
            let lost = losses(&body, &answer["body"]);
            prop_assert!(lost.is_empty(), "{body} became {}: {lost:?}", answer["body"]);
        } else {
            prop_assert!(answer["path"].is_string() && answer["error"].is_string());
        }
    }
}
