//! What the client costs: `cargo bench -p bitrix24-runtime --bench client`.
//!
//! One server on loopback, on a thread of its own, answers everything with the same bytes. Against it, in one run:
//!
//! - the time of a call, next to bare `reqwest` that reads the same answer as a `serde_json::Value`, in alternating rounds;
//! - memory while a million items stream by;
//! - memory while a large file is uploaded from its path.
//!
//! `cargo test --bench client` does a little of each, to see that it works.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a program that measures")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use bitrix24_runtime::{
    Client,
    client::{Limits, Upload},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[allow(dead_code, reason = "shared with tests and examples")]
#[path = "../examples/common/methods.rs"]
mod methods;

use methods::{get, list, upload};

const CALLS: u32 = 100;

/// How much is done.
#[derive(Clone, Copy)]
struct Extent {
    rounds: usize,
    items: u64,
    file: u64,
}

const MEASURED: Extent = Extent { rounds: 101, items: 1_000_000, file: 256 << 20 };
const TRIED: Extent = Extent { rounds: 1, items: 1_000, file: 1 << 20 };

fn main() {
    // What Cargo adds where benches are measured.
    let extent = if std::env::args().any(|argument| argument == "--bench") { MEASURED } else { TRIED };
    let (portal, portal_page) = (serve(row(), extent.items), serve(page(extent.items), extent.items));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        compare("one deal", portal, Called::Deal, extent.rounds).await;
        compare("50 deals", portal_page, Called::Page, extent.rounds).await;
        stream_items(portal_page, extent.items).await;
        large_file(portal, extent.file).await;
    });
}

fn row() -> Value {
    json!({"result": deal(7), "time": time()})
}

fn page(items: u64) -> Value {
    let deals: Vec<_> = (1..=50).map(deal).collect();
    json!({"result": deals, "next": 50, "total": items, "time": time()})
}

fn deal(id: u64) -> Value {
    json!({"ID": id.to_string(), "TITLE": format!("Deal number {id}"), "TYPE_ID": "SALE", "STAGE_ID": "NEW",
        "PROBABILITY": null, "CURRENCY_ID": "EUR", "OPPORTUNITY": "1200.50", "IS_MANUAL_OPPORTUNITY": "N",
        "COMPANY_ID": "5", "CONTACT_ID": "84", "BEGINDATE": "2024-08-30T02:00:00+02:00",
        "CLOSEDATE": "2024-09-09T02:00:00+02:00", "ASSIGNED_BY_ID": "3", "CREATED_BY_ID": "1",
        "DATE_CREATE": "2024-08-29T14:10:18+02:00", "OPENED": "Y", "CLOSED": "N", "COMMENTS": "Called twice",
        "CATEGORY_ID": "0", "SOURCE_ID": "CALL", "UF_CRM_1721244482250": "own field"})
}

fn time() -> Value {
    json!({"start": 1_725_365_418.056_843, "finish": 1_725_365_419.671_506, "duration": 1.614_662,
        "processing": 1.347_517, "date_start": "2024-09-03T14:10:18+02:00", "date_finish": "2024-09-03T14:10:19+02:00",
        "operating_reset_at": 1_725_366_018, "operating": 1.3})
}

/// A server that answers every request with `body`; in pages, `next` goes on from the request's `start` up to `items`.
fn serve(body: Value, items: u64) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, body.to_string(), items));
            }
        });
    });
    told.recv().unwrap()
}

