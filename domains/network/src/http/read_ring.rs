//! `GET /api/v1/fraud/rings/{ring}`

use axum::extract::State;
use kernel::{CampaignId, Handle, PersonId, Scope, Timestamp, UnitId};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReviewFraud, Json, Path, Problem};

use super::{
    naming::{Mentioned, Names, UnitBrief},
    read_cascade::CampaignBrief,
    rings::{RingRow, Sight, not_there},
    routes::{unit, visible},
};
use crate::{
    Slice,
    model::Network,
    rules::{fraud::Ring, koc::Koc, marks::MarkKind},
    store::rings,
};

/// People told one by one.
const PEOPLE_MAX: usize = 300;
/// Campaigns the effect is told of.
const CAMPAIGNS_MAX: usize = 5;
/// Key users the effect is told on.
const KOCS_MAX: usize = 10;

/// A ring with everything it rests on.
#[derive(Serialize, ToSchema)]
pub(super) struct RingView {
    ring: RingRow,
    /// The first 300; who brought the others stands first.
    people: Vec<RingPerson>,
    /// What they have in common.
    shared: Vec<SharedRow>,
    /// How they came, in the order of time: 500 at most.
    arrivals: Vec<ArrivalRow>,
    /// What keeping them out changes.
    effects: Vec<Effect>,
}

/// Somebody of a ring.
#[derive(Serialize, ToSchema)]
pub(super) struct RingPerson {
    /// The place in this list, by which `shared` and `arrivals` name them.
    place: u32,
    /// Null outside the caller's scope.
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
    name: Option<String>,
    unit: Option<UnitBrief>,
    /// Brought the others.
    is_head: bool,
}

/// Something several of them have in common.
#[derive(Serialize, ToSchema)]
pub(super) struct SharedRow {
    /// `device`, `ip`, `payee` or `sharer`.
    kind: &'static str,
    /// A short name of the mark, from which it cannot be told; of a sharer the campaign.
    label: String,
    /// Whom they followed, if the caller may see them.
    #[schema(value_type = Option<String>)]
    sharer: Option<PersonId>,
    name: Option<String>,
    /// Places in `people`.
    people: Vec<u32>,
}

/// Somebody of the ring came to a campaign.
#[derive(Serialize, ToSchema)]
pub(super) struct ArrivalRow {
    /// Place in `people`.
    place: u32,
    /// Who brought them, if of the ring: a place in `people`.
    by: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A campaign with the ring and without it.
#[derive(Serialize, ToSchema)]
pub(super) struct Effect {
    campaign: CampaignBrief,
    /// How many people no longer count, those below included.
    people: u64,
    /// The first ten key users as they stand with the ring counted, and what becomes of them.
    kocs: Vec<KocChange>,
}

/// A key user with the ring counted and without it.
#[derive(Serialize, ToSchema)]
pub(super) struct KocChange {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Their rank with the ring counted; null beyond the first ten.
    before: Option<u32>,
    /// Their rank without it; null beyond the first ten or when they are kept out.
    after: Option<u32>,
    reach_before: Option<u32>,
    reach_after: Option<u32>,
    /// Is of the ring.
    is_out: bool,
}

/// What is taken out of live state.
struct Seen {
    sight: Sight,
    people: Vec<(Handle, bool, Option<UnitId>)>,
    sharers: FxHashMap<Handle, bool>,
    effects: Vec<(CampaignId, u64, Vec<Change>)>,
}

struct Change {
    person: Handle,
    before: Option<(u32, u32)>,
    after: Option<(u32, u32)>,
    is_out: bool,
}

/// A ring, why it is suspicious, and what keeping it out changes
#[utoipa::path(
    get, path = "/api/v1/fraud/rings/{ring}", tag = "network", operation_id = "network.ring.read",
    params(("ring" = String, Path)),
    responses((status = 200, body = RingView), (status = 404, description = "No such ring in the caller's scope")),
    extensions(("x-permission" = json!("review_fraud"))),
)]
pub(super) async fn read(
    caller: CanReviewFraud,
    State(slice): State<Slice>,
    Path(ring): Path<String>,
) -> Result<Json<RingView>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let found = rings::some_rings_in_workspace(slice.records.reads(), caller.workspace, &[ring]).await;
    let booked = found.map_err(Problem::unavailable)?.pop().ok_or_else(not_there)?;
    let now = slice.clock.now();
    let mut mentioned = Mentioned::default();
    let seen = live.read(|network| {
        let seen = Seen::of(network, &booked.id, &booked.ring, &caller.scope, now)?;
        let people = seen.people.iter().filter(|(_, visible, _)| *visible).map(|(person, ..)| *person);
        let sharers = seen.sharers.iter().filter(|(_, visible)| **visible).map(|(sharer, _)| *sharer);
        let changed = seen.effects.iter().flat_map(|(_, _, changes)| changes.iter().map(|change| change.person));
        people.chain(sharers).chain(changed).for_each(|person| mentioned.add(network.people(), person));
        Some(seen)
    });
    let seen = seen.ok_or_else(not_there)?;
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let mut effects = Vec::with_capacity(seen.effects.len());
    for (id, people, changes) in seen.effects {
        let campaign = slice.campaign(caller.workspace, &id, &live).await?;
        let kocs = changes.into_iter().map(|change| change.view(&names)).collect();
        effects.push(Effect { campaign: CampaignBrief { id, name: campaign.name }, people, kocs });
    }
    let places: FxHashMap<Handle, u32> = seen.people.iter().map(|(person, ..)| *person).zip(0..).collect();
    let shared = shared(&booked.ring, &places, &seen.sharers, &names);
    let arrivals = arrivals(&booked.ring, &places);
    let heads: FxHashSet<Handle> = booked.ring.heads.iter().copied().collect();
    let people = seen.people.into_iter().zip(0..).map(|((person, visible, unit), place)| RingPerson {
        place,
        person: visible.then_some(PersonId(person)),
        name: if visible { names.person(person) } else { None },
        unit: names.unit(unit.as_ref()),
        is_head: heads.contains(&person),
    });
    let people = people.collect();
    Ok(Json(RingView { ring: RingRow::of(booked, &seen.sight, &names), people, shared, arrivals, effects }))
}

