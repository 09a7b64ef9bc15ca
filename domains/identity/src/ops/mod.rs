//! Use cases.

pub(crate) mod decide;
pub(crate) mod declare;
pub(crate) mod fans;
pub(crate) mod find_people;
pub(crate) mod foresee;
pub(crate) mod hanging;
pub(crate) mod known;
pub(crate) mod privacy;
pub(crate) mod stand_in;
pub(crate) mod tell_sharers;
pub(crate) mod who;

use std::sync::Arc;

use db::Group;
use kernel::{Clock, Entropy};
use river::Rivers;
use tokio::sync::Notify;

use self::{decide::Deciding, declare::Declarations, privacy::Privacy};
use crate::{Circles, People, Timelines, Wiring};

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    pub(crate) people: People,
    pub(crate) rivers: Arc<Rivers>,
    pub(crate) circles: Arc<dyn Circles>,
    pub(crate) timelines: Arc<dyn Timelines>,
    pub(crate) privacy: Group<Privacy>,
    pub(crate) decisions: Group<Deciding>,
    pub(crate) declarations: Group<Declarations>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) signal: Arc<Notify>,
}

impl From<Wiring> for Slice {
    fn from(Wiring { people, rivers, circles, timelines, customers: _, clock, entropy, signal }: Wiring) -> Self {
        let privacy = people.records.group(Privacy);
        let (decisions, declarations) = (people.records.group(Deciding), people.records.group(Declarations));
        Self { people, rivers, circles, timelines, privacy, decisions, declarations, clock, entropy, signal }
    }
}
