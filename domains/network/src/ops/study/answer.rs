//! What a study answers. It is stored as it is told; names of people and stores are filled in when it is read.

use kernel::{CampaignId, PersonId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::{
    forecast::{
        habits::Habits,
        past::{Answers, Bin},
    },
    seeds::Spread,
    words::Words,
};

/// A sentence in the console's two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    pub zh: String,
    pub en: String,
}

impl From<Words> for Told {
    fn from(Words { zh, en }: Words) -> Self {
        Self { zh, en }
    }
}

/// A mean over many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Estimate {
    pub mean: f64,
    /// Standard error of the mean.
    pub stderr: f64,
}

impl From<Spread> for Estimate {
    fn from(Spread { mean, stderr }: Spread) -> Self {
        Self { mean, stderr }
    }
}

/// A store by id and name; null for people who are at home nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreName {
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    pub name: Option<String>,
}

/// Somebody to start with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeedRow {
    /// From 1.
    pub rank: u32,
    #[schema(value_type = String)]
    pub person: PersonId,
    pub name: Option<String>,
    pub store: StoreName,
    /// People they are expected to win whom nobody before them in the list does, themselves included; who would have come
    /// anyway counts for less.
    pub gain: f64,
    /// Smallest units of the currency.
    pub cost_minor: u64,
    /// Was asked for.
    pub forced: bool,
    /// The chance that they come whoever is asked.
    pub anyway: f64,
    /// People they are tied to.
    pub ties: u32,
    /// People they brought directly, in all campaigns.
    pub invites: u64,
    /// Campaigns they took part in.
    pub campaigns: u32,
    /// Why, in words.
    pub reasons: Vec<Told>,
}

/// A way of choosing, played forward.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceRow {
    /// `seeds` (this plan), `reach` (the most reach so far), `two_hop` (the most people expected within two hops).
    pub choice: String,
    /// How many start.
    pub seeds: u32,
    /// People won in a run, those who start included.
    pub people: Estimate,
    /// What they count for: who would have come anyway counts for less.
    pub worth: Estimate,
    /// What this plan counts for more than the choice, in the same worlds.
    pub behind: Estimate,
    /// What those who start cost together, smallest units.
    pub cost_minor: u64,
    /// Cost over what it counts for; null when nothing is won.
    pub cost_per_worth_minor: Option<f64>,
}

/// A store in a seed plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeedStoreRow {
    pub store: StoreName,
    /// How many of the plan start there.
    pub seeds: u32,
    /// People won there by this plan.
    pub people: Estimate,
    /// People won there by the most reach so far.
    pub people_by_reach: Estimate,
    /// People won there by the most people expected within two hops.
    pub people_by_two_hop: Estimate,
}

/// Chances as they are said against what happened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BinRow {
    pub ties: u64,
    pub said: f64,
    pub happened: f64,
}

impl From<Bin> for BinRow {
    fn from(Bin { ties, said, happened }: Bin) -> Self {
        Self { ties, said, happened }
    }
}

/// How ties were read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswersView {
    /// A tie's chance times this is the chance that was used.
    pub factor: f64,
    /// Share of those who come whom the sharer did not know before.
    pub newcomers: f64,
    /// Campaigns it was learnt on; with none it is a belief.
    pub campaigns: usize,
    pub bins: Vec<BinRow>,
}

impl From<Answers> for AnswersView {
    fn from(Answers { factor, newcomers, campaigns, bins }: Answers) -> Self {
        Self { factor, newcomers, campaigns, bins: bins.into_iter().map(BinRow::from).collect() }
    }
}

/// Whom to start with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeedsAnswer {
    /// People in sight.
    pub people: u32,
    /// Those of them who could be chosen.
    pub candidates: u32,
    /// People left out as suspicious, with everybody below them: they are neither chosen nor counted as won.
    #[serde(default)]
    pub kept_out: u32,
    pub seeds: Vec<SeedRow>,
    /// What they win is at least this share of what the best choice within the limits does, with probability 1 − 1/people.
    pub certificate: f64,
    /// `count` (1 − 1/e), `caps` (½), `budget` (½(1 − 1/e)) or `nothing`: what was promised before looking.
    pub promise: String,
    /// The promised share, less what sampling may lose; 0 when nothing was.
    pub promised: f64,
    /// Certificate and promise in words.
    pub words: Told,
    /// Reverse reachable sets drawn.
    pub sets: u64,
    /// This plan, then its rivals.
    pub choices: Vec<ChoiceRow>,
    /// Worlds each was played in.
    pub worlds: u32,
    pub stores: Vec<SeedStoreRow>,
    pub answers: AnswersView,
}

