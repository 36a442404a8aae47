//! What the generator has to say about the docs: stable codes, exact places.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the page is missing from the model.
    Error,
    /// The page contradicts itself or another page; a choice was made.
    Warning,
    /// Worth knowing; the model is complete.
    Note,
}

impl Severity {
    /// All of them, the heaviest first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    /// `error`, `warning`, `note`
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
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

/// `page:line:column: message`
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.page, self.line, self.column, self.message)
    }
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
    ($(#[doc = $doc:literal] $name:ident = $code:literal, $severity:ident;)*) => {
        /// The kinds of finding; their codes never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $name,)* }

        impl Code {
            /// Every kind.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            fn parts(self) -> (&'static str, Severity) {
                match self { $(Code::$name => ($code, Severity::$severity),)* }
            }

            /// The kind with this code: `B001`, in any case.
            pub fn of(code: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|own| own.text().eq_ignore_ascii_case(code))
            }

            /// `B001` …
            pub fn text(self) -> &'static str {
                self.parts().0
            }

            /// How much a finding of this kind weighs unless set otherwise.
            pub fn severity(self) -> Severity {
                self.parts().1
            }

            /// The kind in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$name => $doc.trim_ascii(),)* }
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
    /// The page's witnesses disagree about the name of the method or event.
    MethodName = "B010", Warning;
    /// Two pages document one method.
    DuplicateMethod = "B011", Error;
    /// A symbolic link stands where a page or a folder is expected.
    SymbolicLink = "B012", Warning;
    /// A link leads to a page that is not there.
    BrokenLink = "B014", Warning;
    /// A link leads to a place that its page does not have.
    BrokenAnchor = "B015", Warning;
    /// A table on a method's page was not read.
    UnclaimedTable = "B020", Note;
    /// A row was not read.
    UnclaimedRow = "B021", Warning;
    /// A table has two rows of one name.
    DuplicateField = "B022", Warning;
    /// A table could not be tied to a field and was put beside its neighbours.
    UntiedTable = "B023", Note;
    /// A distilled page gives a type that cannot be read, or leads to a structure that no page describes.
    UnknownType = "B024", Warning;
    /// An example shows another type than the table.
    Contradiction = "B025", Warning;
    /// An example sends a parameter that no table lists.
    UndocumentedParameter = "B026", Warning;
    /// No example sends a parameter that the table lists.
    UnshownParameter = "B027", Note;
    /// An answer shows a field that no table lists.
    UndocumentedField = "B028", Warning;
    /// No example sends a parameter that is marked as required.
    RequiredNotSent = "B029", Warning;
    /// A JSON example is not valid JSON.
    InvalidJson = "B030", Warning;
    /// A JSON example leaves something out or holds comments.
    AbbreviatedJson = "B031", Note;
    /// An error row has no code.
    NoErrorCode = "B040", Note;
    /// An example shows an error code that no table lists.
    UndocumentedError = "B041", Warning;
    /// A method is documented in one language only.
    MethodInOneLanguage = "B050", Warning;
    /// A field is documented in one language only.
    FieldInOneLanguage = "B051", Warning;
    /// The languages differ in whether a parameter is required.
    RequiredDiffers = "B052", Warning;
    /// The languages differ in the type of a field.
    TypeDiffers = "B053", Warning;
    /// An error is documented in one language only.
    ErrorInOneLanguage = "B054", Warning;
    /// The languages differ in a default.
    DefaultDiffers = "B055", Warning;
    /// The languages differ in the values that a field may have.
    ValuesDiffer = "B056", Warning;
    /// The languages differ in what stands at the head of a method's page: permissions, deprecation.
    MethodDiffers = "B057", Warning;
    /// The languages differ in the keys that an example shows.
    ExampleDiffers = "B058", Note;
    /// An override changes nothing any more.
    StaleOverride = "B060", Error;
    /// A fact of the docs is overridden.
    Overridden = "B061", Note;
}
