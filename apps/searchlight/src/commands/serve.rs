//! `searchlight serve`.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::Notify,
};

use crate::{
    bounds::Bounds,
    config::{Choice, Config},
    house::{House, Settings},
    logging::{self, Levels},
    ports::FirstBrand,
    serving::Serving,
    tls::{Files, Tls},
    traces::Traces,
};

/// Serve a data folder.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    choice: Choice,
    /// Address and port to listen on; port 0 takes a free one. Short for --set server.listen=…
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Bounds so small that all parts of the storage are at work all the time: for tests of crashes.
    #[arg(long, hide = true)]
    small_bounds: bool,
}

impl Serve {
    /// Prints one JSON line with `url` as soon as requests are taken, and with `setup_token` while there is no brand.
    pub async fn run(self) -> anyhow::Result<()> {
        let choice = self.choice.listening(self.listen);
        let config = choice.load()?;
        let traces = Traces::of(&config.traces)?;
        let levels = logging::start(config.logging.level, config.logging.format, traces.as_ref());
        // What can be wrong is found out before anything is opened.
        let tls = Files::of(&config.tls).map(Tls::open).transpose()?;
        let listener = listen(config.server.listen).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr()?);
        let measured = match config.metrics.listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let mut settings = Settings::of(&config)?;
        if self.small_bounds {
            settings.bounds = Bounds::small();
        }
        let house = Arc::new(House::open(settings).await?);
        if let Some(measured) = measured {
            let router = house.health().measurements();
            tokio::spawn(async move { axum::serve(measured, router).await });
        }
        let serving = Serving {
            listener,
            tls: tls.as_ref().map(|tls| tls.config.clone()),
            linger: config.server.linger.0,
            drain: config.server.drain.0,
        };
        let certificates = Arc::new(Notify::new());
        if let Some(tls) = tls {
            tokio::spawn(tls.keep(config.tls.watch.0, Arc::clone(&certificates)));
        }
        tokio::spawn(reload_when_asked(choice, levels, certificates)?);
        let stops = Stops::listen()?;
        greet(&house, &config, &url).await?;
        let served = house.serve(serving, stops.stop_and_then_leave()).await;
        if let Some(traces) = traces {
            traces.close().await;
        }
        served
    }
}

/// Says where it is, and how a brand is founded while there is none.
async fn greet(house: &Arc<House>, config: &Config, url: &str) -> anyhow::Result<()> {
    match house.access.await_setup(Arc::new(FirstBrand(Arc::downgrade(house)))).await? {
        None => say(&json!({"url": url}))?,
        Some(token) => {
            eprintln!(
                "{} holds no brand yet. Open {url}/setup and found it with this token, once:\n\n    {}\n",
                config.data.folder.display(),
                token.0
            );
            say(&json!({"url": url, "setup_token": token.0}))?;
        }
    }
    Ok(())
}

/// At every SIGHUP: the level of logging as the configuration now says, and the certificate's files.
fn reload_when_asked(
    choice: Choice,
    levels: Levels,
    certificates: Arc<Notify>,
) -> io::Result<impl Future<Output = ()>> {
    let mut asked = signal(SignalKind::hangup())?;
    Ok(async move {
        while asked.recv().await.is_some() {
            match choice.load() {
                Ok(config) => {
                    levels.set(config.logging.level);
                    tracing::info!(level = ?config.logging.level, "the level of logging was read again");
                }
                Err(error) => tracing::error!(%error, "the changed configuration cannot be used; nothing was changed"),
            }
            certificates.notify_one();
        }
    })
}

/// Takes the address, or says what is in the way.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}")).map_err(|error| {
        let what = match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::AddrInUse) => "another program listens there; stop it, or choose another --listen",
            Some(io::ErrorKind::PermissionDenied) => {
                "ports below 1024 need a right of their own; choose another --listen"
            }
            Some(io::ErrorKind::AddrNotAvailable) => "this machine has no such address; choose another --listen",
            _ => return error,
        };
        anyhow::anyhow!("cannot listen on {address}: {what}")
    })
}

pub(super) fn url_of(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// One line for the program that started us.
pub(super) fn say(line: &serde_json::Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Ctrl-C, or the signal a service manager sends. None is missed from the moment it is made.
pub(super) struct Stops {
    interrupt: Signal,
    terminate: Signal,
}

impl Stops {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Ends when the next one arrives.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Ends when asked to stop; asked a second time, the process is left at once. What was acknowledged is on disk by then.
    async fn stop_and_then_leave(mut self) {
        self.next().await;
        tracing::info!("asked to stop; requests under way may end");
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("asked to stop a second time; leaving at once");
            std::process::exit(1);
        });
    }
}
