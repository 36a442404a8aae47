//! Requests in example code: which method is called, with which parameters.
//!
//! One request stands on a page in up to nine tabs. The cURL tabs show what goes over the wire; the others call a
//! client library, whose call names the method and takes the same parameters as a literal of its language.

use serde_json::Value;

use crate::literal::code::{self, Code, Language, Site};
use crate::literal::shape::Shape;
use crate::literal::{Error, Fault, Read, form, go, js, json, php, shell, typescript, worst};

/// A call of a method in example code.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Whether it is a `curl` command, which shows what goes over the wire.
    pub curl: bool,
    /// As the example writes it.
    pub method: String,
    /// Whether it is a call of the third version of the API.
    pub v3: bool,
    /// What is sent, without `auth`; `null` within it where the example has no literal.
    pub params: Option<Value>,
    /// Whether nothing had to be forgiven: the parameters are valid, and all of them are literals.
    pub valid: bool,
    /// What is worst in the body of a `curl` command that is not JSON; what the reader or the shell puts in is no fault.
    pub fault: Option<Fault>,
    /// The byte where the parameters start in the code (or the method, where there are none).
    pub at: usize,
    /// The byte where the method's name starts.
    pub method_at: usize,
}

/// The calls in a block of code, read as its text and its fence tell.
pub fn calls(text: &str, lang: &str) -> Vec<Call> {
    if lang == "curl" || text.contains("curl ") || text.trim_start().starts_with("-X ") {
        let call = curl(text);
        if call.is_some() || lang == "curl" {
            return call.into_iter().collect();
        }
    }
    match lang {
        "php" => php_calls(text),
        "js" | "javascript" | "ts" | "typescript" | "html" | "" => js_calls(text),
        _ => Vec::new(),
    }
}

/// The request of a `curl` command, by its URL. The word `curl` may be missing, as on pages whose fence has it.
pub fn curl(text: &str) -> Option<Call> {
    let command = text.match_indices("curl").map(|(at, word)| at + word.len());
    // `curl` begins a command only at the start of a line, or behind `$(` and the like.
    let begins = |end: &usize| {
        let before = text[..end - 4].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || c == '(') && text[*end..].starts_with(char::is_whitespace)
    };
    let options = text.trim_start().starts_with('-').then_some(0);
    let start = command.into_iter().find(begins).or(options)?;
    let words = shell::words(&text[start..]).ok()?;
    let mut url = None;
    let mut bodies = Vec::new();
    let mut words = words.into_iter();
    while let Some(mut word) = words.next() {
        let attached = ["--data-raw=", "--data-urlencode=", "--data-binary=", "--data="]
            .iter()
            .find(|option| word.text.starts_with(**option));
        if let Some(option) = attached {
            word.text.drain(..option.len());
            word.at += option.len();
            bodies.push(word);
            continue;
        }
        match word.text.as_str() {
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-urlencode" | "--data-ascii" => {
                bodies.extend(words.next());
            }
            "-H" | "--header" | "-X" | "--request" | "-o" | "--output" | "-u" | "-F" | "--form" | "-A" | "-b"
            | "-e" => {
                words.next();
            }
            text if text.contains("/rest/") && !text.starts_with('-') => url = url.or(Some(word)),
            _ => {}
        }
    }
    let url = url?;
    let target = target(&url.text)?;
    let method_at = start + url.at + target.at;
    let mut call = Call {
        curl: true,
        method: target.method.to_owned(),
        v3: target.v3,
        params: None,
        valid: true,
        fault: None,
        at: method_at,
        method_at,
    };
    if bodies.is_empty() {
        if let Some(query) = target.query {
            call.at = method_at + target.method.len();
            call.params = Some(without_auth(form::read(query)));
            call.valid = !url.expanded;
        }
        return Some(call);
    }
    call.at = start + bodies[0].at;
    call.valid = bodies.iter().all(|body| !body.expanded);
    let body = bodies.iter().map(|body| body.text.as_str()).collect::<Vec<_>>().join("&");
    if body.trim_start().starts_with(['{', '[']) {
        let read = json::read(&body).ok();
        call.valid &= read.as_ref().is_some_and(|read| read.faults.is_empty());
        let fault = read.as_ref().and_then(|read| worst(&read.faults));
        call.fault = fault.map(|fault| Fault { at: call.at + written(&text[call.at..], &body, fault.at), ..*fault });
        call.params = read.map(|read| without_auth(read.value));
    } else if !body.starts_with('@') {
        call.params = Some(without_auth(form::read(&body)));
    }
    Some(call)
}

/// The byte of the command's text that byte `at` of the word comes from: the shell only takes characters away.
fn written(text: &str, word: &str, at: usize) -> usize {
    let mut characters = text.char_indices();
    let mut last = 0;
    for wanted in word[..at].chars() {
        let Some((found, c)) = characters.by_ref().find(|(_, c)| *c == wanted) else { return last };
        last = found + c.len_utf8();
    }
    last
}

