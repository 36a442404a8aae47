//! Lists as streams.

use std::sync::{Arc, Mutex};

use bitrix24_runtime::{CallError, Client, Conditions, Order, Pagination, client::Limits, error::FailureKind};
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::{
    methods::{list, list_v3, tasks},
    server::{Act, Seen, Server, error, json, ok},
};

fn client(server: &Server) -> Client {
    let builder = Client::builder().webhook(&server.webhook()).http_on_loopback();
    builder.limits(Limits::unlimited()).build().unwrap()
}

/// A list of the items `1..=count` that pages by `start` and by filter.
fn by_start(count: i64) -> impl Fn(&Seen) -> Act {
    move |seen| {
        let sent = seen.json();
        let start = sent["start"].as_i64().unwrap_or(0);
        let above = sent["filter"][">ID"].as_i64().unwrap_or(0);
        let first = above + start.max(0) + 1;
        let items: Vec<Value> =
            (first..=count).take(50).map(|id| json!({"ID": id.to_string(), "TITLE": "x"})).collect();
        if start == -1 {
            return json(200, json!({"result": items, "total": 0}));
        }
        let mut answer = json!({"result": items, "total": count});
        if first + 50 <= count {
            answer["next"] = json!(start + 50);
        }
        json(200, answer)
    }
}

#[tokio::test]
async fn a_stream_goes_through_all_pages() {
    let server = Server::start(by_start(120)).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let items = client(&server)
        .items(list::Request::new().filter(json!({"STAGE": "NEW"})))
        .on_progress(move |progress| tell.lock().unwrap().push((progress.pages, progress.items, progress.total)));
    let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
    assert_eq!(ids, (1..=120).collect::<Vec<_>>());
    let sent: Vec<_> = server.seen().iter().map(Seen::json).collect();
    assert_eq!(
        sent,
        [
            json!({"filter": {"STAGE": "NEW"}}),
            json!({"filter": {"STAGE": "NEW"}, "start": 50}),
            json!({"filter": {"STAGE": "NEW"}, "start": 100}),
        ]
    );
    assert_eq!(*told.lock().unwrap(), [(1, 50, Some(120)), (2, 100, Some(120)), (3, 120, Some(120))]);
}

