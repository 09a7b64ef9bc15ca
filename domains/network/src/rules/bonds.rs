//! What people are to one another besides what they share: friends, members of a group, buyers of the same basket.
//!
//! A bond counts like touches that were answered, weighs less with every year, and less the more people have the same in common: what
//! two of two hundred members know of one another is next to nothing. It is told in 31 bits, so that who has no bonds pays nothing for
//! those who have.

use std::cmp::Ordering;

use kernel::{Handle, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

const DAY_MICROS: i64 = 86_400 * 1_000_000;
/// After so many days a bond counts half. People forget what they opened sooner than whom they know.
const HALF_LIFE_DAYS: f64 = 365.0;
/// How many touches it is worth to be friends …
const FRIEND_WEIGHT: f64 = 2.0;
/// … to have bought together, shared by everybody who did …
const TOGETHER_WEIGHT: f64 = 3.0;
/// … and to be in one group, shared by everybody in it.
const GROUP_WEIGHT: f64 = 2.0;

/// A gathering of more than these ties nobody any more: their bonds would be as good as none.
pub const MEMBERS_MAX: usize = 500;
/// Whoever comes to a gathering is tied to so many who came last. All pairs would be a quarter of a million ties in a group of 500;
/// these are 4,000, and everybody can be reached through them.
pub const TIED_TO: usize = 8;

const DAY_BITS: u32 = 20;
const SIZE_BITS: u32 = 9;

/// Of what kind a bond is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BondKind {
    /// They added each other.
    Friend,
    /// They bought together.
    Together,
    /// They are in one group.
    Group,
}

/// A bond of two people: of what kind, among how many, since when. The default is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bond(u32);

impl Bond {
    /// No bond.
    pub const NONE: Self = Self(0);

    /// A bond among so many people.
    #[must_use]
    pub fn new(kind: BondKind, size: usize, at: Timestamp) -> Self {
        let day = (at.0.div_euclid(DAY_MICROS)).clamp(0, (1 << DAY_BITS) - 1) as u32;
        let size = size.clamp(2, (1 << SIZE_BITS) - 1) as u32;
        Self((kind as u32 + 1) << (DAY_BITS + SIZE_BITS) | size << DAY_BITS | day)
    }

    /// As 31 bits, never all of them nought.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// What [`Bond::bits`] gave.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether there is one.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Of what kind it is, if there is one.
    #[must_use]
    pub const fn kind(self) -> Option<BondKind> {
        match self.0 >> (DAY_BITS + SIZE_BITS) {
            1 => Some(BondKind::Friend),
            2 => Some(BondKind::Together),
            3 => Some(BondKind::Group),
            _ => None,
        }
    }

    /// Among how many people, when it was made.
    #[must_use]
    pub const fn size(self) -> u32 {
        (self.0 >> DAY_BITS) & ((1 << SIZE_BITS) - 1)
    }

    const fn day(self) -> u32 {
        self.0 & ((1 << DAY_BITS) - 1)
    }

    /// The day it was made.
    #[must_use]
    pub const fn at(self) -> Timestamp {
        Timestamp(self.day() as i64 * DAY_MICROS)
    }

    fn fresh_weight(self) -> f64 {
        match self.kind() {
            Some(BondKind::Friend) => FRIEND_WEIGHT,
            Some(BondKind::Together) => TOGETHER_WEIGHT / f64::from(self.size()),
            Some(BondKind::Group) => GROUP_WEIGHT / f64::from(self.size()),
            None => 0.0,
        }
    }

    /// How many answered touches it is worth on a day.
    #[must_use]
    pub fn weight(self, as_of: Timestamp) -> f64 {
        if !self.is_some() {
            return 0.0;
        }
        let days = as_of.micros_since(self.at()).max(0) as f64 / DAY_MICROS as f64;
        self.fresh_weight() * (-days / HALF_LIFE_DAYS).exp2()
    }

