//! Deletes a connector, and says what stands in the way.
//!
//! ```sh
//! BITRIX24_WEBHOOK=https://example.bitrix24.com/rest/1/SECRET/ \
//!     cargo run -p bitrix24 --features biconnector --example delete_connector -- 4
//! ```

use bitrix24::{Client, SystemError, biconnector::connector::delete};
use delete::ErrorCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let webhook = std::env::var("BITRIX24_WEBHOOK").map_err(|_| "set BITRIX24_WEBHOOK to the address of a webhook")?;
    let id = std::env::args().nth(1).ok_or("usage: delete_connector ID")?.parse()?;

    let client = Client::webhook(&webhook)?;
    match client.call(delete::Request::new(id)).await {
        Ok(reply) => println!("deleted: {}", reply.result),
        Err(error) => match (error.code(), error.system()) {
            (Some(ErrorCode::ConnectorDeleteRestricted), _) => println!("delete its sources first"),
            (Some(ErrorCode::ConnectorNotFound), _) => println!("it is gone already"),
            (_, Some(SystemError::InsufficientScope)) => println!("the webhook needs the scope `biconnector`"),
            _ => return Err(error.into()),
        },
    }
    Ok(())
}
