//! Hashing and checking passwords: argon2id, off the async threads, a few at a time.

use std::sync::{Arc, OnceLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use kernel::Entropy;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{model::Password, ops::AccessError};

/// How hard a password hash is to try out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// 19 MiB, two passes, one lane: what OWASP asks for.
    Owasp,
    /// 1 MiB, one pass: for demonstrations and tests, never for real people.
    Modest,
}

impl Hashing {
    fn argon2(self) -> Argon2<'static> {
        let (memory_kib, passes) = match self {
            Self::Owasp => (19 * 1024, 2),
            Self::Modest => (1024, 1),
        };
        let params = Params::new(memory_kib, passes, 1, None).expect("these two are within argon2's bounds");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// Hashes at once; each holds its memory and a core.
const AT_ONCE: usize = 4;

/// Hashes new passwords and checks given ones.
#[derive(Debug)]
pub(crate) struct Passwords {
    hashing: Hashing,
    places: Arc<Semaphore>,
    nobodys: Arc<OnceLock<String>>,
}

impl Passwords {
    pub(crate) fn new(hashing: Hashing) -> Self {
        Self { hashing, places: Arc::new(Semaphore::new(AT_ONCE)), nobodys: Arc::default() }
    }

    /// The hash of a new password, with its parameters and salt in one text.
    pub(crate) async fn hash(&self, entropy: &dyn Entropy, password: Password) -> Result<String, AccessError> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let hashing = self.hashing;
        self.work(move || hash(hashing, &password.into_text(), &salt)).await
    }

    /// Whether the password is the stored one. Without a stored one the same work is done, so that the time taken does not
    /// tell which addresses exist.
    pub(crate) async fn check(&self, given: String, stored: Option<String>) -> Result<bool, AccessError> {
        let (hashing, nobodys) = (self.hashing, Arc::clone(&self.nobodys));
        self.work(move || {
            let somebody = stored.is_some();
            let stored = match stored {
                Some(stored) => stored,
                None => match nobodys.get() {
                    Some(hash) => hash.clone(),
                    None => {
                        let made = hash(hashing, "nobody's password", &[0; 16])?;
                        nobodys.get_or_init(|| made).clone()
                    }
                },
            };
            let stored = PasswordHash::new(&stored).map_err(|error| AccessError::Hashing(error.to_string()))?;
            // The parameters stand in the stored text.
            Ok(Argon2::default().verify_password(given.as_bytes(), &stored).is_ok() && somebody)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccessError> + Send + 'static,
    ) -> Result<T, AccessError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| AccessError::Hashing(error.to_string()))?;
        let worked = spawn_blocking(move || {
            let _place = place;
            work()
        });
        worked.await.map_err(|error| AccessError::Hashing(error.to_string()))?
    }
}

fn hash(hashing: Hashing, password: &str, salt: &[u8]) -> Result<String, AccessError> {
    let hash = hashing.argon2().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| AccessError::Hashing(error.to_string()))
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobodys_never_does() {
        let (passwords, entropy) = (Passwords::new(Hashing::Modest), SeededEntropy::new(1));
        let password = || Password::try_from("open sesame").unwrap();
        let stored = passwords.hash(&entropy, password()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{stored}");
        assert_ne!(stored, passwords.hash(&entropy, password()).await.unwrap(), "each has its own salt");
        assert!(passwords.check("open sesame".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.check("Open sesame".to_owned(), Some(stored)).await.unwrap());
        assert!(!passwords.check("nobody's password".to_owned(), None).await.unwrap());
        assert!(passwords.check("x".to_owned(), Some("broken".to_owned())).await.is_err());
    }

    #[test]
    fn the_default_is_what_owasp_asks_for() {
        assert!(hash(Hashing::Owasp, "x", &[1; 16]).unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
