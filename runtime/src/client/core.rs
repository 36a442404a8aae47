//! The machinery below every call, free of types: attempts, and what is decided between them.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, header};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{
    address::Address,
    answer::Answer,
    auth::{Auth, Token},
    call::{Call, Target},
    limits::Limits,
    redirect::Rule,
    retry::{self, Next, Retry},
    transport::{Request, Response, Transport, Verb},
};
use crate::{
    Time,
    error::{AuthError, Context, Failure, FailureKind, Stage, TransportError},
};

/// Tokens that are called expired right after their renewal, or new addresses that lead on: more than this is a fault.
const MAX_RENEWALS: u32 = 2;
pub(super) const MAX_MOVES: u32 = 3;

/// How much of a body that is no answer of the API an error shows.
const EXCERPT: usize = 300;

/// What a [`ClientBuilder`](super::ClientBuilder) sets.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) deadline: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) limits: Limits,
    pub(crate) retry: Retry,
    pub(crate) redirects: Rule,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            deadline: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(60),
            max_answer: 128 << 20,
            limits: Limits::default(),
            retry: Retry::default(),
            redirects: Rule::default(),
        }
    }
}

/// What all clones of a client share.
pub(crate) struct Core {
    pub(super) auth: Auth,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) settings: Settings,
}

/// How far a call has come; outlives the call's future when its deadline passes.
struct Progress {
    limit: Duration,
    attempts: u32,
    stage: &'static str,
    may_have_run: bool,
}

impl Core {
    pub(crate) fn new(auth: Auth, transport: Arc<dyn Transport>, settings: Settings) -> Self {
        Core { auth, transport, settings }
    }

    pub(crate) fn portal(&self) -> String {
        self.auth.portal()
    }

