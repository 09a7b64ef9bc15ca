//! Ties: every touch, over all campaigns, as a connection of two people that can be walked both ways.
//!
//! Kept between handles in arrays that are only ever appended to, and read as ties between persons under the partition of
//! the day. A touch makes two ends next to each other, the receiver's (even) and the sharer's (odd); what they share is
//! kept once, 14 bytes an end.

use std::collections::BTreeMap;

use kernel::{Handle, Timestamp};
use rustc_hash::FxHashMap;

use super::{bonds::Bond, people::People};

const NONE: u32 = u32::MAX;
/// Set where a bond stands instead of a campaign.
pub(crate) const IS_BOND: u32 = 1 << 31;

/// After so long without a touch what is known of a tie counts half.
const HALF_LIFE_MICROS: f64 = 90.0 * 86_400e6;
/// How often somebody answers whom they never answered before, and how many touches that belief weighs.
const PRIOR: f64 = 0.05;
const PRIOR_WEIGHT: f64 = 4.0;
/// How many touches somebody is worth who said yes when asked, and who said no.
const YES_WEIGHT: f64 = 3.0;
const NO_WEIGHT: f64 = 4.0;

/// One end: whom it leads to, and the next older end of the same handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    other: u32,
    next: u32,
}

/// What is known of a handle: its latest end, and how many it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rim {
    head: u32,
    degree: u32,
}

/// All ties of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    ends: Vec<End>,
    at: Vec<i64>,
    /// By index; or a bond, marked by [`IS_BOND`].
    campaign: Vec<u32>,
    rims: Vec<Rim>,
    /// What came of asking, from both ends; few.
    asks: BTreeMap<Handle, Vec<Ask>>,
}

/// One was asked by the other, as seen from one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ask {
    other: Handle,
    /// Whether the one it is seen from asked.
    mine: bool,
    yes: bool,
    at: Timestamp,
}

/// What came of asking, from the end a tie is seen from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// So often the other one said yes when this one asked.
    pub yes: u16,
    /// So often they said no, or nothing.
    pub no: u16,
    /// So often this one said yes when the other asked.
    pub back_yes: u16,
    /// So often they said no, or nothing.
    pub back_no: u16,
    /// When one last asked the other; the epoch when nobody did.
    pub last_at: Timestamp,
}

impl Asked {
    fn plus(self, other: Self) -> Self {
        Self {
            yes: self.yes.saturating_add(other.yes),
            no: self.no.saturating_add(other.no),
            back_yes: self.back_yes.saturating_add(other.back_yes),
            back_no: self.back_no.saturating_add(other.back_no),
            last_at: self.last_at.max(other.last_at),
        }
    }

    fn turned(self) -> Self {
        Self { yes: self.back_yes, no: self.back_no, back_yes: self.yes, back_no: self.no, last_at: self.last_at }
    }
}

/// What ties a person to one other person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// How many touches, either way.
    pub count: u32,
    /// How many of them went out from the person asked about.
    pub given: u32,
    /// The earliest.
    pub first_at: Timestamp,
    /// The latest.
    pub last_at: Timestamp,
    /// The campaign of the latest, by index.
    pub last_campaign: u32,
    /// The strongest of what ties them besides touches.
    pub bond: Bond,
    /// What came of asking for help to reach somebody.
    pub asked: Asked,
}

impl Tie {
    /// A tie without a touch: two are only this to one another.
    #[must_use]
    pub(crate) const fn bound(bond: Bond, at: Timestamp) -> Self {
        let asked = Asked { yes: 0, no: 0, back_yes: 0, back_no: 0, last_at: Timestamp(0) };
        Self { count: 0, given: 0, first_at: at, last_at: at, last_campaign: NONE, bond, asked }
    }

    /// The campaign of the latest touch, by index, if there was any.
    #[must_use]
    pub fn campaign(&self) -> Option<u32> {
        (self.last_campaign != NONE).then_some(self.last_campaign)
    }

    /// Stronger first: more touches, then more recent.
    #[must_use]
    pub fn strength(&self) -> (u32, Timestamp) {
        (self.count, self.last_at)
    }

