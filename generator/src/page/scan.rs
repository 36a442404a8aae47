//! Finds the blocks of YFM (Diplodoc's Markdown) that CommonMark does not know.
//!
//! Linear passes: [`closing`] notes where code can end, [`token`] walks the text once and notes fences, code spans, table
//! marks and `{% … %}` tags, [`block`] pairs them with a stack and splits tables into cells. Nothing is ever scanned
//! twice, so a page of unclosed marks costs no more than any other page of its size.

mod block;
mod closing;
mod token;

use std::ops::Range;

/// A block that CommonMark does not know, with its place in the page.
#[derive(Debug, PartialEq)]
pub(crate) struct Yfm {
    /// From the opening mark to behind the closing one.
    pub(crate) span: Range<usize>,
    pub(crate) kind: YfmKind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum YfmKind {
    Table(Vec<RowSpan>),
    Tabs(Content),
    Cut(String, Content),
    Note(String, String, Content),
    Include(Include),
    /// The branch of an `{% if %}` that the published docs leave out, or a mark of the branch that they keep.
    Hidden,
}

/// The inside of a block and the blocks in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) span: Range<usize>,
    pub(crate) children: Vec<Yfm>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct RowSpan {
    pub(crate) start: usize,
    pub(crate) cells: Vec<Content>,
}

/// `{% include notitle [label](path#anchor) %}`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Include {
    pub(crate) path: String,
    pub(crate) notitle: bool,
}

