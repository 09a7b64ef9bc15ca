//! NATS JetStream that syncs every message before it acknowledges it, spoken to in its own text protocol: the peer is not
//! charged for a client library.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    process::Command,
};

use super::{Shape, record};

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Publishes until the time is over; how many messages a second were acknowledged.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
pub async fn rate(program: &Path, within: &Path, shape: Shape, run: Duration) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir_in(within)?;
    let port = testkit::free_port()?;
    let config = folder.path().join("nats.conf");
    let store = folder.path().join("store");
    let text = format!(
        "listen: 127.0.0.1:{port}\njetstream {{ store_dir: {:?}, sync_interval: always }}\n",
        store.display().to_string()
    );
    std::fs::write(&config, text)?;
    let server = Command::new(program).arg("-c").arg(&config).stderr(Stdio::null()).kill_on_drop(true).spawn();
    let _server = server.with_context(|| format!("{} cannot be started", program.display()))?;
    let mut client = Client::connect(port).await?;
    client.ask("$JS.API.STREAM.CREATE.BENCH", br#"{"name":"BENCH","subjects":["bench.>"],"storage":"file"}"#).await?;

    let window = shape.in_flight * shape.records;
    let payloads: Vec<Vec<u8>> = (0..window).map(record).collect();
    let (mut sent, mut acknowledged) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < run {
        while sent < acknowledged + window {
            client.publish("bench.facts", &payloads[sent % window]);
            sent += 1;
        }
        client.flush().await?;
        acknowledged += client.acknowledged().await?;
    }
    let secs = begun.elapsed().as_secs_f64();
    Ok(acknowledged as f64 / secs)
}

struct Client {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    out: Vec<u8>,
}

impl Client {
    #[expect(clippy::disallowed_methods, reason = "waits for a server that cannot say when it listens")]
    async fn connect(port: u16) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let stream = loop {
            match TcpStream::connect(("127.0.0.1", port)).await {
                Ok(stream) => break stream,
                Err(error) if begun.elapsed() > PATIENCE => return Err(error).context("NATS does not listen"),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let mut client = Self { reader: BufReader::with_capacity(256 << 10, reader), writer, out: Vec::new() };
        client.line().await?;
        client.out.extend_from_slice(b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB bench-answers 1\r\n");
        client.flush().await?;
        Ok(client)
    }

    /// A request and its answer.
    async fn ask(&mut self, subject: &str, body: &[u8]) -> anyhow::Result<()> {
        self.publish(subject, body);
        self.flush().await?;
        ensure!(self.acknowledged().await? == 1, "NATS answered something else");
        Ok(())
    }

    fn publish(&mut self, subject: &str, body: &[u8]) {
        self.out.extend_from_slice(format!("PUB {subject} bench-answers {}\r\n", body.len()).as_bytes());
        self.out.extend_from_slice(body);
        self.out.extend_from_slice(b"\r\n");
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        self.writer.write_all(&self.out).await?;
        self.out.clear();
        Ok(())
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.reader.read_line(&mut line).await? > 0, "NATS closed the connection");
        Ok(line)
    }

    /// Waits for an acknowledgement and takes all that came with it.
    async fn acknowledged(&mut self) -> anyhow::Result<usize> {
        let mut count = 0;
        while count == 0 || !self.reader.buffer().is_empty() {
            let line = self.line().await?;
            if line.starts_with("PING") {
                self.out.extend_from_slice(b"PONG\r\n");
                self.flush().await?;
            } else if line.starts_with("MSG") {
                let length: usize = line.trim_end().rsplit(' ').next().context("a length")?.parse()?;
                let mut body = vec![0; length + 2];
                self.reader.read_exact(&mut body).await?;
                let body = String::from_utf8_lossy(&body);
                ensure!(!body.contains("\"error\""), "NATS refuses: {body}");
                count += 1;
            } else if line.starts_with("-ERR") {
                bail!("NATS refuses: {line}");
            }
        }
        Ok(count)
    }
}
