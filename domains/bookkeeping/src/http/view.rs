//! Accounts and transfers as they are told.

use kernel::Timestamp;
use ledger::{Account, AccountKey, Kind, Owner, TransferRow};
use serde::Serialize;
use utoipa::ToSchema;

/// One account.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerAccountName)]
pub(super) struct Name {
    /// Whose, as `brand`, `play:books` or `subject:user:42`.
    pub(super) owner: String,
    /// What for: `external`, `own`, `budget`, `spent`, `lapsed` or `debt`.
    pub(super) kind: &'static str,
}

impl Name {
    pub(super) fn of((owner, kind): &(Owner, Kind)) -> Self {
        Self { owner: owner.as_str().to_owned(), kind: kind.as_str() }
    }
}

/// An account and what it has.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerAccount)]
pub(super) struct AccountView {
    /// What it counts, as `fen`, `points` or `sku:tea-100`.
    pub(super) unit: String,
    /// Whose, as `brand`, `play:books` or `subject:user:42`.
    pub(super) owner: String,
    /// What for: `external`, `own`, `budget`, `spent`, `lapsed` or `debt`.
    pub(super) kind: &'static str,
    /// All that ever came in.
    pub(super) came: i64,
    /// All that ever went out.
    pub(super) went: i64,
    /// What it has; below zero is owed.
    pub(super) balance: i64,
    /// What of it is held for somebody.
    pub(super) held: i64,
    /// What of it can be given.
    pub(super) free: i64,
}

impl AccountView {
    pub(super) fn of(key: &AccountKey, account: Account) -> Self {
        Self {
            unit: key.unit.to_string(),
            owner: key.owner.as_str().to_owned(),
            kind: key.kind.as_str(),
            came: account.came,
            went: account.went,
            balance: account.balance(),
            held: account.held,
            free: account.free(),
        }
    }
}

/// A transfer, which never changes.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerTransfer)]
pub(super) struct TransferView {
    /// The chain it happened in, whole or not at all.
    pub(super) chain: String,
    /// Its place there, from 0.
    pub(super) step: i64,
    /// `now`, `hold`, `take` or `drop`.
    pub(super) op: String,
    /// What.
    pub(super) unit: String,
    /// How much.
    pub(super) amount: i64,
    /// Who gave.
    pub(super) from: Name,
    /// Who got.
    pub(super) to: Name,
    /// Why, as `points.given`.
    pub(super) code: String,
    /// Of what, or in words.
    pub(super) reference: String,
    /// The hold that it settled.
    pub(super) settles: Option<String>,
    /// Until when it holds, or can be used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) ends_at: Option<Timestamp>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
}

impl From<TransferRow> for TransferView {
    fn from(row: TransferRow) -> Self {
        Self {
            chain: row.chain,
            step: row.step,
            op: row.op,
            unit: row.unit.to_string(),
            amount: row.amount,
            from: Name::of(&row.from),
            to: Name::of(&row.to),
            code: row.code,
            reference: row.reference,
            settles: row.settles,
            ends_at: row.ends_at,
            at: row.at,
        }
    }
}
