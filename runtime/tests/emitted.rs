//! What the generator emits, written by hand: each module below is exactly the code of one method, with the comments
//! (`//`) that the emitter has to know of. Doc comments (`///`) stand for the docs' prose.
//!
//! Rules for the whole file of an API module:
//!
//! - Every emitted module begins with `use ::bitrix24_runtime as rt;` (in `generated`: `use crate::rt;` is the same).
//!   All names of the runtime are written with `rt::`, so no emitted type can collide with one (`File`, `Time`, `Map`).
//! - Structures and choices derive nothing: the macros give them all that they have.
//! - Every emitted function is `#[inline]`.
//! - Types of fields: integer `i64`, double `f64`, boolean `bool`, string `String`, date `rt::Date`, datetime
//!   `rt::DateTime`, timestamp `rt::Timestamp`, file `rt::File`, time `rt::Time`, any and null `rt::Any`, enum a
//!   `choice!`, array `Vec<T>`, map `rt::Map<T>`, object its structure (`Box<T>` where it would contain itself without a
//!   `Vec` or `Map` between). Union: only scalars `rt::Scalar`; `T | T[]` `rt::OneOrMany<T>`; two types that differ in
//!   their JSON form (scalar, list, object) `rt::Either<A, B>`; everything else `rt::Any`. A nullable item of a list or
//!   map is `Option<T>`.
//! - A v2 `filter` is an `rt::Filter`, a v3 one `rt::Conditions`; `order` is an `rt::Order`, `select` an `rt::Select`,
//!   v3 `pagination` an `rt::Pagination`, an event's `auth` an `rt::Auth`. Setters take `impl Into<_>` of `rt::Select`,
//!   `rt::Date` and `rt::DateTime`, and `impl Into<String>`; everything else by its own type.
//! - Marks after a field's name in a table: `wire: "yn"` `yn`, `wire: "int"` `int`, `wire: "string"` `text`; they reach
//!   through `Option`, `Vec`, `Map` to the values inside. `required` only in `input!`.
//! - A field whose Rust name would be `extra` is named `extra_` (likewise a setter `new`, `with`, `extra` gets a `_`).
//! - Indices in tables count from 0 without gaps, in the order of the docs.

#![allow(unreachable_pub, missing_docs, dead_code, reason = "emitted code is written for a library")]

/// Module `biconnector`, method `biconnector.connector.delete`.
mod biconnector {
    pub mod connector {
        /// Delete connector
        pub mod delete {
            use ::bitrix24_runtime as rt;

            /// Parameters of `biconnector.connector.delete`.
            pub struct Request {
                // Fields of what is sent are private: the docs stand on the setters and in those of `new`.
                id: i64,
                extra: rt::Extra,
            }

            rt::input! { Request {
                0 "id" id required,
            } }

            impl Request {
                /// - `id`: identifier of the connector.
                // All required parameters, in the docs' order. `String`s come as `impl Into<String>`, dates as
                // `impl Into<rt::Date>`, everything else by its own type.
                #[inline]
                pub fn new(id: i64) -> Self {
                    Self { id, extra: rt::Extra::new() }
                }
            }

            impl rt::Method for Request {
                // The type of the response's `result`; `Option<T>` where the docs call it nullable. A method without a
                // documented result has `rt::Any`. `total`, `next`, `time` are in `rt::Reply` and need no type here.
                type Result = bool;
                type Error = ErrorCode;
                // `rt::MethodInfo::v2` or `v3`; what differs from a writing method without scopes and paging stands
                // before the `..`.
                const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
                    scopes: &["biconnector"],
                    ..rt::MethodInfo::v2(
                        "biconnector.connector.delete",
                        "https://apidocs.bitrix24.com/api-reference/biconnector/connector/biconnector-connector-delete.html",
                    )
                };
            }

