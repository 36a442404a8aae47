//! Lists as streams: of pages, and of the items on them.
//!
//! How a method hands out pages is in its [`MethodInfo`](crate::MethodInfo). All ways lead through [`Pager`], which knows no
//! types: it finds the items of a page by their path and says what to ask for next. A page is fetched when the stream is
//! asked for it, and a dropped stream fetches no more.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_util::Stream;
use serde_json::{Map, Value, json};

use super::{
    Client,
    answer::Answer,
    call::{Call, by_index},
    transport::BoxFuture,
    typed,
};
use crate::{
    CallError, ListMethod, Method, MethodInfo, Paging, Reply, Version,
    error::{Failure, FailureKind},
    wire::{Frag, Object, Slot},
};

/// Items on a v3 page unless the request says otherwise.
const PAGE: i64 = 50;

impl Client {
    /// The pages of a list, from the one that `request` asks for to the last.
    ///
    /// A method whose docs describe no paging has one page.
    #[expect(clippy::needless_pass_by_value, reason = "as `Client::call`")]
    pub fn pages<M: Method>(&self, request: M) -> Pages<M> {
        self.pages_of(&request, false)
    }

    /// The items of a list, in the server's order.
    pub fn items<M: ListMethod>(&self, request: M) -> Items<M> {
        Items { pages: self.pages(request), buffer: Vec::new().into_iter() }
    }

    /// The items of a list in the order of their identifiers, without counting them: much faster for long lists, since
    /// the server need neither count nor skip. The request may narrow the list by its filter, but sets no order of its own:
    /// the stream of one that does is an error.
    ///
    /// Where the method's docs know no identifier, filter or order, the same as [`Client::items`].
    #[expect(clippy::needless_pass_by_value, reason = "as `Client::call`")]
    pub fn items_by_id<M: ListMethod>(&self, request: M) -> Items<M> {
        Items { pages: self.pages_of(&request, true), buffer: Vec::new().into_iter() }
    }

    fn pages_of<M: Method>(&self, request: &M, by_id: bool) -> Pages<M> {
        let mut call = Call::new(request);
        if M::INFO.paging.is_some() && M::INFO.positional {
            call.parameters = by_index(&call.parameters).into();
        }
        Pages::new(self.clone(), Pager::new(M::INFO, request, call, by_id))
    }
}

/// How far a stream has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Pages fetched.
    pub pages: u64,
    /// Items on them.
    pub items: u64,
    /// Items on all pages, where the server says.
    pub total: Option<u64>,
}

type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// The pages of a list: a [`Stream`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages<M> {
    client: Client,
    pager: Pager,
    fetch: Option<BoxFuture<'static, Result<Answer, Box<Failure>>>>,
    progress: Progress,
    on_progress: Option<OnProgress>,
    method: std::marker::PhantomData<fn() -> M>,
}

impl<M: Method> Pages<M> {
    fn new(client: Client, pager: Pager) -> Self {
        let progress = Progress { pages: 0, items: 0, total: None };
        Pages { client, pager, fetch: None, progress, on_progress: None, method: std::marker::PhantomData }
    }

    /// Calls `tell` after each page.
    pub fn on_progress(mut self, tell: impl FnMut(Progress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }

    fn received(&mut self, reply: &Reply<M::Result>) -> Result<(), CallError<M::Error>> {
        let items = self.pager.advance(&reply.result, reply.next).map_err(|kind| {
            CallError::Failed(Box::new(Failure { context: self.client.core.context_of(M::INFO.name), kind }))
        })?;
        self.progress.pages += 1;
        self.progress.items += items;
        // Without counting, servers call the total 0.
        self.progress.total = reply.total.and_then(|total| u64::try_from(total).ok()).filter(|total| *total > 0);
        if let Some(tell) = &mut self.on_progress {
            tell(self.progress);
        }
        Ok(())
    }
}

impl<M: Method> Stream for Pages<M> {
    type Item = Result<Reply<M::Result>, CallError<M::Error>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.fetch.is_none() {
            let Some(call) = self.pager.call() else { return Poll::Ready(None) };
            let core = self.client.core.clone();
            self.fetch = Some(Box::pin(async move { core.exchange(&call).await }));
        }
        let Some(fetch) = &mut self.fetch else { return Poll::Ready(None) };
        let answer = ready!(fetch.as_mut().poll(context));
        self.fetch = None;
        let page = typed::<M>(&self.client.core, answer).and_then(|reply| self.received(&reply).map(|()| reply));
        if page.is_err() {
            self.pager.done = true;
        }
        Poll::Ready(Some(page))
    }
}

impl<M> fmt::Debug for Pages<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pages").field("progress", &self.progress).finish_non_exhaustive()
    }
}

