//! Filters of the v2 API.

use crate::{Any, value::json::json_view};

/// A filter of a v2 method: conditions that all have to hold, and groups of alternatives.
///
/// Values are sent as given: a field documented as `Y`/`N` is compared with `"Y"`.
///
/// ```
/// use bitrix24_runtime::Filter;
///
/// let filter = Filter::new()
///     .is("STAGE_ID", "NEW")
///     .ge("OPPORTUNITY", 5000)
///     .one_of("ASSIGNED_BY_ID", [1, 6])
///     .any_of([Filter::new().ne("NAME", ""), Filter::new().like("TITLE", "shop")]);
/// assert_eq!(
///     filter.as_json().to_string(),
///     concat!(
///         r#"{"STAGE_ID":"NEW",">=OPPORTUNITY":5000,"@ASSIGNED_BY_ID":[1,6],"#,
///         r#""0":{"logic":"OR","0":{"!=NAME":""},"1":{"%TITLE":"shop"}}}"#
///     )
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Any);

json_view!(Filter);

/// How a field is compared with a value. Which of them a method knows, its page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// No prefix: the field's usual comparison.
    Is,
    /// `=`: equal.
    Eq,
    /// `!=`: not equal.
    Ne,
    /// `!`: not, where the page writes it without `=`.
    Not,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `><`: within a range, both ends included; the value is a list of two.
    Between,
    /// `@`: one of a list.
    OneOf,
    /// `!@`: none of a list.
    NoneOf,
    /// `%`: contains.
    Like,
    /// `!%`: does not contain.
    NotLike,
    /// `=%`: like a pattern in which `%` stands for any text.
    LikePattern,
    /// `!=%`: not like a pattern in which `%` stands for any text.
    NotLikePattern,
    /// `%=`: the same as `=%` where a page writes it so.
    PatternLike,
    /// `!%=`: the same as `!=%` where a page writes it so.
    NotPatternLike,
    /// `?`: full-text search.
    Search,
}

impl Op {
    /// The prefix before the field's name.
    pub const fn prefix(self) -> &'static str {
        match self {
            Op::Is => "",
            Op::Eq => "=",
            Op::Ne => "!=",
            Op::Not => "!",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Between => "><",
            Op::OneOf => "@",
            Op::NoneOf => "!@",
            Op::Like => "%",
            Op::NotLike => "!%",
            Op::LikePattern => "=%",
            Op::NotLikePattern => "!=%",
            Op::PatternLike => "%=",
            Op::NotPatternLike => "!%=",
            Op::Search => "?",
        }
    }
}

impl Filter {
    /// No conditions.
    pub fn new() -> Self {
        Filter(Any::Object(serde_json::Map::new()))
    }

    /// `field`, compared by `op` with `value`. A condition on the same field and operator is replaced.
    #[must_use]
    pub fn with(mut self, op: Op, field: &str, value: impl Into<Any>) -> Self {
        self.entries().insert(format!("{}{field}", op.prefix()), value.into());
        self
    }

