//! Envelopes of both versions of the API, as servers really send them.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests, whose types are examples")]

use bitrix24_runtime::{
    ErrorCode as _, Extra, Map, Reply, ServerError, SystemError, Undocumented, Unread, error_code, object,
    wire::{self, Forms},
};

struct Item {
    id: Option<i64>,
    on: Option<bool>,
    extra: Extra,
}

object! { Item {
    0 "ID" id,
    1 "ON" on,
} }

#[derive(Clone, Copy, PartialEq, Hash)]
enum Code {
    NotFound,
    Denied,
    Title,
}

error_code! { Code {
    NotFound "NOT_FOUND" en "No such item" ru "Нет такого" status 404,
    Denied "" en "You may not",
    Title "VALIDATION" field "title" en "Too long",
} }

fn ok<T: wire::Slot>(json: &str) -> Reply<T> {
    Reply::read::<Code>(200, json.as_bytes().to_vec()).unwrap()
}

fn refused(status: u16, json: &str) -> (Option<Code>, ServerError) {
    match Reply::<bool>::read::<Code>(status, json.as_bytes().to_vec()) {
        Err(Unread::Api(error)) => (error.known, error.answer),
        other => panic!("{json}: {other:?}"),
    }
}

#[test]
fn a_result_comes_with_what_stands_beside_it() {
    let json = r#"{"result":[{"ID":"1"}],"next":"50","total":120,"time":{"start":1.5,"date_start":"2026-06-15T10:00:00+03:00","operating_reset_at":1705765533,"more":1},"x":1}"#;
    let reply: Reply<Vec<Item>> = ok(json);
    assert_eq!(reply.result[0].id, Some(1));
    assert_eq!((reply.next, reply.total), (Some(50), Some(120)));
    let time = reply.time.as_ref().unwrap();
    assert_eq!((time.start, time.operating_reset_at.unwrap().0), (Some(1.5), 1_705_765_533));
    assert_eq!(reply.extra.get("x"), Some(&1.into()));
    assert_eq!(reply.raw, json.as_bytes());
    assert_eq!(
        String::from_utf8(wire::to_vec(&reply, Forms::Canonical)).unwrap(),
        r#"{"result":[{"ID":1}],"total":120,"next":50,"time":{"start":1.5,"date_start":"2026-06-15T10:00:00+03:00","operating_reset_at":1705765533,"more":1},"x":1}"#
    );
}

