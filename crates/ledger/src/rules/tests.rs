//! Seeded histories, each step predicted by an auditor that knows nothing of the book's way of doing it.

use std::collections::BTreeMap;

use kernel::{Timestamp, WorkspaceId};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{book::Book, owing::Cause};
use crate::model::{AccountKey, Chain, HoldId, Kind, Op, Outcome, Owner, Refusal, Transfer, Unit};

const OURS: WorkspaceId = WorkspaceId(1);
const STEPS: usize = 60;

type Side = (Owner, Kind);

fn sides() -> [Side; 6] {
    [
        (Owner::of("world", "bank"), Kind::External),
        (Owner::play("book"), Kind::Budget),
        (Owner::of("subject", "fan:lin"), Kind::Own),
        (Owner::of("subject", "fan:chen"), Kind::Own),
        (Owner::of("subject", "fan:lin"), Kind::Debt),
        (Owner::brand(), Kind::Lapsed),
    ]
}

/// Keeps every movement that was allowed, and adds them up anew each time it is asked.
#[derive(Default)]
struct Auditor {
    moved: Vec<(Side, Side, i64)>,
    open: BTreeMap<HoldId, (Transfer, Option<Timestamp>)>,
    /// What came in with an end, and is not used: account, end, in the order it came, how much.
    lots: Vec<(Side, Timestamp, i64)>,
    answers: BTreeMap<String, (Chain, Option<Refusal>)>,
}

impl Clone for Auditor {
    fn clone(&self) -> Self {
        let (moved, open, lots) = (self.moved.clone(), self.open.clone(), self.lots.clone());
        Self { moved, open, lots, answers: BTreeMap::new() }
    }
}

impl Auditor {
    fn balance(&self, side: &Side) -> i64 {
        let came: i64 = self.moved.iter().filter(|(_, to, _)| to == side).map(|(_, _, amount)| amount).sum();
        let went: i64 = self.moved.iter().filter(|(from, ..)| from == side).map(|(_, _, amount)| amount).sum();
        came - went
    }

    fn held(&self, side: &Side) -> i64 {
        self.open.values().filter(|(hold, _)| hold.from == *side).map(|(hold, _)| hold.amount).sum()
    }

    fn ended(&self, side: &Side, at: Timestamp) -> i64 {
        self.lots.iter().filter(|(of, ends_at, _)| of == side && *ends_at <= at).map(|(.., left)| left).sum()
    }

    fn can(&self, side: &Side, amount: i64, fresh: Option<Timestamp>) -> Result<(), Refusal> {
        let ended = fresh.map_or(0, |at| self.ended(side, at));
        let enough = side.1.may_owe() || self.balance(side) - self.held(side) - ended >= amount;
        if enough { Ok(()) } else { Err(Refusal::TooLittle) }
    }

    fn moves(&mut self, transfer: &Transfer, fresh: Option<Timestamp>) -> Result<(), Refusal> {
        self.can(&transfer.from, transfer.amount, fresh)?;
        let mut left = transfer.amount;
        let mut mine: Vec<&mut (Side, Timestamp, i64)> = self
            .lots
            .iter_mut()
            .filter(|(of, at, _)| *of == transfer.from && fresh.is_none_or(|fresh| *at > fresh))
            .collect();
        mine.sort_by_key(|(_, ends_at, _)| *ends_at);
        for lot in mine {
            let used = left.min(lot.2);
            lot.2 -= used;
            left -= used;
        }
        self.moved.push((transfer.from.clone(), transfer.to.clone(), transfer.amount));
        self.lots.extend(transfer.ends_at.map(|at| (transfer.to.clone(), at, transfer.amount)));
        Ok(())
    }

