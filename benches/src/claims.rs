//! One hot stock: a claim is a guard on what is left, once a person, a transfer and two balances, durable before its answer. The ledger
//! on both engines, beside the same claim as one statement and one commit of PostgreSQL.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use db::Records;
use kernel::WorkspaceId;
use ledger::{Chain, Kind, Ledger, Outcome, Owner, Transfer, Unit, reconcile::reconcile};
use sqlx::{Connection, PgConnection};
use testkit::{Postgres, StartError};

use crate::{
    append::DURABLE,
    report::{Report, median, verdict, whole},
};

/// Customers whose claims are on their way at once.
const CLIENTS: u64 = 2_000;
/// Connections of the peer: more of them only wait for the one hot row.
const CONNECTIONS: u64 = 32;
/// Every so many claims one is sent again, as if its answer had been lost.
const AGAIN: u64 = 20;
const BRAND: WorkspaceId = WorkspaceId(1);

/// The same schema and claim as anybody would write them by hand.
const PEER_TABLES: [&str; 4] = [
    "create table account (id text primary key, came bigint not null, went bigint not null, check (came >= went))",
    "create table claim (stock text, person bigint, primary key (stock, person))",
    "create table transfer (id bigserial primary key, from_id text not null, to_id text not null, amount bigint not null)",
    "insert into account values ('stock', 1000000000, 0)",
];
const PEER_CLAIM: &str = "with fresh as (
        insert into claim values ('stock', $1) on conflict do nothing returning person
    ), taken as (
        update account set went = went + 1
        where id = 'stock' and came - went >= 1 and exists (select from fresh) returning id
    ), moved as (
        insert into transfer (from_id, to_id, amount) select id, $2, 1 from taken returning to_id
    )
    insert into account select to_id, 1, 0 from moved
    on conflict (id) do update set came = account.came + 1";

/// Claims a second in one round.
#[derive(Default)]
struct Rates {
    sqlite: f64,
    postgres: Option<f64>,
    peer: Option<f64>,
}

/// Measures and reports.
pub async fn run(within: &Path, run: Duration, rounds: usize, report: &mut Report) -> anyhow::Result<()> {
    let mut seen = Vec::new();
    for number in 0..rounds {
        eprintln!("claims of one hot stock, round {}", number + 1);
        seen.push(round(within, run).await?);
    }
    let of = |pick: fn(&Rates) -> Option<f64>| median(seen.iter().filter_map(pick));
    let peer = of(|rates| rates.peer);
    let beside = if peer > 0.0 {
        format!("PostgreSQL, one statement and one commit a claim, {CONNECTIONS} connections: {}", whole(peer))
    } else {
        "PostgreSQL is not installed".to_owned()
    };
    for (engine, rate) in [("SQLite", of(|rates| Some(rates.sqlite))), ("PostgreSQL", of(|rates| rates.postgres))] {
        report.row(
            format!("ledger, claims of one hot stock, durable, {} clients: on {engine}", whole(CLIENTS as f64)),
            format!("{} claims/s", whole(rate)),
            beside.clone(),
            verdict("≥ 10,000 claims/s", rate >= 10_000.0),
        );
    }
    Ok(())
}

async fn round(within: &Path, run: Duration) -> anyhow::Result<Rates> {
    let folder = tempfile::tempdir_in(within)?;
    let sqlite = format!("sqlite:{}", folder.path().join("claims.sqlite").display());
    let sqlite = ours(&sqlite, run).await?;
    let server = match Postgres::start_with(&folder.path().join("postgres"), &DURABLE) {
        Err(StartError::NotInstalled) => return Ok(Rates { sqlite, ..Rates::default() }),
        server => server?,
    };
    let postgres = ours(&server.url(), run).await?;
    let peer = peer(&server.url(), run).await?;
    server.stop()?;
    Ok(Rates { sqlite, postgres: Some(postgres), peer: Some(peer) })
}

fn claim(person: u64) -> Chain {
    // Real people do not come in the order of their ids, and an index that only grows at its end flatters every database.
    let name = scattered(person);
    let (stock, person) = (Owner::play("books"), Owner::of("subject", &format!("fan:{name:016x}")));
    let unit = Unit::Sku("book".to_owned());
    let given = Transfer::now(unit, (stock, Kind::Budget), (person, Kind::Own), 1, "play.reward", "play:books");
    Chain { id: format!("books:{name:016x}"), transfers: vec![given] }
}

const fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The ledger: claims until the time is over; those that were given, a second.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn ours(url: &str, run: Duration) -> anyhow::Result<f64> {
    let records = Records::open(url, ledger::MIGRATIONS).await?;
    let ledger = Ledger::new(&records);
    let unit = Unit::Sku("book".to_owned());
    let (world, stock) = ((Owner::of("world", "printer"), Kind::External), (Owner::play("books"), Kind::Budget));
    let fill = Transfer::now(unit, world, stock, 1_000_000_000, "stock.filled", "play:books");
    let filled = ledger.submit(BRAND, Chain { id: "fill".to_owned(), transfers: vec![fill] }).await?;
    ensure!(filled.is_done(), "the stock cannot be filled");
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (ledger, next) = (ledger.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut given = 0_u64;
                while begun.elapsed() < run {
                    let person = next.fetch_add(1, Ordering::Relaxed);
                    ensure!(ledger.submit(BRAND, claim(person)).await? == Outcome::Done, "a claim is refused");
                    given += 1;
                    if person.is_multiple_of(AGAIN) {
                        let again = ledger.submit(BRAND, claim(person)).await?;
                        ensure!(again == Outcome::Again, "a claim is given twice");
                    }
                }
                Ok(given)
            })
        })
        .collect();
    let mut given = 0;
    for client in clients {
        given += client.await??;
    }
    let secs = begun.elapsed().as_secs_f64();
    ensure!(reconcile(records.reads(), BRAND).await?.is_empty(), "the books are wrong after the measurement");
    records.close().await;
    Ok(given as f64 / secs)
}

/// The same by hand.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn peer(url: &str, run: Duration) -> anyhow::Result<f64> {
    let mut connection = PgConnection::connect(url).await?;
    for table in PEER_TABLES {
        sqlx::query(table).execute(&mut connection).await?;
    }
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = PgConnection::connect(url).await?;
        let next = Arc::clone(&next);
        clients.push(tokio::spawn(async move {
            let mut given = 0_u64;
            while begun.elapsed() < run {
                let person = next.fetch_add(1, Ordering::Relaxed);
                for _ in 0..1 + u64::from(person.is_multiple_of(AGAIN)) {
                    let name = scattered(person);
                    sqlx::query(PEER_CLAIM)
                        .bind(name.cast_signed())
                        .bind(format!("fan:{name:016x}"))
                        .execute(&mut connection)
                        .await?;
                }
                given += 1;
            }
            connection.close().await?;
            anyhow::Ok(given)
        }));
    }
    let mut given = 0;
    for client in clients {
        given += client.await??;
    }
    let secs = begun.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(given as f64 / secs)
}
