//! Studies: long pieces of work that are begun, left, found again and kept.
//!
//! Each is booked when it begins, worked out on a thread of its own, one at a time for all workspaces, and booked again
//! with its answer. While it runs it can be asked how far it is, and stopped. A study that was running when the server
//! stopped is told as interrupted; since it names its seed of chance, beginning it again gives the same answer on the same
//! network.

pub mod answer;
pub mod asked;
mod forecast;
mod material;
mod running;
mod seeds;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use db::{Group, audit::By};
use kernel::{Clock, PersonId, Scope, WorkspaceId};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use self::{
    answer::{Failure, Told},
    asked::{ForecastAsked, SeedsAsked},
    material::Material,
};
use crate::{
    ops::command::{Command, Deciding, Order},
    store::studies::{State, Study},
    subscribe::LiveNetwork,
};

/// Studies that may run or wait in one workspace.
const OPEN_MAX: usize = 8;
/// Threads a study works on.
const THREADS: usize = 2;

/// A change of a study.
#[derive(Clone, Debug)]
pub enum StudyChange {
    /// It begins.
    Begin(Study),
    /// It ended.
    End {
        /// Which.
        id: String,
        /// How.
        state: State,
        /// The answer, as JSON.
        answer: String,
    },
    /// It is to be forgotten.
    Remove {
        /// Which.
        id: String,
    },
}

/// What is to be worked out.
pub enum Question {
    /// Whom to start with.
    Seeds(SeedsAsked),
    /// What would happen, and whom the named plan starts with.
    Forecast(ForecastAsked, Vec<PersonId>),
}

/// A study under way.
#[derive(Default)]
pub struct Running {
    permille: AtomicU32,
    stopped: AtomicBool,
    scope: String,
    asked: String,
}

impl Running {
    /// How much is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::from(self.permille.load(Ordering::Relaxed)) / 1000.0
    }
}

type Key = (WorkspaceId, String);

/// Studies under way, by id.
pub type UnderWay = BTreeMap<String, Arc<Running>>;

/// Studies under way.
pub struct Studies {
    running: Mutex<BTreeMap<Key, Arc<Running>>>,
    turn: Arc<Semaphore>,
}

impl Default for Studies {
    fn default() -> Self {
        Self { running: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// Whether a study may begin.
pub enum Begun {
    /// It may.
    New(Arc<Running>),
    /// The same is under way: its id.
    Same(String),
    /// Too many are under way.
    TooMany,
}

impl Studies {
    /// Those under way in a workspace. Ask before the records are: a study leaves this list only once its end is booked.
    #[must_use]
    pub fn under_way(&self, workspace: WorkspaceId) -> UnderWay {
        let running = self.running.lock();
        let own = running.iter().filter(|((of, _), _)| *of == workspace);
        own.map(|((_, id), running)| (id.clone(), Arc::clone(running))).collect()
    }

    /// Enters a study, unless the same is under way for the same scope or too many are.
    #[must_use]
    pub fn begin(&self, workspace: WorkspaceId, study: &Study) -> Begun {
        let mut running = self.running.lock();
        let own = || running.iter().filter(|((of, _), _)| *of == workspace);
        if let Some(((_, id), _)) = own().find(|(_, other)| other.scope == study.scope && other.asked == study.asked) {
            return Begun::Same(id.clone());
        }
        if own().count() >= OPEN_MAX {
            return Begun::TooMany;
        }
        let new = Running { scope: study.scope.clone(), asked: study.asked.clone(), ..Running::default() };
        let new = Arc::new(new);
        running.insert((workspace, study.id.clone()), Arc::clone(&new));
        Begun::New(new)
    }

    /// Stops a study, if it is under way.
    pub fn stop(&self, workspace: WorkspaceId, id: &str) {
        if let Some(running) = self.running.lock().remove(&(workspace, id.to_owned())) {
            running.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// How a scope is written down beside a study: who has the same may see it, and who has all.
#[must_use]
pub fn scope_key(scope: &Scope) -> String {
    match scope {
        Scope::All => "all".to_owned(),
        Scope::Units(units) => {
            let units: Vec<String> = units.iter().map(ToString::to_string).collect();
            format!("units:{}", units.join(","))
        }
        Scope::Own(staff) => format!("own:{staff}"),
    }
}

/// Everything a study needs to be worked out.
pub struct Work {
    pub workspace: WorkspaceId,
    pub id: String,
    pub scope: Scope,
    pub question: Question,
    pub running: Arc<Running>,
    pub live: Arc<LiveNetwork>,
    pub clock: Arc<dyn Clock>,
    pub commands: Group<Deciding>,
}

impl Studies {
    /// Works it out when its turn comes, and books the answer.
    pub async fn work(self: Arc<Self>, work: Work) {
        let Work { workspace, id, scope, question, running, live, clock, commands } = work;
        let Ok(_turn) = Arc::clone(&self.turn).acquire_owned().await else { return };
        let outcome = async {
            let graph = live.whole_graph().await.ok()?;
            let stage = Arc::clone(&running);
            let compute = move || {
                let going = |share: f64| {
                    stage.permille.store((share.clamp(0.0, 1.0) * 1000.0) as u32, Ordering::Relaxed);
                    !stage.stopped.load(Ordering::Relaxed)
                };
                if !going(0.0) {
                    return None;
                }
                let material = Material::take(&live, graph, &scope, clock.now());
                answer(&material, &question, &going)
            };
            tokio::task::spawn_blocking(compute).await.ok()
        };
        let (state, answer) = match outcome.await {
            Some(Some(Ok(answer))) => (State::Done, answer),
            Some(Some(Err(failure))) => (State::Failed, failure),
            // Stopped: whoever stopped it removed it.
            Some(None) => return self.stop(workspace, &id),
            None => (State::Failed, failed(broken())),
        };
        let change = StudyChange::End { id: id.clone(), state, answer };
        let order = Order { by: By::named("study"), command: Command::Study(workspace, change), sticky: None };
        if let Err(error) = commands.submit(order).await {
            tracing::error!(%error, study = id, "the answer of a study could not be stored");
        }
        self.stop(workspace, &id);
    }
}

/// The answer or the reason why there is none, as JSON. Nothing when it was stopped.
fn answer(
    material: &Material,
    question: &Question,
    going: &crate::rules::seeds::Going<'_>,
) -> Option<Result<String, String>> {
    let told = match question {
        Question::Seeds(asked) => serde_json::to_string(&seeds::run(material, asked, THREADS, going)?),
        Question::Forecast(asked, planned) => match forecast::run(material, asked, planned, THREADS, going) {
            Ok(answer) => serde_json::to_string(&answer?),
            Err(words) => return Some(Err(failed(words))),
        },
    };
    Some(told.map_err(|_| failed(broken())))
}

fn failed(words: Told) -> String {
    serde_json::to_string(&Failure { words }).unwrap_or_default()
}

fn broken() -> Told {
    Told {
        zh: "没有算完，请再试一次；若仍不行，服务器日志里有原因".to_owned(),
        en: "It was not worked out; try again. If it fails again, the server's log tells why".to_owned(),
    }
}