/// The parts of a method's URL.
struct Target<'a> {
    method: &'a str,
    /// Where the method stands in the URL.
    at: usize,
    v3: bool,
    query: Option<&'a str>,
}

fn target(url: &str) -> Option<Target<'_>> {
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let at = path.trim_end_matches('/').rfind('/')? + 1;
    let name = path[at..].trim_end_matches('/');
    let method = name.strip_suffix(".json").or_else(|| name.strip_suffix(".xml")).unwrap_or(name);
    is_method(method).then_some(Target { method, at, v3: path.contains("/rest/api/"), query })
}

/// Whether `name` can be a method's: no placeholder, no prose.
fn is_method(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// The calls of the client libraries for JavaScript and TypeScript.
pub fn js_calls(text: &str) -> Vec<Call> {
    library_calls(text, Language::JavaScript, |site| match site.names().next() {
        Some("callMethod" | "callListMethod" | "fetchListMethod") => Some(Form::Arguments),
        Some("make") if ["call", "callList", "fetchList"].contains(&site.names().nth(1)?) => Some(Form::Object),
        _ => None,
    })
}

/// The calls of the client libraries for PHP.
pub fn php_calls(text: &str) -> Vec<Call> {
    library_calls(text, Language::Php, |site| {
        let called = site.names().next() == Some("call") && site.path.len() > "call".len();
        called.then_some(Form::Arguments)
    })
}

/// What the code says that a method's `result` is.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultType {
    /// The method, where the code ties the type to a call.
    pub method: Option<String>,
    /// The shape of `result`, names replaced by what they stand for.
    pub shape: Shape,
}

/// The types of results in a block of code: the type argument of a TypeScript call, the member `result` of a Go structure.
pub fn results(text: &str, lang: &str) -> Vec<ResultType> {
    match lang {
        "ts" | "typescript" | "js" | "javascript" if text.contains("make<") || text.contains("callMethod<") => {
            typescript_results(text)
        }
        "go" | "golang" => go_results(text),
        _ => Vec::new(),
    }
}

fn typescript_results(text: &str) -> Vec<ResultType> {
    let language = Language::JavaScript;
    let Ok(code) = code::scan(text, language) else { return Vec::new() };
    let mut types = None;
    let mut results = Vec::new();
    for site in &code.calls {
        let Some(generic) = &site.generic else { continue };
        let reader = Reader { text, code: &code, site, language };
        // The list helpers take the type of an item, not of the result.
        let method = match (site.names().next(), site.names().nth(1)) {
            (Some("callMethod"), _) => reader.arguments(),
            (Some("make"), Some("call")) => reader.object(),
            _ => continue,
        };
        if let Some(shape) = typescript::shape(&text[generic.clone()]) {
            let types = types.get_or_insert_with(|| typescript::read(text));
            results.push(ResultType { method: method.map(|(call, _)| call.method), shape: types.resolve(&shape) });
        }
    }
    results
}

fn go_results(text: &str) -> Vec<ResultType> {
    let types = go::read(text);
    let envelopes = types.0.values().filter_map(|shape| {
        let Shape::Object { members, .. } = shape else { return None };
        members.iter().find(|member| member.name == "result")
    });
    envelopes.map(|result| ResultType { method: None, shape: types.resolve(&result.shape) }).collect()
}

/// How a library takes method and parameters.
enum Form {
    /// `call('crm.deal.get', {…})`
    Arguments,
    /// `make({ method: 'crm.deal.get', params: {…} })`
    Object,
}

fn library_calls(text: &str, language: Language, form: impl Fn(&Site<'_>) -> Option<Form>) -> Vec<Call> {
    let Ok(code) = code::scan(text, language) else { return Vec::new() };
    let mut calls = Vec::new();
    let mut read_to = 0;
    for site in &code.calls {
        // What stands within the parameters of a call is no call of its own.
        if site.arguments < read_to {
            continue;
        }
        let reader = Reader { text, code: &code, site, language };
        let read = match form(site) {
            Some(Form::Arguments) => reader.arguments(),
            Some(Form::Object) => reader.object(),
            None => None,
        };
        if let Some((call, end)) = read {
            read_to = end;
            calls.push(call);
        }
    }
    calls
}

/// Reads the arguments of one call.
struct Reader<'a> {
    text: &'a str,
    code: &'a Code<'a>,
    site: &'a Site<'a>,
    language: Language,
}

