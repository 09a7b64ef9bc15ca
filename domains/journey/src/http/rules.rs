//! What the endpoints of rules share: how a rule is told, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ErrorCode, Scope, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Principal, Problem};

use super::naming::UnitBrief;
use crate::{
    Slice,
    model::{Quiet, Rule, State, Terms},
    rules::{draft, zone},
    store,
};

/// Characters of a rule's id.
const ID_LENGTH: usize = 10;
/// Rules of one brand.
const RULES_MAX: usize = 500;

/// How many reminders of a rule stand where.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(super) struct ReminderCounts {
    /// Will fall due. Birthdays and festivals are counted when their day comes.
    pub(super) waiting: u64,
    /// Are to be done.
    pub(super) due: u64,
    pub(super) done: u64,
    pub(super) skipped: u64,
    /// Were told, and what happened since made them needless.
    pub(super) overtaken: u64,
    /// Fell due when nobody could be told.
    pub(super) missed: u64,
}

/// A rule by which staff are reminded of people.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReminderRule)]
pub(super) struct RuleView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) terms: Terms,
    /// What to say; `{name}`, `{days}`, `{date}`, `{festival}` and `{store}` are put in.
    pub(super) script: String,
    /// Time of day in Shanghai.
    #[schema(example = "10:00")]
    pub(super) at: String,
    /// From here on nobody is reminded …
    #[schema(example = "21:00")]
    quiet_from: String,
    /// … until here. Equal ones are no quiet hours.
    #[schema(example = "09:00")]
    quiet_to: String,
    pub(super) on: bool,
    /// Facts told before it was set are counted; until then it tells nobody.
    ready: bool,
    /// The unit that does what nobody is the owner of.
    fallback: Option<UnitBrief>,
    /// Only people whose root belongs to one of these; null is everybody.
    pub(super) units: Option<Vec<UnitBrief>>,
    pub(super) counts: ReminderCounts,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// A rule to be set.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ReminderRuleDraft, example = json!({
    "name": "香薰回购",
    "terms": {"kind": "after", "fact": {"event": "Order Paid", "filters": [{"property": "product", "test": "contains", "value": "香薰"}]},
        "wait": {"count": 3, "unit": "month"}},
    "script": "{name}您好，您{days}天前带走的香薰差不多用完了，新到的木质调给您留了一瓶。", "at": "10:00",
}))]
pub(super) struct Draft {
    /// What staff call it; 1 to 100 characters.
    name: String,
    terms: Terms,
    /// What to say; `{name}`, `{days}`, `{date}`, `{festival}` and `{store}` are put in.
    script: String,
    /// Time of day in Shanghai; 10:00 when missing.
    #[schema(example = "10:00")]
    at: Option<String>,
    /// From here on nobody is reminded; 21:00 when missing.
    #[schema(example = "21:00")]
    quiet_from: Option<String>,
    /// Until here; 09:00 when missing.
    #[schema(example = "09:00")]
    quiet_to: Option<String>,
    /// It reminds from now on; true when missing.
    on: Option<bool>,
    /// The unit that does what nobody is the owner of.
    #[schema(value_type = Option<String>)]
    fallback: Option<UnitId>,
    /// Only people whose root belongs to one of these units; everybody in scope when missing.
    #[schema(value_type = Option<Vec<String>>)]
    units: Option<BTreeSet<UnitId>>,
}

/// What is to change; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ReminderRuleChange)]
pub(super) struct Change {
    #[schema(nullable = false)]
    pub(super) name: Option<String>,
    #[schema(nullable = false)]
    pub(super) terms: Option<Terms>,
    #[schema(nullable = false)]
    pub(super) script: Option<String>,
    #[schema(nullable = false)]
    pub(super) at: Option<String>,
    #[schema(nullable = false)]
    pub(super) quiet_from: Option<String>,
    #[schema(nullable = false)]
    pub(super) quiet_to: Option<String>,
    #[schema(nullable = false)]
    pub(super) on: Option<bool>,
    #[schema(value_type = Option<String>, nullable = false)]
    pub(super) fallback: Option<UnitId>,
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    pub(super) units: Option<BTreeSet<UnitId>>,
}