    /// Brings `call` to the portal and its answer back, within its deadline.
    pub(crate) async fn exchange(&self, call: &Call) -> Result<Answer, Box<Failure>> {
        let limit = call.deadline.unwrap_or(self.settings.deadline);
        let mut progress = Progress { limit, attempts: 0, stage: "starting", may_have_run: false };
        let deadline = Instant::now() + limit;
        let outcome = timeout_at(deadline, self.run(call, deadline, &mut progress)).await;
        let kind = match outcome {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(kind)) => kind,
            Err(_) => FailureKind::Deadline { limit, stage: progress.stage },
        };
        let failure = Failure { context: self.context(call, &progress), kind };
        tracing::debug!(error = %failure, "the call failed");
        Err(Box::new(failure))
    }

    async fn run(&self, call: &Call, deadline: Instant, progress: &mut Progress) -> Result<Answer, FailureKind> {
        let mut failures = self.settings.retry.failures();
        let mut refusals = self.settings.retry.refusals();
        let (mut renewals, mut moves) = (0, 0);
        loop {
            progress.stage = "waiting for its turn under the portal's limits";
            let admitted = self.settings.limits.admit(call.methods(), deadline).await;
            admitted.map_err(|_| FailureKind::Deadline {
                limit: progress.limit,
                stage: "the method's operating time is used up for longer",
            })?;
            progress.stage = "loading the token";
            let token = self.token().await.map_err(FailureKind::Auth)?;
            let request = self.request(call, token.as_deref()).map_err(FailureKind::Auth)?;
            let from = request.url.clone();
            progress.attempts += 1;
            progress.stage = "waiting for the answer";
            let before = std::mem::replace(&mut progress.may_have_run, true);
            let outcome = self.attempt(call, request, progress).await;
            progress.may_have_run = before || may_have_run(&outcome);
            let next = retry::next(&outcome, call.repeatable());
            progress.stage = "waiting before another attempt";
            match next {
                Next::Return => return self.conclude(call, outcome, progress),
                Next::Again => match failures.next() {
                    Some(pause) => self.pause(call, &outcome, pause).await,
                    None => return self.conclude(call, outcome, progress),
                },
                Next::QueryLimit => {
                    self.settings.limits.refused();
                    self.pause(call, &outcome, refusals.next().unwrap_or_default()).await;
                }
                Next::OperatingLimit(time) => {
                    self.settings.limits.block(call.method, time.as_deref());
                    if self.settings.limits.is_blocked_at(call.method, deadline) {
                        return self.conclude(call, outcome, progress);
                    }
                }
                Next::Expired => {
                    renewals += 1;
                    let (Auth::App(session), Some(token)) = (&self.auth, &token) else {
                        return self.conclude(call, outcome, progress);
                    };
                    if renewals > MAX_RENEWALS {
                        return self.conclude(call, outcome, progress);
                    }
                    progress.stage = "renewing the token";
                    session.renewed(token).await.map_err(FailureKind::Auth)?;
                }
                Next::Moved(location) => {
                    moves += 1;
                    let to = self.settings.redirects.follow(&from, &location);
                    let refuse = |(to, reason)| FailureKind::Redirect { to, reason };
                    let to = to.map_err(refuse)?;
                    if moves > MAX_MOVES {
                        return Err(refuse((to.portal(), "the portal moved too often")));
                    }
                    self.move_to(to).await;
                }
            }
        }
    }

    async fn pause(&self, call: &Call, outcome: &Result<Answer, TransportError>, pause: Duration) {
        let reason = outcome.as_ref().map_or_else(ToString::to_string, |answer| format!("status {}", answer.status));
        tracing::debug!(method = call.method, ?pause, reason, "another attempt follows");
        sleep(pause).await;
    }

    /// One attempt.
    async fn attempt(&self, call: &Call, request: Request, progress: &Progress) -> Result<Answer, TransportError> {
        let start = Instant::now();
        let limit = self.settings.attempt_timeout;
        let outcome = timeout(limit, self.receive(request)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}"))));
        let context = self.context(call, progress);
        let elapsed = start.elapsed();
        match &outcome {
            Ok((status, _, body)) => {
                tracing::debug!(call = %context, status, bytes = body.len(), ?elapsed, "answered");
            }
            Err(error) => tracing::debug!(call = %context, %error, ?elapsed, "no answer"),
        }
        outcome.map(|(status, headers, body)| Answer { status, headers, body, context })
    }

    async fn receive(&self, request: Request) -> Result<(u16, HeaderMap, Bytes), TransportError> {
        let Response { status, headers, mut body } = self.transport.send(request).await?;
        let limit = self.settings.max_answer;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await.transpose()? {
            if bytes.len() + chunk.len() > limit {
                return Err(TransportError::too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((status, headers, bytes.freeze()))
    }

    /// Tells answers of the API from other answers, which are failures.
    fn conclude(
        &self,
        call: &Call,
        outcome: Result<Answer, TransportError>,
        progress: &Progress,
    ) -> Result<Answer, FailureKind> {
        let mut answer = outcome.map_err(FailureKind::Transport)?;
        answer.context = self.context(call, progress);
        let body = answer.body.trim_ascii_start();
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        if answer.error().is_some() {
            // Servers echo requests in errors.
            answer.body = self.auth.scrub(&String::from_utf8_lossy(&answer.body)).into();
            return Ok(answer);
        }
        if answer.status < 300 && body.first() == Some(&b'{') {
            return Ok(answer);
        }
        let text = self.auth.scrub(&String::from_utf8_lossy(body));
        Err(FailureKind::Http { status: answer.status, body: text.chars().take(EXCERPT).collect() })
    }

    fn request(&self, call: &Call, token: Option<&Token>) -> Result<Request, AuthError> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        if let Some(Target { verb, url, content_type, body }) = &call.target {
            let mut request = Request::new(*verb, url.clone(), body.clone());
            if let Ok(content_type) = HeaderValue::from_str(content_type) {
                request.headers.insert(header::CONTENT_TYPE, content_type);
            }
            return Ok(request);
        }
        let url = self.auth.url(call.version, call.method, token, self.settings.redirects.http_on_loopback)?;
        let mut request = Request::new(Verb::Post, url, call.body(token));
        request.headers.insert(header::CONTENT_TYPE, JSON);
        request.headers.insert(header::ACCEPT, JSON);
        if let Some(key) = &call.idempotency_key {
            request.headers.insert("idempotency-key", key.clone());
        }
        Ok(request)
    }

    pub(super) async fn token(&self) -> Result<Option<Arc<Token>>, AuthError> {
        match &self.auth {
            Auth::Webhook(..) => Ok(None),
            Auth::App(session) => session.token().await.map(Some),
        }
    }

    /// The portal refused `method` for its operating time within a batch.
    pub(crate) fn block(&self, method: &'static str) {
        self.settings.limits.block(method, None);
    }

    /// What an answer tells of the limits.
    pub(crate) fn note(&self, method: &'static str, time: &Time) {
        self.settings.limits.note(method, time);
    }

    async fn move_to(&self, to: Address) {
        tracing::warn!(from = self.portal(), to = to.portal(), "the portal has moved");
        self.auth.move_to(to).await;
    }

    /// The context of an answer that came but cannot be used.
    pub(crate) fn context_of(&self, method: &'static str) -> Context {
        Context { method, portal: self.portal(), attempts: 1, may_have_run: true }
    }

    fn context(&self, call: &Call, progress: &Progress) -> Context {
        let Progress { attempts, may_have_run, .. } = *progress;
        Context { method: call.method, portal: self.portal(), attempts, may_have_run }
    }
}

/// Whether the portal may have carried out the call of an attempt. Refusals and redirects come in place of that; so does
/// a connection that was never made. A gateway's page says nothing of what happened behind it, unless its status refuses.
fn may_have_run(outcome: &Result<Answer, TransportError>) -> bool {
    match outcome {
        Err(error) => error.stage() != Stage::Connect,
        Ok(answer) => match answer.error() {
            Some(error) => {
                error.status >= 500 && !matches!(error.code.as_str(), "QUERY_LIMIT_EXCEEDED" | "OVERLOAD_LIMIT")
            }
            None => !(300..500).contains(&answer.status),
        },
    }
}
