//! The slice's commands, and how they are decided.

pub(crate) mod draft;
mod look;
pub(crate) mod pay;
pub(crate) mod place;
pub(crate) mod sandbox;
pub(crate) mod stock;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx, WriteError,
    audit::{self, By, Entry},
    outbox,
    sticky::{Sticky, Stuck},
};
use facts::{Fact, names};
use kernel::{Timestamp, WorkspaceId};
use ledger::{Book, Chain, Outcome as Booked, Refusal};
use serde_json::json;

use crate::{
    Slice,
    model::{order::Order, price::PriceRule, product::Product},
    rules::{
        order::{Event, Impossible, Step, Told, decide},
        price::NoPrice,
    },
    store,
};

/// Who acts when nobody asked.
pub(crate) const BY_ITSELF: &str = "commerce";

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The brand.
    pub workspace: WorkspaceId,
    /// Who asks.
    pub by: By,
    /// When: deadlines are judged by it.
    pub at: Timestamp,
    /// For what.
    pub command: Command,
    /// What is answered, when it was sent under a key.
    pub sticky: Option<Sticky>,
}

/// What the slice is asked to change.
#[derive(Clone, Debug)]
pub enum Command {
    /// A product as it is to be; `seen` is when the one that was changed had been changed last, none for a new one.
    Product {
        /// As it is to be.
        product: Box<Product>,
        /// What whoever changes it saw.
        seen: Option<Timestamp>,
    },
    /// Pieces come in or go out.
    Stock(stock::Movement),
    /// A rule of prices as it is to be.
    Rule(Box<PriceRule>),
    /// A rule is to be no more.
    RemoveRule(String),
    /// Somebody orders.
    Place(Box<Order>),
    /// Something happens to an order.
    Happen {
        /// Which.
        order: String,
        /// What.
        event: Event,
    },
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was done already, under the same key.
    Again,
    /// There is no such thing.
    Missing,
    /// It was changed meanwhile.
    Changed,
    /// The price is another by now.
    PriceChanged,
    /// There is no price.
    NoPrice(NoPrice),
    /// There are not so many pieces.
    TooFew,
    /// The order as it is now.
    Order(Box<Order>),
    /// It cannot be any more.
    Impossible(Impossible),
}

/// What keeps a command or a background task from being done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] DbError),
    /// A command was not stored.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The provider cannot be heard.
    #[error(transparent)]
    Provider(#[from] pay::PaymentError),
}

/// Decides the slice's commands.
pub struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Ask;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "commerce"
    }

    async fn decide(&self, tx: &Tx, asks: &[Ask]) -> Result<Vec<Outcome>, DbError> {
        let mut stuck = Stuck::load(tx, asks.iter().filter_map(|ask| ask.sticky.as_ref())).await?;
        let mut outcomes = Vec::with_capacity(asks.len());
        for ask in asks {
            if ask.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
                outcomes.push(Outcome::Again);
                continue;
            }
            let outcome = one(tx, ask).await?;
            if let (Outcome::Done | Outcome::Order(_), Some(sticky)) = (&outcome, &ask.sticky) {
                stuck.keep(sticky.clone());
            }
            outcomes.push(outcome);
        }
        stuck.store(tx).await?;
        Ok(outcomes)
    }
}

async fn one(tx: &Tx, ask: &Ask) -> Result<Outcome, DbError> {
    match &ask.command {
        Command::Product { product, seen } => save_product(tx, ask, product, *seen).await,
        Command::Stock(movement) => stock::shift(tx, ask, movement).await,
        Command::Rule(rule) => {
            store::prices::put_rule(tx, ask.workspace, rule).await?;
            let after = json!({"name": rule.name, "terms": rule.terms, "on": rule.on});
            trail(tx, ask, "price_rule.set", &format!("price_rule:{}", rule.id), Some(after)).await?;
            Ok(Outcome::Done)
        }
        Command::RemoveRule(rule) => {
            if !store::prices::delete_rule(tx, ask.workspace, rule).await? {
                return Ok(Outcome::Missing);
            }
            trail(tx, ask, "price_rule.removed", &format!("price_rule:{rule}"), None).await?;
            Ok(Outcome::Done)
        }
        Command::Place(order) => place::place(tx, ask, order).await,
        Command::Happen { order, event } => happen(tx, ask, order, event).await,
    }
}

async fn save_product(tx: &Tx, ask: &Ask, wanted: &Product, seen: Option<Timestamp>) -> Result<Outcome, DbError> {
    let before = store::products::products_by_id(tx, ask.workspace, &[&wanted.id]).await?.into_iter().next();
    match (&before, seen) {
        (None, Some(_)) => return Ok(Outcome::Missing),
        (Some(before), seen) if seen != Some(before.changed_at) => return Ok(Outcome::Changed),
        _ => {}
    }
    let product = draft::since(before.as_ref(), wanted, ask.at);
    store::products::put_product(tx, ask.workspace, &product).await?;
    let price = |variant: &crate::model::product::Variant| json!({"id": variant.id, "price": variant.price});
    let prices: Vec<_> = product.variants.iter().map(price).collect();
    let after = json!({"name": product.name, "on_sale": product.on_sale, "variants": prices});
    trail(tx, ask, "product.saved", &format!("product:{}", product.id), Some(after)).await?;
    Ok(Outcome::Done)
}

