//! Which proxies are believed about where a request came from.
//!
//! Anybody can write `X-Forwarded-For`. It is believed only when the connection itself comes from a proxy the operator
//! named, and only as far back as named proxies go: read from the right, the first address that is no trusted proxy is the
//! client. By default nobody is trusted, not even this machine: a proxy that hands on what the client wrote would let
//! everybody choose their address.

use std::{net::IpAddr, str::FromStr};

use axum::http::{HeaderMap, Uri, header};

/// The networks whose word about the client counts. Empty, the default, trusts nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// Addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    base: IpAddr,
    bits: u8,
}

/// A text names no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network; write 10.0.0.0/8, fd00::/8 or one address, several with commas between them")]
pub struct NetworkError(String);

/// Where a request came from, as far as it can be believed. In the request's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// The client's address; nothing when the connection's own is unknown, as in tests without a listener.
    pub ip: Option<IpAddr>,
    /// Whether the client used https.
    pub https: bool,
    /// The host the client asked, with its port if it named one.
    pub host: Option<String>,
}

impl Came {
    /// The client's address for counting: of IPv6 the first 64 bits, which belong to one customer of a provider.
    #[must_use]
    pub fn network(&self) -> Option<IpAddr> {
        self.ip.map(|ip| match ip {
            IpAddr::V4(_) => ip,
            IpAddr::V6(ip) => IpAddr::from((ip.to_bits() >> 64 << 64).to_be_bytes()),
        })
    }
}

impl FromStr for TrustedProxies {
    type Err = NetworkError;

    /// Networks with commas between them; nothing is nobody.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.to_owned());
        let (base, bits) = text.split_once('/').map_or((text, None), |(base, bits)| (base, Some(bits)));
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if bits.bytes().all(|digit| digit.is_ascii_digit()) => bits.parse().map_err(|_| wrong())?,
            Some(_) => return Err(wrong()),
        };
        if bits > most { Err(wrong()) } else { Ok(Self { base, bits }) }
    }
}

impl Network {
    fn holds(self, ip: IpAddr) -> bool {
        let differs = match (self.base, ip) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => u128::from(base.to_bits() ^ ip.to_bits()) << 96,
            (IpAddr::V6(base), IpAddr::V6(ip)) => base.to_bits() ^ ip.to_bits(),
            _ => return false,
        };
        differs.leading_zeros() >= u32::from(self.bits)
    }
}

impl TrustedProxies {
    fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(ip))
    }

    /// Where a request came from whose connection comes from `peer`. Whoever ends TLS in this process writes `https` into the
    /// request's address.
    #[must_use]
    pub fn came(&self, peer: Option<IpAddr>, uri: &Uri, headers: &HeaderMap) -> Came {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
        let host = host.or_else(|| uri.authority().map(ToString::to_string));
        let peer = peer.map(|ip| ip.to_canonical());
        let direct = Came { ip: peer, https: uri.scheme_str() == Some("https"), host };
        let Some(peer) = peer.filter(|peer| self.trusts(*peer)) else { return direct };
        let (one, other) = (x_forwarded(headers), forwarded(headers));
        match (one.is_empty(), other.is_empty()) {
            (true, true) => direct,
            (false, true) => self.walk(peer, &one, direct),
            (true, false) => self.walk(peer, &other, direct),
            // A proxy sets one of the two and hands on what the client wrote in the other: believed when they agree.
            (false, false) => {
                let (one, other) = (self.walk(peer, &one, direct.clone()), self.walk(peer, &other, direct.clone()));
                if one.ip == other.ip { one } else { direct }
            }
        }
    }

    /// Goes back over trusted proxies. What cannot be read ends the way: what stands before it nobody vouches for.
    fn walk(&self, peer: IpAddr, told: &Told, direct: Came) -> Came {
        let mut came = Came { ip: Some(peer), ..direct };
        let longest = told.ips.len().max(1);
        for step in 0..longest {
            let scheme = told.schemes.len().checked_sub(step + 1).or((!told.schemes.is_empty()).then_some(0));
            if let Some(scheme) = scheme.and_then(|at| told.schemes[at].as_deref()) {
                came.https = scheme.eq_ignore_ascii_case("https");
            }
            let host = told.hosts.len().checked_sub(step + 1).or((!told.hosts.is_empty()).then_some(0));
            if let Some(host) = host.and_then(|at| told.hosts[at].clone()) {
                came.host = Some(host);
            }
            let ip = told.ips.len().checked_sub(step + 1).and_then(|at| told.ips[at]);
            match ip {
                None => break,
                Some(ip) => came.ip = Some(ip),
            }
            if !ip.is_some_and(|ip| self.trusts(ip)) {
                break;
            }
        }
        came
    }
}

