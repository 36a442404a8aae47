//! Files on their way in.

use std::{
    fmt, io,
    path::Path,
    pin::Pin,
    task::{Context as Waker, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, header};
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, sleep, timeout},
};
use url::Url;

use super::{
    Body, Client,
    address::Address,
    core::{Core, MAX_MOVES},
    transport::{Chunks, Request, Response, Verb},
};
use crate::{
    CallError, Undocumented,
    error::{Context, Failure, FailureKind, Stage, TransportError},
};

impl Client {
    /// Fetches a file from an address that the portal gave for it (`DOWNLOAD_URL`, `urlMachine` …; it may be relative to
    /// the portal). Nothing is added to the address: it authorises by itself.
    ///
    /// # Errors
    ///
    /// As [`Client::call`], until the head of the answer has come.
    pub async fn download(&self, url: &str) -> Result<Download, CallError<Undocumented>> {
        let response = self.core.open(url).await.map_err(CallError::Failed)?;
        Ok(Download { headers: response.headers, chunks: response.body })
    }
}

/// A file on its way in: a [`Stream`] of its bytes.
pub struct Download {
    headers: HeaderMap,
    chunks: Chunks,
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
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, TransportError> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = self.next().await.transpose()? {
            if bytes.len() + chunk.len() > limit {
                return Err(TransportError::too_large(limit));
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
}

impl Stream for Download {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Waker<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Download").field("name", &self.name()).field("length", &self.length()).finish_non_exhaustive()
    }
}

/// The address of a file, which may be relative to the portal. Only `https`, and this machine where that is allowed.
pub(crate) fn address(portal: &Url, url: &str, http_on_loopback: bool) -> Result<Url, &'static str> {
    let url = portal.join(url).map_err(|_| "it is no URL")?;
    let root = Address::of(&url).map_err(|_| "it names no host")?;
    root.check(http_on_loopback).map_err(|_| "it is not https")?;
    Ok(url)
}

impl Core {
    /// The address `url`, which the portal gave, if it is on the portal.
    pub(crate) async fn on_portal(&self, name: &'static str, url: &str) -> Result<Url, Box<Failure>> {
        let (portal, url) = self.address_of(name, url).await?;
        if url.host() == portal.host() && url.port_or_known_default() == portal.port_or_known_default() {
            return Ok(url);
        }
        Err(Box::new(self.unsent(name, FailureKind::Address("it is not on the portal"))))
    }

    /// Where the portal is, and the address `url`, which may be relative to that.
    async fn address_of(&self, name: &'static str, url: &str) -> Result<(Url, Url), Box<Failure>> {
        let loopback = self.settings.redirects.http_on_loopback;
        let token = self.token().await.map_err(|error| Box::new(self.unsent(name, FailureKind::Auth(error))))?;
        let rest = self.auth.rest(token.as_deref(), loopback);
        let portal = rest.map_err(|error| Box::new(self.unsent(name, FailureKind::Auth(error))))?;
        let url = address(&portal, url, loopback);
        Ok((portal, url.map_err(|why| Box::new(self.unsent(name, FailureKind::Address(why))))?))
    }

    fn unsent(&self, name: &'static str, kind: FailureKind) -> Failure {
        let context = Context { method: name, portal: self.portal(), attempts: 0, may_have_run: false };
        Failure { context, kind }
    }

    /// Opens the file at `url` for reading: its head has come, and its bytes follow. Files may lie elsewhere, so redirects
    /// to any `https` address are followed; no secret but what `url` itself holds goes there.
    pub(crate) async fn open(&self, url: &str) -> Result<Response, Box<Failure>> {
        const NAME: &str = "download";
        let limit = self.settings.attempt_timeout;
        let loopback = self.settings.redirects.http_on_loopback;
        let (_, mut url) = self.address_of(NAME, url).await?;
        let mut failures = self.settings.retry.failures();
        let (mut attempts, mut moves) = (0, 0);
        loop {
            let far = Instant::now() + self.settings.deadline;
            let _ = self.settings.limits.admit(&[NAME], far).await;
            attempts += 1;
            let request = Request::new(Verb::Get, url.clone(), Body::default());
            let outcome = timeout(limit, self.transport.send(request)).await;
            let outcome =
                outcome.unwrap_or_else(|_| Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}"))));
            let again = outcome.as_ref().map_or(true, |response| response.status >= 500);
            if again && let Some(pause) = failures.next() {
                sleep(pause).await;
                continue;
            }
            let kind = match outcome {
                Ok(response) if response.status < 300 => return Ok(stalling(response, limit)),
                Ok(response) if response.status < 400 && moves < MAX_MOVES => {
                    moves += 1;
                    let to = response.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
                    match address(&url, to, loopback) {
                        Ok(to) => {
                            url = to;
                            continue;
                        }
                        Err(why) => FailureKind::Address(why),
                    }
                }
                Ok(Response { status, .. }) => FailureKind::Http { status, body: String::new() },
                Err(error) => FailureKind::Transport(error),
            };
            let context = Context { method: NAME, portal: self.portal(), attempts, may_have_run: true };
            return Err(Box::new(Failure { context, kind }));
        }
    }
}

/// The answer, whose bytes may each take as long as an attempt.
fn stalling(response: Response, limit: Duration) -> Response {
    let Response { status, headers, body } = response;
    let body = futures_util::stream::unfold(body, move |mut body| async move {
        let next = timeout(limit, body.next()).await;
        let stalled = || Some(Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}"))));
        next.unwrap_or_else(|_| stalled()).map(|chunk| (chunk, body))
    });
    Response::new(status, headers, Box::pin(body))
}
