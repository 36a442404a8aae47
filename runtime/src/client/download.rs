//! Files on their way in.

use std::{
    borrow::Cow,
    fmt, io,
    path::Path,
    pin::Pin,
    task::{Context as Waker, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, header};
use secrecy::ExposeSecret;
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, sleep, timeout, timeout_at},
};
use url::Url;

use super::{
    Body, Client,
    address::Address,
    auth::{Auth, Token},
    core::{Core, EXCERPT, MAX_MOVES, after},
    transport::{Chunks, Request, Response, Verb},
};
use crate::{
    ApiError, CallError, ServerError, SystemError, Undocumented,
    error::{Context, Failure, FailureKind, Stage, TransportError},
};

/// How errors name what [`Client::download`] does.
const DOWNLOAD: &str = "download";

/// What is read of an answer that is no file.
const MAX_REFUSAL: usize = 64 << 10;

impl Client {
    /// Fetches a file from an address that the portal gave for it (`DOWNLOAD_URL`, `urlMachine` …; it may be relative to
    /// the portal).
    ///
    /// Such addresses authorise by themselves, so nothing is added to them; only where one leaves the place of an
    /// application's token open (`…&auth=`) and is on the portal, it is filled in. Redirects to any `https` address are
    /// followed, without a token: files may lie elsewhere.
    ///
    /// # Errors
    ///
    /// As [`Client::call`], until the head of the answer has come.
    pub async fn download(&self, url: &str) -> Result<Download, CallError<Undocumented>> {
        let limit = self.core.deadline();
        let late = |_| {
            let kind = FailureKind::Deadline { limit, stage: "waiting for the file" };
            Err(CallError::Failed(Box::new(Failure { context: self.core.context_of(DOWNLOAD), kind })))
        };
        let deadline = after(limit);
        timeout_at(deadline, self.core.open(url, deadline)).await.unwrap_or_else(late)
    }
}

/// A file on its way in: a [`Stream`] of its bytes.
pub struct Download {
    headers: HeaderMap,
    chunks: Chunks,
    context: Context,
}

