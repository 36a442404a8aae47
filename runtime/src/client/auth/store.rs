//! Where tokens are kept between runs.

use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::Token;
use crate::client::transport::BoxFuture;

/// Why a store failed. Its text ends in errors and logs: it must not hold a token.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// Keeps the token of one portal.
///
/// A token that was renewed replaces the old one, which is worth nothing from then on; so `save` must not lose it. Several
/// processes may share a store: before a client renews a token, it looks whether another has done so.
pub trait TokenStore: Send + Sync + 'static {
    /// The token, if there is one.
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>>;

    /// Keeps `token` in place of the one before.
    fn save<'a>(&'a self, token: &'a Token) -> BoxFuture<'a, Result<(), StoreError>>;

    /// The portal that was at host `from` is now at `token.endpoint`. Saves the token unless overridden.
    fn moved<'a>(&'a self, token: &'a Token, from: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let _ = from;
        self.save(token)
    }
}

impl<S: TokenStore> TokenStore for Arc<S> {
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>> {
        (**self).load()
    }

    fn save<'a>(&'a self, token: &'a Token) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).save(token)
    }

    fn moved<'a>(&'a self, token: &'a Token, from: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).moved(token, from)
    }
}

/// Keeps a token while the program runs.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Option<Token>>);

impl MemoryStore {
    /// A store that holds `token`.
    pub fn new(token: Token) -> Self {
        MemoryStore(Mutex::new(Some(token)))
    }

    /// The token that it holds.
    pub fn token(&self) -> Option<Token> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenStore for MemoryStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>> {
        Box::pin(async { Ok(self.token()) })
    }

    fn save<'a>(&'a self, token: &'a Token) -> BoxFuture<'a, Result<(), StoreError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Box::pin(async { Ok(()) })
    }
}

/// Keeps a token in a file of its own, as JSON, readable by its owner only (on Unix). The file is replaced as a whole, so
/// that a crash leaves the old token or the new one.
#[derive(Debug)]
pub struct FileStore(PathBuf);

impl FileStore {
    /// The token in the file at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        FileStore(path.into())
    }

    async fn replace(&self, token: &Token) -> io::Result<()> {
        let (path, json) = (self.0.clone(), token.to_json().to_string());
        tokio::task::spawn_blocking(move || replace(&path, json.as_bytes())).await?
    }
}

/// Puts a file with `content` in place of that at `path`.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name has to outlive a crash as well.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

impl TokenStore for FileStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<Token>, StoreError>> {
        Box::pin(async {
            let text = match tokio::fs::read(&self.0).await {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(Problem { path: self.0.clone(), what: error.to_string() }.into()),
            };
            let token = serde_json::from_slice(&text).ok().and_then(|json| Token::from_json(&json));
            let Some(token) = token else {
                return Err(Problem { path: self.0.clone(), what: "it holds no token".to_owned() }.into());
            };
            Ok(Some(token))
        })
    }

    fn save<'a>(&'a self, token: &'a Token) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async {
            let kept = self.replace(token).await;
            kept.map_err(|error| Problem { path: self.0.clone(), what: error.to_string() }.into())
        })
    }
}

#[derive(Debug)]
struct Problem {
    path: PathBuf,
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "token file {}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for Problem {}
