//! Staff make, change and switch plays.

use db::{
    DbError, Tx,
    audit::{self, By, Entry},
    outbox,
};
use kernel::WorkspaceId;
use serde_json::{Value, json};

use super::{Manage, Outcome, tell};
use crate::{
    model::{Phase, Pools},
    rules::{check, guard},
    store::plays::{self, Play},
};

/// Decides one change of a play, stores it and writes it down.
pub(super) async fn manage(
    tx: &Tx,
    workspace: WorkspaceId,
    by: &By,
    id: &str,
    change: &Manage,
) -> Result<Outcome, DbError> {
    let known = plays::plays_by_id(tx, workspace, [id]).await?.pop();
    let before = known.as_ref().map(told);
    let (action, play) = match changed(tx, by, id, known, change) {
        Ok(changed) => changed,
        Err(outcome) => return Ok(outcome),
    };
    plays::put_plays(tx, workspace, &[&play]).await?;
    if matches!(change, Manage::Create { .. } | Manage::Edit { .. }) {
        plays::add_revision(tx, workspace, &play, &by.actor).await?;
    }
    if let Manage::Launch { .. } = change {
        outbox::emit(tx, workspace, &[tell::launched(&play, tx.at())?]).await?;
    }
    let entry = Entry {
        workspace,
        at: tx.at(),
        by: by.clone(),
        action: action.to_owned(),
        subject: format!("play:{id}"),
        before,
        after: Some(told(&play)),
    };
    audit::write(tx, vec![entry]).await?;
    Ok(Outcome::Managed(Box::new(play)))
}

fn told(play: &Play) -> Value {
    json!({"name": play.name, "phase": play.phase, "revision": play.revision, "declaration": play.declaration})
}

/// The play as it is after a change, or why it is not changed.
fn changed(tx: &Tx, by: &By, id: &str, known: Option<Play>, change: &Manage) -> Result<(&'static str, Play), Outcome> {
    let now = tx.at();
    match (change, known) {
        (Manage::Create { name, declaration }, None) => {
            let play = Play {
                id: id.to_owned(),
                name: name.clone(),
                phase: Phase::Draft,
                revision: 1,
                declaration: declaration.clone(),
                pools: Pools::default(),
                created_at: now,
                created_by: by.actor.clone(),
                changed_at: now,
                launched_at: None,
            };
            Ok(("play.created", play))
        }
        (Manage::Create { .. }, Some(_)) => Err(Outcome::Stale),
        (_, None) => Err(Outcome::Missing),
        (Manage::Edit { revision, name, declaration }, Some(play)) => {
            // What runs is never changed: rules and prizes are those that were published.
            if play.phase != Phase::Draft || play.revision != *revision {
                return Err(Outcome::Stale);
            }
            let (name, declaration) = (name.clone(), declaration.clone());
            Ok(("play.changed", Play { name, declaration, revision: revision + 1, changed_at: now, ..play }))
        }
        (Manage::Launch { revision }, Some(play)) => {
            if play.phase != Phase::Draft || play.revision != *revision {
                return Err(Outcome::Stale);
            }
            // Asked once more at the last moment: the rules may have changed since it was written.
            let report = guard::report(&play.declaration);
            if !report.may_run || !check::flaws(&play.declaration).is_empty() {
                return Err(Outcome::Refused(Box::new(report)));
            }
            Ok(("play.launched", Play { phase: Phase::Live, launched_at: Some(now), changed_at: now, ..play }))
        }
        (Manage::Turn(to), Some(play)) => {
            let action = match (play.phase, to) {
                (Phase::Live, Phase::Paused) => "play.paused",
                (Phase::Paused, Phase::Live) => "play.resumed",
                (Phase::Live | Phase::Paused, Phase::Ended) => "play.ended",
                _ => return Err(Outcome::Stale),
            };
            Ok((action, Play { phase: *to, changed_at: now, ..play }))
        }
    }
}
