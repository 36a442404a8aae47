//! A portal on loopback that answers, or fails, as a test says. Raw sockets, so that it can break every rule of HTTP.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A request that reached the portal.
#[derive(Clone, Debug)]
pub struct Seen {
    pub verb: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The method that was called: the last part of the path.
    pub fn method(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }
}

/// What the portal does with a request.
pub enum Act {
    Answer(Answer),
    /// The connection is reset without an answer.
    Reset,
    /// Nothing comes, not even a head.
    Silence,
    /// The head comes, and half of the body.
    Stall(Answer),
    /// The head promises more than comes before the connection closes.
    Truncate(Answer),
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status, headers: vec![("content-type".into(), "application/json".into())], body: body.into() }
}

impl Answer {
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

pub fn json(status: u16, body: serde_json::Value) -> Act {
    Act::Answer(answer(status, body.to_string()))
}

pub fn ok(result: serde_json::Value) -> Act {
    json(200, serde_json::json!({ "result": result }))
}

pub fn error(status: u16, code: &str) -> Act {
    json(status, serde_json::json!({ "error": code, "error_description": format!("about {code}") }))
}

pub fn redirect(to: impl Into<String>) -> Act {
    Act::Answer(answer(302, "").header("location", to))
}

/// A server that ends with its value.
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        Self::start_with(act, || false).await
    }

    /// `reset_unread` is asked whenever a request has come but was not read: if so, the connection is reset.
    pub async fn start_with(
        act: impl Fn(&Seen) -> Act + Send + Sync + 'static,
        reset_unread: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (act, reset_unread, log) = (Arc::new(act), Arc::new(reset_unread), seen.clone());
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (act, reset_unread, log) = (act.clone(), reset_unread.clone(), log.clone());
                tokio::spawn(async move {
                    let mut stream = stream;
                    stream.set_nodelay(true).unwrap();
                    while serve(&mut stream, &*act, &*reset_unread, &log).await.is_some() {}
                });
            }
        });
        Server { address, seen, task }
    }

    pub fn webhook(&self) -> String {
        format!("http://{}/rest/1/{WEBHOOK_CODE}/", self.address)
    }

    pub fn rest(&self) -> String {
        format!("http://{}/rest/", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

pub const WEBHOOK_CODE: &str = "w3bh00kc0de";

/// One request and what is done with it. `None` ends the connection.
async fn serve(
    stream: &mut TcpStream,
    act: &(dyn Fn(&Seen) -> Act + Send + Sync),
    reset_unread: &(dyn Fn() -> bool + Send + Sync),
    log: &Mutex<Vec<Seen>>,
) -> Option<()> {
    if stream.peek(&mut [0]).await.ok()? == 0 {
        return None;
    }
    if reset_unread() {
        stream.set_zero_linger().unwrap();
        return None;
    }
    let seen = read(stream).await?;
    let act = act(&seen);
    log.lock().unwrap().push(seen);
    match act {
        Act::Answer(answer) => {
            stream.write_all(&encode(&answer, answer.body.len())).await.ok()?;
            stream.write_all(&answer.body).await.ok()
        }
        Act::Reset => {
            stream.set_zero_linger().unwrap();
            None
        }
        Act::Silence => {
            tokio::time::sleep(Duration::from_secs(1 << 20)).await;
            None
        }
        Act::Stall(answer) => {
            stream.write_all(&encode(&answer, answer.body.len())).await.ok()?;
            stream.write_all(&answer.body[..answer.body.len() / 2]).await.ok()?;
            tokio::time::sleep(Duration::from_secs(1 << 20)).await;
            None
        }
        Act::Truncate(answer) => {
            stream.write_all(&encode(&answer, answer.body.len())).await.ok()?;
            stream.write_all(&answer.body[..answer.body.len() / 2]).await.ok()?;
            stream.shutdown().await.ok()?;
            None
        }
    }
}

fn encode(answer: &Answer, length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} X\r\ncontent-length: {length}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    (head + "\r\n").into_bytes()
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (verb, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut body = bytes.split_off(end + 4);
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen { verb, path, headers, body })
}