/// The items of a list: a [`Stream`]. It ends after the last item, or after an error.
#[must_use = "streams do nothing unless polled"]
pub struct Items<M: ListMethod> {
    pages: Pages<M>,
    buffer: vec::IntoIter<M::Item>,
}

impl<M: ListMethod> Items<M> {
    /// Calls `tell` after each page.
    pub fn on_progress(mut self, tell: impl FnMut(Progress) + Send + 'static) -> Self {
        self.pages = self.pages.on_progress(tell);
        self
    }
}

/// No part of it is pinned.
impl<M: ListMethod> Unpin for Items<M> {}

impl<M: ListMethod> Stream for Items<M> {
    type Item = Result<M::Item, CallError<M::Error>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.buffer.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.buffer = M::items(page.result).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// From the server's `total`, once the first page has come. Lists change while they are read, so it is an estimate.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let here = self.buffer.len();
        let Progress { items, total, .. } = self.pages.progress;
        let to_come = total.map(|total| usize::try_from(total.saturating_sub(items)).unwrap_or(usize::MAX));
        let most = if self.pages.pager.done { Some(here) } else { to_come.map(|more| here.saturating_add(more)) };
        (here, most)
    }
}

impl<M: ListMethod> fmt::Debug for Items<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(out)
    }
}

/// What to ask for next.
struct Pager {
    /// The first call, of which the others differ in a few parameters.
    call: Call,
    version: Version,
    parameters: Map<String, Value>,
    way: Way,
    /// Where the items stand below `result`.
    path: &'static str,
    done: bool,
}

