//! The KOC board: everybody ranked by whose reach is worth an action, now and as it was a day, a week and a month ago.
//!
//! Inside one campaign people are ranked by KOC v1 ([`super::koc`]), across campaigns by their record ([`super::record`]).
//! Past dates are not remembered but computed again: whoever had joined by then counts, nobody else. Trees and fan marks are
//! today's: a person who was placed late, or became a fan later, counts at their joining.
//!
//! Suspicious people are cut out with everybody below them before anything is counted, so they raise nobody's score.

mod rows;
mod sheet;
#[cfg(test)]
mod tests;
mod threshold;

use kernel::{Handle, Timestamp, UnitId};
use rustc_hash::FxHashMap;

use super::{
    koc::{self, Past, Window},
    record::Beliefs,
};

pub use rows::{Row, RowTerm, TermName};
pub use sheet::Sheet;
pub use threshold::{Histogram, Threshold};

/// No unit.
pub const NO_UNIT: u32 = u32::MAX;
/// How far back the past is looked at, in days.
pub const TREND_DAYS: [u16; 3] = [1, 7, 30];
/// Invitations are told by day for so many days.
pub const SPARK_DAYS: usize = 30;

const DAY_SECS: i64 = 86_400;

/// What a board ranks by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Over all campaigns, with what is believed of people nothing is known of.
    Across(Beliefs),
    /// Inside one campaign, which looks at this stretch of time.
    Inside(Window),
}

/// Everybody ranked, at one moment. See the module.
#[derive(Clone, Debug)]
pub struct Board {
    /// The moment.
    pub as_of: Timestamp,
    /// What it ranks by.
    pub measure: Measure,
    /// Everybody, best first.
    pub rows: Vec<Row>,
    /// Units the rows name by place.
    pub units: Vec<UnitId>,
    /// People who were left out as suspicious, with everybody below them.
    pub suspicious: u32,
    /// Invitations of the last [`SPARK_DAYS`] days: who, and how many whole days before the moment; by person.
    invited: Vec<(Handle, u8)>,
}

impl Board {
    /// Ranks the people of these campaigns: inside the one at place `inside`, else across all. `inside` counts the places of
    /// [`Sheet::campaign`].
    #[must_use]
    pub fn build(sheets: &[Sheet], inside: Option<u32>, as_of: Timestamp) -> Self {
        let units = Units::of(sheets);
        let (mut rows, measure) = ranked(sheets, &units, inside, as_of);
        for (place, days) in TREND_DAYS.into_iter().enumerate() {
            let then = as_of.plus_secs(-DAY_SECS * i64::from(days));
            let (old, _) = ranked(sheets, &units, inside, then);
            let was: FxHashMap<Handle, (u32, f64)> =
                old.iter().map(|row| (row.person, (row.rank, row.score))).collect();
            for row in &mut rows {
                row.before[place] = was.get(&row.person).copied();
            }
        }
        let shown = |sheet: &&Sheet| inside.is_none_or(|inside| sheet.campaign == inside);
        let mut invited: Vec<(Handle, u8)> =
            sheets.iter().filter(shown).flat_map(|sheet| sheet.invited_lately(as_of)).collect();
        invited.sort_unstable();
        let suspicious = sheets.iter().filter(shown).map(Sheet::suspicious).sum();
        Self { as_of, measure, rows, units: units.names, suspicious, invited }
    }

    /// Whom a person invited directly, by day, the present day last: day n are the 24 hours that end n days before the moment.
    #[must_use]
    pub fn invites_by_day(&self, person: Handle) -> [u32; SPARK_DAYS] {
        let mut days = [0; SPARK_DAYS];
        let begin = self.invited.partition_point(|entry| entry.0 < person);
        for (_, ago) in self.invited[begin..].iter().take_while(|entry| entry.0 == person) {
            days[SPARK_DAYS - 1 - usize::from(*ago)] += 1;
        }
        days
    }

    /// The reasons of a row, the leading term first.
    #[must_use]
    pub fn terms(&self, row: &Row) -> Vec<RowTerm> {
        rows::terms(row, &self.measure)
    }

    /// The unit a row's root belongs to.
    #[must_use]
    pub fn unit(&self, row: &Row) -> Option<&UnitId> {
        self.units.get(row.unit as usize)
    }
}

