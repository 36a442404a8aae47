//! How the wire layer behaves on what servers really send.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests, whose types are examples")]

use bitrix24_runtime::{
    Any, Date, DateTime, Either, Extra, File, Map, OneOrMany, Scalar, Timestamp, choice, input, object,
    wire::{self, DecodeError, Forms, Slot},
};
use serde_json::json;

struct Deal {
    id: Option<i64>,
    title: Option<String>,
    sum: Option<f64>,
    opened: Option<bool>,
    begin: Option<Date>,
    created: Option<DateTime>,
    stamp: Option<Timestamp>,
    stage: Option<Stage>,
    photo: Option<File>,
    tags: Option<Vec<i64>>,
    names: Option<Map<String>>,
    parts: Option<Vec<Part>>,
    parent: Option<Box<Deal>>,
    one: Option<OneOrMany<i64>>,
    either: Option<Either<String, Part>>,
    scalar: Option<Scalar>,
    any: Option<Any>,
    extra: Extra,
}

object! { Deal {
    0 "ID" id,
    1 "TITLE" title,
    2 "SUM" sum,
    3 "OPENED" opened yn,
    4 "BEGIN" begin,
    5 "CREATED" created,
    6 "STAMP" stamp,
    7 "STAGE" stage,
    8 "PHOTO" photo,
    9 "TAGS" tags,
    10 "NAMES" names,
    11 "PARTS" parts,
    12 "PARENT" parent,
    13 "ONE" one,
    14 "EITHER" either,
    15 "SCALAR" scalar,
    16 "ANY" any,
} }

struct Part {
    id: Option<i64>,
    main: Option<bool>,
    extra: Extra,
}

object! { Part {
    0 "id" id,
    1 "main" main,
} }

#[non_exhaustive]
enum Stage {
    New,
    Won,
    Other(String),
}

choice! { Stage {
    "NEW" New,
    "WON" Won,
} }

struct Open {
    id: Option<i64>,
    extra: Extra,
}

object! { Open open("UF_") {
    0 "ID" id,
} }

struct Request {
    id: i64,
    flags: Option<Vec<bool>>,
    level: Option<i64>,
    price: Option<f64>,
    extra: Extra,
}

input! { Request {
    0 "id" id required,
    1 "flags" flags int,
    2 "level" level text,
    3 "price" price text,
} }

#[test]
fn names_that_json_escapes_are_read_and_written_with_their_mark() {
    struct Odd {
        said: Option<i64>,
        plain: Option<i64>,
        extra: Extra,
    }
    object! { Odd {
        0 "a\"b\\c\nd" said escaped,
        1 "e" plain,
    } }
    let text = r#"{"a\"b\\c\nd":1,"e":2}"#;
    let odd: Odd = read(text);
    assert_eq!((odd.said, odd.plain), (Some(1), Some(2)));
    assert_eq!(written(&odd), text);
}

