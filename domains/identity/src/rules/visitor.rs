//! What follows from a visitor's token: the id of their browser, and what is stored of a session.

use facts::{NamedId, namespaces};
use kernel::WorkspaceId;

/// Characters of chance in a token: 160 bits.
pub(crate) const TOKEN_LENGTH: usize = 32;
/// Longest address to come back to, in bytes.
const RETURN_BYTES_MAX: usize = 512;

/// The hash of a secret: what is stored of it.
pub(crate) type Hash = [u8; 32];

pub(crate) fn hash(secret: &str) -> Hash {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

/// Whether a token could be one of ours: nobody chooses a short one for somebody else.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The id of the browser that holds a token. It tells nothing about the token, differs from brand to brand, and needs no row: a visitor
/// who only looks costs nothing, however many they are.
pub(crate) fn browser(workspace: WorkspaceId, token: &str) -> NamedId {
    let mut hasher = blake3::Hasher::new_derive_key("searchlight fan id 1");
    hasher.update(&workspace.0.to_le_bytes()).update(token.as_bytes());
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    NamedId::new(namespaces::FAN, id.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Whether a customer may be sent there after signing in: to a page of this brand, and nowhere else.
pub(crate) fn is_own_page(workspace: WorkspaceId, path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let steps = path.split(['?', '#']).next().unwrap_or_default();
    let climbs =
        steps.split('/').any(|step| matches!(step.to_ascii_lowercase().as_str(), "." | ".." | "%2e" | "%2e%2e"));
    path.len() <= RETURN_BYTES_MAX && plain && !climbs && path.starts_with(&format!("/f/{workspace}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_has_one_id_a_brand() {
        let token = "abcdefghjkmnpqrstuvwxyz23456789A";
        assert!(is_token(token) && !is_token("short") && !is_token(&"é".repeat(16)));
        let id = browser(WorkspaceId(1), token);
        assert_eq!((id.namespace.as_str(), id.value.len()), ("searchlight:fan", 32));
        assert_eq!(id, browser(WorkspaceId(1), token));
        assert_ne!(id, browser(WorkspaceId(2), token));
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        let ours = |path: &str| is_own_page(WorkspaceId(1), path);
        assert!(ours("/f/1/play/books") && ours("/f/1/play/books/i7?s=abc#top"));
        for away in [
            "//evil.example",
            "https://evil.example/f/1/",
            "/f/2/play/books",
            "/f/1",
            "/f/1/../../signin",
            "/f/1/%2E%2e/x",
            "/f/1/\\evil",
            "/f/1/a\r\nb",
            "",
            "/network",
        ] {
            assert!(!ours(away), "{away}");
        }
        assert!(!ours(&format!("/f/1/{}", "a".repeat(600))));
    }
}
