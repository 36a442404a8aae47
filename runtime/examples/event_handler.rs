//! A handler of events in `axum`. Starts itself and then plays the portal: posts a genuine event and a forged one.
//!
//! `cargo run -p bitrix24-runtime --example event_handler`

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use bitrix24_runtime::events::{EventBody, Rejected, SecretString, Unverified};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What the handler knows: the token that came with the installation, and where events are worked on.
struct Handler {
    application_token: SecretString,
    queue: mpsc::Sender<EventBody>,
}

/// Checks the request, puts the event into the queue and answers at once.
async fn handle(State(handler): State<Arc<Handler>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let checked = Unverified::read(content_type, &body).and_then(|event| event.verify(&handler.application_token));
    match checked {
        Ok(event) => match handler.queue.try_send(event) {
            Ok(()) => StatusCode::OK,
            // The portal slows down where it meets this.
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        },
        Err(rejected) => refuse(&rejected),
    }
}

fn refuse(rejected: &Rejected) -> StatusCode {
    println!("refused: {rejected}");
    StatusCode::from_u16(rejected.status()).unwrap_or(StatusCode::BAD_REQUEST)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (queue, mut events) = mpsc::channel(1000);
    let handler = Handler { application_token: "51856fefc120afa4b628cc82d3935cce".into(), queue };
    let router = Router::new().route("/handler", post(handle)).with_state(Arc::new(handler));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    let event = "event=ONCRMDEALADD&data[FIELDS][ID]=7405&ts=1766047124&auth[member_id]=m1&auth[application_token]=";
    for (token, status) in [("51856fefc120afa4b628cc82d3935cce", 200), ("guess", 403)] {
        let answer = post_form(address, &format!("{event}{token}")).await?;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    let event = events.recv().await.ok_or("no event")?;
    println!("{} of deal {}", event.name(), event.as_json()["data"]["FIELDS"]["ID"]);
    assert!(events.try_recv().is_err());
    Ok(())
}

/// The portal's side: posts a form and gives the answer.
async fn post_form(address: SocketAddr, form: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /handler HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    stream.write_all((head + form).as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
