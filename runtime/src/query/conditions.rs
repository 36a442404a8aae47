//! Filters of the v3 API.

use crate::{Any, value::json::json_view};

/// A filter of a v3 method: conditions that all have to hold, and groups of alternatives.
///
/// ```
/// use bitrix24_runtime::Conditions;
///
/// let filter = Conditions::new()
///     .eq("status", "NEW")
///     .any_of(Conditions::new().one_of("id", [1, 2]).between("created", "2026-01-01", "2026-12-31"));
/// assert_eq!(
///     filter.as_json().to_string(),
///     concat!(
///         r#"[["status","=","NEW"],{"logic":"or","conditions":"#,
///         r#"[["id","in",[1,2]],["created","between",["2026-01-01","2026-12-31"]]]}]"#
///     )
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions(Any);

json_view!(Conditions);

/// How a v3 condition compares a field with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Is {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `in`: one of a list.
    In,
    /// `between`: within a range; the value is a list of two.
    Between,
}

impl Is {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Is::Eq => "=",
            Is::Ne => "!=",
            Is::Gt => ">",
            Is::Ge => ">=",
            Is::Lt => "<",
            Is::Le => "<=",
            Is::In => "in",
            Is::Between => "between",
        }
    }
}

impl Conditions {
    /// None.
    pub fn new() -> Self {
        Conditions(Any::Array(Vec::new()))
    }

    /// `field`, compared by `is` with `value`.
    #[must_use]
    pub fn with(self, is: Is, field: &str, value: impl Into<Any>) -> Self {
        self.and(Any::Array(vec![field.into(), is.as_str().into(), value.into()]))
    }

    /// `field` equals `value`.
    #[must_use]
    pub fn eq(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Eq, field, value)
    }

    /// `field` differs from `value`.
    #[must_use]
    pub fn ne(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Ne, field, value)
    }

    /// `field` is above `value`.
    #[must_use]
    pub fn gt(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Gt, field, value)
    }

    /// `field` is at least `value`.
    #[must_use]
    pub fn ge(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Ge, field, value)
    }

    /// `field` is below `value`.
    #[must_use]
    pub fn lt(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Lt, field, value)
    }

    /// `field` is at most `value`.
    #[must_use]
    pub fn le(self, field: &str, value: impl Into<Any>) -> Self {
        self.with(Is::Le, field, value)
    }

    /// `field` is one of `values`.
    #[must_use]
    pub fn one_of<V: Into<Any>>(self, field: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.with(Is::In, field, values.into_iter().map(Into::into).collect::<Any>())
    }

    /// `field` is between the two values.
    #[must_use]
    pub fn between(self, field: &str, from: impl Into<Any>, to: impl Into<Any>) -> Self {
        self.with(Is::Between, field, vec![from.into(), to.into()])
    }

    /// At least one of `conditions` holds.
    #[must_use]
    pub fn any_of(self, conditions: Conditions) -> Self {
        self.group("or", conditions)
    }

    /// All of `conditions` hold: within a group of alternatives.
    #[must_use]
    pub fn all_of(self, conditions: Conditions) -> Self {
        self.group("and", conditions)
    }

    fn group(self, logic: &str, Conditions(conditions): Conditions) -> Self {
        self.and(serde_json::json!({ "logic": logic, "conditions": conditions }))
    }

    fn and(mut self, condition: Any) -> Self {
        match &mut self.0 {
            Any::Array(conditions) => conditions.push(condition),
            other => *other = Any::Array(vec![condition]),
        }
        self
    }
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_stands_between_field_and_value() {
        let filter =
            Conditions::new().ne("a", 1).gt("b", 2).ge("c", 3).lt("d", 4).le("e", "5").all_of(Conditions::new());
        assert_eq!(
            filter.as_json().to_string(),
            concat!(
                r#"[["a","!=",1],["b",">",2],["c",">=",3],["d","<",4],["e","<=","5"],"#,
                r#"{"logic":"and","conditions":[]}]"#
            )
        );
    }
}
