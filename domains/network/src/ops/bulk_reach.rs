//! For many people at once: who of the staff reaches each best, and how, without anybody having too much to do.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use kernel::{Clock, Handle, RootOwner, StaffId, Timestamp, WorkspaceId};
use parking_lot::Mutex;

use super::plan_reach::PlannedRoute;
use crate::rules::{
    graph::Graph,
    reach::{
        AsOf, HOPS_MAX, SCAN_MAX,
        balance::{Offer, assign},
        routes::{Wanted, find},
    },
};

/// Plans kept at hand; the oldest goes first.
const PLANS_MAX: usize = 64;
/// Planning ends after so long with what it has.
const SECS_MAX: i64 = 60;

/// A root somebody of the staff can start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The root, by name.
    pub person: Handle,
    /// Whom it belongs to.
    pub owner: RootOwner,
    /// Who would do it.
    pub staff: StaffId,
}

/// What to plan.
#[derive(Clone, Debug)]
pub struct BulkWanted {
    /// Whom to reach, by name.
    pub targets: Vec<Handle>,
    /// From where.
    pub starts: Vec<Start>,
    /// How many more tasks each may get.
    pub room: BTreeMap<StaffId, usize>,
    /// Whom not to ask about a target.
    pub refused: BTreeMap<Handle, Vec<Handle>>,
    /// The chances of which moment.
    pub as_of: Timestamp,
}

/// Who reaches one of them, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkItem {
    /// Whom.
    pub target: Handle,
    /// From which root, over whom; `None` when nobody can, or nobody has time.
    pub by: Option<(Start, PlannedRoute)>,
    /// Whether anybody could.
    pub reachable: bool,
}

/// A plan that is being made, or is made.
pub struct Bulk {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Who asked for it.
    pub actor: String,
    /// When tasks made of it are due.
    pub due_at: Timestamp,
    /// How many there are to plan.
    pub total: usize,
    done: AtomicUsize,
    made: Mutex<Option<Arc<Vec<BulkItem>>>>,
}

impl Bulk {
    /// A plan to be made.
    #[must_use]
    pub fn new(workspace: WorkspaceId, actor: String, due_at: Timestamp, total: usize) -> Self {
        Self { workspace, actor, due_at, total, done: AtomicUsize::new(0), made: Mutex::new(None) }
    }

    /// How many of the people have been looked at.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The plan, once it is made.
    #[must_use]
    pub fn made(&self) -> Option<Arc<Vec<BulkItem>>> {
        self.made.lock().clone()
    }

    /// Makes it. Takes its time, so not on a thread that answers requests.
    pub fn make(&self, graph: &Graph, wanted: &BulkWanted, clock: &dyn Clock) {
        let until = clock.now().plus_secs(SECS_MAX);
        let staff: Vec<&StaffId> = wanted.room.keys().collect();
        let mut offers = Vec::with_capacity(wanted.targets.len());
        let mut routes: Vec<BTreeMap<usize, (usize, Vec<u32>)>> = Vec::with_capacity(wanted.targets.len());
        for target in &wanted.targets {
            let mut best: BTreeMap<usize, (f64, usize, Vec<u32>)> = BTreeMap::new();
            if clock.now() < until {
                for (at, start) in wanted.starts.iter().enumerate() {
                    let Some(nodes) = first(graph, start.person, *target, wanted) else { continue };
                    let Ok(who) = staff.binary_search(&&start.staff) else { continue };
                    let cost = -PlannedRoute::of(graph, &nodes, true, wanted.as_of).chance.max(f64::MIN_POSITIVE).ln();
                    if best.get(&who).is_none_or(|known| cost < known.0) {
                        best.insert(who, (cost, at, nodes));
                    }
                }
            }
            offers.push(best.iter().map(|(who, known)| Offer { staff: *who, cost: known.0 }).collect::<Vec<_>>());
            routes.push(best.into_iter().map(|(who, (_, at, nodes))| (who, (at, nodes))).collect());
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        let room: Vec<usize> = wanted.room.values().copied().collect();
        let given = assign(&offers, &room);
        let items = wanted.targets.iter().zip(given).zip(routes).map(|((target, who), mut routes)| {
            let reachable = !routes.is_empty();
            let by = who
                .and_then(|who| routes.remove(&who))
                .map(|(at, nodes)| (wanted.starts[at].clone(), PlannedRoute::of(graph, &nodes, true, wanted.as_of)));
            BulkItem { target: *target, by, reachable }
        });
        *self.made.lock() = Some(Arc::new(items.collect()));
    }
}

fn first(graph: &Graph, from: Handle, to: Handle, wanted: &BulkWanted) -> Option<Vec<u32>> {
    let (from, to) = graph.node(from).zip(graph.node(to))?;
    let refused = wanted.refused.get(&graph.person(to)).map(Vec::as_slice).unwrap_or_default();
    let avoid: Vec<u32> = refused.iter().filter_map(|person| graph.node(*person)).collect();
    let asked = Wanted { from, to, limit: 1, hops_max: HOPS_MAX, scan_max: SCAN_MAX, avoid: &avoid };
    let found = find(&AsOf { graph, at: wanted.as_of }, &asked);
    found.routes.into_iter().next().map(|route| route.nodes)
}

/// Plans at hand, by id.
#[derive(Default)]
pub struct Bulks(Mutex<Vec<(String, Arc<Bulk>)>>);

impl Bulks {
    /// Keeps a plan under an id.
    pub fn keep(&self, id: String, bulk: Arc<Bulk>) {
        let mut bulks = self.0.lock();
        if bulks.len() >= PLANS_MAX {
            bulks.remove(0);
        }
        bulks.push((id, bulk));
    }

    /// Somebody's plan.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId, actor: &str, id: &str) -> Option<Arc<Bulk>> {
        let bulks = self.0.lock();
        let mine = |bulk: &Bulk| bulk.workspace == workspace && bulk.actor == actor;
        bulks.iter().find(|(known, bulk)| known == id && mine(bulk)).map(|(_, bulk)| Arc::clone(bulk))
    }
}
