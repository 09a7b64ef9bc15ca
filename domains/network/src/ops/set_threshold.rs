//! Setting from where on somebody counts as a KOC.

use std::collections::BTreeMap;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
};
use kernel::WorkspaceId;
use serde_json::json;

use crate::{
    rules::board::Threshold,
    store::kocs::{self, BoardKind},
};

/// A threshold to be set, and who asks for it.
#[derive(Clone, Debug)]
pub struct SetThreshold {
    /// Who asks.
    pub by: By,
    /// Whose.
    pub workspace: WorkspaceId,
    /// For which board.
    pub board: BoardKind,
    /// Sound: see [`Threshold::is_sound`].
    pub threshold: Threshold,
}

/// Decides thresholds: the last word holds, and each is told.
pub struct Thresholds;

#[async_trait]
impl Decider for Thresholds {
    type Command = SetThreshold;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "network_koc_threshold"
    }

    async fn decide(&self, tx: &Tx, commands: &[SetThreshold]) -> Result<Vec<()>, DbError> {
        let mut known: BTreeMap<(u32, BoardKind), Threshold> = BTreeMap::new();
        let mut told = Vec::with_capacity(commands.len());
        for SetThreshold { by, workspace, board, threshold } in commands {
            let before = match known.insert((workspace.0, *board), *threshold) {
                Some(before) => before,
                None => kocs::threshold_in_workspace(tx, *workspace, *board).await?.unwrap_or_default(),
            };
            told.push(Entry {
                workspace: *workspace,
                at: tx.at(),
                by: by.clone(),
                action: "koc_threshold.set".to_owned(),
                subject: format!("koc_threshold:{}", board.as_str()),
                before: Some(json!(before)),
                after: Some(json!(threshold)),
            });
        }
        let set: Vec<_> =
            commands.iter().map(|command| (command.workspace, command.board, command.threshold)).collect();
        kocs::set_thresholds(tx, &set).await?;
        audit::write(tx, told).await?;
        Ok(vec![(); commands.len()])
    }
}
