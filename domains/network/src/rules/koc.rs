//! KOC v1: whose reach in a live campaign is worth an action, with the reasons.
//!
//! score = ln(1 + reach) + 0.5·ln(1 + recent) + 0.4·ln(1 + prior) − 0.1·ln(hours since joining, at least 0.02)
//!
//! - reach: people below them in the campaign, directly or not.
//! - recent: people they brought directly in the last quarter of the time from the campaign's first joining up to the
//!   present, the start of that quarter not included. The present is `as_of`, but not later than the campaign's last
//!   joining: when nothing happens any more, nobody's score moves.
//! - prior: (past reach + μ) / (past shares + 1) with μ = 1. A past share is an earlier campaign (one whose first joining is
//!   earlier) in which they have a place in scope, past reach the people below them there. Without a history it is μ for
//!   everybody.
//! - hours since joining up to the same present.
//!
//! Measured on real cascades it beats plain reach by little and steadily; more than that nobody should promise. Roots
//! are no KOCs: somebody pays them to stand there.

use std::{cmp::Ordering, collections::BinaryHeap};

use kernel::{Handle, Timestamp};

use super::words::{Words, counted};

/// What somebody without a history is expected to bring: about the mean over real cascades (1.6), rounded down.
pub const PRIOR_MEAN: f64 = 1.0;
/// Nobody counts as fresher than this.
const HOURS_MIN: f64 = 0.02;

/// What a person did in earlier campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// People they brought there, directly or not.
    pub reach: u64,
    /// In how many they had a place.
    pub shares: u32,
}

/// The stretch of time a score looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The present: `as_of`, but not later than the last joining.
    pub now: Timestamp,
    /// Whoever joined after this, up to the present, is recent.
    pub recent_after: Timestamp,
}

impl Window {
    /// The window of a campaign whose people joined from `first` to `last`.
    #[must_use]
    pub fn new(first: Timestamp, last: Timestamp, as_of: Timestamp) -> Self {
        let now = last.min(as_of).max(first);
        Self { now, recent_after: Timestamp(now.0.saturating_sub(now.micros_since(first) / 4)) }
    }

    /// Whether somebody who joined then is recent.
    #[must_use]
    pub fn is_recent(&self, joined_at: Timestamp) -> bool {
        self.recent_after < joined_at && joined_at <= self.now
    }

    fn hours_since(&self, joined_at: Timestamp) -> f64 {
        (self.now.micros_since(joined_at) as f64 / 3.6e9).max(HOURS_MIN)
    }
}

/// A person who may be a KOC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: Handle,
    /// The root of the tree they stand in.
    pub root: Handle,
    /// Hops from that root.
    pub circle: u32,
    /// Fan or visitor.
    pub is_fan: bool,
    /// When they joined.
    pub joined_at: Timestamp,
    /// People below them.
    pub reach: u32,
    /// People they brought directly.
    pub direct_invites: u32,
    /// Those of them who are recent.
    pub recent_invites: u32,
    /// What they did before.
    pub past: Past,
}

/// What a term of the score is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// People below them.
    Reach,
    /// People they brought lately.
    Recent,
    /// What they did in earlier campaigns.
    Prior,
    /// How long they have had.
    Age,
}

impl TermKind {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Recent => "recent",
            Self::Prior => "prior",
            Self::Age => "age",
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it is about.
    pub kind: TermKind,
    /// The number itself: people, people, people per share, hours.
    pub value: f64,
    /// What it adds to the score.
    pub points: f64,
    /// The reason in words.
    pub words: Words,
}

/// A ranked person with the reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Koc {
    /// From 1.
    pub rank: u32,
    /// Who, and the numbers.
    pub candidate: Candidate,
    /// Sum of the terms' points.
    pub score: f64,
    /// Reach, recent, prior, age.
    pub terms: [Term; 4],
}

