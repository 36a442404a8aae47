//! Many calls in one request.

use bitrix24_runtime::{
    CallError, Client, SystemError,
    client::{Limits, batch::Reference},
    error::FailureKind,
    wire::from_brackets,
};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value, json};

use crate::{
    methods::{add_v3, complete, delete, get, get_v3, list},
    server::{Act, Seen, Server, error, json, ok},
};

fn client(server: &Server) -> Client {
    let builder = Client::builder().webhook(&server.webhook()).http_on_loopback();
    builder.limits(Limits::unlimited()).build().unwrap()
}

/// A portal's `batch`: runs each command by `run`, which gives a result or an error.
fn portal(run: impl Fn(&str, &Value) -> Result<Value, Value>) -> impl Fn(&Seen) -> Act {
    move |seen| {
        assert_eq!(seen.method(), "batch");
        let sent = seen.json();
        let (mut results, mut errors, mut totals, mut times) = (Map::new(), Map::new(), Map::new(), Map::new());
        let commands = sent["cmd"].as_object().unwrap();
        assert!(commands.len() <= 50);
        for (key, command) in commands {
            let (method, query) = command.as_str().unwrap().split_once('?').unwrap();
            match run(method, &from_brackets(query.as_bytes())) {
                Ok(result) => {
                    if result.is_array() {
                        totals.insert(key.clone(), json!(77));
                    }
                    results.insert(key.clone(), result);
                    times.insert(key.clone(), json!({"duration": 0.5}));
                }
                Err(error) => {
                    errors.insert(key.clone(), error);
                    if sent["halt"] == 1 {
                        break;
                    }
                }
            }
        }
        // PHP has one form for an empty map and an empty list.
        let php = |map: Map<String, Value>| if map.is_empty() { json!([]) } else { Value::Object(map) };
        ok(json!({"result": php(results), "result_error": php(errors), "result_total": php(totals),
            "result_next": [], "result_time": php(times)}))
    }
}

fn deal(id: &Value) -> Value {
    json!({"ID": id, "TITLE": "x"})
}

