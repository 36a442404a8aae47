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
    Beside, CallError, ListMethod, Method, MethodInfo, Paging, PagingStyle, Reply, Version,
    error::{Failure, FailureKind},
    list::untyped,
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
    Start { by: Place, at: Option<i64> },
    /// The caller counts.
    Count(Count),
    /// The last item, from which the server goes on in its own order.
    After(After),
    /// Identifiers above the last one.
    Walk(Walk),
}

/// Pages, or items to skip, that are counted here.
struct Count {
    /// v3: an object of the two that follow, or of `offset` and `limit`.
    pagination: Option<Place>,
    /// v2: a parameter of its own, and the one that limits the page where there is one.
    by: Place,
    limited_by: Option<Place>,
    /// Whether items are counted.
    items: bool,
    at: i64,
    limit: i64,
    /// The flag of a page that tells whether another follows.
    more: Option<&'static str>,
}

/// The last item.
struct After {
    by: Place,
    id: String,
    last: Option<i64>,
    /// Its kind, where that is needed beside the identifier. Each kind is in an order of its own.
    kind: Option<(Place, Beside, Option<Value>)>,
    falls: Option<bool>,
}

/// The walk by identifier.
struct Walk {
    /// What answers call the identifier, and what filters and orders call it.
    id: &'static str,
    key: &'static str,
    filter: Place,
    order: Place,
    /// Where the order is a direction only, the parameter that has the field.
    sort: Option<Place>,
    /// The parameter that, at -1, keeps the server from counting.
    start: Option<Place>,
    last: Option<i64>,
}

/// Where a parameter stands: its keys, from the outside.
#[derive(Clone)]
struct Place(Vec<String>);

impl Place {
    fn get<'p>(&self, parameters: &'p Map<String, Value>) -> Option<&'p Value> {
        let (last, outer) = self.0.split_last()?;
        outer.iter().try_fold(parameters, |map, key| map.get(key)?.as_object())?.get(last)
    }

    /// The value there; `null` and what holds it are made if need be.
    fn at<'p>(&self, parameters: &'p mut Map<String, Value>) -> &'p mut Value {
        let Some((first, inner)) = self.0.split_first() else {
            return parameters.entry(String::new()).or_insert(Value::Null);
        };
        inner.iter().fold(parameters.entry(first).or_insert(Value::Null), |value, key| {
            if !value.is_object() {
                *value = json!({});
            }
            &mut value[key.as_str()]
        })
    }

    fn set(&self, parameters: &mut Map<String, Value>, value: impl Into<Value>) {
        *self.at(parameters) = value.into();
    }
}

/// The places of a method's parameters.
struct Places<'r> {
    info: &'r MethodInfo,
    request: &'r dyn Object,
}

impl Places<'_> {
    /// The place at the end of `path`. Parameters by position stand under their index.
    fn at(&self, path: &str) -> Place {
        let mut keys: Vec<String> = path.split('.').map(str::to_owned).collect();
        if self.info.positional
            && let Some(index) = self.request.table().fields.iter().position(|field| field.name == keys[0])
        {
            keys[0] = index.to_string();
        }
        Place(keys)
    }

    /// The place of a parameter in whatever letter case the docs write it, if there is one.
    fn named(&self, name: &str) -> Option<Place> {
        let mut fields = self.request.table().fields.iter();
        fields.find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| self.at(field.name))
    }
}

impl Pager {
    fn new(info: &MethodInfo, request: &dyn Object, call: Call, by_id: bool) -> Self {
        let mut parameters = match serde_json::from_slice(&call.parameters) {
            Ok(Value::Object(parameters)) => parameters,
            _ => Map::new(),
        };
        let Some(paging) = info.paging else {
            return Pager { version: info.version, parameters, way: Way::Once, path: "", done: false, call };
        };
        let places = Places { info, request };
        let walk = by_id.then(|| Walk::new(paging, &places)).flatten().map(Way::Walk);
        let way = walk.unwrap_or_else(|| Way::pages(paging, &parameters, &places));
        if info.positional {
            fill(&mut parameters, way.last_index());
        }
        let path = below_result(paging.items);
        let mut pager = Pager { version: info.version, parameters, way, path, done: false, call };
        pager.prepare(places.named("select").as_ref());
        pager
    }

