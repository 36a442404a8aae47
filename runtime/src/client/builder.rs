//! Settings of a client.

use std::{
    fmt,
    sync::{Arc, RwLock},
    time::Duration,
};

use super::{
    Client,
    address::{Address, WebhookPath},
    auth::{App, Auth, Session, TokenStore},
    core::{Core, Settings},
    limits::Limits,
    retry::Retry,
    transport::Transport,
};

/// Settings of a [`Client`], by [`Client::builder`].
#[derive(Default)]
#[must_use]
pub struct ClientBuilder {
    auth: Option<Who>,
    transport: Option<Arc<dyn Transport>>,
    settings: Settings,
}

enum Who {
    Webhook(Result<(Address, WebhookPath), BuildError>),
    App(App, Arc<dyn TokenStore>),
}

impl ClientBuilder {
    /// Calls as the incoming webhook at `url`.
    pub fn webhook(mut self, url: &str) -> Self {
        self.auth = Some(Who::Webhook(WebhookPath::parse(url)));
        self
    }

    /// Calls as the application `app` on the portal whose token is in `store`.
    pub fn app(mut self, app: App, store: impl TokenStore) -> Self {
        self.auth = Some(Who::App(app, Arc::new(store)));
        self
    }

    /// The portal's limits; [`Limits::standard`] by default. Give clients of the same portal the same.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// How calls are repeated after failures that may pass.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.retry = retry;
        self
    }

    /// A host to which the portal may move besides the vendor's cloud: when the portal redirects there, the client follows
    /// with its secrets.
    pub fn may_move_to(mut self, host: impl Into<String>) -> Self {
        self.settings.redirects.hosts.push(host.into());
        self
    }

    /// The HTTP stack to use in place of the built-in one.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Allows `http` addresses on this machine (`127.0.0.0/8`, `::1`, `localhost`), for tests. Elsewhere they are refused.
    pub fn http_on_loopback(mut self) -> Self {
        self.settings.redirects.http_on_loopback = true;
        self
    }

    /// How long a call may take, with all waiting and repeating. Three minutes by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// How long one attempt of a call may take. One minute by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// The largest answer that is read, in bytes after decompression. 128 MiB by default.
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.settings.max_answer = bytes;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// If an address is missing, malformed or not `https`, or the HTTP stack cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let auth = match self.auth.ok_or(BuildError::NoAuth)? {
            Who::Webhook(parsed) => {
                let (address, path) = parsed?;
                address.check(self.settings.redirects.http_on_loopback)?;
                Auth::Webhook(RwLock::new(address), path)
            }
            Who::App(app, store) => {
                Address::of(&app.server)?.check(self.settings.redirects.http_on_loopback)?;
                Auth::App(Arc::new(Session::new(app, store, transport.clone())))
            }
        };
        Ok(Client { core: Arc::new(Core::new(auth, transport, self.settings)) })
    }
}

#[cfg(feature = "reqwest")]
fn default_transport() -> Result<Arc<dyn Transport>, BuildError> {
    Ok(Arc::new(super::Reqwest::new()?))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport() -> Result<Arc<dyn Transport>, BuildError> {
    Err(BuildError::Transport("none was given and the feature `reqwest` is off".to_owned()))
}

/// Why a client cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// Neither a webhook nor an application was given.
    NoAuth,
    /// The address is no incoming webhook's, and why. The address itself is secret and not shown.
    Webhook(&'static str),
    /// The address is no portal's, and why.
    Address(&'static str),
    /// The address is not `https`, so that secrets would travel in the clear.
    NotHttps,
    /// The HTTP stack cannot be set up.
    Transport(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::NoAuth => out.write_str("a client needs a webhook or an application"),
            BuildError::Webhook(why) => {
                write!(out, "this is not the address of an incoming webhook (https://HOST/rest/USER/CODE/): {why}")
            }
            BuildError::Address(why) => write!(out, "this is not the address of a portal (https://HOST/): {why}"),
            BuildError::NotHttps => out.write_str(
                "the address is not https; plain http is possible for this machine only, with `http_on_loopback`",
            ),
            BuildError::Transport(why) => write!(out, "the HTTP stack cannot be set up: {why}"),
        }
    }
}

impl std::error::Error for BuildError {}
