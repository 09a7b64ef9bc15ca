//! The rows of a table, piece after piece: judged, and imported unless it is a check.

use std::{sync::Arc, time::Duration};

use db::audit::By;
use factlog::AppendError;
use facts::Fact;
use kernel::{Offset, WorkspaceId};
use parking_lot::Mutex;
use rustc_hash::FxHashSet;

use super::{
    ImportCommand, ImportOrder, PATIENCE, Trouble,
    command::Advance,
    judge::{Judged, Verdict, count, judge},
    upload::unpacked,
};
use crate::{
    Doors,
    model::import::{Import, State},
    ops::append::{NotAppended, append},
    rules::import::{Becomes, MappingError, RowRead, Seen, Translating},
    store::imports as store,
};

/// How far the reader may be behind, in facts: others want to read their writes too.
const AHEAD_MAX: u64 = 20_000;
/// Bytes appended together, about: well below what a log takes at once.
const APPENDED_BYTES: usize = 1 << 20;
/// Bytes of a fact beside its properties, about.
const ENVELOPE_BYTES: usize = 400;
/// Refused rows kept of an import; what is beyond is counted.
pub(crate) const REJECTS_MAX: u64 = 50_000;
/// Rows of a preview.
const PREVIEW_ROWS: usize = 20;

/// How the rows of an import become facts.
fn translating(import: &Import) -> Result<Translating, MappingError> {
    let checked = import.mapping.check(import.kind, import.columns.len())?;
    Ok(Translating { kind: import.kind, checked, import: import.id.clone(), at: import.created_at })
}

/// Reads a piece off the async workers.
async fn piece(doors: &Doors, workspace: WorkspaceId, import: &Import, number: u32) -> Result<Vec<RowRead>, Trouble> {
    let body = store::piece(doors.imports.records.reads(), workspace, &import.id, number).await?;
    let body = body.ok_or("the rows of the import are gone")?;
    tokio::task::spawn_blocking(move || unpacked(&body)).await?
}

/// What the first rows would do; only what they are, and why, when the columns are not named well.
pub(crate) async fn preview(
    doors: &Doors,
    workspace: WorkspaceId,
    import: &Import,
) -> Result<Result<Vec<Judged>, (MappingError, Vec<RowRead>)>, Trouble> {
    let mut rows = piece(doors, workspace, import, 0).await?;
    rows.truncate(PREVIEW_ROWS);
    let translating = match translating(import) {
        Ok(translating) => translating,
        Err(error) => return Ok(Err((error, rows))),
    };
    let mut seen = Seen::default();
    let rows = rows.into_iter().map(|row| (translating.row(&row, &mut seen), row)).map(|(becomes, row)| (row, becomes));
    judge(doors, workspace, import, rows.collect(), &mut FxHashSet::default()).await.map(Ok)
}

/// Checks or imports every row that is not done.
pub(super) async fn read_all(doors: &Doors, workspace: WorkspaceId, mut import: Import) -> Result<(), Trouble> {
    let during = import.state;
    let translating = Arc::new(translating(&import)?);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut met: FxHashSet<String> = FxHashSet::default();
    for number in 0..import.pieces {
        let rows = piece(doors, workspace, &import, number).await?;
        let (translating, seen) = (Arc::clone(&translating), Arc::clone(&seen));
        let rows: Vec<(RowRead, Becomes)> = tokio::task::spawn_blocking(move || {
            let mut seen = seen.lock();
            rows.into_iter()
                .map(|row| (translating.row(&row, &mut seen), row))
                .map(|(becomes, row)| (row, becomes))
                .collect()
        })
        .await?;
        if number < import.next_piece {
            // Done before a crash: only what later rows may repeat is remembered.
            met.extend(rows.iter().filter_map(|(_, becomes)| becomes.as_ref().ok()?.fact.user_id.clone()));
            continue;
        }
        let judged = judge(doors, workspace, &import, rows, &mut met).await?;
        let mut rejects = count(&mut import.counts, &judged);
        let room = REJECTS_MAX.saturating_sub(import.counts.rejected - rejects.len() as u64);
        rejects.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        let mut keys = Vec::new();
        if during == State::Running {
            keys = hand_in(doors, workspace, &mut import, judged).await?;
        }
        import.next_piece = number + 1;
        if import.next_piece == import.pieces {
            import.state = if during == State::Running { State::Done } else { State::Checked };
        }
        let advance = Advance { import: import.clone(), during, rejects, keys };
        if !note(doors, workspace, &import, advance).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Appends the facts of rows that say something new; the keys of what was brought.
async fn hand_in(
    doors: &Doors,
    workspace: WorkspaceId,
    import: &mut Import,
    judged: Vec<Judged>,
) -> Result<Vec<([u8; 16], i64)>, Trouble> {
    let mut keys = Vec::with_capacity(judged.len());
    let mut facts = Vec::with_capacity(judged.len());
    for (told, _) in
        judged.into_iter().filter_map(|(_, becomes)| becomes.ok()).filter(|(_, verdict)| *verdict != Verdict::Same)
    {
        keys.push((told.key, told.content));
        facts.push(told.fact);
    }
    if let Some(last) = append_all(doors, workspace, &facts).await? {
        import.last = Some(last);
        doors.register.note(workspace, facts::IMPORT, doors.clock.now(), facts.len(), Vec::new());
        let behind = Offset(last.0.saturating_sub(AHEAD_MAX)).max(Offset::FIRST);
        wait_for(doors, workspace, behind).await?;
    }
    Ok(keys)
}

/// Appends facts in pieces, and waits while the log is full.
pub(super) async fn append_all(
    doors: &Doors,
    workspace: WorkspaceId,
    facts: &[Fact],
) -> Result<Option<Offset>, Trouble> {
    let mut last = None;
    let mut bytes = 0;
    let together = facts.chunk_by(|fact, _| {
        bytes += fact.properties.get().len() + ENVELOPE_BYTES;
        let more = bytes < APPENDED_BYTES;
        bytes = if more { bytes } else { 0 };
        more
    });
    for together in together {
        last = loop {
            match append(doors, workspace, together).await {
                Err(NotAppended::Log(AppendError::Full { retry_after_secs })) => {
                    tokio::time::sleep(Duration::from_secs(retry_after_secs)).await;
                }
                appended => break appended?,
            }
        };
    }
    Ok(last)
}

/// Waits until a fact is digested.
pub(super) async fn wait_for(doors: &Doors, workspace: WorkspaceId, offset: Offset) -> Result<(), Trouble> {
    let river = doors.rivers.get(workspace).ok_or("the brand has no river here")?;
    Ok(river.wait_for(Some(offset), PATIENCE).await?)
}

/// Writes down how far it has come. Answers whether somebody still wants it.
pub(super) async fn note(
    doors: &Doors,
    workspace: WorkspaceId,
    import: &Import,
    advance: Advance,
) -> Result<bool, Trouble> {
    let by = By::named(import.created_by.clone());
    let command = ImportCommand::Advance(Box::new(advance));
    Ok(doors.imports.orders.submit(ImportOrder { by, workspace, command }).await?.is_ok())
}
