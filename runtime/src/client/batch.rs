//! Many calls in one request: the method `batch`.
//!
//! Commands of any method go into a [`Batch`]; each gives a [`Handle`], for which the [`BatchReply`] has the command's own
//! typed result or error. A request carries up to 50 commands; more are sent as several requests, one after the other.
//!
//! A v2 command can use what an earlier one returned, if both are in the same 50: [`Handle::result`] is put in place of a
//! parameter with [`Batch::add_with`].
//!
//! v2 commands succeed or fail one by one; a v3 batch does so as a whole. Both kinds can stand in one [`Batch`]: each
//! request holds one kind.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::Range};

use futures_util::{Stream, StreamExt, stream};
use http::HeaderMap;
use serde_json::{Value, json, value::RawValue};
use tokio::time::Instant;

use super::{Client, answer::Answer, call::Call, raw_entries::RawEntries, typed};
use crate::{
    CallError, Effect, Method, MethodInfo, Reply, Version,
    error::{Failure, FailureKind},
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
    /// Requests are sent as the stream is read; a dropped stream sends no more.
    pub fn call_all<M, I>(
        &self,
        requests: I,
    ) -> impl Stream<Item = Result<Reply<M::Result>, CallError<M::Error>>> + Send + use<M, I>
    where
        M: Method + Send,
        M::Result: Send,
        I: IntoIterator<Item = M>,
        I::IntoIter: Send,
    {
        let client = self.clone();
        let chunks = stream::unfold((client, requests.into_iter()), async |(client, mut requests)| {
            let mut batch = client.batch();
            let handles: Vec<_> = requests.by_ref().take(MAX_COMMANDS).map(|request| batch.add(request)).collect();
            if handles.is_empty() {
                return None;
            }
            let mut reply = batch.send().await;
            let answers: Vec<_> = handles.into_iter().map(|handle| reply.take(handle)).collect();
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
    /// v2: parameters in whose place results stand.
    references: Vec<(String, Reference)>,
}

/// The place of a command in a batch: where its answer is found.
pub struct Handle<M> {
    index: usize,
    method: PhantomData<fn() -> M>,
}

impl<M> Handle<M> {
    /// What the command returns at `path` below its `result`, for a later command: `[0][ID]`, or nothing for all of it.
    pub fn result(&self, path: &str) -> Reference {
        Reference { index: self.index, text: format!("$result[{}]{path}", key(self.index)) }
    }
}

/// A result of an earlier command, for a parameter of a later one.
#[derive(Clone, Debug)]
pub struct Reference {
    index: usize,
    text: String,
}

impl Batch {
    /// Adds a command.
    pub fn add<M: Method>(&mut self, request: M) -> Handle<M> {
        self.add_with(request, [])
    }

    /// Adds a v2 command with results of earlier ones in place of parameters, which are named as in PHP:
    /// `fields[ASSIGNED_BY_ID]`. What `request` itself has there is not sent. (In v3 references have another form, and
    /// these are not sent.)
    #[expect(clippy::needless_pass_by_value, reason = "as `Client::call`")]
    pub fn add_with<M: Method, const N: usize>(&mut self, request: M, references: [(&str, Reference); N]) -> Handle<M> {
        let parameters = if M::INFO.positional {
            wire::to_positional(&request)
        } else {
            wire::to_vec(&request, wire::Forms::Documented)
        };
        let index = self.commands.len();
        self.commands.push(Command {
            info: M::INFO,
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
        let mut skip = self.misplaced();
        for range in self.requests() {
            let commands = &self.commands[range.clone()];
            let sent = match skip {
                Some(why) => commands.iter().map(|command| Err(Box::new(self.skipped(command, why)))).collect(),
                None => self.request(range).await,
            };
            let failed = |answer: &Result<Answer, _>| answer.as_ref().map_or(true, |answer| answer.error().is_some());
            if self.halt && sent.iter().any(failed) {
                skip = skip.or(Some("an earlier command of the batch failed"));
            }
            answers.extend(sent.into_iter().map(Some));
        }
        BatchReply { client: self.client, answers }
    }

    /// Why the batch cannot be sent, if a command refers to one in another request.
    fn misplaced(&self) -> Option<&'static str> {
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
        let deadline = Instant::now() + core.deadline();
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
        call.inner = commands.iter().map(|command| command.info.name).collect();
        let whole = self.client.core.exchange(&call).await;
        let split = match &whole {
            Ok(answer) if answer.error().is_none() => split(version, answer, indices),
            // The request as a whole was refused or failed, and with it each of its commands.
            _ => None,
        };
        let Some(mut split) = split else { return vec![whole; indices.len()] };
        let answers = indices.iter().zip(&commands).map(|(index, command)| {
            let Some(answer) = split.remove(index) else {
                let mut lost = self.skipped(command, "the batch brought no answer for this command");
                lost.context.may_have_run = !self.halt;
                return Err(Box::new(lost));
            };
            if answer.is_limited() {
                self.client.core.block(command.info.name, answer.time().as_ref());
            }
            Ok(answer)
        });
        answers.collect()
    }

    fn skipped(&self, command: &Command, why: &'static str) -> Failure {
        let mut context = self.client.core.context_of(command.info.name);
        context.may_have_run = false;
        Failure { context, kind: FailureKind::Skipped(why) }
    }
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
        out.extend_pairs(self.references.iter().map(|(name, reference)| (name, &reference.text)));
        format!("{}?{}", self.info.name, out.finish())
    }

    /// v3: an element of the request's list.
    fn entry(&self, index: usize) -> Value {
        json!({"method": self.info.name, "query": self.parameters, "as": key(index), "parallel": false})
    }
}

/// Cuts the answer of a batch into those of its commands, in the form in which a call of its own would be answered.
/// `None` if it has not the form of a batch's answer.
fn split(version: Version, answer: &Answer, indices: &[usize]) -> Option<BTreeMap<usize, Answer>> {
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
        let (status, context) = (answer.status, answer.context.clone());
        answers.insert(index, Answer { status, headers: HeaderMap::new(), body: body.into(), context });
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
            let mut context = core.context_of(M::INFO.name);
            context.may_have_run = false;
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
