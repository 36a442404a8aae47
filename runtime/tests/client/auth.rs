//! Applications: tokens, their renewal, and where they are sent.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use bitrix24_runtime::{
    CallError, Client,
    client::auth::{App, FileStore, MemoryStore, StoreError, Token, TokenStore},
    client::{Limits, Reqwest, transport::BoxFuture},
    error::{AuthError, FailureKind},
};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    methods::{add_v3, get},
    server::{Seen, Server, error, json, ok, redirect},
};

const SECRET: &str = "cl13ntS3cret";

fn token(server: &Server, access: &str) -> Token {
    Token::new(access, Some("r3fresh1".into()), server.rest().parse().unwrap())
}

fn app(oauth: &Server) -> App {
    App::new("app.1", SECRET).server(format!("http://{}/", oauth.address).parse().unwrap())
}

fn client(oauth: &Server, store: impl TokenStore) -> Client {
    Client::builder().app(app(oauth), store).http_on_loopback().limits(Limits::unlimited()).build().unwrap()
}

/// A portal that takes one access token only.
async fn portal(valid: &'static str) -> Server {
    Server::start(move |seen| match seen.json()["auth"].as_str() {
        Some(token) if token == valid => ok(json!({"ID": seen.json()["ID"], "TITLE": "x"})),
        _ => error(401, "expired_token"),
    })
    .await
}

/// An authorisation server that gives out the token `access2` once.
async fn oauth(portal: &Server) -> Server {
    let rest = portal.rest();
    Server::start(move |_| {
        json(
            200,
            json!({"access_token": "access2", "refresh_token": "r3fresh2", "client_endpoint": rest, "expires_in": 3600,
                "member_id": "m", "scope": "crm", "status": "L", "user_id": 67, "domain": "oauth.bitrix.info"}),
        )
    })
    .await
}

fn query(seen: &Seen) -> Vec<(String, String)> {
    let url = url::Url::parse(&format!("http://x{}", seen.path)).unwrap();
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token() {
    let portal = portal("access2").await;
    let oauth = oauth(&portal).await;
    let token = app(&oauth).exchange(&Reqwest::new().unwrap(), "c0de").await.unwrap();
    assert_eq!((token.user_id, token.member_id.as_deref()), (Some(67), Some("m")));
    assert!(oauth.seen()[0].path.starts_with("/oauth/token/?"));
    let sent = query(&oauth.seen()[0]);
    for pair in
        [("grant_type", "authorization_code"), ("client_id", "app.1"), ("client_secret", SECRET), ("code", "c0de")]
    {
        assert!(sent.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{pair:?}");
    }
    let client = client(&oauth, MemoryStore::new(token));
    assert_eq!(client.call(get::Request::new(5)).await.unwrap().result.id, Some(5));
    let seen = &portal.seen()[0];
    assert_eq!((seen.path.as_str(), seen.json()), ("/rest/crm.deal.get", json!({"ID": 5, "auth": "access2"})));
}

#[tokio::test]
async fn v3_calls_of_an_application_have_the_token_in_the_body() {
    let portal = Server::start(|_| ok(json!({"id": 1}))).await;
    let client = client(&portal, MemoryStore::new(token(&portal, "access1")));
    client.call(add_v3::Request::new("x")).await.unwrap();
    let seen = &portal.seen()[0];
    assert_eq!(seen.path, "/rest/api/tasks.task.add");
    assert_eq!(seen.json(), json!({"title": "x", "auth": "access1"}));
}

#[tokio::test]
async fn a_v3_batch_is_a_list_and_the_token_stands_beside_it() {
    let portal = Server::start(|_| ok(json!({"c0": {"id": 1}}))).await;
    let client = client(&portal, MemoryStore::new(token(&portal, "access1")));
    let mut batch = client.batch();
    let added = batch.add(add_v3::Request::new("x"));
    assert_eq!(batch.send().await.take(added).unwrap().result.id, Some(1));
    let seen = &portal.seen()[0];
    assert_eq!(seen.path, "/rest/api/batch?auth=access1");
    assert_eq!(seen.json()[0]["query"], json!({"title": "x"}));
}

#[tokio::test]
async fn two_hundred_calls_with_an_expired_token_renew_it_once() {
    let portal = portal("access2").await;
    let oauth = oauth(&portal).await;
    let store = Arc::new(MemoryStore::new(token(&portal, "access1")));
    let client = client(&oauth, store.clone());
    let calls = (0..200).map(|id| {
        let client = client.clone();
        async move { client.call(get::Request::new(id)).await.unwrap().result.id.unwrap() }
    });
    let answers = join_all(calls).await;
    assert_eq!(answers, (0..200).collect::<Vec<_>>());
    assert_eq!(oauth.count(), 1);
    assert!(query(&oauth.seen()[0]).contains(&("refresh_token".to_owned(), "r3fresh1".to_owned())));
    assert!(portal.count() <= 400);
    assert_eq!(store.token().unwrap().to_json()["refresh_token"], "r3fresh2");
}

#[tokio::test]
async fn a_renewal_that_fails_gives_every_call_its_error_and_no_storm() {
    let portal = portal("never").await;
    let oauth = Server::start(|_| error(400, "invalid_grant")).await;
    let client = client(&oauth, MemoryStore::new(token(&portal, "access1")));
    let errors = join_all((0..200).map(|id| client.call(get::Request::new(id)))).await;
    for error in errors {
        let error = error.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("crm.deal.get") && text.contains("invalid_grant"), "{text}");
        let CallError::Failed(failure) = error else { panic!() };
        assert!(matches!(&failure.kind, FailureKind::Auth(AuthError::Refused { code, .. }) if code == "invalid_grant"));
    }
    assert_eq!((portal.count(), oauth.count()), (200, 1));
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_take_the_new_token_with_it() {
    let portal = portal("access2").await;
    let oauth = oauth(&portal).await;
    let store = Arc::new(MemoryStore::new(token(&portal, "access1")));
    let client = client(&oauth, store.clone());
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.call(get::Request::new(1)).await }
    });
    while oauth.count() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert_eq!(client.call(get::Request::new(2)).await.unwrap().result.id, Some(2));
    assert_eq!(oauth.count(), 1);
    assert_eq!(store.token().unwrap().to_json()["access_token"], "access2");
}