impl Download {
    /// Number of bytes, where the server says.
    pub fn length(&self) -> Option<u64> {
        self.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// The media type, where the server says.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The file name that the server gives, without any path: never use more of it.
    pub fn name(&self) -> Option<String> {
        let disposition = self.headers.get(header::CONTENT_DISPOSITION)?;
        let disposition = String::from_utf8_lossy(disposition.as_bytes()).into_owned();
        let mut parts = disposition.split(';').map(str::trim);
        let name = parts.clone().find_map(|part| part.strip_prefix("filename*=")).map_or_else(
            || parts.find_map(|part| part.strip_prefix("filename=")).map(|name| name.trim_matches('"').to_owned()),
            |name| {
                let encoded = name.splitn(3, '\'').last().unwrap_or_default();
                let encoded = encoded.replace('+', "%2B");
                form_urlencoded::parse(encoded.as_bytes()).next().map(|(name, _)| name.into_owned())
            },
        )?;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        (!matches!(name, "" | "." | "..")).then(|| name.to_owned())
    }

    /// The whole content, if it has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// If the connection breaks or the content is larger.
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Failure> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = self.next().await.transpose()? {
            if bytes.len() + chunk.len() > limit {
                return Err(self.failed(TransportError::too_large(limit)));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    /// Writes the content to the file at `path` as it comes, and says how many bytes it was. After an error the file holds
    /// what had come.
    ///
    /// # Errors
    ///
    /// If the connection breaks or the file cannot be written.
    pub async fn save(mut self, path: impl AsRef<Path>) -> io::Result<u64> {
        let mut file = tokio::fs::File::create(path).await?;
        let mut length = 0;
        while let Some(chunk) = self.next().await.transpose().map_err(io::Error::other)? {
            file.write_all(&chunk).await?;
            length += chunk.len() as u64;
        }
        file.flush().await?;
        Ok(length)
    }

    fn failed(&self, error: TransportError) -> Failure {
        Failure { context: self.context.clone(), kind: FailureKind::Transport(error) }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Waker<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.chunks.as_mut().poll_next(context);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map_err(|error| self.failed(error))))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Download").field("name", &self.name()).field("length", &self.length()).finish_non_exhaustive()
    }
}

/// The address of a file, which may be relative to the portal. Only `https`, and this machine where that is allowed.
fn address(portal: &Url, url: &str, http_on_loopback: bool) -> Result<Url, FailureKind> {
    let url = portal.join(url).map_err(|_| FailureKind::Address("it is no URL"))?;
    let root = Address::of(&url).map_err(|_| FailureKind::Address("it names no host"))?;
    root.check(http_on_loopback).map_err(|_| FailureKind::Address("it is not https"))?;
    Ok(url)
}

fn same_host(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

/// `url` with `token` in its empty parameter `auth`. `None` if it has none.
fn authorised(url: &Url, token: &str) -> Option<Url> {
    let open = |(key, value): &(Cow<'_, str>, Cow<'_, str>)| key == "auth" && value.is_empty();
    url.query_pairs().any(|pair| open(&pair)).then(|| {
        let mut filled = url.clone();
        let pairs = url.query_pairs().map(|pair| if open(&pair) { (pair.0, token.into()) } else { pair });
        filled.query_pairs_mut().clear().extend_pairs(pairs);
        filled
    })
}

impl Core {
    /// The address `url`, which the portal gave, if it is on the portal.
    pub(crate) async fn on_portal(&self, name: &'static str, url: &str) -> Result<Url, Box<Failure>> {
        let found = async {
            let token = self.token().await.map_err(FailureKind::Auth)?;
            let (portal, url) = self.address_of(url, token.as_deref())?;
            if same_host(&url, &portal) { Ok(url) } else { Err(FailureKind::Address("it is not on the portal")) }
        };
        found.await.map_err(|kind| Box::new(Failure { context: self.context_before(name), kind }))
    }

    /// Where the portal is, and the address `url`, which may be relative to that.
    fn address_of(&self, url: &str, token: Option<&Token>) -> Result<(Url, Url), FailureKind> {
        let loopback = self.settings.redirects.http_on_loopback;
        let portal = self.auth.rest(token, loopback).map_err(FailureKind::Auth)?;
        let url = address(&portal, url, loopback)?;
        Ok((portal, url))
    }

    /// Opens the file at `url` for reading: its head has come, and its bytes follow.
    async fn open(&self, url: &str, deadline: Instant) -> Result<Download, CallError<Undocumented>> {
        let mut attempts = 0;
        let opened = self.opened(url, deadline, &mut attempts).await;
        let context = Context { attempts, ..self.context_before(DOWNLOAD) };
        match opened {
            Ok(Ok(Response { headers, body, .. })) => {
                Ok(Download { headers, chunks: stalling(body, self.settings.attempt_timeout), context })
            }
            Ok(Err(answer)) => Err(CallError::Api { error: Box::new(ApiError::new(answer)), context }),
            Err(kind) => Err(CallError::Failed(Box::new(Failure { context, kind }))),
        }
    }

    async fn opened(
        &self,
        given: &str,
        deadline: Instant,
        attempts: &mut u32,
    ) -> Result<Result<Response, ServerError>, FailureKind> {
        let mut renewed = false;
        loop {
            let token = self.token().await.map_err(FailureKind::Auth)?;
            let (portal, url) = self.address_of(given, token.as_deref())?;
            let here = token.as_ref().filter(|_| same_host(&url, &portal));
            let filled = here.and_then(|token| authorised(&url, token.access.expose_secret()));
            let with_token = filled.is_some();
            let response = self.fetch(filled.unwrap_or(url), deadline, attempts).await?;
            if response.status < 300 {
                return Ok(Ok(response));
            }
            let (status, text) = (response.status, self.refusal(response, token.as_deref()).await);
            let Some(answer) = ServerError::read(status, text.as_bytes()) else {
                return Err(FailureKind::Http { status, body: text.chars().take(EXCERPT).collect() });
            };
            match (&self.auth, token) {
                (Auth::App(session), Some(expired))
                    if with_token && !renewed && answer.system() == Some(SystemError::ExpiredToken) =>
                {
                    session.renewed(&expired).await.map_err(FailureKind::Auth)?;
                    renewed = true;
                }
                _ => return Ok(Err(answer)),
            }
        }
    }

    /// Gets `url` or where it leads, again after failures that may pass.
    async fn fetch(&self, mut url: Url, deadline: Instant, attempts: &mut u32) -> Result<Response, FailureKind> {
        let limit = self.settings.attempt_timeout;
        let mut failures = self.settings.retry.failures();
        let mut moves = 0;
        loop {
            let admitted = self.settings.limits.admit(&[DOWNLOAD], deadline).await;
            *attempts += 1;
            let request = Request::new(Verb::Get, url.clone(), Body::default());
            let late = |_| Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}")));
            let outcome = timeout(limit, self.transport.send(request)).await.unwrap_or_else(late);
            drop(admitted);
            let again = outcome.as_ref().map_or(true, |response| response.status >= 500);
            if again && let Some(pause) = failures.next() {
                sleep(pause).await;
                continue;
            }
            let response = outcome.map_err(FailureKind::Transport)?;
            let to = response.headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
            match (response.status, to) {
                (300..400, Some(to)) if moves < MAX_MOVES => {
                    moves += 1;
                    url = address(&url, to, self.settings.redirects.http_on_loopback)?;
                }
                _ => return Ok(response),
            }
        }
    }

    /// What an answer that is no file says, without secrets.
    async fn refusal(&self, response: Response, token: Option<&Token>) -> String {
        let mut body = stalling(response.body, self.settings.attempt_timeout);
        let mut bytes = Vec::new();
        while let Some(Ok(chunk)) = body.next().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_REFUSAL {
                break;
            }
        }
        self.auth.scrub(&String::from_utf8_lossy(&bytes), token)
    }
}

/// `body`, whose pieces may each take as long as an attempt.
fn stalling(body: Chunks, limit: Duration) -> Chunks {
    let pieces = stream::unfold(body, move |mut body| async move {
        let next = timeout(limit, body.next()).await;
        let stalled = || Some(Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}"))));
        next.unwrap_or_else(|_| stalled()).map(|chunk| (chunk, body))
    });
    Box::pin(pieces)
}