#[tokio::test]
async fn a_stream_knows_its_size_and_stops_when_it_is_dropped() {
    let server = Server::start(by_start(1000)).await;
    let mut items = client(&server).items(list::Request::new());
    assert_eq!(items.size_hint(), (0, None));
    items.next().await.unwrap().unwrap();
    assert_eq!(items.size_hint(), (49, Some(999)));
    items.by_ref().take(59).for_each(async |item| assert!(item.is_ok())).await;
    assert_eq!(items.size_hint(), (40, Some(940)));
    drop(items);
    tokio::task::yield_now().await;
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn the_fast_walk_goes_by_identifier_and_counts_nothing() {
    let server = Server::start(by_start(120)).await;
    let request = list::Request::new().filter(json!({"STAGE": "NEW", ">ID": 10}));
    let items = client(&server).items_by_id(request);
    let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
    assert_eq!(ids, (11..=120).collect::<Vec<_>>());
    let sent: Vec<_> = server.seen().iter().map(Seen::json).collect();
    let page = |above: i64| json!({"filter": {"STAGE": "NEW", ">ID": above}, "order": {"ID": "ASC"}, "start": -1});
    assert_eq!(sent, [page(10), page(60), page(110), page(120)]);
}

#[tokio::test]
async fn a_v3_list_goes_by_page_and_its_items_are_nested() {
    let server = Server::start(|seen| {
        let page = seen.json()["pagination"]["page"].as_i64().unwrap();
        let items: Vec<_> = (1..=120).skip(usize::try_from(page - 1).unwrap() * 50).take(50).collect();
        ok(json!({"items": items.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()}))
    })
    .await;
    let items = client(&server).items(list_v3::Request::new());
    let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
    assert_eq!(ids, (1..=120).collect::<Vec<_>>());
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn items_are_found_where_the_method_puts_them() {
    let server = Server::start(|seen| {
        let start = seen.json()["start"].as_i64().unwrap_or(0);
        let above = seen.json()["filter"][">id"].as_i64().unwrap_or(0);
        let first = above + start.max(0) + 1;
        let tasks: Vec<Value> = (first..=70).take(50).map(|id| json!({"id": id.to_string()})).collect();
        let next = (start == 0).then_some(50);
        json(200, json!({"result": {"tasks": tasks}, "total": 70, "next": next}))
    })
    .await;
    let client = client(&server);
    for items in [client.items(tasks::Request::new()), client.items_by_id(tasks::Request::new())] {
        let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
        assert_eq!(ids, (1..=70).collect::<Vec<_>>());
    }
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn a_v3_list_begins_where_the_request_says() {
    let server = Server::start(|seen| {
        let sent = &seen.json()["pagination"];
        let number = |key: &str| sent[key].as_u64().map(|number| usize::try_from(number).unwrap());
        let limit = number("limit").unwrap();
        let offset = number("offset").unwrap_or_else(|| limit * (number("page").unwrap() - 1));
        let items: Vec<_> = (1..=30).skip(offset).take(limit).map(|id| json!({ "id": id })).collect();
        ok(json!({ "items": items }))
    })
    .await;
    let client = client(&server);
    for (pagination, first) in [(Pagination::page(2).limit(10), 11), (Pagination::offset(7).limit(10), 8)] {
        let items = client.items(list_v3::Request::new().pagination(pagination));
        let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
        assert_eq!(ids, (first..=30).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_v3_list_is_walked_by_identifier_too() {
    let server = Server::start(|seen| {
        let filter = &seen.json()["filter"];
        assert_eq!(filter[0], json!(["status", "=", "NEW"]));
        assert_eq!(seen.json()["order"], json!({"id": "ASC"}));
        assert!(filter.as_array().unwrap().len() <= 2);
        let above = filter[1][2].as_i64().unwrap_or(0);
        let items: Vec<_> = (above + 1..=70).take(50).map(|id| json!({ "id": id })).collect();
        ok(json!({ "items": items }))
    })
    .await;
    let request = list_v3::Request::new().filter(Conditions::new().eq("status", "NEW"));
    let items = client(&server).items_by_id(request);
    let ids: Vec<i64> = items.map_ok(|item| item.id.unwrap()).try_collect().await.unwrap();
    assert_eq!(ids, (1..=70).collect::<Vec<_>>());
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn the_walk_by_identifier_selects_it_and_takes_no_other_order() {
    let server = Server::start(by_start(10)).await;
    let client = client(&server);
    let titles = list::Request::new().select(["TITLE"]);
    assert_eq!(client.items_by_id(titles).count().await, 10);
    assert_eq!(server.seen()[0].json()["select"], json!(["TITLE", "ID"]));
    let newest = list::Request::new().order(Order::new().desc("DATE_CREATE"));
    let CallError::Failed(failure) = client.items_by_id(newest).next().await.unwrap().unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Skipped(_)), "{failure}");
}

#[tokio::test]
async fn an_error_ends_the_stream() {
    let server = Server::start(|seen| match seen.json()["start"].as_i64() {
        None => json(200, json!({"result": [{"ID": 1}], "next": 50})),
        Some(_) => error(403, "ACCESS_DENIED"),
    })
    .await;
    let items: Vec<_> = client(&server).items(list::Request::new()).collect().await;
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].as_ref().unwrap_err().server_error().unwrap().code, "ACCESS_DENIED");
}

#[tokio::test]
async fn a_server_that_does_not_move_on_is_not_followed_forever() {
    let server = Server::start(|_| json(200, json!({"result": [{"ID": 5}], "next": 50}))).await;
    let client = client(&server);
    let pages: Vec<_> = client.pages(list::Request::new()).collect().await;
    assert_eq!(pages.len(), 2);
    let items: Vec<_> = client.items_by_id(list::Request::new()).collect().await;
    let CallError::Failed(failure) = items.last().unwrap().as_ref().unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Paging(_)));
}

/// A list of untyped items that pages as `$paging` says, with these parameters.
macro_rules! list_method {
    ($name:ident, $positional:literal, $paging:expr, $($index:literal $key:literal $field:ident: $type:ty,)+) => {
        mod $name {
            use ::bitrix24_runtime as rt;

            #[derive(Default)]
            pub struct Request {
                $(pub $field: Option<$type>,)+
                pub extra: rt::Extra,
            }

            rt::input! { Request { $($index $key $field,)+ } }

            impl rt::Method for Request {
                type Result = rt::Any;
                type Error = rt::Undocumented;
                const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
                    effect: rt::Effect::Read,
                    paging: Some($paging),
                    positional: $positional,
                    ..rt::MethodInfo::v2("some.list", "")
                };
            }

            impl rt::ListMethod for Request {
                type Item = rt::Any;

                fn items(page: Self::Result) -> Vec<Self::Item> {
                    rt::untyped_items(page)
                }
            }
        }
    };
}

/// Lists with every parameter of its own that says which page.
macro_rules! listing {
    ($name:ident, $paging:expr) => {
        list_method! { $name, false, $paging,
            0 "LIMIT" limit: i64,
            1 "FIRST_ID" first_id: i64,
            2 "FILTER" filter: rt::Any,
            3 "ORDER" order: String,
            4 "SORT" sort: String,
        }
    };
}