            /// Errors of `biconnector.connector.delete`.
            // No module without a documented error has this enum: `type Error = rt::Undocumented`.
            #[derive(Clone, Copy, PartialEq, Hash)]
            #[non_exhaustive]
            pub enum ErrorCode {
                /// `VALIDATION_ID_NOT_PROVIDED`: no identifier was given.
                ValidationIdNotProvided,
                /// `VALIDATION_INVALID_ID_FORMAT`: the identifier is malformed.
                ValidationInvalidIdFormat,
                /// `CONNECTOR_NOT_FOUND`: there is no such connector.
                ConnectorNotFound,
                /// `CONNECTOR_DELETE_RESTRICTED`: the connector is in use.
                ConnectorDeleteRestricted,
            }

            // One row a variant, in the variants' order: code, then `en`, `ru`, `status`, `field` as far as known. A
            // message of unknown language goes by the page's language.
            rt::error_code! { ErrorCode {
                ValidationIdNotProvided "VALIDATION_ID_NOT_PROVIDED" en "ID is missing.",
                ValidationInvalidIdFormat "VALIDATION_INVALID_ID_FORMAT" en "ID has to be a positive integer.",
                ConnectorNotFound "CONNECTOR_NOT_FOUND" en "Connector was not found.",
                ConnectorDeleteRestricted "CONNECTOR_DELETE_RESTRICTED"
                    en "Connector cannot be removed. Remove the connections related to the connector first.",
            } }
        }
    }
}

/// A v3 method with everything: nested and optional parameters, a choice, lists, a map, an open object, recursion.
mod orbit {
    pub mod v3 {
        pub mod add {
            use ::bitrix24_runtime as rt;

            /// Parameters of `orbit.add`.
            pub struct Request {
                fields: Fields,
                notify: Option<bool>,
                limit: Option<i64>,
                tags: Option<Vec<String>>,
                extra: rt::Extra,
            }

            rt::input! { Request {
                0 "fields" fields required,
                1 "notify" notify yn,
                2 "limit" limit text,
                3 "tags" tags,
            } }

            impl Request {
                /// - `fields`: the orbit.
                #[inline]
                pub fn new(fields: Fields) -> Self {
                    Self { fields, notify: None, limit: None, tags: None, extra: rt::Extra::new() }
                }

                /// `notify`: whether to tell the crew. `Y` by default.
                #[inline]
                #[must_use]
                pub fn notify(mut self, value: bool) -> Self {
                    self.notify = Some(value);
                    self
                }

                /// `limit`: most orbits to keep.
                #[inline]
                #[must_use]
                pub fn limit(mut self, value: i64) -> Self {
                    self.limit = Some(value);
                    self
                }

                /// `tags`: labels.
                #[inline]
                #[must_use]
                pub fn tags(mut self, value: Vec<String>) -> Self {
                    self.tags = Some(value);
                    self
                }
            }

            impl rt::Method for Request {
                type Result = Answer;
                type Error = ErrorCode;
                const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
                    scopes: &["orbit", "crm"],
                    effect: rt::Effect::Read,
                    paging: Some(rt::Paging { id: Some("id"), ..rt::Paging::page("pagination", "result.items") }),
                    ..rt::MethodInfo::v3("orbit.add", "https://example.com/orbit-add.html")
                };
            }

            /// `fields` of `orbit.add`.
            // A structure that only requests carry: `input!`, private fields, `new` and setters, as `Request`.
            // `open`: the docs allow further keys (`UF_…`); `with` sends them.
            pub struct Fields {
                title: String,
                kind: Option<Kind>,
                begin: Option<rt::DateTime>,
                photo: Option<rt::File>,
                extra: rt::Extra,
            }

            rt::input! { Fields open("UF_") {
                0 "title" title required,
                1 "kind" kind int,
                2 "begin" begin,
                3 "photo" photo,
            } }

            impl Fields {
                /// - `title`: the name.
                #[inline]
                pub fn new(title: impl Into<String>) -> Self {
                    Self { title: title.into(), kind: None, begin: None, photo: None, extra: rt::Extra::new() }
                }