async fn answer(mut stream: TcpStream, body: String, items: u64) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::with_capacity(64 << 10);
    loop {
        let head_end = loop {
            if let Some(end) = memchr::memmem::find(&buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let head = String::from_utf8_lossy(&buffer[..head_end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        let mut sent = buffer.split_off(head_end);
        let mut left = length - sent.len();
        let mut sink = vec![0; 64 << 10];
        while left > 0 {
            let size = sink.len().min(left);
            left -= stream.read(&mut sink[..size]).await.unwrap();
        }
        sent.truncate(1 << 10);
        let start = memchr::memmem::find(&sent, br#""start":"#)
            .and_then(|at| std::str::from_utf8(&sent[at + 8..]).ok())
            .and_then(|text| text.split(|end: char| !end.is_ascii_digit()).next()?.parse::<u64>().ok())
            .unwrap_or(0);
        let next = if start + 50 < items { (start + 50).to_string() } else { "null".to_owned() };
        let body = body.replacen("\"next\":50", &format!("\"next\":{next}"), 1);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
        buffer.clear();
    }
}

fn client(portal: SocketAddr) -> Client {
    let webhook = format!("http://{portal}/rest/1/c0de/");
    let hour = Duration::from_secs(3600);
    let builder = Client::builder().webhook(&webhook).http_on_loopback().limits(Limits::unlimited());
    builder.deadline(hour).attempt_timeout(hour).build().unwrap()
}

/// What is called: one deal, or a page of 50.
#[derive(Clone, Copy)]
enum Called {
    Deal,
    Page,
}

/// Calls one after the other, then 16 at a time.
async fn compare(what: &str, portal: SocketAddr, called: Called, rounds: usize) {
    let (ours, bare) = (client(portal), reqwest::Client::builder().tcp_nodelay(true).build().unwrap());
    let url = format!("http://{portal}/rest/1/c0de/crm.deal.get");
    let with_client = async || match called {
        Called::Deal => assert_eq!(ours.call(get::Request::new(7)).await.unwrap().result.id, Some(7)),
        Called::Page => assert_eq!(ours.call(list::Request::new()).await.unwrap().result.len(), 50),
    };
    let with_bare = async || {
        let request = bare.post(&url).header("content-type", "application/json").body(r#"{"ID":7}"#);
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(!value["result"].is_null());
    };
    for (how, in_flight) in [("one by one", 1), ("16 at a time", 16)] {
        let (mut times, mut bare_times) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            let start = Instant::now();
            stream::iter(0..CALLS).for_each_concurrent(in_flight, |_| with_client()).await;
            let middle = Instant::now();
            stream::iter(0..CALLS).for_each_concurrent(in_flight, |_| with_bare()).await;
            // The first round opens the connections.
            if round > 0 {
                times.push((middle - start) / CALLS);
                bare_times.push(middle.elapsed() / CALLS);
            }
        }
        times.sort();
        bare_times.sort();
        let (ours, bare) = (times[rounds / 2], bare_times[rounds / 2]);
        let ratio = 100.0 * (ours.as_secs_f64() / bare.as_secs_f64() - 1.0);
        println!("{what}, {how}: {ours:?} a call, bare reqwest and Value {bare:?}: {ratio:+.1} %");
    }
}

async fn stream_items(portal: SocketAddr, total: u64) {
    let start = Instant::now();
    let mut items = client(portal).items(list::Request::new());
    let (mut count, mut early) = (0_u64, 0);
    while let Some(item) = items.next().await {
        item.unwrap();
        count += 1;
        if count == total / 100 {
            early = resident();
        }
    }
    assert_eq!(count, total);
    let late = resident();
    assert!(late < early + 4096, "memory grows: {early} KiB, then {late} KiB");
    println!("{count} items in {:?}; resident {early} KiB after 1 %, {late} KiB after all", start.elapsed());
}

async fn large_file(portal: SocketAddr, size: u64) {
    let path = std::env::temp_dir().join(format!("bitrix24-bench-{}", std::process::id()));
    std::fs::File::create(&path).unwrap().set_len(size).unwrap();
    let before = peak();
    let start = Instant::now();
    let upload = Upload::from_path(&path).await.unwrap();
    client(portal).call(upload::Request::new(1, upload.file())).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let grown = peak() - before;
    assert!(grown < (size >> 14).max(4096), "the file was held: {grown} KiB");
    println!("{} MiB uploaded from a path in {:?}; peak memory grew by {grown} KiB", size >> 20, start.elapsed());
}

/// Memory in use, in KiB.
fn resident() -> u64 {
    status("VmRSS:")
}

/// The most that was in use, in KiB.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
