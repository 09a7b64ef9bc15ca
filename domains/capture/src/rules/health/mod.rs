//! How a source is doing: whether it keeps to its own rhythm, whether what it sends looks as it used to. Pure.

mod alarm;
mod drift;
mod rhythm;
mod shape;

pub use alarm::{Alarm, AlarmKind, Day, alarms};
pub use drift::{Change, Drift, Seen, drifts};
pub use rhythm::{Gap, HOUR_MICROS, Hour, Rhythm};
pub use shape::{KINDS, Shape, shapes};