impl Reader<'_> {
    fn literal(&self, at: usize) -> Result<Read, Error> {
        match self.language {
            Language::JavaScript => js::read(&self.text[at..]),
            Language::Php => php::read(&self.text[at..]),
        }
    }

    fn arguments(&self) -> Option<(Call, usize)> {
        let start = self.skip_blanks(self.site.arguments);
        let method = self.literal(start).ok()?;
        let mut call = self.call(method.value, start)?;
        let mut end = start + method.end;
        if let Some(behind) = self.text[end..].trim_start().strip_prefix(',') {
            let at = self.skip_blanks(self.text.len() - behind.len());
            end = self.params(&mut call, at);
        }
        Some((call, end))
    }

    fn object(&self) -> Option<(Call, usize)> {
        let start = self.site.arguments;
        let object = js::object(&self.text[start..]).ok()?;
        let member = |key: &str| object.members.iter().find(|member| member.key == key);
        let method = member("method")?;
        let mut call = self.call(method.value.clone(), start + method.at)?;
        if let Some(params) = member("params") {
            if matches!(params.value, Value::Object(_) | Value::Array(_)) {
                call.at = start + params.at;
                call.valid = !object.faults.iter().any(|fault| (params.at..params.end).contains(&fault.at));
                call.params = Some(without_auth(params.value.clone()));
            } else {
                self.params(&mut call, start + params.at);
            }
        }
        Some((call, start + object.end))
    }

    fn call(&self, method: Value, at: usize) -> Option<Call> {
        let Value::String(method) = method else { return None };
        if !is_method(&method) {
            return None;
        }
        let v3 = self.site.names().any(|name| name == "v3");
        let method_at = at + usize::from(self.text[at..].starts_with(['"', '\'', '`']));
        Some(Call { curl: false, method, v3, params: None, valid: true, fault: None, at: method_at, method_at })
    }

    /// Reads the parameters at byte `at`, or what the variable there was given; returns the byte behind.
    fn params(&self, call: &mut Call, at: usize) -> usize {
        let Ok(mut read) = self.literal(at) else { return at };
        let end = at + read.end;
        let mut at = at;
        if read.value.is_null() {
            let name: &str = self.text[at..end].trim();
            let Some(value_at) = self.code.value_of(name, at) else { return end };
            at = self.skip_blanks(value_at);
            let Ok(value) = self.literal(at) else { return end };
            read = value;
        }
        if matches!(read.value, Value::Object(_) | Value::Array(_)) {
            call.at = at;
            call.valid = read.faults.is_empty();
            call.params = Some(without_auth(read.value));
        }
        end
    }

    fn skip_blanks(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start().len()
    }
}

