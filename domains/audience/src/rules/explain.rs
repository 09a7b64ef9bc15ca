//! Why somebody belongs, or does not: each condition with the number it saw.

use kernel::Handle;
use serde::Serialize;
use utoipa::ToSchema;

use super::plan::{Asking, Plan};
use crate::model::Rule;

/// A condition, and how it stands with one person.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reason {
    /// The condition, without those inside it.
    pub rule: Rule,
    /// Whether it holds.
    pub holds: bool,
    /// The number it saw; null for a condition that is no number, or when there is none.
    pub value: Option<i64>,
    /// The conditions inside it.
    #[schema(no_recursion)]
    pub rules: Vec<Reason>,
}

/// How each condition stands. `plan` was compiled from `rule`.
#[must_use]
pub fn explain(asking: &Asking<'_>, rule: &Rule, plan: &Plan, person: Handle) -> Reason {
    let inside = |rules: &[Rule], plans: &[Plan]| -> Vec<Reason> {
        rules.iter().zip(plans).map(|(rule, plan)| explain(asking, rule, plan, person)).collect()
    };
    let (rule, value, rules) = match (rule, plan) {
        (Rule::All { rules }, Plan::All(plans)) => (Rule::All { rules: Vec::new() }, None, inside(rules, plans)),
        (Rule::Any { rules }, Plan::Any(plans)) => (Rule::Any { rules: Vec::new() }, None, inside(rules, plans)),
        (Rule::Not { rule }, Plan::Not(plan)) => {
            let nothing = Box::new(Rule::All { rules: Vec::new() });
            (Rule::Not { rule: nothing }, None, vec![explain(asking, rule, plan, person)])
        }
        (rule, Plan::Measured(measured)) => {
            let tally = asking.people.tally(person, measured.event, measured.days, asking.today);
            (rule.clone(), measured.value(&tally, asking.today), Vec::new())
        }
        (rule, _) => (rule.clone(), None, Vec::new()),
    };
    Reason { holds: asking.holds(plan, person, &mut None), rule, value, rules }
}
