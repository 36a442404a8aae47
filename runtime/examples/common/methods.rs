// A few methods, as the generator emits them: what the client is tested with.

/// `biconnector.connector.delete`: a v2 method that writes.
pub mod delete {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        id: i64,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "id" id required,
    } }

    impl Request {
        pub fn new(id: i64) -> Self {
            Self { id, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = bool;
        type Error = ErrorCode;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            scopes: &["biconnector"],
            ..rt::MethodInfo::v2("biconnector.connector.delete", "https://example.com/")
        };
    }

    #[derive(Clone, Copy, PartialEq, Hash)]
    #[non_exhaustive]
    pub enum ErrorCode {
        ValidationIdNotProvided,
        ValidationInvalidIdFormat,
        ConnectorNotFound,
        ConnectorDeleteRestricted,
    }

    rt::error_code! { ErrorCode {
        ValidationIdNotProvided "VALIDATION_ID_NOT_PROVIDED" en "ID is missing.",
        ValidationInvalidIdFormat "VALIDATION_INVALID_ID_FORMAT" en "ID has to be a positive integer.",
        ConnectorNotFound "CONNECTOR_NOT_FOUND" en "Connector was not found.",
        ConnectorDeleteRestricted "CONNECTOR_DELETE_RESTRICTED"
            en "Connector cannot be removed. Remove the connections related to the connector first.",
    } }
}

/// `crm.deal.get`: a v2 method that only reads.
pub mod get {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        id: i64,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "ID" id required,
    } }

    impl Request {
        pub fn new(id: i64) -> Self {
            Self { id, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = Deal;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo =
            &rt::MethodInfo { effect: rt::Effect::Read, ..rt::MethodInfo::v2("crm.deal.get", "https://example.com/") };
    }

    pub struct Deal {
        pub id: Option<i64>,
        pub title: Option<String>,
        pub type_id: Option<String>,
        pub stage_id: Option<String>,
        pub probability: Option<i64>,
        pub currency_id: Option<String>,
        pub opportunity: Option<f64>,
        pub is_manual_opportunity: Option<bool>,
        pub company_id: Option<i64>,
        pub contact_id: Option<i64>,
        pub begindate: Option<rt::DateTime>,
        pub closedate: Option<rt::DateTime>,
        pub assigned_by_id: Option<i64>,
        pub created_by_id: Option<i64>,
        pub date_create: Option<rt::DateTime>,
        pub opened: Option<bool>,
        pub closed: Option<bool>,
        pub comments: Option<String>,
        pub category_id: Option<i64>,
        pub source_id: Option<String>,
        pub extra: rt::Extra,
    }

    rt::object! { Deal open("UF_") {
        0 "ID" id,
        1 "TITLE" title,
        2 "TYPE_ID" type_id,
        3 "STAGE_ID" stage_id,
        4 "PROBABILITY" probability,
        5 "CURRENCY_ID" currency_id,
        6 "OPPORTUNITY" opportunity,
        7 "IS_MANUAL_OPPORTUNITY" is_manual_opportunity yn,
        8 "COMPANY_ID" company_id,
        9 "CONTACT_ID" contact_id,
        10 "BEGINDATE" begindate,
        11 "CLOSEDATE" closedate,
        12 "ASSIGNED_BY_ID" assigned_by_id,
        13 "CREATED_BY_ID" created_by_id,
        14 "DATE_CREATE" date_create,
        15 "OPENED" opened yn,
        16 "CLOSED" closed yn,
        17 "COMMENTS" comments,
        18 "CATEGORY_ID" category_id,
        19 "SOURCE_ID" source_id,
    } }
}

/// `crm.deal.list`: pages by `start`, items right in `result`.
pub mod list {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        filter: Option<rt::Any>,
        order: Option<rt::Order>,
        select: Option<rt::Select>,
        start: Option<i64>,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "filter" filter,
        1 "order" order,
        2 "select" select,
        3 "start" start,
    } }

    impl Request {
        pub fn new() -> Self {
            Self { filter: None, order: None, select: None, start: None, extra: rt::Extra::new() }
        }

        pub fn filter(mut self, value: rt::Any) -> Self {
            self.filter = Some(value);
            self
        }

        pub fn order(mut self, value: rt::Order) -> Self {
            self.order = Some(value);
            self
        }

        pub fn select(mut self, value: impl Into<rt::Select>) -> Self {
            self.select = Some(value.into());
            self
        }
    }

    impl rt::Method for Request {
        type Result = Vec<super::get::Deal>;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            effect: rt::Effect::Read,
            paging: Some(rt::Paging { id: Some("ID"), ..rt::Paging::start("start", "result") }),
            ..rt::MethodInfo::v2("crm.deal.list", "https://example.com/")
        };
    }

    impl rt::ListMethod for Request {
        type Item = super::get::Deal;

        fn items(page: Self::Result) -> Vec<Self::Item> {
            page
        }
    }
}