                /// `kind`: the kind of orbit.
                #[inline]
                #[must_use]
                pub fn kind(mut self, value: Kind) -> Self {
                    self.kind = Some(value);
                    self
                }

                /// `begin`: when it begins.
                #[inline]
                #[must_use]
                pub fn begin(mut self, value: impl Into<rt::DateTime>) -> Self {
                    self.begin = Some(value.into());
                    self
                }

                /// `photo`: a picture.
                #[inline]
                #[must_use]
                pub fn photo(mut self, value: rt::File) -> Self {
                    self.photo = Some(value);
                    self
                }
            }

            /// Allowed values of `kind`.
            // Variants in the docs' order and `Other` last. Values are written as text; where they travel as numbers,
            // the field that holds them is marked `int`. Where the set is a boolean (`Y`, `N`), it is a `bool`.
            #[non_exhaustive]
            pub enum Kind {
                /// `1`: low.
                Low,
                /// `2`: high.
                High,
                /// Any other value.
                Other(String),
            }

            rt::choice! { Kind {
                "1" Low,
                "2" High,
            } }

            /// `result` of `orbit.add`.
            // A structure that answers carry: `object!`, public fields with the docs on them, every one an `Option`.
            // One that requests carry too: the same with setters, and `Default` instead of `new`.
            pub struct Answer {
                /// `items`: what was found.
                pub items: Option<Vec<Item>>,
                /// `names`: names by language.
                pub names: Option<rt::Map<String>>,
                /// `owner`: who owns it.
                pub owner: Option<rt::Either<i64, Item>>,
                /// Keys that the docs do not mention.
                pub extra: rt::Extra,
            }

            rt::object! { Answer {
                0 "items" items,
                1 "names" names,
                2 "owner" owner,
            } }

            /// An orbit.
            pub struct Item {
                /// `id`: identifier.
                pub id: Option<i64>,
                /// `active`: whether it is in use.
                pub active: Option<bool>,
                /// `created`: when it was made.
                pub created: Option<rt::DateTime>,
                /// `kind`: its kind.
                pub kind: Option<Kind>,
                /// `mass`: in tonnes.
                pub mass: Option<f64>,
                /// `parent`: the orbit around which it goes.
                pub parent: Option<Box<Item>>,
                /// `UF_…` and other keys without a field.
                pub extra: rt::Extra,
            }

            rt::object! { Item open("UF_") {
                0 "id" id,
                1 "active" active yn,
                2 "created" created,
                3 "kind" kind int,
                4 "mass" mass,
                5 "parent" parent,
            } }

            /// Errors of `orbit.add`.
            #[derive(Clone, Copy, PartialEq, Hash)]
            #[non_exhaustive]
            pub enum ErrorCode {
                /// `BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION`: `title` is missing.
                ValidationTitle,
                /// `BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION`: `kind` is unknown.
                ValidationKind,
                /// Empty code: there is no such orbit.
                NotFound,
            }

            rt::error_code! { ErrorCode {
                ValidationTitle "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION"
                    status 400 field "title",
                ValidationKind "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION"
                    en "Kind `#KIND#` is not known" ru "Вид `#KIND#` неизвестен" status 400 field "kind",
                NotFound "" en "Orbit not found",
            } }
        }
    }

    /// Events of the module.
    pub mod events {
        use ::bitrix24_runtime as rt;

        /// An orbit was added.
        pub struct OnOrbitAdd {
            /// `event`: name of the event.
            pub event: Option<String>,
            /// `data`: what happened.
            pub data: Option<OnOrbitAddData>,
            /// `auth`: who sent it.
            pub auth: Option<rt::Auth>,
            /// Keys that the docs do not mention.
            pub extra: rt::Extra,
        }

        rt::object! { OnOrbitAdd {
            0 "event" event,
            1 "data" data,
            2 "auth" auth,
        } }

        impl rt::Event for OnOrbitAdd {
            const INFO: &'static rt::EventInfo =
                &rt::EventInfo { name: "ONORBITADD", page: "https://example.com/on-orbit-add.html" };
        }

        /// An event of this module, for [`rt::EventBody::parse`] and [`rt::AnyEvent::from_body`].
        // One variant an event, in the docs' order, and `Other` last.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum Event {
            /// `ONORBITADD`: an orbit was added.
            OnOrbitAdd(Box<OnOrbitAdd>),
            /// Any other event.
            Other(rt::EventBody),
        }

        rt::events! { Event {
            OnOrbitAdd OnOrbitAdd,
        } }

        /// `data` of `ONORBITADD`.
        pub struct OnOrbitAddData {
            /// `ID`: identifier.
            pub id: Option<i64>,
            /// Keys that the docs do not mention.
            pub extra: rt::Extra,
        }

        rt::object! { OnOrbitAddData {
            0 "ID" id,
        } }
    }
}

