//! What a batch of chains touches, and what becomes of each chain.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Timestamp, WorkspaceId};
use rustc_hash::FxHashMap;

use crate::model::{
    AMOUNT_MAX, Account, AccountKey, CHAIN_MAX, Chain, ChainId, HoldId, ID_BYTES_MAX, Kind, Op, Outcome, Owner,
    Refusal, Transfer, Unit,
};

/// Something of a workspace.
pub(crate) type Of<T> = (WorkspaceId, T);

/// What is held, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) unit: Unit,
    pub(crate) from: (Owner, Kind),
    pub(crate) to: (Owner, Kind),
    pub(crate) amount: i64,
    pub(crate) until: Option<Timestamp>,
}

/// Where a lot stands among those of its account: what ends first is used first.
pub(crate) type LotKey = (Timestamp, String);

/// What there is of one account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) account: Account,
    /// What is left of each.
    pub(crate) lots: BTreeMap<LotKey, i64>,
}

/// What was decided about an id.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) request: [u8; 16],
    pub(crate) refusal: Option<Refusal>,
}

/// Accounts, holds and answers that a batch touches: loaded once, decided on in memory, stored once.
#[derive(Debug, Default)]
pub struct Book {
    pub(crate) pages: FxHashMap<Of<AccountKey>, Page>,
    pub(crate) holds: FxHashMap<Of<HoldId>, Hold>,
    pub(crate) attempts: FxHashMap<Of<ChainId>, Attempt>,
    pub(crate) written: Written,
}

/// What is to be stored.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) accounts: BTreeSet<Of<AccountKey>>,
    pub(crate) lots: BTreeSet<(Of<AccountKey>, LotKey)>,
    pub(crate) held: BTreeSet<Of<HoldId>>,
    pub(crate) settled: BTreeSet<Of<HoldId>>,
    pub(crate) attempts: Vec<Of<ChainId>>,
    pub(crate) transfers: Vec<(WorkspaceId, ChainId, usize, Transfer, Timestamp)>,
}

/// What a chain would change, kept apart until all of it is allowed.
#[derive(Default)]
struct Draft {
    pages: BTreeMap<AccountKey, Page>,
    lots: BTreeSet<(AccountKey, LotKey)>,
    held: BTreeMap<HoldId, Hold>,
    settled: BTreeSet<HoldId>,
}

impl Book {
    /// What an account has, as far as this book knows: nothing of an account that was not loaded.
    #[must_use]
    pub fn account(&self, workspace: WorkspaceId, key: &AccountKey) -> Account {
        self.pages.get(&(workspace, key.clone())).map_or_else(Account::default, |page| page.account)
    }

    /// Decides a chain at a moment. What it answers is what it answers for ever; [`Book::store`] makes it last. Everything the chain
    /// names must have been loaded.
    pub fn decide(&mut self, workspace: WorkspaceId, chain: &Chain, at: Timestamp) -> Outcome {
        let request = chain.request();
        let place = (workspace, chain.id.clone());
        if let Some(attempt) = self.attempts.get(&place) {
            return match attempt.refusal {
                _ if attempt.request != request => Outcome::Refused(Refusal::IdTaken),
                None => Outcome::Again,
                Some(refusal) => Outcome::Refused(refusal),
            };
        }
        if let Err(refusal) = well_shaped(chain) {
            // Nothing of such a chain is worth remembering, and its id may not even fit.
            return Outcome::Refused(refusal);
        }
        let refusal = self.draft(workspace, chain, at).map(|draft| self.keep(workspace, chain, draft, at)).err();
        self.attempts.insert(place.clone(), Attempt { request, refusal });
        self.written.attempts.push(place);
        refusal.map_or(Outcome::Done, Outcome::Refused)
    }

    fn draft(&self, workspace: WorkspaceId, chain: &Chain, at: Timestamp) -> Result<Draft, Refusal> {
        let mut draft = Draft::default();
        for (step, transfer) in chain.transfers.iter().enumerate() {
            match &transfer.op {
                Op::Now => {
                    // What ended can only be moved out as such.
                    let fresh = (transfer.to.1 != Kind::Lapsed).then_some(at);
                    self.give(workspace, &mut draft, transfer, &HoldId::of(&chain.id, step), fresh)?;
                }
                Op::Hold { until } => {
                    if until.is_some_and(|until| until <= at) {
                        return Err(Refusal::HoldEnded);
                    }
                    let page = self.page(workspace, &mut draft, &transfer.giver());
                    if !transfer.from.1.may_owe() && usable(page, Some(at)) < transfer.amount {
                        return Err(Refusal::TooLittle);
                    }
                    page.account.held = page.account.held.checked_add(transfer.amount).ok_or(Refusal::Amount)?;
                    draft.held.insert(
                        HoldId::of(&chain.id, step),
                        Hold {
                            unit: transfer.unit.clone(),
                            from: transfer.from.clone(),
                            to: transfer.to.clone(),
                            amount: transfer.amount,
                            until: *until,
                        },
                    );
                }
                Op::Take { hold } => {
                    let held = self.settle(workspace, &mut draft, transfer, hold)?;
                    if held.until.is_some_and(|until| until <= at) {
                        return Err(Refusal::HoldEnded);
                    }
                    if transfer.amount > held.amount {
                        return Err(Refusal::MoreThanHeld);
                    }
                    // It was held in time, whatever ended since.
                    self.give(workspace, &mut draft, transfer, &HoldId::of(&chain.id, step), None)?;
                }
                Op::Drop { hold } => {
                    self.settle(workspace, &mut draft, transfer, hold)?;
                }
            }
        }
        Ok(draft)
    }