    fn step(&mut self, id: HoldId, transfer: &Transfer, at: Timestamp) -> Result<(), Refusal> {
        let settle = |open: &mut BTreeMap<HoldId, (Transfer, Option<Timestamp>)>, hold: &HoldId| {
            let (held, _) = open.get(hold).ok_or(Refusal::NoHold)?;
            if (&held.from, &held.to) != (&transfer.from, &transfer.to) {
                return Err(Refusal::OtherHold);
            }
            Ok(open.remove(hold).unwrap())
        };
        match &transfer.op {
            Op::Now => self.moves(transfer, (transfer.to.1 != Kind::Lapsed).then_some(at)),
            Op::Hold { until: Some(until) } if *until <= at => Err(Refusal::HoldEnded),
            Op::Hold { until } => {
                self.can(&transfer.from, transfer.amount, Some(at))?;
                self.open.insert(id, (transfer.clone(), *until));
                Ok(())
            }
            Op::Take { hold } => {
                let (held, until) = settle(&mut self.open, hold)?;
                if until.is_some_and(|until| until <= at) {
                    return Err(Refusal::HoldEnded);
                }
                if transfer.amount > held.amount {
                    return Err(Refusal::MoreThanHeld);
                }
                self.moves(transfer, None)
            }
            Op::Drop { hold } => settle(&mut self.open, hold).map(|_| ()),
        }
    }

    /// What a chain must be answered.
    fn predict(&mut self, chain: &Chain, at: Timestamp) -> Outcome {
        if let Some((first, refusal)) = self.answers.get(&chain.id) {
            return match refusal {
                _ if first != chain => Outcome::Refused(Refusal::IdTaken),
                None => Outcome::Again,
                Some(refusal) => Outcome::Refused(*refusal),
            };
        }
        if chain.transfers.iter().any(|transfer| transfer.from == transfer.to) {
            return Outcome::Refused(Refusal::Itself);
        }
        let mut after = self.clone();
        let steps = chain.transfers.iter().enumerate();
        let refusal = steps.map(|(step, one)| after.step(HoldId::of(&chain.id, step), one, at)).find_map(Result::err);
        self.answers.insert(chain.id.clone(), (chain.clone(), refusal));
        match refusal {
            Some(refusal) => Outcome::Refused(refusal),
            None => {
                after.answers = std::mem::take(&mut self.answers);
                *self = after;
                Outcome::Done
            }
        }
    }

    /// Whether the book says the same.
    fn check(&self, book: &Book) {
        let mut total = 0;
        for side in sides() {
            let key = AccountKey::new(Unit::Points, side.0.clone(), side.1);
            let account = book.account(OURS, &key);
            assert_eq!((account.balance(), account.held), (self.balance(&side), self.held(&side)), "{side:?}");
            assert!(side.1.may_owe() || account.free() >= 0, "{side:?} gave what it had not");
            total += account.balance();
            let lots: i64 = self.lots.iter().filter(|(of, ..)| *of == side).map(|(.., left)| left).sum();
            let kept = book.pages.get(&(OURS, key)).map_or(0, |page| page.lots.values().sum());
            assert_eq!(kept, lots);
            assert!(side.1.may_owe() || lots <= account.balance(), "{side:?} has lots of what it has not");
        }
        assert_eq!(total, 0, "as much went out as came in");
    }
}

fn a_transfer(rng: &mut StdRng, auditor: &Auditor, now: Timestamp) -> Transfer {
    let sides = sides();
    let mut side = || sides[rng.random_range(0..sides.len())].clone();
    let (from, to) = (side(), side());
    let made = Transfer::now(Unit::Points, from, to, rng.random_range(1..=50), "test", "history");
    let later = now.plus_secs(rng.random_range(-5..40));
    match rng.random_range(0..10) {
        0..=3 => made,
        4 => made.ending(later),
        5..=6 => {
            let until = rng.random_bool(0.7).then_some(later);
            made.by(Op::Hold { until })
        }
        kind => {
            // Mostly what is there, sometimes what was, or never was.
            let Some((hold, (held, _))) = auditor.open.iter().nth(rng.random_range(0..=auditor.open.len())) else {
                return made.by(Op::Take { hold: HoldId::of("none", 0) });
            };
            let (hold, amount) = (hold.clone(), rng.random_range(1..=held.amount + 3));
            let as_held = Transfer { op: Op::Now, ends_at: None, amount, ..held.clone() };
            if rng.random_bool(0.1) {
                made.by(Op::Take { hold })
            } else if kind < 9 {
                as_held.by(Op::Take { hold })
            } else {
                as_held.by(Op::Drop { hold })
            }
        }
    }
}

