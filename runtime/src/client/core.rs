//! The machinery below every call, free of types: attempts, and what is decided between them.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::BytesMut;
use futures_util::{FutureExt, StreamExt};
use http::{HeaderValue, header};
use secrecy::ExposeSecret;
use tokio::time::{Instant, sleep, timeout_at};

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
    SystemError, Time,
    error::{AuthError, Context, Failure, FailureKind, Stage, TransportError},
};

/// Tokens that are called expired right after their renewal, or new addresses that lead on: more than this is a fault.
const MAX_RENEWALS: u32 = 2;
pub(super) const MAX_MOVES: u32 = 3;

/// How much of a body that is no answer of the API an error shows.
pub(super) const EXCERPT: usize = 300;

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

/// How far a call has come.
struct Progress {
    /// What the call was given.
    limit: Duration,
    /// When that is over.
    deadline: Instant,
    attempts: u32,
    may_have_run: bool,
}

impl Progress {
    /// Waits for `future`, but not beyond the deadline.
    async fn within<T>(&self, stage: &'static str, future: impl Future<Output = T>) -> Result<T, FailureKind> {
        let mut future = pin!(future);
        // Mostly there is nothing to wait for, and so no need of a timer.
        if let Some(output) = future.as_mut().now_or_never() {
            return Ok(output);
        }
        timeout_at(self.deadline, future).await.map_err(|_| self.late(stage))
    }

