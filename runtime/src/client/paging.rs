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
    CallError, ListMethod, Method, MethodInfo, Paging, PagingStyle, Reply, Version,
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
    /// The caller counts.
    Count(Count),
    /// The identifier of the last item, from which the server goes on in its own order.
    After { key: &'static str, id: &'static str, last: Option<i64>, falls: Option<bool> },
    /// Identifiers above the last one.
    Walk(Walk),
}

/// Pages, or items to skip, that are counted here.
struct Count {
    key: &'static str,
    place: Place,
    /// Whether items are counted.
    items: bool,
    at: i64,
    limit: i64,
    /// The flag of a page that tells whether another follows.
    more: Option<&'static str>,
}

enum Place {
    /// v3: an object of the two, or of `offset` and `limit`.
    Pagination,
    /// v2: a parameter of its own, and the one that limits the page where there is one.
    Parameter { limit: Option<&'static str> },
}

/// The walk by identifier.
struct Walk {
    /// What answers call the identifier, and what filters and orders call it.
    id: &'static str,
    key: &'static str,
    filter: &'static str,
    order: &'static str,
    /// Where the order is a direction only, the parameter that has the field.
    sort: Option<&'static str>,
    /// The parameter that, at -1, keeps the server from counting.
    start: Option<&'static str>,
    last: Option<i64>,
}

impl Pager {
    fn new(info: &MethodInfo, request: &dyn Object, call: Call, by_id: bool) -> Self {
        let parameters = match serde_json::from_slice(&call.parameters) {
            Ok(Value::Object(parameters)) => parameters,
            _ => Map::new(),
        };
        // Parameters keep the letter case of the method's docs.
        let named = |name: &str| {
            let mut fields = request.table().fields.iter();
            fields.find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.name)
        };
        let Some(paging) = info.paging else {
            return Pager { version: info.version, parameters, way: Way::Once, path: "", done: false, call };
        };
        let start = (paging.by.eq_ignore_ascii_case("start")).then_some(paging.by);
        let walk = || {
            let (id, filter, order) = (paging.id?, named("filter")?, named("order")?);
            let key = paging.key.unwrap_or(id);
            Some(Way::Walk(Walk { id, key, filter, order, sort: named("sort"), start, last: None }))
        };
        let way = by_id.then(walk).flatten().unwrap_or_else(|| Way::pages(paging, &parameters, named));
        let mut pager =
            Pager { version: info.version, parameters, way, path: below_result(paging.items), done: false, call };
        pager.prepare(named("select"));
        pager
    }

    /// Makes the request one that the walk by identifier can build on.
    fn prepare(&mut self, select: Option<&'static str>) {
        let Way::Walk(walk) = &self.way else { return };
        let sets = |name: &str| self.parameters.get(name).is_some_and(is_something);
        if sets(walk.order) || walk.sort.is_some_and(sets) {
            self.call.refused = Some("a list that goes by identifier has an order of its own");
        }
        if let Some(select) = select.and_then(|select| self.parameters.get_mut(select)) {
            select_too(select, walk.key);
        }
    }

    /// The call for the next page.
    fn call(&mut self) -> Option<Call> {
        if self.done {
            return None;
        }
        let parameters = &mut self.parameters;
        match &self.way {
            Way::Once | Way::Start { at: None, .. } | Way::After { last: None, .. } => return Some(self.call.clone()),
            Way::Start { key, at: Some(at) } | Way::After { key, last: Some(at), .. } => {
                parameters.insert((*key).to_owned(), json!(at));
            }
            Way::Count(count) => count.set(parameters),
            Way::Walk(walk) => walk.set(parameters, self.version),
        }
        let mut call = self.call.clone();
        call.parameters = serde_json::to_vec(parameters).unwrap_or_default().into();
        Some(call)
    }

    /// Takes note of a page, and how many items it holds.
    fn advance(&mut self, page: &dyn Slot, next: Option<i64>) -> Result<u64, FailureKind> {
        let items = self.path.split('.').filter(|key| !key.is_empty()).try_fold(page.frag(), field);
        let (count, last_item) = items.map_or((0, None), |items| ends(&items));
        match &mut self.way {
            Way::Once => self.done = true,
            Way::Start { at, .. } => match next {
                // A server that does not move on would go on forever.
                Some(next) if Some(next) > *at => *at = Some(next),
                _ => self.done = true,
            },
            Way::Count(counted) => self.done = counted.advance(count, page),
            Way::After { id, last, falls, .. } => match last_item.map(|item| identifier(item, id)).transpose()? {
                None => self.done = true,
                Some(found) => {
                    if let Some(before) = last.replace(found) {
                        let fell = found < before;
                        if found == before || falls.replace(fell).is_some_and(|falls| falls != fell) {
                            return Err(FailureKind::Paging("the server's pages do not go on after the last item"));
                        }
                    }
                }
            },
            Way::Walk(Walk { id, last, .. }) => match last_item.map(|item| identifier(item, id)).transpose()? {
                None => self.done = true,
                Some(found) if Some(found) > *last => *last = Some(found),
                Some(_) => return Err(FailureKind::Paging("the server's items do not come by identifier")),
            },
        }
        Ok(count as u64)
    }
}

