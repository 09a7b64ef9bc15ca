//! All SQL of the ledger.

use std::collections::BTreeSet;

use db::{ConnectionTrait, DbError, Engine, QueryResult, Row, Sql, Tx, Value, values};
use kernel::{Timestamp, WorkspaceId};

use crate::{
    model::{Account, AccountKey, Chain, HoldId, Kind, Op, Owner, Refusal, Unit},
    rules::book::{Attempt, Book, Hold, LotKey, Of, Page, Written},
};

/// Columns that name an account.
const KEY: usize = 4;

impl Book {
    /// Everything these chains touch, and these accounts beside them, locked against other writers where the engine has any.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn load(
        tx: &Tx,
        chains: impl IntoIterator<Item = (WorkspaceId, &Chain)> + Send,
        beside: impl IntoIterator<Item = (WorkspaceId, AccountKey)> + Send,
    ) -> Result<Self, DbError> {
        let mut keys: BTreeSet<Of<AccountKey>> = beside.into_iter().collect();
        let mut holds: BTreeSet<Of<HoldId>> = BTreeSet::new();
        let mut ids: BTreeSet<(u32, String)> = BTreeSet::new();
        for (workspace, chain) in chains {
            ids.insert((workspace.0, chain.id.clone()));
            for transfer in &chain.transfers {
                keys.extend([(workspace, transfer.giver()), (workspace, transfer.taker())]);
                holds.extend(transfer.op.settles().map(|hold| (workspace, hold.clone())));
            }
        }
        let mut book = Self::default();
        book.load_accounts(tx, &keys).await?;
        book.load_holds(tx, &holds).await?;
        book.load_attempts(tx, ids).await?;
        Ok(book)
    }

    async fn load_accounts(&mut self, tx: &Tx, keys: &BTreeSet<Of<AccountKey>>) -> Result<(), DbError> {
        let list: Vec<Value> = keys.iter().flat_map(key_values).collect();
        // A row that is not there cannot be locked: it is made first, in one order for all writers.
        if tx.engine() == Engine::Postgres {
            let rows =
                keys.iter().flat_map(|key| key_values(key).into_iter().chain(values![0_i64, 0_i64, 0_i64])).collect();
            tx.insert_rows(INSERT_ACCOUNT, KEY + 3, rows, "on conflict do nothing").await?;
        }
        let lock = if tx.engine() == Engine::Postgres { "for update" } else { "" };
        let sql = format!(
            "select workspace_id, unit, owner, kind, came, went, held from ledger_account
            where (workspace_id, unit, owner, kind) in (values {{rows}})
            order by workspace_id, unit, owner, kind {lock}"
        );
        for row in tx.all_in(&sql, [], KEY, list.clone()).await? {
            let page = Page { account: account(&row)?, ..Page::default() };
            self.pages.insert((workspace(&row)?, account_key(&row)?), page);
        }
        let sql = "select workspace_id, unit, owner, kind, ends_at, lot, left_over from ledger_lot
            where left_over > 0 and (workspace_id, unit, owner, kind) in (values {rows})";
        for row in tx.all_in(sql, [], KEY, list).await? {
            let lot: LotKey = (Timestamp(row.get("ends_at")?), row.get("lot")?);
            let page = self.pages.entry((workspace(&row)?, account_key(&row)?)).or_default();
            page.lots.insert(lot, row.get("left_over")?);
        }
        Ok(())
    }

    async fn load_holds(&mut self, tx: &Tx, holds: &BTreeSet<Of<HoldId>>) -> Result<(), DbError> {
        let list = holds.iter().flat_map(|(workspace, hold)| values![workspace.0, hold.as_str()]).collect();
        let sql = "select workspace_id, hold, unit, from_owner, from_kind, to_owner, to_kind, amount, ends_at
            from ledger_hold where (workspace_id, hold) in (values {rows})";
        for row in tx.all_in(sql, [], 2, list).await? {
            self.holds.insert((workspace(&row)?, HoldId::stored(row.get("hold")?)), hold(&row)?);
        }
        Ok(())
    }

    async fn load_attempts(&mut self, tx: &Tx, ids: BTreeSet<(u32, String)>) -> Result<(), DbError> {
        let list = ids.into_iter().flat_map(|(workspace, id)| values![workspace, id]).collect();
        let sql = "select workspace_id, chain, request, refusal from ledger_attempt
            where (workspace_id, chain) in (values {rows})";
        for row in tx.all_in(sql, [], 2, list).await? {
            let request: Vec<u8> = row.get("request")?;
            let request = request.try_into().map_err(|_| DbError::corrupt("the digest of a chain"))?;
            let refusal = row.get::<Option<String>>("refusal")?;
            let refusal = refusal
                .map(|text| Refusal::parse(&text).ok_or_else(|| DbError::corrupt("a refusal of a chain")))
                .transpose()?;
            self.attempts.insert((workspace(&row)?, row.get("chain")?), Attempt { request, refusal });
        }
        Ok(())
    }

    /// Makes everything that was decided last, with the transaction.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn store(self, tx: &Tx) -> Result<(), DbError> {
        let Self { pages, holds, attempts, written } = self;
        let Written { accounts, lots, held, settled, attempts: decided, transfers } = written;
        let row = |key: &Of<AccountKey>| {
            let Account { came, went, held } = pages.get(key).map(|page| page.account).unwrap_or_default();
            key_values(key).into_iter().chain(values![came, went, held])
        };
        let tail = "on conflict (workspace_id, unit, owner, kind) do update set came = excluded.came,
            went = excluded.went, held = excluded.held";
        tx.insert_rows(INSERT_ACCOUNT, KEY + 3, accounts.iter().flat_map(row).collect(), tail).await?;

        let row = |(key, lot): &(Of<AccountKey>, LotKey)| {
            let left = pages.get(key).and_then(|page| page.lots.get(lot)).copied().unwrap_or_default();
            key_values(key).into_iter().chain(values![lot.0.0, lot.1.as_str(), left])
        };
        let head = "insert into ledger_lot (workspace_id, unit, owner, kind, ends_at, lot, left_over)";
        let tail =
            "on conflict (workspace_id, unit, owner, kind, ends_at, lot) do update set left_over = excluded.left_over";
        tx.insert_rows(head, KEY + 3, lots.iter().flat_map(row).collect(), tail).await?;

        let list = settled.iter().flat_map(|(workspace, hold)| values![workspace.0, hold.as_str()]).collect();
        tx.run_in("delete from ledger_hold where (workspace_id, hold) in (values {rows})", [], 2, list).await?;
        let rows = held.iter().filter_map(|of| Some(hold_values(of, holds.get(of)?))).flatten().collect();
        let head =
            "insert into ledger_hold (workspace_id, hold, unit, from_owner, from_kind, to_owner, to_kind, amount,
            ends_at)";
        tx.insert_rows(head, 9, rows, "").await?;

        let at = tx.at();
        let row = |place: &(WorkspaceId, String)| {
            let attempt = attempts.get(place)?;
            let refusal = attempt.refusal.map(Refusal::as_str);
            Some(values![place.0.0, place.1.as_str(), attempt.request.to_vec(), refusal, at.0])
        };
        let head = "insert into ledger_attempt (workspace_id, chain, request, refusal, at)";
        tx.insert_rows(head, 5, decided.iter().filter_map(row).flatten().collect(), "").await?;

        let rows = transfers.into_iter().flat_map(|(workspace, chain, step, transfer, at)| {
            let ends_at = match &transfer.op {
                Op::Hold { until } => *until,
                _ => transfer.ends_at,
            };
            values![
                workspace.0,
                chain,
                i64::try_from(step).unwrap_or(i64::MAX),
                transfer.op.as_str(),
                transfer.unit.to_string(),
                transfer.from.0.as_str(),
                transfer.from.1.as_str(),
                transfer.to.0.as_str(),
                transfer.to.1.as_str(),
                transfer.amount,
                transfer.op.settles().map(|hold| hold.as_str().to_owned()),
                ends_at.map(|at| at.0),
                transfer.code,
                transfer.reference,
                at.0,
            ]
        });
        let head = "insert into ledger_transfer (workspace_id, chain, step, op, unit, from_owner, from_kind, to_owner,
            to_kind, amount, settles, ends_at, code, reference, at)";
        tx.insert_rows(head, 15, rows.collect(), "").await?;
        Ok(())
    }
}

