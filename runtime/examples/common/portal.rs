//! A small portal on loopback for the examples: a few methods, an authorisation server, and events on demand.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How often the portal has given out a token: the last one is valid.
static TOKENS: AtomicU32 = AtomicU32::new(0);

/// Starts the portal and gives its address.
pub(crate) async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let portal = Router::new()
        .route("/rest/1/c0de/{method}", post(by_webhook))
        .route("/rest/{method}", post(by_application))
        .route("/oauth/token/", get(token))
        .with_state(address);
    tokio::spawn(async move { axum::serve(listener, portal).await });
    address
}

type Answer = (StatusCode, Json<Value>);

async fn by_webhook(Path((method,)): Path<(String,)>, Json(sent): Json<Value>) -> Answer {
    println!("  portal: {method} {sent}");
    run(&method, &sent)
}

async fn by_application(Path((method,)): Path<(String,)>, Json(sent): Json<Value>) -> Answer {
    println!("  portal: {method}, by an application");
    if sent["auth"] == format!("access{}", TOKENS.load(Ordering::Relaxed)) {
        return run(&method, &sent);
    }
    refuse(StatusCode::UNAUTHORIZED, "expired_token", "The access token provided has expired")
}

async fn token(State(address): State<SocketAddr>, Query(asked): Query<Value>) -> Json<Value> {
    println!("  authorisation server: {}", asked["grant_type"]);
    let number = TOKENS.fetch_add(1, Ordering::Relaxed) + 1;
    Json(json!({"access_token": format!("access{number}"), "refresh_token": format!("refresh{number}"),
        "client_endpoint": format!("http://{address}/rest/"), "expires_in": 3600, "member_id": "m1", "user_id": 67}))
}

/// As if the hour of the last token were over.
pub(crate) fn expire_tokens() {
    TOKENS.fetch_add(1, Ordering::Relaxed);
}

fn run(method: &str, sent: &Value) -> Answer {
    let deal = |id: i64| json!({"ID": id.to_string(), "TITLE": format!("Deal {id}")});
    match method {
        "crm.deal.get" => answer(json!({"result": deal(sent["ID"].as_i64().unwrap_or(0))})),
        "crm.deal.list" => {
            let start = sent["start"].as_i64().unwrap_or(0);
            let deals: Vec<_> = (start + 1..=120).take(50).map(deal).collect();
            let next = (start + 50 < 120).then_some(start + 50);
            answer(json!({"result": deals, "total": 120, "next": next}))
        }
        "biconnector.connector.delete" => refuse(
            StatusCode::OK,
            "CONNECTOR_DELETE_RESTRICTED",
            "Connector cannot be removed. Remove the connections related to the connector first.",
        ),
        "batch" => {
            let commands = sent["cmd"].as_object().cloned().unwrap_or_default();
            let results = commands.into_iter().map(|(key, command)| {
                let command = command.as_str().unwrap_or_default();
                let id = command.rsplit('=').next().and_then(|id| id.parse().ok());
                (key, deal(id.unwrap_or(1)))
            });
            let results: serde_json::Map<_, _> = results.collect();
            answer(json!({"result": {"result": results, "result_error": []}}))
        }
        _ => refuse(StatusCode::NOT_FOUND, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
    }
}

fn answer(body: Value) -> Answer {
    (StatusCode::OK, Json(body))
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Answer {
    (status, Json(json!({"error": code, "error_description": message})))
}
