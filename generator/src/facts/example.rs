//! Requests in example code: which method is called, with which parameters.
//!
//! One request stands on a page in up to nine tabs. The cURL tabs show what goes over the wire; the others call a
//! client library, whose call names the method and takes the same parameters as a literal of its language.

use serde_json::Value;

use crate::literal::code::{self, Code, Language, Site};
use crate::literal::{Error, Read, form, js, json, php, shell};

/// A call of a method in example code.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
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
    /// The byte where the parameters start in the code (or the method, where there are none).
    pub at: usize,
    /// The byte where the method's name starts.
    pub method_at: usize,
}

/// The request of a `curl` command, by its URL.
pub(crate) fn curl(text: &str) -> Option<Call> {
    let command = text.match_indices("curl").map(|(at, word)| at + word.len());
    // `curl` begins a command only at the start of a line, or behind `$(` and the like.
    let begins = |end: &usize| {
        let before = text[..end - 4].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || c == '(') && text[*end..].starts_with(char::is_whitespace)
    };
    let start = command.into_iter().find(begins)?;
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
    let text = bodies.iter().map(|body| body.text.as_str()).collect::<Vec<_>>().join("&");
    if text.trim_start().starts_with(['{', '[']) {
        let read = json::read(&text).ok();
        call.valid &= read.as_ref().is_some_and(|read| read.faults.is_empty());
        call.params = read.map(|read| without_auth(read.value));
    } else if !text.starts_with('@') {
        call.params = Some(without_auth(form::read(&text)));
    }
    Some(call)
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
pub(crate) fn js_calls(text: &str) -> Vec<Call> {
    calls(text, Language::JavaScript, |site| match site.names().next() {
        Some("callMethod" | "callListMethod" | "fetchListMethod") => Some(Form::Arguments),
        Some("make") if ["call", "callList", "fetchList"].contains(&site.names().nth(1)?) => Some(Form::Object),
        _ => None,
    })
}

/// The calls of the client libraries for PHP.
pub(crate) fn php_calls(text: &str) -> Vec<Call> {
    calls(text, Language::Php, |site| {
        let called = site.names().next() == Some("call") && site.path.len() > "call".len();
        called.then_some(Form::Arguments)
    })
}

/// How a library takes method and parameters.
enum Form {
    /// `call('crm.deal.get', {…})`
    Arguments,
    /// `make({ method: 'crm.deal.get', params: {…} })`
    Object,
}

fn calls(text: &str, language: Language, form: impl Fn(&Site<'_>) -> Option<Form>) -> Vec<Call> {
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
        Some(Call { curl: false, method, v3, params: None, valid: true, at: method_at, method_at })
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