/// What headers tell, in their order: the client first, the nearest proxy last. `None` is something that cannot be read.
#[derive(Debug, Default)]
struct Told {
    ips: Vec<Option<IpAddr>>,
    schemes: Vec<Option<String>>,
    hosts: Vec<Option<String>>,
}

impl Told {
    fn is_empty(&self) -> bool {
        self.ips.is_empty() && self.schemes.is_empty() && self.hosts.is_empty()
    }
}

fn x_forwarded(headers: &HeaderMap) -> Told {
    let list = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or("?"));
        values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).collect()
    };
    Told {
        ips: list("x-forwarded-for").iter().map(|text| address(text)).collect(),
        schemes: list("x-forwarded-proto").into_iter().map(scheme).collect(),
        hosts: list("x-forwarded-host").into_iter().map(host).collect(),
    }
}

/// `Forwarded: for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Told {
    let mut told = Told::default();
    for value in headers.get_all(header::FORWARDED) {
        for element in value.to_str().unwrap_or("?").split(',') {
            let field = |name: &str| {
                let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
                let mut found = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
                found.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
            };
            told.ips.push(field("for").and_then(|text| address(&text)));
            told.schemes.push(field("proto").and_then(scheme));
            told.hosts.push(field("host").and_then(host));
        }
    }
    told
}

/// `192.0.2.60`, `192.0.2.60:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| port.is_empty() || port.starts_with(':'))?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    bare.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn scheme(text: String) -> Option<String> {
    ["http", "https"].iter().any(|known| text.eq_ignore_ascii_case(known)).then_some(text)
}

