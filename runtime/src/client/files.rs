//! Files on their way out, read while they are sent.
//!
//! The API takes files in base64 within a call's parameters, in one of a few shapes, which are [`File`]'s. For content that
//! should not be held in memory (twice: once as it is and once in base64), an [`Upload`] stands for it: the request gets
//! [`Upload::file`], in the shape that the method wants, and is called or put into a batch as any other:
//!
//! ```no_run
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/common/methods.rs"));
//! # async fn run(client: bitrix24_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use bitrix24_runtime::client::Upload;
//!
//! let film = Upload::from_path("film.mp4").await?;
//! client.call(upload::Request::new(8930, film.file())).await?;
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
//!
//! Within the encoded request a marker stands for the content until the body is sent. It is unguessable, so that no text
//! that a program passes on can be taken for one.
//!
//! Some methods give an address to which the content is posted instead: [`Client::post_file`].

use std::{
    collections::BTreeMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use memchr::memmem;
use uuid::Uuid;

use super::{
    Client,
    body::{Body, Part},
    call::{Call, Target},
    transport::Verb,
    typed_as,
};
use crate::{Any, CallError, File, Reply, Undocumented};

/// Content to send, from memory or from a file.
#[derive(Clone)]
pub struct Upload {
    name: String,
    content: Arc<Content>,
}

/// Where the bytes of an [`Upload`] are.
pub(crate) struct Content {
    number: u64,
    pub(crate) source: Source,
    pub(crate) length: u64,
}

pub(crate) enum Source {
    Bytes(Bytes),
    Path(Box<Path>),
}

impl Upload {
    /// The bytes `content` under the file name `name`.
    pub fn from_bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        let bytes = content.into();
        let length = bytes.len() as u64;
        Upload { name: name.into(), content: Content::new(Source::Bytes(bytes), length) }
    }

    /// The file at `path` under its own name. It is read when it is sent, and must not change until then.
    ///
    /// # Errors
    ///
    /// If there is no readable file.
    pub async fn from_path(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let about = tokio::fs::File::open(&path).await?.metadata().await?;
        if !about.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is no file", path.display())));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Upload { name, content: Content::new(Source::Path(path.into()), about.len()) })
    }

    /// With another file name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What to put into a request: a [`File`] of the shape `[name, base64]`.
    pub fn file(&self) -> File {
        self.standing_for(serde_json::json!([self.name, self.content.marker()]))
    }

    /// What to put into a request of a method that takes the content alone.
    pub fn bare(&self) -> File {
        self.standing_for(self.content.marker().into())
    }

    fn standing_for(&self, json: Any) -> File {
        File::standing_for(json, self.content.clone())
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.content.length
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Upload").field("name", &self.name).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// What every marker of this process begins with; the content's number follows in [`DIGITS`].
static MARK: LazyLock<String> = LazyLock::new(|| format!("upload-{}-", Uuid::new_v4().simple()));

const DIGITS: usize = 20;

/// The contents that markers may stand for, by number.
static CONTENTS: Mutex<BTreeMap<u64, Weak<Content>>> = Mutex::new(BTreeMap::new());

fn contents() -> MutexGuard<'static, BTreeMap<u64, Weak<Content>>> {
    CONTENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Content {
    fn new(source: Source, length: u64) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let content = Arc::new(Content { number, source, length });
        contents().insert(number, Arc::downgrade(&content));
        content
    }

    fn marker(&self) -> String {
        format!("{}{:0DIGITS$}", *MARK, self.number)
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        contents().remove(&self.number);
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.length)
    }
}

/// An upload of which nothing is left but its marker.
#[derive(Debug)]
pub(crate) struct Dropped;

/// Places of the markers in `json`.
fn markers(json: &[u8]) -> impl Iterator<Item = (usize, Option<u64>)> {
    static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(MARK.as_bytes()));
    FINDER.find_iter(json).map(|at| {
        let from = at + MARK.len();
        let number = json.get(from..from + DIGITS).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        (at, number)
    })
}

/// The contents that `json` names.
pub(crate) fn named(json: &[u8]) -> Result<Vec<Arc<Content>>, Dropped> {
    let found = |number: Option<u64>| contents().get(&number?)?.upgrade();
    markers(json).map(|(_, number)| found(number).ok_or(Dropped)).collect()
}

/// `json` with `uploads` in place of their markers.
pub(crate) fn fill(json: &Bytes, uploads: &[Part]) -> Vec<Part> {
    let (mut parts, mut from) = (Vec::new(), 0);
    if !uploads.is_empty() {
        for (at, number) in markers(json) {
            let named = |part: &&Part| part.content().is_some_and(|content| Some(content.number) == number);
            let Some(upload) = uploads.iter().find(named) else { continue };
            parts.push(Part::Bytes(json.slice(from..at)));
            parts.push(upload.clone());
            from = at + MARK.len() + DIGITS;
        }
    }
    parts.push(Part::Bytes(json.slice(from..)));
    parts
}

impl Client {
    /// Posts content to an address that the portal gave for it, such as `uploadUrl` of `disk.folder.uploadfile`, as a form
    /// with the one field `field`.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]. An address that is not on the portal is refused.
    pub async fn post_file(
        &self,
        url: &str,
        field: &str,
        upload: Upload,
    ) -> Result<Reply<Any>, CallError<Undocumented>> {
        let boundary = Uuid::new_v4().simple().to_string();
        let quoted = |text: &str| text.replace(['"', '\r', '\n'], "_");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            quoted(field),
            quoted(&upload.name),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let body =
            Body::from_parts(vec![Part::Bytes(head.into()), Part::Plain(upload.content), Part::Bytes(tail.into())]);
        let target = self.core.on_portal("upload", url).await.map_err(CallError::Failed)?;
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let call = Call::to("upload", Target { verb: Verb::Post, url: target, content_type, body });
        typed_as("upload", &self.core, self.core.exchange(&call).await)
    }
}