/// What the feature `registry` adds: one line a method and an event.
mod registry {
    use ::bitrix24_runtime as rt;

    /// Every method.
    pub static METHODS: &[rt::registry::MethodEntry] = &[
        rt::registry::MethodEntry::of::<crate::biconnector::connector::delete::Request>(),
        rt::registry::MethodEntry::of::<crate::orbit::v3::add::Request>(),
    ];

    /// Every event.
    pub static EVENTS: &[rt::registry::EventEntry] =
        &[rt::registry::EventEntry::of::<crate::orbit::events::OnOrbitAdd>()];
}

use biconnector::connector::delete;
use bitrix24_runtime::{
    AnyEvent, Event, EventBody, File, Method, Reply, ServerError, Unread, Version, registry::Reread, wire,
};
use orbit::v3::add;

#[test]
fn a_request_is_its_parameters() {
    assert_eq!(wire::to_vec(&delete::Request::new(4), wire::Forms::Documented), br#"{"id":4}"#);
    assert_eq!(delete::Request::INFO.name, "biconnector.connector.delete");
    assert_eq!(delete::Request::INFO.version, Version::V2);
}

#[test]
fn each_value_is_sent_in_its_documented_form() {
    let fields = add::Fields::new("Moon")
        .kind(add::Kind::Low)
        .begin("2026-06-15T10:00:00+00:00")
        .photo(File::new("a.txt", "hi"))
        .with("UF_COLOR", "grey");
    let request = add::Request::new(fields).notify(true).limit(5).tags(vec!["a".into()]);
    let json = String::from_utf8(wire::to_vec(&request, wire::Forms::Documented)).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"fields":{"title":"Moon","kind":1,"begin":"2026-06-15T10:00:00+00:00","#,
            r#""photo":["a.txt","aGk="],"UF_COLOR":"grey"},"notify":"Y","limit":"5","tags":["a"]}"#
        )
    );
}

#[test]
fn an_answer_is_read_whatever_php_made_of_it() {
    let json = br#"{"items":[{"id":"7","active":"Y","created":"","kind":9,"mass":1,"parent":{"id":1}}],
        "names":["Moon"],"owner":3,"more":[]}"#;
    let answer: add::Answer = wire::from_slice(json).unwrap();
    let item = &answer.items.as_ref().unwrap()[0];
    assert_eq!((item.id, item.active), (Some(7), Some(true)));
    assert_eq!(item.kind.as_ref().unwrap().as_str(), "9");
    assert!(item.created.is_none());
    let again = String::from_utf8(wire::to_vec(&answer, wire::Forms::Canonical)).unwrap();
    assert_eq!(
        again,
        concat!(
            r#"{"items":[{"id":7,"active":true,"created":"","kind":9,"mass":1,"parent":{"id":1}}],"#,
            r#""names":["Moon"],"owner":3,"more":[]}"#
        )
    );
}