const INSERT_ACCOUNT: &str = "insert into ledger_account (workspace_id, unit, owner, kind, came, went, held)";

fn key_values((workspace, key): &Of<AccountKey>) -> [Value; KEY] {
    values![workspace.0, key.unit.to_string(), key.owner.as_str(), key.kind.as_str()]
}

fn hold_values((workspace, id): &Of<HoldId>, hold: &Hold) -> [Value; 9] {
    values![
        workspace.0,
        id.as_str(),
        hold.unit.to_string(),
        hold.from.0.as_str(),
        hold.from.1.as_str(),
        hold.to.0.as_str(),
        hold.to.1.as_str(),
        hold.amount,
        hold.until.map(|at| at.0),
    ]
}

fn workspace(row: &QueryResult) -> Result<WorkspaceId, DbError> {
    let number = u32::try_from(row.get::<i64>("workspace_id")?).map_err(|_| DbError::corrupt("a workspace"))?;
    Ok(WorkspaceId(number))
}

fn unit(row: &QueryResult) -> Result<Unit, DbError> {
    Unit::try_from(row.get::<String>("unit")?).map_err(|_| DbError::corrupt("a unit of the ledger"))
}

fn side(row: &QueryResult, owner: &str, kind: &str) -> Result<(Owner, Kind), DbError> {
    let read = Kind::parse(&row.get::<String>(kind)?).ok_or_else(|| DbError::corrupt("a kind of account"))?;
    Ok((Owner::stored(row.get(owner)?), read))
}