/// `tasks.task.add` of v3: a method that writes and may be repeated under its idempotency key.
pub mod add_v3 {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        title: String,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "title" title required,
    } }

    impl Request {
        pub fn new(title: impl Into<String>) -> Self {
            Self { title: title.into(), extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = Added;
        type Error = ErrorCode;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo::v3("tasks.task.add", "https://example.com/");
    }

    pub struct Added {
        pub id: Option<i64>,
        pub extra: rt::Extra,
    }

    rt::object! { Added {
        0 "id" id,
    } }

    #[derive(Clone, Copy, PartialEq, Hash)]
    #[non_exhaustive]
    pub enum ErrorCode {
        ValidationTitle,
    }

    rt::error_code! { ErrorCode {
        ValidationTitle "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION" status 400 field "title",
    } }
}

/// `main.eventlog.list` of v3: pages by `pagination`, items in `result.items`.
pub mod list_v3 {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        filter: Option<rt::Conditions>,
        order: Option<rt::Order>,
        pagination: Option<rt::Pagination>,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "filter" filter,
        1 "order" order,
        2 "pagination" pagination,
    } }

    impl Request {
        pub fn new() -> Self {
            Self { filter: None, order: None, pagination: None, extra: rt::Extra::new() }
        }

        pub fn filter(mut self, value: rt::Conditions) -> Self {
            self.filter = Some(value);
            self
        }

        pub fn pagination(mut self, value: rt::Pagination) -> Self {
            self.pagination = Some(value);
            self
        }
    }

    impl rt::Method for Request {
        type Result = Page;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            effect: rt::Effect::Read,
            paging: Some(rt::Paging { id: Some("id"), ..rt::Paging::page("pagination", "result.items") }),
            ..rt::MethodInfo::v3("main.eventlog.list", "https://example.com/")
        };
    }

    impl rt::ListMethod for Request {
        type Item = super::add_v3::Added;

        fn items(page: Self::Result) -> Vec<Self::Item> {
            page.items.unwrap_or_default()
        }
    }

    pub struct Page {
        pub items: Option<Vec<super::add_v3::Added>>,
        pub extra: rt::Extra,
    }

    rt::object! { Page {
        0 "items" items,
    } }
}

/// `disk.folder.uploadfile`: a method that takes a file.
pub mod upload {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        id: i64,
        file_content: rt::File,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "id" id required,
        1 "fileContent" file_content required,
    } }

    impl Request {
        pub fn new(id: i64, file_content: rt::File) -> Self {
            Self { id, file_content, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = rt::Any;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            scopes: &["disk"],
            ..rt::MethodInfo::v2("disk.folder.uploadfile", "https://example.com/")
        };
    }
}

/// `tasks.task.list`: pages by `start`, items in `result.tasks`.
pub mod tasks {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        filter: Option<rt::Any>,
        order: Option<rt::Order>,
        start: Option<i64>,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "filter" filter,
        1 "order" order,
        2 "start" start,
    } }

    impl Request {
        pub fn new() -> Self {
            Self { filter: None, order: None, start: None, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = Page;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            effect: rt::Effect::Read,
            paging: Some(rt::Paging { id: Some("id"), ..rt::Paging::start("start", "result.tasks") }),
            ..rt::MethodInfo::v2("tasks.task.list", "https://example.com/")
        };
    }

    impl rt::ListMethod for Request {
        type Item = super::add_v3::Added;

        fn items(page: Self::Result) -> Vec<Self::Item> {
            page.tasks.unwrap_or_default()
        }
    }

    pub struct Page {
        pub tasks: Option<Vec<super::add_v3::Added>>,
        pub extra: rt::Extra,
    }

    rt::object! { Page {
        0 "tasks" tasks,
    } }
}

/// `tasks.task.get` of v3: a method that only reads.
pub mod get_v3 {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        id: i64,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "id" id required,
    } }

    impl Request {
        pub fn new(id: i64) -> Self {
            Self { id, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = super::add_v3::Added;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            effect: rt::Effect::Read,
            ..rt::MethodInfo::v3("tasks.task.get", "https://example.com/")
        };
    }
}

/// `task.checklistitem.complete`: a method whose parameters go by position.
pub mod complete {
    use ::bitrix24_runtime as rt;

    pub struct Request {
        taskid: i64,
        itemid: i64,
        extra: rt::Extra,
    }

    rt::input! { Request {
        0 "TASKID" taskid required,
        1 "ITEMID" itemid required,
    } }

    impl Request {
        pub fn new(taskid: i64, itemid: i64) -> Self {
            Self { taskid, itemid, extra: rt::Extra::new() }
        }
    }

    impl rt::Method for Request {
        type Result = bool;
        type Error = rt::Undocumented;
        const INFO: &'static rt::MethodInfo = &rt::MethodInfo {
            positional: true,
            ..rt::MethodInfo::v2("task.checklistitem.complete", "https://example.com/")
        };
    }
}