/// What may stand in an address: anything else could carry a header or a path of its own.
fn host(text: String) -> Option<String> {
    let proper = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    ((1..=255).contains(&text.len()) && text.bytes().all(proper)).then_some(text)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn headers(told: &[(&str, &str)]) -> HeaderMap {
        let header = |(name, value): &(&str, &str)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap())
        };
        told.iter().map(header).collect()
    }

    fn came(trusted: &str, peer: &str, told: &[(&str, &str)]) -> (String, bool, Option<String>) {
        let trusted: TrustedProxies = trusted.parse().unwrap();
        let Came { ip, https, host } =
            trusted.came(Some(peer.parse().unwrap()), &Uri::from_static("/x"), &headers(told));
        (ip.unwrap().to_string(), https, host)
    }

    #[test]
    fn nobody_is_believed_unless_named() {
        let spoof = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil")];
        for (trusted, peer) in [("", "127.0.0.1"), ("10.0.0.0/8", "192.0.2.1"), ("::1", "127.0.0.1")] {
            assert_eq!(came(trusted, peer, &spoof), (peer.to_owned(), false, None));
        }
        assert_eq!(came("127.0.0.1", "127.0.0.1", &spoof), ("203.0.113.7".into(), true, Some("evil".into())));
        // The same address written as IPv6.
        assert_eq!(came("127.0.0.1", "::ffff:127.0.0.1", &spoof).0, "203.0.113.7");
    }

    #[test]
    fn the_client_is_the_first_that_no_trusted_proxy_is() {
        let chain = |told: &str| came("10.0.0.0/8", "10.0.0.1", &[("x-forwarded-for", told)]).0;
        assert_eq!(chain("1.1.1.1, 203.0.113.7, 10.0.0.2"), "203.0.113.7");
        assert_eq!(chain("10.9.9.9"), "10.9.9.9");
        assert_eq!(chain("6.6.6.6, nonsense, 10.0.0.2"), "10.0.0.2", "what stands before nonsense nobody vouches for");
        assert_eq!(chain(""), "10.0.0.1");
        assert_eq!(chain("203.0.113.7:5050"), "203.0.113.7");
    }

    #[test]
    fn forwarded_is_read_too_and_must_not_contradict() {
        let standard = |told: &str| came("10.0.0.0/8", "10.0.0.1", &[("forwarded", told)]);
        assert_eq!(
            standard("for=1.1.1.1, For=\"[2001:db8::1]:4711\";Proto=https;host=shop.example"),
            ("2001:db8::1".into(), true, Some("shop.example".into()))
        );
        assert_eq!(standard("for=_hidden;proto=https").0, "10.0.0.1");
        let both = |other: &str| {
            came("10.0.0.0/8", "10.0.0.1", &[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", other)]).0
        };
        assert_eq!((both("203.0.113.7"), both("6.6.6.6")), ("203.0.113.7".into(), "10.0.0.1".into()));
    }

    #[test]
    fn a_host_that_carries_more_than_a_host_is_none() {
        let host =
            |told: &str| came("10.0.0.1", "10.0.0.1", &[("host", "ours"), ("x-forwarded-host", told)]).2.unwrap();
        assert_eq!(host("shop.example:8443"), "shop.example:8443");
        for wrong in ["evil/path", "a b", "a@b", ""] {
            assert_eq!(host(wrong), "ours", "{wrong}");
        }
    }

    #[test]
    fn what_is_no_network_is_told() {
        for wrong in ["10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "proxy", "1.1.1.1/-1"] {
            assert!(wrong.parse::<TrustedProxies>().is_err(), "{wrong}");
        }
        assert_eq!(" , ".parse(), Ok(TrustedProxies::default()));
    }

    proptest! {
        /// Whatever a client writes: from an untrusted peer it changes nothing, and behind a trusted proxy, which appends the
        /// address it sees, the client is that address and no other.
        #[test]
        fn a_client_cannot_choose_its_address(
            written in prop::collection::vec("[ -~]{0,24}", 0..4),
            standard in prop::option::of("[ -~]{0,40}"),
            client in any::<[u8; 4]>().prop_filter("no proxy", |ip| ip[0] != 10),
        ) {
            let client = IpAddr::from(client);
            let trusted: TrustedProxies = "10.0.0.0/8".parse().unwrap();
            let mut told = HeaderMap::new();
            let append = |told: &mut HeaderMap, text: String| {
                if let Ok(value) = HeaderValue::try_from(text) {
                    told.append("x-forwarded-for", value);
                }
            };
            written.into_iter().for_each(|text| append(&mut told, text));
            if let Some(value) = standard.and_then(|text| HeaderValue::try_from(text).ok()) {
                told.append(header::FORWARDED, value);
            }
            let uri = Uri::from_static("/x");
            prop_assert_eq!(trusted.came(Some(client), &uri, &told).ip, Some(client));
            append(&mut told, client.to_string());
            let proxy = IpAddr::from([10, 0, 0, 1]);
            let behind = trusted.came(Some(proxy), &uri, &told).ip;
            prop_assert!(behind == Some(client) || behind == Some(proxy), "{:?}", behind);
        }

        /// A network holds exactly the addresses that share its first bits.
        #[test]
        fn a_network_holds_what_begins_like_it(base in any::<u32>(), ip in any::<u32>(), bits in 0..=32_u8) {
            let network: Network = format!("{}/{bits}", IpAddr::from(base.to_be_bytes())).parse().unwrap();
            let same = bits == 0 || base >> (32 - bits) == ip >> (32 - bits);
            prop_assert_eq!(network.holds(IpAddr::from(ip.to_be_bytes())), same);
        }
    }
}
