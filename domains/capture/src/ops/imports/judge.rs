//! What the brand knows already decides what a row would do.

use kernel::WorkspaceId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Trouble;
use crate::{
    Doors,
    model::import::{Counts, Import, RejectedRow},
    rules::import::{Becomes, Kind, Refused, RowRead, Told},
    store::imports as store,
};

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportVerdict)]
pub(crate) enum Verdict {
    /// An order; or somebody the brand did not know by this id.
    New,
    /// Somebody it knew.
    Changed,
    /// Nothing: an earlier import brought it word by word.
    Same,
}

/// A row and what it does.
pub(crate) type Judged = (RowRead, Result<(Told, Verdict), Refused>);

/// Judges rows in the order of the table. `met` are the people of the rows before.
pub(super) async fn judge(
    doors: &Doors,
    workspace: WorkspaceId,
    import: &Import,
    rows: Vec<(RowRead, Becomes)>,
    met: &mut FxHashSet<String>,
) -> Result<Vec<Judged>, Trouble> {
    let told = || rows.iter().filter_map(|(_, becomes)| becomes.as_ref().ok());
    let keys: Vec<[u8; 16]> = told().map(|told| told.key).collect();
    let brought = store::brought(doors.imports.records.reads(), workspace, &keys).await?;
    let brought: FxHashMap<[u8; 16], (i64, String)> =
        brought.into_iter().map(|(key, content, import)| (key, (content, import))).collect();
    let strangers = if import.kind == Kind::People {
        let ids: FxHashSet<String> = told().filter_map(|told| told.fact.user_id.clone()).collect();
        let asked: Vec<String> = ids.into_iter().collect();
        let known = doors.people.known(workspace, &asked).await?;
        asked.into_iter().zip(known).filter_map(|(id, known)| (!known).then_some(id)).collect()
    } else {
        FxHashSet::default()
    };
    let mut judge = |told: Told| {
        match brought.get(&told.key) {
            _ if told.again => return Ok((told, Verdict::Same)),
            // What this import brought itself is a row that is read again after a crash.
            Some((content, by)) if *content == told.content && *by != import.id => return Ok((told, Verdict::Same)),
            Some((content, by)) if *content != told.content => return Err(Refused::Changed(by.clone())),
            _ => {}
        }
        let verdict = match &told.fact.user_id {
            Some(id) if import.kind == Kind::People => {
                let stranger = strangers.contains(id) && !met.contains(id);
                met.insert(id.clone());
                if stranger { Verdict::New } else { Verdict::Changed }
            }
            _ => Verdict::New,
        };
        Ok((told, verdict))
    };
    Ok(rows.into_iter().map(|(row, becomes)| (row, becomes.and_then(&mut judge))).collect())
}

/// Counts rows, and gives those that were refused.
pub(super) fn count(counts: &mut Counts, judged: &[Judged]) -> Vec<RejectedRow> {
    let mut rejects = Vec::new();
    for (row, becomes) in judged {
        counts.rows += 1;
        match becomes {
            Ok((_, Verdict::New)) => counts.new += 1,
            Ok((_, Verdict::Changed)) => counts.changed += 1,
            Ok((_, Verdict::Same)) => counts.same += 1,
            Err(refused) => {
                counts.rejected += 1;
                rejects.push(RejectedRow {
                    line: row.line,
                    code: refused.code().to_owned(),
                    zh: refused.zh(),
                    en: refused.en(),
                    cells: row.cells.clone(),
                });
            }
        }
    }
    rejects
}