/// Tokens are not parameters of a method.
fn without_auth(mut params: Value) -> Value {
    if let Value::Object(map) = &mut params {
        map.shift_remove("auth");
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::FaultKind;

    /// Method, version, parameters and validity of each call.
    fn seen(calls: &[Call]) -> Vec<(&str, bool, String, bool)> {
        let params = |call: &Call| call.params.as_ref().map_or_else(String::new, Value::to_string);
        calls.iter().map(|call| (call.method.as_str(), call.v3, params(call), call.valid)).collect()
    }

    #[track_caller]
    fn check(text: &str, lang: &str, wanted: &[(&str, bool, &str, bool)]) {
        let calls = calls(text, lang);
        let wanted: Vec<_> =
            wanted.iter().map(|(m, v3, params, valid)| (*m, *v3, (*params).to_owned(), *valid)).collect();
        assert_eq!(seen(&calls), wanted);
        for call in &calls {
            assert!(text[call.method_at..].starts_with(&call.method), "{}", &text[call.method_at..]);
            let start = if call.params.is_some() { ['{', '[', '&', 'a', '?'] } else { ['\0'; 5] };
            assert!(call.params.is_none() || text[call.at..].starts_with(start), "{}", &text[call.at..]);
        }
    }

    #[test]
    fn a_curl_command_names_the_method_in_its_url() {
        let text = "curl -X POST \\\n  -H \"Accept: a/b\" \\\n  -d '{\"id\": 7, \"auth\": \"t\"}' \\\n  \
                    https://**portal**/rest/**user**/**hook**/crm.deal.get.json";
        check(text, "bash", &[("crm.deal.get", false, r#"{"id":7}"#, true)]);
        let text = "-X POST -d '{}' 'https://x/rest/api/1/t/tasks.task.get'";
        check(text, "curl", &[("tasks.task.get", true, "{}", true)]);
    }

    #[test]
    fn a_curl_body_may_be_a_form_or_a_query() {
        let text = "curl https://x/rest/1/t/user.get -d 'a[ID]=7' --data 'auth=t'";
        check(text, "bash", &[("user.get", false, r#"{"a":{"ID":"7"}}"#, true)]);
        check("curl \"https://x/rest/1/t/user.get?ID=7\"", "bash", &[("user.get", false, r#"{"ID":"7"}"#, true)]);
        check("curl https://x/rest/1/t/scope", "bash", &[("scope", false, "", true)]);
    }

    #[test]
    fn what_the_shell_puts_in_is_kept_but_not_valid() {
        let text = r#"curl -d '{"on": "'"$(date +%F)"'", "id": '"$id"'}' https://x/rest/1/t/a.b"#;
        check(text, "bash", &[("a.b", false, r#"{"on":"$(date +%F)","id":null}"#, false)]);
    }

    #[test]
    fn a_fault_in_a_body_is_told_where_it_is_written() {
        let fault = |text: &str| {
            let fault = curl(text).unwrap().fault?;
            Some((text[fault.at..].chars().take(3).collect::<String>(), fault.kind))
        };
        let url = "https://x/rest/1/t/a.b";
        // What the reader fills in, and what the shell does, is no mistake.
        assert_eq!(fault(&format!(r#"curl -d '{{"on": "'"$(date +%F)"'", "id": '"$id"'}}' {url}"#)), None);
        assert_eq!(fault(&format!(r#"curl -d '{{"id": **put_id_here**}}' {url}"#)), None);
        let comma = format!(r#"curl -d '{{"on": "'"$(date)"'", "id": 1,}}' {url}"#);
        assert_eq!(fault(&comma), Some((",}'".to_owned(), FaultKind::TrailingComma)));
        let outside = format!(r#"curl -d '{{"id": 1}},"auth":"x"}}' {url}"#);
        assert_eq!(fault(&outside).map(|(text, _)| text), Some("\"au".to_owned()));
    }

    #[test]
    fn a_url_without_a_method_is_no_call() {
        check("curl https://x/rest/1/t/{method}", "bash", &[]);
        check("curl https://x/oauth/token/", "bash", &[]);
    }

    #[test]
    fn javascript_calls_take_arguments_or_one_object() {
        let text = "BX24.callMethod(\n  'crm.deal.list', { filter: { '>ID': 1 } }, (r) => BX24.callMethod('crm.deal.get', {id: r.id}))";
        let wanted = [
            ("crm.deal.list", false, r#"{"filter":{">ID":1}}"#, true),
            ("crm.deal.get", false, r#"{"id":null}"#, false),
        ];
        check(text, "js", &wanted);
        let text = "// callMethod('no')\nawait $b24.actions.v3.call.make<{ item: X }>({\n  method: 'tasks.task.get',\n  \
                    params: { id: 7 },\n  requestId: uuid()\n})";
        check(text, "ts", &[("tasks.task.get", true, r#"{"id":7}"#, true)]);
    }

    #[test]
    fn php_calls_go_by_their_last_name() {
        let text = "$r = $service\n  ->core\n  ->call(\n 'crm.deal.add',\n ['fields' => ['TITLE' => 'x']]);\n\
                    CRest::call('app.info'); call('no'); $a->called('no');";
        check(
            text,
            "php",
            &[("crm.deal.add", false, r#"{"fields":{"TITLE":"x"}}"#, true), ("app.info", false, "", true)],
        );
    }

    #[test]
    fn parameters_in_a_variable_are_looked_up() {
        check(
            "const params = { id: 1 };\nBX24.callMethod('a.b', params)",
            "js",
            &[("a.b", false, r#"{"id":1}"#, true)],
        );
        check("$params = ['id' => 1];\nCRest::call('a.b', $params);", "php", &[("a.b", false, r#"{"id":1}"#, true)]);
        check("BX24.callMethod('a.b', unknown)", "js", &[("a.b", false, "", true)]);
    }

    #[test]
    fn the_curl_flag_tells_the_wire_from_the_libraries() {
        assert!(calls("curl https://x/rest/1/t/scope", "bash")[0].curl);
        assert!(!calls("BX24.callMethod('scope')", "js")[0].curl);
    }

    #[test]
    fn a_call_in_typescript_tells_the_type_of_its_result() {
        let text = "type Deal = { ID: string }\ntype Page = { items: Deal[] }\n\
                    await $b24.actions.v2.call.make<Page>({ method: 'crm.deal.list', params: {} })\n\
                    await $b24.actions.v2.callList.make<Deal>({ method: 'crm.deal.list' })";
        let found = results(text, "ts");
        let wanted = typescript::shape("{ items: { ID: string }[] }").unwrap();
        assert_eq!(found, [ResultType { method: Some("crm.deal.list".to_owned()), shape: wanted }]);
    }

    #[test]
    fn a_go_envelope_tells_the_type_of_the_result() {
        let text =
            "type Deal struct {\n ID string `json:\"ID\"`\n}\nvar answer struct {\n Result []Deal `json:\"result\"`\n}";
        let wanted = typescript::shape("{ ID: string }[]").unwrap();
        assert_eq!(results(text, "go"), [ResultType { method: None, shape: wanted }]);
    }
}
