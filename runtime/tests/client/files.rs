//! Files out and in.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bitrix24_runtime::{
    CallError, Client,
    client::{
        Limits, Upload,
        auth::{App, MemoryStore, Token},
    },
    error::FailureKind,
};
use serde_json::json;

use crate::{
    methods::upload,
    server::{Act, Server, answer, error, json, ok, redirect},
};

fn client(server: &Server) -> Client {
    let builder = Client::builder().webhook(&server.webhook()).http_on_loopback();
    builder.limits(Limits::unlimited()).build().unwrap()
}

fn content() -> Vec<u8> {
    (0..300_000_u32).map(|at| (at % 253) as u8).collect()
}

fn file(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("bitrix24-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[tokio::test]
async fn an_upload_stands_in_its_place_of_the_request() {
    let path = file("film.mp4");
    std::fs::write(&path, content()).unwrap();
    let server = Server::start(|_| ok(json!({"ID": 5}))).await;
    let encoded = BASE64_STANDARD.encode(content());
    for upload in [Upload::from_path(&path).await.unwrap(), Upload::from_bytes("film.mp4", content())] {
        let shapes = [
            (upload.file(), json!(["film.mp4", encoded])),
            (upload.file().in_file_data(), json!({"fileData": ["film.mp4", encoded]})),
            (upload.bare(), json!(encoded)),
        ];
        for (file, sent) in shapes {
            client(&server).call(upload::Request::new(8930, file)).await.unwrap();
            let seen = server.seen().pop().unwrap();
            assert_eq!(seen.json(), json!({"id": 8930, "fileContent": sent}));
            assert_eq!(seen.headers["content-length"], seen.body.len().to_string());
        }
    }
}

#[tokio::test]
async fn an_application_uploads_too_and_its_token_comes_last() {
    let server = Server::start(|_| ok(json!({"ID": 5}))).await;
    let token = Token::new("access1", None, server.rest().parse().unwrap());
    let app = App::new("app.1", "s").server(format!("http://{}/", server.address).parse().unwrap());
    let client = Client::builder().app(app, MemoryStore::new(token)).http_on_loopback().build().unwrap();
    // The request keeps the content.
    client.call(upload::Request::new(1, Upload::from_bytes("a.txt", "hi").file())).await.unwrap();
    assert_eq!(
        String::from_utf8(server.seen()[0].body.clone()).unwrap(),
        r#"{"id":1,"fileContent":["a.txt","aGk="],"auth":"access1"}"#
    );
}

#[tokio::test]
async fn a_file_that_became_shorter_is_an_error_and_not_a_hang() {
    let path = file("shrinks");
    std::fs::write(&path, content()).unwrap();
    let server = Server::start(|_| ok(json!({"ID": 5}))).await;
    let upload = Upload::from_path(&path).await.unwrap();
    std::fs::write(&path, "x").unwrap();
    let error = client(&server).call(upload::Request::new(1, upload.file())).await.unwrap_err();
    assert!(matches!(error, CallError::Failed(_)));
    assert_eq!(server.count(), 0);
    assert!(Upload::from_path(file("missing")).await.is_err());
}

#[tokio::test]
async fn a_file_is_posted_to_the_address_that_the_portal_gave() {
    let server = Server::start(|_| ok(json!({"ID": 5}))).await;
    let client = client(&server);
    let url = format!("http://{}/rest/upload.json?auth=x&token=y", server.address);
    let reply = client.post_file(&url, "file", Upload::from_bytes("a\".txt", "hello")).await.unwrap();
    assert_eq!(reply.result, json!({"ID": 5}));
    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/rest/upload.json?auth=x&token=y");
    let boundary = seen.headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        String::from_utf8(seen.body.clone()).unwrap(),
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a_.txt\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nhello\r\n--{boundary}--\r\n"
        )
    );
    let error = client.post_file("https://evil.example/upload", "file", Upload::from_bytes("a", "b")).await;
    let CallError::Failed(failure) = error.unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Address(_)));
}

#[tokio::test]
async fn a_file_comes_back_in_pieces_with_its_name() {
    let store = Server::start(|_| {
        Act::Answer(
            answer(200, content()).header("content-disposition", "attachment; filename*=UTF-8''..%2F%D1%84%20a+b.bin"),
        )
    })
    .await;
    let elsewhere = store.address;
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/rest/download.json?token=t" => redirect(format!("http://{elsewhere}/x")),
        _ => error(404, "ERROR_NOT_FOUND"),
    })
    .await;
    let client = client(&server);
    let url = format!("http://{}/rest/download.json?token=t", server.address);
    for url in [url.as_str(), "/rest/download.json?token=t"] {
        let download = client.download(url).await.unwrap();
        assert_eq!(download.length(), Some(300_000));
        assert_eq!(download.name().as_deref(), Some("ф a+b.bin"));
        assert_eq!(download.bytes(300_000).await.unwrap(), content());
    }
    assert!(client.download(&url).await.unwrap().bytes(1000).await.is_err());
    let path = file("saved");
    assert_eq!(client.download(&url).await.unwrap().save(&path).await.unwrap(), 300_000);
    assert_eq!(std::fs::read(&path).unwrap(), content());

    let gone = client.download("/gone").await.unwrap_err();
    assert_eq!(gone.server_error().unwrap().code, "ERROR_NOT_FOUND");
    for url in ["http://example.com/x", "file:///etc/passwd", "data:,x"] {
        let CallError::Failed(failure) = client.download(url).await.unwrap_err() else { panic!() };
        assert!(matches!(failure.kind, FailureKind::Address(_)), "{url}: {failure}");
    }
}