    fn late(&self, stage: &'static str) -> FailureKind {
        FailureKind::Deadline { limit: self.limit, stage }
    }
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
        let mut progress = Progress { limit, deadline: after(limit), attempts: 0, may_have_run: false };
        let outcome = match call.refused {
            None => self.run(call, &mut progress).await,
            Some(why) => Err(FailureKind::Skipped(why)),
        };
        outcome.map_err(|kind| {
            let failure = Failure { context: self.context(call, &progress), kind };
            tracing::debug!(error = %failure, "the call failed");
            Box::new(failure)
        })
    }

    async fn run(&self, call: &Call, progress: &mut Progress) -> Result<Answer, FailureKind> {
        let limits = &self.settings.limits;
        let (mut failures, mut refusals) = (None, None);
        let (mut renewals, mut moves) = (0, 0);
        loop {
            let admitted = limits.admit(call.methods(), progress.deadline);
            let admitted = progress.within("waiting for its turn under the portal's limits", admitted).await?;
            let admitted = admitted.map_err(|_| progress.late("the method's operating time is used up for longer"))?;
            let token = progress.within("loading the token", self.token()).await?.map_err(FailureKind::Auth)?;
            let request = self.request(call, token.as_deref()).map_err(FailureKind::Auth)?;
            let outcome = self.attempt(call, request, progress).await?;
            match retry::next(&outcome, call.repeatable()) {
                Next::Return => {
                    let mut answer = self.conclude(outcome, token.as_deref())?;
                    answer.admitted = Some(Arc::new(admitted));
                    return Ok(answer);
                }
                Next::Again => {
                    drop(admitted);
                    let pause = failures.get_or_insert_with(|| self.settings.retry.failures()).next();
                    if !self.pause(call, &outcome, pause, progress).await {
                        return self.conclude(outcome, token.as_deref());
                    }
                }
                Next::QueryLimit => {
                    drop(admitted);
                    limits.refused();
                    let pause = refusals.get_or_insert_with(|| self.settings.retry.refusals()).next();
                    if !self.pause(call, &outcome, pause, progress).await {
                        return self.conclude(outcome, token.as_deref());
                    }
                }
                Next::OperatingLimit(time) => {
                    call.methods().iter().for_each(|method| limits.block(method, time.as_deref()));
                    if call.methods().iter().any(|method| limits.is_blocked_at(method, progress.deadline)) {
                        return self.conclude(outcome, token.as_deref());
                    }
                }
                Next::Expired => {
                    drop(admitted);
                    renewals += 1;
                    match (&self.auth, &token) {
                        // An address that the portal gave holds a token of its own.
                        (Auth::App(session), Some(expired)) if renewals <= MAX_RENEWALS && call.target.is_none() => {
                            let renewed = progress.within("renewing the token", session.renewed(expired)).await?;
                            renewed.map_err(FailureKind::Auth)?;
                        }
                        _ => return self.conclude(outcome, token.as_deref()),
                    }
                }
                Next::Moved(location) => {
                    drop(admitted);
                    moves += 1;
                    let from = self.request(call, token.as_deref()).map_err(FailureKind::Auth)?.url;
                    let to = self.settings.redirects.follow(&from, &location);
                    let refuse = |(to, reason)| FailureKind::Redirect { to, reason };
                    let to = to.map_err(refuse)?;
                    if call.target.is_some() {
                        return Err(refuse((to.portal(), "files are posted to the address that the portal gave only")));
                    }
                    if moves > MAX_MOVES {
                        return Err(refuse((to.portal(), "the portal moved too often")));
                    }
                    progress.within("keeping the portal's new address", self.move_to(to)).await?;
                }
            }
        }
    }

    /// Waits before another attempt. `false` if there shall be none, or no time is left for it.
    async fn pause(
        &self,
        call: &Call,
        outcome: &Result<Answer, TransportError>,
        pause: Option<Duration>,
        progress: &Progress,
    ) -> bool {
        let Some(pause) = pause.filter(|pause| Instant::now() + *pause < progress.deadline) else { return false };
        let reason = outcome.as_ref().map_or_else(ToString::to_string, |answer| format!("status {}", answer.status));
        tracing::debug!(method = call.method, ?pause, reason, "another attempt follows");
        sleep(pause).await;
        true
    }

    /// One attempt. One timer covers it: that of the attempt, or the call's deadline if that is nearer.
    async fn attempt(
        &self,
        call: &Call,
        request: Request,
        progress: &mut Progress,
    ) -> Result<Result<Answer, TransportError>, FailureKind> {
        progress.attempts += 1;
        let before = std::mem::replace(&mut progress.may_have_run, true);
        let start = Instant::now();
        let limit = self.settings.attempt_timeout;
        let end = progress.deadline.min(after(limit));
        let mut outcome = match timeout_at(end, self.receive(request, self.context(call, progress))).await {
            Ok(outcome) => outcome,
            Err(_) if end == progress.deadline => return Err(progress.late("waiting for the answer")),
            Err(_) => Err(TransportError::new(Stage::Timeout, format!("waited {limit:?}"))),
        };
        let elapsed = start.elapsed();
        match &outcome {
            Ok(Answer { status, body, context, .. }) => {
                tracing::debug!(call = %context, status, bytes = body.len(), ?elapsed, "answered");
            }
            Err(error) => tracing::debug!(call = %self.context(call, progress), %error, ?elapsed, "no answer"),
        }
        progress.may_have_run = before || may_have_run(&outcome);
        if let Ok(answer) = &mut outcome {
            answer.context.may_have_run = progress.may_have_run;
        }
        Ok(outcome)
    }

    async fn receive(&self, request: Request, context: Context) -> Result<Answer, TransportError> {
        let Response { status, headers, mut body } = self.transport.send(request).await?;
        let limit = self.settings.max_answer;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await.transpose()? {
            if bytes.len() + chunk.len() > limit {
                return Err(TransportError::too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer::new(status, headers, bytes.freeze(), context))
    }

    /// Tells answers of the API from other answers, which are failures.
    fn conclude(&self, outcome: Result<Answer, TransportError>, token: Option<&Token>) -> Result<Answer, FailureKind> {
        let mut answer = outcome.map_err(FailureKind::Transport)?;
        let body = answer.body.trim_ascii_start();
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        if answer.error.is_some() {
            // Servers echo requests in errors.
            answer.body = self.auth.scrub(&String::from_utf8_lossy(&answer.body), token).into();
            return Ok(answer);
        }
        if answer.status < 300 && body.first() == Some(&b'{') {
            return Ok(answer);
        }
        let text = self.auth.scrub(&String::from_utf8_lossy(body), token);
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
        let mut url = self.auth.url(call.version, call.method, token, self.settings.redirects.http_on_loopback)?;
        let beside_list = token.filter(|_| call.is_v3_list());
        if let Some(token) = beside_list {
            url.query_pairs_mut().append_pair("auth", token.access.expose_secret());
        }
        let mut request = Request::new(Verb::Post, url, call.body(token.filter(|_| beside_list.is_none())));
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

    /// The portal refused `method` for its limits within a batch.
    pub(crate) fn block(&self, method: &'static str, time: Option<&Time>) {
        self.settings.limits.block(method, time);
    }

    /// Whether `method` is known to be refused beyond `moment`.
    pub(crate) fn is_blocked_at(&self, method: &'static str, moment: Instant) -> bool {
        self.settings.limits.is_blocked_at(method, moment)
    }

    /// How long a call is given.
    pub(crate) fn deadline(&self) -> Duration {
        self.settings.deadline
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

    /// The context of a call of which nothing was sent.
    pub(crate) fn context_before(&self, method: &'static str) -> Context {
        Context { attempts: 0, may_have_run: false, ..self.context_of(method) }
    }

    fn context(&self, call: &Call, progress: &Progress) -> Context {
        let Progress { attempts, may_have_run, .. } = *progress;
        Context { method: call.method, portal: self.portal(), attempts, may_have_run }
    }
}

/// The moment when `limit` is over; as good as never where that is beyond the clock.
pub(super) fn after(limit: Duration) -> Instant {
    const NEVER: Duration = Duration::from_secs(1 << 32);
    let now = Instant::now();
    now.checked_add(limit).unwrap_or(now + NEVER)
}

/// Whether the portal may have carried out the call of an attempt. Refusals and redirects come in place of that; so does
/// a connection that was never made. A gateway's page says nothing of what happened behind it, unless its status refuses.
fn may_have_run(outcome: &Result<Answer, TransportError>) -> bool {
    match outcome {
        Err(error) => error.stage() != Stage::Connect,
        Ok(answer) => match &answer.error {
            Some(error) => {
                let refused = [SystemError::QueryLimitExceeded, SystemError::OverloadLimit];
                error.status >= 500 && error.system().is_none_or(|error| !refused.contains(&error))
            }
            None => !(300..500).contains(&answer.status),
        },
    }
}