#[tokio::test]
async fn a_token_that_another_process_renewed_is_taken_from_the_store() {
    let portal = portal("access2").await;
    let oauth = Server::start(|_| error(400, "invalid_grant")).await;
    let store = Renewed { tokens: [token(&portal, "access1"), token(&portal, "access2")], loads: AtomicUsize::new(0) };
    let client = client(&oauth, store);
    assert_eq!(client.call(get::Request::new(3)).await.unwrap().result.id, Some(3));
    assert_eq!(oauth.count(), 0);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let portal = portal("x").await;
    let client = client(&portal, MemoryStore::default());
    let CallError::Failed(failure) = client.call(get::Request::new(1)).await.unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Auth(AuthError::NoToken)));
    assert_eq!(portal.count(), 0);
}

#[tokio::test]
async fn a_portal_that_moved_is_followed_once_and_reported() {
    let new = portal("access1").await;
    let rest = new.address;
    let old = Server::start(move |seen| redirect(format!("http://{rest}{}", seen.path))).await;
    let store = Arc::new(Moves::default());
    store.inner.save(&token(&old, "access1")).await.unwrap();
    let client = client(&old, store.clone());
    for id in 0..3 {
        assert_eq!(client.call(get::Request::new(id)).await.unwrap().result.id, Some(id));
    }
    assert_eq!((old.count(), new.count()), (1, 3));
    assert_eq!(*store.seen.lock().unwrap(), ["127.0.0.1".to_owned()]);
    assert_eq!(store.inner.token().unwrap().endpoint.as_str(), new.rest());
    assert_eq!(new.seen()[0].verb, "POST");
    assert_eq!(client.portal(), new.address.to_string());
}

#[tokio::test]
async fn a_redirect_elsewhere_gets_no_token() {
    let evil = Server::start(|_| ok(json!({}))).await;
    let address = evil.address;
    for location in [
        format!("http://{address}/login"),
        format!("http://{address}/rest/other"),
        "https://evil.example/rest/crm.deal.get".to_owned(),
        String::new(),
    ] {
        let shown = location.clone();
        let portal = Server::start(move |_| redirect(location.clone())).await;
        let client = client(&portal, MemoryStore::new(token(&portal, "access1")));
        let CallError::Failed(failure) = client.call(get::Request::new(1)).await.unwrap_err() else { panic!() };
        assert!(matches!(failure.kind, FailureKind::Redirect { .. }), "{shown}: {failure}");
        assert_eq!((portal.count(), evil.count()), (1, 0));
    }
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    // Each of the two leads to the other.
    let addresses = Arc::new(Mutex::new(Vec::new()));
    let lead = |to: usize| {
        let addresses = addresses.clone();
        move |seen: &Seen| redirect(format!("http://{}{}", addresses.lock().unwrap()[to], seen.path))
    };
    let first = Server::start(lead(1)).await;
    let second = Server::start(lead(0)).await;
    addresses.lock().unwrap().extend([first.address, second.address]);
    let client = client(&first, MemoryStore::new(token(&first, "access1")));
    let CallError::Failed(failure) = client.call(get::Request::new(1)).await.unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Redirect { .. }));
    assert_eq!(first.count() + second.count(), 4);
}

#[tokio::test]
async fn a_file_keeps_the_token_and_only_its_owner_reads_it() {
    let portal = portal("access2").await;
    let oauth = oauth(&portal).await;
    let folder = std::env::temp_dir().join(format!("bitrix24-tokens-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("token.json");
    let store = FileStore::new(&path);
    assert!(store.load().await.unwrap().is_none());
    store.save(&token(&portal, "access1")).await.unwrap();
    client(&oauth, FileStore::new(&path)).call(get::Request::new(1)).await.unwrap();
    let kept = FileStore::new(&path).load().await.unwrap().unwrap();
    assert_eq!(kept.to_json()["access_token"], "access2");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&path, "access9").unwrap();
    let error = FileStore::new(&path).load().await.unwrap_err().to_string();
    assert!(error.contains("token.json") && !error.contains("access9"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A store in which another process puts a new token after the first look.
struct Renewed {
    tokens: [Token; 2],
    loads: AtomicUsize,
}

impl TokenStore for Renewed {
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>> {
        let token = &self.tokens[self.loads.fetch_add(1, Ordering::Relaxed).min(1)];
        Box::pin(async { Ok(Some(token.clone())) })
    }

    fn save<'a>(&'a self, _: &'a Token) -> BoxFuture<'a, Result<(), StoreError>> {
        panic!("nothing was renewed")
    }
}

/// A store that notes moves.
#[derive(Default)]
struct Moves {
    inner: MemoryStore,
    seen: Mutex<Vec<String>>,
}

impl TokenStore for Moves {
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>> {
        self.inner.load()
    }

    fn save<'a>(&'a self, token: &'a Token) -> BoxFuture<'a, Result<(), StoreError>> {
        self.inner.save(token)
    }

    fn moved<'a>(&'a self, token: &'a Token, from: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.seen.lock().unwrap().push(from.to_owned());
        self.save(token)
    }
}