#[tokio::test]
async fn commands_of_several_methods_come_back_typed() {
    let server = Server::start(portal(|method, query| match method {
        "crm.deal.get" => Ok(deal(&query["ID"])),
        "crm.deal.list" => Ok(json!([deal(&json!(1)), deal(&json!(2))])),
        "biconnector.connector.delete" if query["id"] == "4" => Ok(json!(true)),
        _ => Err(json!({"error": "CONNECTOR_NOT_FOUND", "error_description": "Connector was not found."})),
    }))
    .await;
    let mut batch = client(&server).batch();
    let deal = batch.add(get::Request::new(7));
    let gone = batch.add(delete::Request::new(4));
    let deals = batch.add(list::Request::new().filter(json!({"STAGE": ["A", "B&C"]})));
    let missing = batch.add(delete::Request::new(5));
    let mut reply = batch.send().await;
    assert_eq!(reply.take(deal).unwrap().result.id, Some(7));
    assert!(reply.take(gone).unwrap().result);
    let deals = reply.take(deals).unwrap();
    assert_eq!((deals.result.len(), deals.total), (2, Some(77)));
    assert_eq!(deals.time.unwrap().duration, Some(0.5));
    let error = reply.take(missing).unwrap_err();
    assert_eq!(error.code(), Some(delete::ErrorCode::ConnectorNotFound));
    assert_eq!(error.context().method, "biconnector.connector.delete");
    assert_eq!(
        server.seen()[0].json()["cmd"]["c2"],
        "crm.deal.list?filter%5BSTAGE%5D%5B0%5D=A&filter%5BSTAGE%5D%5B1%5D=B%26C"
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn results_of_earlier_commands_stand_in_for_parameters() {
    let results = std::sync::Mutex::new(Value::Null);
    let server = Server::start(portal(move |_, query| {
        // As the portal does: the value at `$result[c0][ID]` goes in.
        let mut results = results.lock().unwrap();
        let id = match query["ID"].as_str() {
            Some("$result[c0][ID]") => results["ID"].clone(),
            _ => json!(41),
        };
        *results = deal(&json!(id.as_i64().unwrap() + 1));
        Ok(results.clone())
    }))
    .await;
    let mut batch = client(&server).batch();
    let first = batch.add(get::Request::new(1));
    let second = batch.add_with(get::Request::new(0), [("ID", first.result("[ID]"))]);
    let mut reply = batch.send().await;
    assert_eq!(reply.take(first).unwrap().result.id, Some(42));
    assert_eq!(reply.take(second).unwrap().result.id, Some(43));
    assert_eq!(server.seen()[0].json()["cmd"]["c1"], "crm.deal.get?ID=%24result%5Bc0%5D%5BID%5D");
}

#[tokio::test]
async fn in_v3_a_reference_has_whatever_form_the_portal_takes() {
    let server = Server::start(|_| ok(json!({"c0": {"id": 1}, "c1": {"id": 2}}))).await;
    let mut batch = client(&server).batch();
    let first = batch.add(add_v3::Request::new("x"));
    let form = json!({"from": first.key(), "path": "id"});
    let second = batch.add_with(
        add_v3::Request::new(""),
        [
            ("title", Reference::json(&first, form.clone())),
            ("fields[parents][id]", Reference::json(&first, form.clone())),
        ],
    );
    let mut reply = batch.send().await;
    assert_eq!([first, second].map(|handle| reply.take(handle).unwrap().result.id), [Some(1), Some(2)]);
    assert_eq!(server.seen()[0].json()[1]["query"], json!({"title": form, "fields": {"parents": {"id": form}}}));
}

#[tokio::test]
async fn parameters_by_position_keep_it_in_a_batch() {
    let server = Server::start(portal(|_, query| Ok(json!(*query == json!(["13", "21"]))))).await;
    let mut batch = client(&server).batch();
    let done = batch.add(complete::Request::new(13, 21));
    assert!(batch.send().await.take(done).unwrap().result);
}

#[tokio::test]
async fn a_v3_batch_that_fails_as_a_whole_is_read_one_by_one() {
    let server = Server::start(|seen| {
        let missing = |id: &Value| *id == 3;
        let not_found = || json(404, json!({"error": {"code": "BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION"}}));
        match seen.method() {
            "batch" => {
                let sent = seen.json();
                let commands = sent.as_array().unwrap();
                if commands.iter().any(|command| missing(&command["query"]["id"])) {
                    return not_found();
                }
                let answer =
                    |item: &Value| (item["as"].as_str().unwrap().to_owned(), json!({"id": item["query"]["id"]}));
                ok(commands.iter().map(answer).collect::<Map<_, _>>().into())
            }
            _ if missing(&seen.json()["id"]) => not_found(),
            _ => ok(json!({"id": seen.json()["id"]})),
        }
    })
    .await;
    let answers: Vec<_> = client(&server).call_all((1..=55).map(get_v3::Request::new)).collect().await;
    for (id, answer) in (1..).zip(answers) {
        match answer {
            Ok(reply) => assert_eq!(reply.result.id, Some(id)),
            Err(error) => assert_eq!((id, error.system()), (3, Some(SystemError::EntityNotFound))),
        }
    }
    assert_eq!(server.count(), 52);
}

#[tokio::test]
async fn a_reference_into_another_request_is_refused_before_anything_is_sent() {
    let server = Server::start(portal(|_, _| Ok(json!(true)))).await;
    let mut batch = client(&server).batch();
    let first = batch.add(get::Request::new(1));
    for id in 0..49 {
        let _ = batch.add(delete::Request::new(id));
    }
    let far = batch.add_with(get::Request::new(0), [("ID", first.result("[ID]"))]);
    let CallError::Failed(failure) = batch.send().await.take(far).unwrap_err() else { panic!() };
    assert!(matches!(failure.kind, FailureKind::Skipped(_)));
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn more_than_fifty_commands_are_several_requests() {
    let server = Server::start(portal(|_, query| Ok(deal(&query["ID"])))).await;
    let mut batch = client(&server).batch();
    let handles: Vec<_> = (0..120).map(|id| batch.add(get::Request::new(id))).collect();
    let mut reply = batch.send().await;
    for (id, handle) in (0..).zip(handles) {
        assert_eq!(reply.take(handle).unwrap().result.id, Some(id));
    }
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_halted_batch_says_what_was_not_run() {
    let server = Server::start(portal(|_, query| match query["id"].as_str() {
        Some("60") => Err(json!({"error": "ACCESS_DENIED", "error_description": ""})),
        _ => Ok(json!(true)),
    }))
    .await;
    let mut batch = client(&server).batch().halt();
    let handles: Vec<_> = (0..150).map(|id| batch.add(delete::Request::new(id))).collect();
    let mut reply = batch.send().await;
    for (id, handle) in handles.into_iter().enumerate() {
        match (id, reply.take(handle)) {
            (0..60, answer) => assert!(answer.unwrap().result),
            (60, answer) => assert_eq!(answer.unwrap_err().system(), Some(SystemError::AccessDenied)),
            (_, answer) => {
                let CallError::Failed(failure) = answer.unwrap_err() else { panic!() };
                assert!(matches!(failure.kind, FailureKind::Skipped(_)) && !failure.context.may_have_run);
            }
        }
    }
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn answers_that_php_made_a_list_are_found_by_position_and_null_is_no_loss() {
    let server = Server::start(|_| {
        ok(json!({"result": [true, null, true], "result_error": [], "result_total": [], "result_next": [],
            "result_time": []}))
    })
    .await;
    let mut batch = client(&server).batch();
    let handles = [1, 2, 3].map(|id| batch.add(delete::Request::new(id)));
    let mut reply = batch.send().await;
    let [first, second, third] = handles.map(|handle| reply.take(handle));
    assert!(first.unwrap().result && third.unwrap().result);
    assert!(matches!(second.unwrap_err(), CallError::Decode { .. }));
}

#[tokio::test]
async fn a_batch_that_is_refused_refuses_each_command() {
    let server = Server::start(|_| error(400, "ERROR_BATCH_LENGTH_EXCEEDED")).await;
    let mut batch = client(&server).batch();
    let handles = [1, 2].map(|id| batch.add(delete::Request::new(id)));
    let mut reply = batch.send().await;
    for handle in handles {
        let error = reply.take(handle).unwrap_err();
        assert_eq!(error.system(), Some(SystemError::BatchLengthExceeded));
    }
}

#[tokio::test]
async fn a_v3_batch_is_a_list_and_fails_as_a_whole() {
    let server = Server::start(|seen| {
        assert!(seen.path.starts_with("/rest/api/1/"));
        let sent = seen.json();
        if sent[0]["query"]["title"] == "" {
            return json(400, json!({"error": {"code": "BITRIX_REST_V3_EXCEPTION_X", "message": "m"}}));
        }
        let entry = |item: &Value| (item["as"].as_str().unwrap().to_owned(), json!({"id": item["query"]["title"]}));
        ok(sent.as_array().unwrap().iter().map(entry).collect::<Map<_, _>>().into())
    })
    .await;
    let client = client(&server);
    let mut batch = client.batch();
    let handles = ["1", "2"].map(|title| batch.add(add_v3::Request::new(title)));
    let mut reply = batch.send().await;
    let ids = handles.map(|handle| reply.take(handle).unwrap().result.id);
    assert_eq!(ids, [Some(1), Some(2)]);
    let seen = &server.seen()[0];
    assert_eq!(
        seen.json()[0],
        json!({"method": "tasks.task.add", "query": {"title": "1"}, "as": "c0", "parallel": false})
    );
    assert!(seen.headers.contains_key("idempotency-key"));

    let mut batch = client.batch();
    let handles = ["", "2"].map(|title| batch.add(add_v3::Request::new(title)));
    let mut reply = batch.send().await;
    for handle in handles {
        assert_eq!(reply.take(handle).unwrap_err().server_error().unwrap().code, "BITRIX_REST_V3_EXCEPTION_X");
    }
}

#[tokio::test]
async fn thousands_of_calls_of_one_method_become_batches() {
    let server = Server::start(portal(|_, query| match query["ID"].as_str() {
        Some("13") => Err(json!({"error": "ERROR_CORE", "error_description": "Not found"})),
        _ => Ok(deal(&query["ID"])),
    }))
    .await;
    let client = client(&server);
    let answers: Vec<_> = client.call_all((0..2_020).map(get::Request::new)).collect().await;
    assert_eq!(answers.len(), 2_020);
    for (id, answer) in (0..).zip(answers) {
        match answer {
            Ok(reply) => assert_eq!(reply.result.id, Some(id)),
            Err(error) => assert_eq!((id, error.server_error().unwrap().code.as_str()), (13, "ERROR_CORE")),
        }
    }
    assert_eq!(server.count(), 41);
    // A stream that is dropped sends no more.
    let mut some = Box::pin(client.call_all((0..2_000).map(get::Request::new)));
    some.try_next().await.unwrap();
    drop(some);
    assert_eq!(server.count(), 42);
}

#[tokio::test(start_paused = true)]
async fn commands_that_were_refused_for_their_operating_time_go_again() {
    let start = tokio::time::Instant::now();
    let server = Server::start(portal(move |method, query| match method {
        "crm.deal.get" if start.elapsed().as_secs() < 100 => {
            Err(json!({"error": "OPERATION_TIME_LIMIT", "error_description": "Method is blocked"}))
        }
        "crm.deal.get" => Ok(deal(&query["ID"])),
        _ => Ok(json!(true)),
    }))
    .await;
    let client = client(&server);
    let mut batch = client.batch();
    let deals = [1, 2].map(|id| batch.add(get::Request::new(id)));
    let gone = batch.add(delete::Request::new(4));
    let mut reply = batch.send().await;
    assert_eq!(deals.map(|handle| reply.take(handle).unwrap().result.id), [Some(1), Some(2)]);
    assert!(reply.take(gone).unwrap().result);
    let sizes: Vec<_> = server.seen().iter().map(|seen| seen.json()["cmd"].as_object().unwrap().len()).collect();
    assert_eq!(sizes, [3, 2, 2]);
}
