//! What customers do: a batch of acts on one play is decided in memory and written set-wise.

use std::{collections::BTreeSet, sync::Arc};

use db::{DbError, Tx, outbox};
use facts::NamedId;
use kernel::WorkspaceId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Acted, Asked, Outcome, tell};
use crate::{
    Persons, Who,
    model::{Phase, SeatState, Subject, Told, Transfer},
    rules::{
        decide::decide,
        world::{Act, Done, Event, World},
    },
    store::{
        plays::{self, Play},
        taken,
    },
};

/// Decides acts on one play in their order.
pub(super) async fn act_all(
    tx: &Tx,
    persons: &dyn Persons,
    workspace: WorkspaceId,
    play: &str,
    asked: &[&Asked],
) -> Result<Vec<Outcome>, DbError> {
    let found = plays::plays_by_id(tx, workspace, [play]).await?.pop();
    let Some(mut play) = found.filter(|play| play.phase != Phase::Draft) else {
        return Ok(asked.iter().map(|_| Outcome::Missing).collect());
    };
    let mut loaded = load(tx, persons, workspace, &play, asked).await?;
    let declaration = Arc::new(play.declaration.clone());
    let mut written = Written::default();
    let mut outcomes = Vec::with_capacity(asked.len());
    for asked in asked {
        let by = Subject::from(&asked.by);
        let who = loaded.who.get(&by);
        let event = Event {
            at: tx.at(),
            newcomer: who.is_none_or(|who| who.newcomer),
            held: who.is_some_and(|who| who.held),
            by,
            signed_in: asked.signed_in,
            id: asked.id.clone(),
            seed: asked.seed,
            act: asked.act.clone(),
        };
        let change = decide(&declaration, &loaded.world, &event);
        loaded.world.apply(&change);
        let about = about(&event.act, &change.outcome).and_then(|id| loaded.world.instances.get(&id).cloned());
        written.instances.extend(change.instances.into_keys());
        written.people.extend(change.people.into_keys());
        written.transfers.extend(change.transfers);
        written.told.extend(change.told);
        outcomes.push(Outcome::Acted(Box::new(Acted {
            outcome: change.outcome,
            instance: about,
            declaration: Arc::clone(&declaration),
        })));
    }
    play.pools.clone_from(&loaded.world.pools);
    store(tx, workspace, &play, &loaded.world, written).await?;
    Ok(outcomes)
}

/// The try an act is about.
fn about(act: &Act, outcome: &Result<Done, crate::rules::words::Refusal>) -> Option<String> {
    match (act, outcome) {
        (_, Ok(Done::Joined(id) | Done::Paid(id))) => Some(id.clone()),
        (Act::Help(id) | Act::Claim(id) | Act::Retract(id) | Act::Tick(id), _) => Some(id.clone()),
        (Act::Refunded { instance, .. } | Act::Paid { instance: Some(instance), .. }, _) => Some(instance.clone()),
        _ => None,
    }
}

#[derive(Default)]
struct Written {
    instances: FxHashSet<String>,
    people: FxHashSet<Subject>,
    transfers: Vec<Transfer>,
    told: Vec<Told>,
}

struct Loaded {
    world: World,
    who: FxHashMap<Subject, Who>,
}

impl Loaded {
    /// Learns who these are, under all their ids, and what they did.
    async fn learn(
        &mut self,
        (tx, persons): (&Tx, &dyn Persons),
        workspace: WorkspaceId,
        play: &str,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<(), DbError> {
        let fresh: BTreeSet<Subject> =
            subjects.into_iter().filter(|subject| !self.world.kin.contains_key(subject)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let ids: Vec<NamedId> = fresh.iter().map(Subject::id).collect();
        let known = persons.who(tx, workspace, &ids).await?;
        let mut under: BTreeSet<Subject> = fresh.clone();
        for (subject, who) in fresh.into_iter().zip(known) {
            let kin: Vec<Subject> = who.ids.iter().map(Subject::from).collect();
            under.extend(kin.iter().cloned());
            self.world.kin.insert(subject.clone(), kin);
            self.who.insert(subject, who);
        }
        let under: Vec<Subject> = under.into_iter().filter(|one| !self.world.people.contains_key(one)).collect();
        self.world.people.extend(taken::people(tx, workspace, play, &under).await?);
        Ok(())
    }

    async fn instances(
        &mut self,
        tx: &Tx,
        workspace: WorkspaceId,
        play: &str,
        ids: BTreeSet<String>,
    ) -> Result<(), DbError> {
        let found = taken::instances(tx, workspace, play, ids.iter().map(String::as_str)).await?;
        self.world.instances.extend(found.into_iter().map(|instance| (instance.id.clone(), instance)));
        Ok(())
    }
}

/// Reads whatever the acts touch: who acts and what they began, the tries they name, and everybody in those.
async fn load(
    tx: &Tx,
    persons: &dyn Persons,
    workspace: WorkspaceId,
    play: &Play,
    asked: &[&Asked],
) -> Result<Loaded, DbError> {
    let world = World { pools: play.pools.clone(), ..World::new(play.phase) };
    let mut loaded = Loaded { world, who: FxHashMap::default() };
    let id = play.id.as_str();
    loaded.learn((tx, persons), workspace, id, asked.iter().map(|asked| Subject::from(&asked.by))).await?;
    let mut named: BTreeSet<String> = loaded.world.people.values().flat_map(|person| person.owns.clone()).collect();
    for asked in asked {
        named.extend(match &asked.act {
            Act::Help(id) | Act::Claim(id) | Act::Retract(id) | Act::Tick(id) => Some(id.clone()),
            Act::Refunded { instance, .. } | Act::Paid { instance: Some(instance), .. } => Some(instance.clone()),
            Act::Paid { instance: None, order } => Some(crate::rules::decide::of_order(order)),
            Act::Join | Act::CheckIn => None,
        });
    }
    loaded.instances(tx, workspace, id, named).await?;
    let inside: Vec<Subject> = loaded
        .world
        .instances
        .values()
        .flat_map(|instance| {
            let seats = instance.seats.iter().filter(|seat| !matches!(seat.state, SeatState::Refunded(_)));
            std::iter::once(instance.owner.clone()).chain(seats.map(|seat| seat.subject.clone()))
        })
        .collect();
    loaded.learn((tx, persons), workspace, id, inside).await?;
    Ok(loaded)
}

async fn store(tx: &Tx, workspace: WorkspaceId, play: &Play, world: &World, written: Written) -> Result<(), DbError> {
    let instances: Vec<_> = written.instances.iter().filter_map(|id| world.instances.get(id)).collect();
    let people: Vec<_> = written.people.iter().filter_map(|subject| world.people.get_key_value(subject)).collect();
    if instances.is_empty() && people.is_empty() && written.told.is_empty() {
        return Ok(());
    }
    plays::put_plays(tx, workspace, &[play]).await?;
    taken::put_instances(tx, workspace, &play.id, &instances).await?;
    taken::put_people(tx, workspace, &play.id, &people, tx.at()).await?;
    taken::add_transfers(tx, workspace, &play.id, &written.transfers, tx.at()).await?;
    outbox::emit(tx, workspace, &tell::facts(&play.id, &written.told, tx.at())?).await
}
