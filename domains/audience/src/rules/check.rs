//! What a rule may say.

use crate::model::{DAYS_MAX, Measure, Rule, TraitDef};

/// Conditions of a rule at most.
pub const CONDITIONS_MAX: usize = 64;
/// How deep conditions may lie in one another.
pub const DEPTH_MAX: usize = 8;
/// Longest name in a rule, in bytes.
const NAME_MAX: usize = 256;

/// What is wrong, and where: `rule.rules.1.days`.
pub type Wrong = (String, String);

/// Everything that is wrong with a rule.
#[must_use]
pub fn wrongs(rule: &Rule) -> Vec<Wrong> {
    let mut check = Check { wrongs: Vec::new(), conditions: 0 };
    check.rule("rule", rule, 1);
    if check.conditions > CONDITIONS_MAX {
        check.wrong(
            "rule",
            &format!("a rule has at most {CONDITIONS_MAX} conditions; put some into a segment of their own"),
        );
    }
    check.wrongs
}

/// Everything that is wrong with a trait.
#[must_use]
pub fn trait_wrongs(def: &TraitDef) -> Vec<Wrong> {
    let mut check = Check { wrongs: Vec::new(), conditions: 0 };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if def.name.is_empty() || def.name.len() > 64 || !def.name.chars().all(plain) {
        check.wrong("name", "1 to 64 lower-case letters, digits and _");
    }
    for (field, text) in [("zh", &def.zh), ("en", &def.en)] {
        if text.trim().is_empty() || text.chars().count() > 40 {
            check.wrong(field, "1 to 40 characters");
        }
    }
    check.measured("", &def.event, def.measure, def.days);
    check.wrongs
}

struct Check {
    wrongs: Vec<Wrong>,
    conditions: usize,
}

impl Check {
    fn wrong(&mut self, field: &str, message: &str) {
        self.wrongs.push((field.trim_start_matches('.').to_owned(), message.to_owned()));
    }

    fn name(&mut self, field: &str, name: &str) {
        if name.trim().is_empty() || name.len() > NAME_MAX || name.contains('\0') {
            self.wrong(field, &format!("1 to {NAME_MAX} bytes"));
        }
    }

    fn bounds(&mut self, field: &str, low: Option<i64>, high: Option<i64>) {
        if low.is_none() && high.is_none() {
            self.wrong(&format!("{field}.at_least"), "one of at_least and at_most is needed");
        }
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            self.wrong(&format!("{field}.at_most"), "not less than at_least");
        }
    }

    fn days(&mut self, field: &str, days: Option<u16>) {
        if days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
            self.wrong(&format!("{field}.days"), &format!("1 to {DAYS_MAX}, or nothing for ever"));
        }
    }

    fn measured(&mut self, field: &str, event: &str, measure: Measure, days: Option<u16>) {
        self.name(&format!("{field}.event"), event);
        self.days(field, days);
        match measure {
            Measure::ActiveDays if days.is_none() => {
                self.wrong(&format!("{field}.days"), "days are counted within a window");
            }
            measure if !measure.takes_window() && days.is_some() => {
                self.wrong(&format!("{field}.days"), "the first and the last time are ever; leave it out");
            }
            _ => {}
        }
    }

    fn rule(&mut self, field: &str, rule: &Rule, depth: usize) {
        self.conditions += 1;
        if depth > DEPTH_MAX {
            self.wrong(field, &format!("conditions lie at most {DEPTH_MAX} deep"));
            return;
        }
        match rule {
            Rule::All { rules } | Rule::Any { rules } => {
                for (index, rule) in rules.iter().enumerate() {
                    self.rule(&format!("{field}.rules.{index}"), rule, depth + 1);
                }
            }
            Rule::Not { rule } => self.rule(&format!("{field}.rule"), rule, depth + 1),
            Rule::Did { event, at_least, at_most, days } => {
                self.name(&format!("{field}.event"), event);
                self.days(field, *days);
                self.bounds(field, Some(i64::from(*at_least)), at_most.map(i64::from));
            }
            Rule::Sequence { first, then } => {
                self.name(&format!("{field}.first"), first);
                self.name(&format!("{field}.then"), then);
            }
            Rule::Measured { event, measure, days, at_least, at_most } => {
                self.measured(field, event, *measure, *days);
                self.bounds(field, *at_least, *at_most);
            }
            Rule::Trait { name, at_least, at_most } => {
                self.name(&format!("{field}.name"), name);
                self.bounds(field, *at_least, *at_most);
            }
            Rule::Tag { tag } => self.name(&format!("{field}.tag"), tag),
            Rule::City { city } => self.name(&format!("{field}.city"), city),
            Rule::Segment { segment } => self.name(&format!("{field}.segment"), segment),
            Rule::Standing { .. } | Rule::Knows { .. } => {}
        }
    }
}

/// Segments and traits and tags a rule names.
#[must_use]
pub fn named(rule: &Rule) -> Vec<&Rule> {
    match rule {
        Rule::All { rules } | Rule::Any { rules } => rules.iter().flat_map(named).collect(),
        Rule::Not { rule } => named(rule),
        Rule::Segment { .. } | Rule::Trait { .. } | Rule::Tag { .. } => vec![rule],
        _ => Vec::new(),
    }
}
