//! Orders.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, values};
use facts::NamedId;
use kernel::{Timestamp, WorkspaceId};

use super::{json, pattern, read_json, workspace_value};
use crate::{
    model::order::{Handing, Order, RefundState, State},
    rules::errands::look_at,
};

/// Which orders; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Anywhere in its id, its goods, its address.
    pub search: Option<String>,
    /// Where it stands.
    pub state: Option<State>,
    /// How far it has come.
    pub handing: Option<Handing>,
    /// What its refunds need: `none`, `asked`, `refused` or `done`.
    pub refund: Option<&'static str>,
    /// Whose.
    pub subject: Option<NamedId>,
    /// Behind the one made then, of that id.
    pub after: Option<(Timestamp, String)>,
}

/// What its refunds need most, as a word to look for.
#[must_use]
pub fn refund_word(order: &Order) -> &'static str {
    let has = |state| order.refunds.iter().any(|refund| refund.state == state);
    if has(RefundState::Refused) {
        "refused"
    } else if has(RefundState::Asked) {
        "asked"
    } else if has(RefundState::Done) {
        "done"
    } else {
        "none"
    }
}

fn order(row: &QueryResult) -> Result<Order, DbError> {
    read_json(row, "body")
}

/// Orders of a workspace, the newest first.
pub async fn orders_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    filter: &OrderFilter,
    limit: usize,
) -> Result<Vec<Order>, DbError> {
    let search = filter.search.as_deref().filter(|search| !search.trim().is_empty()).map(pattern);
    let mut query =
        Narrowed::new("select body from commerce_order where workspace_id = $1", [workspace_value(workspace)])
            .by(" and search like $n escape '\\'", search)
            .by(" and state = $n", filter.state.map(State::as_str))
            .by(" and handing = $n", filter.handing.map(Handing::as_str))
            .by(" and refund_state = $n", filter.refund)
            .by(" and namespace = $n", filter.subject.as_ref().map(|subject| subject.namespace.as_str()))
            .by(" and subject = $n", filter.subject.as_ref().map(|subject| subject.value.as_str()));
    if let Some((at, id)) = &filter.after {
        query = query
            .by(" and (created_at < $n", Some(at.0))
            .by(" or (created_at = $n", Some(at.0))
            .by(" and id < $n))", Some(id.as_str()));
    }
    query.first(conn, "created_at desc, id desc", limit).await?.iter().map(order).collect()
}

/// One order.
pub async fn order_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Order>, DbError> {
    let sql = "select body from commerce_order where workspace_id = $1 and id = $2";
    conn.one(sql, values![i64::from(workspace.0), id]).await?.as_ref().map(order).transpose()
}

/// Orders of all brands that need to be looked after by now, the longest waiting first.
pub async fn orders_to_look_at<C: ConnectionTrait>(
    conn: &C,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(WorkspaceId, Order)>, DbError> {
    let sql = "select workspace_id, body from commerce_order where look_at <= $1 order by look_at limit $2";
    let rows = conn.all(sql, values![now.0, i64::from(limit)]).await?;
    let read = |row: &QueryResult| {
        let workspace = u32::try_from(row.get::<i64>("workspace_id")?).map_err(|_| DbError::corrupt("a workspace"))?;
        Ok((WorkspaceId(workspace), order(row)?))
    };
    rows.iter().map(read).collect()
}

/// Writes an order, new or changed.
pub async fn put_order<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, order: &Order) -> Result<(), DbError> {
    let goods = order.quote.lines.iter().map(|line| line.name.as_str());
    let address = order.address.iter().flat_map(|to| [to.name.as_str(), to.phone.as_str(), to.text.as_str()]);
    let words: Vec<&str> = std::iter::once(order.id.as_str()).chain(goods).chain(address).collect();
    let row = values![
        i64::from(workspace.0),
        order.id.as_str(),
        order.subject.namespace.as_str(),
        order.subject.value.as_str(),
        order.state.as_str(),
        order.handing.as_str(),
        refund_word(order),
        order.quote.payable,
        words.join("\n").to_lowercase(),
        order.created_at.0,
        look_at(order).map(|at| at.0),
        json("an order", order)?,
    ];
    let head =
        "insert into commerce_order (workspace_id, id, namespace, subject, state, handing, refund_state, payable,
        search, created_at, look_at, body)";
    let tail = "on conflict (workspace_id, id) do update set state = excluded.state, handing = excluded.handing,
        refund_state = excluded.refund_state, look_at = excluded.look_at, body = excluded.body";
    conn.insert_rows(head, 12, row.into(), tail).await?;
    Ok(())
}
