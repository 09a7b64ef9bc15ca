//! What an ID token must say to be believed. The signature is checked elsewhere; here is no key and no clock.

use kernel::Timestamp;
use serde::Deserialize;

/// How far a provider's clock may be off.
pub(crate) const SKEW_SECS: i64 = 120;
/// Longest subject, in bytes (the standard's own bound).
const SUBJECT_BYTES_MAX: usize = 255;

/// What a token says, as far as it is of interest.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Audience,
    pub(crate) azp: Option<String>,
    pub(crate) exp: i64,
    pub(crate) iat: Option<i64>,
    pub(crate) nbf: Option<i64>,
    pub(crate) nonce: Option<String>,
    pub(crate) email: Option<String>,
    /// Some providers write it as a text.
    #[serde(default)]
    pub(crate) email_verified: Verified,
    pub(crate) name: Option<String>,
}

/// For whom a token is: one, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// `true`, or `"true"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Verified {
    Flag(bool),
    Text(String),
}

impl Default for Verified {
    fn default() -> Self {
        Self::Flag(false)
    }
}

/// Why a token is not believed. For the log: whoever signs in is told only that it did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Disbelief {
    #[error("it was issued by somebody else")]
    Issuer,
    #[error("it is not for us")]
    Audience,
    #[error("it is for several, and was given to another")]
    Party,
    #[error("it has expired")]
    Expired,
    #[error("it is from the future")]
    Future,
    #[error("it is not the answer to what was asked")]
    Nonce,
    #[error("it names nobody")]
    Nobody,
}

impl Claims {
    /// Whether the token is what was asked for, now.
    pub(crate) fn check(&self, issuer: &str, client: &str, nonce: &str, now: Timestamp) -> Result<(), Disbelief> {
        let said = |ok: bool, otherwise| if ok { Ok(()) } else { Err(otherwise) };
        said(self.iss == issuer, Disbelief::Issuer)?;
        match &self.aud {
            Audience::One(one) => said(one == client, Disbelief::Audience)?,
            Audience::Several(all) => {
                said(all.iter().any(|one| one == client), Disbelief::Audience)?;
                said(all.len() == 1 || self.azp.is_some(), Disbelief::Party)?;
            }
        }
        said(self.azp.as_deref().is_none_or(|azp| azp == client), Disbelief::Party)?;
        let secs = now.secs();
        said(self.exp.saturating_add(SKEW_SECS) > secs, Disbelief::Expired)?;
        let begun = |at: Option<i64>| at.is_none_or(|at| at <= secs + SKEW_SECS);
        said(begun(self.iat) && begun(self.nbf), Disbelief::Future)?;
        said(self.nonce.as_deref() == Some(nonce), Disbelief::Nonce)?;
        said((1..=SUBJECT_BYTES_MAX).contains(&self.sub.len()), Disbelief::Nobody)
    }

    /// The address the provider vouches for.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        let verified = match &self.email_verified {
            Verified::Flag(flag) => *flag,
            Verified::Text(text) => text == "true",
        };
        self.email.as_deref().filter(|_| verified)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(change: &Value) -> Result<(), Disbelief> {
        let mut said = json!({ "iss": "https://i", "sub": "u1", "aud": "us", "exp": 1000, "iat": 900, "nonce": "n" });
        for (name, value) in change.as_object().unwrap() {
            said[name] = value.clone();
        }
        let claims: Claims = serde_json::from_value(said).unwrap();
        claims.check("https://i", "us", "n", Timestamp::from_secs(950))
    }

    #[test]
    fn a_token_is_believed_when_everything_fits() {
        for fine in [
            json!({}),
            json!({ "aud": ["us"] }),
            json!({ "aud": ["us", "them"], "azp": "us" }),
            json!({ "exp": 831 }),
            json!({ "iat": 1070, "nbf": 1070 }),
        ] {
            assert_eq!(check(&fine), Ok(()), "{fine}");
        }
        for (wrong, why) in [
            (json!({ "iss": "https://i/" }), Disbelief::Issuer),
            (json!({ "aud": "them" }), Disbelief::Audience),
            (json!({ "aud": ["them"] }), Disbelief::Audience),
            (json!({ "aud": [] }), Disbelief::Audience),
            (json!({ "aud": ["us", "them"] }), Disbelief::Party),
            (json!({ "azp": "them" }), Disbelief::Party),
            (json!({ "exp": 830 }), Disbelief::Expired),
            (json!({ "iat": 1071 }), Disbelief::Future),
            (json!({ "nbf": 1071 }), Disbelief::Future),
            (json!({ "nonce": "another" }), Disbelief::Nonce),
            (json!({ "nonce": null }), Disbelief::Nonce),
            (json!({ "sub": "" }), Disbelief::Nobody),
            (json!({ "sub": "x".repeat(256) }), Disbelief::Nobody),
        ] {
            assert_eq!(check(&wrong), Err(why), "{wrong}");
        }
    }

    #[test]
    fn only_an_address_the_provider_vouches_for_counts() {
        let email = |verified: Value| {
            let said =
                json!({ "iss": "i", "sub": "u", "aud": "us", "exp": 1, "email": "a@x", "email_verified": verified });
            serde_json::from_value::<Claims>(said).unwrap().verified_email().map(str::to_owned)
        };
        assert_eq!((email(json!(true)), email(json!("true"))), (Some("a@x".into()), Some("a@x".into())));
        assert_eq!((email(json!(false)), email(json!("false")), email(json!("yes"))), (None, None, None));
    }
}