    /// Makes the request one that the walk by identifier can build on.
    fn prepare(&mut self, select: Option<&Place>) {
        let Way::Walk(walk) = &self.way else { return };
        let sets = |place: &Place| place.get(&self.parameters).is_some_and(is_something);
        if sets(&walk.order) || walk.sort.as_ref().is_some_and(sets) {
            self.call.refused = Some("a list that goes by identifier has an order of its own");
        }
        if let Some(select) = select.filter(|select| sets(select)) {
            select_too(select.at(&mut self.parameters), walk.key);
        }
    }

    /// The call for the next page.
    fn call(&mut self) -> Option<Call> {
        if self.done {
            return None;
        }
        let parameters = &mut self.parameters;
        match &self.way {
            Way::Once | Way::Start { at: None, .. } | Way::After(After { last: None, .. }) => {
                return Some(self.call.clone());
            }
            Way::Start { by, at: Some(at) } => by.set(parameters, *at),
            Way::After(after) => after.set(parameters),
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
            Way::After(after) => match last_item {
                None => self.done = true,
                Some(item) => after.advance(item)?,
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
    fn pages(paging: Paging, parameters: &Map<String, Value>, places: &Places<'_>) -> Self {
        let by = places.at(paging.by);
        match paging.style {
            PagingStyle::Start => Way::Start { by, at: None },
            PagingStyle::Page => Way::Count(Count::new(paging, by, parameters, places)),
            PagingStyle::Id => {
                // Who begins with the first goes on with the first.
                let first = places.named("first_id").filter(|first| first.get(parameters).is_some());
                // A cursor says itself what it goes by.
                let field = by.0.split_last().map(|(_, outer)| Place([outer, &["field".to_owned()]].concat()));
                let field = field.filter(|field| field.0.len() > 1);
                let field = field.and_then(|field| field.get(parameters)?.as_str().map(str::to_owned));
                let kind = paging.beside.map(|beside| (places.at(beside.by), beside, None));
                let after = |id| Way::After(After { by: first.unwrap_or(by), id, last: None, kind, falls: None });
                field.or_else(|| paging.id.map(str::to_owned)).map_or(Way::Once, after)
            }
        }
    }

    /// The last of the parameters by position that it sets.
    fn last_index(&self) -> Option<usize> {
        let places: &[Option<&Place>] = match self {
            Way::Once | Way::Start { .. } | Way::After(_) => &[],
            Way::Count(count) => &[Some(&count.by)],
            Way::Walk(walk) => &[Some(&walk.filter), Some(&walk.order), walk.sort.as_ref()],
        };
        places.iter().flatten().filter_map(|place| place.0.first()?.parse().ok()).max()
    }
}

/// Gives the parameters by position up to `last` a value each, in their order: an empty list stands for one that was left
/// out.
fn fill(parameters: &mut Map<String, Value>, last: Option<usize>) {
    for index in 0..last.map_or(0, |last| last + 1) {
        let parameter = parameters.entry(index.to_string()).or_insert(Value::Null);
        if parameter.is_null() {
            *parameter = json!([]);
        }
    }
}

impl Count {
    fn new(paging: Paging, by: Place, parameters: &Map<String, Value>, places: &Places<'_>) -> Self {
        let number = |place: &Place| {
            let value = place.get(parameters)?;
            value.as_i64().or_else(|| value.as_str()?.parse().ok())
        };
        let within = |key: &str| Place([&by.0[..], &[key.to_owned()]].concat());
        let more = paging.more;
        if paging.by.eq_ignore_ascii_case("pagination") {
            let limited_by = within("limit");
            let limit = number(&limited_by).unwrap_or(PAGE);
            let (items, at) = match (number(&within("page")), number(&within("offset"))) {
                (None, Some(offset)) => (true, offset),
                (page, _) => (false, page.unwrap_or(1)),
            };
            let counted = within(if items { "offset" } else { "page" });
            return Count { pagination: Some(by), by: counted, limited_by: Some(limited_by), items, at, limit, more };
        }
        let items = paging.by.to_ascii_lowercase().ends_with("offset");
        let at = number(&by).unwrap_or(i64::from(!items));
        let limited_by = paging.limit.map(|limit| places.at(limit));
        let limit = limited_by.as_ref().and_then(number).unwrap_or(PAGE);
        Count { pagination: None, by, limited_by, items, at, limit, more }
    }

    fn set(&self, parameters: &mut Map<String, Value>) {
        if let Some(pagination) = &self.pagination {
            pagination.set(parameters, json!({}));
        }
        self.by.set(parameters, self.at);
        if let Some(limited_by) = &self.limited_by {
            limited_by.set(parameters, self.limit);
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

impl After {
    fn set(&self, parameters: &mut Map<String, Value>) {
        self.by.set(parameters, self.last);
        if let Some((by, _, Some(kind))) = &self.kind {
            by.set(parameters, kind.clone());
        }
    }

    /// Goes on after a page that ends with `item`.
    fn advance(&mut self, item: Frag<'_>) -> Result<(), FailureKind> {
        let found = identifier(item, &self.id)?;
        if let Some((_, beside, kind)) = &mut self.kind {
            let now = Some(of_kinds(field(item, beside.field), beside.values));
            if *kind != now {
                (*kind, self.last, self.falls) = (now, None, None);
            }
        }
        if let Some(before) = self.last.replace(found) {
            let fell = found < before;
            if found == before || self.falls.replace(fell).is_some_and(|falls| falls != fell) {
                return Err(FailureKind::Paging("the server's pages do not go on after the last item"));
            }
        }
        Ok(())
    }
}

impl Walk {
    /// The walk, if the method's docs know all that it needs.
    fn new(paging: Paging, places: &Places<'_>) -> Option<Self> {
        let (id, filter, order) = (paging.id?, places.named("filter")?, places.named("order")?);
        let start = paging.by.eq_ignore_ascii_case("start").then(|| places.at(paging.by));
        Some(Walk { id, key: paging.key.unwrap_or(id), filter, order, sort: places.named("sort"), start, last: None })
    }

    fn set(&self, parameters: &mut Map<String, Value>, version: Version) {
        let order = match &self.sort {
            None => json!({self.key: "ASC"}),
            Some(sort) => {
                sort.set(parameters, self.key);
                json!("ASC")
            }
        };
        self.order.set(parameters, order);
        if let Some(start) = &self.start {
            start.set(parameters, -1);
        }
        if let Some(last) = self.last {
            above(self.filter.at(parameters), version, self.key, last);
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

/// The one of `values` that an item's field holds; the last of them if it holds another.
fn of_kinds(held: Option<Frag<'_>>, values: &[&str]) -> Value {
    let held = match held {
        Some(Frag::Str(text)) => text.to_owned(),
        Some(other) => number(&other).map(|number| number.to_string()).unwrap_or_default(),
        None => String::new(),
    };
    let kind = match values.last() {
        Some(last) if !values.contains(&held.as_str()) => *last,
        _ => held.as_str(),
    };
    kind.parse::<i64>().map_or_else(|_| kind.into(), Value::from)
}

/// How many items a list has, and the last of them.
fn ends<'a>(list: &Frag<'a>) -> (usize, Option<Frag<'a>>) {
    match list {
        Frag::List(items) => (items.len(), items.len().checked_sub(1).map(|last| items.item(last).frag())),
        Frag::Map(items) => (items.len(), items.len().checked_sub(1).map(|last| items.item(last).1.frag())),
        Frag::Any(value) => untyped(value).map_or((0, None), |items| (items.len(), items.last().map(Slot::frag))),
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
