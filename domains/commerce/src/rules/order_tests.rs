//! Thousands of seeded histories: callbacks come twice, late, out of order or never, clocks jump, and the provider cannot be heard.

use std::collections::BTreeMap;

use facts::NamedId;
use kernel::WorkspaceId;
use ledger::{AccountKey, Book, Outcome, Refusal};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::{
    model::{
        price::{Buyer, Offer, Quote, Wanted},
        product::Delivery,
    },
    rules::{
        errands::{Errand, errands},
        price::{Given, quote},
    },
};

const OURS: WorkspaceId = WorkspaceId(1);
const START: Timestamp = Timestamp(1_790_000_000_000_000);
const STOCK: i64 = 12;
const SKUS: [(&str, i64); 3] = [("book", 3_333), ("tea", 100), ("cup", 1)];

pub(crate) fn order_of(id: &str, quote: Quote, at: Timestamp) -> Order {
    Order {
        id: id.to_owned(),
        subject: NamedId::new("user", "lin"),
        state: State::Unpaid,
        quote,
        buyer: Buyer::default(),
        delivery: Delivery::Ship,
        address: None,
        note: None,
        campaign: None,
        created_at: at,
        expires_at: at.plus_secs(1800),
        paid_at: None,
        closed_at: None,
        handing: Handing::Waiting,
        given: None,
        payments: Vec::new(),
        refunds: Vec::new(),
    }
}

fn quoted(wanted: &[(&str, i64)]) -> Quote {
    let offers: Vec<Offer> = SKUS
        .iter()
        .map(|(sku, base)| Offer {
            product: (*sku).into(),
            variant: (*sku).into(),
            name: (*sku).into(),
            base: *base,
            floor: None,
        })
        .collect();
    let wanted: Vec<Wanted> =
        wanted.iter().map(|(variant, quantity)| Wanted { variant: (*variant).into(), quantity: *quantity }).collect();
    let given = Given { offers: &offers, rules: &[], coupons: &[], buyer: &Buyer::default(), at: START };
    quote(&wanted, &given).expect("a price")
}

/// A provider as it is behind its door: it never forgets a number.
#[derive(Default)]
struct Provider {
    payments: BTreeMap<String, (i64, PaymentState)>,
    refunds: BTreeMap<String, (String, i64)>,
}

impl Provider {
    fn refund(&mut self, number: String, payment: String, amount: i64) {
        let earlier = self.refunds.insert(number, (payment.clone(), amount));
        assert!(earlier.is_none_or(|earlier| earlier == (payment.clone(), amount)), "one number, one refund");
        let sum: i64 = self.refunds.values().filter(|(of, _)| *of == payment).map(|(_, amount)| amount).sum();
        assert!(sum <= self.payments[&payment].0, "never more goes back than came");
    }
}

