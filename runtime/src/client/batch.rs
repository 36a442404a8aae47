//! Many calls in one request: the method `batch`.
//!
//! Commands of any method go into a [`Batch`]; each gives a [`Handle`], for which the [`BatchReply`] has the command's own
//! typed result or error. A request carries up to 50 commands; more are sent as several requests, one after the other.
//!
//! A command can use what an earlier one returned, if both are in the same 50: a [`Reference`] is put in place of a parameter
//! with [`Batch::add_with`]. In v2 [`Handle::result`] makes one; the form that v3 has for them is not documented, so there
//! [`Reference::json`] takes whatever the portal understands.
//!
//! v2 commands succeed or fail one by one; a v3 batch does so as a whole. Both kinds can stand in one [`Batch`]: each
//! request holds one kind.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::Range, sync::Arc};

use futures_util::{Stream, StreamExt, stream};
use http::HeaderMap;
use serde_json::{Value, json, value::RawValue};
use tokio::time::Instant;

use super::{
    Client,
    answer::Answer,
    body::{Part, form_length},
    call::{Call, DROPPED, parameters},
    core::after,
    files::{self, Content},
    raw_entries::RawEntries,
    typed,
};
use crate::{
    CallError, Effect, Method, MethodInfo, Reply, Time, Version,
    error::{Failure, FailureKind, TransportError},
    wire,
};

/// Commands in one request.
pub const MAX_COMMANDS: usize = 50;

const DOCS: &str = "https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html";
static V2: MethodInfo = MethodInfo::v2("batch", DOCS);
static V3: MethodInfo = MethodInfo::v3("batch", DOCS);

impl Client {
    /// An empty batch.
    pub fn batch(&self) -> Batch {
        Batch { client: self.clone(), commands: Vec::new(), halt: false }
    }

    /// Makes many calls of one method, 50 a request, and gives their answers in the same order.
    ///
    /// Requests are sent as the stream is read; a dropped stream sends no more. Where a v3 batch that only reads fails as a
    /// whole, its calls are made one by one, so that each has an answer of its own.
    pub fn call_all<M, I>(
        &self,
        requests: I,
    ) -> impl Stream<Item = Result<Reply<M::Result>, CallError<M::Error>>> + Send + use<M, I>
    where
        M: Method + Clone + Send,
        M::Result: Send,
        I: IntoIterator<Item = M>,
        I::IntoIter: Send,
    {
        let client = self.clone();
        let chunks = stream::unfold((client, requests.into_iter()), async |(client, mut requests)| {
            let chunk: Vec<M> = requests.by_ref().take(MAX_COMMANDS).collect();
            if chunk.is_empty() {
                return None;
            }
            let mut batch = client.batch();
            let handles: Vec<_> = chunk.iter().map(|request| batch.add(request.clone())).collect();
            let mut reply = batch.send().await;
            let mut answers: Vec<_> = handles.into_iter().map(|handle| reply.take(handle)).collect();
            let whole = M::INFO.version == Version::V3 && M::INFO.effect == Effect::Read && chunk.len() > 1;
            if whole && answers.iter().all(|answer| matches!(answer, Err(CallError::Api { .. }))) {
                answers = stream::iter(chunk).then(|request| client.call(request)).collect().await;
            }
            Some((stream::iter(answers), (client, requests)))
        });
        chunks.flatten()
    }
}

/// Commands to send together, by [`Client::batch`].
#[must_use = "a batch does nothing unless sent"]
pub struct Batch {
    client: Client,
    commands: Vec<Command>,
    halt: bool,
}

struct Command {
    info: &'static MethodInfo,
    parameters: Value,
    /// Parameters in whose place results stand.
    references: Vec<(String, Reference)>,
    /// Contents for which markers stand in the parameters.
    uploads: Result<Vec<Arc<Content>>, files::Dropped>,
}

/// The place of a command in a batch: where its answer is found.
pub struct Handle<M> {
    index: usize,
    method: PhantomData<fn() -> M>,
}

impl<M> Handle<M> {
    /// v2: what the command returns at `path` below its `result`, for a later command: `[0][ID]`, or nothing for all of it.
    pub fn result(&self, path: &str) -> Reference {
        Reference { index: self.index, value: format!("$result[{}]{path}", self.key()).into() }
    }

    /// The key under which the command goes into the batch (v3: `as`), for a [`Reference::json`].
    pub fn key(&self) -> String {
        key(self.index)
    }
}