    /// `field` is `value`, without a prefix.
    #[must_use]
    pub fn is(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Is, field, value)
    }

    /// `field` equals `value`.
    #[must_use]
    pub fn eq(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Eq, field, value)
    }

    /// `field` differs from `value`.
    #[must_use]
    pub fn ne(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Ne, field, value)
    }

    /// `field` is above `value`.
    #[must_use]
    pub fn gt(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Gt, field, value)
    }

    /// `field` is at least `value`.
    #[must_use]
    pub fn ge(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Ge, field, value)
    }

    /// `field` is below `value`.
    #[must_use]
    pub fn lt(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Lt, field, value)
    }

    /// `field` is at most `value`.
    #[must_use]
    pub fn le(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Op::Le, field, value)
    }

    /// `field` is between the two values, ends included.
    #[must_use]
    pub fn between(self, field: &str, from: impl Into<Any>, to: impl Into<Any>) -> Self {
        self.with(Op::Between, field, vec![from.into(), to.into()])
    }

    /// `field` is one of `values`.
    #[must_use]
    pub fn one_of<V: Into<Any>>(self, field: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.with(Op::OneOf, field, values.into_iter().map(Into::into).collect::<Any>())
    }

    /// `field` is none of `values`.
    #[must_use]
    pub fn none_of<V: Into<Any>>(self, field: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.with(Op::NoneOf, field, values.into_iter().map(Into::into).collect::<Any>())
    }

    /// `field` contains `text`.
    #[must_use]
    pub fn like(self, field: &str, text: &str) -> Self {
        self.with(Op::Like, field, text)
    }

    /// `field` does not contain `text`.
    #[must_use]
    pub fn not_like(self, field: &str, text: &str) -> Self {
        self.with(Op::NotLike, field, text)
    }

    /// At least one of `filters` holds.
    #[must_use]
    pub fn any_of(self, filters: impl IntoIterator<Item = Filter>) -> Self {
        self.group("OR", filters)
    }

    /// All of `filters` hold: for conditions that repeat a field and its operator.
    #[must_use]
    pub fn all_of(self, filters: impl IntoIterator<Item = Filter>) -> Self {
        self.group("AND", filters)
    }

    fn group(mut self, logic: &str, filters: impl IntoIterator<Item = Filter>) -> Self {
        let mut group = serde_json::Map::new();
        group.insert("logic".to_owned(), logic.into());
        for (index, Filter(filter)) in filters.into_iter().enumerate() {
            group.insert(index.to_string(), filter);
        }
        let entries = self.entries();
        let free = (0..=entries.len()).map(|index| index.to_string()).find(|key| !entries.contains_key(key));
        entries.insert(free.unwrap_or_default(), Any::Object(group));
        self
    }

    /// The conditions. A list, which PHP takes for a map with keys `0`, `1` …, becomes one; anything else is dropped.
    fn entries(&mut self) -> &mut serde_json::Map<String, Any> {
        if !self.0.is_object() {
            let items = self.0.as_array_mut().map(std::mem::take).unwrap_or_default();
            self.0 =
                Any::Object(items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect());
        }
        match &mut self.0 {
            Any::Object(entries) => entries,
            _ => unreachable!("it was made an object above"),
        }
    }
}

impl Default for Filter {
    fn default() -> Self {
        Filter::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_a_prefix() {
        let filter = Filter::new()
            .eq("A", 1)
            .gt("B", 1.5)
            .lt("C", "2026-06-15")
            .le("D", true)
            .between("E", 1, 2)
            .none_of("F", ["x"])
            .not_like("G", "y")
            .with(Op::LikePattern, "H", "z%")
            .with(Op::NotLikePattern, "I", "z%")
            .with(Op::PatternLike, "J", "z%")
            .with(Op::NotPatternLike, "K", "z%")
            .with(Op::Not, "L", Any::Null)
            .with(Op::Search, "M", "q");
        assert_eq!(
            filter.as_json().to_string(),
            concat!(
                r#"{"=A":1,">B":1.5,"<C":"2026-06-15","<=D":true,"><E":[1,2],"!@F":["x"],"!%G":"y","=%H":"z%","#,
                r#""!=%I":"z%","%=J":"z%","!%=K":"z%","!L":null,"?M":"q"}"#
            )
        );
    }

    #[test]
    fn groups_take_the_next_free_number_and_nest() {
        let inner = Filter::new().is("a", 1).all_of([Filter::new().ne("b", 1), Filter::new().ne("b", 2)]);
        let filter = Filter::new().any_of([inner]).any_of([Filter::new().is("c", 3)]);
        assert_eq!(
            filter.as_json().to_string(),
            concat!(
                r#"{"0":{"logic":"OR","0":{"a":1,"0":{"logic":"AND","0":{"!=b":1},"1":{"!=b":2}}}},"#,
                r#""1":{"logic":"OR","0":{"c":3}}}"#
            )
        );
    }

    #[test]
    fn a_filter_that_came_as_a_list_can_be_extended() {
        let filter = Filter::from(serde_json::json!([{"logic": "OR"}])).is("x", 1);
        assert_eq!(filter.as_json().to_string(), r#"{"0":{"logic":"OR"},"x":1}"#);
    }
}