fn read<T: Slot>(json: &str) -> T {
    wire::from_slice(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn fails<T: Slot>(json: &str) -> DecodeError {
    match wire::from_slice::<T>(json.as_bytes()) {
        Ok(_) => panic!("{json} was read"),
        Err(error) => error,
    }
}

fn written(value: &dyn Slot) -> String {
    String::from_utf8(wire::to_vec(value, Forms::Canonical)).unwrap()
}

/// Reads a deal and gives its canonical form.
fn again(json: &str) -> String {
    written(&read::<Deal>(json))
}

#[test]
fn every_form_of_a_value_is_read_and_written_canonically() {
    for (sent, canonical) in [
        (r#"{"ID":37}"#, r#"{"ID":37}"#),
        (r#"{"ID":"37"}"#, r#"{"ID":37}"#),
        (r#"{"ID":" 37 "}"#, r#"{"ID":37}"#),
        (r#"{"ID":"37.0000"}"#, r#"{"ID":37}"#),
        (r#"{"ID":37.0}"#, r#"{"ID":37}"#),
        (r#"{"ID":""}"#, r#"{"ID":""}"#),
        (r#"{"ID":{}}"#, r#"{"ID":{}}"#),
        (r#"{"ID":[]}"#, r#"{"ID":[]}"#),
        (r#"{"ID":false}"#, r#"{"ID":false}"#),
        (r#"{"ID":null}"#, r#"{"ID":null}"#),
        ("{}", "{}"),
        (r#"{"SUM":1}"#, r#"{"SUM":1}"#),
        (r#"{"SUM":"12.50"}"#, r#"{"SUM":12.5}"#),
        (r#"{"SUM":1725365418.056843}"#, r#"{"SUM":1725365418.056843}"#),
        (r#"{"SUM":"300|USD"}"#, r#"{"SUM":"300|USD"}"#),
        (r#"{"OPENED":true}"#, r#"{"OPENED":true}"#),
        (r#"{"OPENED":"Y"}"#, r#"{"OPENED":true}"#),
        (r#"{"OPENED":"N"}"#, r#"{"OPENED":false}"#),
        (r#"{"OPENED":"1"}"#, r#"{"OPENED":true}"#),
        (r#"{"OPENED":0}"#, r#"{"OPENED":false}"#),
        (r#"{"OPENED":"false"}"#, r#"{"OPENED":false}"#),
        (r#"{"OPENED":""}"#, r#"{"OPENED":""}"#),
        (r#"{"TITLE":""}"#, r#"{"TITLE":""}"#),
        (r#"{"TITLE":5}"#, r#"{"TITLE":"5"}"#),
        (r#"{"TITLE":"\u0041\n\"\\\u0001é"}"#, "{\"TITLE\":\"A\\n\\\"\\\\\\u0001é\"}"),
        (r#"{"TITLE":false}"#, r#"{"TITLE":false}"#),
        (r#"{"BEGIN":"15.06.2026"}"#, r#"{"BEGIN":"15.06.2026"}"#),
        (r#"{"BEGIN":""}"#, r#"{"BEGIN":""}"#),
        (r#"{"CREATED":"2026-06-15T10:00:00+03:00"}"#, r#"{"CREATED":"2026-06-15T10:00:00+03:00"}"#),
        (r#"{"CREATED":"2026-06-15 10:00:00"}"#, r#"{"CREATED":"2026-06-15 10:00:00"}"#),
        (r#"{"CREATED":false}"#, r#"{"CREATED":false}"#),
        (r#"{"CREATED":1725365418}"#, r#"{"CREATED":1725365418}"#),
        (r#"{"CREATED":0}"#, r#"{"CREATED":0}"#),
        (r#"{"STAMP":"1725365418"}"#, r#"{"STAMP":1725365418}"#),
        (r#"{"STAGE":"WON"}"#, r#"{"STAGE":"WON"}"#),
        (r#"{"STAGE":"LOST"}"#, r#"{"STAGE":"LOST"}"#),
        (r#"{"PHOTO":["a.txt","aGk="]}"#, r#"{"PHOTO":["a.txt","aGk="]}"#),
        (r#"{"PHOTO":{"id":5,"url":"/x"}}"#, r#"{"PHOTO":{"id":5,"url":"/x"}}"#),
        (r#"{"TAGS":[0,"1394"]}"#, r#"{"TAGS":[0,1394]}"#),
        (r#"{"TAGS":{"3":1,"7":"2"}}"#, r#"{"TAGS":{"3":1,"7":2}}"#),
        (r#"{"TAGS":false}"#, r#"{"TAGS":false}"#),
        (r#"{"TAGS":"5"}"#, r#"{"TAGS":5}"#),
        (r#"{"TAGS":[1,null,"2"]}"#, r#"{"TAGS":[1,null,2]}"#),
        (r#"{"NAMES":{"en":"a","de":"b"}}"#, r#"{"NAMES":{"en":"a","de":"b"}}"#),
        (r#"{"NAMES":["a","b"]}"#, r#"{"NAMES":["a","b"]}"#),
        (r#"{"NAMES":[]}"#, r#"{"NAMES":[]}"#),
        (r#"{"PARTS":[{"id":1},null]}"#, r#"{"PARTS":[{"id":1},null]}"#),
        (r#"{"PARTS":{"12":{"id":1},"13":[]}}"#, r#"{"PARTS":{"12":{"id":1},"13":[]}}"#),
        (r#"{"PARENT":[]}"#, r#"{"PARENT":[]}"#),
        (r#"{"PARENT":false}"#, r#"{"PARENT":false}"#),
        (r#"{"PARENT":{"ID":1,"PARENT":{"ID":"2"}}}"#, r#"{"PARENT":{"ID":1,"PARENT":{"ID":2}}}"#),
        (r#"{"ONE":"5"}"#, r#"{"ONE":5}"#),
        (r#"{"ONE":["5"]}"#, r#"{"ONE":[5]}"#),
        (r#"{"ONE":[]}"#, r#"{"ONE":[]}"#),
        (r#"{"EITHER":"x"}"#, r#"{"EITHER":"x"}"#),
        (r#"{"EITHER":{"id":"3"}}"#, r#"{"EITHER":{"id":3}}"#),
        (r#"{"SCALAR":1.5}"#, r#"{"SCALAR":1.5}"#),
        (r#"{"SCALAR":"1.5"}"#, r#"{"SCALAR":"1.5"}"#),
        (r#"{"ANY":{"a":[1.0,"x",null]}}"#, r#"{"ANY":{"a":[1.0,"x",null]}}"#),
        (r#"{"ANY":null}"#, r#"{"ANY":null}"#),
        (r#"{"NEW":{"deep":[1]},"ID":1}"#, r#"{"ID":1,"NEW":{"deep":[1]}}"#),
        (r#"{"id":"1"}"#, r#"{"id":1}"#),
        ("[]", "[]"),
        ("\u{feff}{\"ID\":1}", r#"{"ID":1}"#),
    ] {
        assert_eq!(again(sent), canonical, "{sent}");
        assert_eq!(again(canonical), canonical, "{canonical}");
    }
}

#[test]
fn what_cannot_be_read_fails_with_path_type_and_what_was_met() {
    for (sent, message) in [
        (r#"{"ID":"abc"}"#, r#"`ID`: wanted an integer, met the string "abc""#),
        (r#"{"ID":{"a":1}}"#, "`ID`: wanted an integer, met an object"),
        (r#"{"SUM":"NaN"}"#, r#"`SUM`: wanted a number, met the string "NaN""#),
        (r#"{"BEGIN":"soon"}"#, r#"`BEGIN`: wanted a date, met the string "soon""#),
        (r#"{"STAMP":"x"}"#, r#"`STAMP`: wanted a moment in Unix seconds, met the string "x""#),
        (r#"{"TAGS":[1,"x"]}"#, r#"`TAGS[1]`: wanted an integer, met the string "x""#),
        (r#"{"OPENED":{"a":1}}"#, "`OPENED`: wanted a boolean, met an object"),
        (r#"{"PARTS":[{},{"main":"maybe"}]}"#, r#"`PARTS[1].main`: wanted a boolean, met the string "maybe""#),
        (r#"{"PARTS":{"7":{"id":"x"}}}"#, r#"`PARTS.7.id`: wanted an integer, met the string "x""#),
        (
            r#"{"ID":"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"}"#,
            r#"`ID`: wanted an integer, met the string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"…"#,
        ),
        ("5", "wanted an object, met `5`"),
    ] {
        assert_eq!(fails::<Deal>(sent).to_string(), message, "{sent}");
    }
}

#[test]
fn what_a_portal_may_well_give_instead_is_kept_beside_the_field_and_listed() {
    for (sent, path) in [
        (r#"{"ID":1.5}"#, "ID"),
        (r#"{"ID":true}"#, "ID"),
        (r#"{"ID":[1]}"#, "ID[]"),
        (r#"{"ID":18446744073709551615}"#, "ID"),
        (r#"{"SUM":"300|USD"}"#, "SUM"),
        (r#"{"OPENED":2}"#, "OPENED"),
        (r#"{"OPENED":"D"}"#, "OPENED"),
        (r#"{"BEGIN":-5}"#, "BEGIN"),
        (r#"{"TITLE":["x"]}"#, "TITLE[]"),
        (r#"{"TAGS":["5|USD",6]}"#, "TAGS[]"),
        (r#"{"TAGS":"x"}"#, "TAGS"),
        (r#"{"NAMES":{"en":{"a":1},"de":"b"}}"#, "NAMES.en.a"),
        (r#"{"PARENT":[1]}"#, "PARENT[]"),
        (r#"{"PARENT":5}"#, "PARENT"),
    ] {
        let deal: Deal = read(sent);
        assert_eq!(written(&deal), sent);
        assert_eq!(wire::untyped(&deal, "").into_iter().collect::<Vec<_>>(), [path], "{sent}");
    }
    let deal: Deal = read(r#"{"SUM":"300|USD"}"#);
    assert_eq!((deal.sum, deal.extra.get("SUM")), (None, Some(&"300|USD".into())));
}

#[test]
fn broken_json_is_located_too() {
    let error = fails::<Deal>(r#"{"PARTS":[{"id":1},{"id":"#);
    assert_eq!(error.path.to_string(), "PARTS[1].id");
    assert_eq!(error.wanted, "well-formed JSON");
    assert_eq!(fails::<Deal>(r#"{"NEW":{"a":[1,}}"#).path.to_string(), "NEW.a[1]");
    assert_eq!(fails::<Deal>("").wanted, "well-formed JSON");
    assert!(fails::<Deal>(r#"{"ID":1} x"#).met.contains("trailing"));
}

#[test]
fn nesting_is_bounded_for_every_deserializer() {
    let mut tree = json!(1);
    for _ in 0..200 {
        tree = json!([tree]);
    }
    let tree = json!({ "ANY": tree });
    let error = serde_json::from_value::<Deal>(tree.clone()).unwrap_err().to_string();
    assert!(error.contains("not nested so deep"), "{error}");
    assert!(fails::<Deal>(&tree.to_string()).path.to_string().starts_with("ANY[0][0]"));
}

#[test]
fn floats_are_exact_and_whole_ones_stay_whole() {
    assert_eq!(read::<Deal>(r#"{"SUM":0.1}"#).sum, Some(0.1));
    assert_eq!(again(r#"{"SUM":18446744073709551615}"#), r#"{"SUM":1.8446744073709552e+19}"#);
    assert_eq!(again(r#"{"SUM":-3}"#), r#"{"SUM":-3}"#);
}

#[test]
fn absent_null_and_empty_can_each_be_sent_on_purpose() {
    let sent = |request: &Request| String::from_utf8(wire::to_vec(request, Forms::Documented)).unwrap();
    let request = Request { id: 1, flags: None, level: None, price: None, extra: Extra::new() };
    assert_eq!(sent(&request), r#"{"id":1}"#);
    assert_eq!(sent(&request.clone().with("level", Any::Null)), r#"{"id":1,"level":null}"#);
    assert_eq!(sent(&request.clone().with("level", "")), r#"{"id":1,"level":""}"#);
    assert_eq!(sent(&request.clone().with("UF_X", 5)), r#"{"id":1,"UF_X":5}"#);
    let full = Request { flags: Some(vec![true, false]), level: Some(7), price: Some(1.0), ..request };
    assert_eq!(sent(&full), r#"{"id":1,"flags":[1,0],"level":"7","price":"1"}"#);
    assert_eq!(read::<Request>(&sent(&full)), full);
}

#[test]
fn a_request_without_a_required_parameter_is_none() {
    assert_eq!(fails::<Request>(r#"{"level":1}"#).to_string(), "`id`: wanted a value, met nothing");
}

#[test]
fn parameters_by_position_keep_their_places() {
    let request = Request { id: 1, flags: None, level: Some(2), price: None, extra: Extra::new() };
    assert_eq!(wire::to_positional(&request), br#"[1,null,"2"]"#);
}

#[test]
fn debug_names_the_type_shows_what_is_there_and_hides_secrets() {
    let deal: Deal =
        read(r#"{"ID":1,"STAGE":"WON","PARTS":[{"id":2}],"access_token":"abc","ANY":{"password":"p","a":1}}"#);
    let shown = format!("{deal:?}");
    assert_eq!(
        shown,
        concat!(
            r#"Deal { ID: 1, STAGE: "WON", PARTS: [Part { id: 2 }], ANY: {"password": (secret), "a": 1}, "#,
            "access_token: (secret) }"
        )
    );
}

#[test]
fn equality_sees_every_field_and_unknown_keys() {
    let one: Deal = read(r#"{"ID":1,"X":2}"#);
    assert_eq!(one, one.clone());
    assert_ne!(one, read(r#"{"ID":1}"#));
    assert_ne!(one, read(r#"{"ID":2,"X":2}"#));
    assert_ne!(read::<Deal>(r#"{"ID":null}"#), read("{}"));
    assert_eq!(Deal::default(), read("{}"));
    assert_eq!(Stage::from("WON"), Stage::Won);
    assert_ne!(Stage::from("X"), Stage::New);
}

#[test]
fn serde_reads_and_writes_the_same_as_the_wire_layer() {
    let text = r#"{"ID":"1","OPENED":"Y","PARTS":{"7":{"id":1}},"SUM":1.5,"NEW":[1],"TAGS":null}"#;
    let deal: Deal = serde_json::from_str(text).unwrap();
    assert_eq!(deal, read(text));
    let value = serde_json::to_value(&deal).unwrap();
    assert_eq!(serde_json::from_value::<Deal>(value.clone()).unwrap(), deal);
    assert_eq!(value.to_string().into_bytes(), wire::to_vec(&deal, Forms::Documented));
    assert_eq!(serde_json::from_str::<Stage>("\"WON\"").unwrap(), Stage::Won);
    let error = serde_json::from_str::<Deal>(r#"{"PARTS":[{"id":"x"}]}"#).unwrap_err().to_string();
    assert!(error.starts_with(r#"`PARTS[0].id`: wanted an integer, met the string "x""#), "{error}");
}

#[test]
fn what_no_type_describes_is_listed() {
    let deal: Deal = read(r#"{"NEW":1,"ANY":{"a":[1,2],"b":{}},"PARTS":[{"id":1},{"x":{"y":null}}],"PHOTO":{"id":1}}"#);
    let paths: Vec<_> = wire::untyped(&deal, "result").into_iter().collect();
    assert_eq!(paths, ["result.ANY.a[]", "result.ANY.b", "result.NEW", "result.PARTS[].x.y"]);
    assert!(wire::untyped(&read::<Open>(r#"{"UF_X":1,"ufCrm_1":[2]}"#), "").is_empty());
    assert_eq!(wire::untyped(&read::<Open>(r#"{"U":1}"#), "").len(), 1);
}

#[test]
fn keys_of_a_map_in_place_of_a_list_are_kept() {
    let deal: Deal = read(r#"{"PARTS":{"12":{"id":1},"13":{"id":2}}}"#);
    let keys: Vec<_> = deal.parts.iter().flatten().map(|part| part.extra.key()).collect();
    assert_eq!(keys, [Some("12"), Some("13")]);
    let deal: Deal = read(r#"{"PARTS":[null]}"#);
    assert!(deal.parts.unwrap()[0].extra.was_null());
}

#[test]
fn a_value_kept_under_another_spelling_is_not_lost_to_the_own_one() {
    let text = r#"{"id":0.5,"TITLE":[null],"ID":[null]}"#;
    assert_eq!(written(&read::<Deal>(text)), text);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_json() -> impl Strategy<Value = Any> {
        let leaf = prop_oneof![
            Just(Any::Null),
            any::<bool>().prop_map(Any::from),
            any::<i64>().prop_map(Any::from),
            any::<u64>().prop_map(Any::from),
            any::<f64>().prop_map(Any::from),
            ".{0,12}".prop_map(Any::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Any::from),
                prop::collection::vec((".{0,8}", inner), 0..6)
                    .prop_map(|entries| Any::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// Objects whose keys are those of `Deal` as often as not.
    fn deal_like() -> impl Strategy<Value = Any> {
        let key = prop_oneof![
            prop::sample::select(vec![
                "ID", "TITLE", "SUM", "OPENED", "BEGIN", "CREATED", "STAMP", "STAGE", "PHOTO", "TAGS", "NAMES",
                "PARTS", "PARENT", "ONE", "EITHER", "SCALAR", "ANY", "id", "main",
            ])
            .prop_map(String::from),
            ".{0,6}",
        ];
        prop::collection::vec((key, any_json()), 0..12).prop_map(|entries| Any::Object(entries.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn unknown_keys_come_back_as_they_were(json in prop::collection::vec(("[j-z]{1,6}", any_json()), 0..8)) {
            let json = Any::Object(json.into_iter().collect());
            let text = json.to_string();
            let open: Open = read(&text);
            prop_assert_eq!(written(&open), text.clone());
            prop_assert_eq!(serde_json::to_string(&open).unwrap(), text);
        }

        #[test]
        fn random_values_never_panic_and_what_is_read_is_stable(json in deal_like()) {
            if let Ok(deal) = wire::from_slice::<Deal>(json.to_string().as_bytes()) {
                let once = written(&deal);
                prop_assert_eq!(&again(&once), &once);
                prop_assert_eq!(serde_json::from_value::<Deal>(json).unwrap(), deal);
            }
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = wire::from_slice::<Deal>(&bytes);
        }
    }
}