/// Something happens to an order that is there.
async fn happen(tx: &Tx, ask: &Ask, id: &str, event: &Event) -> Result<Outcome, DbError> {
    let Some(order) = store::orders::order_in_workspace(tx, ask.workspace, id).await? else {
        return Ok(Outcome::Missing);
    };
    match decide(&order, event.clone(), ask.at) {
        Err(impossible) => Ok(Outcome::Impossible(impossible)),
        Ok(None) => Ok(Outcome::Order(Box::new(order))),
        Ok(Some(step)) => {
            if let Some(action) = by_hand(event) {
                let after = json!({"state": step.order.state, "refunded": step.order.refunded()});
                trail(tx, ask, action, &format!("order:{id}"), Some(after)).await?;
            }
            match apply(tx, ask, step).await? {
                Ok(order) => Ok(Outcome::Order(Box::new(order))),
                Err(refusal) => Err(DbError::refused(format!("the ledger and order {id} disagree: {refusal}"))),
            }
        }
    }
}

/// What the trail calls what somebody decided; what a provider or the clock does is nobody's doing.
const fn by_hand(event: &Event) -> Option<&'static str> {
    match event {
        Event::Cancel => Some("order.cancelled"),
        Event::Refund { .. } => Some("order.refunded"),
        Event::AskAgain { .. } => Some("order.refund_asked_again"),
        Event::Give { .. } => Some("order.given"),
        Event::Receive => Some("order.received"),
        Event::Begin { .. }
        | Event::Paid { .. }
        | Event::PaymentClosed { .. }
        | Event::Expire
        | Event::RefundAnswered { .. } => None,
    }
}

/// Stores what follows: the ledger's part, the order, the facts. Nothing when the ledger refuses.
async fn apply(tx: &Tx, ask: &Ask, step: Step) -> Result<Result<Order, Refusal>, DbError> {
    let workspace = ask.workspace;
    if let Some(chain) = &step.chain
        && let Err(refusal) = book(tx, ask, chain).await?
    {
        return Ok(Err(refusal));
    }
    store::orders::put_order(tx, workspace, &step.order).await?;
    let facts: Vec<Vec<u8>> = step.told.iter().map(|told| fact(&step.order, told, ask.at)).collect::<Result<_, _>>()?;
    outbox::emit(tx, workspace, &facts).await?;
    Ok(Ok(step.order))
}

/// Hands a chain to the ledger.
async fn book(tx: &Tx, ask: &Ask, chain: &Chain) -> Result<Result<(), Refusal>, DbError> {
    let mut book = Book::load(tx, [(ask.workspace, chain)], []).await?;
    let booked = book.decide(ask.workspace, chain, ask.at);
    book.store(tx).await?;
    Ok(match booked {
        Booked::Done | Booked::Again => Ok(()),
        Booked::Refused(refusal) => Err(refusal),
    })
}

fn fact(order: &Order, told: &Told, at: Timestamp) -> Result<Vec<u8>, DbError> {
    let (event, id, properties) = match told {
        Told::Paid { amount } => (
            names::ORDER_PAID,
            format!("{}-paid", order.id),
            json!({"order_id": order.id, "amount_minor": amount, "currency": "CNY", "campaign": order.campaign}),
        ),
        Told::Refunded { place, amount, whole } => (
            names::ORDER_REFUNDED,
            order.refund_number(*place),
            json!({"order_id": order.id, "amount_minor": amount, "currency": "CNY", "whole": whole, "campaign": order.campaign}),
        ),
    };
    let fact = Fact::ours(facts::COMMERCE, event, id, &properties, at)?;
    Ok(Fact { ids: vec![order.subject.clone()], ..fact }.to_log()?)
}

async fn trail(
    tx: &Tx,
    ask: &Ask,
    action: &str,
    subject: &str,
    after: Option<serde_json::Value>,
) -> Result<(), DbError> {
    let (action, subject) = (action.to_owned(), subject.to_owned());
    let (workspace, at, by) = (ask.workspace, ask.at, ask.by.clone());
    audit::write(tx, vec![Entry { workspace, at, by, action, subject, before: None, after }]).await
}

impl Slice {
    /// Hands in a command, and lets what it told be carried.
    pub(crate) async fn ask(
        &self,
        workspace: WorkspaceId,
        by: By,
        command: Command,
        sticky: Option<Sticky>,
    ) -> Result<Outcome, WriteError> {
        let ask = Ask { workspace, by, at: self.clock.now(), command, sticky };
        let outcome = self.commands.submit(ask).await?;
        self.signal.notify_one();
        Ok(outcome)
    }

    /// Something happens to an order that nobody asked for.
    pub(crate) async fn happens(
        &self,
        workspace: WorkspaceId,
        order: &str,
        event: Event,
    ) -> Result<Outcome, WriteError> {
        let command = Command::Happen { order: order.to_owned(), event };
        self.ask(workspace, By::named(BY_ITSELF), command, None).await
    }
}
