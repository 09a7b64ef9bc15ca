//! `searchlight serve`.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    house::{House, Settings},
    ports::FirstBrand,
};

/// Serve a data folder.
#[derive(Args)]
pub struct Serve {
    /// Where everything is kept.
    #[arg(long, env = "SEARCHLIGHT_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "SEARCHLIGHT_LISTEN", default_value = "127.0.0.1:7700")]
    listen: SocketAddr,
    /// Records in PostgreSQL instead of in the data folder: postgres://user@host/database.
    #[arg(long, env = "SEARCHLIGHT_RECORDS", value_name = "URL", hide_env_values = true)]
    records: Option<String>,
}

impl Serve {
    /// Prints one JSON line with `url` as soon as requests are taken, and with `setup_token` while there is no brand.
    pub async fn run(self) -> anyhow::Result<()> {
        log_to_stderr("info");
        let listener = listen(self.listen).await?;
        let house = House::open(Settings::of_this_process(&self.data_dir, self.records)?).await?;
        let house = Arc::new(house);
        let url = url_of(&listener)?;
        match house.access.await_setup(Arc::new(FirstBrand(Arc::downgrade(&house)))).await? {
            None => say(&json!({"url": url}))?,
            Some(token) => {
                eprintln!(
                    "{} holds no brand yet. Open {url}/setup and found it with this token, once:\n\n    {}\n",
                    self.data_dir.display(),
                    token.0
                );
                say(&json!({"url": url, "setup_token": token.0}))?;
            }
        }
        house.serve(listener, asked_to_stop()).await
    }
}

/// Takes the address, or says who has it.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let taken = || format!("cannot listen on {address}; is another server there? Choose another --listen");
    TcpListener::bind(address).await.with_context(taken)
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

/// Ctrl-C, or the signal a service manager sends.
pub(super) async fn asked_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Events of our own at the level asked for, others' warnings. `RUST_LOG` overrides.
pub(super) fn log_to_stderr(level: &str) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{level},sqlx=warn")));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
}
