use serde_json::Value;
pub(crate) struct Call { pub method: String, pub v3: bool, pub params: Option<Value>, pub valid: bool, pub at: usize, pub curl: bool }
pub(crate) fn curl(text: &str) -> Option<Call> {
    let at = text.find("/rest/")?;
    let url: String = text[at..].chars().take_while(|c| !c.is_whitespace() && *c != '"' && *c != '\'' && *c != '?').collect();
    let method = url.rsplit('/').next()?.trim_end_matches(".json").to_owned();
    let d = text.find("-d '").map(|n| n + 4);
    let params = d.and_then(|d| { let end = text[d..].rfind('\'')?; serde_json::from_str(&text[d..d + end]).ok() });
    Some(Call { method, v3: url.contains("/rest/api/"), valid: params.is_some(), params: params.map(|mut p: Value| { if let Some(o) = p.as_object_mut() { o.shift_remove("auth"); } p }), at: 0, curl: true })
}
fn quoted(text: &str, marks: &[&str]) -> Vec<Call> {
    let mut out = Vec::new();
    for mark in marks { for (i, _) in text.match_indices(mark) {
        let rest = text[i + mark.len()..].trim_start();
        if let Some(q) = rest.chars().next().filter(|c| *c == '\'' || *c == '"') && let Some(end) = rest[1..].find(q) {
            out.push(Call { method: rest[1..1 + end].to_owned(), v3: false, params: None, valid: false, at: 0, curl: false });
        } } }
    out
}
pub(crate) fn js_calls(text: &str) -> Vec<Call> { quoted(text, &["callMethod(", "method:"]) }
pub(crate) fn php_calls(text: &str) -> Vec<Call> { quoted(text, &["::call(", "->call("]) }