#[test]
fn results_of_every_shape_are_read() {
    assert!(ok::<bool>(r#"{"result":true}"#).result);
    assert!(!ok::<bool>(r#"{"result":"N","error":[]}"#).result);
    assert_eq!(ok::<Option<i64>>(r#"{"result":null}"#).result, None);
    assert_eq!(ok::<Vec<i64>>(r#"{"result":false}"#).result, Vec::<i64>::new());
    let reply = ok::<Item>(r#"{"result":null,"total":null}"#);
    assert!(reply.result.extra.was_null());
    assert_eq!(wire::to_vec(&reply, Forms::Canonical), br#"{"result":null,"total":null}"#);
}

#[test]
fn errors_of_both_versions_land_on_their_variants() {
    let (known, answer) = refused(404, r#"{"error":"NOT_FOUND","error_description":"No such item"}"#);
    assert_eq!((known, answer.status), (Some(Code::NotFound), 404));
    let (known, _) = refused(200, r#"{"error":"","error_description":"You may not."}"#);
    assert_eq!(known, Some(Code::Denied));
    let (known, answer) = refused(200, r#"{"error":0,"error_description":"You may not"}"#);
    assert_eq!((known, answer.code.as_str()), (Some(Code::Denied), "0"));
    let (known, answer) = refused(
        400,
        r#"{"error":{"code":"VALIDATION","message":"Wrong","validation":[{"field":"title","message":"Too long"}],"more":1}}"#,
    );
    assert_eq!(known, Some(Code::Title));
    assert_eq!(answer.validation[0].field, "title");
    assert_eq!(answer.extra.get("more"), Some(&1.into()));
    assert_eq!(answer.to_string(), "VALIDATION: Wrong (HTTP 400); title: Too long");
}

#[test]
fn what_no_page_documents_is_kept() {
    let (known, answer) = refused(503, r#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#);
    assert_eq!((known, answer.system()), (None, Some(SystemError::QueryLimitExceeded)));
    assert!(answer.is_retryable() && !answer.is_auth());
    let (known, answer) = refused(400, r#"{"error":"NEW_ONE","error_description":"?","hint":"x"}"#);
    assert_eq!((known, answer.system(), answer.code.as_str(), answer.message.as_str()), (None, None, "NEW_ONE", "?"));
    assert_eq!(answer.extra.get("hint"), Some(&"x".into()));
}

#[test]
fn an_error_wins_over_a_result_that_cannot_be_read() {
    let (known, _) = refused(200, r#"{"result":[],"error":"NOT_FOUND"}"#);
    assert_eq!(known, Some(Code::NotFound));
}

#[test]
fn an_answer_that_cannot_be_read_keeps_its_body_and_says_where() {
    let json = r#"{"result":[{"ID":"x"}]}"#;
    match Reply::<Vec<Item>>::read::<Undocumented>(200, json.as_bytes().to_vec()) {
        Err(Unread::Decode { error, raw }) => {
            assert_eq!(error.path.to_string(), "result[0].ID");
            assert_eq!(raw, json.as_bytes());
        }
        other => panic!("{other:?}"),
    }
    for json in ["{}", "[]", r#"{"time":{}}"#] {
        let error = Reply::<bool>::read::<Undocumented>(200, json.as_bytes().to_vec()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer cannot be read: wanted an answer with `result` or `error`, met neither"
        );
    }
    assert!(ServerError::read(502, b"<html>").is_none());
}

#[test]
fn a_tolerant_reading_passes_over_bad_values_and_lists_them() {
    let json = r#"{"result":{"a":{"ID":"x","ON":"Y"},"b":{"ID":2,"ON":{"deep":1}},"c":{"ID":3}}}"#;
    let reply = Reply::<Vec<Item>>::read_tolerant::<Undocumented>(200, json.as_bytes().to_vec()).unwrap();
    let seen: Vec<_> = reply.result.iter().map(|item| (item.id, item.on)).collect();
    assert_eq!(seen, [(None, Some(true)), (Some(2), None), (Some(3), None)]);
    let faults: Vec<_> = reply.faults.iter().map(|fault| fault.path.to_string()).collect();
    assert_eq!(faults, ["result.a.ID", "result.b.ON"]);

    let list = br#"{"result":[1,"x","y",4]}"#.to_vec();
    let reply = Reply::<Vec<i64>>::read_tolerant::<Undocumented>(200, list).unwrap();
    assert_eq!((reply.result, reply.faults.len()), (vec![1, 4], 2));

    let whole = br#"{"result":"x"}"#.to_vec();
    assert!(Reply::<i64>::read_tolerant::<Undocumented>(200, whole).is_err());
}

#[test]
fn documented_text_and_properties_are_on_the_code() {
    assert_eq!(Code::NotFound.to_string(), "No such item");
    assert_eq!(Code::NotFound.row().ru, Some("Нет такого"));
    assert_eq!(Code::NotFound.row().status, Some(404));
    assert_eq!(format!("{:?}", Code::Title), "Title");
    assert!(!Code::NotFound.is_retryable());
}

#[test]
fn a_result_that_says_nothing_is_written_as_it_came() {
    for json in [r#"{"result":null}"#, r#"{"result":false}"#, r#"{"result":{}}"#, r#"{"result":""}"#] {
        assert_eq!(wire::to_vec(&ok::<Vec<i64>>(json), Forms::Canonical), json.as_bytes());
        assert_eq!(wire::to_vec(&ok::<Map<i64>>(json), Forms::Canonical), json.as_bytes());
    }
}