/// A result of an earlier command, for a parameter of a later one.
#[derive(Clone, Debug)]
pub struct Reference {
    index: usize,
    value: Value,
}

impl Reference {
    /// A reference to a result of `earlier` in a form of one's own, which holds [`earlier.key()`](Handle::key).
    pub fn json<M>(earlier: &Handle<M>, value: Value) -> Self {
        Reference { index: earlier.index, value }
    }
}

impl Batch {
    /// Adds a command.
    pub fn add<M: Method>(&mut self, request: M) -> Handle<M> {
        self.add_with(request, [])
    }

    /// Adds a command with results of earlier ones in place of parameters, which are named as in PHP:
    /// `fields[ASSIGNED_BY_ID]`. What `request` itself has there is not sent, so anything will do.
    #[expect(clippy::needless_pass_by_value, reason = "as `Client::call`")]
    pub fn add_with<M: Method, const N: usize>(&mut self, request: M, references: [(&str, Reference); N]) -> Handle<M> {
        let parameters = parameters(&request);
        let index = self.commands.len();
        self.commands.push(Command {
            info: M::INFO,
            uploads: files::named(&parameters),
            parameters: serde_json::from_slice(&parameters).unwrap_or_default(),
            references: references.map(|(name, reference)| (name.to_owned(), reference)).into(),
        });
        Handle { index, method: PhantomData }
    }

    /// Stops at the first error: the commands after it are not run.
    pub fn halt(mut self) -> Self {
        self.halt = true;
        self
    }

    /// Number of commands.
    pub fn len(&self) -> usize {
        self.commands.len()
    }

    /// Whether there is no command.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Sends the commands. What becomes of each is told by [`BatchReply::take`]; also where a whole request failed.
    pub async fn send(self) -> BatchReply {
        let mut answers = Vec::with_capacity(self.commands.len());
        let mut skip = self.refused();
        for range in self.requests() {
            let commands = &self.commands[range.clone()];
            let sent = match skip {
                Some(why) => commands.iter().map(|command| Err(Box::new(self.skipped(command, why)))).collect(),
                None => self.request(range).await,
            };
            let failed = |answer: &Result<Answer, _>| answer.as_ref().map_or(true, |answer| answer.error.is_some());
            if self.halt && sent.iter().any(failed) {
                skip = skip.or(Some("an earlier command of the batch failed"));
            }
            answers.extend(sent.into_iter().map(Some));
        }
        BatchReply { client: self.client, answers }
    }

