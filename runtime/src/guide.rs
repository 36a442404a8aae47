//! The integrator's guide: from a webhook to an application to a handler of events.
//!
//! Every snippet here is compiled. The methods in them (`get`, `list`, `delete`) stand for those of the generated crate,
//! where they have their module's path: `crm::deal::get`. Programs that run are in the folder `examples/` of this crate;
//! each starts the portal that it talks to.
//!
//! # 1. A webhook
//!
//! An incoming webhook is a secret address that a user sets up on their portal. It is the quickest way to one portal and
//! has the rights of that user.
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::Client;
//!
//! let client = Client::webhook(&std::env::var("BITRIX24_WEBHOOK")?)?;
//! let reply = client.call(get::Request::new(7)).await?;
//! println!("{:?}, took {:?} s", reply.result.title, reply.time.and_then(|time| time.duration));
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! Make one client per portal and clone it: clones share connections, tokens and above all the portal's
//! [limits](crate::client::Limits), which are kept for you: calls wait for their turn. The Enterprise plan allows more:
//!
//! ```no_run
//! # fn run(url: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::{Client, client::Limits};
//! use std::time::Duration;
//!
//! let client = Client::builder()
//!     .webhook(url)
//!     .limits(Limits::enterprise())
//!     .deadline(Duration::from_secs(600))
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # 2. Errors
//!
//! A [`CallError`](crate::CallError) is one of three: the portal answered with an error, with something that is no result
//! of the method, or not at all. Documented errors of the method are an enum; what any method can answer with is a
//! [`SystemError`](crate::SystemError).
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(client: bitrix24_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::SystemError;
//!
//! match client.call(delete::Request::new(4)).await {
//!     Ok(reply) => println!("deleted: {}", reply.result),
//!     Err(error) if error.code() == Some(delete::ErrorCode::ConnectorNotFound) => println!("was gone already"),
//!     Err(error) if error.system() == Some(SystemError::InsufficientScope) => println!("the webhook may not do that"),
//!     Err(error) if error.context().may_have_run => println!("look whether it was done: {error}"),
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! What may pass is [tried again](crate::client::Retry) before you see it, unless that could do a thing twice: a v2 call that
//! writes and whose answer got lost is *not* repeated, and its error says that it may have run. v3 calls that write carry an
//! idempotency key and are repeated safely; give [your own key](crate::client::CallOptions::idempotency_key) to repeat one
//! even after a crash of your program.
//!
//! # 3. Lists
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(client: bitrix24_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::TryStreamExt;
//!
//! let mut deals = client.items_by_id(list::Request::new());
//! while let Some(deal) = deals.try_next().await? {
//!     println!("{:?}", deal.title);
//! }
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! [`items`](crate::Client::items) knows the total and keeps the server's order;
//! [`items_by_id`](crate::Client::items_by_id) does not count and is far quicker for long lists. Both fetch a page when it
//! is needed, so memory stays small, and a stream that is dropped asks for no more. Lists that page in ways of their own (by
//! page number, by a cursor, after the last item) stream alike; `on_progress` tells how far one has come.
//!
//! # 4. Batches
//!
//! Up to 50 commands count as one request against the limit.
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(client: bitrix24_runtime::Client, ids: Vec<i64>) -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::TryStreamExt;
//!
//! let mut batch = client.batch();
//! let newest = batch.add(list::Request::new());
//! let deal = batch.add_with(get::Request::new(0), [("ID", newest.result("[0][ID]"))]);
//! let mut reply = batch.send().await;
//! println!("{} deals, the first is {:?}", reply.take(newest)?.result.len(), reply.take(deal)?.result.title);
//!
//! // Many calls of one method: fifty to a request, answers in order.
//! let deals: Vec<_> = client.call_all(ids.into_iter().map(get::Request::new)).try_collect().await?;
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! # 5. Files
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(client: bitrix24_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::client::Upload;
//!
//! let film = Upload::from_path("film.mp4").await?;
//! client.call(upload::Request::new(8930, film.file())).await?;
//!
//! let download = client.download("https://example.bitrix24.com/rest/download.json?token=TOKEN").await?;
//! download.save("film.mp4").await?;
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! The file is encoded while it is sent and is never held whole, in a batch neither. Small files are simpler as [`File::new`](crate::File::new).
//!
//! # 6. An application
//!
//! An application is installed on many portals and acts there for its users. Its tokens last an hour; when one has expired,
//! the client renews it, once, however many calls are waiting, and keeps the new one in your
//! [`TokenStore`](crate::client::auth::TokenStore).
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(code: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::{
//!     Client,
//!     client::{
//!         Reqwest,
//!         auth::{App, FileStore, TokenStore},
//!     },
//! };
//!
//! let app = App::new("app.573ad8a0346747.09223434", std::env::var("CLIENT_SECRET")?);
//! // The user's browser goes here and comes back to your application with a code and the same state.
//! let authorize = app.authorize_url("example.bitrix24.com", "unguessable")?;
//!
//! let store = FileStore::new("example.bitrix24.com.json");
//! let token = app.exchange(&Reqwest::new()?, code).await?;
//! store.save(&token).await.map_err(|error| error.to_string())?;
//!
//! let client = Client::builder().app(app, store).build()?;
//! client.call(get::Request::new(7)).await?;
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! A portal that gets a new address redirects its callers. The client follows within the vendor's cloud (elsewhere only to
//! hosts that you [allow](crate::client::ClientBuilder::may_move_to)) and tells the store.
//!
//! # 7. Events
//!
//! A handler is an address of yours to which portals post. [`events`](mod@crate::events) reads and checks what comes, in any web
//! framework; this is `axum`:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use axum::{Router, body::Bytes, extract::State, http::{HeaderMap, StatusCode}, routing::post};
//! use bitrix24_runtime::events::{SecretString, Unverified};
//!
//! async fn handle(State(token): State<Arc<SecretString>>, headers: HeaderMap, body: Bytes) -> StatusCode {
//!     let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
//!     match Unverified::read(content_type, &body).and_then(|event| event.verify(&token)) {
//!         // Put it into a queue and answer at once.
//!         Ok(event) => {
//!             println!("{} {}", event.name(), event.as_json()["data"]);
//!             StatusCode::OK
//!         }
//!         Err(rejected) => StatusCode::from_u16(rejected.status()).unwrap_or(StatusCode::BAD_REQUEST),
//!     }
//! }
//!
//! let token = Arc::new(SecretString::from("the application_token that came with ONAPPINSTALL"));
//! let router: Router = Router::new().route("/handler", post(handle)).with_state(token);
//! ```
//!
//! # 8. Placements and webhooks
//!
//! In a placement (a tab of a deal, an item of a menu) the portal opens your page and posts a form to it: who is there, with
//! what tokens, and in `PLACEMENT_OPTIONS` where. The generated modules have the types of their placements and an enum over them
//! (`crm::placements::Placement`); here one is written by hand:
//!
//! ```
//! use bitrix24_runtime::{AnyPlacement, EventBody, Extra, InboundInfo, Placement, PlacementCall, object, placements};
//!
//! pub struct CrmDealDetailTab {
//!     pub id: Option<i64>,
//!     pub extra: Extra,
//! }
//! object! { CrmDealDetailTab { 0 "ID" id, } }
//! impl Placement for CrmDealDetailTab {
//!     const INFO: &'static InboundInfo = &InboundInfo { name: "CRM_DEAL_DETAIL_TAB", page: "" };
//! }
//! pub enum Place {
//!     CrmDealDetailTab(Box<PlacementCall<CrmDealDetailTab>>),
//!     Other(EventBody),
//! }
//! placements! { Place { CrmDealDetailTab CrmDealDetailTab, } }
//!
//! // What any web framework hands over: the query of the address and the body.
//! fn page(query: &str, body: &[u8]) -> Result<String, bitrix24_runtime::DecodeError> {
//!     Ok(match Place::from_body(EventBody::parse_with_query(query, body)?)? {
//!         Place::CrmDealDetailTab(call) => format!("deal {:?}", call.options.and_then(|options| options.id)),
//!         Place::Other(form) => format!("opened in {}", form.placement()),
//!     })
//! }
//!
//! let body = b"AUTH_ID=a&PLACEMENT=CRM_DEAL_DETAIL_TAB&PLACEMENT_OPTIONS=%7B%22ID%22%3A%227%22%7D";
//! assert_eq!(page("DOMAIN=example.bitrix24.com", body)?, "deal Some(7)");
//! # Ok::<(), bitrix24_runtime::DecodeError>(())
//! ```
//!
//! Anyone can post such a form: call the portal with [its token](crate::client::auth::Token::from_frame) before you trust it.
//!
//! A [`Webhook`](crate::Webhook) is a request to an address that you gave a method as a parameter (of a delivery service, a
//! cash register): read it by [`EventBody::read`](crate::EventBody::read) and answer its
//! [`Answer`](crate::Webhook::Answer) as JSON, where it has one.
//!
//! # 9. In production
//!
//! - **Secrets** are in no log, error or `Debug` of this crate. Webhook addresses belong in the environment or a vault.
//! - **Logs** come through `tracing`: attempts at `debug`, moved portals and failed renewals at `warn` and `error`.
//! - **Deadlines** hold for a call with all its waiting and repeating: three minutes unless you say otherwise.
//! - **Cancelling** is dropping the future. What was sent by then may still be carried out.
//! - **Another HTTP stack** is an implementation of [`Transport`](crate::client::transport::Transport); without the feature
//!   `reqwest` none is compiled.
//! - **Without an async runtime**: the feature `blocking`.
