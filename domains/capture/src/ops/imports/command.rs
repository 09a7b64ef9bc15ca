//! What the records are told of imports, and how it is decided.

use std::sync::Arc;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
};
use kernel::{Offset, WorkspaceId};
use serde_json::json;

use crate::{
    model::import::{Counts, Import, RejectedRow, State},
    rules::import::Mapping,
    store::imports as store,
};

/// Days a table is kept that was uploaded and not imported.
const KEPT_SECS: i64 = 7 * 24 * 3600;

/// A command, by whom, for which brand.
#[derive(Clone, Debug)]
pub(crate) struct ImportOrder {
    pub(crate) by: By,
    pub(crate) workspace: WorkspaceId,
    pub(crate) command: ImportCommand,
}

/// What may be asked.
#[derive(Clone, Debug)]
pub(crate) enum ImportCommand {
    /// Book an upload with its rows.
    Create(Box<Import>, Arc<Vec<Vec<u8>>>),
    /// Name the columns.
    Map(String, Mapping),
    /// Begin to check, to import, or to take back; the log stands at the offset.
    Start(String, State, Offset),
    /// Note how far the work has come.
    Advance(Box<Advance>),
    /// Throw away what was not imported.
    Remove(String),
}

/// How far work has come.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    /// The import as it is now; in another state when the work is over.
    pub(crate) import: Import,
    /// The state in which the work was done.
    pub(crate) during: State,
    pub(crate) rejects: Vec<RejectedRow>,
    /// What it brought: keys, and digests of what was said.
    pub(crate) keys: Vec<([u8; 16], i64)>,
}

/// The import as it is now.
pub(crate) type Done = Box<Import>;

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such import.
    Missing,
    /// It is in a state where that cannot be.
    State(State),
}

/// Decides the commands.
pub(crate) struct ImportDeciding;

#[async_trait]
impl Decider for ImportDeciding {
    type Command = ImportOrder;
    type Outcome = Result<Done, Refusal>;

    fn name(&self) -> &'static str {
        "imports"
    }

    async fn decide(&self, tx: &Tx, orders: &[ImportOrder]) -> Result<Vec<Self::Outcome>, DbError> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            let outcome = Box::pin(decide(tx, order)).await?;
            if let Ok(import) = &outcome {
                audit::write(tx, told(tx, order, import).into_iter().collect()).await?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

async fn decide(tx: &Tx, order: &ImportOrder) -> Result<Result<Done, Refusal>, DbError> {
    let workspace = order.workspace;
    match &order.command {
        ImportCommand::Create(import, pieces) => {
            for id in store::forgotten(tx, workspace, tx.at().plus_secs(-KEPT_SECS)).await? {
                store::remove(tx, workspace, &id).await?;
            }
            store::insert(tx, workspace, import, pieces).await?;
            Ok(Ok(import.clone()))
        }
        ImportCommand::Map(id, mapping) => {
            let Some(mut import) = store::one(tx, workspace, id).await? else { return Ok(Err(Refusal::Missing)) };
            if !matches!(import.state, State::Draft | State::Checked) {
                return Ok(Err(Refusal::State(import.state)));
            }
            import.state = State::Draft;
            import.mapping = mapping.clone();
            import.counts = Counts::default();
            store::update(tx, workspace, &import).await?;
            Ok(Ok(Box::new(import)))
        }
        ImportCommand::Start(id, to, stands_at) => start(tx, workspace, id, *to, *stands_at).await,
        ImportCommand::Advance(advance) => advance_to(tx, workspace, advance).await,
        ImportCommand::Remove(id) => {
            let Some(import) = store::one(tx, workspace, id).await? else { return Ok(Err(Refusal::Missing)) };
            if !matches!(import.state, State::Draft | State::Checked) {
                return Ok(Err(Refusal::State(import.state)));
            }
            store::remove(tx, workspace, id).await?;
            Ok(Ok(Box::new(import)))
        }
    }
}

async fn start(
    tx: &Tx,
    workspace: WorkspaceId,
    id: &str,
    to: State,
    stands_at: Offset,
) -> Result<Result<Done, Refusal>, DbError> {
    let Some(mut import) = store::one(tx, workspace, id).await? else { return Ok(Err(Refusal::Missing)) };
    let may = match to {
        State::Checking | State::Running => matches!(import.state, State::Draft | State::Checked),
        State::Undoing => import.state == State::Done,
        _ => false,
    };
    if !may {
        return Ok(Err(Refusal::State(import.state)));
    }
    if to == State::Undoing {
        import.undo_from = Some(stands_at);
        import.undone_to = import.before;
    } else {
        store::drop_rejects(tx, workspace, id).await?;
        import.counts = Counts::default();
        import.next_piece = 0;
        import.before = Some(Offset(stands_at.0.saturating_sub(1)));
        import.last = None;
    }
    import.state = to;
    import.finished_at = None;
    store::update(tx, workspace, &import).await?;
    Ok(Ok(Box::new(import)))
}

async fn advance_to(tx: &Tx, workspace: WorkspaceId, advance: &Advance) -> Result<Result<Done, Refusal>, DbError> {
    let Advance { import, during, rejects, keys } = advance;
    let id = &import.id;
    let Some(known) = store::one(tx, workspace, id).await? else { return Ok(Err(Refusal::Missing)) };
    if known.state != *during {
        return Ok(Err(Refusal::State(known.state)));
    }
    let mut import = import.clone();
    if import.state != *during {
        import.finished_at = Some(tx.at());
    }
    store::add_rejects(tx, workspace, id, rejects).await?;
    store::add_keys(tx, workspace, id, keys).await?;
    match import.state {
        State::Done => store::drop_pieces(tx, workspace, id).await?,
        State::Undone => store::drop_keys(tx, workspace, id).await?,
        _ => {}
    }
    store::update(tx, workspace, &import).await?;
    Ok(Ok(Box::new(import)))
}

/// What the audit trail tells. How far work has come is nobody's doing; that it is over is told with its numbers.
fn told(tx: &Tx, order: &ImportOrder, import: &Import) -> Option<Entry> {
    let (action, after) = match &order.command {
        ImportCommand::Create(..) => {
            ("import.uploaded", Some(json!({ "kind": import.kind, "name": import.name, "rows": import.rows })))
        }
        ImportCommand::Start(_, State::Running, _) => ("import.started", Some(json!({ "mapping": import.mapping }))),
        ImportCommand::Start(_, State::Undoing, _) => ("import.undo_started", None),
        ImportCommand::Remove(_) => ("import.removed", None),
        ImportCommand::Advance(_) if import.state == State::Done => ("import.done", Some(json!(import.counts))),
        ImportCommand::Advance(_) if import.state == State::Undone => ("import.undone", Some(json!(import.counts))),
        ImportCommand::Map(..) | ImportCommand::Start(..) | ImportCommand::Advance(_) => return None,
    };
    Some(Entry {
        workspace: order.workspace,
        at: tx.at(),
        by: order.by.clone(),
        action: action.to_owned(),
        subject: format!("import:{}", import.id),
        before: None,
        after,
    })
}