    /// The chance that the other one answers when asked by the person this is seen from, from 0 to 1: how often they did,
    /// shrunk towards how rarely strangers do, old touches counting less. What they shared themselves counts half. What
    /// they are to one another counts like touches, and what came of asking more than any: a yes raises the chance, a no lowers
    /// it.
    #[must_use]
    pub fn chance(&self, as_of: Timestamp) -> f64 {
        let answered = f64::from(self.given) + 0.5 * f64::from(self.count - self.given);
        let mut known = answered * fresh(self.last_at, as_of) + self.bond.weight(as_of);
        let mut refused = 0.0;
        if self.asked.yes > 0 || self.asked.no > 0 {
            let fresh = fresh(self.asked.last_at, as_of);
            known += YES_WEIGHT * f64::from(self.asked.yes) * fresh;
            refused = NO_WEIGHT * f64::from(self.asked.no) * fresh;
        }
        (PRIOR * PRIOR_WEIGHT + known) / (PRIOR_WEIGHT + known + refused)
    }

    /// Both ties of the same two people together.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.asked = self.asked.plus(other.asked);
        self.bond = self.bond.stronger(other.bond);
        // Neither asking nor a bond is a touch: they move the times of a tie only while there is nothing else.
        match (self.count, other.count) {
            (1.., 0) => return self,
            (0, 1..) => return Self { asked: self.asked, bond: self.bond, ..other },
            _ => {}
        }
        self.count += other.count;
        self.given += other.given;
        self.first_at = self.first_at.min(other.first_at);
        if other.last_at > self.last_at {
            self.last_at = other.last_at;
            self.last_campaign = other.last_campaign;
        }
        self
    }

    /// The same tie as seen from the other end.
    #[must_use]
    pub fn turned(mut self) -> Self {
        self.given = self.count - self.given;
        self.asked = self.asked.turned();
        self
    }
}

/// How much of what was known then still counts.
fn fresh(last_at: Timestamp, as_of: Timestamp) -> f64 {
    (-(as_of.micros_since(last_at).max(0) as f64) / HALF_LIFE_MICROS).exp2()
}

/// One touch as seen from one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The person at the other end, by name.
    pub person: Handle,
    /// The touch alone, as a tie.
    pub tie: Tie,
}

impl Ties {
    /// Appends a touch of `receiver` by `sharer` in a campaign.
    pub fn push(&mut self, receiver: Handle, sharer: Handle, at: Timestamp, campaign: u32) {
        self.make_room(receiver.max(sharer));
        for (one, other) in [(receiver, sharer), (sharer, receiver)] {
            let end = self.ends.len() as u32;
            let rim = &mut self.rims[one.0 as usize];
            rim.degree += 1;
            let next = std::mem::replace(&mut rim.head, end);
            self.ends.push(End { other: other.0, next });
        }
        self.at.push(at.0);
        self.campaign.push(campaign);
    }

    /// Appends a bond of two people.
    pub fn bind(&mut self, one: Handle, other: Handle, at: Timestamp, bond: Bond) {
        self.push(one, other, at, IS_BOND | bond.bits());
    }

