//! Nested values as PHP writes them in forms and query strings: `data[FIELDS][ID]=1`.
//!
//! One implementation for commands of a batch (written) and events (read).

use serde_json::{Map, Value};

/// Deeper keys than this are kept as they are, unsplit.
const MAX_DEPTH: usize = 64;

/// Writes the entries of `value` as `key[inner]=text` pairs joined by `&`, percent-encoded.
///
/// `true` is `1`, `false` is `0`, `null` is empty; an empty list or object has nothing to write. Anything but an object
/// or a list writes nothing.
pub fn to_brackets(value: &Value) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    each_entry(value, &mut |key, inner| write(&key, inner, &mut out));
    out.finish()
}

fn each_entry(value: &Value, visit: &mut dyn FnMut(String, &Value)) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, inner)| visit(key.clone(), inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| visit(index.to_string(), inner)),
        _ => {}
    }
}

fn write(key: &str, value: &Value, out: &mut form_urlencoded::Serializer<'_, String>) {
    let text = match value {
        Value::Object(_) | Value::Array(_) => {
            return each_entry(value, &mut |inner_key, inner| write(&format!("{key}[{inner_key}]"), inner, out));
        }
        Value::Null => "",
        Value::Bool(true) => "1",
        Value::Bool(false) => "0",
        Value::String(text) => text,
        Value::Number(number) => &number.to_string(),
    };
    out.append_pair(key, text);
}

/// Reads `key[inner]=text` pairs. All scalars are strings: the form does not tell more. What has the keys `0`, `1` … in
/// order is a list.
pub fn from_brackets(form: &[u8]) -> Value {
    let mut root = Map::new();
    for (key, text) in form_urlencoded::parse(form) {
        if let Some(place) = place(&mut root, &key) {
            *place = Value::String(text.into_owned());
        }
    }
    into_lists(Value::Object(root))
}

/// The place for the value under `key`, made if new. `None` for an empty key.
fn place<'a>(root: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Value> {
    let (first, inner) = split(key);
    if first.is_empty() {
        return None;
    }
    let mut place = root.entry(first).or_insert(Value::Null);
    for step in inner {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let entries = place.as_object_mut()?;
        // `tags[]` takes the next number.
        let step = if step.is_empty() { entries.len().to_string() } else { step.to_owned() };
        place = entries.entry(step).or_insert(Value::Null);
    }
    Some(place)
}

/// `a[b][c]` into `a`, `b`, `c`. What is not closed, or too deep, is part of the name.
fn split(key: &str) -> (&str, Vec<&str>) {
    let Some((first, mut rest)) = key.split_once('[') else { return (key, Vec::new()) };
    let mut steps = Vec::new();
    loop {
        let Some((step, after)) = rest.split_once(']') else { return (key, Vec::new()) };
        steps.push(step);
        match after.strip_prefix('[') {
            Some(next) if steps.len() < MAX_DEPTH => rest = next,
            None if after.is_empty() => return (first, steps),
            _ => return (key, Vec::new()),
        }
    }
}

fn into_lists(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let is_list =
                !entries.is_empty() && entries.keys().enumerate().all(|(index, key)| *key == index.to_string());
            if is_list {
                entries.into_iter().map(|(_, value)| into_lists(value)).collect()
            } else {
                Value::Object(entries.into_iter().map(|(key, value)| (key, into_lists(value))).collect())
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_are_written_as_php_does() {
        let value = json!({"id": 1, "fields": {"TITLE": "a b&c", "PHONE": [{"VALUE": "+7"}], "OPEN": true, "NO": false,
            "NIL": null, "EMPTY": []}});
        assert_eq!(
            to_brackets(&value),
            concat!(
                "id=1&fields%5BTITLE%5D=a+b%26c&fields%5BPHONE%5D%5B0%5D%5BVALUE%5D=%2B7",
                "&fields%5BOPEN%5D=1&fields%5BNO%5D=0&fields%5BNIL%5D="
            )
        );
    }

    #[test]
    fn what_a_handler_receives_is_read() {
        let form = b"event=ONCRMDEALADD&data%5BFIELDS%5D%5BID%5D=1&auth[domain]=x.bitrix24.com&list[]=a&list[]=b&map[5]=c&ts=1";
        assert_eq!(
            from_brackets(form),
            json!({"event": "ONCRMDEALADD", "data": {"FIELDS": {"ID": "1"}}, "auth": {"domain": "x.bitrix24.com"},
                "list": ["a", "b"], "map": {"5": "c"}, "ts": "1"})
        );
    }

    #[test]
    fn odd_keys_do_no_harm() {
        let deep = format!("a{}=1", "[b]".repeat(5000));
        assert_eq!(from_brackets(deep.as_bytes()).as_object().map(Map::len), Some(1));
        assert_eq!(from_brackets(b"=1&[x]=2&a[b=3&a]=4&c[d]e=5"), json!({"a[b": "3", "a]": "4", "c[d]e": "5"}));
        assert_eq!(from_brackets(b"a=1&a[b]=2"), json!({"a": {"b": "2"}}));
        assert_eq!(from_brackets(b""), json!({}));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(entries in prop::collection::vec(("[a-z]{1,5}", "[^\u{0}]{0,8}", "[A-Z]{1,4}"), 1..6)) {
            let mut value = Map::new();
            for (key, text, inner) in entries {
                value.insert(key, json!({ inner: [text, "x"] }));
            }
            let value = Value::Object(value);
            prop_assert_eq!(from_brackets(to_brackets(&value).as_bytes()), value);
        }

        #[test]
        fn any_bytes_are_read(form in prop::collection::vec(any::<u8>(), 0..80)) {
            from_brackets(&form);
        }
    }
}