    /// A hold ends, and what it held is free.
    fn settle(
        &self,
        workspace: WorkspaceId,
        draft: &mut Draft,
        transfer: &Transfer,
        hold: &HoldId,
    ) -> Result<Hold, Refusal> {
        if draft.settled.contains(hold) {
            return Err(Refusal::NoHold);
        }
        let known = draft.held.get(hold).or_else(|| self.holds.get(&(workspace, hold.clone())));
        let held = known.cloned().ok_or(Refusal::NoHold)?;
        if (&held.unit, &held.from, &held.to) != (&transfer.unit, &transfer.from, &transfer.to) {
            return Err(Refusal::OtherHold);
        }
        draft.settled.insert(hold.clone());
        self.page(workspace, draft, &transfer.giver()).account.held -= held.amount;
        Ok(held)
    }

    /// An amount goes from one account to the other; `lot` names what came in with an end, `fresh` the moment by which lots
    /// must not have ended.
    fn give(
        &self,
        workspace: WorkspaceId,
        draft: &mut Draft,
        transfer: &Transfer,
        lot: &HoldId,
        fresh: Option<Timestamp>,
    ) -> Result<(), Refusal> {
        let (giver, taker, amount) = (transfer.giver(), transfer.taker(), transfer.amount);
        let page = self.page(workspace, draft, &giver);
        if !giver.kind.may_owe() && usable(page, fresh) < amount {
            return Err(Refusal::TooLittle);
        }
        page.account.went = page.account.went.checked_add(amount).ok_or(Refusal::Amount)?;
        let used = use_lots(page, amount, fresh);
        draft.lots.extend(used.into_iter().map(|lot| (giver.clone(), lot)));
        let page = self.page(workspace, draft, &taker);
        page.account.came = page.account.came.checked_add(amount).ok_or(Refusal::Amount)?;
        if let Some(ends_at) = transfer.ends_at {
            let key = (ends_at, lot.as_str().to_owned());
            page.lots.insert(key.clone(), amount);
            draft.lots.insert((taker, key));
        }
        Ok(())
    }

    fn page<'draft>(&self, workspace: WorkspaceId, draft: &'draft mut Draft, key: &AccountKey) -> &'draft mut Page {
        let known = || self.pages.get(&(workspace, key.clone())).cloned().unwrap_or_default();
        draft.pages.entry(key.clone()).or_insert_with(known)
    }

    /// All of a chain is allowed: it has happened.
    fn keep(&mut self, workspace: WorkspaceId, chain: &Chain, draft: Draft, at: Timestamp) {
        for (key, page) in draft.pages {
            self.written.accounts.insert((workspace, key.clone()));
            self.pages.insert((workspace, key), page);
        }
        self.written.lots.extend(draft.lots.into_iter().map(|(key, lot)| ((workspace, key), lot)));
        for (hold, held) in draft.held {
            self.written.held.insert((workspace, hold.clone()));
            self.holds.insert((workspace, hold), held);
        }
        for hold in draft.settled {
            self.holds.remove(&(workspace, hold.clone()));
            // One that was made in this batch was never stored.
            if !self.written.held.remove(&(workspace, hold.clone())) {
                self.written.settled.insert((workspace, hold));
            }
        }
        for (step, transfer) in chain.transfers.iter().enumerate() {
            self.written.transfers.push((workspace, chain.id.clone(), step, transfer.clone(), at));
        }
    }
}

/// What an account can give, without lots that ended by a moment.
fn usable(page: &Page, fresh: Option<Timestamp>) -> i64 {
    let ended = fresh.map_or(0, |at| page.lots.range(..after(at)).map(|(_, left)| *left).sum());
    page.account.free() - ended
}

/// The first place behind all lots that ended by a moment.
const fn after(at: Timestamp) -> LotKey {
    (Timestamp(at.0.saturating_add(1)), String::new())
}

/// Takes an amount out of an account's lots, what ends first before anything else, without those that ended by a moment; which it
/// touched.
fn use_lots(page: &mut Page, amount: i64, fresh: Option<Timestamp>) -> Vec<LotKey> {
    let mut left = amount;
    let mut used = Vec::new();
    let first = fresh.map_or((Timestamp(i64::MIN), String::new()), after);
    for (key, lot) in page.lots.range_mut(first..) {
        if left == 0 {
            break;
        }
        let taken = left.min(*lot);
        if taken > 0 {
            *lot -= taken;
            left -= taken;
            used.push(key.clone());
        }
    }
    used
}

fn well_shaped(chain: &Chain) -> Result<(), Refusal> {
    if chain.id.is_empty()
        || chain.id.len() > ID_BYTES_MAX
        || chain.transfers.is_empty()
        || chain.transfers.len() > CHAIN_MAX
    {
        return Err(Refusal::Shape);
    }
    for transfer in &chain.transfers {
        if !(1..=AMOUNT_MAX).contains(&transfer.amount) {
            return Err(Refusal::Amount);
        }
        if transfer.from == transfer.to {
            return Err(Refusal::Itself);
        }
    }
    Ok(())
}
