//! Taking requests, in the clear or by TLS, until asked to stop; then until those under way have ended.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{Uri, header, uri::Scheme},
    middleware::{Next, from_fn},
    response::Response,
};
use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio::net::TcpListener;

/// How long a client may take to say what it wants: one that says nothing holds no connection for ever.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);

/// Whether the server was asked to stop: `/readyz` says no from then on.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Whether it was.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where and how requests are taken.
pub struct Serving {
    /// Where.
    pub listener: TcpListener,
    /// By TLS, or in the clear.
    pub tls: Option<RustlsConfig>,
    /// How long to go on after being asked to stop, so that a load balancer notices.
    pub linger: Duration,
    /// How long requests under way may then take.
    pub drain: Duration,
}

impl Serving {
    /// In the clear, and ending at once.
    #[must_use]
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None, linger: Duration::ZERO, drain: Duration::from_secs(5) }
    }

    /// Serves until `stop` ends and requests under way have, or their time is up.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub async fn serve(self, router: Router, draining: Draining, stop: impl Future<Output = ()>) -> io::Result<()> {
        let Self { listener, tls, linger, drain } = self;
        let handle = Handle::new();
        let mut server: Server<SocketAddr> = Server::from_listener(listener).handle(handle.clone());
        server = server.first_request_timeout(HEADERS_WITHIN);
        server.http_builder().http1().header_read_timeout(HEADERS_WITHIN);
        let serving = async {
            match tls {
                Some(tls) => {
                    let router = Router::new().fallback_service(router).layer(from_fn(by_https));
                    let service = router.into_make_service_with_connect_info::<SocketAddr>();
                    server.acceptor(RustlsAcceptor::new(tls)).serve(service).await
                }
                None => server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await,
            }
        };
        let stopping = async {
            stop.await;
            draining.set();
            tokio::time::sleep(linger).await;
            handle.graceful_shutdown(Some(drain));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serving => served,
            () = stopping => Ok(()),
        }
    }
}

/// Writes into the request's address that it came by https, which HTTP/1.1 does not say by itself.
async fn by_https(mut request: Request, next: Next) -> Response {
    let authority = request.uri().authority().cloned().or_else(|| {
        let host = request.headers().get(header::HOST)?;
        host.to_str().ok()?.parse().ok()
    });
    if let Some(authority) = authority {
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(authority);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}
