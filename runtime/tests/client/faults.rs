//! Networks and gateways that fail: no write is carried out twice, none is lost silently, and every failure has a type.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bitrix24_runtime::{
    CallError, Client,
    client::{
        Limits,
        auth::{App, MemoryStore, Token},
    },
    error::{FailureKind, Stage},
    events::Unverified,
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    logs::Logs,
    methods::{add_v3, delete, get},
    server::{Act, Seen, Server, WEBHOOK_CODE, answer, error, json, ok, redirect},
};

const ATTEMPT: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_secs(40);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    ResetUnread,
    ResetRead,
    CutBody,
    CutJson,
    Html(u16),
    Gzip,
    SlowHead,
    SlowBody,
    QueryLimit,
    Overload,
    Loop,
}

const FAULTS: [Fault; 14] = [
    Fault::ResetUnread,
    Fault::ResetRead,
    Fault::CutBody,
    Fault::CutJson,
    Fault::Html(200),
    Fault::Html(403),
    Fault::Html(429),
    Fault::Html(502),
    Fault::Gzip,
    Fault::SlowHead,
    Fault::SlowBody,
    Fault::QueryLimit,
    Fault::Overload,
    Fault::Loop,
];

impl Fault {
    /// Whether the portal carries out the call before the fault.
    fn executes(self) -> bool {
        use Fault::*;
        !matches!(self, ResetUnread | Html(403 | 429) | QueryLimit | Overload | Loop)
    }

    fn act(self, seen: &Seen, result: &serde_json::Value) -> Act {
        let body = json!({ "result": result }).to_string();
        match self {
            Fault::None | Fault::ResetUnread => ok(result.clone()),
            Fault::ResetRead => Act::Reset,
            Fault::CutBody => Act::Truncate(answer(200, body)),
            Fault::CutJson => Act::Answer(answer(200, &body[..body.len() - 3])),
            // Gateways show what they were asked for.
            Fault::Html(status) => Act::Answer(answer(status, format!("<html>{}</html>", seen.path))),
            Fault::Gzip => Act::Answer(answer(200, body).header("content-encoding", "gzip")),
            Fault::SlowHead => Act::Silence,
            Fault::SlowBody => Act::Stall(answer(200, body)),
            Fault::QueryLimit => error(503, "QUERY_LIMIT_EXCEEDED"),
            Fault::Overload => error(503, "OVERLOAD_LIMIT"),
            Fault::Loop => redirect(format!("http://{}{}", seen.headers["host"], seen.path)),
        }
    }
}

/// A portal's memory: how often each call was carried out, and the answers kept under idempotency keys.
#[derive(Default)]
struct Executed {
    calls: HashMap<(String, i64), u32>,
    keys: HashMap<String, serde_json::Value>,
}

