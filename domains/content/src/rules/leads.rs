//! Where a link sends a browser.

use kernel::WorkspaceId;
use url::Url;

use super::hosts::{Astray, Hosts};
use crate::model::target::Target;

/// What the address of a landing page says about the link that led there.
const LINK: &str = "sl_link";
/// And about who is to be thanked for it.
const SPREAD: &str = "sl_spread";

/// An address that lacks only who is to be thanked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    address: String,
    fragment: String,
}

impl Lead {
    /// Where a link to this target leads.
    pub(crate) fn new(workspace: WorkspaceId, target: &Target, code: &str, hosts: &Hosts) -> Result<Self, Astray> {
        let path = match target {
            Target::Page { page } => format!("p/{page}"),
            Target::Play { play } => format!("play/{play}"),
            Target::Product { product } => format!("product/{product}"),
            Target::Url { url } => return Ok(Self::outside(hosts.check(url)?, code)),
        };
        Ok(Self { address: format!("/f/{workspace}/{path}?{LINK}={code}"), fragment: String::new() })
    }

    fn outside(mut url: Url, code: &str) -> Self {
        let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        url.set_fragment(None);
        url.query_pairs_mut().append_pair(LINK, code);
        Self { address: url.into(), fragment }
    }

    /// The whole address, with the token of whoever brought the visitor.
    pub(crate) fn address(&self, spread: Option<&str>) -> String {
        match spread {
            Some(spread) => format!("{}&{SPREAD}={spread}{}", self.address, self.fragment),
            None => format!("{}{}", self.address, self.fragment),
        }
    }
}

/// Whether a text can be a token, which stands in addresses as it is.
pub(crate) fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_landing_page_learns_by_which_link_one_came_and_through_whom() {
        let hosts = Hosts::new(["shop.example".to_owned()]);
        let lead =
            |target: &Target, spread| Lead::new(WorkspaceId(3), target, "k7", &hosts).map(|lead| lead.address(spread));
        let page = Target::Page { page: "spring".to_owned().try_into().unwrap() };
        assert_eq!(lead(&page, None).unwrap(), "/f/3/p/spring?sl_link=k7");
        assert_eq!(lead(&page, Some("tok")).unwrap(), "/f/3/p/spring?sl_link=k7&sl_spread=tok");
        let url = |url: &str| Target::Url { url: url.to_owned() };
        assert_eq!(
            lead(&url("https://shop.example/a?b=1#top"), Some("tok")).unwrap(),
            "https://shop.example/a?b=1&sl_link=k7&sl_spread=tok#top"
        );
        assert_eq!(lead(&url("https://evil.example/"), None), Err(Astray::Host("evil.example".to_owned())));
    }

    #[test]
    fn a_token_needs_no_escaping() {
        assert!(is_token("k7m2p9qwertz") && is_token("A-b_9"));
        assert!(!is_token("") && !is_token("a&b") && !is_token("a b") && !is_token(&"x".repeat(65)));
    }
}
