//! A call over HTTP: results and errors come back typed.

use std::{collections::HashMap, sync::Mutex};

use bitrix24_runtime::{
    CallError, Client, SystemError,
    client::{
        CallOptions,
        transport::{BoxFuture, HeaderMap, Request, Response, Transport, Verb},
    },
    error::{FailureKind, TransportError},
};
use futures_util::{TryStreamExt, stream};
use serde_json::json;

use crate::{
    methods::{add_v3, complete, delete, get},
    server::{Act, Server, WEBHOOK_CODE, answer, error, json, ok},
};

pub fn client(server: &Server) -> Client {
    Client::builder().webhook(&server.webhook()).http_on_loopback().build().unwrap()
}

#[tokio::test]
async fn a_result_comes_back_typed() {
    let server = Server::start(|_| {
        json(
            200,
            json!({"result": true, "time": {"start": 1725365418.056843, "finish": 1725365419.671506,
                "duration": 1.6146628856658936, "processing": 1.3475170135498047,
                "date_start": "2024-09-03T14:10:18+02:00", "date_finish": "2024-09-03T14:10:19+02:00"}}),
        )
    })
    .await;
    let reply = client(&server).call(delete::Request::new(4)).await.unwrap();
    assert!(reply.result);
    assert_eq!(reply.time.unwrap().duration, Some(1.6146628856658936));

    let seen = &server.seen()[0];
    assert_eq!(seen.verb, "POST");
    assert_eq!(seen.path, format!("/rest/1/{WEBHOOK_CODE}/biconnector.connector.delete"));
    assert_eq!(seen.body, br#"{"id":4}"#);
    assert_eq!(seen.headers["content-type"], "application/json");
}

#[tokio::test]
async fn each_documented_error_comes_back_typed() {
    use delete::ErrorCode::*;
    let rows = [
        ("VALIDATION_ID_NOT_PROVIDED", "ID is missing.", ValidationIdNotProvided),
        ("VALIDATION_INVALID_ID_FORMAT", "ID has to be a positive integer.", ValidationInvalidIdFormat),
        ("CONNECTOR_NOT_FOUND", "Connector was not found.", ConnectorNotFound),
        (
            "CONNECTOR_DELETE_RESTRICTED",
            "Connector cannot be removed. Remove the connections related to the connector first.",
            ConnectorDeleteRestricted,
        ),
    ];
    // The docs show errors with status 200; the portal uses others too.
    for status in [200, 400] {
        for (code, message, variant) in rows {
            let body = json!({"error": code, "error_description": message});
            let server = Server::start(move |_| json(status, body.clone())).await;
            let error = client(&server).call(delete::Request::new(4)).await.unwrap_err();
            assert_eq!(error.code(), Some(variant));
            let text = error.to_string();
            assert!(text.contains("biconnector.connector.delete") && text.contains(code), "{text}");
            assert!(text.contains(&server.address.to_string()), "{text}");
            assert_eq!(server.count(), 1);
        }
    }
}

#[tokio::test]
async fn errors_that_every_method_shares_are_typed_too() {
    let server = Server::start(|_| error(401, "NO_AUTH_FOUND")).await;
    let error = client(&server).call(get::Request::new(1)).await.unwrap_err();
    assert_eq!(error.system(), Some(SystemError::NoAuthFound));
}

#[tokio::test]
async fn a_v3_method_has_its_own_address_and_envelopes() {
    let server = Server::start(|seen| match seen.json()["title"].as_str() {
        Some("") => json(
            400,
            json!({"error": {"code": "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION",
                "message": "Error validating request object",
                "validation": [{"field": "title", "message": "must not be empty"}]}}),
        ),
        _ => ok(json!({"id": "7"})),
    })
    .await;
    let client = client(&server);
    let reply = client.call(add_v3::Request::new("Call back")).await.unwrap();
    assert_eq!(reply.result.id, Some(7));
    assert_eq!(server.seen()[0].path, format!("/rest/api/1/{WEBHOOK_CODE}/tasks.task.add"));
    let error = client.call(add_v3::Request::new("")).await.unwrap_err();
    assert_eq!(error.code(), Some(add_v3::ErrorCode::ValidationTitle));
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_told_apart() {
    let server =
        Server::start(|_| Act::Answer(answer(403, format!("<html>Forbidden: /rest/1/{WEBHOOK_CODE}/x</html>")))).await;
    let CallError::Failed(failure) = client(&server).call(get::Request::new(1)).await.unwrap_err() else { panic!() };
    let FailureKind::Http { status: 403, body } = &failure.kind else { panic!("{failure}") };
    assert_eq!(body, "<html>Forbidden: /rest/1/[secret]/x</html>");
    assert!(!failure.context.may_have_run);
}

#[tokio::test]
async fn a_result_of_another_shape_says_where() {
    let server = Server::start(|_| ok(json!({"ID": {"x": 1}}))).await;
    let error = client(&server).call(get::Request::new(1)).await.unwrap_err();
    assert!(matches!(error, CallError::Decode { .. }));
    let text = error.to_string();
    assert!(text.contains("result.ID") && text.contains("crm.deal.get"), "{text}");
}

#[test]
fn plain_http_is_refused() {
    assert!(Client::webhook("http://127.0.0.1:1/rest/1/c/").is_err());
    assert!(Client::builder().webhook("http://example.com/rest/1/c/").http_on_loopback().build().is_err());
}

#[tokio::test]
async fn a_v3_call_with_a_key_is_carried_out_once() {
    const REUSED: &str = "BITRIX_REST_V3_EXCEPTION_IDEMPOTENCYKEYREUSEDEXCEPTION";
    let kept = Mutex::new(HashMap::new());
    let server = Server::start(move |seen| {
        let mut kept = kept.lock().unwrap();
        let number = kept.len() + 1;
        let key = seen.headers["idempotency-key"].clone();
        let answer = |number: usize| answer(200, json!({"result": {"id": number}}).to_string());
        match kept.get(&key) {
            None => {
                kept.insert(key, (seen.body.clone(), number));
                Act::Answer(answer(number))
            }
            Some((body, number)) if *body == seen.body => {
                Act::Answer(answer(*number).header("Idempotent-Replayed", "true"))
            }
            Some(_) => json(422, json!({"error": {"code": REUSED, "message": "The key was used before"}})),
        }
    })
    .await;
    let client = client(&server);
    let call =
        |title: &str, key: &str| client.call_with(add_v3::Request::new(title), CallOptions::new().idempotency_key(key));
    let first = call("Call back", "order 77").await.unwrap();
    assert_eq!((first.result.id, first.replayed), (Some(1), false));
    let again = call("Call back", "order 77").await.unwrap();
    assert_eq!((again.result.id, again.replayed), (Some(1), true));
    let other = call("Write back", "order 77").await.unwrap_err();
    assert_eq!(other.system(), Some(SystemError::IdempotencyKeyReused));
    // A call with a key that HTTP cannot carry is not sent.
    let sent = server.count();
    for key in ["", "ключ", "a\tb", &"k".repeat(256)] {
        let CallError::Failed(failure) = call("Call back", key).await.unwrap_err() else { panic!() };
        assert!(matches!(failure.kind, FailureKind::Skipped(_)) && !failure.context.may_have_run, "{failure}");
    }
    assert_eq!(server.count(), sent);
}

#[tokio::test]
async fn parameters_by_position_are_a_list() {
    let server = Server::start(|_| ok(json!(true))).await;
    assert!(client(&server).call(complete::Request::new(13, 21)).await.unwrap().result);
    assert_eq!(server.seen()[0].body, b"[13,21]");
}

#[tokio::test]
async fn a_reply_has_status_headers_and_the_raw_body() {
    let server = Server::start(|_| Act::Answer(answer(200, r#"{"result":true}"#).header("X-Bitrix-Node", "7"))).await;
    let reply = client(&server).call(delete::Request::new(4)).await.unwrap();
    assert_eq!((reply.status, &reply.headers["x-bitrix-node"]), (200, &"7".parse().unwrap()));
    assert_eq!(reply.raw, br#"{"result":true}"#);
}

#[tokio::test]
async fn a_deadline_without_end_is_one() {
    let server = Server::start(|_| ok(json!(true))).await;
    let forever = std::time::Duration::MAX;
    let builder = Client::builder().webhook(&server.webhook()).http_on_loopback();
    let client = builder.deadline(forever).attempt_timeout(forever).build().unwrap();
    assert!(client.call(delete::Request::new(4)).await.unwrap().result);
}

/// A stack of one's own: here one without a network.
struct Echo;

impl Transport for Echo {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        assert_eq!(request.verb, Verb::Post);
        let shown = format!("{request:?}");
        assert!(shown.contains("example.bitrix24.com") && !shown.contains("c0de"), "{shown}");
        Box::pin(async move {
            let sent: Vec<_> = request.body.into_stream().try_collect().await.unwrap();
            let sent: serde_json::Value = serde_json::from_slice(&sent.concat()).unwrap();
            let body = json!({"result": {"ID": sent["ID"]}}).to_string();
            let chunks = stream::iter([Ok(body.into())]);
            Ok(Response::new(200, HeaderMap::default(), Box::pin(chunks)))
        })
    }
}

#[tokio::test]
async fn another_http_stack_can_be_put_in() {
    let client =
        Client::builder().webhook("https://example.bitrix24.com/rest/1/c0de/").transport(Echo).build().unwrap();
    assert_eq!(client.call(get::Request::new(7)).await.unwrap().result.id, Some(7));
}
