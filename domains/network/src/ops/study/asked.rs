//! What is asked of a study.

use kernel::{CampaignId, PersonId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most people to start with.
pub const SEEDS_MAX: u32 = 1000;
/// Most days a forecast looks ahead.
pub const DAYS_MAX: u32 = 365;
/// Most people, stores or costs named in one request.
pub const NAMED_MAX: usize = 1000;

/// What one person costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonCost {
    /// Such as `p42`.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Smallest units of the currency.
    pub cost_minor: u64,
}

/// How many of one store at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreCap {
    #[schema(value_type = String)]
    pub unit: UnitId,
    pub most: u32,
}

/// Whom to start the next campaign with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(example = json!({"name": "春季种子", "count": 50, "per_store": 5, "cost_minor": 2000, "budget_minor": 80000}))]
pub struct SeedsAsked {
    /// For people; made from what is asked when empty.
    pub name: String,
    /// How many people, 1 to 1000.
    pub count: u32,
    /// What they may cost together, in the smallest units of the currency.
    pub budget_minor: Option<u64>,
    /// What each costs who is not named in `costs`.
    pub cost_minor: u64,
    /// What single people cost.
    pub costs: Vec<PersonCost>,
    /// How many of each store at most.
    pub per_store: Option<u32>,
    /// How many of single stores at most.
    pub stores: Vec<StoreCap>,
    /// People who are not to be chosen.
    #[schema(value_type = Vec<String>)]
    pub without_people: Vec<PersonId>,
    /// Stores nobody is to be chosen of.
    #[schema(value_type = Vec<String>)]
    pub without_stores: Vec<UnitId>,
    /// People who are to be among them whatever they bring.
    #[schema(value_type = Vec<String>)]
    pub with_people: Vec<PersonId>,
    /// Whether those who were roots may be chosen: stores and staff start every campaign anyway.
    pub roots: bool,
    /// Whether who would have come anyway counts for less.
    pub subtract_anyway: bool,
    /// How much of the best may be lost by sampling: 0.05 to 0.5.
    pub epsilon: f64,
    /// The same seed of chance, the same answer.
    pub seed: u32,
}

impl Default for SeedsAsked {
    fn default() -> Self {
        Self {
            name: String::new(),
            count: 50,
            budget_minor: None,
            cost_minor: 0,
            costs: Vec::new(),
            per_store: None,
            stores: Vec::new(),
            without_people: Vec::new(),
            without_stores: Vec::new(),
            with_people: Vec::new(),
            roots: false,
            subtract_anyway: true,
            epsilon: 0.1,
            seed: 1,
        }
    }
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(example = json!({"name": "若从 66号门店首圈开始", "stores": ["store-66"], "days": 14, "cost_per_fan_minor": 500}))]
pub struct ForecastAsked {
    /// For people; made from what is asked when empty.
    pub name: String,
    /// A campaign that is under way: it is played on from where it stands, and nobody else is named.
    #[schema(value_type = Option<String>)]
    pub campaign: Option<CampaignId>,
    /// People to start with.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
    /// A seed plan whose people are to start.
    pub plan: Option<String>,
    /// Stores whose whole first circle is to start.
    #[schema(value_type = Vec<String>)]
    pub stores: Vec<UnitId>,
    /// How many days, 1 to 365.
    pub days: u32,
    /// What the people to start with cost together, in the smallest units of the currency.
    pub seeds_cost_minor: u64,
    /// What is paid for everybody who is brought.
    pub cost_per_join_minor: u64,
    /// What is paid for every fan won.
    pub cost_per_fan_minor: u64,
    /// By how much people are believed to bring more than in the past, 0.2 to 5: 1 is as ever.
    pub lift: f64,
    /// How often to play, 100 to 2000.
    pub runs: u32,
    /// The same seed of chance, the same answer.
    pub seed: u32,
}

impl Default for ForecastAsked {
    fn default() -> Self {
        Self {
            name: String::new(),
            campaign: None,
            people: Vec::new(),
            plan: None,
            stores: Vec::new(),
            days: 14,
            seeds_cost_minor: 0,
            cost_per_join_minor: 0,
            cost_per_fan_minor: 0,
            lift: 1.0,
            runs: 500,
            seed: 1,
        }
    }
}

/// A field that cannot be, and what would be right.
pub type Wrong = (&'static str, String);

impl SeedsAsked {
    /// What is wrong with it, field by field.
    #[must_use]
    pub fn wrongs(&self) -> Vec<Wrong> {
        let mut wrongs = named(&self.name);
        within(&mut wrongs, "count", f64::from(self.count), 1.0, f64::from(SEEDS_MAX));
        within(&mut wrongs, "epsilon", self.epsilon, 0.05, 0.5);
        for (field, count) in [
            ("costs", self.costs.len()),
            ("stores", self.stores.len()),
            ("without_people", self.without_people.len()),
            ("without_stores", self.without_stores.len()),
        ] {
            within(&mut wrongs, field, count as f64, 0.0, NAMED_MAX as f64);
        }
        within(&mut wrongs, "with_people", self.with_people.len() as f64, 0.0, f64::from(self.count));
        let forced: u64 = self.with_people.iter().map(|person| self.cost_of(*person)).fold(0, u64::saturating_add);
        if self.budget_minor.is_some_and(|budget| budget < forced) {
            wrongs.push(("budget_minor", format!("those who are to be among them cost {forced} already")));
        }
        wrongs
    }

    /// What somebody costs.
    #[must_use]
    pub fn cost_of(&self, person: PersonId) -> u64 {
        self.costs.iter().find(|cost| cost.person == person).map_or(self.cost_minor, |cost| cost.cost_minor)
    }
}

impl ForecastAsked {
    /// What is wrong with it, field by field.
    #[must_use]
    pub fn wrongs(&self) -> Vec<Wrong> {
        let mut wrongs = named(&self.name);
        within(&mut wrongs, "days", f64::from(self.days), 1.0, f64::from(DAYS_MAX));
        within(&mut wrongs, "lift", self.lift, 0.2, 5.0);
        within(&mut wrongs, "runs", f64::from(self.runs), 100.0, 2000.0);
        within(&mut wrongs, "people", self.people.len() as f64, 0.0, NAMED_MAX as f64);
        within(&mut wrongs, "stores", self.stores.len() as f64, 0.0, NAMED_MAX as f64);
        let starts = !self.people.is_empty() || self.plan.is_some() || !self.stores.is_empty();
        match (&self.campaign, starts) {
            (None, false) => wrongs.push((
                "people",
                "name people, a seed plan or a store to start with, or a campaign that is under way".to_owned(),
            )),
            (Some(_), true) => wrongs.push((
                "campaign",
                "a campaign that is under way goes on with the people it has: name nobody else beside it".to_owned(),
            )),
            _ => {}
        }
        wrongs
    }
}

fn named(name: &str) -> Vec<Wrong> {
    let wrong = name.chars().count() > 100 || name.chars().any(char::is_control);
    if wrong { vec![("name", "a name has at most 100 characters".to_owned())] } else { Vec::new() }
}

fn within(wrongs: &mut Vec<Wrong>, field: &'static str, value: f64, low: f64, high: f64) {
    // Not a number is within nothing.
    if !(low..=high).contains(&value) {
        wrongs.push((field, format!("must be {low} to {high}")));
    }
}