    /// Every bond as [`Ties::bind`] was told it, in the order they came.
    pub(crate) fn bonds(&self) -> impl Iterator<Item = (Handle, Handle, Timestamp)> + '_ {
        let bonds = self.campaign.iter().enumerate().filter(|(_, campaign)| **campaign & IS_BOND != 0);
        bonds.map(|(touch, _)| {
            let (sharer, receiver) = (self.ends[2 * touch].other, self.ends[2 * touch + 1].other);
            (Handle(receiver), Handle(sharer), Timestamp(self.at[touch]))
        })
    }

    /// One asked the other for help, who said yes or not.
    pub fn ask(&mut self, asker: Handle, asked: Handle, yes: bool, at: Timestamp) {
        self.make_room(asker.max(asked));
        for (one, other, mine) in [(asker, asked, true), (asked, asker, false)] {
            self.asks.entry(one).or_default().push(Ask { other, mine, yes, at });
        }
    }

    /// Takes back what [`Ties::ask`] was told.
    pub fn forget_ask(&mut self, asker: Handle, asked: Handle, yes: bool, at: Timestamp) {
        for (one, other, mine) in [(asker, asked, true), (asked, asker, false)] {
            let Some(asks) = self.asks.get_mut(&one) else { continue };
            if let Some(place) = asks.iter().position(|ask| *ask == Ask { other, mine, yes, at }) {
                asks.remove(place);
            }
            if asks.is_empty() {
                self.asks.remove(&one);
            }
        }
    }

    fn make_room(&mut self, handle: Handle) {
        let reach = handle.0 as usize + 1;
        if self.rims.len() < reach {
            self.rims.resize(reach, Rim { head: NONE, degree: 0 });
        }
    }

    /// Makes room for so many more touches.
    pub fn reserve(&mut self, touches: usize) {
        self.ends.reserve_exact(2 * touches);
        self.at.reserve_exact(touches);
        self.campaign.reserve_exact(touches);
    }

    /// Copies some more touches of the ties these are a copy of, at most so many; with the last of them what came of asking.
    /// Answers whether that is all. To be followed by [`Ties::find_rims`].
    pub(crate) fn copy_more(&mut self, whole: &Self, most: usize) -> bool {
        if self.len() > whole.len() {
            // They were forgotten meanwhile and are heard again.
            *self = Self::default();
        }
        let (from, to) = (self.len(), whole.len().min(self.len() + most));
        self.ends.extend_from_slice(&whole.ends[2 * from..2 * to]);
        self.at.extend_from_slice(&whole.at[from..to]);
        self.campaign.extend_from_slice(&whole.campaign[from..to]);
        let is_all = to == whole.len();
        if is_all {
            self.asks.clone_from(&whole.asks);
            self.rims = vec![Rim { head: NONE, degree: 0 }; whole.rims.len()];
        }
        is_all
    }

    /// Finds the latest end of each handle and how many it has: the other end of a touch tells whose an end is.
    pub(crate) fn find_rims(&mut self) {
        for end in 0..self.ends.len() {
            let rim = &mut self.rims[self.ends[end ^ 1].other as usize];
            *rim = Rim { head: end as u32, degree: rim.degree + 1 };
        }
    }

    /// The campaign of each touch, by index, in the order of arrival; a bond where [`IS_BOND`] is set.
    #[must_use]
    pub fn campaigns(&self) -> &[u32] {
        &self.campaign
    }

    /// One more than the latest handle that has a tie.
    #[must_use]
    pub fn handles(&self) -> usize {
        self.rims.len()
    }

    /// How many touches there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether nobody ever touched anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// How many ends the person has: what walking over their ties costs.
    #[must_use]
    pub fn degree(&self, people: &People, person: Handle) -> u64 {
        people.handles(person).map(|handle| u64::from(self.touched(handle))).sum()
    }

    /// How many ends one handle has.
    pub(crate) fn touched(&self, handle: Handle) -> u32 {
        self.rims.get(handle.0 as usize).map_or(0, |rim| rim.degree)
    }

    /// The touches of a person with others, one by one; with themselves left out. Only those of one campaign if asked.
    pub fn steps<'a>(
        &'a self,
        people: &'a People,
        person: Handle,
        campaign: Option<u32>,
    ) -> impl Iterator<Item = Step> + 'a {
        let name = people.person(person);
        people
            .handles(person)
            .flat_map(|handle| self.ends_of(handle))
            .filter(move |end| campaign.is_none_or(|campaign| self.campaign[*end as usize / 2] == campaign))
            .map(|end| self.step(people, end))
            .chain(self.asks_of(people, person).filter(move |_| campaign.is_none()))
            .filter(move |step| step.person != name)
    }

    /// Everybody the person is tied to, the strongest tie first, then by handle.
    #[must_use]
    pub fn neighbours(&self, people: &People, person: Handle) -> Vec<(Handle, Tie)> {
        let mut ties: FxHashMap<Handle, Tie> = FxHashMap::default();
        for step in self.steps(people, person, None) {
            ties.entry(step.person).and_modify(|tie| *tie = tie.plus(step.tie)).or_insert(step.tie);
        }
        let mut neighbours: Vec<_> = ties.into_iter().collect();
        neighbours.sort_unstable_by(|a, b| b.1.strength().cmp(&a.1.strength()).then(a.0.cmp(&b.0)));
        neighbours
    }

    /// What ties two persons, seen from `one`. Only in one campaign if asked.
    #[must_use]
    pub fn between(&self, people: &People, one: Handle, other: Handle, campaign: Option<u32>) -> Option<Tie> {
        // Walk from the one with fewer ties: a store's root may have sixty thousand.
        let turned = self.degree(people, other) < self.degree(people, one);
        let (from, to) = if turned { (other, one) } else { (one, other) };
        let to = people.person(to);
        let touches = self.steps(people, from, campaign).filter(|step| step.person == to).map(|step| step.tie);
        let tie = touches.reduce(Tie::plus)?;
        Some(if turned { tie.turned() } else { tie })
    }

    /// What came of asking the person, or of their asking, as ties without a touch.
    fn asks_of<'a>(&'a self, people: &'a People, person: Handle) -> impl Iterator<Item = Step> + 'a {
        let handles = people.handles(person).take_while(|_| !self.asks.is_empty());
        handles.flat_map(|handle| self.asks.get(&handle).into_iter().flatten()).map(|ask| {
            let mut asked = Asked { last_at: ask.at, ..Asked::default() };
            *match (ask.mine, ask.yes) {
                (true, true) => &mut asked.yes,
                (true, false) => &mut asked.no,
                (false, true) => &mut asked.back_yes,
                (false, false) => &mut asked.back_no,
            } = 1;
            let (first_at, last_at) = (ask.at, ask.at);
            let tie = Tie { count: 0, given: 0, first_at, last_at, last_campaign: NONE, bond: Bond::NONE, asked };
            Step { person: people.person(ask.other), tie }
        })
    }

    fn ends_of(&self, handle: Handle) -> impl Iterator<Item = u32> + '_ {
        let kept = |end: u32| (end != NONE).then_some(end);
        let head = self.rims.get(handle.0 as usize).map_or(NONE, |rim| rim.head);
        std::iter::successors(kept(head), move |end| kept(self.ends[*end as usize].next))
    }

    fn step(&self, people: &People, end: u32) -> Step {
        let touch = end as usize / 2;
        let at = Timestamp(self.at[touch]);
        let tie = match self.campaign[touch] {
            bond if bond & IS_BOND != 0 => Tie::bound(Bond::from_bits(bond & !IS_BOND), at),
            campaign => Tie { count: 1, given: end % 2, last_campaign: campaign, ..Tie::bound(Bond::NONE, at) },
        };
        Step { person: people.person(Handle(self.ends[end as usize].other)), tie }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answered_more_and_lately_answers_again() {
        let day = 86_400_000_000;
        let tie = |count, given, last| Tie {
            count,
            given,
            first_at: Timestamp(0),
            last_at: Timestamp(last * day),
            last_campaign: 0,
            bond: Bond::NONE,
            asked: Asked::default(),
        };
        let now = Timestamp(90 * day);
        assert_eq!(tie(1, 1, 90).chance(now), 0.24);
        assert_eq!(tie(1, 0, 90).chance(now), 0.7 / 4.5);
        assert_eq!(tie(2, 2, 0).chance(now), 0.24, "half of two, one half-life later");
        assert!(tie(5, 5, 90).chance(now) > tie(5, 4, 90).chance(now));
        assert!(tie(1000, 1000, 90).chance(now) < 1.0);
        assert_eq!(tie(1, 1, 91).chance(now), 0.24, "a clock ahead of ours is no reason for more");
    }

    #[test]
    fn a_no_lowers_the_chance_and_a_yes_raises_it_until_it_is_taken_back() {
        let people = People::default();
        let mut ties = Ties::default();
        let (asker, asked, now) = (Handle(1), Handle(2), Timestamp(50));
        ties.push(asked, asker, Timestamp(10), 0);
        let chance = |ties: &Ties| ties.between(&people, asker, asked, None).expect("a tie").chance(now);
        let before = chance(&ties);
        ties.ask(asker, asked, false, Timestamp(20));
        assert!(chance(&ties) < before);
        ties.ask(asker, asked, true, Timestamp(30));
        ties.ask(asker, asked, true, Timestamp(30));
        assert!(chance(&ties) > before);
        let back = ties.between(&people, asked, asker, None).expect("a tie");
        assert_eq!((back.count, back.asked.back_yes, back.asked.yes), (1, 2, 0));
        assert_eq!(back.last_at, Timestamp(10), "an ask is no touch");
        for (yes, at) in [(false, 20), (true, 30), (true, 30)] {
            ties.forget_ask(asker, asked, yes, Timestamp(at));
        }
        assert_eq!(chance(&ties), before);
        assert!(ties.asks.is_empty());
    }

    #[test]
    fn a_bond_ties_who_never_touched_and_takes_no_room_from_others() {
        assert_eq!((size_of::<Tie>(), size_of::<End>()), (48, 8), "as large as without bonds");
        let (people, mut ties) = (People::default(), Ties::default());
        let (at, day) = (Timestamp(86_400_000_000 * 20_000), 86_400_000_000);
        let bond = Bond::new(crate::rules::bonds::BondKind::Friend, 2, at);
        ties.bind(Handle(1), Handle(2), at, bond);
        let tie = ties.between(&people, Handle(2), Handle(1), None).expect("a tie");
        assert_eq!((tie.count, tie.bond, tie.chance(at)), (0, bond, (0.05 * 4.0 + 2.0) / 6.0));
        assert_eq!(ties.between(&people, Handle(1), Handle(2), Some(0)), None, "in no campaign");
        ties.push(Handle(2), Handle(1), Timestamp(at.0 - day), 3);
        let both = ties.between(&people, Handle(1), Handle(2), None).expect("a tie");
        assert_eq!((both.count, both.given, both.last_campaign, both.last_at), (1, 1, 3, Timestamp(at.0 - day)));
        assert!(both.chance(at) > tie.chance(at));
        ties.ask(Handle(1), Handle(2), false, at);
        let asked = ties.between(&people, Handle(1), Handle(2), None).expect("a tie");
        assert!(asked.bond == bond && asked.chance(at) < both.chance(at), "a no counts against friends as well");
        assert_eq!(ties.bonds().collect::<Vec<_>>(), [(Handle(1), Handle(2), at)]);
    }

    #[test]
    fn a_tie_is_read_between_persons_of_the_day() {
        let mut people = People::default();
        let mut ties = Ties::default();
        // A touches B's browser (3) twice and B's phone app (2) once; B shares back once.
        ties.push(Handle(3), Handle(1), Timestamp(10), 0);
        ties.push(Handle(3), Handle(1), Timestamp(30), 1);
        ties.push(Handle(2), Handle(1), Timestamp(20), 0);
        ties.push(Handle(1), Handle(2), Timestamp(40), 0);
        assert_eq!(ties.between(&people, Handle(1), Handle(3), None).map(|tie| tie.count), Some(2));

        people.link(Handle(3), Handle(2));
        let expected = Tie {
            count: 4,
            given: 3,
            first_at: Timestamp(10),
            last_at: Timestamp(40),
            last_campaign: 0,
            bond: Bond::NONE,
            asked: Asked::default(),
        };
        assert_eq!(ties.neighbours(&people, Handle(1)), [(Handle(2), expected)]);
        assert_eq!(ties.between(&people, Handle(1), Handle(3), None), Some(expected));
        let back = ties.between(&people, Handle(2), Handle(1), None).expect("a tie");
        assert_eq!((back.count, back.given), (4, 1));
        assert_eq!(ties.between(&people, Handle(1), Handle(2), Some(1)).map(|tie| tie.count), Some(1));

        // Once all are one person, nothing ties them to anybody.
        people.link(Handle(1), Handle(2));
        assert!(ties.neighbours(&people, Handle(1)).is_empty());
    }
}
