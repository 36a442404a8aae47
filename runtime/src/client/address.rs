//! Where a portal answers: its address, and the address of a method on it.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::BuildError;
use crate::Version;

/// The root of a portal, in whose `rest/` the methods live: `https://example.bitrix24.com/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(Url);

impl Address {
    /// The portal of `url`, of which `rest/` and all that follows is cut off.
    pub(crate) fn of(url: &Url) -> Result<Self, BuildError> {
        if url.cannot_be_a_base() || url.host().is_none() {
            return Err(BuildError::Address("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BuildError::Address("it holds a user or a password"));
        }
        let mut root = url.clone();
        root.set_query(None);
        root.set_fragment(None);
        let path = url.path();
        let prefix = path.find("/rest/").or(path.strip_suffix("/rest").map(str::len)).unwrap_or(path.len());
        root.set_path(&format!("{}/", path[..prefix].trim_end_matches('/')));
        Ok(Address(root))
    }

    /// Refuses addresses to which a secret would travel in the clear.
    pub(crate) fn check(&self, http_on_loopback: bool) -> Result<(), BuildError> {
        match self.0.scheme() {
            "https" => Ok(()),
            "http" if http_on_loopback && self.is_loopback() => Ok(()),
            _ => Err(BuildError::NotHttps),
        }
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// The host, with the port where it is not the scheme's own: how errors name the portal.
    pub(crate) fn portal(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    pub(crate) fn into_url(self) -> Url {
        self.0
    }

    /// The address of the REST interface, as tokens hold it: `https://example.bitrix24.com/rest/`.
    pub(crate) fn rest(&self) -> Url {
        self.method(Version::V2, None, "")
    }

    /// The address of `method`; with the credentials of a webhook in its path if there are any.
    pub(crate) fn method(&self, version: Version, webhook: Option<&WebhookPath>, method: &str) -> Url {
        let api = if version == Version::V3 { "api/" } else { "" };
        let root = self.0.path();
        let path = match webhook {
            // Neither part needs an escape: that was checked when they were read.
            Some(WebhookPath { user, code }) => {
                [root, "rest/", api, user, "/", code.expose_secret(), "/", method].concat()
            }
            None => [root, "rest/", api, method].concat(),
        };
        let mut url = self.0.clone();
        url.set_path(&path);
        url
    }
}

/// The part of an incoming webhook's URL that authorises: the user and the secret code.
#[derive(Clone, Debug)]
pub(crate) struct WebhookPath {
    user: String,
    pub(crate) code: SecretString,
}

impl WebhookPath {
    /// Reads `https://HOST/rest/USER/CODE/`, as a portal shows it, or the same with `rest/api/`.
    pub(crate) fn parse(url: &str) -> Result<(Address, Self), BuildError> {
        // The parser's error is not passed on: it could quote the secret.
        let url = Url::parse(url.trim()).map_err(|_| BuildError::Webhook("it is no URL"))?;
        let address = Address::of(&url)?;
        let path = url.path();
        let rest = path.find("/rest/").ok_or(BuildError::Webhook("its path has no `/rest/`"))?;
        let path = &path[rest + "/rest/".len()..];
        let mut parts = path.strip_prefix("api/").unwrap_or(path).split('/');
        let user = parts.next().unwrap_or_default();
        let code = parts.next().unwrap_or_default();
        if user.is_empty() || !user.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BuildError::Webhook("no user number follows `/rest/`"));
        }
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
            return Err(BuildError::Webhook("no code follows the user's number"));
        }
        if parts.any(|part| !part.is_empty()) {
            return Err(BuildError::Webhook("more follows its code: leave out the method"));
        }
        Ok((address, WebhookPath { user: user.to_owned(), code: code.into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(webhook: &str, version: Version) -> String {
        let (address, path) = WebhookPath::parse(webhook).unwrap();
        address.method(version, Some(&path), "crm.deal.get").into()
    }

    #[test]
    fn a_webhook_gives_addresses_of_both_versions() {
        for webhook in ["https://a.bitrix24.com/rest/1/c0de/", "https://a.bitrix24.com/rest/api/1/c0de"] {
            assert_eq!(method(webhook, Version::V2), "https://a.bitrix24.com/rest/1/c0de/crm.deal.get");
            assert_eq!(method(webhook, Version::V3), "https://a.bitrix24.com/rest/api/1/c0de/crm.deal.get");
        }
        assert_eq!(method("https://a.com:81/x/rest/1/c/", Version::V2), "https://a.com:81/x/rest/1/c/crm.deal.get");
    }

    #[test]
    fn what_is_no_webhook_is_refused_without_being_quoted() {
        for webhook in [
            "c0de",
            "https://a.com/",
            "https://a.com/rest/c0de/",
            "https://a.com/rest/1/",
            "https://a.com/rest/1/c0de/x",
            "https://a.com/rest/1/c0%20de/",
            "https://me:c0de@a.com/rest/1/c0de/",
        ] {
            let error = WebhookPath::parse(webhook).unwrap_err().to_string();
            assert!(!error.contains("c0de"), "{error}");
        }
    }

    #[test]
    fn plain_http_needs_loopback_and_consent() {
        let address = |url: &str| Address::of(&Url::parse(url).unwrap()).unwrap();
        assert!(address("http://127.0.0.1/").check(true).is_ok());
        assert!(address("http://[::1]/").check(true).is_ok());
        assert!(address("http://127.0.0.1/").check(false).is_err());
        assert!(address("http://127.0.0.1.example.com/").check(true).is_err());
        assert!(address("http://example.com/").check(true).is_err());
        assert!(address("https://example.com/").check(false).is_ok());
    }
}
