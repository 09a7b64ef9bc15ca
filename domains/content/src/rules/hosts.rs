//! Hosts outside that links may lead to. What is not allowed by name is not led to: a short address of a brand must never be a way to
//! anywhere.

use std::collections::BTreeSet;

use url::{Host, Url};

use crate::model::target::Target;

/// Most hosts a brand allows.
pub(crate) const HOSTS_MAX: usize = 200;
/// Longest address.
pub(crate) const URL_BYTES_MAX: usize = 2000;

/// The hosts a brand allows: `shop.example`, or `*.shop.example` for all below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hosts(BTreeSet<String>);

/// Why something leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Astray {
    #[error("must be a whole address such as https://shop.example/spring, of at most 2,000 characters")]
    NoUrl,
    #[error("must begin with https://")]
    NotHttps,
    #[error("must not hold a user name, a password or a port")]
    Dressed,
    #[error("leads to {0}, which is not among the allowed hosts: allow it first")]
    Host(String),
}

/// Why something is no host to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a host is written like shop.example, or *.shop.example for all below it")]
pub(crate) struct NoHost;

/// A host as it is stored.
pub(crate) fn host(text: &str) -> Result<String, NoHost> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let (star, name) = match text.strip_prefix("*.") {
        Some(name) => ("*.", name),
        None => ("", text.as_str()),
    };
    let parsed = Url::parse(&format!("https://{name}/")).map_err(|_| NoHost)?;
    // What comes back otherwise than it went in is more than a name: a port, a path, somebody's password.
    match parsed.host() {
        Some(Host::Domain(domain)) if is_name(domain) && parsed.as_str() == format!("https://{domain}/") => {
            Ok(format!("{star}{domain}"))
        }
        _ => Err(NoHost),
    }
}

/// Names with dots between them.
fn is_name(domain: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    domain.contains('.') && domain.split('.').all(is_label)
}

impl Hosts {
    /// These.
    pub(crate) fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().collect())
    }

    /// In the order of the alphabet.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn allow(&self, host: &str) -> bool {
        // The host itself, or any of those above it with a star.
        let above = |(at, _): (usize, _)| self.0.contains(&format!("*{}", &host[at..]));
        self.0.contains(host) || host.match_indices('.').any(above)
    }

    /// The address as it is sent to browsers.
    pub(crate) fn check(&self, url: &str) -> Result<Url, Astray> {
        if url.len() > URL_BYTES_MAX || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Astray::NoUrl);
        }
        let parsed = Url::parse(url).map_err(|_| Astray::NoUrl)?;
        if parsed.scheme() != "https" {
            return Err(Astray::NotHttps);
        }
        if !parsed.username().is_empty() || parsed.password().is_some() || parsed.port().is_some() {
            return Err(Astray::Dressed);
        }
        match parsed.host() {
            Some(Host::Domain(domain)) if self.allow(domain) => Ok(parsed),
            Some(host) => Err(Astray::Host(host.to_string())),
            None => Err(Astray::NoUrl),
        }
    }

    /// Whether a target leads where it may.
    pub(crate) fn check_target(&self, target: &Target) -> Result<(), Astray> {
        match target {
            Target::Url { url } => self.check(url).map(drop),
            Target::Page { .. } | Target::Play { .. } | Target::Product { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hosts() -> Hosts {
        Hosts::new(["shop.example".to_owned(), "*.brand.example".to_owned()])
    }

    #[test]
    fn only_what_is_allowed_by_name_is_led_to() {
        for good in ["https://shop.example", "https://SHOP.example/a?b=c#d", "https://a.b.brand.example/x"] {
            assert!(hosts().check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://shop.example",
            "//shop.example",
            "/shop.example",
            "https://shop.example.evil.example",
            "https://evilshop.example",
            "https://brand.example",
            "https://evilbrand.example",
            "https://shop.example@evil.example",
            "https://evil.example\\@shop.example",
            "https://evil.example/https://shop.example",
            "https://shop.example:8443/",
            "https://user@shop.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "javascript:alert(1)",
            "https:// shop.example",
            "https://shop.example/\n",
        ] {
            assert!(hosts().check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        let read = |text: &str| host(text).ok();
        assert_eq!(read(" Shop.Example. ").as_deref(), Some("shop.example"));
        assert_eq!(read("*.shop.example").as_deref(), Some("*.shop.example"));
        assert_eq!(read("书店.中国").as_deref(), Some("xn--1jqq80b.xn--fiqs8s"));
        for bad in [
            "",
            "*",
            "*.*.a.example",
            "localhost",
            "10.0.0.1",
            "a.example:8443",
            "a.example/x",
            "u@a.example",
            "https://a.example",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_browser_goes_to_an_allowed_host(url in "(https?:)?[/\\\\@a-z.:?#%0-9 ]{0,40}(shop\\.example)?[/\\\\@a-z.:?#%]{0,20}") {
            if let Ok(url) = hosts().check(&url) {
                let host = url.host_str().unwrap();
                prop_assert!(host == "shop.example" || host.ends_with(".brand.example"));
                prop_assert_eq!(url.scheme(), "https");
            }
        }
    }
}
