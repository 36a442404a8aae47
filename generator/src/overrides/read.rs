//! From TOML to overrides, each value with its place, so that an error can name it.

use serde::Deserialize;
use toml::Spanned;

use super::{Action, Override, Part, Subject, type_text};
use crate::model::Api;

/// What is wrong with the file, at which byte.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "override")]
    list: Vec<Spanned<Entry>>,
}

type Text = Option<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    method: Text,
    event: Text,
    object: Text,
    api: Text,
    param: Text,
    response: Text,
    payload: Text,
    field: Text,
    error: Text,
    #[serde(rename = "do")]
    action: Spanned<String>,
    to: Text,
    #[serde(rename = "type")]
    ty: Text,
    required: Option<Spanned<bool>>,
    description: Text,
    message: Text,
    status: Option<Spanned<u16>>,
    value: Text,
    reason: Spanned<String>,
    issue: Text,
}

pub(super) fn read(text: &str) -> Result<Vec<Override>, Fault> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Fault { at, message: error.message().to_owned() }
    })?;
    file.list.into_iter().map(|entry| Reader { at: entry.span().start }.entry(entry.into_inner(), text)).collect()
}

struct Reader {
    /// Where the override starts: the place of what is missing.
    at: usize,
}

impl Reader {
    fn entry(&self, entry: Entry, text: &str) -> Result<Override, Fault> {
        if entry.reason.get_ref().trim().is_empty() {
            return Err(fault(&entry.reason, "`reason` is empty: say why the docs are wrong"));
        }
        if let Some(issue) = &entry.issue
            && !issue.get_ref().starts_with("https://")
        {
            return Err(fault(issue, "`issue` is not a link: write one that begins with `https://`"));
        }
        let subject = self.subject(&entry)?;
        let part = Self::part(&entry, &subject)?;
        let action = self.action(&entry, &part)?;
        let position = super::position(text, entry.action.span().start);
        let issue = entry.issue.map(Spanned::into_inner);
        Ok(Override { subject, part, action, reason: entry.reason.into_inner(), issue, position })
    }

    fn subject(&self, entry: &Entry) -> Result<Subject, Fault> {
        let api = match &entry.api {
            None => Api::V2,
            Some(api) if entry.method.is_none() => return Err(fault(api, "`api` goes with `method`")),
            Some(api) => match api.get_ref().as_str() {
                "v2" => Api::V2,
                "v3" => Api::V3,
                _ => return Err(fault(api, "`api` is \"v2\" or \"v3\"")),
            },
        };
        match (&entry.method, &entry.event, &entry.object) {
            (Some(method), None, None) => Ok(Subject::Method(name(method)?, api)),
            (None, Some(event), None) => Ok(Subject::Event(name(event)?)),
            (None, None, Some(object)) => Ok(Subject::Object(name(object)?)),
            (None, None, None) => Err(self.missing("say whose fact this overrides: `method`, `event` or `object`")),
            (_, Some(more), _) | (_, _, Some(more)) => {
                Err(fault(more, "an override has one of `method`, `event` and `object`"))
            }
        }
    }

    fn part(entry: &Entry, subject: &Subject) -> Result<Part, Fault> {
        let parts = [
            ("param", &entry.param),
            ("response", &entry.response),
            ("payload", &entry.payload),
            ("field", &entry.field),
            ("error", &entry.error),
        ];
        let mut given = parts.into_iter().filter_map(|(key, value)| value.as_ref().map(|value| (key, value)));
        let Some((key, value)) = given.next() else { return Ok(Part::Itself) };
        if let Some((other, value)) = given.next() {
            return Err(fault(value, format!("an override has one of `{key}` and `{other}`")));
        }
        let own: &[&str] = match subject {
            Subject::Method(..) => &["param", "response", "error"],
            Subject::Event(_) => &["payload"],
            Subject::Object(_) => &["field"],
        };
        if !own.contains(&key) {
            let own = own.join("`, `");
            return Err(fault(value, format!("`{key}` does not go with this subject: write `{own}`")));
        }
        let text = name(value)?;
        let path = || {
            let path: Vec<String> = text.split('.').map(|part| part.trim_end_matches("[]").to_owned()).collect();
            if path.iter().any(String::is_empty) {
                return Err(fault(value, "a name is missing in this path: write it as `result.items.id`"));
            }
            Ok(path)
        };
        Ok(match key {
            "param" => Part::Param(path()?),
            "error" => Part::Error(text),
            _ => Part::Field(path()?),
        })
    }