struct World {
    rng: ChaCha20Rng,
    now: Timestamp,
    book: Book,
    orders: BTreeMap<String, Order>,
    provider: Provider,
    callbacks: Vec<(String, i64)>,
    told: BTreeMap<String, (i64, i64)>,
    asked: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut book = Book::default();
        for (sku, _) in SKUS {
            let from = (Owner::of("world", "stock"), Kind::External);
            let filled = Transfer::now(Unit::Sku(sku.into()), from, shelf(), STOCK, "stock.in", "first");
            let chain = Chain { id: format!("fill-{sku}"), transfers: vec![filled] };
            assert_eq!(book.decide(OURS, &chain, START), Outcome::Done);
        }
        Self {
            rng: ChaCha20Rng::seed_from_u64(seed),
            now: START,
            book,
            orders: BTreeMap::new(),
            provider: Provider::default(),
            callbacks: Vec::new(),
            told: BTreeMap::new(),
            asked: 0,
        }
    }

    fn apply(&mut self, step: Step) {
        if let Some(chain) = &step.chain {
            let outcome = self.book.decide(OURS, chain, self.now);
            assert_eq!(outcome, Outcome::Done, "{chain:?} of {:?}", step.order);
        }
        for told in step.told {
            let sums = self.told.entry(step.order.id.clone()).or_default();
            match told {
                Told::Paid { amount } => {
                    assert_eq!(sums.0, 0, "paid is told once");
                    sums.0 += amount;
                }
                Told::Refunded { amount, .. } => sums.1 += amount,
            }
        }
        self.orders.insert(step.order.id.clone(), step.order);
    }

    fn happen(&mut self, id: &str, event: Event) -> Result<(), Impossible> {
        if let Some(step) = decide(&self.orders[id], event, self.now)? {
            self.apply(step);
        }
        Ok(())
    }

    fn some_order(&mut self) -> Option<String> {
        let place = self.rng.random_range(0..self.orders.len().max(1));
        self.orders.keys().nth(place).cloned()
    }

    fn place_order(&mut self) {
        let wanted: Vec<(&str, i64)> = SKUS
            .iter()
            .filter_map(|(sku, _)| Some((*sku, self.rng.random_range(0..5_i64))).filter(|(_, count)| *count > 0))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let id = format!("o{}", self.asked);
        self.asked += 1;
        let step = place(order_of(&id, quoted(&wanted), self.now), self.now);
        let chain = step.chain.as_ref().expect("stock is held");
        match self.book.decide(OURS, chain, self.now) {
            Outcome::Refused(Refusal::TooLittle) => {}
            outcome => {
                assert_eq!(outcome, Outcome::Done);
                self.orders.insert(id, step.order);
            }
        }
    }

    fn begin(&mut self, id: &str) {
        let name = if self.rng.random_bool(0.5) { "one" } else { "two" };
        let _ = self.happen(id, Event::Begin { provider: name.into() });
        for (place, payment) in self.orders[id].payments.iter().enumerate() {
            let number = self.orders[id].payment_number(place);
            self.provider.payments.entry(number).or_insert((payment.amount, PaymentState::Open));
        }
    }

    fn pay(&mut self) {
        let open: Vec<String> = self.provider.payments.keys().cloned().collect();
        let Some(number) = open.get(self.rng.random_range(0..open.len().max(1))) else { return };
        let payment = self.provider.payments.get_mut(number).expect("known");
        if payment.1 != PaymentState::Open {
            return;
        }
        if self.rng.random_bool(0.05) {
            payment.0 += 1;
        }
        payment.1 = PaymentState::Paid;
        for _ in 0..self.rng.random_range(0..3) {
            self.callbacks.push((number.clone(), payment.0));
        }
    }

    fn hear(&mut self) {
        let count = self.callbacks.len();
        if count == 0 {
            return;
        }
        let (number, amount) = self.callbacks.swap_remove(self.rng.random_range(0..count));
        self.heard(&number, amount);
    }

    fn heard(&mut self, number: &str, amount: i64) {
        let (order, place) = Order::of_payment(number).expect("a number of ours");
        let (id, reference) = (order.to_owned(), "ref".to_owned());
        self.happen(&id, Event::Paid { place, amount, reference }).expect("money is always taken");
    }

    fn close_payment(&mut self, id: &str, place: usize) -> bool {
        if self.rng.random_bool(0.3) {
            return false;
        }
        let number = self.orders[id].payment_number(place);
        let payment = self.provider.payments.get_mut(&number).expect("known");
        if payment.1 == PaymentState::Paid {
            let amount = payment.0;
            self.heard(&number, amount);
        } else {
            payment.1 = PaymentState::Closed;
            self.happen(id, Event::PaymentClosed { place }).expect("known");
        }
        true
    }

    fn cancel(&mut self, id: &str) {
        for place in 0..self.orders[id].payments.len() {
            if self.orders[id].payments[place].state == PaymentState::Open && !self.close_payment(id, place) {
                return;
            }
        }
        let _ = self.happen(id, Event::Cancel);
    }

    fn run_errands(&mut self, id: &str) {
        for errand in errands(&self.orders[id], self.now) {
            match errand {
                Errand::ClosePayment { place } => {
                    self.close_payment(id, place);
                }
                Errand::Expire => match self.happen(id, Event::Expire) {
                    Ok(()) | Err(Impossible::TooEarly) => {}
                    Err(other) => panic!("{other}"),
                },
                Errand::AskRefund { place } => {
                    let order = &self.orders[id];
                    let refund = &order.refunds[place];
                    let payment = order.payment_number(refund.payment.expect("money of a payment"));
                    let done = match self.rng.random_range(0..10) {
                        0 => None,
                        1 => Some(false),
                        lost => {
                            self.provider.refund(order.refund_number(place), payment, refund.amount);
                            (lost > 3).then_some(true)
                        }
                    };
                    self.happen(id, Event::RefundAnswered { place, done }).expect("known");
                }
            }
        }
    }

    fn ask_back(&mut self, id: &str) {
        let mut lines: Vec<(String, i64)> = Vec::new();
        for line in &self.orders[id].quote.lines {
            if self.rng.random_bool(0.6) {
                lines.push((line.variant.clone(), self.rng.random_range(-1..4)));
            }
        }
        let restock = self.rng.random_bool(0.5);
        let _ = self.happen(id, Event::Refund { lines, restock, reason: None });
    }

    fn act(&mut self) {
        let what = self.rng.random_range(0..20);
        let Some(id) = self.some_order() else { return self.place_order() };
        match what {
            0..=2 => self.place_order(),
            3..=5 => self.begin(&id),
            6..=9 => self.pay(),
            10..=12 => self.hear(),
            13 => self.cancel(&id),
            14 => self.now = self.now.plus_secs(self.rng.random_range(-600..2400)),
            15 => self.ask_back(&id),
            16 => {
                let _ = self.happen(&id, Event::Give { words: None });
            }
            17 => {
                let _ = self.happen(&id, Event::Receive);
            }
            18 => {
                for place in 0..self.orders[&id].refunds.len() {
                    self.happen(&id, Event::AskAgain { place }).expect("known");
                }
            }
            _ => self.run_errands(&id),
        }
    }

    fn has(&self, unit: Unit, (owner, kind): (Owner, Kind)) -> ledger::Account {
        self.book.account(OURS, &AccountKey::new(unit, owner, kind))
    }

    fn check(&self) {
        for (sku, _) in SKUS {
            let unit = || Unit::Sku(sku.into());
            let on_shelf = self.has(unit(), shelf());
            assert!(on_shelf.free() >= 0, "oversold");
            let mut sum = on_shelf.balance();
            let mut held = 0;
            for order in self.orders.values() {
                let with_order = self.has(unit(), (Owner::order(&order.id), Kind::Own)).balance();
                let line = order.quote.lines.iter().find(|line| line.variant == sku);
                let bought = line.map_or(0, |line| line.quantity);
                let restocked: i64 = order
                    .refunds
                    .iter()
                    .filter(|refund| refund.restock && refund.state == RefundState::Done)
                    .flat_map(|refund| &refund.lines)
                    .filter(|line| line.variant == sku)
                    .map(|line| line.quantity)
                    .sum();
                assert_eq!(with_order, if order.state == State::Paid { bought - restocked } else { 0 });
                held += if order.state == State::Unpaid { bought } else { 0 };
                sum += with_order;
            }
            assert_eq!((sum, on_shelf.held), (STOCK, held), "pieces are neither made nor lost");
        }
        for order in self.orders.values() {
            let account = self.has(Unit::Fen, (Owner::order(&order.id), Kind::Own));
            let paid = |payment: &&Payment| payment.state == PaymentState::Paid;
            let came: i64 = order.payments.iter().filter(paid).map(|payment| payment.amount).sum();
            let (done, waiting): (Vec<&Refund>, Vec<&Refund>) =
                order.refunds.iter().partition(|refund| refund.state == RefundState::Done);
            let sum = |refunds: &[&Refund]| refunds.iter().map(|refund| refund.amount).sum::<i64>();
            assert_eq!((account.balance(), account.held), (came - sum(&done), sum(&waiting)));
            assert!(account.free() >= 0, "what is not there cannot go back");
            let back = order.back();
            assert!(
                order.quote.lines.iter().all(|line| back.get(&*line.variant).copied().unwrap_or(0) <= line.quantity)
            );
            if order.is_all_back() && order.state == State::Paid {
                assert_eq!(order.refunded(), order.quote.payable, "partial refunds sum to the fen");
            }
            let told = self.told.get(&order.id).copied().unwrap_or_default();
            let refunded = |refund: &&Refund| refund.cause == Cause::Asked && refund.state == RefundState::Done;
            let given_back: i64 = order.refunds.iter().filter(refunded).map(|refund| refund.amount).sum();
            let paid = if order.state == State::Paid { order.quote.payable } else { 0 };
            assert_eq!(told, (paid, given_back), "what others are told is what happened");
        }
    }

    /// Everything that is still under way comes to its end.
    fn settle(&mut self) {
        for _ in 0..60 {
            self.now = self.now.plus_secs(7200);
            while !self.callbacks.is_empty() {
                self.hear();
            }
            for id in self.orders.keys().cloned().collect::<Vec<_>>() {
                for place in 0..self.orders[&id].refunds.len() {
                    self.happen(&id, Event::AskAgain { place }).expect("known");
                }
                self.run_errands(&id);
            }
            self.check();
        }
        for order in self.orders.values() {
            assert_ne!(order.state, State::Unpaid, "nobody holds stock for ever");
            let kept: Vec<usize> = (0..order.payments.len())
                .filter(|place| {
                    let number = order.payment_number(*place);
                    let (amount, state) = self.provider.payments[&number];
                    let stray = order
                        .refunds
                        .iter()
                        .enumerate()
                        .filter(|(_, refund)| refund.payment == Some(*place) && refund.cause != Cause::Asked);
                    let stray: Vec<String> = stray.map(|(place, _)| order.refund_number(place)).collect();
                    assert!(stray.len() <= 1, "one refund per money");
                    if let [refund] = &stray[..] {
                        assert_eq!(self.provider.refunds[refund], (number, amount), "all of it");
                    }
                    state == PaymentState::Paid && stray.is_empty()
                })
                .collect();
            assert_eq!(kept.len(), usize::from(order.state == State::Paid), "money is kept for what was sold alone");
        }
    }
}