/// Something wrong with the page's blocks.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) span: Range<usize>,
    pub(crate) kind: FaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// A block that has no closing mark; it is read up to the next heading or the end.
    Unclosed(&'static str),
    /// A closing mark without its opening one.
    Stray(&'static str),
    /// A row without its closing `||`.
    OpenRow,
    TooDeep,
    /// A tag that the generator does not know.
    UnknownTag,
    /// A condition that the generator cannot decide; its text is kept.
    UnknownCondition,
}

/// The YFM blocks of `text`, outermost first, and what is wrong with them. `preset` decides `{% if key == 'value' %}`.
pub(crate) fn scan(text: &str, preset: &[(String, String)]) -> (Vec<Yfm>, Vec<Fault>) {
    let mut faults = Vec::new();
    let tokens = token::tokens(text, preset, &mut faults);
    let blocks = block::blocks(text, &tokens, &mut faults);
    faults.sort_by_key(|fault| fault.span.start);
    (blocks, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with its blocks in short: `#[a,b;c,d]` for a table, `tabs{…}`, `cut:title{…}`, `note:kind:title{…}`,
    /// `include:path`; what is hidden is gone.
    fn shape(text: &str, span: Range<usize>, blocks: &[Yfm]) -> String {
        let mut out = String::new();
        let mut at = span.start;
        for block in blocks {
            out.push_str(&text[at..block.span.start.max(at)]);
            at = block.span.end;
            let inside = |content: &Content| shape(text, content.span.clone(), &content.children);
            let shown = match &block.kind {
                YfmKind::Table(rows) => {
                    let row = |row: &RowSpan| row.cells.iter().map(inside).collect::<Vec<_>>().join(",");
                    format!("#[{}]", rows.iter().map(row).collect::<Vec<_>>().join(";"))
                }
                YfmKind::Tabs(content) => format!("tabs{{{}}}", inside(content)),
                YfmKind::Cut(title, content) => format!("cut:{title}{{{}}}", inside(content)),
                YfmKind::Note(kind, title, content) => format!("note:{kind}:{title}{{{}}}", inside(content)),
                YfmKind::Include(include) => format!("include:{}", include.path),
                YfmKind::Hidden => String::new(),
            };
            out.push_str(&shown);
        }
        out.push_str(&text[at..span.end.max(at)]);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The shape of a page, and the faults by name and line.
    fn read(text: &str) -> (String, Vec<(FaultKind, usize)>) {
        let preset = [("build".to_owned(), "prod".to_owned())];
        let (blocks, faults) = scan(text, &preset);
        let line = |at: usize| 1 + text[..at].matches('\n').count();
        let faults = faults.iter().map(|fault| (fault.kind, line(fault.span.start))).collect();
        (shape(text, 0..text.len(), &blocks), faults)
    }

    /// The shape of a page without faults.
    fn shape_of(text: &str) -> String {
        let (shape, faults) = read(text);
        assert_eq!(faults, [], "{text}");
        shape
    }

    #[test]
    fn a_table_has_rows_of_cells() {
        assert_eq!(
            shape_of("a\n\n#|\n|| one | two ||\n|| three\nlines\n| four ||\n|#\n\nb"),
            "a #[one,two;three lines,four] b"
        );
    }

    #[test]
    fn a_table_may_stand_on_one_line() {
        assert_eq!(shape_of("#| || a | b || || c | d || |#"), "#[a,b;c,d]");
    }

    #[test]
    fn empty_cells_are_cells() {
        assert_eq!(shape_of("#|\n|| a || \n|| | ||\n|| | | c ||\n|#"), "#[a;,;,,c]");
    }

    #[test]
    fn rows_may_be_longer_than_the_heading() {
        assert_eq!(shape_of("#|\n|| a ||\n|| b | c | d ||\n|#"), "#[a;b,c,d]");
    }

    #[test]
    fn bars_inside_code_and_escaped_bars_do_not_split() {
        assert_eq!(
            shape_of("#|\n|| `a | b` | ``c || `d`` ||\n|| e \\| f \\|\\| g | h ||\n|#"),
            "#[`a | b`,``c || `d``;e \\| f \\|\\| g,h]"
        );
        let fence = "#|\n|| x | ```js\na || b | c\n|#\n``` ||\n|| y | ~~~\n|| z ||\n~~~\n||\n|#";
        assert_eq!(shape_of(fence), "#[x,```js a || b | c |# ```;y,~~~ || z || ~~~]");
    }

    #[test]
    fn a_backtick_without_a_partner_is_a_backtick() {
        assert_eq!(shape_of("#|\n|| a ` b | c ||\n|| d | e ` f ||\n|#"), "#[a ` b,c;d,e ` f]");
        assert_eq!(shape_of("#|\n|| a \\` b | c ` d\n\n` | e ||\n|#"), "#[a \\` b,c ` d `,e]");
    }

    #[test]
    fn cells_hold_tables_tabs_notes_and_cuts() {
        let text = "#|\n|| a | #|\n|| b | c ||\n|# ||\n|| {% note info %}\n\nd | e\n\n{% endnote %} | {% cut \"t\" %}f{% endcut %} ||\n|#";
        assert_eq!(shape_of(text), "#[a,#[b,c];note:info:{d | e},cut:t{f}]");
    }

    #[test]
    fn tables_stand_indented_in_lists_tabs_and_cuts() {
        let text = "- a\n\n    #|\n    || b | c ||\n    |#\n\n{% list tabs %}\n\n- d\n\n  #|\n  || e | f ||\n  |#\n\n{% endlist %}\n\n1. #|\n   || g ||\n   |#\n";
        assert_eq!(shape_of(text), "- a #[b,c] tabs{- d #[e,f]} 1. #[g]");
    }

    #[test]
    fn notes_and_cuts_have_titles() {
        assert_eq!(shape_of("{% note warning \"Mind it\" %}a{% endnote %}"), "note:warning:Mind it{a}");
        assert_eq!(shape_of("{% note tip %}a{% endnote %}"), "note:tip:{a}");
        assert_eq!(shape_of("{% cut \"More\" %}{% note info %}a{% endnote %}{% endcut %}"), "cut:More{note:info:{a}}");
    }

    #[test]
    fn an_include_has_a_path() {
        assert_eq!(
            shape_of("{% include [label](../a/b.md#c) %} {% include notitle [d (e)](f.md) %}"),
            "include:../a/b.md#c include:f.md"
        );
        let (blocks, _) = scan("{% include notitle [d](f.md) %}", &[]);
        assert!(matches!(&blocks[0].kind, YfmKind::Include(include) if include.notitle));
    }

    #[test]
    fn the_preset_chooses_the_branch() {
        let page = |condition: &str| format!("a {{% if {condition} %}}b{{% else %}}c{{% endif %}} d");
        assert_eq!(shape_of(&page("build == 'prod'")), "a b d");
        assert_eq!(shape_of(&page("build != \"prod\"")), "a c d");
        assert_eq!(shape_of("a {% if build == 'dev' %}b{% endif %} c"), "a c");
        let nested = "{% if build == 'prod' %}{% if build == 'dev' %}a{% else %}b{% endif %}{% else %}c{% endif %}";
        assert_eq!(shape_of(nested), "b");
        assert_eq!(
            shape_of("{% if build == 'dev' %}\n#|\n|| a ||\n|#\n{% else %}\n#|\n|| b ||\n|#\n{% endif %}"),
            "#[b]"
        );
    }

    #[test]
    fn a_condition_may_hide_rows_of_a_table() {
        let text = "#|\n|| a | b ||\n{% if build == 'dev' %}\n|| c | d ||\n{% endif %}\n|| e | f ||\n|#";
        assert_eq!(shape_of(text), "#[a,b;e,f]");
    }

    #[test]
    fn an_undecided_condition_keeps_its_text() {
        let (shape, faults) = read("{% if audience %}a{% endif %} b");
        assert_eq!((shape.as_str(), faults), ("a b", vec![(FaultKind::UnknownCondition, 1)]));
    }

    #[test]
    fn comments_are_gone_with_the_marks_in_them() {
        assert_eq!(shape_of("a <!-- {% note info %} #|\n|| --> b"), "a b");
        assert_eq!(shape_of("#|\n|| a <!-- | --> | b ||\n|#"), "#[a,b]");
        assert_eq!(shape_of("a <!-- b"), "a <!-- b");
    }

    #[test]
    fn marks_inside_code_are_code() {
        assert_eq!(
            shape_of("`{% note %}` ```\n\n```\n{% endnote %}\n#|\n```\n"),
            "`{% note %}` ``` ``` {% endnote %} #| ```"
        );
    }

    #[test]
    fn an_unterminated_block_ends_at_the_next_heading() {
        let (shape, faults) = read("#|\n|| a | b ||\n|| c | d ||\n\n## Next\n\n#|\n|| e ||\n|#\n");
        assert_eq!((shape.as_str(), faults), ("#[a,b;c,d]## Next #[e]", vec![(FaultKind::Unclosed("|#"), 1)]));
        let (shape, faults) = read("{% note info %}\n\na\n\n## Next\nb");
        assert_eq!((shape.as_str(), faults), ("note:info:{a}## Next b", vec![(FaultKind::Unclosed("endnote"), 1)]));
    }

    #[test]
    fn a_block_ends_its_unterminated_inner_ones() {
        let (shape, faults) = read("{% cut \"a\" %}{% note info %}b{% endcut %}c");
        assert_eq!((shape.as_str(), faults), ("cut:a{note:info:{b}}c", vec![(FaultKind::Unclosed("endnote"), 1)]));
    }

    #[test]
    fn a_closing_mark_without_a_block_is_hidden_and_reported() {
        let (shape, faults) = read("a\n{% endcut %}\nb\n{% endlist %}");
        assert_eq!(
            (shape.as_str(), faults),
            ("a b", vec![(FaultKind::Stray("endcut"), 2), (FaultKind::Stray("endlist"), 4)])
        );
    }

    #[test]
    fn a_row_without_its_end_ends_at_the_next_row_or_with_the_table() {
        let (shape, faults) = read("#|\n|| a | b\n|| c | d ||\n|| e | f |\n|#");
        assert_eq!(
            (shape.as_str(), faults),
            ("#[a,b;c,d;e,f,]", vec![(FaultKind::OpenRow, 2), (FaultKind::OpenRow, 4)])
        );
    }

    #[test]
    fn a_row_mark_too_many_makes_no_row() {
        let (shape, faults) = read("#|\n|| a | b || ||\n|| c | d ||\n|#");
        assert_eq!((shape.as_str(), faults), ("#[a,b;c,d]", vec![(FaultKind::OpenRow, 2)]));
    }

    #[test]
    fn an_unknown_tag_is_reported_and_stays() {
        let (shape, faults) = read("a {% frob x %} b");
        assert_eq!((shape.as_str(), faults), ("a {% frob x %} b", vec![(FaultKind::UnknownTag, 1)]));
    }

    #[test]
    fn tables_nested_too_deep_are_reported_once() {
        let text = "#|\n|| a | ".repeat(200) + &" ||\n|#".repeat(200);
        let (blocks, faults) = scan(&text, &[]);
        assert_eq!(blocks.len(), 1);
        assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::TooDeep]);
    }
}
