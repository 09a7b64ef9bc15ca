//! Signed tokens: taken apart, and their signature checked against a provider's published keys.
//!
//! The algorithms are a fixed list of signatures with public keys. A token cannot choose `none`, and cannot have the public
//! key taken for a shared secret; a key is only used for the algorithms of its own kind.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

use super::claims::Claims;

/// Longest token that is looked at.
const BYTES_MAX: usize = 64 * 1024;

/// What a provider publishes to check its signatures with.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Keys {
    keys: Vec<Key>,
}

/// One of its keys. Kinds that are not known are passed over.
#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Why a token is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    #[error("it is no signed token")]
    Malformed,
    #[error("it is signed in a way that is not accepted")]
    Algorithm,
    #[error("no published key fits it")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
}

/// What the token says, once one of the keys has proved it.
pub(crate) fn claims(token: &str, keys: &Keys) -> Result<Claims, Unproven> {
    if token.len() > BYTES_MAX {
        return Err(Unproven::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Unproven::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Unproven::Malformed)?;
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Unproven::Malformed)?;
    if header.crit.is_some() || !ALGORITHMS.contains(&header.alg.as_str()) {
        return Err(Unproven::Algorithm);
    }
    let signature = decode(signature)?;
    let mut fitting = keys.keys.iter().filter(|key| key.fits(&header)).peekable();
    fitting.peek().ok_or(Unproven::UnknownKey)?;
    if !fitting.any(|key| key.proves(&header.alg, signed.as_bytes(), &signature)) {
        return Err(Unproven::Signature);
    }
    serde_json::from_slice(&decode(claims)?).map_err(|_| Unproven::Malformed)
}

const ALGORITHMS: [&str; 7] = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"];

impl Key {
    fn fits(&self, header: &Header) -> bool {
        let kind = match header.alg.as_str() {
            "ES256" => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            "ES384" => self.kty == "EC" && self.crv.as_deref() == Some("P-384"),
            "EdDSA" => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
            _ => self.kty == "RSA",
        };
        let named = header.kid.is_none() || header.kid == self.kid;
        let meant = self.alg.as_ref().is_none_or(|alg| *alg == header.alg);
        kind && named && meant && self.r#use.as_ref().is_none_or(|purpose| purpose == "sig")
    }

    fn proves(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        self.checked(algorithm, signed, signature).unwrap_or(false)
    }

    fn checked(&self, algorithm: &str, signed: &[u8], proof: &[u8]) -> Option<bool> {
        let part = |text: &Option<String>| decode(text.as_deref()?).ok();
        let point = || {
            let (x, y) = (part(&self.x)?, part(&self.y)?);
            Some([&[4][..], &x, &y].concat())
        };
        let rsa = |parameters: &'static signature::RsaParameters| {
            let (n, e) = (part(&self.n)?, part(&self.e)?);
            Some(RsaPublicKeyComponents { n: &n, e: &e }.verify(parameters, signed, proof).is_ok())
        };
        let other = |algorithm: &'static dyn signature::VerificationAlgorithm, key: Vec<u8>| {
            UnparsedPublicKey::new(algorithm, key).verify(signed, proof).is_ok()
        };
        match algorithm {
            "RS256" => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            "RS384" => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            "RS512" => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            "PS256" => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            "ES256" => Some(other(&signature::ECDSA_P256_SHA256_FIXED, point()?)),
            "ES384" => Some(other(&signature::ECDSA_P384_SHA384_FIXED, point()?)),
            "EdDSA" => Some(other(&signature::ED25519, part(&self.x)?)),
            _ => None,
        }
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Unproven> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Unproven::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of RFC 7515, appendix A.3 (ES256).
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn keys(change: serde_json::Value) -> Keys {
        let mut key = json!({
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        for (name, value) in change.as_object().unwrap() {
            key[name] = value.clone();
        }
        serde_json::from_value(json!({ "keys": [{ "kty": "oct", "k": "x" }, key] })).unwrap()
    }

    #[test]
    fn the_standards_own_example_is_proved_and_nothing_like_it() {
        // It names nobody, so it is no ID token: the signature is right, the claims are not.
        assert_eq!(claims(SIGNED, &keys(json!({}))).unwrap_err(), Unproven::Malformed);
        let forged = SIGNED.replace(".DtEh", ".EtEh");
        assert_eq!(claims(&forged, &keys(json!({}))).unwrap_err(), Unproven::Signature);
        for other in
            [json!({ "kty": "RSA" }), json!({ "use": "enc" }), json!({ "alg": "ES384" }), json!({ "crv": "P-384" })]
        {
            assert_eq!(claims(SIGNED, &keys(other)).unwrap_err(), Unproven::UnknownKey);
        }
        let header = |text: &str| {
            let (_, rest) = SIGNED.split_once('.').unwrap();
            claims(&format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(text)), &keys(json!({}))).unwrap_err()
        };
        for wrong in ["none", "None", "HS256", "ES512", ""] {
            assert_eq!(header(&format!("{{\"alg\":\"{wrong}\"}}")), Unproven::Algorithm, "{wrong}");
        }
        assert_eq!(header(r#"{"alg":"ES256","crit":["x"]}"#), Unproven::Algorithm);
        assert_eq!(header(r#"{"alg":"ES256","kid":"another"}"#), Unproven::UnknownKey);
        for wrong in ["", ".", "..", "a.b", "!.!.!", &"x".repeat(70_000)] {
            assert_eq!(claims(wrong, &keys(json!({}))).unwrap_err(), Unproven::Malformed);
        }
    }
}