#[test]
fn whatever_comes_twice_late_out_of_order_or_never_pieces_and_money_are_where_they_belong() {
    let histories = std::env::var("SEARCHLIGHT_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2000);
    for seed in 0..histories {
        let mut world = World::new(seed);
        for _ in 0..60 {
            world.act();
            world.check();
        }
        world.settle();
    }
}

fn only(quantity: i64) -> (World, String) {
    let mut world = World::new(0);
    let step = place(order_of("o0", quoted(&[("tea", quantity)]), START), START);
    world.apply(step);
    (world, "o0".to_owned())
}

fn pay(world: &mut World, place: usize, amount: i64) {
    world.happen("o0", Event::Paid { place, amount, reference: "r".into() }).unwrap();
}

#[test]
fn seckill_41_money_that_comes_after_the_stock_went_back_goes_back_itself() {
    let (mut world, id) = only(2);
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    world.now = START.plus_secs(1800);
    world.happen(&id, Event::Expire).unwrap();
    assert_eq!(world.has(Unit::Sku("tea".into()), shelf()).free(), STOCK, "the pieces are free again");
    pay(&mut world, 0, 200);
    let order = &world.orders[&id];
    assert_eq!((order.state, order.refunds[0].cause, order.refunds[0].amount), (State::Closed, Cause::Late, 200));
    pay(&mut world, 0, 200);
    assert_eq!(world.orders[&id].refunds.len(), 1, "told again, it goes back once");
    world.check();
}

#[test]
fn ruoyi_350_a_callback_that_comes_twice_is_answered_the_same_and_counts_once() {
    let (mut world, id) = only(2);
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    pay(&mut world, 0, 200);
    pay(&mut world, 0, 200);
    world.happen(&id, Event::Expire).unwrap();
    assert_eq!((world.orders[&id].state, world.told[&id]), (State::Paid, (200, 0)));
    world.check();
}

#[test]
fn mall_998_what_is_paid_is_compared_with_what_was_asked_for() {
    let (mut world, id) = only(2);
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    pay(&mut world, 0, 1);
    let order = &world.orders[&id];
    assert_eq!((order.state, order.refunds[0].cause, order.refunds[0].amount), (State::Unpaid, Cause::OtherAmount, 1));
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    pay(&mut world, 1, 200);
    assert_eq!(world.orders[&id].state, State::Paid, "and it can still be paid rightly");
    world.check();
}

#[test]
fn crmeb_refund_number_an_unanswered_refund_is_asked_again_under_its_own_number() {
    let (mut world, id) = only(3);
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    pay(&mut world, 0, 300);
    let lines = vec![("tea".to_owned(), 1)];
    world.happen(&id, Event::Refund { lines: lines.clone(), restock: true, reason: None }).unwrap();
    let number = world.orders[&id].refund_number(0);
    world.happen(&id, Event::RefundAnswered { place: 0, done: None }).unwrap();
    assert_eq!((world.orders[&id].refund_number(0), number.as_str()), (number.clone(), "o0-r0"));
    world.now = START.plus_secs(60);
    assert_eq!(errands(&world.orders[&id], world.now), [Errand::AskRefund { place: 0 }]);
    world.happen(&id, Event::RefundAnswered { place: 0, done: Some(true) }).unwrap();
    world.happen(&id, Event::RefundAnswered { place: 0, done: Some(true) }).unwrap();
    assert_eq!((world.told[&id], errands(&world.orders[&id], world.now)), ((300, 100), vec![]));
    world.check();
}

#[test]
fn newbee_127_nothing_goes_back_that_was_not_bought() {
    let (mut world, id) = only(3);
    world.happen(&id, Event::Begin { provider: "one".into() }).unwrap();
    let ask = |lines: &[(&str, i64)]| Event::Refund {
        lines: lines.iter().map(|(variant, count)| ((*variant).to_owned(), *count)).collect(),
        restock: true,
        reason: None,
    };
    assert_eq!(world.happen(&id, ask(&[])), Err(Impossible::NotPaid));
    pay(&mut world, 0, 300);
    for lines in [&[("tea", -1)][..], &[("tea", 0)], &[("tea", 4)], &[("book", 1)], &[("tea", 1), ("tea", 1)]] {
        assert_eq!(world.happen(&id, ask(lines)), Err(Impossible::NotSoMany), "{lines:?}");
    }
    world.happen(&id, ask(&[("tea", 2)])).unwrap();
    assert_eq!(world.happen(&id, ask(&[("tea", 2)])), Err(Impossible::NotSoMany));
    world.happen(&id, ask(&[])).unwrap();
    assert_eq!(world.happen(&id, ask(&[])), Err(Impossible::AllBack));
    world.check();
}

#[test]
fn woocommerce_27673_stock_of_an_order_nobody_pays_is_free_again() {
    let (mut world, id) = only(12);
    assert_eq!(world.happen(&id, Event::Expire), Err(Impossible::TooEarly));
    assert_eq!(errands(&world.orders[&id], START.plus_secs(1799)), []);
    world.now = START.plus_secs(1800);
    world.run_errands(&id);
    assert_eq!(world.has(Unit::Sku("tea".into()), shelf()).free(), STOCK);
    world.check();
}

#[test]
fn mall_353_the_last_piece_is_sold_once() {
    let (mut world, _) = only(12);
    let step = place(order_of("o1", quoted(&[("tea", 1)]), START), START);
    let outcome = world.book.decide(OURS, step.chain.as_ref().unwrap(), START);
    assert_eq!(outcome, Outcome::Refused(Refusal::TooLittle));
    world.check();
    assert_eq!(world.cancelled(), STOCK);
}

impl World {
    fn cancelled(&mut self) -> i64 {
        self.cancel("o0");
        self.has(Unit::Sku("tea".into()), shelf()).free()
    }
}