    /// The one that is worth more, on whatever day: all fade alike.
    #[must_use]
    pub fn stronger(self, other: Self) -> Self {
        if !self.is_some() || !other.is_some() {
            return Self(self.0 | other.0);
        }
        let worth = |bond: Self| bond.fresh_weight().log2() + f64::from(bond.day()) / HALF_LIFE_DAYS;
        match worth(self).total_cmp(&worth(other)) {
            Ordering::Greater => self,
            Ordering::Less => other,
            Ordering::Equal => Self(self.0.max(other.0)),
        }
    }
}

/// People who have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Gathering {
    kind: BondKind,
    id: String,
    name: Option<String>,
    /// In the order they came, at most [`MEMBERS_MAX`].
    members: Vec<Handle>,
}

/// All groups and baskets of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gatherings {
    all: Vec<Gathering>,
    #[serde(skip)]
    by_id: FxHashMap<(BondKind, String), u32>,
    #[serde(skip)]
    of: FxHashMap<Handle, Vec<u32>>,
}

impl Gatherings {
    /// Somebody is in it, too. Answers whom that ties them to, the last who came first, and among how many; nobody when they were in it
    /// already or it is full.
    pub fn join(&mut self, kind: BondKind, id: String, name: Option<String>, handle: Handle) -> (Vec<Handle>, usize) {
        let place = self.place(kind, id);
        let gathering = &mut self.all[place as usize];
        if name.is_some() {
            gathering.name = name;
        }
        let members = &mut gathering.members;
        if members.len() == MEMBERS_MAX || members.contains(&handle) {
            return (Vec::new(), members.len());
        }
        let last = members.iter().rev().take(TIED_TO).copied().collect();
        members.push(handle);
        let size = members.len();
        self.of.entry(handle).or_default().push(place);
        (last, size)
    }

    /// What the smallest gathering of a kind is called that both are in, each under one of these handles.
    #[must_use]
    pub fn shared(&self, kind: BondKind, one: &[Handle], other: &[Handle]) -> Option<&str> {
        let of = |handles: &[Handle]| -> Vec<u32> {
            handles.iter().filter_map(|handle| self.of.get(handle)).flatten().copied().collect()
        };
        let others = of(other);
        let both = of(one).into_iter().filter(|place| others.contains(place));
        let of_kind = both.filter(|place| self.all[*place as usize].kind == kind);
        // Of equals the one heard of first, in whatever order somebody came to them.
        let smallest = of_kind.min_by_key(|place| (self.all[*place as usize].members.len(), *place))?;
        let smallest = &self.all[smallest as usize];
        Some(smallest.name.as_deref().unwrap_or(&smallest.id))
    }

    /// What comes with a snapshot is found again.
    pub fn index(&mut self) {
        for (place, gathering) in (0..).zip(&self.all) {
            self.by_id.insert((gathering.kind, gathering.id.clone()), place);
            for handle in &gathering.members {
                self.of.entry(*handle).or_default().push(place);
            }
        }
    }