/// Levels of a forecast at each hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bands {
    pub p5: Vec<f64>,
    pub p10: Vec<f64>,
    pub p25: Vec<f64>,
    pub p50: Vec<f64>,
    pub p75: Vec<f64>,
    pub p90: Vec<f64>,
    pub p95: Vec<f64>,
}

/// A number with its 80% interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Range {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// A store in a forecast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ForecastStoreRow {
    pub store: StoreName,
    pub seeds: u32,
    pub people: Range,
    pub fans: Range,
}

/// How people of a kind pass things on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KindRow {
    /// How many they bring on average.
    pub mean: f64,
    /// Shape of the negative binomial: the smaller, the fewer bring nearly all.
    pub k: f64,
    /// People it was seen on.
    pub people: u64,
    /// Half of those who are brought come within so many hours.
    pub wait_hours: f64,
}

/// What was learnt of how campaigns go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HabitsView {
    /// Roots, the first circle, everybody further out.
    pub kinds: Vec<KindRow>,
    /// Shape of the factor by which campaigns differ: the larger, the more alike they are.
    pub alike: f64,
    /// Trees it was seen on.
    pub trees: usize,
}

impl From<&Habits> for HabitsView {
    fn from(habits: &Habits) -> Self {
        let kinds = habits.offspring.iter().zip(&habits.waits).map(|(offspring, waits)| KindRow {
            mean: offspring.mean,
            k: offspring.k,
            people: offspring.people,
            wait_hours: waits.at(0.5),
        });
        Self { kinds: kinds.collect(), alike: habits.alike, trees: habits.trees }
    }
}

/// How often bands held what they should.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptRow {
    pub share: f64,
    pub held: f64,
}

/// Forecasts of the brand's own past trees, held against what came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckRow {
    /// `half_time`: stopped at half of its time. `start`: from the root alone.
    pub halt: String,
    /// Trees that were forecast.
    pub trees: usize,
    /// The bands at the end.
    pub kept: Vec<KeptRow>,
    /// Half of the forecasts were off by less than this share of the truth.
    pub error: f64,
    /// The same when it is guessed that as many come again.
    pub error_doubles: f64,
    /// The same when it is guessed that nobody comes any more.
    pub error_stays: f64,
    /// The same when it is guessed that it grows as the middle one of the past did.
    pub error_as_ever: f64,
}

/// A campaign that is under way, as it stands when it is played on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SoFar {
    #[schema(value_type = String)]
    pub campaign: CampaignId,
    /// People it has, those who are kept out as suspicious left out.
    pub people: u32,
    /// The fans among them.
    pub fans: u32,
    /// Hours before now at which the curves are told, the furthest first: −36 is a day and a half ago, the last is 0.
    pub hours: Vec<f64>,
    /// People who had joined by then.
    pub people_by: Vec<u32>,
    /// Those of them who are fans today.
    pub fans_by: Vec<u32>,
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ForecastAnswer {
    /// How many start; of a campaign that is under way, how many it has.
    pub starts: u32,
    /// The campaign that is played on; null for one that has not begun.
    #[serde(default)]
    pub so_far: Option<SoFar>,
    /// Hours after the start, or from now on, at which the curves are told.
    pub hours: Vec<f64>,
    /// People, those who start included.
    pub people: Bands,
    /// Fans won: people who were none before. Of a campaign that is under way all it has.
    pub fans: Bands,
    /// Share of the people whom the network did not know.
    pub newcomers: f64,
    /// Everything that is paid, smallest units.
    pub cost_minor: Range,
    /// Cost over fans, smallest units; null when more than one run in ten wins no fan.
    pub cost_per_fan_minor: Option<Range>,
    pub stores: Vec<ForecastStoreRow>,
    pub habits: HabitsView,
    pub answers: AnswersView,
    pub checks: Vec<CheckRow>,
    /// How far the bands can be trusted, in words.
    pub words: Told,
    /// Runs played.
    pub runs: u32,
}

/// Why a study has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    pub words: Told,
}