    /// Why the batch cannot be sent, if so.
    fn refused(&self) -> Option<&'static str> {
        if self.commands.iter().any(|command| command.uploads.is_err()) {
            return Some(DROPPED);
        }
        let requests = self.requests();
        let request_of = |index: usize| requests.iter().position(|range| range.contains(&index));
        let misplaced = self.commands.iter().enumerate().any(|(index, command)| {
            let mut referred = command.references.iter().map(|(_, reference)| reference.index);
            referred.any(|referred| referred >= index || request_of(referred) != request_of(index))
        });
        misplaced.then_some("a command of the batch refers to one that is not before it among the same 50")
    }

    /// Which commands go together: up to 50 of the same version.
    fn requests(&self) -> Vec<Range<usize>> {
        let mut requests: Vec<Range<usize>> = Vec::new();
        for (index, command) in self.commands.iter().enumerate() {
            match requests.last_mut() {
                Some(last)
                    if last.len() < MAX_COMMANDS && self.commands[last.start].info.version == command.info.version =>
                {
                    last.end += 1;
                }
                _ => requests.push(index..index + 1),
            }
        }
        requests
    }

    /// Sends one request; and again those of its commands that the portal refused for its limits, once these allow it.
    /// Refused commands have not been run, so this is safe for any; but not where others build on them.
    async fn request(&self, range: Range<usize>) -> Vec<Result<Answer, Box<Failure>>> {
        let core = &self.client.core;
        let deadline = after(core.deadline());
        let mut answers = self.exchange(&range.clone().collect::<Vec<_>>()).await;
        loop {
            let refused = |index: &usize| {
                let method = self.commands[*index].info.name;
                self.is_alone(*index)
                    && answers[*index - range.start].as_ref().is_ok_and(Answer::is_limited)
                    && !core.is_blocked_at(method, deadline)
            };
            let again: Vec<usize> = range.clone().filter(refused).collect();
            if self.halt || again.is_empty() || Instant::now() >= deadline {
                return answers;
            }
            for (index, answer) in again.iter().zip(self.exchange(&again).await) {
                answers[index - range.start] = answer;
            }
        }
    }

    /// Whether no command builds on another's result here.
    fn is_alone(&self, index: usize) -> bool {
        let mut references = self.commands.iter().flat_map(|command| &command.references);
        self.commands[index].references.is_empty() && !references.any(|(_, reference)| reference.index == index)
    }

    async fn exchange(&self, indices: &[usize]) -> Vec<Result<Answer, Box<Failure>>> {
        let commands: Vec<&Command> = indices.iter().map(|index| &self.commands[*index]).collect();
        let version = commands[0].info.version;
        let (info, body) = match version {
            Version::V2 => {
                let cmd: serde_json::Map<_, _> = indices
                    .iter()
                    .zip(&commands)
                    .map(|(index, command)| (key(*index), command.query().into()))
                    .collect();
                (&V2, json!({"halt": u8::from(self.halt), "cmd": cmd}))
            }
            Version::V3 => (&V3, indices.iter().zip(&commands).map(|(index, command)| command.entry(*index)).collect()),
        };
        let writes = commands.iter().any(|command| command.info.effect == Effect::Write);
        let effect = if writes { Effect::Write } else { Effect::Read };
        let mut call = Call::with_effect(info, effect, body.to_string().into_bytes());
        if version == Version::V2
            && let Err(error) = in_forms(&mut call.uploads).await
        {
            let failure = |command: &&Command| {
                let context = self.client.core.context_before(command.info.name);
                Err(Box::new(Failure { context, kind: FailureKind::Transport(error.clone()) }))
            };
            return commands.iter().map(failure).collect();
        }
        call.inner = commands.iter().map(|command| command.info.name).collect();
        let whole = self.client.core.exchange(&call).await;
        let split = match &whole {
            Ok(answer) if answer.error.is_none() => split(version, answer, indices),
            // The request as a whole was refused or failed, and with it each of its commands.
            _ => None,
        };
        let Some(mut split) = split else { return vec![whole; indices.len()] };
        let answers = indices.iter().zip(&commands).map(|(index, command)| {
            let Some((answer, time)) = split.remove(index) else {
                let mut lost = self.skipped(command, "the batch brought no answer for this command");
                lost.context.attempts = 1;
                lost.context.may_have_run = !self.halt;
                return Err(Box::new(lost));
            };
            if answer.is_limited() {
                self.client.core.block(command.info.name, answer.time().as_ref());
            } else if let Some(time) = time {
                self.client.core.note(command.info.name, &time);
            }
            Ok(answer)
        });
        answers.collect()
    }

    fn skipped(&self, command: &Command, why: &'static str) -> Failure {
        let context = self.client.core.context_before(command.info.name);
        Failure { context, kind: FailureKind::Skipped(why) }
    }
}

/// Prepares uploads for the forms of v2 commands.
async fn in_forms(uploads: &mut [Part]) -> Result<(), TransportError> {
    for upload in uploads {
        if let Part::Base64(content) = upload {
            let length = form_length(content).await;
            let length = length.map_err(|error| TransportError::connect(format!("a file cannot be read: {error}")))?;
            *upload = Part::Form(content.clone(), length);
        }
    }
    Ok(())
}

/// The key of a command. It is no number, so that PHP does not take the keys for those of a list.
fn key(index: usize) -> String {
    format!("c{index}")
}

impl Command {
    /// v2: `crm.deal.get?ID=1`
    fn query(&self) -> String {
        let query = wire::to_brackets(&self.parameters);
        if self.references.is_empty() {
            return format!("{}?{query}", self.info.name);
        }
        let replaced = |key: &str| {
            let mut names = self.references.iter().map(|(name, _)| name);
            names.any(|name| {
                key.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
            })
        };
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| !replaced(key)));
        for (name, Reference { value, .. }) in &self.references {
            out.append_pair(name, value.as_str().unwrap_or(&value.to_string()));
        }
        format!("{}?{}", self.info.name, out.finish())
    }

    /// v3: an element of the request's list.
    fn entry(&self, index: usize) -> Value {
        let mut query = self.parameters.clone();
        for (name, Reference { value, .. }) in &self.references {
            *place(&mut query, name) = value.clone();
        }
        json!({"method": self.info.name, "query": query, "as": key(index), "parallel": false})
    }
}