fn history(seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut book, mut auditor) = (Book::default(), Auditor::default());
    let mut now = Timestamp::from_secs(1_000);
    let mut sent: Vec<Chain> = Vec::new();
    for number in 0..STEPS {
        now = now.plus_secs(rng.random_range(0..6));
        let chain = if !sent.is_empty() && rng.random_bool(0.15) {
            let mut again = sent[rng.random_range(0..sent.len())].clone();
            if rng.random_bool(0.2) {
                again.transfers[0].amount += 1;
            }
            again
        } else {
            let transfers = (0..rng.random_range(1..4)).map(|_| a_transfer(&mut rng, &auditor, now)).collect();
            Chain { id: format!("c{number}"), transfers }
        };
        let predicted = auditor.predict(&chain, now);
        assert_eq!(book.decide(OURS, &chain, now), predicted, "seed {seed}, {chain:?}");
        auditor.check(&book);
        sent.push(chain);
    }
}

#[test]
fn ten_thousand_histories_are_as_the_auditor_predicts() {
    (0..10_000).for_each(history);
}

fn points(owner: &Owner, book: &mut Book, id: &str, take: bool, amount: i64) {
    let cause = Cause {
        unit: Unit::Points,
        owner: owner.clone(),
        other: (Owner::of("world", "issuer"), Kind::External),
        code: "points",
        reference: "order:1",
    };
    let transfers = if take { book.clawing_back(OURS, &cause, amount) } else { book.earning(OURS, &cause, amount) };
    assert!(book.decide(OURS, &Chain { id: id.into(), transfers }, Timestamp::from_secs(1)).is_done());
}

#[test]
fn what_was_spent_before_a_refund_is_owed_and_the_next_earning_repays_it_first() {
    let (lin, mut book) = (Owner::of("subject", "fan:lin"), Book::default());
    let of = |book: &Book, kind| book.account(OURS, &AccountKey::new(Unit::Points, lin.clone(), kind)).balance();
    points(&lin, &mut book, "earned", false, 100);
    let spent =
        Transfer::now(Unit::Points, (lin.clone(), Kind::Own), (Owner::brand(), Kind::Spent), 80, "spent", "gift:1");
    assert!(
        book.decide(OURS, &Chain { id: "spent".into(), transfers: vec![spent] }, Timestamp::from_secs(1)).is_done()
    );
    points(&lin, &mut book, "refunded", true, 100);
    assert_eq!((of(&book, Kind::Own), of(&book, Kind::Debt)), (0, -80), "nothing is dropped");
    points(&lin, &mut book, "earned again", false, 90);
    assert_eq!((of(&book, Kind::Own), of(&book, Kind::Debt)), (10, 0));
}

#[test]
fn a_refusal_sticks_to_its_id_even_when_it_would_pass_now() {
    let mut book = Book::default();
    let spend = Transfer::now(Unit::Fen, (Owner::brand(), Kind::Own), (Owner::brand(), Kind::Spent), 5, "x", "y");
    let fill = Transfer::now(
        Unit::Fen,
        (Owner::of("world", "bank"), Kind::External),
        (Owner::brand(), Kind::Own),
        9,
        "x",
        "y",
    );
    let spend = Chain { id: "spend".into(), transfers: vec![spend] };
    let at = Timestamp::from_secs(1);
    assert_eq!(book.decide(OURS, &spend, at), Outcome::Refused(Refusal::TooLittle));
    assert_eq!(book.decide(OURS, &Chain { id: "fill".into(), transfers: vec![fill] }, at), Outcome::Done);
    assert_eq!(book.decide(OURS, &spend, at), Outcome::Refused(Refusal::TooLittle));
    assert_eq!(book.decide(OURS, &Chain { id: "spend-2".into(), ..spend }, at), Outcome::Done);
}