#[tokio::test]
async fn uploads_in_a_batch_are_read_while_they_are_sent() {
    // Base64 with all of its signs.
    let bytes: Vec<u8> = (0..=255).cycle().take(100_001).collect();
    let path = file("batched");
    std::fs::write(&path, &bytes).unwrap();
    let server = Server::start(|_| ok(json!({"result": {"c0": {"ID": 1}, "c1": {"ID": 2}}, "result_error": []}))).await;
    let client = client(&server);
    let mut batch = client.batch();
    let handles = [
        batch.add(upload::Request::new(1, Upload::from_path(&path).await.unwrap().file())),
        batch.add(upload::Request::new(2, Upload::from_bytes("b.txt", "hi").bare())),
    ];
    let mut reply = batch.send().await;
    assert!(handles.map(|handle| reply.take(handle).unwrap().result["ID"].clone()) == [json!(1), json!(2)]);
    let seen = &server.seen()[0];
    assert_eq!(seen.headers["content-length"], seen.body.len().to_string());
    let sent = |key: &str| {
        let command = seen.json()["cmd"][key].as_str().unwrap().to_owned();
        bitrix24_runtime::wire::from_brackets(command.split_once('?').unwrap().1.as_bytes())
    };
    assert_eq!(sent("c0"), json!({"id": "1", "fileContent": ["batched", BASE64_STANDARD.encode(&bytes)]}));
    assert_eq!(sent("c1"), json!({"id": "2", "fileContent": "aGk="}));
}

#[tokio::test]
async fn a_content_that_is_gone_is_not_sent_as_its_marker() {
    let server = Server::start(|_| ok(json!({"ID": 5}))).await;
    let client = client(&server);
    let gone = || serde_json::Value::from(Upload::from_bytes("a.txt", "hi").file()).into();
    let mut batch = client.batch();
    let handle = batch.add(upload::Request::new(1, gone()));
    let in_batch = batch.send().await.take(handle).unwrap_err();
    for error in [client.call(upload::Request::new(1, gone())).await.unwrap_err(), in_batch] {
        let CallError::Failed(failure) = error else { panic!() };
        assert!(matches!(failure.kind, FailureKind::Skipped(_)) && !failure.context.may_have_run, "{failure}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn an_application_fills_its_token_in_where_an_address_leaves_it_open() {
    let elsewhere = Server::start(|_| Act::Answer(answer(200, "file"))).await;
    let store = elsewhere.address;
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/oauth/token/" => ok(json!(null)),
        path if path.starts_with("/oauth/token/?") => json(
            200,
            json!({"access_token": "access2", "refresh_token": "r", "client_endpoint": "https://example.bitrix24.com/rest/"}),
        ),
        path if path.contains("auth=access2") => redirect(format!("http://{store}/file?auth=")),
        _ => error(401, "expired_token"),
    })
    .await;
    let token = Token::new("access1", Some("r".into()), server.rest().parse().unwrap());
    let app = App::new("app.1", "s").server(format!("http://{}/", server.address).parse().unwrap());
    let client = Client::builder().app(app, MemoryStore::new(token)).http_on_loopback().build().unwrap();
    let file = client.download("/bitrix/tools/crm_show_file.php?fileId=7&auth=").await.unwrap();
    assert_eq!(file.bytes(10).await.unwrap(), "file");
    // No token went to where the file lies, and an address that holds its own keeps it.
    assert_eq!(elsewhere.seen()[0].path, "/file?auth=");
    let refused = client.download("/rest/download.json?auth=old&token=t").await.unwrap_err();
    assert_eq!(refused.system(), Some(bitrix24_runtime::SystemError::ExpiredToken));
    assert_eq!(refused.context().method, "download");
    assert_eq!(server.seen().last().unwrap().path, "/rest/download.json?auth=old&token=t");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_does_not_come_ends_with_the_deadline() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/slow" => Act::Silence,
        _ => Act::Stall(answer(200, "some of it")),
    })
    .await;
    let limit = std::time::Duration::from_secs(150);
    let builder = Client::builder().webhook(&server.webhook()).http_on_loopback();
    let client = builder.deadline(limit).attempt_timeout(limit / 5).build().unwrap();
    let start = tokio::time::Instant::now();
    let CallError::Failed(failure) = client.download("/slow").await.unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Deadline { .. } | FailureKind::Transport(_)), "{failure}");
    assert!(start.elapsed() <= limit);
    let failure = client.download("/stalls").await.unwrap().bytes(100).await.unwrap_err();
    assert!(
        matches!(failure.kind, FailureKind::Transport(_)) && failure.to_string().contains("download on"),
        "{failure}"
    );
}
