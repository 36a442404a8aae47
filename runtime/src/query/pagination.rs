//! Which items of a list, in which order, with which fields.

use crate::{Any, Extra, value::json::json_view};

/// The order of a list: fields by falling weight.
///
/// ```
/// use bitrix24_runtime::Order;
///
/// let order = Order::new().desc("DATE_CREATE").asc("ID");
/// assert_eq!(order.as_json().to_string(), r#"{"DATE_CREATE":"DESC","ID":"ASC"}"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Order(Any);

json_view!(Order);

impl Order {
    /// No order.
    pub fn new() -> Self {
        Order(Any::Object(serde_json::Map::new()))
    }

    /// By `field`, the smallest first.
    #[must_use]
    pub fn asc(self, field: &str) -> Self {
        self.by(field, "ASC")
    }

    /// By `field`, the greatest first.
    #[must_use]
    pub fn desc(self, field: &str) -> Self {
        self.by(field, "DESC")
    }

    fn by(mut self, field: &str, direction: &str) -> Self {
        match &mut self.0 {
            Any::Object(fields) => {
                fields.insert(field.to_owned(), direction.into());
            }
            other => *other = serde_json::json!({ field: direction }),
        }
        self
    }
}

impl Default for Order {
    fn default() -> Self {
        Order::new()
    }
}

/// The fields to return.
///
/// ```
/// use bitrix24_runtime::Select;
///
/// assert_eq!(Select::from(["ID", "TITLE"]).as_json().to_string(), r#"["ID","TITLE"]"#);
/// assert_eq!(Select::all().and("UF_*").as_json().to_string(), r#"["*","UF_*"]"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Select(Any);

json_view!(Select);

impl Select {
    /// All fields but the user-defined ones: `*`.
    pub fn all() -> Self {
        Select::from(["*"])
    }

    /// One more field, or `UF_*` for all user-defined ones.
    #[must_use]
    pub fn and(mut self, field: &str) -> Self {
        match &mut self.0 {
            Any::Array(fields) => fields.push(field.into()),
            other => *other = Any::Array(vec![field.into()]),
        }
        self
    }
}

impl<F: Into<String>, const N: usize> From<[F; N]> for Select {
    fn from(fields: [F; N]) -> Self {
        fields.into_iter().collect()
    }
}

impl<F: Into<String>> From<Vec<F>> for Select {
    fn from(fields: Vec<F>) -> Self {
        fields.into_iter().collect()
    }
}

impl<F: Into<String>> FromIterator<F> for Select {
    fn from_iter<I: IntoIterator<Item = F>>(fields: I) -> Self {
        Select(fields.into_iter().map(|field| Any::String(field.into())).collect())
    }
}

/// The page of a v3 list.
///
/// ```
/// use bitrix24_runtime::{Pagination, wire};
///
/// let pagination = Pagination::page(2).limit(50);
/// assert_eq!(wire::to_vec(&pagination, wire::Forms::Documented), br#"{"page":2,"limit":50}"#);
/// ```
pub struct Pagination {
    /// `page`: number of the page; the first is 1.
    pub page: Option<i64>,
    /// `limit`: items on a page.
    pub limit: Option<i64>,
    /// `offset`: items to skip; follows from the other two where they are given.
    pub offset: Option<i64>,
    /// Keys that the docs do not mention.
    pub extra: Extra,
}

crate::object! { Pagination {
    0 "page" page,
    1 "limit" limit,
    2 "offset" offset,
} }

impl Pagination {
    /// The page `number`; the first is 1.
    pub fn page(number: i64) -> Self {
        Pagination { page: Some(number), ..Pagination::default() }
    }

    /// The items after the first `count`.
    pub fn offset(count: i64) -> Self {
        Pagination { offset: Some(count), ..Pagination::default() }
    }

    /// At most `count` items.
    #[must_use]
    pub fn limit(mut self, count: i64) -> Self {
        self.limit = Some(count);
        self
    }
}
