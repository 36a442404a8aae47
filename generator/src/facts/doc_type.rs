//! A field's type as the page writes it.

use super::prose::{Target, target};
use crate::docs::Docs;
use crate::page::Run;

/// The words of a type and where they link to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocType {
    /// `crm_contact[]`, `string | null` …
    pub text: String,
    /// Page and anchor of each linked word.
    pub links: Vec<(String, u32, String)>,
}

impl DocType {
    pub(crate) fn read(docs: &Docs, runs: &[&Run<'_>]) -> DocType {
        let mut out = DocType::default();
        let mut gap = false;
        let mut code = false;
        for run in runs {
            let piece = run.text.trim();
            if piece.is_empty() {
                gap = true;
                continue;
            }
            // Two words in code are two types, whatever stands between them.
            gap |= code && run.code && !piece.starts_with(['[', '|', '/', ',']);
            code = run.code;
            if !out.text.is_empty() && (gap || run.text.starts_with(' ') || out.text.ends_with(['|', '/', ','])) {
                out.text.push(' ');
            }
            gap = run.text.ends_with(' ');
            out.text.push_str(piece);
            if let Some(link) = &run.link
                && let Some(Target::Page(page, anchor)) = target(docs, run.place, link)
            {
                out.links.push((piece.to_owned(), page, anchor));
            }
        }
        out.text = out.text.trim_matches(['(', ')', ' ']).to_owned();
        out
    }
}
