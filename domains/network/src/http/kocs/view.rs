//! A board as it is sent.

use kernel::{CampaignId, PersonId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::Csv;

use crate::{
    http::{
        naming::{Sentence, UnitBrief},
        read_cascade::CampaignBrief,
    },
    rules::{
        board::{Histogram, Measure, RowTerm, Threshold},
        shrink::Prior,
    },
};

/// Everybody ranked by whose reach is worth an action. Numbers are over the roots the caller may see.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct KocBoard {
    #[schema(value_type = String, format = DateTime)]
    pub(super) as_of: Timestamp,
    /// The campaign it ranks inside; null across campaigns.
    pub(super) campaign: Option<CampaignBrief>,
    pub(super) items: Vec<BoardRow>,
    /// Send this as `after` to get the next page; null when this was the last.
    pub(super) next: Option<u32>,
    /// People that match what was asked.
    pub(super) total: usize,
    /// Those of them above the threshold.
    pub(super) kocs: usize,
    /// People on the whole board.
    pub(super) ranked: usize,
    pub(super) threshold: ThresholdView,
    /// People left out as suspicious, with everybody below them.
    pub(super) suspicious: u32,
    /// What is believed of people nothing is known of, fitted from the workspace; null inside a campaign.
    pub(super) beliefs: Option<BeliefsView>,
    /// How the scores of those that match are spread.
    pub(super) scores: ScoresView,
    /// Stores of the whole board, those with most KOCs first.
    pub(super) units: Vec<UnitCount>,
    /// Circles of the whole board.
    pub(super) circles: Vec<CircleCount>,
}

/// From where on somebody counts as a KOC.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ThresholdView {
    /// `score` or `percent`.
    pub(super) by: &'static str,
    /// The least score, or the percentage of the board.
    pub(super) value: f64,
    /// The score of the last one who counts; null when nobody does.
    pub(super) score: Option<f64>,
    /// KOCs on the whole board.
    pub(super) kocs: usize,
    /// False while it is only tried.
    pub(super) is_set: bool,
}

impl ThresholdView {
    pub(super) fn words(threshold: Threshold) -> (&'static str, f64) {
        match threshold {
            Threshold::Score(score) => ("score", score),
            Threshold::Percent(percent) => ("percent", percent),
        }
    }
}

/// Both beliefs that ratios are shrunk towards.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BeliefsView {
    /// People a share reaches.
    share: PriorView,
    /// How many of those brought are fans.
    fans: PriorView,
}

/// A mean, and how many observations believing in it weighs.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PriorView {
    mean: f64,
    strength: f64,
}

impl From<Prior> for PriorView {
    fn from(Prior { mean, strength }: Prior) -> Self {
        Self { mean, strength }
    }
}

impl BeliefsView {
    pub(super) fn of(measure: &Measure) -> Option<Self> {
        match measure {
            Measure::Across(beliefs) => Some(Self { share: beliefs.share.into(), fans: beliefs.fans.into() }),
            Measure::Inside(_) => None,
        }
    }
}

/// People by score, in bins of equal width.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ScoresView {
    /// Where the first bin begins.
    from: f64,
    /// How wide a bin is.
    width: f64,
    /// People by bin.
    counts: Vec<u32>,
}

impl From<Histogram> for ScoresView {
    fn from(Histogram { from, width, counts }: Histogram) -> Self {
        Self { from, width, counts }
    }
}

/// A store on the board.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct UnitCount {
    pub(super) unit: UnitBrief,
    /// The city it stands in.
    pub(super) city: Option<String>,
    pub(super) people: u32,
    pub(super) kocs: u32,
}

/// A circle on the board.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CircleCount {
    pub(super) circle: u32,
    pub(super) people: u32,
    pub(super) kocs: u32,
}

