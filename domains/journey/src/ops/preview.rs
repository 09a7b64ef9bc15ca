//! What a rule would tell in the coming days, before it is set: the same reading of facts and the same plan, without writing
//! anything.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Handle, Scope, Timestamp, WorkspaceId};
use river::Order as Way;

use super::{
    Trouble, by_handle,
    fill::{events, hear_page, reaches_back},
};
use crate::{
    Slice,
    model::{After, Anchor, Occurrence, Reminder, Rule, State, Terms},
    rules::{
        birthday,
        plan::{following, wanted},
        zone,
    },
};

/// Days looked ahead.
pub const AHEAD_DAYS: i64 = 30;
/// Pages of facts of one name that are gone through: the latest 100,000 facts.
const PAGES_MAX: usize = 50;
/// People of a day, or of an audience, that are looked at a page.
const PEOPLE_PAGE: usize = 1000;
/// Pages of people.
const PEOPLE_PAGES_MAX: usize = 100;

/// What would be told.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// The reminders, the first due first.
    pub reminders: Vec<Reminder>,
    /// All were looked at; else there may be more.
    pub is_exact: bool,
}

impl Slice {
    /// The reminders of a rule that would fall due in the coming 30 days, of people in scope.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(crate) async fn foresee(
        &self,
        workspace: WorkspaceId,
        rule: &Rule,
        scope: &Scope,
    ) -> Result<Foreseen, Trouble> {
        let now = self.clock.now();
        let until = now.plus_secs(AHEAD_DAYS * 86_400);
        let mut foreseen = match rule.after() {
            Some(after) => self.foresee_after(workspace, rule, after, now).await?,
            None => self.foresee_days(workspace, rule, now).await?,
        };
        foreseen.reminders.retain(|reminder| (now..until).contains(&reminder.due_at));
        let people: Vec<Handle> = foreseen.reminders.iter().map(|reminder| reminder.handle).collect();
        let owners = self.directory.owners(workspace, &people);
        let mut owners = owners.iter();
        foreseen.reminders.retain(|_| owners.next().is_some_and(|owner| rule.is_for(owner) && scope.covers(owner)));
        foreseen.reminders.sort_by_cached_key(|reminder| (reminder.due_at, reminder.id()));
        Ok(foreseen)
    }

    async fn foresee_after(
        &self,
        workspace: WorkspaceId,
        rule: &Rule,
        after: &After,
        now: Timestamp,
    ) -> Result<Foreseen, Trouble> {
        let Some(river) = self.rivers.get(workspace) else {
            return Ok(Foreseen { reminders: Vec::new(), is_exact: true });
        };
        let (since, mut is_exact) = (reaches_back(after, now), true);
        let mut anchors: BTreeMap<(Handle, String), Anchor> = BTreeMap::new();
        for event in events(after) {
            let mut from = None;
            for page in 0.. {
                if page == PAGES_MAX {
                    is_exact = false;
                    break;
                }
                let way = (Way::NewestFirst, from);
                let (heard, next) = hear_page(&river, std::slice::from_ref(rule), event, way, since).await?;
                for heard in heard {
                    let place = (heard.handle, heard.key.clone());
                    anchors.entry(place).or_insert_with(|| Anchor::new(&heard)).hear(&heard);
                }
                let Some(next) = next else { break };
                from = Some(next);
            }
        }
        let handles: Vec<Handle> = anchors.keys().map(|(handle, _)| *handle).collect();
        let groups = self.directory.persons(workspace, &handles).await.map_err(Trouble::Port)?;
        let person_of = by_handle(&groups);
        let mut by_person: BTreeMap<(Handle, String), Vec<Anchor>> = BTreeMap::new();
        for ((handle, key), anchor) in anchors {
            by_person.entry((person_of.get(&handle).copied().unwrap_or(handle), key)).or_default().push(anchor);
        }
        let next = |anchors: &Vec<Anchor>| {
            let wanted = wanted(rule, after, anchors, &[])?;
            if wanted.due_at >= now { Some(wanted) } else { following(rule, &wanted, now) }
        };
        Ok(Foreseen { reminders: by_person.values().filter_map(next).collect(), is_exact })
    }

    async fn foresee_days(&self, workspace: WorkspaceId, rule: &Rule, now: Timestamp) -> Result<Foreseen, Trouble> {
        let mut foreseen = Foreseen { reminders: Vec::new(), is_exact: true };
        let (today, mut seen) = (zone::day_number(now), BTreeSet::new());
        for day in today..=today + AHEAD_DAYS {
            let (before, date) = match rule.terms {
                Terms::After(_) => continue,
                Terms::Birthday { days_before } | Terms::Festival { days_before, .. } => {
                    (i64::from(days_before), zone::date_of(day))
                }
            };
            let kept = zone::date_of(day + before);
            let due_at = rule.quiet.allowed(zone::at(date, rule.at_minute));
            let reminder = |handle: Handle, occurrence: Occurrence| Reminder {
                rule: rule.id.clone(),
                handle,
                occurrence,
                key: String::new(),
                from: zone::at(kept, 0),
                due_at,
                state: State::Waiting,
                told_at: None,
                unit: None,
                staff: None,
                closed_at: None,
                closed_by: None,
                note: None,
            };
            let (mut after, mut pages) = (Some(Handle(0)), 0);
            while let Some(from) = after {
                if pages == PEOPLE_PAGES_MAX {
                    foreseen.is_exact = false;
                    break;
                }
                pages += 1;
                after = match rule.terms {
                    Terms::Festival { festival, audience, .. } if festival.is_on(kept) => {
                        let page = self.directory.audience(workspace, audience, from, PEOPLE_PAGE).await;
                        let (handles, next) = page.map_err(Trouble::Port)?;
                        let groups = self.directory.persons(workspace, &handles).await.map_err(Trouble::Port)?;
                        // Who has handles on several pages is told once.
                        let new =
                            groups.iter().filter_map(|handles| handles.first()).filter(|first| seen.insert(**first));
                        foreseen.reminders.extend(new.map(|handle| reminder(*handle, Occurrence::Festival(kept))));
                        next
                    }
                    Terms::Birthday { .. } => {
                        let (born, next) = self.born_on(workspace, kept, from, PEOPLE_PAGE).await?;
                        let new = born.into_iter().map(|told| {
                            reminder(told.handle, Occurrence::Birthday(birthday::year_of(&told.birthday, kept)))
                        });
                        foreseen.reminders.extend(new);
                        next
                    }
                    _ => None,
                };
            }
        }
        Ok(foreseen)
    }
}