enum Way {
    /// One page.
    Once,
    /// `start` is the `next` of the page before.
    Start { key: &'static str, at: Option<i64> },
    /// `pagination.page` counts.
    Page { page: i64, limit: i64 },
    /// `pagination.offset` counts items: where the request begins with one.
    Offset { offset: i64, limit: i64 },
    /// Identifiers above the last one.
    Id { id: &'static str, filter: &'static str, order: &'static str, start: Option<&'static str>, last: Option<i64> },
}

impl Pager {
    fn new(info: &MethodInfo, request: &dyn Object, call: Call, by_id: bool) -> Self {
        let mut parameters = match serde_json::from_slice(&call.parameters) {
            Ok(Value::Object(parameters)) => parameters,
            _ => Map::new(),
        };
        // Parameters keep the letter case of the method's docs.
        let named = |name: &str| {
            let mut fields = request.table().fields.iter();
            fields.find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.name)
        };
        let id_way = |id: Option<&'static str>, start| {
            let (id, filter, order) = (id?, named("filter")?, named("order")?);
            Some(Way::Id { id, filter, order, start, last: None })
        };
        let sets = |name: &str| named(name).and_then(|name| parameters.get(name)).is_some_and(is_something);
        let start = named("start").unwrap_or("start");
        let (items, way) = match info.paging {
            None => ("result", Way::Once),
            Some(Paging::Start { items, id }) => {
                let fast = if by_id { id_way(id, Some(start)) } else { None };
                (items, fast.unwrap_or(Way::Start { key: start, at: None }))
            }
            Some(Paging::Page { items, id }) => {
                let fast = if by_id { id_way(id, None) } else { None };
                let given = |key: &str| parameters.get("pagination")?.get(key)?.as_i64();
                let limit = given("limit").unwrap_or(PAGE);
                let pages = match (given("page"), given("offset")) {
                    (None, Some(offset)) => Way::Offset { offset, limit },
                    (page, _) => Way::Page { page: page.unwrap_or(1), limit },
                };
                (items, fast.unwrap_or(pages))
            }
            Some(Paging::Id { items, id }) => (items, id_way(id, named("start")).unwrap_or(Way::Once)),
        };
        let mut call = call;
        if matches!(way, Way::Id { .. }) && sets("order") {
            call.refused = Some("a list that goes by identifier has an order of its own");
        }
        let select = named("select");
        if let (Way::Id { id, .. }, Some(select)) = (&way, select)
            && let Some(select) = parameters.get_mut(select)
        {
            select_too(select, id);
        }
        let path = items.strip_prefix("result").unwrap_or(items).trim_start_matches('.');
        Pager { version: info.version, parameters, way, path, done: false, call }
    }

    /// The call for the next page.
    fn call(&mut self) -> Option<Call> {
        if self.done {
            return None;
        }
        let parameters = &mut self.parameters;
        match &self.way {
            Way::Once | Way::Start { at: None, .. } => return Some(self.call.clone()),
            Way::Start { key, at: Some(at) } => {
                parameters.insert((*key).to_owned(), json!(at));
            }
            Way::Page { page, limit } => {
                parameters.insert("pagination".to_owned(), json!({"page": page, "limit": limit}));
            }
            Way::Offset { offset, limit } => {
                parameters.insert("pagination".to_owned(), json!({"limit": limit, "offset": offset}));
            }
            Way::Id { id, filter, order, start, last } => {
                parameters.insert((*order).to_owned(), json!({*id: "ASC"}));
                if let Some(start) = start {
                    parameters.insert((*start).to_owned(), json!(-1));
                }
                if let Some(last) = last {
                    above(parameters.entry(*filter).or_insert(Value::Null), self.version, id, *last);
                }
            }
        }
        let mut call = self.call.clone();
        call.parameters = serde_json::to_vec(parameters).unwrap_or_default().into();
        Some(call)
    }

    /// Takes note of a page, and how many items it holds.
    fn advance(&mut self, page: &dyn Slot, next: Option<i64>) -> Result<u64, FailureKind> {
        let items = self.path.split('.').filter(|key| !key.is_empty()).try_fold(page.frag(), field);
        let (count, last_item) = items.map_or((0, None), |items| ends(&items));
        let pages = matches!(self.way, Way::Page { .. });
        match &mut self.way {
            Way::Once => self.done = true,
            Way::Start { at, .. } => match next {
                // A server that does not move on would go on forever.
                Some(next) if Some(next) > *at => *at = Some(next),
                _ => self.done = true,
            },
            Way::Page { page: at, limit } | Way::Offset { offset: at, limit } => {
                *at += if pages { 1 } else { i64::try_from(count).unwrap_or(i64::MAX) };
                // Servers give fewer than were asked for if that is more than they allow.
                self.done = count == 0 || (*limit <= PAGE && (count as u64) < limit.unsigned_abs());
            }
            Way::Id { id, last, .. } => match last_item {
                None => self.done = true,
                Some(item) => {
                    let found = field(item, id).and_then(|id| number(&id));
                    match found {
                        Some(found) if Some(found) > *last => *last = Some(found),
                        Some(_) => return Err(FailureKind::Paging("the server's items do not come by identifier")),
                        None => return Err(FailureKind::Paging("the server's items have no identifier")),
                    }
                }
            },
        }
        Ok(count as u64)
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(entries) => !entries.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// Adds `id` to a selection of fields that lacks it: the walk goes by it.
fn select_too(select: &mut Value, id: &str) {
    if let Value::Array(fields) = select
        && !fields.is_empty()
        && !fields.iter().any(|field| *field == "*" || *field == id)
    {
        fields.push(id.into());
    }
}

/// Narrows `filter` to identifiers above `last`: v2 has a map, v3 a list of conditions.
fn above(filter: &mut Value, version: Version, id: &str, last: i64) {
    match (version, filter) {
        (Version::V3, Value::Array(conditions)) => {
            conditions.retain(|condition| condition[0] != id || condition[1] != ">");
            conditions.push(json!([id, ">", last]));
        }
        (Version::V3, filter) => *filter = json!([[id, ">", last]]),
        (Version::V2, Value::Object(conditions)) => {
            conditions.insert(format!(">{id}"), json!(last));
        }
        (Version::V2, filter) => *filter = json!({format!(">{id}"): last}),
    }
}

/// How many items a list has, and the last of them.
fn ends<'a>(list: &Frag<'a>) -> (usize, Option<Frag<'a>>) {
    match list {
        Frag::List(items) => (items.len(), items.len().checked_sub(1).map(|last| items.item(last).frag())),
        Frag::Map(items) => (items.len(), items.len().checked_sub(1).map(|last| items.item(last).1.frag())),
        Frag::Any(Value::Array(items)) => (items.len(), items.last().map(Slot::frag)),
        _ => (0, None),
    }
}

/// The value under `key`.
fn field<'a>(value: Frag<'a>, key: &str) -> Option<Frag<'a>> {
    match value {
        Frag::Object(object) => {
            let fields = object.table().fields;
            match fields.iter().position(|field| field.name == key) {
                Some(index) => Some(object.at(index).frag()),
                None => object.extra().get(key).map(Slot::frag),
            }
        }
        Frag::Map(entries) => (0..entries.len())
            .map(|index| entries.item(index))
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.frag()),
        Frag::Any(value) | Frag::Json(value) => value.get(key).map(Slot::frag),
        _ => None,
    }
}

fn number(value: &Frag<'_>) -> Option<i64> {
    match value {
        Frag::Int(number) => Some(*number),
        Frag::Str(text) => text.parse().ok(),
        Frag::Any(value) | Frag::Json(value) => value.as_i64().or_else(|| value.as_str()?.parse().ok()),
        _ => None,
    }
}