#[test]
fn an_event_names_itself() {
    assert_eq!(orbit::events::OnOrbitAdd::INFO.name, "ONORBITADD");
    let event: orbit::events::OnOrbitAdd = wire::from_slice(br#"{"event":"ONORBITADD","data":{"ID":"1"}}"#).unwrap();
    assert_eq!(event.data.unwrap().id, Some(1));
}

#[test]
fn the_documented_answers_come_back_typed() {
    let reply = Reply::<bool>::read::<delete::ErrorCode>(200, br#"{"result":true}"#.to_vec()).unwrap();
    assert!(reply.result);
    for (code, message, variant) in [
        ("VALIDATION_ID_NOT_PROVIDED", "ID is missing.", delete::ErrorCode::ValidationIdNotProvided),
        ("VALIDATION_INVALID_ID_FORMAT", "", delete::ErrorCode::ValidationInvalidIdFormat),
        ("CONNECTOR_NOT_FOUND", "Connector was not found.", delete::ErrorCode::ConnectorNotFound),
        ("CONNECTOR_DELETE_RESTRICTED", "?", delete::ErrorCode::ConnectorDeleteRestricted),
    ] {
        let body = format!(r#"{{"error":"{code}","error_description":"{message}"}}"#);
        match Reply::<bool>::read::<delete::ErrorCode>(200, body.into_bytes()) {
            Err(Unread::Api(error)) => assert_eq!(error.known, Some(variant)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_event_is_read_from_the_form_that_a_portal_posts() {
    use orbit::events::Event as OrbitEvent;
    let form = b"event=ONORBITADD&data[ID]=7&data[NEW]=x&auth[access_token]=t0ken&auth[member_id]=m";
    match OrbitEvent::from_body(EventBody::parse(form).unwrap()).unwrap() {
        OrbitEvent::OnOrbitAdd(event) => {
            assert_eq!(event.data.as_ref().unwrap().id, Some(7));
            assert_eq!(event.auth.as_ref().unwrap().member_id.as_deref(), Some("m"));
            assert!(!format!("{event:?}").contains("t0ken"));
        }
        OrbitEvent::Other(body) => panic!("{body:?}"),
    }
    match OrbitEvent::from_body(EventBody::parse(br#"{"event":"ONELSE"}"#).unwrap()).unwrap() {
        OrbitEvent::Other(body) => assert_eq!(body.name(), "ONELSE"),
        OrbitEvent::OnOrbitAdd(event) => panic!("{event:?}"),
    }
}

#[test]
fn the_registry_reads_any_method_by_name() {
    let add = registry::METHODS.iter().find(|entry| entry.info.name == "orbit.add").unwrap();
    let Reread { body, untyped, .. } =
        add.response(br#"{"result":{"items":[{"id":"1","UF_X":1}],"new":[1]}}"#).unwrap();
    assert_eq!(body, br#"{"result":{"items":[{"id":1,"UF_X":1}],"new":[1]}}"#);
    assert_eq!(untyped.into_iter().collect::<Vec<_>>(), ["result.new[]"]);
    let sent = add.request(br#"{"fields":{"title":"x","kind":"2"},"notify":true,"limit":3}"#).unwrap();
    assert_eq!(sent.body, br#"{"fields":{"title":"x","kind":2},"notify":"Y","limit":"3"}"#);
    assert_eq!(
        add.response(br#"{"result":{"items":[{"id":{"a":1}}]}}"#).unwrap_err().path.to_string(),
        "result.items[0].id"
    );
    let error = ServerError::read(400, br#"{"error":{"code":"","message":"Orbit not found"}}"#).unwrap();
    assert_eq!(add.error(&error).unwrap().variant, "NotFound");
    assert_eq!(add.request(b"{}").unwrap().missing, ["fields"]);
    let event = EventBody::parse(b"event=ONORBITADD&data[ID]=7").unwrap();
    assert_eq!(registry::EVENTS[0].read(&event).unwrap().body, br#"{"event":"ONORBITADD","data":{"ID":7}}"#);
}
