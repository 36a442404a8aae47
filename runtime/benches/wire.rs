//! Decoding and encoding through the wire layer, beside `serde` derives: strict ones, and ones with the same tolerance,
//! unknown keys and paths in errors.
//!
//! `cargo bench -p bitrix24-runtime --bench wire`. Read the figures as ratios within one run.

#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_imports, reason = "a benchmark")]

use bitrix24_runtime::{
    Any, DateTime, Extra, Reply, Undocumented, object,
    wire::{self, Forms},
};
use divan::{AllocProfiler, Bencher, counter::BytesCount};
use serde::{Deserialize, Deserializer, Serialize};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The same row for the wire layer, for strict derives and for tolerant ones: 12 numbers, 14 texts, 5 booleans, 4 floats
/// and 5 dates.
macro_rules! rows {
    (
        integers { $($i_at:literal $i_name:literal $i:ident,)* }
        texts { $($s_at:literal $s_name:literal $s:ident,)* }
        booleans { $($b_at:literal $b_name:literal $b:ident,)* }
        floats { $($f_at:literal $f_name:literal $f:ident,)* }
        dates { $($d_at:literal $d_name:literal $d:ident,)* }
    ) => {
        struct Row {
            $($i: Option<i64>,)*
            $($s: Option<String>,)*
            $($b: Option<bool>,)*
            $($f: Option<f64>,)*
            $($d: Option<DateTime>,)*
            extra: Extra,
        }

        object! { Row {
            $($i_at $i_name $i,)*
            $($s_at $s_name $s,)*
            $($b_at $b_name $b,)*
            $($f_at $f_name $f,)*
            $($d_at $d_name $d,)*
        } }

        #[derive(Clone, Serialize, Deserialize)]
        struct Strict {
            $(#[serde(rename = $i_name, skip_serializing_if = "Option::is_none")] $i: Option<i64>,)*
            $(#[serde(rename = $s_name, skip_serializing_if = "Option::is_none")] $s: Option<String>,)*
            $(#[serde(rename = $b_name, skip_serializing_if = "Option::is_none")] $b: Option<bool>,)*
            $(#[serde(rename = $f_name, skip_serializing_if = "Option::is_none")] $f: Option<f64>,)*
            $(#[serde(rename = $d_name, skip_serializing_if = "Option::is_none")] $d: Option<String>,)*
        }

        #[derive(Clone, Serialize, Deserialize)]
        struct Tolerant {
            $(#[serde(rename = $i_name, default, deserialize_with = "integer")] $i: Option<i64>,)*
            $(#[serde(rename = $s_name, default, deserialize_with = "text")] $s: Option<String>,)*
            $(#[serde(rename = $b_name, default, deserialize_with = "boolean")] $b: Option<bool>,)*
            $(#[serde(rename = $f_name, default, deserialize_with = "float")] $f: Option<f64>,)*
            $(#[serde(rename = $d_name, default, deserialize_with = "text")] $d: Option<String>,)*
            #[serde(flatten)]
            extra: serde_json::Map<String, Any>,
        }

        /// A well-formed list of rows.
        fn list(count: usize) -> Vec<u8> {
            let mut rows = Vec::new();
            for row in 0..count {
                let mut fields = serde_json::Map::new();
                $(fields.insert($i_name.into(), (row * 37 + $i_at).into());)*
                $(fields.insert($s_name.into(), format!("Text {} of row {row}", $s_at).into());)*
                $(fields.insert($b_name.into(), (row % 2 == 0).into());)*
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                {$(fields.insert($f_name.into(), (row as f64 * 1.25 + f64::from($f_at) + 0.1).into());)*}
                $(fields.insert($d_name.into(), format!("2026-06-{:02}T10:00:00+03:00", row % 28 + 1).into());)*
                rows.push(Any::Object(fields));
            }
            serde_json::to_vec(&rows).unwrap()
        }
    };
}

rows! {
    integers {
        0 "ID" id, 1 "ASSIGNED_BY_ID" assigned_by_id, 2 "CREATED_BY_ID" created_by_id, 3 "MODIFY_BY_ID" modify_by_id,
        4 "COMPANY_ID" company_id, 5 "CONTACT_ID" contact_id, 6 "LEAD_ID" lead_id, 7 "QUOTE_ID" quote_id,
        8 "CATEGORY_ID" category_id, 9 "LOCATION_ID" location_id, 10 "MOVED_BY_ID" moved_by_id,
        11 "LAST_ACTIVITY_BY" last_activity_by,
    }
    texts {
        12 "TITLE" title, 13 "TYPE_ID" type_id, 14 "STAGE_ID" stage_id, 15 "CURRENCY_ID" currency_id,
        16 "STAGE_SEMANTIC_ID" stage_semantic_id, 17 "COMMENTS" comments, 18 "ADDITIONAL_INFO" additional_info,
        19 "SOURCE_ID" source_id, 20 "SOURCE_DESCRIPTION" source_description, 21 "ORIGINATOR_ID" originator_id,
        22 "ORIGIN_ID" origin_id, 23 "UTM_SOURCE" utm_source, 24 "UTM_MEDIUM" utm_medium,
        25 "UTM_CAMPAIGN" utm_campaign,
    }
    booleans {
        26 "OPENED" opened, 27 "CLOSED" closed, 28 "IS_NEW" is_new, 29 "IS_RECURRING" is_recurring,
        30 "IS_RETURN_CUSTOMER" is_return_customer,
    }
    floats {
        31 "OPPORTUNITY" opportunity, 32 "TAX_VALUE" tax_value, 33 "PROBABILITY" probability, 34 "RATE" rate,
    }
    dates {
        35 "BEGINDATE" begindate, 36 "CLOSEDATE" closedate, 37 "DATE_CREATE" date_create, 38 "DATE_MODIFY" date_modify,
        39 "LAST_ACTIVITY_TIME" last_activity_time,
    }
}

fn integer<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form<'a> {
        Number(i64),
        #[serde(borrow)]
        Text(std::borrow::Cow<'a, str>),
    }
    match Option::<Form<'_>>::deserialize(input)? {
        None => Ok(None),
        Some(Form::Number(value)) => Ok(Some(value)),
        Some(Form::Text(text)) if text.is_empty() => Ok(None),
        Some(Form::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

fn float<'de, D: Deserializer<'de>>(input: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form<'a> {
        Number(f64),
        #[serde(borrow)]
        Text(std::borrow::Cow<'a, str>),
    }
    match Option::<Form<'_>>::deserialize(input)? {
        None => Ok(None),
        Some(Form::Number(value)) => Ok(Some(value)),
        Some(Form::Text(text)) if text.is_empty() => Ok(None),
        Some(Form::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

fn boolean<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form<'a> {
        Flag(bool),
        Number(i64),
        #[serde(borrow)]
        Text(std::borrow::Cow<'a, str>),
    }
    match Option::<Form<'_>>::deserialize(input)? {
        None => Ok(None),
        Some(Form::Flag(value)) => Ok(Some(value)),
        Some(Form::Number(value)) => Ok(Some(value == 1)),
        Some(Form::Text(text)) => Ok(Some(matches!(&*text, "Y" | "1" | "true"))),
    }
}

fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(input)
}

const ROWS: usize = 5_000;

#[divan::bench_group(sample_count = 30)]
mod decode {
    use super::*;

    #[divan::bench]
    fn wire_layer(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        bencher.counter(BytesCount::of_slice(&json)).bench(|| wire::from_slice::<Vec<Row>>(&json).unwrap());
    }

    #[divan::bench]
    fn derives_strict(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        bencher.counter(BytesCount::of_slice(&json)).bench(|| serde_json::from_slice::<Vec<Strict>>(&json).unwrap());
    }

    #[divan::bench]
    fn derives_tolerant_with_path(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        bencher.counter(BytesCount::of_slice(&json)).bench(|| {
            let mut input = serde_json::Deserializer::from_slice(&json);
            serde_path_to_error::deserialize::<_, Vec<Tolerant>>(&mut input).unwrap()
        });
    }

    #[divan::bench]
    fn json_value(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        bencher.counter(BytesCount::of_slice(&json)).bench(|| serde_json::from_slice::<Any>(&json).unwrap());
    }
}

#[divan::bench_group(sample_count = 30)]
mod encode {
    use super::*;

    #[divan::bench]
    fn wire_layer(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        let rows: Vec<Row> = wire::from_slice(&json).unwrap();
        bencher.counter(BytesCount::of_slice(&json)).bench(|| wire::to_vec(&rows, Forms::Documented));
    }

    #[divan::bench]
    fn wire_layer_through_serde(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        let rows: Vec<Row> = wire::from_slice(&json).unwrap();
        bencher.counter(BytesCount::of_slice(&json)).bench(|| serde_json::to_vec(&rows).unwrap());
    }

    #[divan::bench]
    fn derives_strict(bencher: Bencher<'_, '_>) {
        let json = list(ROWS);
        let rows: Vec<Strict> = serde_json::from_slice(&json).unwrap();
        bencher.counter(BytesCount::of_slice(&json)).bench(|| serde_json::to_vec(&rows).unwrap());
    }
}

#[divan::bench_group(sample_count = 200)]
mod one_task {
    use super::*;

    fn task() -> Vec<u8> {
        let json = list(1);
        json[1..json.len() - 1].to_vec()
    }

    #[divan::bench]
    fn wire_layer(bencher: Bencher<'_, '_>) {
        let json = task();
        bencher.counter(BytesCount::of_slice(&json)).bench(|| wire::from_slice::<Row>(&json).unwrap());
    }

    #[divan::bench]
    fn derives_strict(bencher: Bencher<'_, '_>) {
        let json = task();
        bencher.counter(BytesCount::of_slice(&json)).bench(|| serde_json::from_slice::<Strict>(&json).unwrap());
    }
}

#[divan::bench_group]
mod answers {
    use super::*;

    fn answer(count: usize) -> Vec<u8> {
        let mut json = br#"{"result":"#.to_vec();
        json.extend(list(count));
        json.extend(br#","total":50,"time":{"start":1725365418.056843,"finish":1725365419.671506,"duration":1.6}}"#);
        json
    }

    #[divan::bench]
    fn list_of_50(bencher: Bencher<'_, '_>) {
        let json = answer(50);
        bencher
            .counter(BytesCount::of_slice(&json))
            .with_inputs(|| json.clone())
            .bench_values(|json| Reply::<Vec<Row>>::read::<Undocumented>(200, json).unwrap());
    }

    #[divan::bench]
    fn error(bencher: Bencher<'_, '_>) {
        let json = br#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#.to_vec();
        bencher
            .counter(BytesCount::of_slice(&json))
            .with_inputs(|| json.clone())
            .bench_values(|json| Reply::<bool>::read::<Undocumented>(503, json).is_err());
    }

    #[divan::bench]
    fn event(bencher: Bencher<'_, '_>) {
        let form = b"event=ONCRMDEALADD&data[FIELDS][ID]=1&auth[domain]=example.bitrix24.com&auth[member_id]=m&ts=1";
        bencher.bench(|| bitrix24_runtime::EventBody::parse(form).unwrap().auth().unwrap());
    }
}