/// The best `limit` people, best first; equal scores newest first, then by handle.
#[must_use]
pub fn rank(candidates: impl Iterator<Item = Candidate>, window: &Window, limit: usize) -> Vec<Koc> {
    let mut best: BinaryHeap<Ranked> = BinaryHeap::with_capacity(limit.min(4096) + 1);
    for candidate in candidates {
        let score = score(&candidate, window);
        let ranked = Ranked { score, candidate };
        if best.len() < limit {
            best.push(ranked);
        } else if let Some(mut worst) = best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }
    let in_order = best.into_sorted_vec().into_iter().zip(1..);
    in_order.map(|(ranked, rank)| explain(rank, ranked, window)).collect()
}

/// The sum of somebody's points.
#[must_use]
pub fn score(candidate: &Candidate, window: &Window) -> f64 {
    points(candidate, window).iter().map(|(_, points)| points).sum()
}

/// No score is more than this with at most so much reach, and so much in any earlier campaign.
#[must_use]
pub fn score_max(reach: u32, past_reach: u32) -> f64 {
    let reach = f64::from(reach);
    // (past reach + μ) / (past shares + 1) is never more than the most in one campaign, nor than μ where that is larger.
    let prior = f64::from(past_reach).max(PRIOR_MEAN);
    1.5 * reach.ln_1p() + 0.4 * prior.ln_1p() - 0.1 * HOURS_MIN.ln() + ROUNDING
}

/// More than sums of a few logarithms are off by.
const ROUNDING: f64 = 1e-9;

struct Ranked {
    score: f64,
    candidate: Candidate,
}

/// Less is better, so that the heap's top is the worst of the best.
impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.candidate, &other.candidate);
        let better_first = other.score.total_cmp(&self.score);
        better_first.then(b.joined_at.cmp(&a.joined_at)).then(a.person.cmp(&b.person))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

/// Value and points of each term, in the order of [`Koc::terms`].
fn points(candidate: &Candidate, window: &Window) -> [(f64, f64); 4] {
    let reach = f64::from(candidate.reach);
    let recent = f64::from(candidate.recent_invites);
    let prior = (candidate.past.reach as f64 + PRIOR_MEAN) / (f64::from(candidate.past.shares) + 1.0);
    let hours = window.hours_since(candidate.joined_at);
    [(reach, reach.ln_1p()), (recent, 0.5 * recent.ln_1p()), (prior, 0.4 * prior.ln_1p()), (hours, -0.1 * hours.ln())]
}

fn explain(rank: u32, ranked: Ranked, window: &Window) -> Koc {
    let Ranked { score, candidate } = ranked;
    Koc { rank, candidate, score, terms: terms(&candidate, window) }
}

/// The reasons of a score, in the order of [`Koc::terms`].
#[must_use]
pub fn terms(candidate: &Candidate, window: &Window) -> [Term; 4] {
    let [reach, recent, prior, age] = points(candidate, window);
    let Past { reach: past_reach, shares } = candidate.past;
    let reached = counted(candidate.reach.into(), "person", "people");
    let invited = counted(candidate.recent_invites.into(), "person", "people");
    let prior_words = if shares == 0 {
        Words::new("没有参加过以往活动，按平均水平计", "no earlier campaign; counted as average")
    } else {
        let brought = counted(past_reach, "person", "people");
        let campaigns = counted(shares.into(), "earlier campaign", "earlier campaigns");
        Words::new(format!("以往 {shares} 次活动共带来 {past_reach} 人"), format!("brought {brought} in {campaigns}"))
    };
    let reach_words =
        Words::new(format!("带来 {} 人（含间接）", candidate.reach), format!("brought {reached}, directly or not"));
    let recent_words = Words::new(
        format!("最近四分之一时段直接带来 {} 人", candidate.recent_invites),
        format!("brought {invited} directly in the last quarter of the campaign"),
    );
    let age_words = Words::new(format!("加入 {:.1} 小时", age.0), format!("joined {:.1} hours ago", age.0));
    let term = |kind, (value, points): (f64, f64), words| Term { kind, value, points, words };
    [
        term(TermKind::Reach, reach, reach_words),
        term(TermKind::Recent, recent, recent_words),
        term(TermKind::Prior, prior, prior_words),
        term(TermKind::Age, age, age_words),
    ]
}
