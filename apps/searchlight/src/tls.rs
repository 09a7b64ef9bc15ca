//! Certificates from files: read, checked, and taken anew when they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum_server::tls_rustls::RustlsConfig;
use kernel::Timestamp;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
};
use tokio::sync::Notify;

use crate::config;

/// Why certificate and key cannot be used, in words that say what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{key} {path} cannot be read: {reason}; check its name, and that this user may read it")]
    Unreadable {
        /// Which setting.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is nothing of the kind in the file.
    #[error("{key} {path} holds no {what}; it must be PEM, with a block that says BEGIN {block}")]
    Empty {
        /// Which setting.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// The name of the block.
        block: &'static str,
    },
    /// They are not one pair, or of a kind we cannot use.
    #[error(
        "tls.certificate {certificate} and tls.key {key} cannot be used together: {reason}; take both from one issue"
    )]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        reason: String,
    },
}

/// The two files.
#[derive(Clone, Debug)]
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// When a certificate begins and ends to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub until: Timestamp,
}

impl Files {
    /// The files the settings name, if they do.
    #[must_use]
    pub fn of(settings: &config::Tls) -> Option<Self> {
        Some(Self { certificate: settings.certificate.clone()?, key: settings.key.clone()? })
    }

    /// Reads both and checks that they are a pair.
    ///
    /// # Errors
    /// [`TlsError`] says which file is wrong, and how.
    pub fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let chain = self.chain()?;
        let pem = read("tls.key", &self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::Empty {
            key: "tls.key",
            path: self.key.clone(),
            what: "private key",
            block: "PRIVATE KEY",
        })?;
        let unfit = |error: rustls::Error| TlsError::Unfit {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            reason: error.to_string(),
        };
        let mut made = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unfit)?;
        made.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(made))
    }

    /// How long the server's own certificate holds, if it says so in a way we can read.
    ///
    /// # Errors
    /// As [`Files::load`].
    pub fn validity(&self) -> Result<Option<Validity>, TlsError> {
        let chain = self.chain()?;
        let own = chain.first().and_then(|own| x509_parser::parse_x509_certificate(own).ok());
        Ok(own.map(|(_, own)| {
            let moment = |secs: i64| Timestamp(secs.saturating_mul(1_000_000));
            let validity = own.validity();
            Validity { from: moment(validity.not_before.timestamp()), until: moment(validity.not_after.timestamp()) }
        }))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let pem = read("tls.certificate", &self.certificate)?;
        let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&pem).collect();
        chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| TlsError::Empty {
            key: "tls.certificate",
            path: self.certificate.clone(),
            what: "certificate",
            block: "CERTIFICATE",
        })
    }

    /// What both files hold at the moment, to notice a change.
    fn digest(&self) -> Option<blake3::Hash> {
        let mut digest = blake3::Hasher::new();
        for path in [&self.certificate, &self.key] {
            digest.update(&std::fs::read(path).ok()?);
        }
        Some(digest.finalize())
    }
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    let told = |error: std::io::Error| TlsError::Unreadable { key, path: path.to_owned(), reason: error.to_string() };
    std::fs::read(path).map_err(told)
}

/// Certificate and key in use, kept up with their files.
pub struct Tls {
    files: Files,
    /// What the acceptor asks for each connection.
    pub config: RustlsConfig,
}

impl Tls {
    /// Takes the files.
    ///
    /// # Errors
    /// As [`Files::load`].
    pub fn open(files: Files) -> Result<Self, TlsError> {
        let config = RustlsConfig::from_config(files.load()?);
        Ok(Self { files, config })
    }

    /// Takes the files again whenever they have changed, looking every so often, and whenever it is asked to. Files that
    /// cannot be used leave what was in use.
    pub async fn keep(self, every: Duration, asked: Arc<Notify>) {
        let mut known = self.files.digest();
        loop {
            tokio::select! {
                () = tokio::time::sleep(every.max(Duration::from_secs(1))) => {}
                () = asked.notified() => {}
            }
            let files = self.files.clone();
            let looked = tokio::task::spawn_blocking(move || (files.digest(), files)).await;
            let Ok((now, files)) = looked else { continue };
            if now == known {
                continue;
            }
            known = now;
            match files.load() {
                Ok(fresh) => {
                    self.config.reload_from_config(fresh);
                    tracing::info!("the TLS certificate was taken anew");
                }
                Err(error) => tracing::error!(%error, "the changed TLS files cannot be used; the former stay in use"),
            }
        }
    }
}
