//! The body of a request: pieces that attempts share.

use std::{fmt, io, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use tokio::{fs::File, io::AsyncReadExt};

use super::files::{Content, Source};

/// Bytes of a file that are read at a time: a multiple of three, so that the pieces' base64 can be joined.
const PIECE: usize = 48 << 10;

/// The body of a request. Cloning it copies no content, so that every attempt sends the same bytes; files are read while
/// they are sent.
#[derive(Clone, Default)]
pub struct Body {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    Bytes(Bytes),
    /// A file as it is.
    Plain(Arc<Content>),
    /// A file in base64.
    Base64(Arc<Content>),
    /// A file in base64 within a percent-encoded form, and the length of that.
    Form(Arc<Content>, u64),
}

impl Part {
    pub(crate) fn content(&self) -> Option<&Content> {
        match self {
            Part::Bytes(_) => None,
            Part::Plain(content) | Part::Base64(content) | Part::Form(content, _) => Some(content),
        }
    }

    fn len(&self) -> u64 {
        match self {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Plain(content) => content.length,
            Part::Base64(content) => content.length.div_ceil(3) * 4,
            Part::Form(_, length) => *length,
        }
    }
}

impl Body {
    pub(crate) fn from_parts(parts: Vec<Part>) -> Self {
        Body { parts }
    }

    /// Number of bytes: the `Content-Length`.
    pub fn len(&self) -> u64 {
        self.parts.iter().map(Part::len).sum()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of it in one piece, if it holds no file.
    pub fn as_bytes(&self) -> Option<Bytes> {
        match self.parts.as_slice() {
            [] => Some(Bytes::new()),
            [Part::Bytes(bytes)] => Some(bytes.clone()),
            parts => {
                let mut all = Vec::new();
                for part in parts {
                    let Part::Bytes(bytes) = part else { return None };
                    all.extend_from_slice(bytes);
                }
                Some(all.into())
            }
        }
    }

    /// All of it piece by piece. Fails if a file cannot be read or no longer has its length.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::iter(self.parts).flat_map(|part| match part {
            Part::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            Part::Plain(content) => read(&content),
            Part::Base64(content) => read(&content).map_ok(|piece| BASE64_STANDARD.encode(piece).into()).boxed(),
            Part::Form(content, _) => read(&content).map_ok(|piece| form(&piece).into()).boxed(),
        })
    }
}

/// Base64 within a form, where `+` would be a blank. (The other signs need no escape in a value.)
fn form(piece: &[u8]) -> String {
    BASE64_STANDARD.encode(piece).replace('+', "%2B")
}

/// Bytes that `content` takes within a form: it is read for that.
pub(crate) async fn form_length(content: &Content) -> io::Result<u64> {
    read(content).try_fold(0, async |length, piece| Ok(length + form(&piece).len() as u64)).await
}

/// The content in pieces of [`PIECE`] bytes; the last may be shorter.
fn read(content: &Content) -> BoxStream<'static, io::Result<Bytes>> {
    match &content.source {
        Source::Bytes(bytes) => {
            let (bytes, end) = (bytes.clone(), bytes.len());
            let pieces = (0..end).step_by(PIECE).map(move |at| Ok(bytes.slice(at..end.min(at + PIECE))));
            stream::iter(pieces).boxed()
        }
        Source::Path(path) => {
            let (path, length) = (path.clone(), content.length);
            let opened = stream::once(async move { File::open(path).await.map(|file| (file, length)) });
            opened.and_then(async |start| Ok(stream::try_unfold(start, next))).try_flatten().boxed()
        }
    }
}

async fn next((mut file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let mut piece = vec![0; usize::try_from(left).unwrap_or(PIECE).min(PIECE)];
    // The length was promised: a file that became shorter is an error.
    file.read_exact(&mut piece).await?;
    let left = left - piece.len() as u64;
    Ok(Some((piece.into(), (file, left))))
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body { parts: vec![Part::Bytes(bytes)] }
    }
}

/// Bodies hold tokens: only their size is shown.
impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Body({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Upload, files};

    /// What is sent for a body that holds `upload` between `<` and `>`.
    async fn sent(upload: &Upload, place: impl Fn(Arc<Content>) -> Part) -> io::Result<Vec<u8>> {
        let json = Bytes::from(format!("<{}>", upload.bare().as_json().as_str().unwrap()));
        let uploads: Vec<Part> = files::named(&json).unwrap().into_iter().map(place).collect();
        let body = Body::from_parts(files::fill(&json, &uploads));
        let length = body.len();
        let pieces: Vec<Bytes> = body.into_stream().try_collect().await?;
        assert!(pieces.iter().all(|piece| piece.len() <= 3 * PIECE));
        assert_eq!(pieces.concat().len() as u64, length);
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn a_file_is_sent_in_pieces_that_join_to_its_base64() {
        let content: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(at) % 251) as u8).collect();
        let path = std::env::temp_dir().join(format!("bitrix24-body-{}", std::process::id()));
        std::fs::write(&path, &content).unwrap();
        let base64 = format!("<{}>", BASE64_STANDARD.encode(&content));
        assert!(base64.contains('+'));
        for upload in [Upload::from_path(&path).await.unwrap(), Upload::from_bytes("x", content.clone())] {
            assert_eq!(sent(&upload, Part::Base64).await.unwrap(), base64.as_bytes());
            assert_eq!(sent(&upload, Part::Plain).await.unwrap(), [b"<", &content[..], b">"].concat());
            let named = files::named(upload.bare().as_json().as_str().unwrap().as_bytes()).unwrap();
            let length = form_length(&named[0]).await.unwrap();
            let form = sent(&upload, |content| Part::Form(content, length)).await.unwrap();
            assert_eq!(form, base64.replace('+', "%2B").as_bytes());
        }
        let upload = Upload::from_path(&path).await.unwrap();
        std::fs::write(&path, b"shorter").unwrap();
        assert!(sent(&upload, Part::Plain).await.is_err());
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_marker_outlives_its_upload_in_a_file_but_not_in_json() {
        let file = Upload::from_bytes("x", "y").file();
        let json = file.as_json().to_string();
        assert_eq!(files::named(json.as_bytes()).unwrap().len(), 1);
        drop(file);
        assert!(files::named(json.as_bytes()).is_err());
        assert!(files::named(b"upload-0123456789abcdef0123456789abcdef-0000000000000000").unwrap().is_empty());
    }
}