/// Somebody on the board, with the reasons.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BoardRow {
    pub(super) rank: u32,
    #[schema(value_type = String)]
    pub(super) person: PersonId,
    pub(super) name: Option<String>,
    /// What they said, else where their store is.
    pub(super) city: Option<String>,
    /// The campaign they joined last, of those the board counts.
    #[schema(value_type = String)]
    pub(super) campaign: CampaignId,
    /// The root they hang under there.
    #[schema(value_type = String)]
    pub(super) root: PersonId,
    pub(super) unit: Option<UnitBrief>,
    /// Hops from the root.
    pub(super) circle: u32,
    pub(super) is_fan: bool,
    #[schema(value_type = String, format = DateTime)]
    pub(super) joined_at: Timestamp,
    /// Above the threshold.
    pub(super) is_koc: bool,
    /// The terms' points added up.
    pub(super) score: f64,
    /// People they brought directly.
    pub(super) direct_invites: u64,
    /// Those of them who are fans.
    pub(super) fans_brought: u64,
    /// People they brought, directly or not.
    pub(super) reach: u64,
    /// In how many campaigns that was.
    pub(super) campaigns: u32,
    /// Rank and score 1, 7 and 30 days before.
    pub(super) before: Vec<BeforeView>,
    /// Direct invitations of the last 30 days, the present day last.
    pub(super) invites_by_day: Vec<u32>,
    pub(super) terms: Vec<BoardTerm>,
}

/// Where somebody stood before.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BeforeView {
    pub(super) days: u16,
    /// Null if they had not joined.
    pub(super) rank: Option<u32>,
    /// Null if they had not joined.
    pub(super) score: Option<f64>,
}

/// One reason of a score. Across campaigns: score = ln(1+invites) + 0.1·ln(1+reach of a share) + 0.1·ln(fans ÷ everybody's).
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BoardTerm {
    /// `invites`, `share`, `fans`; inside a campaign `reach`, `recent`, `prior`, `age`.
    term: &'static str,
    value: f64,
    /// What it adds to the score.
    points: f64,
    words: Sentence,
}

impl From<RowTerm> for BoardTerm {
    fn from(RowTerm { name, value, points, words }: RowTerm) -> Self {
        Self { term: name.as_str(), value, points, words: words.into() }
    }
}

const COLUMNS: [&str; 22] = [
    "rank",
    "person",
    "name",
    "city",
    "campaign",
    "root",
    "unit",
    "circle",
    "fan",
    "joined_at",
    "koc",
    "score",
    "direct_invites",
    "fans_brought",
    "reach",
    "campaigns",
    "rank_1_day_ago",
    "rank_7_days_ago",
    "rank_30_days_ago",
    "invites_30_days",
    "reasons_zh",
    "reasons_en",
];

/// One line per person, with the reasons in words.
pub(super) fn csv(board: &KocBoard) -> Csv {
    let mut csv = Csv::new("koc-board", &COLUMNS);
    for row in &board.items {
        let reasons = |words: fn(&Sentence) -> &str| {
            row.terms.iter().map(|term| words(&term.words)).collect::<Vec<_>>().join("; ")
        };
        let rank_before = |place: usize| row.before.get(place).and_then(|before| before.rank);
        csv.line([
            row.rank.into(),
            row.person.to_string().into(),
            row.name.clone().into(),
            row.city.clone().into(),
            row.campaign.to_string().into(),
            row.root.to_string().into(),
            row.unit.as_ref().map(|unit| unit.name.clone()).into(),
            row.circle.into(),
            row.is_fan.into(),
            row.joined_at.into(),
            row.is_koc.into(),
            row.score.into(),
            row.direct_invites.into(),
            row.fans_brought.into(),
            row.reach.into(),
            row.campaigns.into(),
            rank_before(0).into(),
            rank_before(1).into(),
            rank_before(2).into(),
            row.invites_by_day.iter().sum::<u32>().into(),
            reasons(|words| &words.zh).into(),
            reasons(|words| &words.en).into(),
        ]);
    }
    csv
}
