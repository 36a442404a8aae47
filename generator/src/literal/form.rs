//! Form-encoded bodies and query strings, with PHP's brackets: `fields[TITLE]=x&select[]=ID`.

use serde_json::{Map, Value};

use super::MAX_DEPTH;

/// Reads pairs joined by `&`. All values are strings; brackets whose keys count from 0 make a list.
///
/// ```
/// use bitrix24_codegen::literal::form;
///
/// let value = form::read("order[ID]=desc&select[]=ID&select[]=TITLE");
/// assert_eq!(value.to_string(), r#"{"order":{"ID":"desc"},"select":["ID","TITLE"]}"#);
/// ```
pub fn read(text: &str) -> Value {
    let mut root = Map::new();
    for (name, value) in form_urlencoded::parse(text.trim().as_bytes()) {
        if !name.is_empty() {
            insert(&mut root, &name, value.into_owned());
        }
    }
    let lists = root.into_iter().map(|(key, value)| (key, lists(value)));
    Value::Object(lists.collect())
}

fn insert(root: &mut Map<String, Value>, name: &str, value: String) {
    // A bracket at the very start belongs to the name.
    let bracket = name.char_indices().skip(1).find(|(_, c)| *c == '[').map_or(name.len(), |(at, _)| at);
    let (first, mut rest) = name.split_at(bracket);
    let mut map = root;
    let mut key = first.to_owned();
    for _ in 0..MAX_DEPTH {
        let Some((inside, behind)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) else { break };
        let next = map.entry(key).or_insert(Value::Null);
        if !next.is_object() {
            *next = Value::Object(Map::new());
        }
        let Value::Object(inner) = next else { return };
        key = if inside.is_empty() { inner.len().to_string() } else { inside.to_owned() };
        map = inner;
        rest = behind;
    }
    map.insert(key, Value::String(value));
}

/// Turns objects whose keys count from 0 into lists.
fn lists(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    if map.keys().enumerate().all(|(index, key)| *key == index.to_string()) {
        return Value::Array(map.into_iter().map(|(_, value)| lists(value)).collect());
    }
    Value::Object(map.into_iter().map(|(key, value)| (key, lists(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_nest() {
        let cases = [
            ("id=7&name=a%20b+c", r#"{"id":"7","name":"a b c"}"#),
            ("filter[>ID]=1&filter[%3DTITLE]=%D1%8F", r#"{"filter":{">ID":"1","=TITLE":"я"}}"#),
            ("rows[0][a]=1&rows[0][b]=2&rows[1][a]=3", r#"{"rows":[{"a":"1","b":"2"},{"a":"3"}]}"#),
            ("a=1&a[b]=2", r#"{"a":{"b":"2"}}"#),
            ("я[б]=1&[x]=2&a[b=3", r#"{"я":{"б":"1"},"[x]":"2","a":"3"}"#),
            ("", "{}"),
        ];
        for (text, value) in cases {
            assert_eq!(read(text).to_string(), value, "{text}");
        }
    }
}
