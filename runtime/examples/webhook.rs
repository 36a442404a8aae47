//! A webhook's client: calls, errors, a list, a batch. Starts the portal that it talks to.
//!
//! `cargo run -p bitrix24-runtime --example webhook`

use bitrix24_runtime::{CallError, Client};
use futures_util::TryStreamExt;

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "shared by examples and tests; the generator emits such code"
)]
#[path = "common/methods.rs"]
mod methods;
#[allow(dead_code, reason = "shared by the examples")]
#[path = "common/portal.rs"]
mod portal;

use methods::{delete, get, list};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let portal = portal::start().await;
    // A real portal needs only: Client::webhook("https://example.bitrix24.com/rest/1/CODE/")?
    let client = Client::builder().webhook(&format!("http://{portal}/rest/1/c0de/")).http_on_loopback().build()?;

    let deal = client.call(get::Request::new(7)).await?.result;
    println!("{:?}", deal.title);
    assert_eq!(deal.title.as_deref(), Some("Deal 7"));

    match client.call(delete::Request::new(4)).await {
        Ok(reply) => println!("deleted: {}", reply.result),
        Err(error) => match error.code() {
            Some(delete::ErrorCode::ConnectorDeleteRestricted) => println!("still in use: {error}"),
            _ => return Err(error.into()),
        },
    }

    let titles: Vec<_> = client.items(list::Request::new()).map_ok(|deal| deal.title).try_collect().await?;
    println!("{} deals", titles.len());
    assert_eq!(titles.len(), 120);

    let mut batch = client.batch();
    let first = batch.add(get::Request::new(1));
    let second = batch.add(get::Request::new(2));
    let mut reply = batch.send().await;
    println!("{:?} and {:?}", reply.take(first)?.result.title, reply.take(second)?.result.title);

    let elsewhere = Client::webhook("https://127.0.0.1:1/rest/1/CODE/")?;
    if let Err(CallError::Failed(failure)) = elsewhere.call(get::Request::new(1)).await {
        println!("{failure}");
    }
    Ok(())
}
