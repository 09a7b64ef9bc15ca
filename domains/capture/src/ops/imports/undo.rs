//! An import is taken back. Facts never change, so what corrects them are facts of their own: an order is taken back as it was
//! told, and a profile becomes what the facts that stand make of it, as if the import had never been.
//!
//! Somebody may tell something new of a person while that is worked out. What was digested behind the state that was read is
//! therefore looked for again, until nothing is.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Fact, Identified, Kind as FactKind, Typed, names};
use kernel::{Handle, Offset, WorkspaceId};
use river::{Ask, Order, River, Row};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Trouble,
    command::Advance,
    rows::{append_all, note, wait_for},
};
use crate::{
    Doors,
    model::import::{Import, State},
    rules::import::Kind,
    store::imports as store,
};

/// Facts looked at together.
const PAGE: usize = 1000;

/// Takes back what is left of an import.
pub(super) async fn take_back(doors: &Doors, workspace: WorkspaceId, mut import: Import) -> Result<(), Trouble> {
    let river = doors.rivers.get(workspace).ok_or("the brand has no river here")?;
    if let Some(last) = import.last {
        wait_for(doors, workspace, last).await?;
    }
    let undone: BTreeSet<String> = store::undone(doors.imports.records.reads(), workspace).await?.into_iter().collect();
    let undoing = Undoing { doors, workspace, river: &river, undone };
    while import.state == State::Undoing {
        let page = undoing.page(&import).await?;
        let end = page.last().map(|row| row.offset);
        let done = import.last.is_none_or(|last| end.is_none_or(|end| end >= last));
        let ours =
            |row: &Row| import.last.is_some_and(|last| row.offset <= last) && of(&row.fact, |id| id == import.id);
        let ours: Vec<Row> = page.into_iter().filter(ours).collect();
        match import.kind {
            Kind::Orders => undoing.orders(&import, &ours).await?,
            Kind::People => undoing.people(&import, &ours).await?,
        }
        import.counts.taken_back += ours.len() as u64;
        import.undone_to = end.or(import.undone_to);
        if done {
            import.state = State::Undone;
        }
        let advance = Advance { import: import.clone(), during: State::Undoing, rejects: Vec::new(), keys: Vec::new() };
        if !note(doors, workspace, &import, advance).await? {
            return Ok(());
        }
    }
    Ok(())
}

struct Undoing<'a> {
    doors: &'a Doors,
    workspace: WorkspaceId,
    river: &'a River,
    /// Imports that are taken back: what they told does not count.
    undone: BTreeSet<String>,
}