listing!(by_offset, rt::Paging { limit: Some("LIMIT"), ..rt::Paging::page("OFFSET", "result.items") });
listing!(by_flag, rt::Paging { more: Some("hasMore"), ..rt::Paging::page("OFFSET", "result.items") });
listing!(by_page, rt::Paging::page("page", "result.items"));
listing!(by_last, rt::Paging { id: Some("id"), ..rt::Paging::id("LAST_ID", "result.items") });
listing!(by_sort, rt::Paging { id: Some("id"), key: Some("ID"), ..rt::Paging::start("start", "result.items") });

async fn ids(items: impl Stream<Item = Result<Value, impl std::fmt::Debug>>) -> Vec<i64> {
    items.map(|item| item.unwrap()["id"].as_i64().unwrap()).collect().await
}

fn page(items: impl Iterator<Item = i64>) -> Value {
    json!({"items": items.map(|id| json!({ "id": id })).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_list_that_skips_is_counted() {
    let server = Server::start(|seen| {
        let sent = seen.json();
        let [skip, limit] = ["OFFSET", "LIMIT"].map(|key| usize::try_from(sent[key].as_i64().unwrap()).unwrap());
        // No more than 60 are given, whatever is asked for.
        ok(page((1..=130).skip(skip).take(limit.min(60))))
    })
    .await;
    let client = client(&server);
    let all: Vec<_> = (1..=130).collect();
    assert_eq!(ids(client.items(by_offset::Request::default())).await, all);
    assert_eq!(server.count(), 3);
    let many = by_offset::Request { limit: Some(1000), ..Default::default() };
    assert_eq!(ids(client.items(many)).await, all);
    assert_eq!(server.count(), 3 + 4);
}

#[tokio::test]
async fn a_flag_tells_whether_more_follows_whatever_is_left_out_of_a_page() {
    let server = Server::start(|seen| {
        let skip = seen.json()["OFFSET"].as_i64().unwrap();
        // Odd ones are left out.
        let mut result = page((skip + 1..=skip + 50).filter(|id| id % 2 == 0));
        result["hasMore"] = json!(skip < 100);
        ok(result)
    })
    .await;
    let even: Vec<_> = (1..=150).filter(|id| id % 2 == 0).collect();
    assert_eq!(ids(client(&server).items(by_flag::Request::default())).await, even);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn pages_by_number_begin_with_the_first() {
    let server = Server::start(|seen| {
        let number = seen.json()["page"].as_i64().unwrap();
        ok(page((1..=120).skip(usize::try_from(number - 1).unwrap() * 50).take(50)))
    })
    .await;
    assert_eq!(ids(client(&server).items(by_page::Request::default())).await, (1..=120).collect::<Vec<_>>());
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_list_goes_on_after_the_last_item_in_the_servers_order() {
    let server = Server::start(|seen| {
        let sent = seen.json();
        let items: Vec<i64> = match (sent["LAST_ID"].as_i64(), sent["FIRST_ID"].as_i64()) {
            (_, Some(first)) => (first + 1..=70).take(20).collect(),
            (last, None) => (1..last.unwrap_or(71)).rev().take(20).collect(),
        };
        ok(page(items.into_iter()))
    })
    .await;
    let client = client(&server);
    assert_eq!(ids(client.items(by_last::Request::default())).await, (1..=70).rev().collect::<Vec<_>>());
    let oldest = by_last::Request { first_id: Some(0), ..Default::default() };
    assert_eq!(ids(client.items(oldest)).await, (1..=70).collect::<Vec<_>>());
    let stuck = Server::start(|_| ok(page(1..=3))).await;
    let items: Vec<_> = self::client(&stuck).items(by_last::Request::default()).collect().await;
    let CallError::Failed(failure) = items.last().unwrap().as_ref().unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Paging(_)) && items.len() == 4);
}

#[tokio::test]
async fn the_walk_speaks_as_the_methods_filter_and_sort_do() {
    let server = Server::start(|seen| {
        let sent = seen.json();
        assert_eq!((&sent["SORT"], &sent["ORDER"], &sent["start"]), (&json!("ID"), &json!("ASC"), &json!(-1)));
        let above = sent["FILTER"][">ID"].as_i64().unwrap_or(0);
        ok(page((above + 1..=70).take(50)))
    })
    .await;
    let client = client(&server);
    assert_eq!(ids(client.items_by_id(by_sort::Request::default())).await, (1..=70).collect::<Vec<_>>());
    let sorted = by_sort::Request { sort: Some("NAME".into()), ..Default::default() };
    assert!(client.items_by_id(sorted).next().await.unwrap().is_err());
}

/// Lists whose parameters are within others, or go by position.
macro_rules! nested {
    ($name:ident, $positional:literal, $paging:expr) => {
        list_method! { $name, $positional, $paging,
            0 "ORDER" order: rt::Any,
            1 "FILTER" filter: rt::Any,
            2 "PARAMS" params: rt::Any,
            3 "cursor" cursor: rt::Any,
        }
    };
}

nested!(
    by_inner_offset,
    false,
    rt::Paging { limit: Some("PARAMS.limit"), ..rt::Paging::page("PARAMS.offset", "result") }
);
nested!(by_inner_page, true, rt::Paging::page("PARAMS.NAV_PARAMS.iNumPage", "result"));
nested!(by_place, true, rt::Paging { id: Some("id"), key: Some("ID"), ..rt::Paging::start("start", "result") });
nested!(by_cursor, false, rt::Paging { id: Some("id"), ..rt::Paging::id("cursor.value", "result") });
nested!(
    by_kind,
    false,
    rt::Paging {
        id: Some("id"),
        beside: Some(rt::Beside { by: "LAST_TYPE", field: "notify_type", values: &["1", "3"] }),
        ..rt::Paging::id("LAST_ID", "result.notifications")
    }
);

#[tokio::test]
async fn what_says_which_page_may_stand_within_another_parameter() {
    let server = Server::start(|seen| {
        let sent = &seen.json()["PARAMS"];
        assert_eq!(sent["select"], json!(["ID"]));
        let [skip, limit] = ["offset", "limit"].map(|key| usize::try_from(sent[key].as_i64().unwrap()).unwrap());
        ok(page((1..=45).skip(skip).take(limit)))
    })
    .await;
    let request =
        by_inner_offset::Request { params: Some(json!({"select": ["ID"], "limit": 20})), ..Default::default() };
    assert_eq!(ids(client(&server).items(request)).await, (1..=45).collect::<Vec<_>>());
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn what_says_which_page_may_go_by_position() {
    let server = Server::start(|seen| {
        let sent = seen.json();
        assert_eq!((&sent["0"], &sent["1"]), (&json!([]), &json!({"STATUS": 2})));
        let number = sent["2"]["NAV_PARAMS"]["iNumPage"].as_i64().unwrap();
        ok(page((1..=70).skip(usize::try_from(number - 1).unwrap() * 50).take(50)))
    })
    .await;
    let request = by_inner_page::Request { filter: Some(json!({"STATUS": 2})), ..Default::default() };
    assert_eq!(ids(client(&server).items(request)).await, (1..=70).collect::<Vec<_>>());
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn the_walk_by_identifier_keeps_positions() {
    let server = Server::start(|seen| {
        let sent = seen.json();
        assert_eq!((&sent["0"], &sent["start"]), (&json!({"ID": "ASC"}), &json!(-1)));
        let above = sent["1"][">ID"].as_i64().unwrap_or(0);
        ok(page((above + 1..=70).take(50)))
    })
    .await;
    let items = client(&server).items_by_id(by_place::Request::default());
    assert_eq!(ids(items).await, (1..=70).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_goes_on_from_the_last_item_by_the_field_that_it_names() {
    let server = Server::start(|seen| {
        let cursor = &seen.json()["cursor"];
        let after = cursor["value"].as_i64().unwrap_or(0);
        let items: Vec<_> = (after + 1..=70).take(50).map(|n| json!({"id": n, "userId": n})).collect();
        ok(json!({ "items": items }))
    })
    .await;
    let client = client(&server);
    let by_user = by_cursor::Request { cursor: Some(json!({"field": "userId", "value": 5})), ..Default::default() };
    assert_eq!(ids(client.items(by_user)).await, (6..=70).collect::<Vec<_>>());
    assert_eq!(server.seen()[1].json()["cursor"], json!({"field": "userId", "value": 55}));
    assert_eq!(ids(client.items(by_cursor::Request::default())).await, (1..=70).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_kind_of_the_last_item_goes_with_its_identifier() {
    // Confirmations (1) come first, then the rest (2 and 4), each from the newest to the oldest.
    let all = [(9, 1), (4, 1), (12, 2), (11, 4), (3, 2)];
    let server = Server::start(move |seen| {
        let sent = seen.json();
        let last = sent["LAST_ID"].as_i64();
        let stage = sent["LAST_TYPE"].as_i64();
        let rest = all.iter().filter(|(id, kind)| match (stage, last) {
            (Some(1), Some(last)) => *kind != 1 || *id < last,
            (Some(3), Some(last)) => *kind != 1 && *id < last,
            (None, None) => true,
            other => panic!("{other:?}"),
        });
        let items: Vec<_> = rest.take(2).map(|(id, kind)| json!({"id": id, "notify_type": kind})).collect();
        ok(json!({ "notifications": items }))
    })
    .await;
    let items = client(&server).items(by_kind::Request::default());
    assert_eq!(ids(items).await, [9, 4, 12, 11, 3]);
    assert_eq!(server.count(), 4);
}
