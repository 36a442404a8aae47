//! What the generator has to say about the docs: stable codes, exact places.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the page is missing from the model.
    Error,
    /// The page contradicts itself or another page; a choice was made.
    Warning,
    /// Worth knowing; the model is complete.
    Note,
}

/// A place in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// One-based.
    pub line: u32,
    /// One-based, counted in characters.
    pub column: u32,
    /// Byte offset.
    pub at: usize,
}

/// One finding about one place of one page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The page, relative to the docs folder.
    pub page: String,
    /// One-based line.
    pub line: u32,
    /// One-based column, counted in characters.
    pub column: u32,
    /// Stable code: `B001` …
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What happened and what to do.
    pub message: String,
    /// The bytes of the page that the finding is about, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, position: Position, message: impl Into<String>) -> Self {
        let (text, severity) = code.parts();
        Diagnostic {
            page: String::new(),
            line: position.line,
            column: position.column,
            code: text.to_owned(),
            severity,
            message: message.into(),
            span: Some((position.at, position.at)),
        }
    }

    pub(crate) fn on(mut self, page: &str) -> Self {
        page.clone_into(&mut self.page);
        self
    }

    pub(crate) fn spanning(mut self, span: Range<usize>) -> Self {
        self.span = Some((span.start, span.end));
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident;)*) => {
        /// The kinds of finding; their codes never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every kind.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            fn parts(self) -> (&'static str, Severity) {
                match self { $(Code::$name => ($code, Severity::$severity),)* }
            }
        }
    };
}

codes! {
    /// A page is larger than the generator reads.
    PageTooLarge = "B001", Error;
    /// A page is not UTF-8.
    NotUtf8 = "B002", Error;
    /// A block has no closing mark.
    UnclosedBlock = "B003", Error;
    /// A closing mark has no block.
    StrayMark = "B004", Warning;
    /// A table's row has no closing mark.
    UnclosedRow = "B005", Warning;
    /// Blocks are nested too deep.
    TooDeep = "B006", Error;
    /// A `{% … %}` tag is not known.
    UnknownTag = "B007", Warning;
    /// An `{% if %}` condition cannot be decided.
    UnknownCondition = "B008", Warning;
    /// An include leads nowhere, out of the folder, or to itself.
    BrokenInclude = "B009", Error;
    /// The page's witnesses disagree about the method's name.
    MethodName = "B010", Warning;
    /// Two pages document one method.
    DuplicateMethod = "B011", Error;
    /// A page looks like a method's but its name is not to be found.
    NoMethodName = "B012", Error;
    /// A table on a method's page was not read.
    UnclaimedTable = "B020", Note;
    /// A row was not read.
    UnclaimedRow = "B021", Warning;
    /// A field is documented twice.
    DuplicateField = "B022", Note;
    /// A table could not be tied to a field and was put beside its neighbours.
    UntiedTable = "B023", Note;
    /// A documented type is not known.
    UnknownType = "B024", Note;
    /// The table and the example contradict each other.
    Contradiction = "B025", Warning;
    /// A JSON example is not valid JSON.
    InvalidJson = "B030", Warning;
    /// An error row has no code.
    NoErrorCode = "B040", Note;
}
