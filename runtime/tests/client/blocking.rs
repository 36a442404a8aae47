//! The blocking client, against a server on a runtime of its own.

use bitrix24_runtime::{blocking, client::Client};
use serde_json::json;

use crate::{
    methods::{get, list},
    server::{Server, json, ok},
};

#[test]
fn calls_lists_and_batches_block() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(|seen| match seen.method() {
        "crm.deal.get" => ok(json!({"ID": seen.json()["ID"]})),
        "crm.deal.list" if seen.json()["start"].is_null() => {
            json(200, json!({"result": [{"ID": 1}, {"ID": 2}], "next": 2}))
        }
        "crm.deal.list" => ok(json!([{"ID": 3}])),
        _ => ok(json!({"result": {"c0": {"ID": 8}}})),
    }));
    let inner = Client::builder().webhook(&server.webhook()).http_on_loopback().build().unwrap();
    let client = blocking::Client::new(inner).unwrap();
    assert_eq!(client.call(get::Request::new(7)).unwrap().result.id, Some(7));
    let ids: Vec<_> = client.items(list::Request::new()).map(|item| item.unwrap().id.unwrap()).collect();
    assert_eq!(ids, [1, 2, 3]);
    let mut batch = client.batch();
    let deal = batch.add(get::Request::new(8));
    assert_eq!(client.send(batch).take(deal).unwrap().result.id, Some(8));
}