fn ranked(sheets: &[Sheet], units: &Units, inside: Option<u32>, as_of: Timestamp) -> (Vec<Row>, Measure) {
    let (mut rows, measure) = match inside {
        Some(campaign) => inside_one(sheets, units, campaign, as_of),
        None => across(sheets, units, as_of),
    };
    rows.sort_unstable_by(|a, b| match measure {
        Measure::Across(_) => super::record::best_first(a.score, a.person, b.score, b.person),
        Measure::Inside(_) => {
            b.score.total_cmp(&a.score).then(b.joined_at.cmp(&a.joined_at)).then(a.person.cmp(&b.person))
        }
    });
    for (row, rank) in rows.iter_mut().zip(1..) {
        row.rank = rank;
    }
    (rows, measure)
}

fn across(sheets: &[Sheet], units: &Units, as_of: Timestamp) -> (Vec<Row>, Measure) {
    let mut places: FxHashMap<Handle, u32> = FxHashMap::default();
    let mut rows: Vec<Row> = Vec::new();
    for sheet in sheets {
        let tallies = sheet.tally(as_of, None);
        for (node, tally) in tallies.iter().enumerate().filter(|(node, _)| sheet.counts(*node, as_of)) {
            let place = *places.entry(sheet.person(node)).or_insert_with(|| {
                rows.push(Row::of(sheet, node, units));
                rows.len() as u32 - 1
            });
            let row = &mut rows[place as usize];
            row.record.add(tally.invites, tally.fans, tally.reach);
            if sheet.joined_at(node) > row.joined_at {
                row.stand(sheet, node, units);
            }
        }
    }
    let beliefs = Beliefs::fit(rows.iter().map(|row| &row.record));
    for row in &mut rows {
        row.score = beliefs.score(&row.record);
    }
    (rows, Measure::Across(beliefs))
}

fn inside_one(sheets: &[Sheet], units: &Units, campaign: u32, as_of: Timestamp) -> (Vec<Row>, Measure) {
    let nobody = (Vec::new(), Measure::Inside(Window::new(as_of, as_of, as_of)));
    let Some(sheet) = sheets.iter().find(|sheet| sheet.campaign == campaign) else { return nobody };
    let Some(window) = sheet.window(as_of) else { return nobody };
    let past = past(sheets, sheet, as_of);
    let tallies = sheet.tally(as_of, Some(&window));
    let counted = tallies.iter().enumerate().filter(|(node, _)| sheet.counts(*node, as_of));
    let rows = counted.map(|(node, tally)| {
        let mut row = Row::of(sheet, node, units);
        row.record.add(tally.invites, tally.fans, tally.reach);
        row.recent = tally.recent;
        row.past = past.get(&row.person).copied().unwrap_or_default();
        row.score = koc::score(&row.candidate(), &window);
        row
    });
    (rows.collect(), Measure::Inside(window))
}

/// What people did in the campaigns that began before this one, up to the moment. Roots brought people too.
fn past(sheets: &[Sheet], here: &Sheet, as_of: Timestamp) -> FxHashMap<Handle, Past> {
    let mut past: FxHashMap<Handle, Past> = FxHashMap::default();
    for sheet in sheets.iter().filter(|sheet| sheet.is_earlier_than(here)) {
        let tallies = sheet.tally(as_of, None);
        for (node, tally) in tallies.iter().enumerate().filter(|(node, _)| sheet.had_joined(*node, as_of)) {
            let past = past.entry(sheet.person(node)).or_default();
            past.reach += u64::from(tally.reach);
            past.shares += 1;
        }
    }
    past
}

/// Units by place, and the unit of every root.
pub(super) struct Units {
    names: Vec<UnitId>,
    of_root: FxHashMap<(u32, Handle), u32>,
}

impl Units {
    fn of(sheets: &[Sheet]) -> Self {
        let mut places: FxHashMap<&UnitId, u32> = FxHashMap::default();
        let (mut names, mut of_root) = (Vec::new(), FxHashMap::default());
        for sheet in sheets {
            for (root, unit) in sheet.roots.iter().filter_map(|(root, unit)| Some((root, unit.as_ref()?))) {
                let place = *places.entry(unit).or_insert_with(|| {
                    names.push(unit.clone());
                    names.len() as u32 - 1
                });
                of_root.insert((sheet.campaign, *root), place);
            }
        }
        Self { names, of_root }
    }

    fn unit(&self, campaign: u32, root: Handle) -> u32 {
        self.of_root.get(&(campaign, root)).copied().unwrap_or(NO_UNIT)
    }
}
