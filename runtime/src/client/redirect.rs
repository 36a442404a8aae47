//! Which redirects a client follows.
//!
//! A portal's address may change; the old one then answers with a redirect to the new. A redirected call carries the
//! client's secret with it, so the new address must be plausible: `https`, the same path, and a host that is
//!
//! - the same host, or
//! - for a portal in the vendor's cloud, another host of that cloud, or
//! - one that the program has named with [`ClientBuilder::may_move_to`](super::ClientBuilder::may_move_to).

use url::Url;

use super::address::Address;

/// Domains under which the vendor hosts portals.
const CLOUD: &[&str] = &[
    "bitrix24.com",
    "bitrix24.ru",
    "bitrix24.by",
    "bitrix24.kz",
    "bitrix24.ua",
    "bitrix24.uz",
    "bitrix24.de",
    "bitrix24.eu",
    "bitrix24.es",
    "bitrix24.fr",
    "bitrix24.it",
    "bitrix24.pl",
    "bitrix24.in",
    "bitrix24.id",
    "bitrix24.vn",
    "bitrix24.jp",
    "bitrix24.cn",
    "bitrix24.tech",
    "bitrix24.com.br",
    "bitrix24.com.tr",
    "bitrix24.co",
    "bitrix24.mx",
];

/// What a client allows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    pub(crate) hosts: Vec<String>,
    pub(crate) http_on_loopback: bool,
}

impl Rule {
    /// The portal's new address, if the redirect of a request for `from` to `location` is one to follow; else the host and
    /// why not.
    pub(crate) fn follow(&self, from: &Url, location: &str) -> Result<Address, (String, &'static str)> {
        let to = from.join(location).map_err(|_| (String::new(), "the address is malformed"))?;
        let host = to.host_str().unwrap_or_default().to_owned();
        let refuse = |why| (host.clone(), why);
        let address = Address::of(&to).map_err(|_| refuse("the address is none of a portal"))?;
        let old = Address::of(from).map_err(|_| refuse("the address is none of a portal"))?;
        address.check(self.http_on_loopback).map_err(|_| refuse("it is not https"))?;
        if to.path() != from.path() {
            return Err(refuse("it leads to another path"));
        }
        if address == old {
            return Err(refuse("it leads back to the same address"));
        }
        let same = to.host_str() == from.host_str();
        let cloud = in_cloud(from.host_str()) && in_cloud(to.host_str());
        let loopback = address.is_loopback() && old.is_loopback();
        if same || cloud || loopback || self.hosts.contains(&host) {
            Ok(address)
        } else {
            Err(refuse("a portal there has not been allowed with `may_move_to`"))
        }
    }
}

fn in_cloud(host: Option<&str>) -> bool {
    let name = host.and_then(|host| host.split_once('.'));
    name.is_some_and(|(name, domain)| !name.is_empty() && CLOUD.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(from: &str, to: &str) -> Result<String, &'static str> {
        let rule = Rule { hosts: vec!["crm.example.com".to_owned()], http_on_loopback: true };
        rule.follow(&Url::parse(from).unwrap(), to).map(|to| to.portal()).map_err(|(_, why)| why)
    }

    #[test]
    fn a_portal_may_move_within_the_cloud_or_where_it_was_allowed() {
        let from = "https://b24-1.bitrix24.com/rest/1/c/profile";
        assert_eq!(follow(from, "https://acme.bitrix24.de/rest/1/c/profile").unwrap(), "acme.bitrix24.de");
        assert_eq!(follow(from, "https://crm.example.com/rest/1/c/profile").unwrap(), "crm.example.com");
        assert_eq!(follow("https://a.com/rest/x", "https://a.com:8443/rest/x").unwrap(), "a.com:8443");
    }

    #[test]
    fn secrets_go_nowhere_else() {
        let from = "https://b24-1.bitrix24.com/rest/1/c/profile";
        for to in [
            "https://evil.com/rest/1/c/profile",
            "http://acme.bitrix24.com/rest/1/c/profile",
            "https://bitrix24.com.evil.com/rest/1/c/profile",
            "https://a.b.bitrix24.com/rest/1/c/profile",
            "https://acme.bitrix24.com/login?back=/rest/1/c/profile",
            "https://acme.bitrix24.com@evil.com/rest/1/c/profile",
            "//evil.com/rest/1/c/profile",
            "http://127.0.0.1/rest/1/c/profile",
            "/rest/1/c/profile",
            "",
        ] {
            assert!(follow(from, to).is_err(), "{to}");
        }
        assert!(follow("https://self.example.com/rest/x", "https://acme.bitrix24.com/rest/x").is_err());
    }
}
