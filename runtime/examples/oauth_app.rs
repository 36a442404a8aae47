//! An OAuth 2.0 application: from the user's browser to calls that renew their token. Starts the portal and the
//! authorisation server that it talks to.
//!
//! `cargo run -p bitrix24-runtime --example oauth_app`

use std::sync::Arc;

use bitrix24_runtime::{
    Client,
    client::{
        Reqwest,
        auth::{App, FileStore, TokenStore},
    },
};

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

use methods::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let portal = portal::start().await;
    // A real application leaves out `server` and `http_on_loopback`.
    let app = App::new("app.573ad8a0346747.09223434", "client secret").server(format!("http://{portal}/").parse()?);

    // 1. The user's browser is sent to their portal and comes back with a code.
    println!("send the browser to {}", app.authorize_url("example.bitrix24.com", "unguessable")?);
    let code = "the code that the browser came back with";

    // 2. The code becomes a token, which is kept.
    let folder = std::env::temp_dir().join(format!("bitrix24-example-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let store = Arc::new(FileStore::new(folder.join("token.json")));
    let token = app.exchange(&Reqwest::new()?, code).await?;
    println!("{token:?}");
    store.save(&token).await.map_err(|error| error.to_string())?;

    // 3. Calls use the token and, once it has expired, renew it without further ado.
    let client = Client::builder().app(app, store.clone()).http_on_loopback().build()?;
    println!("{:?}", client.call(get::Request::new(7)).await?.result.title);
    portal::expire_tokens();
    println!("{:?}", client.call(get::Request::new(8)).await?.result.title);

    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