    fn action(&self, entry: &Entry, part: &Part) -> Result<Action, Fault> {
        let is_error = matches!(part, Part::Error(_));
        let verb = entry.action.get_ref().as_str();
        let taken: &[&str] = match verb {
            "rename" => &["to"],
            "retype" => &["type"],
            "add" if is_error => &["message", "status", "description"],
            "add" => &["type", "required", "description"],
            "drop" => &[],
            "require" => &["required"],
            "add-value" => &["value", "description"],
            _ => {
                let verbs = "`rename`, `retype`, `add`, `drop`, `require` or `add-value`";
                return Err(fault(&entry.action, format!("`do` is {verbs}")));
            }
        };
        let given = [
            ("to", place(&entry.to)),
            ("type", place(&entry.ty)),
            ("required", entry.required.as_ref().map(|value| value.span().start)),
            ("description", place(&entry.description)),
            ("message", place(&entry.message)),
            ("status", entry.status.as_ref().map(|value| value.span().start)),
            ("value", place(&entry.value)),
        ];
        for (key, at) in given {
            if let Some(at) = at
                && !taken.contains(&key)
            {
                return Err(Fault { at, message: format!("`{key}` does not go with `do = \"{verb}\"`") });
            }
        }
        let no_field = is_error || matches!(part, Part::Itself);
        if no_field && matches!(verb, "retype" | "require" | "add-value")
            || matches!(part, Part::Itself) && verb != "rename"
        {
            let of = if is_error { "an error" } else { "a method, event or object as a whole" };
            return Err(fault(&entry.action, format!("`{verb}` does not go with {of}: name a field")));
        }
        let text = |value: &Text| value.as_ref().map(|value| value.get_ref().clone());
        let ty = || {
            let written = entry.ty.as_ref().ok_or_else(|| self.missing(format!("`{verb}` needs `type`")))?;
            let ty = type_text::parse(written.get_ref()).map_err(|why| fault(written, why))?;
            Ok((ty, written.get_ref().clone()))
        };
        Ok(match verb {
            "rename" => {
                let to = entry.to.as_ref().ok_or_else(|| self.missing("`rename` needs `to`"))?;
                Action::Rename(name(to)?)
            }
            "retype" => {
                let (ty, written) = ty()?;
                Action::Retype(ty, written)
            }
            "add" if is_error => Action::AddError {
                message: text(&entry.message),
                status: entry.status.as_ref().map(|status| *status.get_ref()),
                description: text(&entry.description).unwrap_or_default(),
            },
            "add" => {
                let (ty, written) = ty()?;
                let required = entry.required.as_ref().is_some_and(|required| *required.get_ref());
                Action::AddField { ty, written, required, description: text(&entry.description).unwrap_or_default() }
            }
            "require" => Action::Require(entry.required.as_ref().is_none_or(|required| *required.get_ref())),
            "add-value" => {
                let value = text(&entry.value).ok_or_else(|| self.missing("`add-value` needs `value`"))?;
                Action::AddValue { value, description: text(&entry.description).unwrap_or_default() }
            }
            _ => Action::Drop,
        })
    }

    fn missing(&self, message: impl Into<String>) -> Fault {
        Fault { at: self.at, message: message.into() }
    }
}

fn name(value: &Spanned<String>) -> Result<String, Fault> {
    let text = value.get_ref();
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if plain { Ok(text.clone()) } else { Err(fault(value, "a name is not empty and has no spaces")) }
}

fn place(value: &Text) -> Option<usize> {
    value.as_ref().map(|value| value.span().start)
}

fn fault<T>(value: &Spanned<T>, message: impl Into<String>) -> Fault {
    Fault { at: value.span().start, message: message.into() }
}
