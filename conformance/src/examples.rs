//! Every example of the docs as a case.

use std::{collections::BTreeMap, fmt, path::Path};

use bitrix24::runtime::wire;
use bitrix24_codegen::{
    docs::{Docs, DocsError},
    model::{self, ExampleKind, Model},
};
use serde_json::{Value, value::RawValue};

use crate::{
    answer,
    case::{Api, Case, Kind, Verdict},
    compare::{Loss, leaves, losses},
};

/// An example of a page.
#[derive(Clone, Debug)]
pub struct Example {
    /// The page, relative to the docs folder.
    pub page: String,
    /// One-based line where it begins.
    pub line: u32,
    /// Method or event.
    pub name: String,
    /// The method's API.
    pub api: Api,
    /// What it shows.
    pub kind: Kind,
    /// The example.
    pub json: Value,
}

/// The examples of the docs in `folder`.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn read(folder: &Path) -> Result<Vec<Example>, DocsError> {
    Ok(of_model(&Model::read(&Docs::open(folder)?)))
}

/// The examples that a model holds.
pub fn of_model(model: &Model) -> Vec<Example> {
    let methods = model.methods.iter().flat_map(|method| {
        let api = match method.api {
            model::Api::V2 => Api::V2,
            model::Api::V3 => Api::V3,
        };
        method.examples.iter().map(move |example| of(example, &method.page, &method.name, api))
    });
    let events = model
        .events
        .iter()
        .flat_map(|event| event.examples.iter().map(|example| of(example, &event.page, &event.name, Api::V2)));
    methods.chain(events).collect()
}

fn of(example: &model::Example, page: &str, name: &str, api: Api) -> Example {
    let kind = match example.kind {
        ExampleKind::Request => Kind::Request,
        ExampleKind::Response => Kind::Response,
        ExampleKind::Error => Kind::Error,
        ExampleKind::Event => Kind::Event,
    };
    let json = example.json.clone();
    Example { page: page.to_owned(), line: example.line, name: name.to_owned(), api, kind, json }
}

/// What is wrong between an example and its page's types.
#[derive(Clone, Debug)]
pub enum Finding {
    /// The example cannot be read.
    Refused {
        /// Why not.
        error: String,
        /// Where.
        path: String,
    },
    /// Something of it is lost.
    Lost(Vec<Loss>),
    /// Its error is none of the page's and none of the shared ones.
    UnknownError,
    /// Its untyped leaves.
    Untyped(Vec<String>),
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), short);
        match self {
            Finding::Refused { error, .. } => write!(out, "cannot be read: {error}"),
            Finding::Lost(losses) => {
                write!(out, "is not the same when written again:")?;
                for (nth, Loss { path, before, after }) in losses.iter().enumerate().take(5) {
                    let comma = if nth == 0 { "" } else { ";" };
                    write!(out, "{comma} `{path}` was {}, is {}", shown(before), shown(after))?;
                }
                if losses.len() > 5 { write!(out, "; and {} more", losses.len() - 5) } else { Ok(()) }
            }
            Finding::UnknownError => out.write_str("is no error that the docs list"),
            Finding::Untyped(paths) => write!(out, "holds what nothing documents: `{}`", paths.join("`, `")),
        }
    }
}

/// JSON in at most 60 characters.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

/// Figures of one kind of examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Examples.
    pub examples: usize,
    /// Those that were read.
    pub read: usize,
    /// Those of the read that were the same when written again.
    pub same: usize,
    /// Errors on a named variant.
    pub named: usize,
    /// Leaves of the read.
    pub leaves: usize,
    /// Leaves that no documented type describes.
    pub untyped: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { examples, read, same, named, leaves, untyped } = self;
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let percent = 100.0 * *untyped as f64 / (*leaves).max(1) as f64;
        write!(out, "{examples} examples, {read} read, {same} without loss, {named} on a named variant, ")?;
        write!(out, "{untyped} of {leaves} leaves untyped ({percent:.2} %)")
    }
}

/// What became of the events when they came as the form that a portal posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Events.
    pub events: usize,
    /// Those that were read.
    pub read: usize,
    /// Leaves of the read.
    pub leaves: usize,
    /// Leaves that no documented type describes.
    pub untyped: usize,
}

impl fmt::Display for Posted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Posted { events, read, leaves, untyped } = self;
        write!(out, "{events} events as forms, {read} read, {untyped} of {leaves} leaves untyped")
    }
}

/// What became of all examples.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By kind.
    pub figures: BTreeMap<Kind, Figures>,
    /// Events as forms.
    pub posted: Posted,
    /// What is wrong, with its example.
    pub findings: Vec<(Example, Finding)>,
}

/// Reads each example into its types, writes it again and compares.
pub fn check(examples: &[Example]) -> Report {
    let mut report = Report::default();
    for example in examples {
        if example.kind == Kind::Event {
            post(example, &mut report);
        }
        let mut found = |finding| report.findings.push((example.clone(), finding));
        let figures = report.figures.entry(example.kind).or_default();
        figures.examples += 1;
        match verdict(example) {
            Verdict::Refused { error, path } => found(Finding::Refused { error, path }),
            Verdict::Read { body, untyped, variant } => {
                figures.read += 1;
                let after: Value = serde_json::from_str(body.get()).unwrap_or_default();
                let lost = losses(&example.json, &after);
                let (all, listed) = leaves(&example.json, &untyped);
                figures.leaves += all;
                figures.untyped += listed;
                match variant.as_deref() {
                    Some("Other") => found(Finding::UnknownError),
                    Some(_) => figures.named += 1,
                    None => {}
                }
                if lost.is_empty() {
                    figures.same += 1;
                } else {
                    found(Finding::Lost(lost));
                }
                if !untyped.is_empty() {
                    found(Finding::Untyped(untyped));
                }
            }
        }
    }
    report
}

/// Reads an event as the form that a portal posts: all values are texts, `false` is `0`, `null` is empty.
fn post(example: &Example, report: &mut Report) {
    report.posted.events += 1;
    let form = wire::to_brackets(&example.json);
    let posted = Example { json: Value::String(form.clone()), ..example.clone() };
    match verdict(&posted) {
        Verdict::Read { untyped, .. } => {
            report.posted.read += 1;
            let (all, listed) = leaves(&wire::from_brackets(form.as_bytes()), &untyped);
            report.posted.leaves += all;
            report.posted.untyped += listed;
        }
        Verdict::Refused { error, path } => {
            let error = format!("as a form: {error}");
            report.findings.push((example.clone(), Finding::Refused { error, path }));
        }
    }
}

/// What becomes of one example.
pub fn verdict(example: &Example) -> Verdict {
    let body = match RawValue::from_string(example.json.to_string()) {
        Ok(body) => body,
        Err(error) => return Verdict::refused(error.to_string()),
    };
    answer(&Case { id: None, method: example.name.clone(), api: Some(example.api), kind: example.kind, body: &body })
}