impl Way {
    /// The way that the method's docs describe.
    fn pages(paging: Paging, parameters: &Map<String, Value>, named: impl Fn(&str) -> Option<&'static str>) -> Self {
        let key = paging.by;
        let number =
            |value: Option<&Value>| value.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()));
        match paging.style {
            PagingStyle::Start => Way::Start { key, at: None },
            PagingStyle::Page if key.eq_ignore_ascii_case("pagination") => {
                let given = |name: &str| number(parameters.get(key)?.as_object()?.get(name));
                let limit = given("limit").unwrap_or(PAGE);
                let (items, at) = match (given("page"), given("offset")) {
                    (None, Some(offset)) => (true, offset),
                    (page, _) => (false, page.unwrap_or(1)),
                };
                Way::Count(Count { key, place: Place::Pagination, items, at, limit, more: paging.more })
            }
            PagingStyle::Page => {
                let items = key.eq_ignore_ascii_case("offset");
                let limit = named("limit");
                let at = number(parameters.get(key)).unwrap_or(i64::from(!items));
                let place = Place::Parameter { limit };
                let limit = limit.and_then(|limit| number(parameters.get(limit))).unwrap_or(PAGE);
                Way::Count(Count { key, place, items, at, limit, more: paging.more })
            }
            PagingStyle::Id => {
                // Who begins with the first goes on with the first.
                let first = named("first_id").filter(|first| parameters.contains_key(*first));
                let after = |id| Way::After { key: first.unwrap_or(key), id, last: None, falls: None };
                paging.id.map_or(Way::Once, after)
            }
        }
    }
}

impl Count {
    fn set(&self, parameters: &mut Map<String, Value>) {
        let Count { key, items, at, limit, .. } = self;
        match &self.place {
            Place::Pagination if *items => {
                parameters.insert((*key).to_owned(), json!({"limit": limit, "offset": at}));
            }
            Place::Pagination => {
                parameters.insert((*key).to_owned(), json!({"page": at, "limit": limit}));
            }
            Place::Parameter { limit: name } => {
                parameters.insert((*key).to_owned(), json!(at));
                if let Some(name) = name {
                    parameters.insert((*name).to_owned(), json!(limit));
                }
            }
        }
    }

    /// Goes on after a page of `count` items. Whether it was the last.
    fn advance(&mut self, count: usize, page: &dyn Slot) -> bool {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let more = self.more.and_then(|more| flag(&field(page.frag(), more)?));
        // A page may be shorter for items that were left out of it; the server tells then. Without a word, servers give
        // fewer than were asked for if that is more than they allow.
        let step = if more.is_some() { self.limit } else { count };
        self.at += if self.items { step.max(1) } else { 1 };
        more.map_or(count == 0 || self.limit <= PAGE && count < self.limit, |more| !more)
    }
}

impl Walk {
    fn set(&self, parameters: &mut Map<String, Value>, version: Version) {
        let order = match self.sort {
            None => json!({self.key: "ASC"}),
            Some(sort) => {
                parameters.insert(sort.to_owned(), json!(self.key));
                json!("ASC")
            }
        };
        parameters.insert(self.order.to_owned(), order);
        if let Some(start) = self.start {
            parameters.insert(start.to_owned(), json!(-1));
        }
        if let Some(last) = self.last {
            above(parameters.entry(self.filter).or_insert(Value::Null), version, self.key, last);
        }
    }
}

fn below_result(path: &'static str) -> &'static str {
    path.strip_prefix("result").unwrap_or(path).trim_start_matches('.')
}

fn identifier(item: Frag<'_>, id: &str) -> Result<i64, FailureKind> {
    let found = field(item, id).and_then(|id| number(&id));
    found.ok_or(FailureKind::Paging("the server's items have no identifier"))
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

fn flag(value: &Frag<'_>) -> Option<bool> {
    match value {
        Frag::Bool(flag) => Some(*flag),
        Frag::Any(value) => value.as_bool(),
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
