//! Generated methods against a portal on loopback: what goes over the wire, and what comes back typed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, http::Uri, http::header::CONTENT_TYPE};
use bitrix24::{
    CallError, Client, Conditions, Effect, ErrorCode as _, Filter, Method, Order, Pagination, SystemError,
    biconnector::connector::delete, tasks, v3::tasks::task::get,
};
use serde_json::{Value, json};

/// A portal that gives every call the same answer and keeps what it was asked.
struct Portal {
    client: Client,
    host: String,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    body: String,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Portal {
    async fn answering(status: u16, body: Value) -> Portal {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, body: body.to_string(), seen: seen.clone() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(handle).with_state(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let webhook = format!("http://{host}/rest/1/c0de/");
        let client = Client::builder().webhook(&webhook).http_on_loopback().build().unwrap();
        Portal { client, host, seen }
    }

    /// The only call that came.
    fn seen(&self) -> (String, Value) {
        let [call] = &self.seen.lock().unwrap()[..] else { panic!("not one call") };
        call.clone()
    }
}

async fn handle(
    State(answer): State<Answer>,
    uri: Uri,
    body: Bytes,
) -> (StatusCode, [(axum::http::HeaderName, &'static str); 1], String) {
    answer.seen.lock().unwrap().push((uri.path().to_owned(), serde_json::from_slice(&body).unwrap()));
    (answer.status, [(CONTENT_TYPE, "application/json")], answer.body)
}

/// What `biconnector.connector.delete` gives where the portal answers with this error.
async fn refused(status: u16, code: &str, message: &str) -> (String, CallError<delete::ErrorCode>) {
    let portal = Portal::answering(status, json!({ "error": code, "error_description": message })).await;
    let error = portal.client.call(delete::Request::new(4)).await.unwrap_err();
    (portal.host, error)
}

#[test]
fn a_request_serialises_to_its_documented_body() {
    assert_eq!(serde_json::to_string(&delete::Request::new(4)).unwrap(), r#"{"id":4}"#);
}

#[test]
fn filters_orders_and_selections_of_the_second_version_are_maps_and_lists() {
    let either = [Filter::new().is("RESPONSIBLE_ID", 3), Filter::new().is("CREATED_BY", 3)];
    let filter = Filter::new().ge("ID", 7).none_of("STATUS", [4, 5]).like("TITLE", "ship").any_of(either);
    let request = tasks::task::list::Request::new()
        .order(Order::new().desc("CREATED_DATE").asc("ID"))
        .filter(filter)
        .select(["ID", "TITLE"])
        .start(50);
    let sent: Value = serde_json::to_value(&request).unwrap();
    assert_eq!(
        sent,
        json!({
            "order": {"CREATED_DATE": "DESC", "ID": "ASC"},
            "filter": {
                ">=ID": 7, "!@STATUS": [4, 5], "%TITLE": "ship",
                "0": {"logic": "OR", "0": {"RESPONSIBLE_ID": 3}, "1": {"CREATED_BY": 3}},
            },
            "select": ["ID", "TITLE"],
            "start": 50,
        })
    );
}

#[test]
fn filters_and_pages_of_the_third_version_are_conditions_and_an_object() {
    use bitrix24::v3::tasks::task::result::list;

    let either = Conditions::new().eq("status", "open").between("id", 10, 20);
    let request = list::Request::new(Conditions::new().one_of("taskId", [8, 9]).any_of(either))
        .order(Order::new().asc("id"))
        .select(["id", "text"])
        .pagination(Pagination::page(2).limit(20));
    let sent: Value = serde_json::to_value(&request).unwrap();
    assert_eq!(
        sent,
        json!({
            "filter": [
                ["taskId", "in", [8, 9]],
                {"logic": "or", "conditions": [["status", "=", "open"], ["id", "between", [10, 20]]]},
            ],
            "order": {"id": "ASC"},
            "select": ["id", "text"],
            "pagination": {"page": 2, "limit": 20},
        })
    );
}

#[test]
fn a_method_knows_what_its_page_says() {
    let info = <delete::Request as Method>::INFO;
    assert_eq!(
        (info.name, info.scopes, info.effect),
        ("biconnector.connector.delete", &["biconnector"][..], Effect::Write)
    );
    assert!(info.page.ends_with("/biconnector/connector/biconnector-connector-delete.html"), "{}", info.page);
}

#[tokio::test]
async fn the_documented_success_comes_back_typed() {
    let portal = Portal::answering(
        200,
        json!({
            "result": true,
            "time": {
                "start": 1_772_706_406.672_343,
                "finish": 1_772_706_407.365_652,
                "duration": 0.693_309,
                "processing": 0.462_218,
                "date_start": "2026-03-05T12:26:46+02:00",
                "date_finish": "2026-03-05T12:26:47+02:00",
            },
        }),
    )
    .await;
    let reply = portal.client.call(delete::Request::new(4)).await.unwrap();
    assert!(reply.result);
    assert!(reply.time.is_some());
    assert_eq!(portal.seen(), ("/rest/1/c0de/biconnector.connector.delete".to_owned(), json!({ "id": 4 })));
}

#[tokio::test]
async fn each_documented_error_comes_back_typed() {
    use delete::ErrorCode::*;
    let documented = [
        (ValidationIdNotProvided, "VALIDATION_ID_NOT_PROVIDED", "ID is missing."),
        (ValidationInvalidIdFormat, "VALIDATION_INVALID_ID_FORMAT", "ID has to be a positive integer."),
        (ConnectorNotFound, "CONNECTOR_NOT_FOUND", "Connector was not found."),
        (
            ConnectorDeleteRestricted,
            "CONNECTOR_DELETE_RESTRICTED",
            "Connector cannot be removed. Remove the connections related to the connector first.",
        ),
    ];
    assert_eq!(delete::ErrorCode::ALL, documented.map(|(variant, ..)| variant));
    for (variant, code, message) in documented {
        assert_eq!(variant.to_string(), message);

        let (host, error) = refused(200, code, message).await;
        assert_eq!(error.code(), Some(variant));
        let answer = error.server_error().unwrap();
        assert_eq!((answer.code.as_str(), answer.message.as_str(), answer.status), (code, message, 200));
        assert_eq!(
            error.to_string(),
            format!("biconnector.connector.delete on {host} (attempt 1): {code}: {message} (HTTP 200)")
        );
    }
}

#[tokio::test]
async fn an_error_that_the_docs_do_not_know_stays_readable() {
    let (host, error) = refused(400, "CONNECTOR_IS_ASLEEP", "Wake it first.").await;
    assert_eq!((error.code(), error.system()), (None, None));
    assert_eq!(
        error.to_string(),
        format!("biconnector.connector.delete on {host} (attempt 1): CONNECTOR_IS_ASLEEP: Wake it first. (HTTP 400)")
    );
}

#[tokio::test]
async fn a_system_error_is_typed_beside_the_methods_own() {
    let message = "The request requires higher privileges than provided by the webhook token";
    let (_, error) = refused(403, "insufficient_scope", message).await;
    assert_eq!((error.code(), error.system()), (None, Some(SystemError::InsufficientScope)));
    assert_eq!(error.server_error().unwrap().message, message);
}

#[tokio::test]
async fn a_method_of_the_third_version_has_its_own_address_and_envelope() {
    let item = json!({
        "id": 905, "title": "Count the stock", "status": "pending", "deadline": "2026-02-27T18:00:00+02:00",
        "responsible": { "name": "Ines Duarte", "email": "ines@acme.example" },
    });
    let portal = Portal::answering(200, json!({ "result": { "item": item } })).await;
    let request = get::Request::new(905).select(["id", "title", "responsible.name"]);
    let item = portal.client.call(request).await.unwrap().result.item.unwrap();
    assert_eq!((item.id, item.title.as_deref()), (Some(905), Some("Count the stock")));
    assert_eq!(item.responsible.unwrap().name.as_deref(), Some("Ines Duarte"));
    let (path, body) = portal.seen();
    assert_eq!(path, "/rest/api/1/c0de/tasks.task.get");
    assert_eq!(body, json!({ "id": 905, "select": ["id", "title", "responsible.name"] }));
}

#[tokio::test]
async fn a_validation_error_names_each_field() {
    let code = "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION";
    let message = "Error during request object validation";
    let violation = json!({ "field": "id", "message": "Required field `id` is missing" });
    let answer = json!({ "error": { "code": code, "message": message, "validation": [violation] } });
    let portal = Portal::answering(400, answer).await;
    let error = portal.client.call(get::Request::new(0)).await.unwrap_err();

    assert_eq!(error.code(), Some(get::ErrorCode::RequestValidationId));
    assert_eq!(error.system(), Some(SystemError::RequestValidation));
    let [violation] = &error.server_error().unwrap().validation[..] else { panic!("{error:?}") };
    assert_eq!((violation.field.as_str(), violation.message.as_str()), ("id", "Required field `id` is missing"));
    assert_eq!(
        error.to_string(),
        format!(
            "tasks.task.get on {} (attempt 1): {code}: {message} (HTTP 400); id: Required field `id` is missing",
            portal.host
        )
    );
}