    fn place(&mut self, kind: BondKind, id: String) -> u32 {
        if let Some(place) = self.by_id.get(&(kind, id.clone())) {
            return *place;
        }
        let place = self.all.len() as u32;
        self.all.push(Gathering { kind, id: id.clone(), name: None, members: Vec::new() });
        self.by_id.insert((kind, id), place);
        place
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn day(day: i64) -> Timestamp {
        Timestamp(day * DAY_MICROS)
    }

    #[test]
    fn a_friend_is_worth_more_than_a_group_and_all_of_it_fades() {
        let friend = Bond::new(BondKind::Friend, 2, day(20_000));
        assert_eq!((friend.kind(), friend.at(), friend.size()), (Some(BondKind::Friend), day(20_000), 2));
        assert_eq!(
            (friend.weight(day(20_000)), friend.weight(day(20_365)), friend.weight(day(19_000))),
            (2.0, 1.0, 2.0)
        );
        assert_eq!(Bond::new(BondKind::Together, 2, day(1)).weight(day(1)), 1.5);
        assert_eq!(Bond::new(BondKind::Group, 200, day(1)).weight(day(1)), 0.01);
        assert_eq!((Bond::NONE.weight(day(1)), Bond::NONE.kind()), (0.0, None));
        assert_eq!(Bond::new(BondKind::Group, 9999, Timestamp(-5)).size(), 511);
    }

    fn any_bond() -> impl Strategy<Value = Bond> {
        let kinds = [BondKind::Friend, BondKind::Together, BondKind::Group];
        prop_oneof![
            1 => Just(Bond::NONE),
            9 => (0..3_usize, 0..600_usize, 0..40_000_i64).prop_map(move |(kind, size, at)| Bond::new(kinds[kind], size, day(at))),
        ]
    }

    proptest! {
        #[test]
        fn the_strongest_is_the_same_in_whatever_order_they_are_told(bonds in prop::collection::vec(any_bond(), 1..6), as_of in 40_000..60_000_i64) {
            let strongest = bonds.iter().copied().fold(Bond::NONE, Bond::stronger);
            let backwards = bonds.iter().rev().copied().fold(Bond::NONE, |all, one| one.stronger(all));
            prop_assert_eq!(strongest, backwards);
            let most = bonds.iter().map(|bond| bond.weight(day(as_of))).fold(0.0, f64::max);
            prop_assert!((strongest.weight(day(as_of)) - most).abs() <= most * 1e-9);
            prop_assert_eq!(Bond::from_bits(strongest.bits()), strongest);
            prop_assert!(strongest.bits() >> 31 == 0);
        }
    }

    #[test]
    fn a_large_group_makes_few_ties_and_a_full_one_none() {
        let mut gatherings = Gatherings::default();
        let mut made = 0;
        for number in 0..10_000 {
            let (tied, size) = gatherings.join(BondKind::Group, "g".to_owned(), None, Handle(number));
            assert!(tied.len() <= TIED_TO && size <= MEMBERS_MAX && !tied.contains(&Handle(number)));
            made += tied.len();
        }
        assert!(made < TIED_TO * MEMBERS_MAX, "{made}");
        assert_eq!(gatherings.all[0].members.len(), MEMBERS_MAX);
        assert_eq!(gatherings.join(BondKind::Group, "g".to_owned(), None, Handle(3)).0, [], "who was there already");
        let named = gatherings.join(BondKind::Together, "g".to_owned(), None, Handle(3));
        assert_eq!(named, (Vec::new(), 1), "a basket is no group");
    }

    #[test]
    fn two_share_the_smallest_of_a_kind_by_its_latest_name() {
        let mut gatherings = Gatherings::default();
        for (id, handle) in [("big", 1), ("big", 2), ("big", 3), ("small", 1), ("small", 2), ("other", 3)] {
            gatherings.join(BondKind::Group, id.to_owned(), None, Handle(handle));
        }
        gatherings.join(BondKind::Group, "small".to_owned(), Some("书友3群".to_owned()), Handle(2));
        let shared = |all: &Gatherings, one: u32, other: u32| {
            all.shared(BondKind::Group, &[Handle(9), Handle(one)], &[Handle(other)]).map(str::to_owned)
        };
        let mut again: Gatherings = postcard::from_bytes(&postcard::to_allocvec(&gatherings).unwrap()).unwrap();
        again.index();
        for all in [&gatherings, &again] {
            assert_eq!(shared(all, 1, 2).as_deref(), Some("书友3群"));
            assert_eq!(shared(all, 1, 3).as_deref(), Some("big"));
            assert_eq!(shared(all, 1, 4), None);
            assert_eq!(all.shared(BondKind::Together, &[Handle(1)], &[Handle(2)]), None);
        }
    }
}