/// The place in `json` that PHP calls `name`: `fields[ASSIGNED_BY_ID]`. It is made if there is none.
fn place<'a>(json: &'a mut Value, name: &str) -> &'a mut Value {
    name.split('[').map(|key| key.trim_end_matches(']')).fold(json, |json, key| {
        let length = json.as_array().map_or(0, Vec::len);
        match key.parse::<usize>() {
            Ok(index) if index < length => &mut json[index],
            _ => {
                if !json.is_object() {
                    *json = json!({});
                }
                &mut json[key]
            }
        }
    })
}

/// Cuts the answer of a batch into those of its commands, in the form in which a call of its own would be answered.
/// `None` if it has not the form of a batch's answer.
fn split(version: Version, answer: &Answer, indices: &[usize]) -> Option<BTreeMap<usize, (Answer, Option<Time>)>> {
    #[derive(serde::Deserialize)]
    struct Whole<T> {
        result: T,
    }
    #[derive(serde::Deserialize)]
    struct Parts {
        result: RawEntries,
        #[serde(default)]
        result_error: RawEntries,
        #[serde(default)]
        result_total: RawEntries,
        #[serde(default)]
        result_next: RawEntries,
        #[serde(default)]
        result_time: RawEntries,
    }
    let parts = match version {
        Version::V2 => serde_json::from_slice::<Whole<Parts>>(&answer.body).ok()?.result,
        Version::V3 => Parts {
            result: serde_json::from_slice::<Whole<RawEntries>>(&answer.body).ok()?.result,
            result_error: RawEntries::default(),
            result_total: RawEntries::default(),
            result_next: RawEntries::default(),
            result_time: RawEntries::default(),
        },
    };
    let mut answers = BTreeMap::new();
    for (position, &index) in indices.iter().enumerate() {
        // Where PHP made a list of the answers, they stand in the commands' order.
        let key = key(index);
        let of = |entries: &RawEntries| entries.get(&key, position).map(RawValue::get).map(str::to_owned);
        let body = if let Some(error) = of(&parts.result_error) {
            if error.starts_with('{') { error } else { format!(r#"{{"error":{error}}}"#) }
        } else if let Some(result) = of(&parts.result) {
            let mut body = format!(r#"{{"result":{result}"#);
            for (name, entries) in
                [("total", &parts.result_total), ("next", &parts.result_next), ("time", &parts.result_time)]
            {
                if let Some(value) = of(entries) {
                    body.extend([r#",""#, name, r#"":"#, &value]);
                }
            }
            body + "}"
        } else {
            continue;
        };
        let time = parts.result_time.get(&key, position).and_then(|time| serde_json::from_str(time.get()).ok());
        let (status, context) = (answer.status, answer.context.clone());
        let answer = Answer::new(status, HeaderMap::new(), body.into(), context);
        answers.insert(index, (answer, time));
    }
    Some(answers)
}

/// The answers to the commands of a batch.
pub struct BatchReply {
    client: Client,
    answers: Vec<Option<Result<Answer, Box<Failure>>>>,
}

impl BatchReply {
    /// The answer to the command of `handle`, as if it had been called on its own.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]; also if the command was not run, because an earlier one failed in a batch with
    /// [`halt`](Batch::halt), or because the handle is another batch's.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is given once")]
    pub fn take<M: Method>(&mut self, handle: Handle<M>) -> Result<Reply<M::Result>, CallError<M::Error>> {
        let core = &self.client.core;
        let answer = self.answers.get_mut(handle.index).and_then(Option::take).unwrap_or_else(|| {
            let context = core.context_before(M::INFO.name);
            Err(Box::new(Failure { context, kind: FailureKind::Skipped("the handle belongs to another batch") }))
        });
        // Errors name the command's method, not `batch`.
        let answer = match answer {
            Ok(mut answer) => {
                answer.context.method = M::INFO.name;
                Ok(answer)
            }
            Err(mut failure) => {
                failure.context.method = M::INFO.name;
                Err(failure)
            }
        };
        typed::<M>(core, answer)
    }
}

impl<M> fmt::Debug for Handle<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Handle").field(&self.index).finish()
    }
}

/// The parameters are not shown.
impl fmt::Debug for Batch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.commands.iter().map(|command| command.info.name).collect();
        out.debug_struct("Batch").field("commands", &methods).field("halt", &self.halt).finish_non_exhaustive()
    }
}

impl fmt::Debug for BatchReply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BatchReply").field("commands", &self.answers.len()).finish_non_exhaustive()
    }
}