fn account_key(row: &QueryResult) -> Result<AccountKey, DbError> {
    let (owner, kind) = side(row, "owner", "kind")?;
    Ok(AccountKey::new(unit(row)?, owner, kind))
}

fn account(row: &QueryResult) -> Result<Account, DbError> {
    Ok(Account { came: row.get("came")?, went: row.get("went")?, held: row.get("held")? })
}

fn hold(row: &QueryResult) -> Result<Hold, DbError> {
    Ok(Hold {
        unit: unit(row)?,
        from: side(row, "from_owner", "from_kind")?,
        to: side(row, "to_owner", "to_kind")?,
        amount: row.get("amount")?,
        until: row.get::<Option<i64>>("ends_at")?.map(Timestamp),
    })
}

/// What some accounts of a workspace have; those that never had anything are not among them.
///
/// # Errors
/// [`DbError`] by class.
pub async fn balances<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    keys: impl IntoIterator<Item = &AccountKey>,
) -> Result<Vec<(AccountKey, Account)>, DbError> {
    let list = keys.into_iter().flat_map(|key| values![key.unit.to_string(), key.owner.as_str(), key.kind.as_str()]);
    let sql = "select unit, owner, kind, came, went, held from ledger_account
        where workspace_id = $1 and (unit, owner, kind) in (values {rows})";
    let rows = conn.all_in(sql, values![workspace.0], 3, list.collect()).await?;
    rows.iter().map(|row| Ok((account_key(row)?, account(row)?))).collect()
}

/// An account and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub key: AccountKey,
    /// What it has.
    pub account: Account,
}

/// Accounts of a unit whose owner's name begins with a text, in the order of owners, from behind one of them.
///
/// # Errors
/// [`DbError`] by class.
pub async fn accounts_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    unit: &Unit,
    owner: &str,
    after: Option<(String, Kind)>,
    limit: usize,
) -> Result<Vec<Entry>, DbError> {
    let (behind, kind) = after.map_or((String::new(), ""), |(owner, kind)| (owner, kind.as_str()));
    let above = above(owner);
    let sql = "select unit, owner, kind, came, went, held from ledger_account
        where workspace_id = $1 and unit = $2 and owner >= $3 and owner < $4
            and (owner > $5 or (owner = $5 and kind > $6))
        order by owner, kind limit $7";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = values![workspace.0, unit.to_string(), owner, above, behind, kind, limit];
    let rows = conn.all(sql, values).await?;
    rows.iter().map(|row| Ok(Entry { key: account_key(row)?, account: account(row)? })).collect()
}

/// The least text above all that begin with `prefix`.
fn above(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

/// Units a workspace has accounts of.
///
/// # Errors
/// [`DbError`] by class.
pub async fn units_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Unit>, DbError> {
    let sql = "select distinct unit from ledger_account where workspace_id = $1 order by unit";
    conn.all(sql, values![workspace.0]).await?.iter().map(unit).collect()
}

/// A transfer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// The chain it happened in.
    pub chain: String,
    /// Its place in the chain, from 0.
    pub step: i64,
    /// `now`, `hold`, `take` or `drop`.
    pub op: String,
    /// What.
    pub unit: Unit,
    /// Who gave.
    pub from: (Owner, Kind),
    /// Who got.
    pub to: (Owner, Kind),
    /// How much.
    pub amount: i64,
    /// The hold it settled.
    pub settles: Option<String>,
    /// Until when it holds, or can be used.
    pub ends_at: Option<Timestamp>,
    /// Why.
    pub code: String,
    /// Of what.
    pub reference: String,
    /// When.
    pub at: Timestamp,
}

