//! What is owed: earning fills it first, taking back leaves it.

use kernel::WorkspaceId;

use super::book::Book;
use crate::model::{AccountKey, Kind, Owner, Transfer, Unit};

/// What belongs to an earning or a taking back: unit, whose, the other side, why and of what.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What.
    pub unit: Unit,
    /// Whoever earns, or is taken from.
    pub owner: Owner,
    /// Where it comes from, or goes to.
    pub other: (Owner, Kind),
    /// Why.
    pub code: &'a str,
    /// Of what.
    pub reference: &'a str,
}

impl Cause<'_> {
    fn account(&self, kind: Kind) -> AccountKey {
        AccountKey::new(self.unit.clone(), self.owner.clone(), kind)
    }

    /// The accounts both kinds of chains look at: they must be in the book.
    #[must_use]
    pub fn accounts(&self) -> [AccountKey; 3] {
        let other = AccountKey::new(self.unit.clone(), self.other.0.clone(), self.other.1);
        [self.account(Kind::Own), self.account(Kind::Debt), other]
    }
}

impl Book {
    /// Transfers by which somebody earns an amount: what they owe is filled first.
    #[must_use]
    pub fn earning(&self, workspace: WorkspaceId, cause: &Cause<'_>, amount: i64) -> Vec<Transfer> {
        let owed = (-self.account(workspace, &cause.account(Kind::Debt)).balance()).max(0);
        let repaid = owed.min(amount);
        let to = |kind, amount| {
            let to = (cause.owner.clone(), kind);
            Transfer::now(cause.unit.clone(), cause.other.clone(), to, amount, cause.code, cause.reference)
        };
        [(Kind::Debt, repaid), (Kind::Own, amount - repaid)]
            .into_iter()
            .filter(|(_, part)| *part > 0)
            .map(|(kind, part)| to(kind, part))
            .collect()
    }

    /// Transfers by which an amount is taken back from somebody: what is not there any more is owed from then on.
    #[must_use]
    pub fn clawing_back(&self, workspace: WorkspaceId, cause: &Cause<'_>, amount: i64) -> Vec<Transfer> {
        let there = self.account(workspace, &cause.account(Kind::Own)).free().clamp(0, amount);
        let from = |kind, amount| {
            let from = (cause.owner.clone(), kind);
            Transfer::now(cause.unit.clone(), from, cause.other.clone(), amount, cause.code, cause.reference)
        };
        [(Kind::Own, there), (Kind::Debt, amount - there)]
            .into_iter()
            .filter(|(_, part)| *part > 0)
            .map(|(kind, part)| from(kind, part))
            .collect()
    }
}
