//! The ledger on both engines.

use db::{Records, db_test};
use kernel::{Timestamp, WorkspaceId};
use ledger::{
    AccountKey, Chain, HoldId, Kind, Ledger, Op, Outcome, Owner, Refusal, Transfer, Unit, balances,
    reconcile::reconcile,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

const OURS: WorkspaceId = WorkspaceId(1);
const THEIRS: WorkspaceId = WorkspaceId(2);

fn bank() -> (Owner, Kind) {
    (Owner::of("world", "bank"), Kind::External)
}

fn stock() -> (Owner, Kind) {
    (Owner::play("books"), Kind::Budget)
}

fn fan(number: usize) -> (Owner, Kind) {
    (Owner::of("subject", &format!("fan:{number}")), Kind::Own)
}

fn chain(id: &str, transfers: Vec<Transfer>) -> Chain {
    Chain { id: id.to_owned(), transfers }
}

fn books(from: (Owner, Kind), to: (Owner, Kind), amount: i64) -> Transfer {
    Transfer::now(Unit::Sku("book".to_owned()), from, to, amount, "books", "play:books")
}

async fn has(records: &Records, workspace: WorkspaceId, side: (Owner, Kind)) -> i64 {
    let key = AccountKey::new(Unit::Sku("book".to_owned()), side.0, side.1);
    let found = balances(records.reads(), workspace, [&key]).await.expect("read");
    found.first().map_or(0, |(_, account)| account.free())
}

#[db_test(migrations = ledger::MIGRATIONS)]
async fn of_five_hundred_books_five_hundred_are_given_however_many_ask_at_once(records: Records) {
    let ledger = Ledger::new(&records);
    let filled = ledger.submit(OURS, chain("fill", vec![books(bank(), stock(), 500)])).await;
    assert_eq!(filled.expect("stored"), Outcome::Done);
    let asking: Vec<_> = (0..700)
        .map(|number| {
            let ledger = ledger.clone();
            let claim = chain(&format!("claim-{number}"), vec![books(stock(), fan(number), 1)]);
            // Everybody asks twice: the answer is lost the first time.
            tokio::spawn(async move {
                let first = ledger.submit(OURS, claim.clone()).await.expect("stored");
                (first.is_done(), ledger.submit(OURS, claim).await.expect("stored").is_done())
            })
        })
        .collect();
    let mut given = 0;
    for asked in asking {
        let (first, second) = asked.await.expect("asked");
        assert_eq!(first, second, "the first answer is the answer");
        given += usize::from(first);
    }
    assert_eq!((given, has(&records, OURS, stock()).await), (500, 0));
    assert_eq!(has(&records, THEIRS, stock()).await, 0);
    let refused = ledger.submit(THEIRS, chain("fill", vec![books(stock(), fan(1), 1)])).await;
    assert_eq!(refused.expect("stored"), Outcome::Refused(Refusal::TooLittle), "another brand's books are not theirs");
    assert_eq!(reconcile(records.reads(), OURS).await.expect("read"), []);
}

#[db_test(migrations = ledger::MIGRATIONS)]
async fn a_seat_that_is_not_paid_for_is_free_again_and_points_end_as_transfers(records: Records) {
    let ledger = Ledger::new(&records);
    let submit = async |chain: Chain| ledger.submit(OURS, chain).await.expect("stored");
    submit(chain("fill", vec![books(bank(), stock(), 1)])).await;
    let until = Timestamp(i64::MAX - 1);
    let hold = |until| books(stock(), fan(1), 1).by(Op::Hold { until });
    assert_eq!(submit(chain("seat", vec![hold(Some(until))])).await, Outcome::Done);
    assert_eq!(submit(chain("other", vec![books(stock(), fan(2), 1)])).await, Outcome::Refused(Refusal::TooLittle));
    // The hold is over: it is dropped once, whoever sweeps how often.
    assert_eq!(ledger.sweep(until).await.expect("swept"), 1);
    assert_eq!(ledger.sweep(until).await.expect("swept"), 0);
    assert_eq!(has(&records, OURS, stock()).await, 1);
    let late = books(stock(), fan(1), 1).by(Op::Take { hold: HoldId::of("seat", 0) });
    assert_eq!(submit(chain("late", vec![late])).await, Outcome::Refused(Refusal::NoHold));
    // What ends is moved out, as far as it was not used.
    let ends = Timestamp(i64::MAX - 2);
    submit(chain("given", vec![books(bank(), fan(3), 5).ending(ends), books(fan(3), fan(4), 2)])).await;
    assert_eq!(ledger.sweep(ends).await.expect("swept"), 1);
    assert_eq!((has(&records, OURS, fan(3)).await, has(&records, OURS, fan(4)).await), (0, 2));
    assert_eq!(has(&records, OURS, (Owner::brand(), Kind::Lapsed)).await, 3);
    assert_eq!(reconcile(records.reads(), OURS).await.expect("read"), []);
}

/// Chains at random, each sent by two at once, some again later: on disk there is what the answers say.
async fn history(records: &Records, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let ledger = Ledger::new(records);
    let workspace = WorkspaceId(100 + u32::try_from(seed).expect("small"));
    let mut expected = [0_i64; 4];
    for number in 0..12 {
        let (from, to, amount) = (rng.random_range(0..4), rng.random_range(0..4), rng.random_range(1..20));
        let side = |index: usize| if index == 0 { bank() } else { fan(index) };
        let sent = chain(&format!("h{number}"), vec![books(side(from), side(to), amount)]);
        let (one, two) = tokio::join!(ledger.submit(workspace, sent.clone()), ledger.submit(workspace, sent));
        let (one, two) = (one.expect("stored"), two.expect("stored"));
        assert_eq!(one.is_done(), two.is_done());
        assert_eq!(one.is_done(), from != to && (from == 0 || expected[from] >= amount), "seed {seed}, {number}");
        if one.is_done() {
            expected[from] -= amount;
            expected[to] += amount;
        }
    }
    for (index, expected) in expected.into_iter().enumerate().skip(1) {
        assert_eq!(has(records, workspace, fan(index)).await, expected, "seed {seed}");
    }
    assert_eq!(reconcile(records.reads(), workspace).await.expect("read"), []);
}

#[db_test(migrations = ledger::MIGRATIONS)]
async fn two_hundred_histories_end_as_their_answers_say(records: Records) {
    for seed in 0..200 {
        history(&records, seed).await;
    }
}

#[db_test(migrations = ledger::MIGRATIONS)]
async fn an_account_that_was_tampered_with_is_found(records: Records) {
    let ledger = Ledger::new(&records);
    ledger.submit(OURS, chain("fill", vec![books(bank(), stock(), 5)])).await.expect("stored");
    let steal = db::SqlText::new("update ledger_account set came = came + 1 where kind = 'budget'", []);
    records.group(db::Statements).submit(steal).await.expect("stored");
    let found = reconcile(records.reads(), OURS).await.expect("read");
    assert_eq!((found.len(), found[0].kept.came, found[0].told.came), (1, 6, 5));
}
