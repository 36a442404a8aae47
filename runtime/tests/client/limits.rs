//! The portal's limits are kept, and where it refuses all the same, calls wait and go on.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bitrix24_runtime::{CallError, Client, SystemError, client::Limits, error::FailureKind};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    methods::{delete, get},
    server::{Server, error, json, ok},
};

/// The portal's side of the documented limit: a counter that every request raises and that drains.
struct Counter {
    level: f64,
    highest: f64,
    at: Instant,
    drain: f64,
}

impl Counter {
    fn new(drain: f64) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Counter { level: 0.0, highest: 0.0, at: Instant::now(), drain }))
    }

    /// Whether the request passes.
    fn request(&mut self, threshold: f64) -> bool {
        let now = Instant::now();
        self.level = (self.level - (now - self.at).as_secs_f64() * self.drain).max(0.0);
        self.at = now;
        let passes = self.level + 1.0 <= threshold;
        self.level += f64::from(u8::from(passes));
        self.highest = self.highest.max(self.level);
        passes
    }
}

fn client(server: &Server, limits: Limits) -> Client {
    let day = Duration::from_secs(86_400);
    Client::builder().webhook(&server.webhook()).http_on_loopback().limits(limits).deadline(day).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn two_thousand_calls_never_fill_the_portals_counter() {
    let counter = Counter::new(2.0);
    let refused = Arc::new(AtomicUsize::new(0));
    let server = Server::start({
        let (counter, refused) = (counter.clone(), refused.clone());
        move |seen| {
            if counter.lock().unwrap().request(50.0) {
                return ok(json!({"ID": seen.json()["ID"]}));
            }
            refused.fetch_add(1, Ordering::Relaxed);
            error(503, "QUERY_LIMIT_EXCEEDED")
        }
    })
    .await;
    let client = client(&server, Limits::default());
    let start = Instant::now();
    let answers = join_all((0..2000).map(|id| {
        let client = client.clone();
        async move { client.call(get::Request::new(id)).await.unwrap().result.id.unwrap() }
    }))
    .await;
    assert_eq!(answers, (0..2000).collect::<Vec<_>>());
    assert_eq!(refused.load(Ordering::Relaxed), 0);
    assert!(counter.lock().unwrap().highest <= 50.0);
    // (2000 - 49) / 2 seconds: the rate is used to the full.
    assert!(start.elapsed().as_secs() <= 980);
}

#[tokio::test(start_paused = true)]
async fn other_programs_on_the_same_address_are_got_along_with() {
    let counter = Counter::new(2.0);
    let server = Server::start({
        let counter = counter.clone();
        move |_| {
            if counter.lock().unwrap().request(50.0) {
                return ok(json!(true));
            }
            error(503, "QUERY_LIMIT_EXCEEDED")
        }
    })
    .await;
    // Another program has filled the portal's counter.
    while counter.lock().unwrap().request(50.0) {}
    let client = client(&server, Limits::default());
    for answer in join_all((0..60).map(|id| client.call(delete::Request::new(id)))).await {
        assert!(answer.unwrap().result);
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_that_used_up_its_operating_time_waits() {
    let calls = Arc::new(AtomicUsize::new(0));
    let server = Server::start({
        let calls = calls.clone();
        move |_| {
            let operating = if calls.fetch_add(1, Ordering::Relaxed) == 0 { 475.0 } else { 10.0 };
            json(
                200,
                json!({"result": {"ID": 1}, "time": {"operating": operating, "processing": 8.0,
                    "finish": 1_700_000_000.0, "operating_reset_at": 1_700_000_240}}),
            )
        }
    })
    .await;
    let client = client(&server, Limits::unlimited());
    let start = Instant::now();
    client.call(get::Request::new(1)).await.unwrap();
    client.call(get::Request::new(1)).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 240);
    client.call(get::Request::new(1)).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 240);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_method_goes_on_when_the_block_ends() {
    let start = Instant::now();
    let server = Server::start(move |_| match start.elapsed().as_secs() {
        0..600 => error(429, "OPERATION_TIME_LIMIT"),
        _ => ok(json!(true)),
    })
    .await;
    assert!(client(&server, Limits::unlimited()).call(delete::Request::new(1)).await.unwrap().result);
    assert_eq!(server.count(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_block_beyond_the_deadline_is_told_at_once() {
    let server = Server::start(|_| error(429, "OPERATION_TIME_LIMIT")).await;
    let short = Duration::from_secs(30);
    let client = Client::builder().webhook(&server.webhook()).http_on_loopback().deadline(short).build().unwrap();
    let start = Instant::now();
    let error = client.call(delete::Request::new(1)).await.unwrap_err();
    assert_eq!(error.system(), Some(SystemError::OperationTimeLimit));
    let CallError::Failed(failure) = client.call(delete::Request::new(1)).await.unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Deadline { .. }));
    assert_eq!((start.elapsed(), server.count()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn a_manual_block_is_no_reason_to_wait() {
    let server = Server::start(|_| error(503, "OVERLOAD_LIMIT")).await;
    let error = client(&server, Limits::default()).call(get::Request::new(1)).await.unwrap_err();
    assert_eq!(error.system(), Some(SystemError::OverloadLimit));
    assert_eq!(server.count(), 1);
}
