//! Files on their way out, read while they are sent.
//!
//! The API takes files in base64 within a call's parameters, in one of a few shapes, which are [`File`]'s. For content that
//! should not be held in memory (twice: once as it is and once in base64), an [`Upload`] stands for it: the request gets
//! [`Upload::file`], in the shape that the method wants, and the call gets the upload itself:
//!
//! ```no_run
//! # async fn run(client: bitrix24_runtime::Client, request: impl bitrix24_runtime::Method + Send) {
//! use bitrix24_runtime::client::{CallOptions, Upload};
//!
//! let upload = Upload::from_path("film.mp4").await.unwrap();
//! // let request = disk::folder::uploadfile::Request::new(8930).file_content(upload.file());
//! # let _ = upload.file();
//! let reply = client.call_with(request, CallOptions::new().upload(upload)).await;
//! # let _ = reply;
//! # }
//! ```
//!
//! Some methods give an address to which the content is posted instead: [`Client::post_file`].

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
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
    /// Stands for the content in a request's parameters.
    marker: String,
    pub(crate) path: Option<Arc<Path>>,
    pub(crate) bytes: Bytes,
    pub(crate) length: u64,
}

impl Upload {
    /// The bytes `content` under the file name `name`.
    pub fn from_bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        let bytes = content.into();
        Upload { name: name.into(), marker: marker(), path: None, length: bytes.len() as u64, bytes }
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
        let (path, length) = (Some(path.into()), about.len());
        Ok(Upload { name, marker: marker(), path, bytes: Bytes::new(), length })
    }

    /// With another file name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What to put into a request: a [`File`] of the shape `[name, base64]`.
    pub fn file(&self) -> File {
        File::from(serde_json::json!([self.name, self.marker]))
    }

    /// What to put into a request of a method that takes the content alone.
    pub fn bare(&self) -> File {
        File::from(Any::from(self.marker.as_str()))
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Upload").field("name", &self.name).field("len", &self.length).finish_non_exhaustive()
    }
}

/// Random, so that no other parameter can hold it.
fn marker() -> String {
    format!("upload-{}", Uuid::new_v4().simple())
}

/// Puts the contents of `uploads` in place of their markers in `json`.
pub(crate) fn fill(json: &Bytes, uploads: &[Upload]) -> Vec<Part> {
    let mut found: Vec<(usize, &Upload)> = uploads
        .iter()
        .flat_map(|upload| memmem::find_iter(json, upload.marker.as_bytes()).map(move |at| (at, upload)))
        .collect();
    found.sort_by_key(|(at, _)| *at);
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, upload) in found {
        parts.push(Part::Bytes(json.slice(from..at)));
        parts.push(Part::Base64(upload.clone()));
        from = at + upload.marker.len();
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
        let boundary = marker();
        let quoted = |text: &str| text.replace(['"', '\r', '\n'], "_");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            quoted(field),
            quoted(&upload.name),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let body = Body::from_parts(vec![Part::Bytes(head.into()), Part::Plain(upload), Part::Bytes(tail.into())]);
        let target = self.core.on_portal("upload", url).await.map_err(CallError::Failed)?;
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let call = Call::to("upload", Target { verb: Verb::Post, url: target, content_type, body });
        typed_as("upload", &self.core, self.core.exchange(&call).await)
    }
}
