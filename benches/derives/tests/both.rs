//! Derives and tables read the same answers: every documented one of the modules that were asked for.

#![cfg(feature = "both")]

use serde::de::DeserializeOwned;

/// An answer's method and JSON, read through tables and through derives.
type Answer = (&'static str, &'static str, Read, Read);
type Read = fn(&str) -> Result<(), String>;

const ANSWERS: &[Answer] = include!(concat!(env!("OUT_DIR"), "/answers.rs"));

fn by_tables<M: bitrix24::Method>(json: &str) -> Result<(), String> {
    bitrix24::wire::from_slice::<M::Result>(json.as_bytes()).map(drop).map_err(|error| error.to_string())
}

fn by_derives<T: DeserializeOwned>(json: &str) -> Result<(), String> {
    serde_json::from_str::<T>(json).map(drop).map_err(|error| error.to_string())
}

#[test]
fn what_the_tables_read_the_derives_read() {
    let read: Vec<&Answer> = ANSWERS.iter().filter(|(_, json, tables, _)| tables(json).is_ok()).collect();
    let refuse = |(method, json, _, derives): &&Answer| Some(format!("{method}: {}: {json}", derives(json).err()?));
    let refused: Vec<String> = read.iter().filter_map(refuse).collect();
    println!("{} answers of {}", read.len(), ANSWERS.len());
    assert!(!read.is_empty());
    assert!(refused.is_empty(), "{} of {} answers:\n{}", refused.len(), read.len(), refused.join("\n"));
}