impl Undoing<'_> {
    /// The next facts among which those of the import are.
    async fn page(&self, import: &Import) -> Result<Vec<Row>, Trouble> {
        let event = match import.kind {
            Kind::Orders => names::ORDER_PAID,
            Kind::People => FactKind::Identify.as_str(),
        };
        let ask = Ask {
            handles: None,
            event: Some(event.to_owned()),
            order: Order::OldestFirst,
            after: import.undone_to,
            limit: PAGE,
        };
        Ok(self.river.timeline(ask).await?)
    }

    /// Takes orders back, each by a fact of its own.
    async fn orders(&self, import: &Import, rows: &[Row]) -> Result<(), Trouble> {
        let facts = rows.iter().map(|row| {
            let mut properties: Value = serde_json::from_str(row.fact.properties.get())?;
            properties["import"] = import.id.as_str().into();
            properties["message_id"] = row.fact.message_id.as_str().into();
            let id = format!("undo-{}-{}", import.id, row.offset);
            self.correction(id, names::ORDER_TAKEN_BACK, &row.fact, &properties)
        });
        let facts = facts.collect::<Result<Vec<_>, Trouble>>()?;
        let last = append_all(self.doors, self.workspace, &facts).await?;
        self.settled(last).await
    }

    /// Gives people back what is known of them without the import.
    async fn people(&self, import: &Import, rows: &[Row]) -> Result<(), Trouble> {
        let mut people: BTreeMap<Handle, (&Fact, u64)> = BTreeMap::new();
        for row in rows {
            people.entry(row.handle).or_insert((&row.fact, 0)).1 += 1;
        }
        // The first time everybody; then those of whom something was told behind the state that was read.
        let (mut behind, mut first) = (import.undo_from.unwrap_or(Offset::FIRST), true);
        loop {
            let read_at = self.river.next_offset();
            let known = self.known(people.keys().copied().collect()).await?;
            let told_again = |handle: &Handle| known.get(handle).is_some_and(|(_, last)| *last >= behind);
            let mut facts = Vec::new();
            for (handle, (fact, taken_back)) in people.iter().filter(|(handle, _)| first || told_again(handle)) {
                let known = known.get(handle).map(|(known, _)| known.clone()).unwrap_or_default();
                let Identified { name, phone, wechat, city } = known;
                let count = if first { *taken_back } else { 0 };
                let properties = json!({
                    "import": import.id, "taken_back": count, "name": name, "phone": phone, "wechat": wechat, "city": city,
                });
                // Those of the first time are found again after a crash, and repeats are dropped; what is read later is new.
                let id = match first {
                    true => format!("undo-{}-{}", import.id, fact.message_id),
                    false => format!("undo-{}-{}-{read_at}", import.id, handle.0),
                };
                facts.push(self.correction(id, names::PROFILE_RESTORED, fact, &properties)?);
            }
            if facts.is_empty() {
                return Ok(());
            }
            let last = append_all(self.doors, self.workspace, &facts).await?;
            self.settled(last).await?;
            if !first {
                behind = read_at;
            }
            first = false;
        }
    }

    /// What the facts that stand tell of people under these handles, and the last that tells it.
    async fn known(&self, handles: Vec<Handle>) -> Result<BTreeMap<Handle, (Identified, Offset)>, Trouble> {
        let mut known: BTreeMap<Handle, (Identified, Offset)> = BTreeMap::new();
        let mut after = None;
        loop {
            let ask = Ask {
                handles: Some(handles.clone()),
                event: Some(FactKind::Identify.as_str().to_owned()),
                order: Order::OldestFirst,
                after,
                limit: PAGE,
            };
            let page = self.river.timeline(ask).await?;
            for row in page.iter().filter(|row| !of(&row.fact, |id| self.undone.contains(id))) {
                let Ok(Typed::Identified(told)) = row.fact.typed() else { continue };
                let (before, last) = known.entry(row.handle).or_default();
                before.name = told.name.or(before.name.take());
                before.phone = told.phone.or(before.phone.take());
                before.wechat = told.wechat.or(before.wechat.take());
                before.city = told.city.or(before.city.take());
                *last = row.offset;
            }
            after = page.last().map(|row| row.offset);
            if page.len() < PAGE {
                return Ok(known);
            }
        }
    }

    async fn settled(&self, last: Option<Offset>) -> Result<(), Trouble> {
        match last {
            Some(last) => wait_for(self.doors, self.workspace, last).await,
            None => Ok(()),
        }
    }

    /// A fact that corrects another, about the same person.
    fn correction(&self, id: String, event: &str, corrected: &Fact, properties: &Value) -> Result<Fact, Trouble> {
        let now = self.doors.clock.now();
        let correction = Fact::ours(facts::IMPORT, event, id, properties, now)?;
        Ok(Fact { user_id: corrected.user_id.clone(), ..correction })
    }
}

/// Whether a fact came by one of these imports.
fn of(fact: &Fact, is: impl Fn(&str) -> bool) -> bool {
    #[derive(Deserialize)]
    struct Context {
        import: String,
    }
    let context = fact.context.as_ref().filter(|_| fact.source == facts::IMPORT);
    context
        .and_then(|context| serde_json::from_str::<Context>(context.get()).ok())
        .is_some_and(|context| is(&context.import))
}
