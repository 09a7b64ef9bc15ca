//! PostgreSQL as a log: each batch one insert of many rows, durable before it is answered.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use testkit::{Postgres, StartError};

use super::{Shape, record};

/// As a database is run whose answers are to be believed.
pub const DURABLE: [(&str, &str); 3] = [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")];
/// Connections at most: more only wait for one another.
const CONNECTIONS_MAX: usize = 64;

/// Inserts until the time is over; how many rows a second became durable. `None` where PostgreSQL is not installed.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
pub async fn rate(within: &Path, shape: Shape, run: Duration) -> anyhow::Result<Option<f64>> {
    let folder = tempfile::tempdir_in(within)?;
    let server = match Postgres::start_with(folder.path(), &DURABLE) {
        Err(StartError::NotInstalled) => return Ok(None),
        server => server?,
    };
    let mut connection = PgConnection::connect(&server.url()).await?;
    sqlx::query("create table fact (fact_offset bigserial primary key, payload bytea not null)")
        .execute(&mut connection)
        .await?;
    let begun = Instant::now();
    let mut clients = Vec::new();
    for client in 0..shape.in_flight.min(CONNECTIONS_MAX) {
        let mut connection = PgConnection::connect(&server.url()).await?;
        let payloads: Vec<Vec<u8>> = (0..shape.records).map(|at| record(client * shape.records + at)).collect();
        clients.push(tokio::spawn(async move {
            let mut inserted = 0;
            while begun.elapsed() < run {
                sqlx::query("insert into fact (payload) select unnest($1::bytea[])")
                    .bind(&payloads)
                    .execute(&mut connection)
                    .await?;
                inserted += payloads.len();
            }
            connection.close().await?;
            anyhow::Ok(inserted)
        }));
    }
    let mut inserted = 0;
    for client in clients {
        inserted += client.await??;
    }
    let secs = begun.elapsed().as_secs_f64();
    connection.close().await?;
    server.stop()?;
    Ok(Some(inserted as f64 / secs))
}
