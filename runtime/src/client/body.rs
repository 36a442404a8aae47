//! The body of a request: pieces that attempts share.

use std::{fmt, io};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::{fs::File, io::AsyncReadExt};

use super::files::Upload;

/// Bytes of a file that are read at a time: a multiple of three, so that the pieces' base64 can be joined.
const PIECE: usize = 48 << 10;

/// The body of a request. Cloning it copies no content, so that every attempt sends the same bytes; files are read while
/// they are sent.
#[derive(Clone, Default)]
pub struct Body {
    parts: Vec<Part>,
}

#[derive(Clone)]
pub(crate) enum Part {
    Bytes(Bytes),
    /// A file as it is.
    Plain(Upload),
    /// A file in base64.
    Base64(Upload),
}

impl Part {
    fn len(&self) -> u64 {
        match self {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Plain(upload) => upload.len(),
            Part::Base64(upload) => upload.len().div_ceil(3) * 4,
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
            Part::Plain(upload) => read(upload),
            Part::Base64(upload) => {
                let encode = |piece: io::Result<Bytes>| piece.map(|piece| Bytes::from(BASE64_STANDARD.encode(piece)));
                read(upload).map(encode).boxed()
            }
        })
    }
}

/// The content in pieces of [`PIECE`] bytes; the last may be shorter.
fn read(upload: Upload) -> BoxStream<'static, io::Result<Bytes>> {
    let Upload { path, bytes, length, .. } = upload;
    let Some(path) = path else {
        let pieces = (0..bytes.len()).step_by(PIECE).map(move |at| Ok(bytes.slice(at..bytes.len().min(at + PIECE))));
        return stream::iter(pieces.collect::<Vec<_>>()).boxed();
    };
    let opened = stream::once(async move { File::open(path).await.map(|file| (file, length)) });
    let pieces = opened.map(|opened| match opened {
        Ok((file, left)) => stream::try_unfold((file, left), next).boxed(),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    });
    pieces.flatten().boxed()
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
    use futures_util::TryStreamExt;

    #[tokio::test]
    async fn a_file_is_sent_in_pieces_that_join_to_its_base64() {
        let content: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
        let path = std::env::temp_dir().join(format!("bitrix24-body-{}", std::process::id()));
        std::fs::write(&path, &content).unwrap();
        for upload in [Upload::from_path(&path).await.unwrap(), Upload::from_bytes("x", content.clone())] {
            let body = Body::from_parts(vec![
                Part::Bytes(Bytes::from_static(b"<")),
                Part::Base64(upload.clone()),
                Part::Bytes(Bytes::from_static(b">")),
            ]);
            let length = body.len();
            let pieces: Vec<Bytes> = body.into_stream().try_collect().await.unwrap();
            assert!(pieces.iter().all(|piece| piece.len() <= 64 << 10));
            let sent = pieces.concat();
            assert_eq!(sent.len() as u64, length);
            assert_eq!(sent, format!("<{}>", BASE64_STANDARD.encode(&content)).into_bytes());
        }
        let upload = Upload::from_path(&path).await.unwrap();
        std::fs::write(&path, b"shorter").unwrap();
        let sent: io::Result<Vec<Bytes>> =
            Body::from_parts(vec![Part::Plain(upload)]).into_stream().try_collect().await;
        assert!(sent.is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