/// A time of day as minutes since midnight.
pub(super) fn minute(text: &str, field: &'static str) -> Result<u16, Problem> {
    let read = text.split_once(':').and_then(|(hours, minutes)| {
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let (hours, minutes) = (hours, minutes);
        if !digits(hours) || !digits(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    read.ok_or_else(|| Problem::invalid(field, "a time of day is written like 10:00"))
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Whether a rule can be set, told to the caller.
pub(super) fn checked(mut rule: Rule) -> Result<Rule, Problem> {
    rule.name = rule.name.trim().to_owned();
    rule.script = rule.script.trim().to_owned();
    draft::check(&rule).map_err(|error| Problem::invalid(error.field(), error.to_string()))?;
    Ok(rule)
}

impl Slice {
    /// The rule a draft would make.
    pub(super) async fn drafted(&self, caller: &Principal, draft: Draft) -> Result<Rule, Problem> {
        let now = self.clock.now();
        let time = |text: Option<String>, field, default| match text {
            Some(text) => minute(&text, field),
            None => Ok(default),
        };
        let units = self.units_for(caller, draft.units).await?;
        self.fallback_for(caller, draft.fallback.as_ref()).await?;
        checked(Rule {
            id: kernel::token(&*self.entropy, ID_LENGTH),
            name: draft.name,
            filled: !matches!(draft.terms, Terms::After(_)),
            terms: draft.terms,
            script: draft.script,
            at_minute: time(draft.at, "at", 10 * 60)?,
            quiet: Quiet {
                from: time(draft.quiet_from, "quiet_from", 21 * 60)?,
                to: time(draft.quiet_to, "quiet_to", 9 * 60)?,
            },
            on: draft.on.unwrap_or(true),
            on_since: now,
            fallback: draft.fallback,
            units,
            created_at: now,
            created_by: caller.actor.to_string(),
            changed_at: now,
            revision: 1,
            swept: zone::day_number(now) - 1,
        })
    }

    /// Of whom a rule of this caller may remind: of people under these units, all of them in scope.
    pub(super) async fn units_for(
        &self,
        caller: &Principal,
        asked: Option<BTreeSet<UnitId>>,
    ) -> Result<Option<BTreeSet<UnitId>>, Problem> {
        let known = self.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
        let asked = asked.filter(|units| !units.is_empty());
        let visible = |unit: &UnitId| match &caller.scope {
            Scope::All => known.contains_key(unit),
            Scope::Units(units) => units.contains(unit),
            Scope::Own(_) => false,
        };
        match (asked, &caller.scope) {
            (_, Scope::Own(_)) => {
                Err(Problem::new(ErrorCode::Forbidden).detail("Rules are set for units, and you work in none"))
            }
            (Some(units), _) if !units.iter().all(visible) => Err(Problem::invalid("units", "there is no such unit")),
            (Some(units), _) => Ok(Some(units)),
            (None, Scope::Units(units)) => Ok(Some(units.clone())),
            (None, Scope::All) => Ok(None),
        }
    }

    /// Whether this unit may be given what nobody is the owner of.
    pub(super) async fn fallback_for(&self, caller: &Principal, unit: Option<&UnitId>) -> Result<(), Problem> {
        let Some(unit) = unit else { return Ok(()) };
        let known = self.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
        let visible = match &caller.scope {
            Scope::All => true,
            Scope::Units(units) => units.contains(unit),
            Scope::Own(_) => false,
        };
        if known.contains_key(unit) && visible {
            Ok(())
        } else {
            Err(Problem::invalid("fallback", "there is no such unit"))
        }
    }

    /// The rules a caller may see, by name.
    pub(super) async fn rules(&self, caller: &Principal) -> Result<Vec<Rule>, Problem> {
        let rules = store::rules::rules_in_workspace(self.records.reads(), caller.workspace).await;
        let mut rules = rules.map_err(Problem::unavailable)?;
        rules.retain(|rule| rule.is_in(&caller.scope));
        Ok(rules)
    }

    /// A rule that the caller may see.
    pub(super) async fn rule(&self, caller: &Principal, id: &str) -> Result<Rule, Problem> {
        let rules = self.rules(caller).await?;
        rules.into_iter().find(|rule| rule.id == id).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// Whether there is room for one rule more.
    pub(super) async fn has_room(&self, caller: &Principal) -> Result<(), Problem> {
        let rules = store::rules::rules_in_workspace(self.records.reads(), caller.workspace).await;
        if rules.map_err(Problem::unavailable)?.len() < RULES_MAX {
            return Ok(());
        }
        let detail = format!("There are {RULES_MAX} rules: remove some first");
        Err(Problem::new(ErrorCode::Conflict).detail(detail))
    }

    /// Rules as they are told.
    pub(super) async fn told(&self, caller: &Principal, rules: &[Rule]) -> Result<Vec<RuleView>, Problem> {
        let names = self.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
        let counted = store::reminders::counts(self.records.reads(), caller.workspace).await;
        let mut counts: BTreeMap<String, ReminderCounts> = BTreeMap::new();
        for (rule, state, number) in counted.map_err(Problem::unavailable)? {
            let counts = counts.entry(rule).or_default();
            match state {
                State::Waiting => counts.waiting = number,
                State::Due => counts.due = number,
                State::Done => counts.done = number,
                State::Skipped => counts.skipped = number,
                State::Overtaken => counts.overtaken = number,
                State::Missed => counts.missed = number,
                State::Elsewhere => {}
            }
        }
        let unit =
            |id: &UnitId| UnitBrief { id: id.clone(), name: names.get(id).cloned().unwrap_or_else(|| id.to_string()) };
        let view = |rule: &Rule| RuleView {
            id: rule.id.clone(),
            name: rule.name.clone(),
            terms: rule.terms.clone(),
            script: rule.script.clone(),
            at: clock(rule.at_minute),
            quiet_from: clock(rule.quiet.from),
            quiet_to: clock(rule.quiet.to),
            on: rule.on,
            ready: rule.filled,
            fallback: rule.fallback.as_ref().map(unit),
            units: rule.units.as_ref().map(|units| units.iter().map(unit).collect()),
            counts: counts.get(&rule.id).copied().unwrap_or_default(),
            created_at: rule.created_at,
            changed_at: rule.changed_at,
        };
        Ok(rules.iter().map(view).collect())
    }

    /// One rule as it is told.
    pub(super) async fn told_one(&self, caller: &Principal, rule: &Rule) -> Result<RuleView, Problem> {
        let told = self.told(caller, std::slice::from_ref(rule)).await?;
        told.into_iter().next().ok_or_else(|| ErrorCode::NotFound.into())
    }
}
