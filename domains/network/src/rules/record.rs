//! What people did over all campaigns, and who did most.
//!
//! score = ln(1 + invites) + 0.1·ln(1 + reach of a share) + 0.1·ln(fans of those brought ÷ everybody's)
//!
//! Across campaigns the plainest number tells best who will reach people next: how many they invited themselves. Measured on
//! real cascades it beats reach, ratios and every centrality, so it leads. The two ratios tell equal ones apart, both shrunk
//! towards the workspace's own mean ([`Prior`]), so that somebody with one lucky share does not stand above somebody with
//! many good ones.

use std::cmp::Ordering;

use kernel::Handle;

use super::shrink::{Group, Prior};

/// What a ratio weighs beside the invitations.
const RATIO_WEIGHT: f64 = 0.1;
/// Where a workspace has too little to tell: a share brings one person, and that belief weighs one share.
const SHARE_OTHERWISE: Prior = Prior { mean: 1.0, strength: 1.0 };
/// Where nobody was brought yet. The belief weighs ten people.
const FANS_OTHERWISE: Prior = Prior { mean: 0.0, strength: 10.0 };

/// What somebody did, added up over campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// People they brought directly.
    pub invites: u64,
    /// Those of them who are fans.
    pub fans: u64,
    /// People they brought, directly or not.
    pub reach: u64,
    /// The squares of the reach in each campaign, added up.
    pub reach_squares: u64,
    /// In how many campaigns they had a place.
    pub shares: u32,
}

impl Record {
    /// Adds one campaign.
    pub fn add(&mut self, invites: u32, fans: u32, reach: u32) {
        self.invites += u64::from(invites);
        self.fans += u64::from(fans);
        self.reach += u64::from(reach);
        self.reach_squares = self.reach_squares.saturating_add(u64::from(reach) * u64::from(reach));
        self.shares += 1;
    }
}

/// What is believed of somebody of whom nothing is known, fitted from everybody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beliefs {
    /// People a share brings, directly or not: a Gamma prior.
    pub share: Prior,
    /// How many of those brought are fans: a Beta prior.
    pub fans: Prior,
}

impl Default for Beliefs {
    fn default() -> Self {
        Self { share: SHARE_OTHERWISE, fans: FANS_OTHERWISE }
    }
}

impl Beliefs {
    /// Fits both from everybody's records.
    #[must_use]
    pub fn fit<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Self {
        let shares = records.clone().map(|record| Group {
            count: f64::from(record.shares),
            sum: record.reach as f64,
            squares: record.reach_squares as f64,
        });
        let fans = records.map(|record| Group {
            count: record.invites as f64,
            sum: record.fans as f64,
            squares: record.fans as f64,
        });
        Self { share: Prior::fit(shares, SHARE_OTHERWISE), fans: Prior::fit(fans, FANS_OTHERWISE) }
    }

    /// Value and points of each term: people invited, people a share brings, share of fans.
    #[must_use]
    pub fn points(&self, record: &Record) -> [(f64, f64); 3] {
        let invites = record.invites as f64;
        let share = self.share.shrunk(record.reach as f64, f64::from(record.shares));
        let fans = self.fans.shrunk(record.fans as f64, invites);
        let against = if self.fans.mean > 0.0 { (fans / self.fans.mean).ln() } else { 0.0 };
        [(invites, invites.ln_1p()), (share, RATIO_WEIGHT * share.ln_1p()), (fans, RATIO_WEIGHT * against)]
    }

    /// The points added up.
    #[must_use]
    pub fn score(&self, record: &Record) -> f64 {
        self.points(record).iter().map(|(_, points)| points).sum()
    }
}

/// Everybody, best first; equal ones by handle.
#[must_use]
pub fn rank(records: impl IntoIterator<Item = (Handle, Record)>) -> Vec<(Handle, Record)> {
    let ranked: Vec<_> = records.into_iter().collect();
    let beliefs = Beliefs::fit(ranked.iter().map(|(_, record)| record));
    let mut scored: Vec<_> = ranked.into_iter().map(|entry| (beliefs.score(&entry.1), entry)).collect();
    scored.sort_unstable_by(|a, b| best_first(a.0, a.1.0, b.0, b.1.0));
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// The higher score first, equal ones by handle.
pub(super) fn best_first(score: f64, person: Handle, other_score: f64, other: Handle) -> Ordering {
    other_score.total_cmp(&score).then(person.cmp(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(invites: u64, reach: u64, shares: u32) -> Record {
        let each = reach / u64::from(shares);
        Record { invites, fans: 0, reach, reach_squares: each * each * u64::from(shares), shares }
    }

    #[test]
    fn invitations_count_first_and_one_lucky_share_is_no_proof() {
        let lucky = (Handle(1), record(5, 7, 1));
        let steady = (Handle(2), record(5, 60, 10));
        let inviting = (Handle(3), record(7, 7, 6));
        let ranked: Vec<u32> = rank([lucky, steady, inviting]).into_iter().map(|(handle, _)| handle.0).collect();
        assert_eq!(ranked, [3, 2, 1]);
    }

    #[test]
    fn of_two_who_invited_alike_the_one_whose_people_become_fans_is_first() {
        let with = |fans| Record { fans, ..record(20, 40, 2) };
        let ranked = rank([(Handle(1), with(2)), (Handle(2), with(15))]);
        assert_eq!(ranked[0].0, Handle(2));
        // Where there are no fans at all the term says nothing.
        let points = Beliefs::default().points(&with(0));
        assert_eq!(points[2], (0.0, 0.0));
    }
}