impl Executed {
    /// Carries out a call, unless its key says that it was before.
    fn run(&mut self, seen: &Seen) -> serde_json::Value {
        let method = seen.method().to_owned();
        let id = number(seen);
        let result = match method.as_str() {
            "crm.deal.get" => json!({"ID": id}),
            "tasks.task.add" => json!({"id": id}),
            _ => json!(true),
        };
        if let Some(key) = seen.headers.get("idempotency-key") {
            assert!((1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
            if let Some(kept) = self.keys.get(key) {
                return kept.clone();
            }
            self.keys.insert(key.clone(), result.clone());
        }
        *self.calls.entry((method, id)).or_default() += 1;
        result
    }

    fn count(&self, method: &str, id: i64) -> u32 {
        self.calls.get(&(method.to_owned(), id)).copied().unwrap_or_default()
    }
}

/// The number by which a test knows a call.
fn number(seen: &Seen) -> i64 {
    let json = seen.json();
    ["id", "ID"]
        .iter()
        .find_map(|key| json[key].as_i64())
        .unwrap_or_else(|| json["title"].as_str().and_then(|title| title.parse().ok()).unwrap())
}

fn client(server: &Server) -> Client {
    Client::builder()
        .webhook(&server.webhook())
        .http_on_loopback()
        .limits(Limits::unlimited())
        .attempt_timeout(ATTEMPT)
        .deadline(DEADLINE)
        .build()
        .unwrap()
}

/// How a call ended: `Ok`, or what its error says of the portal.
type Ended = Result<(), (bool, String)>;

fn ended<T, E: std::fmt::Debug>(outcome: Result<T, CallError<E>>) -> Ended {
    outcome.map(|_| ()).map_err(|error| (error.context().may_have_run, kind(&error)))
}

fn kind<E>(error: &CallError<E>) -> String {
    match error {
        CallError::Api { error, .. } => error.code.clone(),
        CallError::Decode { .. } => "decode".to_owned(),
        CallError::Failed(failure) => match &failure.kind {
            FailureKind::Transport(error) => match error.stage() {
                Stage::Connect => "connect",
                Stage::Exchange => "exchange",
                Stage::Body => "body",
                _ => "timeout",
            }
            .to_owned(),
            FailureKind::Http { status, .. } => status.to_string(),
            FailureKind::Redirect { .. } => "redirect".to_owned(),
            FailureKind::Deadline { .. } => "deadline".to_owned(),
            other => format!("{other:?}"),
        },
        other => other.to_string(),
    }
}

/// Each fault alone, on the first attempt: a call that reads, one that writes, and one that writes under a key.
#[tokio::test(start_paused = true)]
async fn each_fault_is_outlived_or_typed() {
    for fault in FAULTS {
        let mut rows = Vec::new();
        for kind in 0..3 {
            let first = Arc::new(AtomicBool::new(true));
            let executed = Arc::new(Mutex::new(Executed::default()));
            let unread = first.clone();
            let server = Server::start_with(
                {
                    let (first, executed) = (first.clone(), executed.clone());
                    move |seen| {
                        let fault = if first.swap(false, Ordering::Relaxed) { fault } else { Fault::None };
                        let result = if fault.executes() { executed.lock().unwrap().run(seen) } else { json!(null) };
                        fault.act(seen, &result)
                    }
                },
                move || fault == Fault::ResetUnread && unread.swap(false, Ordering::Relaxed),
            )
            .await;
            let client = client(&server);
            let (outcome, method) = match kind {
                0 => (ended(client.call(get::Request::new(1)).await), "crm.deal.get"),
                1 => (ended(client.call(delete::Request::new(1)).await), "biconnector.connector.delete"),
                _ => (ended(client.call(add_v3::Request::new("1")).await), "tasks.task.add"),
            };
            rows.push((outcome, executed.lock().unwrap().count(method, 1)));
        }
        let failed = |kind: &str, may_have_run: bool| Err((may_have_run, kind.to_owned()));
        let [read, write, keyed] = <[_; 3]>::try_from(rows).unwrap();
        // Calls that may be repeated are; a call that writes in v2 fails with the reason.
        let repeated = |reason: &str, runs: u32| {
            assert_eq!(read.0, Ok(()), "{fault:?}");
            assert_eq!(write, (failed(reason, true), runs), "{fault:?}");
            assert_eq!(keyed, (Ok(()), 1), "{fault:?}");
        };
        let same = |outcome: Ended, runs: u32| {
            assert_eq!((&read.0, &write.0, &keyed.0), (&outcome, &outcome, &outcome), "{fault:?}");
            assert_eq!((write.1, keyed.1), (runs, runs), "{fault:?}");
        };
        match fault {
            Fault::ResetUnread => repeated("exchange", 0),
            Fault::ResetRead => repeated("exchange", 1),
            Fault::CutBody | Fault::Gzip => repeated("body", 1),
            Fault::SlowHead | Fault::SlowBody => repeated("timeout", 1),
            Fault::Html(502) => repeated("502", 1),
            Fault::CutJson => same(failed("decode", true), 1),
            Fault::Html(200) => same(failed("200", true), 1),
            Fault::Html(status) => same(failed(&status.to_string(), false), 0),
            Fault::Overload => same(failed("OVERLOAD_LIMIT", false), 0),
            Fault::Loop => same(failed("redirect", false), 0),
            Fault::QueryLimit | Fault::None => same(Ok(()), 1),
        }
    }
}

#[tokio::test]
async fn a_portal_that_is_not_there_is_tried_again_even_for_writes() {
    let server = Server::start(|_| ok(json!(true))).await;
    let address = server.webhook();
    drop(server);
    let quick = bitrix24_runtime::client::Retry::default().pauses(Duration::from_millis(1), Duration::from_millis(2));
    let client = Client::builder().webhook(&address).http_on_loopback().retry(quick).build().unwrap();
    let error = client.call(delete::Request::new(1)).await.unwrap_err();
    assert_eq!((kind(&error).as_str(), error.context().may_have_run, error.context().attempts), ("connect", false, 5));
}

const CLIENT_SECRET: &str = "cl13nt/S3cret+";
const REFRESH: &str = "r3fr3sh/t0ken+";
const APPLICATION_TOKEN: &str = "4ppl1cat10n/t0ken+";
const ACCESS: &str = "acc3ss/t0ken+";

/// 10,000 calls of three kinds, by a webhook and by an application, through every fault at random. `FAULTS_SEED` is another
/// seed than usual.
#[tokio::test(start_paused = true)]
async fn ten_thousand_calls_through_every_fault_at_random() {
    const CALLS: i64 = 10_000;
    let (logs, guard) = Logs::catch(&[WEBHOOK_CODE, CLIENT_SECRET, REFRESH, ACCESS, APPLICATION_TOKEN]);
    let seed = std::env::var("FAULTS_SEED").map_or(24, |seed| seed.parse().unwrap());
    let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
    let executed = Arc::new(Mutex::new(Executed::default()));
    let tokens = Arc::new(Mutex::new(0_u32));

    let server = Server::start_with(
        {
            let (random, executed, tokens) = (random.clone(), executed.clone(), tokens.clone());
            move |seen| {
                let mut random = random.lock().unwrap();
                if let Some(auth) = seen.json()["auth"].as_str() {
                    let mut valid = tokens.lock().unwrap();
                    if random.u32(..200) == 0 {
                        *valid += 1;
                    }
                    if auth != format!("{ACCESS}{valid}") {
                        return error(401, "expired_token");
                    }
                }
                // The first, an unread request, never gets here.
                let fault = if random.u32(..3) == 0 { FAULTS[random.usize(1..FAULTS.len())] } else { Fault::None };
                let result = if fault.executes() { executed.lock().unwrap().run(seen) } else { json!(null) };
                fault.act(seen, &result)
            }
        },
        {
            let random = random.clone();
            move || random.lock().unwrap().u32(..40) == 0
        },
    )
    .await;
    let oauth = Server::start({
        let (tokens, rest) = (tokens.clone(), server.rest());
        move |_| {
            let access = format!("{ACCESS}{}", tokens.lock().unwrap());
            json(200, json!({"access_token": access, "refresh_token": REFRESH, "client_endpoint": rest}))
        }
    })
    .await;
    let token = Token::new(format!("{ACCESS}0"), Some(REFRESH.into()), server.rest().parse().unwrap());
    let app = App::new("app.1", CLIENT_SECRET).server(format!("http://{}/", oauth.address).parse().unwrap());
    let by_app = Client::builder()
        .app(app, MemoryStore::new(token))
        .http_on_loopback()
        .limits(Limits::unlimited())
        .attempt_timeout(ATTEMPT)
        .deadline(DEADLINE)
        .build()
        .unwrap();
    let by_webhook = client(&server);
    // What comes in is looked at under the same eyes.
    let event = format!("event=ONCRMDEALADD&auth[application_token]={APPLICATION_TOKEN}&auth[access_token]={ACCESS}");
    for token in [APPLICATION_TOKEN, "another"] {
        let event = Unverified::read(Some("application/x-www-form-urlencoded"), event.as_bytes()).unwrap();
        logs.check(&format!("{event:?}"));
        let verified = event.verify(&token.into());
        logs.check(&verified.map_or_else(|error| format!("{error} {error:?}"), |event| format!("{event:?}")));
    }

    let outcomes: Vec<_> = stream::iter(0..CALLS)
        .map(|id| {
            let client = if id % 2 == 0 { &by_app } else { &by_webhook };
            let logs = &logs;
            async move {
                let start = Instant::now();
                let (method, ended) = match id % 3 {
                    0 => ("crm.deal.get", shown(logs, client.call(get::Request::new(id)).await)),
                    1 => ("biconnector.connector.delete", shown(logs, client.call(delete::Request::new(id)).await)),
                    _ => ("tasks.task.add", shown(logs, client.call(add_v3::Request::new(id.to_string())).await)),
                };
                assert!(start.elapsed() <= DEADLINE);
                (id, method, ended)
            }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    drop(guard);

    let executed = executed.lock().unwrap();
    let mut kinds = HashMap::<String, u32>::new();
    for (id, method, outcome) in &outcomes {
        let runs = executed.count(method, *id);
        if *method != "crm.deal.get" {
            match outcome {
                Ok(()) => assert_eq!(runs, 1, "{method} {id}"),
                Err((true, kind)) => assert!(runs <= 1, "{method} {id} {kind}"),
                Err((false, kind)) => assert_eq!(runs, 0, "{method} {id} {kind}"),
            }
        }
        let kind = outcome.as_ref().map_or_else(|(_, kind)| kind.clone(), |()| "ok".to_owned());
        *kinds.entry(kind).or_default() += 1;
    }
    eprintln!("seed {seed}: {} requests, {} log lines, {kinds:?}", server.count(), logs.lines());
    assert_eq!(outcomes.len(), 10_000);
    assert!(kinds["ok"] > 7_000, "{kinds:?}");
    assert!(logs.lines() > 20_000);
    assert_eq!(logs.found(), Vec::<String>::new());
}

/// How a call ended, once its error was searched for secrets in every form in which it can be shown.
fn shown<T, E: std::fmt::Debug + 'static>(logs: &Logs, outcome: Result<T, CallError<E>>) -> Ended {
    if let Err(error) = &outcome {
        logs.check(&format!("{error} {error:?} {error:#?}"));
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            logs.check(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
    }
    ended(outcome)
}