/// Transfers of an account, the newest first, from before one of them (its moment, chain and step).
///
/// # Errors
/// [`DbError`] by class.
pub async fn entries_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    key: &AccountKey,
    before: Option<(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<TransferRow>, DbError> {
    let (at, place) = before.unwrap_or((Timestamp(i64::MAX), String::new()));
    // Each side has an index of its own; a transfer is on one side of an account only.
    let side = |owner: &str, kind: &str| {
        format!(
            "select chain, step, op, unit, from_owner, from_kind, to_owner, to_kind, amount, settles, ends_at, code,
                reference, at from ledger_transfer
            where workspace_id = $1 and unit = $2 and {owner} = $3 and {kind} = $4
                and (at < $5 or (at = $5 and chain < $6))"
        )
    };
    let sql = format!(
        "{} union all {} order by at desc, chain desc, step limit $7",
        side("from_owner", "from_kind"),
        side("to_owner", "to_kind")
    );
    let (unit, limit) = (key.unit.to_string(), i64::try_from(limit).unwrap_or(i64::MAX));
    let values = values![workspace.0, unit, key.owner.as_str(), key.kind.as_str(), at.0, place, limit];
    conn.all(&sql, values).await?.iter().map(transfer_row).collect()
}

fn transfer_row(row: &QueryResult) -> Result<TransferRow, DbError> {
    Ok(TransferRow {
        chain: row.get("chain")?,
        step: row.get("step")?,
        op: row.get("op")?,
        unit: unit(row)?,
        from: side(row, "from_owner", "from_kind")?,
        to: side(row, "to_owner", "to_kind")?,
        amount: row.get("amount")?,
        settles: row.get("settles")?,
        ends_at: row.get::<Option<i64>>("ends_at")?.map(Timestamp),
        code: row.get("code")?,
        reference: row.get("reference")?,
        at: Timestamp(row.get("at")?),
    })
}

/// A hold that ended, and what drops it.
pub(crate) type EndedHold = (WorkspaceId, HoldId, Hold);

/// Holds that ended by a moment, of all workspaces.
///
/// # Errors
/// [`DbError`] by class.
pub(crate) async fn ended_holds<C: ConnectionTrait>(
    conn: &C,
    by: Timestamp,
    limit: u32,
) -> Result<Vec<EndedHold>, DbError> {
    let sql = "select workspace_id, hold, unit, from_owner, from_kind, to_owner, to_kind, amount, ends_at
        from ledger_hold where ends_at <= $1 order by ends_at limit $2";
    let rows = conn.all(sql, values![by.0, i64::from(limit)]).await?;
    rows.iter().map(|row| Ok((workspace(row)?, HoldId::stored(row.get("hold")?), hold(row)?))).collect()
}

/// Lots of which something is left though they ended by a moment: account, lot and what is left, with what the account could give.
///
/// # Errors
/// [`DbError`] by class.
pub(crate) async fn ended_lots<C: ConnectionTrait>(
    conn: &C,
    by: Timestamp,
    limit: u32,
) -> Result<Vec<(WorkspaceId, AccountKey, String, i64)>, DbError> {
    let sql = "select l.workspace_id, l.unit, l.owner, l.kind, l.lot, l.left_over
        from ledger_lot l join ledger_account a on a.workspace_id = l.workspace_id and a.unit = l.unit
            and a.owner = l.owner and a.kind = l.kind
        where l.ends_at <= $1 and l.left_over > 0 and a.came - a.went - a.held >= l.left_over
        order by l.ends_at limit $2";
    let rows = conn.all(sql, values![by.0, i64::from(limit)]).await?;
    rows.iter().map(|row| Ok((workspace(row)?, account_key(row)?, row.get("lot")?, row.get("left_over")?))).collect()
}

/// What transfers say each account of a workspace has, and what is kept of it; only where the two differ.
///
/// # Errors
/// [`DbError`] by class.
pub(crate) async fn differences<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    limit: u32,
) -> Result<Vec<(AccountKey, Account, Account)>, DbError> {
    let sql = "select unit, owner, kind, cast(sum(came) as bigint) as came, cast(sum(went) as bigint) as went,
            cast(sum(held) as bigint) as held, cast(sum(told_came) as bigint) as told_came,
            cast(sum(told_went) as bigint) as told_went, cast(sum(told_held) as bigint) as told_held
        from (
            select unit, owner, kind, came, went, held, 0 as told_came, 0 as told_went, 0 as told_held
                from ledger_account where workspace_id = $1
            union all select unit, to_owner, to_kind, 0, 0, 0, amount, 0, 0
                from ledger_transfer where workspace_id = $1 and op in ('now', 'take')
            union all select unit, from_owner, from_kind, 0, 0, 0, 0, amount, 0
                from ledger_transfer where workspace_id = $1 and op in ('now', 'take')
            union all select unit, from_owner, from_kind, 0, 0, 0, 0, 0, amount
                from ledger_hold where workspace_id = $1
        ) as sides
        group by unit, owner, kind
        having sum(came) <> sum(told_came) or sum(went) <> sum(told_went) or sum(held) <> sum(told_held)
        order by unit, owner, kind limit $2";
    let rows = conn.all(sql, values![workspace.0, i64::from(limit)]).await?;
    let told = |row: &QueryResult| {
        let (came, went) = (row.get("told_came")?, row.get("told_went")?);
        Ok::<_, DbError>(Account { came, went, held: row.get("told_held")? })
    };
    rows.iter().map(|row| Ok((account_key(row)?, account(row)?, told(row)?))).collect()
}