impl Seen {
    fn of(network: &Network, id: &str, ring: &Ring, scope: &Scope, now: Timestamp) -> Option<Self> {
        let sight = Sight::of(network, ring, scope)?;
        let mut people = ring.people.clone();
        people.sort_by_key(|person| (ring.heads.binary_search(person).is_err(), *person));
        people.truncate(PEOPLE_MAX);
        let told = |handle: Handle| {
            let person = network.people().person(handle);
            (handle, visible(network, person, scope), unit(network, person, scope))
        };
        let sharers = ring.shared.iter().filter_map(|shared| shared.sharer);
        let sharers = sharers.map(|sharer| (sharer, visible(network, network.people().person(sharer), scope)));
        let effects = ring.campaigns.iter().take(CAMPAIGNS_MAX).filter_map(|campaign| {
            let [with, without] = network.kocs_with_and_without(campaign, scope, now, KOCS_MAX, (id, &ring.people))?;
            let out: FxHashSet<Handle> = ring.people.iter().map(|handle| network.people().person(*handle)).collect();
            Some((campaign.clone(), network.taken_along(campaign, &ring.people), changes(&with, &without, &out)))
        });
        Some(Self {
            sight,
            people: people.into_iter().map(told).collect(),
            sharers: sharers.collect(),
            effects: effects.collect(),
        })
    }
}

/// Everybody who is among the first with or without the ring, as they stand with it first.
fn changes(with: &[Koc], without: &[Koc], out: &FxHashSet<Handle>) -> Vec<Change> {
    let standing = |kocs: &[Koc], person: Handle| {
        let koc = kocs.iter().find(|koc| koc.candidate.person == person)?;
        Some((koc.rank, koc.candidate.reach))
    };
    let newcomers = without.iter().filter(|koc| standing(with, koc.candidate.person).is_none());
    let everybody = with.iter().chain(newcomers).map(|koc| koc.candidate.person);
    everybody
        .map(|person| Change {
            person,
            before: standing(with, person),
            after: standing(without, person),
            is_out: out.contains(&person),
        })
        .collect()
}

impl Change {
    fn view(self, names: &Names) -> KocChange {
        KocChange {
            person: PersonId(self.person),
            name: names.person(self.person),
            before: self.before.map(|(rank, _)| rank),
            after: self.after.map(|(rank, _)| rank),
            reach_before: self.before.map(|(_, reach)| reach),
            reach_after: self.after.map(|(_, reach)| reach),
            is_out: self.is_out,
        }
    }
}

fn shared(
    ring: &Ring,
    places: &FxHashMap<Handle, u32>,
    sharers: &FxHashMap<Handle, bool>,
    names: &Names,
) -> Vec<SharedRow> {
    let row = |shared: &crate::rules::fraud::Shared| {
        let sharer = shared.sharer.filter(|sharer| sharers.get(sharer).copied().unwrap_or(false));
        SharedRow {
            kind: match shared.mark {
                Some(MarkKind::Device) => "device",
                Some(MarkKind::Ip) => "ip",
                Some(MarkKind::Payee) => "payee",
                None => "sharer",
            },
            label: shared.label.clone(),
            sharer: sharer.map(PersonId),
            name: sharer.and_then(|sharer| names.person(sharer)),
            people: shared.people.iter().filter_map(|person| places.get(person).copied()).collect(),
        }
    };
    ring.shared.iter().map(row).collect()
}

fn arrivals(ring: &Ring, places: &FxHashMap<Handle, u32>) -> Vec<ArrivalRow> {
    let row = |tie: &crate::rules::fraud::Tie| {
        let (place, by) = (*places.get(&tie.person)?, places.get(&tie.by).copied());
        Some(ArrivalRow { place, by, at: Timestamp(tie.at) })
    };
    ring.arrivals.iter().filter_map(row).collect()
}
