//! Signing in by way of somebody else who knows one: providers that speak OpenID Connect, and who is who there.

use std::fmt;

use kernel::{StaffId, Timestamp, WorkspaceId};

use super::{Name, SecretHash};

/// Somebody else who knows our staff: a company's directory, a cloud's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: String,
    /// What the button says.
    pub(crate) name: Name,
    pub(crate) issuer: Issuer,
    /// What it calls us.
    pub(crate) client_id: String,
    pub(crate) client_secret: ClientSecret,
    /// Whether whoever it knows by a verified e-mail address of our staff, or of somebody invited, is that person.
    pub(crate) match_email: bool,
    pub(crate) created_at: Timestamp,
}

/// What we show a provider to prove who we are. It is stored to be shown there, and shown nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClientSecret(pub(crate) String);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// The address that names a provider: `https://…`, or `http://` of this very machine for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer(String);

impl Issuer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it describes itself.
    pub(crate) fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0.trim_end_matches('/'))
    }
}

impl TryFrom<String> for Issuer {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        match is_safe_address(&text) && !text.contains(['?', '#']) && text.len() <= 300 {
            true => Ok(Self(text)),
            false => Err("an issuer is an address that begins with https:// and has no ? and no #"),
        }
    }
}

/// Whether secrets may be sent there: over TLS, or without leaving this machine.
pub(crate) fn is_safe_address(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let clean = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    let clean = clean && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    clean && (url.scheme() == "https" || url.scheme() == "http" && here)
}

/// Who somebody is at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(crate) workspace: WorkspaceId,
    pub(crate) provider: String,
    /// Their name for the person: never changes there, and is never given to another.
    pub(crate) subject: String,
    pub(crate) staff: StaffId,
    /// What the person is recognised by: the e-mail address there, when it was linked.
    pub(crate) label: Option<String>,
    pub(crate) linked_at: Timestamp,
}

/// Somebody on their way to a provider and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// What comes back with them, hashed: it finds this row, once.
    pub(crate) state: SecretHash,
    /// What their browser keeps meanwhile, hashed: nobody else can finish what they began.
    pub(crate) binding: SecretHash,
    pub(crate) workspace: WorkspaceId,
    pub(crate) provider: String,
    /// Stands in the answer that was asked for, and in no other.
    pub(crate) nonce: String,
    /// Proves to the provider that whoever fetches the answer asked for it (PKCE).
    pub(crate) verifier: String,
    pub(crate) redirect_uri: String,
    /// A page of the console.
    pub(crate) return_to: String,
    /// Who links an identity to their account; nobody signs in then.
    pub(crate) staff: Option<StaffId>,
    pub(crate) expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_encrypted_or_not_at_all() {
        for fine in ["https://login.example.com/tenant/v2.0", "http://127.0.0.1:9000", "http://localhost:1/x"] {
            assert!(Issuer::try_from(fine.to_owned()).is_ok(), "{fine}");
        }
        for wrong in [
            "http://login.example.com",
            "login.example.com",
            "https://",
            "https://a@b",
            "ftp://x",
            "https://x?y",
            "https://x#y",
            "https://x y",
            "http://127.0.0.1.evil.example",
            "file:///etc/passwd",
            "/x",
        ] {
            assert!(Issuer::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        let secret = ClientSecret("hunter2hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "ClientSecret(…)");
    }
}
