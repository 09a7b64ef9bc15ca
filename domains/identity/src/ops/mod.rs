//! Use cases.

pub(crate) mod find_people;
pub(crate) mod tell_sharers;
pub(crate) mod who;

use std::sync::Arc;

use crate::{Circles, People, Timelines, Wiring};
use river::Rivers;

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    pub(crate) people: People,
    pub(crate) rivers: Arc<Rivers>,
    pub(crate) circles: Arc<dyn Circles>,
    pub(crate) timelines: Arc<dyn Timelines>,
}

impl From<Wiring> for Slice {
    fn from(Wiring { people, rivers, circles, timelines }: Wiring) -> Self {
        Self { people, rivers, circles, timelines }
    }
}
