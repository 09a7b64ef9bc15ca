//! How many small commands a second the grouped writer stores, beside how many it would store one by one:
//!
//! ```text
//! cargo run -p db --example grouped_commands -- sqlite:measure.sqlite
//! cargo run -p testkit --bin with-postgres -- --set fsync=on --set synchronous_commit=on \
//!     cargo run -p db --example grouped_commands
//! ```

use std::time::Instant;

use async_trait::async_trait;
use db::{DbError, Decider, Group, Migration, Records, Row, Sql, Tx, Value, outbox, values};
use kernel::WorkspaceId;

const MIGRATIONS: &[Migration] = &[Migration {
    name: "measure_0001_claims",
    sql: "create table stock (id {bigint} not null primary key, remaining {bigint} not null);
create table claim (
    stock {bigint} not null,
    person {bigint} not null,
    key {text} not null unique,
    claimed_at {bigint} not null,
    primary key (stock, person)
)",
}];

const STOCKS: i64 = 100;

/// What each claim tells the other slices.
const FACT_BYTES: usize = 150;

/// Spreads neighbouring numbers over the whole range: real people do not come in the order of their ids, and an index that
/// only grows at its end flatters every database.
const fn scattered(number: i64) -> i64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()) >> 1 & (i64::MAX >> 8)
}

/// One of a hundred stocks is claimed by a person, once each, as long as there is something left.
#[derive(Clone, Copy, Debug)]
struct Claim {
    stock: i64,
    person: i64,
}

struct Claims;

#[async_trait]
impl Decider for Claims {
    type Command = Claim;
    type Outcome = bool;

    fn name(&self) -> &'static str {
        "claims"
    }

    async fn decide(&self, tx: &Tx, claims: &[Claim]) -> Result<Vec<bool>, DbError> {
        let mut stocks: Vec<i64> = claims.iter().map(|claim| claim.stock).collect();
        stocks.sort_unstable();
        stocks.dedup();
        let list = stocks.iter().copied().map(Value::from).collect();
        let mut remaining = std::collections::BTreeMap::new();
        for row in tx.all_in("select id, remaining from stock where id in ({list})", [], 1, list).await? {
            remaining.insert(row.get::<i64>("id")?, row.get::<i64>("remaining")?);
        }
        let pairs = claims.iter().flat_map(|claim| values![claim.stock, claim.person]).collect();
        let taken = "select stock, person from claim where (stock, person) in (values {rows})";
        let mut taken = tx
            .all_in(taken, [], 2, pairs)
            .await?
            .iter()
            .map(|row| Ok((row.get("stock")?, row.get("person")?)))
            .collect::<Result<std::collections::BTreeSet<(i64, i64)>, DbError>>()?;

        let mut rows = Vec::new();
        let mut facts = Vec::new();
        let mut outcomes = Vec::with_capacity(claims.len());
        for claim in claims {
            let left = remaining.entry(claim.stock).or_default();
            let given = *left > 0 && taken.insert((claim.stock, claim.person));
            if given {
                *left -= 1;
                let key = format!("{}-{}", claim.stock, claim.person);
                rows.extend(values![claim.stock, claim.person, key, tx.at().0]);
                facts.push(vec![7; FACT_BYTES]);
            }
            outcomes.push(given);
        }
        tx.insert_rows("insert into claim (stock, person, key, claimed_at)", 4, rows, "").await?;
        outbox::emit(tx, WorkspaceId(1), &facts).await?;
        let left = remaining.iter().flat_map(|(id, left)| values![*id, *left]).collect();
        let update = "with new (id, remaining) as (values {rows})
            update stock set remaining = new.remaining from new where stock.id = new.id";
        tx.run_in(update, [], 2, left).await?;
        Ok(outcomes)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = match std::env::args().nth(1) {
        Some(url) => url,
        None => std::env::var(db::testing::POSTGRES_VARIABLE)?,
    };
    let records = Records::open(&url, MIGRATIONS).await?;
    let stocks = (0..STOCKS).map(|id| format!("({id}, 1000000)")).collect::<Vec<_>>().join(", ");
    let fill = db::SqlText::new(format!("insert into stock (id, remaining) values {stocks}"), []);
    records.group(db::Statements).submit(fill).await?;
    let group = records.group(Claims);
    println!("{}", records.engine());
    let mut person = 0;
    for (clients, each) in [(1, 500), (16, 250), (256, 100), (2000, 50)] {
        measure(&group, clients, each, &mut person).await?;
    }
    records.close().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement of durations")]
async fn measure(
    group: &Group<Claims>,
    clients: i64,
    each: i64,
    person: &mut i64,
) -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let running: Vec<_> = (0..clients)
        .map(|client| {
            let (group, first) = (group.clone(), *person + client * each);
            tokio::spawn(async move {
                for person in first..first + each {
                    let person = scattered(person);
                    assert!(group.submit(Claim { stock: person % STOCKS, person }).await.expect("stored"));
                }
            })
        })
        .collect();
    for client in running {
        client.await?;
    }
    *person += clients * each;
    let took = begun.elapsed().as_secs_f64();
    let total = clients * each;
    println!("{clients:>5} clients: {total:>7} claims in {took:.2} s = {} per second", (total as f64 / took) as i64);
    Ok(())
}
