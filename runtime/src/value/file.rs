//! Files, as they are sent and as a portal describes them.

use std::{any, fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Any, json::json_view};

/// A file: an upload, or what a portal says of one.
///
/// For content that should not be held in memory, `client::Upload` makes a `File` that stands for it.
///
/// ```
/// use bitrix24_runtime::File;
///
/// let upload = File::new("hello.txt", "Hello");
/// assert_eq!(upload.as_json(), &serde_json::json!(["hello.txt", "SGVsbG8="]));
/// assert_eq!(upload.content().as_deref(), Some(&b"Hello"[..]));
/// ```
#[derive(Clone, PartialEq)]
pub struct File(Any, Content);

/// Keeps the content of an upload that the JSON only names.
#[derive(Clone, Default)]
struct Content(#[expect(dead_code, reason = "only held")] Option<Arc<dyn any::Any + Send + Sync>>);

/// Two files with the same JSON name the same content.
impl PartialEq for Content {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

const FILE_DATA: [&str; 3] = ["fileData", "fileContent", "FILE_DATA"];
const ADDRESS: [&str; 9] =
    ["downloadUrl", "DOWNLOAD_URL", "urlMachine", "urlDownload", "url", "URL", "showUrl", "SRC", "src"];

impl File {
    /// An upload in the form `[name, base64]`.
    pub fn new(name: impl Into<String>, content: impl AsRef<[u8]>) -> Self {
        File::from(Any::Array(vec![name.into().into(), BASE64_STANDARD.encode(content).into()]))
    }

    /// A file whose content `json` only names.
    #[cfg(feature = "client")]
    pub(crate) fn standing_for(json: Any, content: Arc<dyn any::Any + Send + Sync>) -> Self {
        File(json, Content(Some(content)))
    }

    /// The same in the form `{"fileData": [name, base64]}`.
    #[must_use]
    pub fn in_file_data(self) -> Self {
        File(Any::Object([("fileData".to_owned(), self.0)].into_iter().collect()), self.1)
    }

    /// The content alone, as base64: some methods take the name in another parameter.
    pub fn bare(content: impl AsRef<[u8]>) -> Self {
        File::from(Any::from(BASE64_STANDARD.encode(content)))
    }

    /// `[name, base64]` of an upload, bare or in `fileData`.
    fn pair(&self) -> Option<(&str, &str)> {
        let pair = FILE_DATA.iter().find_map(|key| self.0.get(key)).unwrap_or(&self.0);
        match pair.as_array()?.as_slice() {
            [Any::String(name), Any::String(content)] => Some((name, content)),
            _ => None,
        }
    }

    /// The name of an upload, or the one that the portal gives.
    pub fn name(&self) -> Option<&str> {
        const NAME: [&str; 4] = ["name", "NAME", "fileName", "FILE_NAME"];
        self.pair().map(|(name, _)| name).or_else(|| NAME.iter().find_map(|key| self.0.get(key)?.as_str()))
    }

    /// The content of an upload.
    pub fn content(&self) -> Option<Vec<u8>> {
        let base64 = self.pair().map(|(_, content)| content).or_else(|| self.0.as_str())?;
        BASE64_STANDARD.decode(base64).ok()
    }

    /// The identifier that the portal gives.
    pub fn id(&self) -> Option<i64> {
        let id = ["id", "ID", "fileId", "FILE_ID"].iter().find_map(|key| self.0.get(key)).unwrap_or(&self.0);
        id.as_i64().or_else(|| id.as_str()?.parse().ok())
    }

    /// Where the portal says that the file can be fetched; it may be relative to the portal.
    pub fn url(&self) -> Option<&str> {
        let bare = || self.0.as_str().filter(|text| text.starts_with("http") || text.starts_with('/'));
        ADDRESS.iter().find_map(|key| self.0.get(key)?.as_str()).or_else(bare)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("File").field(&self.0).finish()
    }
}

json_view!(File, Content::default());
